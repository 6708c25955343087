/* The agreed capabilities drive the framing: the same message under different masks. */
#include "tests/support/support.h"

#include "protocol/message.h"

#define MODERN  "fffc7ffc3c8caa97"   /* what we offer */
#define NMAP    "fffc7ffc3c8c8a"     /* without bits 50, 62 and 63 */
#define WIDE    "fffc7ffc3c8caa9706" /* with bits 69 and 70 */
#define NO_8    "ff7c7ffc3c8caa97"
#define NO_52   "fffc7ffc3c8ca297"
#define NO_54   "fffc7ffc3c8ca897"
#define NO_50   "fffc7ffc3c8c8a97"
#define NO_62   "fffc7ffc3c8caa95"
#define NO_63   "fffc7ffc3c8caa96"
#define ONLY_69 "fffc7ffc3c8caa9704"
#define ONLY_70 "fffc7ffc3c8caa9702"

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
    {WIDE, C,
     "0026 00000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
     "00000000000000000000000000000000000000000000000000",
     "FETCHBLOB "
     "descriptor=00000000000000000000000000000000000000000000000000000000000000000000000000000000.."
     ".(68 bytes)"},
    {WIDE, C,
     "0005 0001 000b 0000 0000 00000000000000000000000000000000000000000000000000000000000000000000"
     "00000000000000000000000000000000000000000000000000000000000000000000",
     "BIND count=1 values=[{type=11(byte) indicator=0 precision=0 "
     "data=00000000000000000000000000000000000000000000000000000000000000000000000000000000...(68 "
     "bytes)}]"},
    {MODERN, S, "000e 0003 00000001 61 00", "TUPLE warnings=3 size=1 payload=\"a\""},
    {WIDE, S, "0008 0022 0000 00000000 00010000 0000 00000000",
     "DESCRIBE type=34(BEGIN WORK) statement=0 cost=0 tuple_size=65536 count=0 strings_size=0"},
    /* each bit alone */
    {NO_62, C, "0009 00001000 0000", "NFETCH buffer=4096 array=0"},
    {NO_62, C, "0017 0006 00000007 00001000", "SFETCH kind=6 target=7 buffer=4096"},
    {NO_62, C, "0002 0000 0003 616263 00", "PREPARE placeholders=0 sql=\"abc\""},
    {NO_62, S, "000d ff32 ff91 000c 0000",
     "ERR code=-206(TABLE_NOT_FOUND) isam=-111 offset=12 text=\"\""},
    {NO_63, C, "0009 1000 0000", "NFETCH buffer=4096 array=0"},
    {NO_63, C, "0017 0006 00000007 1000", "SFETCH kind=6 target=7 buffer=4096"},
    {NO_63, C, "0002 0000 00000003 616263 00", "PREPARE placeholders=0 sql=\"abc\""},
    {NO_63, S, "000d ff32 ff91 0000000c 0000",
     "ERR code=-206(TABLE_NOT_FOUND) isam=-111 offset=12 text=\"\""},
    {NO_50, S,
     "0008 0002 0001 00000000 0004 0001 0002 0000 00000000 0002 00000000 0000 0000 0000 "
     "0000 00000000 00000004 6100",
     "DESCRIBE type=2(SELECT) statement=1 cost=0 tuple_size=4 count=1 strings_size=2 "
     "columns=[{name_at=0 start=0 type=2(integer) extended_id=0 owner=\"\" type_name=\"\" "
     "reference=0 alignment=0 source=0 length=4}] name=\"a\""},
    {ONLY_69, S, "0008 0022 0000 00000000 00010000 0000 00000000",
     "DESCRIBE type=34(BEGIN WORK) statement=0 cost=0 tuple_size=65536 count=0 strings_size=0"},
    {ONLY_69, S, "000f 0000 00000001 00000101 00000009",
     "DONE warnings=0 rows=1 rowid=257 serial=9"},
    {ONLY_70, S, "0008 0022 0000 00000000 0100 0000 00000000",
     "DESCRIBE type=34(BEGIN WORK) statement=0 cost=0 tuple_size=256 count=0 strings_size=0"},
    {ONLY_70, S, "000f 0000 0000000000000001 0000000000000101 00000009",
     "DONE warnings=0 rows=1 rowid=257 serial=9"},
    /* only an empty pair ends the list */
    {MODERN, C, "0051 0006 000c 0000 0002 0000 0001 78 00 0000 0000",
     "INFO subtype=6 size=12 longest_name=0 longest_value=2 env=[{name=\"\" value=\"x\"}]"},
    /* flags of the type word do not ask for owner and name */
    {MODERN, C, "0064 0001 0001 0102 00000004",
     "RET_TYPE direction=1 count=1 types=[{type=258 length=4}]"},
    {MODERN, C, "0005 0001 0102 ffff 0000",
     "BIND count=1 values=[{type=258(integer) indicator=-1 precision=0}]"},
    {NMAP, C, "0065 00 0003 662829 00 0000", "GETROUTINE by_id=0 signature=\"f()\" option=0"},
    {MODERN, C, "0065 00 00000003 662829 00 0000", "GETROUTINE by_id=0 signature=\"f()\" option=0"},
    /* each kind of bind data: none, fixed, 2-byte length, 4-byte length */
    {MODERN, C, "0005 0001 0029 0000 0004 626c6f62 ffff 0000",
     "BIND count=1 values=[{type=41(udtfixed) owner=\"\" type_name=\"blob\" indicator=-1 "
     "precision=0}]"},
    {MODERN, C, "0005 0001 0002 fffe 0000",
     "BIND count=1 values=[{type=2(integer) indicator=-2 precision=0}]"},
    {MODERN, C, "0005 0001 0007 0000 0000 7fffffff",
     "BIND count=1 values=[{type=7(date) indicator=0 precision=0 data=7fffffff}]"},
    {MODERN, S, "0062 0002 8000 ffffffff", "FILE operation=2(read) buffer=32768 amount=-1"},
    {MODERN, C, "0061 0001 0007 00000000 7d00 00010000000200000000 0001",
     "LODATA operation=1 descriptor=7 length=0 buffer=32000 offset=2 whence=1"},
    {MODERN, S, "0081 0001 0009 50617373776f72643a 00", "CHALLENGE style=1 prompt=\"Password:\""},
    {MODERN, C, "0086 0002 0002 0001 0003",
     "GENERATED_KEYS kind=2 count=2 columns=[{column=1} {column=3}]"},
    {MODERN, C, "0086 0003 0001 0001 61 00", "GENERATED_KEYS kind=3 count=1 names=[{name=\"a\"}]"},
    {MODERN, S, "001a 0006 746573746462 0001 78 00 0000",
     "DBLIST names=[{name=\"testdb\"} {name=\"x\"}]"},
};

