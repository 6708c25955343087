/* What the files of the resolver share. */
#ifndef SQLI_SERVER_FRONT_RESOLVE_INSIDE_H
#define SQLI_SERVER_FRONT_RESOLVE_INSIDE_H

#include "base/buffer.h"
#include "server/front/functions.h"
#include "server/front/resolve.h"
#include "server/front/resolve_types.h"

enum {
    SQLI_RESOLVE_DEPTH = 512,   /* of nested expressions and selects */
    SQLI_RESOLVE_ITEMS = 32767, /* of one select, and columns of one source */
};

/* Where in a SELECT an expression stands: aggregates are not allowed everywhere. */
enum sqli_clause {
    SQLI_CLAUSE_PLAIN, /* no aggregate: WHERE, ON, GROUP BY, VALUES, SET */
    SQLI_CLAUSE_ITEMS, /* the items, HAVING and ORDER BY */
};

/* The names of one query, and through `outer` those of the queries around it. */
struct sqli_scope {
    struct sqli_scope *outer;
    struct sqli_source *target; /* of UPDATE, DELETE; the table of a CHECK */
    struct sqli_source *from;
    bool one; /* nothing of `from` but its first: the two sides of a JOIN for its ON */
    struct sqli_with *with;
    enum sqli_clause clause;
    bool in_aggregate;
    bool outward; /* see struct sqli_select */
};

struct sqli_resolver {
    struct sqli_catalog *catalog;
    struct sqli_span text;
    struct sqli_arena *arena;
    struct sqli_error *error;         /* never NULL */
    struct sqli_statement_tree *tree; /* NULL outside statements: no parameters */
    struct sqli_scope *scope;         /* the innermost */
    struct sqli_buffer scratch;
    uint32_t sources; /* how many have a number */
    uint32_t withs;
    int depth;
    struct sqli_span database;           /* inside a view of another database: what names mean */
    uint32_t views;                      /* that are open around here */
    struct sqli_sequence_use *sequences; /* those that the statement mentions */
    sqli_on_use *on_use;                 /* NULL: nobody asks */
    void *use_context;
    bool kept;                              /* a CHECK or a DEFAULT: draws no numbers */
    const struct sqli_variables *variables; /* of the routine around; NULL: none */
    struct sqli_span far_lob; /* a large column of another database that was mentioned */
    uint32_t far_lob_at;
};

/* --- resolve_build.c: nodes and errors --- */

/* Put the place into the error: 1-based, in characters. Always SQLI_FAIL. */
enum sqli_status sqli__resolve_place(struct sqli_resolver *r, uint32_t at);
enum sqli_status sqli__resolve_fail(struct sqli_resolver *r, uint32_t at, int32_t code,
                                    const char *near);
enum sqli_status sqli__resolve_fail_name(struct sqli_resolver *r, uint32_t at, int32_t code,
                                         struct sqli_span name);
enum sqli_status sqli__resolve_fail_types(struct sqli_resolver *r, uint32_t at, int32_t code,
                                          const struct sqli_type *from, const struct sqli_type *to);
enum sqli_status sqli__resolve_enter(struct sqli_resolver *r, uint32_t at);

void *sqli__resolve_alloc(struct sqli_resolver *r, size_t count, size_t size);
#define SQLI_NEW(r, type) ((type *)sqli__resolve_alloc(r, 1, sizeof(type)))

/* All of these return NULL only when the arena failed; sqli__resolve_status tells. */
struct sqli_expr *sqli__resolve_node(struct sqli_resolver *r, enum sqli_expr_kind kind,
                                     uint32_t at);
struct sqli_expr *sqli__resolve_copy(struct sqli_resolver *r, const struct sqli_expr *expr);
struct sqli_expr *sqli__resolve_text(struct sqli_resolver *r, uint32_t at, struct sqli_span text);
struct sqli_expr *sqli__resolve_number(struct sqli_resolver *r, uint32_t at, int64_t number);
struct sqli_expr *sqli__resolve_type_text(struct sqli_resolver *r, uint32_t at,
                                          const struct sqli_type *type);
struct sqli_expr *sqli__resolve_qualifier_text(struct sqli_resolver *r, uint32_t at,
                                               const struct sqli_type *type);
enum sqli_status sqli__resolve_status(struct sqli_resolver *r);

/* Puts expressions one behind the other; NULL ends the list. */
void sqli__resolve_args(struct sqli_expr *expr, ...) __attribute__((sentinel));
/* Makes the node another kind and keeps its place in the text and in its list. */
void sqli__resolve_become(struct sqli_expr *expr, enum sqli_expr_kind kind,
                          const struct sqli_type *type);
