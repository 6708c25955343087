/* The option `environment`: variables for the server that no other option stands for. */
#ifndef SQLI_CLIENT_VARIABLES_H
#define SQLI_CLIENT_VARIABLES_H

#include "protocol/login.h"

enum { SQLI_VARIABLES_MAX = 64 };

/* NAME=value,NAME=value; a backslash makes the character behind it part of the value. The pairs
 * point into `room`, which has as many bytes as `text` with its NUL. False when it is not of this
 * form, or there are more than SQLI_VARIABLES_MAX. */
bool sqli__variables_read(const char *text, char *room, struct sqli_pair *pairs, uint32_t *count);

#endif
