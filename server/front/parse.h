/* From the text of a statement to its tree. */
#ifndef SQLI_SERVER_FRONT_PARSE_H
#define SQLI_SERVER_FRONT_PARSE_H

#include "server/front/tree.h"

struct sqli_parse_options {
    bool delimident;  /* "..." is a name */
    bool single_byte; /* the code set of the text: positions in errors count characters */
    bool ansi;        /* names of owners are upper case unless they are quoted; but for informix */
    struct sqli_span server; /* its name: db@other:table is -908. Absent: any may be written */
};

/* One statement; a `;` behind it is fine. Names and strings are copied to the arena, so the text
 * need not outlive the call, but for the spans of whole clauses (types, checks, defaults), which
 * are copies, too. Errors have their place in error->offset, 1-based in characters: -201 where the
 * grammar fails, -282 for a quote that is not closed, and the code of the feature for what is
 * known but not there; -762 for one that is nested deeper than the parser's stack goes. */
enum sqli_status sqli__parse(struct sqli_span text, const struct sqli_parse_options *options,
                             struct sqli_arena *arena, struct sqli_statement_tree **tree,
                             struct sqli_error *error);

/* The same for an expression alone, as the catalog keeps CHECK and DEFAULT. */
enum sqli_status sqli__parse_expression(struct sqli_span text,
                                        const struct sqli_parse_options *options,
                                        struct sqli_arena *arena, struct sqli_expr **expr,
                                        struct sqli_error *error);

#endif
