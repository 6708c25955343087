#include "tests/support/support.h"

#include <stdlib.h>
#include <wchar.h>

/* --- the table --- */

typedef void entry_check(const struct sqli_error_info *entry);

static void for_each_entry(entry_check *check)
{
    for (size_t i = 0; i < sqli__error_count(); i++)
        check(sqli__error_at(i));
}

static void test_table_is_sorted_and_found(void **state)
{
    (void)state;
    assert_true(sqli__error_count() > 250);
    for (size_t i = 0; i < sqli__error_count(); i++) {
        const struct sqli_error_info *entry = sqli__error_at(i);
        if (i > 0 && entry->code >= sqli__error_at(i - 1)->code)
            fail_msg("%d stands behind %d", entry->code, sqli__error_at(i - 1)->code);
        assert_ptr_equal(sqli__error_info(entry->code), entry);
    }
    assert_null(sqli__error_at(sqli__error_count()));
}

static void test_other_codes_are_not_found(void **state)
{
    (void)state;
    static const int32_t codes[] = {0, 1, 100, -1, -99, -5000, -899999, INT32_MIN, INT32_MAX};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        assert_null(sqli__error_info(codes[i]));
}

static int compare_names(const void *a, const void *b)
{
    const struct sqli_error_info *const *x = a;
    const struct sqli_error_info *const *y = b;
    return strcmp((*x)->name, (*y)->name);
}

static void test_names_are_unique(void **state)
{
    (void)state;
    const struct sqli_error_info *entries[4096];
    size_t count = sqli__error_count();
    assert_true(count < sizeof entries / sizeof *entries);
    for (size_t i = 0; i < count; i++)
        entries[i] = sqli__error_at(i);
    qsort(entries, count, sizeof *entries, compare_names);
    for (size_t i = 1; i < count; i++)
        if (strcmp(entries[i - 1]->name, entries[i]->name) == 0)
            fail_msg("%s is the name of two codes", entries[i]->name);
}

/* Only such characters, a capital first. */
static bool is_name(const char *text)
{
    return text[0] >= 'A' && text[0] <= 'Z' &&
           strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == strlen(text);
}

