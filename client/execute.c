/* sqli_exec: SQL from text to its end in one call. Statements that are known to give no rows go
 * without being prepared, which costs one round trip; for all others the server is asked first. */
#include "client/statement.h"

#include "sql/text.h"

/* Verbs whose statements never give rows. Databases come and go prepared, for their answers are
 * looked at more closely. */
static bool is_direct(struct sqli_span sql)
{
    static const enum sqli_keyword verbs[] = {
        SQLI_KEYWORD_INSERT, SQLI_KEYWORD_UPDATE, SQLI_KEYWORD_DELETE,   SQLI_KEYWORD_MERGE,
        SQLI_KEYWORD_CREATE, SQLI_KEYWORD_DROP,   SQLI_KEYWORD_ALTER,    SQLI_KEYWORD_RENAME,
        SQLI_KEYWORD_GRANT,  SQLI_KEYWORD_REVOKE, SQLI_KEYWORD_TRUNCATE, SQLI_KEYWORD_SET,
    };
    struct sqli_tokenizer tokenizer;
    struct sqli_token token;
    enum sqli_keyword verb = sqli__sql_verb(sql);
    sqli__tokenizer_init(&tokenizer, sql, 0);
    sqli__tokenizer_next_word(&tokenizer, &token);
    sqli__tokenizer_next_word(&tokenizer, &token);
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        if (verb == verbs[i])
            return token.keyword != SQLI_KEYWORD_DATABASE;
    return false;
}

static enum sqli_status on_command(void *context, const struct sqli_message *message,
                                   struct sqli_error *error)
{
    struct sqli_stmt *stmt = ((struct sqli_task *)context)->owner;
    if (message->id == SQLI_MSG_DESCRIBE)
        stmt->direct_type = message->as.describe.statement_type;
    return sqli__execute_reply(context, message, error);
}

static enum sqli_status submit_command(struct sqli_stmt *stmt)
{
    struct sqli_conn *conn = stmt->conn;
    struct sqli_buffer text;
    SQLI_TRY(sqli__cleanup_flush(conn, &conn->error));
    SQLI_TRY(sqli__begin_if_due(stmt));
    sqli__buffer_init(&text, SQLI_WIRE_LENGTH_MAX);
    enum sqli_status status = sqli__text_to_server(conn, stmt->sql, &text, &conn->error);
    if (status == SQLI_OK) {
        sqli__add_command(conn, sqli__buffer_view(&text));
        sqli__files_alone(stmt);
        status = sqli__task_submit(&stmt->task, on_command);
    }
    sqli__buffer_free(&text);
    stmt->state = SQLI_STATE_RUNNING;
    return status;
}

static enum sqli_status advance_direct(struct sqli_stmt *stmt)
{
    if (stmt->state == SQLI_STATE_NEW)
        SQLI_TRY(submit_command(stmt));
    SQLI_TRY(sqli__task_settle(&stmt->task));
    sqli__after_execute(stmt);
    return SQLI_OK;
}

static enum sqli_status advance(void *context)
{
    struct sqli_stmt *stmt = context;
    bool row = false;
    if (stmt->direct)
        return advance_direct(stmt);
    do
        SQLI_TRY(sqli__statement_step(stmt, &row));
    while (row);
    return SQLI_OK;
}

static enum sqli_status begin(struct sqli_conn *conn, const char *sql)
{
    struct sqli_span text = sqli__span_text(sql);
    if (conn->executing)
        return sqli__span_equal(conn->executing->sql, text)
                   ? SQLI_OK
                   : sqli__fail(&conn->error, SQLI_E_STATE, "another sqli_exec is under way");
    SQLI_TRY(sqli__statement_new(conn, text, SQLI_NO_NAMES, &conn->executing));
    conn->executing->direct = conn->executing->placeholders.count == 0 && is_direct(text);
    return SQLI_OK;
}

int sqli_exec(sqli_conn *conn, const char *sql, int64_t *rows)
{
    SQLI_TRY_ENTER_WITH(conn, true, sql);
    enum sqli_status status = begin(conn, sql);
    struct sqli_stmt *stmt = conn->executing;
    if (status)
        return sqli__leave(conn, status);
    status = sqli__drive(conn, advance, stmt);
    if (status == SQLI_MORE)
        return sqli__leave(conn, status);
    if (rows)
        *rows = stmt->row_count > 0 ? stmt->row_count : 0;
    sqli__statement_finalize(stmt);
    return sqli__leave(conn, status);
}
