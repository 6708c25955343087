/* The functions of text. */
#include "tests/store/functions.h"

static void lengths(void **state)
{
    static const struct function_case cases[] = {
        {"x_f_length('abc   ')", "3"},       {"x_f_length('')", "0"},
        {"x_f_length('   ')", "0"},          {"x_f_length(NULL)", "NULL"},
        {"x_f_octet_length('abc   ')", "6"}, {"x_f_char_length('abc   ')", "6"},
    };
    FUNCTIONS_CHECK(*state, cases);
}

static void pieces(void **state)
{
    static const struct function_case cases[] = {
        {"x_f_substr('ABCDEFG', 3)", "CDEFG"},
        {"x_f_substr('ABCDEFG', 3, 2)", "CD"},
        {"x_f_substr('ABCDEFG', 0, 2)", "AB"},
        {"x_f_substr('ABCDEFG', 1, 100)", "ABCDEFG"},
        {"x_f_substr('ABCDEFG', -3, 2)", "EF"},
        {"x_f_substr('California     ', -15, 5)", "Calif"},
        {"x_f_substr('ABCDEFG', -8, 2)", "NULL"},
        {"x_f_substr('ABCDEFG', 8)", "NULL"},
        {"x_f_substr('ABCDEFG', 3, 0)", "NULL"},
        {"x_f_substrb('ABCDEFG', 3, 5)", "CDEFG"},
        {"x_f_substrb('ABCD', 3, 5)", "CD"},
        {"x_f_substrb('ABCD', 3, 0)", "NULL"},
        {"x_f_substring('ABCDEFG', 3, 2)", "CD"},
        {"x_f_substring('ABCDEFG', 0, 3)", "AB"},
        {"x_f_substring('ABCDEFG', -1, 4)", "AB"},
        {"x_f_substring('ABCDEFG', -5, 3)", ""},
        {"x_f_substring('ABCDEFG', 6, 100)", "FG"},
        {"x_f_substring('ABCDEFG', 9, 1)", ""},
        {"x_f_substring('ABCDEFG', 2, 9223372036854775807)", "BCDEFG"},
        {"x_f_substring('ABCDEFG', 3)", "CDEFG"},
        {"x_substring('ABCDEFG', 2, 3)", "BC"},
        {"x_substring('ABCDEFG', 2)", "B"},
        {"x_substring('ABCDEFG', 6, 20)", "FG"},
        {"x_substring('ABCDEFG', 0, 3)", "!-306"},
        {"x_f_left('ABCDEFG', 3)", "ABC"},
        {"x_f_left('ABCDEFG', 30)", "ABCDEFG"},
        {"x_f_left('ABCDEFG', 0)", ""},
        {"x_f_right('ABCDEFG', 3)", "EFG"},
        {"x_f_right('ABCDEFG', 30)", "ABCDEFG"},
        {"x_f_substring_index('www.ibm.com', '.', 2)", "www.ibm"},
        {"x_f_substring_index('www.ibm.com', '.', -2)", "ibm.com"},
        {"x_f_substring_index('www.ibm.com', '.', 9)", "www.ibm.com"},
        {"x_f_substring_index('www.ibm.com', '.', -9)", "www.ibm.com"},
        {"x_f_substring_index('www.ibm.com', '.', 0)", ""},
    };
    FUNCTIONS_CHECK(*state, cases);
}

static void searching(void **state)
{
    static const struct function_case cases[] = {
        {"x_f_instr('wwerw.ibm.cerom', 'er')", "3"},
        {"x_f_instr('wwerw.ibm.cerom', 'er', 1, 2)", "12"},
        {"x_f_instr('wwerw.ibm.cerom', 'er', -5, 1)", "3"},
        {"x_f_instr('wwerw.ibm.cerom', 'er', -1, 1)", "12"},
        {"x_f_instr('wwerw.ibm.cerom', 'er', -1, 2)", "3"},
        {"x_f_instr('wwerw.ibm.cerom', 'er', -1, 3)", "0"},
        {"x_f_instr('abc', 'x')", "0"},
        {"x_f_instr('abc', '')", "0"},
        {"x_f_instr('abc', 'c', 9)", "0"},
        {"x_f_instr('aaa', 'aa', 1, 2)", "2"},
        {"x_f_charindex('.', 'www.ibm.com')", "4"},
        {"x_f_charindex('.', 'www.ibm.com', 5)", "8"},
        {"x_f_charindex('.', 'www.ibm.com', 9)", "0"},
        {"x_f_replace('Mighty light', 'ight', 'otto')", "Motto"
                                                        "y lotto"},
        {"x_f_replace('abcabc', 'b')", "acac"},
        {"x_f_replace('abc', '', 'x')", "abc"},
        {"x_f_replace('aaa', 'aa', 'b')", "ba"},
    };
    FUNCTIONS_CHECK(*state, cases);
}

