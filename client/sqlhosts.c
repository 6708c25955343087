#include "client/sqlhosts.h"

#include "client/textfile.h"

#include <stdio.h>

/* One line: DBSERVERNAME NETTYPE HOST SERVICE OPTIONS. */
struct entry {
    struct sqli_span name, type, host, service;
    struct sqli_span options; /* the rest, separated by commas or blanks */
    size_t line;
};

struct search {
    const char *file;
    struct sqli_span text;
    struct sqli_hosts *hosts;
    struct sqli_error *error;
};

/* What each connection type means to us: NULL, or why it cannot be used. */
static const struct {
    const char *name;
    bool tls;
    const char *why_not;
} types[] = {
    {"onsoctcp", false, NULL},
    {"olsoctcp", false, NULL},
    {"ontlitcp", false, NULL},
    {"oltlitcp", false, NULL},
    {"onsocssl", true, NULL},
    {"olsocssl", true, NULL},
    {"drsoctcp", false,
     "is DRDA, another protocol than SQLI; the server's onsoctcp entry is wanted"},
    {"drtlitcp", false,
     "is DRDA, another protocol than SQLI; the server's onsoctcp entry is wanted"},
    {"drsocssl", false,
     "is DRDA, another protocol than SQLI; the server's onsocssl entry is wanted"},
    {"onipcshm", false, "is shared memory, which only the vendor's client can use"},
    {"olipcshm", false, "is shared memory, which only the vendor's client can use"},
    {"onipcstr", false, "is a stream pipe, which only the vendor's client can use"},
    {"olipcstr", false, "is a stream pipe, which only the vendor's client can use"},
    {"onipcnmp", false, "is a named pipe, which only the vendor's client can use"},
    {"olipcnmp", false, "is a named pipe, which only the vendor's client can use"},
    {"onsocimc", false, "is for servers that MaxConnect stands before"},
    {"onsqlmux", false, "multiplexes connections, which only the vendor's client can do"},
};

/* --- lines --- */

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t';
}

static void skip_blanks(struct sqli_span *text)
{
    while (text->length && is_blank(text->data[0]))
        *text = sqli__span(text->data + 1, text->length - 1);
}

static struct sqli_span next_field(struct sqli_span *text)
{
    skip_blanks(text);
    size_t length = 0;
    while (length < text->length && !is_blank(text->data[length]))
        length++;
    struct sqli_span field = sqli__span(text->data, length);
    *text = sqli__span(text->data + length, text->length - length);
    return field;
}

/* The next line that says something. SQLI_DONE: there is none. */
static int next_entry(const struct search *s, struct sqli_span *rest, struct entry *entry)
{
    struct sqli_span line;
    while (sqli__textfile_line(rest, &line)) {
        entry->line++;
        skip_blanks(&line);
        if (line.length == 0 || line.data[0] == '#')
            continue;
        if (line.length > SQLI_SQLHOSTS_LINE_MAX)
            return sqli__fail(s->error, SQLI_E_SQLHOSTS_MISSING,
                              "%.160s:%zu: a line of more than %d bytes", s->file, entry->line,
                              (int)SQLI_SQLHOSTS_LINE_MAX);
        entry->name = next_field(&line);
        entry->type = next_field(&line);
        entry->host = next_field(&line);
        entry->service = next_field(&line);
        skip_blanks(&line);
        entry->options = line;
        return SQLI_OK;
    }
    return SQLI_DONE;
}

static bool option_ends(uint8_t c)
{
    return c == ',' || is_blank(c) || c == '#';
}

/* "NAME=value" among the options; what stands in parentheses belongs to a value. */
static bool find_option(const struct entry *entry, const char *name, struct sqli_span *value)
{
    size_t length = strlen(name);
    struct sqli_span text = entry->options;
    while (text.length && text.data[0] != '#') {
        int depth = 0;
        size_t end = 0;
        while (end < text.length && (depth > 0 || !option_ends(text.data[end]))) {
            depth += text.data[end] == '(' ? 1 : text.data[end] == ')' ? -1 : 0;
            end++;
        }
        if (end > length && text.data[length] == '=' && memcmp(text.data, name, length) == 0) {
            *value = sqli__span(text.data + length + 1, end - length - 1);
            return true;
        }
        end += end < text.length && text.data[end] != '#';
        text = sqli__span(text.data + end, text.length - end);
    }
    return false;
}

static bool option_is(const struct entry *entry, const char *name, struct sqli_span wanted)
{
    struct sqli_span value;
    return find_option(entry, name, &value) && sqli__span_equal(value, wanted);
}

/* --- entries --- */

static enum sqli_status fail_at(const struct search *s, const struct entry *entry, int32_t code,
                                const char *why)
{
    int shown = (int)(entry->name.length < 60 ? entry->name.length : 60);
    return sqli__fail(s->error, code, "%.100s:%zu: %.*s %s", s->file, entry->line, shown,
                      (const char *)entry->name.data, why);
}

