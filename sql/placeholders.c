#include "sql/placeholders.h"

#include "base/alloc.h"
#include "sql/text.h"

/* A name is found by open addressing, so that a statement with thousands of names costs no more
 * per name than one with three. */
enum { FIRST_CAPACITY = 8, SLOTS_PER_ITEM = 2 };

struct scan {
    struct sqli_span sql;
    struct sqli_placeholders *found;
    struct sqli_error *error;
    size_t capacity; /* of found->items; a power of two */
    uint16_t *slots; /* by name: index of its first item plus one, 0 free */
};

static enum sqli_status refuse(const struct scan *scan, size_t offset, int32_t code,
                               const char *why)
{
    size_t position = sqli__sql_character_offset(scan->sql, offset);
    sqli__fail(scan->error, code, "%s at position %zu", why, position);
    if (scan->error)
        scan->error->offset = position > INT32_MAX ? INT32_MAX : (int32_t)position;
    return SQLI_FAIL;
}

struct sqli_span sqli__placeholder_name(struct sqli_span sql,
                                        const struct sqli_placeholder *placeholder)
{
    return sqli__span(sql.data + placeholder->offset + 1, placeholder->length - 1U);
}

static uint32_t hash(struct sqli_span name)
{
    uint32_t sum = 2166136261U; /* FNV-1a */
    for (size_t i = 0; i < name.length; i++)
        sum = (sum ^ name.data[i]) * 16777619U;
    return sum;
}

/* The slot of the name, or the free one where it belongs. */
static uint16_t *find_slot(const struct scan *scan, struct sqli_span name)
{
    size_t mask = scan->capacity * SLOTS_PER_ITEM - 1;
    size_t at = hash(name) & mask;
    while (scan->slots[at]) {
        const struct sqli_placeholder *item = &scan->found->items[scan->slots[at] - 1];
        if (sqli__span_equal(sqli__placeholder_name(scan->sql, item), name))
            break;
        at = (at + 1) & mask;
    }
    return &scan->slots[at];
}

static void fill_slots(struct scan *scan)
{
    for (size_t i = 0; i < scan->found->count; i++) {
        const struct sqli_placeholder *item = &scan->found->items[i];
        uint16_t *slot = find_slot(scan, sqli__placeholder_name(scan->sql, item));
        if (!*slot)
            *slot = (uint16_t)(i + 1);
    }
}

static bool grow_slots(struct scan *scan)
{
    sqli__free(scan->slots);
    scan->slots = sqli__alloc_zeroed(scan->capacity * SLOTS_PER_ITEM, sizeof *scan->slots);
    if (scan->slots)
        fill_slots(scan);
    return scan->slots != NULL;
}

static bool grow(struct scan *scan)
{
    struct sqli_placeholders *found = scan->found;
    size_t capacity = scan->capacity ? scan->capacity * 2 : FIRST_CAPACITY;
    struct sqli_placeholder *items = sqli__realloc(found->items, capacity * sizeof *items);
    if (!items)
        return false;
    found->items = items;
    scan->capacity = capacity;
    return found->style != SQLI_PLACEHOLDER_NAMED || grow_slots(scan);
}

static enum sqli_status number_parameter(const struct scan *scan, struct sqli_placeholder *item)
{
    struct sqli_span digits = sqli__placeholder_name(scan->sql, item);
    uint32_t number = 0;
    for (size_t i = 0; i < digits.length && number <= SQLI_PLACEHOLDERS_MAX; i++)
        number = number * 10 + (uint32_t)(digits.data[i] - '0');
    if (number < 1 || number > SQLI_PLACEHOLDERS_MAX)
        return refuse(scan, item->offset, SQLI_E_ARGUMENT, "a placeholder number out of range");
    item->parameter = (uint16_t)(number - 1);
    return SQLI_OK;
}

