/* Cursors: rows out of a compiled statement, or out of the spool. */
#include "server/engine/state.h"

enum { ROWID_BYTES = 8, ROW_LIMIT = 64 << 20 };

/* --- rows of the compiled statement --- */

/* SQLI_MORE: there are no more; the statement is reset, so that it holds no snapshot. */
static enum sqli_status step(struct sqli_statement *s, struct sqli_error *error)
{
    if (s->cursor.exhausted)
        return SQLI_MORE;
    if (s->call)
        return sqli__call_step(s, error);
    int code = sqlite3_step(s->compiled);
    if (code == SQLITE_ROW)
        return SQLI_OK;
    s->cursor.exhausted = true;
    enum sqli_status status =
        code == SQLITE_DONE ? SQLI_MORE : sqli__statement_fail(s, code, error);
    sqlite3_reset(s->compiled);
    return status;
}

static enum sqli_status write_images(struct sqli_statement *s, struct sqli_buffer *out,
                                     struct sqli_error *error)
{
    for (uint32_t i = 0; i < s->info.column_count; i++)
        SQLI_TRY(
            s->writers[i].form == SQLI_IMAGE_SIMPLE_LOB
                ? sqli__cursor_write_blob(s, i, out, error)
                : sqli__image_write(&s->writers[i], sqli__statement_row(s), (int)i, out, error));
    return sqli__buffer_status(out, error);
}

static int64_t step_rowid(const struct sqli_statement *s)
{
    return s->positions ? sqlite3_column_int64(s->compiled, (int)s->info.column_count) : 0;
}

static enum sqli_status write_row(struct sqli_statement *s, struct sqli_buffer *out,
                                  struct sqli_error *error)
{
    size_t start = out->length;
    enum sqli_status status = write_images(s, out, error);
    if (status)
        sqli__buffer_truncate(out, start);
    return status;
}

/* --- the spool --- */

static enum sqli_status spool_begin(struct sqli_statement *s, struct sqli_error *error)
{
    struct sqli_engine *engine = s->engine;
    if (!engine->spool)
        SQLI_TRY(sqli__spool_open(&engine->spool, error));
    if (!s->cursor.spool_id)
        s->cursor.spool_id = sqli__spool_id(engine->spool);
    return SQLI_OK;
}

/* The present row of the compiled statement, its rowid in front. */
static enum sqli_status spool_row(struct sqli_statement *s, struct sqli_buffer *row,
                                  struct sqli_error *error)
{
    sqli__buffer_clear(row);
    sqli__buffer_64(row, (uint64_t)step_rowid(s));
    SQLI_TRY(write_images(s, row, error));
    s->cursor.last++;
    return sqli__spool_put(s->engine->spool, s->cursor.spool_id, s->cursor.last,
                           sqli__buffer_view(row), error);
}

/* Until row `number` is there, or, for 0, all are. */
static enum sqli_status spool_until(struct sqli_statement *s, int64_t number,
                                    struct sqli_error *error)
{
    SQLI_TRY(spool_begin(s, error));
    struct sqli_buffer row;
    sqli__buffer_init(&row, ROW_LIMIT);
    enum sqli_status status = SQLI_OK;
    while (status == SQLI_OK && (number == 0 || s->cursor.last < number)) {
        status = step(s, error);
        if (status == SQLI_OK)
            status = spool_row(s, &row, error);
    }
    sqli__buffer_free(&row);
    return status == SQLI_MORE ? SQLI_OK : status;
}

static enum sqli_status spool_fetch(struct sqli_statement *s, int64_t number,
                                    struct sqli_buffer *out, struct sqli_error *error)
{
    struct sqli_span row;
    SQLI_TRY(sqli__spool_get(s->engine->spool, s->cursor.spool_id, number, &row, error));
    s->cursor.rowid = (int64_t)sqli__load64(row.data);
    sqli__buffer_append(out, row.data + ROWID_BYTES, row.length - ROWID_BYTES);
    return sqli__buffer_status(out, error);
}

