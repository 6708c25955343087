/* Types of columns: from the text of a definition to syscolumns and sysxtdtypes. */
#include "server/engine/definition_inside.h"
#include "server/front/resolve_types.h"

static bool is_composite(const struct sqli_type *type)
{
    return type->code >= SQLI_TYPE_SET && type->code <= SQLI_TYPE_ROW;
}

/* A type of a name that nobody gave a meaning. */
static const struct sqli_schema *find_unknown(const struct sqli_schema *schema)
{
    if (schema->type.code == SQLI_TYPE_UDTVAR && schema->type.extended_id == 0)
        return schema;
    for (uint32_t i = 0; i < schema->count; i++) {
        const struct sqli_schema *unknown = find_unknown(&schema->parts[i]);
        if (unknown)
            return unknown;
    }
    return NULL;
}

/* ANSI knows no floating decimals: without a scale there is nothing behind the point. */
static void fix_point(const struct sqli_definition *definition, struct sqli_type *type)
{
    bool ansi = definition->store->database->info.logging == SQLI_LOGGING_ANSI;
    if (ansi && type->code == SQLI_TYPE_DECIMAL && (type->length & 0xff) == SQLI_DECIMAL_FLOATING)
        type->length &= ~0xff;
}

enum sqli_status sqli__definition_type(struct sqli_definition *definition, struct sqli_span text,
                                       uint32_t at, struct sqli_table_column *column)
{
    struct sqli_schema *schema;
    if (sqli__schema_parse(text, &definition->arena, &schema, NULL) != SQLI_OK) {
        SQLI_TRY(sqli__arena_status(&definition->arena, definition->error));
        return sqli__fail_server(definition->error, sqli__type_text_error(text), 0, (int32_t)at + 1,
                                 sqli__span(NULL, 0));
    }
    SQLI_TRY(sqli__catalog_expand(definition->context->catalog, &definition->arena, schema,
                                  definition->error));
    const struct sqli_schema *unknown = find_unknown(schema);
    if (unknown)
        return sqli__definition_fail(definition, SQLI_E_TYPE_NOT_FOUND, 0, unknown->type.name);
    return sqli__definition_schema(definition, schema, column);
}

enum sqli_status sqli__definition_schema(struct sqli_definition *definition,
                                         const struct sqli_schema *schema,
                                         struct sqli_table_column *column)
{
    column->type = schema->type;
    fix_point(definition, &column->type);
    if (schema->count == 0)
        return SQLI_OK;
    column->schema = schema;
    return sqli__schema_plain_text(schema, &definition->arena, &column->type.name,
                                   definition->error);
}

/* --- the text of a type, with the names that users gave --- */

static enum sqli_status copy_named(struct sqli_definition *definition,
                                   const struct sqli_schema *from, struct sqli_schema *to, bool top)
{
    *to = *from;
    if (!top && sqli__type_is_users(&from->type)) {
        to->count = 0;
        to->type = (struct sqli_type){.code = SQLI_TYPE_UDTVAR,
                                      .flags = from->type.flags & SQLI_TYPE_NOT_NULL,
                                      .name = from->type.name};
        return SQLI_OK;
    }
    to->parts = sqli__arena_alloc(&definition->arena, from->count, sizeof *to->parts);
    SQLI_TRY(sqli__arena_status(&definition->arena, definition->error));
    for (uint32_t i = 0; i < from->count; i++)
        SQLI_TRY(copy_named(definition, &from->parts[i], &to->parts[i], false));
    return SQLI_OK;
}

static enum sqli_status description_of(struct sqli_definition *definition,
                                       const struct sqli_schema *schema, struct sqli_span *text)
{
    struct sqli_schema named;
    SQLI_TRY(copy_named(definition, schema, &named, true));
    sqli__buffer_clear(&definition->sql);
    sqli__schema_print(&named, &definition->sql);
    SQLI_TRY(sqli__buffer_status(&definition->sql, definition->error));
    *text = sqli__arena_copy(&definition->arena, sqli__buffer_view(&definition->sql));
    return sqli__arena_status(&definition->arena, definition->error);
}

