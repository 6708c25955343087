/* Rows of a file into a table, a batch at a time.
 *
 * The rows of the present batch are kept as they were read. So a row that the server refused can be
 * written down, and a bulk batch, which fails as a whole, can be undone and sent again row by row.
 */
#include "shell/copy.h"

#include "base/alloc.h"
#include "base/ascii.h"
#include "shell/progress.h"
#include "shell/rejects.h"
#include "shell/text.h"
#include "value/codeset.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* No more than a batch tells one by one when they fail. */
enum { BATCH_ROWS = 1000, BATCH_BYTES = 16 << 20, NO_LOG = -256, REASON_BYTES = 1024 };
static const char savepoint[] = "sqli_copy";

struct kept_row {
    size_t offset, length, line;
};

struct load {
    struct sqli_sh *sh;
    struct sqli_sh_copy *copy;
    sqli_stmt *stmt;
    size_t columns;
    struct sqli_column_info *column;
    struct sqli_sh_records records;
    struct sqli_sh_record record, again; /* of the file; one that was kept */
    struct sqli_sh_rejects rejects;
    struct sqli_sh_progress progress;

    struct sqli_codeset *codeset; /* of the database */
    struct sqli_buffer kept;      /* the rows of the batch, one behind the other */
    struct kept_row *row;
    size_t rows;
    bool in_batch;

    bool logged, own;                /* there are transactions; this one was begun here */
    int64_t read, stored, committed; /* rows */
    int64_t uncommitted;             /* rows read since */
    bool stop;                       /* the first bad row ended it, and was told */
};

static const char *message(const struct load *load)
{
    return sqli_errmsg(load->sh->db);
}

/* --- what to insert --- */

/* NULL: all of the table. */
static const char *column_list(const struct load *load)
{
    return load->copy->columns.length ? sqli__sh_z(&load->copy->columns) : NULL;
}

/* The columns as the server describes them, without their texts, which go with the statement. */
static bool describe_columns(struct load *load)
{
    struct sqli_buffer sql;
    sqli_stmt *stmt = NULL;
    const char *columns = column_list(load);
    sqli__buffer_init(&sql, SQLI_SH_TEXT_MAX);
    sqli__buffer_format(&sql, "SELECT %s FROM ", columns ? columns : "*");
    sqli__buffer_span(&sql, sqli__buffer_view(&load->copy->table));
    bool fine = sqli_prepare(load->sh->db, sqli__sh_z(&sql), -1, SQLI_NO_NAMES, &stmt) == SQLI_OK &&
                sqli_describe(stmt) == SQLI_OK;
    if (fine) {
        load->columns = (size_t)sqli_column_count(stmt);
        load->column = sqli__alloc_zeroed(load->columns, sizeof *load->column);
        fine = load->column;
    }
    for (size_t c = 0; fine && c < load->columns; c++) {
        load->column[c].size = sizeof load->column[c];
        fine = sqli_column_info(stmt, (int)c + 1, &load->column[c]) == SQLI_OK;
        load->column[c].name = load->column[c].type_name = NULL;
    }
    if (!fine)
        sqli__sh_report(load->sh, sqli__buffer_view(&sql), 0);
    sqli_finalize(stmt);
    sqli__buffer_free(&sql);
    return fine;
}

static bool prepare_insert(struct load *load)
{
    struct sqli_buffer sql;
    const char *columns = column_list(load);
    sqli__buffer_init(&sql, SQLI_SH_TEXT_MAX);
    sqli__buffer_text(&sql, "INSERT INTO ");
    sqli__buffer_span(&sql, sqli__buffer_view(&load->copy->table));
    if (columns)
        sqli__buffer_format(&sql, " (%s)", columns);
    for (size_t c = 0; c < load->columns; c++)
        sqli__buffer_text(&sql, c ? ", ?" : " VALUES (?");
    sqli__buffer_text(&sql, ")");
    bool fine = sqli_prepare(load->sh->db, sqli__sh_z(&sql), -1, 0, &load->stmt) == SQLI_OK &&
                sqli_describe(load->stmt) == SQLI_OK;
    if (!fine)
        sqli__sh_report(load->sh, sqli__buffer_view(&sql), 0);
    sqli__buffer_free(&sql);
    return fine;
}

/* --- values --- */

/* "00ff" as its bytes, over itself. False: it is no hexadecimal number of whole bytes. */
static bool unhex(struct sqli_span text, uint8_t *bytes)
{
    for (size_t i = 0; i + 1 < text.length; i += 2) {
        int high = sqli__hex_digit(text.data[i]), low = sqli__hex_digit(text.data[i + 1]);
        if (high < 0 || low < 0)
            return false;
        bytes[i / 2] = (uint8_t)(high << 4 | low);
    }
    return text.length % 2 == 0;
}

