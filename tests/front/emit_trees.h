/* Resolved trees by hand, and what SQLite makes of what is emitted for them. Everything lives until
 * the end of a test; two test programs use this, none of them all of it. */
#ifndef SQLI_TESTS_FRONT_EMIT_TREES_H
#define SQLI_TESTS_FRONT_EMIT_TREES_H

#include "tests/support/support.h"

#include "server/front/emit.h"
#include "server/store/catalog.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { ARENA_LIMIT = 256 << 20, SQL_LIMIT = 16 << 20, RESULT_ROOM = 4096 };

static struct sqli_arena arena;
static sqlite3 *db;
static uint32_t numbers; /* of sources */

/* --- building trees --- */

static inline void *node(size_t size)
{
    void *made = sqli__arena_alloc(&arena, 1, size);
    assert_non_null(made);
    return made;
}

static inline struct sqli_expr *make(enum sqli_expr_kind kind, int op)
{
    struct sqli_expr *expr = node(sizeof(*expr));
    expr->kind = kind;
    expr->op = op;
    return expr;
}

static inline struct sqli_expr *add(struct sqli_expr *parent, struct sqli_expr *argument)
{
    struct sqli_expr **end = &parent->args;
    while (*end)
        end = &(*end)->next;
    *end = argument;
    parent->count++;
    return parent;
}

static inline struct sqli_expr *with_args(struct sqli_expr *parent, va_list list)
{
    struct sqli_expr *argument;
    while ((argument = va_arg(list, struct sqli_expr *)) != NULL)
        add(parent, argument);
    return parent;
}

#define ALL(kind, op, ...) all_of(kind, op, __VA_ARGS__, (struct sqli_expr *)NULL)
static inline struct sqli_expr *all_of(enum sqli_expr_kind kind, int op, ...)
{
    va_list list;
    va_start(list, op);
    struct sqli_expr *expr = with_args(make(kind, op), list);
    va_end(list);
    return expr;
}

static inline void typed(struct sqli_expr *expr, uint8_t code, int32_t length)
{
    expr->type.code = code;
    expr->type.length = length;
}

#define CALL(code, name, ...) call(code, name, __VA_ARGS__, (struct sqli_expr *)NULL)
static inline struct sqli_expr *call(uint8_t code, const char *name, ...)
{
    va_list list;
    va_start(list, name);
    struct sqli_expr *expr = with_args(make(SQLI_EXPR_CALL, 0), list);
    va_end(list);
    expr->text = sqli__span_text(name);
    typed(expr, code, 4);
    return expr;
}

static inline struct sqli_expr *aggregate(const char *name, struct sqli_expr *argument)
{
    struct sqli_expr *expr = make(SQLI_EXPR_AGGREGATE, 0);
    expr->text = sqli__span_text(name);
    expr->star = argument == NULL;
    if (argument) {
        add(expr, argument);
        expr->type = argument->type;
    } else {
        typed(expr, SQLI_TYPE_INTEGER, 4);
    }
    return expr;
}

static inline struct sqli_expr *constant(uint8_t code, int32_t length, struct sqli_value value)
{
    struct sqli_expr *expr = make(SQLI_EXPR_CONSTANT, 0);
    struct sqli_value *kept = node(sizeof(*kept));
    *kept = value;
    expr->constant = kept;
    typed(expr, code, length);
    return expr;
}

static inline struct sqli_expr *number(int64_t n)
{
    return constant(SQLI_TYPE_INTEGER, 4,
                    (struct sqli_value){.kind = SQLI_KIND_INTEGER, .as.integer = n});
}

static inline struct sqli_expr *text(const char *s)
{
    return constant(SQLI_TYPE_VARCHAR, 40,
                    (struct sqli_value){.kind = SQLI_KIND_TEXT, .as.bytes = sqli__span_text(s)});
}

static inline struct sqli_expr *parameter(int n)
{
    struct sqli_expr *expr = make(SQLI_EXPR_PARAMETER, n);
    typed(expr, SQLI_TYPE_INTEGER, 4);
    return expr;
}

/* Every table has x INTEGER and t VARCHAR(40). */
static inline struct sqli_source *table(const char *physical)
{
    static struct sqli_table_column columns[2];
    columns[0].physical = sqli__span_text("x");
    columns[0].type.code = SQLI_TYPE_INTEGER;
    columns[1].physical = sqli__span_text("t");
    columns[1].type.code = SQLI_TYPE_VARCHAR;
    columns[1].type.length = 40;
    struct sqli_table *made = node(sizeof(*made));
    made->physical = sqli__span_text(physical);
    made->count = 2;
    made->columns = columns;
    struct sqli_source *source = node(sizeof(*source));
    source->kind = SQLI_SOURCE_TABLE;
    source->table = made;
    source->name.name.text = made->physical;
    source->number = ++numbers;
    return source;
}

