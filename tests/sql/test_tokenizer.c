#include "tests/support/support.h"

#include "sql/text.h"
#include "tests/sql/invariants.h"

#include <stdio.h>
#include <stdlib.h>

enum { D = SQLI_SQL_DELIMIDENT, N = SQLI_SQL_NAMED_PLACEHOLDERS };

struct kinds_case {
    const char *sql;
    unsigned options;
    const char *kinds; /* each token but the blanks as kind<text> */
};

static const char *short_name(enum sqli_token_kind kind)
{
    static const char *const names[SQLI_TOKEN_COUNT] = {
        [SQLI_TOKEN_BLANK] = "blank",
        [SQLI_TOKEN_COMMENT] = "comment",
        [SQLI_TOKEN_HINT] = "hint",
        [SQLI_TOKEN_IDENTIFIER] = "id",
        [SQLI_TOKEN_QUOTED_IDENTIFIER] = "qid",
        [SQLI_TOKEN_STRING] = "str",
        [SQLI_TOKEN_INTEGER] = "int",
        [SQLI_TOKEN_DECIMAL] = "dec",
        [SQLI_TOKEN_FLOAT] = "float",
        [SQLI_TOKEN_NUMBERED] = "numbered",
        [SQLI_TOKEN_NAMED] = "named",
        [SQLI_TOKEN_BAD_CHARACTER] = "bad",
        [SQLI_TOKEN_UNTERMINATED_STRING] = "open-str",
        [SQLI_TOKEN_UNTERMINATED_IDENTIFIER] = "open-qid",
        [SQLI_TOKEN_UNTERMINATED_COMMENT] = "open-comment",
    };
    return names[kind] ? names[kind] : "op";
}

static void describe(struct sqli_span sql, unsigned options, struct sqli_buffer *out)
{
    struct sqli_tokenizer tokenizer;
    struct sqli_token token;
    sqli__tokenizer_init(&tokenizer, sql, options);
    while (sqli__tokenizer_next(&tokenizer, &token) != SQLI_TOKEN_END) {
        if (token.kind == SQLI_TOKEN_BLANK)
            continue;
        if (out->length)
            sqli__buffer_byte(out, ' ');
        sqli__buffer_text(out, short_name(token.kind));
        sqli__buffer_byte(out, '<');
        sqli__buffer_span(out, sqli__token_text(sql, &token));
        sqli__buffer_byte(out, '>');
    }
    sqli__buffer_byte(out, '\0');
    assert_int_equal(out->failed, 0);
}

static void check_kinds(const struct kinds_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct sqli_buffer got;
        sqli__buffer_init(&got, 1 << 16);
        describe(sqli__span_text(cases[i].sql), cases[i].options, &got);
        if (strcmp((char *)got.data, cases[i].kinds) != 0)
            fail_msg("%s\n   got %s\nwanted %s", cases[i].sql, (char *)got.data, cases[i].kinds);
        sqli__buffer_free(&got);
    }
}

#define CHECK_KINDS(cases) check_kinds(cases, sizeof(cases) / sizeof(cases)[0])

static void comments_have_three_forms(void **state)
{
    (void)state;
    static const struct kinds_case cases[] = {
        {"a -- b\nc", 0, "id<a> comment<-- b> id<c>"},
        {"a--", 0, "id<a> comment<-->"},
        {"a /* b /* c */ d */", 0, "id<a> comment</* b /* c */> id<d> op<*> op</>"},
        {"/**/ /***/ /* ** / */x", 0, "comment</**/> comment</***/> comment</* ** / */> id<x>"},
        {"a { b { c } d }", 0, "id<a> comment<{ b { c }> id<d> op<}>"},
        {"{ it's } a -- it's\n/* it's */", 0,
         "comment<{ it's }> id<a> comment<-- it's> comment</* it's */>"},
        {"5 - -3 5--3", 0, "int<5> op<-> op<-> int<3> int<5> comment<--3>"},
        {"select --+ full(t)\n a", 0, "id<select> hint<--+ full(t)> id<a>"},
        {"select /*+ordered*/ {+ordered} a", 0,
         "id<select> hint</*+ordered*/> hint<{+ordered}> id<a>"},
        {"/* b", 0, "open-comment</* b>"},
        {"/*/", 0, "open-comment</*/>"},
        {"/* b *", 0, "open-comment</* b *>"},
        {"a { b", 0, "id<a> open-comment<{ b>"},
        {"{", 0, "open-comment<{>"},
    };
    CHECK_KINDS(cases);
}

