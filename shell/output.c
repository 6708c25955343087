#include "shell/output.h"

#include "base/alloc.h"
#include "base/file.h"
#include "shell/program.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NOT_EXECUTABLE = 126, NOT_FOUND = 127 }; /* what sh ends with then */

bool sqli__sh_output_init(struct sqli_sh_output *out, int file)
{
    *out = (struct sqli_sh_output){.file = file, .data = sqli__alloc(SQLI_SH_OUTPUT_BYTES)};
    out->terminal = isatty(file);
    return out->data;
}

static void write_out(struct sqli_sh_output *out, struct sqli_span bytes)
{
    if (!out->why && !sqli__file_write(out->file, bytes))
        out->why = errno;
}

/* --- commands --- */

/* Starts a command that reads from a pipe; gives the other end, or -1. */
static int start(const char *command, pid_t *child)
{
    int ends[2];
    char *const arguments[] = {(char[]){"sh"}, (char[]){"-c"}, (char *)(uintptr_t)command, NULL};
    if (pipe2(ends, O_CLOEXEC))
        return -1;
    bool started = sqli__sh_spawn("/bin/sh", arguments, ends[0], child);
    int why = errno;
    close(ends[0]);
    if (started)
        return ends[1];
    close(ends[1]);
    errno = why;
    return -1;
}

/* What the command ends with, -1: by a signal. */
static int wait_for(pid_t child)
{
    int status = 0;
    return sqli__sh_wait(child, &status) && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool sqli__sh_output_open(struct sqli_sh_output *out, const char *target, bool append)
{
    pid_t child = 0;
    int how = O_WRONLY | O_CREAT | O_CLOEXEC | (append ? O_APPEND : O_TRUNC);
    int file = *target == '|' ? start(target + 1, &child) : open(target, how, 0666);
    if (file < 0)
        return false;
    if (!sqli__sh_output_init(out, file)) {
        close(file);
        errno = ENOMEM;
        return false;
    }
    out->child = child;
    return true;
}

bool sqli__sh_output_close(struct sqli_sh_output *out)
{
    sqli__sh_output_flush(out);
    if (out->file != STDOUT_FILENO && close(out->file) && !out->why)
        out->why = errno;
    bool fine = !out->child || wait_for(out->child) == 0;
    bool left = out->child && out->why == EPIPE;
    sqli__free(out->data);
    out->data = NULL;
    errno = out->why;
    return fine && (!out->why || left);
}

/* --- the pager --- */

void sqli__sh_page_begin(struct sqli_sh_output *out, const char *pager, size_t screen_lines)
{
    sqli__sh_output_flush(out);
    out->pager = pager;
    out->screen_lines = screen_lines;
    out->lines_held = out->counted = 0;
}

static void start_pager(struct sqli_sh_output *out)
{
    pid_t child;
    int file = start(out->pager, &child);
    out->pager = NULL;
    if (file < 0)
        return;
    out->file = file;
    out->child = child;
    out->paging = true;
    sqli__sh_output_flush(out);
}

void sqli__sh_page_look(struct sqli_sh_output *out)
{
    if (!out->pager)
        return;
    for (; out->counted < out->length; out->counted++)
        out->lines_held += out->data[out->counted] == '\n';
    if (out->lines_held + 1 > out->screen_lines)
        start_pager(out);
}

void sqli__sh_page_now(struct sqli_sh_output *out)
{
    if (out->pager)
        start_pager(out);
}

bool sqli__sh_page_end(struct sqli_sh_output *out)
{
    sqli__sh_page_look(out);
    out->pager = NULL;
    sqli__sh_output_flush(out);
    if (!out->paging)
        return true;
    close(out->file);
    int code = wait_for(out->child);
    out->paging = false;
    out->child = 0;
    out->file = STDOUT_FILENO;
    out->why = 0;
    return code != NOT_EXECUTABLE && code != NOT_FOUND;
}

/* --- putting --- */

bool sqli__sh_output_flush(struct sqli_sh_output *out)
{
    if (out->pager) {
        sqli__sh_page_look(out);
        if (out->pager && out->length < SQLI_SH_OUTPUT_BYTES)
            return true;
        if (out->pager)
            start_pager(out);
    }
    write_out(out, sqli__span(out->data, out->length));
    out->length = out->counted = 0;
    return !out->why;
}

void sqli__sh_put(struct sqli_sh_output *out, const void *bytes, size_t length)
{
    const uint8_t *from = bytes;
    out->taken += length;
    while (length) {
        if (out->length == SQLI_SH_OUTPUT_BYTES)
            sqli__sh_output_flush(out);
        size_t room = SQLI_SH_OUTPUT_BYTES - out->length;
        size_t part = length < room ? length : room;
        memcpy(out->data + out->length, from, part);
        out->length += part;
        from += part;
        length -= part;
    }
}

void sqli__sh_put_text(struct sqli_sh_output *out, const char *text)
{
    sqli__sh_put(out, text, strlen(text));
}

void sqli__sh_put_format(struct sqli_sh_output *out, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (length > 0)
        sqli__sh_put(out, text, (size_t)length < sizeof text ? (size_t)length : sizeof text - 1);
}

void sqli__sh_put_fill(struct sqli_sh_output *out, char c, size_t count)
{
    for (size_t i = 0; i < count; i++)
        sqli__sh_put_byte(out, (uint8_t)c);
}
