/* A session that speaks lines instead of SQLI, so that the server's outside can be tested alone.
 * It stands in the place of server/session and server/store: this file defines what they would.
 *
 *   login NAME PASSWORD   "welcome", or "no" and the end
 *   echo TEXT             TEXT
 *   sleep MS              "slept"; "broken" when a break came in between
 *   big N                 N bytes, the last of which ends the line
 *   ask                   "?", waits for the next line inside the reply, then "got LINE"
 *   bad                   the stream is out of step
 *   exit                  "bye", and the end */
#ifndef SQLI_TESTS_SERVER_FAKE_SESSION_H
#define SQLI_TESTS_SERVER_FAKE_SESSION_H

#include "base/alloc.h"
#include "base/clock.h"
#include "server/session/session.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct sqli_session {
    struct sqli_session_options options;
    struct sqli_buffer in;
    bool logged_in;
    atomic_int inside; /* threads */
    atomic_bool sleeping, broken;
};

struct sqli_databases {
    int nothing;
};

static struct sqli_databases fake_databases;
static atomic_int fake_sessions_open, fake_sessions_opened, fake_breaks, fake_databases_open;
static atomic_int fake_fed_by_two; /* sessions that two threads were in: must stay 0 */

enum sqli_status sqli__databases_open(const struct sqli_databases_options *options,
                                      struct sqli_databases **databases, struct sqli_error *error)
{
    (void)options;
    (void)error;
    *databases = &fake_databases;
    fake_databases_open++;
    return SQLI_OK;
}

void sqli__databases_close(struct sqli_databases *databases)
{
    (void)databases;
    fake_databases_open--;
}

enum sqli_status sqli__session_open(const struct sqli_session_options *options,
                                    struct sqli_session **session, struct sqli_error *error)
{
    *session = sqli__alloc_zeroed(1, sizeof **session);
    if (!*session)
        return sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
    (*session)->options = *options;
    sqli__buffer_init(&(*session)->in, SIZE_MAX / 2);
    fake_sessions_open++;
    fake_sessions_opened++;
    return SQLI_OK;
}

void sqli__session_close(struct sqli_session *session)
{
    sqli__buffer_free(&session->in);
    sqli__free(session);
    fake_sessions_open--;
}

bool sqli__session_logged_in(const struct sqli_session *session)
{
    return session->logged_in;
}

bool sqli__session_break(struct sqli_session *session)
{
    if (!session->sleeping)
        return false;
    session->broken = true;
    fake_breaks++;
    return true;
}

static enum sqli_status fake_login(struct sqli_session *session, char *line,
                                   struct sqli_buffer *out)
{
    char *rest = NULL;
    const char *name = strtok_r(line, " ", &rest);
    const char *password = strtok_r(NULL, " ", &rest);
    int32_t code = session->options.authenticate(session->options.authenticate_context,
                                                 sqli__span_text(name ? name : ""),
                                                 sqli__span_text(password ? password : ""));
    session->logged_in = code == 0;
    sqli__buffer_text(out, code == 0 ? "welcome\n" : "no\n");
    return code == 0 ? SQLI_MORE : SQLI_OK;
}

static enum sqli_status fake_sleep(struct sqli_session *session, int64_t ms,
                                   struct sqli_buffer *out)
{
    int64_t end = sqli__clock_ms() + ms;
    session->broken = false;
    session->sleeping = true;
    while (!session->broken && sqli__clock_ms() < end)
        nanosleep(&(struct timespec){.tv_nsec = 500000}, NULL);
    session->sleeping = false;
    sqli__buffer_text(out, session->broken ? "broken\n" : "slept\n");
    return SQLI_MORE;
}

/* The next whole line without its end, or false. */
static bool fake_line(struct sqli_session *session, char *line, size_t size)
{
    struct sqli_span in = sqli__buffer_view(&session->in);
    const uint8_t *end = in.length ? memchr(in.data, '\n', in.length) : NULL;
    size_t length = end ? (size_t)(end - in.data) : 0;
    if (!end || length >= size)
        return false;
    memcpy(line, in.data, length);
    line[length] = '\0';
    sqli__buffer_consume(&session->in, length + 1);
    return true;
}

/* The nested feed only keeps the bytes. */
static _Thread_local bool fake_nested;

static enum sqli_status fake_ask(struct sqli_session *session, struct sqli_buffer *out,
                                 struct sqli_error *error)
{
    char line[1024];
    sqli__buffer_text(out, "?\n");
    while (!fake_line(session, line, sizeof line)) {
        fake_nested = true;
        enum sqli_status status =
            session->options.wait(session->options.wait_context, session, error);
        fake_nested = false;
        if (status == SQLI_FAIL)
            return status;
    }
    sqli__buffer_format(out, "got %s\n", line);
    return SQLI_MORE;
}

static enum sqli_status fake_command(struct sqli_session *session, char *line,
                                     struct sqli_buffer *out, struct sqli_error *error)
{
    char *space = strchr(line, ' ');
    char *rest = space ? space + 1 : line + strlen(line);
    if (session->options.trace)
        session->options.trace(session->options.trace_context, sqli__span_text("a line"));
    if (!session->logged_in && strncmp(line, "login ", 6) == 0)
        return fake_login(session, rest, out);
    if (strncmp(line, "echo ", 5) == 0) {
        sqli__buffer_format(out, "%s\n", rest);
    } else if (strncmp(line, "sleep ", 6) == 0) {
        return fake_sleep(session, strtol(rest, NULL, 10), out);
    } else if (strncmp(line, "big ", 4) == 0) {
        sqli__buffer_fill(out, '.', (size_t)strtol(rest, NULL, 10) - 1);
        sqli__buffer_byte(out, '\n');
    } else if (strcmp(line, "ask") == 0) {
        return fake_ask(session, out, error);
    } else if (strcmp(line, "exit") == 0) {
        sqli__buffer_text(out, "bye\n");
        return SQLI_OK;
    } else {
        return sqli__fail(error, SQLI_E_PROTOCOL, "no command: %s", line);
    }
    return SQLI_MORE;
}

enum sqli_status sqli__session_feed(struct sqli_session *session, struct sqli_span bytes,
                                    struct sqli_buffer *out, struct sqli_error *error)
{
    char line[1024];
    enum sqli_status status = SQLI_MORE;
    sqli__buffer_span(&session->in, bytes);
    if (fake_nested)
        return SQLI_MORE;
    if (session->inside++ != 0)
        fake_fed_by_two++;
    while (status == SQLI_MORE && fake_line(session, line, sizeof line)) {
        status = fake_command(session, line, out, error);
        if (session->in.length > 0 && session->options.answered)
            session->options.answered(session->options.answered_context, session);
    }
    session->inside--;
    if (status == SQLI_MORE && session->in.length >= sizeof line)
        return sqli__fail(error, SQLI_E_TOO_LARGE, "a line");
    return status;
}

#endif
