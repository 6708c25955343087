/* The life of a session: who gets in, how it ends, what it never does whatever the client sends. */
#include "tests/session/harness.h"
#include "tests/session/standin.h"

#include "protocol/trace.h"

#include <pthread.h>
#include <sched.h>

/* --- login --- */

static struct sqli_login_request usual_login(void)
{
    struct sqli_login_request r;
    sqli__login_request_init(&r);
    r.user = sqli__span_text("informix");
    r.password = sqli__span_text("in4mix");
    r.server = sqli__span_text("informix");
    return r;
}

/* Sends the login and gives what came back, decoded; it points into h->out. */
static struct sqli_login_reply log_in(struct harness *h, const struct sqli_login_request *request,
                                      struct sqli_decoder *decoder)
{
    struct sqli_message m = {.id = SQLI_MSG_LOGIN_REQUEST, .as.login_request = *request};
    size_t used;
    assert_int_equal(sqli__encode(&m, SQLI_TO_SERVER, &h->caps, &h->in, &h->error), SQLI_OK);
    harness_send(h);
    sqli__decoder_init(decoder, SQLI_TO_CLIENT, true);
    assert_int_equal(sqli__decode(decoder, sqli__buffer_view(&h->out), &m, &used, &h->error),
                     SQLI_OK);
    assert_int_equal(used, h->out.length);
    return m.as.login_reply;
}

static void check_refused(const struct sqli_login_request *request, int16_t code, const char *text)
{
    struct harness h;
    struct sqli_decoder decoder;
    harness_open(&h, 0);
    struct sqli_login_reply r = log_in(&h, request, &decoder);
    assert_int_equal(h.status, SQLI_OK);
    assert_int_equal(r.header.type, SQLI_LOGIN_REJECT);
    assert_int_equal(r.service_error, code);
    assert_int_equal(r.note_count, 1);
    assert_true(sqli__span_equal(r.notes[0].text, sqli__span_text(text)));
    /* Who has the password learns what the server is called. */
    assert_true(sqli__span_equal(r.server, sqli__span_text("informix")));
    assert_false(sqli__session_logged_in(h.session));
    /* Nothing is answered any more. */
    sqli__buffer_clear(&h.out);
    harness_say(&h, "version , eot");
    harness_send(&h);
    assert_int_equal(h.status, SQLI_OK);
    assert_int_equal(h.out.length, 0);
    sqli__decoder_free(&decoder);
    harness_close(&h);
}

static void test_login_refused(void **state)
{
    (void)state;
    static const char wrong[] = "the login is refused: wrong user or wrong password";
    struct sqli_login_request r = usual_login();
    r.password = sqli__span_text("In4mix");
    check_refused(&r, -951, wrong);
    r.password = sqli__span(NULL, 0);
    check_refused(&r, -951, wrong);
    r.server = sqli__span_text("other"); /* the password comes first */
    check_refused(&r, -951, wrong);
    r = usual_login();
    r.server = sqli__span_text("informix1");
    check_refused(&r, -761, "the server goes by another name: informix");
    r.server = sqli__span(NULL, 0);
    check_refused(&r, -761, "the server goes by another name: informix");
    r = usual_login();
    r.database = sqli__span_text("missing");
    check_refused(&r, -329, "there is no such database, or no permission to use it: missing");
}

/* The published client's way to the text: the longest printable run within whole blocks of 64
 * bytes behind the header. */
static void test_reject_is_readable(void **state)
{
    (void)state;
    struct harness h;
    struct sqli_decoder decoder;
    struct sqli_login_request request = usual_login();
    request.password = sqli__span_text("wrong");
    harness_open(&h, 0);
    log_in(&h, &request, &decoder);
    size_t end = 6 + (h.out.length - 6) / 64 * 64;
    size_t best = 0, best_at = 0, run = 0;
    for (size_t i = 6; i < end; i++) {
        run = h.out.data[i] >= 0x20 && h.out.data[i] < 0x7f ? run + 1 : 0;
        if (run > best) {
            best = run;
            best_at = i + 1 - run;
        }
    }
    char text[300] = "";
    assert_true(best < sizeof text);
    memcpy(text, h.out.data + best_at, best);
    while (best > 0 && text[best - 1] == ' ')
        text[--best] = '\0';
    assert_string_equal(text, "the login is refused: wrong user or wrong password");
    sqli__decoder_free(&decoder);
    harness_close(&h);
}

