/* Rows by their shape: the row vectors column by column, and rows that do not fit. */
#include "tests/support/support.h"

#include "protocol/row.h"

#include <stdlib.h>

enum { MOST_COLUMNS = 16 };

/* A column as the tables below write it. */
struct col {
    uint16_t code;
    int32_t length;
    const char *name; /* of an extended type */
    int32_t extended_id;
};

#define INT                         \
    {                               \
        SQLI_TYPE_INTEGER, 4, "", 0 \
    }
#define SMALLINT                     \
    {                                \
        SQLI_TYPE_SMALLINT, 2, "", 0 \
    }
#define BIGINT                     \
    {                              \
        SQLI_TYPE_BIGINT, 8, "", 0 \
    }
#define INT8                      \
    {                             \
        SQLI_TYPE_INT8, 10, "", 0 \
    }
#define FLOAT                     \
    {                             \
        SQLI_TYPE_FLOAT, 8, "", 0 \
    }
#define REAL                           \
    {                                  \
        SQLI_TYPE_SMALLFLOAT, 4, "", 0 \
    }
#define DATE                     \
    {                            \
        SQLI_TYPE_DATE, 4, "", 0 \
    }
#define VARCHAR                      \
    {                                \
        SQLI_TYPE_VARCHAR, 20, "", 0 \
    }
#define NVARCHAR                      \
    {                                 \
        SQLI_TYPE_NVARCHAR, 20, "", 0 \
    }
#define NCHAR10                    \
    {                              \
        SQLI_TYPE_NCHAR, 10, "", 0 \
    }
#define CHAR3                    \
    {                            \
        SQLI_TYPE_CHAR, 3, "", 0 \
    }
#define BOOLEAN                                            \
    {                                                      \
        SQLI_TYPE_UDTFIXED, 1, "boolean", SQLI_XID_BOOLEAN \
    }
#define LVARCHAR                                             \
    {                                                        \
        SQLI_TYPE_UDTVAR, 512, "lvarchar", SQLI_XID_LVARCHAR \
    }
#define SET                                             \
    {                                                   \
        SQLI_TYPE_SET, 0, "SET(integer not null)", 1001 \
    }
#define DEC16                            \
    {                                    \
        SQLI_TYPE_DECIMAL, 0x10ff, "", 0 \
    }
#define DEC8_2                           \
    {                                    \
        SQLI_TYPE_DECIMAL, 0x0802, "", 0 \
    }
#define DT_YS                             \
    {                                     \
        SQLI_TYPE_DATETIME, 0x0e0a, "", 0 \
    }
#define BYTE                      \
    {                             \
        SQLI_TYPE_BYTE, 56, "", 0 \
    }

static struct sqli_caps caps_of(bool varying)
{
    struct sqli_caps caps = sqli__caps_both(&sqli__caps_client, &sqli__caps_server);
    if (!varying)
        caps.bits[SQLI_CAP_VARCHAR_LENGTH / 8] &= (uint8_t) ~(0x80 >> SQLI_CAP_VARCHAR_LENGTH % 8);
    return caps;
}

static enum sqli_status make_shape(struct sqli_shape *shape, const struct col *cols, size_t count,
                                   const struct sqli_caps *caps, struct sqli_error *error)
{
    struct sqli_column columns[MOST_COLUMNS] = {0};
    struct sqli_describe describe = {.count = (uint32_t)count, .columns = columns};
    for (size_t i = 0; i < count; i++) {
        columns[i].type.code = (uint8_t)cols[i].code;
        columns[i].type.length = cols[i].length;
        columns[i].type.extended_id = cols[i].extended_id;
        columns[i].type.name = sqli__span_text(cols[i].name);
    }
    return sqli__shape_init(shape, &describe, caps, error);
}

static size_t count_cols(const struct col *cols)
{
    size_t count = 0;
    while (count < MOST_COLUMNS && cols[count].name)
        count++;
    return count;
}