static void check_columns(const struct sqli_error_info *entry)
{
    if (!is_name(entry->name) || strlen(entry->name) > 32)
        fail_msg("%d: name %s", entry->code, entry->name);
    if (strlen(entry->sqlstate) != 5 ||
        strspn(entry->sqlstate, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != 5)
        fail_msg("%d: SQLSTATE %s", entry->code, entry->sqlstate);
    if (strncmp(entry->sqlstate, "00", 2) == 0 || strncmp(entry->sqlstate, "01", 2) == 0)
        fail_msg("%d: SQLSTATE %s is no error", entry->code, entry->sqlstate);
    if (strlen(entry->source) < 5)
        fail_msg("%d: no source", entry->code);
    if (!entry->text[0] && entry->code != SQLI_E_RAISED)
        fail_msg("%d: no text", entry->code);
}

static bool is_plain(const char *text)
{
    size_t length = strlen(text);
    for (size_t i = 0; i < length; i++)
        if (text[i] < ' ' || text[i] > '~' || (text[i] == ' ' && text[i + 1] == ' '))
            return false;
    return length == 0 || (text[0] != ' ' && text[length - 1] != ' ' && text[length - 1] != '.');
}

static void check_texts(const struct sqli_error_info *entry)
{
    if (!is_plain(entry->text) || !is_plain(entry->hint))
        fail_msg("%d: blanks, a full stop or odd characters: %s | %s", entry->code, entry->text,
                 entry->hint);
    if (strlen(entry->text) > 100 || strlen(entry->hint) > 150)
        fail_msg("%d: too long", entry->code);
    if (strchr(entry->text, '%') || strstr(entry->text, " %s"))
        fail_msg("%d: %s is no format", entry->code, entry->text);
}

static void test_every_entry_is_whole(void **state)
{
    (void)state;
    for_each_entry(check_columns);
}

static void test_texts_are_sentences_without_a_stop(void **state)
{
    (void)state;
    for_each_entry(check_texts);
}

/* Own codes need none of the vendor's texts, and nobody else's codes are called our own. */
static void check_source(const struct sqli_error_info *entry)
{
    bool own = entry->code < -900000;
    if (own != (strcmp(entry->source, "libsqli") == 0))
        fail_msg("%d: source %s", entry->code, entry->source);
}

static void test_sources_tell_own_codes_from_the_servers(void **state)
{
    (void)state;
    for_each_entry(check_source);
}

/* What other programs rely on: the vendor's drivers give these too. */
static const struct {
    int32_t code;
    int32_t value;
    const char *sqlstate;
    bool retryable;
} known[] = {
    {SQLI_E_SYNTAX, -201, "42000", false},
    {SQLI_E_TABLE_NOT_FOUND, -206, "42000", false},
    {SQLI_E_COLUMN_NOT_FOUND, -217, "42S22", false},
    {SQLI_E_INTERRUPTED, -213, "HY008", false},
    {SQLI_E_DUPLICATE, -239, "23000", false},
    {SQLI_E_UNIQUE_CONSTRAINT, -268, "23000", false},
    {SQLI_E_NOT_NULL, -391, "23000", false},
    {SQLI_E_CHECK_CONSTRAINT, -530, "23000", false},
    {SQLI_E_PARENT_MISSING, -691, "23000", false},
    {SQLI_E_CHILD_PRESENT, -692, "23000", false},
    {SQLI_E_POSITION, -243, "IX000", true},
    {SQLI_E_ISAM_DEADLOCK, -143, "40001", true},
    {SQLI_E_ISAM_LOCK_TIMEOUT, -154, "HYT00", true},
    {SQLI_E_DATABASE_NOT_FOUND, -329, "3D000", false},
    {SQLI_E_TABLE_EXISTS, -310, "42S01", false},
    {SQLI_E_NOT_IN_TRANSACTION, -255, "25000", false},
    {SQLI_E_LOGIN, -951, "28000", false},
    {SQLI_E_SERVER_NAME, -761, "08004", false},
    {SQLI_E_CONNECT_FAILED, -908, "08004", true},
    {SQLI_E_CONNECT_READ, -27001, "08001", true},
    {SQLI_E_QUIESCENT, -27002, "08004", true},
    {SQLI_E_DIVISION_BY_ZERO, -1202, "22012", false},
    {SQLI_E_NUMBER_TEXT, -1213, "22018", false},
    {SQLI_E_INTEGER_RANGE, -1215, "22003", false},
    {SQLI_E_DECIMAL_OVERFLOW, -1226, "22003", false},
    {SQLI_E_DATE_TEXT, -1218, "22007", false},
    {SQLI_E_DATETIME_OVERFLOW, -1267, "22008", false},
    {SQLI_E_STRING_TRUNCATION, -1279, "22001", false},
    {SQLI_E_NO_MEMORY, -900001, "HY001", true},
    {SQLI_E_CANCELLED, -900026, "HY008", false},
};

static void test_known_codes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        struct sqli_error error;
        assert_int_equal(known[i].code, known[i].value);
        assert_int_equal(sqli__fail(&error, known[i].code, NULL), SQLI_FAIL);
        assert_int_equal(error.code, known[i].value);
        assert_string_equal(error.sqlstate, known[i].sqlstate);
        assert_int_equal(error.retryable, known[i].retryable);
        assert_string_equal(error.message, sqli__error_info(known[i].code)->text);
        assert_ptr_equal(error.hint, sqli__error_info(known[i].code)->hint);
    }
}

/* Those who cannot connect get told what to do. */
static void test_connection_errors_have_hints(void **state)
{
    (void)state;
    static const int32_t codes[] = {-908,
                                    -951,
                                    -952,
                                    -956,
                                    -761,
                                    -930,
                                    -25555,
                                    -25580,
                                    -25582,
                                    -25588,
                                    -25590,
                                    -25596,
                                    -27001,
                                    -27002,
                                    -28014,
                                    -23197,
                                    SQLI_E_LOGIN_CUT,
                                    SQLI_E_NOT_SQLI,
                                    SQLI_E_CONNECT_REFUSED,
                                    SQLI_E_URL};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (!sqli__error_info(codes[i])->hint[0])
            fail_msg("%d has no hint", codes[i]);
}