static void a_brace_behind_a_collection_word_opens_a_literal(void **state)
{
    (void)state;
    static const struct kinds_case cases[] = {
        {"SET{1,2}", 0, "id<SET> op<{> int<1> op<,> int<2> op<}>"},
        {"multiset {1}", 0, "id<multiset> op<{> int<1> op<}>"},
        {"List -- x\n /* y */ {?}", 0, "id<List> comment<-- x> comment</* y */> op<{> op<?> op<}>"},
        {"SET{SET{1}, {2}}", 0,
         "id<SET> op<{> id<SET> op<{> int<1> op<}> op<,> comment<{2}> op<}>"},
        {"SET{+1}", 0, "id<SET> op<{> op<+> int<1> op<}>"},
        {"SET(1){c}", 0, "id<SET> op<(> int<1> op<)> comment<{c}>"},
        {"ROW{c}", 0, "id<ROW> comment<{c}>"},
        {"reset{c} setx{c} \xc3\xa9set{c}", 0,
         "id<reset> comment<{c}> id<setx> comment<{c}> id<\xc3\xa9set> comment<{c}>"},
        {"'set'{c} \"set\"{c}", D, "str<'set'> comment<{c}> qid<\"set\"> comment<{c}>"},
    };
    CHECK_KINDS(cases);
}

static void quotes_are_doubled_inside_and_backslashes_are_ordinary(void **state)
{
    (void)state;
    static const struct kinds_case cases[] = {
        {"'a\\' b", 0, "str<'a\\'> id<b>"},
        {"'it''s' '' ''''", 0, "str<'it''s'> str<''> str<''''>"},
        {"'a\nb'", 0, "str<'a\nb'>"},
        {"'a\"b' \"a'b\"", 0, "str<'a\"b'> str<\"a'b\">"},
        {"'-- {' '/*'", 0, "str<'-- {'> str<'/*'>"},
        {"'a", 0, "open-str<'a>"},
        {"'a''", 0, "open-str<'a''>"},
        {"'a''b", 0, "open-str<'a''b>"},
        {"'", 0, "open-str<'>"},
        {"\"a", 0, "open-str<\"a>"},
        {"\"a", D, "open-qid<\"a>"},
        {"\"a\"\"b\" c", D, "qid<\"a\"\"b\"> id<c>"},
    };
    CHECK_KINDS(cases);
}

static void double_quotes_are_names_by_option_or_before_a_dot(void **state)
{
    (void)state;
    static const struct kinds_case cases[] = {
        {"\"a\"", 0, "str<\"a\">"},
        {"\"a\"", D, "qid<\"a\">"},
        {"\"informix\".systables", 0, "qid<\"informix\"> op<.> id<systables>"},
        {"\"informix\" \n . systables", 0, "qid<\"informix\"> op<.> id<systables>"},
        {"db:\"o\".t", 0, "id<db> op<:> qid<\"o\"> op<.> id<t>"},
        {"\"a\" b.c", 0, "str<\"a\"> id<b> op<.> id<c>"},
        {"'o'.t", 0, "str<'o'> op<.> id<t>"},
        {"\"o\".5", 0, "qid<\"o\"> op<.> int<5>"},
    };
    CHECK_KINDS(cases);
}

static void numbers(void **state)
{
    (void)state;
    static const struct kinds_case cases[] = {
        {"1 1.5 .5 5. 007", 0, "int<1> dec<1.5> dec<.5> dec<5.> int<007>"},
        {"1e5 1.5E-3 .5e+2 5.e1", 0, "float<1e5> float<1.5E-3> float<.5e+2> float<5.e1>"},
        {"1e 1e+ 1.e", 0, "int<1> id<e> int<1> id<e> op<+> dec<1.> id<e>"},
        {"1..2", 0, "int<1> op<.> op<.> int<2>"},
        {"t.1", 0, "id<t> op<.> int<1>"},
        {"t .1", 0, "id<t> dec<.1>"},
        {"t.1.5", 0, "id<t> op<.> dec<1.5>"},
        {"\"t\".1e5", D, "qid<\"t\"> op<.> float<1e5>"},
        {"1.2.3", 0, "dec<1.2> dec<.3>"},
        {"(.5)+.5", 0, "op<(> dec<.5> op<)> op<+> dec<.5>"},
        {"-1234.56::DECIMAL(10,2)", 0,
         "op<-> dec<1234.56> op<::> id<DECIMAL> op<(> int<10> op<,> int<2> op<)>"},
        {"7 12:00:00.5", 0, "int<7> int<12> op<:> int<00> op<:> dec<00.5>"},
        {"2026-08-31", 0, "int<2026> op<-> int<08> op<-> int<31>"},
        {"12345678901234567890123456789012345", 0, "int<12345678901234567890123456789012345>"},
    };
    CHECK_KINDS(cases);
}