static inline struct sqli_expr *column(struct sqli_source *source, uint32_t index)
{
    struct sqli_expr *expr = make(SQLI_EXPR_COLUMN, 0);
    expr->source = source;
    expr->column = index;
    if (source->kind == SQLI_SOURCE_TABLE)
        expr->type = source->table->columns[index].type;
    else
        typed(expr, SQLI_TYPE_INTEGER, 4);
    return expr;
}

#define X(source) column(source, 0)
#define T(source) column(source, 1)

static inline struct sqli_expr *compare(struct sqli_expr *left, enum sqli_compare_op op,
                                        struct sqli_expr *right)
{
    return ALL(SQLI_EXPR_COMPARE, (int)op, left, right);
}

static inline struct sqli_expr *equal(struct sqli_expr *left, struct sqli_expr *right)
{
    return compare(left, SQLI_COMPARE_EQ, right);
}

static inline struct sqli_select *select_from(struct sqli_source *from)
{
    struct sqli_select *select = node(sizeof(*select));
    select->from = from;
    return select;
}

static inline void add_item(struct sqli_select *select, struct sqli_expr *expr)
{
    struct sqli_select_item **end = &select->items;
    while (*end)
        end = &(*end)->next;
    *end = node(sizeof(**end));
    (*end)->expr = expr;
    select->item_count++;
}

static inline void add_order(struct sqli_select *select, struct sqli_expr *expr, bool descending)
{
    struct sqli_order **end = &select->order;
    while (*end)
        end = &(*end)->next;
    *end = node(sizeof(**end));
    (*end)->expr = expr;
    (*end)->descending = descending;
}

#define SELECT(from, ...) select_of(from, __VA_ARGS__, (struct sqli_expr *)NULL)
static inline struct sqli_select *select_of(struct sqli_source *from, ...)
{
    struct sqli_select *select = select_from(from);
    va_list list;
    va_start(list, from);
    struct sqli_expr *item;
    while ((item = va_arg(list, struct sqli_expr *)) != NULL)
        add_item(select, item);
    va_end(list);
    return select;
}

static inline struct sqli_select *ordered(struct sqli_select *select)
{
    add_order(select, make(SQLI_EXPR_ITEM, 1), false);
    if (select->item_count > 1)
        add_order(select, make(SQLI_EXPR_ITEM, 2), false);
    return select;
}

static inline struct sqli_select *where(struct sqli_select *select, struct sqli_expr *condition)
{
    select->where = condition;
    return select;
}

static inline struct sqli_expr *subquery(enum sqli_expr_kind kind, struct sqli_select *select)
{
    struct sqli_expr *expr = make(kind, 0);
    expr->select = select;
    if (kind == SQLI_EXPR_SUBQUERY)
        expr->type = select->items->expr->type;
    return expr;
}

static inline struct sqli_select *set_of(enum sqli_set_operation operation,
                                         struct sqli_select *left, struct sqli_select *right)
{
    struct sqli_select *select = select_from(NULL);
    select->operation = operation;
    select->left = left;
    select->right = right;
    select->items = left->items;
    select->item_count = left->item_count;
    return select;
}

static inline struct sqli_source *derived(struct sqli_select *select)
{
    struct sqli_source *source = node(sizeof(*source));
    source->kind = SQLI_SOURCE_SELECT;
    source->select = select;
    source->number = ++numbers;
    return source;
}

static inline struct sqli_source *join(struct sqli_source *left, enum sqli_join how,
                                       struct sqli_source *right, struct sqli_expr *on)
{
    struct sqli_source *source = node(sizeof(*source));
    source->kind = SQLI_SOURCE_JOIN;
    source->left = left;
    source->right = right;
    source->join = how;
    source->on = on;
    return source;
}

static inline struct sqli_source *outer(struct sqli_source *members)
{
    struct sqli_source *source = node(sizeof(*source));
    source->kind = SQLI_SOURCE_OUTER;
    source->members = members;
    return source;
}

static inline struct sqli_source *chain(struct sqli_source *first, struct sqli_source *next)
{
    first->next = next;
    return first;
}

static inline struct sqli_assignment *assign(uint32_t index, struct sqli_expr *value,
                                             struct sqli_assignment *next)
{
    struct sqli_assignment *made = node(sizeof(*made));
    made->index = index;
    made->value = value;
    made->next = next;
    return made;
}

/* --- running --- */

static inline void sum_function(sqlite3_context *context, int count, sqlite3_value **values)
{
    sqlite3_int64 sum = 0;
    for (int i = 0; i < count; i++)
        sum += sqlite3_value_int64(values[i]);
    sqlite3_result_int64(context, sum);
}

static inline void same_function(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    sqlite3_result_value(context, values[0]);
}

static inline void fail_function(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    sqlite3_result_error(context, (const char *)sqlite3_value_text(values[0]), -1);
}

