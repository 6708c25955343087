/* ROW, SET, MULTISET and LIST: their schema, and values taken apart into elements, nested too.
 *
 * Both are trees in an arena that the caller owns. The schema comes from the extended name of a
 * describe (`ROW(name varchar(50), age integer)`, `SET(integer not null)`); a value from the text
 * form that servers send (`ROW('Alice',30         )`, `LIST{10,20,30}`). */
#ifndef SQLI_VALUE_COMPOSITE_H
#define SQLI_VALUE_COMPOSITE_H

#include "base/arena.h"
#include "value/value.h"

enum {
    SQLI_COMPOSITE_DEPTH = 32,       /* nesting at the most */
    SQLI_COMPOSITE_ELEMENTS = 65536, /* of one value */
};

/* A field of a ROW or the element of a collection. */
struct sqli_schema {
    struct sqli_type type;
    struct sqli_span field; /* ROW: the field's name, lower case; else empty */
    uint32_t count;         /* ROW: its fields; collection: 1; scalar: 0 */
    struct sqli_schema *parts;
};

/* Reads a type as SQL writes it, scalar or composite; the tree copies what it needs of the text.
 * SQLI_E_VALUE_SYNTAX names the place by its offset. NOT NULL may follow a field or an element, as
 * SQLI_TYPE_NOT_NULL in its flags. The name of a type that no table here knows becomes an opaque
 * type of that name; only the server can say more about it. */
enum sqli_status sqli__schema_parse(struct sqli_span text, struct sqli_arena *arena,
                                    struct sqli_schema **schema, struct sqli_error *error);
/* As servers write it in a describe: type names expanded and lower case, `ROW(a integer, b
 * char(3))`. */
void sqli__schema_print(const struct sqli_schema *schema, struct sqli_buffer *text);

struct sqli_element {
    const struct sqli_schema *schema;
    struct sqli_value value; /* scalars; value.null tells a NULL of any kind */
    uint32_t count;          /* composites: how many elements */
    struct sqli_element *elements;
};

/* `value` must be written for `schema`, which the elements point into; of the text they keep copies
 * in the arena. Numbers may carry the blanks that servers pad them with; any scalar may be quoted,
 * and text that is not holds no comma, bracket or quote. SQLI_E_VALUE_SYNTAX names the place; a
 * scalar that its type cannot hold fails as sqli__value_from_text does. */
enum sqli_status sqli__composite_from_text(const struct sqli_schema *schema, struct sqli_span text,
                                           struct sqli_arena *arena, struct sqli_element *element,
                                           struct sqli_error *error);
/* The literal in SQL's form: all but numbers quoted, NULL spelled out, integers without padding. On
 * failure *text is as it was. */
enum sqli_status sqli__composite_to_text(const struct sqli_element *element,
                                         struct sqli_buffer *text, struct sqli_error *error);

#endif
