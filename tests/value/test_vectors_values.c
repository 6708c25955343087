/* Every tuple image, parameter block and row of tests/data/vectors.tsv, against what its meaning
 * column says. The cases come from decoders and encoders that share no code with ours. Cases that
 * are not plain are listed with the reason; the totals hold the file to this list. */
#include "tests/support/support.h"

#include "value/value.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

enum { TEXT_MAX = 1024 };

/* --- Types as the file writes them --- */

static const struct word {
    const char *word;
    uint8_t code;
    int32_t extended_id;
    int32_t length;
} words[] = {
    {"SMALLINT", SQLI_TYPE_SMALLINT, 0, 2},
    {"INT", SQLI_TYPE_INTEGER, 0, 4},
    {"SERIAL", SQLI_TYPE_SERIAL, 0, 4},
    {"BIGINT", SQLI_TYPE_BIGINT, 0, 8},
    {"BIGSERIAL", SQLI_TYPE_BIGSERIAL, 0, 8},
    {"INT8", SQLI_TYPE_INT8, 0, 10},
    {"SERIAL8", SQLI_TYPE_SERIAL8, 0, 10},
    {"FLOAT", SQLI_TYPE_FLOAT, 0, 8},
    {"SMALLFLOAT", SQLI_TYPE_SMALLFLOAT, 0, 4},
    {"DATE", SQLI_TYPE_DATE, 0, 4},
    {"CHAR", SQLI_TYPE_CHAR, 0, 0},
    {"NCHAR", SQLI_TYPE_NCHAR, 0, 0},
    {"VARCHAR", SQLI_TYPE_VARCHAR, 0, 0},
    {"NVARCHAR", SQLI_TYPE_NVARCHAR, 0, 0},
    {"LVARCHAR", SQLI_TYPE_UDTVAR, 1, 2048},
    {"BOOLEAN", SQLI_TYPE_UDTFIXED, 5, 1},
    {"BLOB", SQLI_TYPE_UDTFIXED, 10, 72},
    {"ROW", SQLI_TYPE_ROW, 2050, 0},
    {"SET", SQLI_TYPE_SET, 2051, 0},
    {"MULTISET", SQLI_TYPE_MULTISET, 2052, 0},
    {"LIST", SQLI_TYPE_LIST, 2053, 0},
    {"DECIMAL", SQLI_TYPE_DECIMAL, 0, 0},
    {"MONEY", SQLI_TYPE_MONEY, 0, 0},
    {"DATETIME", SQLI_TYPE_DATETIME, 0, 0},
    {"INTERVAL", SQLI_TYPE_INTERVAL, 0, 0},
    {"BYTE", SQLI_TYPE_BYTE, 0, 56},
};

/* "DECIMAL(8,2) enc_len=0x0802", "CHAR(6) enc_len=6", "VARCHAR(20)", "BOOLEAN after RET_TYPE 45
 * (binary form)". */
static struct sqli_type parse_type(const char *text)
{
    struct sqli_type type = {0};
    size_t length = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
    const struct word *w = words;
    while (strlen(w->word) != length || memcmp(w->word, text, length) != 0)
        if (++w == words + sizeof words / sizeof words[0])
            fail_msg("unknown type: %s", text);
    type.code = w->code;
    type.extended_id = w->extended_id;
    type.length = w->length;
    const char *encoded = strstr(text, "enc_len=");
    if (encoded && w->length == 0)
        type.length = (int32_t)strtol(encoded + strlen("enc_len="), NULL, 0);
    else if (text[length] == '(')
        type.length = (int)strtol(text + length + 1, NULL, 10);
    if (strstr(text, "after RET_TYPE 45"))
        type.code = SQLI_TYPE_BOOLEAN;
    return type;
}

