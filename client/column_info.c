/* Columns and parameters as the server describes them, in the words of include/sqli.h. */
#include "client/column.h"

#include "value/scan.h"

enum {
    INFO_SIZE_MIN = offsetof(struct sqli_column_info, table) + sizeof(char *), /* as it was first */
    TYPE_NAME_MAX = 1 << 20,
    SIMPLE_LOB_MAX = INT32_MAX,
    SHORT_TEXT_MAX = 255,
    LVARCHAR_MAX = 32739,
};
static const int64_t smart_lob_max = INT64_C(4) << 40;

/* --- types --- */

/* "SET(...)" as an extended type is named by its text alone. */
static int composite_type(const struct sqli_type *type)
{
    static const struct {
        const char *word;
        int type;
    } words[] = {
        {"set", SQLI_SET}, {"multiset", SQLI_MULTISET}, {"list", SQLI_LIST}, {"row", SQLI_ROWTYPE}};
    if (type->code >= SQLI_TYPE_SET && type->code <= SQLI_TYPE_ROW)
        return type->code;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t length = strlen(words[i].word);
        if (type->name.length > length && type->name.data[length] == '(' &&
            sqli__span_is_word(sqli__span(type->name.data, length), words[i].word))
            return words[i].type;
    }
    return SQLI_OPAQUE;
}

static bool is_clob(const struct sqli_type *type)
{
    return type->extended_id == SQLI_XID_CLOB || type->source == SQLI_XID_CLOB ||
           sqli__span_is_word(type->name, "clob");
}

int sqli__sqltype(const struct sqli_type *type)
{
    switch (sqli__type_kind(type)) {
    case SQLI_KIND_BOOLEAN: return SQLI_BOOLEAN;
    case SQLI_KIND_SMART_LOB: return is_clob(type) ? SQLI_CLOB : SQLI_BLOB;
    case SQLI_KIND_COMPOSITE: return composite_type(type);
    case SQLI_KIND_OPAQUE: return SQLI_OPAQUE;
    case SQLI_KIND_TEXT: break;
    default: return type->code;
    }
    bool varying = type->code == SQLI_TYPE_UDTVAR || type->code == SQLI_TYPE_UDTFIXED ||
                   type->code == SQLI_TYPE_LVARCHAR;
    return varying ? SQLI_LVARCHAR : type->code;
}

/* A DATETIME without a year is no point in time, and a floating decimal has no scale. */
int sqli__default_as(const struct sqli_type *type)
{
    switch (sqli__type_kind(type)) {
    case SQLI_KIND_INTEGER: return SQLI_AS_INT64;
    case SQLI_KIND_REAL: return SQLI_AS_DOUBLE;
    case SQLI_KIND_BOOLEAN: return SQLI_AS_BOOL;
    case SQLI_KIND_DATE: return SQLI_AS_DAYS;
    case SQLI_KIND_DECIMAL:
        return (type->length & 0xff) == SQLI_DECIMAL_FLOATING ? SQLI_AS_TEXT : SQLI_AS_DECIMAL128;
    case SQLI_KIND_DATETIME:
        return sqli__qualifier_start((sqli_qualifier)type->length) == SQLI_FIELD_YEAR
                   ? SQLI_AS_MICROS
                   : SQLI_AS_TEXT;
    case SQLI_KIND_SIMPLE_LOB: return type->code == SQLI_TYPE_TEXT ? SQLI_AS_TEXT : SQLI_AS_BYTES;
    case SQLI_KIND_SMART_LOB: return is_clob(type) ? SQLI_AS_TEXT : SQLI_AS_BYTES;
    case SQLI_KIND_OPAQUE: return SQLI_AS_BYTES;
    default: return SQLI_AS_TEXT;
    }
}

/* --- sizes --- */

static void tell_integer(const struct sqli_type *type, struct sqli_column_info *info)
{
    info->length = sqli__type_width(type);
    info->precision = info->length == 2 ? 5 : info->length == 4 ? 10 : 19;
}

static void tell_real(const struct sqli_type *type, struct sqli_column_info *info)
{
    info->length = sqli__type_width(type);
    info->precision = info->length == 4 ? 7 : 15;
    info->scale = -1;
}

static void tell_decimal(const struct sqli_type *type, struct sqli_column_info *info)
{
    int scale = type->length & 0xff;
    info->length = sqli__type_width(type) > 0 ? sqli__type_width(type) : 0;
    info->precision = type->length >> 8 & 0xff;
    info->scale = scale == SQLI_DECIMAL_FLOATING || info->precision == 0 ? -1 : scale;
}

static void tell_text(const struct sqli_type *type, struct sqli_column_info *info)
{
    bool is_short = sqli__type_width(type) == SQLI_WIDTH_SHORT;
    bool varying = info->type == SQLI_LVARCHAR;
    info->length = is_short ? type->length & 0xff : type->length;
    if (info->length <= 0)
        info->length = varying ? LVARCHAR_MAX : is_short ? SHORT_TEXT_MAX : 0;
}

