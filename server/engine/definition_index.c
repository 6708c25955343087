/* Indexes: x<tabid>_<number> in SQLite, the name that people gave in sysindices. */
#include "server/engine/definition_inside.h"

#include <stdio.h>

/* --- looking --- */

struct search {
    const int32_t *parts;
    uint32_t count;
    char name[SQLI_NAME_MAX + 1];
};

static enum sqli_status on_index(void *context, sqlite3_stmt *row, struct sqli_error *error)
{
    struct search *search = context;
    (void)error;
    for (uint32_t i = 0; i < SQLI_INDEX_PARTS; i++)
        if (sqlite3_column_int(row, 1 + (int)i) != (i < search->count ? search->parts[i] : 0))
            return SQLI_OK;
    snprintf(search->name, sizeof search->name, "%s", (const char *)sqlite3_column_text(row, 0));
    return SQLI_OK;
}

enum sqli_status sqli__find_index(struct sqli_definition *definition, int32_t tabid,
                                  const int32_t *parts, uint32_t count, char name[129])
{
    struct search search = {.parts = parts, .count = count};
    SQLI_TRY(sqli__definition_ask(
        definition, on_index, &search,
        "SELECT idxname, part1, part2, part3, part4, part5, part6, part7, part8, part9, part10, "
        "part11, part12, part13, part14, part15, part16 FROM %s.sysindices WHERE tabid = ?",
        "i", tabid));
    memcpy(name, search.name, sizeof search.name);
    return SQLI_OK;
}

/* --- making --- */

static void append_parts(struct sqli_buffer *sql, const struct sqli_new_index *index)
{
    for (uint32_t i = 0; i < index->count; i++) {
        int32_t part = index->parts[i];
        sqli__buffer_format(sql, "%sc%d%s", i ? ", " : "", (int)(part < 0 ? -part : part),
                            part < 0 ? " DESC" : "");
    }
}

/* To Informix two NULLs are the same, to SQLite they are not. So rows with a NULL in the key have
 * an index of their own, in which NULL is a value. */
static bool append_nulls(struct sqli_buffer *sql, const struct sqli_table *table,
                         const struct sqli_new_index *index, const char *schema, int32_t number)
{
    uint32_t nullable = 0;
    sqli__buffer_format(sql, "CREATE UNIQUE INDEX %s.x%d_%dn ON t%d (", schema, (int)table->tabid,
                        (int)number, (int)table->tabid);
    for (uint32_t i = 0; i < index->count; i++) {
        int part = index->parts[i] < 0 ? -index->parts[i] : index->parts[i];
        sqli__buffer_format(sql, "%scoalesce(c%d, 0) COLLATE RTRIM, (c%d IS NULL)", i ? ", " : "",
                            part, part);
    }
    sqli__buffer_text(sql, ") WHERE ");
    for (uint32_t i = 0; i < index->count; i++) {
        int part = index->parts[i] < 0 ? -index->parts[i] : index->parts[i];
        if (table->columns[part - 1].type.flags & SQLI_TYPE_NOT_NULL)
            continue;
        sqli__buffer_format(sql, "%sc%d IS NULL", nullable ? " OR " : "", part);
        nullable++;
    }
    return nullable > 0;
}

static enum sqli_status create(struct sqli_definition *definition, const struct sqli_table *table,
                               const struct sqli_new_index *index, int32_t number)
{
    struct sqli_buffer *sql = &definition->sql;
    const char *schema = table->temp ? "temp" : "main";
    sqli__buffer_clear(sql);
    sqli__buffer_format(sql, "CREATE %sINDEX %s.x%d_%d ON t%d (", index->unique ? "UNIQUE " : "",
                        schema, (int)table->tabid, (int)number, (int)table->tabid);
    append_parts(sql, index);
    sqli__buffer_byte(sql, ')');
    SQLI_TRY(sqli__definition_run_text(definition));
    sqli__buffer_clear(sql);
    if (!index->unique || !append_nulls(sql, table, index, schema, number))
        return SQLI_OK;
    return sqli__definition_run_text(definition);
}

