/* CREATE and DROP of stored routines: rows of the catalog. The body stays text (sysprocbody), and
 * is compiled when a session first calls it. */
#include "server/engine/definition_inside.h"
#include "server/front/parse.h"
#include "server/routine/routine.h"

static struct sqli_spl_options options_of(const struct sqli_definition *definition)
{
    const struct sqli_runtime *runtime = sqli__store_runtime(definition->store);
    const struct sqli_codeset_info *codeset = runtime->settings.codeset;
    return (struct sqli_spl_options){runtime->delimident, codeset && codeset->bytes_max == 1};
}

/* --- types --- */

static enum sqli_status type_like(struct sqli_definition *definition,
                                  const struct sqli_spl_type *type,
                                  struct sqli_table_column *column)
{
    const struct sqli_span none = {NULL, 0};
    const struct sqli_table *table;
    SQLI_TRY(sqli__catalog_table(definition->context->catalog, none, none, type->table, &table,
                                 definition->error));
    if (!table)
        return sqli__definition_fail(definition, SQLI_E_TABLE_NOT_FOUND, SQLI_E_ISAM_NO_RECORD,
                                     type->table);
    int32_t found = sqli__table_column(table, type->column);
    if (found < 0)
        return sqli__definition_fail(definition, SQLI_E_COLUMN_NOT_FOUND, 0, type->column);
    *column = table->columns[found];
    column->type = sqli__source_type(&column->type);
    column->type.flags = 0;
    if (column->type.code == SQLI_TYPE_SERIAL)
        column->type.code = SQLI_TYPE_INTEGER;
    return SQLI_OK;
}

static enum sqli_status read_type(struct sqli_definition *definition,
                                  const struct sqli_spl_type *type,
                                  struct sqli_table_column *column)
{
    memset(column, 0, sizeof *column);
    if (!type->text.data)
        SQLI_TRY(type_like(definition, type, column));
    else
        SQLI_TRY(sqli__definition_type(definition, type->text, type->at, column));
    if (column->type.code == SQLI_TYPE_SERIAL || column->type.code == SQLI_TYPE_SERIAL8 ||
        column->type.code == SQLI_TYPE_BIGSERIAL)
        return sqli__definition_fail(definition, SQLI_E_VARIABLE_SERIAL, 0, type->text);
    return SQLI_OK;
}

/* --- which one --- */

static bool same_types(const struct sqli_routine *routine, const struct sqli_table_column *columns,
                       uint32_t count)
{
    if (routine->parameter_count != count)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        const struct sqli_type *a = &routine->parameters[i].type, *b = &columns[i].type;
        if (a->code != b->code || (a->code >= SQLI_TYPE_UDTVAR && a->code <= SQLI_TYPE_UDTFIXED &&
                                   a->extended_id != b->extended_id))
            return false;
    }
    return true;
}

static enum sqli_status find_same(struct sqli_definition *definition, struct sqli_span owner,
                                  struct sqli_span name, const struct sqli_table_column *columns,
                                  uint32_t count, int32_t *procid)
{
    struct sqli_routine *routine;
    *procid = 0;
    SQLI_TRY(sqli__catalog_routines(definition->context->catalog, owner, name, &definition->arena,
                                    &routine, definition->error));
    while (routine && !same_types(routine, columns, count))
        routine = routine->next;
    if (routine)
        *procid = routine->procid;
    return SQLI_OK;
}

static enum sqli_status remove_routine(struct sqli_definition *definition, int32_t procid)
{
    static const char *const deletes[] = {
        "DELETE FROM %s.sysprocedures WHERE procid = ?",
        "DELETE FROM %s.sysprocbody WHERE procid = ?",
        "DELETE FROM %s.sysproccolumns WHERE procid = ?",
        "DELETE FROM %s.sysprocauth WHERE procid = ?",
        "DELETE FROM %s.sysprocplan WHERE procid = ?",
    };
    for (size_t i = 0; i < sizeof deletes / sizeof deletes[0]; i++)
        SQLI_TRY(sqli__definition_run(definition, deletes[i], "i", procid));
    return SQLI_OK;
}

/* --- CREATE --- */

/* In pieces as large as the column, the last one filled with blanks. */
static enum sqli_status insert_body(struct sqli_definition *definition, int32_t procid,
                                    const char *key, struct sqli_span text)
{
    enum { PIECE = 256 };
    int32_t number = 1;
    for (size_t at = 0; at < text.length; at += PIECE, number++) {
        size_t length = text.length - at < PIECE ? text.length - at : PIECE;
        SQLI_TRY(sqli__definition_run(definition,
                                      "INSERT INTO %s.sysprocbody (procid, datakey, seqno, data) "
                                      "VALUES (?1, ?2, ?3, printf('%-256s', ?4))",
                                      "itis", procid, key, number,
                                      sqli__span(text.data + at, length)));
    }
    return SQLI_OK;
}

