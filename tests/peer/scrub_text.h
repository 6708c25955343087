/* Texts without what they say, each as long as it was. All work in place. */
#ifndef SQLI_TESTS_PEER_SCRUB_TEXT_H
#define SQLI_TESTS_PEER_SCRUB_TEXT_H

#include "tests/peer/names.h"

/* Digits become 0 and everything else x, but for blanks at the end. The name of a locale stays: in
 * which code set a database talks is a matter of the protocol. */
void peer_scrub_text(uint8_t *text, size_t length);

/* SQL, or a list of names as in "owner.constraint", `(count(*))` or `database@server`: literals and
 * comments lose their contents, names are replaced. What is no SQL becomes x. `delimident`: double
 * quotes hold identifiers. */
void peer_scrub_sql(struct peer_names *names, bool delimident, uint8_t *text, size_t length);

/* The same for the name of a type, which keeps its numbers: "ROW(price decimal(8,2))". */
void peer_scrub_type_name(struct peer_names *names, uint8_t *text, size_t length);

/* The name of a column, or one name in general: as SQL would have it, were it written there. */
void peer_scrub_name(struct peer_names *names, uint8_t *name, size_t length);

/* What an error is near to. A message of many words becomes x. */
void peer_scrub_near(struct peer_names *names, uint8_t *text, size_t length);

/* SET{...}, ROW(...) and the like: what holds the values stays. */
void peer_scrub_literal(uint8_t *text, size_t length);

/* The value of an environment variable, and the name where nobody knows it. */
void peer_scrub_variable(uint8_t *name, size_t name_length, uint8_t *value, size_t length);

#endif
