/* The options of a connection: one table, three sources. */
#include "client/options.h"

#include "base/alloc.h"

#include <stdlib.h>

static const struct {
    const char *name;
    const char *initial;
    const char *environment;
    bool secret;
} table[SQLI_OPTIONS] = {
#define SQLI_OPTION(id, name, initial, environment, secret, text) \
    {name, initial, environment, secret},
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

bool sqli__option_find(struct sqli_span name, enum sqli_option_id *id)
{
    for (int i = 0; i < SQLI_OPTIONS; i++)
        if (sqli__span_equal(name, sqli__span_text(table[i].name))) {
            *id = (enum sqli_option_id)i;
            return true;
        }
    return false;
}

static enum sqli_status set(struct sqli_options *options, enum sqli_option_id id,
                            struct sqli_span value, struct sqli_error *error)
{
    char *copy = NULL;
    if (value.length > SQLI_OPTION_MAX || (value.length && memchr(value.data, 0, value.length)))
        return sqli__fail(error, SQLI_E_ARGUMENT, "the value of %s", table[id].name);
    if (value.data) {
        copy = sqli__alloc(value.length + 1);
        if (!copy)
            return sqli__fail(error, SQLI_E_NO_MEMORY, NULL);
        memcpy(copy, value.data, value.length);
        copy[value.length] = '\0';
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
        return sqli__fail(error, SQLI_E_ARGUMENT, "no option is called %.*s",
                          (int)(name.length > 64 ? 64 : name.length), (const char *)name.data);
    return set(options, id, value, error);
}

const char *sqli__option(const struct sqli_options *options, enum sqli_option_id id)
{
    return options->values[id] ? options->values[id] : table[id].initial;
}

enum sqli_status sqli__option_number(const struct sqli_options *options, enum sqli_option_id id,
                                     int64_t least, int64_t most, int64_t *value,
                                     struct sqli_error *error)
{
    const char *text = sqli__option(options, id);
    char *end = NULL;
    *value = text && *text ? strtoll(text, &end, 10) : 0;
    if (!end || *end || *value < least || *value > most)
        return sqli__fail(error, SQLI_E_ARGUMENT, "%s=%s: a number from %lld to %lld is wanted",
                          table[id].name, text ? text : "", (long long)least, (long long)most);
    return SQLI_OK;
}

enum sqli_status sqli__option_switch(const struct sqli_options *options, enum sqli_option_id id,
                                     bool *on, struct sqli_error *error)
{
    const char *text = sqli__option(options, id);
    *on = text && (strcmp(text, "on") == 0 || strcmp(text, "1") == 0);
    if (*on || (text && (strcmp(text, "off") == 0 || strcmp(text, "0") == 0)))
        return SQLI_OK;
    return sqli__fail(error, SQLI_E_ARGUMENT, "%s=%s: on or off is wanted", table[id].name,
                      text ? text : "");
}

enum sqli_status sqli__options_environment(struct sqli_options *options, struct sqli_error *error)
{
    for (int i = 0; i < SQLI_OPTIONS; i++) {
        const char *value = table[i].environment ? getenv(table[i].environment) : NULL;
        if (value && *value)
            SQLI_TRY(set(options, (enum sqli_option_id)i, sqli__span_text(value), error));
    }
    return SQLI_OK;
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
    if (table[id].secret)
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
    return set_escaped(options, SQLI_OPT_USER, user, error);
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
            return sqli__fail(error, SQLI_E_URL, "no option is called %.*s",
                              (int)(name.length > 64 ? 64 : name.length), (const char *)name.data);
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
