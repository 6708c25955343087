/* Whole queries, resolved, emitted and run; and what the resolver refuses, with its place. */
#include "tests/front/resolve_fixture.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static int open_with_rows(void **state)
{
    if (fixture_open(state) != 0)
        return -1;
    struct fixture *f = *state;
    fixture_run(f, "INSERT INTO main.t100 VALUES (1, 2, 3, 4, X'C10132', 1.5, 2.5, X'C10132', "
                   "X'C101'), (5, 6, 7, 8, X'C105', 2.5, 0.5, X'C10232', X'C103')");
    fixture_run(f, "INSERT INTO main.t101 VALUES ('ab  ', 'abc', 'xyz     ', 'long', 'l2', NULL), "
                   "(NULL, 'b', NULL, NULL, '', NULL)");
    fixture_run(f, "INSERT INTO main.t103 VALUES (1, 1, 'ROW(''Al'',30)', 'SET{1,2}', 7, 'x', "
                   "46145, 'u', X'C101')");
    fixture_run(f, "INSERT INTO main.t104 VALUES (1, 10), (5, 50), (5, 51), (NULL, 60)");
    return 0;
}

/* --- rows --- */

static const struct {
    const char *sql;
    const char *rows;
} queries[] = {
    /* names */
    {"SELECT num.i, n.x FROM num, num2 n WHERE num.i = n.i ORDER BY n.x", "1|10;5|50;5|51"},
    {"SELECT informix.num.i FROM informix.num ORDER BY 1", "1;5"},
    {"SELECT tabname FROM sysmaster:systables WHERE tabid = 1", "systables"},
    {"SELECT sysmaster:systables.tabname FROM sysmaster:systables WHERE tabid = 2", "syscolumns"},
    {"SELECT rowid FROM num ORDER BY rowid DESC", "2;1"},
    {"SELECT t.* FROM num2 t WHERE x = 10", "1|10"},
    {"SELECT r.name, r.age + 1 FROM mix", "Al|31"},
    {"SELECT (SELECT MAX(x) FROM num2 WHERE num2.i = num.i) FROM num ORDER BY 1", "10;51"},
    {"SELECT i FROM num a WHERE EXISTS (SELECT * FROM num2 WHERE i = a.i AND x > 50)", "5"},
    /* joins */
    {"SELECT a.x, b.i FROM num2 a LEFT JOIN num b ON a.i = b.i ORDER BY 1",
     "10|1;50|5;51|5;60|NULL"},
    {"SELECT a.i, b.x FROM num a, OUTER num2 b WHERE a.i = b.i AND b.x > 50 ORDER BY 1",
     "1|NULL;5|51"},
    {"SELECT a.i FROM num a JOIN num2 b ON a.i = b.i JOIN num2 c ON b.x = c.x WHERE c.x = 51", "5"},
    /* derived tables and WITH */
    {"SELECT t.total FROM (SELECT i, COUNT(*) total FROM num2 GROUP BY i) t WHERE t.i = 5", "2"},
    {"SELECT p, q FROM (SELECT i, d FROM num) t(p, q) WHERE q > 2", "5|5.00"},
    {"WITH c AS (SELECT i k FROM num) SELECT a.k, b.k FROM c a, c b WHERE a.k < b.k", "1|5"},
    {"WITH a AS (SELECT 1 n FROM num WHERE i = 1), b(m) AS (SELECT n + 1 FROM a) SELECT m FROM b",
     "2"},
    {"WITH RECURSIVE c(n) AS (SELECT i FROM num WHERE i = 1 UNION ALL SELECT n + 1 FROM c WHERE n "
     "< 4) SELECT n FROM c",
     "1;2;3;4"},
    {"WITH RECURSIVE c(n, m) AS (SELECT 1, 1 FROM num WHERE i = 1 UNION ALL SELECT n + 1, m + 0.5 "
     "FROM c WHERE n < 3) SELECT n, m FROM c", /* the first part decides about types */
     "1|1;2|1;3|1"},
    {"SELECT * FROM TABLE(SET{1,2,3}) t(x) WHERE x > 1", "2;3"},
    {"SELECT name, age FROM TABLE(LIST{ROW('a', 1)}::LIST(ROW(name CHAR(1), age INT) NOT NULL)) t",
     "a|1"},
    /* groups and order */
    {"SELECT i, COUNT(*) FROM num2 GROUP BY i ORDER BY i", "NULL|1;1|1;5|2"},
    {"SELECT i y, COUNT(*) n FROM num2 GROUP BY 1 HAVING COUNT(*) > 1 ORDER BY n DESC", "5|2"},
    {"SELECT i * 2, COUNT(*) FROM num2 WHERE i > 0 GROUP BY i * 2 ORDER BY i * 2", "2|1;10|2"},
    {"SELECT x k FROM num2 GROUP BY k ORDER BY k DESC", "60;51;50;10"},
    {"SELECT MAX(x) x, i FROM num2 WHERE i > 0 GROUP BY i ORDER BY x", "10|1;51|5"},
    {"SELECT i, x FROM num2 ORDER BY i DESC, 2", "5|50;5|51;1|10;NULL|60"},
    {"SELECT x FROM num2 ORDER BY x * -1", "60;51;50;10"},
    {"SELECT DISTINCT i FROM num2 WHERE i > 0 ORDER BY i", "1;5"},
    {"SELECT FIRST 2 x FROM num2 ORDER BY 1", "10;50"},
    {"SELECT SKIP 1 FIRST 2 x FROM num2 ORDER BY 1", "50;51"},
    {"SELECT COUNT(DISTINCT i), COUNT(*), MIN(x), MAX(x) FROM num2", "2|4|10|60"},
    /* set operations */
    {"SELECT i FROM num UNION SELECT x FROM num2 ORDER BY 1", "1;5;10;50;51;60"},
    {"SELECT i AS k FROM num UNION ALL SELECT d FROM num ORDER BY k", "1.00;1.50;5.00;5.00"},
    {"SELECT 'a' FROM num WHERE i = 1 UNION SELECT v FROM txt ORDER BY 1", "a;abc;b"},
    {"SELECT NULL FROM num UNION SELECT i FROM num ORDER BY 1", "NULL;1;5"},
    {"SELECT i FROM num INTERSECT SELECT d FROM num", "5.00"},
    {"SELECT i FROM num MINUS SELECT i FROM num2 WHERE x = 10", "5"},
    /* arithmetic and comparisons */
    {"SELECT i + 1, i / 2, d * 2, -f, 7 / 2 FROM num WHERE i = 1", "2|0.5|3.00|-1.5|3.5"},
    {"SELECT i FROM num WHERE i = d", "5"},
    {"SELECT i FROM num WHERE d = f", "1"},
    {"SELECT i FROM num WHERE d IN (1.5, 7) OR i IN (SELECT d FROM num)", "1;5"},
    {"SELECT v FROM txt WHERE c = 'ab'", "abc"},
    {"SELECT i FROM num WHERE i > ALL (SELECT x / 20 FROM num2 WHERE i = 5)", "5"},
    {"SELECT i FROM num WHERE NOT i > ALL (SELECT i FROM num2 WHERE i IS NULL)", ""},
    {"SELECT i FROM num WHERE i >= ANY (SELECT i FROM num2)", "1;5"},
    {"SELECT i FROM num WHERE NOT i < ANY (SELECT i FROM num2 WHERE i = 1)", "1;5"},
    {"SELECT i FROM num WHERE i <> ALL (SELECT i FROM num2 WHERE x > 11)", ""},
    {"SELECT i FROM num WHERE i = ALL (SELECT i FROM num2 WHERE i = 5)", "5"},
    {"SELECT 1 FROM num WHERE i = 'x'", "!-1213"},
    {"SELECT 1 FROM mix WHERE flag AND 1 IN st AND NOT 3 IN st", "1"},
    /* times; now is 2026-05-04 12:34:56.789 */
    {"SELECT TODAY, CURRENT, TODAY + 1, TODAY - 7 UNITS DAY, CURRENT - TODAY FROM num WHERE i = 1",
     "2026-05-04|2026-05-04 12:34:56.789|2026-05-05|2026-04-27|0 12:34:56.789"},
    {"SELECT TODAY + 1 UNITS MONTH, EXTEND(TODAY, YEAR TO HOUR) + 3 UNITS HOUR, INTERVAL(2) DAY TO "
     "DAY * 1.5 FROM num WHERE i = 1",
     "2026-06-04|2026-05-04 03|3"},
    {"SELECT INTERVAL(2) DAY TO DAY / INTERVAL(12) HOUR TO HOUR, -INTERVAL(1 02) DAY TO HOUR, "
     "INTERVAL(5) HOUR TO HOUR + INTERVAL(1 02:03) DAY TO MINUTE FROM num WHERE i = 1",
     "4|-1 02|1 07"},
    {"SELECT 1 FROM mix WHERE dd = DATETIME(2026-05-04) YEAR TO DAY AND dd < CURRENT AND dd = "
     "TODAY",
     "1"},
    {"SELECT 1 FROM mix WHERE dd > CURRENT OR dd < DATETIME(2026-05-04 00:00) YEAR TO MINUTE", ""},
    /* functions */
    {"SELECT c || v, UPPER(v), v[1,2], LENGTH(c), REPLACE(v, 'b', 'xx') FROM txt WHERE c = 'ab'",
     "ab  abc|ABC|ab|2|axxc"},
    {"SELECT 'i' || i || d FROM num ORDER BY 1", "i11.50;i55.00"},
    {"SELECT ROUND(d), TRUNC(d, 1), MOD(i, 3), ABS(-d), SQRT(i - 1) FROM num ORDER BY i",
     "2|1.5|1|1.50|0;5|5|2|5.00|2"},
    {"SELECT ADD_MONTHS(TODAY, 1), LAST_DAY(TODAY), MDY(1, 2, 2026), MONTH(TODAY), "
     "TO_CHAR(TODAY, '%Y') FROM num WHERE i = 1",
     "2026-06-04|2026-05-31|2026-01-02|5|2026"},
    {"SELECT SUM(i), AVG(i), SUM(d), AVG(f), SUM(m) FROM num", "6|3|6.50|2|4.00"},
    {"SELECT SUM(d), AVG(INTERVAL(3) DAY TO DAY) FROM num WHERE i > 100", "NULL|NULL"},
    {"SELECT USER, DBINFO('sessionid') FROM num WHERE i = 1",
     "informix                        |17"},
    /* choices */
    {"SELECT DECODE(i, NULL, 'none', 1, 'one', 'more') FROM num2 ORDER BY x",
     "one ;more;more;none"},
    {"SELECT CASE i WHEN 1 THEN 1.5 WHEN 5 THEN 2 END FROM num ORDER BY 1", "1.5;2.0"},
    {"SELECT NVL(i, 0), NVL2(i, 'a', 'b'), COALESCE(i, x, 0), NULLIF(i, 1) FROM num2 ORDER BY x",
     "1|a|1|NULL;5|a|5|5;5|a|5|5;0|b|60|NULL"},
    {"SELECT GREATEST(i, 3), LEAST(i, 3.5) FROM num ORDER BY i", "3|1.0;5|3.5"},
    {"SELECT ROW('a', 1)::ROW(x CHAR(3), y INT), SET{1,2}, LIST{'a','bb'} FROM num WHERE i = 1",
     "ROW('a  ',1)|SET{1,2}|LIST{'a','bb'}"},
};

