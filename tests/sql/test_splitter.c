#include "tests/support/support.h"

#include "sql/splitter.h"

#include <stdlib.h>

/* What the pieces of a text look like: each statement in brackets; behind an incomplete one a word
 * for what is open. */
static const char *const open_names[] = {
    [SQLI_OPEN_NOTHING] = "",
    [SQLI_OPEN_STATEMENT] = "statement",
    [SQLI_OPEN_ROUTINE] = "routine",
    [SQLI_OPEN_STRING] = "string",
    [SQLI_OPEN_IDENTIFIER] = "identifier",
    [SQLI_OPEN_COMMENT] = "comment",
};

static void describe(struct sqli_span text, unsigned options, struct sqli_buffer *out)
{
    struct sqli_splitter splitter;
    struct sqli_piece piece;
    sqli__splitter_init(&splitter, text, options);
    while (sqli__splitter_next(&splitter, &piece) != SQLI_PIECE_NOTHING) {
        sqli__buffer_byte(out, '[');
        sqli__buffer_span(out, sqli__piece_text(text, &piece));
        sqli__buffer_byte(out, ']');
        sqli__buffer_text(out, open_names[piece.open]);
    }
    sqli__buffer_byte(out, '\0');
}

struct split_case {
    const char *text;
    const char *pieces;
    unsigned options;
};

static void check_split(const struct split_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct sqli_buffer got;
        sqli__buffer_init(&got, 1 << 16);
        describe(sqli__span_text(cases[i].text), cases[i].options, &got);
        assert_string_equal((char *)got.data, cases[i].pieces);
        sqli__buffer_free(&got);
    }
}

#define CHECK_SPLIT(cases) check_split(cases, sizeof(cases) / sizeof(cases)[0])

static void statements_end_at_semicolons(void **state)
{
    (void)state;
    static const struct split_case cases[] = {
        {"select 1; select 2;", "[select 1][select 2]", 0},
        {"  select 1 ;\n\n-- done\n", "[select 1]", 0},
        {";;  ; select 1;;;", "[select 1]", 0},
        {"-- first\n{ it's; } /* one; */ select 1 -- why\n;", "[select 1]", 0},
        {"select ';' from t; select \"a;b\"; x", "[select ';' from t][select \"a;b\"][x]statement",
         0},
        {"select \";\" from t; y;", "[select \";\" from t][y]", SQLI_SQL_DELIMIDENT},
        {"insert into t values (SET{1,2}); x;", "[insert into t values (SET{1,2})][x]", 0},
        {"\xef\xbb\xbfselect 1;", "[select 1]", 0},
        {"", "", 0},
        {" \n -- nothing\n", "", 0},
        {"\xef\xbb\xbf", "", 0},
    };
    CHECK_SPLIT(cases);
}

static void what_is_open_is_told(void **state)
{
    (void)state;
    static const struct split_case cases[] = {
        {"select 1", "[select 1]statement", 0},
        {"a; select 1 -- ;\n", "[a][select 1]statement", 0},
        {"select 'abc;\n", "[select 'abc;\n]string", 0},
        {"select \"abc;", "[select \"abc;]string", 0},
        {"select \"abc;", "[select \"abc;]identifier", SQLI_SQL_DELIMIDENT},
        {"select 1 /* ;", "[select 1 /* ;]comment", 0},
        {"{ select 1;", "[{ select 1;]comment", 0},
        {"create procedure p() let x = 1;", "[create procedure p() let x = 1;]routine", 0},
        {"create procedure p() let x = ';", "[create procedure p() let x = ';]string", 0},
        {"create procedure p() end", "[create procedure p() end]routine", 0},
        {"create procedure p() end procedure", "[create procedure p() end procedure]statement", 0},
        {"create procedure", "[create procedure]statement", 0},
    };
    CHECK_SPLIT(cases);
}

