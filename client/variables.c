#include "client/variables.h"

#include "base/ascii.h"

static bool is_of_name(uint8_t c)
{
    return sqli__is_letter(c) || sqli__is_digit(c) || c == '_';
}

static const char *read_name(const char *text, struct sqli_span *name)
{
    size_t length = 0;
    while (is_of_name((uint8_t)text[length]))
        length++;
    *name = sqli__span(text, length);
    return length && text[length] == '=' ? text + length + 1 : NULL;
}

static const char *read_value(const char *text, char **room, struct sqli_span *value)
{
    char *to = *room;
    while (*text && *text != ',') {
        text += *text == '\\' && text[1];
        *to++ = *text++;
    }
    *value = sqli__span(*room, (size_t)(to - *room));
    *room = to;
    return text;
}

bool sqli__variables_read(const char *text, char *room, struct sqli_pair *pairs, uint32_t *count)
{
    *count = 0;
    while (*text) {
        if (*count == SQLI_VARIABLES_MAX)
            return false;
        struct sqli_pair *pair = &pairs[(*count)++];
        text = read_name(text, &pair->name);
        if (!text)
            return false;
        text = read_value(text, &room, &pair->value);
        if (*text && !*++text)
            return false; /* a comma, and nothing behind it */
    }
    return true;
}
