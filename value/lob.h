/* Large objects by reference: the 56-byte descriptor of BYTE and TEXT, the 72-byte locator of BLOB
 * and CLOB. Most of both is the server's own and is kept as it came, to be echoed. */
#ifndef SQLI_VALUE_LOB_H
#define SQLI_VALUE_LOB_H

#include "base/bytes.h"
#include "base/error.h"

enum {
    SQLI_SIMPLE_LOB_SIZE = 56,
    SQLI_SMART_LOB_SIZE = 72,
    SQLI_SMART_LOB_TEXT = 144, /* hex digits of the text form */
};

struct sqli_simple_lob {
    uint8_t bytes[SQLI_SIMPLE_LOB_SIZE];
};

struct sqli_smart_lob {
    uint8_t bytes[SQLI_SMART_LOB_SIZE];
};

/* A descriptor for a tuple. The size stands twice: as a number, and as start and end, with end -
 * start + 1 = size (an empty object has start 1 and end 0). Clients differ in which they read, so a
 * new descriptor has both. `null` sets the flag that every client looks at. */
void sqli__simple_lob_make(struct sqli_simple_lob *lob, uint32_t size, bool null);
/* A descriptor for a bind block: the size as a number and nothing else, as clients send it. */
void sqli__simple_lob_make_bind(struct sqli_simple_lob *lob, uint32_t size);
uint32_t sqli__simple_lob_size(const struct sqli_simple_lob *lob);
bool sqli__simple_lob_null(const struct sqli_simple_lob *lob);

/* The body of the envelope: 144 hex digits, or 72 raw bytes after a return-type request. */
enum sqli_status sqli__smart_lob_decode(struct sqli_span body, struct sqli_smart_lob *lob,
                                        struct sqli_error *error);
void sqli__smart_lob_text(const struct sqli_smart_lob *lob, char text[SQLI_SMART_LOB_TEXT + 1]);

#endif