static void queries_give_rows(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < COUNT(queries); i++) {
        const char *sql = queries[i].sql;
        if (fixture_resolve(f, sql) != SQLI_OK)
            fail_msg("%s: %d %s at %d", sql, (int)f->error.code, f->error.message,
                     (int)f->error.offset);
        const char *rows = fixture_rows(f);
        if (strcmp(rows, queries[i].rows) != 0)
            fail_msg("%s\n  is     %s\n  wanted %s\n  %s", sql, rows, queries[i].rows,
                     fixture_sql(f));
    }
}

/* --- errors --- */

static const struct {
    const char *sql; /* the place is behind the `@`, which is taken out */
    int code;
    const char *near; /* NULL: not looked at */
} errors[] = {
    {"SELECT @nosuch FROM num", -217, "nosuch"},
    {"SELECT num.@nosuch FROM num", -217, "nosuch"},
    {"SELECT i FROM num WHERE i = 1 AND @Zz = 2", -217, "zz"},
    {"SELECT '\xc3\xa4\xc3\xb6', @nosuch FROM num", -217, "nosuch"},
    {"SELECT 1 FROM num ORDER BY @nosuch", -217, "nosuch"},
    {"SELECT 1 FROM num GROUP BY @nosuch", -217, "nosuch"},
    {"SELECT i FROM @No_Such_Table", -206, "no_such_table"},
    {"SELECT i FROM num WHERE EXISTS (SELECT 1 FROM @nowhere)", -206, "nowhere"},
    {"DELETE FROM @nowhere", -206, "nowhere"},
    {"INSERT INTO @nowhere VALUES (1)", -206, "nowhere"},
    {"UPDATE @nowhere SET i = 1", -206, "nowhere"},
    {"SELECT 1 FROM joe.@num", -206, "num"},
    {"SELECT 1 FROM @nodb:num", -329, "nodb"},
    {"SELECT @i FROM num, num2", -324, "i"},
    {"SELECT @i FROM (SELECT i, x i FROM num2) t", -324, "i"},
    {"SELECT @x.i FROM num", -522, "x"},
    {"SELECT @num.i FROM num a", -522, "num"},
    {"SELECT @x.* FROM num", -522, "x"},
    {"SELECT a.i FROM num a, num2 @a", -223, "a"},
    {"SELECT a.i FROM num a JOIN num2 b ON a.i = @c.i, num c", -522, "c"},
    {"SELECT r.@nosuch FROM mix", -217, "nosuch"},
    {"SELECT num.i.@name FROM num", -9950, "name"},
    /* parameters without a type */
    {"SELECT @? FROM num", -201, ""},
    {"SELECT i FROM num WHERE @? = ?", -201, ""},
    {"SELECT @? + ? FROM num", -201, ""},
    {"SELECT -@? FROM num", -201, ""},
    {"SELECT SUM(@?) FROM num", -201, ""},
    {"SELECT i FROM num WHERE @? IN (?, ?)", -201, ""},
    /* conditions are no values, and values no conditions */
    {"SELECT (@i = 1) + 1 FROM num", -201, ""},
    {"SELECT i FROM num WHERE @i", -201, ""},
    {"SELECT i FROM num WHERE NOT @i + 1", -201, ""},
    /* functions */
    {"SELECT @nofn(i) FROM num", -674, "nofn"},
    {"SELECT @UPPER() FROM txt", -664, "upper"},
    {"SELECT @UPPER(v, v) FROM txt", -664, "upper"},
    {"SELECT DBINFO(@'nothing') FROM num", -728, "nothing"},
    {"SELECT DBINFO(@i) FROM num", -726, ""},
    /* aggregates */
    {"SELECT i FROM num WHERE @SUM(i) > 1", -595, ""},
    {"UPDATE num SET i = @MAX(i)", -595, ""},
    {"SELECT SUM(@SUM(i)) FROM num", -544, ""},
    {"SELECT i, @x FROM num2 GROUP BY i", -294, "x"},
    {"SELECT @x, COUNT(*) FROM num2", -294, "x"},
    {"SELECT COUNT(*) FROM num2 ORDER BY @x", -294, "x"},
    {"SELECT i FROM num2 GROUP BY i HAVING @x > 1", -304, "x"},
    {"SELECT COUNT(*) FROM num GROUP BY @1", -321, ""},
    {"SELECT SUM(@v) FROM txt", -367, ""},
    {"SELECT AVG(@day) FROM tim", -561, ""},
    /* order */
    {"SELECT i FROM num ORDER BY @2", -251, "2"},
    {"SELECT i FROM num ORDER BY @0", -251, "0"},
    {"SELECT DISTINCT i FROM num ORDER BY @s", -309, ""},
    {"SELECT i FROM num UNION SELECT i FROM num2 ORDER BY @s", -374, ""},
    {"SELECT t FROM txt ORDER BY @t", -614, ""},
    {"SELECT DISTINCT @t FROM txt", -613, ""},
    {"SELECT 1 FROM txt GROUP BY @t", -612, ""},
    /* set operations and subqueries */
    {"SELECT i FROM num UNION SELECT i, x FROM num2", -317, ""},
    {"SELECT i FROM num UNION SELECT @v FROM txt", -308, NULL},
    {"SELECT i FROM num WHERE i IN (SELECT i, x FROM num2)", -574, ""},
    {"SELECT (SELECT i, x FROM num2) FROM num", -574, ""},
    {"SELECT CASE WHEN i = 1 THEN v ELSE @i END FROM num, txt", -800, NULL},
    /* types */
    {"SELECT i::@nosuch FROM num", -9628, "nosuch"},
    {"SELECT i::@DECIMAL(99) FROM num", -361, ""},
    {"SELECT @st + 1 FROM mix", -788, NULL},
    {"SELECT @ts + 1 FROM tim", -1260, NULL},
    {"SELECT @iv + ivy FROM tim", -1266, NULL},
    {"SELECT @iv * iv FROM tim", -1266, NULL},
    {"SELECT i FROM tim, num WHERE iv = @ivy", -1266, NULL},
    {"SELECT @day::INTERVAL DAY TO DAY FROM tim", -1260, NULL},
    {"SELECT i FROM num, mix WHERE flag = @i", -9634, NULL},
    {"SELECT i FROM num WHERE @i LIKE '1%'", -219, ""},
    {"SELECT @i[1,2] FROM num", -305, ""},
    {"SELECT v[@3,2] FROM txt", -306, ""},
    {"SELECT @DATETIME(2026-13-01) YEAR TO DAY FROM num", -1263, NULL},
    {"SELECT @INTERVAL(1-13) YEAR TO MONTH FROM num", -1263, NULL},
    /* changes */
    {"INSERT INTO @num2 VALUES (1)", -236, ""},
    {"INSERT INTO @num2 VALUES (1, 2, 3)", -236, ""},
    {"INSERT INTO @num2 (x) VALUES (1, 2)", -236, ""},
    {"INSERT INTO @num2 (x) SELECT i, x FROM num2", -236, ""},
    {"SELECT UPPER(@t) FROM txt", -608, NULL},
    {"EXECUTE FUNCTION @nofn(1)", -674, "nofn"},
    {"EXECUTE PROCEDURE @nofn()", -674, "nofn"},
    {"INSERT INTO num2 (i, @i) VALUES (1, 2)", -681, "i"},
    {"INSERT INTO num2 (i, @zz) VALUES (1, 2)", -217, "zz"},
    {"UPDATE num2 SET @zz = 1", -217, "zz"},
    {"UPDATE num2 SET x = 1, @x = 2", -681, "x"},
    {"UPDATE mix SET @id = 3", -232, "id"},
    {"INSERT INTO @systables (tabname) VALUES ('x')", -275, "systables"},
    {"UPDATE @systables SET tabname = 'x'", -273, "systables"},
    {"DELETE FROM @systables", -274, "systables"},
    /* cursors and temporary tables */
    {"@SELECT i, COUNT(*) FROM num GROUP BY i FOR UPDATE", -365, ""},
    {"@SELECT num.i FROM num, num2 FOR UPDATE", -365, ""},
    {"@SELECT DISTINCT i FROM num FOR UPDATE", -365, ""},
    {"SELECT i FROM num FOR UPDATE OF @nosuch", -217, "nosuch"},
    {"SELECT @i + 1 FROM num INTO TEMP t1", -249, ""},
    {"SELECT i, @i FROM num INTO TEMP t1", -328, "i"},
    {"SELECT p FROM (SELECT i FROM num) t(@p, q)", -382, ""},
};

