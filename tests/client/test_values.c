/* Values of every type, read in every C type, beside what the server itself makes of them. */
#include "tests/client/fixture.h"

/* --- all getters on one value, as one line --- */

static void say(char *line, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void say(char *line, const char *format, ...)
{
    va_list args;
    size_t length = strlen(line);
    va_start(args, format);
    vsnprintf(line + length, 512 - length, format, args);
    va_end(args);
}

static void say_digits(sqli_stmt *stmt, char *line)
{
    struct sqli_digits d;
    if (sqli_get_digits(stmt, 1, &d))
        return;
    say(line, " digits %s.", d.negative ? "-" : "");
    for (int i = 0; i < d.count; i++)
        say(line, "%d", d.digits[i]);
    say(line, "e%d", d.exponent);
}

static void say_times(sqli_stmt *stmt, char *line)
{
    struct sqli_moment m;
    struct sqli_span_of_time i;
    if (sqli_get_moment(stmt, 1, &m) == SQLI_OK)
        say(line, " moment %d-%d %d-%d-%d %d:%d:%d.%09d", m.first, m.last, m.year, m.month, m.day,
            m.hour, m.minute, m.second, m.nanosecond);
    if (sqli_get_interval(stmt, 1, &i) == SQLI_OK)
        say(line, " interval %d-%d(%d) %lld months %lld.%09d", i.first, i.last, i.first_digits,
            (long long)i.months, (long long)i.seconds, i.nanoseconds);
}

/* What every getter says of the first column that does not fail. */
static const char *all_getters(sqli_stmt *stmt)
{
    static char line[512];
    int64_t number;
    double real;
    int truth;
    const void *bytes;
    size_t length;
    line[0] = '\0';
    if (sqli_get_int64(stmt, 1, &number) == SQLI_OK)
        say(line, " int64 %lld", (long long)number);
    if (sqli_get_double(stmt, 1, &real) == SQLI_OK)
        say(line, " double %.17g", real);
    if (sqli_get_bool(stmt, 1, &truth) == SQLI_OK)
        say(line, " bool %d", truth);
    say_digits(stmt, line);
    say_times(stmt, line);
    if (sqli_get_bytes(stmt, 1, &bytes, &length) == SQLI_OK)
        say(line, " bytes %zu", length);
    return line + (line[0] == ' ');
}

static const struct {
    const char *type;
    const char *value; /* as it is bound; NULL: NULL */
    const char *text;
    const char *getters;
} cases[] = {
    {"smallint", "-7", "-7", "int64 -7 double -7 digits -.7e1"},
    {"smallint", "32767", "32767", "int64 32767 double 32767 digits .32767e5"},
    {"smallint", "-32767", "-32767", "int64 -32767 double -32767 digits -.32767e5"},
    {"integer", "1", "1", "int64 1 double 1 bool 1 digits .1e1"},
    {"integer", "2147483647", "2147483647",
     "int64 2147483647 double 2147483647 digits .2147483647e10"},
    {"integer", "-2147483647", "-2147483647",
     "int64 -2147483647 double -2147483647 digits -.2147483647e10"},
    {"bigint", "9223372036854775807", "9223372036854775807",
     "int64 9223372036854775807 double 9.2233720368547758e+18 digits .9223372036854775807e19"},
    {"bigint", "-9223372036854775807", "-9223372036854775807",
     "int64 -9223372036854775807 double -9.2233720368547758e+18 digits -.9223372036854775807e19"},
    {"int8", "9223372036854775807", "9223372036854775807",
     "int64 9223372036854775807 double 9.2233720368547758e+18 digits .9223372036854775807e19"},
    {"int8", "-123456789012", "-123456789012",
     "int64 -123456789012 double -123456789012 digits -.123456789012e12"},
    {"int8", "0", "0", "int64 0 double 0 bool 0 digits .e0"},
    {"float", "3.25", "3.25", "double 3.25 digits .325e1"},
    {"float", "-1e300", "-1e+300", "double -1.0000000000000001e+300"},
    {"float", "1", "1", "int64 1 double 1 bool 1 digits .1e1"},
    {"float", "9223372036854775808", "9.223372036854776e+18",
     "double 9.2233720368547758e+18 digits .9223372036854776e19"},
    {"smallfloat", "0.1", "0.1", "double 0.10000000149011612 digits .1e0"},
    {"smallfloat", "-1.5", "-1.5", "double -1.5 digits -.15e1"},
    {"decimal(8,2)", "1234.5", "1234.50", "double 1234.5 digits .12345e4"},
    {"decimal(8,2)", "-12", "-12.00", "int64 -12 double -12 digits -.12e2"},
    {"decimal(5,0)", "0", "0", "int64 0 double 0 bool 0 digits .e0"},
    {"decimal(32,0)", "12345678901234567890123456789012", "12345678901234567890123456789012",
     "double 1.2345678901234567e+31 digits .12345678901234567890123456789012e32"},
    {"decimal(32,31)", "1.2345678901234567890123456789012", "1.2345678901234567890123456789012",
     "double 1.2345678901234567 digits .12345678901234567890123456789012e1"},
    {"decimal(16)", "1e-8", "0.00000001", "double 1e-08 digits .1e-7"},
    {"decimal(32)", "1e100", "1E+100", "double 1e+100 digits .1e101"},
    {"decimal(19,0)", "9223372036854775808", "9223372036854775808",
     "double 9.2233720368547758e+18 digits .9223372036854775808e19"},
    {"money(10,2)", "99.99", "99.99", "double 99.989999999999995 digits .9999e2"},
    {"char(6)", "ab", "ab", "bytes 6"},
    {"char(6)", "", "", "bytes 6"},
    {"char(6)", " 42", " 42", "int64 42 double 42 digits .42e2 bytes 6"},
    {"nchar(4)", "x", "x", "bytes 4"},
    {"varchar(20)", "cd  ", "cd  ", "bytes 4"},
    {"varchar(20)", "", "", "bytes 0"},
    {"varchar(255)", "2026-05-04", "2026-05-04", "moment 0-4 2026-5-4 0:0:0.000000000 bytes 10"},
    {"varchar(40)", "2026-05-04 12:34", "2026-05-04 12:34",
     "moment 0-8 2026-5-4 12:34:0.000000000 bytes 16"},
    {"varchar(40)", "2026-05-04 12:34:56.78", "2026-05-04 12:34:56.78",
     "moment 0-15 2026-5-4 12:34:56.780000000 bytes 22"},
    {"varchar(40)", "12:34:56", "12:34:56", "moment 6-10 1-1-1 12:34:56.000000000 bytes 8"},
    {"varchar(60)", "-12345678901234567890.5", "-12345678901234567890.5",
     "double -1.2345678901234567e+19 digits -.123456789012345678905e20 bytes 23"},
    {"nvarchar(9)", "T", "T", "bool 1 bytes 1"},
    {"lvarchar(3000)", "1.50", "1.50", "double 1.5 digits .15e1 bytes 4"},
    {"boolean", "t", "t", "int64 1 bool 1"},
    {"boolean", "f", "f", "int64 0 bool 0"},
    {"date", "2026-05-04", "2026-05-04", "moment 0-4 2026-5-4 0:0:0.000000000"},
    {"date", "0001-01-01", "0001-01-01", "moment 0-4 1-1-1 0:0:0.000000000"},
    {"date", "9999-12-31", "9999-12-31", "moment 0-4 9999-12-31 0:0:0.000000000"},
    {"datetime year to second", "2026-05-04 12:34:56", "2026-05-04 12:34:56",
     "moment 0-10 2026-5-4 12:34:56.000000000"},
    {"datetime year to fraction(5)", "2026-05-04 12:34:56.78901", "2026-05-04 12:34:56.78901",
     "moment 0-15 2026-5-4 12:34:56.789010000"},
    {"datetime year to fraction(3)", "2026-05-04 12:34:56.700", "2026-05-04 12:34:56.700",
     "moment 0-13 2026-5-4 12:34:56.700000000"},
    {"datetime year to day", "2026-05-04", "2026-05-04", "moment 0-4 2026-5-4 0:0:0.000000000"},
    {"datetime year to month", "2026-05", "2026-05", "moment 0-2 2026-5-1 0:0:0.000000000"},
    {"datetime hour to minute", "23:59", "23:59", "moment 6-8 1-1-1 23:59:0.000000000"},
    {"datetime month to day", "02-29", "02-29", "moment 2-4 1-2-29 0:0:0.000000000"},
    {"interval year to month", "5-03", "5-03", "interval 0-2(4) 63 months 0.000000000"},
    {"interval year(9) to month", "-123456789-11", "-123456789-11",
     "interval 0-2(9) -1481481479 months 0.000000000"},
    {"interval day to second", "5 04:03:02", "5 04:03:02",
     "interval 4-10(2) 0 months 446582.000000000"},
    {"interval day(3) to fraction(5)", "-999 23:59:59.99999", "-999 23:59:59.99999",
     "interval 4-15(3) 0 months -86399999.-999990000"},
    {"interval second(4) to fraction(2)", "1234.56", "1234.56",
     "interval 10-12(4) 0 months 1234.560000000"},
    {"interval minute to minute", "7", "7", "interval 8-8(2) 0 months 420.000000000"},
    {"smallint", NULL, NULL, NULL},
    {"integer", NULL, NULL, NULL},
    {"bigint", NULL, NULL, NULL},
    {"int8", NULL, NULL, NULL},
    {"float", NULL, NULL, NULL},
    {"smallfloat", NULL, NULL, NULL},
    {"decimal(8,2)", NULL, NULL, NULL},
    {"money(8,2)", NULL, NULL, NULL},
    {"char(6)", NULL, NULL, NULL},
    {"nchar(6)", NULL, NULL, NULL},
    {"varchar(6)", NULL, NULL, NULL},
    {"nvarchar(6)", NULL, NULL, NULL},
    {"lvarchar(600)", NULL, NULL, NULL},
    {"boolean", NULL, NULL, NULL},
    {"date", NULL, NULL, NULL},
    {"datetime year to second", NULL, NULL, NULL},
    {"interval day to second", NULL, NULL, NULL},
};

/* A column stands behind each, for a value of the wrong size does not harm itself. */
static sqli_stmt *stored(sqli_conn *db, const char *type, const char *value)
{
    char sql[200];
    must(db, "drop table if exists v");
    snprintf(sql, sizeof sql, "create table v (a %s, z integer)", type);
    must(db, sql);
    sqli_stmt *insert = must_prepare(db, "insert into v values (?, 777)");
    if (value ? sqli_bind_text(insert, 1, value, -1) : sqli_bind_null(insert, 1))
        fail_msg("%s", sqli_errmsg(db));
    if (sqli_step(insert) != SQLI_DONE)
        fail_msg("%s %s: %s", type, value, sqli_errmsg(db));
    sqli_finalize(insert);
    sqli_stmt *select = must_prepare(db, "select a, z, a::lvarchar from v");
    if (sqli_step(select) != SQLI_ROW)
        fail_msg("%s %s: %s", type, value, sqli_errmsg(db));
    return select;
}

static void check_null(sqli_stmt *stmt)
{
    const char *text;
    assert_int_equal(sqli_is_null(stmt, 1), 1);
    assert_int_equal(sqli_get_text(stmt, 1, &text, NULL), SQLI_NULL);
    assert_string_equal(all_getters(stmt), "");
    assert_int_equal(sqli_is_null(stmt, 3), 1);
}

static void check_value(sqli_stmt *stmt, const char *type, const char *text, const char *getters)
{
    const char *got;
    size_t length;
    assert_int_equal(sqli_is_null(stmt, 1), 0);
    assert_int_equal(sqli_get_text(stmt, 1, &got, &length), SQLI_OK);
    assert_string_equal(got, text);
    assert_int_equal(length, strlen(text));
    assert_string_equal(all_getters(stmt), getters);
    assert_int_equal(sqli_get_text(stmt, 3, &got, &length), SQLI_OK);
    if (strstr(type, "char(6)") == type || strstr(type, "nchar(4)"))
        while (length && got[length - 1] == ' ')
            length--;
    assert_int_equal(length, strlen(text));
    assert_memory_equal(got, text, length);
}

static void test_every_type(void **state)
{
    sqli_conn *db = open_default(*state);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t behind = 0;
        sqli_stmt *stmt = stored(db, cases[i].type, cases[i].value);
        assert_int_equal(sqli_get_int64(stmt, 2, &behind), SQLI_OK);
        assert_int_equal(behind, 777);
        if (cases[i].value)
            check_value(stmt, cases[i].type, cases[i].text, cases[i].getters);
        else
            check_null(stmt);
        sqli_finalize(stmt);
    }
    sqli_close(db);
}