enum { SHOWN = 40 }; /* bytes of a field in the traces above */

static void assert_trace(const struct sqli_message *m, size_t i, const struct sqli_caps *caps)
{
    struct sqli_buffer text;
    sqli__buffer_init(&text, 1 << 16);
    sqli__print(m, cases[i].direction, caps, SHOWN, &text);
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

/* With the narrowest framing; nothing is left in the buffer. */
static void assert_refused(const struct sqli_message *m, enum sqli_direction direction,
                           const char *why)
{
    struct sqli_caps narrow = {{0}, 8};
    struct sqli_buffer out;
    struct sqli_error error;
    sqli__buffer_init(&out, 1 << 20);
    sqli__buffer_text(&out, "before");
    assert_int_equal(sqli__encode(m, direction, &narrow, &out, &error), SQLI_FAIL);
    if (!strstr(error.message, why))
        fail_msg("%s: %s", why, error.message);
    assert_int_equal(out.length, 6);
    sqli__buffer_free(&out);
}

static void values_too_large_for_the_framing_are_refused(void **state)
{
    (void)state;
    static const char text[70000];
    struct sqli_column column = {0};
    const struct {
        struct sqli_message message;
        enum sqli_direction direction;
        const char *error;
    } refused[] = {
        {{.id = SQLI_MSG_NFETCH, .as.fetch.buffer = 32768}, C, "buffer is 32768"},
        {{.id = SQLI_MSG_ERR, .as.err.offset = 40000}, S, "offset is 40000"},
        {{.id = SQLI_MSG_ERR, .as.err.offset = -40000}, S, "offset is -40000"},
        {{.id = SQLI_MSG_DESCRIBE,
          .as.describe = {.count = 1,
                          .columns = &column,
                          .strings_size = 65536,
                          .strings = sqli__span(text, 65536)}},
         S,
         "strings_size is 65536"},
        {{.id = SQLI_MSG_DONE, .as.done.rows = 3000000000}, S, "rows is 3000000000"},
        {{.id = SQLI_MSG_PREPARE, .as.sql.text = sqli__span(text, 65536)}, C, "sql has 65536"},
        {{.id = SQLI_MSG_CURNAME, .as.bytes = sqli__span(text, 32768)}, C, "name has 32768"},
        {{.id = SQLI_MSG_BBIND, .as.count = 32768}, C, "blobs is 32768"},
        {{.id = SQLI_MSG_FETCHBLOB, .as.bytes = sqli__span(text, 20)}, C, "has 20 bytes, not 56"},
        {{.id = SQLI_MSG_TUPLE, .as.tuple = {0, 3, sqli__span(text, 2)}}, S, "has 2 bytes, not 3"},
        {{.id = SQLI_MSG_TUPLE, .as.tuple = {0, (1 << 26) + 1, sqli__span(text, (1 << 26) + 1)}},
         S,
         "size is 67108865"},
        {{.id = SQLI_MSG_TUPLE}, C, "in this direction"},
        {{.id = SQLI_MSG_PREPARE}, S, "in this direction"},
        {{.id = SQLI_MSG_COUNT}, S, "in this direction"},
    };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        assert_refused(&refused[i].message, refused[i].direction, refused[i].error);
}

static void logins_that_are_too_long_are_refused(void **state)
{
    (void)state;
    static const char text[32767];
    struct sqli_message m = {.id = SQLI_MSG_LOGIN_REQUEST};
    m.as.login_request.user = sqli__span(text, 32767);
    assert_refused(&m, C, "user has 32767 bytes");
    m.as.login_request.user.length = 32766;
    m.as.login_request.server = m.as.login_request.user;
    assert_refused(&m, C, "bytes are too many");
}

/* The reader would take the rest for the next message. */
static void lists_that_would_end_early_are_refused(void **state)
{
    (void)state;
    struct sqli_span names[] = {sqli__span("a", 1), sqli__span("", 0), sqli__span("b", 1)};
    struct sqli_pair pairs[] = {{names[1], names[1]}};
    struct sqli_login_section unfilled = {0};
    struct sqli_message m = {.id = SQLI_MSG_DBLIST_REPLY, .as.names = {3, names}};
    assert_refused(&m, S, "item 2 of names");
    m = (struct sqli_message){.id = SQLI_MSG_INFO, .as.info = {.count = 1, .pairs = pairs}};
    assert_refused(&m, C, "item 1 of env");
    m = (struct sqli_message){.id = SQLI_MSG_LOGIN_REQUEST};
    m.as.login_request.sections = &unfilled;
    m.as.login_request.section_count = 1;
    assert_refused(&m, C, "item 1 of sections");
}

/* Without the bit for long text the length has 2 bytes, and all 16 bits count. */
static void sql_text_of_64k_travels_in_the_narrow_framing(void **state)
{
    (void)state;
    static const char text[65535];
    struct sqli_message m = {.id = SQLI_MSG_PREPARE, .as.sql.text = sqli__span(text, sizeof text)};
    struct sqli_buffer out;
    struct sqli_error error;
    struct sqli_decoder d;
    size_t used;
    sqli__buffer_init(&out, 1 << 20);
    sqli__decoder_init(&d, C, false);
    assert_int_equal(sqli__encode(&m, C, &d.caps, &out, &error), SQLI_OK);
    assert_int_equal(sqli__decode(&d, sqli__buffer_view(&out), &m, &used, &error), SQLI_OK);
    assert_int_equal(m.as.sql.text.length, sizeof text);
    assert_int_equal(used, out.length);
    sqli__decoder_free(&d);
    sqli__buffer_free(&out);
}

static void names_are_found_only_inside_the_string_table(void **state)
{
    static const struct {
        int32_t offset;
        const char *name;
    } names[] = {{0, "ab"}, {1, "b"}, {2, ""}, {3, "c"}, {4, NULL}, {5, NULL}, {-1, NULL}};
    (void)state;
    struct sqli_column column = {0};
    struct sqli_describe d = {.count = 1, .columns = &column};
    d.strings = sqli__span("ab\0c", 4); /* the last one is not ended */
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        column.name_offset = names[i].offset;
        struct sqli_span name = sqli__describe_name(&d, 0);
        assert_true((name.data == NULL) == (names[i].name == NULL));
        assert_true(sqli__span_equal(name, sqli__span_text(names[i].name)));
    }
    column.name_offset = 0;
    assert_null(sqli__describe_name(&d, 1).data);
}

