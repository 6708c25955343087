/* Executing: a machine that is called again until it is done, and never does a thing twice. */
#include "client/lob.h"
#include "client/stream.h"

#include "base/alloc.h"
#include "sql/text.h"

#include <stdio.h>

/* --- replies --- */

enum sqli_status sqli__execute_reply(void *context, const struct sqli_message *message,
                                     struct sqli_error *error)
{
    struct sqli_stmt *stmt = ((struct sqli_task *)context)->owner;
    if (message->id == SQLI_MSG_DONE) {
        const struct sqli_done *done = &message->as.done;
        if (done->rows >= 0)
            stmt->row_count = done->rows;
        if (done->serial)
            stmt->serial = done->serial;
        stmt->warnings = done->warnings;
    }
    if (message->id == SQLI_MSG_INSERTDONE) {
        const struct sqli_insertdone *done = &message->as.insertdone;
        if (!done->serial8_null && done->serial8)
            stmt->serial = done->serial8;
        else if (done->bigserial)
            stmt->serial = done->bigserial;
    }
    return sqli__on_file(stmt, message, error);
}

/* --- requests --- */

/* SQL text goes in the code set of the database, with `?` for every placeholder. */
static enum sqli_status server_text(const struct sqli_stmt *stmt, struct sqli_buffer *text)
{
    struct sqli_buffer own;
    sqli__buffer_init(&own, SQLI_WIRE_LENGTH_MAX);
    sqli__placeholders_rewrite(stmt->sql, &stmt->placeholders, &own);
    enum sqli_status status = sqli__buffer_status(&own, &stmt->conn->error);
    if (status == SQLI_OK)
        status =
            sqli__text_to_server(stmt->conn, sqli__buffer_view(&own), text, &stmt->conn->error);
    sqli__buffer_free(&own);
    return status;
}

static enum sqli_status prepare(struct sqli_stmt *stmt)
{
    struct sqli_buffer text;
    sqli__buffer_init(&text, SQLI_WIRE_LENGTH_MAX);
    enum sqli_status status = server_text(stmt, &text);
    if (status == SQLI_OK)
        status = sqli__prepared_get(stmt->conn, sqli__buffer_view(&text),
                                    (uint32_t)stmt->placeholders.count,
                                    !(stmt->flags & SQLI_NOT_CACHED), &stmt->prepared);
    sqli__buffer_free(&text);
    if (status == SQLI_OK)
        stmt->state = SQLI_STATE_PREPARED;
    return status;
}

static void give_back(struct sqli_stmt *stmt)
{
    if (stmt->prepared)
        sqli__prepared_put(stmt->prepared, stmt->open);
    stmt->prepared = NULL;
    stmt->open = false;
    stmt->state = SQLI_STATE_NEW;
}

void sqli__statement_unprepare(struct sqli_stmt *stmt)
{
    stmt->prepared->keep = false;
    give_back(stmt);
    sqli__free(stmt->segments);
    stmt->segments = NULL;
}

/* A row image that the shape has no place for would be written past the end of the segments. */
static enum sqli_status make_segments(struct sqli_stmt *stmt)
{
    sqli__free(stmt->segments);
    stmt->segments = sqli__alloc_zeroed(stmt->prepared->shape.varying + 1, sizeof *stmt->segments);
    stmt->row.segments = stmt->segments;
    return stmt->segments ? SQLI_OK : sqli__fail(&stmt->conn->error, SQLI_E_NO_MEMORY, NULL);
}

enum sqli_status sqli__statement_describe(struct sqli_stmt *stmt)
{
    if (stmt->call)
        return sqli__call_describe(stmt);
    if (stmt->state == SQLI_STATE_NEW)
        SQLI_TRY(prepare(stmt));
    if (stmt->state != SQLI_STATE_PREPARED || stmt->segments)
        return SQLI_OK;
    enum sqli_status status = sqli__prepared_wait(stmt->prepared);
    if (status == SQLI_OK)
        status = make_segments(stmt);
    if (status == SQLI_FAIL)
        give_back(stmt);
    return status;
}

