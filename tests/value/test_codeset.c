/* Code sets: what people write for them, and text on its way in and out. */
#include "tests/support/support.h"

#include "base/alloc.h"
#include "value/codeset.h"

#include <stdio.h>
#include <stdlib.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { BUFFER_LIMIT = 1 << 20 };

/* --- names --- */

static const struct {
    const char *text;
    const char *name; /* NULL: nobody knows it */
} spellings[] = {
    {"en_US.utf8", "utf8"},
    {"en_US.UTF-8", "utf8"},
    {"en_US.57372", "utf8"},
    {"utf8", "utf8"},
    {"UTF_8", "utf8"},
    {"Utf-8 ", "utf8"},
    {"cs_CZ.e01c", "utf8"},
    {"E01C", "utf8"},
    {"en_US.8859-1", "8859-1"},
    {"en_US.819", "8859-1"},
    {"fr_fr.0333", "8859-1"},
    {"8859-1", "8859-1"},
    {"8859_1", "8859-1"},
    {"ISO8859-1", "8859-1"},
    {"iso-8859-1", "8859-1"},
    {"ISO_8859-1", "8859-1"},
    {"Latin-1", "8859-1"},
    {"cp819", "8859-1"},
    {"en_us", "8859-1"},
    {"EN_US", "8859-1"},
    {"de_de@dict", "8859-1"},
    {"8859-15", "8859-15"},
    {"de_de.8859-15@euro", "8859-15"},
    {"iso8859-15", "8859-15"},
    {"8859-13", "8859-13"},
    {"lt_lt.57390", "8859-13"},
    {".1252", "CP1252"},
    {"1252", "CP1252"},
    {"cp1252", "CP1252"},
    {"CP1252@dict", "CP1252"},
    {"de_de.1252@euro", "CP1252"},
    {"windows-1252", "CP1252"},
    {"en_us.04e4", "CP1252"},
    {"cs_cz.cp1250", "CP1250"},
    {"cs_cz.PC-Latin-2", "PC-Latin-2"},
    {"de_at.850", "PC-Latin-1"},
    {"da_dk.858", "858"},
    {"IBM437", "437"},
    {"ru_ru.PC866", "PC866"},
    {"ru_ru.KOI-8", "KOI-8"},
    {"koi8-r", "KOI-8"},
    {"ja_jp.sjis-s", "sjis-s"},
    {"ja_jp.932", "sjis-s"},
    {"cp932", "sjis-s"},
    {"ja_jp.sjis", "sjis"},
    {"Shift_JIS", "sjis"},
    {"ja_jp.ujis", "ujis"},
    {"EUC_JP", "ujis"},
    {"euc-jp", "ujis"},
    {"zh_tw.big5", "big5"},
    {"zh_tw.euctw", "euctw"},
    {"EUC_TW", "euctw"},
    {"zh_cn.gb", "gb"},
    {"GB2312-80", "gb"},
    {"cp936", "gb"},
    {"zh_cn.GB18030-2000", "GB18030-2000"},
    {"zh_cn.5488", "GB18030-2000"},
    {"zh_cn.1570", "GB18030-2000"},
    {"ko_kr.ksc", "ksc"},
    {"KS5601", "ksc"},
    {"cp_949", "ksc"},
    {"en_us.ASCII", "ASCII"},
    {"us-ascii", "ASCII"},
    {"364", "ASCII"},

    {"", NULL},
    {" ", NULL},
    {".", NULL},
    {"@", NULL},
    {"en_us.", NULL},
    {"en_us.@euro", NULL},
    {"english", NULL},
    {"_us", NULL},
    {"en_", NULL},
    {"e1_us", NULL},
    {"engl_us", NULL},
    {"0", NULL},
    {"00819", NULL},
    {"0819", NULL},
    {"8190", NULL},
    {"333", NULL},
    {"00333", NULL},
    {"4294968115", NULL}, /* 2^32 + 819 */
    {"en_us.8859-99", NULL},
    {"iso8859", NULL},
    {"cp", NULL},
    {"cp0850", NULL},
    {"pl_pl.mazovia", NULL}, /* there is such a set, but no converter */
    {"utf8utf8utf8utf8utf8utf8utf8utf8", NULL},
    {"utf\xc3\xa9", NULL},
};

