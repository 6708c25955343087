/* The emitter: resolved trees, built by hand, run on SQLite. What counts are the rows. */
#include "tests/front/emit_trees.h"

/* --- queries --- */

static void test_plain(void **state)
{
    (void)state;
    struct sqli_source *a = table("main.ta");
    struct sqli_select *select = SELECT(a, X(a), T(a));
    where(select, compare(X(a), SQLI_COMPARE_GT, number(1)));
    add_order(select, make(SQLI_EXPR_ITEM, 1), true);
    assert_rows(select, "4|-;3|three;2|two  ");
    select->first = number(1);
    assert_rows(select, "4|-");
    select->skip = parameter(1);
    assert_rows(select, "2|two  ");
    select->first = NULL;
    select->skip = number(1);
    assert_rows(select, "3|three;2|two  ");
    assert_rows(SELECT(NULL, number(5), text("it's")), "5|it's");
    assert_sql_rows(sql_of(where(SELECT(a, T(a)), equal(X(a), number(3))), true), "three|3");
}

static void test_conditions(void **state)
{
    (void)state;
    struct sqli_source *a = table("main.ta");
    struct sqli_expr *null = make(SQLI_EXPR_IS_NULL, 0);
    add(null, T(a));
    assert_rows(SELECT(a, X(a), NULL), "1;2;3;4");
    assert_rows(where(SELECT(a, X(a)), null), "4");
    null->negated = true;
    assert_rows(where(SELECT(a, X(a)), null), "1;2;3");
    assert_rows(where(SELECT(a, X(a)), ALL(SQLI_EXPR_NOT, 0, equal(X(a), number(2)))), "1;3;4");
    struct sqli_expr *either = ALL(SQLI_EXPR_OR, 0, equal(X(a), number(1)), equal(X(a), number(4)),
                                   equal(X(a), number(3)));
    struct sqli_expr *both =
        ALL(SQLI_EXPR_AND, 0, either, compare(X(a), SQLI_COMPARE_NE, number(1)),
            compare(X(a), SQLI_COMPARE_LE, number(3)), compare(X(a), SQLI_COMPARE_GE, number(0)),
            compare(X(a), SQLI_COMPARE_LT, number(9)));
    assert_rows(where(SELECT(a, X(a)), both), "3");
    struct sqli_expr *in = ALL(SQLI_EXPR_IN_LIST, 0, X(a), number(1), parameter(1), number(7));
    assert_rows(where(SELECT(a, X(a)), in), "1;2");
    in->negated = true;
    assert_rows(where(SELECT(a, X(a)), in), "3;4");
    struct sqli_expr *cases = ALL(SQLI_EXPR_CASE, 0, equal(X(a), number(1)), text("one"),
                                  equal(X(a), number(2)), text("two"), text("many"));
    cases->odd_else = true;
    assert_rows(SELECT(a, cases), "one;two;many;many");
    cases = ALL(SQLI_EXPR_CASE, 0, equal(X(a), number(1)), text("one"));
    assert_rows(SELECT(a, cases), "one;-;-;-");
}

/* Blanks at the end don't count, whoever compares. */
static void test_collation(void **state)
{
    (void)state;
    struct sqli_source *a = table("main.ta"), *b = table("main.ta");
    struct sqli_expr *two = CALL(SQLI_TYPE_VARCHAR, "x_same", text("two "));
    struct sqli_expr *same = CALL(SQLI_TYPE_VARCHAR, "x_same", T(a));
    assert_rows(where(SELECT(a, X(a)), equal(T(a), text("two"))), "2");
    assert_rows(where(SELECT(a, X(a)), equal(text("two "), T(a))), "2");
    assert_rows(where(SELECT(a, X(a)), equal(same, two)), "2");
    two = CALL(SQLI_TYPE_VARCHAR, "x_same", text("two "));
    assert_rows(where(SELECT(a, X(a)), ALL(SQLI_EXPR_IN_LIST, 0, two, text("x"), text("two"))),
                "1;2;3;4");
    two = CALL(SQLI_TYPE_VARCHAR, "x_same", text("two "));
    struct sqli_expr *in = ALL(SQLI_EXPR_IN_SELECT, 0, two);
    in->select = SELECT(b, CALL(SQLI_TYPE_VARCHAR, "x_same", T(b)));
    assert_rows(where(SELECT(a, X(a)), in), "1;2;3;4");
    struct sqli_expr *by = equal(subquery(SQLI_EXPR_SUBQUERY, SELECT(NULL, text("ab "))),
                                 subquery(SQLI_EXPR_SUBQUERY, SELECT(NULL, text("ab"))));
    assert_rows(where(SELECT(NULL, number(1)), by), "1");
}