static inline void poll_function(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    (void)values;
    sqlite3_result_int(context, 1);
}

static inline void define(const char *name, int count,
                          void (*function)(sqlite3_context *, int, sqlite3_value **))
{
    assert_int_equal(sqlite3_create_function(db, name, count, SQLITE_UTF8 | SQLITE_DETERMINISTIC,
                                             NULL, function, NULL, NULL),
                     SQLITE_OK);
}

static inline void execute(const char *sql)
{
    char *message = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
        fail_msg("%s\n%s", message, sql);
}

static inline int set_up(void **state)
{
    (void)state;
    numbers = 0;
    sqli__arena_init(&arena, ARENA_LIMIT);
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    define("x_sum", -1, sum_function);
    define("x_poll", -1, poll_function);
    define("x_same", 1, same_function);
    define("x_fail", 2, fail_function);
    execute("CREATE TABLE ta (x INTEGER, t TEXT COLLATE RTRIM) STRICT;"
            "CREATE TABLE tb (x INTEGER, t TEXT COLLATE RTRIM) STRICT;"
            "CREATE TABLE tc (x INTEGER, t TEXT COLLATE RTRIM) STRICT;"
            "CREATE TABLE td (x INTEGER, t TEXT COLLATE RTRIM) STRICT;"
            "CREATE INDEX ta_t ON ta (t);"
            "INSERT INTO ta VALUES (1, 'one'), (2, 'two  '), (3, 'three'), (4, NULL);"
            "INSERT INTO tb VALUES (1, 'b1'), (1, 'b1b'), (3, 'b3'), (9, 'b9');"
            "INSERT INTO tc VALUES (1, 'c1'), (3, 'c3'), (3, 'zz');"
            "INSERT INTO td VALUES (3, 'zz'), (1, 'd1');");
    return 0;
}

static inline int tear_down(void **state)
{
    (void)state;
    sqli__arena_free(&arena);
    return sqlite3_close(db);
}

/* Rows as "a|b;c|d", NULL as "-"; "! message" where it fails. */
static inline const char *rows_of(const char *sql, sqlite3_int64 first_parameter)
{
    static char result[RESULT_ROOM];
    size_t used = 0;
    sqlite3_stmt *statement = NULL;
    int status = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
    if (status == SQLITE_OK && sqlite3_bind_parameter_count(statement) > 0)
        sqlite3_bind_int64(statement, 1, first_parameter);
    result[0] = 0;
    while (status == SQLITE_OK && (status = sqlite3_step(statement)) == SQLITE_ROW) {
        status = SQLITE_OK;
        for (int i = 0; i < sqlite3_column_count(statement); i++) {
            const char *value = (const char *)sqlite3_column_text(statement, i);
            const char *between = i > 0 ? "|" : used > 0 ? ";" : "";
            used += (size_t)snprintf(result + used, sizeof(result) - used, "%s%s", between,
                                     value ? value : "-");
            assert_true(used < sizeof(result));
        }
    }
    if (status != SQLITE_DONE && status != SQLITE_OK)
        snprintf(result, sizeof(result), "! %s", sqlite3_errmsg(db));
    sqlite3_finalize(statement);
    return result;
}

static inline char *emitted(enum sqli_status status, struct sqli_buffer *sql,
                            struct sqli_error *error)
{
    static char *kept;
    free(kept);
    kept = NULL;
    if (status != SQLI_OK)
        fail_msg("%d: %s (%s)", (int)error->code, error->message, error->near);
    kept = malloc(sql->length + 1);
    assert_non_null(kept);
    memcpy(kept, sql->data, sql->length);
    kept[sql->length] = 0;
    sqli__buffer_free(sql);
    return kept;
}

static inline char *sql_of(const struct sqli_select *select, bool rowid)
{
    struct sqli_emit_options options = {.rowid = rowid};
    struct sqli_buffer sql;
    struct sqli_error error;
    sqli__buffer_init(&sql, SQL_LIMIT);
    sqli__error_clear(&error);
    return emitted(sqli__emit_select(select, &options, &sql, &error), &sql, &error);
}

#define assert_rows(select, rows) assert_sql_rows(sql_of(select, false), rows)
static inline void assert_sql_rows(const char *sql, const char *rows)
{
    const char *got = rows_of(sql, 2);
    if (strcmp(got, rows) != 0)
        fail_msg("got    %s\nwanted %s\n%s", got, rows, sql);
}

static inline void assert_refused(const struct sqli_select *select, int32_t code)
{
    struct sqli_buffer sql;
    struct sqli_error error;
    sqli__buffer_init(&sql, SQL_LIMIT);
    sqli__error_clear(&error);
    assert_int_equal(sqli__emit_select(select, NULL, &sql, &error), SQLI_FAIL);
    assert_int_equal(error.code, code);
    sqli__buffer_free(&sql);
}

#endif