static void names_are_known_in_every_spelling(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(spellings); i++) {
        const struct sqli_codeset_info *info =
            sqli__codeset_find(sqli__span_text(spellings[i].text));
        const char *wanted = spellings[i].name;
        if ((info == NULL) != (wanted == NULL) || (info && strcmp(info->name, wanted) != 0))
            fail_msg("'%s' is %s, not %s", spellings[i].text, info ? info->name : "unknown",
                     wanted ? wanted : "unknown");
    }
}

static void an_absent_name_is_unknown(void **state)
{
    (void)state;
    assert_null(sqli__codeset_find(sqli__span(NULL, 0)));
}

static const struct sqli_codeset_info *find_format(const char *format, int32_t number)
{
    char text[32];
    snprintf(text, sizeof text, format, (unsigned)number);
    return sqli__codeset_find(sqli__span_text(text));
}

/* Every line answers to its name and number; no hexadecimal form reads as another's number. */
static void the_table_is_unambiguous(void **state)
{
    (void)state;
    const struct sqli_codeset_info *info;
    size_t i = 0;
    for (; (info = sqli__codeset_at(i)) != NULL; i++) {
        assert_ptr_equal(sqli__codeset_find(sqli__span_text(info->name)), info);
        assert_in_range(info->bytes_max, 1, 4);
        assert_true(info->ascii || !info->ascii_superset);
        if (info->number == 0)
            continue;
        assert_ptr_equal(find_format("%u", info->number), info);
        assert_ptr_equal(find_format("xx_yy.%04x", info->number), info);
    }
    assert_true(i > 40);
}

/* --- conversion --- */

static struct sqli_codeset *must_open(const char *name)
{
    struct sqli_codeset *codeset;
    struct sqli_error error;
    sqli__error_clear(&error);
    if (sqli__codeset_open(sqli__span_text(name), &codeset, &error) != SQLI_OK)
        fail_msg("%s: %s", name, error.message);
    return codeset;
}

static const struct {
    const char *codeset;
    const char *bytes; /* hex, as in the database */
    const char *utf8;
} conversions[] = {
    {"en_US.utf8", "68c3a96c6c6f20e282ac20e697a5", "h\u00e9llo \u20ac \u65e5"},
    {"utf8", "f0908d88", "\U00010348"},
    {"utf8", "", ""},
    {"8859-1", "", ""},
    {"8859-1", "68e96c6c6f", "h\u00e9llo"},
    {"8859-1", "80a4ff", "\xc2\x80\u00a4\u00ff"},
    {"8859-15", "a4a6", "\u20ac\u0160"},
    {"8859-5", "bfe0d8d2d5e2", "\u041f\u0440\u0438\u0432\u0435\u0442"},
    {"8859-7", "c1e1", "\u0391\u03b1"},
    {"1252", "80 41 8c 42", "\u20acA\u0152B"},
    {"cp1250", "9a e8", "\u0161\u010d"},
    {"437", "9b e1 db", "\u00a2\u00df\u2588"},
    {"858", "d5", "\u20ac"},
    {"KOI-8", "f0d2c9d7c5d4", "\u041f\u0440\u0438\u0432\u0435\u0442"},
    {"1255", "e9c4", "\u05d9\u05b4"}, /* a letter and its point stay two characters */
    {"864", "25 41", "\u066aA"},
    {"ASCII", "617e7f00", NULL},
    /* The second bytes of U+8868 and U+80FD look like a backslash. */
    {"sjis", "61 955c 5c 5c 94 5c 7e 8f f6 62", "a\u8868\\\\\u80fd~\u84b8b"},
    {"sjis-s", "b1 8740", "\uff71\u2460"},
    {"ujis", "61 c6fc 62 8eb1 8fb0a1", "a\u65e5b\uff71\u4e02"},
    {"big5", "a5 5c 5c a4e9", "\u529f\\\u65e5"},
    {"euctw", "c4e3 8ea1c4e3", NULL}, /* plane 1 has two spellings */
    {"ksc", "c7d1 b1db 41", "\ud55c\uae00A"},
    {"gb", "c8d5 b1be 7c", "\u65e5\u672c|"},
    {"gb18030", "c8d5 8130 8436 31 90308130", "\u65e5\u00a51\U00010000"},
};

