/* What the parts of the SPL parser share. The text is cut into tokens first, so that each part can
 * look as far ahead as it needs.
 *
 * After the first failure the parser stands at the end of the text, so that every loop ends. */
#ifndef SQLI_SERVER_ROUTINE_PARSE_INSIDE_H
#define SQLI_SERVER_ROUTINE_PARSE_INSIDE_H

#include "base/buffer.h"
#include "server/routine/routine.h"
#include "sql/tokenizer.h"

enum {
    SQLI_SPL_DEPTH = 100,      /* of statements in each other */
    SQLI_SPL_VARIABLES = 4096, /* in one routine */
    SQLI_SPL_LIST = 256,       /* targets, codes, parameters */
};

struct sqli_spl_parser {
    struct sqli_span text;
    bool single_byte;
    struct sqli_arena *arena;
    struct sqli_error *error;
    enum sqli_status status;
    struct sqli_token *tokens; /* the last one is the end */
    uint32_t count;
    uint32_t at; /* the present token */
    uint32_t depth;
    struct sqli_spl_routine *routine;
    struct sqli_spl_block *block; /* the innermost */
};

/* --- parse.c --- */

/* Cuts the text into tokens. */
enum sqli_status sqli__spl_open(struct sqli_spl_parser *p, struct sqli_span text,
                                const struct sqli_spl_options *options, struct sqli_arena *arena,
                                struct sqli_error *error);

void sqli__spl_fail(struct sqli_spl_parser *p, int32_t code, const struct sqli_token *at,
                    struct sqli_span near);
/* -201 at the present token. */
void sqli__spl_syntax(struct sqli_spl_parser *p);
void *sqli__spl_new(struct sqli_spl_parser *p, size_t size); /* never NULL unless it failed */

const struct sqli_token *sqli__spl_look(const struct sqli_spl_parser *p, uint32_t ahead);
struct sqli_span sqli__spl_text(const struct sqli_spl_parser *p, const struct sqli_token *token);
/* A word is an unquoted name; `word` in small letters. */
bool sqli__spl_token_is(const struct sqli_spl_parser *p, const struct sqli_token *token,
                        const char *word);
bool sqli__spl_is(const struct sqli_spl_parser *p, const char *word);
bool sqli__spl_take(struct sqli_spl_parser *p, const char *word);
void sqli__spl_expect(struct sqli_spl_parser *p, const char *word);
bool sqli__spl_is_sign(const struct sqli_spl_parser *p, enum sqli_token_kind kind);
bool sqli__spl_take_sign(struct sqli_spl_parser *p, enum sqli_token_kind kind);
void sqli__spl_expect_sign(struct sqli_spl_parser *p, enum sqli_token_kind kind);
bool sqli__spl_at_end(const struct sqli_spl_parser *p);
/* A name, folded or unquoted; else -201. */
struct sqli_span sqli__spl_name(struct sqli_spl_parser *p);
/* The same without moving, for what may be no name: absent then. */
struct sqli_span sqli__spl_name_of(struct sqli_spl_parser *p, const struct sqli_token *token);
/* The text of tokens [from, to), without what surrounds it. */
struct sqli_span sqli__spl_between(const struct sqli_spl_parser *p, uint32_t from, uint32_t to);

/* --- parse_span.c --- */

enum sqli_spl_stop {
    SQLI_STOP_COMMA = 1,
    SQLI_STOP_THEN = 2,
    SQLI_STOP_TO = 4,        /* and STEP */
    SQLI_STOP_STATEMENT = 8, /* a word that begins one, behind a whole operand; and LOOP */
    SQLI_STOP_RESUME = 16,   /* WITH RESUME */
    SQLI_STOP_WHEN = 32,
};

/* Where the piece of SQL ends that begins at the present token: at `;`, at a parenthesis that was
 * not opened in it, or at what `stops` says. Moves there. */
uint32_t sqli__spl_skip(struct sqli_spl_parser *p, unsigned stops);
struct sqli_spl_sql *sqli__spl_piece(struct sqli_spl_parser *p, enum sqli_spl_sql_kind kind,
                                     const char *before, struct sqli_span text, const char *after);
/* One or more values with commas, or a condition, up to where sqli__spl_skip ends. */
struct sqli_spl_sql *sqli__spl_values(struct sqli_spl_parser *p, unsigned stops);
struct sqli_spl_sql *sqli__spl_condition(struct sqli_spl_parser *p, unsigned stops);
/* SELECT or any other statement; INTO goes to the targets. */
struct sqli_spl_sql *sqli__spl_embedded(struct sqli_spl_parser *p, unsigned stops);

/* --- parse_head.c --- */

void sqli__spl_head(struct sqli_spl_parser *p);
/* Behind the body: END ..., DOCUMENT, WITH LISTING. */
void sqli__spl_tail(struct sqli_spl_parser *p);
struct sqli_spl_type sqli__spl_type(struct sqli_spl_parser *p);
struct sqli_spl_variable *sqli__spl_declare(struct sqli_spl_parser *p, enum sqli_spl_mode mode);

/* --- parse_statement.c --- */

void sqli__spl_block_body(struct sqli_spl_parser *p, struct sqli_spl_block *block);
/* The slot of a variable that is assigned to; -667. */
uint32_t sqli__spl_target(struct sqli_spl_parser *p);
/* One or more with commas, into SQLI_SPL_LIST places. */
uint32_t sqli__spl_target_list(struct sqli_spl_parser *p, uint32_t *slots);
void sqli__spl_targets(struct sqli_spl_parser *p, struct sqli_spl_sql *sql, uint32_t *slots,
                       uint32_t count);

#endif
