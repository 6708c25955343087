/* A statement as a tree.
 *
 * The parser makes it from the text: names are folded and unquoted, literals are still text, and
 * nothing is known about types. The resolver (resolve.h) then works on the same nodes in place: it
 * finds tables and columns, gives every expression its Informix type, makes conversions visible as
 * nodes, and lowers what SQL writes in many ways to the few kinds of the second half of enum
 * sqli_expr_kind. The emitter (emit.h) takes resolved trees only.
 *
 * Everything lives in the arena of the statement. Lists are chained through `next`. `at` is the
 * offset of a node in the text, in bytes, for errors. */
#ifndef SQLI_SERVER_FRONT_TREE_H
#define SQLI_SERVER_FRONT_TREE_H

#include "base/arena.h"
#include "sql/keywords.h"
#include "value/composite.h"

struct sqli_table; /* server/store/catalog.h */
struct sqli_select;

/* A word of the text, folded (or unquoted). */
struct sqli_name {
    struct sqli_span text; /* data == NULL: not given */
    uint32_t at;
};

/* [database[@server]:][owner.]name */
struct sqli_object_name {
    struct sqli_name database;
    struct sqli_name server;
    struct sqli_name owner;
    struct sqli_name name;
};

/* A type as the text writes it, from its first to its last token. For SERIAL(n) the start is here,
 * and not in the text. */
struct sqli_type_name {
    struct sqli_span text;
    uint32_t at;
    int64_t serial_start; /* 0: not given */
};

/* --- expressions --- */

enum sqli_expr_kind {
    /* What the parser makes. */
    SQLI_EXPR_NULL = 1,
    SQLI_EXPR_INTEGER,     /* text: the digits; any number of them */
    SQLI_EXPR_DECIMAL,     /* text: with a point */
    SQLI_EXPR_FLOAT,       /* text: with an exponent */
    SQLI_EXPR_STRING,      /* text: unquoted */
    SQLI_EXPR_TRUTH,       /* op: 1 or 0; TRUE and FALSE are not keywords of Informix itself */
    SQLI_EXPR_DATETIME,    /* DATETIME(text) qualifier */
    SQLI_EXPR_INTERVAL,    /* INTERVAL(text) qualifier */
    SQLI_EXPR_PARAMETER,   /* op: its number from 1. Stays as it is through to the emitter */
    SQLI_EXPR_NAME,        /* path: up to 5 names: [database:][owner.][table.]column[.field]... */
    SQLI_EXPR_STAR,        /* `*` or, with a path, `t.*` */
    SQLI_EXPR_NEGATE,      /* args: 1 */
    SQLI_EXPR_ARITHMETIC,  /* op: '+' '-' '*' '/'; args: 2 */
    SQLI_EXPR_CONCAT,      /* args: 2 */
    SQLI_EXPR_LIKE,        /* args: text, pattern[, escape]; op: enum sqli_like_op; negated */
    SQLI_EXPR_BETWEEN,     /* args: 3; negated */
    SQLI_EXPR_QUANTIFIED,  /* args: 1; op: enum sqli_compare_op; all; select */
    SQLI_EXPR_SIMPLE_CASE, /* args: operand, then when, then, ...; odd_else: the last is the ELSE */
    SQLI_EXPR_CAST,        /* args: 1; type_name */
    SQLI_EXPR_FUNCTION,    /* text: name (path: owner before it); args; distinct; star: f(*) */
    SQLI_EXPR_TRIM,        /* TRIM([side] [c FROM] s): op: 'B' 'L' 'T'; args: s[, c] */
    SQLI_EXPR_SUBSTRING,   /* c[1,3]: args: c, first[, last] */
    SQLI_EXPR_UNITS,       /* args: 1; qualifier: start == end */
    SQLI_EXPR_EXTEND,      /* args: 1; qualifier, 0 for none */
    SQLI_EXPR_CURRENT,     /* qualifier, 0 for none */
    SQLI_EXPR_FIELD,       /* args: 1; text: the field of a ROW */
    SQLI_EXPR_COLLECTION,  /* op: SQLI_TYPE_SET, _MULTISET, _LIST; args */
    SQLI_EXPR_ROW,         /* ROW(args) */
    SQLI_EXPR_DEFAULT,     /* nothing given in the VALUES of an INSERT where DEFAULT stands */

