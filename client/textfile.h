/* Small files that people write, whole. */
#ifndef SQLI_CLIENT_TEXTFILE_H
#define SQLI_CLIENT_TEXTFILE_H

#include "base/buffer.h"

/* Reads a regular file; its errors name it. `code`: of those that say it cannot be read.
 * `private`: its owner alone may read it. */
enum sqli_status sqli__textfile_read(const char *file, bool private, int32_t code,
                                     struct sqli_buffer *bytes, struct sqli_error *error);
/* The next line without its end; the span moves on. False: there is none. */
bool sqli__textfile_line(struct sqli_span *rest, struct sqli_span *line);

#endif
