/* One client's conversation, without sockets: bytes in, bytes out.
 *
 * Used by one thread at a time, but for sqli__session_break. It takes any split of the stream. */
#ifndef SQLI_SERVER_SESSION_SESSION_H
#define SQLI_SERVER_SESSION_SESSION_H

#include "base/buffer.h"
#include "server/store/database.h"

struct sqli_session;

/* Who may come in. Called once per login, may take its time. 0, or the code of the reject: -951. */
typedef int32_t sqli_authenticate(void *context, struct sqli_span user, struct sqli_span password);

struct sqli_session_options {
    struct sqli_databases *databases;
    const char *server_name;
    const char *host_name;
    int32_t session_id;
    size_t output_limit;  /* bytes that may wait in `out`; 64 MiB */
    size_t message_limit; /* bytes of one message; 0: SQLI_MESSAGE_LIMIT */
    sqli_authenticate *authenticate;
    void *authenticate_context;
    /* Gets what lies behind a failure that the client is only told a code of. */
    void (*complain)(void *context, const char *text);
    void *complain_context;
    /* Gets a line per message in both directions when set: --log-level trace. */
    void (*trace)(void *context, struct sqli_span line);
    void *trace_context;
    /* A request is answered, and more bytes of the same feed wait behind it: whoever wants the
     * answers to leave now takes what is in `out`, and clears it. May be NULL. */
    void (*answered)(void *context, struct sqli_session *session);
    void *answered_context;
    /* In the middle of a reply that asks the client for more (SQ_FILE): sends what is in `out`,
     * waits, and feeds. NULL: such dialogues are refused. */
    enum sqli_status (*wait)(void *context, struct sqli_session *session, struct sqli_error *error);
    void *wait_context;
    /* In the middle of a long answer: sends what is in `out`, clears it, and waits until the client
     * has taken most of it. NULL: all of it waits in `out`. */
    enum sqli_status (*flow)(void *context, struct sqli_session *session, struct sqli_error *error);
    void *flow_context;
};

enum sqli_status sqli__session_open(const struct sqli_session_options *options,
                                    struct sqli_session **session, struct sqli_error *error);
void sqli__session_close(struct sqli_session *session); /* rolls back */

/* Answers what the bytes complete; the answers are appended to `out`. SQLI_MORE: goes on when more
 * come. SQLI_OK: the conversation is over (SQ_EXIT, a reject): send what is in `out`, close.
 * SQLI_FAIL: the stream is out of step or too large, the error says why: close. */
enum sqli_status sqli__session_feed(struct sqli_session *session, struct sqli_span bytes,
                                    struct sqli_buffer *out, struct sqli_error *error);

bool sqli__session_logged_in(const struct sqli_session *session);

/* The urgent byte came. From any thread: interrupts the running statement. False: none runs, and
 * nothing was done. */
bool sqli__session_break(struct sqli_session *session);

#endif
