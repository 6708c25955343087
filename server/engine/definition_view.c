/* Views: their text is what they are. It is stored so that every session reads it alike: strings
 * in single quotes, `*` as the columns that it meant, the names of the columns said. */
#include "server/engine/definition_inside.h"

#include "base/ascii.h"
#include "server/front/resolve.h"
#include "sql/tokenizer.h"

/* --- texts --- */

enum sqli_status sqli__apply_edits(struct sqli_definition *definition, struct sqli_span text,
                                   const struct sqli_edit *edits, uint32_t count,
                                   struct sqli_span *result)
{
    struct sqli_buffer *to = &definition->sql;
    size_t at = 0;
    sqli__buffer_clear(to);
    for (uint32_t i = 0; i < count; i++) {
        sqli__buffer_append(to, text.data + at, edits[i].at - at);
        sqli__buffer_span(to, edits[i].by);
        at = edits[i].at + edits[i].length;
    }
    sqli__buffer_append(to, text.data + at, text.length - at);
    SQLI_TRY(sqli__buffer_status(to, definition->error));
    *result = sqli__arena_copy(&definition->arena, sqli__buffer_view(to));
    return sqli__arena_status(&definition->arena, definition->error);
}

static bool is_plain(struct sqli_span name)
{
    if (name.length == 0 || sqli__is_digit(name.data[0]))
        return false;
    for (size_t i = 0; i < name.length; i++) {
        uint8_t c = name.data[i];
        if (c != '_' && !sqli__is_digit(c) && !(c >= 'a' && c <= 'z'))
            return false;
    }
    return true;
}

static void append_quoted(struct sqli_buffer *to, struct sqli_span text, char quote)
{
    sqli__buffer_byte(to, (uint8_t)quote);
    for (size_t i = 0; i < text.length; i++) {
        if (text.data[i] == (uint8_t)quote)
            sqli__buffer_byte(to, (uint8_t)quote);
        sqli__buffer_byte(to, text.data[i]);
    }
    sqli__buffer_byte(to, (uint8_t)quote);
}

static void append_name(struct sqli_buffer *to, struct sqli_span name)
{
    if (is_plain(name))
        sqli__buffer_span(to, name);
    else
        append_quoted(to, name, '"');
}

struct sqli_span sqli__written_name(struct sqli_definition *definition, struct sqli_span name)
{
    struct sqli_buffer text;
    sqli__buffer_init(&text, 4 * SQLI_NAME_MAX);
    append_name(&text, name);
    struct sqli_span written = sqli__arena_copy(&definition->arena, sqli__buffer_view(&text));
    sqli__buffer_free(&text);
    return written;
}

/* "..." is a string to a session without DELIMIDENT; views are read with it. */
static void append_select(struct sqli_buffer *to, struct sqli_span text, bool delimident)
{
    struct sqli_tokenizer tokenizer;
    struct sqli_token token;
    sqli__tokenizer_init(&tokenizer, text, delimident ? (unsigned)SQLI_SQL_DELIMIDENT : 0U);
    while (sqli__tokenizer_next(&tokenizer, &token) != SQLI_TOKEN_END) {
        struct sqli_span piece = sqli__token_text(text, &token);
        if (token.kind != SQLI_TOKEN_STRING || piece.data[0] != '"') {
            sqli__buffer_span(to, piece);
            continue;
        }
        sqli__buffer_byte(to, '\'');
        for (size_t i = 1; i + 1 < piece.length; i++) {
            if (piece.data[i] == '\'')
                sqli__buffer_byte(to, '\'');
            i += piece.data[i] == '"';
            sqli__buffer_byte(to, piece.data[i]);
        }
        sqli__buffer_byte(to, '\'');
    }
}

static enum sqli_status view_text(struct sqli_definition *definition, const struct sqli_table *view,
                                  struct sqli_span select, bool check, struct sqli_span *text)
{
    struct sqli_buffer *to = &definition->sql;
    bool again = view->count > 0; /* the second time the text is made already */
    bool delimident = again || sqli__catalog_delimident(definition->context->catalog);
    sqli__buffer_clear(to);
    sqli__buffer_text(to, "create view ");
    append_quoted(to, view->owner, '"');
    sqli__buffer_byte(to, '.');
    append_name(to, view->name);
    for (uint32_t i = 0; i < view->count; i++) {
        sqli__buffer_text(to, i ? "," : " (");
        append_name(to, view->columns[i].name);
    }
    sqli__buffer_text(to, view->count ? ") as " : " as ");
    append_select(to, select, delimident);
    sqli__buffer_text(to, check ? " with check option;" : ";");
    SQLI_TRY(sqli__buffer_status(to, definition->error));
    *text = sqli__arena_copy(&definition->arena, sqli__buffer_view(to));
    return sqli__arena_status(&definition->arena, definition->error);
}