/* What looks like a row, by the two bytes of its tag, is one only where a message can begin. */
static void rows_are_told_by_their_place(void **state)
{
    (void)state;
    struct sqli_message m;
    struct sqli_error error;
    struct sqli_decoder d;
    size_t used;
    struct sqli_span login = support_unhex("000e 0d 3c 0000 0001 0004 61626364");
    sqli__decoder_init(&d, S, true);
    assert_int_equal(sqli__decode(&d, login, &m, &used, &error), SQLI_OK);
    assert_int_equal(m.id, SQLI_MSG_LOGIN_REPLY);
    sqli__decoder_free(&d);
    struct sqli_span reply = support_unhex("0061 0000 0000000e");
    struct sqli_span chunk = support_unhex("000e 0000 00000000 0000 0000 0000 0000");
    sqli__decoder_init(&d, S, false);
    assert_int_equal(sqli__decode(&d, reply, &m, &used, &error), SQLI_OK);
    assert_int_equal(sqli__decode(&d, chunk, &m, &used, &error), SQLI_OK);
    assert_int_equal(m.id, SQLI_MSG_LODATA_CHUNK);
    assert_int_equal(used, 16);
    assert_int_equal(sqli__decode(&d, chunk, &m, &used, &error), SQLI_OK);
    assert_int_equal(m.id, SQLI_MSG_TUPLE);
    sqli__decoder_free(&d);
    support_free(login);
    support_free(reply);
    support_free(chunk);
}