static void test_login_accepted(void **state)
{
    (void)state;
    struct harness h;
    struct sqli_decoder decoder;
    struct sqli_login_request request = usual_login();
    struct sqli_pair pairs[] = {
        {sqli__span_text("DBDATE"), sqli__span_text("bad")},
        {sqli__span_text("DB_LOCALE"), sqli__span_text("en_US.utf8")},
    };
    struct sqli_login_section section = {.marker = SQLI_LOGIN_ENV, .count = 2, .pairs = pairs};
    request.server = sqli__span_text("INFORMIX");
    request.sections = &section;
    request.section_count = 1;
    standin.log[0] = '\0';
    harness_open(&h, 0);
    assert_false(sqli__session_logged_in(h.session));
    struct sqli_login_reply r = log_in(&h, &request, &decoder);
    assert_int_equal(h.status, SQLI_MORE);
    assert_true(sqli__session_logged_in(h.session));
    assert_int_equal(r.header.type, SQLI_LOGIN_ACCEPT);
    assert_int_equal(r.header.options, 0x1000);
    assert_int_equal(r.capabilities[0], 316);
    assert_int_equal(r.service_error, 0);
    assert_true(
        sqli__span_equal(r.version, sqli__span_text("Informix Dynamic Server Version 9.59.FC7W1")));
    assert_string_equal(standin.log, "user=informix;DBDATE=bad;DB_LOCALE=en_US.utf8;");
    sqli__decoder_free(&decoder);
    harness_close(&h);
}

/* A login that names its database stays there. */
static void test_explicit_connection(void **state)
{
    (void)state;
    static const char *const refused[] = {
        "dbopen testdb , eot",
        "dbclose , eot",
        "command \"database x\" , execute , release , eot",
        "prepare \"database x\" , ndescribe , wantdone , eot",
    };
    struct harness h;
    struct sqli_decoder decoder;
    struct sqli_login_request request = usual_login();
    request.database = sqli__span_text("testdb");
    harness_open(&h, 0);
    log_in(&h, &request, &decoder);
    assert_int_equal(h.status, SQLI_MORE);
    assert_string_equal(standin.last->info.name, "testdb");
    sqli__buffer_clear(&h.out);
    h.login_reply_next = false;
    harness_ask(&h, "protocols , eot");
    h.caps = sqli__caps_both(&sqli__caps_server, &sqli__caps_client);
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        assert_string_equal(harness_ask(&h, refused[i]),
                            "ERR code=-759(EXPLICIT_CONNECTION) isam=0 offset=0 text=\"\"\nEOT\n");
    assert_string_equal(harness_ask(&h, "prepare \"work\" , ndescribe , eot"),
                        "DESCRIBE type=4(UPDATE) statement=0 cost=0 tuple_size=0 count=0 "
                        "strings_size=0\nEOT\n");
    sqli__decoder_free(&decoder);
    harness_close(&h);
}

/* --- framing by capabilities --- */

/* An old client: two-byte lengths and offsets, no BIGINT. A NUL behind its SQL is none of it. */
static void test_narrow_framing(void **state)
{
    (void)state;
    struct harness h;
    harness_open(&h, 0);
    harness_ask(&h, "login");
    harness_say(&h, "007e 0007 fffc7ffc3c8c8a 00 000c");
    harness_send(&h);
    sqli__buffer_clear(&h.out);
    struct sqli_caps old = {{0xff, 0xfc, 0x7f, 0xfc, 0x3c, 0x8c, 0x8a}, 7};
    h.caps = sqli__caps_both(&sqli__caps_server, &old);
    harness_say(&h, "0002 0000 000b 73656c65637420692033 00 00 0016 0031 000c");
    harness_send(&h);
    assert_span_hex(sqli__buffer_view(&h.out),
                    "0008 0002 0000 00000000 0004 0001 0002"
                    "0000 00000000 0102 00000000 0000 0000 0000 0000 00000000 00000004 6900"
                    "000f 0000 00000000 00000000 00000000 0037 00000001 00000001 000c");
    sqli__buffer_clear(&h.out);
    assert_string_equal(harness_ask(&h, "open , nfetch , eot"),
                        "TUPLE warnings=0 size=4 payload=00000001\n"
                        "TUPLE warnings=0 size=4 payload=00000002\n"
                        "TUPLE warnings=0 size=4 payload=00000003\n"
                        "DONE warnings=0 rows=3 rowid=0 serial=0\nCOST rows=1 io=1\nEOT\n");
    harness_close(&h);
}

