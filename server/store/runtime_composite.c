/* Rows and collections: made from parts, and taken apart. */
#include "server/store/runtime_call.h"

#include "base/alloc.h"
#include "server/store/conversion.h"
#include "value/parts.h"
#include "value/scan.h"

#define NULL_PART UINT32_MAX /* instead of the length of a part */

enum { MEMORY = 256 << 20, PART_HEAD = 4 };

static void finish(sqlite3_context *context, enum sqli_status status)
{
    if (status != SQLI_OK)
        sqli__call_failed(context);
}

/* The constructed type of the argument; NULL, and the call has failed, for any other. */
static const struct sqli_schema *composite_type(sqlite3_context *context, sqlite3_value *type)
{
    const struct sqli_schema *schema = sqli__call_schema(context, type);
    if (!schema || schema->count > 0)
        return schema;
    sqli__call_fail(context, SQLI_E_CONSTRUCTOR_TYPE, (const char *)sqlite3_value_text(type));
    return NULL;
}

/* --- x_row, x_collection --- */

static enum sqli_status read_part(struct sqli_runtime *runtime, const struct sqli_schema *schema,
                                  bool null, struct sqli_span text, struct sqli_arena *arena,
                                  struct sqli_element *element)
{
    if (!null)
        return sqli__element_from_text(schema, text, &runtime->settings, arena, element,
                                       &runtime->error);
    if (schema->type.flags & SQLI_TYPE_NOT_NULL)
        return sqli__fail(&runtime->error, SQLI_E_COLLECTION_INSERT_NULL, NULL);
    *element = (struct sqli_element){.schema = schema, .value.null = true};
    return SQLI_OK;
}

/* By way of the literal, where a SET drops what it has twice. */
static enum sqli_status give_literal(sqlite3_context *context, const struct sqli_element *written,
                                     struct sqli_arena *arena)
{
    struct sqli_runtime *runtime = sqli__call_runtime(context);
    struct sqli_buffer *scratch = sqli__call_scratch(context);
    struct sqli_element element;
    SQLI_TRY(sqli__composite_to_text(written, scratch, &runtime->error));
    if (written->schema->type.code == SQLI_TYPE_SET) {
        SQLI_TRY(sqli__element_from_text(written->schema, sqli__buffer_view(scratch),
                                         &runtime->settings, arena, &element, &runtime->error));
        sqli__buffer_clear(scratch);
        SQLI_TRY(sqli__composite_to_text(&element, scratch, &runtime->error));
    }
    sqli__give_scratch(context);
    return SQLI_OK;
}

/* Each argument is a part, a text or NULL, or many of them that x_parts wrote behind each other. */
static void append_part(struct sqli_buffer *parts, sqlite3_value *argument)
{
    struct sqli_span bytes = sqli__storage_bytes(argument);
    if (sqlite3_value_type(argument) == SQLITE_BLOB) {
        sqli__buffer_span(parts, bytes);
        return;
    }
    bool null = sqlite3_value_type(argument) == SQLITE_NULL;
    sqli__buffer_32(parts, null ? NULL_PART : (uint32_t)bytes.length);
    if (!null)
        sqli__buffer_span(parts, bytes);
}

/* *null or *text; false at the end. */
static bool next_part(struct sqli_span *parts, bool *null, struct sqli_span *text)
{
    if (parts->length < PART_HEAD)
        return false;
    uint32_t length = sqli__load32(parts->data);
    *null = length == NULL_PART;
    size_t size = *null ? 0 : length;
    *text = sqli__span(parts->data + PART_HEAD, size);
    *parts = sqli__span(parts->data + PART_HEAD + size, parts->length - PART_HEAD - size);
    return true;
}

static enum sqli_status read_parts(struct sqli_runtime *runtime, const struct sqli_schema *schema,
                                   struct sqli_span parts, struct sqli_arena *arena,
                                   struct sqli_element *written)
{
    bool row = schema->type.code == SQLI_TYPE_ROW;
    struct sqli_span rest = parts, text;
    bool null;
    while (next_part(&rest, &null, &text))
        written->count++;
    if (row && schema->count != written->count)
        return sqli__fail(&runtime->error, SQLI_E_ROW_FIELD_COUNT, NULL);
    written->elements = sqli__arena_alloc(arena, written->count, sizeof *written->elements);
    SQLI_TRY(sqli__arena_status(arena, &runtime->error));
    for (uint32_t i = 0; next_part(&parts, &null, &text); i++)
        SQLI_TRY(read_part(runtime, &schema->parts[row ? i : 0], null, text, arena,
                           &written->elements[i]));
    return SQLI_OK;
}

