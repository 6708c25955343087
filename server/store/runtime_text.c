/* The functions of text.
 *
 * Positions and lengths count characters: bytes in a code set of one byte each, else those of
 * UTF-8. Texts in a code set of several bytes that is not UTF-8 are converted to it on the way in,
 * and the result on the way out. */
#include "server/store/runtime_call.h"

#include "server/store/runtime_case.h"
#include "value/utf8.h"

enum { TEXTS = 3, RESULT_MAX = 32739 }; /* bytes that an LVARCHAR may have */

/* One call: its text arguments in a form whose characters can be counted. */
struct text_call {
    sqlite3_context *context;
    sqlite3_value **arguments;
    int count;
    bool utf8;                    /* the texts, and the result, are UTF-8 */
    struct sqli_codeset *foreign; /* what they were converted from; NULL: nothing */
    struct sqli_span text[TEXTS]; /* the first arguments; empty where they are no texts */
    struct sqli_buffer converted[TEXTS];
    struct sqli_buffer *out;
};

typedef void text_function(struct text_call *t);

/* --- Characters --- */

/* How many bytes the character at `at` has; what is no UTF-8 goes byte by byte. */
static size_t width_at(const struct text_call *t, struct sqli_span text, size_t at)
{
    uint32_t point;
    if (!t->utf8 || text.data[at] < 0x80)
        return 1;
    size_t width = sqli__utf8_decode(sqli__span(text.data + at, text.length - at), &point);
    return width ? width : 1;
}

static int64_t characters_of(const struct text_call *t, struct sqli_span text)
{
    if (!t->utf8)
        return (int64_t)text.length;
    size_t at = sqli__ascii_prefix(text);
    int64_t count = (int64_t)at;
    for (; at < text.length; at += width_at(t, text, at))
        count++;
    return count;
}

/* Where the character with this number (from 0) begins; the end for one that is not there. */
static size_t offset_of(const struct text_call *t, struct sqli_span text, int64_t number)
{
    size_t at = 0;
    if (number <= 0)
        return 0;
    if (!t->utf8)
        return (uint64_t)number < text.length ? (size_t)number : text.length;
    while (number-- > 0 && at < text.length)
        at += width_at(t, text, at);
    return at;
}

static struct sqli_span between(struct sqli_span text, size_t from, size_t to)
{
    return sqli__span(text.data + from, to > from ? to - from : 0);
}

/* --- Calls --- */

static bool needs_conversion(const struct sqli_codeset_info *codeset, bool utf8)
{
    return !utf8 && codeset->bytes_max > 1;
}

static bool convert_texts(struct text_call *t)
{
    struct sqli_error *error = sqli__call_error(t->context);
    t->utf8 = true;
    t->foreign = sqli__call_codeset(t->context);
    for (int i = 0; t->foreign && i < TEXTS; i++) {
        if (sqli__codeset_to_utf8(t->foreign, t->text[i], &t->converted[i], error) != SQLI_OK) {
            sqli__call_failed(t->context);
            return false;
        }
        t->text[i] = sqli__buffer_view(&t->converted[i]);
    }
    return t->foreign != NULL;
}

static void call(sqlite3_context *context, int count, sqlite3_value **arguments,
                 text_function *function)
{
    struct text_call t = {.context = context, .arguments = arguments, .count = count};
    const struct sqli_codeset_info *codeset = sqli__call_runtime(context)->settings.codeset;
    t.out = sqli__call_scratch(context);
    t.utf8 = strcmp(codeset->iconv_name, "UTF-8") == 0;
    for (int i = 0; i < TEXTS; i++)
        t.text[i] = i < count && sqlite3_value_type(arguments[i]) == SQLITE_TEXT
                        ? sqli__storage_bytes(arguments[i])
                        : sqli__span("", 0);
    bool foreign = needs_conversion(codeset, t.utf8);
    for (int i = 0; foreign && i < TEXTS; i++)
        sqli__buffer_init(&t.converted[i], SQLI_ENVELOPE_MAX);
    if (!foreign || convert_texts(&t))
        function(&t);
    for (int i = 0; foreign && i < TEXTS; i++)
        sqli__buffer_free(&t.converted[i]);
}