static void note(void *context, const char *text)
{
    snprintf(context, 64, "%s", text);
}

/* What DONE cannot hold in the narrow form, and codes that no client knows. */
static void test_numbers_that_do_not_fit(void **state)
{
    (void)state;
    char complaint[64] = "";
    struct harness h;
    harness_complain = note;
    harness_complain_context = complaint;
    harness_connect(&h, 0, "testdb");
    harness_complain = NULL;
    assert_string_equal(
        harness_ask(&h, "prepare \"fail-prepare -900010\" , eot"),
        "ERR code=-999(NOT_IMPLEMENTED) isam=-111 offset=15 text=\"missing\"\nEOT\n");
    assert_string_equal(
        harness_ask(&h, "prepare \"fail-prepare -912345\" , eot"),
        "ERR code=-768(ROUTINE_INTERNAL) isam=-111 offset=15 text=\"missing\"\nEOT\n");
    assert_string_not_equal(complaint, "");
    standin.changed = (int64_t)INT32_MAX + 5;
    assert_string_equal(
        harness_ask(&h, "prepare \"work\" , execute , eot"),
        "DONE warnings=0 rows=2147483647 rowid=0 serial=0\nCOST rows=1 io=1\nEOT\n");
    standin.changed = 0;
    harness_close(&h);
}

/* --- bounds --- */

static void test_statement_limit(void **state)
{
    (void)state;
    enum { LIMIT = 10000 };
    struct harness h;
    harness_connect(&h, 0, "testdb");
    for (int i = 0; i < LIMIT; i++)
        assert_string_equal(harness_ask(&h, "prepare \"work\" , eot"), "EOT\n");
    const char *refused =
        "ERR code=-257(TOO_MANY_STATEMENTS) isam=0 offset=0 text=\"10000\"\nEOT\n";
    assert_string_equal(harness_ask(&h, "prepare \"work\" , eot"), refused);
    assert_string_equal(harness_ask(&h, "command \"work\" , execute , eot"), refused);
    assert_string_equal(harness_ask(&h, "id 4711 , release , eot"), "EOT\n");
    assert_string_equal(harness_ask(&h, "prepare \"work\" , ndescribe , eot"),
                        "DESCRIBE type=4(UPDATE) statement=4711 cost=0 tuple_size=0 count=0 "
                        "strings_size=0\nEOT\n");
    assert_int_equal(standin.statements, LIMIT);
    harness_close(&h);
    assert_int_equal(standin.statements, 0);
}

static void test_output_limit(void **state)
{
    (void)state;
    struct harness h;
    harness_connect(&h, 0, "testdb");
    sqli__session_close(h.session);
    h.options.output_limit = 2000;
    assert_int_equal(sqli__session_open(&h.options, &h.session, &h.error), SQLI_OK);
    h.caps = (struct sqli_caps){{0}, 0};
    harness_say(&h, "login");
    for (int i = 0; i < 100; i++)
        harness_say(&h, "version , eot");
    harness_send(&h);
    assert_int_equal(h.status, SQLI_MORE);
    for (int i = 0; i < 1000; i++)
        harness_say(&h, "version , eot");
    harness_send(&h);
    assert_int_equal(h.status, SQLI_FAIL);
    assert_int_equal(h.error.code, SQLI_E_TOO_LARGE);
    assert_true(h.out.length < 2100);
    harness_close(&h);
}

