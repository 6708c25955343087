#include "shell/width.h"

#include "shell/text.h"
#include "value/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <wchar.h>

static void escape(struct sqli_sh_glyph *glyph, uint32_t point)
{
    static const char named[] = "\t\r\n\b\f\v";
    static const char letters[] = "trnbfv";
    const char *found = point ? strchr(named, (int)point) : NULL;
    if (found && point < 0x80)
        snprintf(glyph->text, sizeof glyph->text, "\\%c", letters[found - named]);
    else
        snprintf(glyph->text, sizeof glyph->text, point < 0x100 ? "\\x%02X" : "\\u%04X",
                 (unsigned)point);
    glyph->shown = glyph->width = strlen(glyph->text);
}

static void beyond_ascii(struct sqli_span text, struct sqli_sh_glyph *glyph)
{
    uint32_t point;
    glyph->length = sqli__utf8_decode(text, &point);
    if (!glyph->length) {
        glyph->length = 1;
        escape(glyph, text.data[0]);
        return;
    }
    int width = wcwidth((wchar_t)point);
    if (point < 0xA0 || point == 0x2028 || point == 0x2029) {
        escape(glyph, point);
        return;
    }
    memcpy(glyph->text, text.data, glyph->length);
    glyph->shown = glyph->length;
    glyph->width = width < 0 ? 1 : (size_t)width;
}

void sqli__sh_glyph(struct sqli_span text, struct sqli_sh_glyph *glyph)
{
    uint8_t c = text.data[0];
    glyph->length = 1;
    if (c >= 0x80) {
        beyond_ascii(text, glyph);
    } else if (c < ' ' || c == 0x7F) {
        escape(glyph, c);
    } else {
        glyph->text[0] = (char)c;
        glyph->shown = glyph->width = 1;
    }
}

static struct sqli_span behind(struct sqli_span text, size_t length)
{
    return sqli__span(text.data + length, text.length - length);
}

size_t sqli__sh_width(struct sqli_span text)
{
    size_t widest = 0, width = 0;
    struct sqli_sh_glyph glyph;
    while (text.length) {
        if (text.data[0] == '\n') {
            width = 0;
            text = behind(text, 1);
            continue;
        }
        sqli__sh_glyph(text, &glyph);
        width += glyph.width;
        widest = width > widest ? width : widest;
        text = behind(text, glyph.length);
    }
    return widest;
}

size_t sqli__sh_line(struct sqli_span *rest, size_t limit, struct sqli_buffer *shown,
                     enum sqli_sh_ending *ending)
{
    size_t width = 0;
    struct sqli_sh_glyph glyph;
    *ending = SQLI_SH_END;
    while (rest->length) {
        if (rest->data[0] == '\n') {
            *rest = behind(*rest, 1);
            *ending = SQLI_SH_NEWLINE;
            return width;
        }
        sqli__sh_glyph(*rest, &glyph);
        /* One character is shown even where it is wider than the limit, or there were no end. */
        if (limit && width && width + glyph.width > limit) {
            *ending = SQLI_SH_LIMIT;
            return width;
        }
        sqli__buffer_append(shown, glyph.text, glyph.shown);
        width += glyph.width;
        *rest = behind(*rest, glyph.length);
    }
    return width;
}

static size_t from_environment(const char *name)
{
    int64_t number;
    const char *text = getenv(name);
    return text && sqli__sh_number(text, 1, 10000, &number) ? (size_t)number : 0;
}

void sqli__sh_screen(int file, size_t *columns, size_t *lines)
{
    struct winsize size = {0};
    if (ioctl(file, TIOCGWINSZ, &size) != 0)
        size.ws_col = size.ws_row = 0;
    *columns = size.ws_col ? size.ws_col : from_environment("COLUMNS");
    *lines = size.ws_row ? size.ws_row : from_environment("LINES");
}
