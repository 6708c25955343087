/* What the resolver makes of expressions and conditions: types, conversions, parameters, names. */
#include "tests/front/resolve_fixture.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void resolve(struct fixture *f, const char *sql)
{
    if (fixture_resolve(f, sql) != SQLI_OK)
        fail_msg("%s: %d %s", sql, (int)f->error.code, f->error.message);
}

static void compare(const char *sql, const char *got, const char *wanted)
{
    if (strcmp(got, wanted) != 0)
        fail_msg("%s\n  is     %s\n  wanted %s", sql, got, wanted);
}

/* --- the types of expressions --- */

static const struct {
    const char *expr;
    const char *type; /* with `!`: never NULL */
} types[] = {
    /* literals */
    {"0", "integer!"},
    {"2147483647", "integer!"},
    {"2147483648", "bigint!"},
    {"-2147483648", "bigint!"},
    {"9223372036854775807", "bigint!"},
    {"9223372036854775808", "decimal(19,0)!"},
    {"1.50", "decimal(3,2)!"},
    {"0.05", "decimal(2,2)!"},
    {".5", "decimal(1,1)!"},
    {"-1.5", "decimal(2,1)!"},
    {"123456789012345678901234567890123", "decimal(32)!"},
    {"1e3", "float!"},
    {"'abc'", "char(3)!"},
    {"''", "varchar(1)!"},
    {"NULL", "null"},
    {"DATETIME(2026-05-04 12:34:56) YEAR TO SECOND", "datetime year to second!"},
    {"INTERVAL(3 04:05:06) DAY TO SECOND", "interval day to second!"},
    {"INTERVAL(12345) DAY(5) TO DAY", "interval day(5) to day!"},
    {"INTERVAL(5) DAY(4) TO DAY", "interval day(4) to day!"},
    {"TODAY", "date!"},
    {"CURRENT", "datetime year to fraction(3)!"},
    {"CURRENT HOUR TO SECOND", "datetime hour to second!"},
    {"SYSDATE", "datetime year to fraction(5)!"},
    {"USER", "char(32)!"},
    {"DBSERVERNAME", "varchar(128)!"},
    /* columns */
    {"id", "serial!"},
    {"req", "integer!"},
    {"i", "integer"},
    {"rowid", NULL},
    /* integers */
    {"i + s", "integer"},
    {"s + s", "integer"},
    {"s * s", "integer"},
    {"i - b", "bigint"},
    {"e + 1", "bigint"},
    {"id + 1", "integer"},
    {"i / s", "decimal(32)"},
    {"7 / 2", "decimal(32)"},
    {"-s", "integer"},
    {"-b", "bigint"},
    /* decimals: DECIMAL(8,2) has six digits before the point */
    {"d + d", "decimal(9,2)"},
    {"d + i", "decimal(13,2)"},
    {"d - s", "decimal(9,2)"},
    {"d * d", "decimal(16,4)"},
    {"d * i", "decimal(18,2)"},
    {"d * d * d * d", "decimal(32,8)"},
    {"d * d * d * d * d", "decimal(32)"},
    {"d / d", "decimal(32)"},
    {"d + df", "decimal(32)"},
    {"d + 0.125", "decimal(10,3)"},
    {"-d", "decimal(8,2)"},
    {"m + 1", "money(13,2)"},
    {"m * d", "money(18,4)"},
    {"m / 2", "decimal(32)"},
    {"-m", "money(10,2)"},
    /* floats and text */
    {"f + 1", "float"},
    {"f + d", "float"},
    {"sf * sf", "float"},
    {"d / f", "float"},
    {"v + 1", "decimal(32)"},
    {"'2' * '3'", "decimal(32)"},
    /* dates */
    {"day + 1", "date"},
    {"1 + day", "date"},
    {"day - 1", "date"},
    {"day + 1.5", "date"},
    {"day - day", "integer"},
    {"day - '2026-01-01'", "integer"},
    {"day + INTERVAL(1) DAY TO DAY", "datetime year to day"},
    {"day + INTERVAL(1:30) HOUR TO MINUTE", "datetime year to minute"},
    {"day - INTERVAL(1-6) YEAR TO MONTH", "datetime year to day"},
    {"day - ts", "interval day(8) to second"},
    {"ts - day", "interval day(8) to second"},
    /* datetimes and intervals */
    {"ts + iv", "datetime year to second"},
    {"iv + ts", "datetime year to second"},
    {"ts - iv", "datetime year to second"},
    {"ts - ts", "interval day(8) to second"},
    {"fr - ts", "interval day(8) to fraction(3)"},
    {"ym - ym", "interval year to month"},
    {"hm - hm", "interval hour to minute"},
    {"ts + 1 UNITS DAY", "datetime year to second"},
    {"5 UNITS DAY", "interval day(9) to day"},
    {"i UNITS MONTH", "interval month(9) to month"},
    {"iv + iv", "interval day(9) to second"},
    {"iv - INTERVAL(5) HOUR TO HOUR", "interval day(9) to second"},
    {"INTERVAL(5) HOUR TO HOUR + iv", "interval day(9) to hour"},
    {"iv * 2", "interval day(9) to second"},
    {"2 * iv", "interval day(9) to second"},
    {"iv / 1.5", "interval day(9) to second"},
    {"iv / iv", "decimal(32)"},
    {"-iv", "interval day(3) to second"},
    {"EXTEND(day, YEAR TO MINUTE)", "datetime year to minute"},
    {"EXTEND(ts, HOUR TO MINUTE)", "datetime hour to minute"},
    /* text */
    {"c || c", "char(8)"},
    {"c || 'x'", "char(5)"},
    {"c || v", "varchar(24)"},
    {"long || long", "lvarchar(400)"},
    {"l || c", "lvarchar(504)"},
    {"v || i", "varchar(31)"},
    {"v || 12", "varchar(22)"},
    {"v || day", "varchar(30)"},
    {"v[2,4]", "varchar(12)"}, /* characters have up to four bytes here */
    {"v[2]", "varchar(4)"},
    {"TRIM(c)", "varchar(4)"},
    {"TRIM(LEADING 'x' FROM l)", "lvarchar(500)"},
    /* casts */
    {"i::VARCHAR(10)", "varchar(10)"},
    {"CAST(v AS INTEGER)", "integer"},
    {"'abc'::CHAR(2)", "char(2)!"},
    {"v::VARCHAR(30)", "varchar(30)"},
    {"'12'::DECIMAL(5,1)", "decimal(5,1)!"},
    {"-1234.56::DECIMAL(10,2)", "decimal(10,2)!"},
    {"NULL::INTEGER", "integer"},
    {"?::DATE", "date"},
    {"ROW('Alice', 30)::ROW(name VARCHAR(50), age INT)", "row(name varchar(50), age integer)!"},
    {"r.name", "varchar(50)"},
    {"mix.r.age", "integer"},
    {"SET{1,2}", "set(integer not null)!"},
    {"LIST{'a','bcd'}", "list(lvarchar(3) not null)!"},
    /* choices */
    {"CASE WHEN i = 1 THEN 'ab' ELSE 'abcd' END", "char(4)"},
    {"CASE WHEN i = 1 THEN c ELSE v END", "varchar(20)"},
    {"CASE WHEN i = 1 THEN i ELSE b END", "bigint"},
    {"CASE WHEN i = 1 THEN d ELSE 0 END", "decimal(8,2)"},
    {"CASE WHEN i = 1 THEN d ELSE 0.125 END", "decimal(9,3)"},
    {"CASE WHEN i = 1 THEN day ELSE ts END", "datetime year to second"},
    {"CASE WHEN i = 1 THEN day ELSE '2026-05-04' END", "date"},
    {"CASE WHEN i = 1 THEN NULL ELSE f END", "float"},
    {"CASE WHEN i = 1 THEN d ELSE f END", "float"},
    {"CASE i WHEN 1 THEN s END", "smallint"},
    {"NVL(d, 0)", "decimal(8,2)"},
    {"NVL(v, 'none')", "varchar(20)"},
    {"NVL(i, ?)", "integer"},
    {"NVL2(i, 'a', 'bc')", "char(2)"},
    {"COALESCE(s, i, b)", "bigint"},
    {"NULLIF(i, 0)", "integer"},
    {"DECODE(i, 1, 'one', 2, 'two')", "char(3)"},
    {"GREATEST(i, d)", "decimal(12,2)"},
    /* functions */
    {"ABS(d)", "decimal(8,2)"},
    {"ABS(s)", "smallint"},
    {"MOD(i, 3)", "bigint"},
    {"SQRT(i)", "float"},
    {"ROUND(d, 1)", "decimal(32)"},
    {"ROUND(day, 'MONTH')", "date"},
    {"LENGTH(v)", "integer"},
    {"UPPER(c)", "char(4)"},
    {"UPPER(i)", "varchar(11)"},
    {"REPLACE(v, 'a', 'b')", "lvarchar(32739)"},
    {"CONCAT(v, c)", "varchar(24)"},
    {"MONTH(ts)", "integer"},
    {"MDY(1, 2, 2026)", "date"},
    {"DATE('2026-05-04')", "date!"},
    {"DATE(45000)", "date!"},
    {"ADD_MONTHS(day, 1)", "date"},
    {"LAST_DAY(ts)", "datetime year to second"},
    {"TO_CHAR(day, '%Y')", "varchar(255)"},
    {"TO_DATE('2026', '%Y')", "datetime year to fraction(5)"},
    {"DBINFO('version', 'full')", "varchar(255)"},
    {"DBINFO('sessionid')", "integer"},
    {"DBINFO('serial8')", "bigint"},
    {"CARDINALITY(st)", "integer"},
    /* subqueries */
    {"(SELECT MAX(d) FROM num)", "decimal(8,2)"},
};