/* --- conversions that there are not --- */

enum getter { INT64, DOUBLE, BOOL, BYTES, DIGITS, MOMENT, INTERVAL, ITEM };

static int get(sqli_stmt *stmt, enum getter getter)
{
    int64_t number;
    double real;
    int truth;
    const void *bytes;
    struct sqli_digits digits;
    struct sqli_moment moment;
    struct sqli_span_of_time interval;
    const sqli_item *item;
    switch (getter) {
    case INT64: return sqli_get_int64(stmt, 1, &number);
    case DOUBLE: return sqli_get_double(stmt, 1, &real);
    case BOOL: return sqli_get_bool(stmt, 1, &truth);
    case BYTES: return sqli_get_bytes(stmt, 1, &bytes, NULL);
    case DIGITS: return sqli_get_digits(stmt, 1, &digits);
    case MOMENT: return sqli_get_moment(stmt, 1, &moment);
    case INTERVAL: return sqli_get_interval(stmt, 1, &interval);
    case ITEM: return sqli_get_item(stmt, 1, &item);
    }
    return SQLI_OK;
}

static void test_conversions_that_fail(void **state)
{
    static const struct {
        const char *type;
        const char *value;
        enum getter getter;
        int code;
        const char *says;
    } fails[] = {
        {"decimal(8,2)", "1.5", INT64, SQLI_E_VALUE_RANGE, "column 1 (a): "},
        {"decimal(19,0)", "9223372036854775808", INT64, SQLI_E_VALUE_RANGE, "column 1 (a): "},
        {"float", "0.5", INT64, SQLI_E_VALUE_RANGE, "0.5 to an integer"},
        {"float", "9223372036854775808", INT64, SQLI_E_VALUE_RANGE, "to an integer"},
        {"varchar(9)", "1.5", INT64, SQLI_E_VALUE_RANGE, "1.5"},
        {"varchar(9)", "12x", INT64, SQLI_E_NUMBER_TEXT, "12x"},
        {"varchar(9)", "", DOUBLE, SQLI_E_NUMBER_TEXT, "column 1 (a)"},
        {"varchar(60)", "1.23456789012345678901234567890123", DIGITS, SQLI_E_VALUE_RANGE, "1.2345"},
        {"float", "1e300", DIGITS, SQLI_E_DECIMAL_TOO_LARGE, "1e+300"},
        {"integer", "2", BOOL, SQLI_E_VALUE_RANGE, "2 to a boolean"},
        {"decimal(4,2)", "0.5", BOOL, SQLI_E_VALUE_RANGE, "0.50 to a boolean"},
        {"varchar(9)", "maybe", BOOL, SQLI_E_BOOLEAN_VALUE, "maybe"},
        {"date", "2026-05-04", INT64, SQLI_E_VALUE_TYPE_MISMATCH, "date to an integer"},
        {"date", "2026-05-04", DOUBLE, SQLI_E_VALUE_TYPE_MISMATCH, "date to a double"},
        {"date", "2026-05-04", BOOL, SQLI_E_VALUE_TYPE_MISMATCH, "date to a boolean"},
        {"boolean", "t", DIGITS, SQLI_E_VALUE_TYPE_MISMATCH, "boolean to digits"},
        {"integer", "1", BYTES, SQLI_E_VALUE_TYPE_MISMATCH, "integer to bytes"},
        {"integer", "1", MOMENT, SQLI_E_VALUE_TYPE_MISMATCH, "integer to a date or time"},
        {"varchar(40)", "2026-02-30", MOMENT, SQLI_E_DATE_DAY, "2026-02-30"},
        {"varchar(40)", "2026-02-01 25:00:00", MOMENT, SQLI_E_DATETIME_FIELD_RANGE, "25:00:00"},
        {"varchar(40)", "soon", MOMENT, SQLI_E_DATE_TEXT, "soon"},
        {"date", "2026-05-04", INTERVAL, SQLI_E_VALUE_TYPE_MISMATCH, "date to an interval"},
        {"varchar(9)", "SET{1}", ITEM, SQLI_E_VALUE_TYPE_MISMATCH, "varchar to parts"},
    };
    sqli_conn *db = open_default(*state);
    for (size_t i = 0; i < sizeof fails / sizeof fails[0]; i++) {
        sqli_stmt *stmt = stored(db, fails[i].type, fails[i].value);
        if (get(stmt, fails[i].getter) != SQLI_FAIL)
            fail_msg("%s %s has getter %d", fails[i].type, fails[i].value, (int)fails[i].getter);
        if (sqli_errcode(db) != fails[i].code || !strstr(sqli_errmsg(db), fails[i].says))
            fail_msg("%s %s: %d, %s", fails[i].type, fails[i].value, sqli_errcode(db),
                     sqli_errmsg(db));
        sqli_finalize(stmt);
    }
    sqli_close(db);
}

