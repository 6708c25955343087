/* Statements: made, stepped, reset, finalized. What they do in between is run.c. */
#include "client/lob.h"

#include "base/alloc.h"
#include "value/scan.h"

enum { ITEMS_MAX = 256 << 20 };

/* --- words --- */

/* Of two FOR clauses the last one counts. */
static void note_word(struct sqli_words *words, enum sqli_keyword before,
                      const struct sqli_token *token, struct sqli_span text)
{
    static const char *const files[] = {"filetoblob", "filetoclob", "lotofile"};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        words->asks_files |= sqli__span_is_word(text, files[i]);
    if (before != SQLI_KEYWORD_FOR)
        return;
    if (token->keyword == SQLI_KEYWORD_UPDATE || token->keyword == SQLI_KEYWORD_READ) {
        words->updates = token->keyword == SQLI_KEYWORD_UPDATE;
        words->reads = !words->updates;
    }
}

const struct sqli_words *sqli__statement_words(struct sqli_stmt *stmt)
{
    struct sqli_tokenizer tokenizer;
    struct sqli_token token;
    enum sqli_keyword before = SQLI_NO_KEYWORD;
    if (stmt->words.known)
        return &stmt->words;
    stmt->words.known = true;
    sqli__tokenizer_init(&tokenizer, stmt->sql, 0);
    while (sqli__tokenizer_next_word(&tokenizer, &token) != SQLI_TOKEN_END) {
        note_word(&stmt->words, before, &token, sqli__token_text(stmt->sql, &token));
        before = token.keyword;
    }
    return &stmt->words;
}

/* --- life --- */

static void init_parts(struct sqli_stmt *stmt, struct sqli_conn *conn, unsigned flags)
{
    stmt->conn = conn;
    stmt->flags = flags;
    sqli__arena_init(&stmt->items, ITEMS_MAX);
    sqli__buffer_init(&stmt->text, SQLI_ROWS_LIMIT);
    sqli__task_init(&stmt->task, conn, stmt);
    for (int i = 0; i < 2; i++) {
        sqli__task_init(&stmt->rows[i].task, conn, stmt);
        sqli__buffer_init(&stmt->rows[i].bytes, SQLI_ROWS_LIMIT);
    }
}

static enum sqli_status keep_text(struct sqli_stmt *stmt, struct sqli_span sql)
{
    unsigned options = stmt->flags & SQLI_NO_NAMES ? 0 : SQLI_SQL_NAMED_PLACEHOLDERS;
    struct sqli_error *error = &stmt->conn->error;
    uint8_t *copy = sqli__alloc(sql.length + 1);
    if (!copy)
        return sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
    if (sql.length)
        memcpy(copy, sql.data, sql.length);
    copy[sql.length] = '\0';
    stmt->sql = sqli__span(copy, sql.length);
    SQLI_TRY(sqli__placeholders_scan(stmt->sql, options, &stmt->placeholders, error));
    size_t parameters = stmt->placeholders.parameters;
    stmt->bindings = sqli__alloc_zeroed(parameters + 1, sizeof *stmt->bindings);
    if (!stmt->bindings)
        return sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
    for (size_t i = 0; i < parameters; i++)
        sqli__buffer_init(&stmt->bindings[i].data, SQLI_BINDINGS_LIMIT);
    return SQLI_OK;
}

static void destroy(struct sqli_stmt *stmt)
{
    for (size_t i = 0; stmt->bindings && i < stmt->placeholders.parameters; i++) {
        sqli__buffer_free(&stmt->bindings[i].data);
        sqli__buffer_free(&stmt->bindings[i].name);
        sqli__object_free(stmt->bindings[i].lob);
    }
    for (int i = 0; i < 2; i++) {
        sqli__buffer_free(&stmt->rows[i].bytes);
        sqli__free(stmt->rows[i].ends);
    }
    sqli__batch_free(stmt);
    sqli__blocks_free(stmt);
    sqli__files_free(stmt);
    sqli__call_free(stmt);
    sqli__free(stmt->bindings);
    sqli__placeholders_free(&stmt->placeholders);
    sqli__free((void *)(uintptr_t)stmt->sql.data);
    sqli__buffer_free(&stmt->text);
    sqli__arena_free(&stmt->items);
    sqli__free(stmt->segments);
    sqli__free(stmt);
}

enum sqli_status sqli__statement_new(struct sqli_conn *conn, struct sqli_span sql, unsigned flags,
                                     struct sqli_stmt **made)
{
    *made = NULL;
    struct sqli_stmt *stmt = sqli__alloc_zeroed(1, sizeof *stmt);
    if (!stmt)
        return sqli__fail(&conn->error, SQLI_E_NO_MEMORY, NULL);
    init_parts(stmt, conn, flags);
    enum sqli_status status = keep_text(stmt, sql);
    if (status) {
        destroy(stmt);
        return status;
    }
    stmt->next = conn->statements;
    if (stmt->next)
        stmt->next->previous = stmt;
    conn->statements = stmt;
    *made = stmt;
    return SQLI_OK;
}

int sqli_prepare(sqli_conn *conn, const char *sql, ptrdiff_t length, unsigned flags,
                 sqli_stmt **stmt)
{
    enum { KNOWN_FLAGS = SQLI_SCROLL | SQLI_HOLD | SQLI_NOT_CACHED | SQLI_NO_NAMES };
    if (stmt)
        *stmt = NULL;
    SQLI_TRY_ENTER_WITH(conn, true, sql ? (void *)stmt : NULL);
    if (flags & ~(unsigned)KNOWN_FLAGS)
        return sqli__leave(conn, sqli__fail(&conn->error, SQLI_E_ARGUMENT, "flags %#x", flags));
    struct sqli_span text = length < 0 ? sqli__span_text(sql) : sqli__span(sql, (size_t)length);
    return sqli__leave(conn, sqli__statement_new(conn, text, flags, stmt));
}

