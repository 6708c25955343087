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
    if (secrets->scrubbing)
        return peer_scrub_message(&secrets->scrub, direction, message, bytes, caps, &secrets->clean,
                                  error);
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

void peer_secrets_init(struct peer_secrets *secrets, struct peer_names *names)
{
    *secrets = (struct peer_secrets){.scrubbing = names != NULL};
    peer_scrub_init(&secrets->scrub, names);
    sqli__conversation_init(&secrets->conversation, MESSAGE_LIMIT, on_message, secrets);
    sqli__buffer_init(&secrets->clean, clean_limit);
}

void peer_secrets_free(struct peer_secrets *secrets)
{
    sqli__conversation_free(&secrets->conversation);
    sqli__buffer_free(&secrets->clean);
    peer_scrub_free(&secrets->scrub);
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

static void end_scrubbing(struct peer_secrets *secrets, enum sqli_direction direction)
{
    if (secrets->ended)
        return;
    secrets->ended = true;
    secrets->ended_by = direction;
    secrets->ended_at = secrets->conversation.decoders[direction].offset;
}

void peer_secrets_end(struct peer_secrets *secrets)
{
    for (int d = SQLI_TO_SERVER; d <= SQLI_TO_CLIENT; d++)
        if (secrets->scrubbing && sqli__conversation_pending(&secrets->conversation, d))
            end_scrubbing(secrets, (enum sqli_direction)d);
    if (secrets->scrubbing)
        return;
    struct sqli_buffer *pending = &secrets->conversation.pending[SQLI_TO_SERVER];
    add_undecoded(secrets, sqli__buffer_view(pending));
    sqli__buffer_clear(pending);
}

static void lose(struct peer_secrets *secrets, enum sqli_direction direction)
{
    secrets->lost[direction] = true;
    if (secrets->scrubbing)
        end_scrubbing(secrets, direction);
    else if (direction == SQLI_TO_SERVER)
        peer_secrets_end(secrets);
}

void peer_secrets_feed(struct peer_secrets *secrets, enum sqli_direction direction,
                       struct sqli_span bytes)
{
    struct sqli_error error;
    if (secrets->ended)
        return;
    if (!secrets->lost[direction]) {
        if (sqli__conversation_feed(&secrets->conversation, direction, bytes, &error) != SQLI_OK)
            lose(secrets, direction);
    } else if (direction == SQLI_TO_SERVER) {
        add_undecoded(secrets, bytes);
    }
}