static void expressions_have_types(void **state)
{
    for (size_t i = 0; i < COUNT(types); i++) {
        char sql[300];
        if (!types[i].type)
            continue;
        snprintf(sql, sizeof sql, "SELECT %s AS x FROM num, txt, tim, mix", types[i].expr);
        resolve(*state, sql);
        compare(types[i].expr, fixture_columns(*state) + strlen("x "), types[i].type);
    }
}

static const struct {
    const char *expr;
    const char *type;
} aggregates[] = {
    {"COUNT(*)", "decimal(15,0)!"},
    {"COUNT(i)", "decimal(15,0)!"},
    {"COUNT(DISTINCT i)", "decimal(15,0)!"},
    {"SUM(i)", "decimal(32)"},
    {"SUM(d)", "decimal(32,2)"},
    {"SUM(m)", "money(32,2)"},
    {"SUM(df)", "decimal(32)"},
    {"SUM(f)", "float"},
    {"SUM(iv)", "interval day(9) to second"},
    {"AVG(i)", "decimal(32)"},
    {"AVG(d)", "decimal(32)"},
    {"AVG(sf)", "float"},
    {"AVG(iv)", "interval day(9) to second"},
    {"MIN(v)", "varchar(20)"},
    {"MAX(ts)", "datetime year to second"},
    {"MIN(id)", "integer"},
    {"STDEV(i)", "float"},
    {"VARIANCE(f)", "float"},
    {"RANGE(d)", "float"},
    {"SUM(i) / COUNT(*)", "decimal(32)"},
};