static int64_t number(const struct text_call *t, int argument, int64_t otherwise)
{
    return argument < t->count ? sqlite3_value_int64(t->arguments[argument]) : otherwise;
}

/* A text result, which may be a piece of an argument, or all of t->out. */
static void give(const struct text_call *t, struct sqli_span text)
{
    struct sqli_buffer back;
    if (!t->foreign) {
        sqli__give_text(t->context, text);
        return;
    }
    sqli__buffer_init(&back, SQLI_ENVELOPE_MAX);
    if (sqli__codeset_from_utf8(t->foreign, text, &back, sqli__call_error(t->context)) == SQLI_OK)
        sqli__give_text(t->context, sqli__buffer_view(&back));
    else
        sqli__call_failed(t->context);
    sqli__buffer_free(&back);
}

static void give_out(const struct text_call *t)
{
    if (sqli__buffer_status(t->out, sqli__call_error(t->context)) != SQLI_OK)
        sqli__call_failed(t->context);
    else
        give(t, sqli__buffer_view(t->out));
}

/* Rows of the table call these. */
#define TEXT_FUNCTION(name)                                                          \
    static void name(sqlite3_context *context, int count, sqlite3_value **arguments) \
    {                                                                                \
        call(context, count, arguments, name##_of);                                  \
    }

/* --- Lengths --- */

static struct sqli_span without_blanks(struct sqli_span text)
{
    while (text.length > 0 && text.data[text.length - 1] == ' ')
        text.length--;
    return text;
}

/* Bytes, the blanks at the end left out. */
static void length(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    struct sqli_span text = without_blanks(sqli__storage_bytes(arguments[0]));
    sqlite3_result_int64(context, (sqlite3_int64)text.length);
}

static void octet_length(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    sqlite3_result_int(context, sqlite3_value_bytes(arguments[0]));
}

static void char_length_of(struct text_call *t)
{
    sqlite3_result_int64(t->context, characters_of(t, t->text[0]));
}

TEXT_FUNCTION(char_length)

/* --- Case --- */

typedef uint32_t case_mapping(uint32_t point);

struct mapper {
    case_mapping *first; /* of a word */
    case_mapping *rest;
    bool inside; /* a word has begun */
};

static uint32_t map(struct mapper *m, uint32_t point)
{
    bool letter = point >= 0x80 || (point >= '0' && point <= '9') ||
                  sqli__point_upper(point) != sqli__point_lower(point);
    uint32_t mapped = m->inside ? m->rest(point) : m->first(point);
    m->inside = letter;
    return mapped;
}

/* The ASCII characters at the beginning. */
static size_t map_ascii(struct mapper *m, struct sqli_span text, struct sqli_buffer *out)
{
    size_t length = sqli__ascii_prefix(text);
    uint8_t *room = sqli__buffer_reserve(out, length);
    if (!room)
        return length;
    for (size_t i = 0; i < length; i++)
        room[i] = (uint8_t)map(m, text.data[i]);
    sqli__buffer_advance(out, length);
    return length;
}

static void map_utf8(struct mapper *m, struct sqli_span text, struct sqli_buffer *out)
{
    for (size_t at = map_ascii(m, text, out); at < text.length;) {
        uint32_t point;
        uint8_t bytes[4];
        size_t width = sqli__utf8_decode(sqli__span(text.data + at, text.length - at), &point);
        if (width == 0)
            sqli__buffer_byte(out, text.data[at++]);
        else
            sqli__buffer_append(out, bytes, sqli__utf8_encode(map(m, point), bytes));
        at += width;
    }
}

/* Letters of other code sets get their case by way of UTF-8; one whose other form the code set does
 * not have stays as it is. */
static bool map_bytes(struct text_call *t, struct mapper *m, struct sqli_span text)
{
    struct sqli_codeset *codeset = NULL;
    struct sqli_buffer utf8;
    sqli__buffer_init(&utf8, 4);
    for (size_t i = map_ascii(m, text, t->out); i < text.length; i++) {
        uint8_t byte = text.data[i];
        uint32_t point = byte;
        uint8_t bytes[4];
        if (byte < 0x80) {
            sqli__buffer_byte(t->out, (uint8_t)map(m, byte));
            continue;
        }
        if (!codeset && !(codeset = sqli__call_codeset(t->context)))
            return false;
        sqli__buffer_clear(&utf8);
        if (sqli__codeset_to_utf8(codeset, sqli__span(&byte, 1), &utf8, NULL) == SQLI_OK)
            sqli__utf8_decode(sqli__buffer_view(&utf8), &point);
        size_t before = t->out->length;
        size_t width = sqli__utf8_encode(map(m, point), bytes);
        if (sqli__codeset_from_utf8(codeset, sqli__span(bytes, width), t->out, NULL) != SQLI_OK ||
            t->out->length != before + 1) {
            sqli__buffer_truncate(t->out, before);
            sqli__buffer_byte(t->out, byte);
        }
    }
    sqli__buffer_free(&utf8);
    return true;
}

static void change_case(struct text_call *t, case_mapping *first, case_mapping *rest)
{
    struct mapper m = {first, rest, false};
    if (t->utf8)
        map_utf8(&m, t->text[0], t->out);
    else if (!map_bytes(t, &m, t->text[0]))
        return;
    give_out(t);
}

static void upper_of(struct text_call *t)
{
    change_case(t, sqli__point_upper, sqli__point_upper);
}

static void lower_of(struct text_call *t)
{
    change_case(t, sqli__point_lower, sqli__point_lower);
}

static void initcap_of(struct text_call *t)
{
    change_case(t, sqli__point_upper, sqli__point_lower);
}

TEXT_FUNCTION(upper)
TEXT_FUNCTION(lower)
TEXT_FUNCTION(initcap)

/* --- Pieces --- */

/* Adds where the sum may be beyond 64 bits. */
static int64_t add(int64_t a, int64_t b)
{
    int64_t sum;
    return __builtin_add_overflow(a, b, &sum) ? (a > 0 ? INT64_MAX : INT64_MIN) : sum;
}

/* From character `from` (from 0) to before `to`. */
static struct sqli_span piece(const struct text_call *t, int64_t from, int64_t to)
{
    struct sqli_span text = t->text[0];
    size_t start = offset_of(t, text, from);
    struct sqli_span rest = between(text, start, text.length);
    return between(text, start, start + offset_of(t, rest, to - (from > 0 ? from : 0)));
}

/* SUBSTR counts a negative start from the end, and takes 0 for 1. Nothing left is NULL. */
static void substr_from(struct text_call *t)
{
    int64_t start = number(t, 1, 1);
    int64_t size = number(t, 2, INT64_MAX);
    int64_t count = characters_of(t, t->text[0]);
    int64_t from = start < 0 ? add(count, start) : start > 0 ? start - 1 : 0;
    if (size < 1 || from < 0 || from >= count)
        sqlite3_result_null(t->context);
    else
        give(t, piece(t, from, add(from, size)));
}

static void substr_of(struct text_call *t)
{
    substr_from(t);
}

static void substrb(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    struct text_call t = {.context = context, .arguments = arguments, .count = count};
    t.text[0] = sqli__storage_bytes(arguments[0]);
    substr_from(&t);
}

/* SUBSTRING counts positions before the first one, too: from -1 for 4 are two characters. */
static void substring_of(struct text_call *t)
{
    int64_t from = add(number(t, 1, 1), -1);
    int64_t size = number(t, 2, INT64_MAX);
    int64_t to = size < 0 ? from : add(from, size);
    give(t, to <= 0 ? sqli__span("", 0) : piece(t, from, to));
}

/* c[first,last], or c[first]. */
static void subscript_of(struct text_call *t)
{
    int64_t first = number(t, 1, 1);
    int64_t last = number(t, 2, first);
    if (first < 1 || last < first)
        sqli__call_fail(t->context, SQLI_E_SUBSCRIPT_RANGE, NULL);
    else
        give(t, piece(t, first - 1, last));
}

static void left_of(struct text_call *t)
{
    int64_t size = number(t, 1, 0);
    give(t, size <= 0 ? sqli__span("", 0) : piece(t, 0, size));
}

static void right_of(struct text_call *t)
{
    int64_t size = number(t, 1, 0);
    int64_t count = characters_of(t, t->text[0]);
    give(t, size <= 0 ? sqli__span("", 0) : piece(t, size < count ? count - size : 0, count));
}

TEXT_FUNCTION(substr)
TEXT_FUNCTION(substring)
TEXT_FUNCTION(subscript)
TEXT_FUNCTION(left)
TEXT_FUNCTION(right)

/* --- Searching --- */

/* The first place at or behind `from` where `wanted` stands; SIZE_MAX: nowhere. In UTF-8 what
 * begins a character begins one everywhere. */
static size_t find(struct sqli_span text, struct sqli_span wanted, size_t from)
{
    if (from > text.length)
        return SIZE_MAX;
    const uint8_t *at = memmem(text.data + from, text.length - from, wanted.data, wanted.length);
    return at ? (size_t)(at - text.data) : SIZE_MAX;
}

static size_t find_back(struct sqli_span text, struct sqli_span wanted, size_t from)
{
    for (size_t at = from + 1; at-- > 0;)
        if (at + wanted.length <= text.length &&
            memcmp(text.data + at, wanted.data, wanted.length) == 0)
            return at;
    return SIZE_MAX;
}

static void give_position(const struct text_call *t, struct sqli_span text, size_t at)
{
    sqlite3_result_int64(t->context,
                         at == SIZE_MAX ? 0 : characters_of(t, between(text, 0, at)) + 1);
}

/* INSTR(text, wanted, start, occurrence): a negative start searches from there to the left. */
static void instr_of(struct text_call *t)
{
    struct sqli_span text = t->text[0];
    struct sqli_span wanted = t->text[1];
    int64_t start = number(t, 2, 1);
    int64_t times = number(t, 3, 1);
    int64_t count = characters_of(t, text);
    size_t at = SIZE_MAX;
    if (wanted.length > 0 && times > 0 && start > 0) {
        at = find(text, wanted, offset_of(t, text, start - 1));
        while (at != SIZE_MAX && --times > 0)
            at = find(text, wanted, at + 1);
    } else if (wanted.length > 0 && times > 0 && start < 0 && add(count, start) >= 0) {
        at = find_back(text, wanted, offset_of(t, text, count + start));
        while (at != SIZE_MAX && --times > 0)
            at = at > 0 ? find_back(text, wanted, at - 1) : SIZE_MAX;
    }
    give_position(t, text, at);
}

/* CHARINDEX(wanted, text, start) */
static void charindex_of(struct text_call *t)
{
    int64_t start = number(t, 2, 1);
    struct sqli_span text = t->text[1];
    size_t from = offset_of(t, text, start > 1 ? start - 1 : 0);
    give_position(t, text, t->text[0].length ? find(text, t->text[0], from) : SIZE_MAX);
}

/* What stands before the n-th separator, or behind the n-th one from the end. */
static void substring_index_of(struct text_call *t)
{
    struct sqli_span text = t->text[0];
    struct sqli_span separator = t->text[1];
    int64_t times = number(t, 2, 0);
    size_t at = SIZE_MAX;
    if (times == 0 || separator.length == 0) {
        give(t, sqli__span("", 0));
    } else if (times > 0) {
        for (at = find(text, separator, 0); at != SIZE_MAX && --times > 0;)
            at = find(text, separator, at + separator.length);
        give(t, at == SIZE_MAX ? text : between(text, 0, at));
    } else {
        for (at = find_back(text, separator, text.length); at != SIZE_MAX && ++times < 0;)
            at = at >= separator.length ? find_back(text, separator, at - separator.length)
                                        : SIZE_MAX;
        give(t, at == SIZE_MAX ? text : between(text, at + separator.length, text.length));
    }
}

static void replace_of(struct text_call *t)
{
    struct sqli_span text = t->text[0];
    struct sqli_span old = t->text[1];
    size_t at = 0;
    for (size_t next; old.length && (next = find(text, old, at)) != SIZE_MAX;) {
        sqli__buffer_span(t->out, between(text, at, next));
        sqli__buffer_span(t->out, t->text[2]);
        at = next + old.length;
    }
    sqli__buffer_span(t->out, between(text, at, text.length));
    if (t->out->length > SQLI_ENVELOPE_MAX)
        sqli__call_fail(t->context, SQLI_E_STRING_RESULT_LENGTH, NULL);
    else
        give_out(t);
}

TEXT_FUNCTION(instr)
TEXT_FUNCTION(charindex)
TEXT_FUNCTION(substring_index)
TEXT_FUNCTION(replace)

/* --- Padding and trimming --- */

static void fill(struct text_call *t, int64_t count)
{
    struct sqli_span pad = t->count > 2 ? t->text[2] : sqli__span(" ", 1);
    for (size_t at = 0; count > 0; count--) {
        size_t width = width_at(t, pad, at);
        sqli__buffer_append(t->out, pad.data + at, width);
        at += width;
        at = at < pad.length ? at : 0;
    }
}

static void pad(struct text_call *t, bool left)
{
    int64_t wanted = number(t, 1, 0);
    int64_t count = characters_of(t, t->text[0]);
    bool can_fill = t->count < 3 || t->text[2].length > 0;
    if (wanted <= 0) {
        sqlite3_result_null(t->context);
    } else if (wanted > RESULT_MAX) {
        sqli__call_fail(t->context, SQLI_E_STRING_RESULT_LENGTH, NULL);
    } else if (wanted <= count || !can_fill) {
        give(t, piece(t, 0, wanted));
    } else {
        if (left)
            fill(t, wanted - count);
        sqli__buffer_span(t->out, t->text[0]);
        if (!left)
            fill(t, wanted - count);
        give_out(t);
    }
}

static void lpad_of(struct text_call *t)
{
    pad(t, true);
}

static void rpad_of(struct text_call *t)
{
    pad(t, false);
}

static bool is_trimmed(const struct text_call *t, struct sqli_span text, size_t at, size_t width)
{
    struct sqli_span set = t->count > 1 ? t->text[1] : sqli__span(" ", 1);
    for (size_t i = 0; i < set.length; i += width_at(t, set, i))
        if (width_at(t, set, i) == width && memcmp(set.data + i, text.data + at, width) == 0)
            return true;
    return false;
}

/* Where the last character begins. */
static size_t last_at(const struct text_call *t, struct sqli_span text)
{
    size_t at = text.length - 1;
    while (t->utf8 && at > 0 && text.length - at < 4 && (text.data[at] & 0xc0) == 0x80)
        at--;
    return at + width_at(t, text, at) == text.length ? at : text.length - 1;
}

static void trim_sides(struct text_call *t, bool left, bool right)
{
    struct sqli_span text = t->text[0];
    while (left && text.length > 0) {
        size_t width = width_at(t, text, 0);
        if (!is_trimmed(t, text, 0, width))
            break;
        text = between(text, width, text.length);
    }
    while (right && text.length > 0) {
        size_t at = last_at(t, text);
        if (!is_trimmed(t, text, at, text.length - at))
            break;
        text.length = at;
    }
    give(t, text);
}

static void ltrim_of(struct text_call *t)
{
    trim_sides(t, true, false);
}

static void rtrim_of(struct text_call *t)
{
    trim_sides(t, false, true);
}

static void trim_of(struct text_call *t)
{
    trim_sides(t, true, true);
}

TEXT_FUNCTION(lpad)
TEXT_FUNCTION(rpad)
TEXT_FUNCTION(ltrim)
TEXT_FUNCTION(rtrim)
TEXT_FUNCTION(trim)

/* --- Others --- */

static void reverse_of(struct text_call *t)
{
    struct sqli_span text = t->text[0];
    while (text.length > 0) {
        size_t at = last_at(t, text);
        sqli__buffer_span(t->out, between(text, at, text.length));
        text.length = at;
    }
    give_out(t);
}

TEXT_FUNCTION(reverse)

static void concat(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    struct sqli_buffer *out = sqli__call_scratch(context);
    sqli__buffer_span(out, sqli__storage_bytes(arguments[0]));
    sqli__buffer_span(out, sqli__storage_bytes(arguments[1]));
    sqli__give_scratch(context);
}

/* The number of the first character in its code set, where that has one byte; else in Unicode. */
static void ascii_of(struct text_call *t)
{
    uint32_t point = t->text[0].length ? t->text[0].data[0] : 0;
    if (t->utf8 && point >= 0x80)
        sqli__utf8_decode(t->text[0], &point);
    sqlite3_result_int64(t->context, point);
}

static void chr_of(struct text_call *t)
{
    int64_t code = number(t, 0, 0);
    uint8_t bytes[4] = {(uint8_t)code};
    if (code < 0 || code > 255)
        sqli__call_fail(t->context, SQLI_E_FUNCTION_ARGUMENT, NULL);
    else
        give(t, sqli__span(bytes, t->utf8 ? sqli__utf8_encode((uint32_t)code, bytes) : 1));
}

static void space_of(struct text_call *t)
{
    int64_t count = number(t, 0, 0);
    if (count > RESULT_MAX) {
        sqli__call_fail(t->context, SQLI_E_STRING_RESULT_LENGTH, NULL);
        return;
    }
    sqli__buffer_fill(t->out, ' ', count > 0 ? (size_t)count : 0);
    give_out(t);
}

TEXT_FUNCTION(ascii)
TEXT_FUNCTION(chr)
TEXT_FUNCTION(space)

const struct sqli_function_row sqli__functions_text[] = {
    {"x_concat", 2, 2, SQLI_CALL_PURE, concat},
    {"x_substring", 2, 3, SQLI_CALL_PURE, subscript},
    {"x_f_length", 1, 1, SQLI_CALL_PURE, length},
    {"x_f_char_length", 1, 1, SQLI_CALL_PURE, char_length},
    {"x_f_octet_length", 1, 1, SQLI_CALL_PURE, octet_length},
    {"x_f_upper", 1, 1, SQLI_CALL_PURE, upper},
    {"x_f_lower", 1, 1, SQLI_CALL_PURE, lower},
    {"x_f_initcap", 1, 1, SQLI_CALL_PURE, initcap},
    {"x_f_substr", 2, 3, SQLI_CALL_PURE, substr},
    {"x_f_substrb", 2, 3, SQLI_CALL_PURE, substrb},
    {"x_f_substring", 2, 3, SQLI_CALL_PURE, substring},
    {"x_f_substring_index", 3, 3, SQLI_CALL_PURE, substring_index},
    {"x_f_left", 2, 2, SQLI_CALL_PURE, left},
    {"x_f_right", 2, 2, SQLI_CALL_PURE, right},
    {"x_f_replace", 2, 3, SQLI_CALL_PURE, replace},
    {"x_f_lpad", 2, 3, SQLI_CALL_PURE, lpad},
    {"x_f_rpad", 2, 3, SQLI_CALL_PURE, rpad},
    {"x_f_ltrim", 1, 2, SQLI_CALL_PURE, ltrim},
    {"x_f_rtrim", 1, 2, SQLI_CALL_PURE, rtrim},
    {"x_f_trim", 1, 2, SQLI_CALL_PURE, trim},
    {"x_f_reverse", 1, 1, SQLI_CALL_PURE, reverse},
    {"x_f_instr", 2, 4, SQLI_CALL_PURE, instr},
    {"x_f_charindex", 2, 3, SQLI_CALL_PURE, charindex},
    {"x_f_ascii", 1, 1, SQLI_CALL_PURE, ascii},
    {"x_f_chr", 1, 1, SQLI_CALL_PURE, chr},
    {"x_f_space", 1, 1, SQLI_CALL_PURE, space},
    {0},
};