static void name_parameter(const struct scan *scan, struct sqli_placeholder *item)
{
    uint16_t *slot = find_slot(scan, sqli__placeholder_name(scan->sql, item));
    if (*slot) {
        item->parameter = scan->found->items[*slot - 1].parameter;
        return;
    }
    *slot = (uint16_t)(scan->found->count + 1);
    item->parameter = (uint16_t)scan->found->parameters;
}

static enum sqli_status add(struct scan *scan, const struct sqli_token *token)
{
    struct sqli_placeholders *found = scan->found;
    if (found->count == SQLI_PLACEHOLDERS_MAX)
        return refuse(scan, token->offset, SQLI_E_TOO_LARGE, "more than 32767 placeholders");
    if (token->length > UINT32_MAX)
        return refuse(scan, token->offset, SQLI_E_TOO_LARGE, "the name of a placeholder");
    if (found->count == scan->capacity && !grow(scan))
        return sqli__fail(scan->error, SQLI_E_NO_MEMORY, NULL);

    struct sqli_placeholder *item = &found->items[found->count];
    *item = (struct sqli_placeholder){.offset = token->offset,
                                      .length = (uint32_t)token->length,
                                      .parameter = (uint16_t)found->count};
    if (found->style == SQLI_PLACEHOLDER_NUMBERED)
        SQLI_TRY(number_parameter(scan, item));
    if (found->style == SQLI_PLACEHOLDER_NAMED && scan->slots) /* grow has made them */
        name_parameter(scan, item);
    found->count++;
    if (item->parameter >= found->parameters)
        found->parameters = item->parameter + 1U;
    return SQLI_OK;
}

static enum sqli_placeholder_style style_of(enum sqli_token_kind kind)
{
    switch (kind) {
    case SQLI_TOKEN_QUESTION: return SQLI_PLACEHOLDER_QUESTION;
    case SQLI_TOKEN_NUMBERED: return SQLI_PLACEHOLDER_NUMBERED;
    case SQLI_TOKEN_NAMED: return SQLI_PLACEHOLDER_NAMED;
    default: return SQLI_PLACEHOLDER_NONE;
    }
}

static enum sqli_status scan_tokens(struct scan *scan, unsigned options)
{
    struct sqli_tokenizer tokenizer;
    struct sqli_token token;
    sqli__tokenizer_init(&tokenizer, scan->sql, options);
    while (sqli__tokenizer_next(&tokenizer, &token) != SQLI_TOKEN_END) {
        enum sqli_placeholder_style style = style_of(token.kind);
        if (style == SQLI_PLACEHOLDER_NONE)
            continue;
        if (scan->found->count == 0)
            scan->found->style = style;
        if (style != scan->found->style)
            return refuse(scan, token.offset, SQLI_E_ARGUMENT, "another style of placeholders");
        SQLI_TRY(add(scan, &token));
    }
    return SQLI_OK;
}

enum sqli_status sqli__placeholders_scan(struct sqli_span sql, unsigned options,
                                         struct sqli_placeholders *found, struct sqli_error *error)
{
    struct scan scan = {.sql = sql, .found = found, .error = error};
    *found = (struct sqli_placeholders){.style = SQLI_PLACEHOLDER_NONE};
    enum sqli_status status = scan_tokens(&scan, options);
    sqli__free(scan.slots);
    if (status != SQLI_OK)
        sqli__placeholders_free(found);
    return status;
}

void sqli__placeholders_free(struct sqli_placeholders *found)
{
    sqli__free(found->items);
    *found = (struct sqli_placeholders){.style = SQLI_PLACEHOLDER_NONE};
}

void sqli__placeholders_rewrite(struct sqli_span sql, const struct sqli_placeholders *found,
                                struct sqli_buffer *out)
{
    size_t copied = 0;
    for (size_t i = 0; i < found->count; i++) {
        const struct sqli_placeholder *item = &found->items[i];
        sqli__buffer_append(out, sql.data + copied, item->offset - copied);
        sqli__buffer_byte(out, '?');
        copied = item->offset + item->length;
    }
    if (copied < sql.length)
        sqli__buffer_append(out, sql.data + copied, sql.length - copied);
}
