/* Code sets: programs see UTF-8, the wire carries the code set of the database.
 *
 * One table maps every spelling of a locale's code set that people use to an iconv name. A
 * character that the other side cannot hold is an error, never a question mark. */
#ifndef SQLI_VALUE_CODESET_H
#define SQLI_VALUE_CODESET_H

#include "base/buffer.h"
#include "base/bytes.h"
#include "base/error.h"
#include "value/utf8.h"

struct sqli_codeset_info {
    int32_t number;         /* the number Informix gives it: 819, 57372, ...; 0: not published */
    const char *name;       /* as Informix writes it: "8859-1", "utf8" */
    const char *iconv_name; /* "ISO-8859-1", "UTF-8" */
    uint8_t bytes_max;      /* of one character */
    bool ascii;             /* a text of ASCII characters is the same bytes here */
    bool ascii_superset;    /* and bytes below 80 are ASCII wherever they stand */
};

/* By locale ("en_US.utf8", "de_de.1252@euro", "en_US.57372") or by code set alone ("8859-15",
 * "819", "UTF-8", "cp1252"): case, '-', '_' and blanks don't matter. The number may also have the
 * four hexadecimal digits of a locale's file name ("en_US.0333"). A locale without a code set
 * ("en_us") has 8859-1, the default where servers run. NULL when nobody knows it. */
const struct sqli_codeset_info *sqli__codeset_find(struct sqli_span locale_or_codeset);

const struct sqli_codeset_info *sqli__codeset_at(size_t index); /* the table; NULL behind its end */

/* A pair of converters; NULL-safe to close. Not to be shared by two threads at once. */
struct sqli_codeset;

enum sqli_status sqli__codeset_open(struct sqli_span locale_or_codeset,
                                    struct sqli_codeset **codeset, struct sqli_error *error);
void sqli__codeset_close(struct sqli_codeset *codeset);
const struct sqli_codeset_info *sqli__codeset_info(const struct sqli_codeset *codeset);

/* True if the text is the same bytes in both code sets, so that no conversion is needed. */
bool sqli__codeset_same(const struct sqli_codeset *codeset, struct sqli_span text);

/* Append the converted text. Failures name the character and its position:
 * SQLI_E_CODE_SET_CHARACTER; *out is then as it was. */
enum sqli_status sqli__codeset_to_utf8(struct sqli_codeset *codeset, struct sqli_span text,
                                       struct sqli_buffer *out, struct sqli_error *error);
enum sqli_status sqli__codeset_from_utf8(struct sqli_codeset *codeset, struct sqli_span text,
                                         struct sqli_buffer *out, struct sqli_error *error);

#endif