enum sqli_status sqli__cursor_detach(struct sqli_statement *s, struct sqli_error *error)
{
    struct sqli_cursor *cursor = &s->cursor;
    if (!cursor->open || cursor->insert || cursor->exhausted || cursor->running)
        return SQLI_OK;
    SQLI_TRY(spool_until(s, 0, error));
    if (!cursor->scroll) {
        cursor->spooled = true;
        cursor->next = 1;
    }
    return SQLI_OK;
}

/* --- the public face --- */

enum sqli_status sqli__cursor_open(struct sqli_statement *s,
                                   const struct sqli_cursor_options *options,
                                   struct sqli_error *error)
{
    sqli__cursor_close(s);
    sqli__engine_start(s->engine);
    bool insert = s->tree->kind == SQLI_STMT_INSERT;
    if (!s->info.rows && !insert)
        return sqli__fail(error, SQLI_E_CURSOR_INVALID, NULL);
    if (options->scroll && s->info.for_update)
        return sqli__fail(error, SQLI_E_SCROLL_UPDATE, NULL);
    if (options->name.length > SQLI_NAME_MAX)
        return sqli__fail(error, SQLI_E_CURSOR_UNKNOWN, "%.128s", (const char *)options->name.data);
    SQLI_TRY(insert ? sqli__statement_refresh(s, error) : sqli__statement_ready(s, error));
    sqli__transaction_enter(s->engine);
    if (s->info.for_update && s->engine->in_transaction && s->locks)
        SQLI_TRY(sqli__transaction_write(s->engine, error));
    struct sqli_cursor *cursor = &s->cursor;
    s->engine->open_cursors += !insert;
    cursor->open = true;
    cursor->scroll = options->scroll;
    cursor->hold = options->hold;
    cursor->insert = insert;
    if (options->name.length)
        memcpy(cursor->name, options->name.data, options->name.length);
    cursor->name[options->name.length] = '\0';
    sqli__cursor_binary(s, options->binary);
    sqli__cursor_hold_lobs(s);
    return SQLI_OK;
}

void sqli__cursor_binary(struct sqli_statement *s, const bool *binary)
{
    for (uint32_t i = 0; i < s->info.column_count; i++)
        sqli__image_writer_init(&s->writers[i], &s->info.columns[i].type, binary && binary[i]);
}

bool sqli__cursor_is_open(const struct sqli_statement *s)
{
    return s->cursor.open;
}

static enum sqli_status require_rows(const struct sqli_statement *s, struct sqli_error *error)
{
    if (!s->cursor.open)
        return sqli__fail(error, SQLI_E_CURSOR_NOT_OPEN, NULL);
    if (s->cursor.insert)
        return sqli__fail(error, SQLI_E_CURSOR_INVALID, NULL);
    return SQLI_OK;
}

/* The next row, wherever it comes from. */
static enum sqli_status next_row(struct sqli_statement *s, struct sqli_buffer *out,
                                 struct sqli_error *error)
{
    struct sqli_cursor *cursor = &s->cursor;
    if (cursor->scroll) {
        int64_t ignored;
        return sqli__cursor_fetch_at(s, cursor->next + 1, out, &ignored, error);
    }
    if (cursor->spooled) {
        enum sqli_status status = spool_fetch(s, cursor->next, out, error);
        cursor->next += status == SQLI_OK;
        return status;
    }
    SQLI_TRY(step(s, error));
    cursor->rowid = step_rowid(s);
    return write_row(s, out, error);
}

enum sqli_status sqli__cursor_fetch(struct sqli_statement *s, struct sqli_buffer *out,
                                    int64_t *count, struct sqli_error *error)
{
    SQLI_TRY(require_rows(s, error));
    enum sqli_status status = next_row(s, out, error);
    if (status == SQLI_OK)
        s->cursor.rows++;
    else
        s->cursor.rowid = 0;
    *count = s->cursor.rows;
    return status;
}