    /* What both make: the resolver types these and leaves the kind. */
    SQLI_EXPR_COMPARE, /* op: enum sqli_compare_op; args: 2, resolved: of one storage form */
    SQLI_EXPR_AND,     /* args: 2 or more */
    SQLI_EXPR_OR,
    SQLI_EXPR_NOT,       /* args: 1 */
    SQLI_EXPR_IS_NULL,   /* args: 1; negated */
    SQLI_EXPR_IN_LIST,   /* args: the operand, then the items; negated */
    SQLI_EXPR_IN_SELECT, /* args: 1; select; negated */
    SQLI_EXPR_EXISTS,    /* select; negated */
    SQLI_EXPR_SUBQUERY,  /* select with one column: its first row, or NULL */
    SQLI_EXPR_CASE,      /* args: when, then, ...; odd_else: the last one is the ELSE */

    /* What only the resolver makes. */
    SQLI_EXPR_CONSTANT,  /* constant, of type */
    SQLI_EXPR_COLUMN,    /* source, column */
    SQLI_EXPR_ROWID,     /* source */
    SQLI_EXPR_CALL,      /* text: a function of server/store/runtime.h or of SQLite itself; args */
    SQLI_EXPR_AGGREGATE, /* the same, over a group; distinct; star: count(*) */
    SQLI_EXPR_ITEM,      /* ORDER BY, GROUP BY: op: number of a select item, from 1 */
    SQLI_EXPR_WINDOW,    /* as AGGREGATE, over `window`; FUNCTION and window before */
};

enum sqli_compare_op {
    SQLI_COMPARE_EQ,
    SQLI_COMPARE_NE,
    SQLI_COMPARE_LT,
    SQLI_COMPARE_LE,
    SQLI_COMPARE_GT,
    SQLI_COMPARE_GE,
};

enum sqli_like_op { SQLI_LIKE, SQLI_MATCHES };

enum { SQLI_PATH_MAX = 5 };

struct sqli_path {
    bool has_database; /* the first name is a database: `db:t.c` */
    uint32_t count;
    struct sqli_name names[SQLI_PATH_MAX];
};

struct sqli_window; /* OVER (...) */

struct sqli_expr {
    enum sqli_expr_kind kind;
    int32_t op;
    uint32_t at;
    uint32_t end;   /* behind the last byte of its text */
    uint32_t depth; /* of the tree below, itself counted: the parser bounds it */
    struct sqli_expr *next;

    /* From the text. */
    struct sqli_expr *args;
    uint32_t count; /* of args */
    struct sqli_span text;
    struct sqli_path *path;
    struct sqli_type_name *type_name;
    struct sqli_select *select;
    struct sqli_window *window; /* of a FUNCTION, and of what it becomes */
    sqli_qualifier qualifier;
    bool negated;
    bool distinct;
    bool star;
    bool all;      /* QUANTIFIED: ALL; else ANY and SOME */
    bool odd_else; /* CASE: there is an ELSE */

    /* From the resolver. */
    struct sqli_type type;
    const struct sqli_schema *schema; /* ROW and collections */
    bool nullable;
    const struct sqli_value *constant;
    struct sqli_source *source;
    uint32_t column; /* index into the columns of the source */
};

/* --- SELECT --- */

/* The most that TABLE(FUNCTION f(...)) takes: x_rows is declared with so many. */
enum { SQLI_ROWS_COLUMNS = 64, SQLI_ROWS_ARGUMENTS = 64 };

enum sqli_source_kind {
    SQLI_SOURCE_TABLE,      /* name, table */
    SQLI_SOURCE_SELECT,     /* (SELECT ...) alias, or a name of WITH */
    SQLI_SOURCE_COLLECTION, /* TABLE(collection) [alias[(column)]] */
    SQLI_SOURCE_JOIN,       /* left, right, join, on */
    SQLI_SOURCE_OUTER,      /* OUTER t, OUTER (a, b): members, Informix's own */
    SQLI_SOURCE_ROUTINE,    /* TABLE(FUNCTION f(...)): call */
};