/* The file's way to write a type is SQL's, so it checks ours where it stands before "enc_len". */
static void check_type_text(const char *text, const struct sqli_type *type)
{
    char wanted[128];
    const char *end = strstr(text, " enc_len=");
    const char *floating = strstr(text, " floating");
    const char *first_digits = strstr(text, "INTERVAL ");
    if (!end || first_digits) /* default digits are not printed */
        return;
    size_t length = (size_t)((floating ? floating : end) - text);
    for (size_t i = 0; i <= length; i++)
        wanted[i] = (char)tolower(i < length ? text[i] : '\0');
    struct sqli_buffer printed;
    sqli__buffer_init(&printed, 256);
    sqli__type_print(type, &printed);
    sqli__buffer_byte(&printed, 0);
    assert_string_equal((const char *)printed.data, wanted);
    sqli__buffer_free(&printed);
}

/* --- Values as the file writes them --- */

/* Meanings that are prose, and the text that they describe. */
static const struct prose {
    const char *id;
    const char *text;
} prose[] = {
    {"varchar-007", "\xc3\xa9\xe2\x82\xac"},
    {"varchar-008", "\xe9"},
    {"boolean-001", "t"},
    {"boolean-002", "f"},
    {"boolean-004", "t"},
    {"boolean-005", "f"},
    /* Seconds where the type has more digits of a fraction. */
    {"datetime-norm-002", "2026-01-01 00:00:00.000"},
    {"datetime-norm-004", "0001-01-01 00:00:00.000"},
    /* Written by Python's timedelta, which has a negative day and a positive rest. */
    {"interval-039", "3 04:05:06"},
    {"interval-041", "-3 04:05:06"},
    {"interval-042", "12345 00:00:00"},
    {"interval-043", "23:45"},
    {"interval-044", "1 00:00:00.500"},
    {"interval-048", "2026"}, /* YEAR TO YEAR has no months */
    {"interval-049", "365"},  /* MONTH TO MONTH has no years */
    {"bind-022", "\xe9"},
    {"bind-023", "t"},
    {"bind-024", "f"},
    {"bind-040", "2026-08-31 12:30:15.12000"}, /* the sixth digit of a FRACTION(5) is dropped */
    {"bind-041", "2026-08-31 12:30:15.00000"},
    {"bind-043", "9999-12-31 23:59:59.99999"},
    {"bind-059", "11"},
    /* What the calls of the vendor's client passed. */
    {"bind-jdbc-005", "1099511627776"},
    {"bind-jdbc-007", "1099511627776"},
    {"bind-jdbc-008", "-1099511627776"},
    {"bind-jdbc-018", "\xe9t\xe9"},
    {"bind-jdbc-027", "10000000000"},
    {"bind-jdbc-031", "2026-05-04"},
    {"bind-jdbc-032", "2026-05-04 12:34:56.00000"},
    {"bind-jdbc-033", "2026-05-04 12:34:56.78900"},
    {"bind-jdbc-034", "2026-05-04 12:34:56.78912"},
    {"bind-jdbc-035", "2026-05-04 00:00:00.00000"},
    {"bind-jdbc-036", "2026-05-04 12:34:56.00000"},
    {"bind-jdbc-037", "12:34:56"},
    {"bind-jdbc-038", "t"},
    {"bind-jdbc-039", "f"},
    {"bind-jdbc-040", "true"},
    {"bind-jdbc-042", "abc"},
    {"bind-jdbc-055", "9"},
    {"bind-jdbc-056", "2026-05-04"},
    {"bind-jdbc-057", "5 04:03:02"},
    {"bind-jdbc-058", "2-03"},
};

static const char *prose_of(const char *id)
{
    for (size_t i = 0; i < sizeof prose / sizeof prose[0]; i++)
        if (strcmp(prose[i].id, id) == 0)
            return prose[i].text;
    return NULL;
}