static void names_hold_letters_digits_underscore_dollar_and_high_bytes(void **state)
{
    (void)state;
    static const struct kinds_case cases[] = {
        {"a_1$b _x", 0, "id<a_1$b> id<_x>"},
        {"stra\303\237e \xe9t\xe9 a\xff", 0, "id<stra\303\237e> id<\xe9t\xe9> id<a\xff>"},
        {"1a", 0, "int<1> id<a>"},
        {"$a", 0, "bad<$> id<a>"},
        {"db@server:owner.table", 0, "id<db> op<@> id<server> op<:> id<owner> op<.> id<table>"},
        {"a#`~\\!b", 0, "id<a> bad<#> bad<`> bad<~> bad<\\> bad<!> id<b>"},
        {"\x01\x7f", 0, "bad<\x01> bad<\x7f>"},
    };
    CHECK_KINDS(cases);
}

static void a_colon_starts_a_placeholder_only_where_it_may(void **state)
{
    (void)state;
    static const struct kinds_case cases[] = {
        {":1", N, "numbered<:1>"},
        {":1", 0, "op<:> int<1>"},
        {"a = :name", 0, "id<a> op<=> op<:> id<name>"},
        {"a = :name", N, "id<a> op<=> named<:name>"},
        {"(:a,:\xc3\xa9,:_b$1)", N,
         "op<(> named<:a> op<,> named<:\xc3\xa9> op<,> named<:_b$1> op<)>"},
        {"db:table _:a $:a", N, "id<db> op<:> id<table> id<_> op<:> id<a> bad<$> op<:> id<a>"},
        {"\xe9:a", N, "id<\xe9> op<:> id<a>"},
        {"10:30", N, "int<10> op<:> int<30>"},
        {"x::type", N, "id<x> op<::> id<type>"},
        {"x:::type", N, "id<x> op<::> op<:> id<type>"},
        {"'x':y \"x\":y", N, "str<'x'> op<:> id<y> str<\"x\"> op<:> id<y>"},
        {":a::int", N, "named<:a> op<::> id<int>"},
        {":a:b :1:2", N, "named<:a> op<:> id<b> numbered<:1> op<:> int<2>"},
        {"/**/:a", N, "comment</**/> named<:a>"},
        {": a :", N, "op<:> id<a> op<:>"},
        {"'10:30 http://h:80/ :1' {:1} --:1", N,
         "str<'10:30 http://h:80/ :1'> comment<{:1}> comment<--:1>"},
        {"?::INT ?", N, "op<?> op<::> id<INT> op<?>"},
    };
    CHECK_KINDS(cases);
}