/* The row vectors of the vector file: each column's image, in hex. */
static const struct {
    struct col cols[MOST_COLUMNS];
    const char *row;
    const char *images[MOST_COLUMNS];
} rows[] = {
    {{INT, BOOLEAN, INT, VARCHAR},
     "0001b2070000000001740003640e047461696c",
     {"0001b207", "000000000174", "0003640e", "047461696c"}},
    {{INT, SET, VARCHAR}, "0000000801000000000378797a", {"00000008", "0100000000", "0378797a"}},
    {{INT8, LVARCHAR, INT8},
     "0001000007d100000000000000000b5061636b616765526f6f7400010000000a00000000",
     {"0001000007d100000000", "000000000b5061636b616765526f6f74", "00010000000a00000000"}},
    {{INT8, LVARCHAR, INT8},
     "000100000bb900000000010000000000010000001400000000",
     {"000100000bb900000000", "0100000000", "00010000001400000000"}},
    {{LVARCHAR, INT}, "000000000000000005", {"0000000000", "00000005"}},
    {{INT, NCHAR10, INT, NVARCHAR, INT},
     "0001b2076e6368202020202020200003640e036e766300051615",
     {"0001b207", "6e636820202020202020", "0003640e", "036e7663", "00051615"}},
    {{VARCHAR}, "097379737461626c6573", {"097379737461626c6573"}},
    {{VARCHAR}, "0a737973636f6c756d6e73", {"0a737973636f6c756d6e73"}},
    {{INT, VARCHAR, CHAR3, SMALLINT, INT, BIGINT, REAL, FLOAT, DATE, INT8, DEC8_2, DT_YS},
     "0000000701000020208000800000008000000000000000ffffffffffffffffffffffff80000000000000000000000"
     "0"
     "000000000000000000000000000000",
     {"00000007", "0100", "002020", "8000", "80000000", "8000000000000000", "ffffffff",
      "ffffffffffffffff", "80000000", "00000000000000000000", "0000000000", "0000000000000000"}},
    {{DEC16, INT}, "c80c22384e5a0c2238000000002a", {"c80c22384e5a0c223800", "0000002a"}},
    {{SMALLINT, LVARCHAR},
     "000b00000000087377656574687569",
     {"000b", "00000000087377656574687569"}},
};

static void every_column_of_the_row_vectors_is_found(void **state)
{
    (void)state;
    struct sqli_caps caps = caps_of(true);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct sqli_shape shape;
        struct sqli_error error;
        uint32_t segments[MOST_COLUMNS + 1];
        struct sqli_row row = {NULL, segments};
        struct sqli_span payload = support_unhex(rows[i].row);
        size_t count = count_cols(rows[i].cols);
        assert_int_equal(make_shape(&shape, rows[i].cols, count, &caps, &error), SQLI_OK);
        assert_int_equal(sqli__row_bind(&shape, payload, &row, &error), SQLI_OK);
        for (uint32_t c = 0; c < count; c++) {
            assert_span_hex(sqli__row_image(&shape, &row, c), rows[i].images[c]);
            assert_ptr_equal(sqli__row_at(&shape, &row, c), sqli__row_image(&shape, &row, c).data);
        }
        sqli__shape_free(&shape);
        support_free(payload);
    }
}