/* --- sysxtdtypes --- */

static enum sqli_status insert_description(struct sqli_definition *definition, int32_t id,
                                           struct sqli_span text)
{
    enum { PIECE = 256 };
    int32_t piece = 0;
    for (size_t at = 0; at < text.length; at += PIECE, piece++) {
        size_t length = text.length - at < PIECE ? text.length - at : PIECE;
        SQLI_TRY(sqli__definition_run(definition,
                                      "INSERT INTO %s.sysxtddesc (extended_id, seqno, "
                                      "description) VALUES (?1, ?2, printf('%-256s', ?3))",
                                      "iis", id, piece, sqli__span(text.data + at, length)));
    }
    return SQLI_OK;
}

static enum sqli_status insert_attribute(struct sqli_definition *definition, int32_t id,
                                         int32_t number, const struct sqli_schema *part,
                                         int32_t length)
{
    return sqli__definition_run(
        definition,
        "INSERT INTO %s.sysattrtypes (extended_id, seqno, levelno, parent_no, fieldname, fieldno, "
        "type, length, xtd_type_id) VALUES (?1, ?2 + 1, ?2 > 0, ?2 > 0, ?3, ?2, ?4, ?5, ?6)",
        "iisiii", id, number, number ? part->field : sqli__span_text(""),
        (int32_t)(part->type.code | part->type.flags), length, number ? part->type.extended_id : 0);
}

/* The type itself, and behind it the fields of a ROW or the element of a collection. Deeper levels
 * have their own types, or stand in the description. */
static enum sqli_status insert_attributes(struct sqli_definition *definition, int32_t id,
                                          const struct sqli_schema *schema)
{
    int32_t width = 0;
    for (uint32_t i = 0; i < schema->count; i++)
        width += sqli__column_width(&schema->parts[i].type);
    SQLI_TRY(insert_attribute(definition, id, 0, schema, width));
    for (uint32_t i = 0; i < schema->count; i++)
        SQLI_TRY(insert_attribute(definition, id, (int32_t)i + 1, &schema->parts[i],
                                  schema->parts[i].type.length));
    return SQLI_OK;
}

/* A row of sysxtdtypes with what describes it. */
struct new_type {
    const char *mode;
    struct sqli_span owner, name; /* absent: it has none */
    const struct sqli_schema *schema;
    int32_t source;
    struct sqli_span description;
};

static enum sqli_status insert_type(struct sqli_definition *definition, const struct new_type *new,
                                    int32_t *id)
{
    const struct sqli_type *type = &new->schema->type;
    bool distinct = new->mode[0] == 'D';
    bool varying = sqli__type_width(type) < 0;
    int32_t length = distinct ? type->length : 0;
    SQLI_TRY(sqli__definition_number(definition, SQLI_TABID_XTDTYPES, id));
    SQLI_TRY(sqli__definition_run(
        definition,
        "INSERT INTO %s.sysxtdtypes (extended_id, domain, mode, owner, name, type, source, maxlen, "
        "length, byvalue, cannothash, align, locator) VALUES (?1, ?2, ?2, printf('%-32s', ?3), ?4, "
        "?5, ?6, ?7, ?8, 'f', 'f', 4, 0)",
        "itssiiii", *id, new->mode, new->owner, new->name,
        (int32_t)(type->code | (type->flags & ~SQLI_TYPE_NOT_NULL)), new->source,
        varying ? length : 0, varying ? 0 : length));
    if (new->schema->count && !distinct)
        SQLI_TRY(insert_attributes(definition, *id, new->schema));
    return insert_description(definition, *id, new->description);
}

