/* What a server says about columns and parameters, computed from their names and types: where a
 * name stands in the string table, where a column begins, how long a row may become. */
#ifndef SQLI_PROTOCOL_DESCRIBE_BUILD_H
#define SQLI_PROTOCOL_DESCRIBE_BUILD_H

#include "protocol/message.h"

/* Bytes that the image of a column takes at the most. */
int32_t sqli__described_width(const struct sqli_type *type);

/* The two numbers behind the type in a describe, as servers give them. */
void sqli__described_storage(const struct sqli_type *type, int16_t *reference, int16_t *alignment);

/* Room for `count` columns whose names have `names` bytes in all. The other members of *describe,
 * statement type and id, are the caller's; all memory is the arena's. */
enum sqli_status sqli__describe_begin(struct sqli_describe *describe, uint32_t count, size_t names,
                                      struct sqli_arena *arena, struct sqli_error *error);
/* The next column, exactly `count` times. */
void sqli__describe_add(struct sqli_describe *describe, struct sqli_span name,
                        const struct sqli_type *type);
/* The size of the row as the narrow form can say it: it tells clients how large a buffer to ask
 * for, and a row may be larger. */
void sqli__describe_end(struct sqli_describe *describe, const struct sqli_caps *caps);

#endif