static enum sqli_status construct(sqlite3_context *context, const struct sqli_schema *schema,
                                  int count, sqlite3_value **arguments, struct sqli_arena *arena)
{
    struct sqli_runtime *runtime = sqli__call_runtime(context);
    struct sqli_element written = {.schema = schema, .value.kind = SQLI_KIND_COMPOSITE};
    struct sqli_buffer parts;
    sqli__buffer_init(&parts, MEMORY);
    for (int i = 0; i < count; i++)
        append_part(&parts, arguments[i]);
    enum sqli_status status = sqli__buffer_status(&parts, &runtime->error);
    if (status == SQLI_OK)
        status = read_parts(runtime, schema, sqli__buffer_view(&parts), arena, &written);
    if (status == SQLI_OK)
        status = give_literal(context, &written, arena);
    sqli__buffer_free(&parts);
    return status;
}

static void bundle(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    struct sqli_buffer *scratch = sqli__call_scratch(context);
    for (int i = 0; i < count; i++)
        append_part(scratch, arguments[i]);
    if (sqli__buffer_status(scratch, sqli__call_error(context)) != SQLI_OK)
        sqli__call_failed(context);
    else
        sqlite3_result_blob64(context, scratch->data, scratch->length, SQLITE_TRANSIENT);
}

static void make(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    struct sqli_arena arena;
    const struct sqli_schema *schema = composite_type(context, arguments[count - 1]);
    if (!schema)
        return;
    sqli__arena_init(&arena, MEMORY);
    finish(context, construct(context, schema, count - 1, arguments, &arena));
    sqli__arena_free(&arena);
}

/* --- x_field --- */

static enum sqli_status give_element(sqlite3_context *context, const struct sqli_element *element)
{
    struct sqli_runtime *runtime = sqli__call_runtime(context);
    if (element->value.null) {
        sqlite3_result_null(context);
        return SQLI_OK;
    }
    if (element->schema->count == 0)
        return sqli__storage_give(context, &element->schema->type, &element->value,
                                  &runtime->error);
    SQLI_TRY(sqli__composite_to_text(element, sqli__call_scratch(context), &runtime->error));
    sqli__give_scratch(context);
    return SQLI_OK;
}

static enum sqli_status field_of(sqlite3_context *context, const struct sqli_schema *schema,
                                 sqlite3_value **arguments, struct sqli_arena *arena)
{
    struct sqli_runtime *runtime = sqli__call_runtime(context);
    struct sqli_element row;
    sqlite3_int64 number = sqlite3_value_int64(arguments[1]);
    SQLI_TRY(sqli__element_from_text(schema, sqli__storage_bytes(arguments[0]), &runtime->settings,
                                     arena, &row, &runtime->error));
    if (schema->type.code != SQLI_TYPE_ROW || number < 1 || number > row.count)
        return sqli__fail(&runtime->error, SQLI_E_FIELD_OF_NO_ROW, NULL);
    return give_element(context, &row.elements[number - 1]);
}

static void field(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    struct sqli_arena arena;
    const struct sqli_schema *schema = composite_type(context, arguments[2]);
    if (!schema)
        return;
    sqli__arena_init(&arena, MEMORY);
    finish(context, field_of(context, schema, arguments, &arena));
    sqli__arena_free(&arena);
}

/* --- x_in_collection, x_cardinality --- */

static struct sqli_span without_blanks(struct sqli_span text)
{
    while (text.length > 0 && text.data[text.length - 1] == ' ')
        text.length--;
    return text;
}

/* Texts are equal as SQL has it, without the blanks at their ends; other values of one type when
 * their canonical texts are. `scratch` holds that of `wanted` and nothing else. */
static enum sqli_status same_value(const struct sqli_element *wanted,
                                   const struct sqli_element *element, struct sqli_buffer *scratch,
                                   bool *same, struct sqli_error *error)
{
    size_t start = scratch->length;
    *same = false;
    if (wanted->value.null || element->value.null)
        return SQLI_OK;
    if (wanted->value.kind == SQLI_KIND_TEXT) {
        *same = sqli__span_equal(without_blanks(wanted->value.as.bytes),
                                 without_blanks(element->value.as.bytes));
        return SQLI_OK;
    }
    SQLI_TRY(sqli__composite_to_text(element, scratch, error));
    *same = sqli__span_equal(sqli__span(scratch->data, start),
                             sqli__span(scratch->data + start, scratch->length - start));
    sqli__buffer_truncate(scratch, start);
    return SQLI_OK;
}