/* A byte more or less, and no length inside is believed. */
static void rows_that_do_not_end_where_they_should_are_refused(void **state)
{
    static const struct {
        struct col cols[4];
        const char *row;
        const char *message;
    } cases[] = {
        {{INT, INT}, "0000000100000002ff", "a row of 9 bytes does not fit (integer, integer)"},
        {{INT, INT}, "00000001000000", "a row of 7 bytes does not fit (integer, integer)"},
        {{INT}, "", "a row of 0 bytes does not fit (integer)"},
        {{VARCHAR}, "", "a row of 0 bytes does not fit (varchar(20))"},
        {{VARCHAR}, "0561", "a row of 2 bytes does not fit (varchar(20))"},
        {{VARCHAR, INT}, "026162000000", "does not fit (varchar(20), integer)"},
        {{INT, VARCHAR}, "00000001", "does not fit (integer, varchar(20))"},
        {{LVARCHAR}, "00000000", "a row of 4 bytes does not fit (lvarchar(512))"},
        {{LVARCHAR}, "00", "a row of 1 bytes does not fit (lvarchar(512))"},
        {{LVARCHAR}, "00ffffffff61", "a row of 6 bytes does not fit (lvarchar(512))"},
        {{LVARCHAR}, "007fffffff61", "a row of 6 bytes does not fit (lvarchar(512))"},
        {{LVARCHAR}, "000000000261", "a row of 6 bytes does not fit (lvarchar(512))"},
        {{BOOLEAN, INT}, "00000000017400000001ff", "does not fit (boolean, integer)"},
    };
    (void)state;
    struct sqli_caps caps = caps_of(true);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sqli_shape shape;
        struct sqli_error error;
        uint32_t segments[MOST_COLUMNS + 1];
        struct sqli_row row = {NULL, segments};
        struct sqli_span payload = support_unhex(cases[i].row);
        size_t count = 0;
        while (count < 4 && cases[i].cols[count].name)
            count++;
        assert_int_equal(make_shape(&shape, cases[i].cols, count, &caps, &error), SQLI_OK);
        assert_int_equal(sqli__row_bind(&shape, payload, &row, &error), SQLI_FAIL);
        if (error.code != SQLI_E_PROTOCOL || !strstr(error.message, cases[i].message))
            fail_msg("%s: %s", cases[i].row, error.message);
        sqli__shape_free(&shape);
        support_free(payload);
    }
}

/* Without the capability a VARCHAR takes its full width, whatever its length byte says. */
static void a_varchar_has_its_full_width_where_that_was_agreed(void **state)
{
    (void)state;
    static const struct col cols[] = {{SQLI_TYPE_VARCHAR, 0x0305, "", 0}, INT}; /* (5, 3) */
    struct sqli_caps caps = caps_of(false);
    struct sqli_shape shape;
    struct sqli_error error;
    uint32_t segments[1];
    struct sqli_row row = {NULL, segments};
    static const struct {
        const char *row;
        const char *image; /* of the VARCHAR, as it would travel at its own length */
    } cases[] = {
        {"02 6162202020 0000002a", "02 6162"},
        {"05 6162636465 0000002a", "05 6162636465"},
        {"00 0000000000 0000002a", "00"},
        {"01 0020202020 0000002a", "01 00"},
        {"06 6162636465 0000002a", "06 6162636465"}, /* a length that lies: no byte of the next */
    };
    assert_int_equal(make_shape(&shape, cols, 2, &caps, &error), SQLI_OK);
    assert_int_equal(shape.varying, 0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sqli_span payload = support_unhex(cases[i].row);
        assert_int_equal(sqli__row_bind(&shape, payload, &row, &error), SQLI_OK);
        assert_span_hex(sqli__row_image(&shape, &row, 0), cases[i].image);
        assert_span_hex(sqli__row_image(&shape, &row, 1), "0000002a");
        support_free(payload);
    }
    sqli__shape_free(&shape);
}

static void descriptors_are_longer_with_long_rowids(void **state)
{
    (void)state;
    static const struct col cols[] = {BYTE, INT};
    struct sqli_shape shape;
    struct sqli_error error;
    struct sqli_caps caps = caps_of(true);
    assert_int_equal(make_shape(&shape, cols, 2, &caps, &error), SQLI_OK);
    assert_int_equal(shape.tail, 60);
    sqli__shape_free(&shape);
    caps.bits[SQLI_CAP_LONG_ROWIDS / 8] |= 0x80 >> SQLI_CAP_LONG_ROWIDS % 8;
    assert_int_equal(make_shape(&shape, cols, 2, &caps, &error), SQLI_OK);
    assert_int_equal(shape.tail, 72);
    sqli__shape_free(&shape);
}