/* "'odd' (no pad)", "255 x 'x' (longest)", "00:05:06 (accepted by ...)", "1.5". */
static void plain_meaning(const char *meaning, char text[TEXT_MAX])
{
    int count = 0;
    char letter = 0;
    if (sscanf(meaning, "%d x '%c'", &count, &letter) == 2) {
        memset(text, letter, (size_t)count);
        text[count] = '\0';
        return;
    }
    bool quoted = meaning[0] == '\'';
    const char *start = meaning + quoted;
    const char *end = quoted ? strchr(start, '\'') : strstr(start, " (");
    snprintf(text, TEXT_MAX, "%.*s", end ? (int)(end - start) : TEXT_MAX - 1, start);
}

/* A decimal of fixed scale shows all its digits: "100" is "100.00". */
static void add_zeros(const struct sqli_type *type, char *text)
{
    size_t scale = type->length & 0xff;
    char *point = strchr(text, '.');
    size_t have = point ? strlen(point + 1) : 0;
    if (type->length == 0 || scale == SQLI_DECIMAL_FLOATING || have >= scale)
        return;
    char *end = text + strlen(text);
    if (!point)
        *end++ = '.';
    for (; have < scale; have++)
        *end++ = '0';
    *end = '\0';
}

/* The text that a value of this type must have. */
static void expected_text(const char *id, const char *meaning, const struct sqli_type *type,
                          char text[TEXT_MAX])
{
    if (prose_of(id))
        snprintf(text, TEXT_MAX, "%s", prose_of(id));
    else
        plain_meaning(meaning, text);
    if (sqli__type_kind(type) == SQLI_KIND_DECIMAL)
        add_zeros(type, text);
    size_t length = strlen(text);
    if (sqli__type_width(type) > 0 && sqli__type_kind(type) == SQLI_KIND_TEXT) {
        memset(text + length, ' ', (size_t)type->length - length);
        text[type->length] = '\0';
    }
}

static struct sqli_buffer text_of(const char *id, const struct sqli_type *type,
                                  const struct sqli_value *value)
{
    struct sqli_error error;
    struct sqli_buffer text;
    sqli__buffer_init(&text, TEXT_MAX);
    if (sqli__value_to_text(type, value, &sqli__date_iso, &text, &error) != SQLI_OK)
        fail_msg("%s: %s", id, error.message);
    sqli__buffer_byte(&text, 0);
    assert_int_equal(text.failed, 0);
    return text;
}

/* Numbers of type FLOAT are compared as numbers: many texts stand for one. */
static void check_text(const char *id, const struct sqli_type *type, const struct sqli_value *value,
                       const char *wanted)
{
    struct sqli_buffer text = text_of(id, type, value);
    const char *got = (const char *)text.data;
    bool same = strcmp(got, wanted) == 0;
    if (sqli__type_kind(type) == SQLI_KIND_REAL) {
        double number = strtod(wanted, NULL);
        number = type->code == SQLI_TYPE_SMALLFLOAT ? (double)(float)number : number;
        double read =
            type->code == SQLI_TYPE_SMALLFLOAT ? (double)strtof(got, NULL) : strtod(got, NULL);
        same = memcmp(&number, &value->as.real, sizeof number) == 0 &&
               memcmp(&number, &read, sizeof number) == 0;
    }
    if (!same)
        fail_msg("%s: got \"%s\", wanted \"%s\"", id, got, wanted);
    sqli__buffer_free(&text);
}

/* --- Tuple images --- */

struct tally {
    size_t values;      /* images decoded */
    size_t nulls;       /* of these */
    size_t from_text;   /* encoded from the text, too */
    size_t rewritten;   /* encode to other bytes, by the list below */
    size_t refused;     /* fail to decode, by the list below */
    size_t widths;      /* the rule for packed widths */
    size_t descriptors; /* BYTE and TEXT, which have no text */
    size_t left_out;    /* not of this program */
};

/* Images that a reader takes and a writer does not make. */
static const struct rewritten {
    const char *id;
    const char *hex;
} rewritten[] = {
    {"int8-010", "00000000000000000000"}, /* NULL, whatever the magnitude says */
    {"datetime-norm-003", "c3000506"},    /* the fixed exponent is the one to write */
    {"datetime-norm-006", "c700630c1f173b3b635a"},
    {"datetime-norm-007", "c3000000"},
};