static void errors_name_their_place(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < COUNT(errors); i++) {
        char sql[300];
        const char *mark = strchr(errors[i].sql, '@');
        size_t at = mark ? (size_t)(mark - errors[i].sql) : strlen(errors[i].sql);
        snprintf(sql, sizeof sql, "%.*s%s", (int)at, errors[i].sql, mark ? mark + 1 : "");
        if (fixture_resolve(f, sql) != SQLI_FAIL)
            fail_msg("%s: resolved", sql);
        size_t place = 1;
        for (size_t b = 0; b < at; b++)
            place += ((unsigned char)sql[b] & 0xc0) != 0x80;
        bool right = f->error.code == errors[i].code &&
                     (!mark || (size_t)f->error.offset == place) &&
                     (!errors[i].near || strcmp(f->error.near, errors[i].near) == 0);
        if (!right)
            fail_msg("%s\n  is     %d near '%s' at %d\n  wanted %d near '%s' at %zu", sql,
                     (int)f->error.code, f->error.near, (int)f->error.offset, errors[i].code,
                     errors[i].near ? errors[i].near : "", place);
    }
    assert_int_equal(fixture_resolve(f, "SELECT 1 FROM nowhere"), SQLI_FAIL);
    assert_int_equal(f->error.isam, SQLI_E_ISAM_NO_RECORD);
}