static void filling(void **state)
{
    static const struct function_case cases[] = {
        {"x_f_lpad('Here we are', 15, '-')", "----Here we are"},
        {"x_f_lpad('abc', 8, '12')", "12121abc"},
        {"x_f_lpad('abc', 5)", "  abc"},
        {"x_f_lpad('abcdef', 3)", "abc"},
        {"x_f_lpad('abc', 0)", "NULL"},
        {"x_f_lpad('abc', 8, '')", "abc"},
        {"x_f_lpad('abc', 100000000)", "!-881"},
        {"x_f_rpad('abc', 8, '12')", "abc12121"},
        {"x_f_rpad('abc', 5) || '|'", "abc  |"},
        {"x_f_trim('  abc  ') || '|'", "abc|"},
        {"x_f_trim('##A2T##', '#')", "A2T"},
        {"x_f_ltrim('  abc  ') || '|'", "abc  |"},
        {"x_f_rtrim('  abc  ') || '|'", "  abc|"},
        {"x_f_ltrim('Hellohello world!', 'Hello')", "hello world!"},
        {"x_f_rtrim('abcxyxy', 'xy')", "abc"},
        {"x_f_trim('   ') || '|'", "|"},
        {"x_f_space(3) || '|'", "   |"},
        {"x_f_space(-1) || '|'", "|"},
        {"x_f_space(1000000)", "!-881"},
        {"x_f_reverse('abc')", "cba"},
        {"x_concat('ab  ', 'c')", "ab  c"},
        {"x_concat('', '')", ""},
        {"x_concat('a', NULL)", "NULL"},
        {"x_f_ascii('A')", "65"},
        {"x_f_ascii('')", "0"},
        {"x_f_chr(65)", "A"},
        {"x_f_chr(256)", "!-717"},
    };
    FUNCTIONS_CHECK(*state, cases);
}

static void ascii_case(void **state)
{
    static const struct function_case cases[] = {
        {"x_f_upper('abc XYZ 12')", "ABC XYZ 12"},
        {"x_f_lower('abc XYZ 12')", "abc xyz 12"},
        {"x_f_initcap('the qUICK brown-fox 2nd')", "The Quick Brown-Fox 2nd"},
        {"x_f_upper('')", ""},
    };
    FUNCTIONS_CHECK(*state, cases);
}

/* a, A umlaut, sharp s (which has no capital here), y diaeresis (whose capital 8859-1 lacks). */
static void latin_case(void **state)
{
    static const struct function_case cases[] = {
        {"CAST(x_f_upper(CAST(X'61E4DFFF' AS TEXT)) AS BLOB)", "X'41C4DFFF'"},
        {"CAST(x_f_lower(CAST(X'41C4DFD7' AS TEXT)) AS BLOB)", "X'61E4DFD7'"},
        {"x_f_char_length(CAST(X'C3A4' AS TEXT))", "2"},
        {"x_f_ascii(CAST(X'E4' AS TEXT))", "228"},
        {"CAST(x_f_chr(228) AS BLOB)", "X'E4'"},
        {"CAST(x_f_reverse(CAST(X'C3A4' AS TEXT)) AS BLOB)", "X'A4C3'"},
    };
    FUNCTIONS_CHECK(*state, cases);
}

static void utf8(void **state)
{
    static const struct function_case cases[] = {
        {"x_f_upper('äöüß ÿ')", "ÄÖÜß Ÿ"},
        {"x_f_lower('ÄÖÜ ÉŁŠ')", "äöü éłš"},
        {"x_f_upper('ελληνικός')", "ΕΛΛΗΝΙΚΌΣ"},
        {"x_f_upper('привет ёж')", "ПРИВЕТ ЁЖ"},
        {"x_f_lower('ПРИВЕТ ЁЖ')", "привет ёж"},
        {"x_f_initcap('élan ÜBER')", "Élan Über"},
        {"x_f_upper('日本')", "日本"},
        {"x_f_char_length('äöü')", "3"},
        {"x_f_length('äöü ')", "6"},
        {"x_f_octet_length('äöü')", "6"},
        {"x_f_substr('äöüß', 2, 2)", "öü"},
        {"x_f_substr('äöüß', -1)", "ß"},
        {"x_f_substrb('äöüß', 3, 2)", "ö"},
        {"x_substring('äöüß', 1, 2)", "äö"},
        {"x_f_left('日本語', 2)", "日本"},
        {"x_f_right('日本語', 2)", "本語"},
        {"x_f_reverse('añb')", "bña"},
        {"x_f_instr('äöüß', 'ü')", "3"},
        {"x_f_charindex('ß', 'äöüß', 2)", "4"},
        {"x_f_lpad('ß', 4, 'äö')", "äöäß"},
        {"x_f_trim('ääbää', 'ä')", "b"},
        {"x_f_rtrim('bé', 'é')", "b"},
        {"x_f_ascii('é')", "233"},
        {"x_f_upper(CAST(X'61FF62' AS TEXT)) = CAST(X'41FF42' AS TEXT)", "1"},
    };
    FUNCTIONS_CHECK(*state, cases);
}

/* Two bytes each, of which the second may be one of ASCII: 5C in 8163 is no backslash. */
static void two_bytes(void **state)
{
    struct functions_fixture f;
    (void)state;
    functions_open(&f, "gb18030");
    assert_string_equal(functions_value(&f, "x_f_char_length(CAST(X'D6D0B9FA61' AS TEXT))"), "3");
    assert_string_equal(
        functions_value(&f, "CAST(x_f_substr(CAST(X'D6D0B9FA61' AS TEXT), 2, 1) AS BLOB)"),
        "X'B9FA'");
    assert_string_equal(functions_value(&f, "CAST(x_f_upper(CAST(X'D6D0B9FA61' AS TEXT)) AS BLOB)"),
                        "X'D6D0B9FA41'");
    assert_string_equal(functions_value(&f, "x_f_char_length(CAST(X'FF' AS TEXT))"), "!-415");
    functions_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FUNCTIONS_TEST(lengths, latin),    FUNCTIONS_TEST(pieces, latin),
        FUNCTIONS_TEST(searching, latin),  FUNCTIONS_TEST(filling, latin),
        FUNCTIONS_TEST(ascii_case, latin), FUNCTIONS_TEST(latin_case, latin),
        FUNCTIONS_TEST(utf8, utf8),        cmocka_unit_test(two_bytes),
        FUNCTIONS_TEST(pieces, utf8),      FUNCTIONS_TEST(searching, utf8),
        FUNCTIONS_TEST(filling, utf8),     FUNCTIONS_TEST(ascii_case, utf8),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