void sqli__resolve_become_call(struct sqli_expr *expr, const char *function,
                               const struct sqli_type *type);
enum sqli_status sqli__resolve_become_constant(struct sqli_resolver *r, struct sqli_expr *expr,
                                               const struct sqli_type *type,
                                               const struct sqli_value *value);
/* The node becomes what `by` is. */
void sqli__resolve_replace(struct sqli_expr *expr, const struct sqli_expr *by);
/* NOT around the node. */
enum sqli_status sqli__resolve_negate(struct sqli_resolver *r, struct sqli_expr *expr);
enum sqli_status sqli__resolve_compare_node(struct sqli_resolver *r, struct sqli_expr *expr,
                                            enum sqli_compare_op op, struct sqli_expr *a,
                                            struct sqli_expr *b);

/* Structurally the same, as resolved. */
bool sqli__resolve_equal(const struct sqli_expr *a, const struct sqli_expr *b);

/* --- resolve_expr.c --- */

/* Of a value: gives the node its type. A condition is no value (-201). */
enum sqli_status sqli__resolve_expr(struct sqli_resolver *r, struct sqli_expr *expr);
enum sqli_status sqli__resolve_list(struct sqli_resolver *r, struct sqli_expr *list);
enum sqli_status sqli__resolve_condition(struct sqli_resolver *r, struct sqli_expr *expr);
bool sqli__is_condition(const struct sqli_expr *expr);

/* --- resolve_literal.c --- */

enum sqli_status sqli__resolve_literal(struct sqli_resolver *r, struct sqli_expr *expr);
/* USER, TODAY, CURRENT and their kin, by word; false: none of these. */
bool sqli__resolve_word(struct sqli_resolver *r, struct sqli_span word, struct sqli_expr *expr,
                        enum sqli_status *status);
enum sqli_status sqli__resolve_current(struct sqli_resolver *r, struct sqli_expr *expr);
/* Changes the sign of a numeric or INTERVAL constant; false: it cannot. */
bool sqli__resolve_negated_constant(const struct sqli_expr *expr, struct sqli_type *type,
                                    struct sqli_value *value);

/* --- resolve_coerce.c --- */

bool sqli__is_untyped(const struct sqli_expr *expr);  /* a parameter without a type */
bool sqli__is_constant(const struct sqli_expr *expr); /* not NULL */
void sqli__type_parameter(struct sqli_resolver *r, struct sqli_expr *expr,
                          const struct sqli_type *type, const struct sqli_schema *schema);

/* Makes the value one of this type: a parameter gets the type, a constant is converted here,
 * anything else by x_cast, and nothing happens where it is one already. */
enum sqli_status sqli__resolve_coerce(struct sqli_resolver *r, struct sqli_expr *expr,
                                      const struct sqli_type *to, const struct sqli_schema *schema);
/* The same for a value that goes into a column: -9634 where one of both is of a DISTINCT type that
 * the other has not. */
enum sqli_status sqli__resolve_assign(struct sqli_resolver *r, struct sqli_expr *expr,
                                      const struct sqli_type *to, const struct sqli_schema *schema);
/* The same as long as the conversion is exact and done now; else *done is false. */
enum sqli_status sqli__resolve_exact(struct sqli_resolver *r, struct sqli_expr *expr,
                                     const struct sqli_type *type, bool *done);
/* To text of any length. */
enum sqli_status sqli__resolve_as_text(struct sqli_resolver *r, struct sqli_expr *expr);
enum sqli_status sqli__resolve_cast(struct sqli_resolver *r, struct sqli_expr *expr);
enum sqli_status sqli__resolve_type_name(struct sqli_resolver *r, const struct sqli_type_name *name,
                                         const struct sqli_schema **schema);
/* Brings all to their common type, which the result gets as well; `code` is the error when there is
 * none. */
struct sqli_expr_list {
    struct sqli_expr **items;
    uint32_t count;
};
enum sqli_status sqli__resolve_unify(struct sqli_resolver *r, struct sqli_expr_list list,
                                     int32_t code, struct sqli_expr *result);

/* --- resolve_operator.c --- */

enum sqli_status sqli__resolve_arithmetic(struct sqli_resolver *r, struct sqli_expr *expr);
enum sqli_status sqli__resolve_minus(struct sqli_resolver *r, struct sqli_expr *expr);
enum sqli_status sqli__resolve_concat(struct sqli_resolver *r, struct sqli_expr *expr);
enum sqli_status sqli__resolve_units(struct sqli_resolver *r, struct sqli_expr *expr);
enum sqli_status sqli__resolve_extend(struct sqli_resolver *r, struct sqli_expr *expr);
/* A DATETIME in another qualifier. */
enum sqli_status sqli__resolve_requalify(struct sqli_resolver *r, struct sqli_expr *expr,
                                         const struct sqli_type *to);