static void test_collation_of_rows(void **state)
{
    (void)state;
    execute("CREATE TABLE te (x INTEGER, t TEXT COLLATE RTRIM) STRICT;"
            "INSERT INTO te VALUES (1, 'a'), (2, 'a '), (3, 'b'), (4, 'b  ')");
    struct sqli_source *e = table("main.te");
    struct sqli_expr *same = CALL(SQLI_TYPE_VARCHAR, "x_same", T(e));
    struct sqli_select *select = SELECT(e, CALL(SQLI_TYPE_VARCHAR, "x_same", T(e)));
    select->distinct = true;
    assert_rows(select, "a;b");
    select = SELECT(e, aggregate("count", NULL));
    select->group = same;
    assert_rows(select, "2;2");
    same = CALL(SQLI_TYPE_VARCHAR, "x_same", T(e));
    select = SELECT(e, aggregate("count", same));
    select->items->expr->distinct = true;
    assert_rows(select, "2");
    select = SELECT(e, X(e));
    add_order(select, CALL(SQLI_TYPE_VARCHAR, "x_same", T(e)), true);
    add_order(select, X(e), false);
    assert_rows(select, "3;4;1;2");
    select = set_of(SQLI_SET_UNION, SELECT(NULL, text("a")), SELECT(NULL, text("a  ")));
    assert_rows(SELECT(derived(select), aggregate("count", NULL)), "1");
    struct sqli_source *d = derived(SELECT(NULL, text("a ")));
    struct sqli_expr *c = column(d, 0);
    typed(c, SQLI_TYPE_VARCHAR, 40);
    assert_rows(where(SELECT(d, number(1)), equal(c, text("a"))), "1");
    assert_rows(where(SELECT(d, number(1)), equal(text("a"), c)), "1");
    assert_rows(SELECT(e, CALL(SQLI_TYPE_INTEGER, "nullif", text("q "), text("q"))), "-;-;-;-");
    same = CALL(SQLI_TYPE_VARCHAR, "x_same", T(e));
    assert_rows(where(SELECT(e, aggregate("max", same)), compare(X(e), SQLI_COMPARE_LT, number(3))),
                "a");
}

static void test_index_is_used(void **state)
{
    (void)state;
    struct sqli_source *a = table("main.ta");
    const char *sql = sql_of(where(SELECT(a, X(a)), equal(T(a), text("two"))), false);
    char explain[512];
    snprintf(explain, sizeof(explain), "EXPLAIN QUERY PLAN %s", sql);
    const char *plan = rows_of(explain, 0);
    if (!strstr(plan, "USING INDEX ta_t"))
        fail_msg("%s\n%s", sql, plan);
}

/* A number is no column's, unless it is an ITEM. */
static void test_keys(void **state)
{
    (void)state;
    struct sqli_source *a = table("main.ta"), *b = table("main.tb");
    struct sqli_select *select = SELECT(a, X(a), T(a));
    add_order(select, number(2), false);
    add_order(select, make(SQLI_EXPR_ITEM, 1), true);
    assert_rows(select, "4|-;3|three;2|two  ;1|one");
    select = SELECT(b, aggregate("count", NULL));
    select->group = number(1);
    assert_rows(select, "4");
    select = SELECT(b, X(b), aggregate("count", NULL));
    select->group = make(SQLI_EXPR_ITEM, 1);
    assert_rows(ordered(select), "1|2;3|1;9|1");
    select->having = compare(aggregate("count", NULL), SQLI_COMPARE_GT, number(1));
    assert_rows(select, "1|2");
    select = SELECT(a, T(a));
    add_order(select, T(a), false);
    assert_rows(select, "-;one;three;two  ");
    select->order->nulls = 1;
    assert_rows(select, "one;three;two  ;-");
    select->order->descending = true;
    assert_rows(select, "two  ;three;one;-");
    select->order->nulls = -1;
    assert_rows(select, "-;two  ;three;one");
}

