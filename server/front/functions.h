/* The table of the functions of SQL; functions.def has its lines. */
#ifndef SQLI_SERVER_FRONT_FUNCTIONS_H
#define SQLI_SERVER_FRONT_FUNCTIONS_H

#include "base/bytes.h"

enum sqli_result_rule {
    SQLI_RESULT_SMALLINT,
    SQLI_RESULT_INT,
    SQLI_RESULT_BIGINT,
    SQLI_RESULT_DECIMAL, /* floating */
    SQLI_RESULT_FLOAT,
    SQLI_RESULT_DATE,
    SQLI_RESULT_DATETIME, /* YEAR TO FRACTION(5) */
    SQLI_RESULT_BOOLEAN,
    SQLI_RESULT_LVARCHAR,
    SQLI_RESULT_BLOB,
    SQLI_RESULT_CLOB,
    SQLI_RESULT_SAME,    /* as the first argument */
    SQLI_RESULT_TEXT,    /* VARCHAR as long as the first argument */
    SQLI_RESULT_TEXTS,   /* VARCHAR as long as all texts together */
    SQLI_RESULT_CHAR,    /* CHAR(length) */
    SQLI_RESULT_VARCHAR, /* VARCHAR(length) */
};

struct sqli_function {
    const char *name;
    uint16_t least, most;  /* arguments */
    const char *arguments; /* NULL: types by rules of its own */
    enum sqli_result_rule result;
    int32_t length; /* of SQLI_RESULT_CHAR, SQLI_RESULT_VARCHAR */
    const char *runtime;
};

/* By name, in any case; NULL for none. */
const struct sqli_function *sqli__function_find(struct sqli_span name);

#endif