struct making {
    struct sqli_definition *definition;
    const struct sqli_spl_routine *routine;
    struct sqli_table_column *columns; /* the parameters, then what is returned */
    struct sqli_buffer *types;         /* paramtypes */
    int32_t procid;
    int32_t number;
};

static enum sqli_status insert_column(struct making *m, struct sqli_span name,
                                      enum sqli_routine_mode mode)
{
    struct sqli_table_column *column = &m->columns[m->number++];
    SQLI_TRY(sqli__definition_extended(m->definition, column));
    return sqli__definition_run(m->definition,
                                "INSERT INTO %s.sysproccolumns (procid, paramid, paramname, "
                                "paramtype, paramlen, paramxid, paramattr) VALUES (?1, ?2, ?3, ?4, "
                                "?5, ?6, ?7)",
                                "iisiiii", m->procid, m->number,
                                name.data ? name : sqli__span_text(""),
                                (int32_t)(column->type.code | column->type.flags),
                                column->type.length, column->type.extended_id, (int32_t)mode);
}

static enum sqli_status insert_columns(struct making *m)
{
    static const enum sqli_routine_mode modes[] = {
        [SQLI_SPL_IN] = SQLI_ROUTINE_IN,
        [SQLI_SPL_OUT] = SQLI_ROUTINE_OUT,
        [SQLI_SPL_INOUT] = SQLI_ROUTINE_INOUT,
    };
    const struct sqli_spl_variable *v = m->routine->parameters;
    for (uint32_t i = 0; i < m->routine->parameter_count; i++, v = v->next)
        SQLI_TRY(insert_column(m, v->name, modes[v->mode]));
    for (const struct sqli_spl_return *r = m->routine->returns; r; r = r->next)
        SQLI_TRY(insert_column(m, r->name,
                               m->routine->return_count > 1 ? SQLI_ROUTINE_RETURN_MANY
                                                            : SQLI_ROUTINE_RETURN));
    return SQLI_OK;
}

static enum sqli_status read_types(struct making *m)
{
    uint32_t i = 0;
    const struct sqli_spl_variable *v = m->routine->parameters;
    for (; i < m->routine->parameter_count; i++, v = v->next) {
        SQLI_TRY(read_type(m->definition, &v->type, &m->columns[i]));
        if (i)
            sqli__buffer_text(m->types, ",");
        sqli__type_print(&m->columns[i].type, m->types);
    }
    for (const struct sqli_spl_return *r = m->routine->returns; r; r = r->next)
        SQLI_TRY(read_type(m->definition, &r->type, &m->columns[i++]));
    for (v = m->routine->variables; v; v = v->chain) { /* tables of LIKE may come later */
        struct sqli_table_column ignored;
        if (v->type.text.data)
            SQLI_TRY(read_type(m->definition, &v->type, &ignored));
    }
    return SQLI_OK;
}

static enum sqli_status insert_routine(struct making *m, struct sqli_span owner,
                                       struct sqli_span text)
{
    const struct sqli_spl_routine *r = m->routine;
    SQLI_TRY(sqli__definition_run(
        m->definition,
        "INSERT INTO %s.sysprocedures (procname, owner, procid, mode, retsize, symsize, datasize, "
        "codesize, numargs, isproc, specificname, externalname, paramstyle, langid, paramtypes, "
        "variant, client, handlesnulls, iterator, percallcost, internal, class, stack, "
        "parallelizable, collation, procflags) VALUES (?1, printf('%-32s', ?2), ?3, ?4, 0, 0, 0, "
        "?5, ?6, ?7, ?8, NULL, 'I', 2, ?9, ?10, 0, 0, 0, 0, 0, NULL, 0, 0, "
        "printf('%-32s', 'en_US.819'), 0)",
        "ssitiitssi", r->name, owner, m->procid, r->dba ? "D" : "O", (int32_t)text.length,
        (int32_t)r->parameter_count, r->procedure ? "t" : "f", r->specific,
        sqli__buffer_view(m->types), (int32_t)r->variant));
    SQLI_TRY(insert_columns(m));
    SQLI_TRY(insert_body(m->definition, m->procid, "T", text));
    SQLI_TRY(insert_body(m->definition, m->procid, "D", r->document));
    return sqli__definition_run(m->definition,
                                "INSERT INTO %s.sysprocauth (grantor, grantee, procid, procauth) "
                                "VALUES (printf('%-32s', ?1), printf('%-32s', 'public'), ?2, 'e')",
                                "si", owner, m->procid);
}

