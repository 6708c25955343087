/* Types that users defined: DISTINCT types and named ROWs. Their description in sysxtddesc is the
 * text of what they are made of; for a DISTINCT type that is the type at the bottom of its line. */
#include "server/store/catalog_inside.h"

#include "value/composite.h"

enum { DESCRIPTION_MAX = 1 << 20 };

struct found {
    const struct sqli_catalog_reader *reader;
    struct sqli_user_type *type;
};

static enum sqli_status on_type(void *context, sqlite3_stmt *row, struct sqli_error *error)
{
    struct found *found = context;
    struct sqli_arena *arena = found->reader->arena;
    const unsigned char *mode = sqlite3_column_text(row, 1);
    found->type->id = sqlite3_column_int(row, 0);
    found->type->mode = mode ? (char)mode[0] : ' ';
    found->type->owner = sqli__arena_copy(arena, sqli__column_trimmed(row, 2));
    found->type->name = sqli__arena_copy(arena, sqli__column_trimmed(row, 3));
    return sqli__arena_status(arena, error);
}

static enum sqli_status on_piece(void *context, sqlite3_stmt *row, struct sqli_error *error)
{
    struct sqli_buffer *text = context;
    sqli__buffer_append(text, sqlite3_column_text(row, 0), (size_t)sqlite3_column_bytes(row, 0));
    return sqli__buffer_status(text, error);
}

enum sqli_status sqli__catalog_description(const struct sqli_catalog_reader *reader, int32_t id,
                                           struct sqli_span *text)
{
    struct sqli_buffer pieces;
    char sql[SQLI_CATALOG_SQL_MAX];
    sqli__buffer_init(&pieces, DESCRIPTION_MAX);
    sqli__catalog_sql(sql, reader->schema,
                      "SELECT description FROM %s.sysxtddesc WHERE extended_id = ? ORDER BY seqno");
    enum sqli_status status =
        sqli__store_run(reader->store, on_piece, &pieces, reader->error, sql, "i", id);
    while (pieces.length && pieces.data[pieces.length - 1] == ' ')
        sqli__buffer_truncate(&pieces, pieces.length - 1);
    *text = sqli__arena_copy(reader->arena, sqli__buffer_view(&pieces));
    sqli__buffer_free(&pieces);
    SQLI_TRY(status);
    return sqli__arena_status(reader->arena, reader->error);
}

/* --- what a type is made of --- */

static enum sqli_status expand(const struct sqli_catalog_reader *reader, struct sqli_schema *schema,
                               int depth);

/* The bottom of the line stays in `source`: it tells a BLOB from a CLOB. */
void sqli__make_distinct(struct sqli_type *type, const struct sqli_user_type *user)
{
    enum sqli_kind kind = sqli__type_kind(type);
    bool built_in = type->code == SQLI_TYPE_UDTVAR || type->code == SQLI_TYPE_UDTFIXED;
    type->flags |= SQLI_TYPE_DISTINCT;
    if (built_in && kind == SQLI_KIND_TEXT)
        type->flags |= SQLI_TYPE_DISTINCT_LVARCHAR;
    if (built_in && kind == SQLI_KIND_BOOLEAN)
        type->flags |= SQLI_TYPE_DISTINCT_BOOLEAN;
    type->source = type->extended_id;
    type->extended_id = user->id;
    type->owner = user->owner;
    type->name = user->name;
}

static void make_named(struct sqli_type *type, const struct sqli_user_type *user)
{
    type->flags |= SQLI_TYPE_NAMED_ROW;
    type->extended_id = user->id;
    type->owner = user->owner;
    type->name = user->name;
}

static enum sqli_status read_parts(const struct sqli_catalog_reader *reader,
                                   struct sqli_user_type *user, int depth)
{
    struct sqli_schema *schema;
    struct sqli_span text;
    SQLI_TRY(sqli__catalog_description(reader, user->id, &text));
    SQLI_TRY(sqli__schema_parse(text, reader->arena, &schema, reader->error));
    SQLI_TRY(expand(reader, schema, depth + 1));
    if (user->mode == 'D')
        sqli__make_distinct(&schema->type, user);
    else
        make_named(&schema->type, user);
    user->schema = schema;
    return SQLI_OK;
}