static void test_having_alone(void **state)
{
    (void)state;
    struct sqli_source *a = table("main.ta");
    struct sqli_select *select = SELECT(a, number(7));
    select->having = equal(number(1), number(1));
    assert_rows(select, "7");
    select->having = equal(number(1), number(2));
    assert_rows(select, "");
    select = SELECT(a, aggregate("sum", X(a)));
    select->having = compare(aggregate("count", NULL), SQLI_COMPARE_GT, number(4));
    assert_rows(select, "");
}

/* --- set operations, WITH, derived tables --- */

static struct sqli_select *one_row(int64_t n)
{
    return SELECT(NULL, number(n));
}

static struct sqli_select *two_rows(int64_t n, int64_t m)
{
    return set_of(SQLI_SET_UNION_ALL, one_row(n), one_row(m));
}

static void test_set_operations(void **state)
{
    (void)state;
    assert_rows(ordered(set_of(SQLI_SET_UNION, two_rows(1, 2), two_rows(2, 3))), "1;2;3");
    assert_rows(ordered(set_of(SQLI_SET_UNION_ALL, two_rows(1, 2), two_rows(2, 3))), "1;2;2;3");
    assert_rows(set_of(SQLI_SET_INTERSECT, two_rows(1, 2), two_rows(2, 3)), "2");
    assert_rows(set_of(SQLI_SET_MINUS, two_rows(1, 2), two_rows(2, 3)), "1");
    /* 1, 2 minus (2 minus 2) keeps the 2; from left to right it would go. */
    struct sqli_select *inner = set_of(SQLI_SET_MINUS, one_row(2), one_row(2));
    assert_rows(set_of(SQLI_SET_MINUS, two_rows(1, 2), inner), "1;2");
    assert_rows(
        set_of(SQLI_SET_MINUS, set_of(SQLI_SET_MINUS, two_rows(1, 2), one_row(2)), one_row(2)),
        "1");
    /* 1 UNION (2 INTERSECT 3) */
    inner = set_of(SQLI_SET_INTERSECT, one_row(2), one_row(3));
    assert_rows(set_of(SQLI_SET_UNION, one_row(1), inner), "1");
    struct sqli_select *select = two_rows(5, 6);
    add_order(select, make(SQLI_EXPR_ITEM, 1), true);
    select->first = number(1);
    assert_rows(select, "6");
    assert_rows(ordered(set_of(SQLI_SET_UNION, select, one_row(4))), "4;6");
    assert_rows(ordered(set_of(SQLI_SET_UNION, one_row(4), select)), "4;6");
}

static void test_with(void **state)
{
    (void)state;
    struct sqli_with *with = node(sizeof(*with));
    struct sqli_source *self = derived(NULL), *user = derived(NULL);
    self->name.name.text = user->name.name.text = sqli__span_text("r");
    struct sqli_select *step =
        SELECT(self, CALL(SQLI_TYPE_INTEGER, "x_sum", column(self, 0), number(1)));
    where(step, compare(column(self, 0), SQLI_COMPARE_LT, number(4)));
    with->select = set_of(SQLI_SET_UNION_ALL, one_row(1), step);
    with->number = 1;
    with->recursive = true;
    self->select = user->select = with->select;
    struct sqli_select *select = SELECT(user, column(user, 0));
    select->with = with;
    assert_rows(select, "1;2;3;4");
    /* In a branch, and in a subquery of where it is defined. */
    assert_rows(set_of(SQLI_SET_MINUS, one_row(9), select), "9");
    struct sqli_source *a = table("main.ta");
    struct sqli_expr *in = ALL(SQLI_EXPR_IN_SELECT, 0, number(3));
    in->select = SELECT(user, column(user, 0));
    select = where(SELECT(a, X(a)), in);
    select->with = with;
    assert_rows(select, "1;2;3;4");
}

static void test_subqueries(void **state)
{
    (void)state;
    struct sqli_source *a = table("main.ta"), *b = table("main.tb");
    struct sqli_select *of_b = where(SELECT(b, T(b)), equal(X(b), X(a)));
    struct sqli_expr *exists = subquery(SQLI_EXPR_EXISTS, of_b);
    assert_rows(where(SELECT(a, X(a)), exists), "1;3");
    exists->negated = true;
    assert_rows(where(SELECT(a, X(a)), exists), "2;4");
    of_b = where(SELECT(b, X(b)), compare(X(b), SQLI_COMPARE_NE, number(9)));
    struct sqli_expr *in = ALL(SQLI_EXPR_IN_SELECT, 0, X(a));
    in->select = of_b;
    assert_rows(where(SELECT(a, X(a)), in), "1;3");
    in->negated = true;
    assert_rows(where(SELECT(a, X(a)), in), "2;4");
    struct sqli_source *d = derived(ordered(SELECT(b, T(b), X(b))));
    assert_rows(where(SELECT(d, column(d, 1)), equal(column(d, 1), number(9))), "9");
}

