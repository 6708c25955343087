/* Which constraint failed: from SQLite's message to the names that people gave. */
#include "server/store/catalog_inside.h"

#include "base/ascii.h"

#include <stdio.h>

/* What a message says: "UNIQUE constraint failed: t100.c1, t100.c2", "... index 'x100_3n'",
 * "NOT NULL constraint failed: t100.c2", "CHECK constraint failed: k7". */
struct complaint {
    int32_t tabid;
    int32_t index; /* number of the index; 0 not said */
    int32_t constraint;
    int32_t columns[SQLI_INDEX_PARTS];
    uint32_t count;
};

struct naming {
    struct sqli_store *store;
    struct complaint complaint;
    struct sqli_span schema;
    char index[SQLI_NAME_MAX + 1];
    char text[2 * SQLI_NAME_MAX + 48]; /* what goes to the client */
};

/* --- the message --- */

static int32_t number_at(const char **at)
{
    int32_t number = 0;
    while (sqli__is_digit((uint8_t) * *at) && number < INT32_MAX / 10 - 1)
        number = number * 10 + (*(*at)++ - '0');
    return number;
}

/* t100.c1 */
static void read_column(const char **at, struct complaint *complaint)
{
    *at += 1;
    complaint->tabid = number_at(at);
    if (strncmp(*at, ".c", 2) != 0 || complaint->count == SQLI_INDEX_PARTS)
        return;
    *at += 2;
    complaint->columns[complaint->count++] = number_at(at);
}

static void read_message(const char *message, struct complaint *complaint)
{
    static const char mark[] = "failed: ";
    const char *at = strstr(message, mark);
    if (!at)
        return;
    at += sizeof mark - 1;
    if (strncmp(at, "index 'x", 8) == 0) {
        at += 8;
        complaint->tabid = number_at(&at);
        at += *at == '_';
        complaint->index = number_at(&at);
    } else if (*at == 'k') {
        at++;
        complaint->constraint = number_at(&at);
    }
    while (*at == 't') {
        read_column(&at, complaint);
        at += strncmp(at, ", ", 2) == 0 ? 2 : 0;
    }
}

/* --- names --- */

static void print_name(struct naming *naming, sqlite3_stmt *row)
{
    const char *owner = (const char *)sqlite3_column_text(row, 0);
    int length = sqlite3_column_bytes(row, 0);
    while (length && owner[length - 1] == ' ')
        length--;
    snprintf(naming->text, sizeof naming->text, "%.*s.%s", length, owner ? owner : "",
             (const char *)sqlite3_column_text(row, 1));
}

static enum sqli_status on_name(void *context, sqlite3_stmt *row, struct sqli_error *error)
{
    (void)error;
    print_name(context, row);
    return SQLI_OK;
}

static enum sqli_status on_index(void *context, sqlite3_stmt *row, struct sqli_error *error)
{
    struct naming *naming = context;
    const struct complaint *complaint = &naming->complaint;
    bool same = complaint->index == sqlite3_column_int(row, 1);
    (void)error;
    if (complaint->index == 0) {
        same = true;
        for (uint32_t i = 0; i < SQLI_INDEX_PARTS && same; i++) {
            int32_t part = sqlite3_column_int(row, 2 + (int)i);
            same = (part < 0 ? -part : part) == (i < complaint->count ? complaint->columns[i] : 0);
        }
    }
    if (same)
        snprintf(naming->index, sizeof naming->index, "%s",
                 (const char *)sqlite3_column_text(row, 0));
    return SQLI_OK;
}

/* Runs a query with "%s" for the schema. A failure leaves the name empty, no more: the error that
 * is being made is the one that counts. */
static void ask(struct naming *naming, sqli_on_row *on_row, const char *format, int32_t number,
                const char *text)
{
    char sql[SQLI_CATALOG_SQL_MAX];
    sqli__catalog_sql(sql, naming->schema, format);
    if (text)
        sqli__store_run(naming->store, on_row, naming, NULL, sql, "it", number, text);
    else
        sqli__store_run(naming->store, on_row, naming, NULL, sql, "i", number);
}

static void fail_unique(struct naming *naming, struct sqli_error *error)
{
    ask(naming, on_index,
        "SELECT idxname, number, part1, part2, part3, part4, part5, part6, part7, part8, part9, "
        "part10, part11, part12, part13, part14, part15, part16 FROM %s.sysindices WHERE "
        "tabid = ? AND idxtype = 'U'",
        naming->complaint.tabid, NULL);
    ask(naming, on_name,
        "SELECT owner, constrname FROM %s.sysconstraints WHERE tabid = ? AND idxname = ?",
        naming->complaint.tabid, naming->index);
    sqli__fail_server(error, naming->text[0] ? SQLI_E_UNIQUE_CONSTRAINT : SQLI_E_DUPLICATE,
                      SQLI_E_ISAM_DUPLICATE, 0,
                      sqli__span_text(naming->text[0] ? naming->text : naming->index));
}