enum sqli_status sqli__cursor_fetch_at(struct sqli_statement *s, int64_t number,
                                       struct sqli_buffer *out, int64_t *row,
                                       struct sqli_error *error)
{
    SQLI_TRY(require_rows(s, error));
    struct sqli_cursor *cursor = &s->cursor;
    if (!cursor->scroll)
        return sqli__fail(error, SQLI_E_CURSOR_INVALID, NULL);
    if (number < 0)
        return SQLI_MORE;
    SQLI_TRY(spool_until(s, number, error));
    *row = number ? number : cursor->last;
    if (*row == 0 || *row > cursor->last)
        return SQLI_MORE;
    cursor->next = *row;
    return spool_fetch(s, *row, out, error);
}

void sqli__cursor_close(struct sqli_statement *s)
{
    if (!s->cursor.open || s->cursor.running)
        return;
    sqli__call_reset(s);
    if (s->compiled)
        sqlite3_reset(s->compiled);
    if (s->cursor.spool_id)
        sqli__spool_drop(s->engine->spool, s->cursor.spool_id);
    sqli__cursor_release_lobs(s);
    s->engine->open_cursors -= !s->cursor.insert;
    s->cursor = (struct sqli_cursor){0};
}

/* --- WHERE CURRENT OF --- */

static char lower(uint8_t c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

/* Clients send the name as the program wrote it; in a statement it is folded. */
static bool same_name(struct sqli_span a, struct sqli_span b)
{
    bool same = a.length == b.length;
    for (size_t i = 0; i < a.length && same; i++)
        same = lower(a.data[i]) == lower(b.data[i]);
    return same;
}

static struct sqli_statement *find_cursor(const struct sqli_engine *engine, struct sqli_span name)
{
    struct sqli_statement *s = engine->statements;
    while (s && !(s->cursor.open && same_name(name, sqli__span_text(s->cursor.name))))
        s = s->next;
    return s;
}

/* FOR UPDATE OF names the columns that may change; without it all may. */
static enum sqli_status check_columns(const struct sqli_statement *s,
                                      const struct sqli_select *select, struct sqli_error *error)
{
    if (s->tree->kind != SQLI_STMT_UPDATE_CURRENT || select->update_column_count == 0)
        return SQLI_OK;
    const struct sqli_update *update = s->tree->as.update;
    for (const struct sqli_assignment *a = update->assignments; a; a = a->next) {
        struct sqli_span name = update->target->columns[a->index].name;
        uint32_t i = 0;
        while (i < select->update_column_count &&
               !sqli__span_equal(name, select->update_columns[i].text))
            i++;
        if (i == select->update_column_count)
            return sqli__fail(error, SQLI_E_COLUMN_NOT_FOR_UPDATE, "%.*s", (int)name.length,
                              (const char *)name.data);
    }
    return SQLI_OK;
}

enum sqli_status sqli__cursor_current(const struct sqli_statement *s, struct sqli_cursor **cursor,
                                      struct sqli_error *error)
{
    struct sqli_span name = s->tree->kind == SQLI_STMT_UPDATE_CURRENT
                                ? s->tree->as.update->cursor.text
                                : s->tree->as.remove->cursor.text;
    struct sqli_statement *of = find_cursor(s->engine, name);
    if (!of)
        return sqli__fail(error, SQLI_E_CURSOR_UNKNOWN, "%.*s",
                          (int)(name.length > SQLI_NAME_MAX ? SQLI_NAME_MAX : name.length),
                          (const char *)name.data);
    if (!of->positions)
        return sqli__fail(error, SQLI_E_CURSOR_NOT_FOR_UPDATE, "%s", of->cursor.name);
    if (!sqli__span_equal(s->target, of->target))
        return sqli__fail(error, SQLI_E_CURSOR_TABLE, "%s", of->cursor.name);
    SQLI_TRY(check_columns(s, of->tree->as.select, error));
    if (!of->cursor.rowid)
        return sqli__fail(error, SQLI_E_NO_CURRENT_ROW, "%s", of->cursor.name);
    *cursor = &of->cursor;
    return SQLI_OK;
}
