/* Synonyms: a row of systables without columns, and what it stands for in syssyntable. */
#include "server/engine/definition_inside.h"

/* -559 for a synonym of a synonym cannot happen: names are followed to their table. */
static enum sqli_status find_base(struct sqli_definition *definition,
                                  const struct sqli_object_name *name,
                                  const struct sqli_table **table)
{
    SQLI_TRY(sqli__catalog_table(definition->context->catalog, name->database.text,
                                 name->owner.text, name->name.text, table, definition->error));
    if (!*table)
        return sqli__definition_fail(definition, SQLI_E_TABLE_NOT_FOUND, SQLI_E_ISAM_NO_RECORD,
                                     name->name.text);
    if ((*table)->temp)
        return sqli__definition_fail(definition, SQLI_E_TEMP_SYNONYM, 0, name->name.text);
    return SQLI_OK;
}

static enum sqli_status insert_base(struct sqli_definition *definition, int32_t tabid,
                                    const struct sqli_object_name *name,
                                    const struct sqli_table *base)
{
    const struct sqli_span own = sqli__span_text(definition->store->database->info.name);
    bool other = name->database.text.data && !sqli__span_equal(name->database.text, own);
    if (!other)
        return sqli__definition_run(definition,
                                    "INSERT INTO %s.syssyntable (tabid, servername, dbname, owner, "
                                    "tabname, btabid) VALUES (?1, NULL, NULL, NULL, NULL, ?2)",
                                    "ii", tabid, base->tabid);
    return sqli__definition_run(definition,
                                "INSERT INTO %s.syssyntable (tabid, servername, dbname, owner, "
                                "tabname, btabid) VALUES (?1, ?2, ?3, printf('%-32s', ?4), ?5, "
                                "NULL)",
                                "itsss", tabid, definition->store->runtime->server_name,
                                name->database.text, base->owner, base->name);
}

enum sqli_status sqli__define_synonym(struct sqli_definition *definition,
                                      const struct sqli_create_synonym *create)
{
    struct sqli_new_table new = {.serial_starts = NULL};
    const struct sqli_table *base;
    bool exists;
    enum sqli_status status = sqli__definition_free_name(definition, &create->name, &exists);
    if (exists && create->if_not_exists) {
        sqli__error_clear(definition->error);
        return SQLI_OK;
    }
    if (exists)
        return sqli__definition_fail(definition, SQLI_E_SYNONYM_EXISTS, 0, create->name.name.text);
    SQLI_TRY(status);
    SQLI_TRY(find_base(definition, &create->table, &base));
    SQLI_TRY(sqli__begin_table(definition, &create->name, false, 0, &new));
    /* Where owners' names part tables there are no public ones. */
    bool ansi = definition->store->database->info.logging == SQLI_LOGGING_ANSI;
    new.table.kind = create->is_private || ansi ? 'P' : 'S';
    SQLI_TRY(sqli__insert_table(definition, &new));
    return insert_base(definition, new.table.tabid, &create->table, base);
}

enum sqli_status sqli__drop_synonym(struct sqli_definition *definition,
                                    const struct sqli_object *object)
{
    int32_t tabid = 0;
    const struct sqli_object_name *name = &object->name;
    SQLI_TRY(sqli__definition_ask(definition, sqli__on_number, &tabid,
                                  "SELECT tabid FROM %s.systables WHERE tabname = ?1 AND tabtype "
                                  "IN ('S', 'P') AND (?2 IS NULL OR owner = ?2)",
                                  "ss", name->name.text, name->owner.text));
    if (!tabid && object->if_exists)
        return SQLI_OK;
    if (!tabid)
        return sqli__definition_fail(definition, SQLI_E_SYNONYM_NOT_FOUND, 0, name->name.text);
    SQLI_TRY(
        sqli__definition_run(definition, "DELETE FROM %s.syssyntable WHERE tabid = ?", "i", tabid));
    return sqli__definition_run(definition, "DELETE FROM %s.systables WHERE tabid = ?", "i", tabid);
}