static void fail_not_null(struct naming *naming, struct sqli_error *error)
{
    char sql[SQLI_CATALOG_SQL_MAX];
    sqli__catalog_sql(sql, naming->schema,
                      "SELECT t.tabname, c.colname FROM %s.systables t JOIN %s.syscolumns c ON "
                      "c.tabid = t.tabid WHERE t.tabid = ? AND c.colno = ?");
    sqli__store_run(naming->store, on_name, naming, NULL, sql, "ii", naming->complaint.tabid,
                    naming->complaint.columns[0]);
    sqli__fail_server(error, SQLI_E_NOT_NULL, 0, 0, sqli__span_text(naming->text));
}

static void fail_named(struct naming *naming, int32_t constraint, int32_t code, int32_t isam,
                       struct sqli_error *error)
{
    ask(naming, on_name, "SELECT owner, constrname FROM %s.sysconstraints WHERE constrid = ?",
        constraint, NULL);
    sqli__fail_server(error, code, isam, 0, sqli__span_text(naming->text));
}

void sqli__catalog_constraint_error(struct sqli_catalog *catalog, struct sqli_span physical,
                                    int extended_code, const char *message,
                                    struct sqli_error *error)
{
    struct sqli_store *store = sqli__catalog_store(catalog);
    struct naming naming = {.store = store};
    bool parent = store->foreign_key_parent;
    read_message(message ? message : "", &naming.complaint);
    bool temp = naming.complaint.tabid >= SQLI_FIRST_TEMP_TABLE ||
                naming.complaint.constraint >= SQLI_FIRST_TEMP_TABLE;
    bool other = physical.length && physical.data[0] == '"';
    naming.schema =
        other ? sqli__physical_schema(physical) : sqli__span_text(temp ? "temp" : "main");
    switch (extended_code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY: fail_unique(&naming, error); break;
    case SQLITE_CONSTRAINT_NOTNULL: fail_not_null(&naming, error); break;
    case SQLITE_CONSTRAINT_CHECK:
        fail_named(&naming, naming.complaint.constraint, SQLI_E_CHECK_CONSTRAINT, 0, error);
        break;
    case SQLITE_CONSTRAINT_FOREIGNKEY:
        fail_named(&naming, store->foreign_key,
                   parent ? SQLI_E_CHILD_PRESENT : SQLI_E_PARENT_MISSING,
                   parent ? 0 : SQLI_E_ISAM_NO_RECORD, error);
        break;
    default: sqli__store_fail(store, extended_code, error); break;
    }
}

/* --- deferred foreign keys --- */

struct violation {
    int32_t child, parent; /* tabids */
};

/* PRAGMA foreign_key_check: the table, the row, the table that it refers to. */
static enum sqli_status on_violation(void *context, sqlite3_stmt *row, struct sqli_error *error)
{
    struct violation *violation = context;
    const char *child = (const char *)sqlite3_column_text(row, 0);
    const char *parent = (const char *)sqlite3_column_text(row, 2);
    (void)error;
    if (violation->child || !child || !parent)
        return SQLI_OK;
    child++;
    parent++;
    violation->child = number_at(&child);
    violation->parent = number_at(&parent);
    return SQLI_OK;
}

bool sqli__catalog_deferred_error(struct sqli_catalog *catalog, struct sqli_error *error)
{
    struct naming naming = {.store = sqli__catalog_store(catalog),
                            .schema = sqli__span_text("main")};
    struct violation violation = {.child = 0};
    int open = 0, most = 0;
    sqlite3_db_status(naming.store->db, SQLITE_DBSTATUS_DEFERRED_FKS, &open, &most, 0);
    if (!open)
        return false;
    sqli__store_run(naming.store, on_violation, &violation, NULL, "PRAGMA foreign_key_check", "");
    sqli__store_run(naming.store, on_name, &naming, NULL,
                    "SELECT c.owner, c.constrname FROM main.sysconstraints c, main.sysreferences r "
                    "WHERE r.constrid = c.constrid AND c.tabid = ? AND r.ptabid = ? LIMIT 1",
                    "ii", violation.child, violation.parent);
    sqli__fail_server(error, SQLI_E_PARENT_MISSING, SQLI_E_ISAM_NO_RECORD, 0,
                      sqli__span_text(naming.text));
    return true;
}
