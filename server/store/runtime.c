/* Installing the functions, and what a call of any of them needs. */
#include "server/store/runtime_call.h"

#include "base/alloc.h"
#include "server/store/conversion.h"
#include "value/parts.h"

enum {
    TYPES = 512,       /* parsed texts of types; the oldest goes first */
    TYPE_SLOTS = 1024, /* of the hash table over them */
    TYPE_MEMORY = 16 << 20,
    PACKED_ROOM = 32,
};

struct bound;

struct parsed_type {
    struct sqli_arena arena;
    struct sqli_span text;
    struct sqli_schema *schema;
    struct parsed_type *next; /* in its slot */
    uint32_t slot;
};

/* The runtime, and what its functions remember. */
struct functions {
    struct sqli_runtime *runtime;
    struct bound *bound;
    struct sqli_codeset *codeset;
    const struct sqli_codeset_info *codeset_of; /* the code set that `codeset` is for */
    uint32_t next;                              /* of `types` to be used */
    struct parsed_type types[TYPES];
    struct parsed_type *slots[TYPE_SLOTS];
};

/* What SQLite hands to each function. */
struct bound {
    struct functions *all;
    const struct sqli_function_row *row; /* NULL for an aggregate */
};

static struct functions *functions_of(sqlite3_context *context)
{
    const struct bound *bound = sqlite3_user_data(context);
    return bound->all;
}

struct sqli_runtime *sqli__call_runtime(sqlite3_context *context)
{
    return functions_of(context)->runtime;
}

struct sqli_error *sqli__call_error(sqlite3_context *context)
{
    return &functions_of(context)->runtime->error;
}

struct sqli_buffer *sqli__call_scratch(sqlite3_context *context)
{
    struct sqli_buffer *scratch = &functions_of(context)->runtime->scratch;
    sqli__buffer_clear(scratch);
    return scratch;
}

/* --- Failures --- */

/* Codes of the library's own that come from outside the one conversion. */
static int32_t informix_code(int32_t code)
{
    switch (code) {
    case SQLI_E_NO_MEMORY: return SQLI_E_QUERY_MEMORY;
    case SQLI_E_TOO_LARGE: return SQLI_E_STRING_RESULT_LENGTH;
    case SQLI_E_VALUE_RANGE: return SQLI_E_DECIMAL_OVERFLOW;
    case SQLI_E_VALUE_SYNTAX: return SQLI_E_COLLECTION_CONVERT;
    case SQLI_E_VALUE_IMAGE:
    case SQLI_E_CODE_SET_CHARACTER: return SQLI_E_CONVERSION;
    default: return code;
    }
}

void sqli__call_failed(sqlite3_context *context)
{
    struct sqli_error *error = sqli__call_error(context);
    int32_t code = informix_code(error->code);
    if (code != error->code) {
        char near[sizeof error->near];
        memcpy(near, error->near, sizeof near);
        sqli__fail(error, code, "%s", near);
    }
    sqlite3_result_error(context, error->message, -1);
}

void sqli__call_fail(sqlite3_context *context, int32_t code, const char *near)
{
    sqli__fail(sqli__call_error(context), code, near ? "%s" : NULL, near);
    sqli__call_failed(context);
}

bool sqli__call_interrupted(sqlite3_context *context)
{
    struct sqli_runtime *runtime = sqli__call_runtime(context);
    if (!atomic_load_explicit(&runtime->interrupted, memory_order_relaxed))
        return false;
    sqli__call_fail(context, SQLI_E_INTERRUPTED, NULL);
    return true;
}

/* --- Types --- */

/* The beginning, the end and the length tell the types of a statement apart well enough. */
static uint32_t hash(struct sqli_span text)
{
    uint64_t first = 0, last = 0;
    size_t length = text.length < sizeof first ? text.length : sizeof first;
    memcpy(&first, text.data, length);
    memcpy(&last, text.data + (text.length - length), length);
    uint64_t h = (first ^ (last << 7 | last >> 57) ^ text.length) * 0x9e3779b97f4a7c15u;
    return (uint32_t)(h >> 32) & (TYPE_SLOTS - 1);
}

static void forget_type(struct functions *f, struct parsed_type *type)
{
    struct parsed_type **link = &f->slots[type->slot];
    if (!type->schema)
        return;
    while (*link != type)
        link = &(*link)->next;
    *link = type->next;
    type->schema = NULL;
    sqli__arena_reset(&type->arena);
}

