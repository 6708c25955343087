#include "shell/history.h"

#include "base/file.h"
#include "shell/text.h"
#include "value/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char FIRST_LINE[] = "_HiStOrY_V2_\n";
enum {
    FIRST_BYTES = sizeof FIRST_LINE - 1,
    READ_MAX = 4 << 20, /* more of a file is never looked at, or kept */
    LINE_MAX_BYTES = 1 << 16,
    SLACK = 500, /* lines too many, before it is worth while to write the file anew */
};

/* --- the file --- */

/* A session that was stopped while it had the lock must not stop the others: then it goes on
 * without. */
static bool lock(int file)
{
    const struct timespec moment = {.tv_nsec = 10000000};
    for (int tries = 0; tries < 50; tries++) {
        if (flock(file, LOCK_EX | LOCK_NB) == 0)
            return true;
        if (errno != EWOULDBLOCK && errno != EINTR)
            return false;
        nanosleep(&moment, NULL);
    }
    return false;
}

static bool is_still(const char *name, const struct stat *about)
{
    struct stat now;
    return stat(name, &now) == 0 && now.st_ino == about->st_ino && now.st_dev == about->st_dev;
}

/* Opens and locks it; what it was renamed over while this waited for the lock is opened again. -1:
 * errno tells, 0: it is no file. */
static int open_locked(const char *name, int how, struct stat *about, bool *locked)
{
    for (int tries = 0; tries < 10; tries++) {
        int file = open(name, how | O_RDWR | O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600);
        if (file < 0 || fstat(file, about)) {
            if (file >= 0)
                close(file);
            return -1;
        }
        if (!S_ISREG(about->st_mode)) {
            close(file);
            errno = 0;
            return -1;
        }
        *locked = lock(file);
        if (is_still(name, about) && fstat(file, about) == 0)
            return file;
        close(file);
    }
    errno = EAGAIN;
    return -1;
}

/* --- how lines are written --- */

static void encode(struct sqli_buffer *to, struct sqli_span line)
{
    for (size_t i = 0; i < line.length; i++) {
        uint8_t c = line.data[i];
        if (c == '\\')
            sqli__buffer_text(to, "\\\\");
        else if (c <= ' ' || c == 0x7F)
            sqli__buffer_format(to, "\\%03o", c);
        else
            sqli__buffer_byte(to, c);
    }
    sqli__buffer_byte(to, '\n');
}

static bool is_octal(uint8_t c)
{
    return c >= '0' && c <= '7';
}

/* What stands behind a backslash, as vis(3) writes it; gives how much of it that was. */
static size_t decode_one(struct sqli_span text, struct sqli_buffer *to)
{
    const uint8_t *c = text.data;
    if (text.length >= 3 && is_octal(c[0]) && is_octal(c[1]) && is_octal(c[2])) {
        sqli__buffer_byte(to, (uint8_t)((c[0] - '0') << 6 | (c[1] - '0') << 3 | (c[2] - '0')));
        return 3;
    }
    if (text.length >= 2 && c[0] == '^') {
        sqli__buffer_byte(to, c[1] == '?' ? 0x7F : c[1] & 0x1F);
        return 2;
    }
    if (text.length >= 3 && c[0] == 'M' && (c[1] == '-' || c[1] == '^')) {
        sqli__buffer_byte(to, (uint8_t)(0x80 | (c[1] == '-' ? c[2] : c[2] & 0x1F)));
        return 3;
    }
    if (text.length)
        sqli__buffer_byte(to, c[0]);
    return text.length ? 1 : 0;
}

static void decode(struct sqli_span text, struct sqli_buffer *to)
{
    for (size_t i = 0; i < text.length;) {
        if (text.data[i] == '\\')
            i += 1 + decode_one(sqli__span(text.data + i + 1, text.length - i - 1), to);
        else
            sqli__buffer_byte(to, text.data[i++]);
    }
}

/* --- reading --- */

/* What is behind the first line, the last READ_MAX bytes of it from the start of a line. */
static bool read_lines(int file, off_t size, struct sqli_buffer *text)
{
    off_t from = size > READ_MAX + FIRST_BYTES ? size - READ_MAX : FIRST_BYTES;
    uint8_t *room = sqli__buffer_reserve(text, READ_MAX);
    ssize_t got = room ? pread(file, room, READ_MAX, from) : -1;
    if (got < 0)
        return false;
    sqli__buffer_advance(text, (size_t)got);
    const uint8_t *newline = from > FIRST_BYTES ? memchr(text->data, '\n', text->length) : NULL;
    if (newline)
        sqli__buffer_consume(text, (size_t)(newline + 1 - text->data));
    return true;
}

