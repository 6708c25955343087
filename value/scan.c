#include "value/scan.h"

#include "base/ascii.h"

static bool is_letter(uint8_t c)
{
    return sqli__is_letter(c) || c == '_' || c >= 0x80;
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

int sqli__scan_peek(struct sqli_scan *scan)
{
    while (scan->at < scan->text.length && is_blank(scan->text.data[scan->at]))
        scan->at++;
    return scan->at < scan->text.length ? scan->text.data[scan->at] : -1;
}

bool sqli__scan_take(struct sqli_scan *scan, char c)
{
    if (sqli__scan_peek(scan) != (unsigned char)c)
        return false;
    scan->at++;
    return true;
}

struct sqli_span sqli__scan_word(struct sqli_scan *scan)
{
    int first = sqli__scan_peek(scan);
    size_t start = scan->at;
    if (first < 0 || !is_letter((uint8_t)first))
        return sqli__span(NULL, 0);
    while (scan->at < scan->text.length) {
        uint8_t c = scan->text.data[scan->at];
        if (!is_letter(c) && !sqli__is_digit(c) && c != '$')
            break;
        scan->at++;
    }
    return sqli__span(scan->text.data + start, scan->at - start);
}

bool sqli__span_is_word(struct sqli_span text, const char *word)
{
    if (text.length != strlen(word))
        return false;
    for (size_t i = 0; i < text.length; i++)
        if (sqli__ascii_lower(text.data[i]) != (uint8_t)word[i])
            return false;
    return true;
}

bool sqli__scan_keyword(struct sqli_scan *scan, const char *word)
{
    struct sqli_scan ahead = *scan;
    if (!sqli__span_is_word(sqli__scan_word(&ahead), word))
        return false;
    *scan = ahead;
    return true;
}

int64_t sqli__scan_number(struct sqli_scan *scan, int64_t most)
{
    int64_t number = 0;
    int next = sqli__scan_peek(scan);
    if (next < 0 || !sqli__is_digit((uint8_t)next))
        return -1;
    for (; scan->at < scan->text.length && sqli__is_digit(scan->text.data[scan->at]); scan->at++) {
        int digit = scan->text.data[scan->at] - '0';
        bool fits = number >= 0 && digit <= most && number <= (most - digit) / 10;
        number = fits ? number * 10 + digit : -1;
    }
    return number;
}

size_t sqli__scan_items(const struct sqli_scan *scan)
{
    size_t items = 1;
    size_t depth = 0;
    uint8_t quote = 0;
    for (size_t at = scan->at; at < scan->text.length; at++) {
        uint8_t c = scan->text.data[at];
        bool opens = c == '(' || c == '{';
        bool closes = c == ')' || c == '}';
        if (quote || c == '\'' || c == '"')
            quote = quote == 0 ? c : (quote == c ? 0 : quote);
        else if (closes && depth == 0)
            break;
        else if (opens || closes)
            depth = opens ? depth + 1 : depth - 1;
        else if (c == ',' && depth == 0)
            items++;
    }
    return items;
}

enum sqli_status sqli__scan_expected(struct sqli_scan *scan, struct sqli_error *error,
                                     const char *what)
{
    sqli__scan_peek(scan);
    return sqli__fail(error, SQLI_E_VALUE_SYNTAX, "offset %zu: %s expected", scan->at, what);
}

enum sqli_status sqli__scan_require(struct sqli_scan *scan, struct sqli_error *error, char c)
{
    char what[] = {'\'', c, '\'', '\0'};
    return sqli__scan_take(scan, c) ? SQLI_OK : sqli__scan_expected(scan, error, what);
}