static int bind_value(struct load *load, int parameter, const struct sqli_column_info *column,
                      struct sqli_span value)
{
    const char *text = (const char *)value.data;
    ptrdiff_t length = (ptrdiff_t)value.length;
    switch (column->type) {
    case SQLI_BYTE:
    case SQLI_BLOB:
        /* The record is the load's own, and read once. */
        if (!unhex(value, (uint8_t *)(uintptr_t)value.data))
            return SQLI_DONE;
        return sqli_bind_bytes(load->stmt, parameter, column->type, value.data, value.length / 2);
    case SQLI_TEXT:
    case SQLI_CLOB:
        return sqli_bind_bytes(load->stmt, parameter, column->type, value.data, value.length);
    case SQLI_SET:
    case SQLI_MULTISET:
    case SQLI_LIST:
    case SQLI_ROWTYPE: return sqli_bind_composite(load->stmt, parameter, NULL, text, length);
    default: return sqli_bind_text(load->stmt, parameter, text, length);
    }
}

/* The server cuts what is too long, and says nothing. Blanks at the end are no loss. What cannot be
 * converted to the code set of the database is refused when it is bound. */
static bool fits(struct load *load, const struct sqli_column_info *column, struct sqli_span value)
{
    struct sqli_buffer converted;
    struct sqli_error error;
    while (value.length && value.data[value.length - 1] == ' ')
        value.length--;
    if (!sqli__sh_is_text(column->type) || (int64_t)value.length <= column->length ||
        !load->codeset)
        return true;
    sqli__buffer_init(&converted, SQLI_SH_TEXT_MAX);
    bool fine = sqli__codeset_from_utf8(load->codeset, value, &converted, &error) != SQLI_OK ||
                (int64_t)converted.length <= column->length;
    sqli__buffer_free(&converted);
    return fine;
}

/* False: `reason` says why the record is no row. */
static bool bind_record(struct load *load, const struct sqli_sh_record *record, char *reason)
{
    if (record->fields != load->columns) {
        snprintf(reason, REASON_BYTES, "%zu value%s for %zu column%s", record->fields,
                 record->fields == 1 ? "" : "s", load->columns, load->columns == 1 ? "" : "s");
        return false;
    }
    for (size_t c = 0; c < load->columns; c++) {
        struct sqli_span value = sqli__sh_field(record, c);
        if (!fits(load, &load->column[c], value)) {
            snprintf(reason, REASON_BYTES,
                     "value %zu: it is longer than the %lld bytes of the column", c + 1,
                     (long long)load->column[c].length);
            return false;
        }
        int result = value.data ? bind_value(load, (int)c + 1, &load->column[c], value)
                                : sqli_bind_null(load->stmt, (int)c + 1);
        if (result == SQLI_OK)
            continue;
        snprintf(reason, REASON_BYTES, "value %zu: %.600s", c + 1,
                 result == SQLI_DONE ? "these are no bytes in hexadecimal digits" : message(load));
        return false;
    }
    return true;
}

/* --- bad rows --- */

static void reject(struct load *load, struct sqli_span raw, size_t line, const char *reason)
{
    if (load->stop)
        return;
    if (!load->rejects.name) {
        sqli__sh_refuse(load->sh, "row at line %zu: %s", line, reason);
        load->stop = true;
    } else if (!sqli__sh_reject(&load->rejects, raw, line, reason)) {
        load->stop = true; /* which is told at the end */
    }
}

static struct sqli_span kept_text(const struct load *load, size_t row)
{
    return sqli__span(load->kept.data + load->row[row].offset, load->row[row].length);
}

static void reject_kept(struct load *load, size_t row, const char *reason)
{
    reject(load, kept_text(load, row), load->row[row].line, reason);
}

static void describe_error(const sqli_error *error, char *reason)
{
    snprintf(reason, REASON_BYTES, "%d [%s]: %s", sqli_err_code(error), sqli_err_sqlstate(error),
             sqli_err_message(error));
}

/* --- batches --- */

static bool is_lost(const struct load *load)
{
    return !sqli_is_open(load->sh->db);
}