/* Texts of one piece only are looked up; longer ones are rare enough to have an id each. */
enum sqli_status sqli__definition_extended(struct sqli_definition *definition,
                                           struct sqli_table_column *column)
{
    struct new_type new = {.mode = "C", .owner = definition->context->user};
    int32_t id = 0;
    if (!is_composite(&column->type) || sqli__type_is_users(&column->type))
        return SQLI_OK;
    new.schema = column->schema;
    SQLI_TRY(description_of(definition, column->schema, &new.description));
    SQLI_TRY(sqli__definition_ask(
        definition, sqli__on_number, &id,
        "SELECT d.extended_id FROM %s.sysxtddesc d, %s.sysxtdtypes t WHERE d.seqno = 0 AND "
        "d.description = ?1 AND t.extended_id = d.extended_id AND t.mode = 'C' AND "
        "NOT EXISTS (SELECT 1 FROM %s.sysxtddesc o WHERE o.extended_id = d.extended_id AND "
        "o.seqno = 1)",
        "s", new.description));
    if (id == 0)
        SQLI_TRY(insert_type(definition, &new, &id));
    column->type.extended_id = id;
    return SQLI_OK;
}

/* --- CREATE DISTINCT TYPE, CREATE ROW TYPE --- */

/* -9991 or -9996 where a type is called so; *exists tells that from other failures. */
static enum sqli_status free_type_name(struct sqli_definition *definition,
                                       const struct sqli_create_type *create, bool *exists)
{
    const struct sqli_object_name *name = &create->name;
    const struct sqli_span own = sqli__span_text(definition->store->database->info.name);
    struct sqli_user_type user;
    struct sqli_schema *schema;
    int32_t taken = create->row ? SQLI_E_ROW_TYPE_EXISTS : SQLI_E_DISTINCT_TYPE_EXISTS;
    *exists = false;
    if (name->database.text.data && !sqli__span_equal(name->database.text, own))
        return sqli__definition_fail(definition, SQLI_E_DDL_PROHIBITED, 0, name->name.text);
    if (name->name.text.length > SQLI_NAME_MAX)
        return sqli__definition_fail(definition, SQLI_E_NAME_TOO_LONG, 0, name->name.text);
    SQLI_TRY(sqli__catalog_user_type(definition->context->catalog, sqli__span(NULL, 0),
                                     name->name.text, &definition->arena, &user,
                                     definition->error));
    bool opaque =
        sqli__schema_parse(name->name.text, &definition->arena, &schema, NULL) == SQLI_OK &&
        sqli__type_kind(&schema->type) == SQLI_KIND_OPAQUE;
    *exists = user.id != 0;
    return user.id == 0 && opaque ? SQLI_OK
                                  : sqli__definition_fail(definition, taken, 0, name->name.text);
}

static bool is_serial_or_large(const struct sqli_type *type)
{
    return sqli__type_is_serial(type) || sqli__type_kind(type) == SQLI_KIND_SIMPLE_LOB;
}

static enum sqli_status read_type_text(struct sqli_definition *definition, struct sqli_span text,
                                       uint32_t at, struct sqli_table_column *column,
                                       struct sqli_schema **schema)
{
    SQLI_TRY(sqli__definition_type(definition, text, at, column));
    SQLI_TRY(sqli__schema_parse(text, &definition->arena, schema, definition->error));
    return sqli__catalog_expand(definition->context->catalog, &definition->arena, *schema,
                                definition->error);
}

/* The two casts that every DISTINCT type has, in both directions. */
static enum sqli_status insert_casts(struct sqli_definition *definition, int32_t id,
                                     const struct sqli_type *type, const struct sqli_type *from)
{
    return sqli__definition_run(
        definition,
        "INSERT INTO %s.syscasts (owner, argument_type, argument_xid, result_type, result_xid, "
        "routine_name, routine_owner, class) VALUES (printf('%-32s', ?1), ?2, ?3, ?4, ?5, NULL, "
        "NULL, 'E'), (printf('%-32s', ?1), ?4, ?5, ?2, ?3, NULL, NULL, 'E')",
        "siiii", definition->context->user, (int32_t)(from->code | from->flags), from->extended_id,
        (int32_t)(type->code | type->flags), id);
}