/* Cursors have names of their own unless the program asked for one. */
const char *sqli_cursor_name(sqli_stmt *stmt)
{
    if (!stmt)
        return NULL;
    if (!stmt->cursor_name[0])
        snprintf(stmt->cursor_name, sizeof stmt->cursor_name, "_ifxc%013llu",
                 (unsigned long long)++stmt->conn->cursor_number % 10000000000000u);
    return stmt->cursor_name;
}

/* FOR UPDATE makes it an update cursor; in an ANSI database everything is one that does not say FOR
 * READ ONLY. */
static bool reads_only(struct sqli_stmt *stmt)
{
    const struct sqli_words *words = sqli__statement_words(stmt);
    return words->reads || (!words->updates && !stmt->conn->ansi);
}

static enum sqli_status submit_open(struct sqli_stmt *stmt)
{
    struct sqli_link *link = &stmt->conn->link;
    stmt->read_only = reads_only(stmt);
    sqli__link_id(link, stmt->prepared->id);
    sqli__link_add(link,
                   &(struct sqli_message){.id = SQLI_MSG_CURNAME,
                                          .as.bytes = sqli__span_text(sqli_cursor_name(stmt))});
    sqli__bind_add(stmt);
    if (stmt->flags & SQLI_HOLD)
        sqli__link_tag(link, SQLI_MSG_HOLD);
    if (stmt->flags & SQLI_SCROLL)
        sqli__link_tag(link, SQLI_MSG_SCROLL);
    sqli__link_tag(link, SQLI_MSG_OPEN);
    stmt->open = true;
    if (stmt->flags & SQLI_SCROLL)
        return sqli__task_submit(&stmt->task, sqli__execute_reply);
    return sqli__result_fetch(stmt, &stmt->rows[0]);
}

static enum sqli_status submit_execute(struct sqli_stmt *stmt)
{
    sqli__link_id(&stmt->conn->link, stmt->prepared->id);
    sqli__bind_add(stmt);
    sqli__files_alone(stmt);
    if (sqli__streams_any(stmt))
        return sqli__stream_submit(stmt);
    sqli__link_tag(&stmt->conn->link, SQLI_MSG_EXECUTE);
    return sqli__task_submit(&stmt->task, sqli__execute_reply);
}

static bool is_about_transactions(int type)
{
    return type == SQLI_STATEMENT_BEGIN_WORK || type == SQLI_STATEMENT_COMMIT_WORK ||
           type == SQLI_STATEMENT_ROLLBACK_WORK || type == SQLI_STATEMENT_DATABASE ||
           type == SQLI_STATEMENT_CREATE_DATABASE || type == SQLI_STATEMENT_DROP_DATABASE ||
           type == SQLI_STATEMENT_CLOSE_DATABASE || type == SQLI_STATEMENT_START_DATABASE;
}

enum sqli_status sqli__begin_if_due(struct sqli_stmt *stmt)
{
    struct sqli_conn *conn = stmt->conn;
    if (conn->autocommit || conn->in_transaction || !conn->logged || conn->ansi ||
        is_about_transactions(sqli_statement_type(stmt)))
        return SQLI_OK;
    sqli__link_tag(&conn->link, SQLI_MSG_BEGIN);
    SQLI_TRY(sqli__task_submit(&stmt->task, NULL));
    conn->in_transaction = true;
    return SQLI_OK;
}

enum sqli_status sqli__require_bindings(const struct sqli_stmt *stmt)
{
    for (size_t i = 0; i < stmt->placeholders.parameters; i++)
        if (!stmt->bindings[i].set)
            return sqli__fail(&stmt->conn->error, SQLI_E_PARAMETER_UNBOUND, "%zu", i + 1);
    return SQLI_OK;
}

static enum sqli_status run(struct sqli_stmt *stmt)
{
    stmt->state = SQLI_STATE_PREPARED;
    SQLI_TRY(sqli__stream_ready(stmt));
    SQLI_TRY(sqli__lobs_make(stmt));
    sqli__result_reset(stmt);
    stmt->row_count = sqli__statement_gives_rows(stmt) ? -1 : 0;
    stmt->serial = stmt->row_number = 0;
    stmt->warnings = 0;
    stmt->exhausted = false;
    SQLI_TRY(sqli__require_bindings(stmt));
    SQLI_TRY(sqli__cleanup_flush(stmt->conn, &stmt->conn->error));
    SQLI_TRY(sqli__begin_if_due(stmt));
    SQLI_TRY(sqli__statement_gives_rows(stmt) ? submit_open(stmt) : submit_execute(stmt));
    sqli__lobs_made_drop(stmt);
    stmt->state = SQLI_STATE_RUNNING;
    return SQLI_OK;
}