/* Rows that are not in the batch any more are counted as what became of them. */
static void end_batch_each(struct load *load)
{
    char reason[REASON_BYTES];
    int64_t stored = 0, number;
    const sqli_error *error;
    int result = sqli_batch_end(load->stmt, &stored);
    if (is_lost(load))
        return;
    load->stored += stored;
    if (result != SQLI_FAIL)
        return;
    int64_t failures = sqli_batch_failures(load->stmt);
    for (int i = 0; i < failures && sqli_batch_failure(load->stmt, i, &number, &error) == SQLI_OK;
         i++) {
        describe_error(error, reason);
        if (number >= 0 && (size_t)number < load->rows)
            reject_kept(load, (size_t)number, reason);
    }
    if (failures == 0) {
        sqli__sh_report(load->sh, sqli__span(NULL, 0), 0);
        load->stop = true;
    }
}

/* One by one, for a batch whose rows were undone. */
static void send_again(struct load *load)
{
    char reason[REASON_BYTES];
    for (size_t i = 0; i < load->rows && !load->stop && !is_lost(load); i++) {
        sqli__sh_record_parse(&load->records.dialect, kept_text(load, i), true, &load->again);
        if (!bind_record(load, &load->again, reason)) {
            reject_kept(load, i, reason);
            continue;
        }
        if (sqli_step(load->stmt) != SQLI_FAIL) {
            load->stored++;
            continue;
        }
        describe_error(sqli_last_error(load->sh->db), reason);
        if (!is_lost(load))
            reject_kept(load, i, reason);
    }
}

static void end_batch_bulk(struct load *load)
{
    char reason[REASON_BYTES];
    int64_t stored = 0;
    if (sqli_batch_end(load->stmt, &stored) != SQLI_FAIL) {
        load->stored += stored;
        if (load->logged)
            sqli_release_savepoint(load->sh->db, savepoint);
        return;
    }
    describe_error(sqli_last_error(load->sh->db), reason);
    if (is_lost(load))
        return;
    if (!load->logged) {
        sqli__sh_refuse(load->sh,
                        "%s; the database has no log, so that some of the %zu rows from line %zu "
                        "on may be stored",
                        reason, load->rows, load->row[0].line);
        load->stop = true;
    } else if (sqli_rollback_to(load->sh->db, savepoint) != SQLI_OK) {
        sqli__sh_report(load->sh, sqli__span(NULL, 0), 0);
        load->stop = true;
    } else {
        send_again(load);
    }
}

static void forget_kept(struct load *load)
{
    load->rows = 0;
    sqli__buffer_clear(&load->kept);
}

static void keep(struct load *load, const struct sqli_sh_record *record)
{
    load->row[load->rows++] =
        (struct kept_row){load->kept.length, record->raw.length, record->line};
    sqli__buffer_span(&load->kept, record->raw);
}

/* A row that does not go into an insert cursor may still be one that the server understands. */
static void send_alone(struct load *load, const struct sqli_sh_record *record)
{
    end_batch_bulk(load);
    load->in_batch = false;
    forget_kept(load);
    keep(load, record);
    send_again(load);
    forget_kept(load);
}

static bool begin_transaction(struct load *load)
{
    load->logged = true;
    if (sqli__sh_in_transaction(load->sh))
        return true;
    if (sqli__sh_is_ansi(load->sh)) {
        load->own = true; /* it is open, and nothing was done in it */
        return true;
    }
    load->own = sqli_begin(load->sh->db) == SQLI_OK;
    load->logged = load->own || sqli_errcode(load->sh->db) != NO_LOG;
    if (load->own || !load->logged)
        return true;
    sqli__sh_report(load->sh, sqli__span(NULL, 0), 0);
    return false;
}

/* Bad rows are gone for good once the others are committed and theirs could not be written. */
static void commit(struct load *load)
{
    if (!sqli__sh_rejects_flush(&load->rejects)) {
        load->stop = true; /* which is told at the end */
        return;
    }
    if (load->own && sqli_commit(load->sh->db) != SQLI_OK) {
        sqli__sh_report(load->sh, sqli__span(NULL, 0), 0);
        load->stop = true;
        return;
    }
    load->committed = load->stored;
    load->uncommitted = 0;
}

static void end_batch(struct load *load)
{
    if (load->in_batch && load->copy->bulk)
        end_batch_bulk(load);
    else if (load->in_batch)
        end_batch_each(load);
    load->in_batch = false;
    forget_kept(load);
    if (load->stop || is_lost(load))
        return;
    int64_t every = load->copy->commit_every;
    if (load->own && every && load->uncommitted >= every) {
        commit(load);
        if (load->stop)
            return;
        load->own = false;
        load->stop = !begin_transaction(load);
    }
}

