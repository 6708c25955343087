/* Blocks from the inside: rows of a reply are looked at in chunks, and a chunk is decoded column by
 * column. */
#ifndef SQLI_CLIENT_BLOCK_H
#define SQLI_CLIENT_BLOCK_H

#include "client/column.h"

enum {
    SQLI_CHUNK = 256,                /* rows that are decoded at once */
    SQLI_BLOCK_TEXT_MAX = 1 << 30,   /* bytes of one column: its ends are 32 bits */
    SQLI_BLOCK_LOBS_STOP = 16 << 20, /* bytes of large objects behind which a block ends */
};

struct sqli_blocks;
struct sqli_column_block;

/* Decodes the rows of the chunk: how many of them, which is fewer where one does not fit; then the
 * error says why. */
typedef uint32_t sqli_block_decode(struct sqli_blocks *blocks, struct sqli_column_block *column);

struct sqli_column_block {
    int wanted; /* what sqli_block_as was told, SQLI_AS_DEFAULT */
    int as;
    bool lob;           /* it has to be fetched row by row */
    bool ascii_is_text; /* bytes below 80 are ASCII in the database */
    const struct sqli_type *type;
    uint32_t segment, delta; /* where it stands in a row, as in struct sqli_shape_column */
    bool has_width, filled;
    uint32_t width;
    sqli_block_decode *decode;

    bool any_null;
    uint8_t *null;
    void *data; /* of numbers */
    uint32_t *ends;
    struct sqli_buffer text;
};

struct sqli_blocks {
    struct sqli_stmt *stmt;
    const struct sqli_prepared *prepared; /* that the columns were set up for */
    uint32_t count, segments;             /* of its columns, and of its rows */
    struct sqli_column_block *columns;
    struct sqli_block_column *shown;
    bool has_lobs;
    uint32_t room; /* rows that the arrays have room for */

    uint32_t rows; /* complete ones of the present block */
    uint32_t most;
    bool filling;   /* a call said SQLI_MORE: the block goes on */
    bool decoded;   /* the rows of the reply are, but for their large objects: */
    uint32_t first; /* of them in struct sqli_rows */
    uint32_t got;
    uint32_t lob_row, lob_column;

    /* The chunk: where its segments begin, one row of pointers for each segment. */
    uint32_t at; /* the row of the block that it begins with */
    uint32_t chunk_rows;
    const uint8_t **starts;
};

/* Fills in how the column is decoded; `as` is known. */
void sqli__block_choose(struct sqli_column_block *column);

static inline const uint8_t *sqli__chunk_image(const struct sqli_blocks *b,
                                               const struct sqli_column_block *c, uint32_t row)
{
    return b->starts[c->segment * (size_t)SQLI_CHUNK + row] + c->delta;
}

#endif
