#include "server/front/functions.h"

#include "value/scan.h"

/* What functions.def writes as a result, as rule and length. */
#define SMALLINT   SQLI_RESULT_SMALLINT, 0
#define INT        SQLI_RESULT_INT, 0
#define BIGINT     SQLI_RESULT_BIGINT, 0
#define DECIMAL    SQLI_RESULT_DECIMAL, 0
#define FLOAT      SQLI_RESULT_FLOAT, 0
#define DATE       SQLI_RESULT_DATE, 0
#define DATETIME   SQLI_RESULT_DATETIME, 0
#define BOOLEAN    SQLI_RESULT_BOOLEAN, 0
#define LVARCHAR   SQLI_RESULT_LVARCHAR, 0
#define BLOB       SQLI_RESULT_BLOB, 0
#define CLOB       SQLI_RESULT_CLOB, 0
#define SAME       SQLI_RESULT_SAME, 0
#define TEXT       SQLI_RESULT_TEXT, 0
#define TEXTS      SQLI_RESULT_TEXTS, 0
#define CHAR(n)    SQLI_RESULT_CHAR, n
#define VARCHAR(n) SQLI_RESULT_VARCHAR, n

static const struct sqli_function functions[] = {
#define SQLI_FUNCTION(name, least, most, arguments, result, runtime) \
    {name, least, most, arguments, result, runtime},
#define SQLI_SPECIAL(name, least, most) {name, least, most, NULL, SAME, NULL},
#include "server/front/functions.def"
#undef SQLI_FUNCTION
#undef SQLI_SPECIAL
};

const struct sqli_function *sqli__function_find(struct sqli_span name)
{
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++)
        if (sqli__span_is_word(name, functions[i].name))
            return &functions[i];
    return NULL;
}
