/* Large objects as clients see them: BLOB streams and FETCHBLOB, LODATA and the fast path, the
 * dialogue about the client's files, cut at every byte. */
#include "tests/session/harness.h"

#define DONE(rows) "DONE warnings=0 rows=" #rows " rowid=0 serial=0\n"
#define COST       "COST rows=1 io=1\n"
#define EOT        "EOT\n"

static int open_databases(void **state)
{
    struct sqli_error error;
    const struct sqli_databases_options options = {.memory = true, .lock_wait_ms = 200};
    struct sqli_span user = sqli__span_text("informix");
    (void)state;
    if (sqli__databases_open(&options, &harness_databases, &error))
        return -1;
    return sqli__databases_create(harness_databases, sqli__span_text("testdb"), SQLI_LOGGING_LOG,
                                  user, sqli__span_text("en_US.8859-1"), &error);
}

static int close_databases(void **state)
{
    (void)state;
    sqli__databases_close(harness_databases);
    return 0;
}

/* --- a client whose bytes are all known before --- */

struct script {
    struct harness h;
    struct sqli_buffer bytes; /* all that it sends */
    struct sqli_buffer heard;
    size_t at;
    size_t cut; /* nothing is fed across it */
    size_t end; /* it is gone behind this */
    int waits;
};

static enum sqli_status feed_next(struct script *s, struct sqli_session *session,
                                  struct sqli_error *error)
{
    size_t to = s->at < s->cut && s->cut < s->end ? s->cut : s->end;
    size_t size = to - s->at;
    uint8_t *copy = malloc(size ? size : 1);
    memcpy(copy, s->bytes.data + s->at, size);
    s->at = to;
    enum sqli_status status = sqli__session_feed(session, sqli__span(copy, size), &s->h.out, error);
    free(copy);
    return status;
}

static void take_out(struct script *s)
{
    sqli__buffer_span(&s->heard, sqli__buffer_view(&s->h.out));
    sqli__buffer_clear(&s->h.out);
}

static enum sqli_status wait_hook(void *context, struct sqli_session *session,
                                  struct sqli_error *error)
{
    struct script *s = context;
    s->waits++;
    take_out(s);
    if (s->at == s->end)
        return sqli__fail(error, SQLI_E_CONNECTION_LOST, NULL);
    return feed_next(s, session, error);
}

static void script_open(struct script *s)
{
    harness_open(&s->h, 0);
    sqli__session_close(s->h.session);
    s->h.options.wait = wait_hook;
    s->h.options.wait_context = s;
    assert_int_equal(sqli__session_open(&s->h.options, &s->h.session, &s->h.error), SQLI_OK);
    sqli__buffer_init(&s->heard, SIZE_MAX);
    harness_ask(&s->h, "login");
    harness_ask(&s->h, "protocols , eot");
    s->h.caps = sqli__caps_both(&sqli__caps_server, &sqli__caps_client);
    harness_ask(&s->h, "dbopen testdb , eot");
}

static void script_close(struct script *s)
{
    sqli__buffer_free(&s->heard);
    harness_close(&s->h);
}

static void make_bytes(struct script *s, const char *request)
{
    sqli__buffer_init(&s->bytes, SIZE_MAX);
    script_open(s);
    harness_say(&s->h, request);
    sqli__buffer_span(&s->bytes, sqli__buffer_view(&s->h.in));
    sqli__buffer_clear(&s->h.in);
    script_close(s);
}

static enum sqli_status play(struct script *s, size_t cut, size_t end)
{
    enum sqli_status status = SQLI_MORE;
    s->at = 0;
    s->cut = cut;
    s->end = end;
    while (s->at < s->end && status == SQLI_MORE)
        status = feed_next(s, s->h.session, &s->h.error);
    take_out(s);
    return status;
}

/* A file of five bytes goes into a row, comes out of it again, and an ordinary request follows. The
 * answers stand between the requests. */
static const char files[] =
    "command \"create table f (k int, b blob)\" , execute , release , eot , "
    "command \"insert into f values (1, filetoblob('in', 'client'))\" , execute , release , eot , "
    "000c , 006a00000005 006a0005 616263646500 000c , 000c , "
    "prepare \"select k, lotofile(b, 'out!', 'client') from f\" , ndescribe , eot , "
    "id 0 , curname c , open , id 0 , nfetch , eot , "
    "000c , 006b00000005 000c , 000c , "
    "id 0 , close , release , eot , "
    "command \"update f set k = 2\" , execute , release , eot , "
    "command \"drop table f\" , execute , release , eot";