static enum sqli_status check_type(const struct search *s, const struct entry *entry, bool *tls)
{
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (!sqli__span_equal(entry->type, sqli__span_text(types[i].name)))
            continue;
        *tls = types[i].tls;
        if (!types[i].why_not)
            return SQLI_OK;
        char why[120];
        snprintf(why, sizeof why, "(%s) %s", types[i].name, types[i].why_not);
        return fail_at(s, entry, SQLI_E_UNSUPPORTED, why);
    }
    return fail_at(s, entry, SQLI_E_UNSUPPORTED, "has a connection type that is not known");
}

/* A star stands for any address of the host, which is the server's affair. */
static enum sqli_status take_host(const struct search *s, const struct entry *entry,
                                  struct sqli_host *host)
{
    struct sqli_span name = entry->host;
    struct sqli_error why;
    if (name.length && name.data[0] == '*')
        name = sqli__span(name.data + 1, name.length - 1);
    if (name.length == 0 && entry->host.length)
        name = sqli__span_text("localhost");
    if (name.length > 2 && name.data[0] == '[' && name.data[name.length - 1] == ']')
        name = sqli__span(name.data + 1, name.length - 2);
    if (name.length == 0 || name.length > SQLI_HOST_MAX)
        return fail_at(s, entry, SQLI_E_ARGUMENT, "has no usable host");
    memcpy(host->place.host, name.data, name.length);
    if (sqli__port_parse(entry->service, &host->place.port, &why))
        return fail_at(s, entry, SQLI_E_ARGUMENT, why.near);
    return SQLI_OK;
}

static enum sqli_status add(const struct search *s, const struct entry *entry)
{
    struct sqli_span ignored;
    if (s->hosts->count == SQLI_HOSTS_MAX)
        return fail_at(s, entry, SQLI_E_TOO_LARGE, "is one server too many");
    struct sqli_host *host = &s->hosts->list[s->hosts->count];
    *host = (struct sqli_host){0};
    if (!entry->name.data || entry->name.length > SQLI_SERVER_NAME_MAX)
        return fail_at(s, entry, SQLI_E_ARGUMENT, "is too long a name");
    memcpy(host->server, entry->name.data, entry->name.length);
    SQLI_TRY(check_type(s, entry, &host->tls));
    if (find_option(entry, "csm", &ignored))
        return fail_at(s, entry, SQLI_E_UNSUPPORTED,
                       "wants a communication support module (csm); TLS is its successor");
    if (option_is(entry, "s", sqli__span_text("6")))
        return fail_at(s, entry, SQLI_E_UNSUPPORTED, "is for other servers only (s=6)");
    host->no_keep_alive = option_is(entry, "k", sqli__span_text("0"));
    SQLI_TRY(take_host(s, entry, host));
    s->hosts->count++;
    return SQLI_OK;
}

/* The members in their order, up to the one that the group calls its last. One that cannot be used
 * is passed over while there are others. */
static enum sqli_status add_group(const struct search *s, const struct entry *group,
                                  struct sqli_span rest)
{
    struct sqli_span last = {0};
    struct entry entry = {.line = group->line};
    struct search lenient = *s;
    struct sqli_error why;
    sqli__fail(&why, SQLI_E_SERVER_NOT_LISTED, "the group %.*s of %.100s has no members",
               (int)(group->name.length < 100 ? group->name.length : 100),
               (const char *)group->name.data, s->file);
    find_option(group, "e", &last);
    for (;;) {
        int found = next_entry(s, &rest, &entry);
        if (found == SQLI_FAIL)
            return SQLI_FAIL;
        if (found == SQLI_DONE)
            break;
        lenient.error = &why;
        if (option_is(&entry, "g", group->name))
            add(&lenient, &entry);
        if (last.length && sqli__span_equal(entry.name, last))
            break;
    }
    if (s->hosts->count)
        return SQLI_OK;
    *s->error = why;
    return SQLI_FAIL;
}

static enum sqli_status find(const struct search *s, const char *server, bool *rotate)
{
    struct sqli_span rest = s->text;
    struct entry entry = {0};
    int found;
    while ((found = next_entry(s, &rest, &entry)) == SQLI_OK) {
        if (!sqli__span_equal(entry.name, sqli__span_text(server)))
            continue;
        if (!sqli__span_equal(entry.type, sqli__span_text("group")))
            return add(s, &entry);
        *rotate = option_is(&entry, "c", sqli__span_text("1"));
        return add_group(s, &entry, rest);
    }
    if (found == SQLI_FAIL)
        return SQLI_FAIL;
    return sqli__fail(s->error, SQLI_E_SERVER_NOT_LISTED, "%.100s in %.140s", server, s->file);
}

enum sqli_status sqli__sqlhosts_find(const char *file, const char *server, struct sqli_hosts *hosts,
                                     bool *rotate, struct sqli_error *error)
{
    struct sqli_buffer text;
    sqli__buffer_init(&text, SQLI_SQLHOSTS_FILE_MAX);
    enum sqli_status status =
        sqli__textfile_read(file, false, SQLI_E_SQLHOSTS_MISSING, &text, error);
    if (status == SQLI_OK) {
        struct search s = {file, sqli__buffer_view(&text), hosts, error};
        status = find(&s, server, rotate);
    }
    sqli__buffer_free(&text);
    return status;
}