static void test_columns_that_there_are_not(void **state)
{
    sqli_conn *db = open_default(*state);
    int64_t number = 5;
    sqli_stmt *stmt = stored(db, "integer", "1");
    static const int columns[] = {-1, 0, 4, 100};
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        int column = columns[i];
        assert_int_equal(sqli_get_int64(stmt, column, &number), SQLI_FAIL);
        assert_int_equal(sqli_errcode(db), SQLI_E_COLUMN_INDEX);
        assert_int_equal(sqli_is_null(stmt, column), 1);
        assert_null(sqli_column_name(stmt, column));
    }
    assert_int_equal(sqli_step(stmt), SQLI_DONE);
    assert_int_equal(sqli_get_int64(stmt, 1, &number), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), SQLI_E_NO_ROW);
    assert_int_equal(sqli_is_null(stmt, 1), 1);
    assert_int_equal(number, 5);
    sqli_finalize(stmt);
    sqli_close(db);
}

/* --- what is known of columns --- */

/* What sqli_column_info says, as a line; a field that is 0 is left out. */
static const char *info_line(const struct sqli_column_info *info)
{
    static char line[512];
    const struct {
        const char *name;
        int64_t value;
    } fields[] = {
        {"as", info->default_as},       {"nullable", info->nullable}, {"length", info->length},
        {"precision", info->precision}, {"scale", info->scale},       {"first", info->first},
        {"last", info->last},
    };
    snprintf(line, sizeof line, "%s: %d", info->type_name, info->type);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (fields[i].value)
            say(line, " %s %lld", fields[i].name, (long long)fields[i].value);
    return line;
}

