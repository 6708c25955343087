/* Images of values without the values: NULL stays NULL, lengths stay, and what is left is a valid
 * image of its type. */
#ifndef SQLI_TESTS_PEER_SCRUB_VALUES_H
#define SQLI_TESTS_PEER_SCRUB_VALUES_H

#include "protocol/row.h"

/* A whole row, which the caller has as a copy of its own: bytes that belong to no column become 0.
 * All of it does where the shape is NULL or does not fit. `segments` has room for the shape. */
void peer_scrub_row(const struct sqli_shape *shape, uint32_t *segments, uint8_t *row, size_t size);

/* The data of a bind block. */
void peer_scrub_bound(const struct sqli_bind_value *value, uint8_t *data);

/* The descriptor of a BYTE or TEXT: its sizes and whether it is NULL stay. */
void peer_scrub_descriptor(uint8_t *descriptor, size_t size);

#endif