static void tell_date(const struct sqli_type *type, struct sqli_column_info *info)
{
    info->length = sqli__type_width(type);
    info->last = SQLI_DAY;
}

static void tell_qualifier(const struct sqli_type *type, struct sqli_column_info *info)
{
    sqli_qualifier q = (sqli_qualifier)type->length;
    info->length = sqli__type_width(type) > 0 ? sqli__type_width(type) : 0;
    info->first = sqli__qualifier_start(q);
    info->last = sqli__qualifier_end(q);
    info->scale = info->last > SQLI_SECOND ? info->last - SQLI_SECOND : 0;
    if (type->code == SQLI_TYPE_INTERVAL && sqli__interval_qualifier_valid(q))
        info->precision = sqli__interval_first_digits(q);
}

static void tell_simple_lob(const struct sqli_type *type, struct sqli_column_info *info)
{
    (void)type;
    info->length = SIMPLE_LOB_MAX;
}

static void tell_smart_lob(const struct sqli_type *type, struct sqli_column_info *info)
{
    (void)type;
    info->length = smart_lob_max;
}

static void tell_other(const struct sqli_type *type, struct sqli_column_info *info)
{
    info->length = type->length > 0 ? type->length : 0;
}

static void (*const tell_size[SQLI_KIND_OPAQUE + 1])(const struct sqli_type *type,
                                                     struct sqli_column_info *info) = {
    [SQLI_KIND_NONE] = tell_other,          [SQLI_KIND_INTEGER] = tell_integer,
    [SQLI_KIND_REAL] = tell_real,           [SQLI_KIND_DECIMAL] = tell_decimal,
    [SQLI_KIND_TEXT] = tell_text,           [SQLI_KIND_BOOLEAN] = tell_other,
    [SQLI_KIND_DATE] = tell_date,           [SQLI_KIND_DATETIME] = tell_qualifier,
    [SQLI_KIND_INTERVAL] = tell_qualifier,  [SQLI_KIND_SIMPLE_LOB] = tell_simple_lob,
    [SQLI_KIND_SMART_LOB] = tell_smart_lob, [SQLI_KIND_COMPOSITE] = tell_other,
    [SQLI_KIND_OPAQUE] = tell_other,
};

/* --- all of it --- */

/* In UTF-8, NUL-ended, in the arena of the statement. */
static enum sqli_status keep(struct sqli_prepared *p, struct sqli_span text, const char **kept,
                             struct sqli_error *error)
{
    struct sqli_buffer own;
    sqli__buffer_init(&own, TYPE_NAME_MAX);
    enum sqli_status status = sqli__text_from_server(p->conn, text, &own, error);
    if (status == SQLI_OK)
        *kept = (const char *)sqli__arena_copy(&p->arena, sqli__buffer_view(&own)).data;
    sqli__buffer_free(&own);
    return status ? status : sqli__arena_status(&p->arena, error);
}

static enum sqli_status keep_type_name(struct sqli_prepared *p, const struct sqli_type *type,
                                       const char **kept, struct sqli_error *error)
{
    struct sqli_buffer text;
    sqli__buffer_init(&text, TYPE_NAME_MAX);
    sqli__type_print(type, &text);
    enum sqli_status status = sqli__buffer_status(&text, error);
    if (status == SQLI_OK)
        status = keep(p, sqli__buffer_view(&text), kept, error);
    sqli__buffer_free(&text);
    return status;
}

static enum sqli_status tell(struct sqli_prepared *p, const struct sqli_type *type,
                             const char *name, struct sqli_column_info *info,
                             struct sqli_error *error)
{
    struct sqli_column_info told = {
        .name = name,
        .type = sqli__sqltype(type),
        .default_as = sqli__default_as(type),
        .nullable = !(type->flags & SQLI_TYPE_NOT_NULL),
        .extended_id = type->extended_id,
        .table = "",
    };
    tell_size[sqli__type_kind(type)](type, &told);
    SQLI_TRY(keep(p, type->owner, &told.owner, error));
    SQLI_TRY(keep_type_name(p, type, &told.type_name, error));
    told.size = sizeof told;
    *info = told;
    return SQLI_OK;
}

static enum sqli_status tell_one(struct sqli_prepared *p, struct sqli_described **all,
                                 uint32_t count, uint32_t index, const struct sqli_type *type,
                                 const char *name, struct sqli_error *error)
{
    if (!*all)
        *all = sqli__arena_alloc(&p->arena, count, sizeof **all);
    SQLI_TRY(sqli__arena_status(&p->arena, error));
    struct sqli_column_info *info = &(*all)[index].info;
    return info->size ? SQLI_OK : tell(p, type, name, info, error);
}