/* The number behind the name is that of enum sqli_sqltype, the one behind "as" of enum sqli_ctype.
 */
static void test_column_info(void **state)
{
    static const struct {
        const char *type;
        const char *line;
    } all[] = {
        {"smallint not null", "smallint: 1 as 1 length 2 precision 5"},
        {"integer", "integer: 2 as 1 nullable 1 length 4 precision 10"},
        {"serial", "serial: 6 as 1 length 4 precision 10"},
        {"bigint", "bigint: 52 as 1 nullable 1 length 8 precision 19"},
        {"int8", "int8: 17 as 1 nullable 1 length 10 precision 19"},
        {"float", "float: 3 as 2 nullable 1 length 8 precision 15 scale -1"},
        {"smallfloat", "smallfloat: 4 as 2 nullable 1 length 4 precision 7 scale -1"},
        {"decimal(8,2)", "decimal(8,2): 5 as 8 nullable 1 length 5 precision 8 scale 2"},
        {"decimal(16)", "decimal(16): 5 as 4 nullable 1 length 10 precision 16 scale -1"},
        {"money(10,2)", "money(10,2): 8 as 8 nullable 1 length 6 precision 10 scale 2"},
        {"char(6)", "char(6): 0 as 4 nullable 1 length 6"},
        {"nchar(4)", "nchar(4): 15 as 4 nullable 1 length 4"},
        {"varchar(20,5)", "varchar(20,5): 13 as 4 nullable 1 length 20"},
        {"nvarchar(9)", "nvarchar(9): 16 as 4 nullable 1 length 9"},
        {"lvarchar(300)", "lvarchar(300): 1001 as 4 nullable 1 length 300"},
        {"boolean", "boolean: 1005 as 3 nullable 1 length 1"},
        {"date", "date: 7 as 6 nullable 1 length 4 last 4"},
        {"datetime year to fraction(3)",
         "datetime year to fraction(3): 10 as 7 nullable 1 length 10 scale 3 last 13"},
        {"datetime hour to second",
         "datetime hour to second: 10 as 4 nullable 1 length 4 first 6 last 10"},
        {"interval day(3) to fraction(2)", "interval day(3) to fraction(2): 14 as 4 nullable 1 "
                                           "length 7 precision 3 scale 2 first 4 last 12"},
        {"byte", "byte: 11 as 5 nullable 1 length 2147483647"},
        {"text", "text: 12 as 4 nullable 1 length 2147483647"},
        {"blob", "blob: 1010 as 5 nullable 1 length 4398046511104"},
        {"clob", "clob: 1011 as 4 nullable 1 length 4398046511104"},
        {"set(integer not null)", "set(integer not null): 19 as 4 nullable 1"},
        {"list(varchar(20) not null)", "list(varchar(20) not null): 21 as 4 nullable 1"},
        {"row(x integer, y char(3))", "row(x integer, y char(3)): 22 as 4 nullable 1"},
    };
    sqli_conn *db = open_default(*state);
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        char sql[200];
        struct sqli_column_info got = {.size = sizeof got};
        snprintf(sql, sizeof sql, "create temp table info (a %s, z integer)", all[i].type);
        must(db, sql);
        sqli_stmt *stmt = must_prepare(db, "select a, z from info");
        assert_int_equal(sqli_describe(stmt), SQLI_OK);
        assert_int_equal(sqli_column_info(stmt, 1, &got), SQLI_OK);
        assert_string_equal(info_line(&got), all[i].line);
        assert_string_equal(got.name, "a");
        assert_string_equal(got.table, "");
        sqli_finalize(stmt);
        must(db, "drop table info");
    }
    sqli_close(db);
}