static void check_encoded(const char *id, const char *hex, struct sqli_span got,
                          struct tally *tally)
{
    for (size_t i = 0; i < sizeof rewritten / sizeof rewritten[0]; i++)
        if (strcmp(rewritten[i].id, id) == 0) {
            hex = rewritten[i].hex;
            tally->rewritten++;
        }
    struct sqli_span wanted = support_unhex(hex);
    if (!sqli__span_equal(got, wanted))
        fail_msg("%s: encoded as %s", id, support_hex(got));
    support_free(wanted);
}

/* The image between two neighbours: its length is found with the one behind in sight, and without
 * any of its bytes it is not whole. */
static void check_length(const char *id, const struct sqli_type *type, struct sqli_span image)
{
    uint8_t bytes[TEXT_MAX];
    size_t length = 0;
    struct sqli_error error;
    memcpy(bytes, image.data, image.length);
    memset(bytes + image.length, 0xa5, 8);
    struct sqli_span rest = sqli__span(bytes, image.length + 8);
    assert_int_equal(sqli__image_length(type, rest, &length, &error), SQLI_OK);
    if (length != image.length)
        fail_msg("%s: %zu bytes, but %zu found", id, image.length, length);
    for (size_t less = 0; less < image.length; less++)
        assert_int_equal(sqli__image_length(type, sqli__span(bytes, less), &length, &error),
                         SQLI_MORE);
}

static void check_from_text(const char *id, const char *hex, const struct sqli_type *type,
                            const char *text, struct tally *tally)
{
    struct sqli_error error;
    struct sqli_value value;
    struct sqli_buffer out;
    struct tally unused = {0};
    if (strcmp(text, "+Infinity") == 0)
        return;
    sqli__buffer_init(&out, TEXT_MAX);
    if (sqli__value_from_text(type, sqli__span_text(text), &sqli__date_iso, &value, &error) ||
        sqli__value_encode(type, &value, &out, &error))
        fail_msg("%s: from \"%s\": %s", id, text, error.message);
    check_encoded(id, hex, sqli__buffer_view(&out), &unused);
    sqli__buffer_free(&out);
    tally->from_text++;
}

static void check_image(const char *id, const char *hex, const char *meaning,
                        const struct sqli_type *type, const struct sqli_value *value,
                        struct tally *tally)
{
    char wanted[TEXT_MAX];
    bool null = strncmp(meaning, "NULL", 4) == 0;
    if (value->null != null)
        fail_msg("%s: null is %d", id, value->null);
    tally->nulls += null;
    if (null)
        return;
    if (value->kind == SQLI_KIND_SIMPLE_LOB) {
        assert_int_equal(sqli__simple_lob_size(&value->as.simple_lob), 5);
        tally->descriptors++;
        return;
    }
    expected_text(id, meaning, type, wanted);
    if (value->kind == SQLI_KIND_SMART_LOB)
        for (int i = 0; i < SQLI_SMART_LOB_SIZE; i++) /* "72-byte locator 01..48" */
            snprintf(wanted + 2 * i, 3, "%02x", (unsigned)(i + 1));
    check_text(id, type, value, wanted);
    check_from_text(id, hex, type, wanted, tally);
}

/* Images that are refused: a magnitude that no INT8 of a database has. */
static bool is_refused(const char *id)
{
    return strcmp(id, "int8-007") == 0;
}