void sqli__statement_leave_row(struct sqli_stmt *stmt)
{
    stmt->has_row = false;
    stmt->reading = 0;
    stmt->kept = false;
    sqli__arena_reset(&stmt->items);
    sqli__lobs_leave_row(stmt);
}

/* What is under way for it is for nobody; a cursor with rows left is closed at once, so that the
 * server need not keep it. */
static void stop_running(struct sqli_stmt *stmt)
{
    bool unread = stmt->open && !stmt->exhausted;
    if (stmt->state == SQLI_STATE_RUNNING && stmt->prepared)
        stmt->prepared->older = true;
    sqli__result_reset(stmt);
    sqli__task_drop(&stmt->task);
    if (stmt->prepared) {
        sqli__task_leave(&stmt->prepared->task);
        sqli__statement_close_cursor(stmt);
    }
    if (stmt->state != SQLI_STATE_NEW)
        stmt->state = SQLI_STATE_PREPARED;
    stmt->again = stmt->learning = stmt->executing = false;
    stmt->pending = 0;
    if (unread && stmt->conn->open) {
        sqli__cleanup_flush(stmt->conn, NULL);
        sqli__send(stmt->conn);
    }
}

static void stop(struct sqli_stmt *stmt)
{
    sqli__batch_free(stmt);
    sqli__files_free(stmt);
    stop_running(stmt);
}

void sqli__statement_detach(struct sqli_stmt *stmt)
{
    stop(stmt);
    if (stmt->prepared)
        sqli__statement_unprepare(stmt);
}

int sqli_reset(sqli_stmt *stmt)
{
    struct sqli_conn *conn = sqli_connection(stmt);
    SQLI_TRY_ENTER(conn, false);
    stop(stmt);
    return sqli__leave(conn, SQLI_OK);
}

void sqli__statement_finalize(struct sqli_stmt *stmt)
{
    struct sqli_conn *conn = stmt->conn;
    stop(stmt);
    if (stmt->prepared)
        sqli__prepared_put(stmt->prepared, false);
    if (conn->executing == stmt)
        conn->executing = NULL;
    if (stmt->previous)
        stmt->previous->next = stmt->next;
    else
        conn->statements = stmt->next;
    if (stmt->next)
        stmt->next->previous = stmt->previous;
    destroy(stmt);
}

/* --- stepping --- */

struct step {
    struct sqli_stmt *stmt;
    bool row;
};

static enum sqli_status step(void *context)
{
    struct step *s = context;
    return sqli__statement_step(s->stmt, &s->row);
}

int sqli_step(sqli_stmt *stmt)
{
    struct step s = {.stmt = stmt};
    SQLI_TRY_ENTER(sqli_connection(stmt), true);
    int result = sqli__leave(stmt->conn, sqli__drive(stmt->conn, step, &s));
    return result != SQLI_OK ? result : s.row ? SQLI_ROW : SQLI_DONE;
}

/* The first row goes back in front of those that are at hand. */
static void keep_first(struct sqli_stmt *stmt, bool row)
{
    if (row && !stmt->call) {
        stmt->rows[stmt->present].next--;
        stmt->row_number--;
        sqli__statement_leave_row(stmt);
    } else {
        stmt->pending = row ? SQLI_ROW : SQLI_DONE;
    }
}

static enum sqli_status open_cursor(void *context)
{
    return sqli__statement_open(context);
}

int sqli_execute(sqli_stmt *stmt)
{
    struct step s = {.stmt = stmt};
    struct sqli_conn *conn = sqli_connection(stmt);
    SQLI_TRY_ENTER(conn, true);
    if (!stmt->executing)
        stop_running(stmt);
    stmt->executing = true;
    bool scrolls = stmt->flags & SQLI_SCROLL;
    enum sqli_status status =
        scrolls ? sqli__drive(conn, open_cursor, stmt) : sqli__drive(conn, step, &s);
    stmt->executing = status == SQLI_MORE;
    if (status == SQLI_OK && !scrolls)
        keep_first(stmt, s.row);
    return sqli__leave(conn, status);
}

static enum sqli_status describe(void *context)
{
    return sqli__statement_describe(context);
}

int sqli_describe(sqli_stmt *stmt)
{
    SQLI_TRY_ENTER(sqli_connection(stmt), true);
    return sqli__leave(stmt->conn, sqli__drive(stmt->conn, describe, stmt));
}

/* --- questions --- */

bool sqli__statement_gives_rows(const struct sqli_stmt *stmt)
{
    return stmt->prepared && sqli__prepared_gives_rows(stmt->prepared);
}

int64_t sqli_rows(const sqli_stmt *stmt)
{
    return stmt ? stmt->row_count : 0;
}

int64_t sqli_serial(const sqli_stmt *stmt)
{
    return stmt ? stmt->serial : 0;
}

int sqli_warnings(const sqli_stmt *stmt)
{
    return stmt ? stmt->warnings : 0;
}

int sqli_statement_type(const sqli_stmt *stmt)
{
    if (!stmt)
        return 0;
    return stmt->prepared ? stmt->prepared->type : stmt->direct_type;
}

int sqli_gives_rows(const sqli_stmt *stmt)
{
    return stmt && sqli__statement_gives_rows(stmt);
}

int64_t sqli_row_number(const sqli_stmt *stmt)
{
    return stmt && stmt->has_row ? stmt->row_number : 0;
}

sqli_conn *sqli_connection(const sqli_stmt *stmt)
{
    return stmt ? stmt->conn : NULL;
}