static void aggregates_have_types(void **state)
{
    for (size_t i = 0; i < COUNT(aggregates); i++) {
        char sql[300];
        snprintf(sql, sizeof sql, "SELECT %s AS x FROM num, txt, tim, mix", aggregates[i].expr);
        resolve(*state, sql);
        compare(aggregates[i].expr, fixture_columns(*state) + strlen("x "), aggregates[i].type);
    }
}

/* --- how items are described --- */

static const struct {
    const char *items;
    const char *columns;
} names[] = {
    {"1, -1, 'a', 1.5, NULL, INTERVAL(1) DAY TO DAY",
     "(constant) integer!, (constant) integer!, (constant) char(1)!, (constant) decimal(2,1)!, "
     "(constant) null, (constant) interval day to day!"},
    {"i, num.s, i + 1, i::INT, (i), -i",
     "i integer, s smallint, (expression) integer, (expression) integer, i integer, "
     "(expression) integer"},
    {"i AS Label, i other", "label integer, other integer"},
    {"TODAY, USER, CURRENT",
     "(expression) date!, (expression) char(32)!, (expression) datetime year to fraction(3)!"},
    {"COUNT(*), COUNT(i), SUM(i), AVG(i), MIN(i), MAX(i)",
     "(count(*)) decimal(15,0)!, (count) decimal(15,0)!, (sum) decimal(32), (avg) decimal(32), "
     "(min) integer, (max) integer"},
    {"rowid, num.rowid", "rowid integer!, rowid integer!"},
};