static enum sqli_status is_element(sqlite3_context *context, const struct sqli_schema *schema,
                                   sqlite3_value **arguments, struct sqli_arena *arena, bool *found)
{
    struct sqli_runtime *runtime = sqli__call_runtime(context);
    struct sqli_buffer *scratch = sqli__call_scratch(context);
    struct sqli_element wanted, collection;
    SQLI_TRY(sqli__element_from_text(schema, sqli__storage_bytes(arguments[1]), &runtime->settings,
                                     arena, &collection, &runtime->error));
    SQLI_TRY(sqli__element_from_text(schema->parts, sqli__storage_bytes(arguments[0]),
                                     &runtime->settings, arena, &wanted, &runtime->error));
    SQLI_TRY(sqli__composite_to_text(&wanted, scratch, &runtime->error));
    for (uint32_t i = 0; i < collection.count && !*found; i++)
        SQLI_TRY(same_value(&wanted, &collection.elements[i], scratch, found, &runtime->error));
    return SQLI_OK;
}

static void in_collection(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    struct sqli_arena arena;
    bool found = false;
    const struct sqli_schema *schema = composite_type(context, arguments[2]);
    if (!schema)
        return;
    sqli__arena_init(&arena, MEMORY);
    enum sqli_status status = is_element(context, schema, arguments, &arena, &found);
    sqli__arena_free(&arena);
    finish(context, status);
    if (status == SQLI_OK)
        sqlite3_result_int(context, found);
}

/* By the commas of its literal. */
static void cardinality(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    struct sqli_scan scan = {sqli__storage_bytes(arguments[0]), 0};
    sqli__scan_word(&scan);
    if (!sqli__scan_take(&scan, '{'))
        sqli__call_fail(context, SQLI_E_COLLECTION_CONVERT, NULL);
    else
        sqlite3_result_int64(
            context, sqli__scan_peek(&scan) == '}' ? 0 : (sqlite3_int64)sqli__scan_items(&scan));
}

const struct sqli_function_row sqli__functions_composite[] = {
    {"x_row", 1, -1, SQLI_CALL_PURE | SQLI_CALL_NULLS, make},
    {"x_collection", 1, -1, SQLI_CALL_PURE | SQLI_CALL_NULLS, make},
    {"x_parts", 1, -1, SQLI_CALL_PURE | SQLI_CALL_NULLS, bundle},
    {"x_field", 3, 3, SQLI_CALL_PURE, field},
    {"x_in_collection", 3, 3, SQLI_CALL_PURE, in_collection},
    {"x_cardinality", 1, 1, SQLI_CALL_PURE, cardinality},
    {0},
};

/* --- x_each(collection, type): a table of the elements --- */

struct each_table {
    sqlite3_vtab base;
    struct sqli_runtime *runtime;
};

struct each_cursor {
    sqlite3_vtab_cursor base;
    struct sqli_arena arena;
    struct sqli_schema *schema;
    struct sqli_element collection;
    uint32_t at;
};

enum { EACH_VALUE, EACH_COLLECTION, EACH_TYPE, EACH_ARGUMENTS = 2 };

static struct sqli_runtime *runtime_of(const struct each_cursor *cursor)
{
    return ((struct each_table *)cursor->base.pVtab)->runtime;
}

static int each_connect(sqlite3 *db, void *context, int count, const char *const *words,
                        sqlite3_vtab **table, char **message)
{
    (void)count;
    (void)words;
    (void)message;
    int code = sqlite3_declare_vtab(db, "CREATE TABLE x(value, collection HIDDEN, type HIDDEN)");
    if (code != SQLITE_OK)
        return code;
    struct each_table *made = sqli__alloc_zeroed(1, sizeof *made);
    if (!made)
        return SQLITE_NOMEM;
    made->runtime = context;
    *table = &made->base;
    return sqlite3_vtab_config(db, SQLITE_VTAB_INNOCUOUS);
}

static int each_disconnect(sqlite3_vtab *table)
{
    sqli__free(table);
    return SQLITE_OK;
}

/* Both arguments must be there, in the order of the columns. */
static int each_best_index(sqlite3_vtab *table, sqlite3_index_info *info)
{
    (void)table;
    int found = 0;
    for (int i = 0; i < info->nConstraint; i++) {
        const struct sqlite3_index_constraint *constraint = &info->aConstraint[i];
        if (constraint->iColumn < EACH_COLLECTION || constraint->op != SQLITE_INDEX_CONSTRAINT_EQ)
            continue;
        if (!constraint->usable)
            return SQLITE_CONSTRAINT;
        info->aConstraintUsage[i].argvIndex = constraint->iColumn;
        info->aConstraintUsage[i].omit = 1;
        found |= 1 << constraint->iColumn;
    }
    info->estimatedCost = 10;
    info->estimatedRows = 10;
    return found == (1 << EACH_COLLECTION | 1 << EACH_TYPE) ? SQLITE_OK : SQLITE_CONSTRAINT;
}

