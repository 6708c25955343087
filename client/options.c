/* The options of a connection: one table, three sources. */
#include "client/options.h"

#include "base/alloc.h"
#include "base/ascii.h"
#include "client/hosts.h"
#include "client/variables.h"
#include "value/codeset.h"
#include "value/temporal.h"

#include <stdio.h>
#include <stdlib.h>

enum rule_kind {
    KIND_ANY,
    KIND_SECRET,
    KIND_NUMBER,
    KIND_SECONDS,
    KIND_WORDS,
    KIND_LOCALE,
    KIND_DATE,
    KIND_HOSTS,
    KIND_FILE,
    KIND_VARIABLES,
};

struct rule {
    enum rule_kind kind;
    int64_t least, most;
    const char *words; /* "a|b|c" */
};

/* Spellings of a switch come in pairs, so that each second one means no. */
#define SWITCH_WORDS "on|off|1|0|yes|no|y|n|true|false"

#define PLAIN(kind)      \
    {                    \
        kind, 0, 0, NULL \
    }
#define ANY    PLAIN(KIND_ANY)
#define SECRET PLAIN(KIND_SECRET)
#define NUMBER(least, most)            \
    {                                  \
        KIND_NUMBER, least, most, NULL \
    }
#define SECONDS                      \
    {                                \
        KIND_SECONDS, 0, 86400, NULL \
    }
#define WORDS(words)            \
    {                           \
        KIND_WORDS, 0, 0, words \
    }
#define SWITCH    WORDS(SWITCH_WORDS)
#define YES_NO    WORDS(SWITCH_WORDS)
#define LOCALE    PLAIN(KIND_LOCALE)
#define DATE_FORM PLAIN(KIND_DATE)
#define HOSTS     PLAIN(KIND_HOSTS)
#define FILE_NAME PLAIN(KIND_FILE)
#define VARIABLES PLAIN(KIND_VARIABLES)

static const struct {
    const char *name;
    const char *initial;
    const char *environment;
    struct rule rule;
    const char *text;
} table[SQLI_OPTIONS] = {
#define SQLI_OPTION(id, name, initial, environment, rule, text) \
    {name, initial, environment, rule, text},
#include "client/options.def"
#undef SQLI_OPTION
};

static void forget(char *value)
{
    if (value)
        explicit_bzero(value, strlen(value));
    sqli__free(value);
}

void sqli__options_free(struct sqli_options *options)
{
    for (int i = 0; i < SQLI_OPTIONS; i++) {
        forget(options->values[i]);
        options->values[i] = NULL;
    }
}

enum sqli_status sqli__options_copy(struct sqli_options *to, const struct sqli_options *from,
                                    struct sqli_error *error)
{
    sqli__options_free(to);
    for (int i = 0; i < SQLI_OPTIONS; i++) {
        const char *value = from->values[i];
        if (!value)
            continue;
        size_t size = strlen(value) + 1;
        to->values[i] = sqli__alloc(size);
        if (!to->values[i])
            return sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
        memcpy(to->values[i], value, size);
    }
    return SQLI_OK;
}

/* --- names --- */

bool sqli__option_find(struct sqli_span name, enum sqli_option_id *id)
{
    for (int i = 0; i < SQLI_OPTIONS; i++)
        if (sqli__span_equal(name, sqli__span_text(table[i].name))) {
            *id = (enum sqli_option_id)i;
            return true;
        }
    return false;
}

const char *sqli_option_name(int index, const char **text)
{
    bool there = index >= 0 && index < SQLI_OPTIONS;
    if (text)
        *text = there ? table[index].text : NULL;
    return there ? table[index].name : NULL;
}

enum { NAME_MAX_SHOWN = 64, NEAR_ENOUGH = 3 };

