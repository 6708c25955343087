/* Numbers by a mask, and the SQL functions of formats. */
#include "server/store/runtime_call.h"

#include "server/store/runtime_format.h"
#include "value/decimal_wide.h"
#include "value/number.h"
#include "value/parts.h"

enum { MASK_MAX = 120 };

/* What the mask says as a whole. */
struct mask {
    struct sqli_span text;
    bool fill_mode;   /* FM: no blanks in front */
    bool brackets;    /* PR: <12> for a negative number */
    bool sign_behind; /* MI */
    bool plus_behind; /* S at the end */
    bool plus_before; /* S in front */
    bool has_sign;    /* some way to show a minus */
    bool floats;      /* $ goes to the first digit: it stands alone among 9s, or there are more */
    int whole, fraction; /* places for digits */
};

struct output {
    char text[2 * MASK_MAX];
    size_t length;
    size_t first; /* where the digits begin; SIZE_MAX: not yet */
    char floating[4];
    size_t floating_count;
};

static bool starts(struct sqli_span text, const char *word)
{
    size_t length = strlen(word);
    return text.length >= length && memcmp(text.data, word, length) == 0;
}

static bool ends(struct sqli_span text, const char *word)
{
    size_t length = strlen(word);
    return text.length >= length && memcmp(text.data + text.length - length, word, length) == 0;
}

static bool take_start(struct mask *m, const char *word)
{
    if (!starts(m->text, word))
        return false;
    m->text.data += strlen(word);
    m->text.length -= strlen(word);
    return true;
}

static bool take_end(struct mask *m, const char *word)
{
    if (!ends(m->text, word))
        return false;
    m->text.length -= strlen(word);
    return true;
}

static bool is_place(uint8_t c)
{
    return c != '\0' && strchr("90#&*<", c) != NULL;
}

static bool is_symbol(uint8_t c)
{
    return c != '\0' && strchr("$-+(", c) != NULL;
}

static size_t occurrences(struct sqli_span text, const char *characters)
{
    size_t count = 0;
    for (size_t i = 0; i < text.length; i++)
        count += text.data[i] != '\0' && strchr(characters, text.data[i]) != NULL;
    return count;
}

/* The first of several equal symbols is the place of the symbol, the others are places of digits.
 */
static bool repeats(struct sqli_span text, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (text.data[i] == text.data[at])
            return true;
    return false;
}

static void count_places(struct mask *m)
{
    bool behind = false;
    for (size_t i = 0; i < m->text.length; i++) {
        uint8_t c = m->text.data[i];
        if (c == '.')
            behind = true;
        else if (is_place(c) || (is_symbol(c) && !behind && repeats(m->text, i)))
            *(behind ? &m->fraction : &m->whole) += 1;
    }
}

static struct mask read_mask(struct sqli_span text)
{
    struct mask m = {.text = text};
    m.fill_mode = take_start(&m, "FM");
    m.plus_before = take_start(&m, "S");
    m.brackets = take_end(&m, "PR");
    m.sign_behind = take_end(&m, "MI");
    m.plus_behind = take_end(&m, "S");
    m.has_sign = m.plus_before || m.brackets || m.sign_behind || m.plus_behind ||
                 occurrences(m.text, "-+(") > 0;
    m.floats = occurrences(m.text, "90") > 0;
    count_places(&m);
    return m;
}

/* --- The digits --- */

struct digits {
    char whole[SQLI_DECIMAL_TEXT_MAX];
    char fraction[SQLI_DECIMAL_TEXT_MAX];
    int whole_count;
    bool negative;
};

/* Rounded to the places of the mask. No digit before the point where the number has none, unless
 * the mask has nothing behind it. */
static enum sqli_status split(const struct sqli_decimal *number, const struct mask *m,
                              struct digits *d, struct sqli_error *error)
{
    struct sqli_decimal rounded;
    char text[SQLI_DECIMAL_TEXT_MAX];
    SQLI_TRY(sqli__decimal_round_at(number, m->fraction, &rounded, error));
    d->negative = rounded.negative;
    rounded.negative = false;
    size_t length = sqli__decimal_write(&rounded, m->fraction, text);
    const char *point = memchr(text, '.', length);
    size_t whole = point ? (size_t)(point - text) : length;
    if (whole == 1 && text[0] == '0' && m->fraction > 0)
        whole = 0;
    memcpy(d->whole, text, whole);
    d->whole_count = (int)whole;
    memset(d->fraction, '0', sizeof d->fraction);
    if (point)
        memcpy(d->fraction, point + 1, length - (size_t)(point + 1 - text));
    return SQLI_OK;
}