/* --- what a statement has done to the connection --- */

/* The name in DATABASE name, CREATE DATABASE name, CREATE DATABASE IF NOT EXISTS name; a database
 * may be called "if". */
static struct sqli_span database_name(const struct sqli_stmt *stmt)
{
    struct sqli_tokenizer tokenizer;
    struct sqli_token token = {0}, behind;
    sqli__tokenizer_init(&tokenizer, stmt->sql, 0);
    while (token.keyword != SQLI_KEYWORD_DATABASE)
        if (sqli__tokenizer_next_word(&tokenizer, &token) == SQLI_TOKEN_END)
            return sqli__span_text("");
    sqli__tokenizer_next_word(&tokenizer, &token);
    if (token.keyword == SQLI_KEYWORD_IF) {
        sqli__tokenizer_next_word(&tokenizer, &behind);
        if (behind.keyword == SQLI_KEYWORD_NOT) {
            sqli__tokenizer_next_word(&tokenizer, &token); /* EXISTS */
            sqli__tokenizer_next_word(&tokenizer, &token);
        }
    }
    return sqli__token_text(stmt->sql, &token);
}

static bool changes_definitions(int type)
{
    return (type >= SQLI_STATEMENT_CREATE_TABLE && type <= SQLI_STATEMENT_DROP_INDEX) ||
           (type >= SQLI_STATEMENT_RENAME_TABLE && type <= SQLI_STATEMENT_RENAME_COLUMN) ||
           (type >= SQLI_STATEMENT_ALTER_TABLE && type <= SQLI_STATEMENT_UPDATE_STATISTICS) ||
           (type >= SQLI_STATEMENT_CREATE_VIEW && type <= SQLI_STATEMENT_DROP_SYNONYM) ||
           (type >= SQLI_STATEMENT_CREATE_ROUTINE && type <= SQLI_STATEMENT_DROP_ROUTINE) ||
           (type >= SQLI_STATEMENT_CREATE_TRIGGER && type <= SQLI_STATEMENT_DROP_TRIGGER);
}

void sqli__after_execute(struct sqli_stmt *stmt)
{
    struct sqli_conn *conn = stmt->conn;
    int type = sqli_statement_type(stmt);
    switch (type) {
    case SQLI_STATEMENT_BEGIN_WORK: conn->in_transaction = true; break;
    case SQLI_STATEMENT_COMMIT_WORK:
    case SQLI_STATEMENT_ROLLBACK_WORK: conn->in_transaction = false; break;
    case SQLI_STATEMENT_DATABASE:
    case SQLI_STATEMENT_CREATE_DATABASE:
    case SQLI_STATEMENT_START_DATABASE:
        sqli__prepared_forget(conn);
        sqli__database_opened(conn, database_name(stmt), (int16_t)stmt->warnings);
        break;
    case SQLI_STATEMENT_CLOSE_DATABASE:
        sqli__prepared_forget(conn);
        sqli__database_opened(conn, sqli__span_text(""), 0);
        break;
    case SQLI_STATEMENT_SET_LOCK_MODE:
    case SQLI_STATEMENT_SET_ISOLATION: conn->settings_changed = true; break;
    case SQLI_STATEMENT_SELECT_INTO_TEMP:
    case SQLI_STATEMENT_CREATE_TEMP_TABLE:
    case SQLI_STATEMENT_SET_EXPLAIN:
    case SQLI_STATEMENT_SET_OPTIMIZATION:
    case SQLI_STATEMENT_SET_ENVIRONMENT: conn->session_changed = true; break;
    default:
        if (changes_definitions(type))
            sqli__prepared_forget(conn);
    }
}

/* --- the machine --- */