enum sqli_join {
    SQLI_JOIN_INNER,
    SQLI_JOIN_LEFT,
    SQLI_JOIN_RIGHT,
    SQLI_JOIN_FULL,
    SQLI_JOIN_CROSS
};

/* A column that a source offers to the names of a query. */
struct sqli_source_column {
    struct sqli_span name; /* folded */
    struct sqli_type type;
    const struct sqli_schema *schema;
    bool nullable;
};

struct sqli_source {
    enum sqli_source_kind kind;
    uint32_t at;
    struct sqli_source *next;
    struct sqli_object_name name;
    struct sqli_name alias;
    struct sqli_name *column_names; /* alias(a, b) */
    uint32_t column_name_count;
    struct sqli_select *select;
    struct sqli_expr *call; /* the collection or the routine */
    enum sqli_join join;
    struct sqli_source *left, *right; /* JOIN */
    struct sqli_expr *on;
    struct sqli_source *members; /* OUTER */

    /* From the resolver, of all but JOIN and OUTER. */
    const struct sqli_table *table;
    uint32_t number;  /* unique in the statement, from 1: the emitter's alias is s<number> */
    uint32_t visible; /* of a view that is written through: its columns; else 0 */
    uint32_t count;
    struct sqli_source_column *columns;
};

struct sqli_select_item {
    struct sqli_select_item *next;
    struct sqli_expr *expr;
    struct sqli_name alias;
    struct sqli_span name; /* from the resolver: how the column is described */
};

struct sqli_order {
    struct sqli_order *next;
    struct sqli_expr *expr; /* resolved: an ITEM or any expression */
    bool descending;
    int8_t nulls; /* -1 first, 1 last, 0 not said */
};

/* OVER (PARTITION BY ... ORDER BY ... ROWS ...) */
enum sqli_frame_unit { SQLI_FRAME_NONE, SQLI_FRAME_ROWS, SQLI_FRAME_RANGE };

enum sqli_bound_kind {
    SQLI_BOUND_FIRST = 1, /* UNBOUNDED PRECEDING */
    SQLI_BOUND_PRECEDING, /* offset */
    SQLI_BOUND_CURRENT,
    SQLI_BOUND_FOLLOWING, /* offset */
    SQLI_BOUND_LAST,      /* UNBOUNDED FOLLOWING */
};

struct sqli_frame_bound {
    enum sqli_bound_kind kind;
    struct sqli_expr *offset;
};

struct sqli_window {
    uint32_t at;
    struct sqli_expr *partition;
    struct sqli_order *order;
    enum sqli_frame_unit unit;
    struct sqli_frame_bound start, end;
};

enum sqli_set_operation {
    SQLI_SET_NONE, /* a plain SELECT */
    SQLI_SET_UNION,
    SQLI_SET_UNION_ALL,
    SQLI_SET_INTERSECT,
    SQLI_SET_MINUS,
};

/* WITH name (columns) AS (select) */
struct sqli_with {
    struct sqli_with *next;
    struct sqli_name name;
    struct sqli_name *column_names;
    uint32_t column_name_count;
    struct sqli_select *select;
    uint32_t number; /* from the resolver: the emitter calls it w<number> */
    bool recursive;
};

struct sqli_select {
    uint32_t at;
    enum sqli_set_operation operation;
    struct sqli_select *left, *right; /* of a set operation; the rest up to `order` is empty then */
    bool distinct;
    struct sqli_expr *skip, *first; /* FIRST, LIMIT */
    struct sqli_select_item *items; /* resolved: stars are expanded. A set operation has those of
                                its leftmost SELECT, with the types of both */
    uint32_t item_count;
    struct sqli_source *from;
    struct sqli_expr *where;
    struct sqli_expr *group;
    struct sqli_expr *having;
    struct sqli_order *order;
    struct sqli_with *with;
    bool outward; /* resolved: an aggregate in it is that of a query around it */

