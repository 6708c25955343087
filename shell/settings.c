#include "shell/settings.h"

#include "base/alloc.h"
#include "base/ascii.h"
#include "shell/text.h"

enum kind { SWITCH, WORD, NUMBER, TEXT, DIVIDER };

static const struct {
    const char *name;
    enum kind kind;
    const char *initial, *words, *text;
} table[] = {
#define SQLI_SH_SETTING(name, kind, initial, words, text) {#name, kind, initial, words, text},
#include "shell/settings.def"
#undef SQLI_SH_SETTING
};

const char *sqli__sh_setting_name(int setting)
{
    return setting >= 0 && setting < SQLI_SH_SETTINGS ? table[setting].name : NULL;
}

const char *sqli__sh_setting_text(int setting)
{
    return table[setting].text;
}

const char *sqli__sh_setting_words(int setting)
{
    return table[setting].kind == SWITCH ? "on|off" : table[setting].words;
}

int sqli__sh_setting_find(const char *name)
{
    for (int i = 0; i < SQLI_SH_SETTINGS; i++)
        if (sqli__sh_same(sqli__span_text(name), table[i].name))
            return i;
    return -1;
}

/* --- values of settings --- */

/* The number of a word in "a|b|c", or -1. */
static int64_t word_number(const char *words, const char *word)
{
    for (int64_t number = 0;; number++) {
        size_t length = strcspn(words, "|");
        if (sqli__sh_same(sqli__span(words, length), word))
            return number;
        if (!words[length])
            return -1;
        words += length + 1;
    }
}

int sqli__sh_truth(const char *word)
{
    int64_t number = word_number("off|on|false|true|no|yes|0|1", word);
    return number < 0 ? -1 : (int)(number % 2);
}

static bool understand(int setting, const char *value, int64_t *number)
{
    switch (table[setting].kind) {
    case SWITCH: *number = *value ? sqli__sh_truth(value) : 1; return *number >= 0;
    case WORD: *number = word_number(table[setting].words, value); return *number >= 0;
    case NUMBER: return sqli__sh_number(value, 0, INT32_MAX, number);
    case DIVIDER: *number = sqli__sh_divider(value); return *number || !*value;
    default: *number = 0; return true;
    }
}

static bool set_setting(struct sqli_sh_settings *settings, int setting, const char *value,
                        struct sqli_buffer *why)
{
    int64_t number;
    if (!understand(setting, value, &number)) {
        const char *words = sqli__sh_setting_words(setting);
        sqli__buffer_format(why, "%s is no value of %s: %s", value, table[setting].name,
                            *words                           ? words
                            : table[setting].kind == DIVIDER ? "one character, \\t for a tab"
                                                             : "a number from 0");
        return false;
    }
    char *copy = sqli__sh_copy(table[setting].kind == SWITCH ? number ? "on" : "off" : value);
    sqli__free(settings->text[setting]);
    settings->text[setting] = copy;
    settings->number[setting] = number;
    return true;
}

void sqli__sh_settings_init(struct sqli_sh_settings *settings)
{
    *settings = (struct sqli_sh_settings){0};
    for (int i = 0; i < SQLI_SH_SETTINGS; i++)
        set_setting(settings, i, table[i].initial, NULL);
}

void sqli__sh_settings_free(struct sqli_sh_settings *settings)
{
    for (int i = 0; i < SQLI_SH_SETTINGS; i++)
        sqli__free(settings->text[i]);
    for (size_t i = 0; i < settings->count; i++) {
        sqli__free(settings->variables[i].name);
        sqli__free(settings->variables[i].value);
    }
    sqli__free(settings->variables);
}

/* --- variables --- */

static struct sqli_sh_variable *find(const struct sqli_sh_settings *settings, struct sqli_span name)
{
    for (size_t i = 0; i < settings->count; i++)
        if (sqli__span_equal(sqli__span_text(settings->variables[i].name), name))
            return &settings->variables[i];
    return NULL;
}

static bool good_name(const char *name)
{
    for (const char *c = name; *c; c++)
        if (!sqli__is_letter((uint8_t)*c) && *c != '_' &&
            (c == name || !sqli__is_digit((uint8_t)*c)))
            return false;
    return *name;
}

static bool add(struct sqli_sh_settings *settings, const char *name, const char *value)
{
    void *room = sqli__sh_room(settings->variables, settings->count, &settings->capacity,
                               sizeof *settings->variables);
    if (!room)
        return false;
    settings->variables = room;
    settings->variables[settings->count++] =
        (struct sqli_sh_variable){sqli__sh_copy(name), sqli__sh_copy(value)};
    return true;
}

static bool set_variable(struct sqli_sh_settings *settings, const char *name, const char *value,
                         struct sqli_buffer *why)
{
    struct sqli_sh_variable *variable = find(settings, sqli__span_text(name));
    if (!good_name(name)) {
        sqli__buffer_format(why, "\"%s\" is no name for a variable: letters, digits and _", name);
        return false;
    }
    if (!variable)
        return add(settings, name, value);
    sqli__free(variable->value);
    variable->value = sqli__sh_copy(value);
    return true;
}

/* --- both --- */

bool sqli__sh_set(struct sqli_sh_settings *settings, const char *name, const char *value,
                  struct sqli_buffer *why)
{
    int setting = sqli__sh_setting_find(name);
    return setting >= 0 ? set_setting(settings, setting, value, why)
                        : set_variable(settings, name, value, why);
}

bool sqli__sh_unset(struct sqli_sh_settings *settings, const char *name)
{
    int setting = sqli__sh_setting_find(name);
    if (setting >= 0)
        return set_setting(settings, setting, table[setting].initial, NULL);
    struct sqli_sh_variable *variable = find(settings, sqli__span_text(name));
    if (!variable)
        return false;
    sqli__free(variable->name);
    sqli__free(variable->value);
    *variable = settings->variables[--settings->count];
    return true;
}

const char *sqli__sh_value(const struct sqli_sh_settings *settings, struct sqli_span name)
{
    const struct sqli_sh_variable *variable = find(settings, name);
    if (variable)
        return variable->value;
    for (int i = 0; i < SQLI_SH_SETTINGS; i++)
        if (sqli__sh_same(name, table[i].name))
            return settings->text[i];
    return NULL;
}