/* A read at the end is answered by a chunk of nothing; a write has none. */
static void a_read_of_nothing_has_its_chunk(void **state)
{
    (void)state;
    struct sqli_message m;
    struct sqli_error error;
    struct sqli_decoder d;
    size_t used;
    struct sqli_span nothing = support_unhex("0061 0000 00000000 0000 000c");
    struct sqli_span wrong = support_unhex("0061 0000 00000000 0001 0000 000c");
    struct sqli_span written = support_unhex("0061 0002 00000000 000c");
    static const uint16_t ids[] = {SQLI_MSG_LODATA_REPLY, SQLI_MSG_LODATA_CHUNK, SQLI_MSG_EOT};
    sqli__decoder_init(&d, S, false);
    for (size_t i = 0, at = 0; i < 3; i++, at += used) {
        struct sqli_span rest = sqli__span(nothing.data + at, nothing.length - at);
        assert_int_equal(sqli__decode(&d, rest, &m, &used, &error), SQLI_OK);
        assert_int_equal(m.id, ids[i]);
    }
    for (size_t i = 0, at = 0; i < 2; i++, at += used) {
        struct sqli_span rest = sqli__span(written.data + at, written.length - at);
        assert_int_equal(sqli__decode(&d, rest, &m, &used, &error), SQLI_OK);
        assert_int_equal(m.id, i ? SQLI_MSG_EOT : SQLI_MSG_LODATA_REPLY);
    }
    assert_int_equal(sqli__decode(&d, wrong, &m, &used, &error), SQLI_OK);
    wrong = sqli__span(wrong.data + used, wrong.length - used);
    assert_int_equal(sqli__decode(&d, wrong, &m, &used, &error), SQLI_FAIL);
    sqli__decoder_free(&d);
    support_free(nothing);
    support_free(sqli__span(wrong.data - 8, wrong.length + 8));
    support_free(written);
}

/* A message that does not fit does not spoil those before and behind it. */
static void a_full_buffer_takes_the_next_smaller_message(void **state)
{
    (void)state;
    static const char text[100];
    struct sqli_message large = {.id = SQLI_MSG_CURNAME, .as.bytes = sqli__span(text, 100)};
    struct sqli_message small = {.id = SQLI_MSG_EOT};
    struct sqli_buffer out;
    struct sqli_error error;
    sqli__buffer_init(&out, 100);
    assert_int_equal(sqli__encode(&small, C, &sqli__caps_client, &out, &error), SQLI_OK);
    assert_int_equal(sqli__encode(&large, C, &sqli__caps_client, &out, &error), SQLI_FAIL);
    assert_int_equal(error.code, SQLI_E_TOO_LARGE);
    assert_int_equal(sqli__encode(&small, C, &sqli__caps_client, &out, &error), SQLI_OK);
    assert_span_hex(sqli__buffer_view(&out), "000c000c");
    sqli__buffer_free(&out);
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
        cmocka_unit_test(logins_that_are_too_long_are_refused),
        cmocka_unit_test(lists_that_would_end_early_are_refused),
        cmocka_unit_test(sql_text_of_64k_travels_in_the_narrow_framing),
        cmocka_unit_test(names_are_found_only_inside_the_string_table),
        cmocka_unit_test(rows_are_told_by_their_place),
        cmocka_unit_test(a_read_of_nothing_has_its_chunk),
        cmocka_unit_test(a_full_buffer_takes_the_next_smaller_message),
        cmocka_unit_test(the_environment_is_measured),
        cmocka_unit_test(every_message_has_a_name_a_layout_and_a_way_back_from_its_tag),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
