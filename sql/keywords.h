/* Keywords: a number for each word that the grammar knows. */
#ifndef SQLI_SQL_KEYWORDS_H
#define SQLI_SQL_KEYWORDS_H

#include "base/bytes.h"

enum sqli_keyword {
    SQLI_NO_KEYWORD = 0,
#define SQLI_KEYWORD(word) SQLI_KEYWORD_##word,
#include "sql/keywords.def"
#undef SQLI_KEYWORD
    SQLI_KEYWORDS_END /* one more than the last */
};

/* In either case; SQLI_NO_KEYWORD for any other word. */
enum sqli_keyword sqli__keyword_find(struct sqli_span word);

/* In capitals; "" for SQLI_NO_KEYWORD and numbers that are no keyword's. */
const char *sqli__keyword_text(enum sqli_keyword keyword);

#endif