/* A subquery in an expression has one row or none. */
static void test_one_row(void **state)
{
    (void)state;
    struct sqli_source *a = table("main.ta"), *b = table("main.tb");
    struct sqli_select *of_b = where(SELECT(b, T(b)), equal(X(b), X(a)));
    struct sqli_expr *value = subquery(SQLI_EXPR_SUBQUERY, of_b);
    struct sqli_select *select = SELECT(a, value);
    where(select, compare(X(a), SQLI_COMPARE_GT, number(1)));
    assert_rows(select, "-;b3;-");
    where(select, compare(X(a), SQLI_COMPARE_GE, number(1)));
    assert_rows(select, "! -284");
    of_b->first = number(1);
    assert_rows(select, "b1;-;b3;-");
    of_b->first = NULL;
    of_b->items->expr = aggregate("max", T(b));
    assert_rows(select, "b1b;-;b3;-");
    of_b->skip = number(1);
    of_b->items->expr = T(b);
    assert_rows(select, "b1b;-;-;-");
    assert_rows(SELECT(NULL, subquery(SQLI_EXPR_SUBQUERY, two_rows(1, 2))), "! -284");
    assert_rows(
        SELECT(NULL, subquery(SQLI_EXPR_SUBQUERY, set_of(SQLI_SET_UNION, one_row(3), one_row(3)))),
        "3");
}

/* --- joins --- */

static void test_joins(void **state)
{
    (void)state;
    struct sqli_source *a = table("main.ta"), *b = table("main.tb"), *c = table("main.tc");
    struct sqli_source *from = join(a, SQLI_JOIN_LEFT, b, equal(X(a), X(b)));
    assert_rows(ordered(SELECT(from, X(a), T(b))), "1|b1;1|b1b;2|-;3|b3;4|-");
    from->join = SQLI_JOIN_RIGHT;
    assert_rows(ordered(SELECT(from, X(a), T(b))), "-|b9;1|b1;1|b1b;3|b3");
    from->join = SQLI_JOIN_FULL;
    assert_rows(ordered(SELECT(from, X(a), T(b))), "-|b9;1|b1;1|b1b;2|-;3|b3;4|-");
    from->join = SQLI_JOIN_INNER;
    assert_rows(ordered(SELECT(from, X(a), T(b))), "1|b1;1|b1b;3|b3");
    from->join = SQLI_JOIN_CROSS;
    from->on = NULL;
    assert_rows(SELECT(from, aggregate("count", NULL)), "16");
    /* A comma does not bind as JOIN does: the 3 rows of c stay with the unmatched b9. */
    from->join = SQLI_JOIN_FULL;
    from->on = equal(X(a), X(b));
    assert_rows(SELECT(chain(c, from), aggregate("count", NULL)), "18");
    c->next = NULL;
    /* a LEFT JOIN (b JOIN c ON ...) ON ... */
    struct sqli_source *inner = join(b, SQLI_JOIN_INNER, c, equal(X(b), X(c)));
    from = join(a, SQLI_JOIN_LEFT, inner, equal(X(a), X(b)));
    assert_rows(ordered(SELECT(from, X(a), T(c))), "1|c1;1|c1;2|-;3|c3;3|zz;4|-");
    /* (a LEFT JOIN b) JOIN c */
    from =
        join(join(a, SQLI_JOIN_LEFT, b, equal(X(a), X(b))), SQLI_JOIN_INNER, c, equal(X(a), X(c)));
    assert_rows(ordered(SELECT(from, T(b), T(c))), "b1|c1;b1b|c1;b3|c3;b3|zz");
}

