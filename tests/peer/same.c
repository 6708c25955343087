#include "tests/peer/same.h"

static const size_t login_limit = 1 << 16;

static bool personal(const struct sqli_login_section *section)
{
    return section->marker == SQLI_LOGIN_PROCESS || section->marker == SQLI_LOGIN_MISC;
}

/* The login without what differs from one process to the next. The sections are the decoder's own
 * memory, good until its next message, so they may be emptied in place. */
static void anonymous(const struct sqli_message *login, struct sqli_buffer *out)
{
    struct sqli_message copy = *login;
    struct sqli_login_request *request = &copy.as.login_request;
    static const struct sqli_caps none;
    request->password = sqli__span_text("");
    for (uint32_t i = 0; i < request->section_count; i++)
        if (personal(&request->sections[i]))
            request->sections[i] =
                (struct sqli_login_section){.marker = request->sections[i].marker};
    sqli__encode(&copy, SQLI_TO_SERVER, &none, out, NULL);
}

static bool same_login(const struct sqli_message *a, const struct sqli_message *b)
{
    struct sqli_buffer left, right;
    sqli__buffer_init(&left, login_limit);
    sqli__buffer_init(&right, login_limit);
    anonymous(a, &left);
    anonymous(b, &right);
    bool same = sqli__span_equal(sqli__buffer_view(&left), sqli__buffer_view(&right));
    sqli__buffer_free(&left);
    sqli__buffer_free(&right);
    return same;
}

bool peer_same_message(const struct sqli_message *a, struct sqli_span a_bytes,
                       const struct sqli_message *b, struct sqli_span b_bytes)
{
    if (a->id != b->id)
        return false;
    if (sqli__span_equal(a_bytes, b_bytes) || a->id == SQLI_MSG_PAM_RESPONSE)
        return true;
    return a->id == SQLI_MSG_LOGIN_REQUEST && same_login(a, b);
}