static void test_extended_types_and_sizes(void **state)
{
    sqli_conn *db = open_default(*state);
    struct sqli_column_info info = {.size = sizeof info};
    sqli_stmt *stmt = must_prepare(db, "select 'a'::lvarchar, 't'::boolean, 1 from systables");
    assert_int_equal(sqli_column_info(stmt, 1, &info), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), SQLI_E_COLUMN_INDEX);
    assert_int_equal(sqli_describe(stmt), SQLI_OK);
    assert_int_equal(sqli_column_info(stmt, 1, &info), SQLI_OK);
    assert_int_equal(info.extended_id, 1);
    assert_string_equal(info.owner, "informix");
    assert_int_equal(sqli_column_info(stmt, 2, &info), SQLI_OK);
    assert_int_equal(info.extended_id, 5);
    assert_int_equal(sqli_column_info(stmt, 3, &info), SQLI_OK);
    assert_int_equal(info.extended_id, 0);
    assert_string_equal(info.owner, "");
    info.size = 8;
    assert_int_equal(sqli_column_info(stmt, 3, &info), SQLI_FAIL);
    assert_int_equal(sqli_errcode(db), SQLI_E_ARGUMENT);
    sqli_finalize(stmt);
    sqli_close(db);
}

static void test_names(void **state)
{
    sqli_conn *db = open_default(*state);
    sqli_stmt *stmt =
        must_prepare(db, "select tabname, tabid as Number, 1 as tabname from systables");
    assert_int_equal(sqli_column_index(stmt, "tabname"), 0);
    assert_int_equal(sqli_describe(stmt), SQLI_OK);
    assert_int_equal(sqli_column_count(stmt), 3);
    assert_string_equal(sqli_column_name(stmt, 2), "number");
    assert_int_equal(sqli_column_index(stmt, "tabname"), 1);
    assert_int_equal(sqli_column_index(stmt, "NUMBER"), 2);
    assert_int_equal(sqli_column_index(stmt, "numbe"), 0);
    sqli_finalize(stmt);
    sqli_close(db);
}

