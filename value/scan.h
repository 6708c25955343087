/* Reading a short text from left to right: types and literals as SQL writes them. */
#ifndef SQLI_VALUE_SCAN_H
#define SQLI_VALUE_SCAN_H

#include "base/bytes.h"
#include "base/error.h"

struct sqli_scan {
    struct sqli_span text;
    size_t at; /* never past text.length */
};

/* The next character that is not a blank, without taking it; -1 at the end. */
int sqli__scan_peek(struct sqli_scan *scan);

/* Takes the character if it is the next one. */
bool sqli__scan_take(struct sqli_scan *scan, char c);

/* Takes an identifier or keyword; empty when none is next. Bytes above 7f count as letters. */
struct sqli_span sqli__scan_word(struct sqli_scan *scan);

/* Takes the word if it is the next one; `word` is in lower case, the text may be in any. */
bool sqli__scan_keyword(struct sqli_scan *scan, const char *word);
bool sqli__span_is_word(struct sqli_span text, const char *word);

/* Takes digits, a number of at most `most`; -1 when there is none or it is larger. */
int64_t sqli__scan_number(struct sqli_scan *scan, int64_t most);

/* How many items stand before the bracket that closes the present list, by the commas between them:
 * quoted strings and inner brackets are passed over. At least 1, and a guess where the text is
 * malformed; takes nothing. */
size_t sqli__scan_items(const struct sqli_scan *scan);

/* Fails with "offset 12: <what> expected", the offset being that of the next thing. */
enum sqli_status sqli__scan_expected(struct sqli_scan *scan, struct sqli_error *error,
                                     const char *what);
/* Takes the character or fails. */
enum sqli_status sqli__scan_require(struct sqli_scan *scan, struct sqli_error *error, char c);

#endif
