/* Small questions about SQL text: where, what is it called, what does it start with. */
#ifndef SQLI_SQL_TEXT_H
#define SQLI_SQL_TEXT_H

#include "base/bytes.h"
#include "sql/keywords.h"

/* How many characters the UTF-8 text has. Bytes that are no UTF-8 never make it fail. */
size_t sqli__sql_characters(struct sqli_span text);

/* The 1-based character position of a byte, as error offsets count; a position behind the text is
 * the one of its end. For text in a single-byte code set it is simply the offset plus one. */
size_t sqli__sql_character_offset(struct sqli_span text, size_t byte_offset);

/* An unquoted name as the server knows it: ASCII capitals become small. `out` has room for
 * word.length bytes, and may be the word itself; that many are written. No NUL follows. */
void sqli__sql_fold(struct sqli_span word, char *out);

/* What stands between the quotes of a string or quoted identifier, each doubled quote as one. `out`
 * has room for token.length bytes, and may be the token itself; gives the number written. A token
 * whose closing quote is missing goes to its end. */
size_t sqli__sql_unquote(struct sqli_span token, char *out);

/* The first word of a statement, behind blanks, comments and opening parentheses; SQLI_NO_KEYWORD
 * when that is no keyword. */
enum sqli_keyword sqli__sql_verb(struct sqli_span sql);

#endif
