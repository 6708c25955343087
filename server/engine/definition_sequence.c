/* Sequences: a row of systables and one of syssequences. The last value is a counter of the
 * database (database_serial.c), which no ROLLBACK sets back. */
#include "server/engine/definition_inside.h"

enum { CACHE = 20 };

/* The options over what is there: a new sequence, or that of ALTER. */
static void apply_limits(struct sqli_sequence *sequence,
                         const struct sqli_sequence_options *options, bool fresh)
{
    uint32_t given = options->given;
    if (given & SQLI_SEQUENCE_INCREMENT)
        sequence->increment = options->increment;
    bool up = sequence->increment > 0;
    if (given & SQLI_SEQUENCE_MOST)
        sequence->most = options->most;
    else if (fresh || given & SQLI_SEQUENCE_NO_MOST)
        sequence->most = up ? INT64_MAX : -1;
    if (given & SQLI_SEQUENCE_LEAST)
        sequence->least = options->least;
    else if (fresh || given & SQLI_SEQUENCE_NO_LEAST)
        sequence->least = up ? 1 : -INT64_MAX;
    if (given & SQLI_SEQUENCE_START)
        sequence->start = options->start;
    else if (fresh)
        sequence->start = up ? sequence->least : sequence->most;
    if (given & SQLI_SEQUENCE_CYCLE)
        sequence->cycle = options->cycle;
}

static enum sqli_status check(struct sqli_definition *definition, struct sqli_span name,
                              const struct sqli_sequence *sequence)
{
    if (sequence->increment == 0)
        return sqli__definition_fail(definition, SQLI_E_SEQUENCE_INCREMENT, 0, name);
    if (sequence->most < sequence->least)
        return sqli__definition_fail(definition, SQLI_E_SEQUENCE_MIN_MAX, 0, name);
    if (sequence->start < sequence->least || sequence->start > sequence->most)
        return sqli__definition_fail(definition, SQLI_E_SEQUENCE_VALUE, 0, name);
    return SQLI_OK;
}

static int32_t cache_of(const struct sqli_sequence_options *options)
{
    return options->given & SQLI_SEQUENCE_CACHE ? (int32_t)options->cache : CACHE;
}

enum sqli_status sqli__define_sequence(struct sqli_definition *definition,
                                       const struct sqli_define_sequence *define)
{
    struct sqli_new_table new = {.serial_starts = NULL};
    struct sqli_sequence sequence = {.increment = 1};
    struct sqli_span name = define->name.name.text;
    bool exists;
    enum sqli_status status = sqli__definition_free_name(definition, &define->name, &exists);
    if (exists && define->if_not_exists) {
        sqli__error_clear(definition->error);
        return SQLI_OK;
    }
    SQLI_TRY(status);
    apply_limits(&sequence, &define->options, true);
    SQLI_TRY(check(definition, name, &sequence));
    SQLI_TRY(sqli__begin_table(definition, &define->name, false, 0, &new));
    new.table.kind = 'Q';
    SQLI_TRY(sqli__insert_table(definition, &new));
    return sqli__definition_run(
        definition,
        "INSERT INTO %s.syssequences (seqid, tabid, start_val, inc_val, max_val, min_val, cycle, "
        "restart_val, cache, order_) VALUES ((SELECT coalesce(max(seqid), 0) + 1 FROM "
        "%s.syssequences), ?1, ?2, ?3, ?4, ?5, ?6, NULL, ?7, ?8)",
        "illlltit", new.table.tabid, sequence.start, sequence.increment, sequence.most,
        sequence.least, sequence.cycle ? "1" : "0", cache_of(&define->options),
        define->options.order ? "1" : "0");
}

static enum sqli_status find(struct sqli_definition *definition,
                             const struct sqli_object_name *name, const struct sqli_table **table)
{
    SQLI_TRY(sqli__catalog_table(definition->context->catalog, name->database.text,
                                 name->owner.text, name->name.text, table, definition->error));
    if (*table && (*table)->kind == 'Q')
        return SQLI_OK;
    return sqli__definition_fail(definition, SQLI_E_SEQUENCE_NOT_FOUND, 0, name->name.text);
}