    /* Only the outermost has these. */
    bool for_update;
    bool for_read_only;
    bool updatable; /* resolved: each of its rows is one of a table that may be changed */
    struct sqli_name *update_columns;
    uint32_t update_column_count;
    struct sqli_object_name into_temp; /* name.text.data != NULL: INTO TEMP */
    bool into_no_log;
    struct sqli_span into_text; /* the whole INTO clause, where there is one */
};

/* --- other statements --- */

struct sqli_assignment {
    struct sqli_assignment *next;
    struct sqli_name column;
    struct sqli_expr *value; /* resolved: of the column's type */
    uint32_t index;          /* resolved: into the table's columns */

    /* Until it is resolved: of (a, b, c) = ((SELECT x, y FROM t), 1) the first one has the values,
     * and all are without one of their own. */
    struct sqli_expr *values;
    struct sqli_select *query; /* resolved: `value` is made of a column of this, and the assignments
                                  behind of the further ones */
};

struct sqli_insert {
    struct sqli_object_name table;
    struct sqli_name *columns; /* none given: all */
    uint32_t column_count;
    struct sqli_expr *values;   /* one row */
    struct sqli_select *select; /* or these */
    bool literal_values;        /* nothing but constants: no parameter, no subquery */

    /* From the resolver. One per column of the table: what it gets. With a SELECT, value i of the
     * assignments whose `value` is a COLUMN of `source` comes from its item. */
    struct sqli_source *target;
    struct sqli_source *source; /* of the SELECT */
    struct sqli_assignment *assignments;
};

struct sqli_update {
    struct sqli_object_name table;
    struct sqli_name alias;
    struct sqli_assignment *assignments;
    struct sqli_source *from; /* further tables, as some write them; NULL */
    struct sqli_expr *where;
    struct sqli_name cursor;    /* WHERE CURRENT OF */
    struct sqli_source *target; /* from the resolver */
};

struct sqli_delete {
    struct sqli_object_name table;
    struct sqli_name alias;
    struct sqli_expr *where;
    struct sqli_name cursor;
    struct sqli_source *target; /* from the resolver */
};

/* MERGE INTO t USING s ON (...) WHEN ...: `update` is NULL, `remove` false and `insert` NULL where
 * there is no such clause. The names of all clauses are those of the target and of the source. */
struct sqli_merge {
    struct sqli_object_name table;
    struct sqli_name alias;
    struct sqli_source *source;
    struct sqli_expr *on;
    struct sqli_assignment *update;
    struct sqli_insert *insert; /* columns and values; resolved: its assignments */
    bool remove;
    struct sqli_source *target; /* from the resolver */
    struct sqli_source *joined; /* likewise: the source and the target by `on` */
};

enum sqli_constraint_kind {
    SQLI_CONSTRAINT_NOT_NULL = 'N',
    SQLI_CONSTRAINT_PRIMARY = 'P',
    SQLI_CONSTRAINT_UNIQUE = 'U',
    SQLI_CONSTRAINT_FOREIGN = 'R',
    SQLI_CONSTRAINT_CHECK = 'C',
};

struct sqli_constraint {
    struct sqli_constraint *next;
    enum sqli_constraint_kind kind;
    uint32_t at;
    struct sqli_name name; /* CONSTRAINT name, or none */
    struct sqli_name *columns;
    uint32_t column_count; /* 0 on a column: that one */
    struct sqli_object_name parent;
    struct sqli_name *parent_columns;
    uint32_t parent_column_count;
    bool cascade; /* ON DELETE CASCADE */
    bool disabled;
    struct sqli_expr *check;
    struct sqli_span check_text; /* without its parentheses */
    uint32_t check_at;           /* where it stands in the statement */
};

struct sqli_column_definition {
    struct sqli_column_definition *next;
    struct sqli_name name;
    struct sqli_type_name type;
    struct sqli_expr *default_value;
    struct sqli_span default_text;
    struct sqli_constraint *constraints;
};

struct sqli_create_table {
    struct sqli_object_name name;
    bool temp;
    bool no_log;
    bool raw;
    bool if_not_exists;
    struct sqli_object_name row_type; /* OF TYPE: its fields are the columns */
    struct sqli_column_definition *columns;
    struct sqli_constraint *constraints;
    struct sqli_select *select; /* CREATE TABLE ... AS SELECT */
    struct sqli_name lock_mode; /* LOCK MODE (PAGE | ROW); all other storage clauses are dropped */
};