static void operators_are_as_long_as_they_can_be(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum sqli_token_kind kind;
    } cases[] = {
        {"=", SQLI_TOKEN_EQUAL},
        {"==", SQLI_TOKEN_EQUAL_EQUAL},
        {"<>", SQLI_TOKEN_NOT_EQUAL},
        {"!=", SQLI_TOKEN_BANG_EQUAL},
        {"<", SQLI_TOKEN_LESS},
        {"<=", SQLI_TOKEN_LESS_EQUAL},
        {">", SQLI_TOKEN_GREATER},
        {">=", SQLI_TOKEN_GREATER_EQUAL},
        {"+", SQLI_TOKEN_PLUS},
        {"-", SQLI_TOKEN_MINUS},
        {"*", SQLI_TOKEN_STAR},
        {"/", SQLI_TOKEN_SLASH},
        {"||", SQLI_TOKEN_CONCAT},
        {"|", SQLI_TOKEN_BAR},
        {"(", SQLI_TOKEN_OPEN_PARENTHESIS},
        {")", SQLI_TOKEN_CLOSE_PARENTHESIS},
        {"[", SQLI_TOKEN_OPEN_BRACKET},
        {"]", SQLI_TOKEN_CLOSE_BRACKET},
        {"}", SQLI_TOKEN_CLOSE_BRACE},
        {",", SQLI_TOKEN_COMMA},
        {".", SQLI_TOKEN_DOT},
        {";", SQLI_TOKEN_SEMICOLON},
        {":", SQLI_TOKEN_COLON},
        {"::", SQLI_TOKEN_CAST},
        {"@", SQLI_TOKEN_AT},
        {"^", SQLI_TOKEN_CARET},
        {"%", SQLI_TOKEN_PERCENT},
        {"&", SQLI_TOKEN_AMPERSAND},
        {"?", SQLI_TOKEN_QUESTION},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sqli_tokenizer tokenizer;
        struct sqli_token token;
        sqli__tokenizer_init(&tokenizer, sqli__span_text(cases[i].text), 0);
        assert_int_equal(sqli__tokenizer_next(&tokenizer, &token), cases[i].kind);
        assert_int_equal(token.length, strlen(cases[i].text));
        assert_string_equal(sqli__token_name(token.kind), cases[i].text);
    }
}

static void a_nul_is_a_bad_character_and_no_end(void **state)
{
    (void)state;
    static const char text[] = "a\0b '\0' {\0}\0";
    struct sqli_buffer got;
    sqli__buffer_init(&got, 1000);
    describe(sqli__span(text, sizeof text - 1), 0, &got);
    static const char wanted[] = "id<a> bad<\0> id<b> str<'\0'> comment<{\0}> bad<\0>";
    assert_int_equal(got.length, sizeof wanted);
    assert_memory_equal(got.data, wanted, sizeof wanted);
    sqli__buffer_free(&got);
}

static void positions_count_characters(void **state)
{
    (void)state;
    static const struct {
        const char *sql; /* the position asked for is that of the `x` */
        unsigned options;
        size_t line, column, position;
    } cases[] = {
        {"x", 0, 1, 1, 1},
        {"a x", 0, 1, 3, 3},
        {"a\nx", 0, 2, 1, 3},
        {"a\r\n  x", 0, 2, 3, 6},
        {"'a\n\nb' x", 0, 3, 4, 8},
        {"/*\n*/{\n}x", 0, 3, 2, 9},
        {"\xc3\xa9t\xc3\xa9 x", 0, 1, 5, 5},
        {"\xc3\xa9t\xc3\xa9 x", SQLI_SQL_SINGLE_BYTE, 1, 7, 5},
        {"'\xe2\x82\xac' x", 0, 1, 5, 5},
        {"-- \xf0\x9f\x98\x80\n\xf0\x9f\x98\x80 x", 0, 2, 3, 8},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sqli_span sql = sqli__span_text(cases[i].sql);
        struct sqli_tokenizer tokenizer;
        struct sqli_token token;
        sqli__tokenizer_init(&tokenizer, sql, cases[i].options);
        while (sqli__tokenizer_next(&tokenizer, &token) && sql.data[token.offset] != 'x')
            continue;
        assert_int_equal(token.line, cases[i].line);
        assert_int_equal(token.column, cases[i].column);
        assert_int_equal(sqli__sql_character_offset(sql, token.offset), cases[i].position);
    }
    assert_int_equal(sqli__sql_character_offset(sqli__span_text("ab"), 99), 3);
    assert_int_equal(sqli__sql_character_offset(sqli__span(NULL, 0), 0), 1);
}

static void every_keyword_is_found_in_either_case(void **state)
{
    (void)state;
    for (int i = 1; i < SQLI_KEYWORDS_END; i++) {
        const char *text = sqli__keyword_text((enum sqli_keyword)i);
        struct sqli_span word = sqli__span_text(text);
        char small[64];
        assert_int_equal(sqli__keyword_find(word), i);
        sqli__sql_fold(word, small);
        assert_int_equal(sqli__keyword_find(sqli__span(small, word.length)), i);
        assert_true(i == 1 || strcmp(sqli__keyword_text((enum sqli_keyword)(i - 1)), text) < 0);
    }
    assert_string_equal(sqli__keyword_text(SQLI_NO_KEYWORD), "");
    assert_string_equal(sqli__keyword_text(SQLI_KEYWORDS_END), "");
}