static enum sqli_status create(struct making *m, struct sqli_span text)
{
    struct sqli_definition *definition = m->definition;
    const struct sqli_spl_routine *r = m->routine;
    struct sqli_span owner = r->owner.data ? r->owner : definition->context->user;
    int32_t same;
    SQLI_TRY(read_types(m));
    SQLI_TRY(sqli__buffer_status(m->types, definition->error));
    if (r->name.length > SQLI_NAME_MAX)
        return sqli__definition_fail(definition, SQLI_E_NAME_TOO_LONG, 0, r->name);
    SQLI_TRY(find_same(definition, owner, r->name, m->columns, r->parameter_count, &same));
    if (same && r->or_replace)
        SQLI_TRY(remove_routine(definition, same));
    else if (same && r->if_not_exists)
        return SQLI_OK;
    else if (same)
        return sqli__definition_fail(definition, SQLI_E_ROUTINE_EXISTS, 0, r->name);
    SQLI_TRY(sqli__definition_number(definition, SQLI_TABID_PROCEDURES, &m->procid));
    return insert_routine(m, owner, text);
}

enum sqli_status sqli__define_routine(struct sqli_definition *definition,
                                      const struct sqli_routine_definition *define)
{
    struct sqli_spl_options options = options_of(definition);
    struct sqli_spl_routine *routine;
    struct sqli_buffer types;
    SQLI_TRY(
        sqli__spl_parse(define->text, &options, &definition->arena, &routine, definition->error));
    struct making m = {.definition = definition, .routine = routine, .types = &types};
    m.columns = sqli__arena_alloc(
        &definition->arena, routine->parameter_count + routine->return_count, sizeof *m.columns);
    SQLI_TRY(sqli__arena_status(&definition->arena, definition->error));
    sqli__buffer_init(&types, INT16_MAX);
    enum sqli_status status = create(&m, define->text);
    sqli__buffer_free(&types);
    return status;
}

/* --- DROP --- */

static enum sqli_status read_reference_types(struct sqli_definition *definition,
                                             const struct sqli_spl_reference *reference,
                                             struct sqli_table_column **columns, uint32_t *count)
{
    *count = 0;
    for (const struct sqli_spl_return *type = reference->types; type; type = type->next)
        ++*count;
    *columns = sqli__arena_alloc(&definition->arena, *count, sizeof **columns);
    SQLI_TRY(sqli__arena_status(&definition->arena, definition->error));
    uint32_t i = 0;
    for (const struct sqli_spl_return *type = reference->types; type; type = type->next)
        SQLI_TRY(read_type(definition, &type->type, &(*columns)[i++]));
    return SQLI_OK;
}

/* The one that is meant; `kind` as in struct sqli_routine_definition. *procid is 0 when there is
 * none and the text has IF EXISTS. */
enum sqli_status sqli__definition_routine(struct sqli_definition *definition, struct sqli_span text,
                                          char which, int32_t *procid)
{
    struct sqli_spl_options options = options_of(definition);
    struct sqli_spl_reference reference;
    struct sqli_table_column *columns;
    struct sqli_routine *routine;
    uint32_t count, fits = 0;
    *procid = 0;
    SQLI_TRY(sqli__spl_parse_reference(text, &options, &definition->arena, &reference,
                                       definition->error));
    SQLI_TRY(read_reference_types(definition, &reference, &columns, &count));
    SQLI_TRY(sqli__catalog_routines(definition->context->catalog, reference.owner, reference.name,
                                    &definition->arena, &routine, definition->error));
    for (; routine; routine = routine->next) {
        bool kind = which == 'r' || (which == 'p') == routine->procedure;
        if (!kind || (reference.has_types && !same_types(routine, columns, count)))
            continue;
        *procid = routine->procid;
        fits++;
    }
    if (fits == 0 && reference.if_exists)
        return SQLI_OK;
    if (fits != 1)
        return sqli__definition_fail(definition,
                                     fits ? SQLI_E_ROUTINE_AMBIGUOUS : SQLI_E_ROUTINE_NOT_FOUND, 0,
                                     reference.name);
    return SQLI_OK;
}

enum sqli_status sqli__drop_routine(struct sqli_definition *definition,
                                    const struct sqli_routine_definition *drop)
{
    int32_t procid;
    SQLI_TRY(sqli__definition_routine(definition, drop->text, drop->kind, &procid));
    return procid ? remove_routine(definition, procid) : SQLI_OK;
}
