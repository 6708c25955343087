#include "tests/support/support.h"

#include "base/arena.h"
#include "server/front/parse.h"
#include "sql/tokenizer.h"
#include "tests/front/tree_print.h"

#include <stdlib.h>

enum { ARENA = 1 << 26 };

static const struct sqli_parse_options plain;

/* The tree of a statement in one line, or the error: its code, its place and what it is about. */
static void outcome(struct sqli_span text, const struct sqli_parse_options *options,
                    struct sqli_buffer *out)
{
    struct sqli_arena arena;
    struct sqli_statement_tree *tree;
    struct sqli_error error;
    sqli__arena_init(&arena, ARENA);
    sqli__error_clear(&error);
    if (sqli__parse(text, options, &arena, &tree, &error) == SQLI_OK) {
        tree_print(tree, out);
    } else {
        assert_null(tree);
        sqli__buffer_format(out, "error %d at %d%s%s", (int)error.code, (int)error.offset,
                            *error.near ? " " : "", error.near);
    }
    while (out->length && out->data[out->length - 1] == ' ')
        sqli__buffer_truncate(out, out->length - 1);
    sqli__buffer_byte(out, '\0');
    sqli__arena_free(&arena);
}

static void check_span(struct sqli_span text, const struct sqli_parse_options *options,
                       const char *wanted)
{
    struct sqli_buffer got;
    sqli__buffer_init(&got, 1 << 20);
    outcome(text, options, &got);
    if (strcmp((char *)got.data, wanted) != 0)
        fail_msg("%.*s\n  gives  %s\n  wanted %s", (int)text.length, (const char *)text.data,
                 (char *)got.data, wanted);
    sqli__buffer_free(&got);
}

static void check(const char *text, const char *wanted)
{
    check_span(sqli__span_text(text), &plain, wanted);
}

/* --- the table of statements --- */

/* Calls `each` for every statement of the file and its outcome. */
static size_t each_statement(void (*each)(const char *statement, const char *wanted))
{
    struct sqli_span content = support_read_file("statements.txt");
    char *at = (char *)(uintptr_t)content.data;
    const char *statement = NULL;
    size_t count = 0;
    for (char *end = strchr(at, '\n'); end; end = strchr(at, '\n')) {
        *end = '\0';
        if (*at == ' ') {
            assert_non_null(statement);
            each(statement, at + strspn(at, " "));
            statement = NULL;
            count++;
        } else if (*at && *at != '#') {
            assert_null(statement);
            statement = at;
        }
        at = end + 1;
    }
    support_free(content);
    return count;
}

static void statements_give_their_trees(void **state)
{
    (void)state;
    assert_in_range(each_statement(check), 190, 10000);
}

/* --- places of errors, and options --- */

struct place_case {
    const char *text;
    const char *outcome;
    struct sqli_parse_options options;
};