struct sqli_index_column {
    struct sqli_index_column *next;
    struct sqli_name name;
    bool descending;
};

struct sqli_create_index {
    struct sqli_object_name name;
    struct sqli_object_name table;
    bool unique;
    bool cluster;
    bool if_not_exists;
    struct sqli_index_column *columns;
};

/* DROP TABLE, INDEX, DATABASE; TRUNCATE; CREATE DATABASE; DATABASE; RENAME */
struct sqli_object {
    struct sqli_object_name name;
    struct sqli_name column;   /* RENAME COLUMN t.column */
    struct sqli_name new_name; /* RENAME */
    bool if_exists;            /* IF EXISTS, IF NOT EXISTS */
    bool exclusive;            /* DATABASE x EXCLUSIVE */
    bool restricted;           /* DROP ... RESTRICT: not while something depends on it */
    int8_t logging;            /* CREATE DATABASE: 0 none, 1 LOG, 2 BUFFERED LOG, 3 LOG MODE ANSI */
};

/* CREATE VIEW. */
struct sqli_create_view {
    struct sqli_object_name name;
    bool if_not_exists;
    bool check; /* WITH CHECK OPTION */
    struct sqli_name *columns;
    uint32_t column_count;
    struct sqli_select *select;
    struct sqli_span text; /* of the SELECT */
    uint32_t text_at;      /* where it stands in the statement */
};

struct sqli_create_synonym {
    struct sqli_object_name name;
    struct sqli_object_name table;
    bool is_private;
    bool if_not_exists;
};

/* CREATE and ALTER SEQUENCE: which of these were given is in `given`. */
enum sqli_sequence_given {
    SQLI_SEQUENCE_INCREMENT = 1,
    SQLI_SEQUENCE_START = 2,
    SQLI_SEQUENCE_MOST = 4,
    SQLI_SEQUENCE_LEAST = 8,
    SQLI_SEQUENCE_CYCLE = 16,
    SQLI_SEQUENCE_CACHE = 32,
    SQLI_SEQUENCE_ORDER = 64,
    SQLI_SEQUENCE_RESTART = 128,
    SQLI_SEQUENCE_NO_MOST = 256,
    SQLI_SEQUENCE_NO_LEAST = 512,
};

struct sqli_sequence_options {
    uint32_t given;
    int64_t increment, start, most, least, restart, cache;
    bool cycle, order;
};

struct sqli_define_sequence {
    struct sqli_object_name name;
    bool if_not_exists;
    struct sqli_sequence_options options;
};

/* CREATE DISTINCT TYPE: base; CREATE ROW TYPE: base is "(a int, ...)" or absent, and parent. */
struct sqli_create_type {
    struct sqli_object_name name;
    bool if_not_exists;
    bool row;
    struct sqli_type_name base;
    struct sqli_object_name parent;
};

enum sqli_alter_kind {
    SQLI_ALTER_ADD = 1,         /* column, before */
    SQLI_ALTER_MODIFY,          /* column */
    SQLI_ALTER_DROP,            /* name */
    SQLI_ALTER_CONSTRAINT,      /* constraint */
    SQLI_ALTER_DROP_CONSTRAINT, /* name */
    SQLI_ALTER_LOCK_MODE,       /* name */
    SQLI_ALTER_TYPE,            /* name: raw or standard */
    SQLI_ALTER_QUIET,           /* storage clauses */
};

struct sqli_alter_action {
    struct sqli_alter_action *next;
    enum sqli_alter_kind kind;
    struct sqli_column_definition *column;
    struct sqli_name before;
    struct sqli_name name;
    struct sqli_constraint *constraint;
};

struct sqli_alter_table {
    struct sqli_object_name name;
    struct sqli_alter_action *actions;
};

/* GRANT and REVOKE. `on` is empty for privileges of the database (CONNECT, RESOURCE, DBA). */
struct sqli_grant {
    struct sqli_object_name on;
    struct sqli_span signature;   /* EXECUTE: owner.name(types), as server/routine reads it */
    struct sqli_name *privileges; /* folded words: "select", "all", "connect", ... */
    uint32_t privilege_count;
    struct sqli_name *users; /* "public" among them */
    uint32_t user_count;
    bool with_grant_option;
};