/* --- limits --- */

static void depth_is_bounded(void **state)
{
    struct fixture *f = *state;
    struct sqli_buffer sql;
    sqli__buffer_init(&sql, FIXTURE_LIMIT);
    for (int i = 0; i < 300; i++)
        sqli__buffer_text(&sql, "SELECT 1 FROM num WHERE EXISTS (");
    sqli__buffer_text(&sql, "SELECT 1 FROM num");
    for (int i = 0; i < 300; i++)
        sqli__buffer_text(&sql, ")");
    sqli__buffer_byte(&sql, '\0');
    assert_int_equal(fixture_resolve(f, (const char *)sql.data), SQLI_FAIL);
    assert_int_equal(f->error.code, SQLI_E_PARSE_STACK);
    sqli__buffer_free(&sql);
}

static void width_is_bounded(void **state)
{
    enum { TOO_MANY = 32768 };
    struct fixture *f = *state;
    struct sqli_buffer sql;
    sqli__buffer_init(&sql, FIXTURE_LIMIT);
    sqli__buffer_text(&sql, "SELECT 1");
    for (int i = 1; i < TOO_MANY; i++)
        sqli__buffer_text(&sql, ",1");
    sqli__buffer_text(&sql, " FROM num");
    sqli__buffer_byte(&sql, '\0');
    assert_int_equal(fixture_resolve(f, (const char *)sql.data), SQLI_FAIL);
    assert_int_equal(f->error.code, SQLI_E_TOO_LARGE);
    sqli__buffer_free(&sql);
}

