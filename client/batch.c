/* Many rows of one statement. */
#include "client/statement.h"

void sqli__batch_free(struct sqli_stmt *stmt)
{
    (void)stmt;
}