/* --- `*` --- */

struct star {
    struct star *next;
    struct sqli_select *select;
    uint32_t at, end;
};

struct stars {
    struct sqli_definition *definition;
    struct star *first;
    uint32_t count;
};

/* In the order of the text. */
static void find_stars(struct stars *stars, struct sqli_select *select, struct star ***end)
{
    if (!select)
        return;
    find_stars(stars, select->left, end);
    for (const struct sqli_select_item *item = select->items; item; item = item->next) {
        if (item->expr->kind != SQLI_EXPR_STAR)
            continue;
        struct star *star = sqli__arena_alloc(&stars->definition->arena, 1, sizeof *star);
        if (!star)
            return;
        *star = (struct star){.select = select, .at = item->expr->at, .end = item->expr->end};
        **end = star;
        *end = &star->next;
        stars->count++;
    }
    find_stars(stars, select->right, end);
}

static const struct sqli_expr *column_of(const struct sqli_expr *expr)
{
    while (expr && expr->kind != SQLI_EXPR_COLUMN)
        expr = expr->args;
    return expr;
}

static struct sqli_span star_columns(struct sqli_definition *definition, const struct star *star)
{
    struct sqli_buffer text;
    sqli__buffer_init(&text, 1 << 20);
    for (const struct sqli_select_item *item = star->select->items; item; item = item->next) {
        const struct sqli_expr *column = item->expr->at == star->at ? column_of(item->expr) : NULL;
        if (!column)
            continue;
        const struct sqli_source *source = column->source;
        struct sqli_span table =
            source->alias.text.data ? source->alias.text : source->name.name.text;
        sqli__buffer_text(&text, text.length ? ", " : "");
        if (table.data) {
            append_name(&text, table);
            sqli__buffer_byte(&text, '.');
        }
        append_name(&text, source->columns[column->column].name);
    }
    struct sqli_span columns = sqli__arena_copy(&definition->arena, sqli__buffer_view(&text));
    sqli__buffer_free(&text);
    return columns;
}

static enum sqli_status replace_stars(struct sqli_definition *definition, const struct stars *stars,
                                      struct sqli_span *text)
{
    struct sqli_edit *edits =
        sqli__arena_alloc(&definition->arena, stars->count + 1, sizeof *edits);
    uint32_t count = 0;
    SQLI_TRY(sqli__arena_status(&definition->arena, definition->error));
    for (const struct star *star = stars->first; star; star = star->next)
        edits[count++] =
            (struct sqli_edit){star->at, star->end - star->at, star_columns(definition, star)};
    return sqli__apply_edits(definition, *text, edits, count, text);
}

/* --- what a view stands on --- */

struct base {
    struct base *next;
    int32_t tabid;
    char kind;
};

struct bases {
    struct sqli_definition *definition;
    struct base *first;
    bool temp;
};

static void note_base(void *context, const struct sqli_use *use)
{
    struct bases *bases = context;
    const char *physical = (const char *)use->table->physical.data;
    bases->temp |= use->table->temp;
    if (use->column || physical[0] == '"') /* of another database */
        return;
    for (const struct base *base = bases->first; base; base = base->next)
        if (base->tabid == use->table->tabid)
            return;
    struct base *base = sqli__arena_alloc(&bases->definition->arena, 1, sizeof *base);
    if (!base)
        return;
    *base = (struct base){bases->first, use->table->tabid, use->table->kind};
    bases->first = base;
}

static enum sqli_status insert_depends(struct sqli_definition *definition, int32_t tabid,
                                       const struct bases *bases)
{
    for (const struct base *base = bases->first; base; base = base->next) {
        const char kind[2] = {base->kind, '\0'};
        SQLI_TRY(sqli__definition_run(definition,
                                      "INSERT INTO %s.sysdepend (btabid, btype, dtabid, dtype) "
                                      "VALUES (?1, ?2, ?3, 'V')",
                                      "iti", base->tabid, kind, tabid));
    }
    return SQLI_OK;
}

