/* The conversation with a server, without sockets: requests out, replies in, in order.
 *
 * A request is a list of messages; it is written behind those that are still unanswered, and its
 * sink gets its reply. Bytes come and go through the four functions at the end, in any split. The
 * connection (blocking or not), a program's own transport, tests and fuzzers all use these. */
#ifndef SQLI_CLIENT_LINK_H
#define SQLI_CLIENT_LINK_H

#include "base/buffer.h"
#include "protocol/message.h"

/* Who gets a reply. `message` sees each message but EOT and ERR; if it fails, the connection is
 * closed with that error: the stream was fine, but it did not make sense. `end` comes exactly once:
 * SQLI_OK, or SQLI_FAIL with what the server said or with what closed the connection. Either may be
 * NULL. Neither may submit from `message`; `end` may. */
struct sqli_sink {
    enum sqli_status (*message)(void *context, const struct sqli_message *message,
                                struct sqli_error *error);
    void (*end)(void *context, enum sqli_status status, const struct sqli_error *error);
    void *context;
};

/* A request without an answer, and where it ends in the stream of bytes that are sent. Nothing
 * behind one that travels alone goes before its reply has ended: what is said in the middle of it
 * would be mixed up with that. */
struct sqli_request {
    struct sqli_sink sink;
    uint64_t end;
    bool alone;
};

enum {
    SQLI_LINK_OUT_MAX = 256 << 20, /* bytes that wait to be sent */
    SQLI_LINK_SINKS_MAX = 1 << 20, /* requests without an answer */
};

struct sqli_link {
    struct sqli_decoder decoder; /* its caps are those that both sides have */
    struct sqli_caps offer;
    struct sqli_buffer out;
    size_t taken;   /* bytes of `out` that are sent */
    size_t request; /* where in it the request begins that is being built */
    uint64_t gone;  /* bytes that were in front of `out` */
    bool alone;     /* the request that is being built shall travel alone */
    bool login;     /* the reply to wait for next is that of the login: no EOT ends it */
    struct sqli_buffer in;
    size_t decoded; /* bytes of `in` that are done */

    /* What is said in the middle of a request that travels alone: it goes when all bytes up to
     * `inner_at` are sent, in front of everything that stands behind them in `out`. */
    struct sqli_buffer inner;
    size_t inner_taken;
    uint64_t inner_at;
    const void *speaker; /* context of the request that is sent in parts; NULL: none is */
    uint64_t speaker_at; /* where its first part ends */
    bool asked;          /* FILE came: the next EOT ends no reply, but says that it is our turn */

    struct sqli_request *sinks; /* a ring */
    uint32_t alone_count;       /* of these */
    uint32_t sink_room, sink_first, sink_count;
    uint64_t requests, replies; /* how many there were */
    bool reply_failed;          /* ERR came in the present reply */
    struct sqli_error reply_error;

    bool closed;
    struct sqli_error error; /* why */

    /* Code set of the database, for the texts of errors; NULL: as they are. */
    struct sqli_codeset *codeset;
};

void sqli__link_init(struct sqli_link *link, size_t message_limit);
void sqli__link_free(struct sqli_link *link); /* ends what is unanswered */

/* --- requests --- */

/* Append to the request that is being built. A failure is kept until submit. */
void sqli__link_add(struct sqli_link *link, const struct sqli_message *message);
void sqli__link_tag(struct sqli_link *link, enum sqli_message_id id);
void sqli__link_id(struct sqli_link *link, int16_t statement);
/* Ends the request and queues its sink. On failure the request is gone and the sink not called. */
enum sqli_status sqli__link_submit(struct sqli_link *link, const struct sqli_sink *sink,
                                   struct sqli_error *error);

/* --- requests that travel alone --- */

/* The request that is being built is one. */
void sqli__link_alone(struct sqli_link *link);
/* Queues the first part of a request that travels alone; the rest is said, when it is its turn.
 * Such a request must be finished whatever happens to its reply, or the connection be closed: until
 * then no byte of another one goes. There is one at a time: see sqli__link_speaking. */
enum sqli_status sqli__link_submit_part(struct sqli_link *link, const struct sqli_sink *sink,
                                        struct sqli_error *error);
bool sqli__link_speaking(const struct sqli_link *link);
/* Whether it is the turn of this context's request: its first part is sent. */
bool sqli__link_may_say(struct sqli_link *link, const void *context);
/* In parts, or as the answer to a FILE whose EOT has come. */
void sqli__link_say(struct sqli_link *link, const struct sqli_message *message);
/* Bytes that are said, but not sent. */
size_t sqli__link_unsent(const struct sqli_link *link);
/* EOT behind the last part. */
void sqli__link_finish(struct sqli_link *link);

/* --- the other requests --- */

/* The login is a request of its own kind: one message, one message back. */
enum sqli_status sqli__link_login(struct sqli_link *link, const struct sqli_login_request *request,
                                  const struct sqli_sink *sink, struct sqli_error *error);
/* Nobody wants the replies any more that belong to this context. */
void sqli__link_orphan(struct sqli_link *link, const void *context);
/* The last of them shall end with this instead. */
void sqli__link_late(struct sqli_link *link, const void *context,
                     void (*end)(void *context, enum sqli_status status,
                                 const struct sqli_error *error));
/* SQ_EXIT: sent, and nothing comes that anybody waits for. */
void sqli__link_exit(struct sqli_link *link);

static inline bool sqli__link_idle(const struct sqli_link *link)
{
    return link->sink_count == 0;
}

/* Closes: everything unanswered ends with this error. */
void sqli__link_close(struct sqli_link *link, const struct sqli_error *error);

/* --- bytes --- */

/* What is to be sent, and how much of it was. */
struct sqli_span sqli__link_take(const struct sqli_link *link);
void sqli__link_taken(struct sqli_link *link, size_t size);
/* Room for bytes from the server, and how many came: their messages go to the sinks. SQLI_FAIL:
 * closed. */
uint8_t *sqli__link_room(struct sqli_link *link, size_t size);
enum sqli_status sqli__link_received(struct sqli_link *link, size_t size, struct sqli_error *error);

#endif