/* sysindices shows the parts as "1 [1], -2 [1]": column and operator class. */
static enum sqli_status insert_index(struct sqli_definition *definition,
                                     const struct sqli_table *table,
                                     const struct sqli_new_index *index, int32_t number)
{
    char keys[SQLI_INDEX_PARTS * 16] = "";
    size_t length = 0;
    for (uint32_t i = 0; i < index->count; i++)
        length += (size_t)snprintf(keys + length, sizeof keys - length, "%s%d [1]", i ? ", " : "",
                                   (int)index->parts[i]);
    const int32_t *p = index->parts;
    SQLI_TRY(sqli__definition_run(
        definition,
        "INSERT INTO %s.sysindices (idxname, owner, tabid, idxtype, clustered, levels, leaves, "
        "nunique, clust, nrows, indexkeys, amid, collation, pagesize, number, part1, part2, part3, "
        "part4, part5, part6, part7, part8, part9, part10, part11, part12, part13, part14, part15, "
        "part16) VALUES (?1, printf('%-32s', ?2), ?3, ?4, ?5, 1, 0.0, 0.0, 0.0, 0.0, ?6, 1, "
        "printf('%-32s', ?7), 4096, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, "
        "?21, ?22, ?23, ?24)",
        "ssitttti"
        "iiiiiiiiiiiiiiii",
        index->name, definition->context->user, table->tabid, index->unique ? "U" : "D",
        index->cluster ? "C" : "-", keys, definition->store->database->info.locale, number, p[0],
        p[1], p[2], p[3], p[4], p[5], p[6], p[7], p[8], p[9], p[10], p[11], p[12], p[13], p[14],
        p[15]));
    return sqli__definition_run(definition,
                                "UPDATE %s.systables SET nindexes = nindexes + 1 WHERE tabid = ?",
                                "i", table->tabid);
}

enum sqli_status sqli__make_index(struct sqli_definition *definition,
                                  const struct sqli_table *table,
                                  const struct sqli_new_index *index)
{
    int32_t number = 0;
    SQLI_TRY(sqli__definition_ask(definition, sqli__on_number, &number,
                                  "SELECT coalesce(max(number), 0) + 1 FROM %s.sysindices WHERE "
                                  "tabid = ?",
                                  "i", table->tabid));
    SQLI_TRY(create(definition, table, index, number));
    return insert_index(definition, table, index, number);
}

/* --- CREATE INDEX --- */

static enum sqli_status check_column(struct sqli_definition *definition,
                                     const struct sqli_table *table, int32_t column,
                                     struct sqli_span name)
{
    if (column < 0)
        return sqli__definition_fail(definition, SQLI_E_COLUMN_NOT_FOUND, 0, name);
    switch (sqli__type_kind(&table->columns[column].type)) {
    case SQLI_KIND_SIMPLE_LOB: return sqli__definition_fail(definition, SQLI_E_BLOB_INDEX, 0, name);
    case SQLI_KIND_SMART_LOB:
        return sqli__definition_fail(definition, SQLI_E_SMART_LOB_INDEX, 0, name);
    default: return SQLI_OK;
    }
}

static enum sqli_status add_part(struct sqli_definition *definition, const struct sqli_table *table,
                                 const struct sqli_index_column *column,
                                 struct sqli_new_index *index)
{
    int32_t at = sqli__table_column(table, column->name.text);
    SQLI_TRY(check_column(definition, table, at, column->name.text));
    if (index->count == SQLI_INDEX_PARTS)
        return sqli__definition_fail(definition, SQLI_E_KEY_TOO_LARGE, 0, column->name.text);
    int32_t number = table->columns[at].number;
    for (uint32_t i = 0; i < index->count; i++)
        if (index->parts[i] == number || index->parts[i] == -number)
            return sqli__definition_fail(definition, SQLI_E_COLUMN_TWICE, 0, column->name.text);
    index->parts[index->count++] = column->descending ? -number : number;
    return SQLI_OK;
}

static enum sqli_status check_index_name(struct sqli_definition *definition, struct sqli_span name)
{
    int32_t found = 0;
    if (name.length > SQLI_NAME_MAX)
        return sqli__definition_fail(definition, SQLI_E_NAME_TOO_LONG, 0, name);
    SQLI_TRY(sqli__definition_ask(definition, sqli__on_number, &found,
                                  "SELECT 1 FROM %s.sysindices WHERE idxname = ?", "s", name));
    return found ? sqli__definition_fail(definition, SQLI_E_INDEX_EXISTS, 0, name) : SQLI_OK;
}

