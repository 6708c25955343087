/* A stored routine as a tree: CREATE FUNCTION and CREATE PROCEDURE with their body in SPL.
 *
 * What SQL has a grammar for stays text here: expressions, conditions and embedded statements are
 * pieces of the routine (struct sqli_spl_sql), which the engine hands to the front when they are
 * first run. Names of variables are looked up there too, by sqli__spl_find: a variable hides a
 * column of its name. All lives in one arena. */
#ifndef SQLI_SERVER_ROUTINE_ROUTINE_H
#define SQLI_SERVER_ROUTINE_ROUTINE_H

#include "base/arena.h"

enum sqli_spl_mode { SQLI_SPL_IN, SQLI_SPL_OUT, SQLI_SPL_INOUT, SQLI_SPL_LOCAL };

/* A type as it is written; LIKE has the names of a table and its column instead. */
struct sqli_spl_type {
    struct sqli_span text; /* data == NULL: LIKE */
    struct sqli_span table, column;
    uint32_t at;
};

struct sqli_spl_sql;

/* A parameter or a variable. */
struct sqli_spl_variable {
    struct sqli_spl_variable *next;
    struct sqli_spl_variable *chain; /* all of the routine */
    struct sqli_span name;           /* folded */
    uint32_t at;
    uint32_t slot; /* its own in the routine; parameters come first */
    enum sqli_spl_mode mode;
    struct sqli_spl_type type;
    bool global;
    struct sqli_spl_sql *value; /* DEFAULT, or NULL */
};

struct sqli_spl_return {
    struct sqli_spl_return *next;
    struct sqli_span name; /* AS name, or absent */
    struct sqli_spl_type type;
};

enum sqli_spl_sql_kind {
    SQLI_SPL_VALUES,    /* text: "SELECT a, b" */
    SQLI_SPL_CONDITION, /* text: a SELECT of 1 or 0 */
    SQLI_SPL_QUERY,     /* a SELECT whose rows go to the targets */
    SQLI_SPL_CALL,      /* EXECUTE FUNCTION or PROCEDURE: its values go to the targets */
    SQLI_SPL_STATEMENT, /* any other */
};

struct sqli_spl_block;

struct sqli_spl_sql {
    struct sqli_spl_sql *next; /* all of the routine */
    enum sqli_spl_sql_kind kind;
    struct sqli_span text;
    uint32_t at;    /* the place of the original in the routine */
    uint32_t shift; /* bytes that stand in front of the original in `text` */
    const struct sqli_spl_block *scope;
    uint32_t *targets; /* slots */
    uint32_t target_count;
    bool to_results;         /* the targets are the types of RETURN */
    struct sqli_span cursor; /* FOREACH cursor FOR */
    void *prepared;          /* the engine's */
};

enum sqli_spl_kind {
    SQLI_SPL_RUN,      /* sql */
    SQLI_SPL_EXECUTE,  /* EXECUTE IMMEDIATE; sql: the text of the statement */
    SQLI_SPL_IF,       /* branches; the last may have no condition */
    SQLI_SPL_WHILE,    /* sql: the condition, or none (LOOP); body */
    SQLI_SPL_FOR,      /* slot; ranges; sql: the condition of FOR ... WHILE; body */
    SQLI_SPL_FOREACH,  /* sql; body */
    SQLI_SPL_BLOCK,    /* block */
    SQLI_SPL_EXIT,     /* loop, label; sql: WHEN */
    SQLI_SPL_CONTINUE, /* the same */
    SQLI_SPL_RETURN,   /* sql or none; resume */
    SQLI_SPL_RAISE,    /* sql: one to three values */
    SQLI_SPL_NOTHING,  /* TRACE */
    SQLI_SPL_SYSTEM,   /* refused when it is reached */
};

enum sqli_spl_loop {
    SQLI_SPL_ANY_LOOP,
    SQLI_SPL_LOOP_LOOP,
    SQLI_SPL_LOOP_WHILE,
    SQLI_SPL_LOOP_FOR,
    SQLI_SPL_LOOP_FOREACH,
};

struct sqli_spl_branch {
    struct sqli_spl_branch *next;
    struct sqli_spl_sql *condition; /* NULL: ELSE */
    struct sqli_spl_statement *body;
};

/* first [TO last [STEP step]] */
struct sqli_spl_range {
    struct sqli_spl_range *next;
    struct sqli_spl_sql *values; /* one to three */
    uint32_t count;
};

struct sqli_spl_statement {
    struct sqli_spl_statement *next;
    enum sqli_spl_kind kind;
    uint32_t at;
    struct sqli_spl_sql *sql;
    struct sqli_spl_branch *branches;
    struct sqli_spl_range *ranges;
    struct sqli_spl_statement *body;
    struct sqli_spl_block *block;
    uint32_t slot;
    enum sqli_spl_loop loop;
    struct sqli_span label; /* folded; absent: none */
    bool resume;
};

/* ON EXCEPTION */
struct sqli_spl_handler {
    struct sqli_spl_handler *next;
    int32_t *codes;
    uint32_t code_count; /* 0: all */
    uint32_t set[3];     /* SET: slots of code, ISAM code and text */
    uint32_t set_count;
    struct sqli_spl_statement *body;
    bool resume;
};

struct sqli_spl_block {
    struct sqli_spl_block *outer;
    struct sqli_spl_variable *variables;
    struct sqli_spl_handler *handlers;
    struct sqli_spl_statement *body;
};

struct sqli_spl_routine {
    bool procedure;
    bool dba;
    bool if_not_exists;
    bool or_replace;
    bool variant;           /* not said to be NOT VARIANT */
    struct sqli_span owner; /* absent: not given */
    struct sqli_span name;
    uint32_t at;
    struct sqli_span specific; /* SPECIFIC name, or absent */
    struct sqli_span document; /* DOCUMENT: the texts, joined */
    struct sqli_spl_variable *parameters;
    uint32_t parameter_count;
    struct sqli_spl_return *returns;
    uint32_t return_count;
    struct sqli_spl_block *block;        /* the body; its outer block has the parameters */
    uint32_t variable_count;             /* slots */
    struct sqli_spl_variable *variables; /* all of them, the last one first */
    struct sqli_spl_sql *pieces;         /* all of them, the last one first */
    bool external;                       /* EXTERNAL NAME: no SPL */
};

struct sqli_spl_options {
    bool delimident;
    bool single_byte;
};

/* The whole text of a CREATE statement. Errors have their place in error->offset: -201, -667
 * unknown variable, -669 declared twice, ... */
enum sqli_status sqli__spl_parse(struct sqli_span text, const struct sqli_spl_options *options,
                                 struct sqli_arena *arena, struct sqli_spl_routine **routine,
                                 struct sqli_error *error);

/* What DROP and GRANT call a routine: [IF EXISTS] [owner.]name[(type, ...)] */
struct sqli_spl_reference {
    bool if_exists;
    struct sqli_span owner; /* absent: not given */
    struct sqli_span name;
    bool has_types;
    struct sqli_spl_return *types;
};

enum sqli_status sqli__spl_parse_reference(struct sqli_span text,
                                           const struct sqli_spl_options *options,
                                           struct sqli_arena *arena,
                                           struct sqli_spl_reference *reference,
                                           struct sqli_error *error);

/* The variable that a name means in a block; NULL: none. */
const struct sqli_spl_variable *sqli__spl_find(const struct sqli_spl_block *block,
                                               struct sqli_span name);

#endif
