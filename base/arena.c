#include "base/arena.h"

#include "base/alloc.h"

#include <stdalign.h>

enum { BLOCK_SIZE = 4096 };

struct sqli_arena_block {
    struct sqli_arena_block *next;
    size_t capacity;
    size_t used;
    alignas(max_align_t) uint8_t bytes[];
};

void sqli__arena_init(struct sqli_arena *arena, size_t limit)
{
    *arena = (struct sqli_arena){.limit = limit};
}

static void free_chain(struct sqli_arena_block *block)
{
    while (block) {
        struct sqli_arena_block *next = block->next;
        sqli__free(block);
        block = next;
    }
}

/* One ordinary block is kept for the next round, a large one is given back: what was needed once
 * must not be held for good. */
void sqli__arena_reset(struct sqli_arena *arena)
{
    struct sqli_arena_block *kept = arena->blocks;
    if (kept && kept->capacity == BLOCK_SIZE) {
        free_chain(kept->next);
        kept->next = NULL;
        kept->used = 0;
    } else {
        free_chain(kept);
        arena->blocks = NULL;
    }
    arena->used = 0;
    arena->failed = 0;
}

void sqli__arena_free(struct sqli_arena *arena)
{
    free_chain(arena->blocks);
    sqli__arena_init(arena, arena->limit);
}

static struct sqli_arena_block *add_block(struct sqli_arena *arena, size_t size)
{
    size_t capacity = size > BLOCK_SIZE ? size : BLOCK_SIZE;
    struct sqli_arena_block *block = sqli__alloc(sizeof *block + capacity);
    if (!block) {
        arena->failed = SQLI_E_NO_MEMORY;
        return NULL;
    }
    block->next = arena->blocks;
    block->capacity = capacity;
    block->used = 0;
    arena->blocks = block;
    return block;
}

/* The bytes that an allocation takes out of the arena, or SIZE_MAX when it may not have them. */
static size_t rounded_size(const struct sqli_arena *arena, size_t count, size_t size)
{
    const size_t align = alignof(max_align_t);
    size_t room = arena->limit - arena->used;
    if (size != 0 && count > room / size)
        return SIZE_MAX;
    size_t padding = (align - count * size % align) % align;
    return padding > room - count * size ? SIZE_MAX : count * size + padding;
}

void *sqli__arena_alloc(struct sqli_arena *arena, size_t count, size_t size)
{
    if (arena->failed)
        return NULL;
    size_t bytes = rounded_size(arena, count, size);
    if (bytes > SIZE_MAX - sizeof(struct sqli_arena_block)) {
        arena->failed = SQLI_E_TOO_LARGE;
        return NULL;
    }
    struct sqli_arena_block *block = arena->blocks;
    if (!block || bytes > block->capacity - block->used)
        block = add_block(arena, bytes);
    if (!block)
        return NULL;
    void *room = block->bytes + block->used;
    block->used += bytes;
    arena->used += bytes;
    memset(room, 0, bytes);
    return room;
}

struct sqli_span sqli__arena_copy(struct sqli_arena *arena, struct sqli_span bytes)
{
    /* NUL-ended for convenience */
    uint8_t *copy = sqli__arena_alloc(arena, bytes.length + (bytes.length < SIZE_MAX), 1);
    if (!copy)
        return sqli__span(NULL, 0);
    if (bytes.length)
        memcpy(copy, bytes.data, bytes.length);
    return sqli__span(copy, bytes.length);
}

enum sqli_status sqli__arena_status(const struct sqli_arena *arena, struct sqli_error *error)
{
    if (!arena->failed)
        return SQLI_OK;
    return sqli__fail(error, arena->failed, "an arena of at most %zu bytes", arena->limit);
}