/* --- code sets and forms of dates --- */

static void test_code_sets(void **state)
{
    static const struct {
        const char *locale;
        size_t bytes; /* of "h\xc3\xa4" as it travels */
    } locales[] = {{"en_US.utf8", 3}, {"en_US.8859-1", 2}};
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof locales / sizeof locales[0]; i++) {
        sqli_conn *db = sqli_new();
        const void *bytes;
        const char *text;
        size_t length;
        assert_int_equal(sqli_set_url(db, f->url), SQLI_OK);
        assert_int_equal(sqli_set(db, "db-locale", locales[i].locale), SQLI_OK);
        assert_int_equal(sqli_connect(db), SQLI_OK);
        must(db, "create database coded");
        must(db, "create table t (a varchar(20), b char(10), c integer, \xc3\xa4 integer)");
        sqli_stmt *stmt = must_prepare(db, "insert into t values (?, ?, 1, 2)");
        sqli_bind_text(stmt, 1, "h\xc3\xa4", -1);
        sqli_bind_text(stmt, 2, "\xc3\xbc", -1);
        assert_int_equal(sqli_step(stmt), SQLI_DONE);
        assert_int_equal(sqli_bind_text(stmt, 1, "\xe2\x82\xac", -1), i ? SQLI_FAIL : SQLI_OK);
        sqli_finalize(stmt);
        stmt = must_prepare(db, "select * from t where a = 'h\xc3\xa4'");
        assert_int_equal(sqli_step(stmt), SQLI_ROW);
        assert_int_equal(sqli_get_text(stmt, 1, &text, &length), SQLI_OK);
        assert_string_equal(text, "h\xc3\xa4");
        assert_int_equal(length, 3);
        assert_int_equal(sqli_get_text(stmt, 2, &text, &length), SQLI_OK);
        assert_string_equal(text, "\xc3\xbc");
        assert_int_equal(sqli_get_bytes(stmt, 1, &bytes, &length), SQLI_OK);
        assert_int_equal(length, locales[i].bytes);
        assert_int_equal(sqli_get_bytes(stmt, 2, &bytes, &length), SQLI_OK);
        assert_int_equal(length, 10);
        assert_string_equal(sqli_column_name(stmt, 4), "\xc3\xa4");
        assert_int_equal(sqli_column_index(stmt, "\xc3\xa4"), 4);
        sqli_finalize(stmt);
        must(db, "close database");
        must(db, "drop database coded");
        sqli_close(db);
    }
}