static const char files_heard[] = DONE(0) COST EOT
    "FILE operation=0(open) name=\"in\" mode=0 flags=0 offset=0\n" EOT
    "FILE operation=2(read) buffer=32000 amount=1048576\n" EOT "FILE operation=1(close)\n" EOT
    "INSERTDONE serial8=0 bigserial=0\n" DONE(1) COST EOT;

static char *heard_text(struct script *s)
{
    sqli__buffer_span(&s->h.out, sqli__buffer_view(&s->heard));
    char *text = strdup(harness_replies(&s->h));
    for (char *at = text; (at = strstr(at, "rowid=")); at++) {
        char *end = at + 6 + strspn(at + 6, "0123456789");
        at[6] = '0';
        memmove(at + 7, end, strlen(end) + 1);
    }
    return text;
}

static void check_order(const char *text, const char *const *parts, size_t count)
{
    const char *at = text;
    for (size_t i = 0; i < count; i++) {
        at = strstr(at, parts[i]);
        if (!at)
            fail_msg("no %s\nin order in\n%s", parts[i], text);
        at += strlen(parts[i]);
    }
}

static void test_files_cut_anywhere(void **state)
{
    static const char *const parts[] = {
        files_heard,
        "FILE operation=0(open) name=\"out\" mode=1 flags=0 offset=0\n" EOT
        "FILE operation=3(write)\nFILE_WRITE chunk data=\"abcde\"\n" EOT
        "FILE operation=1(close)\n" EOT "TUPLE ",
        "6f7574", DONE(1) COST EOT EOT DONE(1) COST EOT DONE(0) COST EOT};
    struct script s = {0};
    char *whole = NULL;
    (void)state;
    make_bytes(&s, files);
    for (size_t cut = s.bytes.length; cut > 0; cut--) {
        script_open(&s);
        assert_int_equal(play(&s, cut, s.bytes.length), SQLI_MORE);
        char *text = heard_text(&s);
        if (!whole) {
            check_order(text, parts, sizeof parts / sizeof parts[0]);
            whole = strdup(text);
        } else if (strcmp(text, whole) != 0) {
            fail_msg("cut at %zu gives\n%sand not\n%s", cut, text, whole);
        }
        free(text);
        script_close(&s);
    }
    assert_true(s.waits > 20); /* it did wait where the bytes were not there */
    free(whole);
    sqli__buffer_free(&s.bytes);
}

/* Whenever the client goes, nothing of it stays, and others can work. */
static void test_files_of_a_client_that_goes(void **state)
{
    struct script s = {0};
    (void)state;
    make_bytes(&s, files);
    for (size_t end = 1; end < s.bytes.length; end++) {
        script_open(&s);
        play(&s, end, end);
        script_close(&s);
        script_open(&s);
        const char *reply =
            harness_ask(&s.h, "command \"drop table if exists f\" , execute , release , eot");
        if (strstr(reply, "ERR"))
            fail_msg("gone at %zu: %s", end, reply);
        script_close(&s);
    }
    sqli__buffer_free(&s.bytes);
}