void sqli__statement_close_cursor(struct sqli_stmt *stmt)
{
    if (stmt->open)
        sqli__cleanup_later(stmt->conn, stmt->prepared->id, true, false);
    stmt->open = false;
    sqli__statement_leave_row(stmt);
}

static enum sqli_status finish(struct sqli_stmt *stmt)
{
    sqli__statement_close_cursor(stmt);
    if (stmt->row_count < 0)
        stmt->row_count = stmt->row_number;
    if (stmt->prepared)
        stmt->prepared->older = true;
    stmt->again = false;
    stmt->state = SQLI_STATE_ENDED;
    return SQLI_OK;
}

/* The server knows the statement from a time when its tables were others. Nothing was done, so it
 * is prepared anew, once. A routine may have done much before it met the table, and a stream can be
 * read but once: there the program has to decide. */
static bool prepare_again(struct sqli_stmt *stmt)
{
    if (stmt->conn->error.code != SQLI_E_TABLE_CHANGED || stmt->again || !stmt->conn->open ||
        !stmt->prepared || !stmt->prepared->older || stmt->row_number)
        return false;
    if (stmt->prepared->type == SQLI_STATEMENT_EXECUTE_ROUTINE || sqli__streams_any(stmt))
        return false;
    sqli__statement_unprepare(stmt);
    stmt->again = true;
    return true;
}

static enum sqli_status begin(struct sqli_stmt *stmt)
{
    SQLI_TRY(sqli__statement_describe(stmt));
    if (stmt->state == SQLI_STATE_PREPARED || stmt->state == SQLI_STATE_ENDED)
        SQLI_TRY(run(stmt));
    SQLI_TRY(sqli__file_advance(stmt));
    return sqli__task_settle(&stmt->task);
}

static enum sqli_status advance(struct sqli_stmt *stmt, bool *row)
{
    SQLI_TRY(begin(stmt));
    if (!sqli__statement_gives_rows(stmt)) {
        sqli__after_execute(stmt);
        SQLI_TRY(finish(stmt));
        return sqli__database_learn(stmt->conn);
    }
    bool end = false;
    bool scrolls = stmt->flags & SQLI_SCROLL;
    SQLI_TRY(scrolls ? sqli__scroll_next(stmt, &end) : sqli__result_next(stmt, &end));
    *row = !end;
    return end && !scrolls ? finish(stmt) : SQLI_OK;
}

/* A failure leaves the statement as it was before it ran; but what is out of date at the server
 * does not stay for the next run, or for the cache. */
static void fail(struct sqli_stmt *stmt)
{
    bool stale = stmt->conn->error.code == SQLI_E_TABLE_CHANGED;
    bool ran = stmt->state == SQLI_STATE_RUNNING;
    sqli__result_reset(stmt);
    sqli__task_drop(&stmt->task);
    if (stmt->prepared)
        sqli__statement_close_cursor(stmt);
    if (ran)
        stmt->state = SQLI_STATE_PREPARED;
    if (stmt->prepared && stale)
        sqli__statement_unprepare(stmt);
    else if (stmt->prepared && ran)
        stmt->prepared->older = true;
    stmt->again = false;
}

enum sqli_status sqli__statement_open(struct sqli_stmt *stmt)
{
    enum sqli_status status = begin(stmt);
    if (status == SQLI_FAIL && prepare_again(stmt))
        status = begin(stmt);
    if (status == SQLI_FAIL)
        fail(stmt);
    return status;
}

enum sqli_status sqli__statement_step(struct sqli_stmt *stmt, bool *row)
{
    *row = stmt->pending == SQLI_ROW;
    if (stmt->pending) {
        stmt->pending = 0;
        return SQLI_OK;
    }
    if (stmt->call)
        return sqli__call_next(stmt, row);
    if (stmt->learning) {
        enum sqli_status learned = sqli__database_learn(stmt->conn);
        stmt->learning = learned == SQLI_MORE;
        return learned;
    }
    enum sqli_status status = advance(stmt, row);
    if (status == SQLI_FAIL && prepare_again(stmt))
        status = advance(stmt, row);
    if (status == SQLI_FAIL)
        fail(stmt);
    stmt->learning = status == SQLI_MORE && stmt->state == SQLI_STATE_ENDED;
    return status;
}