/* However much a client asks for, and however large its messages are said to be. */
static void test_message_limits(void **state)
{
    (void)state;
    struct harness h;
    harness_connect(&h, 0, "testdb");
    harness_say(&h, "prepare \"select i 2000000\" , open , nfetch buffer=2000000000 , eot");
    harness_send(&h);
    assert_int_equal(h.status, SQLI_MORE);
    assert_in_range(h.out.length, 1 << 20, 4 << 20);
    sqli__buffer_clear(&h.out);
    harness_say(&h, "0002 0000 7fffffff 20202020");
    harness_send(&h);
    assert_int_equal(h.status, SQLI_FAIL);
    harness_close(&h);
    harness_open(&h, 0);
    sqli__session_close(h.session);
    h.options.message_limit = 1000;
    assert_int_equal(sqli__session_open(&h.options, &h.session, &h.error), SQLI_OK);
    harness_ask(&h, "login");
    assert_int_equal(h.status, SQLI_MORE);
    harness_say(&h, "0002 0000 0400 20");
    harness_send(&h);
    assert_int_equal(h.status, SQLI_FAIL);
    assert_int_equal(h.error.code, SQLI_E_TOO_LARGE);
    harness_close(&h);
}

static void test_long_cursor_name(void **state)
{
    (void)state;
    char request[400] = "prepare \"select i 1\" , curname ";
    struct harness h;
    harness_connect(&h, 0, "testdb");
    size_t length = strlen(request);
    memset(request + length, 'n', 129);
    memcpy(request + length + 129, " , eot", sizeof " , eot");
    assert_string_equal(harness_ask(&h, request),
                        "ERR code=-200(NAME_TOO_LONG) isam=0 offset=0 text=\"\"\nEOT\n");
    harness_close(&h);
}

/* --- what is no SQLI --- */

static void test_garbage(void **state)
{
    (void)state;
    static const char *const streams[] = {
        "474554202f20485454502f312e310d0a0d0a0000000000000000000000",
        "0000000000000000",
        "ffffffffffffffffffff",
        "0006013c0000",
    };
    for (size_t i = 0; i < sizeof streams / sizeof streams[0]; i++)
        for (size_t piece = 0; piece < 3; piece++) {
            struct harness h;
            harness_open(&h, piece);
            harness_say(&h, streams[i]);
            harness_send(&h);
            assert_int_equal(h.status, SQLI_FAIL);
            assert_true(h.error.message[0] != '\0');
            assert_int_equal(h.out.length, 0);
            harness_close(&h);
        }
    struct harness h;
    harness_connect(&h, 0, "testdb");
    harness_say(&h, "version , eot , 1234");
    harness_send(&h);
    assert_int_equal(h.status, SQLI_FAIL);
    assert_int_equal(h.out.length, 2); /* what came before it is answered */
    harness_close(&h);
}

/* A conversation with each of its bytes changed in turn: no answer is out of step with itself. */
static void test_changed_bytes(void **state)
{
    (void)state;
    struct harness h;
    harness_connect(&h, 0, "testdb");
    harness_say(
        &h, "prepare \"insert ? ?\" , ndescribe , wantdone , eot , id 0 , bind 1 x , execute , "
            "eot , id 0 , release , eot , prepare \"select v 5\" , ndescribe , wantdone , eot , "
            "id 0 , curname c , open , id 0 , nfetch , eot , id 0 , close , release , eot");
    struct sqli_span stream = sqli__span(malloc(h.in.length), h.in.length);
    memcpy((uint8_t *)(uintptr_t)stream.data, h.in.data, h.in.length);
    harness_close(&h);
    uint64_t random = 7;
    for (size_t i = 0; i < stream.length * 8; i++) {
        harness_connect(&h, 1 + i % 40, "testdb");
        sqli__buffer_span(&h.in, stream);
        h.in.data[i / 8] ^= (uint8_t)(1u << i % 8);
        if (i % 3 == 0)
            h.in.data[support_random(&random) % stream.length] ^= (uint8_t)support_random(&random);
        harness_send(&h);
        harness_replies(&h); /* fails the test on a reply that cannot be decoded */
        harness_close(&h);
    }
    free((uint8_t *)(uintptr_t)stream.data);
    assert_int_equal(standin.statements, 0);
}

/* --- break, trace, memory --- */

