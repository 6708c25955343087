/* Settings, which the shell knows, and variables, which the user makes up. Both are set with \set
 * and stand in statements as :name. */
#ifndef SQLI_SHELL_SETTINGS_H
#define SQLI_SHELL_SETTINGS_H

#include "base/buffer.h"

enum sqli_sh_setting {
#define SQLI_SH_SETTING(name, kind, initial, words, text) SQLI_SH_##name,
#include "shell/settings.def"
#undef SQLI_SH_SETTING
    SQLI_SH_SETTINGS
};

/* The words of FORMAT, EXPANDED and its kin, and LONG, in their order. */
enum {
    SQLI_SH_FORMAT_TABLE,
    SQLI_SH_FORMAT_VERTICAL,
    SQLI_SH_FORMAT_CSV,
    SQLI_SH_FORMAT_JSON,
    SQLI_SH_FORMAT_JSONL,
    SQLI_SH_FORMAT_MARKDOWN,
    SQLI_SH_FORMAT_UNLOAD,
};
enum { SQLI_SH_OFF, SQLI_SH_ON, SQLI_SH_AUTO };
enum { SQLI_SH_LONG_AUTO, SQLI_SH_LONG_WHOLE, SQLI_SH_LONG_FOLD, SQLI_SH_LONG_CUT };

struct sqli_sh_variable {
    char *name, *value;
};

struct sqli_sh_settings {
    int64_t number[SQLI_SH_SETTINGS]; /* switches: 0 or 1; words: which */
    char *text[SQLI_SH_SETTINGS];
    struct sqli_sh_variable *variables;
    size_t count, capacity;
};

void sqli__sh_settings_init(struct sqli_sh_settings *settings);
void sqli__sh_settings_free(struct sqli_sh_settings *settings);

/* Sets a setting by its name in either case, else a variable. False: no such value; `why` tells. */
bool sqli__sh_set(struct sqli_sh_settings *settings, const char *name, const char *value,
                  struct sqli_buffer *why);
/* Back to its initial value; a variable is forgotten. False: there is none. */
bool sqli__sh_unset(struct sqli_sh_settings *settings, const char *name);

/* NULL: there is none of that name. */
const char *sqli__sh_value(const struct sqli_sh_settings *settings, struct sqli_span name);

/* 1: on, true, yes, 1. 0: off, false, no, 0. -1: neither. */
int sqli__sh_truth(const char *word);

/* The number of a setting, or -1. */
int sqli__sh_setting_find(const char *name);
const char *sqli__sh_setting_name(int setting);
const char *sqli__sh_setting_text(int setting);  /* what it is for */
const char *sqli__sh_setting_words(int setting); /* "on|off", "" for texts and numbers */

/* Whether "auto" means yes depends on whether there is a terminal. */
static inline bool sqli__sh_decide(int64_t word, bool automatic)
{
    return word == SQLI_SH_AUTO ? automatic : word == SQLI_SH_ON;
}

#endif