static int each_open(sqlite3_vtab *table, sqlite3_vtab_cursor **cursor)
{
    (void)table;
    struct each_cursor *made = sqli__alloc_zeroed(1, sizeof *made);
    if (!made)
        return SQLITE_NOMEM;
    sqli__arena_init(&made->arena, MEMORY);
    *cursor = &made->base;
    return SQLITE_OK;
}

static int each_close(sqlite3_vtab_cursor *cursor)
{
    struct each_cursor *each = (struct each_cursor *)cursor;
    sqli__arena_free(&each->arena);
    sqli__free(each);
    return SQLITE_OK;
}

static int each_filter(sqlite3_vtab_cursor *cursor, int index, const char *name, int count,
                       sqlite3_value **arguments)
{
    (void)index;
    (void)name;
    struct each_cursor *each = (struct each_cursor *)cursor;
    struct sqli_runtime *runtime = runtime_of(each);
    sqli__arena_reset(&each->arena);
    each->collection = (struct sqli_element){0};
    each->at = 0;
    if (count != EACH_ARGUMENTS || sqlite3_value_type(arguments[0]) == SQLITE_NULL)
        return SQLITE_OK;
    enum sqli_status status = sqli__schema_parse(sqli__storage_bytes(arguments[1]), &each->arena,
                                                 &each->schema, &runtime->error);
    if (status == SQLI_OK)
        status = sqli__element_from_text(each->schema, sqli__storage_bytes(arguments[0]),
                                         &runtime->settings, &each->arena, &each->collection,
                                         &runtime->error);
    return status == SQLI_OK ? SQLITE_OK : SQLITE_ERROR;
}

static int each_next(sqlite3_vtab_cursor *cursor)
{
    ((struct each_cursor *)cursor)->at++;
    return SQLITE_OK;
}

static int each_eof(sqlite3_vtab_cursor *cursor)
{
    const struct each_cursor *each = (const struct each_cursor *)cursor;
    return each->at >= each->collection.count;
}

static int each_column(sqlite3_vtab_cursor *cursor, sqlite3_context *context, int column)
{
    const struct each_cursor *each = (const struct each_cursor *)cursor;
    struct sqli_runtime *runtime = runtime_of(each);
    if (column != EACH_VALUE)
        return SQLITE_OK;
    const struct sqli_element *element = &each->collection.elements[each->at];
    enum sqli_status status = SQLI_OK;
    if (element->value.null) {
        sqlite3_result_null(context);
    } else if (element->schema->count == 0) {
        status =
            sqli__storage_give(context, &element->schema->type, &element->value, &runtime->error);
    } else {
        sqli__buffer_clear(&runtime->scratch);
        status = sqli__composite_to_text(element, &runtime->scratch, &runtime->error);
        if (status == SQLI_OK)
            sqli__give_text(context, sqli__buffer_view(&runtime->scratch));
    }
    return status == SQLI_OK ? SQLITE_OK : SQLITE_ERROR;
}

static int each_rowid(sqlite3_vtab_cursor *cursor, sqlite3_int64 *rowid)
{
    *rowid = ((const struct each_cursor *)cursor)->at;
    return SQLITE_OK;
}

/* No xCreate: it is there without CREATE VIRTUAL TABLE, and cannot be made twice. */
static const sqlite3_module each_module = {
    .xConnect = each_connect,
    .xBestIndex = each_best_index,
    .xDisconnect = each_disconnect,
    .xOpen = each_open,
    .xClose = each_close,
    .xFilter = each_filter,
    .xNext = each_next,
    .xEof = each_eof,
    .xColumn = each_column,
    .xRowid = each_rowid,
};

enum sqli_status sqli__each_install(sqlite3 *db, struct sqli_runtime *runtime,
                                    struct sqli_error *error)
{
    int code = sqlite3_create_module_v2(db, "x_each", &each_module, runtime, NULL);
    if (code == SQLITE_OK)
        return SQLI_OK;
    return sqli__fail(error, code == SQLITE_NOMEM ? SQLI_E_NO_MEMORY : SQLI_E_INTERNAL,
                      "x_each: %s", sqlite3_errstr(code));
}