/* --- errors of the library --- */

static void test_clear(void **state)
{
    (void)state;
    struct sqli_error error;
    memset(&error, 0xff, sizeof error);
    sqli__error_clear(&error);
    assert_int_equal(error.code, 0);
    assert_int_equal(error.isam, 0);
    assert_int_equal(error.offset, 0);
    assert_false(error.retryable);
    assert_string_equal(error.sqlstate, "00000");
    assert_string_equal(error.near, "");
    assert_string_equal(error.message, "");
    assert_string_equal(error.hint, "");
    sqli__error_clear(NULL);
}

static void test_fail_takes_a_format(void **state)
{
    (void)state;
    struct sqli_error error;
    assert_int_equal(sqli__fail(&error, SQLI_E_VALUE_SYNTAX, "'%s' at %d", "a%sb", 3), SQLI_FAIL);
    assert_string_equal(error.near, "'a%sb' at 3");
    assert_string_equal(error.message, "the text is not a value of this type: 'a%sb' at 3");
    assert_int_equal(sqli__fail(NULL, SQLI_E_VALUE_SYNTAX, "%d", 1), SQLI_FAIL);
}

static void test_fail_forgets_the_error_before(void **state)
{
    (void)state;
    struct sqli_error error;
    sqli__fail_server(&error, -244, -107, 12, sqli__span_text("customer"));
    sqli__fail(&error, SQLI_E_ARGUMENT, NULL);
    assert_int_equal(error.isam, 0);
    assert_int_equal(error.offset, 0);
    assert_false(error.retryable);
    assert_string_equal(error.near, "");
    assert_string_equal(error.hint, "");
}

static void test_an_error_can_quote_itself(void **state)
{
    (void)state;
    struct sqli_error error;
    sqli__fail(&error, SQLI_E_VALUE_SYNTAX, "x");
    sqli__fail(&error, SQLI_E_ARGUMENT, "%s", error.message);
    assert_string_equal(error.near, "the text is not a value of this type: x");
}

static void test_a_format_that_fails_leaves_the_text(void **state)
{
    (void)state;
    static const wchar_t unwritable[] = {0x110000, 0};
    struct sqli_error error;
    sqli__fail(&error, SQLI_E_ARGUMENT, "half a text, %ls", unwritable);
    assert_string_equal(error.message, "an argument is not usable");
}

/* --- errors of the server --- */

struct message_case {
    int32_t code;
    int32_t isam;
    const char *near;
    const char *sqlstate;
    bool retryable;
    const char *message;
};

static const struct message_case messages[] = {
    {-201, 0, "", "42000", false, "syntax error in the SQL statement"},
    {-206, 0, "no_such", "42000", false, "the table is not in the database: no_such"},
    /* a code that is clear by itself: the ISAM code adds nothing */
    {-206, -111, "no_such", "42000", false, "the table is not in the database: no_such"},
    {-239, -100, "u100_1", "23000", false, "the value is in a unique index already: u100_1"},
    /* a code that is not: the ISAM code tells the cause, and whether it passes */
    {-244, 0, "", "IX000", true, "the next row cannot be read"},
    {-244, -107, "customer", "IX000", true,
     "the next row cannot be read: customer (another session holds a lock on the row)"},
    {-244, 107, "", "IX000", true,
     "the next row cannot be read (another session holds a lock on the row)"},
    {-244, -105, "", "IX000", false, "the next row cannot be read (a table or index is damaged)"},
    {-243, -143, "customer", "40001", true,
     "the row of the table cannot be reached: customer (deadlock: two sessions wait for each "
     "other's locks)"},
    {-271, -131, "", "IX000", false, "the row cannot be inserted (the dbspace has no room left)"},
    {-271, -154, "", "HYT00", true,
     "the row cannot be inserted (the wait for a lock took too long)"},
    {-271, -98765, "", "IX000", false, "the row cannot be inserted (ISAM error -98765)"},
    {-271, 28, "", "IX000", false, "the row cannot be inserted (ISAM error 28)"},
    {-271, INT32_MIN, "", "IX000", false, "the row cannot be inserted (ISAM error -2147483648)"},
    /* the server's own words are the message */
    {-746, 0, "no such order", "IX000", false, "no such order"},
    {-746, -107, "no such order", "IX000", false, "no such order"},
    {-746, 0, "", "IX000", false, "error -746"},
    /* nobody knows the code */
    {-12345, 0, "its own text", "IX000", false, "the server reports error -12345: its own text"},
    {-12345, 0, "", "IX000", false, "the server reports error -12345"},
    {-12345, -107, "", "IX000", true,
     "the server reports error -12345 (another session holds a lock on the row)"},
};

