#include "base/alloc.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void *libc_allocate(void *context, size_t size)
{
    (void)context;
    return malloc(size);
}

static void *libc_resize(void *context, void *block, size_t size)
{
    (void)context;
    return realloc(block, size);
}

static void libc_release(void *context, void *block)
{
    (void)context;
    free(block);
}

#define LIBC_ALLOCATOR                                                            \
    {                                                                             \
        .allocate = libc_allocate, .resize = libc_resize, .release = libc_release \
    }

static const struct sqli_allocator libc_allocator = LIBC_ALLOCATOR;
static struct sqli_allocator current = LIBC_ALLOCATOR;

void sqli__allocator_set(const struct sqli_allocator *allocator)
{
    current = allocator ? *allocator : libc_allocator;
}

void *sqli__alloc(size_t size)
{
    return current.allocate(current.context, size ? size : 1);
}

void *sqli__alloc_zeroed(size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / size)
        return NULL;
    void *block = sqli__alloc(count * size);
    if (block)
        memset(block, 0, count * size);
    return block;
}

void *sqli__realloc(void *block, size_t size)
{
    return current.resize(current.context, block, size ? size : 1);
}

void sqli__free(void *block)
{
    if (block)
        current.release(current.context, block);
}