/* SET ISOLATION, LOCK MODE, TRANSACTION, ENVIRONMENT, EXPLAIN, ...; UPDATE STATISTICS. */
enum sqli_set_kind {
    SQLI_SETTING_QUIET,       /* accepted, nothing to do */
    SQLI_SETTING_LOCK_MODE,   /* number: seconds, -1 for ever, 0 not */
    SQLI_SETTING_ISOLATION,   /* number: 1 dirty, 2 committed, 3 cursor stability, 4 repeatable */
    SQLI_SETTING_TRANSACTION, /* number: the same; access */
    SQLI_SETTING_ENVIRONMENT, /* name, value */
    SQLI_SETTING_CONSTRAINTS, /* value: which, and DEFERRED or another mode behind it */
};

enum sqli_access {
    SQLI_ACCESS_SAME, /* the statement says nothing about it */
    SQLI_ACCESS_READ_ONLY,
    SQLI_ACCESS_READ_WRITE,
};

struct sqli_set {
    enum sqli_set_kind setting;
    int32_t number;
    enum sqli_access access;
    struct sqli_name name;
    struct sqli_span value;
};

struct sqli_savepoint {
    struct sqli_name name; /* none: the last one */
    bool unique;
};

struct sqli_routine; /* server/store/catalog.h */

/* EXECUTE FUNCTION and PROCEDURE. */
struct sqli_execute {
    struct sqli_expr *call; /* a FUNCTION */
    bool function;

    /* From the resolver. Of a function that comes with the server `routine` is NULL, and `call` is
     * resolved like any expression. */
    const struct sqli_routine *routine;
    struct sqli_expr **arguments; /* one per parameter, of its type; NULL: not given */
    uint32_t *outputs;            /* per parameter: the number of the variable that an OUT one
                                     goes to; 0: none */
};

/* CREATE FUNCTION and PROCEDURE, which server/routine parses; DROP. */
struct sqli_routine_definition {
    struct sqli_span text; /* CREATE: the whole statement; DROP: what stands behind the word */
    char kind;             /* DROP: 'f', 'p', or 'r' for both */
};

/* The kinds are the statement types of DESCRIBE: protocol/statement_type.def has the names. Those
 * that are parsed, with the member of `as` that they fill. */
