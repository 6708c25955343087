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

/* The text as servers print it is what stands for the type everywhere. */
static enum sqli_status canonical(struct sqli_definition *definition,
                                  struct sqli_table_column *column)
{
    struct sqli_buffer *text = &definition->sql;
    struct sqli_schema *schema;
    sqli__buffer_clear(text);
    sqli__schema_print(column->schema, text);
    SQLI_TRY(sqli__buffer_status(text, definition->error));
    struct sqli_span name = sqli__arena_copy(&definition->arena, sqli__buffer_view(text));
    SQLI_TRY(sqli__arena_status(&definition->arena, definition->error));
    SQLI_TRY(sqli__schema_parse(name, &definition->arena, &schema, definition->error));
    column->schema = schema;
    column->type.name = name;
    return SQLI_OK;
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
    const struct sqli_schema *unknown = find_unknown(schema);
    if (unknown)
        return sqli__definition_fail(definition, SQLI_E_TYPE_NOT_FOUND, 0, unknown->type.name);
    column->type = schema->type;
    fix_point(definition, &column->type);
    if (!is_composite(&schema->type))
        return SQLI_OK;
    column->schema = schema;
    return canonical(definition, column);
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

/* Fields of a ROW, or the element of a collection. Deeper levels stand in the description. */
static enum sqli_status insert_attributes(struct sqli_definition *definition, int32_t id,
                                          const struct sqli_schema *schema)
{
    for (uint32_t i = 0; i < schema->count; i++) {
        const struct sqli_schema *part = &schema->parts[i];
        SQLI_TRY(sqli__definition_run(
            definition,
            "INSERT INTO %s.sysattrtypes (extended_id, seqno, levelno, parent_no, fieldname, "
            "fieldno, type, length, xtd_type_id) VALUES (?1, ?2, 1, 0, ?3, ?2, ?4, ?5, ?6)",
            "iisiii", id, (int32_t)i + 1, part->field,
            (int32_t)(part->type.code | part->type.flags), part->type.length,
            part->type.extended_id));
    }
    return SQLI_OK;
}

static enum sqli_status insert_type(struct sqli_definition *definition, int32_t id,
                                    const struct sqli_table_column *column)
{
    bool row = column->type.code == SQLI_TYPE_ROW;
    SQLI_TRY(sqli__definition_run(
        definition,
        "INSERT INTO %s.sysxtdtypes (extended_id, domain, mode, owner, name, type, source, maxlen, "
        "length, byvalue, cannothash, align, locator) VALUES (?1, ?2, ?3, printf('%-32s', ?4), "
        "NULL, ?5, 0, 0, 0, 'f', 'f', 4, 0)",
        "ittsi", id, row ? "R" : "C", row ? "R" : "C", definition->context->user,
        (int32_t)column->type.code));
    SQLI_TRY(insert_attributes(definition, id, column->schema));
    return insert_description(definition, id, column->type.name);
}

/* Texts of one piece only are looked up; longer ones are rare enough to have an id each. */
enum sqli_status sqli__definition_extended(struct sqli_definition *definition,
                                           struct sqli_table_column *column)
{
    int32_t id = 0;
    if (!is_composite(&column->type))
        return SQLI_OK;
    SQLI_TRY(sqli__definition_ask(
        definition, sqli__on_number, &id,
        "SELECT d.extended_id FROM %s.sysxtddesc d WHERE d.seqno = 0 AND d.description = ?1 AND "
        "NOT EXISTS (SELECT 1 FROM %s.sysxtddesc o WHERE o.extended_id = d.extended_id AND "
        "o.seqno = 1)",
        "s", column->type.name));
    if (id == 0) {
        SQLI_TRY(sqli__definition_number(definition, SQLI_TABID_XTDTYPES, &id));
        SQLI_TRY(insert_type(definition, id, column));
    }
    column->type.extended_id = id;
    return SQLI_OK;
}
