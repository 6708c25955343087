/* A script as statements.
 *
 * A statement ends at a `;` that stands in no string, quoted name or comment and not in the body of
 * a routine: CREATE PROCEDURE or CREATE FUNCTION runs to the `;` behind its END PROCEDURE or END
 * FUNCTION, whatever blocks are inside. An external routine, and one that is created from a file,
 * have no body. */
#ifndef SQLI_SQL_SPLITTER_H
#define SQLI_SQL_SPLITTER_H

#include "sql/tokenizer.h"

enum sqli_piece_kind {
    SQLI_PIECE_STATEMENT,
    SQLI_PIECE_NOTHING,    /* blanks, comments and `;` up to the end of the text */
    SQLI_PIECE_INCOMPLETE, /* the text ends before the statement does */
};

/* What an incomplete statement waits for: the innermost thing that is open. */
enum sqli_piece_open {
    SQLI_OPEN_NOTHING,
    SQLI_OPEN_STATEMENT, /* just no `;` yet */
    SQLI_OPEN_ROUTINE,   /* the body of a procedure or function */
    SQLI_OPEN_STRING,
    SQLI_OPEN_IDENTIFIER, /* a quoted one */
    SQLI_OPEN_COMMENT,
};

/* Pieces follow each other without a gap: each begins where the one before ended. */
struct sqli_piece {
    enum sqli_piece_kind kind;
    enum sqli_piece_open open; /* SQLI_OPEN_NOTHING unless incomplete */
    enum sqli_keyword verb;    /* the first word, which opening parentheses may precede */
    size_t begin;              /* of the piece, in bytes */
    size_t end;                /* behind its `;` */
    size_t offset;             /* of the statement: without blanks and comments around it, and */
    size_t length;             /* without its `;`. An incomplete statement too */
    size_t line;               /* where the statement starts, from 1 */
    size_t column;
};

struct sqli_splitter {
    struct sqli_tokenizer tokenizer;
    size_t begin; /* of the next piece */
};

/* The options are those of the tokenizer. A byte order mark at the very start counts as blank. */
void sqli__splitter_init(struct sqli_splitter *splitter, struct sqli_span text, unsigned options);

/* The next piece, whose kind it returns as well; empty statements are passed over. Behind an
 * incomplete one there is nothing more. An interactive shell then asks for more text and splits
 * again from piece->begin. A script that ends there runs the statement as it is, but complains when
 * anything else than SQLI_OPEN_STATEMENT is open. */
enum sqli_piece_kind sqli__splitter_next(struct sqli_splitter *splitter, struct sqli_piece *piece);

static inline struct sqli_span sqli__piece_text(struct sqli_span text,
                                                const struct sqli_piece *piece)
{
    return sqli__span(piece->length ? text.data + piece->offset : text.data, piece->length);
}

#endif