static enum sqli_status parse_with(struct parsed_type *type, const char *prefix,
                                   struct sqli_error *error)
{
    struct sqli_buffer whole;
    sqli__buffer_init(&whole, TYPE_MEMORY);
    sqli__buffer_text(&whole, prefix);
    sqli__buffer_span(&whole, type->text);
    enum sqli_status status = sqli__buffer_status(&whole, error);
    if (status == SQLI_OK)
        status = sqli__schema_parse(sqli__buffer_view(&whole), &type->arena, &type->schema, error);
    sqli__buffer_free(&whole);
    return status;
}

/* A qualifier that both types have is the same number in both; only intervals give the digits of
 * their first field, and only datetimes go from years to days. */
static enum sqli_status parse_type(struct parsed_type *type, struct sqli_span text, bool qualifier,
                                   struct sqli_error *error)
{
    type->text = sqli__arena_copy(&type->arena, text);
    SQLI_TRY(sqli__arena_status(&type->arena, error));
    if (!qualifier)
        return sqli__schema_parse(text, &type->arena, &type->schema, error);
    return parse_with(type, "interval ", error) == SQLI_OK ? SQLI_OK
                                                           : parse_with(type, "datetime ", error);
}

/* A call looks up three types at the most, far fewer than are kept: none that it holds is forgotten
 * meanwhile. No type reads like a qualifier. */
static const struct sqli_schema *find_type(sqlite3_context *context, sqlite3_value *argument,
                                           bool qualifier)
{
    struct functions *f = functions_of(context);
    struct sqli_span text = sqli__storage_bytes(argument);
    uint32_t slot = hash(text);
    for (struct parsed_type *type = f->slots[slot]; type; type = type->next)
        if (sqli__span_equal(type->text, text))
            return type->schema;
    struct parsed_type *type = &f->types[f->next];
    f->next = (f->next + 1) % TYPES;
    forget_type(f, type);
    if (parse_type(type, text, qualifier, sqli__call_error(context)) != SQLI_OK) {
        sqli__arena_reset(&type->arena);
        type->schema = NULL;
        sqli__call_failed(context);
        return NULL;
    }
    type->slot = slot;
    type->next = f->slots[slot];
    f->slots[slot] = type;
    return type->schema;
}

const struct sqli_schema *sqli__call_schema(sqlite3_context *context, sqlite3_value *type)
{
    return find_type(context, type, false);
}

sqli_qualifier sqli__call_qualifier(sqlite3_context *context, sqlite3_value *qualifier)
{
    const struct sqli_schema *schema = find_type(context, qualifier, true);
    return schema ? (sqli_qualifier)schema->type.length : 0;
}

/* --- Arguments --- */

static bool loaded(sqlite3_context *context, enum sqli_status status, bool null)
{
    if (status == SQLI_OK && null)
        status = sqli__fail(sqli__call_error(context), SQLI_E_INTERNAL, "the image of a NULL");
    if (status != SQLI_OK)
        sqli__call_failed(context);
    return status == SQLI_OK;
}

bool sqli__call_decimal(sqlite3_context *context, sqlite3_value *argument,
                        struct sqli_decimal *number)
{
    bool null = false;
    enum sqli_status status =
        sqlite3_value_type(argument) != SQLITE_BLOB
            ? sqli__fail(sqli__call_error(context), SQLI_E_INTERNAL, "no decimal")
            : sqli__decimal_decode(sqli__storage_bytes(argument), number, &null,
                                   sqli__call_error(context));
    return loaded(context, status, null);
}

bool sqli__call_datetime(sqlite3_context *context, sqlite3_value *argument, sqli_qualifier q,
                         struct sqli_datetime *datetime)
{
    bool null;
    enum sqli_status status = sqli__datetime_decode(sqli__storage_bytes(argument), q, datetime,
                                                    &null, sqli__call_error(context));
    return loaded(context, status, null);
}

bool sqli__call_interval(sqlite3_context *context, sqlite3_value *argument, sqli_qualifier q,
                         struct sqli_interval *interval)
{
    bool null;
    enum sqli_status status = sqli__interval_decode(sqli__storage_bytes(argument), q, interval,
                                                    &null, sqli__call_error(context));
    return loaded(context, status, null);
}

/* --- Results --- */

static void give_packed(sqlite3_context *context, const uint8_t *image, size_t length)
{
    sqlite3_result_blob(context, image, (int)sqli__storage_trim(image, length), SQLITE_TRANSIENT);
}

void sqli__give_decimal(sqlite3_context *context, enum sqli_status status,
                        const struct sqli_decimal *number)
{
    uint8_t image[PACKED_ROOM];
    if (status == SQLI_OK)
        give_packed(context, image, sqli__decimal_encode_short(number, image));
    else
        sqli__call_failed(context);
}

