/* What the server asks for in the middle of a reply. */
#include "client/statement.h"

enum sqli_status sqli__on_file(struct sqli_stmt *stmt, const struct sqli_message *message,
                               struct sqli_error *error)
{
    (void)stmt;
    if (message->id == SQLI_MSG_FILE)
        return sqli__fail(error, SQLI_E_FILE_REFUSED, NULL);
    return SQLI_OK;
}

enum sqli_status sqli__file_advance(struct sqli_stmt *stmt)
{
    (void)stmt;
    return SQLI_OK;
}

void sqli__files_free(struct sqli_stmt *stmt)
{
    (void)stmt;
}