static enum sqli_status insert_text(struct sqli_definition *definition, int32_t tabid,
                                    struct sqli_span text)
{
    enum { PIECE = 64 };
    int32_t piece = 0;
    SQLI_TRY(
        sqli__definition_run(definition, "DELETE FROM %s.sysviews WHERE tabid = ?", "i", tabid));
    for (size_t at = 0; at < text.length; at += PIECE, piece++) {
        size_t length = text.length - at < PIECE ? text.length - at : PIECE;
        SQLI_TRY(sqli__definition_run(definition,
                                      "INSERT INTO %s.sysviews (tabid, seqno, viewtext) VALUES "
                                      "(?1, ?2, ?3 || substr(printf('%-64s', ''), ?4))",
                                      "iisi", tabid, piece, sqli__span(text.data + at, length),
                                      (int32_t)length + 1));
    }
    return SQLI_OK;
}

/* --- CREATE VIEW --- */

static enum sqli_status read_column(struct sqli_definition *definition,
                                    const struct sqli_select_item *item,
                                    const struct sqli_name *name, struct sqli_table *view)
{
    struct sqli_engine_column from = {.name = name ? name->text : item->name,
                                      .type = item->expr->type};
    if (from.name.length == 0 || from.name.data[0] == '(')
        return sqli__definition_fail(definition, SQLI_E_VIEW_COLUMN_NAMES, 0, view->name);
    if (sqli__table_column(view, from.name) >= 0)
        return sqli__definition_fail(definition, SQLI_E_VIEW_COLUMN_TWICE, 0, from.name);
    return sqli__read_result(definition, &from, view);
}

static enum sqli_status read_columns(struct sqli_definition *definition,
                                     const struct sqli_create_view *create,
                                     const struct sqli_select *select, struct sqli_table *view)
{
    uint32_t i = 0;
    if (create->column_count && create->column_count != select->item_count)
        return sqli__definition_fail(definition, SQLI_E_VIEW_COLUMN_COUNT, 0, view->name);
    for (const struct sqli_select_item *item = select->items; item; item = item->next, i++)
        SQLI_TRY(
            read_column(definition, item, create->column_count ? &create->columns[i] : NULL, view));
    return SQLI_OK;
}

/* The query of a text, resolved. */
static enum sqli_status resolve_text(struct sqli_definition *definition, struct sqli_span text,
                                     struct stars *stars, sqli_on_use *on_use, void *context,
                                     struct sqli_select **select)
{
    struct sqli_create_view *parsed;
    SQLI_TRY(sqli__parse_view(text, &definition->arena, &parsed, definition->error));
    *select = parsed->select;
    if (stars) {
        struct star **end = &stars->first;
        find_stars(stars, parsed->select, &end);
    }
    return sqli__resolve_uses(definition->context->catalog, text, &definition->arena,
                              parsed->select, on_use, context, definition->error);
}

/* Rows that are not the view's can only be refused where each is one of a table. */
static bool can_check(const struct sqli_select *select)
{
    const struct sqli_source *from = select->from;
    return select->operation == SQLI_SET_NONE && !select->distinct && !select->group &&
           !select->having && from && !from->next && from->table;
}

static enum sqli_status write_view(struct sqli_definition *definition,
                                   const struct sqli_create_view *create,
                                   struct sqli_new_table *new, struct sqli_select *select,
                                   const struct stars *stars, const struct bases *bases,
                                   struct sqli_span text)
{
    SQLI_TRY(replace_stars(definition, stars, &text));
    SQLI_TRY(read_columns(definition, create, select, &new->table));
    struct sqli_create_view *parsed;
    SQLI_TRY(sqli__parse_view(text, &definition->arena, &parsed, definition->error));
    SQLI_TRY(view_text(definition, &new->table, parsed->text, create->check, &text));
    SQLI_TRY(sqli__insert_table(definition, new));
    for (uint32_t i = 0; i < new->table.count; i++)
        SQLI_TRY(sqli__insert_column(definition, new->table.tabid, &new->table.columns[i]));
    SQLI_TRY(insert_text(definition, new->table.tabid, text));
    return insert_depends(definition, new->table.tabid, bases);
}

