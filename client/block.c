/* Rows by the block. */
#include "client/statement.h"

void sqli__blocks_free(struct sqli_stmt *stmt)
{
    (void)stmt;
}
