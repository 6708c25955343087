/* The one table of code sets, and how a spelling is looked up in it.
 *
 * Names and numbers are those that the public documentation of Informix prints: the table "Unicode
 * to database code set" of the JDBC Driver guide (10.0 to 14.10), "Supported code set names" of the
 * International Language Supplement, "Supported locales" of the Warehouse Accelerator, and the GLS
 * guide, by which an IBM code page is known by its own number. Code sets that no iconv can convert
 * (CSK, Mazovia, Shift-Big-5, CCDC) are not here: they are unknown rather than wrong. */
#include "value/codeset.h"

#include "base/ascii.h"
#include "value/parts.h"

enum { NAME_ROOM = 32 };

/* Aliases are in the form that normalise() makes, a blank between them. Those that only put "iso",
 * "cp", "ibm", "windows", "pc" or "ccsid" before a number need no entry. */
struct line {
    struct sqli_codeset_info info;
    const char *aliases;
};

#define SINGLE(number, name, iconv_name, aliases)          \
    {                                                      \
        {number, name, iconv_name, 1, true, true}, aliases \
    }

/* EUC: every byte of a longer character is above 7f. */
#define EUC(number, name, iconv_name, bytes, aliases)          \
    {                                                          \
        {number, name, iconv_name, bytes, true, true}, aliases \
    }

/* The second byte of a character may look like ASCII. */
#define MIXED(number, name, iconv_name, bytes, aliases)         \
    {                                                           \
        {number, name, iconv_name, bytes, true, false}, aliases \
    }

static const struct line table[] = {
    SINGLE(364, "ASCII", "ANSI_X3.4-1968", "usascii 7bit iso646us"),
    SINGLE(437, "437", "IBM437", ""),
    SINGLE(819, "8859-1", "ISO-8859-1", "latin1 l1"),
    SINGLE(912, "8859-2", "ISO-8859-2", "latin2 l2"),
    SINGLE(57346, "8859-3", "ISO-8859-3", "latin3 l3"),
    SINGLE(57347, "8859-4", "ISO-8859-4", "latin4 l4"),
    SINGLE(915, "8859-5", "ISO-8859-5", ""),
    SINGLE(1089, "8859-6", "ISO-8859-6", ""),
    SINGLE(813, "8859-7", "ISO-8859-7", ""),
    SINGLE(916, "8859-8", "ISO-8859-8", ""),
    SINGLE(920, "8859-9", "ISO-8859-9", "latin5 l5"),
    SINGLE(57390, "8859-13", "ISO-8859-13", "latin7 l7"),
    SINGLE(0, "8859-15", "ISO-8859-15", "latin9 l9"),
    SINGLE(850, "PC-Latin-1", "IBM850", ""),
    SINGLE(852, "PC-Latin-2", "IBM852", ""),
    SINGLE(855, "855", "IBM855", ""),
    SINGLE(857, "857", "IBM857", ""),
    SINGLE(858, "858", "CP858", "pclatin1weuro"),
    SINGLE(860, "860", "IBM860", ""),
    SINGLE(861, "861", "IBM861", ""),
    SINGLE(862, "862", "IBM862", ""),
    SINGLE(863, "863", "IBM863", ""),
    /* Has an Arabic percent sign where ASCII has its own. */
    {{864, "864", "IBM864", 1, false, false}, ""},
    SINGLE(865, "865", "IBM865", ""),
    SINGLE(866, "PC866", "IBM866", ""),
    SINGLE(1250, "CP1250", "CP1250", ""),
    SINGLE(1251, "CP1251", "CP1251", ""),
    SINGLE(1252, "CP1252", "CP1252", ""),
    SINGLE(1253, "CP1253", "CP1253", ""),
    SINGLE(1254, "CP1254", "CP1254", ""),
    SINGLE(1255, "CP1255", "CP1255", ""),
    SINGLE(1256, "CP1256", "CP1256", ""),
    SINGLE(1257, "CP1257", "CP1257", ""),
    /* Documented as GOST 19768-74, which lacks two letters of Russian; KOI8-R is its superset with
     * the same places for all the others. */
    SINGLE(57382, "KOI-8", "KOI8-R", "koi8r"),
    /* The iconv converter named SJIS turns backslash and tilde into yen and overline, which no SQL
     * text survives; CP932 is the same set otherwise. */
    MIXED(932, "sjis-s", "CP932", 2, "windows31j ms932"),
    MIXED(57350, "sjis", "CP932", 2, "shiftjis"),
    EUC(57351, "ujis", "EUC-JP", 3, "eucjp"),
    MIXED(57352, "big5", "BIG5", 2, "cp950"),
    EUC(0, "euctw", "EUC-TW", 4, ""),
    MIXED(57356, "ksc", "CP949", 2, "ks5601 ksc5601 euckr uhc cp949 windows949"),
    MIXED(57357, "gb", "GBK", 2, "gb2312 gb231280 gbk euccn cp936 windows936"),
    MIXED(5488, "GB18030-2000", "GB18030", 4, "gb18030"),
    {{57372, "utf8", "UTF-8", 4, true, true}, ""},
};