static void places_count_characters(void **state)
{
    (void)state;
    static const struct place_case cases[] = {
        {"select '\xc3\xa4\xc3\xb6' from from", "error -201 at 18", {.delimident = false}},
        {"select '\xc3\xa4\xc3\xb6' from from", "error -201 at 20", {.single_byte = true}},
        {"select a\nfrom t\nwhere and", "error -201 at 23", {.delimident = false}},
        {"select '\xc3\xa4', 'abc", "error -282 at 13", {.delimident = false}},
        {"select a from t where   \n ", "error -201 at 22", {.delimident = false}},
        {"", "error -201 at 1", {.delimident = false}},
        {"   ", "error -201 at 1", {.delimident = false}},
        {"-- only this\n", "error -201 at 1", {.delimident = false}},
        {"  /* a */ nonsense 1", "error -201 at 11", {.delimident = false}},
        {";", "error -201 at 1", {.delimident = false}},
        {"begin work now", "error -201 at 12", {.delimident = false}},
        {"set explain on 'x", "error -282 at 16", {.delimident = false}},
        {"set explain on /* x", "error -201 at 16", {.delimident = false}},
        {"select \x01 from t", "error -201 at 8", {.delimident = false}},
        {"create table t (a int) fragment by x ('y", "error -201 at 39", {.delimident = false}},
        {"create table t (a int) fragment by x (y", "error -201 at 40", {.delimident = false}},
        {"create table t (a int constraint x)", "error -201 at 35", {.delimident = false}},
        {"create table t (a int) put a in (x))", "error -201 at 36", {.delimident = false}},
        {"select interval(1) day to 'x", "error -282 at 27", {.delimident = false}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check_span(sqli__span_text(cases[i].text), &cases[i].options, cases[i].outcome);
}

static void quotes_make_names_by_option(void **state)
{
    (void)state;
    static const struct place_case cases[] = {
        {"select \"A b\" from t", "2 {select 'A b' from t}", {.delimident = false}},
        {"select \"A b\" x from \"T\"", "2 {select \"A b\" as x from \"T\"}", {.delimident = true}},
        {"select \"from\".\"a\"\"b\" from t",
         "2 {select from.\"a\"b\" from t}",
         {.delimident = true}},
        {"create table t (\"A b\" int)", "14 t(\"A b\" `int`)", {.delimident = true}},
        {"create table t (\"A b\" int)", "error -201 at 17", {.delimident = false}},
        {"select 1 from \"t", "error -282 at 15", {.delimident = true}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check_span(sqli__span_text(cases[i].text), &cases[i].options, cases[i].outcome);
}

/* --- every word may be a name --- */

static const char *const words[] = {
#define SQLI_KEYWORD(word) #word,
#include "sql/keywords.def"
#undef SQLI_KEYWORD
};

enum { WORD_COUNT = sizeof words / sizeof words[0] };

/* The words, each with a comma behind, with which the statement does not parse. */
static void failing_words(const char *format, struct sqli_buffer *out)
{
    for (size_t i = 0; i < WORD_COUNT; i++) {
        struct sqli_arena arena;
        struct sqli_statement_tree *tree;
        struct sqli_buffer text;
        sqli__arena_init(&arena, ARENA);
        sqli__buffer_init(&text, 1000);
        for (const char *at = format; *at; at++)
            if (*at == '@')
                sqli__buffer_text(&text, words[i]);
            else
                sqli__buffer_byte(&text, (uint8_t)*at);
        if (sqli__parse(sqli__buffer_view(&text), &plain, &arena, &tree, NULL) != SQLI_OK)
            sqli__buffer_format(out, "%s,", words[i]);
        sqli__buffer_free(&text);
        sqli__arena_free(&arena);
    }
    sqli__buffer_byte(out, '\0');
}

struct word_case {
    const char *format;
    const char *reserved;
};

/* What no place but behind a point takes as a name. */
#define ALWAYS "AND,AS,BETWEEN,FROM,HAVING,IN,IS,LIKE,MATCHES,NOT,NULL,ON,OR,SELECT,WHERE,"

static void words_are_names(void **state)
{
    (void)state;
    static const struct word_case cases[] = {
        {"select t.@, @.x from t", ""},
        {"select @ from t", "ALL,AND,AS,BETWEEN,CASE,DISTINCT,FROM,HAVING,IN,IS,LIKE,MATCHES,NOT,"
                            "ON,OR,SELECT,UNIQUE,WHERE,"},
        {"select a as @ from t", ALWAYS},
        {"select a @ from t", "AND,AS,BETWEEN,FOR,FROM,HAVING,IN,INTO,IS,LIKE,MATCHES,NOT,NULL,ON,"
                              "OR,SELECT,WHERE,WITH,"},
        {"select 1 from @", ALWAYS},
        {"select 1 from t @", "AND,AS,BETWEEN,FOR,FROM,HAVING,IN,INTO,IS,JOIN,LIKE,MATCHES,NOT,"
                              "NULL,ON,OR,SELECT,WHERE,WITH,"},
        {"select 1 from t @ where @.a = 1 order by 1",
         "AND,AS,BETWEEN,FOR,FROM,HAVING,IN,INTO,IS,JOIN,LIKE,MATCHES,NOT,NULL,ON,OR,SELECT,WHERE,"
         "WITH,"},
        {"select a from t where @ = 1",
         "AND,AS,BETWEEN,FROM,HAVING,IN,IS,LIKE,MATCHES,NOT,ON,OR,SELECT,WHERE,"},
        {"select a from t where b = @ or c = 1",
         "ALL,AND,AS,BETWEEN,CASE,FROM,HAVING,IN,IS,LIKE,MATCHES,NOT,ON,OR,SELECT,WHERE,"},
        {"select a from t order by @",
         "AND,AS,BETWEEN,FROM,HAVING,IN,IS,LIKE,MATCHES,NOT,ON,OR,SELECT,WHERE,"},
        {"select @(1) from t", "AND,AS,BETWEEN,CASE,CAST,CURRENT,DATETIME,EXISTS,FROM,HAVING,IN,"
                               "INTERVAL,IS,LIKE,MATCHES,NULL,ON,OR,SELECT,WHERE,"},
        {"create table t (@ int)",
         "AND,AS,BETWEEN,CONSTRAINT,FROM,HAVING,IN,IS,LIKE,MATCHES,NOT,NULL,ON,OR,SELECT,WHERE,"},
        {"create table t (a int, @ char(3) not null)",
         "AND,AS,BETWEEN,CONSTRAINT,FROM,HAVING,IN,IS,LIKE,MATCHES,NOT,NULL,ON,OR,SELECT,WHERE,"},
        {"create table @ (a int)", "AND,AS,BETWEEN,DATETIME,FROM,HAVING,IN,INTERVAL,IS,LIKE,"
                                   "MATCHES,NOT,NULL,ON,OR,SELECT,WHERE,"},
        {"insert into t (@) values (1)",
         "AND,AS,BETWEEN,FROM,HAVING,IN,IS,LIKE,MATCHES,NOT,NULL,ON,OR,SELECT,WHERE,WITH,"},
        {"insert into @ values (1)", ALWAYS},
        {"update t set @ = 1", ALWAYS},
        {"update @ set a = 1", ALWAYS},
        {"create index @ on t (@, a)", ALWAYS},
        {"drop table @", ALWAYS},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sqli_buffer failing;
        sqli__buffer_init(&failing, 1 << 16);
        failing_words(cases[i].format, &failing);
        if (strcmp((char *)failing.data, cases[i].reserved) != 0)
            fail_msg("%s\n  does not go with %s\n  but should not with %s", cases[i].format,
                     (char *)failing.data, cases[i].reserved);
        sqli__buffer_free(&failing);
    }
}

/* --- expressions alone --- */

static void expressions_stand_alone(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *tree;
    } cases[] = {
        {"a > 1 and b in ('x', 'y')", "(and (> a 1) (in b 'x' 'y'))"},
        {"current year to second", "current<year to second>"},
        {"'x'", "'x'"},
        {" ( -1 ) ", "(- 1)"},
        {"exists (select 1)", "(exists {select 1})"},
        {"a >", NULL},
        {"a b", NULL},
        {"a;", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sqli_arena arena;
        struct sqli_expr *expr;
        struct sqli_error error;
        struct sqli_buffer got;
        sqli__arena_init(&arena, ARENA);
        sqli__buffer_init(&got, 1 << 16);
        enum sqli_status status =
            sqli__parse_expression(sqli__span_text(cases[i].text), &plain, &arena, &expr, &error);
        assert_int_equal(status, cases[i].tree ? SQLI_OK : SQLI_FAIL);
        if (expr)
            tree_print_expr(&got, expr);
        else
            assert_int_equal(error.code, SQLI_E_SYNTAX);
        sqli__buffer_byte(&got, '\0');
        assert_string_equal((char *)got.data, cases[i].tree ? cases[i].tree : "");
        sqli__buffer_free(&got);
        sqli__arena_free(&arena);
    }
}

/* Where nodes stand in the text is what error offsets are made of. */
static void nodes_know_their_place(void **state)
{
    (void)state;
    static const char text[] = "  a.b + ( c * max( d ) )::int";
    struct sqli_arena arena;
    struct sqli_expr *sum;
    sqli__arena_init(&arena, ARENA);
    assert_int_equal(sqli__parse_expression(sqli__span_text(text), &plain, &arena, &sum, NULL),
                     SQLI_OK);
    const struct sqli_expr *cast = sum->args->next;
    const struct sqli_expr *product = cast->args;
    const struct sqli_expr *call = product->args->next;
    assert_memory_equal(text + sum->at, "a.b + ( c * max( d ) )::int", sum->end - sum->at);
    assert_int_equal(sum->end, sizeof text - 1);
    assert_int_equal(cast->end, sizeof text - 1);
    assert_memory_equal(text + product->at, "c * max( d )", 12);
    assert_int_equal(product->end - product->at, 12);
    assert_memory_equal(text + call->at, "max( d )", 8);
    assert_int_equal(call->end - call->at, 8);
    assert_int_equal(sum->depth, 5);
    sqli__arena_free(&arena);
}

/* --- limits --- */

/* before, `count` times `part`, `middle`, `count` times `end_part`, behind */
static int32_t code_of(const char *before, const char *part, const char *middle,
                       const char *end_part, int count)
{
    struct sqli_arena arena;
    struct sqli_statement_tree *tree;
    struct sqli_error error;
    struct sqli_buffer text;
    sqli__arena_init(&arena, ARENA);
    sqli__buffer_init(&text, 1 << 24);
    sqli__error_clear(&error);
    sqli__buffer_text(&text, before);
    for (int i = 0; i < count; i++)
        sqli__buffer_text(&text, part);
    sqli__buffer_text(&text, middle);
    for (int i = 0; i < count; i++)
        sqli__buffer_text(&text, end_part);
    sqli__parse(sqli__buffer_view(&text), &plain, &arena, &tree, &error);
    sqli__buffer_free(&text);
    sqli__arena_free(&arena);
    return error.code;
}

static void depth_is_bounded_and_length_is_not(void **state)
{
    (void)state;
    static const struct {
        const char *before, *part, *middle, *end_part;
        int fits, does_not; /* 0: no number is too many */
    } cases[] = {
        {"select ", "(", "1", ")", 300, 100000},
        {"select a", " + 1", "", "", 398, 100000},
        {"select a", " || 'x'", "", "", 398, 100000},
        {"select a", "::int", "", "", 399, 100000},
        {"select ", "- ", "1", "", 399, 100000},
        {"select 1 where ", "not ", "a", "", 399, 100000},
        {"select ", "(select ", "1", ")", 100, 10000},
        {"select ", "f(", "1", ")", 200, 100000},
        {"select ", "case when 1=1 then ", "1", " end", 100, 10000},
        {"select 1", " union select 2", "", "", 200, 10000},
        {"select 1 from a", " cross join b", "", "", 499, 10000},
        {"select 1 from ", "(", "a", ")", 300, 100000},
        {"select a::", "set(", "int", " not null)", 100, 10000},
        {"select 1 where a = 1", " and a = 1", "", "", 50000, 0},
        {"select 1 where a = 1", " or a = 1 and b = 2", "", "", 20000, 0},
        {"select 1 where a in (1", ", 1", ")", "", 50000, 0},
        {"select a", ", a b", " from t", "", 30000, 0},
        {"select 1 from t", ", t", "", "", 30000, 0},
        {"insert into t values (?", ", ?", ")", "", 30000, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int32_t fits = code_of(cases[i].before, cases[i].part, cases[i].middle, cases[i].end_part,
                               cases[i].fits);
        if (fits != 0)
            fail_msg("%s%s ... %d times: %d", cases[i].before, cases[i].part, cases[i].fits, fits);
        if (cases[i].does_not)
            assert_int_equal(code_of(cases[i].before, cases[i].part, cases[i].middle,
                                     cases[i].end_part, cases[i].does_not),
                             SQLI_E_PARSE_STACK);
    }
}

/* One more than fits, for the limits that are exact. */
static void the_deepest_expression_has_four_hundred_levels(void **state)
{
    (void)state;
    assert_int_equal(code_of("select a", " + 1", "", "", 399), 0);
    assert_int_equal(code_of("select a", " + 1", "", "", 400), SQLI_E_PARSE_STACK);
    assert_int_equal(code_of("select 1 from a", " cross join b", "", "", 500), 0);
    assert_int_equal(code_of("select 1 from a", " cross join b", "", "", 501), SQLI_E_PARSE_STACK);
}

static void a_small_arena_is_said(void **state)
{
    (void)state;
    static const char text[] = "select a, b from t u where f(x) in (1, 2) group by 1 order by 2";
    struct sqli_arena arena;
    struct sqli_statement_tree *tree;
    struct sqli_error error;
    enum sqli_status status = SQLI_FAIL;
    size_t limit = 0;
    for (; status != SQLI_OK; limit += 16) {
        sqli__arena_init(&arena, limit);
        status = sqli__parse(sqli__span_text(text), &plain, &arena, &tree, &error);
        if (status != SQLI_OK) {
            assert_int_equal(error.code, SQLI_E_TOO_LARGE);
            assert_null(tree);
        }
        sqli__arena_free(&arena);
    }
    assert_in_range(limit, 1000, 10000);
}

/* --- broken text, and no memory --- */

/* Parses or fails with a place in the text; nothing else. */
static void check_sane(struct sqli_span text)
{
    struct sqli_arena arena;
    struct sqli_statement_tree *tree;
    struct sqli_error error;
    sqli__arena_init(&arena, ARENA);
    sqli__error_clear(&error);
    enum sqli_status status = sqli__parse(text, &plain, &arena, &tree, &error);
    if (status == SQLI_OK) {
        assert_non_null(tree);
        assert_int_not_equal(tree->kind, 0);
    } else {
        assert_int_equal(status, SQLI_FAIL);
        assert_int_not_equal(error.code, 0);
        assert_in_range(error.offset, 1, text.length + 1);
    }
    sqli__arena_free(&arena);
}

/* Copied to its exact size, so that a step over the end is seen. */
static void check_copy(const char *text, size_t length)
{
    char *copy = malloc(length ? length : 1);
    assert_non_null(copy);
    if (length)
        memcpy(copy, text, length);
    check_sane(sqli__span(copy, length));
    free(copy);
}

static void check_prefixes(const char *statement, const char *wanted)
{
    (void)wanted;
    for (size_t length = 0; length <= strlen(statement); length++)
        check_copy(statement, length);
}

static void any_beginning_is_sane(void **state)
{
    (void)state;
    each_statement(check_prefixes);
}

/* Without some tokens, with some twice, and with tokens of other statements between. */
static void check_mutations(const char *statement, const char *wanted)
{
    static uint64_t seed = 42;
    (void)wanted;
    struct sqli_span text = sqli__span_text(statement);
    for (int round = 0; round < 40; round++) {
        struct sqli_buffer mutated;
        struct sqli_tokenizer tokenizer;
        struct sqli_token token;
        sqli__buffer_init(&mutated, 1 << 16);
        sqli__tokenizer_init(&tokenizer, text, 0);
        while (sqli__tokenizer_next(&tokenizer, &token) != SQLI_TOKEN_END) {
            int64_t dice = support_random_between(&seed, 0, 19);
            if (dice != 0)
                sqli__buffer_span(&mutated, sqli__token_text(text, &token));
            if (dice == 1)
                sqli__buffer_span(&mutated, sqli__token_text(text, &token));
            if (dice == 2)
                sqli__buffer_format(&mutated, " %s ",
                                    words[support_random_between(&seed, 0, WORD_COUNT - 1)]);
        }
        check_copy((const char *)mutated.data, mutated.length);
        sqli__buffer_free(&mutated);
    }
}

static void broken_statements_are_sane(void **state)
{
    (void)state;
    each_statement(check_mutations);
}

static enum sqli_status parse_whole(void *context, struct sqli_error *error)
{
    struct sqli_arena arena;
    struct sqli_statement_tree *tree;
    sqli__arena_init(&arena, ARENA);
    enum sqli_status status = sqli__parse(sqli__span_text(context), &plain, &arena, &tree, error);
    sqli__arena_free(&arena);
    return status;
}

static void check_without_memory(const char *statement, const char *wanted)
{
    char copy[4096];
    if (strncmp(wanted, "error", 5) == 0)
        return;
    snprintf(copy, sizeof copy, "%s", statement);
    assert_in_range(support_fail_each_allocation(parse_whole, copy), 1, 1000);
}

static void no_memory_is_said(void **state)
{
    (void)state;
    each_statement(check_without_memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statements_give_their_trees),
        cmocka_unit_test(places_count_characters),
        cmocka_unit_test(quotes_make_names_by_option),
        cmocka_unit_test(words_are_names),
        cmocka_unit_test(expressions_stand_alone),
        cmocka_unit_test(nodes_know_their_place),
        cmocka_unit_test(depth_is_bounded_and_length_is_not),
        cmocka_unit_test(the_deepest_expression_has_four_hundred_levels),
        cmocka_unit_test(a_small_arena_is_said),
        cmocka_unit_test(any_beginning_is_sane),
        cmocka_unit_test(broken_statements_are_sane),
        cmocka_unit_test(no_memory_is_said),
    };
    return cmocka_run_group_tests_name("parse", tests, NULL, NULL);
}