static void drop_lines(struct sqli_buffer *text, size_t lines)
{
    size_t at = 0;
    while (lines-- && at < text->length)
        at = (size_t)((uint8_t *)memchr(text->data + at, '\n', text->length - at) - text->data) + 1;
    sqli__buffer_consume(text, at);
}

/* Beside the file, and then in its place: whoever looks sees the old one or the new one. */
static void write_anew(const char *name, struct sqli_span text)
{
    char target[PATH_MAX]; /* of a link it is the file that is replaced */
    char new_name[PATH_MAX + sizeof ".new"];
    if (!realpath(name, target))
        return;
    snprintf(new_name, sizeof new_name, "%s.new", target);
    unlink(new_name); /* of one that was killed: the lock tells that nobody writes it now */
    int file = open(new_name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    bool fine = file >= 0 && sqli__file_write(file, sqli__span(FIRST_LINE, FIRST_BYTES)) &&
                sqli__file_write(file, text) && fsync(file) == 0;
    if (file >= 0)
        close(file);
    if (file >= 0 && (!fine || rename(new_name, target)))
        unlink(new_name);
}

static bool is_sound(struct sqli_span line)
{
    for (size_t i = 0; i < line.length; i++)
        if (line.data[i] < ' ' && line.data[i] != '\t')
            return false;
    return line.length && sqli__utf8_valid(line);
}

static void give_lines(struct sqli_span text, void (*take)(void *context, const char *line),
                       void *context)
{
    struct sqli_buffer line;
    sqli__buffer_init(&line, SQLI_SH_TEXT_MAX);
    while (text.length) {
        const uint8_t *newline = memchr(text.data, '\n', text.length);
        size_t length = newline ? (size_t)(newline - text.data) : text.length;
        size_t taken = length + (newline != NULL);
        sqli__buffer_clear(&line);
        decode(sqli__span(text.data, length), &line);
        if (is_sound(sqli__buffer_view(&line)))
            take(context, sqli__sh_z(&line));
        text = sqli__span(text.data + taken, text.length - taken);
    }
    sqli__buffer_free(&line);
}

static bool is_history(int file, off_t size)
{
    char start[FIRST_BYTES];
    return size == 0 || (pread(file, start, FIRST_BYTES, 0) == FIRST_BYTES &&
                         memcmp(start, FIRST_LINE, FIRST_BYTES) == 0);
}

enum sqli_sh_history_kind sqli__sh_history_read(const char *file, size_t lines,
                                                void (*take)(void *context, const char *line),
                                                void *context)
{
    struct stat about;
    struct sqli_buffer text;
    bool locked = false;
    int opened = open_locked(file, 0, &about, &locked);
    if (opened < 0)
        return errno == ENOENT ? SQLI_SH_HISTORY : SQLI_SH_HISTORY_NOWHERE;
    if (!is_history(opened, about.st_size)) {
        close(opened);
        return SQLI_SH_HISTORY_FOREIGN;
    }
    fchmod(opened, 0600);
    sqli__buffer_init(&text, SQLI_SH_TEXT_MAX);
    if (about.st_size && read_lines(opened, about.st_size, &text)) {
        size_t there = sqli__sh_newlines(sqli__buffer_view(&text));
        bool too_long = there > lines + SLACK || about.st_size > READ_MAX;
        if (there > lines)
            drop_lines(&text, there - lines);
        if (too_long && locked)
            write_anew(file, sqli__buffer_view(&text));
        give_lines(sqli__buffer_view(&text), take, context);
    }
    sqli__buffer_free(&text);
    close(opened);
    return SQLI_SH_HISTORY;
}

/* --- appending --- */

/* A machine that went down may have left the last line without its end. */
static bool line_is_open(int file, off_t size)
{
    char last = '\n';
    return size && pread(file, &last, 1, size - 1) == 1 && last != '\n';
}

void sqli__sh_history_append(const char *file, struct sqli_span line)
{
    struct stat about;
    struct sqli_buffer text;
    bool locked = false;
    if (line.length > LINE_MAX_BYTES)
        return;
    int opened = open_locked(file, O_CREAT, &about, &locked);
    if (opened < 0)
        return;
    sqli__buffer_init(&text, SQLI_SH_TEXT_MAX);
    if (!about.st_size)
        sqli__buffer_text(&text, FIRST_LINE);
    else if (line_is_open(opened, about.st_size))
        sqli__buffer_byte(&text, '\n');
    encode(&text, line);
    /* In one piece, so that two that have no lock do not mix their lines. What found room of a line
     * that found too little goes again. */
    bool whole = write(opened, text.data, text.length) == (ssize_t)text.length;
    if (!whole && locked)
        (void)!ftruncate(opened, about.st_size);
    sqli__buffer_free(&text);
    close(opened);
}