static void test_outer(void **state)
{
    (void)state;
    struct sqli_source *a = table("main.ta"), *b = table("main.tb");
    struct sqli_select *select = ordered(SELECT(chain(a, outer(b)), X(a), T(b)));
    where(select, equal(X(a), X(b)));
    assert_rows(select, "1|b1;1|b1b;2|-;3|b3;4|-");
    /* A condition on b alone picks rows of b; one on a alone picks rows of the result. */
    struct sqli_expr *inner =
        ALL(SQLI_EXPR_AND, 0, equal(T(b), text("b1b")), compare(X(a), SQLI_COMPARE_NE, number(4)));
    where(select, ALL(SQLI_EXPR_AND, 0, equal(X(a), X(b)), inner));
    assert_rows(select, "1|b1b;2|-;3|-");
    /* The OUTER may come first. */
    a->next = NULL;
    struct sqli_source *first = outer(b);
    select->from = chain(first, a);
    assert_rows(select, "1|b1b;2|-;3|-");
    /* Conditions in subqueries mention sources, too. */
    struct sqli_source *c = table("main.tc");
    struct sqli_select *of_c = where(SELECT(c, X(c)), equal(X(c), X(b)));
    where(select, ALL(SQLI_EXPR_AND, 0, equal(X(a), X(b)), subquery(SQLI_EXPR_EXISTS, of_c)));
    assert_rows(select, "1|b1;1|b1b;2|-;3|b3;4|-");
    where(select, equal(X(a), number(1)));
    assert_refused(select, SQLI_E_OUTER_JOIN_PRODUCT);
    select->where = NULL;
    assert_refused(select, SQLI_E_OUTER_JOIN_PRODUCT);
    select->from = first;
    first->next = NULL;
    assert_refused(select, SQLI_E_OUTER_JOIN_PRODUCT);
}

static void test_outer_of_several(void **state)
{
    (void)state;
    struct sqli_source *a = table("main.ta"), *b = table("main.tb"), *c = table("main.tc"),
                       *d = table("main.td");
    /* a, OUTER (c, d): rows of c only where d has one, too. */
    struct sqli_select *select = SELECT(chain(a, outer(chain(c, d))), X(a), T(c), T(d));
    where(select, ALL(SQLI_EXPR_AND, 0, equal(X(a), X(c)), equal(T(c), T(d))));
    assert_rows(ordered(select), "1|-|-;2|-|-;3|zz|zz;4|-|-");
    /* a, OUTER (c, OUTER d): c in any case. */
    c->next = NULL;
    select = SELECT(chain(a, outer(chain(c, outer(d)))), X(a), T(c), T(d));
    where(select, ALL(SQLI_EXPR_AND, 0, equal(X(a), X(c)), equal(T(c), T(d))));
    assert_rows(ordered(select), "1|c1|-;2|-|-;3|c3|-;3|zz|zz;4|-|-");
    where(select, ALL(SQLI_EXPR_AND, 0, equal(X(a), X(c)), equal(X(a), X(d))));
    assert_refused(select, SQLI_E_OUTER_JOIN_NESTED);
    /* a, OUTER b, OUTER c */
    c->next = NULL;
    struct sqli_source *beside = outer(b);
    select = SELECT(chain(a, chain(beside, outer(c))), X(a), T(b), T(c));
    where(select,
          ALL(SQLI_EXPR_AND, 0, equal(X(a), X(b)), equal(X(a), X(c)), equal(T(b), text("b3"))));
    assert_rows(ordered(select), "1|-|c1;2|-|-;3|b3|c3;3|b3|zz;4|-|-");
    where(select, ALL(SQLI_EXPR_AND, 0, equal(X(a), X(b)), equal(X(b), X(c))));
    assert_refused(select, SQLI_E_OUTER_JOIN_TWO_SIDED);
}

/* Two dominant tables, and a query around that has an OUTER of its own. */
static void test_outer_levels(void **state)
{
    (void)state;
    struct sqli_source *a = table("main.ta"), *b = table("main.tb"), *c = table("main.tc"),
                       *d = table("main.td");
    struct sqli_select *select = SELECT(chain(a, chain(c, outer(d))), X(a), T(c), T(d));
    where(select, ALL(SQLI_EXPR_AND, 0, equal(X(a), X(c)), equal(T(c), T(d)), equal(X(a), X(d))));
    assert_rows(ordered(select), "1|c1|-;3|c3|-;3|zz|zz");
    a->next = c->next = NULL;
    struct sqli_select *inner = where(SELECT(chain(c, outer(d)), X(c)),
                                      ALL(SQLI_EXPR_AND, 0, equal(X(c), X(d)), equal(X(c), X(b))));
    select = SELECT(chain(a, outer(b)), X(a), T(b));
    where(select, ALL(SQLI_EXPR_AND, 0, equal(X(a), X(b)), subquery(SQLI_EXPR_EXISTS, inner)));
    assert_rows(ordered(select), "1|b1;1|b1b;2|-;3|b3;4|-");
}