static enum sqli_status find(const struct sqli_catalog_reader *reader, struct sqli_span owner,
                             struct sqli_span name, int32_t id, struct sqli_user_type *user)
{
    struct found found = {.reader = reader, .type = user};
    char sql[SQLI_CATALOG_SQL_MAX];
    *user = (struct sqli_user_type){.id = 0};
    sqli__catalog_sql(sql, reader->schema,
                      "SELECT extended_id, mode, owner, name FROM %s.sysxtdtypes WHERE mode "
                      "IN ('D', 'R') AND CASE WHEN ?3 THEN extended_id = ?3 ELSE name = ?2 AND (?1 "
                      "IS NULL OR owner = ?1) END ORDER BY owner = ?4 DESC, extended_id LIMIT 1");
    return sqli__store_run(reader->store, on_type, &found, reader->error, sql, "ssit", owner, name,
                           id, reader->store->runtime->user);
}

static enum sqli_status expand(const struct sqli_catalog_reader *reader, struct sqli_schema *schema,
                               int depth)
{
    struct sqli_user_type user;
    if (depth > SQLI_COMPOSITE_DEPTH)
        return sqli__fail(reader->error, SQLI_E_CONSTRUCTOR_TYPE, "nested deeper than %d levels",
                          (int)SQLI_COMPOSITE_DEPTH);
    for (uint32_t i = 0; i < schema->count; i++)
        SQLI_TRY(expand(reader, &schema->parts[i], depth + 1));
    if (schema->count || sqli__type_kind(&schema->type) != SQLI_KIND_OPAQUE)
        return SQLI_OK;
    struct sqli_span owner = schema->type.owner;
    SQLI_TRY(find(reader, owner.length ? owner : sqli__span(NULL, 0), schema->type.name, 0, &user));
    if (!user.id)
        return SQLI_OK;
    SQLI_TRY(read_parts(reader, &user, depth));
    uint16_t not_null = schema->type.flags & SQLI_TYPE_NOT_NULL;
    schema->count = user.schema->count;
    schema->parts = user.schema->parts;
    schema->type = user.schema->type;
    schema->type.flags |= not_null;
    return SQLI_OK;
}

static struct sqli_catalog_reader reader_of(struct sqli_catalog *catalog, struct sqli_arena *arena,
                                            struct sqli_error *error)
{
    return (struct sqli_catalog_reader){.store = sqli__catalog_store(catalog),
                                        .arena = arena,
                                        .schema = sqli__span_text("main"),
                                        .error = error};
}

enum sqli_status sqli__catalog_expand_in(const struct sqli_catalog_reader *reader,
                                         struct sqli_schema *schema)
{
    return expand(reader, schema, 0);
}

enum sqli_status sqli__catalog_expand(struct sqli_catalog *catalog, struct sqli_arena *arena,
                                      struct sqli_schema *schema, struct sqli_error *error)
{
    const struct sqli_catalog_reader reader = reader_of(catalog, arena, error);
    return expand(&reader, schema, 0);
}

enum sqli_status sqli__catalog_user_type(struct sqli_catalog *catalog, struct sqli_span owner,
                                         struct sqli_span name, struct sqli_arena *arena,
                                         struct sqli_user_type *type, struct sqli_error *error)
{
    const struct sqli_catalog_reader reader = reader_of(catalog, arena, error);
    SQLI_TRY(find(&reader, owner, name, 0, type));
    return type->id ? read_parts(&reader, type, 0) : SQLI_OK;
}

