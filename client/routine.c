/* Routines called by signature, without SQL. */
#include "client/statement.h"

enum sqli_status sqli__call_describe(struct sqli_stmt *stmt)
{
    return sqli__fail(&stmt->conn->error, SQLI_E_UNSUPPORTED, NULL);
}

void sqli__call_free(struct sqli_stmt *stmt)
{
    (void)stmt;
}
