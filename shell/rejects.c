#include "shell/rejects.h"

#include "base/alloc.h"
#include "shell/text.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- the files --- */

/* Those that this process has emptied. */
static struct {
    struct file_id {
        dev_t device;
        ino_t inode;
    } * file;
    size_t count, capacity;
} emptied;

static bool is_file(int file, const struct stat *about)
{
    struct stat other;
    return file >= 0 && fstat(file, &other) == 0 && other.st_dev == about->st_dev &&
           other.st_ino == about->st_ino;
}

/* Nothing can be lost of what is no regular file: a terminal, /dev/null. */
static bool is_read(const struct stat *about, int source, const struct sqli_sh_input *reading)
{
    if (!S_ISREG(about->st_mode))
        return false;
    bool found = is_file(source, about);
    for (; reading && !found; reading = reading->outer)
        found = is_file(reading->file, about);
    return found;
}

/* NULL: it cannot be opened, which errno tells, or it is read; then errno is 0. */
static FILE *open_file(const char *name, int source, const struct sqli_sh_input *reading)
{
    struct stat about;
    int file = open(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (file < 0)
        return NULL;
    bool read = fstat(file, &about) == 0 && is_read(&about, source, reading);
    FILE *opened = read ? NULL : fdopen(file, "a");
    int why = read ? 0 : errno;
    if (!opened)
        close(file);
    errno = why;
    return opened;
}

/* Unless this process has done it before. */
static bool empty(FILE *file)
{
    struct stat about;
    if (fstat(fileno(file), &about))
        return false;
    if (!S_ISREG(about.st_mode))
        return true;
    for (size_t i = 0; i < emptied.count; i++)
        if (emptied.file[i].device == about.st_dev && emptied.file[i].inode == about.st_ino)
            return true;
    void *room =
        sqli__sh_room(emptied.file, emptied.count, &emptied.capacity, sizeof *emptied.file);
    if (!room) {
        errno = ENOMEM;
        return false;
    }
    emptied.file = room;
    emptied.file[emptied.count++] = (struct file_id){about.st_dev, about.st_ino};
    return ftruncate(fileno(file), 0) == 0;
}

void sqli__sh_rejects_forget(void)
{
    sqli__free(emptied.file);
    emptied.file = NULL;
    emptied.count = emptied.capacity = 0;
}

bool sqli__sh_rejects_open(struct sqli_sh_rejects *rejects, int source,
                           const struct sqli_sh_input *reading)
{
    struct sqli_buffer name;
    sqli__buffer_init(&name, SQLI_SH_TEXT_MAX);
    sqli__buffer_format(&name, "%s.why", rejects->name);
    rejects->rows = open_file(rejects->name, source, reading);
    if (rejects->rows)
        rejects->reasons = open_file(sqli__sh_z(&name), source, reading);
    bool fine = rejects->reasons && empty(rejects->rows) && empty(rejects->reasons);
    rejects->failed = fine ? 0 : errno;
    sqli__buffer_free(&name);
    return fine;
}

/* --- rows --- */

bool sqli__sh_reject(struct sqli_sh_rejects *rejects, struct sqli_span raw, size_t line,
                     const char *reason)
{
    rejects->count++;
    bool written = fwrite(raw.data, 1, raw.length, rejects->rows) == raw.length &&
                   fputc('\n', rejects->rows) != EOF &&
                   fprintf(rejects->reasons, "line %zu: %s\n", line, reason) > 0;
    if (!written && !rejects->failed)
        rejects->failed = errno;
    return written;
}

static bool for_both(struct sqli_sh_rejects *rejects, int (*function)(FILE *file))
{
    FILE *files[] = {rejects->rows, rejects->reasons};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        if (files[i] && function(files[i]) && !rejects->failed)
            rejects->failed = errno;
    return !rejects->failed;
}

bool sqli__sh_rejects_flush(struct sqli_sh_rejects *rejects)
{
    return for_both(rejects, fflush);
}

bool sqli__sh_rejects_close(struct sqli_sh_rejects *rejects)
{
    bool fine = for_both(rejects, fclose);
    rejects->rows = rejects->reasons = NULL;
    return fine;
}