/* `column` counts from 0 and is one of the statement's. */
static enum sqli_status column_told(struct sqli_prepared *p, uint32_t column,
                                    struct sqli_described **told, struct sqli_error *error)
{
    SQLI_TRY(tell_one(p, &p->columns_told, p->column_count, column, &p->shape.types[column],
                      (const char *)p->names[column].data, error));
    *told = &p->columns_told[column];
    return SQLI_OK;
}

enum sqli_status sqli__column_schema(struct sqli_prepared *p, uint32_t column,
                                     const struct sqli_schema **schema, struct sqli_error *error)
{
    struct sqli_described *told;
    const char *name;
    SQLI_TRY(column_told(p, column, &told, error));
    if (!told->schema_known) {
        SQLI_TRY(keep(p, p->shape.types[column].name, &name, error));
        if (sqli__schema_parse(sqli__span_text(name), &p->arena, &told->schema, NULL))
            told->schema = NULL;
        if (told->schema && told->schema->count == 0)
            told->schema = NULL;
        told->schema_known = true;
    }
    *schema = told->schema;
    return sqli__arena_status(&p->arena, error);
}

/* The program says how much of the struct it knows. */
static enum sqli_status give(const struct sqli_column_info *from, struct sqli_column_info *to,
                             struct sqli_error *error)
{
    size_t size = to->size;
    if (size < INFO_SIZE_MIN)
        return sqli__fail(error, SQLI_E_ARGUMENT, "the size of struct sqli_column_info");
    memcpy(to, from, size < sizeof *from ? size : sizeof *from);
    to->size = size;
    return SQLI_OK;
}

int sqli_column_info(const sqli_stmt *stmt, int column, struct sqli_column_info *info)
{
    struct sqli_described *told;
    SQLI_TRY_ENTER_WITH(sqli_connection(stmt), false, info);
    struct sqli_error *error = &stmt->conn->error;
    enum sqli_status status = SQLI_OK;
    if (column < 1 || column > sqli_column_count(stmt))
        status = sqli__fail(error, SQLI_E_COLUMN_INDEX, "%d", column);
    if (status == SQLI_OK)
        status = column_told(stmt->prepared, (uint32_t)column - 1, &told, error);
    if (status == SQLI_OK)
        status = give(&told->info, info, error);
    return sqli__leave(stmt->conn, status);
}

/* --- parameters --- */

struct question {
    struct sqli_stmt *stmt;
    uint32_t place; /* the first placeholder of the parameter, from 0 */
    const struct sqli_column_info *answer;
};

/* The describe of an INSERT is about the targets of its placeholders, and has their names. */
static bool described_by_insert(const struct sqli_prepared *p)
{
    return p->type == SQLI_STATEMENT_INSERT && p->column_count == p->placeholders;
}

static enum sqli_status ask(void *context)
{
    struct question *q = context;
    struct sqli_error *error = &q->stmt->conn->error;
    struct sqli_described *told;
    SQLI_TRY(sqli__statement_describe(q->stmt));
    struct sqli_prepared *p = q->stmt->prepared;
    if (p && described_by_insert(p)) {
        SQLI_TRY(column_told(p, q->place, &told, error));
        q->answer = &told->info;
        return SQLI_OK;
    }
    if (p)
        SQLI_TRY(sqli__prepared_inputs(p));
    if (!p || q->place >= p->input_count || !sqli__type_info(p->inputs[q->place].code))
        return sqli__fail(error, SQLI_E_UNSUPPORTED, "the server does not describe parameter %u",
                          q->place + 1);
    SQLI_TRY(
        tell_one(p, &p->inputs_told, p->input_count, q->place, &p->inputs[q->place], "", error));
    q->answer = &p->inputs_told[q->place].info;
    return SQLI_OK;
}

static bool find_place(const struct sqli_stmt *stmt, int parameter, uint32_t *place)
{
    for (size_t i = 0; i < stmt->placeholders.count; i++)
        if (stmt->placeholders.items[i].parameter + 1 == parameter) {
            *place = (uint32_t)i;
            return true;
        }
    return false;
}

int sqli_bind_info(sqli_stmt *stmt, int parameter, struct sqli_column_info *info)
{
    struct question q = {.stmt = stmt};
    SQLI_TRY_ENTER_WITH(sqli_connection(stmt), true, info);
    struct sqli_error *error = &stmt->conn->error;
    enum sqli_status status = SQLI_OK;
    if (!find_place(stmt, parameter, &q.place))
        status = sqli__fail(error, SQLI_E_PARAMETER_INDEX, "%d", parameter);
    if (status == SQLI_OK)
        status = sqli__drive(stmt->conn, ask, &q);
    if (status == SQLI_OK)
        status = give(q.answer, info, error);
    return sqli__leave(stmt->conn, status);
}