static void assert_text(struct sqli_span got, const char *wanted, const char *codeset)
{
    if (!sqli__span_equal(got, sqli__span_text(wanted)))
        fail_msg("%s: got %s", codeset, support_hex(got));
}

static void text_converts_both_ways(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(conversions); i++) {
        struct sqli_error error;
        struct sqli_buffer utf8;
        struct sqli_buffer bytes;
        struct sqli_span source = support_unhex(conversions[i].bytes);
        struct sqli_codeset *codeset = must_open(conversions[i].codeset);
        sqli__error_clear(&error);
        sqli__buffer_init(&utf8, BUFFER_LIMIT);
        sqli__buffer_init(&bytes, BUFFER_LIMIT);
        if (sqli__codeset_to_utf8(codeset, source, &utf8, &error) != SQLI_OK)
            fail_msg("%s: %s", conversions[i].codeset, error.message);
        if (conversions[i].utf8) {
            assert_text(sqli__buffer_view(&utf8), conversions[i].utf8, conversions[i].codeset);
            struct sqli_span text = sqli__buffer_view(&utf8);
            if (sqli__codeset_from_utf8(codeset, text, &bytes, &error) != SQLI_OK)
                fail_msg("%s: %s", conversions[i].codeset, error.message);
            assert_span_hex(sqli__buffer_view(&bytes), conversions[i].bytes);
        }
        sqli__buffer_free(&utf8);
        sqli__buffer_free(&bytes);
        sqli__codeset_close(codeset);
        support_free(source);
    }
}

typedef enum sqli_status conversion(struct sqli_codeset *codeset, struct sqli_span text,
                                    struct sqli_buffer *out, struct sqli_error *error);

/* Each is refused with the character or byte, and its offset; what stood in the buffer before stays
 * alone there. */
static const struct {
    conversion *convert;
    const char *codeset;
    const char *bytes;
    const char *near;
} refusals[] = {
    {sqli__codeset_from_utf8, "8859-1", "61e282ac62", "U+20AC at offset 1, code set 8859-1"},
    {sqli__codeset_from_utf8, "8859-1", "c3a9c3a9f09f9880", "U+1F600 at offset 4, code set 8859-1"},
    {sqli__codeset_from_utf8, "8859-15", "c2a4", "U+00A4 at offset 0, code set 8859-15"},
    {sqli__codeset_from_utf8, "ASCII", "6162c3a9", "U+00E9 at offset 2, code set ASCII"},
    {sqli__codeset_from_utf8, "864", "6125", "U+0025 at offset 1, code set 864"},
    {sqli__codeset_from_utf8, "1252", "61c28120", "U+0081 at offset 1, code set CP1252"},
    {sqli__codeset_from_utf8, "ujis", "e697a561f09f9880e697a5",
     "U+1F600 at offset 4, code set ujis"},
    {sqli__codeset_from_utf8, "sjis", "e697a5ed959c", "U+D55C at offset 3, code set sjis"},
    /* Converters that make do: a backslash for the yen, nothing for a tag character. */
    {sqli__codeset_from_utf8, "sjis", "61e697a5c2a5", "U+00A5 at offset 4, code set sjis"},
    {sqli__codeset_from_utf8, "ujis", "61c2a562", "U+00A5 at offset 1, code set ujis"},
    {sqli__codeset_from_utf8, "ujis", "e280bee697a5", "U+203E at offset 0, code set ujis"},
    {sqli__codeset_from_utf8, "sjis", "e697a5e28096", "U+2016 at offset 3, code set sjis"},
    {sqli__codeset_from_utf8, "sjis-s", "e697a5e3809c", "U+301C at offset 3, code set sjis-s"},
    {sqli__codeset_from_utf8, "big5", "e697a5f3a08181e697a5", "U+E0041 at offset 3, code set big5"},
    {sqli__codeset_from_utf8, "8859-1", "f3a08181", "U+E0041 at offset 0, code set 8859-1"},
    {sqli__codeset_from_utf8, "ksc", "e6f3a08181", "byte E6 at offset 0 starts no character"},
    {sqli__codeset_from_utf8, "8859-1", "61e9", "byte E9 at offset 1 starts no character of UTF-8"},
    {sqli__codeset_from_utf8, "8859-1", "c3", "byte C3 at offset 0 starts no character of UTF-8"},
    {sqli__codeset_from_utf8, "gb18030", "61eda080", "byte ED at offset 1"},
    {sqli__codeset_from_utf8, "big5", "e697a5e697", "byte E6 at offset 3"},
    {sqli__codeset_from_utf8, "utf8", "61c0af", "byte C0 at offset 1 starts no character of UTF-8"},
    {sqli__codeset_to_utf8, "utf8", "6868e96c", "byte E9 at offset 2 starts no character of UTF-8"},
    {sqli__codeset_to_utf8, "utf8", "e282", "byte E2 at offset 0 starts no character of UTF-8"},
    {sqli__codeset_to_utf8, "utf8", "f4908080", "byte F4 at offset 0"},
    {sqli__codeset_to_utf8, "utf8", "61eda080", "byte ED at offset 1"},
    {sqli__codeset_to_utf8, "1252", "6181", "byte 81 at offset 1 starts no character of CP1252"},
    {sqli__codeset_to_utf8, "ASCII", "80", "byte 80 at offset 0 starts no character of ASCII"},
    {sqli__codeset_to_utf8, "sjis", "6188", "byte 88 at offset 1 starts no character of sjis"},
    {sqli__codeset_to_utf8, "ujis", "6162c662", "byte C6 at offset 2 starts no character of ujis"},
    {sqli__codeset_to_utf8, "ujis", "c6fc8f", "byte 8F at offset 2"},
    {sqli__codeset_to_utf8, "big5", "a4e9a420", "byte A4 at offset 2"},
    {sqli__codeset_to_utf8, "gb18030", "81308130813081", "byte 81 at offset 4"},
};