static void a_type_without_an_image_is_refused_by_its_column(void **state)
{
    (void)state;
    static const struct col cols[] = {INT, {99, 4, "", 0}};
    struct sqli_shape shape;
    struct sqli_error error;
    struct sqli_caps caps = caps_of(true);
    assert_int_equal(make_shape(&shape, cols, 2, &caps, &error), SQLI_FAIL);
    assert_non_null(strstr(error.message, "column 2 has type 99"));
}

static void widths_that_add_up_past_every_bound_are_refused(void **state)
{
    enum { COUNT = SQLI_WIRE_LENGTH_MAX / 32767 + 2 };
    (void)state;
    struct sqli_shape shape;
    struct sqli_error error;
    struct sqli_caps caps = caps_of(true);
    struct sqli_column *columns = calloc(COUNT, sizeof *columns);
    struct sqli_describe describe = {.count = COUNT, .columns = columns};
    assert_non_null(columns);
    for (size_t i = 0; i < COUNT; i++)
        columns[i].type = (struct sqli_type){.code = SQLI_TYPE_CHAR, .length = 32767};
    assert_int_equal(sqli__shape_init(&shape, &describe, &caps, &error), SQLI_FAIL);
    assert_int_equal(error.code, SQLI_E_PROTOCOL);
    describe.count = COUNT / 2;
    assert_int_equal(sqli__shape_init(&shape, &describe, &caps, &error), SQLI_OK);
    sqli__shape_free(&shape);
    columns[1].type.length = 0x7fffffff;
    assert_int_equal(sqli__shape_init(&shape, &describe, &caps, &error), SQLI_FAIL);
    free(columns);
}

/* A describe dies with the next message; its rows come after that. */
static void a_shape_keeps_its_own_names(void **state)
{
    (void)state;
    struct sqli_span owner = support_unhex("6f6e65");
    struct sqli_span name = support_unhex("726f772861206461746529");
    struct sqli_column column = {.type = {.code = SQLI_TYPE_ROW, .owner = owner, .name = name}};
    struct sqli_describe describe = {.count = 1, .columns = &column};
    struct sqli_caps caps = caps_of(true);
    struct sqli_shape shape;
    struct sqli_error error;
    assert_int_equal(sqli__shape_init(&shape, &describe, &caps, &error), SQLI_OK);
    support_free(owner);
    support_free(name);
    assert_span_hex(shape.types[0].owner, "6f6e65");
    assert_span_hex(shape.types[0].name, "726f772861206461746529");
    sqli__shape_free(&shape);
}

static enum sqli_status make_and_free(void *context, struct sqli_error *error)
{
    static const struct col cols[] = {INT, LVARCHAR, SET};
    struct sqli_caps caps = caps_of(true);
    struct sqli_shape shape;
    (void)context;
    SQLI_TRY(make_shape(&shape, cols, 3, &caps, error));
    sqli__shape_free(&shape);
    return SQLI_OK;
}

static void a_failed_allocation_leaves_nothing_behind(void **state)
{
    (void)state;
    assert_int_equal(support_fail_each_allocation(make_and_free, NULL), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_column_of_the_row_vectors_is_found),
        cmocka_unit_test(rows_that_do_not_end_where_they_should_are_refused),
        cmocka_unit_test(a_varchar_has_its_full_width_where_that_was_agreed),
        cmocka_unit_test(descriptors_are_longer_with_long_rowids),
        cmocka_unit_test(a_type_without_an_image_is_refused_by_its_column),
        cmocka_unit_test(widths_that_add_up_past_every_bound_are_refused),
        cmocka_unit_test(a_shape_keeps_its_own_names),
        cmocka_unit_test(a_failed_allocation_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