/* What the client answers instead: a stray message, too much, too little. */
static void test_files_that_fail(void **state)
{
    static const struct {
        const char *answers;
        enum sqli_status status;
    } cases[] = {
        {"000c , 000c", SQLI_FAIL},
        {"000c , 006b00000005 000c", SQLI_FAIL},
        {"000c , 006a00000005 006a0006 616263646566 000c", SQLI_FAIL},
        {"000c , 006a00000005 006a0004 61626364 000c", SQLI_FAIL},
        {"000c , 006a00000000 000c , 000c", SQLI_MORE},
        {"version , eot", SQLI_FAIL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct script s = {0};
        char request[500];
        snprintf(request, sizeof request,
                 "command \"create temp table f (b blob)\" , execute , release , eot , "
                 "command \"insert into f values (filetoblob('in', 'client'))\" , execute , "
                 "release , eot , %s",
                 cases[i].answers);
        make_bytes(&s, request);
        script_open(&s);
        if (play(&s, s.bytes.length, s.bytes.length) != cases[i].status)
            fail_msg("%s", cases[i].answers);
        script_close(&s);
        sqli__buffer_free(&s.bytes);
    }
}

/* --- BYTE and TEXT --- */

static const char *ask(struct harness *h, const char *request)
{
    char *reply = (char *)(uintptr_t)harness_ask(h, request);
    if (h->status == SQLI_FAIL)
        fail_msg("%s: %s", request, h->error.message);
    return reply;
}

static void test_simple(void **state)
{
    struct harness h;
    char request[400], descriptor[2 * 56 + 1];
    harness_connect(&h, *(size_t *)*state, "testdb");
    ask(&h, "command \"create temp table b (k int, b byte)\" , execute , release , eot");
    ask(&h, "prepare placeholders=2 \"insert into b values (?, ?)\" , eot");
    assert_null(strstr(ask(&h, "id 0 , bind 1 BYTE , 0029 0001 , blob 616263 , blob 6465 , blob , "
                               "execute , release , eot"),
                       "ERR"));
    ask(&h, "prepare \"select b from b\" , eot");
    const char *at = strstr(ask(&h, "id 0 , curname c , open , nfetch , eot"), "payload=");
    assert_non_null(at);
    snprintf(descriptor, sizeof descriptor, "%s", at + sizeof "payload=" - 1);
    snprintf(request, sizeof request, "id 0 , 0026 %s , eot", descriptor);
    assert_string_equal(ask(&h, request), "BLOB data=\"abcde\"\nBLOB data=\"\"\n" EOT);
    assert_string_equal(ask(&h, request), "BLOB data=\"abcde\"\nBLOB data=\"\"\n" EOT);
    ask(&h, "id 0 , close , eot");
    assert_string_equal(ask(&h, request),
                        "ERR code=-602(BLOB_OPEN) isam=0 offset=0 text=\"\"\nEOT\n");
    harness_close(&h);
}

/* --- the fast path --- */

static void say(struct harness *h, const struct sqli_message *m)
{
    assert_int_equal(sqli__encode(m, SQLI_TO_SERVER, &h->caps, &h->in, &h->error), SQLI_OK);
}

static const char *hear(struct harness *h)
{
    say(h, &(struct sqli_message){.id = SQLI_MSG_EOT});
    harness_send(h);
    if (h->status == SQLI_FAIL)
        fail_msg("%s", h->error.message);
    return harness_replies(h);
}

static int32_t handle_of(struct harness *h, const char *signature)
{
    struct sqli_message m = {.id = SQLI_MSG_GETROUTINE};
    m.as.routine.signature = sqli__span_text(signature);
    say(h, &m);
    const char *at = strstr(hear(h), "handle=");
    return at ? (int32_t)strtol(at + 7, NULL, 10) : 0;
}

/* Letters: i an INTEGER, 8 an INT8, o the opaque value. */
static const char *call(struct harness *h, const char *signature, const char *kinds,
                        const int32_t *numbers, struct sqli_span opaque)
{
    struct sqli_bind_value values[4] = {0};
    uint8_t images[4][10] = {{0}};
    uint32_t count = (uint32_t)strlen(kinds);
    struct sqli_message m = {.id = SQLI_MSG_EXFPROUTINE};
    m.as.routine.handle = handle_of(h, signature);
    m.as.routine.parameters = count;
    say(h, &m);
    for (uint32_t i = 0; i < count; i++) {
        struct sqli_bind_value *v = &values[i];
        *v = (struct sqli_bind_value){.type = SQLI_TYPE_INTEGER, .data = sqli__span(images[i], 4)};
        sqli__store32(images[i], (uint32_t)numbers[i]);
        if (kinds[i] == '8') {
            sqli__store16(images[i], 1);
            sqli__store32(images[i] + 2, (uint32_t)numbers[i]);
            sqli__store32(images[i] + 6, 0);
            v->type = SQLI_TYPE_INT8;
            v->data.length = 10;
        } else if (kinds[i] == 'o') {
            *v = (struct sqli_bind_value){
                .type = SQLI_TYPE_SENDRECV, .name = sqli__span_text("blob"), .data = opaque};
        }
    }
    m = (struct sqli_message){.id = SQLI_MSG_BIND, .as.bind = {count, values}};
    say(h, &m);
    return hear(h);
}

static const char *lodata(struct harness *h, const struct sqli_lodata *l, const char *chunk)
{
    struct sqli_message m = {.id = SQLI_MSG_LODATA, .as.lodata = *l};
    say(h, &m);
    if (chunk)
        say(h, &(struct sqli_message){.id = SQLI_MSG_LODATA_CHUNK,
                                      .as.bytes = sqli__span_text(chunk)});
    return hear(h);
}

static void check(const char *got, const char *expected)
{
    if (!strstr(got, expected))
        fail_msg("%sand not\n%s", got, expected);
}

static void test_fast_path(void **state)
{
    static const char close[] = "function informix.ifx_lo_close(integer)";
    static const char seek[] = "function informix.ifx_lo_seek(integer,int8,integer,int8)";
    static const char create[] = "function informix.ifx_lo_create( ifx_lo_spec,integer,clob)";
    const struct sqli_span none = sqli__span("", 0);
    struct harness h;
    harness_connect(&h, *(size_t *)*state, "testdb");
    assert_int_equal(handle_of(&h, "function informix.nothing(integer)"), 0);
    int32_t handle = handle_of(&h, close);
    assert_true(handle > 0);
    assert_int_equal(handle_of(&h, close), handle);
    const char *made = call(&h, create, "oio", (const int32_t[]){0, 8, 0}, none);
    check(made, "FPROUTINE count=2");
    check(made, "type_name=\"clob\"");
    check(made, "value=1}]\n" EOT);
    struct sqli_lodata write = {.operation = 2, .descriptor = 1, .length = 5, .buffer = 32000};
    struct sqli_lodata read = {.operation = 0, .descriptor = 1, .length = 3, .buffer = 2};
    struct sqli_lodata seek_read = {
        .operation = 1, .descriptor = 1, .length = 99, .buffer = 99, .offset = 2};
    check(lodata(&h, &write, "hello"), "LODATA operation=2 length=5\n" EOT);
    check(lodata(&h, &read, NULL), "LODATA operation=0 length=0\nLODATA chunk data=\"\"\n" EOT);
    check(call(&h, seek, "i8i8", (const int32_t[]){1, 1, 0, 0}, none), "value=1}]");
    check(lodata(&h, &read, NULL), "LODATA operation=0 length=3\nLODATA chunk data=\"el\"\n"
                                   "LODATA chunk data=\"l\"\n" EOT);
    check(lodata(&h, &seek_read, NULL),
          "LODATA operation=1 length=3\nLODATA chunk data=\"llo\"\n" EOT);
    check(call(&h, close, "i", (const int32_t[]){1}, none), "value=0}]\n" EOT);
    check(call(&h, close, "i", (const int32_t[]){1}, none), "ERR code=-9810(SMART_LOB) isam=-9811");
    check(call(&h, close, "ii", (const int32_t[]){1, 1}, none), "ERR code=-674");
    check(lodata(&h, &write, "hello"), "ERR code=-9810(SMART_LOB)");
    check(lodata(&h, &read, NULL), "ERR code=-9810(SMART_LOB)");
    /* A call that never got its BIND leaves nothing for the next one. */
    struct sqli_message m = {.id = SQLI_MSG_EXFPROUTINE,
                             .as.routine = {.handle = handle, .parameters = 1}};
    say(&h, &m);
    check(hear(&h), EOT);
    ask(&h, "prepare placeholders=1 \"select tabid from systables where tabid = ?\" , eot");
    assert_null(strstr(ask(&h, "id 0 , bind 1 , open , nfetch , eot"), "ERR"));
    m.as.routine.handle = 1000;
    say(&h, &m);
    check(hear(&h), "ERR code=-9753(ROUTINE_ID)");
    harness_close(&h);
}

int main(void)
{
    static size_t pieces[] = {0, 1, 7};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_files_cut_anywhere),
        cmocka_unit_test(test_files_of_a_client_that_goes),
        cmocka_unit_test(test_files_that_fail),
        cmocka_unit_test_prestate(test_simple, &pieces[0]),
        cmocka_unit_test_prestate(test_simple, &pieces[1]),
        cmocka_unit_test_prestate(test_fast_path, &pieces[0]),
        cmocka_unit_test_prestate(test_fast_path, &pieces[1]),
        cmocka_unit_test_prestate(test_fast_path, &pieces[2]),
    };
    return cmocka_run_group_tests(tests, open_databases, close_databases);
}