/* Each is one statement; the tests put others before and behind. */
static const char *const routines[] = {
    "CREATE FUNCTION f(n INT) RETURNING INT; RETURN n * 2; END FUNCTION",
    "CREATE FUNCTION f(n INT) RETURNING INT WITH (NOT VARIANT); RETURN n; END FUNCTION",
    "create procedure \"me\".p() end procedure",
    "CREATE OR REPLACE DBA PROCEDURE IF NOT EXISTS p(a INT DEFAULT 5)\n"
    "  DEFINE x INT; LET x = a;\nEND PROCEDURE\nDOCUMENT 'a; b', \"c;\"\n"
    "WITH LISTING IN '/x/y;z'",
    "create dba function f() returning int; return 1; end function",
    "create /* a; */ procedure {b;} p() -- ;\n begin end; end /* x */ procedure",
    "CREATE PROCEDURE p()\n"
    " DEFINE GLOBAL i INT DEFAULT 1;\n"
    " ON EXCEPTION IN (-206) SET a, b, c; LET i = 0; END EXCEPTION WITH RESUME;\n"
    " IF i = 1 THEN LET i = 2; ELIF i = 3 THEN LET i = 4; ELSE LET i = 5; END IF;\n"
    " WHILE i < 3 LET i = i + 1; END WHILE;\n"
    " FOREACH c FOR SELECT a INTO i FROM t; RETURN i WITH RESUME; END FOREACH;\n"
    " FOR i = 1 TO 10 CONTINUE FOR; END FOR;\n"
    " LOOP EXIT LOOP WHEN i > 1; END LOOP;\n"
    " <<outer>> BEGIN LET i = 1; END\n"
    " BEGIN BEGIN LET i = 1; END; END;\n"
    " CASE i WHEN 1 THEN LET i = 2; ELSE LET i = 3; END CASE;\n"
    " LET i = CASE WHEN i = 1 THEN 2 ELSE 3 END;\n"
    " UPDATE t SET a = (SELECT CASE a WHEN 1 THEN 2 END FROM u);\n"
    " EXECUTE IMMEDIATE 'create procedure q() end procedure;';\n"
    " EXECUTE PROCEDURE q(); CALL f() RETURNING i; SELECT x FROM procedure;\n"
    " TRACE ON; RAISE EXCEPTION -746, 0, 'end procedure;';\n"
    "END PROCEDURE",
    "create function f() returning int; begin return 1; end end function",
    "create procedure p() insert into external values (1); end procedure",
    "create procedure p() delete from external end procedure",
};

static const char *const plain[] = {
    "CREATE FUNCTION f(INT) RETURNS INT EXTERNAL NAME '/usr/lib/f.so(f;g)' LANGUAGE C",
    "CREATE FUNCTION f(INT) RETURNS INT WITH (NOT VARIANT) EXTERNAL NAME 'x' LANGUAGE C END "
    "FUNCTION",
    "CREATE PROCEDURE FROM 'p.sql'",
    "create function from \"f.sql\"",
    "CREATE TRIGGER g UPDATE OF a ON t REFERENCING OLD AS o NEW AS n FOR EACH ROW WHEN (o.a > 1)\n"
    "  (EXECUTE PROCEDURE p(o.a), INSERT INTO l VALUES (n.a))",
    "CREATE SCHEMA AUTHORIZATION me CREATE TABLE a (b INT) CREATE VIEW v AS SELECT b FROM a",
    "GRANT EXECUTE ON PROCEDURE p TO public",
    "DROP FUNCTION f",
    "EXECUTE FUNCTION f(21)",
    "create table procedure (function int)",
    "create view v as select procedure from t",
    "BEGIN WORK",
    "begin",
    "(select 1) union (select 2)",
};