/* --- Filling the mask --- */

static void put(struct output *out, char c)
{
    if (out->length < sizeof out->text)
        out->text[out->length++] = c;
}

static void put_digit(struct output *out, char c)
{
    if (out->first == SIZE_MAX)
        out->first = out->length;
    put(out, c);
}

/* A place before the first digit. */
static void put_leading(struct output *out, uint8_t place)
{
    switch (place) {
    case '0':
    case '&': put_digit(out, '0'); break;
    case '*': put(out, '*'); break;
    case '<': break;
    default: put(out, ' '); break;
    }
}

/* Dollar, sign or bracket: in its place, or kept for the place before the first digit. */
static void put_symbol(struct output *out, const struct mask *m, uint8_t c, bool several,
                       bool negative)
{
    char shown = c == '$' ? '$' : c == '+' ? (negative ? '-' : '+') : (negative ? (char)c : ' ');
    bool floating = several || (m->floats && out->first == SIZE_MAX);
    if (floating && out->floating_count < sizeof out->floating) {
        out->floating[out->floating_count++] = shown;
        put(out, ' ');
    } else {
        put(out, shown);
    }
}

struct walk {
    int missing;  /* places still to come before the first digit */
    int next;     /* digit of the whole part */
    int fraction; /* digit behind the point */
    bool behind;
    uint8_t fill; /* the last place before the first digit */
};

static void walk_place(struct output *out, const struct digits *d, struct walk *w, uint8_t place)
{
    if (w->behind) {
        put_digit(out, d->fraction[w->fraction++]);
    } else if (w->missing > 0) {
        w->missing--;
        w->fill = place;
        put_leading(out, place);
    } else {
        put_digit(out, d->whole[w->next++]);
    }
}

static void walk(const struct mask *m, const struct digits *d, struct output *out)
{
    struct walk w = {.missing = m->whole - d->whole_count, .fill = '9'};
    for (size_t i = 0; i < m->text.length; i++) {
        uint8_t c = m->text.data[i];
        if (is_place(c) || (is_symbol(c) && !w.behind && repeats(m->text, i))) {
            walk_place(out, d, &w, c);
        } else if (is_symbol(c)) {
            char name[] = {(char)c, '\0'};
            put_symbol(out, m, c, occurrences(m->text, name) > 1, d->negative);
        } else if (c == ',' && out->first == SIZE_MAX) {
            put_leading(out, w.fill);
        } else if (c == '.') {
            w.behind = true;
            put_digit(out, '.');
        } else if (c == ')') {
            put(out, d->negative ? ')' : ' ');
        } else {
            put(out, (char)c);
        }
    }
}

/* Into the blank in front of the first digit, or between. */
static void put_before(struct output *out, char c)
{
    size_t at = out->first == SIZE_MAX ? out->length : out->first;
    if (at > 0 && out->text[at - 1] == ' ') {
        out->text[at - 1] = c;
        out->first = at - 1;
        return;
    }
    if (out->length == sizeof out->text)
        return;
    memmove(out->text + at + 1, out->text + at, out->length - at);
    out->text[at] = c;
    out->length++;
    out->first = at;
}

static void put_signs(const struct mask *m, bool negative, struct output *out)
{
    for (size_t i = out->floating_count; i-- > 0;)
        if (out->floating[i] != ' ')
            put_before(out, out->floating[i]);
    if (m->plus_before)
        put_before(out, negative ? '-' : '+');
    else if (m->brackets && negative)
        put_before(out, '<');
    else if (negative && !m->has_sign)
        put_before(out, '-');
    if (m->brackets)
        put(out, negative ? '>' : ' ');
    if (m->sign_behind)
        put(out, negative ? '-' : ' ');
    if (m->plus_behind)
        put(out, negative ? '-' : '+');
}