enum sqli_status sqli__define_view(struct sqli_definition *definition,
                                   const struct sqli_create_view *create)
{
    struct sqli_new_table new = {.serial_starts = NULL};
    struct stars stars = {.definition = definition};
    struct bases bases = {.definition = definition};
    const struct sqli_table bare = {.name = create->name.name.text,
                                    .owner = definition->context->user};
    struct sqli_select *select;
    struct sqli_span text;
    bool exists;
    enum sqli_status status = sqli__definition_free_name(definition, &create->name, &exists);
    if (exists && create->if_not_exists) {
        sqli__error_clear(definition->error);
        return SQLI_OK;
    }
    SQLI_TRY(status);
    SQLI_TRY(view_text(definition, &bare, create->text, create->check, &text));
    SQLI_TRY(resolve_text(definition, text, &stars, note_base, &bases, &select));
    SQLI_TRY(sqli__arena_status(&definition->arena, definition->error));
    if (bases.temp)
        return sqli__definition_fail(definition, SQLI_E_DDL_PROHIBITED, 0, create->name.name.text);
    if (create->check && !can_check(select))
        return sqli__definition_fail(definition, SQLI_E_VIEW_CHANGE, 0, create->name.name.text);
    SQLI_TRY(sqli__begin_table(definition, &create->name, false, select->item_count, &new));
    new.table.kind = 'V';
    return write_view(definition, create, &new, select, &stars, &bases, text);
}

/* --- views of a table --- */

static enum sqli_status find_dependents(struct sqli_definition *definition, int32_t tabid,
                                        struct sqli_kept_texts *list)
{
    *list = (struct sqli_kept_texts){.definition = definition};
    return sqli__definition_ask(
        definition, sqli__on_kept_text, list,
        "SELECT dtabid, (SELECT group_concat(viewtext, '') FROM (SELECT viewtext FROM %s.sysviews "
        "WHERE tabid = dtabid ORDER BY seqno)) FROM %s.sysdepend WHERE btabid = ? AND dtype = 'V'",
        "i", tabid);
}

static enum sqli_status drop_one(struct sqli_definition *definition, int32_t tabid)
{
    static const char *const rows[] = {
        "DELETE FROM %s.sysviews WHERE tabid = ?",
        "DELETE FROM %s.sysdepend WHERE dtabid = ?",
    };
    SQLI_TRY(sqli__drop_dependents(definition, tabid, false));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        SQLI_TRY(sqli__definition_run(definition, rows[i], "i", tabid));
    return sqli__delete_table_rows(definition, tabid);
}

static const char *const rows_of_synonyms[] = {
    "DELETE FROM %s.systables WHERE tabtype IN ('S', 'P') AND tabid IN (SELECT tabid FROM "
    "%s.syssyntable WHERE btabid = ?)",
    "DELETE FROM %s.syssyntable WHERE btabid = ?",
};

enum sqli_status sqli__drop_dependents(struct sqli_definition *definition, int32_t tabid,
                                       bool restricted)
{
    struct sqli_kept_texts list;
    SQLI_TRY(find_dependents(definition, tabid, &list));
    if (list.first && restricted)
        return sqli__definition_fail(definition, SQLI_E_DROP_DEPENDENT, 0, sqli__span(NULL, 0));
    for (const struct sqli_kept_text *one = list.first; one; one = one->next)
        SQLI_TRY(drop_one(definition, one->number));
    for (size_t i = 0; i < sizeof rows_of_synonyms / sizeof rows_of_synonyms[0]; i++)
        SQLI_TRY(sqli__definition_run(definition, rows_of_synonyms[i], "i", tabid));
    return SQLI_OK;
}

enum sqli_status sqli__drop_view(struct sqli_definition *definition,
                                 const struct sqli_object *object)
{
    const struct sqli_object_name *name = &object->name;
    const struct sqli_table *view;
    SQLI_TRY(sqli__catalog_table(definition->context->catalog, name->database.text,
                                 name->owner.text, name->name.text, &view, definition->error));
    if (!view && object->if_exists)
        return SQLI_OK;
    if (!view)
        return sqli__definition_fail(definition, SQLI_E_TABLE_NOT_FOUND, SQLI_E_ISAM_NO_RECORD,
                                     name->name.text);
    if (view->kind != 'V' || view->system)
        return sqli__definition_fail(definition, SQLI_E_VIEW_NOT_FOUND, 0, name->name.text);
    int32_t tabid = view->tabid;
    if (object->restricted)
        SQLI_TRY(sqli__drop_dependents(definition, tabid, true));
    return drop_one(definition, tabid);
}