/* --- resolve_compare.c --- */

/* Brings two values to one storage form. */
enum sqli_status sqli__resolve_pair(struct sqli_resolver *r, struct sqli_expr *a,
                                    struct sqli_expr *b);
enum sqli_status sqli__resolve_compare(struct sqli_resolver *r, struct sqli_expr *expr);
enum sqli_status sqli__resolve_between(struct sqli_resolver *r, struct sqli_expr *expr);
enum sqli_status sqli__resolve_in_list(struct sqli_resolver *r, struct sqli_expr *expr);
enum sqli_status sqli__resolve_in_select(struct sqli_resolver *r, struct sqli_expr *expr);
enum sqli_status sqli__resolve_quantified(struct sqli_resolver *r, struct sqli_expr *expr);
enum sqli_status sqli__resolve_like(struct sqli_resolver *r, struct sqli_expr *expr);

/* --- resolve_case.c --- */

enum sqli_status sqli__resolve_case(struct sqli_resolver *r, struct sqli_expr *expr);
enum sqli_status sqli__resolve_simple_case(struct sqli_resolver *r, struct sqli_expr *expr);
enum sqli_status sqli__resolve_nvl(struct sqli_resolver *r, struct sqli_expr *expr);
enum sqli_status sqli__resolve_nvl2(struct sqli_resolver *r, struct sqli_expr *expr);
enum sqli_status sqli__resolve_coalesce(struct sqli_resolver *r, struct sqli_expr *expr);
enum sqli_status sqli__resolve_nullif(struct sqli_resolver *r, struct sqli_expr *expr);
enum sqli_status sqli__resolve_decode(struct sqli_resolver *r, struct sqli_expr *expr);
enum sqli_status sqli__resolve_greatest(struct sqli_resolver *r, struct sqli_expr *expr);
enum sqli_status sqli__resolve_least(struct sqli_resolver *r, struct sqli_expr *expr);

/* --- resolve_function.c, resolve_aggregate.c --- */

enum sqli_status sqli__resolve_function(struct sqli_resolver *r, struct sqli_expr *expr);
enum sqli_status sqli__resolve_trim(struct sqli_resolver *r, struct sqli_expr *expr);
enum sqli_status sqli__resolve_substring(struct sqli_resolver *r, struct sqli_expr *expr);
enum sqli_status sqli__resolve_aggregate(struct sqli_resolver *r, struct sqli_expr *expr);
/* -294 for a column of the select that is neither grouped nor aggregated. */
enum sqli_status sqli__resolve_check_grouping(struct sqli_resolver *r,
                                              const struct sqli_select *select);
bool sqli__has_aggregate(const struct sqli_expr *expr);

/* --- resolve_composite.c --- */

enum sqli_status sqli__resolve_collection(struct sqli_resolver *r, struct sqli_expr *expr);
enum sqli_status sqli__resolve_row(struct sqli_resolver *r, struct sqli_expr *expr);
enum sqli_status sqli__resolve_field(struct sqli_resolver *r, struct sqli_expr *expr);
/* Makes `expr` its field of this name. */
enum sqli_status sqli__resolve_field_of(struct sqli_resolver *r, struct sqli_expr *expr,
                                        struct sqli_span field, uint32_t at);
enum sqli_status sqli__resolve_composite_to(struct sqli_resolver *r, struct sqli_expr *expr,
                                            const struct sqli_type *type,
                                            const struct sqli_schema *schema);
/* The type of a schema, its name being its whole text where it is a composite. */
enum sqli_status sqli__schema_type(struct sqli_resolver *r, const struct sqli_schema *schema,
                                   struct sqli_type *type);

/* --- resolve_name.c --- */

enum sqli_status sqli__resolve_name(struct sqli_resolver *r, struct sqli_expr *expr);
struct sqli_expr *sqli__resolve_column(struct sqli_resolver *r, uint32_t at,
                                       struct sqli_source *source, uint32_t column);
typedef bool sqli_source_visitor(void *context, struct sqli_source *source);
/* Every source that has columns, from the left; stops where `visit` gives false. */
bool sqli__each_source(struct sqli_source *list, bool one, sqli_source_visitor *visit,
                       void *context);
/* The sources that `t.*` names; -522 for none. */
enum sqli_status sqli__resolve_star_source(struct sqli_resolver *r, const struct sqli_expr *star,
                                           struct sqli_source **source);