enum sqli_statement_kind {
    SQLI_STMT_DATABASE = 1,           /* object */
    SQLI_STMT_SELECT = 2,             /* select */
    SQLI_STMT_SELECT_INTO_TEMP = 3,   /* select */
    SQLI_STMT_UPDATE = 4,             /* update */
    SQLI_STMT_DELETE = 5,             /* remove */
    SQLI_STMT_INSERT = 6,             /* insert */
    SQLI_STMT_UPDATE_CURRENT = 7,     /* update */
    SQLI_STMT_DELETE_CURRENT = 8,     /* remove */
    SQLI_STMT_LOCK_TABLE = 10,        /* object */
    SQLI_STMT_UNLOCK_TABLE = 11,      /* object */
    SQLI_STMT_CREATE_DATABASE = 12,   /* object */
    SQLI_STMT_DROP_DATABASE = 13,     /* object */
    SQLI_STMT_CREATE_TABLE = 14,      /* create_table */
    SQLI_STMT_DROP_TABLE = 15,        /* object */
    SQLI_STMT_CREATE_INDEX = 16,      /* create_index */
    SQLI_STMT_DROP_INDEX = 17,        /* object */
    SQLI_STMT_GRANT = 18,             /* grant */
    SQLI_STMT_REVOKE = 19,            /* grant */
    SQLI_STMT_RENAME_TABLE = 20,      /* object */
    SQLI_STMT_RENAME_COLUMN = 21,     /* object */
    SQLI_STMT_ALTER_TABLE = 29,       /* alter_table */
    SQLI_STMT_UPDATE_STATISTICS = 30, /* set */
    SQLI_STMT_CLOSE_DATABASE = 31,
    SQLI_STMT_DELETE_ALL = 32, /* remove */
    SQLI_STMT_UPDATE_ALL = 33, /* update */
    SQLI_STMT_BEGIN = 34,
    SQLI_STMT_COMMIT = 35,
    SQLI_STMT_ROLLBACK = 36,
    SQLI_STMT_CREATE_VIEW = 40,       /* create_view */
    SQLI_STMT_DROP_VIEW = 41,         /* object */
    SQLI_STMT_CREATE_SYNONYM = 43,    /* create_synonym */
    SQLI_STMT_DROP_SYNONYM = 44,      /* object */
    SQLI_STMT_CREATE_TEMP_TABLE = 45, /* create_table */
    SQLI_STMT_SET_LOCK_MODE = 46,     /* set */
    SQLI_STMT_SET_ISOLATION = 48,     /* set; SET TRANSACTION, too */
    SQLI_STMT_SET_LOG = 49,           /* set */
    SQLI_STMT_SET_EXPLAIN = 50,       /* set */
    SQLI_STMT_SET_OPTIMIZATION = 52,  /* set */
    SQLI_STMT_CREATE_ROUTINE = 53,    /* routine */
    SQLI_STMT_DROP_ROUTINE = 54,      /* routine */
    SQLI_STMT_SET_CONSTRAINTS = 55,   /* set */
    SQLI_STMT_EXECUTE_ROUTINE = 56,   /* execute */
    SQLI_STMT_CREATE_TRIGGER = 70,
    SQLI_STMT_DROP_TRIGGER = 71,
    SQLI_STMT_SET_ENVIRONMENT = 110, /* set; the other SET statements, too */
    SQLI_STMT_TRUNCATE = 122,        /* object */
    SQLI_STMT_MERGE = 128,           /* merge */
    SQLI_STMT_SAVEPOINT = 159,       /* savepoint */
    SQLI_STMT_RELEASE_SAVEPOINT = 160,
    SQLI_STMT_ROLLBACK_TO_SAVEPOINT = 161,
    /* No document tells the numbers of these: sqli__statement_type gives what is described. */
    SQLI_STMT_CREATE_SEQUENCE = 1001, /* sequence */
    SQLI_STMT_ALTER_SEQUENCE,         /* sequence */
    SQLI_STMT_RENAME_SEQUENCE,        /* object, as all the others but CREATE_TYPE */
    SQLI_STMT_DROP_SEQUENCE,
    SQLI_STMT_CREATE_TYPE, /* create_type */
    SQLI_STMT_DROP_TYPE,
    SQLI_STMT_DROP_ROW_TYPE,
    SQLI_STMT_RENAME_INDEX,
    SQLI_STMT_RENAME_CONSTRAINT,
    SQLI_STMT_RENAME_DATABASE,
};

/* Statements that are recognised but not there have a kind and this text: the name of the feature,
 * for the error. */
struct sqli_statement_tree {
    enum sqli_statement_kind kind;
    const char *unsupported;
    uint32_t parameter_count;
    /* From the resolver: what each parameter is converted to before it is bound. code
     * SQLI_TYPE_NULL: nothing told its type, it keeps that of the value. */
    struct sqli_type *parameters;
    const struct sqli_schema **parameter_schemas;
    /* What a describe says instead; NULL, or of no type, where that is the same: beside an INTEGER
     * a value stays a larger one, so that it is not cut and then equal. */
    struct sqli_type *parameters_told;
    union {
        struct sqli_select *select;
        struct sqli_insert *insert;
        struct sqli_update *update;
        struct sqli_delete *remove;
        struct sqli_create_table *create_table;
        struct sqli_create_index *create_index;
        struct sqli_object *object;
        struct sqli_grant *grant;
        struct sqli_set *set;
        struct sqli_savepoint *savepoint;
        struct sqli_execute *execute;
        struct sqli_routine_definition *routine;
        struct sqli_create_view *create_view;
        struct sqli_create_synonym *create_synonym;
        struct sqli_define_sequence *sequence;
        struct sqli_create_type *create_type;
        struct sqli_alter_table *alter_table;
        struct sqli_merge *merge;
    } as;
};

#endif