/* A small arena ends in an error, at whatever node it is exhausted. */
static void memory_is_bounded(void **state)
{
    static const char sql[] =
        "INSERT INTO mix (req, r, dn) SELECT i, ROW('a', s), SUM(d) FROM num "
        "WHERE i IN (1, d, ?) GROUP BY i, s UNION SELECT x, "
        "ROW('b', 1)::ROW(name VARCHAR(50), age INT), AVG(i) FROM num2 GROUP BY x";
    struct fixture *f = *state;
    struct sqli_span text = sqli__span_text(sql);
    struct sqli_parse_options options = {.delimident = false};
    bool ended = false;
    assert_int_equal(fixture_resolve(f, "SELECT 1 FROM num, num2, mix"), SQLI_OK);
    for (size_t limit = 512; !ended; limit += 512) {
        struct sqli_arena arena;
        struct sqli_statement_tree *tree;
        sqli__arena_init(&arena, limit);
        enum sqli_status status = sqli__parse(text, &options, &arena, &tree, &f->error);
        if (status == SQLI_OK)
            status = sqli__resolve(f->catalog, text, &arena, tree, &f->error);
        if (status != SQLI_OK && f->error.code != SQLI_E_TOO_LARGE)
            fail_msg("limit %zu: %d %s", limit, (int)f->error.code, f->error.message);
        ended = status == SQLI_OK;
        sqli__arena_free(&arena);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(queries_give_rows), cmocka_unit_test(errors_name_their_place),
        cmocka_unit_test(depth_is_bounded),  cmocka_unit_test(width_is_bounded),
        cmocka_unit_test(memory_is_bounded),
    };
    return cmocka_run_group_tests(tests, open_with_rows, fixture_close);
}