static void check_one(const char *statement)
{
    struct sqli_buffer text, wanted, got;
    sqli__buffer_init(&text, 1 << 16);
    sqli__buffer_init(&wanted, 1 << 16);
    sqli__buffer_init(&got, 1 << 16);
    sqli__buffer_format(&text, "select 1;\n %s ; -- that was it\nselect 2;", statement);
    sqli__buffer_format(&wanted, "[select 1][%s][select 2]", statement);
    sqli__buffer_byte(&wanted, '\0');
    describe(sqli__buffer_view(&text), 0, &got);
    assert_string_equal((char *)got.data, (char *)wanted.data);
    sqli__buffer_free(&text);
    sqli__buffer_free(&wanted);
    sqli__buffer_free(&got);
}

static void a_routine_is_one_statement(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof routines / sizeof routines[0]; i++)
        check_one(routines[i]);
}

static void what_only_looks_like_a_routine_ends_at_its_semicolon(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
        check_one(plain[i]);
}

/* A shell sees a routine grow line by line; it is whole with the last `;` and not before. */
static void a_routine_is_incomplete_up_to_its_last_byte(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof routines / sizeof routines[0]; i++)
        for (size_t length = 1; length <= strlen(routines[i]); length++) {
            struct sqli_splitter splitter;
            struct sqli_piece piece;
            sqli__splitter_init(&splitter, sqli__span(routines[i], length), 0);
            assert_int_equal(sqli__splitter_next(&splitter, &piece), SQLI_PIECE_INCOMPLETE);
            assert_int_equal(sqli__splitter_next(&splitter, &piece), SQLI_PIECE_NOTHING);
        }
}

static void a_piece_tells_its_place_and_verb(void **state)
{
    (void)state;
    struct sqli_splitter splitter;
    struct sqli_piece piece;
    struct sqli_span text = sqli__span_text("select 1;\n-- x\n  ((Select 2)) ; nonsense;\n");
    static const struct {
        enum sqli_piece_kind kind;
        enum sqli_keyword verb;
        size_t begin, end, offset, length, line, column;
    } wanted[] = {
        {SQLI_PIECE_STATEMENT, SQLI_KEYWORD_SELECT, 0, 9, 0, 8, 1, 1},
        {SQLI_PIECE_STATEMENT, SQLI_KEYWORD_SELECT, 9, 31, 17, 12, 3, 3},
        {SQLI_PIECE_STATEMENT, SQLI_NO_KEYWORD, 31, 41, 32, 8, 3, 18},
        {SQLI_PIECE_NOTHING, SQLI_NO_KEYWORD, 41, 42, 0, 0, 0, 0},
        {SQLI_PIECE_NOTHING, SQLI_NO_KEYWORD, 42, 42, 0, 0, 0, 0},
    };
    sqli__splitter_init(&splitter, text, 0);
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        assert_int_equal(sqli__splitter_next(&splitter, &piece), wanted[i].kind);
        assert_int_equal(piece.verb, wanted[i].verb);
        assert_int_equal(piece.begin, wanted[i].begin);
        assert_int_equal(piece.end, wanted[i].end);
        assert_int_equal(piece.offset, wanted[i].offset);
        assert_int_equal(piece.length, wanted[i].length);
        assert_int_equal(piece.line, wanted[i].line);
        assert_int_equal(piece.column, wanted[i].column);
    }
}

static void no_text_at_all(void **state)
{
    (void)state;
    struct sqli_splitter splitter;
    struct sqli_piece piece;
    sqli__splitter_init(&splitter, sqli__span(NULL, 0), 0);
    assert_int_equal(sqli__splitter_next(&splitter, &piece), SQLI_PIECE_NOTHING);
    assert_int_equal(sqli__piece_text(sqli__span(NULL, 0), &piece).length, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statements_end_at_semicolons),
        cmocka_unit_test(what_is_open_is_told),
        cmocka_unit_test(a_routine_is_one_statement),
        cmocka_unit_test(what_only_looks_like_a_routine_ends_at_its_semicolon),
        cmocka_unit_test(a_routine_is_incomplete_up_to_its_last_byte),
        cmocka_unit_test(a_piece_tells_its_place_and_verb),
        cmocka_unit_test(no_text_at_all),
    };
    return cmocka_run_group_tests_name("splitter", tests, NULL, NULL);
}