static void check_value_row(char **fields, struct tally *tally)
{
    const char *id = fields[0], *hex = fields[4];
    struct sqli_error error;
    struct sqli_value value;
    struct sqli_buffer out;
    struct sqli_type type = parse_type(fields[3]);
    struct sqli_span image = support_unhex(hex);
    tally->values++;
    check_type_text(fields[3], &type);
    check_length(id, &type, image);
    enum sqli_status status = sqli__value_decode(&type, image, &value, &error);
    if (is_refused(id)) {
        assert_int_equal(status, SQLI_FAIL);
        assert_int_equal(error.code, SQLI_E_VALUE_IMAGE);
        tally->refused++;
        support_free(image);
        return;
    }
    if (status != SQLI_OK)
        fail_msg("%s: %s", id, error.message);
    check_image(id, hex, fields[5], &type, &value, tally);
    sqli__buffer_init(&out, TEXT_MAX);
    assert_int_equal(sqli__value_encode(&type, &value, &out, &error), SQLI_OK);
    check_encoded(id, hex, sqli__buffer_view(&out), tally);
    sqli__buffer_free(&out);
    support_free(image);
}

static void check_width_row(char **fields, struct tally *tally)
{
    struct sqli_type type = {.code = SQLI_TYPE_DECIMAL,
                             .length = (int32_t)strtol(fields[4], NULL, 16)};
    assert_int_equal(sqli__type_width(&type), (int)strtol(fields[5], NULL, 10));
    tally->widths++;
}

static void value_line(void *context, size_t line, size_t count, char **fields)
{
    struct tally *tally = context;
    (void)line;
    if (count < 6 || strcmp(fields[2], "value") != 0)
        return;
    if (strcmp(fields[1], "mask") == 0)
        tally->left_out++;
    else if (strcmp(fields[1], "width") == 0)
        check_width_row(fields, tally);
    else
        check_value_row(fields, tally);
}

static void test_values(void **state)
{
    (void)state;
    struct tally tally = {0};
    support_each_line("vectors.tsv", '\t', value_line, &tally);
    assert_int_equal(tally.values, 276);
    assert_int_equal(tally.refused, 1);
    assert_int_equal(tally.rewritten, sizeof rewritten / sizeof rewritten[0]);
    assert_int_equal(tally.descriptors, 1);
    assert_int_equal(tally.nulls, 35);
    /* All that are not NULL but the refused one, the descriptor and the infinity. */
    assert_int_equal(tally.from_text, 276 - 35 - 3);
    assert_int_equal(tally.widths, 14);
    assert_int_equal(tally.left_out, 5); /* the masks of the login */
}

/* --- Parameter blocks --- */

struct block {
    struct sqli_type type;
    bool null;
    uint16_t precision;
    struct sqli_span data;
    struct sqli_span rest; /* behind the pad */
};

static struct sqli_span take(struct sqli_span *bytes, size_t length)
{
    struct sqli_span taken = sqli__span(bytes->data, length);
    assert_true(length <= bytes->length);
    *bytes = sqli__span(bytes->data + length, bytes->length - length);
    return taken;
}

static uint16_t take16(struct sqli_span *bytes)
{
    return sqli__load16(take(bytes, 2).data);
}

static struct sqli_span take_padded(struct sqli_span *bytes, size_t length)
{
    struct sqli_span taken = take(bytes, length);
    take(bytes, length & 1);
    return taken;
}

static size_t data_length(enum sqli_bind_layout layout, size_t fixed, struct sqli_span *bytes)
{
    if (layout == SQLI_BIND_16)
        return take16(bytes);
    return layout == SQLI_BIND_32 ? sqli__load32(take(bytes, 4).data) : fixed;
}

static struct block parse_block(struct sqli_span bytes)
{
    struct block b = {.rest = bytes};
    b.type.code = (uint8_t)take16(&b.rest);
    const struct sqli_type_info *info = sqli__type_info(b.type.code);
    assert_non_null(info);
    if (sqli__type_has_preamble(b.type.code)) {
        b.type.owner = take_padded(&b.rest, take16(&b.rest));
        b.type.name = take_padded(&b.rest, take16(&b.rest));
    }
    b.null = take16(&b.rest) == 0xffff;
    b.precision = take16(&b.rest);
    b.type.length =
        info->layout == SQLI_LAYOUT_PACKED && info->kind != SQLI_KIND_DECIMAL ? b.precision : 0;
    if (!b.null)
        b.data = take_padded(&b.rest, data_length(info->bind, info->size, &b.rest));
    return b;
}

