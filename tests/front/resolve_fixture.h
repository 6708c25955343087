/* A database with a few tables, and statements taken through parser, resolver and emitter. */
#ifndef SQLI_TESTS_FRONT_RESOLVE_FIXTURE_H
#define SQLI_TESTS_FRONT_RESOLVE_FIXTURE_H

#include "tests/support/support.h"

#include "server/front/emit.h"
#include "server/front/parse.h"
#include "server/front/resolve.h"
#include "server/store/storage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIXTURE_LIMIT = 64 << 20, FIXTURE_FIRST_TABLE = 100 };

struct fixture {
    struct sqli_databases *databases;
    struct sqli_runtime runtime;
    struct sqli_store *store;
    struct sqli_catalog *catalog;
    struct sqli_arena arena;
    struct sqli_buffer text;
    struct sqli_error error;
    struct sqli_statement_tree *tree; /* of the last statement */
};

/* --- tables --- */

struct fixture_column {
    const char *name;
    const char *type; /* NOT NULL may follow */
    const char *default_kind;
    const char *default_text;
};

struct fixture_table {
    const char *name;
    struct fixture_column columns[12];
};

static const struct fixture_table fixture_tables[] = {
    {"num",
     {{"i", "integer", NULL, NULL},
      {"s", "smallint", NULL, NULL},
      {"b", "bigint", NULL, NULL},
      {"e", "int8", NULL, NULL},
      {"d", "decimal(8,2)", NULL, NULL},
      {"f", "float", NULL, NULL},
      {"sf", "smallfloat", NULL, NULL},
      {"m", "money(10,2)", NULL, NULL},
      {"df", "decimal(16)", NULL, NULL}}},
    {"txt",
     {{"c", "char(4)", NULL, NULL},
      {"v", "varchar(20)", NULL, NULL},
      {"n", "nchar(8)", NULL, NULL},
      {"l", "lvarchar(500)", NULL, NULL},
      {"long", "varchar(200)", NULL, NULL},
      {"t", "text", NULL, NULL}}},
    {"tim",
     {{"day", "date", NULL, NULL},
      {"ts", "datetime year to second", NULL, NULL},
      {"fr", "datetime year to fraction(3)", NULL, NULL},
      {"ym", "datetime year to month", NULL, NULL},
      {"hm", "datetime hour to minute", NULL, NULL},
      {"iv", "interval day(3) to second", NULL, NULL},
      {"ivy", "interval year to month", NULL, NULL}}},
    {"mix",
     {{"id", "serial not null", NULL, NULL},
      {"flag", "boolean", NULL, NULL},
      {"r", "ROW(name varchar(50), age integer)", NULL, NULL},
      {"st", "SET(integer not null)", NULL, NULL},
      {"req", "integer not null", NULL, NULL},
      {"dv", "varchar(10)", "L", "'it''s'"},
      {"dd", "date", "T", "today"},
      {"du", "char(32)", "U", "user"},
      {"dn", "decimal(8,2)", "L", "7"}}},
    {"num2", {{"i", "integer", NULL, NULL}, {"x", "integer", NULL, NULL}}},
};

static inline void fixture_run(struct fixture *f, const char *sql)
{
    struct sqli_error error;
    if (sqli__store_run(f->store, NULL, NULL, &error, sql, "") != SQLI_OK)
        fail_msg("%s: %s", sql, error.message);
}

static inline void fixture_column_type(struct fixture *f, const char *text, struct sqli_type *type)
{
    char whole[200];
    struct sqli_schema *schema;
    const char *not_null = strstr(text, " not null");
    bool last = not_null && strcmp(not_null, " not null") == 0;
    int length = last ? (int)(not_null - text) : (int)strlen(text);
    snprintf(whole, sizeof whole, "%.*s", length, text);
    assert_int_equal(sqli__schema_parse(sqli__span_text(whole), &f->arena, &schema, &f->error),
                     SQLI_OK);
    *type = schema->type;
    if (last)
        type->flags |= SQLI_TYPE_NOT_NULL;
}

