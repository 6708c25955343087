/* The one door to the heap. Nothing in the project calls malloc, realloc or free by name, so that
 * an embedder can bring an allocator and the tests can fail the n-th allocation. */
#ifndef SQLI_BASE_ALLOC_H
#define SQLI_BASE_ALLOC_H

#include "include/sqli.h" /* struct sqli_allocator: one definition for us and for the embedder */

#include <stddef.h>

/* Replaces the allocator of the whole process; NULL brings the C library's back. Call it while no
 * block of the previous allocator is alive and no other thread is inside the library. */
void sqli__allocator_set(const struct sqli_allocator *allocator);

/* All three return NULL when there is no memory; a size of 0 is served as 1. */
void *sqli__alloc(size_t size);
void *sqli__alloc_zeroed(size_t count, size_t size);
void *sqli__realloc(void *block, size_t size);

void sqli__free(void *block); /* NULL is fine */

#endif