/* RESTART alone begins again at the start. */
static enum sqli_status restart(struct sqli_definition *definition, int32_t tabid,
                                struct sqli_sequence *sequence,
                                const struct sqli_sequence_options *options)
{
    if (!(options->given & SQLI_SEQUENCE_RESTART))
        return SQLI_OK;
    if (options->restart)
        sequence->start = options->restart;
    sqli__serial_drop(definition->store->database, tabid);
    return sqli__definition_run(definition, "DELETE FROM %s.sqlid_serial WHERE tabid = ?", "i",
                                tabid);
}

enum sqli_status sqli__alter_sequence(struct sqli_definition *definition,
                                      const struct sqli_define_sequence *define)
{
    const struct sqli_table *table;
    const struct sqli_sequence_options *options = &define->options;
    if (options->given & SQLI_SEQUENCE_START)
        return sqli__definition_fail(definition, SQLI_E_SEQUENCE_OPTION_TWICE, 0,
                                     define->name.name.text);
    SQLI_TRY(find(definition, &define->name, &table));
    struct sqli_sequence sequence = *table->sequence;
    apply_limits(&sequence, options, false);
    SQLI_TRY(restart(definition, table->tabid, &sequence, options));
    SQLI_TRY(check(definition, define->name.name.text, &sequence));
    return sqli__definition_run(
        definition,
        "UPDATE %s.syssequences SET inc_val = ?2, max_val = ?3, min_val = ?4, cycle = ?5, cache = "
        "CASE WHEN ?6 < 0 THEN cache ELSE ?6 END, order_ = CASE WHEN ?8 THEN ?7 ELSE order_ END, "
        "start_val = ?9 WHERE tabid = ?1",
        "illltitil", table->tabid, sequence.increment, sequence.most, sequence.least,
        sequence.cycle ? "1" : "0",
        options->given & SQLI_SEQUENCE_CACHE ? (int32_t)options->cache : -1,
        options->order ? "1" : "0", (int32_t)((options->given & SQLI_SEQUENCE_ORDER) != 0),
        sequence.start);
}

enum sqli_status sqli__rename_sequence(struct sqli_definition *definition,
                                       const struct sqli_object *object)
{
    const struct sqli_object_name to = {.name = object->new_name};
    const struct sqli_table *table;
    bool exists;
    SQLI_TRY(find(definition, &object->name, &table));
    int32_t tabid = table->tabid;
    SQLI_TRY(sqli__definition_free_name(definition, &to, &exists));
    return sqli__definition_run(definition, "UPDATE %s.systables SET tabname = ?2 WHERE tabid = ?1",
                                "is", tabid, object->new_name.text);
}

enum sqli_status sqli__drop_sequence(struct sqli_definition *definition,
                                     const struct sqli_object *object)
{
    static const char *const rows[] = {
        "DELETE FROM %s.syssequences WHERE tabid = ?",
        "DELETE FROM %s.systables WHERE tabid = ?",
        "DELETE FROM %s.systabauth WHERE tabid = ?",
        "DELETE FROM %s.sqlid_serial WHERE tabid = ?",
    };
    const struct sqli_table *table;
    enum sqli_status status = find(definition, &object->name, &table);
    if (status != SQLI_OK && object->if_exists &&
        definition->error->code == SQLI_E_SEQUENCE_NOT_FOUND) {
        sqli__error_clear(definition->error);
        return SQLI_OK;
    }
    SQLI_TRY(status);
    int32_t tabid = table->tabid;
    SQLI_TRY(sqli__drop_dependents(definition, tabid, false));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        SQLI_TRY(sqli__definition_run(definition, rows[i], "i", tabid));
    return SQLI_OK;
}
