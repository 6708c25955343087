/* Large objects as open streams. */
#include "client/statement.h"

void sqli__lobs_leave_row(struct sqli_stmt *stmt)
{
    (void)stmt;
}
