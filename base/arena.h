/* Memory for things that die together: the columns of one describe, the elements of one row value.
 * Bounded like a buffer, and it remembers its failure in the same way. Blocks come zeroed and
 * aligned for any object. */
#ifndef SQLI_BASE_ARENA_H
#define SQLI_BASE_ARENA_H

#include "base/bytes.h"
#include "base/error.h"

struct sqli_arena_block;

struct sqli_arena {
    struct sqli_arena_block *blocks; /* newest first */
    size_t used;                     /* bytes handed out since the last reset */
    size_t limit;
    int32_t failed;
};

void sqli__arena_init(struct sqli_arena *arena, size_t limit);
void sqli__arena_reset(struct sqli_arena *arena); /* keeps one block for the next round */
void sqli__arena_free(struct sqli_arena *arena);

void *sqli__arena_alloc(struct sqli_arena *arena, size_t count, size_t size); /* NULL: failed */
struct sqli_span sqli__arena_copy(struct sqli_arena *arena, struct sqli_span bytes);

enum sqli_status sqli__arena_status(const struct sqli_arena *arena, struct sqli_error *error);

#endif