void sqli__give_datetime(sqlite3_context *context, enum sqli_status status,
                         const struct sqli_datetime *datetime)
{
    uint8_t image[PACKED_ROOM];
    if (status == SQLI_OK)
        status = sqli__datetime_encode(datetime, image, sqli__call_error(context));
    if (status == SQLI_OK)
        give_packed(context, image, (size_t)sqli__packed_width(datetime->qualifier));
    else
        sqli__call_failed(context);
}

void sqli__give_interval(sqlite3_context *context, enum sqli_status status,
                         const struct sqli_interval *interval)
{
    uint8_t image[PACKED_ROOM];
    if (status == SQLI_OK)
        status = sqli__interval_encode(interval, image, sqli__call_error(context));
    if (status == SQLI_OK)
        give_packed(context, image, (size_t)sqli__packed_width(interval->qualifier));
    else
        sqli__call_failed(context);
}

void sqli__give_value(sqlite3_context *context, enum sqli_status status,
                      const struct sqli_type *type, const struct sqli_value *value)
{
    if (status == SQLI_OK)
        status = sqli__storage_give(context, type, value, sqli__call_error(context));
    if (status != SQLI_OK)
        sqli__call_failed(context);
}

void sqli__give_text(sqlite3_context *context, struct sqli_span text)
{
    sqlite3_result_text64(context, text.data ? (const char *)text.data : "", text.length,
                          SQLITE_TRANSIENT, SQLITE_UTF8);
}

void sqli__give_scratch(sqlite3_context *context)
{
    const struct sqli_buffer *scratch = &sqli__call_runtime(context)->scratch;
    if (sqli__buffer_status(scratch, sqli__call_error(context)) == SQLI_OK)
        sqli__give_text(context, sqli__buffer_view(scratch));
    else
        sqli__call_failed(context);
}

/* --- Code sets --- */

struct sqli_codeset *sqli__call_codeset(sqlite3_context *context)
{
    struct functions *f = functions_of(context);
    const struct sqli_codeset_info *wanted = f->runtime->settings.codeset;
    if (f->codeset && f->codeset_of == wanted)
        return f->codeset;
    sqli__codeset_close(f->codeset);
    f->codeset = NULL;
    f->codeset_of = wanted;
    if (sqli__codeset_open(sqli__span_text(wanted->name), &f->codeset, sqli__call_error(context)) !=
        SQLI_OK)
        sqli__call_failed(context);
    return f->codeset;
}

/* --- x_cast and what else needs no family --- */

static void cast(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    struct sqli_runtime *runtime = sqli__call_runtime(context);
    struct sqli_value value, result;
    const struct sqli_schema *from = sqli__call_schema(context, arguments[1]);
    const struct sqli_schema *to = from ? sqli__call_schema(context, arguments[2]) : NULL;
    if (!to)
        return;
    enum sqli_status status = SQLI_OK;
    if (sqli__type_kind(&to->type) == SQLI_KIND_SIMPLE_LOB &&
        sqlite3_value_type(arguments[0]) == SQLITE_INTEGER) { /* one object, whatever its name */
        sqlite3_result_value(context, arguments[0]);
        return;
    }
    if (sqli__type_kind(&to->type) == SQLI_KIND_SIMPLE_LOB) {
        value = (struct sqli_value){.kind = SQLI_KIND_OPAQUE,
                                    .as.bytes = sqli__storage_bytes(arguments[0])};
    } else {
        status = sqli__storage_load(&from->type, arguments[0], &value, &runtime->error);
    }
    if (status == SQLI_OK)
        status = sqli__convert(&from->type, &value, &to->type, &runtime->settings,
                               sqli__call_scratch(context), &result, &runtime->error);
    sqli__give_value(context, status, &to->type, &result);
}

static void not_null(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    if (sqlite3_value_type(arguments[0]) != SQLITE_NULL)
        sqlite3_result_value(context, arguments[0]);
    else
        sqli__call_fail(context, SQLI_E_NOT_NULL, (const char *)sqlite3_value_text(arguments[1]));
}

static void fail(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    sqli__call_fail(context, sqlite3_value_int(arguments[0]),
                    (const char *)sqlite3_value_text(arguments[1]));
}

/* The date format, the century and the clock are settings: constant for one statement, but an
 * index or a stored CHECK may depend on them as they may in Informix. */
const struct sqli_function_row sqli__functions_cast[] = {
    {"x_cast", 3, 3, SQLI_CALL_PURE, cast},
    {"x_not_null", 2, 2, SQLI_CALL_PURE | SQLI_CALL_NULLS, not_null},
    {"x_fail", 2, 2, SQLI_CALL_NULLS, fail},
    {0},
};

/* --- Installing --- */

static void close_functions(void *context)
{
    struct functions *f = context;
    for (size_t i = 0; i < TYPES; i++)
        sqli__arena_free(&f->types[i].arena);
    sqli__codeset_close(f->codeset);
    sqli__free(f->bound);
    sqli__free(f);
}