static void test_messages(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof messages / sizeof *messages; i++) {
        const struct message_case *c = &messages[i];
        struct sqli_error error;
        enum sqli_status status =
            sqli__fail_server(&error, c->code, c->isam, 7, sqli__span_text(c->near));
        assert_int_equal(status, SQLI_FAIL);
        assert_string_equal(error.message, c->message);
        assert_string_equal(error.near, c->near);
        assert_string_equal(error.sqlstate, c->sqlstate);
        assert_int_equal(error.retryable, c->retryable);
        assert_int_equal(error.code, c->code);
        assert_int_equal(error.isam, c->isam);
        assert_int_equal(error.offset, 7);
    }
    assert_int_equal(sqli__fail_server(NULL, -1, 0, 0, sqli__span(NULL, 0)), SQLI_FAIL);
}

static void test_the_cause_brings_its_hint(void **state)
{
    (void)state;
    struct sqli_error error;
    sqli__fail_server(&error, -271, -131, 0, sqli__span(NULL, 0));
    assert_ptr_equal(error.hint, sqli__error_info(-131)->hint);
    sqli__fail_server(&error, -271, -101, 0, sqli__span(NULL, 0)); /* it has none */
    assert_ptr_equal(error.hint, sqli__error_info(-271)->hint);
    sqli__fail_server(&error, -12345, 0, 0, sqli__span(NULL, 0));
    assert_string_equal(error.hint, "");
}

static void test_isam_codes_have_either_sign(void **state)
{
    (void)state;
    assert_int_equal(sqli__error_isam(-107)->code, -107);
    assert_int_equal(sqli__error_isam(107)->code, -107);
    assert_null(sqli__error_isam(0));
    assert_null(sqli__error_isam(2)); /* the operating system's */
    assert_null(sqli__error_isam(-2));
    assert_null(sqli__error_isam(INT32_MIN));
    assert_null(sqli__error_isam(INT32_MAX));
}

static void test_near_ends_at_its_length(void **state)
{
    (void)state;
    struct sqli_error error;
    sqli__fail_server(&error, -206, 0, 0, sqli__span("customer and more", 8));
    assert_string_equal(error.near, "customer");
}

/* --- long texts --- */

enum { NEAR_ROOM = sizeof((struct sqli_error *)0)->near - 1 };

/* `prefix` ASCII letters, then as many copies of a character as there can be. */
static size_t fill_near(char *text, size_t size, size_t prefix, const char *character)
{
    size_t width = strlen(character);
    size_t length = prefix;
    memset(text, 'a', prefix);
    for (; length + width < size; length += width)
        memcpy(text + length, character, width);
    text[length] = '\0';
    return length;
}

static void assert_cut_whole(const char *near, size_t prefix, const char *character)
{
    size_t width = strlen(character);
    size_t length = strlen(near);
    assert_int_equal((length - prefix) % width, 0);
    assert_true(length <= NEAR_ROOM && length + width > NEAR_ROOM);
    assert_memory_equal(near + length - width, character, width);
}

