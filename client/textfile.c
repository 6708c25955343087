#include "client/textfile.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE = 16 << 10 };

static enum sqli_status cannot(struct sqli_error *error, int32_t code, const char *file, int number)
{
    const char *why = strerrordesc_np(number);
    return sqli__fail(error, code, "%.180s (%s)", file, why ? why : "unknown error of the system");
}

static enum sqli_status check(int fd, const char *file, bool private, int32_t code,
                              struct sqli_error *error)
{
    struct stat info;
    if (fstat(fd, &info) != 0)
        return cannot(error, code, file, errno);
    if (!S_ISREG(info.st_mode))
        return sqli__fail(error, code, "%.180s is no regular file", file);
    if (private && (info.st_mode & (S_IRWXG | S_IRWXO)))
        return sqli__fail(error, code,
                          "%.180s may be read by others than its owner; chmod 600 helps", file);
    return SQLI_OK;
}

static enum sqli_status read_all(int fd, const char *file, int32_t code, struct sqli_buffer *bytes,
                                 struct sqli_error *error)
{
    for (;;) {
        uint8_t *room = sqli__buffer_reserve(bytes, PIECE);
        if (!room)
            return bytes->failed == SQLI_E_TOO_LARGE
                       ? sqli__fail(error, code, "%.180s is larger than %zu bytes", file,
                                    bytes->limit - PIECE)
                       : sqli__buffer_status(bytes, error);
        ssize_t got = read(fd, room, PIECE);
        if (got < 0 && errno != EINTR)
            return cannot(error, code, file, errno);
        if (got == 0)
            return SQLI_OK;
        sqli__buffer_advance(bytes, got > 0 ? (size_t)got : 0);
    }
}

/* Without O_NONBLOCK, opening a pipe would wait for somebody to write to it. */
enum sqli_status sqli__textfile_read(const char *file, bool private, int32_t code,
                                     struct sqli_buffer *bytes, struct sqli_error *error)
{
    int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return cannot(error, code, file, errno);
    bytes->limit += PIECE;
    enum sqli_status status = check(fd, file, private, code, error);
    if (status == SQLI_OK)
        status = read_all(fd, file, code, bytes, error);
    close(fd);
    return status;
}

bool sqli__textfile_line(struct sqli_span *rest, struct sqli_span *line)
{
    if (rest->length == 0)
        return false;
    const uint8_t *end = memchr(rest->data, '\n', rest->length);
    size_t length = end ? (size_t)(end - rest->data) : rest->length;
    size_t used = length + (end ? 1 : 0);
    *line = sqli__span(rest->data, length);
    if (length && line->data[length - 1] == '\r')
        line->length--;
    *rest = sqli__span(rest->data + used, rest->length - used);
    return true;
}