static void test_elements(void **state)
{
    (void)state;
    static struct sqli_schema element, collection;
    element.type.code = SQLI_TYPE_INTEGER;
    element.type.flags = SQLI_TYPE_NOT_NULL;
    collection.type.code = SQLI_TYPE_SET;
    collection.count = 1;
    collection.parts = &element;
    struct sqli_source *each = derived(NULL);
    each->kind = SQLI_SOURCE_COLLECTION;
    each->call = text("SET{1,2}");
    each->call->schema = &collection;
    assert_string_equal(
        sql_of(SELECT(each, column(each, 0)), false),
        "SELECT s1.value AS c1 FROM x_each('SET{1,2}', 'SET(integer not null)') AS s1");
    static struct sqli_schema fields[2], row;
    for (size_t i = 0; i < COUNT(fields); i++) {
        fields[i].type.code = SQLI_TYPE_INTEGER;
        fields[i].field = sqli__span_text(i > 0 ? "b" : "a");
    }
    row = (struct sqli_schema){.count = 2, .parts = fields};
    row.type.code = SQLI_TYPE_ROW;
    collection.parts = &row;
    assert_non_null(strstr(sql_of(SELECT(each, column(each, 1)), false),
                           "SELECT x_field(s1.value, 2, 'ROW(a integer, b integer)') AS c1"));
}

/* --- changes --- */

static void test_insert(void **state)
{
    (void)state;
    struct sqli_buffer sql;
    struct sqli_error error;
    sqli__buffer_init(&sql, SQL_LIMIT);
    struct sqli_insert insert = {.target = table("main.tc")};
    insert.assignments = assign(1, text("new"), assign(0, parameter(1), NULL));
    assert_sql_rows(emitted(sqli__emit_insert(&insert, &sql, &error), &sql, &error), "");
    struct sqli_source *a = table("main.ta");
    insert.select = ordered(SELECT(a, T(a), X(a)));
    insert.source = derived(insert.select);
    insert.assignments =
        assign(0, CALL(SQLI_TYPE_INTEGER, "x_sum", column(insert.source, 1), number(100)),
               assign(1, column(insert.source, 0), NULL));
    assert_sql_rows(emitted(sqli__emit_insert(&insert, &sql, &error), &sql, &error), "");
    assert_sql_rows("SELECT x, t FROM tc ORDER BY rowid",
                    "1|c1;3|c3;3|zz;2|new;104|-;101|one;103|three;102|two  ");
    insert.source = NULL;
    assert_int_equal(sqli__emit_insert(&insert, &sql, &error), SQLI_FAIL);
    assert_int_equal(error.code, SQLI_E_ROUTINE_INTERNAL);
    sqli__buffer_free(&sql);
}

static void test_update(void **state)
{
    (void)state;
    struct sqli_buffer sql;
    struct sqli_error error;
    sqli__buffer_init(&sql, SQL_LIMIT);
    struct sqli_update update = {.target = table("main.ta")};
    struct sqli_source *a = update.target, *b = table("main.tb");
    update.assignments = assign(1, text("changed"), NULL);
    update.where = equal(X(a), number(4));
    assert_sql_rows(emitted(sqli__emit_update(&update, 0, &sql, &error), &sql, &error), "");
    update.from = b;
    update.where = ALL(SQLI_EXPR_AND, 0, equal(X(a), X(b)), equal(X(b), number(3)));
    update.assignments = assign(1, T(b), NULL);
    assert_sql_rows(emitted(sqli__emit_update(&update, 0, &sql, &error), &sql, &error), "");
    update.cursor.text = sqli__span_text("cur"); /* its row is parameter 1, which is 2 */
    update.assignments = assign(0, CALL(SQLI_TYPE_INTEGER, "x_sum", X(a), number(20)), NULL);
    assert_sql_rows(emitted(sqli__emit_update(&update, 0, &sql, &error), &sql, &error), "");
    assert_sql_rows("SELECT x, t FROM ta ORDER BY x", "1|one;3|b3;4|changed;22|two  ");
}