/* Names are compared without regard to case, and an underscore is as good as a hyphen. */
static uint8_t folded(uint8_t c)
{
    if (c == '_')
        return '-';
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

static unsigned smallest(unsigned a, unsigned b, unsigned c)
{
    unsigned ab = a < b ? a : b;
    return ab < c ? ab : c;
}

/* How many characters differ (Levenshtein). */
static unsigned distance(struct sqli_span a, struct sqli_span b)
{
    unsigned row[NAME_MAX_SHOWN + 1];
    for (unsigned j = 0; j <= b.length; j++)
        row[j] = j;
    for (unsigned i = 0; i < a.length; i++) {
        unsigned corner = row[0];
        row[0] = i + 1;
        for (unsigned j = 0; j < b.length; j++) {
            unsigned above = row[j + 1];
            unsigned same = folded(a.data[i]) == folded(b.data[j]) ? 0 : 1;
            row[j + 1] = smallest(above + 1, row[j] + 1, corner + same);
            corner = above;
        }
    }
    return row[b.length];
}

/* The option that was probably meant: by the name of its variable, too; NULL: none is near. */
static const char *nearest(struct sqli_span name)
{
    const char *found = NULL;
    unsigned best = NEAR_ENOUGH + 1;
    for (int i = 0; i < SQLI_OPTIONS && name.length <= NAME_MAX_SHOWN; i++) {
        const char *const names[] = {table[i].name, table[i].environment};
        for (int n = 0; n < 2; n++) {
            struct sqli_span known = sqli__span_text(names[n]);
            unsigned far = known.data ? distance(name, known) : best;
            if (far < best && far < known.length / 2 + 1) {
                best = far;
                found = table[i].name;
            }
        }
    }
    return found;
}

static enum sqli_status unknown(struct sqli_span name, int32_t code, struct sqli_error *error)
{
    const char *near = nearest(name);
    int shown = (int)(name.length > NAME_MAX_SHOWN ? NAME_MAX_SHOWN : name.length);
    const char *text = shown ? (const char *)name.data : "";
    if (!near)
        return sqli__fail(error, code, "no option is called \"%.*s\"", shown, text);
    return sqli__fail(error, code, "no option is called \"%.*s\"; %s is one", shown, text, near);
}

/* --- values --- */

/* Digits, perhaps behind a minus. */
static bool number_of(const char *text, int64_t *number)
{
    bool negative = *text == '-';
    int64_t value = 0;
    const char *c = text + negative;
    if (!*c || strlen(c) > 18)
        return false;
    for (; *c; c++) {
        if (*c < '0' || *c > '9')
            return false;
        value = value * 10 + (*c - '0');
    }
    *number = negative ? -value : value;
    return true;
}

/* The same of seconds, which may have a fraction, in milliseconds. */
static bool milliseconds_of(const char *text, int64_t *milliseconds)
{
    char whole[16];
    size_t length = strcspn(text, ".");
    const char *fraction = text[length] ? text + length + 1 : "0";
    int64_t unit = 100, part = 0;
    if (length == 0 || length >= sizeof whole || !*fraction)
        return false;
    memcpy(whole, text, length);
    whole[length] = '\0';
    for (; *fraction; fraction++, unit /= 10) {
        if (*fraction < '0' || *fraction > '9')
            return false;
        part += (*fraction - '0') * unit;
    }
    if (!number_of(whole, milliseconds))
        return false;
    *milliseconds = *milliseconds * 1000 + part;
    return true;
}

/* Its place among the words, from 0; -1: it is none of them. *as, if wanted, is the spelling that
 * the words have, of the same length. */
static int find_word(const char *words, const char *value, const char **as)
{
    int index = 0;
    size_t length = strlen(value);
    while (words) {
        const char *end = strchr(words, '|');
        size_t word = end ? (size_t)(end - words) : strlen(words);
        if (word == length &&
            sqli__ascii_same((const uint8_t *)words, (const uint8_t *)value, length)) {
            if (as)
                *as = words;
            return index;
        }
        index++;
        words = end ? end + 1 : NULL;
    }
    return -1;
}

static int word_of(const char *words, const char *value)
{
    return find_word(words, value, NULL);
}

static const char *wanted(const struct rule *rule, char *room, size_t size)
{
    switch (rule->kind) {
    case KIND_SECONDS:
    case KIND_NUMBER:
        snprintf(room, size, "a number from %lld to %lld", (long long)rule->least,
                 (long long)rule->most);
        return room;
    case KIND_WORDS: return strcmp(rule->words, SWITCH_WORDS) ? rule->words : "on or off";
    case KIND_LOCALE: return "a locale like en_US.utf8";
    case KIND_VARIABLES: return "NAME=value,NAME=value";
    default: return "a form like Y4MD- or DMY4.";
    }
}

static bool fits(const struct rule *rule, const char *value)
{
    struct sqli_date_format format;
    int64_t number;
    switch (rule->kind) {
    case KIND_NUMBER:
        return number_of(value, &number) && number >= rule->least && number <= rule->most;
    case KIND_SECONDS:
        return milliseconds_of(value, &number) && number >= 0 && number <= rule->most * 1000;
    case KIND_WORDS: return word_of(rule->words, value) >= 0;
    case KIND_LOCALE: return sqli__codeset_find(sqli__span_text(value)) != NULL;
    case KIND_DATE:
        return sqli__date_format_parse(sqli__span_text(value), &format, NULL) == SQLI_OK;
    default: return true;
    }
}

static enum sqli_status check_hosts(const char *list, struct sqli_error *error)
{
    struct sqli_host_port place;
    const char *rest = *list ? list : NULL;
    for (int i = 0; rest; i++) {
        if (i == SQLI_HOSTS_MAX)
            return sqli__fail(error, SQLI_E_ARGUMENT, "host: more than %d hosts", i);
        if (sqli__hosts_next(&rest, UINT16_MAX, &place, error))
            return sqli__fail(error, error->code, "host: %s", error->near);
    }
    return SQLI_OK;
}

static enum sqli_status bad_value(enum sqli_option_id id, const struct rule *rule,
                                  const char *value, struct sqli_error *error)
{
    char room[64];
    return sqli__fail(error, SQLI_E_ARGUMENT, "%s=%.64s: %s is wanted", table[id].name, value,
                      wanted(rule, room, sizeof room));
}

/* One that an option stands for would reach the server twice. */
static enum sqli_status check_variables(const char *list, struct sqli_error *error)
{
    char room[SQLI_OPTION_MAX + 1];
    struct sqli_pair pairs[SQLI_VARIABLES_MAX];
    uint32_t count;
    if (!sqli__variables_read(list, room, pairs, &count))
        return bad_value(SQLI_OPT_ENVIRONMENT, &table[SQLI_OPT_ENVIRONMENT].rule, list, error);
    for (uint32_t i = 0; i < count; i++)
        for (int k = 0; k < SQLI_OPTIONS; k++)
            if (table[k].environment &&
                sqli__span_equal(pairs[i].name, sqli__span_text(table[k].environment)))
                return sqli__fail(error, SQLI_E_ARGUMENT, "environment: for %s there is %s",
                                  table[k].environment, table[k].name);
    return SQLI_OK;
}

/* What is right is put into the spelling of the table, which all others compare with. */
static enum sqli_status check(enum sqli_option_id id, char *value, struct sqli_error *error)
{
    const struct rule *rule = &table[id].rule;
    const char *as = value;
    if (rule->kind == KIND_HOSTS)
        return check_hosts(value, error);
    if (rule->kind == KIND_VARIABLES)
        return check_variables(value, error);
    if (rule->kind == KIND_WORDS && find_word(rule->words, value, &as) >= 0)
        memmove(value, as, strlen(value));
    return fits(rule, value) ? SQLI_OK : bad_value(id, rule, value, error);
}

/* With a NUL behind; the ~/ of a file is the home directory. NULL: no memory. */
static char *copy_value(enum sqli_option_id id, struct sqli_span value)
{
    bool at_home = table[id].rule.kind == KIND_FILE && value.length > 1 && value.data[0] == '~' &&
                   value.data[1] == '/';
    const char *home = at_home ? getenv("HOME") : NULL;
    size_t before = home ? strlen(home) : 0;
    size_t skipped = home ? 1 : 0;
    char *copy = sqli__alloc(before + value.length + 1);
    if (!copy)
        return NULL;
    if (before)
        memcpy(copy, home, before);
    memcpy(copy + before, value.data + skipped, value.length - skipped);
    copy[before + value.length - skipped] = '\0';
    return copy;
}

static enum sqli_status set(struct sqli_options *options, enum sqli_option_id id,
                            struct sqli_span value, struct sqli_error *error)
{
    char *copy = NULL;
    if (value.length > SQLI_OPTION_MAX)
        return sqli__fail(error, SQLI_E_ARGUMENT, "%s has more than %d bytes", table[id].name,
                          (int)SQLI_OPTION_MAX);
    if (value.length && memchr(value.data, 0, value.length))
        return sqli__fail(error, SQLI_E_ARGUMENT, "%s has a NUL inside", table[id].name);
    if (value.data) {
        copy = copy_value(id, value);
        if (!copy)
            return sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
        enum sqli_status status = check(id, copy, error);
        if (status) {
            sqli__free(copy);
            return status;
        }
    }
    forget(options->values[id]);
    options->values[id] = copy;
    return SQLI_OK;
}

enum sqli_status sqli__options_set(struct sqli_options *options, struct sqli_span name,
                                   struct sqli_span value, struct sqli_error *error)
{
    enum sqli_option_id id;
    if (!sqli__option_find(name, &id))
        return unknown(name, SQLI_E_ARGUMENT, error);
    return set(options, id, value, error);
}

bool sqli__option_given(const struct sqli_options *options, enum sqli_option_id id)
{
    return options->values[id] != NULL;
}

/* Who says anything about certificates wants TLS. */
static bool tls_is_meant(const struct sqli_options *options)
{
    static const enum sqli_option_id others[] = {SQLI_OPT_TLS_CA, SQLI_OPT_TLS_CERT,
                                                 SQLI_OPT_TLS_KEY, SQLI_OPT_TLS_NAME,
                                                 SQLI_OPT_TLS_MINIMUM};
    bool any = false;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        any = any || options->values[others[i]];
    return any;
}

const char *sqli__option(const struct sqli_options *options, enum sqli_option_id id)
{
    if (options->values[id])
        return options->values[id];
    if (id == SQLI_OPT_TLS && tls_is_meant(options))
        return "verify-full";
    return table[id].initial;
}

enum sqli_status sqli__option_number(const struct sqli_options *options, enum sqli_option_id id,
                                     int64_t least, int64_t most, int64_t *value,
                                     struct sqli_error *error)
{
    const char *text = sqli__option(options, id);
    if (text && number_of(text, value) && *value >= least && *value <= most)
        return SQLI_OK;
    *value = 0;
    return bad_value(id, &(struct rule)NUMBER(least, most), text ? text : "", error);
}

int64_t sqli__option_milliseconds(const struct sqli_options *options, enum sqli_option_id id)
{
    const char *text = sqli__option(options, id);
    int64_t milliseconds;
    return text && milliseconds_of(text, &milliseconds) ? milliseconds : 0;
}

enum sqli_status sqli__option_switch(const struct sqli_options *options, enum sqli_option_id id,
                                     bool *on, struct sqli_error *error)
{
    const char *text = sqli__option(options, id);
    int word = text ? word_of(SWITCH_WORDS, text) : -1;
    *on = word >= 0 && word % 2 == 0;
    return word >= 0 ? SQLI_OK : bad_value(id, &table[id].rule, text ? text : "", error);
}

/* --- environment --- */

/* The error says which variable it was. */
static enum sqli_status set_variable(struct sqli_options *options, enum sqli_option_id id,
                                     const char *variable, const char *value,
                                     struct sqli_error *error)
{
    struct sqli_error why;
    if (set(options, id, sqli__span_text(value), &why) == SQLI_OK)
        return SQLI_OK;
    return sqli__fail(error, why.code, "%s in the environment: %.180s", variable, why.near);
}

static enum sqli_status default_sqlhosts(struct sqli_options *options, struct sqli_error *error)
{
    char path[SQLI_OPTION_MAX + 1];
    const char *directory = getenv("INFORMIXDIR");
    if (!directory || !*directory || options->values[SQLI_OPT_SQLHOSTS])
        return SQLI_OK;
    int length = snprintf(path, sizeof path, "%s/etc/sqlhosts", directory);
    if (length < 0 || (size_t)length >= sizeof path)
        return sqli__fail(error, SQLI_E_ARGUMENT, "INFORMIXDIR in the environment is too long");
    return set_variable(options, SQLI_OPT_SQLHOSTS, "INFORMIXDIR", path, error);
}

enum sqli_status sqli__options_environment(struct sqli_options *options, struct sqli_error *error)
{
    for (int i = 0; i < SQLI_OPTIONS; i++) {
        const char *variable = table[i].environment;
        const char *value = variable ? getenv(variable) : NULL;
        if (value && !*value)
            value = i == SQLI_OPT_DELIMIDENT ? "y" : NULL;
        if (value && i == SQLI_OPT_CONNECT_TIMEOUT && strcmp(value, "0") == 0)
            value = NULL; /* INFORMIXCONTIME=0 is the default */
        if (value)
            SQLI_TRY(set_variable(options, (enum sqli_option_id)i, variable, value, error));
    }
    return default_sqlhosts(options, error);
}

/* --- URL --- */

/* Up to one of `ends`, which is not taken; the pointer moves there. */
static struct sqli_span part(const char **at, const char *ends)
{
    size_t length = strcspn(*at, ends);
    struct sqli_span text = sqli__span(*at, length);
    *at += length;
    return text;
}

static int hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* %XX stands for a byte. */
static enum sqli_status set_escaped(struct sqli_options *options, enum sqli_option_id id,
                                    struct sqli_span text, struct sqli_error *error)
{
    char plain[SQLI_OPTION_MAX];
    size_t length = 0;
    for (size_t i = 0; i < text.length; i++) {
        uint8_t c = text.data[i];
        if (length == sizeof plain)
            return sqli__fail(error, SQLI_E_URL, "%s is too long", table[id].name);
        if (c == '%') {
            int high = i + 2 < text.length ? hex_digit(text.data[i + 1]) : -1;
            int low = high >= 0 ? hex_digit(text.data[i + 2]) : -1;
            if (low < 0)
                return sqli__fail(error, SQLI_E_URL, "%% without two hexadecimal digits in %s",
                                  table[id].name);
            c = (uint8_t)(high << 4 | low);
            i += 2;
        }
        plain[length++] = (char)c;
    }
    enum sqli_status status = set(options, id, sqli__span(plain, length), error);
    if (table[id].rule.kind == KIND_SECRET)
        explicit_bzero(plain, sizeof plain);
    return status;
}

/* user:password@ */
static enum sqli_status read_user(struct sqli_options *options, const char **at,
                                  struct sqli_error *error)
{
    const char *end = *at + strcspn(*at, "/?");
    const char *sign = NULL;
    for (const char *c = *at; c < end; c++)
        if (*c == '@')
            sign = c;
    if (!sign)
        return SQLI_OK;
    struct sqli_span all = sqli__span(*at, (size_t)(sign - *at));
    const uint8_t *colon = memchr(all.data, ':', all.length);
    struct sqli_span user = all;
    if (colon) {
        user.length = (size_t)(colon - all.data);
        SQLI_TRY(set_escaped(options, SQLI_OPT_PASSWORD,
                             sqli__span(colon + 1, all.length - user.length - 1), error));
    }
    *at = sign + 1;
    return user.length ? set_escaped(options, SQLI_OPT_USER, user, error) : SQLI_OK;
}

static enum sqli_status read_query(struct sqli_options *options, const char *at,
                                   struct sqli_error *error)
{
    while (*at) {
        struct sqli_span name = part(&at, "=&");
        struct sqli_span value = sqli__span_text("");
        enum sqli_option_id id;
        if (*at == '=') {
            at++;
            value = part(&at, "&");
        }
        at += *at == '&';
        if (!sqli__option_find(name, &id))
            return unknown(name, SQLI_E_URL, error);
        SQLI_TRY(set_escaped(options, id, value, error));
    }
    return SQLI_OK;
}

static enum sqli_status read_url(struct sqli_options *options, const char *at,
                                 struct sqli_error *error)
{
    SQLI_TRY(read_user(options, &at, error));
    struct sqli_span hosts = part(&at, "/?");
    if (hosts.length)
        SQLI_TRY(set_escaped(options, SQLI_OPT_HOST, hosts, error));
    if (*at == '/') {
        at++;
        struct sqli_span database = part(&at, "?");
        if (database.length)
            SQLI_TRY(set_escaped(options, SQLI_OPT_DATABASE, database, error));
    }
    return *at == '?' ? read_query(options, at + 1, error) : SQLI_OK;
}

enum sqli_status sqli__options_url(struct sqli_options *options, const char *url,
                                   struct sqli_error *error)
{
    static const char *const schemes[] = {"informix://", "sqli://"};
    const char *rest = NULL;
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
        if (strncmp(url, schemes[i], strlen(schemes[i])) == 0)
            rest = url + strlen(schemes[i]);
    if (!rest)
        return sqli__fail(error, SQLI_E_URL, "it begins with informix://");
    struct sqli_options fresh = {0};
    enum sqli_status status = read_url(&fresh, rest, error);
    for (int i = 0; i < SQLI_OPTIONS && status == SQLI_OK; i++)
        if (fresh.values[i]) {
            forget(options->values[i]);
            options->values[i] = fresh.values[i];
            fresh.values[i] = NULL;
        }
    sqli__options_free(&fresh);
    return status;
}