static void items_have_names(void **state)
{
    for (size_t i = 0; i < COUNT(names); i++) {
        char sql[300];
        snprintf(sql, sizeof sql, "SELECT %s FROM num", names[i].items);
        resolve(*state, sql);
        compare(sql, fixture_columns(*state), names[i].columns);
    }
    resolve(*state, "SELECT r.name, mix.r.age FROM mix");
    compare("fields", fixture_columns(*state), "name varchar(50), age integer");
    resolve(*state, "SELECT id, req FROM mix, num2");
    compare("inner", fixture_columns(*state), "id serial!, req integer!");
    resolve(*state, "SELECT id, req, x FROM num2 LEFT JOIN mix ON x = req");
    compare("left", fixture_columns(*state), "id serial, req integer, x integer");
    resolve(*state, "SELECT req, a.id FROM mix a RIGHT JOIN num2 ON x = req");
    compare("right", fixture_columns(*state), "req integer, id serial");
    resolve(*state, "SELECT a.req, b.req FROM mix a, OUTER mix b WHERE a.id = b.id");
    compare("outer", fixture_columns(*state), "req integer!, req integer");
    resolve(*state, "SELECT q FROM (SELECT req q FROM mix UNION SELECT i FROM num2) t");
    compare("union", fixture_columns(*state), "q integer");
    resolve(*state, "SELECT * FROM num2");
    compare("*", fixture_columns(*state), "i integer, x integer");
    resolve(*state, "SELECT b.*, a.x FROM num2 a, num2 b");
    compare("b.*", fixture_columns(*state), "i integer, x integer, x integer");
}

/* --- conditions as they are run --- */

#define FROM_ALL "SELECT 1 FROM num, txt, tim, mix WHERE "

