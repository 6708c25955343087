/* UTF-8 and ASCII, a character at a time or as fast as the machine goes. */
#ifndef SQLI_VALUE_UTF8_H
#define SQLI_VALUE_UTF8_H

#include "base/bytes.h"

/* How many bytes at the start are ASCII. */
size_t sqli__ascii_prefix(struct sqli_span text);

/* Decodes the first character and returns its length; 0 when the text does not start with a whole,
 * valid one (surrogates and over-long forms are not valid). */
size_t sqli__utf8_decode(struct sqli_span text, uint32_t *point);

/* Writes a Unicode scalar value and returns its length. */
size_t sqli__utf8_encode(uint32_t point, uint8_t out[4]);

/* How many bytes at the start are valid UTF-8: the whole length, or where the fault is. */
size_t sqli__utf8_prefix(struct sqli_span text);
bool sqli__utf8_valid(struct sqli_span text);

#endif
