/* Rows and collections. */
#include "tests/store/functions.h"

#define PERSON "'ROW(name varchar(20), age integer)'"

static void making(void **state)
{
    static const struct function_case cases[] = {
        {"x_row('Alice', '30', " PERSON ")", "ROW('Alice',30)"},
        {"x_row('O''Hara', NULL, " PERSON ")", "ROW('O''Hara',NULL)"},
        {"x_row('Alice', '30', 'x', " PERSON ")", "!-9989"},
        {"x_row('Alice', 'x', " PERSON ")", "!-1213"},
        {"x_collection('1', '2', '1', 'SET(integer not null)')", "SET{1,2}"},
        {"x_collection('1', '2', '1', 'MULTISET(integer not null)')", "MULTISET{1,2,1}"},
        {"x_collection('b', 'a', 'LIST(char(2) not null)')", "LIST{'b ','a '}"},
        {"x_collection('SET(integer)')", "SET{}"},
        {"x_collection(NULL, 'SET(integer not null)')", "!-9978"},
        {"x_collection('1', 'integer')", "!-9940"},
        {"x_collection('ROW(''a'',1)', 'LIST("
         "ROW(s varchar(5), n integer) not null)')",
         "LIST{ROW('a',1)}"},
        {"x_collection('1.50', '1.5', 'SET(decimal(5,2) not null)')", "SET{1.50}"},
    };
    FUNCTIONS_CHECK(*state, cases);
}

static void taking(void **state)
{
    static const struct function_case cases[] = {
        {"x_field('ROW(''Alice'',30)', 1, " PERSON ")", "Alice"},
        {"x_field('ROW(''Alice'',30         )', 2, " PERSON ")", "30"},
        {"x_field('ROW(NULL,30)', 1, " PERSON ")", "NULL"},
        {"x_field(NULL, 1, " PERSON ")", "NULL"},
        {"x_field('ROW(''Alice'',30)', 3, " PERSON ")", "!-9950"},
        {"x_field('ROW(1.5)', 1, 'ROW(d decimal(5,2))')", "X'C10132'"},
        {"x_field('ROW(SET{2,1})', 1, 'ROW(s set(integer not null))')", "SET{2,1}"},
        {"x_in_collection('2', 'SET{1,2,3}', 'SET(integer not null)')", "1"},
        {"x_in_collection('02', 'SET{1,2,3}', 'SET(integer not null)')", "1"},
        {"x_in_collection('4', 'SET{1,2,3}', 'SET(integer not null)')", "0"},
        {"x_in_collection('a', 'LIST{''a '',''b ''}', 'LIST(char(2) not null)')", "1"},
        {"x_in_collection('a', 'LIST{}', 'LIST(char(2) not null)')", "0"},
        {"x_in_collection('a ', 'LIST{''a''}', 'LIST(lvarchar not null)')", "1"},
        {"x_in_collection('a', 'LIST{''a  ''}', 'LIST(varchar(5) not null)')", "1"},
        {"x_in_collection(' a', 'LIST{''a''}', 'LIST(lvarchar not null)')", "0"},
        {"x_in_collection('1.50', 'SET{1.5}', 'SET(decimal(5) not null)')", "1"},
        {"x_in_collection('1', 'LIST{NULL,2}', 'LIST(integer)')", "0"},
        {"x_in_collection('LIST{1}', 'SET{LIST{2},LIST{1}}', 'SET(list(integer) not null)')", "1"},
        {"x_in_collection('x', 'SET{1}', 'SET(integer not null)')", "!-1213"},
        {"x_cardinality('SET{}')", "0"},
        {"x_cardinality('SET{''a,b'',ROW(1,2)}')", "2"},
        {"x_cardinality('LIST{1,2,3}')", "3"},
        {"x_cardinality('nonsense')", "!-9602"},
    };
    FUNCTIONS_CHECK(*state, cases);
}

static void each(void **state)
{
    struct functions_fixture *f = *state;
    assert_string_equal(
        functions_query(f, "SELECT value FROM x_each('LIST{3,1,NULL,2}', 'LIST(integer)')"),
        "3,1,NULL,2");
    assert_string_equal(
        functions_query(f, "SELECT value FROM x_each('SET{1.5}', 'SET(decimal(5,2) not null)')"),
        "X'C10132'");
    assert_string_equal(functions_query(f, "SELECT value FROM x_each('LIST{SET{1,2},SET{}}', "
                                           "'LIST(set(integer not null) not null)')"),
                        "SET{1,2},SET{}");
    assert_string_equal(functions_query(f, "SELECT value FROM x_each(NULL, 'LIST(integer)')"), "");
    assert_string_equal(functions_query(f, "SELECT value FROM x_each('LIST{x}', 'LIST(integer)')"),
                        "!-1213");
    functions_query(f, "CREATE TABLE t(a, c)");
    functions_query(f, "INSERT INTO t VALUES (1, 'SET{1,2}'), (2, 'SET{}'), (3, 'SET{3}')");
    assert_string_equal(
        functions_query(f, "SELECT a || ':' || e.value FROM t, x_each(t.c, 'SET(integer)') e"),
        "1:1,1:2,3:3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FUNCTIONS_TEST(making, latin),
        FUNCTIONS_TEST(taking, latin),
        FUNCTIONS_TEST(each, latin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