static enum sqli_status check_parts(struct sqli_definition *definition,
                                    const struct sqli_table *table,
                                    const struct sqli_new_index *index)
{
    char name[SQLI_NAME_MAX + 1];
    SQLI_TRY(sqli__find_index(definition, table->tabid, index->parts, index->count, name));
    return name[0] ? sqli__definition_fail(definition, SQLI_E_INDEX_ON_COLUMN, 0, index->name)
                   : SQLI_OK;
}

enum sqli_status sqli__define_index(struct sqli_definition *definition,
                                    const struct sqli_create_index *create_index)
{
    const struct sqli_table *table;
    struct sqli_new_index index = {
        .name = create_index->name.name.text,
        .unique = create_index->unique,
        .cluster = create_index->cluster,
    };
    SQLI_TRY(sqli__definition_table(definition, &create_index->table, &table));
    enum sqli_status status = check_index_name(definition, index.name);
    if (status != SQLI_OK && create_index->if_not_exists &&
        definition->error->code == SQLI_E_INDEX_EXISTS) {
        sqli__error_clear(definition->error);
        return SQLI_OK;
    }
    SQLI_TRY(status);
    for (const struct sqli_index_column *column = create_index->columns; column;
         column = column->next)
        SQLI_TRY(add_part(definition, table, column, &index));
    SQLI_TRY(check_parts(definition, table, &index));
    if (sqli__make_index(definition, table, &index) == SQLI_OK)
        return SQLI_OK;
    if (definition->error->isam == SQLI_E_ISAM_DUPLICATE)
        return sqli__definition_fail(definition, SQLI_E_INDEX_DUPLICATES, SQLI_E_ISAM_DUPLICATE,
                                     index.name);
    return SQLI_FAIL;
}

/* --- DROP INDEX --- */

struct found_index {
    int32_t tabid;
    int32_t number;
    bool of_constraint;
};

static enum sqli_status on_found(void *context, sqlite3_stmt *row, struct sqli_error *error)
{
    struct found_index *found = context;
    (void)error;
    found->tabid = sqlite3_column_int(row, 0);
    found->number = sqlite3_column_int(row, 1);
    found->of_constraint = sqlite3_column_int(row, 2) != 0;
    return SQLI_OK;
}

static enum sqli_status find_named(struct sqli_definition *definition, const char *schema,
                                   struct sqli_span name, struct found_index *found)
{
    definition->schema = sqli__span_text(schema);
    return sqli__definition_ask(definition, on_found, found,
                                "SELECT i.tabid, i.number, EXISTS (SELECT 1 FROM "
                                "%s.sysconstraints k WHERE k.idxname = i.idxname AND k.tabid = "
                                "i.tabid) FROM %s.sysindices i WHERE i.idxname = ?",
                                "s", name);
}

static enum sqli_status drop_found(struct sqli_definition *definition,
                                   const struct found_index *found)
{
    char sql[64];
    snprintf(sql, sizeof sql, "DROP INDEX %%s.x%d_%d", (int)found->tabid, (int)found->number);
    SQLI_TRY(sqli__definition_run(definition, sql, ""));
    snprintf(sql, sizeof sql, "DROP INDEX IF EXISTS %%s.x%d_%dn", (int)found->tabid,
             (int)found->number);
    SQLI_TRY(sqli__definition_run(definition, sql, ""));
    SQLI_TRY(sqli__definition_run(definition,
                                  "DELETE FROM %s.sysindices WHERE tabid = ? AND number = ?", "ii",
                                  found->tabid, found->number));
    return sqli__definition_run(definition,
                                "UPDATE %s.systables SET nindexes = nindexes - 1 WHERE tabid = ?",
                                "i", found->tabid);
}

enum sqli_status sqli__drop_index(struct sqli_definition *definition,
                                  const struct sqli_object *object)
{
    struct sqli_span name = object->name.name.text;
    struct found_index found = {.tabid = 0};
    if (sqli__catalog_has_temp(definition->store))
        SQLI_TRY(find_named(definition, "temp", name, &found));
    if (found.tabid == 0)
        SQLI_TRY(find_named(definition, "main", name, &found));
    if (found.tabid == 0)
        return object->if_exists
                   ? SQLI_OK
                   : sqli__definition_fail(definition, SQLI_E_INDEX_NOT_FOUND, 0, name);
    if (found.of_constraint)
        return sqli__definition_fail(definition, SQLI_E_INDEX_REMOVE, 0, name);
    return drop_found(definition, &found);
}
