/* One description of a message, three uses.
 *
 * A message is described by a single function, its layout, which names each field once, in the
 * order of the wire, by calling the field functions below. The same function decodes, encodes and
 * prints, depending on the mode of the struct sqli_wire that it is given. So the two directions of
 * a message cannot drift apart, and every message can be printed.
 *
 * After a failure, or when bytes are missing, every further call does nothing: a layout never
 * checks. It must not touch memory through counts or spans unless sqli__wire_ok(), and the items of
 * a decoded list not at all: a scan for the end of a message does not keep them. In the encode and
 * print modes a layout must not change the message. */
#ifndef SQLI_PROTOCOL_WIRE_H
#define SQLI_PROTOCOL_WIRE_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/bytes.h"
#include "protocol/caps.h"

enum sqli_wire_mode { SQLI_WIRE_DECODE, SQLI_WIRE_ENCODE, SQLI_WIRE_PRINT };

enum {
    SQLI_WIRE_COUNT_MAX = 32767,    /* columns, parameters, list items */
    SQLI_WIRE_LENGTH_MAX = 1 << 26, /* 64 MiB: any single length on the wire */
    SQLI_WIRE_ITEM_MAX = 128,       /* size of the largest list item in memory */
    SQLI_WIRE_PRINT_DEFAULT = 256,  /* bytes of one field that are printed */
};

/* Where a decode that ran out of bytes in the middle of a long list goes on. Without it a peer that
 * sends one byte at a time would make us read the list again for each. */
struct sqli_wire_checkpoint {
    bool active;
    uint32_t list; /* which list of the message, counted from 1 */
    uint32_t item;
    size_t offset; /* of that item, from the start of the message */
};

struct sqli_wire {
    enum sqli_wire_mode mode;
    enum sqli_status status;
    bool to_server; /* the direction of the message */
    const struct sqli_caps *caps;
    struct sqli_error *error;
    const char *message; /* its name, for errors */

    /* decode */
    const uint8_t *base;
    const uint8_t *at;
    const uint8_t *end;
    bool whole;    /* all bytes are there: running out of them is an error, not SQLI_MORE */
    bool scanning; /* looking for the end only: list items go to a scratch place */
    size_t need;   /* bytes from base that must be there before another try can get further */
    uint64_t stream_offset;
    struct sqli_arena *arena;
    struct sqli_wire_checkpoint *checkpoint;
    uint32_t lists;
    uint32_t depth;

    /* encode: the bytes; print: the text */
    struct sqli_buffer *out;
    size_t print_limit;
};

static inline bool sqli__wire_ok(const struct sqli_wire *w)
{
    return w->status == SQLI_OK;
}

static inline bool sqli__wire_decoding(const struct sqli_wire *w)
{
    return w->mode == SQLI_WIRE_DECODE;
}

/* Stops the decode with an error that names the message, the place and `what`. */
void sqli__wire_fail(struct sqli_wire *w, const char *what, ...)
    __attribute__((format(printf, 2, 3)));

/* Numbers. */
void sqli__wire_u8(struct sqli_wire *w, const char *name, uint8_t *v);
void sqli__wire_16(struct sqli_wire *w, const char *name, int16_t *v);
void sqli__wire_u16(struct sqli_wire *w, const char *name, uint16_t *v);
void sqli__wire_32(struct sqli_wire *w, const char *name, int32_t *v);
void sqli__wire_64(struct sqli_wire *w, const char *name, int64_t *v);
/* 4 bytes where `wide`, else 2 (signed). */
void sqli__wire_32_or_16(struct sqli_wire *w, const char *name, int32_t *v, bool wide);
/* 8 bytes where `wide`, else 4. */
void sqli__wire_64_or_32(struct sqli_wire *w, const char *name, int64_t *v, bool wide);
/* The sign-and-halves form of INT8; *null for sign 0. */
void sqli__wire_int8(struct sqli_wire *w, const char *name, int64_t *v, bool *null);
/* A 2-byte count, 0 to SQLI_WIRE_COUNT_MAX. */
void sqli__wire_count(struct sqli_wire *w, const char *name, uint32_t *count);
/* A 4-byte length, 0 to SQLI_WIRE_LENGTH_MAX. */
void sqli__wire_length(struct sqli_wire *w, const char *name, uint32_t *length);
/* A 4-byte number of bytes that come in chunks, so that only its sign bounds it. */
void sqli__wire_total(struct sqli_wire *w, const char *name, uint32_t *total);
/* A constant that must stand here; not printed. */
void sqli__wire_marker(struct sqli_wire *w, const char *name, uint16_t marker);

/* Bytes. Decoded spans point into the received bytes. */
void sqli__wire_bytes(struct sqli_wire *w, const char *name, struct sqli_span *v, size_t length);
void sqli__wire_array(struct sqli_wire *w, const char *name, uint8_t *v, size_t length);
void sqli__wire_pad(struct sqli_wire *w, size_t length);                          /* to even */
void sqli__wire_char(struct sqli_wire *w, const char *name, struct sqli_span *v); /* CHAR */
void sqli__wire_char4(struct sqli_wire *w, const char *name, struct sqli_span *v);
/* SQL text and signatures: CHAR4 or CHAR, by capability. */
void sqli__wire_sql(struct sqli_wire *w, const char *name, struct sqli_span *v);
/* Login strings: the length counts a closing NUL, no pad, 0 means absent. */
void sqli__wire_asc(struct sqli_wire *w, const char *name, struct sqli_span *v);
/* The same two with the value left out of every print. */
void sqli__wire_asc_secret(struct sqli_wire *w, const char *name, struct sqli_span *v);
void sqli__wire_char_secret(struct sqli_wire *w, const char *name, struct sqli_span *v);

/* Lists. `items` is a pointer to the typed array pointer; decoded arrays live in the arena. */
typedef void sqli_wire_item(struct sqli_wire *w, void *item);
/* `count` items, each of at least `minimum` bytes on the wire. */
void sqli__wire_list(struct sqli_wire *w, const char *name, void *items, uint32_t count,
                     size_t item_size, size_t minimum, sqli_wire_item *item);
/* Items until one for which `last` holds; that one ends the list and is not part of it. It is
 * written as an item of all zeros; an item of the list for which `last` holds is not encoded. */
void sqli__wire_list_until(struct sqli_wire *w, const char *name, void *items, uint32_t *count,
                           size_t item_size, sqli_wire_item *item, bool (*last)(const void *item));

/* Text that only the print has: " (SELECT)". */
void sqli__wire_note(struct sqli_wire *w, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
