#include "tests/peer/secrets.h"

enum { MESSAGE_LIMIT = 2 * SQLI_WIRE_LENGTH_MAX };
static const size_t clean_limit = (size_t)1 << 30;

/* The password within the message, or an absent span. */
static struct sqli_span secret_of(const struct sqli_message *message)
{
    if (message->id == SQLI_MSG_LOGIN_REQUEST)
        return message->as.login_request.password;
    if (message->id == SQLI_MSG_PAM_RESPONSE)
        return message->as.bytes;
    return sqli__span(NULL, 0);
}

static enum sqli_status on_message(void *context, enum sqli_direction direction,
                                   const struct sqli_message *message, struct sqli_span bytes,
                                   const struct sqli_caps *caps, struct sqli_error *error)
{
    struct peer_secrets *secrets = context;
    (void)caps;
    secrets->challenged = secrets->challenged || message->id == SQLI_MSG_PAM_CHALLENGE;
    if (direction != SQLI_TO_SERVER)
        return SQLI_OK;
    secrets->logged_in = true;
    struct sqli_span secret = secret_of(message);
    size_t start = secrets->clean.length;
    sqli__buffer_span(&secrets->clean, bytes);
    if (secret.length && !secrets->clean.failed)
        memset(secrets->clean.data + start + (secret.data - bytes.data), '*', secret.length);
    return sqli__buffer_status(&secrets->clean, error);
}

void peer_secrets_init(struct peer_secrets *secrets)
{
    *secrets = (struct peer_secrets){0};
    sqli__conversation_init(&secrets->conversation, MESSAGE_LIMIT, on_message, secrets);
    sqli__buffer_init(&secrets->clean, clean_limit);
}

void peer_secrets_free(struct peer_secrets *secrets)
{
    sqli__conversation_free(&secrets->conversation);
    sqli__buffer_free(&secrets->clean);
}

/* Of bytes that make no message. Before the end of the login all of it may be the password; so may
 * all behind a PAM challenge, or behind what looks like the answer to one. */
static void add_undecoded(struct peer_secrets *secrets, struct sqli_span bytes)
{
    const uint16_t response = (uint16_t)sqli__message_info(SQLI_MSG_PAM_RESPONSE)->tag;
    if (bytes.length >= 2 && sqli__load16(bytes.data) == response)
        secrets->challenged = true;
    if (secrets->logged_in && !secrets->challenged)
        sqli__buffer_span(&secrets->clean, bytes);
    else
        sqli__buffer_fill(&secrets->clean, '*', bytes.length);
}

void peer_secrets_end(struct peer_secrets *secrets)
{
    struct sqli_buffer *pending = &secrets->conversation.pending[SQLI_TO_SERVER];
    add_undecoded(secrets, sqli__buffer_view(pending));
    sqli__buffer_clear(pending);
}

void peer_secrets_feed(struct peer_secrets *secrets, enum sqli_direction direction,
                       struct sqli_span bytes)
{
    struct sqli_error error;
    if (!secrets->lost[direction]) {
        secrets->lost[direction] =
            sqli__conversation_feed(&secrets->conversation, direction, bytes, &error) != SQLI_OK;
        if (secrets->lost[direction] && direction == SQLI_TO_SERVER)
            peer_secrets_end(secrets);
    } else if (direction == SQLI_TO_SERVER) {
        add_undecoded(secrets, bytes);
    }
}