/* Blocks that we write with other data. */
static const struct other_data {
    const char *id;
    const char *hex;
} other_data[] = {
    {"bind-028", "8000"},                   /* zero as the vendor's client writes it */
    {"bind-037", "c201"},                   /* no pair of zeros at the end */
    {"bind-jdbc-029", "c201"},              /* likewise; 1E+10 is written so by that client, too */
    {"bind-041", "c7141a081f0c1e0f000000"}, /* without the sixth digit */
    {"bind-043", "c763630c1f173b3b63635a"},
    {"bind-045", "800000000000000000000000"}, /* an interval of zero as a decimal of zero */
    {"bind-051", "80000000000000"},
    {"bind-007", NULL}, /* refused: the bytes of NULL */
};

/* Blocks that we write with another precision word. */
static const struct other_precision {
    const char *id;
    uint16_t precision;
} other_precisions[] = {
    {"bind-jdbc-027", 0}, /* 1E+10 has a scale of -10 there; a decimal of ours has no exponent */
    {"bind-jdbc-040", 0}, /* a text of setBoolean */
    {"bind-jdbc-041", 0}, /* BYTE and TEXT: the same client sends 0038 and 0 */
    {"bind-jdbc-042", 0}, /* LVARCHAR: the length of the column, which a value does not know */
    {"bind-jdbc-043", 0}, {"bind-jdbc-056", 0}, /* a DATE of setObject: 4, of setDate: 0 */
};

struct bind_tally {
    size_t blocks, nulls, descriptors, other_data, other_precisions, python_decimals, left_out;
};

static void check_bind_data(const char *id, const struct block *b, const struct sqli_value *value,
                            struct bind_tally *tally)
{
    struct sqli_error error;
    struct sqli_buffer out;
    struct sqli_span expected = {0};
    bool other = false;
    for (size_t i = 0; i < sizeof other_data / sizeof other_data[0]; i++)
        if (strcmp(other_data[i].id, id) == 0) {
            other = true;
            expected = other_data[i].hex ? support_unhex(other_data[i].hex) : expected;
        }
    tally->other_data += other;
    sqli__buffer_init(&out, TEXT_MAX);
    enum sqli_status status = sqli__value_bind_encode(&b->type, value, &out, &error);
    assert_int_equal(status, other && !expected.data ? SQLI_FAIL : SQLI_OK);
    if (!sqli__span_equal(sqli__buffer_view(&out), other ? expected : b->data))
        fail_msg("%s: encoded as %s", id, support_hex(sqli__buffer_view(&out)));
    sqli__buffer_free(&out);
    support_free(expected);
}

/* The published driver sends digits << 8 | scale with a DECIMAL, the vendor's the scale alone; only
 * the scale can be compared with both. */
static void check_precision(const char *id, const struct block *b, const struct sqli_value *value,
                            struct bind_tally *tally)
{
    uint16_t wanted = b->precision;
    bool python = strncmp(id, "bind-jdbc", 9) != 0;
    if (python && value->kind == SQLI_KIND_DECIMAL) {
        wanted &= 0xff;
        tally->python_decimals++;
    }
    for (size_t i = 0; i < sizeof other_precisions / sizeof other_precisions[0]; i++)
        if (strcmp(other_precisions[i].id, id) == 0) {
            wanted = other_precisions[i].precision;
            tally->other_precisions++;
        }
    uint16_t got = sqli__bind_precision(&b->type, value);
    if (got != wanted)
        fail_msg("%s: precision word %04x, wanted %04x", id, got, wanted);
}