static void test_the_form_of_dates(void **state)
{
    struct fixture *f = *state;
    sqli_conn *db = sqli_new();
    assert_int_equal(sqli_set_url(db, f->url), SQLI_OK);
    assert_int_equal(sqli_set(db, "database", f->database), SQLI_OK);
    assert_int_equal(sqli_set(db, "dbdate", "DMY4."), SQLI_OK);
    assert_int_equal(sqli_connect(db), SQLI_OK);
    struct sqli_moment m;
    const char *text;
    sqli_stmt *stmt =
        must_prepare(db, "select mdy(5,4,2026), '05.04.2026' from systables where tabid = 1");
    assert_int_equal(sqli_step(stmt), SQLI_ROW);
    assert_int_equal(sqli_get_text(stmt, 1, &text, NULL), SQLI_OK);
    assert_string_equal(text, "04.05.2026");
    assert_int_equal(sqli_get_moment(stmt, 2, &m), SQLI_OK);
    assert_int_equal(m.month * 100 + m.day, 405);
    sqli_finalize(stmt);
    sqli_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_type),
        cmocka_unit_test(test_conversions_that_fail),
        cmocka_unit_test(test_columns_that_there_are_not),
        cmocka_unit_test(test_column_info),
        cmocka_unit_test(test_extended_types_and_sizes),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_code_sets),
        cmocka_unit_test(test_the_form_of_dates),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
