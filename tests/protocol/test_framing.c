/* The agreed capabilities drive the framing: the same message under different masks. */
#include "tests/support/support.h"

#include "protocol/message.h"

#define MODERN "fffc7ffc3c8caa97"   /* what we offer */
#define NMAP   "fffc7ffc3c8c8a"     /* without bits 50, 62 and 63 */
#define WIDE   "fffc7ffc3c8caa9706" /* with bits 69 and 70 */
#define NO_8   "ff7c7ffc3c8caa97"
#define NO_52  "fffc7ffc3c8ca297"
#define NO_54  "fffc7ffc3c8ca897"

#define C SQLI_TO_SERVER
#define S SQLI_TO_CLIENT

static const struct {
    const char *mask;
    enum sqli_direction direction;
    const char *hex;
    const char *trace;
} cases[] = {
    {MODERN, C, "0002 0000 00000003 616263 00", "PREPARE placeholders=0 sql=\"abc\""},
    {NMAP, C, "0002 0000 0003 616263 00", "PREPARE placeholders=0 sql=\"abc\""},
    {NMAP, C, "0001 0000 0004 61626364", "COMMAND placeholders=0 sql=\"abcd\""},
    {MODERN, C, "0009 00001000 0000", "NFETCH buffer=4096 array=0"},
    {NMAP, C, "0009 1000 0000", "NFETCH buffer=4096 array=0"},
    {NO_8, C, "0009 00001000", "NFETCH buffer=4096"},
    {MODERN, C, "0017 0006 00000007 00001000", "SFETCH kind=6 target=7 buffer=4096"},
    {MODERN, S, "000d ff32 ff91 0000000c 0001 78 00",
     "ERR code=-206(TABLE_NOT_FOUND) isam=-111 offset=12 text=\"x\""},
    {NMAP, S, "000d d8f1 ff91 000c 0001 78 00", "ERR code=-9999 isam=-111 offset=12 text=\"x\""},
    {MODERN, S, "000f 0000 00000001 00000101 00000009",
     "DONE warnings=0 rows=1 rowid=257 serial=9"},
    {WIDE, S, "000f 0000 0000000000000001 0000000100000101 00000009",
     "DONE warnings=0 rows=1 rowid=4294967553 serial=9"},
    {MODERN, S, "005e 00010000000200000000 0000000000000003", "INSERTDONE serial8=2 bigserial=3"},
    {NO_54, S, "005e 00010000000200000000", "INSERTDONE serial8=2"},
    {MODERN, S, "005e 00000000000000000000 0000000000000003",
     "INSERTDONE serial8=NULL bigserial=3"},
    {MODERN, S, "005e ffff0000000200000000 ffffffffffffffff", "INSERTDONE serial8=-2 bigserial=-1"},
    {MODERN, S, "007d 0001 0000 000d 00000000 0000 0000 0000 0000 00000000 00000014",
     "IDESCRIBE count=1 named=0 parameters=[{type=13(varchar) extended_id=0 owner=\"\" "
     "type_name=\"\" reference=0 alignment=0 source=0 length=20}]"},
    {NO_52, S, "007d 0001 000d 00000000 0000 0000 0000 0000 00000000 00000014",
     "IDESCRIBE count=1 parameters=[{type=13(varchar) extended_id=0 owner=\"\" "
     "type_name=\"\" reference=0 alignment=0 source=0 length=20}]"},
    {MODERN, S, "007d 0000", "IDESCRIBE count=0 parameters=[]"},
    {MODERN, S,
     "0008 0002 0001 00000000 0004 0001 00000002 00000000 00000000 0002 00000000 0000 0000 0000 "
     "0000 00000000 00000004 6100",
     "DESCRIBE type=2(SELECT) statement=1 cost=0 tuple_size=4 count=1 strings_size=2 "
     "columns=[{name_at=0 start=0 type=2(integer) extended_id=0 owner=\"\" type_name=\"\" "
     "reference=0 alignment=0 source=0 length=4}] name=\"a\""},
    {NMAP, S,
     "0008 0002 0001 00000000 0004 0001 0002 0000 00000000 0002 00000000 0000 0000 0000 "
     "0000 00000000 00000004 6100",
     "DESCRIBE type=2(SELECT) statement=1 cost=0 tuple_size=4 count=1 strings_size=2 "
     "columns=[{name_at=0 start=0 type=2(integer) extended_id=0 owner=\"\" type_name=\"\" "
     "reference=0 alignment=0 source=0 length=4}] name=\"a\""},
    {WIDE, S, "0008 0022 0000 00000000 00010000 0000 00000000",
     "DESCRIBE type=34(BEGIN WORK) statement=0 cost=0 tuple_size=65536 count=0 strings_size=0"},
    {NMAP, C, "0065 00 0003 662829 00 0000", "GETROUTINE by_id=0 signature=\"f()\" option=0"},
    {MODERN, C, "0065 00 00000003 662829 00 0000", "GETROUTINE by_id=0 signature=\"f()\" option=0"},
    /* each kind of bind data: none, fixed, 2-byte length, 4-byte length */
    {MODERN, C, "0005 0001 0029 0000 0004 626c6f62 ffff 0000",
     "BIND count=1 values=[{type=41(udtfixed) owner=\"\" type_name=\"blob\" indicator=-1 "
     "precision=0}]"},
    {MODERN, C, "0061 0001 0007 00000000 7d00 00010000000200000000 0001",
     "LODATA operation=1 descriptor=7 length=0 buffer=32000 offset=2 whence=1"},
    {MODERN, S, "0081 0001 0009 50617373776f72643a 00", "CHALLENGE style=1 prompt=\"Password:\""},
    {MODERN, C, "0086 0002 0002 0001 0003",
     "GENERATED_KEYS kind=2 count=2 columns=[{column=1} {column=3}]"},
    {MODERN, C, "0086 0003 0001 0001 61 00", "GENERATED_KEYS kind=3 count=1 names=[{name=\"a\"}]"},
    {MODERN, S, "001a 0006 746573746462 0001 78 00 0000",
     "DBLIST names=[{name=\"testdb\"} {name=\"x\"}]"},
};