static void other_words_are_no_keywords(void **state)
{
    (void)state;
    static const char *const words[] = {
        "",
        "s",
        "selec",
        "selects",
        "select_",
        "se1ect",
        "SELECT$",
        "5ELECT",
        "tabname",
        "systables",
        "customer",
        "sElecT\xe9",
        "{elect",
        "select1",
        "row-cnt",
        "row\177count",
        "a_very_long_identifier_that_no_keyword_can_be_as_long_as",
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (sqli__keyword_find(sqli__span_text(words[i])) != SQLI_NO_KEYWORD)
            fail_msg("%s", words[i]);
    assert_int_equal(sqli__keyword_find(sqli__span_text("sElecT")), SQLI_KEYWORD_SELECT);
}

static void a_keyword_with_a_letter_more_or_less_is_another_word(void **state)
{
    (void)state;
    for (int i = 1; i < SQLI_KEYWORDS_END; i++) {
        char word[64];
        size_t length = strlen(sqli__keyword_text((enum sqli_keyword)i));
        memcpy(word, sqli__keyword_text((enum sqli_keyword)i), length);
        for (int last = ' '; last < 127; last++) {
            word[length] = (char)last;
            for (size_t kept = length - 1; kept <= length + 1; kept += 2) {
                enum sqli_keyword found = sqli__keyword_find(sqli__span(word, kept));
                assert_true(found == SQLI_NO_KEYWORD || strlen(sqli__keyword_text(found)) == kept);
            }
        }
    }
}

static void names_fold_and_quotes_come_off(void **state)
{
    (void)state;
    char out[64];
    sqli__sql_fold(sqli__span_text("Config_KEY\xc3\x89"), out);
    assert_memory_equal(out, "config_key\xc3\x89", 12);
    static const struct {
        const char *token, *content;
    } cases[] = {
        {"'abc'", "abc"},  {"''", ""},         {"'it''s'", "it's"},
        {"''''", "'"},     {"'a\"b'", "a\"b"}, {"\"a\"\"b\"", "a\"b"},
        {"'open", "open"}, {"'", ""},          {"'open''", "open'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t length = sqli__sql_unquote(sqli__span_text(cases[i].token), out);
        out[length] = '\0';
        assert_string_equal(out, cases[i].content);
    }
}

static void the_verb_is_the_first_word(void **state)
{
    (void)state;
    static const struct {
        const char *sql;
        enum sqli_keyword verb;
    } cases[] = {
        {"select 1", SQLI_KEYWORD_SELECT},
        {" -- x\n /* y */ { z } INSERT", SQLI_KEYWORD_INSERT},
        {"((select 1) union (select 2))", SQLI_KEYWORD_SELECT},
        {"( {c} (\nSelect", SQLI_KEYWORD_SELECT},
        {"with c as (select 1)", SQLI_KEYWORD_WITH},
        {"begin work", SQLI_KEYWORD_BEGIN},
        {"execute function f()", SQLI_KEYWORD_EXECUTE},
        {"selecting", SQLI_KEYWORD_SELECTING},
        {"nonsense select", SQLI_NO_KEYWORD},
        {"", SQLI_NO_KEYWORD},
        {"'select'", SQLI_NO_KEYWORD},
        {"; select", SQLI_NO_KEYWORD},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(sqli__sql_verb(sqli__span_text(cases[i].sql)), cases[i].verb);
}

/* A copy without a spare byte behind it, so that a look past the end is seen. */
static void check_invariants(const uint8_t *data, size_t length)
{
    uint8_t *copy = malloc(length ? length : 1);
    assert_non_null(copy);
    memcpy(copy, data, length);
    for (unsigned options = 0; options < 8; options++) {
        const char *broken = sql_broken(sqli__span(copy, length), options);
        if (broken)
            fail_msg("%s: %s (options %u)", broken, support_hex(sqli__span(copy, length)), options);
    }
    free(copy);
}

static const char everything[] =
    "CREATE FUNCTION \"me\".f(n INT) RETURNING INT;\n IF n = :n THEN RETURN n*2; END IF;\n"
    "END FUNCTION DOCUMENT 'it''s', \"x\" WITH LISTING IN 'f';\n"
    "select {+ordered} t.a[1,2], 1..2, .5e-3, 5., x::int, \xc3\xa9.1 -- caf\xc3\xa9\r\n"
    "from db@srv:\"o\" . t /* * ** / \n*/ where a<>? and b!=:1 or c||'\xe2\x82\xac' >= ?;"
    "insert into t values (SET{1, SET{2}}, 10:30, 'a\\', {c} \"q\"\"\")";

static void any_beginning_of_a_text_holds_the_invariants(void **state)
{
    (void)state;
    for (size_t length = 0; length < sizeof everything; length++)
        check_invariants((const uint8_t *)everything, length);
    for (size_t from = 0; from < sizeof everything; from++)
        check_invariants((const uint8_t *)everything + from, sizeof everything - from);
}

/* What comes later changes no token but the last few. */
static void tokens_do_not_depend_on_what_is_far_behind(void **state)
{
    (void)state;
    enum { LOOKAHEAD = 3 };
    struct sqli_tokenizer whole, part;
    struct sqli_token a, b;
    for (size_t length = LOOKAHEAD; length < sizeof everything; length++) {
        sqli__tokenizer_init(&whole, sqli__span(everything, sizeof everything - 1), 0);
        sqli__tokenizer_init(&part, sqli__span(everything, length), 0);
        while (sqli__tokenizer_next(&whole, &a) && a.offset + a.length + LOOKAHEAD <= length) {
            assert_int_equal(sqli__tokenizer_next(&part, &b), a.kind);
            assert_int_equal(b.length, a.length);
        }
    }
}

static void no_text_at_all(void **state)
{
    (void)state;
    for (unsigned options = 0; options < 8; options++)
        assert_null(sql_broken(sqli__span(NULL, 0), options));
}

static void random_bytes_hold_the_invariants(void **state)
{
    (void)state;
    static const char alphabet[] = "'\"{}/*-+.;: \n?a1eESET\xc3\xa9\0(";
    uint64_t seed = 1;
    for (int round = 0; round < 20000; round++) {
        uint8_t bytes[48];
        size_t length = (size_t)support_random_between(&seed, 0, sizeof bytes);
        for (size_t i = 0; i < length; i++)
            bytes[i] = round % 4 == 0
                           ? (uint8_t)support_random(&seed)
                           : (uint8_t)alphabet[support_random(&seed) % (sizeof alphabet - 1)];
        check_invariants(bytes, length);
    }
}

static void any_bytes_in_any_place(void **state)
{
    (void)state;
    static const char text[] = "a.\"b\" '1' {c} -- d\n/* e */ :f 1.5";
    for (size_t at = 0; at < sizeof text - 1; at++)
        for (unsigned byte = 0; byte < 256; byte++) {
            uint8_t bytes[sizeof text - 1];
            memcpy(bytes, text, sizeof bytes);
            bytes[at] = (uint8_t)byte;
            check_invariants(bytes, sizeof bytes);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comments_have_three_forms),
        cmocka_unit_test(a_brace_behind_a_collection_word_opens_a_literal),
        cmocka_unit_test(quotes_are_doubled_inside_and_backslashes_are_ordinary),
        cmocka_unit_test(double_quotes_are_names_by_option_or_before_a_dot),
        cmocka_unit_test(numbers),
        cmocka_unit_test(names_hold_letters_digits_underscore_dollar_and_high_bytes),
        cmocka_unit_test(a_colon_starts_a_placeholder_only_where_it_may),
        cmocka_unit_test(operators_are_as_long_as_they_can_be),
        cmocka_unit_test(a_nul_is_a_bad_character_and_no_end),
        cmocka_unit_test(positions_count_characters),
        cmocka_unit_test(every_keyword_is_found_in_either_case),
        cmocka_unit_test(other_words_are_no_keywords),
        cmocka_unit_test(a_keyword_with_a_letter_more_or_less_is_another_word),
        cmocka_unit_test(names_fold_and_quotes_come_off),
        cmocka_unit_test(the_verb_is_the_first_word),
        cmocka_unit_test(any_beginning_of_a_text_holds_the_invariants),
        cmocka_unit_test(tokens_do_not_depend_on_what_is_far_behind),
        cmocka_unit_test(no_text_at_all),
        cmocka_unit_test(random_bytes_hold_the_invariants),
        cmocka_unit_test(any_bytes_in_any_place),
    };
    return cmocka_run_group_tests_name("tokenizer", tests, NULL, NULL);
}