static enum sqli_status define_distinct(struct sqli_definition *definition,
                                        const struct sqli_create_type *create, struct new_type *new)
{
    struct sqli_table_column column = {.number = 0};
    const struct sqli_user_type none = {.id = 0};
    struct sqli_schema *schema;
    int32_t id;
    SQLI_TRY(read_type_text(definition, create->base.text, create->base.at, &column, &schema));
    const struct sqli_type from = schema->type;
    if (is_serial_or_large(&from) || (is_composite(&from) && !sqli__type_is_users(&from)))
        return sqli__definition_fail(definition, SQLI_E_COLLECTION_TYPE, 0, create->base.text);
    schema->type = sqli__source_type(&column.type);
    new->mode = "D";
    new->source = sqli__type_is_users(&from) ? from.extended_id : 0;
    if (from.code == SQLI_TYPE_UDTVAR || from.code == SQLI_TYPE_UDTFIXED)
        new->source = from.extended_id;
    SQLI_TRY(description_of(definition, schema, &new->description));
    sqli__make_distinct(&schema->type, &none);
    new->schema = schema;
    SQLI_TRY(insert_type(definition, new, &id));
    return insert_casts(definition, id, &schema->type, &from);
}

/* Of a ROW with a parent the fields of that come first. */
static enum sqli_status join_fields(struct sqli_definition *definition,
                                    const struct sqli_schema *parent, struct sqli_schema *row)
{
    uint32_t more = parent ? parent->count : 0;
    struct sqli_schema *parts =
        sqli__arena_alloc(&definition->arena, more + row->count, sizeof *parts);
    SQLI_TRY(sqli__arena_status(&definition->arena, definition->error));
    for (uint32_t i = 0; i < more + row->count; i++) {
        parts[i] = i < more ? parent->parts[i] : row->parts[i - more];
        if (is_serial_or_large(&parts[i].type))
            return sqli__definition_fail(definition, SQLI_E_ROW_FIELD_TYPE, 0, parts[i].field);
        for (uint32_t k = 0; k < i; k++)
            if (sqli__span_equal(parts[k].field, parts[i].field))
                return sqli__definition_fail(definition, SQLI_E_COLUMN_EXISTS, 0, parts[i].field);
    }
    row->parts = parts;
    row->count += more;
    return SQLI_OK;
}

enum sqli_status sqli__definition_row_type(struct sqli_definition *definition,
                                           const struct sqli_object_name *name,
                                           struct sqli_user_type *type)
{
    SQLI_TRY(sqli__catalog_user_type(definition->context->catalog, name->owner.text,
                                     name->name.text, &definition->arena, type, definition->error));
    return type->id && type->mode == 'R'
               ? SQLI_OK
               : sqli__definition_fail(definition, SQLI_E_ROW_TYPE_NOT_FOUND, 0, name->name.text);
}

static enum sqli_status define_row(struct sqli_definition *definition,
                                   const struct sqli_create_type *create, struct new_type *new)
{
    struct sqli_schema *row = sqli__arena_alloc(&definition->arena, 1, sizeof *row);
    struct sqli_user_type parent = {.id = 0};
    struct sqli_table_column column = {.number = 0};
    struct sqli_span own = create->base.text, text = {NULL, 0};
    int32_t id;
    if (!row)
        return sqli__arena_status(&definition->arena, definition->error);
    row->type.code = SQLI_TYPE_ROW;
    if (create->parent.name.text.data)
        SQLI_TRY(sqli__definition_row_type(definition, &create->parent, &parent));
    if (own.data) {
        sqli__buffer_clear(&definition->sql);
        sqli__buffer_text(&definition->sql, "row");
        sqli__buffer_span(&definition->sql, own);
        text = sqli__arena_copy(&definition->arena, sqli__buffer_view(&definition->sql));
        SQLI_TRY(sqli__arena_status(&definition->arena, definition->error));
        SQLI_TRY(read_type_text(definition, text, create->base.at, &column, &row));
    }
    SQLI_TRY(join_fields(definition, parent.schema, row));
    SQLI_TRY(description_of(definition, row, &new->description));
    row->type.flags |= SQLI_TYPE_NAMED_ROW;
    new->mode = "R";
    new->schema = row;
    SQLI_TRY(insert_type(definition, new, &id));
    if (!parent.id)
        return SQLI_OK;
    return sqli__definition_run(definition,
                                "INSERT INTO %s.sysinherits (child, parent, class) VALUES (?1, ?2, "
                                "'t')",
                                "ii", id, parent.id);
}

