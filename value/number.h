/* Binary numbers and their text. Nothing here depends on the locale of the process, nor touches it:
 * the C library is only asked for digits and exponents, never for a decimal point. */
#ifndef SQLI_VALUE_NUMBER_H
#define SQLI_VALUE_NUMBER_H

#include "base/buffer.h"
#include "base/bytes.h"
#include "base/error.h"

enum { SQLI_REAL_TEXT_MAX = 32 }; /* characters that any double fits in as text */

/* The shortest text that reads back as the same number: "1.5", "-0", "1e+16", "5e-324"; plain
 * between 0.0001 and 1e16. Infinities and NaN, which a column may hold, are "inf", "-inf", "nan".
 */
void sqli__real_to_text(double number, struct sqli_buffer *text);
void sqli__real_single_to_text(float number, struct sqli_buffer *text);

/* The same into SQLI_REAL_TEXT_MAX characters, not terminated; returns the length. */
size_t sqli__real_write(double number, char *text);

bool sqli__real_finite(double number);

/* Blanks, sign, digits with or without a point, exponent, blanks: SQLI_E_NUMBER_TEXT (-1213) names
 * any other text, "inf" and "nan" among them. Correctly rounded; a number too large is
 * SQLI_E_FLOAT_RANGE (-1223), for a single SQLI_E_SMALLFLOAT_RANGE (-1222), one too small is zero.
 */
enum sqli_status sqli__real_from_text(struct sqli_span text, double *number,
                                      struct sqli_error *error);
enum sqli_status sqli__real_single_from_text(struct sqli_span text, float *number,
                                             struct sqli_error *error);

/* Blanks, sign, digits, blanks; SQLI_E_NUMBER_TEXT or SQLI_E_BIGINT_RANGE (-1284) names the text.
 */
enum sqli_status sqli__int64_from_text(struct sqli_span text, int64_t *number,
                                       struct sqli_error *error);

/* A number as its digits: value = 0.d1 d2 d3 ... * 10^point. */
struct sqli_number {
    bool negative;
    bool cut;     /* a digit other than zero found no room */
    size_t count; /* digits that found room, the first of them not zero; none: zero */
    int64_t point;
};

/* Reads the syntax of sqli__real_from_text, of any length. `digits` takes at most `room` digits, as
 * numbers 0 to 9. False: the text is not a number. */
bool sqli__number_scan(struct sqli_span text, uint8_t *digits, size_t room,
                       struct sqli_number *number);

/* Correctly rounded, for at most SQLI_NUMBER_DIGITS digits; infinite when too large. */
enum { SQLI_NUMBER_DIGITS = 800 };
double sqli__number_to_real(const struct sqli_number *number, const uint8_t *digits);

/* Fails with `code` and names the text (its beginning, if it is long). It may be in any code set:
 * what makes it no UTF-8 shows as '?'. */
enum sqli_status sqli__fail_text(struct sqli_error *error, int32_t code, struct sqli_span text);

#endif