static void test_near_is_cut_between_characters(void **state)
{
    (void)state;
    static const char *const characters[] = {"b", "ä", "€", "😀"};
    for (size_t i = 0; i < 4; i++)
        for (size_t prefix = 0; prefix < 8; prefix++) {
            struct sqli_error error;
            char text[2000];
            size_t length = fill_near(text, sizeof text, prefix, characters[i]);
            sqli__fail_server(&error, -206, 0, 0, sqli__span(text, length));
            assert_cut_whole(error.near, prefix, characters[i]);
            sqli__fail(&error, -206, "%s", text);
            assert_cut_whole(error.near, prefix, characters[i]);
        }
}

static void test_near_of_just_the_room_is_kept(void **state)
{
    (void)state;
    for (size_t length = NEAR_ROOM - 1; length <= NEAR_ROOM + 1; length++) {
        struct sqli_error error;
        char text[NEAR_ROOM + 2];
        memset(text, 'x', sizeof text);
        sqli__fail_server(&error, -206, 0, 0, sqli__span(text, length));
        assert_int_equal(strlen(error.near), length < NEAR_ROOM ? length : NEAR_ROOM);
    }
}

static void test_bytes_that_are_no_text_are_bounded_too(void **state)
{
    (void)state;
    struct sqli_error error;
    char text[1000];
    memset(text, 0x80, sizeof text); /* nothing but continuation bytes */
    sqli__fail_server(&error, -206, 0, 0, sqli__span(text, sizeof text));
    assert_string_equal(error.near, "");
    assert_string_equal(error.message, "the table is not in the database");
}

static void check_room_for_message(const struct sqli_error_info *entry)
{
    struct sqli_error error;
    char text[NEAR_ROOM];
    memset(text, 'x', sizeof text);
    sqli__fail_server(&error, entry->code, SQLI_E_ISAM_DEADLOCK, 0, sqli__span(text, sizeof text));
    if (strlen(error.message) + 64 > sizeof error.message)
        fail_msg("%d: its message may be cut", entry->code);
}

static void test_no_message_is_ever_cut(void **state)
{
    (void)state;
    for_each_entry(check_room_for_message);
}

static enum sqli_status tried(enum sqli_status status, int *reached)
{
    SQLI_TRY(status);
    ++*reached;
    return SQLI_OK;
}

static void test_try_leaves_with_what_it_got(void **state)
{
    (void)state;
    int reached = 0;
    assert_int_equal(tried(SQLI_OK, &reached), SQLI_OK);
    assert_int_equal(tried(SQLI_MORE, &reached), SQLI_MORE);
    assert_int_equal(tried(SQLI_FAIL, &reached), SQLI_FAIL);
    assert_int_equal(reached, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table_is_sorted_and_found),
        cmocka_unit_test(test_other_codes_are_not_found),
        cmocka_unit_test(test_names_are_unique),
        cmocka_unit_test(test_every_entry_is_whole),
        cmocka_unit_test(test_texts_are_sentences_without_a_stop),
        cmocka_unit_test(test_sources_tell_own_codes_from_the_servers),
        cmocka_unit_test(test_known_codes),
        cmocka_unit_test(test_connection_errors_have_hints),
        cmocka_unit_test(test_clear),
        cmocka_unit_test(test_fail_takes_a_format),
        cmocka_unit_test(test_fail_forgets_the_error_before),
        cmocka_unit_test(test_an_error_can_quote_itself),
        cmocka_unit_test(test_a_format_that_fails_leaves_the_text),
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_the_cause_brings_its_hint),
        cmocka_unit_test(test_isam_codes_have_either_sign),
        cmocka_unit_test(test_near_ends_at_its_length),
        cmocka_unit_test(test_near_is_cut_between_characters),
        cmocka_unit_test(test_near_of_just_the_room_is_kept),
        cmocka_unit_test(test_bytes_that_are_no_text_are_bounded_too),
        cmocka_unit_test(test_no_message_is_ever_cut),
        cmocka_unit_test(test_try_leaves_with_what_it_got),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