static const struct {
    const char *condition;
    const char *emitted; /* num is s1, txt s2, tim s3, mix s4 */
} conditions[] = {
    /* a column stays bare, the literal takes its form */
    {"i = 5", "(s1.\"c1\" = 5)"},
    {"i = 1.5", "(s1.\"c1\" = 1.5)"},
    {"i = 2.0", "(s1.\"c1\" = 2)"},
    {"i = '7'", "(s1.\"c1\" = 7)"},
    {"i > '7.5'", "(s1.\"c1\" > 7.5)"},
    {"d = 5", "(s1.\"c5\" = X'C105')"},
    {"5 = d", "(X'C105' = s1.\"c5\")"},
    {"d = 1.5", "(s1.\"c5\" = X'C10132')"},
    {"d = 1.5e0", "(s1.\"c5\" = X'C10132')"},
    {"d = 1.005", "(s1.\"c5\" = X'C1010032')"},
    {"d = '1.50'", "(s1.\"c5\" = X'C10132')"},
    {"f = 1.5", "(s1.\"c6\" = 1.5)"},
    {"f = 2", "(s1.\"c6\" = 2)"},
    {"m = 1", "(s1.\"c8\" = X'C101')"},
    {"day = '2026-05-04'", "(s3.\"c1\" = 46145)"},
    {"day = DATETIME(2026-05-04) YEAR TO DAY", "(s3.\"c1\" = 46145)"},
    {"day > TODAY - 7 UNITS DAY",
     "(s3.\"c1\" > x_cast(x_dt_sub_iv(x_cast(x_today(), 'date', 'datetime year to day'), 'year to "
     "day', x_units(X'C107', 'day(9) to day'), 'day(9) to day'), 'datetime year to day', 'date'))"},
    {"day > 46000", "(s3.\"c1\" > 46000)"},
    {"ts = '2026-05-04 12:00:00'", "(s3.\"c2\" = X'C7141A05040C')"},
    {"ts = DATETIME(2026-05-04 12:00) YEAR TO MINUTE", "(s3.\"c2\" = X'C7141A05040C')"},
    {"ts < DATETIME(2026-05-04) YEAR TO DAY", "(s3.\"c2\" < X'C7141A0504')"},
    {"ts = fr", "(s3.\"c2\" = s3.\"c3\")"},
    {"iv > INTERVAL(3 4) DAY TO HOUR", "(s3.\"c6\" > X'C5000304')"},
    {"flag = 't'", "(s4.\"c2\" = 1)"},
    {"v = 'abc'", "(s2.\"c2\" = 'abc')"},
    {"c = v", "(s2.\"c1\" = s2.\"c2\")"},
    /* two columns of different forms */
    {"i = b", "(s1.\"c1\" = s1.\"c3\")"},
    {"i = f", "(s1.\"c1\" = s1.\"c6\")"},
    {"i = d", "(x_cast(s1.\"c1\", 'integer', 'decimal(10,0)') = s1.\"c5\")"},
    {"d = f", "(x_cast(s1.\"c5\", 'decimal(8,2)', 'float') = s1.\"c6\")"},
    {"d = m", "(s1.\"c5\" = s1.\"c8\")"},
    {"i = v", "(x_cast(s1.\"c1\", 'integer', 'decimal(10,0)') = "
              "x_cast(s2.\"c2\", 'varchar(20)', 'decimal(32)'))"},
    {"day = ts", "(x_cast(s3.\"c1\", 'date', 'datetime year to day') = s3.\"c2\")"},
    {"ts = ym", "(s3.\"c2\" = x_extend(s3.\"c4\", 'year to month', 'year to second'))"},
    {"day = v", "(s3.\"c1\" = x_cast(s2.\"c2\", 'varchar(20)', 'date'))"},
    /* what cannot be converted fails when it is run */
    {"i = 'abc'", "(s1.\"c1\" = x_cast('abc', 'char(3)', 'integer'))"},
    /* conditions that become others */
    {"i BETWEEN 1 AND 2.5", "((s1.\"c1\" >= 1) AND (s1.\"c1\" <= 2.5))"},
    {"i NOT BETWEEN 1 AND 2", "(NOT ((s1.\"c1\" >= 1) AND (s1.\"c1\" <= 2)))"},
    {"d IN (1, 2.5, '3')", "(s1.\"c5\" IN (X'C101', X'C10232', X'C103'))"},
    {"d NOT IN (1)", "(s1.\"c5\" NOT IN (X'C101'))"},
    {"i IN (1, d)",
     "((s1.\"c1\" = 1) OR (x_cast(s1.\"c1\", 'integer', 'decimal(10,0)') = s1.\"c5\"))"},
    {"i NOT IN (d)", "(NOT (x_cast(s1.\"c1\", 'integer', 'decimal(10,0)') = s1.\"c5\"))"},
    {"v LIKE 'a%'", "x_like(s2.\"c2\", 'a%')"},
    {"v NOT LIKE 'a!%' ESCAPE '!'", "(NOT x_like(s2.\"c2\", 'a!%', '!'))"},
    {"c MATCHES '[a-c]*'", "x_matches(s2.\"c1\", '[a-c]*')"},
    {"v IS NOT NULL AND NOT flag", "((s2.\"c2\" IS NOT NULL) AND (NOT s4.\"c2\"))"},
    {"1 IN st", "x_in_collection('1', s4.\"c4\", 'set(integer not null)')"},
    {"st = SET{1,2}", "(s4.\"c4\" = 'SET{1,2}')"},
    {"NVL(d, 0) > 1", "(ifnull(s1.\"c5\", X'80') > X'C101')"},
    {"CASE i WHEN 1 THEN 'a' WHEN 2 THEN 'b' END = v",
     "(CASE WHEN (s1.\"c1\" = 1) THEN 'a' WHEN (s1.\"c1\" = 2) THEN 'b' END = s2.\"c2\")"},
    {"NULLIF(i, d) = 1",
     "(CASE WHEN (x_cast(s1.\"c1\", 'integer', 'decimal(10,0)') = s1.\"c5\") THEN NULL ELSE "
     "s1.\"c1\" END = 1)"},
    {"i IN (SELECT d FROM num)",
     "(x_cast(s1.\"c1\", 'integer', 'decimal(10,0)') IN (SELECT s5.\"c5\" AS c1 FROM main.t100 AS "
     "s5 NOT INDEXED))"},
    {"d = ANY (SELECT i FROM num2)",
     "(s1.\"c5\" IN (SELECT x_cast(s5.\"c1\", 'integer', 'decimal(10,0)') AS c1 FROM main.t104 AS "
     "s5 NOT INDEXED))"},
    {"EXISTS (SELECT * FROM num2 WHERE num2.i = num.i)",
     "(EXISTS (SELECT s5.\"c1\" AS c1, s5.\"c2\" AS c2 FROM main.t104 AS s5 WHERE (s5.\"c1\" = "
     "s1.\"c1\")))"},
};

