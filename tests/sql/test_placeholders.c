#include "tests/support/support.h"

#include "sql/placeholders.h"

#include <stdio.h>
#include <stdlib.h>

enum { N = SQLI_SQL_NAMED_PLACEHOLDERS, D = SQLI_SQL_DELIMIDENT };

static void order_text(const struct sqli_placeholders *found, struct sqli_buffer *out)
{
    for (size_t i = 0; i < found->count; i++)
        sqli__buffer_format(out, "%s%d", i ? " " : "", found->items[i].parameter);
    sqli__buffer_byte(out, '\0');
}

static void statements_are_rewritten_with_the_order_of_their_parameters(void **state)
{
    (void)state;
    static const struct {
        const char *sql;
        unsigned options;
        const char *rewritten; /* NULL: the same */
        const char *order;
        size_t parameters;
        enum sqli_placeholder_style style;
    } cases[] = {
        {"select 1", N, NULL, "", 0, SQLI_PLACEHOLDER_NONE},
        {"", N, NULL, "", 0, SQLI_PLACEHOLDER_NONE},
        {"insert into t values (?, ?,?)", N, NULL, "0 1 2", 3, SQLI_PLACEHOLDER_QUESTION},
        {"values (:a, :b)", N, "values (?, ?)", "0 1", 2, SQLI_PLACEHOLDER_NAMED},
        {"values (:b, :a, :b)", N, "values (?, ?, ?)", "0 1 0", 2, SQLI_PLACEHOLDER_NAMED},
        {":a :A", N, "? ?", "0 1", 2, SQLI_PLACEHOLDER_NAMED},
        {":a :aa :a", N, "? ? ?", "0 1 0", 2, SQLI_PLACEHOLDER_NAMED},
        {"a=:2 and b=:1 and c=:2", N, "a=? and b=? and c=?", "1 0 1", 2, SQLI_PLACEHOLDER_NUMBERED},
        {":1 :3", N, "? ?", "0 2", 3, SQLI_PLACEHOLDER_NUMBERED},
        {":01 :1", N, "? ?", "0 0", 1, SQLI_PLACEHOLDER_NUMBERED},
        {":32767", N, "?", "32766", 32767, SQLI_PLACEHOLDER_NUMBERED},
        {":a", 0, NULL, "", 0, SQLI_PLACEHOLDER_NONE},
        {"? = :a", 0, NULL, "0", 1, SQLI_PLACEHOLDER_QUESTION},
        {"'?' \"?\" {?} -- ?\n /* ? */ {+ ?} ?", 0, NULL, "0", 1, SQLI_PLACEHOLDER_QUESTION},
        {"':a' \":a\" {:a} -- :a\n /* :a */ :b", N, "':a' \":a\" {:a} -- :a\n /* :a */ ?", "0", 1,
         SQLI_PLACEHOLDER_NAMED},
        {"'it''s :a' 'a\\' = :b", N, "'it''s :a' 'a\\' = ?", "0", 1, SQLI_PLACEHOLDER_NAMED},
        {"SET{:a, {:b} :c}", N, "SET{?, {:b} ?}", "0 1", 2, SQLI_PLACEHOLDER_NAMED},
        {"INTERVAL(10:30) db:t :x::int", N, "INTERVAL(10:30) db:t ?::int", "0", 1,
         SQLI_PLACEHOLDER_NAMED},
        {"\"a?b\" = ?", D, NULL, "0", 1, SQLI_PLACEHOLDER_QUESTION},
        {"? 'open ?", 0, NULL, "0", 1, SQLI_PLACEHOLDER_QUESTION},
        {"\xc3\xa9=:stra\303\237e", N, "\xc3\xa9=?", "0", 1, SQLI_PLACEHOLDER_NAMED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sqli_span sql = sqli__span_text(cases[i].sql);
        struct sqli_placeholders found;
        struct sqli_error error;
        struct sqli_buffer text, order;
        sqli__buffer_init(&text, 1000);
        sqli__buffer_init(&order, 1000);
        assert_int_equal(sqli__placeholders_scan(sql, cases[i].options, &found, &error), SQLI_OK);
        sqli__placeholders_rewrite(sql, &found, &text);
        order_text(&found, &order);
        sqli__buffer_byte(&text, '\0');
        assert_string_equal((char *)text.data,
                            cases[i].rewritten ? cases[i].rewritten : cases[i].sql);
        assert_string_equal((char *)order.data, cases[i].order);
        assert_int_equal(found.parameters, cases[i].parameters);
        assert_int_equal(found.style, cases[i].style);
        sqli__placeholders_free(&found);
        sqli__buffer_free(&text);
        sqli__buffer_free(&order);
    }
}

static void each_placeholder_tells_where_it_is(void **state)
{
    (void)state;
    struct sqli_span sql = sqli__span_text("a = :first and b = :x");
    struct sqli_placeholders found;
    assert_int_equal(sqli__placeholders_scan(sql, N, &found, NULL), SQLI_OK);
    assert_int_equal(found.count, 2);
    assert_int_equal(found.items[0].offset, 4);
    assert_int_equal(found.items[0].length, 6);
    assert_true(
        sqli__span_equal(sqli__placeholder_name(sql, &found.items[0]), sqli__span_text("first")));
    assert_true(
        sqli__span_equal(sqli__placeholder_name(sql, &found.items[1]), sqli__span_text("x")));
    sqli__placeholders_free(&found);
}

static void what_cannot_be_bound_is_refused_with_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *sql;
        int32_t offset;
    } cases[] = {
        {"a = ? and b = :b", 15},
        {"a = :b and b = ?", 16},
        {":1 :a", 4},
        {":a :1", 4},
        {"'\xc3\xa9' ? :a", 7},
        {"a = :0", 5},
        {":32768", 1},
        {":4294967297", 1},
        {"= :99999999999999999999999999", 3},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sqli_placeholders found;
        struct sqli_error error;
        assert_int_equal(sqli__placeholders_scan(sqli__span_text(cases[i].sql), N, &found, &error),
                         SQLI_FAIL);
        assert_int_equal(error.code, SQLI_E_ARGUMENT);
        assert_int_equal(error.offset, cases[i].offset);
        assert_null(found.items);
        assert_int_equal(found.count, 0);
    }
}