static void what_does_not_fit_is_refused_by_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(refusals); i++) {
        struct sqli_error error;
        struct sqli_buffer out;
        struct sqli_span text = support_unhex(refusals[i].bytes);
        struct sqli_codeset *codeset = must_open(refusals[i].codeset);
        sqli__error_clear(&error);
        sqli__buffer_init(&out, BUFFER_LIMIT);
        sqli__buffer_text(&out, "kept");
        enum sqli_status status = refusals[i].convert(codeset, text, &out, &error);
        if (status != SQLI_FAIL || error.code != SQLI_E_CODE_SET_CHARACTER)
            fail_msg("%s %s: code %d", refusals[i].codeset, refusals[i].bytes, error.code);
        if (strncmp(error.near, refusals[i].near, strlen(refusals[i].near)) != 0)
            fail_msg("%s: '%s', not '%s'", refusals[i].codeset, error.near, refusals[i].near);
        assert_text(sqli__buffer_view(&out), "kept", refusals[i].codeset);
        assert_int_equal(out.failed, 0);
        sqli__buffer_free(&out);
        sqli__codeset_close(codeset);
        support_free(text);
    }
}

/* After a refusal in the middle of a character the next text starts afresh. */
static void a_converter_survives_a_refusal(void **state)
{
    (void)state;
    struct sqli_buffer out;
    struct sqli_codeset *codeset = must_open("sjis");
    sqli__buffer_init(&out, BUFFER_LIMIT);
    assert_int_equal(sqli__codeset_to_utf8(codeset, sqli__span("\x88", 1), &out, NULL), SQLI_FAIL);
    assert_int_equal(sqli__codeset_to_utf8(codeset, sqli__span("\x9f", 1), &out, NULL), SQLI_FAIL);
    assert_int_equal(sqli__codeset_to_utf8(codeset, sqli__span("\x93\xfa", 2), &out, NULL),
                     SQLI_OK);
    assert_text(sqli__buffer_view(&out), "\u65e5", "sjis");
    sqli__buffer_free(&out);
    sqli__codeset_close(codeset);
}

static void an_absent_text_is_nothing(void **state)
{
    (void)state;
    static const char *const names[] = {"utf8", "8859-1", "ujis", "sjis"};
    for (size_t i = 0; i < COUNT(names); i++) {
        struct sqli_buffer out;
        struct sqli_span absent = sqli__span(NULL, 0);
        struct sqli_codeset *codeset = must_open(names[i]);
        sqli__buffer_init(&out, BUFFER_LIMIT);
        assert_int_equal(sqli__codeset_to_utf8(codeset, absent, &out, NULL), SQLI_OK);
        assert_int_equal(sqli__codeset_from_utf8(codeset, absent, &out, NULL), SQLI_OK);
        assert_true(sqli__codeset_same(codeset, absent));
        assert_int_equal(out.length, 0);
        sqli__buffer_free(&out);
        sqli__codeset_close(codeset);
    }
}