static void test_delete(void **state)
{
    (void)state;
    struct sqli_buffer sql;
    struct sqli_error error;
    sqli__buffer_init(&sql, SQL_LIMIT);
    struct sqli_source *a = table("main.ta"), *b = table("main.tb");
    struct sqli_delete remove_rows = {.target = a};
    struct sqli_expr *in = ALL(SQLI_EXPR_IN_SELECT, 0, X(a));
    in->select = SELECT(b, X(b));
    remove_rows.where = in;
    assert_sql_rows(emitted(sqli__emit_delete(&remove_rows, 0, &sql, &error), &sql, &error), "");
    assert_sql_rows("SELECT x FROM ta", "2;4");
    remove_rows.cursor.text = sqli__span_text("cur");
    assert_sql_rows(emitted(sqli__emit_delete(&remove_rows, 0, &sql, &error), &sql, &error), "");
    assert_sql_rows("SELECT x FROM ta", "4");
    remove_rows = (struct sqli_delete){.target = a};
    assert_sql_rows(emitted(sqli__emit_delete(&remove_rows, 0, &sql, &error), &sql, &error), "");
    assert_sql_rows("SELECT count(*) FROM ta", "0");
}

static void test_expression(void **state)
{
    (void)state;
    struct sqli_buffer sql;
    struct sqli_error error;
    sqli__buffer_init(&sql, SQL_LIMIT);
    struct sqli_source *a = table("main.ta");
    struct sqli_expr *check =
        ALL(SQLI_EXPR_OR, 0, compare(X(a), SQLI_COMPARE_GT, number(0)), equal(T(a), text("none")));
    char definition[256];
    snprintf(definition, sizeof(definition),
             "CREATE TABLE checked (x INTEGER, t TEXT COLLATE RTRIM, CHECK (%s)) STRICT",
             emitted(sqli__emit_expression(check, &sql, &error), &sql, &error));
    execute(definition);
    assert_sql_rows("INSERT INTO checked VALUES (1, 'a'), (-1, 'none  ')", "");
    assert_int_equal(strncmp(rows_of("INSERT INTO checked VALUES (-1, 'a')", 0), "! CHECK", 7), 0);
}

/* --- what must not be emitted --- */

static void test_unexpected(void **state)
{
    (void)state;
    static const enum sqli_expr_kind kinds[] = {
        SQLI_EXPR_NULL,      SQLI_EXPR_NAME,     SQLI_EXPR_ARITHMETIC, SQLI_EXPR_LIKE,
        SQLI_EXPR_CAST,      SQLI_EXPR_FUNCTION, SQLI_EXPR_DEFAULT,    SQLI_EXPR_COMPARE,
        SQLI_EXPR_AND,       SQLI_EXPR_NOT,      SQLI_EXPR_IS_NULL,    SQLI_EXPR_IN_LIST,
        SQLI_EXPR_IN_SELECT, SQLI_EXPR_EXISTS,   SQLI_EXPR_SUBQUERY,   SQLI_EXPR_CASE,
        SQLI_EXPR_COLUMN,    SQLI_EXPR_ROWID,    SQLI_EXPR_ITEM,
    };
    for (size_t i = 0; i < COUNT(kinds); i++)
        assert_refused(SELECT(NULL, make(kinds[i], 0)), SQLI_E_ROUTINE_INTERNAL);
    struct sqli_source *a = table("main.ta");
    struct sqli_expr *beyond = X(a);
    beyond->column = 2;
    assert_refused(SELECT(a, beyond), SQLI_E_ROUTINE_INTERNAL);
    struct sqli_select *select = set_of(SQLI_SET_UNION, SELECT(a, X(a)), SELECT(a, X(a)));
    add_order(select, X(a), false);
    assert_refused(select, SQLI_E_ROUTINE_INTERNAL);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_plain),         TEST(test_conditions),
        TEST(test_collation),     TEST(test_collation_of_rows),
        TEST(test_index_is_used), TEST(test_keys),
        TEST(test_having_alone),  TEST(test_set_operations),
        TEST(test_with),          TEST(test_subqueries),
        TEST(test_one_row),       TEST(test_joins),
        TEST(test_outer),         TEST(test_outer_of_several),
        TEST(test_outer_levels),  TEST(test_elements),
        TEST(test_insert),        TEST(test_update),
        TEST(test_delete),        TEST(test_expression),
        TEST(test_unexpected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