static void conditions_are_lowered(void **state)
{
    for (size_t i = 0; i < COUNT(conditions); i++) {
        char sql[400];
        snprintf(sql, sizeof sql, FROM_ALL "%s", conditions[i].condition);
        resolve(*state, sql);
        const char *where = strstr(fixture_sql(*state), " WHERE ");
        assert_non_null(where);
        compare(conditions[i].condition, where + strlen(" WHERE "), conditions[i].emitted);
    }
}

/* --- parameters --- */

static const struct {
    const char *sql;
    const char *types;
} parameters[] = {
    {FROM_ALL "i = ? AND s < ? AND d = ? AND f >= ? AND sf = ?",
     "bigint, bigint, decimal(32), float, smallfloat"},
    {FROM_ALL "c = ? AND v LIKE ? AND ? = v", "lvarchar(32739), lvarchar(32739), lvarchar(32739)"},
    {FROM_ALL "day = ? AND ts > ? AND iv = ? AND flag = ?",
     "date, datetime year to second, interval day(3) to second, boolean"},
    {FROM_ALL "i BETWEEN ? AND ? AND d IN (?, ?)", "bigint, bigint, decimal(32), decimal(32)"},
    {FROM_ALL "? IN (1, 2) AND ? BETWEEN day AND '2026-01-01'", "bigint, date"},
    {FROM_ALL "i IN (SELECT x FROM num2 WHERE x = ?) AND ? IN (SELECT v FROM txt)",
     "bigint, lvarchar(32739)"},
    {"SELECT ?::INT, CAST(? AS VARCHAR(5)), i + ?, d * ?, day + ?, UPPER(?), SQRT(?) FROM num, tim",
     "integer, varchar(5), integer, decimal(32), integer, lvarchar(32739), float"},
    {"SELECT FIRST ? i FROM num", "integer"},
    {"SELECT NVL(i, ?), NVL(v, ?), CASE WHEN i = ? THEN ? ELSE day END FROM num, txt, tim",
     "integer, lvarchar(32739), bigint, date"},
    {"INSERT INTO mix VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
     "serial, boolean, row(name varchar(50), age integer), set(integer not null), integer, "
     "varchar(10), date, char(32), decimal(8,2)"},
    {"INSERT INTO mix (req, dv) VALUES (? + 1, UPPER(?))", "integer, lvarchar(32739)"},
    {"UPDATE tim SET iv = ?, day = ? WHERE ts = ?",
     "interval day(3) to second, date, datetime year to second"},
    {"SELECT i FROM num WHERE ? IS NULL", "null"},
};