static bool begin_batch(struct load *load)
{
    bool bulk = load->copy->bulk;
    if (load->in_batch)
        return true;
    load->in_batch =
        (!bulk || !load->logged || sqli_savepoint(load->sh->db, savepoint) == SQLI_OK) &&
        sqli_batch_begin(load->stmt, bulk ? SQLI_BATCH_BULK : SQLI_BATCH_EACH) == SQLI_OK;
    if (!load->in_batch) {
        sqli__sh_report(load->sh, sqli__span(NULL, 0), 0);
        load->stop = true;
    }
    return load->in_batch;
}

static bool batch_is_full(const struct load *load)
{
    int64_t every = load->copy->commit_every;
    return load->rows == BATCH_ROWS || load->kept.length > BATCH_BYTES ||
           (every && load->uncommitted >= every);
}

static void load_record(struct load *load, struct sqli_sh_record *record)
{
    char reason[REASON_BYTES];
    load->read++;
    load->uncommitted++;
    if (!begin_batch(load))
        return;
    if (!bind_record(load, record, reason)) {
        /* Without a file for bad rows the first one counts, which may still be under way. */
        if (!load->rejects.name)
            end_batch(load);
        reject(load, record->raw, record->line, reason);
    } else if (sqli_batch_row(load->stmt) != SQLI_FAIL) {
        keep(load, record);
    } else if (load->copy->bulk && !is_lost(load)) {
        send_alone(load, record);
    } else if (!is_lost(load)) {
        describe_error(sqli_last_error(load->sh->db), reason);
        reject(load, record->raw, record->line, reason);
    }
    if (batch_is_full(load))
        end_batch(load);
}

/* --- the whole --- */

static bool is_understood(const struct load *load)
{
    const struct sqli_sh_dialect *dialect = &load->records.dialect;
    if (dialect->csv || sqli__sh_unload_can((char)dialect->delimiter, dialect->null))
        return true;
    sqli__sh_complain(load->sh, SQLI_SH_UNLOAD_CANNOT);
    return false;
}

/* Where the rows are lines of what is being read; NULL: they are not. */
static struct sqli_sh_input *inline_rows(const struct sqli_sh *sh, const struct sqli_sh_copy *copy)
{
    return copy->standard && sh->input && sh->input->file >= 0 ? sh->input : NULL;
}

void sqli__sh_copy_pass_over(struct sqli_sh *sh, const struct sqli_sh_copy *copy)
{
    struct sqli_sh_records records;
    sqli__sh_records_init(&records, &(struct sqli_sh_dialect){0});
    records.input = inline_rows(sh, copy);
    if (records.input && records.input->name && !sqli__sh_interrupted)
        sqli__sh_records_skip(&records);
    sqli__sh_records_free(&records);
}

static bool open_source(struct load *load)
{
    const char *name = sqli__sh_z(&load->copy->file);
    struct stat about;
    load->records.input = inline_rows(load->sh, load->copy);
    if (!load->records.input)
        load->records.file = load->copy->standard ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC);
    if (!load->records.input && load->records.file < 0) {
        sqli__sh_complain(load->sh, "%s: %s", name, strerror(errno));
        return false;
    }
    bool shown =
        !load->records.input &&
        sqli__sh_decide(load->sh->settings.number[SQLI_SH_PROGRESS], isatty(STDERR_FILENO));
    sqli__sh_progress_begin(&load->progress, shown);
    if (load->records.file > 0 && fstat(load->records.file, &about) == 0 && about.st_size > 0)
        load->progress.bytes_total = (uint64_t)about.st_size;
    return true;
}

static bool open_rejects(struct load *load)
{
    struct sqli_sh_rejects *rejects = &load->rejects;
    if (!rejects->name || sqli__sh_rejects_open(rejects, load->records.file, load->sh->input))
        return true;
    sqli__sh_complain(load->sh, "%s: %s", rejects->name,
                      rejects->failed ? strerror(rejects->failed)
                                      : "bad rows, and why they are, cannot go to a file that "
                                        "is being read");
    return false;
}

static void load_records(struct load *load)
{
    enum sqli_sh_next next = SQLI_SH_NO_RECORD;
    if (load->records.input && !load->records.input->name)
        sqli__sh_say(load->sh, "A row on each line; \\. on a line of its own ends them.\n");
    if (load->copy->header)
        sqli__sh_records_next(&load->records, &load->record);
    while (!load->stop && !is_lost(load) && !sqli__sh_interrupted &&
           (next = sqli__sh_records_next(&load->records, &load->record)) == SQLI_SH_RECORD) {
        load_record(load, &load->record);
        sqli__sh_progress(&load->progress, load->read, load->records.bytes);
    }
    if (!sqli__sh_interrupted)
        sqli__sh_records_skip(&load->records);
    if (!load->stop && next == SQLI_SH_BROKEN_RECORD)
        reject(load, load->record.raw, load->record.line, "the record does not end");
    if (!load->stop && next == SQLI_SH_READ_FAILED && !sqli__sh_interrupted) {
        sqli__sh_complain(load->sh, "reading failed: %s", strerror(errno));
        load->stop = true;
    }
    if (!is_lost(load))
        end_batch(load);
}