static void test_break(void **state)
{
    (void)state;
    struct harness h;
    harness_open(&h, 0);
    assert_false(sqli__session_break(h.session)); /* there is no engine yet */
    harness_close(&h);
    harness_connect(&h, 0, "testdb");
    standin.interrupts = 0;
    assert_false(sqli__session_break(h.session));
    assert_int_equal(standin.interrupts, 0);
    standin.during = h.session;
    standin.on_execute = sqli__session_break;
    harness_ask(&h, "prepare \"work\" , execute , eot");
    standin.on_execute = NULL;
    assert_int_equal(standin.interrupts, 1);
    /* Between two messages of a request it is for those that come. */
    harness_say(&h, "prepare placeholders=1 \"work\" , bind 1");
    harness_send(&h);
    sqli__session_break(h.session);
    assert_int_equal(standin.interrupts, 2);
    const char *said = harness_ask(&h, "execute , eot");
    assert_non_null(strstr(said, "ERR code=-213(INTERRUPTED)"));
    assert_null(strstr(said, "DONE"));
    sqli__session_break(h.session);
    assert_int_equal(standin.interrupts, 2);
    assert_null(strstr(harness_ask(&h, "prepare \"work\" , execute , eot"), "ERR"));
    harness_close(&h);
}

enum breaker { BREAKS, RESTS, ENDS };
struct breaker_thread {
    struct sqli_session *session;
    atomic_int wanted, is;
};

static void *break_all_the_time(void *context)
{
    struct breaker_thread *b = context;
    int wanted;
    while ((wanted = b->wanted) != ENDS) {
        b->is = wanted;
        if (wanted == BREAKS)
            sqli__session_break(b->session);
    }
    return NULL;
}

/* One that comes just when its request ends is not for the next one. */
static void test_a_break_is_for_one_request(void **state)
{
    enum { ROUNDS = 300 };
    (void)state;
    struct harness h;
    pthread_t thread;
    harness_connect(&h, 0, "testdb");
    struct breaker_thread breaker = {.session = h.session};
    assert_int_equal(pthread_create(&thread, NULL, break_all_the_time, &breaker), 0);
    for (int i = 0; i < ROUNDS; i++) {
        harness_ask(&h, "prepare \"work\" , execute , eot");
        breaker.wanted = RESTS;
        while (breaker.is != RESTS)
            sched_yield();
        assert_null(strstr(harness_ask(&h, "prepare \"work\" , execute , eot"), "ERR"));
        breaker.wanted = BREAKS;
    }
    breaker.wanted = ENDS;
    pthread_join(thread, NULL);
    harness_close(&h);
}

static void collect(void *context, struct sqli_span line)
{
    struct sqli_buffer *lines = context;
    sqli__buffer_span(lines, line);
    sqli__buffer_byte(lines, '\n');
}

static void test_trace(void **state)
{
    (void)state;
    struct harness h;
    struct sqli_buffer lines;
    sqli__buffer_init(&lines, 1 << 20);
    harness_open(&h, 0);
    sqli__session_close(h.session);
    h.options.trace = collect;
    h.options.trace_context = &lines;
    assert_int_equal(sqli__session_open(&h.options, &h.session, &h.error), SQLI_OK);
    harness_ask(&h, "login");
    harness_ask(&h, "protocols , eot");
    h.caps = sqli__caps_both(&sqli__caps_server, &sqli__caps_client);
    size_t start = lines.length;
    harness_ask(&h, "prepare \"select v 1\" , ndescribe , eot , id 0 , open , nfetch , eot");
    harness_say(&h, "ffff");
    harness_send(&h);
    sqli__buffer_byte(&lines, 0);
    assert_null(strstr((const char *)lines.data, "in4mix"));
    assert_non_null(strstr((const char *)lines.data, "password=***"));
    assert_string_equal(
        (const char *)lines.data + start,
        "C> PREPARE placeholders=0 sql=\"select v 1\"\n"
        "C> NDESCRIBE\n"
        "C> EOT\n"
        "S> DESCRIBE type=2(SELECT) statement=0 cost=0 tuple_size=105 count=2 "
        "strings_size=4 columns=[{name_at=0 start=0 type=258(integer) extended_id=0 "
        "owner=\"\" type_name=\"\" reference=0 alignment=0 source=0 length=4} "
        "{name_at=2 start=4 type=13(varchar) extended_id=0 owner=\"\" type_name=\"\" "
        "reference=0 alignment=0 source=0 length=100}] name=\"i\" name=\"v\"\n"
        "S> EOT\n"
        "C> ID statement=0\n"
        "C> OPEN\n"
        "C> NFETCH buffer=4096 array=0\n"
        "C> EOT\n"
        "S> TUPLE warnings=0 i=1 v=\"x\"\n"
        "S> DONE warnings=0 rows=1 rowid=0 serial=0\n"
        "S> COST rows=1 io=1\n"
        "S> EOT\n"
        "C> ?? the bytes received are not the protocol expected: tag 65535 from the "
        "client at byte 206 bytes=ffff\n");
    harness_close(&h);
    sqli__buffer_free(&lines);
}