/* A tag character that the code set has is no loss. */
static void gb18030_has_tag_characters(void **state)
{
    (void)state;
    struct sqli_buffer out;
    struct sqli_codeset *codeset = must_open("gb18030");
    sqli__buffer_init(&out, BUFFER_LIMIT);
    assert_int_equal(sqli__codeset_from_utf8(codeset, sqli__span_text("\U000e0041"), &out, NULL),
                     SQLI_OK);
    assert_span_hex(sqli__buffer_view(&out), "d3369c33");
    sqli__buffer_free(&out);
    sqli__codeset_close(codeset);
}

static void an_unknown_code_set_does_not_open(void **state)
{
    (void)state;
    struct sqli_error error;
    struct sqli_codeset *codeset = (struct sqli_codeset *)&error;
    enum sqli_status status =
        sqli__codeset_open(sqli__span_text("xx_yy.nothing"), &codeset, &error);
    assert_int_equal(status, SQLI_FAIL);
    assert_null(codeset);
    assert_int_equal(error.code, SQLI_E_CODE_SET_UNKNOWN);
    assert_non_null(strstr(error.message, "'xx_yy.nothing'"));
    assert_int_equal(sqli__codeset_open(sqli__span(NULL, 0), &codeset, NULL), SQLI_FAIL);
    sqli__codeset_close(NULL);
}

/* Long texts, so that every chunk border falls somewhere else, with the odd character anywhere. */
static void length_makes_no_difference(void **state)
{
    (void)state;
    static const char *const names[] = {"utf8", "8859-1", "ujis", "sjis", "gb18030", "864"};
    for (size_t i = 0; i < COUNT(names); i++) {
        struct sqli_codeset *codeset = must_open(names[i]);
        for (size_t length = 1; length < 5000; length += length < 40 ? 1 : 977) {
            struct sqli_buffer text;
            struct sqli_buffer bytes;
            struct sqli_buffer back;
            sqli__buffer_init(&text, BUFFER_LIMIT);
            sqli__buffer_init(&bytes, BUFFER_LIMIT);
            sqli__buffer_init(&back, BUFFER_LIMIT);
            const char *odd = i == 1 || i == 5 ? "\u00ab" : (i == 0 ? "\U0001f600" : "\u65e5");
            for (size_t at = 0; at < length; at++)
                sqli__buffer_text(&text, at % 7 == length % 7 || at % 1100 > 5 ? odd : "x");
            struct sqli_span whole = sqli__buffer_view(&text);
            assert_int_equal(sqli__codeset_from_utf8(codeset, whole, &bytes, NULL), SQLI_OK);
            whole = sqli__buffer_view(&bytes);
            assert_int_equal(sqli__codeset_to_utf8(codeset, whole, &back, NULL), SQLI_OK);
            assert_true(sqli__span_equal(sqli__buffer_view(&back), sqli__buffer_view(&text)));
            sqli__buffer_free(&text);
            sqli__buffer_free(&bytes);
            sqli__buffer_free(&back);
        }
        sqli__codeset_close(codeset);
    }
}

/* A buffer that is too small is the limit's error, never half a text, and never an endless loop. */
static void output_is_bounded(void **state)
{
    (void)state;
    static const char *const names[] = {"utf8", "8859-1", "ujis", "sjis"};
    const char *text = "abc\u00b4\u00b4\u00b4\u00b4 \u00b4";
    for (size_t i = 0; i < COUNT(names); i++) {
        struct sqli_codeset *codeset = must_open(names[i]);
        for (size_t limit = 1; limit < 8; limit++) {
            struct sqli_error error;
            struct sqli_buffer out;
            sqli__buffer_init(&out, limit);
            sqli__buffer_byte(&out, '!');
            enum sqli_status status =
                sqli__codeset_from_utf8(codeset, sqli__span_text(text), &out, &error);
            assert_int_equal(status, SQLI_FAIL);
            assert_int_equal(error.code, SQLI_E_TOO_LARGE);
            assert_int_equal(out.length, 1);
            sqli__buffer_free(&out);
        }
        sqli__codeset_close(codeset);
    }
}