/* "DECIMAL 1234.56 (prec word ...)", "CHAR 'abc'", "setInt(42) into int". */
static void bind_text(const char *id, const char *meaning, const struct sqli_type *type,
                      char text[TEXT_MAX])
{
    const char *open = strchr(meaning, '(');
    if (prose_of(id)) {
        snprintf(text, TEXT_MAX, "%s", prose_of(id));
    } else if (strncmp(meaning, "set", 3) == 0 && open) {
        snprintf(text, TEXT_MAX, "%.*s", (int)strcspn(open + 1, ")"), open + 1);
    } else {
        assert_non_null(strchr(meaning, ' '));
        plain_meaning(strchr(meaning, ' ') + 1, text);
    }
    if (sqli__type_kind(type) == SQLI_KIND_DECIMAL) {
        size_t length = strlen(text); /* no scale here, so no zeros at the end */
        while (strchr(text, '.') && text[length - 1] == '0')
            text[--length] = '\0';
    }
}

static void check_bind_value(const char *id, const char *meaning, const struct block *b,
                             const struct sqli_value *value, struct bind_tally *tally)
{
    char wanted[TEXT_MAX];
    const char *number = strstr(meaning, "total ");
    if (value->kind == SQLI_KIND_SIMPLE_LOB) {
        const char *size = strstr(meaning, "descriptor for ");
        uint32_t jdbc = strcmp(id, "bind-jdbc-041") == 0   ? 5
                        : strcmp(id, "bind-jdbc-043") == 0 ? 10
                                                           : 11;
        assert_int_equal(sqli__simple_lob_size(&value->as.simple_lob),
                         size ? (uint32_t)(int)strtol(size + strlen("descriptor for "), NULL, 10)
                              : jdbc);
        tally->descriptors++;
    } else if (number) {
        assert_false(value->as.interval.year_month);
        assert_true((double)value->as.interval.amount == strtod(number + 6, NULL) * 1e5);
    } else if (strstr(meaning, " months")) {
        assert_true(value->as.interval.year_month);
        assert_int_equal(value->as.interval.amount,
                         (int)strtol(strchr(meaning, ',') + 1, NULL, 10));
    } else {
        bind_text(id, meaning, &b->type, wanted);
        check_text(id, &b->type, value, wanted);
    }
}

static void check_block(char **fields, struct sqli_span bytes, struct bind_tally *tally)
{
    const char *id = fields[0], *meaning = fields[5];
    struct sqli_error error;
    struct sqli_value value;
    struct block b = parse_block(bytes);
    bool stream = strstr(meaning, "SQ_BBIND stream that follows") != NULL;
    tally->blocks++;
    assert_int_equal(b.rest.length != 0, stream);
    assert_int_equal(b.null, strstr(meaning, "NULL (any") || strstr(meaning, "setNull") ||
                                 strstr(meaning, "(null)"));
    tally->nulls += b.null;
    if (b.null)
        return;
    if (sqli__value_bind_decode(&b.type, b.data, &value, &error) != SQLI_OK)
        fail_msg("%s: %s", id, error.message);
    assert_false(value.null);
    check_bind_value(id, meaning, &b, &value, tally);
    check_bind_data(id, &b, &value, tally);
    check_precision(id, &b, &value, tally);
}

static void bind_line(void *context, size_t line, size_t count, char **fields)
{
    (void)line;
    if (count < 6 || strncmp(fields[1], "bind", 4) != 0)
        return;
    struct sqli_span all = support_unhex(fields[4]);
    struct sqli_span bytes = all;
    if (strcmp(fields[3], "SQ_BIND whole") == 0)
        assert_int_equal(sqli__load32(take(&bytes, 4).data), 0x00050001);
    check_block(fields, bytes, context);
    support_free(all);
}

static void test_bind_blocks(void **state)
{
    (void)state;
    struct bind_tally tally = {0};
    support_each_line("vectors.tsv", '\t', bind_line, &tally);
    assert_int_equal(tally.blocks, 59 + 58);
    assert_int_equal(tally.nulls, 11);
    assert_int_equal(tally.descriptors, 4 + 3);
    assert_int_equal(tally.other_data, sizeof other_data / sizeof other_data[0]);
    assert_int_equal(tally.other_precisions, sizeof other_precisions / sizeof other_precisions[0]);
    assert_int_equal(tally.python_decimals, 11);
}