static bool has_null(int count, sqlite3_value **arguments)
{
    for (int i = 0; i < count; i++)
        if (sqlite3_value_type(arguments[i]) == SQLITE_NULL)
            return true;
    return false;
}

static void dispatch(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    const struct bound *bound = sqlite3_user_data(context);
    if (!(bound->row->flags & SQLI_CALL_NULLS) && has_null(count, arguments))
        sqlite3_result_null(context);
    else
        bound->row->run(context, count, arguments);
}

static const struct sqli_function_row *const families[] = {
    sqli__functions_cast,      sqli__functions_number,   sqli__functions_text,
    sqli__functions_match,     sqli__functions_temporal, sqli__functions_format,
    sqli__functions_composite, sqli__functions_session,  sqli__functions_catalog,
    sqli__functions_lob,       sqli__functions_live,
};

enum { FAMILIES = sizeof families / sizeof families[0] };

static size_t count_rows(void)
{
    size_t count = 0;
    for (size_t i = 0; i < FAMILIES; i++)
        for (const struct sqli_function_row *row = families[i]; row->name; row++)
            count++;
    for (const struct sqli_aggregate_row *row = sqli__aggregates; row->name; row++)
        count++;
    return count;
}

static int flags_of(const struct sqli_function_row *row)
{
    int constant = row->flags & (SQLI_CALL_PURE | SQLI_CALL_STABLE) ? SQLITE_DETERMINISTIC : 0;
    return SQLITE_UTF8 | SQLITE_INNOCUOUS | constant;
}

/* Once for each number of arguments that it takes. */
static int install_function(sqlite3 *db, struct bound *bound)
{
    const struct sqli_function_row *row = bound->row;
    int code = SQLITE_OK;
    if (row->most < 0)
        return sqlite3_create_function_v2(db, row->name, -1, flags_of(row), bound, dispatch, NULL,
                                          NULL, NULL);
    for (int n = row->least; n <= row->most && code == SQLITE_OK; n++)
        code = sqlite3_create_function_v2(db, row->name, n, flags_of(row), bound, dispatch, NULL,
                                          NULL, NULL);
    return code;
}

static int install_all(sqlite3 *db, struct functions *f)
{
    int code = SQLITE_OK;
    struct bound *next = f->bound;
    for (size_t i = 0; i < FAMILIES; i++)
        for (const struct sqli_function_row *row = families[i]; row->name && code == SQLITE_OK;
             row++) {
            *next = (struct bound){f, row};
            code = install_function(db, next++);
        }
    for (const struct sqli_aggregate_row *row = sqli__aggregates; row->name && code == SQLITE_OK;
         row++) {
        *next = (struct bound){f, NULL};
        const int flags = SQLITE_UTF8 | SQLITE_INNOCUOUS | SQLITE_DETERMINISTIC;
        code = row->inverse ? sqlite3_create_window_function(db, row->name, row->arguments, flags,
                                                             next++, row->step, row->final,
                                                             row->final, row->inverse, NULL)
                            : sqlite3_create_function_v2(db, row->name, row->arguments, flags,
                                                         next++, NULL, row->step, row->final, NULL);
    }
    return code;
}

static void never_called(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    (void)arguments;
    sqlite3_result_null(context);
}

static struct functions *make_functions(struct sqli_runtime *runtime)
{
    struct functions *f = sqli__alloc_zeroed(1, sizeof *f);
    struct bound *bound = sqli__alloc_zeroed(count_rows(), sizeof *bound);
    if (!f || !bound) {
        sqli__free(f);
        sqli__free(bound);
        return NULL;
    }
    f->runtime = runtime;
    f->bound = bound;
    for (size_t i = 0; i < TYPES; i++)
        sqli__arena_init(&f->types[i].arena, TYPE_MEMORY);
    return f;
}

/* One function that nothing calls owns the memory: SQLite frees it with the connection, also when
 * this registration fails. */
enum sqli_status sqli__runtime_install(sqlite3 *db, struct sqli_runtime *runtime,
                                       struct sqli_error *error)
{
    struct functions *f = make_functions(runtime);
    if (!f)
        return sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
    int code = sqlite3_create_function_v2(db, "x_owner", 0, SQLITE_UTF8, f, never_called, NULL,
                                          NULL, close_functions);
    if (code == SQLITE_OK)
        code = install_all(db, f);
    if (code != SQLITE_OK)
        return sqli__fail(error, code == SQLITE_NOMEM ? SQLI_E_NO_MEMORY : SQLI_E_INTERNAL,
                          "functions: %s", sqlite3_errstr(code));
    return sqli__each_install(db, runtime, error);
}