static void assert_trace(const struct sqli_message *m, size_t i, const struct sqli_caps *caps)
{
    struct sqli_buffer text;
    sqli__buffer_init(&text, 1 << 16);
    sqli__print(m, cases[i].direction, caps, 0, &text);
    if (!sqli__span_equal(sqli__buffer_view(&text), sqli__span_text(cases[i].trace)))
        fail_msg("%s is %.*s", cases[i].hex, (int)text.length, (const char *)text.data);
    sqli__buffer_free(&text);
}

static void each_message_follows_the_mask_in_both_directions(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sqli_span mask = support_unhex(cases[i].mask);
        struct sqli_span bytes = support_unhex(cases[i].hex);
        struct sqli_decoder d;
        struct sqli_message m;
        struct sqli_error error;
        struct sqli_buffer out;
        size_t used;
        sqli__decoder_init(&d, cases[i].direction, false);
        d.caps = sqli__caps_from_mask(mask);
        enum sqli_status status = sqli__decode(&d, bytes, &m, &used, &error);
        if (status != SQLI_OK || used != bytes.length)
            fail_msg("%s: status %d, %zu of %zu bytes", cases[i].hex, status, used, bytes.length);
        assert_trace(&m, i, &d.caps);
        sqli__buffer_init(&out, 1 << 16);
        assert_int_equal(sqli__encode(&m, cases[i].direction, &d.caps, &out, &error), SQLI_OK);
        assert_true(sqli__span_equal(sqli__buffer_view(&out), bytes));
        sqli__buffer_free(&out);
        sqli__decoder_free(&d);
        support_free(bytes);
        support_free(mask);
    }
}

