/* Rows put aside: of scroll cursors, and of cursors that a write must not disturb.
 *
 * A private SQLite database that lives in memory until it is large, and then in a file without a
 * name. One per session; each cursor has an id in it. */
#ifndef SQLI_SERVER_ENGINE_SPOOL_H
#define SQLI_SERVER_ENGINE_SPOOL_H

#include "base/bytes.h"
#include "base/error.h"

struct sqli_spool;

enum sqli_status sqli__spool_open(struct sqli_spool **spool, struct sqli_error *error);
void sqli__spool_close(struct sqli_spool *spool); /* NULL is fine */

uint32_t sqli__spool_id(struct sqli_spool *spool); /* a new, empty list of rows */
/* Rows are numbered from 1, by the caller. */
enum sqli_status sqli__spool_put(struct sqli_spool *spool, uint32_t id, int64_t number,
                                 struct sqli_span row, struct sqli_error *error);
/* Holds until the next call. SQLI_MORE: there is no such row. */
enum sqli_status sqli__spool_get(struct sqli_spool *spool, uint32_t id, int64_t number,
                                 struct sqli_span *row, struct sqli_error *error);
void sqli__spool_drop(struct sqli_spool *spool, uint32_t id);

#endif