enum { TABLE_SIZE = sizeof table / sizeof table[0] };

const struct sqli_codeset_info *sqli__codeset_at(size_t index)
{
    return index < TABLE_SIZE ? &table[index].info : NULL;
}

/* Lower case, without the characters that people put in or leave out. False: too long for any name,
 * or with characters that no name has. */
static bool normalise(struct sqli_span text, char name[NAME_ROOM])
{
    size_t length = 0;
    for (size_t i = 0; i < text.length; i++) {
        uint8_t c = text.data[i];
        if (c == '-' || c == '_' || c == ' ')
            continue;
        if (length == NAME_ROOM - 1 || c <= ' ' || c > '~')
            return false;
        name[length++] = (char)sqli__ascii_lower(c);
    }
    name[length] = '\0';
    return length > 0;
}

static bool in_list(const char *list, const char *name)
{
    size_t length = strlen(name);
    while (*list) {
        size_t item = strcspn(list, " ");
        if (item == length && memcmp(list, name, length) == 0)
            return true;
        list += item + (list[item] == ' ');
    }
    return false;
}

static const struct sqli_codeset_info *find_name(const char *name)
{
    for (size_t i = 0; i < TABLE_SIZE; i++) {
        char own[NAME_ROOM];
        normalise(sqli__span_text(table[i].info.name), own);
        if (strcmp(own, name) == 0 || in_list(table[i].aliases, name))
            return &table[i].info;
    }
    return NULL;
}

static const struct sqli_codeset_info *find_number(int32_t number)
{
    for (size_t i = 0; number > 0 && i < TABLE_SIZE; i++)
        if (table[i].info.number == number)
            return &table[i].info;
    return NULL;
}

static int digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
}

/* A number of one to `most` digits and nothing else, or 0. */
static int32_t read_number(const char *text, int base, size_t most)
{
    int32_t number = 0;
    if (strlen(text) > most)
        return 0;
    for (; *text; text++) {
        if (digit_value(*text) >= base)
            return 0;
        number = number * base + digit_value(*text);
    }
    return number;
}

static const struct sqli_codeset_info *find_decimal(const char *name)
{
    return name[0] == '0' ? NULL : find_number(read_number(name, 10, 5));
}

/* "iso8859-15" is "8859-15", "cp1252" and "windows-1252" are 1252. */
static const struct sqli_codeset_info *find_prefixed(const char *name)
{
    static const char *const prefixes[] = {"windows", "ccsid", "ibm", "cp", "pc"};
    if (strncmp(name, "iso8859", 7) == 0)
        return find_name(name + 3);
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
        size_t length = strlen(prefixes[i]);
        if (strncmp(name, prefixes[i], length) == 0)
            return find_decimal(name + length);
    }
    return NULL;
}

/* Names first, then numbers: the hexadecimal form last, so that it never hides a decimal one. */
static const struct sqli_codeset_info *find_spelling(struct sqli_span text)
{
    char name[NAME_ROOM];
    if (!normalise(text, name))
        return NULL;
    const struct sqli_codeset_info *info = find_name(name);
    if (!info)
        info = find_decimal(name);
    if (!info)
        info = find_prefixed(name);
    if (!info && strlen(name) == 4)
        info = find_number(read_number(name, 16, 4));
    return info;
}

static bool letters(struct sqli_span text)
{
    for (size_t i = 0; i < text.length; i++) {
        if (!sqli__is_letter(text.data[i]))
            return false;
    }
    return text.length == 2 || text.length == 3;
}

/* "en_us": a language and a territory. */
static bool bare_locale(struct sqli_span text)
{
    const uint8_t *line = text.length ? memchr(text.data, '_', text.length) : NULL;
    if (!line)
        return false;
    size_t language = (size_t)(line - text.data);
    return letters(sqli__span(text.data, language)) &&
           letters(sqli__span(line + 1, text.length - language - 1));
}

static struct sqli_span without_modifier(struct sqli_span text)
{
    const uint8_t *at = text.length ? memchr(text.data, '@', text.length) : NULL;
    return at ? sqli__span(text.data, (size_t)(at - text.data)) : text;
}

const struct sqli_codeset_info *sqli__codeset_find(struct sqli_span locale_or_codeset)
{
    struct sqli_span text = sqli__trimmed(without_modifier(locale_or_codeset));
    const uint8_t *dot = text.length ? memchr(text.data, '.', text.length) : NULL;
    if (dot) {
        size_t before = (size_t)(dot - text.data) + 1;
        return find_spelling(sqli__span(text.data + before, text.length - before));
    }
    const struct sqli_codeset_info *info = find_spelling(text);
    if (!info && bare_locale(text))
        info = find_number(819);
    return info;
}