/* What the agreed framing cannot carry is refused, and nothing is left in the buffer. */
static void values_too_large_for_the_framing_are_refused(void **state)
{
    (void)state;
    struct sqli_caps narrow = {{0}, 8};
    char text[70000] = {0};
    const struct {
        struct sqli_message message;
        enum sqli_direction direction;
        const char *error;
    } refused[] = {
        {{.id = SQLI_MSG_NFETCH, .as.fetch.buffer = 32768}, C, "buffer is 32768"},
        {{.id = SQLI_MSG_ERR, .as.err.offset = 40000}, S, "offset is 40000"},
        {{.id = SQLI_MSG_DONE, .as.done.rows = 3000000000}, S, "rows is 3000000000"},
        {{.id = SQLI_MSG_PREPARE, .as.sql.text = sqli__span(text, 65536)}, C, "sql has 65536"},
        {{.id = SQLI_MSG_CURNAME, .as.bytes = sqli__span(text, 32768)}, C, "name has 32768"},
        {{.id = SQLI_MSG_BBIND, .as.count = 32768}, C, "blobs is 32768"},
        {{.id = SQLI_MSG_FETCHBLOB, .as.bytes = sqli__span(text, 20)}, C, "has 20 bytes, not 56"},
        {{.id = SQLI_MSG_TUPLE, .as.tuple = {0, 3, sqli__span(text, 2)}}, S, "has 2 bytes, not 3"},
        {{.id = SQLI_MSG_TUPLE}, C, "in this direction"},
        {{.id = SQLI_MSG_PREPARE}, S, "in this direction"},
        {{.id = SQLI_MSG_COUNT}, S, "in this direction"},
    };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct sqli_buffer out;
        struct sqli_error error;
        sqli__buffer_init(&out, 1 << 20);
        sqli__buffer_text(&out, "before");
        assert_int_equal(
            sqli__encode(&refused[i].message, refused[i].direction, &narrow, &out, &error),
            SQLI_FAIL);
        if (!strstr(error.message, refused[i].error))
            fail_msg("case %zu: %s", i, error.message);
        assert_int_equal(out.length, 6);
        sqli__buffer_free(&out);
    }
}

static void the_environment_is_measured(void **state)
{
    (void)state;
    struct sqli_pair pairs[] = {
        {sqli__span_text("DBTEMP"), sqli__span_text("/tmp")},
        {sqli__span_text("SUBQCACHESZ"), sqli__span_text("10")},
    };
    struct sqli_message m = {.id = SQLI_MSG_INFO};
    m.as.info = (struct sqli_info){.subtype = SQLI_INFO_ENV, .count = 2, .pairs = pairs};
    struct sqli_buffer out;
    struct sqli_error error;
    sqli__buffer_init(&out, 1000);
    assert_int_equal(sqli__encode(&m, C, &sqli__caps_client, &out, &error), SQLI_OK);
    /* vector msg-024, the vendor's client */
    assert_span_hex(sqli__buffer_view(&out), "005100060026000c00040006444254454d5000042f746d70000b"
                                             "535542514341434845535a000002313000000000");
    sqli__buffer_free(&out);
}

static void every_message_has_a_name_a_layout_and_a_way_back_from_its_tag(void **state)
{
    (void)state;
    for (enum sqli_message_id id = SQLI_MSG_NONE + 1; id < SQLI_MSG_COUNT; id++) {
        const struct sqli_message_info *info = sqli__message_info(id);
        assert_non_null(info);
        assert_non_null(info->layout);
        assert_true(info->to_server || info->to_client);
        if (info->tag == SQLI_NO_TAG || id == SQLI_MSG_FILE_READ_CHUNK)
            continue;
        if (info->to_server)
            assert_int_equal(sqli__message_by_tag(C, (uint16_t)info->tag), id);
        if (info->to_client)
            assert_int_equal(sqli__message_by_tag(S, (uint16_t)info->tag), id);
    }
    assert_null(sqli__message_info(SQLI_MSG_NONE));
    assert_null(sqli__message_info(SQLI_MSG_COUNT));
    assert_string_equal(sqli__tag_name(18), "PUTERR");
    assert_null(sqli__tag_name(999));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_message_follows_the_mask_in_both_directions),
        cmocka_unit_test(values_too_large_for_the_framing_are_refused),
        cmocka_unit_test(the_environment_is_measured),
        cmocka_unit_test(every_message_has_a_name_a_layout_and_a_way_back_from_its_tag),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