static void parameters_have_types(void **state)
{
    for (size_t i = 0; i < COUNT(parameters); i++) {
        resolve(*state, parameters[i].sql);
        compare(parameters[i].sql, fixture_parameters(*state), parameters[i].types);
    }
    struct fixture *f = *state;
    resolve(f, "INSERT INTO mix (r, st, req) VALUES (?, ?, ?)");
    assert_int_equal(f->tree->parameter_schemas[0]->count, 2);
    assert_int_equal(f->tree->parameter_schemas[1]->parts->type.code, SQLI_TYPE_INTEGER);
    assert_null(f->tree->parameter_schemas[2]);
}

/* --- changes --- */

static const struct {
    const char *sql;
    const char *emitted;
} changes[] = {
    {"INSERT INTO num2 VALUES (1, 2.7)", "INSERT INTO main.t104 (\"c1\", \"c2\") VALUES (1, 2)"},
    {"INSERT INTO num2 (x) VALUES ('12')",
     "INSERT INTO main.t104 (\"c1\", \"c2\") VALUES (NULL, 12)"},
    {"INSERT INTO num2 (x, i) VALUES (?, 3 + 4)",
     "INSERT INTO main.t104 (\"c1\", \"c2\") VALUES (x_int_add(3, 4, 'integer'), ?1)"},
    {"INSERT INTO mix (req) VALUES (1)",
     "INSERT INTO main.t103 (\"c1\", \"c2\", \"c3\", \"c4\", \"c5\", \"c6\", \"c7\", \"c8\", "
     "\"c9\") VALUES (x_serial(NULL, 103, 1, 'serial'), NULL, NULL, NULL, 1, 'it''s', x_today(), "
     "x_cast(x_user(), 'varchar(128)', 'char(32)'), X'C107')"},
    {"INSERT INTO mix VALUES (0, 't', ROW('Al', 3), SET{2,1}, 5, NULL, '2026-05-04', 'me', 1.005)",
     "INSERT INTO main.t103 (\"c1\", \"c2\", \"c3\", \"c4\", \"c5\", \"c6\", \"c7\", \"c8\", "
     "\"c9\") VALUES (x_serial(0, 103, 1, 'serial'), 1, 'ROW(''Al'',3)', 'SET{2,1}', 5, NULL, "
     "46145, 'me                              ', X'C10101')"},
    {"INSERT INTO num2 (x) SELECT d FROM num WHERE i > 3",
     "INSERT INTO main.t104 (\"c1\", \"c2\") SELECT NULL, x_cast(s3.c1, 'decimal(8,2)', "
     "'integer') FROM (SELECT s2.\"c5\" AS c1 FROM main.t100 AS s2 WHERE x_poll(s2.rowid) AND "
     "(s2.\"c1\" > 3)) AS s3"},
    {"UPDATE num2 SET i = i + 1, x = NULL WHERE i = ?",
     "UPDATE main.t104 AS s1 SET \"c1\" = x_int_add(s1.\"c1\", 1, 'integer'), \"c2\" = NULL WHERE "
     "x_poll(s1.rowid) AND (s1.\"c1\" = ?1)"},
    {"UPDATE mix SET dv = DEFAULT, dn = (SELECT MAX(d) FROM num WHERE num.i = mix.req)",
     "UPDATE main.t103 AS s1 SET \"c6\" = 'it''s', \"c9\" = (SELECT max(s2.\"c5\") AS c1 FROM "
     "main.t100 AS s2 WHERE x_poll(s2.rowid) AND (s2.\"c1\" = s1.\"c5\")) "
     "WHERE x_poll(s1.rowid)"},
    {"DELETE FROM num2 WHERE x IN (SELECT i FROM num)",
     "DELETE FROM main.t104 AS s1 WHERE x_poll(s1.rowid) AND (s1.\"c2\" IN (SELECT "
     "s2.\"c1\" AS c1 FROM main.t100 AS s2 NOT INDEXED WHERE x_poll(s2.rowid)))"},
};