/* --- resolve_window.c --- */

/* A FUNCTION with OVER. */
enum sqli_status sqli__resolve_window(struct sqli_resolver *r, struct sqli_expr *expr);

/* --- resolve_sequence.c --- */

/* [database:][owner.]sequence.NEXTVAL or .CURRVAL; *done is false for any other name. */
enum sqli_status sqli__resolve_sequence(struct sqli_resolver *r, struct sqli_expr *expr,
                                        bool *done);

/* --- resolve_view.c --- */

/* The source, which is resolved as a view, becomes the view's query. */
enum sqli_status sqli__resolve_view(struct sqli_resolver *r, struct sqli_source *source);
/* Tells who asked that the name at `at` is that of a table, or of a column of it. */
void sqli__resolve_use(struct sqli_resolver *r, const struct sqli_table *table, int32_t column,
                       uint32_t at);

/* A view that rows are written through: *target becomes the table below, which offers the columns
 * of the view first, by their names there, and `visible` counts them. *filter is what the view asks
 * of its rows, or NULL, and *check whether new rows must meet it. */
struct sqli_view_target {
    struct sqli_source *target;
    struct sqli_expr *filter;
    struct sqli_source *base; /* whose columns the filter has */
    bool check;
};
enum sqli_status sqli__resolve_view_target(struct sqli_resolver *r, struct sqli_source *source,
                                           struct sqli_view_target *view);
/* Makes the assignments fail (-385) for a row that would not meet the filter. */
enum sqli_status sqli__resolve_view_check(struct sqli_resolver *r,
                                          const struct sqli_view_target *view,
                                          struct sqli_assignment *assignments);

/* --- resolve_routine.c --- */

/* A FUNCTION that does not come with the server; -674. */
enum sqli_status sqli__resolve_routine(struct sqli_resolver *r, struct sqli_expr *expr);
/* A call whose rows are a table: x_rows(...). */
enum sqli_status sqli__resolve_rows(struct sqli_resolver *r, struct sqli_expr *expr,
                                    const struct sqli_routine **routine);
enum sqli_status sqli__resolve_execute(struct sqli_resolver *r, struct sqli_execute *execute);
/* The NAME becomes the variable that it means; false: it means none. */
bool sqli__resolve_variable(struct sqli_resolver *r, struct sqli_expr *expr);
/* The same of variable.field[.field]..., which a column of that name comes before. */
enum sqli_status sqli__resolve_variable_field(struct sqli_resolver *r, struct sqli_expr *expr,
                                              bool *found);
/* The items of the SELECT become values for the targets, where there are any. */
enum sqli_status sqli__resolve_targets(struct sqli_resolver *r, struct sqli_select *select);

/* --- resolve_source.c --- */

enum sqli_status sqli__resolve_table(struct sqli_resolver *r, const struct sqli_object_name *name,
                                     struct sqli_source *source);
enum sqli_status sqli__resolve_offer_table(struct sqli_resolver *r, struct sqli_source *source,
                                           const struct sqli_table *table);
/* A SELECT of WITH RECURSIVE whose second part may use the first. */
bool sqli__resolve_is_recursive(const struct sqli_resolver *r, const struct sqli_select *select);
/* Number, columns: of one and all behind it. */
enum sqli_status sqli__resolve_sources(struct sqli_resolver *r, struct sqli_source *list);
enum sqli_status sqli__resolve_joins(struct sqli_resolver *r, struct sqli_source *list);
/* A source around a SELECT that is resolved already. */
struct sqli_source *sqli__resolve_wrap(struct sqli_resolver *r, struct sqli_select *select);
enum sqli_status sqli__resolve_with(struct sqli_resolver *r, struct sqli_select *select);

/* --- resolve_select.c --- */

enum sqli_status sqli__resolve_select(struct sqli_resolver *r, struct sqli_select *select);
/* In a scope of its own, with one column. */
enum sqli_status sqli__resolve_subquery(struct sqli_resolver *r, struct sqli_expr *expr);
/* One column of a query of one row that has been resolved. */
struct sqli_expr *sqli__resolve_query_column(struct sqli_resolver *r, struct sqli_select *query,
                                             uint32_t column);
/* Converts what a resolved SELECT gives as item `number` (from 0), in all its parts. */
enum sqli_status sqli__resolve_item_to(struct sqli_resolver *r, struct sqli_select *select,
                                       uint32_t number, const struct sqli_type *type,
                                       const struct sqli_schema *schema);
struct sqli_select_item *sqli__resolve_item_at(const struct sqli_select *select, uint32_t number);

#endif