/* --- Whole rows --- */

enum { COLUMNS = 12 };

/* The columns of the rows of the file, in its own words; NULL text for NULL. */
static const struct row {
    const char *id;
    struct {
        const char *type;
        const char *text;
    } columns[COLUMNS];
} rows[] = {
    {"row-001", {{"INT", "111111"}, {"BOOLEAN", "t"}, {"INT", "222222"}, {"VARCHAR(20)", "tail"}}},
    {"row-002", {{"INT", "8"}, {"SET", NULL}, {"VARCHAR(20)", "xyz"}}},
    {"row-003", {{"INT8", "2001"}, {"LVARCHAR", "PackageRoot"}, {"INT8", "10"}}},
    {"row-004", {{"INT8", "3001"}, {"LVARCHAR", NULL}, {"INT8", "20"}}},
    {"row-005", {{"LVARCHAR", ""}, {"INT", "5"}}},
    {"row-006",
     {{"INT", "111111"},
      {"NCHAR(10)", "nch       "},
      {"INT", "222222"},
      {"NVARCHAR(20)", "nvc"},
      {"INT", "333333"}}},
    {"row-007", {{"VARCHAR(128)", "systables"}}},
    {"row-008", {{"VARCHAR(128)", "syscolumns"}}},
    {"row-009",
     {{"INT", "7"},
      {"VARCHAR(20)", NULL},
      {"CHAR(3)", NULL},
      {"SMALLINT", NULL},
      {"INT", NULL},
      {"BIGINT", NULL},
      {"SMALLFLOAT", NULL},
      {"FLOAT", NULL},
      {"DATE", NULL},
      {"INT8", NULL},
      {"DECIMAL enc_len=0x0802", NULL},
      {"DATETIME enc_len=0x0e0a", NULL}}},
    {"row-010", {{"DECIMAL enc_len=0x10ff", "1234567890123456"}, {"INT", "42"}}},
    {"row-011", {{"SMALLINT", "11"}, {"LVARCHAR", "sweethui"}}},
};

static void check_row(const struct row *row, struct sqli_span payload)
{
    for (size_t i = 0; i < COLUMNS && row->columns[i].type; i++) {
        struct sqli_error error;
        struct sqli_value value;
        size_t length;
        struct sqli_type type = parse_type(row->columns[i].type);
        assert_int_equal(sqli__image_length(&type, payload, &length, &error), SQLI_OK);
        if (sqli__value_decode(&type, take(&payload, length), &value, &error) != SQLI_OK)
            fail_msg("%s: %s", row->id, error.message);
        assert_int_equal(value.null, row->columns[i].text == NULL);
        if (!value.null)
            check_text(row->id, &type, &value, row->columns[i].text);
    }
    assert_int_equal(payload.length, 0);
}

static void row_line(void *context, size_t line, size_t count, char **fields)
{
    size_t *done = context;
    (void)line;
    if (count < 6 || strcmp(fields[1], "row") != 0)
        return;
    struct sqli_span message = support_unhex(fields[4]);
    struct sqli_span rest = message;
    assert_int_equal(take16(&rest), 14); /* SQ_TUPLE */
    assert_int_equal(take16(&rest), 0);
    struct sqli_span payload = take_padded(&rest, sqli__load32(take(&rest, 4).data));
    assert_int_equal(rest.length, 0);
    assert_true(*done < sizeof rows / sizeof rows[0]);
    assert_string_equal(fields[0], rows[*done].id);
    check_row(&rows[(*done)++], payload);
    support_free(message);
}

static void test_rows(void **state)
{
    (void)state;
    size_t done = 0;
    support_each_line("vectors.tsv", '\t', row_line, &done);
    assert_int_equal(done, sizeof rows / sizeof rows[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_bind_blocks),
        cmocka_unit_test(test_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