enum sqli_status sqli__format_number(const struct sqli_decimal *number, struct sqli_span mask,
                                     struct sqli_buffer *out, struct sqli_error *error)
{
    struct digits d;
    struct output o = {.first = SIZE_MAX};
    struct mask m = read_mask(mask);
    if (mask.length > MASK_MAX)
        return sqli__fail(error, SQLI_E_FORMAT_TOO_LARGE, NULL);
    SQLI_TRY(split(number, &m, &d, error));
    if (d.whole_count > m.whole) {
        sqli__buffer_fill(out, '*', mask.length);
        return SQLI_OK;
    }
    walk(&m, &d, &o);
    put_signs(&m, d.negative, &o);
    struct sqli_span text = sqli__span(o.text, o.length);
    sqli__buffer_span(out, m.fill_mode ? sqli__trimmed(text) : text);
    return SQLI_OK;
}

/* --- The SQL functions --- */

static const char default_format[] = "%Y-%m-%d %H:%M:%S";

static void to_char_date(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    struct sqli_datetime value;
    struct sqli_span format =
        count > 1 ? sqli__storage_bytes(arguments[1]) : sqli__span_text(default_format);
    if (!sqli__call_datetime(context, arguments[0], SQLI_QUALIFIER_YEAR_TO_FRACTION5, &value))
        return;
    if (sqli__format_datetime(&value, format, sqli__call_scratch(context),
                              sqli__call_error(context)) == SQLI_OK)
        sqli__give_scratch(context);
    else
        sqli__call_failed(context);
}

static void to_char_number(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    struct sqli_decimal number;
    struct sqli_buffer *out = sqli__call_scratch(context);
    if (!sqli__call_decimal(context, arguments[0], &number))
        return;
    enum sqli_status status = SQLI_OK;
    if (count > 1)
        status = sqli__format_number(&number, sqli__storage_bytes(arguments[1]), out,
                                     sqli__call_error(context));
    else
        sqli__decimal_to_text(&number, SQLI_DECIMAL_FLOATING, out);
    if (status == SQLI_OK)
        sqli__give_scratch(context);
    else
        sqli__call_failed(context);
}

static void to_date(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    const struct sqli_conversion_settings *settings = &sqli__call_runtime(context)->settings;
    struct sqli_datetime value;
    struct sqli_span format =
        count > 1 ? sqli__storage_bytes(arguments[1]) : sqli__span_text(default_format);
    enum sqli_status status =
        sqli__scan_datetime(sqli__storage_bytes(arguments[0]), format, &settings->now,
                            settings->century, &value, sqli__call_error(context));
    sqli__give_datetime(context, status, &value);
}

/* Without its dollar and its commas; a minus may stand behind the number, or brackets around it.
 * The mask of a second argument says nothing that the text does not. */
static void to_number(sqlite3_context *context, int count, sqlite3_value **arguments)
{
    (void)count;
    struct sqli_span text = sqli__trimmed(sqli__storage_bytes(arguments[0]));
    struct sqli_buffer *plain = sqli__call_scratch(context);
    struct sqli_decimal number;
    bool brackets = text.length > 1 && ((text.data[0] == '(' && ends(text, ")")) ||
                                        (text.data[0] == '<' && ends(text, ">")));
    if (brackets)
        text = sqli__span(text.data + 1, text.length - 2);
    bool behind = text.length > 1 && ends(text, "-");
    if (behind)
        text.length--;
    if (brackets || behind)
        sqli__buffer_byte(plain, '-');
    for (size_t i = 0; i < text.length; i++)
        if (text.data[i] != '$' && text.data[i] != ',')
            sqli__buffer_byte(plain, text.data[i]);
    enum sqli_status status = sqli__buffer_status(plain, sqli__call_error(context));
    if (status == SQLI_OK)
        status =
            sqli__decimal_from_text(sqli__buffer_view(plain), &number, sqli__call_error(context));
    sqli__give_decimal(context, status, &number);
}

const struct sqli_function_row sqli__functions_format[] = {
    {"x_f_to_char_date", 1, 2, SQLI_CALL_PURE, to_char_date},
    {"x_f_to_char_number", 1, 2, SQLI_CALL_PURE, to_char_number},
    {"x_f_to_date", 1, 2, SQLI_CALL_PURE, to_date},
    {"x_f_to_number", 1, 2, SQLI_CALL_PURE, to_number},
    {0},
};