/* --- properties of the table --- */

/* Converts one character; its length in bytes, or 0 when the code set does not have it. */
static size_t encode_point(struct sqli_codeset *codeset, uint32_t point, struct sqli_buffer *out)
{
    uint8_t utf8[4];
    size_t length = sqli__utf8_encode(point, utf8);
    sqli__buffer_clear(out);
    if (sqli__codeset_from_utf8(codeset, sqli__span(utf8, length), out, NULL) != SQLI_OK)
        return 0;
    return out->length;
}

static bool ascii_in(const struct sqli_buffer *out)
{
    for (size_t i = 0; i < out->length; i++)
        if (out->data[i] < 0x80)
            return true;
    return false;
}

static void check_flags(const struct sqli_codeset_info *info)
{
    struct sqli_codeset *codeset = must_open(info->name);
    struct sqli_buffer out;
    bool ascii = true;
    bool mixed = false;
    size_t longest = 0;
    assert_ptr_equal(sqli__codeset_info(codeset), info);
    sqli__buffer_init(&out, BUFFER_LIMIT);
    for (uint32_t point = 0; point < 0x20000; point++) {
        if (point >= 0xd800 && point < 0xe000)
            continue;
        size_t length = encode_point(codeset, point, &out);
        longest = length > longest ? length : longest;
        if (point < 0x80)
            ascii = ascii && length == 1 && out.data[0] == point;
        else
            mixed = mixed || ascii_in(&out);
    }
    if (longest != info->bytes_max || ascii != info->ascii ||
        (ascii && !mixed) != info->ascii_superset)
        fail_msg("%s: at most %zu bytes, ASCII %d, mixed %d", info->name, longest, ascii, mixed);
    sqli__buffer_free(&out);
    sqli__codeset_close(codeset);
}

/* What the table says of each code set is what its converter does. Through the fast path, ASCII is
 * the same by construction: the probe beside this test asks iconv itself. */
static void flags_tell_the_truth(void **state)
{
    (void)state;
    for (size_t i = 0; sqli__codeset_at(i); i++)
        check_flags(sqli__codeset_at(i));
}

static const struct {
    const char *codeset;
    const char *text;
    bool same;
} sames[] = {
    {"8859-1", "plain", true},
    {"8859-1", "caf\u00e9", false},
    {"8859-1", "", true},
    {"sjis", "plain \\ ~", true},
    {"sjis", "\u65e5", false},
    {"utf8", "\u65e5", true},
    {"utf8", "\xff", false},
    {"864", "plain", false},
    {"gb18030", "0123456789", true},
    {"ujis", "12345678\xe9", false},
};

static void same_bytes_are_recognised(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(sames); i++) {
        struct sqli_codeset *codeset = must_open(sames[i].codeset);
        if (sqli__codeset_same(codeset, sqli__span_text(sames[i].text)) != sames[i].same)
            fail_msg("%s '%s'", sames[i].codeset, sames[i].text);
        sqli__codeset_close(codeset);
    }
}

/* --- random text --- */

static void append_random(struct sqli_codeset *codeset, uint64_t *seed, struct sqli_buffer *one,
                          struct sqli_buffer *text)
{
    uint8_t utf8[4];
    bool plain = support_random_between(seed, 0, 3) == 0;
    uint32_t point = (uint32_t)support_random_between(seed, 0, plain ? 0x7f : 0xffff);
    if (point >= 0xd800 && point < 0xe000)
        return;
    if (encode_point(codeset, point, one) > 0)
        sqli__buffer_append(text, utf8, sqli__utf8_encode(point, utf8));
}

/* What a program writes is what it reads. */
static void random_text_comes_back(void **state)
{
    (void)state;
    uint64_t seed = 20261121;
    for (size_t i = 0; sqli__codeset_at(i); i++) {
        struct sqli_codeset *codeset = must_open(sqli__codeset_at(i)->name);
        struct sqli_buffer buffers[3];
        for (size_t b = 0; b < COUNT(buffers); b++)
            sqli__buffer_init(&buffers[b], BUFFER_LIMIT);
        for (int character = 0; character < 20000; character++)
            append_random(codeset, &seed, &buffers[0], &buffers[1]);
        sqli__buffer_clear(&buffers[0]);
        struct sqli_span text = sqli__buffer_view(&buffers[1]);
        assert_int_equal(sqli__codeset_from_utf8(codeset, text, &buffers[0], NULL), SQLI_OK);
        struct sqli_span bytes = sqli__buffer_view(&buffers[0]);
        assert_int_equal(sqli__codeset_to_utf8(codeset, bytes, &buffers[2], NULL), SQLI_OK);
        if (!sqli__span_equal(sqli__buffer_view(&buffers[2]), text))
            fail_msg("%s", sqli__codeset_at(i)->name);
        for (size_t b = 0; b < COUNT(buffers); b++)
            sqli__buffer_free(&buffers[b]);
        sqli__codeset_close(codeset);
    }
}