static inline void fixture_add_column(struct fixture *f, int tabid, int number,
                                      const struct fixture_column *column, char *physical,
                                      size_t room)
{
    static int extended = 5000;
    struct sqli_type type;
    fixture_column_type(f, column->type, &type);
    size_t at = strlen(physical);
    snprintf(physical + at, room - at, "%sc%d %s", number > 1 ? ", " : "", number,
             sqli__storage_declaration(&type));
    bool composite = type.code >= SQLI_TYPE_SET && type.code <= SQLI_TYPE_ROW;
    int id = composite ? ++extended : type.extended_id;
    if (composite)
        assert_int_equal(sqli__store_run(f->store, NULL, NULL, &f->error,
                                         "INSERT INTO main.sysxtddesc (extended_id, seqno, "
                                         "description) VALUES (?, 1, ?)",
                                         "it", id, column->type),
                         SQLI_OK);
    assert_int_equal(
        sqli__store_run(f->store, NULL, NULL, &f->error,
                        "INSERT INTO main.syscolumns (colname, tabid, colno, coltype, collength, "
                        "extended_id) VALUES (?, ?, ?, ?, ?, ?)",
                        "tiiiii", column->name, tabid, number, type.code | type.flags,
                        type.length > 32767 ? type.length - 65536 : type.length, id),
        SQLI_OK);
    if (column->default_kind)
        assert_int_equal(sqli__store_run(f->store, NULL, NULL, &f->error,
                                         "INSERT INTO main.sysdefaults (tabid, colno, type, "
                                         "default_, class) VALUES (?, ?, ?, ?, 'T')",
                                         "iitt", tabid, number, column->default_kind,
                                         column->default_text),
                         SQLI_OK);
}

static inline void fixture_add_table(struct fixture *f, int tabid,
                                     const struct fixture_table *table)
{
    char columns[1000] = "";
    char sql[1200];
    int count = 0;
    for (; table->columns[count].name; count++)
        fixture_add_column(f, tabid, count + 1, &table->columns[count], columns, sizeof columns);
    assert_int_equal(sqli__store_run(f->store, NULL, NULL, &f->error,
                                     "INSERT INTO main.systables (tabname, owner, tabid, ncols, "
                                     "tabtype) VALUES (?, "
                                     "'informix                        ', ?, ?, 'T')",
                                     "tii", table->name, tabid, count),
                     SQLI_OK);
    snprintf(sql, sizeof sql, "CREATE TABLE main.t%d (%s) STRICT", tabid, columns);
    fixture_run(f, sql);
}

/* --- opening and closing --- */

static inline int fixture_open(void **state)
{
    static struct fixture fixture;
    struct fixture *f = &fixture;
    struct sqli_databases_options options = {.memory = true, .lock_wait_ms = 1000};
    memset(f, 0, sizeof *f);
    f->runtime.settings.date_format = sqli__date_iso;
    f->runtime.settings.century = 2000;
    f->runtime.settings.now =
        (struct sqli_datetime){SQLI_QUALIFIER_YEAR_TO_FRACTION5, 2026, 5, 4, 12, 34, 56, 78900};
    snprintf(f->runtime.user, sizeof f->runtime.user, "informix");
    snprintf(f->runtime.server_name, sizeof f->runtime.server_name, "ol_test");
    f->runtime.session_id = 17;
    sqli__buffer_init(&f->runtime.scratch, FIXTURE_LIMIT);
    sqli__arena_init(&f->arena, FIXTURE_LIMIT);
    sqli__buffer_init(&f->text, FIXTURE_LIMIT);
    *state = f;
    if (sqli__databases_open(&options, &f->databases, &f->error) ||
        sqli__databases_create(f->databases, sqli__span_text("work"), SQLI_LOGGING_LOG,
                               sqli__span_text("informix"), sqli__span_text("en_US.utf8"),
                               &f->error) ||
        sqli__store_open(f->databases, sqli__span_text("work"), &f->runtime, &f->store,
                         &f->error) ||
        sqli__catalog_open(f->store, &f->catalog, &f->error)) {
        print_error("%d %s\n", f->error.code, f->error.message);
        return -1;
    }
    for (size_t i = 0; i < sizeof fixture_tables / sizeof fixture_tables[0]; i++)
        fixture_add_table(f, FIXTURE_FIRST_TABLE + (int)i, &fixture_tables[i]);
    sqli__catalog_forget(f->catalog);
    return 0;
}

static inline int fixture_close(void **state)
{
    struct fixture *f = *state;
    sqli__catalog_close(f->catalog);
    sqli__store_close(f->store);
    sqli__databases_close(f->databases);
    sqli__buffer_free(&f->runtime.scratch);
    sqli__buffer_free(&f->text);
    sqli__arena_free(&f->arena);
    return 0;
}

/* --- statements --- */