/* `count` placeholders, each written by `format` with its number. */
static void write_many(struct sqli_buffer *sql, const char *format, int count)
{
    for (int i = 0; i < count; i++) {
        char one[32];
        snprintf(one, sizeof one, format, i);
        sqli__buffer_text(sql, one);
    }
    assert_int_equal(sql->failed, 0);
}

static void there_are_at_most_32767(void **state)
{
    (void)state;
    static const char *const formats[] = {"?,", ":n%d,"};
    for (size_t i = 0; i < 2; i++) {
        struct sqli_buffer sql;
        struct sqli_placeholders found;
        struct sqli_error error;
        sqli__buffer_init(&sql, 1 << 20);
        write_many(&sql, formats[i], SQLI_PLACEHOLDERS_MAX);
        struct sqli_span text = sqli__buffer_view(&sql);
        assert_int_equal(sqli__placeholders_scan(text, N, &found, &error), SQLI_OK);
        assert_int_equal(found.count, SQLI_PLACEHOLDERS_MAX);
        assert_int_equal(found.parameters, SQLI_PLACEHOLDERS_MAX);
        assert_int_equal(found.items[found.count - 1].parameter, SQLI_PLACEHOLDERS_MAX - 1);
        sqli__placeholders_free(&found);

        write_many(&sql, formats[i], 1);
        text = sqli__buffer_view(&sql);
        assert_int_equal(sqli__placeholders_scan(text, N, &found, &error), SQLI_FAIL);
        assert_int_equal(error.code, SQLI_E_TOO_LARGE);
        sqli__buffer_free(&sql);
    }
}

static void names_are_told_apart_while_the_table_grows(void **state)
{
    (void)state;
    enum { NAMES = 3000 };
    struct sqli_buffer sql;
    struct sqli_placeholders found;
    sqli__buffer_init(&sql, 1 << 20);
    write_many(&sql, ":n%d ", NAMES);
    write_many(&sql, ":n%d ", NAMES);
    assert_int_equal(sqli__placeholders_scan(sqli__buffer_view(&sql), N, &found, NULL), SQLI_OK);
    assert_int_equal(found.count, 2 * NAMES);
    assert_int_equal(found.parameters, NAMES);
    for (size_t i = 0; i < found.count; i++)
        assert_int_equal(found.items[i].parameter, i % NAMES);
    sqli__placeholders_free(&found);
    sqli__buffer_free(&sql);
}

static enum sqli_status scan_and_free(void *context, struct sqli_error *error)
{
    struct sqli_placeholders found;
    enum sqli_status status = sqli__placeholders_scan(sqli__span_text(context), N, &found, error);
    sqli__placeholders_free(&found);
    return status;
}

static void no_memory_is_an_error_and_leaks_nothing(void **state)
{
    (void)state;
    static char sql[] = ":a :b :c :d :e :f :g :h :i :j :k :a";
    assert_true(support_fail_each_allocation(scan_and_free, sql) >= 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statements_are_rewritten_with_the_order_of_their_parameters),
        cmocka_unit_test(each_placeholder_tells_where_it_is),
        cmocka_unit_test(what_cannot_be_bound_is_refused_with_its_place),
        cmocka_unit_test(there_are_at_most_32767),
        cmocka_unit_test(names_are_told_apart_while_the_table_grows),
        cmocka_unit_test(no_memory_is_an_error_and_leaks_nothing),
    };
    return cmocka_run_group_tests_name("placeholders", tests, NULL, NULL);
}