/* Any bytes either convert to valid UTF-8 or are refused; nothing else happens. */
static void random_bytes_do_no_harm(void **state)
{
    (void)state;
    uint64_t seed = 7;
    for (size_t i = 0; sqli__codeset_at(i); i++) {
        struct sqli_codeset *codeset = must_open(sqli__codeset_at(i)->name);
        struct sqli_buffer out;
        sqli__buffer_init(&out, BUFFER_LIMIT);
        for (int round = 0; round < 2000; round++) {
            uint8_t bytes[24];
            size_t length = (size_t)support_random_between(&seed, 0, sizeof bytes);
            for (size_t at = 0; at < length; at++)
                bytes[at] = (uint8_t)support_random(&seed);
            sqli__buffer_clear(&out);
            struct sqli_span text = sqli__span(bytes, length);
            if (sqli__codeset_to_utf8(codeset, text, &out, NULL) == SQLI_OK)
                assert_true(sqli__utf8_valid(sqli__buffer_view(&out)));
            else
                assert_int_equal(out.length, 0);
            if (sqli__codeset_from_utf8(codeset, text, &out, NULL) == SQLI_OK)
                assert_true(sqli__utf8_valid(text));
        }
        sqli__buffer_free(&out);
        sqli__codeset_close(codeset);
    }
}

static size_t decoded_length(struct sqli_codeset *codeset, struct sqli_span text)
{
    struct sqli_buffer out;
    sqli__buffer_init(&out, BUFFER_LIMIT);
    enum sqli_status status = sqli__codeset_to_utf8(codeset, text, &out, NULL);
    size_t length = status == SQLI_OK ? out.length : 0;
    sqli__buffer_free(&out);
    return length;
}

/* Every pair of bytes is something or is refused, alone and between others. A converter of glibc
 * takes one of the pairs without a result, at the end of a text without telling where. */
static void nothing_gets_lost(void **state)
{
    (void)state;
    static const char *const names[] = {"sjis", "ujis", "big5", "euctw", "ksc", "gb", "gb18030"};
    uint8_t *block = malloc(3); /* so that a read past the end is seen */
    assert_non_null(block);
    for (size_t i = 0; i < COUNT(names); i++) {
        struct sqli_codeset *codeset = must_open(names[i]);
        for (unsigned pair = 0x8000; pair < 0x10000; pair++) {
            const uint8_t bytes[] = {'.', (uint8_t)(pair >> 8), (uint8_t)pair, '.'};
            memcpy(block, bytes, 3);
            size_t alone = decoded_length(codeset, sqli__span(block + 1, 2));
            size_t last = decoded_length(codeset, sqli__span(block, 3));
            size_t between = decoded_length(codeset, sqli__span(bytes, 4));
            if (alone ? last != alone + 1 || between != alone + 2 : last != 0)
                fail_msg("%s %04x: %zu, %zu, %zu", names[i], pair, alone, last, between);
        }
        sqli__codeset_close(codeset);
    }
    free(block);
}

/* --- memory --- */

static enum sqli_status open_and_convert(void *context, struct sqli_error *error)
{
    struct sqli_codeset *codeset;
    struct sqli_buffer out;
    SQLI_TRY(sqli__codeset_open(sqli__span_text(context), &codeset, error));
    sqli__buffer_init(&out, BUFFER_LIMIT);
    struct sqli_span text = sqli__span_text("plain, and \u00b0\u00b0 beside it");
    enum sqli_status status = sqli__codeset_from_utf8(codeset, text, &out, error);
    struct sqli_span bytes = sqli__buffer_view(&out);
    struct sqli_buffer back;
    sqli__buffer_init(&back, BUFFER_LIMIT);
    if (status == SQLI_OK)
        status = sqli__codeset_to_utf8(codeset, bytes, &back, error);
    sqli__buffer_free(&back);
    sqli__buffer_free(&out);
    sqli__codeset_close(codeset);
    return status;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    static char names[][8] = {"utf8", "8859-1", "ujis", "sjis"};
    for (size_t i = 0; i < COUNT(names); i++)
        assert_in_range(support_fail_each_allocation(open_and_convert, names[i]), 3, 4);
}