/* --- uses of a table or a column in its views --- */

struct mention {
    struct mention *next;
    uint32_t at;
};

struct mentions {
    struct sqli_definition *definition;
    int32_t tabid, column; /* column 0: the table */
    struct mention *first; /* in the order of the text */
    uint32_t count;
};

static void note_mention(void *context, const struct sqli_use *use)
{
    struct mentions *list = context;
    int32_t column = use->column ? use->column->number : 0;
    if (use->table->tabid != list->tabid || use->table->temp || column != list->column)
        return;
    struct mention **link = &list->first;
    while (*link && (*link)->at < use->at)
        link = &(*link)->next;
    if (*link && (*link)->at == use->at)
        return;
    struct mention *one = sqli__arena_alloc(&list->definition->arena, 1, sizeof *one);
    if (!one)
        return;
    *one = (struct mention){*link, use->at};
    *link = one;
    list->count++;
}

static enum sqli_status find_mentions(struct sqli_definition *definition,
                                      const struct sqli_kept_text *view, struct mentions *list)
{
    struct sqli_select *select;
    list->first = NULL;
    list->count = 0;
    SQLI_TRY(resolve_text(definition, view->text, NULL, note_mention, list, &select));
    return sqli__arena_status(&definition->arena, definition->error);
}

enum sqli_status sqli__drop_column_views(struct sqli_definition *definition, int32_t tabid,
                                         int32_t column)
{
    struct sqli_kept_texts list;
    struct mentions mentions = {.definition = definition, .tabid = tabid, .column = column};
    SQLI_TRY(find_dependents(definition, tabid, &list));
    for (const struct sqli_kept_text *one = list.first; one; one = one->next) {
        SQLI_TRY(find_mentions(definition, one, &mentions));
        if (mentions.count)
            SQLI_TRY(drop_one(definition, one->number));
    }
    return SQLI_OK;
}

static uint32_t token_length(struct sqli_span text, uint32_t at)
{
    struct sqli_tokenizer tokenizer;
    struct sqli_token token;
    sqli__tokenizer_init(&tokenizer, sqli__span(text.data + at, text.length - at),
                         SQLI_SQL_DELIMIDENT);
    sqli__tokenizer_next(&tokenizer, &token);
    return (uint32_t)token.length;
}

static enum sqli_status rename_mentions(struct sqli_definition *definition,
                                        struct sqli_kept_text *view, const struct mentions *list,
                                        struct sqli_span name)
{
    struct sqli_edit *edits = sqli__arena_alloc(&definition->arena, list->count + 1, sizeof *edits);
    uint32_t count = 0;
    SQLI_TRY(sqli__arena_status(&definition->arena, definition->error));
    for (const struct mention *one = list->first; one; one = one->next)
        if (view->text.data[one->at] != '*')
            edits[count++] = (struct sqli_edit){one->at, token_length(view->text, one->at), name};
    return sqli__apply_edits(definition, view->text, edits, count, &view->text);
}

/* All texts are worked out before one is stored: a view may mention another one. */
enum sqli_status sqli__rename_in_views(struct sqli_definition *definition, int32_t tabid,
                                       int32_t column, struct sqli_span name)
{
    struct sqli_kept_texts list;
    struct mentions mentions = {.definition = definition, .tabid = tabid, .column = column};
    struct sqli_span written = sqli__written_name(definition, name);
    SQLI_TRY(find_dependents(definition, tabid, &list));
    for (struct sqli_kept_text *one = list.first; one; one = one->next) {
        SQLI_TRY(find_mentions(definition, one, &mentions));
        SQLI_TRY(rename_mentions(definition, one, &mentions, written));
    }
    for (const struct sqli_kept_text *one = list.first; one; one = one->next)
        SQLI_TRY(insert_text(definition, one->number, one->text));
    return SQLI_OK;
}
