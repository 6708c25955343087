#include "base/file.h"

#include <errno.h>
#include <unistd.h>

bool sqli__file_write(int file, struct sqli_span bytes)
{
    while (bytes.length) {
        ssize_t written = write(file, bytes.data, bytes.length);
        if (written < 0 && errno != EINTR)
            return false;
        if (written > 0)
            bytes = sqli__span(bytes.data + written, bytes.length - (size_t)written);
    }
    return true;
}