enum sqli_status sqli__define_type(struct sqli_definition *definition,
                                   const struct sqli_create_type *create)
{
    struct new_type new = {.owner = create->name.owner.text, .name = create->name.name.text};
    bool exists;
    enum sqli_status status = free_type_name(definition, create, &exists);
    if (exists && create->if_not_exists) {
        sqli__error_clear(definition->error);
        return SQLI_OK;
    }
    SQLI_TRY(status);
    if (!new.owner.length)
        new.owner = definition->context->user;
    return create->row ? define_row(definition, create, &new)
                       : define_distinct(definition, create, &new);
}

/* --- DROP TYPE, DROP ROW TYPE --- */

static enum sqli_status check_unused(struct sqli_definition *definition, int32_t id, int32_t code,
                                     struct sqli_span name)
{
    int32_t uses = 0;
    SQLI_TRY(sqli__definition_ask(
        definition, sqli__on_number, &uses,
        "SELECT (SELECT count(*) FROM %s.syscolumns WHERE extended_id = ?1) + (SELECT count(*) "
        "FROM %s.sysattrtypes WHERE xtd_type_id = ?1) + (SELECT count(*) FROM %s.sysxtdtypes WHERE "
        "source = ?1) + (SELECT count(*) FROM %s.sysinherits WHERE parent = ?1) + (SELECT count(*) "
        "FROM %s.systables WHERE type_xid = ?1) + (SELECT count(*) FROM %s.sysproccolumns WHERE "
        "paramxid = ?1)",
        "i", id));
    return uses ? sqli__definition_fail(definition, code, 0, name) : SQLI_OK;
}

enum sqli_status sqli__drop_type(struct sqli_definition *definition,
                                 const struct sqli_object *object, bool row)
{
    static const char *const deletes[] = {
        "DELETE FROM %s.sysxtdtypes WHERE extended_id = ?1",
        "DELETE FROM %s.sysxtddesc WHERE extended_id = ?1",
        "DELETE FROM %s.sysattrtypes WHERE extended_id = ?1",
        "DELETE FROM %s.sysinherits WHERE child = ?1",
        "DELETE FROM %s.syscasts WHERE argument_xid = ?1 OR result_xid = ?1",
    };
    const struct sqli_object_name *name = &object->name;
    struct sqli_user_type user;
    SQLI_TRY(sqli__catalog_user_type(definition->context->catalog, name->owner.text,
                                     name->name.text, &definition->arena, &user,
                                     definition->error));
    if (!user.id && object->if_exists)
        return SQLI_OK;
    if (!user.id || (user.mode == 'R') != row)
        return sqli__definition_fail(definition,
                                     row ? SQLI_E_ROW_TYPE_NOT_FOUND : SQLI_E_TYPE_NOT_FOUND, 0,
                                     name->name.text);
    SQLI_TRY(check_unused(definition, user.id, row ? SQLI_E_ROW_TYPE_IN_USE : SQLI_E_TYPE_IN_USE,
                          user.name));
    for (size_t i = 0; i < sizeof deletes / sizeof deletes[0]; i++)
        SQLI_TRY(sqli__definition_run(definition, deletes[i], "i", user.id));
    return SQLI_OK;
}

/* --- CREATE TABLE ... OF TYPE --- */

enum sqli_status sqli__typed_columns(struct sqli_definition *definition,
                                     const struct sqli_schema *row, struct sqli_new_table *new)
{
    for (uint32_t i = 0; i < row->count; i++) {
        struct sqli_table_column *column =
            sqli__new_column(definition, &new->table, row->parts[i].field);
        if (!column)
            return SQLI_FAIL;
        SQLI_TRY(sqli__definition_schema(definition, &row->parts[i], column));
    }
    return SQLI_OK;
}