static void changes_fit_their_columns(void **state)
{
    for (size_t i = 0; i < COUNT(changes); i++) {
        resolve(*state, changes[i].sql);
        compare(changes[i].sql, fixture_sql(*state), changes[i].emitted);
    }
}

/* --- CHECK and DEFAULT --- */

static void checks_see_their_table(void **state)
{
    static const char text[] = "i > 0 AND d < 1000";
    struct fixture *f = *state;
    struct sqli_parse_options options = {.delimident = false};
    const struct sqli_table *table;
    struct sqli_expr *check;
    struct sqli_span span = sqli__span_text(text), none = {NULL, 0};
    sqli__arena_reset(&f->arena);
    assert_int_equal(
        sqli__catalog_table(f->catalog, none, none, sqli__span_text("num"), &table, &f->error),
        SQLI_OK);
    assert_int_equal(sqli__parse_expression(span, &options, &f->arena, &check, &f->error), SQLI_OK);
    assert_int_equal(sqli__resolve_check(f->catalog, table, span, &f->arena, check, &f->error),
                     SQLI_OK);
    sqli__buffer_clear(&f->text);
    assert_int_equal(sqli__emit_expression(check, &f->text, &f->error), SQLI_OK);
    compare(text, fixture_text(f), "((\"c1\" > 0) AND (\"c5\" < X'C20A'))");
    assert_int_equal(sqli__parse_expression(sqli__span_text("i = nosuch"), &options, &f->arena,
                                            &check, &f->error),
                     SQLI_OK);
    assert_int_equal(sqli__resolve_check(f->catalog, table, sqli__span_text("i = nosuch"),
                                         &f->arena, check, &f->error),
                     SQLI_FAIL);
    assert_int_equal(f->error.code, SQLI_E_COLUMN_NOT_FOUND);
    assert_int_equal(f->error.offset, 5);
}

static void defaults_are_of_the_columns_type(void **state)
{
    static const struct {
        const char *type, *text, *emitted; /* NULL: fails */
    } cases[] = {
        {"integer", "5", "5"},
        {"decimal(8,2)", "1.005", "X'C10101'"},
        {"char(3)", "'a'", "'a  '"},
        {"date", "today", "x_today()"},
        {"datetime year to second", "current year to second", "x_now('year to second')"},
        {"datetime year to second", "current",
         "x_cast(x_now('year to fraction(3)'), 'datetime year to fraction(3)', 'datetime year to "
         "second')"},
        {"boolean", "'t'", "1"},
        {"integer", "NULL", "NULL"},
        {"integer", "nosuch", NULL},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sqli_type type;
        struct sqli_expr *value;
        sqli__arena_reset(&f->arena);
        fixture_column_type(f, cases[i].type, &type);
        enum sqli_status status = sqli__resolve_default(
            f->catalog, &type, sqli__span_text(cases[i].text), &f->arena, &value, &f->error);
        assert_int_equal(status, cases[i].emitted ? SQLI_OK : SQLI_FAIL);
        if (status != SQLI_OK)
            continue;
        sqli__buffer_clear(&f->text);
        assert_int_equal(sqli__emit_expression(value, &f->text, &f->error), SQLI_OK);
        compare(cases[i].text, fixture_text(f), cases[i].emitted);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(expressions_have_types),
        cmocka_unit_test(aggregates_have_types),
        cmocka_unit_test(items_have_names),
        cmocka_unit_test(conditions_are_lowered),
        cmocka_unit_test(parameters_have_types),
        cmocka_unit_test(changes_fit_their_columns),
        cmocka_unit_test(checks_see_their_table),
        cmocka_unit_test(defaults_are_of_the_columns_type),
    };
    return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