/* Everything once, for memory that runs out in the middle of it. */
static enum sqli_status whole_life(void *context, struct sqli_error *error)
{
    const struct sqli_buffer *in = context;
    struct sqli_session *session;
    struct sqli_buffer out;
    struct sqli_session_options options = {.server_name = "informix", .host_name = "h"};
    SQLI_TRY(sqli__session_open(&options, &session, error));
    sqli__buffer_init(&out, 1 << 20);
    size_t half = in->length / 2;
    enum sqli_status status = sqli__session_feed(session, sqli__span(in->data, half), &out, error);
    if (status == SQLI_MORE)
        status = sqli__session_feed(session, sqli__span(in->data + half, in->length - half), &out,
                                    error);
    sqli__session_close(session);
    /* An allocation that fails below a statement is an answer to the client, and the session ends
     * well; one that fails elsewhere ends it. */
    bool refused = out.length > 3 && (out.data[2] == SQLI_LOGIN_REJECT ||
                                      memmem(out.data, out.length, "\0\015\377\060", 4));
    sqli__buffer_free(&out);
    if (status == SQLI_OK && refused)
        return sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
    return status;
}

static void test_out_of_memory(void **state)
{
    (void)state;
    struct harness h;
    harness_connect(&h, 0, "testdb");
    h.caps = (struct sqli_caps){{0}, 0};
    harness_say(&h, "login , protocols , eot");
    h.caps = sqli__caps_both(&sqli__caps_server, &sqli__caps_client);
    harness_say(&h,
                "dbopen testdb , eot , dblist , eot , prepare \"insert ? ? keys\" , 0086 0001 , "
                "ndescribe , wantdone , eot , id 0 , cidescribe , eot , id 0 , bind 1 x , execute "
                ", eot , id 0 , bind BYTE 1 , 0029 0001 , blob 6162 , blob , execute , eot , "
                "id 0 , curname p , open , 0064 0000 0002 0002 00000004 000d 00000014 , "
                "0011 00000006 0001 000000010161 , eot , id 0 , release , eot , "
                "prepare \"select v 4\" , ndescribe , eot , id 0 , 0064 0001 0001 0002 00000004 , "
                "open , nfetch buffer=13 , eot , id 0 , nfetch , close , release , eot , exit");
    size_t failed = support_fail_each_allocation(whole_life, &h.in);
    assert_true(failed > 10);
    sqli__buffer_clear(&h.in);
    harness_close(&h);
    assert_int_equal(standin.engines, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_login_refused),   cmocka_unit_test(test_reject_is_readable),
        cmocka_unit_test(test_login_accepted),  cmocka_unit_test(test_explicit_connection),
        cmocka_unit_test(test_narrow_framing),  cmocka_unit_test(test_numbers_that_do_not_fit),
        cmocka_unit_test(test_statement_limit), cmocka_unit_test(test_output_limit),
        cmocka_unit_test(test_message_limits),  cmocka_unit_test(test_long_cursor_name),
        cmocka_unit_test(test_garbage),         cmocka_unit_test(test_changed_bytes),
        cmocka_unit_test(test_break),           cmocka_unit_test(test_a_break_is_for_one_request),
        cmocka_unit_test(test_trace),           cmocka_unit_test(test_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