enum sqli_status sqli__catalog_user_type_name(struct sqli_catalog *catalog, int32_t id,
                                              struct sqli_arena *arena, struct sqli_user_type *type,
                                              struct sqli_error *error)
{
    const struct sqli_catalog_reader reader = reader_of(catalog, arena, error);
    return find(&reader, sqli__span(NULL, 0), sqli__span(NULL, 0), id, type);
}

/* --- types without their names --- */

bool sqli__type_is_users(const struct sqli_type *type)
{
    return type->flags & (SQLI_TYPE_DISTINCT | SQLI_TYPE_NAMED_ROW) &&
           type->extended_id >= SQLI_FIRST_EXTENDED_ID;
}

struct sqli_type sqli__source_type(const struct sqli_type *type)
{
    struct sqli_type source = *type;
    if (!(type->flags & SQLI_TYPE_DISTINCT))
        return source;
    source.flags &=
        (uint16_t) ~(SQLI_TYPE_DISTINCT | SQLI_TYPE_DISTINCT_LVARCHAR | SQLI_TYPE_DISTINCT_BOOLEAN);
    source.extended_id = type->source;
    source.source = 0;
    if (sqli__type_kind(type) == SQLI_KIND_COMPOSITE)
        return source;
    source.owner = sqli__span_text("");
    source.name = sqli__span_text("");
    sqli__catalog_name_type(&source);
    return source;
}

static enum sqli_status copy_plain(const struct sqli_schema *from, struct sqli_arena *arena,
                                   struct sqli_schema *to, struct sqli_error *error)
{
    *to = *from;
    to->type = sqli__source_type(&from->type);
    to->parts = sqli__arena_alloc(arena, from->count, sizeof *to->parts);
    SQLI_TRY(sqli__arena_status(arena, error));
    for (uint32_t i = 0; i < from->count; i++)
        SQLI_TRY(copy_plain(&from->parts[i], arena, &to->parts[i], error));
    return SQLI_OK;
}

enum sqli_status sqli__schema_plain_text(const struct sqli_schema *schema, struct sqli_arena *arena,
                                         struct sqli_span *text, struct sqli_error *error)
{
    struct sqli_schema plain;
    struct sqli_buffer buffer;
    SQLI_TRY(copy_plain(schema, arena, &plain, error));
    sqli__buffer_init(&buffer, DESCRIPTION_MAX);
    sqli__schema_print(&plain, &buffer);
    enum sqli_status status = sqli__buffer_status(&buffer, error);
    *text = sqli__arena_copy(arena, sqli__buffer_view(&buffer));
    sqli__buffer_free(&buffer);
    SQLI_TRY(status);
    return sqli__arena_status(arena, error);
}

/* --- columns --- */

/* What another database calls its types means nothing here. */
static void forget_name(struct sqli_table_column *column)
{
    column->type = sqli__source_type(&column->type);
    column->type.flags &= (uint16_t)~SQLI_TYPE_NAMED_ROW;
}

/* The length is the column's own: VARCHARs have theirs in it. */
enum sqli_status sqli__catalog_read_user_type(const struct sqli_catalog_reader *reader,
                                              struct sqli_table_column *column)
{
    struct sqli_catalog_reader own = *reader;
    struct sqli_user_type user;
    uint16_t flags = column->type.flags;
    if (sqli__span_equal(own.schema, sqli__span_text("temp")))
        own.schema = sqli__span_text("main");
    SQLI_TRY(find(&own, sqli__span(NULL, 0), sqli__span(NULL, 0), column->type.extended_id, &user));
    if (!user.id)
        return sqli__file_fail(SQLITE_CORRUPT, "sysxtdtypes", reader->error);
    SQLI_TRY(read_parts(&own, &user, 0));
    column->type = user.schema->type;
    column->type.flags = flags;
    if (user.schema->count) {
        column->schema = user.schema;
        SQLI_TRY(
            sqli__schema_plain_text(user.schema, reader->arena, &column->type.name, reader->error));
    }
    if (!sqli__span_equal(own.schema, sqli__span_text("main")))
        forget_name(column);
    return SQLI_OK;
}