/* All or nothing since the last commit, unless the transaction is the user's. */
static bool finish(struct load *load)
{
    bool fine = !load->stop && !is_lost(load) && !sqli__sh_interrupted;
    if (fine) {
        commit(load);
        fine = !load->stop;
    }
    if (!fine && load->own && !is_lost(load))
        sqli_rollback(load->sh->db);
    return fine;
}

static void tell(struct load *load, bool fine)
{
    char rate[128];
    struct sqli_sh *sh = load->sh;
    sqli__sh_progress_end(&load->progress);
    sqli__sh_rate(rate, sizeof rate, load->committed, sqli__sh_now() - load->progress.start);
    if (is_lost(load))
        sqli__sh_report(sh, sqli__span(NULL, 0), 0);
    if (!sqli__sh_rejects_close(&load->rejects))
        sqli__sh_complain(sh, "%s: %s", load->rejects.name, strerror(load->rejects.failed));
    if (!fine && !load->own && load->logged && !is_lost(load))
        sqli__sh_say(sh, "%lld rows are in the transaction, which is open\n",
                     (long long)load->stored);
    else if (!fine)
        sqli__sh_say(sh, "stopped: %lld rows are loaded, what came behind is undone\n",
                     (long long)(load->logged ? load->committed : load->stored));
    else
        sqli__sh_say(sh, "loaded %s\n", rate);
    if (!load->rejects.count || load->rejects.failed)
        return;
    sqli__sh_say(sh, "%lld bad row%s in %s, the reason%s in %s.why\n",
                 (long long)load->rejects.count, load->rejects.count == 1 ? " is" : "s are",
                 load->rejects.name, load->rejects.count == 1 ? "" : "s", load->rejects.name);
    sqli__sh_fail(sh, SQLI_SH_FAILED);
}

static void load_init(struct load *load, struct sqli_sh *sh, struct sqli_sh_copy *copy)
{
    bool csv = copy->format == SQLI_SH_FORMAT_CSV;
    const struct sqli_sh_dialect dialect = {.csv = csv,
                                            .delimiter = copy->delimiter ? copy->delimiter
                                                         : csv           ? ','
                                                                         : '|',
                                            .null = sqli__sh_z(&copy->null)};
    *load = (struct load){.sh = sh, .copy = copy};
    sqli__sh_records_init(&load->records, &dialect);
    sqli__sh_record_init(&load->record);
    sqli__sh_record_init(&load->again);
    sqli__buffer_init(&load->kept, SQLI_SH_TEXT_MAX);
    load->row = sqli__alloc_zeroed(BATCH_ROWS, sizeof *load->row);
    struct sqli_error error;
    sqli__codeset_open(sqli__span_text(sqli_info(sh->db, "locale")), &load->codeset, &error);
    load->rejects.name = copy->bad.length ? sqli__sh_z(&copy->bad) : NULL;
}

static void load_free(struct load *load)
{
    sqli_finalize(load->stmt);
    sqli__sh_records_free(&load->records);
    sqli__sh_record_free(&load->record);
    sqli__sh_record_free(&load->again);
    sqli__buffer_free(&load->kept);
    sqli__free(load->row);
    sqli__free(load->column);
    sqli__codeset_close(load->codeset);
    sqli__sh_rejects_close(&load->rejects);
}

bool sqli__sh_copy_in(struct sqli_sh *sh, struct sqli_sh_copy *copy)
{
    struct load load;
    if (!sqli__sh_connected(sh)) {
        sqli__sh_copy_pass_over(sh, copy);
        return false;
    }
    load_init(&load, sh, copy);
    sqli__sh_interrupted = 0;
    sqli__sh_cancel_begin(sh);
    bool fine = load.row && is_understood(&load) && open_source(&load) && describe_columns(&load) &&
                prepare_insert(&load) && open_rejects(&load) && begin_transaction(&load);
    if (fine) {
        load_records(&load);
        fine = finish(&load);
        tell(&load, fine);
    } else {
        sqli__sh_copy_pass_over(sh, copy);
    }
    sqli__sh_cancel_end(sh);
    if (!fine)
        sqli__sh_fail(sh, is_lost(&load) ? SQLI_SH_CONNECT : SQLI_SH_FAILED);
    load_free(&load);
    return fine;
}
