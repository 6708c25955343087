/* What a statement is, as the server says it in DESCRIBE. */
#ifndef SQLI_PROTOCOL_STATEMENT_TYPE_H
#define SQLI_PROTOCOL_STATEMENT_TYPE_H

enum sqli_statement_type {
#define SQLI_STATEMENT(code, name, text) SQLI_STATEMENT_##name = (code),
#include "protocol/statement_type.def"
#undef SQLI_STATEMENT
};

const char *sqli__statement_type_name(int type); /* "SELECT"; NULL for a code without a name */

#endif