/* --- UTF-8 --- */

static const struct {
    const char *bytes;
    size_t valid; /* how many at the start */
} utf8_texts[] = {
    {"", 0},
    {"00", 1},
    {"7f c280 dfbf e0a080 ed9fbf ee8080 efbfbf f0908080 f48fbfbf", 25},
    {"61 80", 1},
    {"61 c080", 1},
    {"61 c1bf", 1},
    {"61 e09fbf", 1},
    {"61 eda080", 1},
    {"61 edbfbf", 1},
    {"61 f08fbfbf", 1},
    {"61 f4908080", 1},
    {"61 f5808080", 1},
    {"61 f888808080", 1},
    {"61 fe", 1},
    {"61 ff", 1},
    {"61 c2", 1},
    {"61 c241", 1},
    {"61 e28041", 1},
    {"61 e282", 1},
    {"61 f09f98", 1},
    {"61 f09f9841", 1},
    {"6162636465666768 69 ff", 9},
    {"61626364656667ff 69", 7},
};

static void utf8_is_validated(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(utf8_texts); i++) {
        struct sqli_span text = support_unhex(utf8_texts[i].bytes);
        if (sqli__utf8_prefix(text) != utf8_texts[i].valid)
            fail_msg("%s: %zu", utf8_texts[i].bytes, sqli__utf8_prefix(text));
        assert_int_equal(sqli__utf8_valid(text), utf8_texts[i].valid == text.length);
        support_free(text);
    }
}

static void every_code_point_goes_through_utf8(void **state)
{
    (void)state;
    for (uint32_t point = 0; point < 0x110000; point++) {
        uint8_t bytes[4];
        uint32_t back = 0;
        size_t length = sqli__utf8_encode(point, bytes);
        size_t decoded = sqli__utf8_decode(sqli__span(bytes, length), &back);
        bool surrogate = point >= 0xd800 && point < 0xe000;
        if (surrogate ? decoded != 0 : decoded != length || back != point)
            fail_msg("U+%04X: %zu bytes, back U+%04X", point, length, back);
        if (sqli__utf8_decode(sqli__span(bytes, length - 1), &back) != 0)
            fail_msg("U+%04X decodes from too few bytes", point);
    }
}

static void ascii_ends_at_the_first_high_byte(void **state)
{
    (void)state;
    uint8_t bytes[48];
    for (size_t start = 0; start < 8; start++)
        for (size_t length = 0; length <= 40; length++)
            for (size_t high = 0; high <= length; high++) {
                memset(bytes, 'x', sizeof bytes);
                bytes[start + high] = 0x80;
                size_t got = sqli__ascii_prefix(sqli__span(bytes + start, length));
                assert_int_equal(got, high);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_known_in_every_spelling),
        cmocka_unit_test(an_absent_name_is_unknown),
        cmocka_unit_test(the_table_is_unambiguous),
        cmocka_unit_test(text_converts_both_ways),
        cmocka_unit_test(what_does_not_fit_is_refused_by_name),
        cmocka_unit_test(a_converter_survives_a_refusal),
        cmocka_unit_test(an_absent_text_is_nothing),
        cmocka_unit_test(gb18030_has_tag_characters),
        cmocka_unit_test(an_unknown_code_set_does_not_open),
        cmocka_unit_test(length_makes_no_difference),
        cmocka_unit_test(output_is_bounded),
        cmocka_unit_test(flags_tell_the_truth),
        cmocka_unit_test(same_bytes_are_recognised),
        cmocka_unit_test(random_text_comes_back),
        cmocka_unit_test(random_bytes_do_no_harm),
        cmocka_unit_test(nothing_gets_lost),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(utf8_is_validated),
        cmocka_unit_test(every_code_point_goes_through_utf8),
        cmocka_unit_test(ascii_ends_at_the_first_high_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
