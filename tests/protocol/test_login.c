/* The login messages as they are made: what stands in them without being asked for, and what their
 * sections say. */
#include "tests/support/support.h"

#include "protocol/message.h"

/* A login message of the vector file, with the decoder that holds it. */
struct recorded {
    const char *id;
    struct sqli_span bytes;
    struct sqli_decoder decoder;
    struct sqli_message message;
};

static void find(void *context, size_t line, size_t count, char **fields)
{
    struct recorded *r = context;
    (void)line;
    if (count > 4 && strcmp(fields[0], r->id) == 0)
        r->bytes = support_unhex(fields[4]);
}

static void load(struct recorded *r, const char *id, enum sqli_direction direction)
{
    struct sqli_error error;
    size_t used;
    *r = (struct recorded){.id = id};
    support_each_line("vectors.tsv", '\t', find, r);
    sqli__decoder_init(&r->decoder, direction, true);
    assert_int_equal(sqli__decode(&r->decoder, r->bytes, &r->message, &used, &error), SQLI_OK);
}

static void assert_rebuilt(struct recorded *r, const struct sqli_message *m)
{
    struct sqli_buffer out;
    struct sqli_error error;
    sqli__buffer_init(&out, 1 << 16);
    assert_int_equal(sqli__encode(m, r->decoder.direction, &r->decoder.caps, &out, &error),
                     SQLI_OK);
    assert_int_equal(out.length, r->bytes.length);
    assert_memory_equal(out.data, r->bytes.data, out.length);
    sqli__buffer_free(&out);
    sqli__decoder_free(&r->decoder);
    support_free(r->bytes);
}

/* The vendor's client sends these bytes. */
static void a_request_needs_only_user_password_server_and_sections(void **state)
{
    (void)state;
    struct recorded r;
    load(&r, "login-004", SQLI_TO_SERVER);
    const struct sqli_login_request *recorded = &r.message.as.login_request;
    struct sqli_message m = {.id = SQLI_MSG_LOGIN_REQUEST};
    struct sqli_login_request *made = &m.as.login_request;
    sqli__login_request_init(made);
    made->user = recorded->user;
    made->password = recorded->password;
    made->server = recorded->server;
    made->sections = recorded->sections;
    made->section_count = recorded->section_count;
    assert_rebuilt(&r, &m);
}

static void a_reply_needs_only_names_verdict_and_sections(void **state)
{
    (void)state;
    static const struct {
        const char *id;
        enum sqli_login_type type;
    } cases[] = {{"login-005", SQLI_LOGIN_ACCEPT}, {"login-006", SQLI_LOGIN_REJECT}};
    for (size_t i = 0; i < 2; i++) {
        struct recorded r;
        load(&r, cases[i].id, SQLI_TO_CLIENT);
        const struct sqli_login_reply *recorded = &r.message.as.login_reply;
        struct sqli_message m = {.id = SQLI_MSG_LOGIN_REPLY};
        struct sqli_login_reply *made = &m.as.login_reply;
        sqli__login_reply_init(made, cases[i].type);
        made->version = recorded->version;
        made->serial = recorded->serial;
        made->server = recorded->server;
        made->service_error = recorded->service_error;
        made->note_count = recorded->note_count;
        made->notes = recorded->notes;
        made->sections = recorded->sections;
        made->section_count = recorded->section_count;
        assert_rebuilt(&r, &m);
    }
}

/* Both forms of a redirect: the target alone, or the whole layout with a section. */
static void a_redirect_is_found_in_both_forms(void **state)
{
    (void)state;
    struct sqli_span target = sqli__span_text("g=ifx|db2|9088");
    struct sqli_login_section section = {.marker = SQLI_LOGIN_REDIRECTION, .text = target};
    for (int whole = 0; whole < 2; whole++) {
        struct sqli_message m = {.id = SQLI_MSG_LOGIN_REPLY};
        struct sqli_buffer out;
        struct sqli_error error;
        struct sqli_decoder d;
        size_t used;
        sqli__login_reply_init(&m.as.login_reply, SQLI_LOGIN_REDIRECT);
        m.as.login_reply.redirect = whole ? sqli__span(NULL, 0) : target;
        m.as.login_reply.sections = &section;
        m.as.login_reply.section_count = 1;
        sqli__buffer_init(&out, 1000);
        sqli__decoder_init(&d, SQLI_TO_CLIENT, true);
        assert_int_equal(sqli__encode(&m, SQLI_TO_CLIENT, &d.caps, &out, &error), SQLI_OK);
        assert_int_equal(sqli__decode(&d, sqli__buffer_view(&out), &m, &used, &error), SQLI_OK);
        const struct sqli_login_reply *reply = &m.as.login_reply;
        const struct sqli_login_section *found =
            sqli__login_section(reply->sections, reply->section_count, SQLI_LOGIN_REDIRECTION);
        assert_true((found != NULL) == whole);
        assert_true(sqli__span_equal(whole ? found->text : reply->redirect, target));
        sqli__decoder_free(&d);
        sqli__buffer_free(&out);
    }
}

/* Its own length in MISC is a number like others: kept when it was given, else computed. */
static void the_length_in_a_login_section_is_kept_or_computed(void **state)
{
    (void)state;
    struct sqli_login_section sections[] = {
        {.marker = SQLI_LOGIN_MISC, .text = sqli__span_text("abc")},
        {.marker = SQLI_LOGIN_MISC},
        {.marker = SQLI_LOGIN_MISC, .measured = true, .extra = 99},
    };
    static const int16_t sizes[] = {14, 10, 99};
    struct sqli_message m = {.id = SQLI_MSG_LOGIN_REQUEST};
    struct sqli_buffer out;
    struct sqli_error error;
    struct sqli_decoder d;
    size_t used;
    sqli__login_request_init(&m.as.login_request);
    m.as.login_request.sections = sections;
    m.as.login_request.section_count = 3;
    sqli__buffer_init(&out, 1000);
    sqli__decoder_init(&d, SQLI_TO_SERVER, true);
    assert_int_equal(sqli__encode(&m, SQLI_TO_SERVER, &d.caps, &out, &error), SQLI_OK);
    assert_int_equal(sqli__decode(&d, sqli__buffer_view(&out), &m, &used, &error), SQLI_OK);
    assert_int_equal(m.as.login_request.section_count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(m.as.login_request.sections[i].extra, sizes[i]);
        assert_true(m.as.login_request.sections[i].measured);
    }
    assert_null(m.as.login_request.sections[1].text.data);
    sqli__decoder_free(&d);
    sqli__buffer_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_needs_only_user_password_server_and_sections),
        cmocka_unit_test(a_reply_needs_only_names_verdict_and_sections),
        cmocka_unit_test(a_redirect_is_found_in_both_forms),
        cmocka_unit_test(the_length_in_a_login_section_is_kept_or_computed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