static inline enum sqli_status fixture_resolve(struct fixture *f, const char *sql)
{
    struct sqli_parse_options options = {.delimident = false};
    sqli__arena_reset(&f->arena);
    sqli__error_clear(&f->error);
    SQLI_TRY(sqli__parse(sqli__span_text(sql), &options, &f->arena, &f->tree, &f->error));
    return sqli__resolve(f->catalog, sqli__span_text(sql), &f->arena, f->tree, &f->error);
}

static inline const char *fixture_text(struct fixture *f)
{
    sqli__buffer_byte(&f->text, '\0');
    return (const char *)f->text.data;
}

/* The SQL that the emitter makes of it. */
static inline const char *fixture_sql(struct fixture *f)
{
    struct sqli_emit_options options = {false};
    struct sqli_statement_tree *tree = f->tree;
    enum sqli_status status;
    sqli__buffer_clear(&f->text);
    switch (tree->kind) {
    case SQLI_STMT_INSERT: status = sqli__emit_insert(tree->as.insert, &f->text, &f->error); break;
    case SQLI_STMT_UPDATE:
    case SQLI_STMT_UPDATE_ALL:
        status = sqli__emit_update(tree->as.update, tree->parameter_count, &f->text, &f->error);
        break;
    case SQLI_STMT_DELETE:
    case SQLI_STMT_DELETE_ALL:
        status = sqli__emit_delete(tree->as.remove, tree->parameter_count, &f->text, &f->error);
        break;
    default: status = sqli__emit_select(tree->as.select, &options, &f->text, &f->error); break;
    }
    if (status != SQLI_OK)
        fail_msg("emit: %d %s", (int)f->error.code, f->error.message);
    return fixture_text(f);
}

/* "name type, name type": the columns of a SELECT; a type that allows no NULL has a `!`. */
static inline const char *fixture_columns(struct fixture *f)
{
    sqli__buffer_clear(&f->text);
    for (const struct sqli_select_item *item = f->tree->as.select->items; item; item = item->next) {
        sqli__buffer_span(&f->text, item->name);
        sqli__buffer_byte(&f->text, ' ');
        sqli__type_print(&item->expr->type, &f->text);
        sqli__buffer_text(&f->text, item->expr->nullable ? "" : "!");
        sqli__buffer_text(&f->text, item->next ? ", " : "");
    }
    return fixture_text(f);
}

static inline const char *fixture_parameters(struct fixture *f)
{
    sqli__buffer_clear(&f->text);
    for (uint32_t i = 0; i < f->tree->parameter_count; i++) {
        sqli__buffer_text(&f->text, i ? ", " : "");
        sqli__type_print(&f->tree->parameters[i], &f->text);
    }
    return fixture_text(f);
}

/* --- running --- */

static inline void fixture_add_value(struct fixture *f, const struct sqli_type *type,
                                     sqlite3_value *stored)
{
    struct sqli_value value;
    if (sqlite3_value_type(stored) == SQLITE_NULL)
        sqli__buffer_text(&f->text, "NULL");
    else if (sqli__storage_load(type, stored, &value, &f->error) ||
             sqli__value_to_text(type, &value, &sqli__date_iso, &f->text, &f->error))
        fail_msg("value: %d %s", (int)f->error.code, f->error.message);
}

static inline void fixture_add_row(struct fixture *f, sqlite3_stmt *row)
{
    int column = 0;
    for (const struct sqli_select_item *item = f->tree->as.select->items; item; item = item->next) {
        sqli__buffer_text(&f->text, column ? "|" : "");
        fixture_add_value(f, &item->expr->type, sqlite3_column_value(row, column++));
    }
}

/* "a|b;c|d", or "!code" */
static inline const char *fixture_rows(struct fixture *f)
{
    sqlite3 *db = sqli__store_sqlite(f->store);
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(db, fixture_sql(f), -1, &statement, NULL);
    sqli__buffer_clear(&f->text);
    sqli__error_clear(&f->runtime.error);
    while (statement && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        sqli__buffer_text(&f->text, f->text.length ? ";" : "");
        fixture_add_row(f, statement);
    }
    if (code != SQLITE_DONE) {
        sqli__buffer_clear(&f->text);
        sqli__buffer_format(&f->text, "!%d", (int)f->runtime.error.code);
        if (!f->runtime.error.code)
            sqli__buffer_text(&f->text, sqlite3_errmsg(db));
    }
    sqlite3_finalize(statement);
    return fixture_text(f);
}

#endif
