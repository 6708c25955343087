/* Rows stay on the wire until someone looks.
 *
 * A shape knows once per result where each column of a row stands: at a fixed distance behind the
 * start of the row or behind the end of the last column of varying length. Binding a row walks only
 * over the varying columns and checks that the row ends exactly where its shape says; after that
 * any column is one addition away. */
#ifndef SQLI_PROTOCOL_ROW_H
#define SQLI_PROTOCOL_ROW_H

#include "protocol/caps.h"
#include "protocol/message.h"
#include "value/type.h"

struct sqli_shape_column {
    uint32_t segment; /* how many varying columns stand before it */
    uint32_t delta;   /* distance from the end of the last of those */
    int32_t width;    /* bytes, or SQLI_WIDTH_SHORT or SQLI_WIDTH_ENVELOPE */
    bool filled;      /* a VARCHAR at full width: what lies behind its text is no part of it */
};

struct sqli_shape {
    uint32_t count;
    uint32_t varying; /* columns of varying length */
    uint32_t tail;    /* bytes behind the last of those */
    struct sqli_shape_column *columns;
    struct sqli_shape_column *varyings; /* copies of the varying ones, in order */
    struct sqli_type *types;            /* own copies; names and owners point into `names` */
    uint8_t *names;
};

/* From the columns of a DESCRIBE, for rows framed by these capabilities. SQLI_FAIL for a type that
 * has no known image; the error names the column. */
enum sqli_status sqli__shape_init(struct sqli_shape *shape, const struct sqli_describe *describe,
                                  const struct sqli_caps *caps, struct sqli_error *error);
void sqli__shape_free(struct sqli_shape *shape);

/* The row's bytes and where its segments begin. `segments` has shape->varying + 1 places and
 * belongs to the caller; segments[0] is 0. */
struct sqli_row {
    const uint8_t *data;
    uint32_t *segments;
};

enum sqli_status sqli__row_bind(const struct sqli_shape *shape, struct sqli_span payload,
                                struct sqli_row *row, struct sqli_error *error);

/* The image of a column of a bound row. `column` is below shape->count. */
static inline const uint8_t *sqli__row_at(const struct sqli_shape *shape,
                                          const struct sqli_row *row, uint32_t column)
{
    const struct sqli_shape_column *c = &shape->columns[column];
    return row->data + row->segments[c->segment] + c->delta;
}

static inline struct sqli_span sqli__row_image(const struct sqli_shape *shape,
                                               const struct sqli_row *row, uint32_t column)
{
    const struct sqli_shape_column *c = &shape->columns[column];
    uint32_t start = row->segments[c->segment] + c->delta;
    if (c->filled && row->data[start] < c->width)
        return sqli__span(row->data + start, 1u + row->data[start]);
    if (c->width >= 0)
        return sqli__span(row->data + start, (size_t)c->width);
    return sqli__span(row->data + start, row->segments[c->segment + 1] - start);
}

#endif
