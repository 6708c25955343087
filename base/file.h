/* Open files. */
#ifndef SQLI_BASE_FILE_H
#define SQLI_BASE_FILE_H

#include "base/bytes.h"

/* All of it. False: errno tells why, and some of it may have gone. */
bool sqli__file_write(int file, struct sqli_span bytes);

#endif
