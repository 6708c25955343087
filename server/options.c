#include "server/options.h"

#include "net/tls.h"
#include "server/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum kind { TEXT, FLAG, SECONDS, COUNT, BYTES, LEVEL };

struct option {
    const char *name;
    const char *argument; /* NULL: none */
    enum kind kind;
    size_t offset;
    const char *help;
};

#define AT(member) offsetof(struct sqli_command_line, member)

static const struct option table[] = {
    {"--listen", "HOST:PORT", TEXT, AT(server.listen),
     "where clients connect; port 0 takes a free one (127.0.0.1:9088)"},
    {"--data", "DIR", TEXT, AT(server.data),
     "where the databases are kept; made when it is missing"},
    {"--memory", NULL, FLAG, AT(server.memory),
     "keep the databases in memory; they are gone at the end. So it is\n"
     "without --data, too"},
    {"--server-name", "NAME", TEXT, AT(server.server_name),
     "what clients must call the server: INFORMIXSERVER (informix)"},
    {"--user", "NAME:PASSWORD", TEXT, AT(server.user),
     "the one user who may log in. Everybody on this machine can see the\n"
     "password in the list of processes: for tests"},
    {"--users", "FILE", TEXT, AT(server.users),
     "who may log in: a file that `sqlid passwd` writes; it is read again\n"
     "when it changes"},
    {"--tls-listen", "HOST:PORT", TEXT, AT(server.tls_listen),
     "where clients connect that speak TLS, 1.2 or later"},
    {"--tls-cert", "FILE", TEXT, AT(server.tls_cert),
     "PEM file: the server's certificate, then those between it and its CA"},
    {"--tls-key", "FILE", TEXT, AT(server.tls_key),
     "PEM file: its private key, without a password"},
    {"--ready-file", "FILE", TEXT, AT(ready_file),
     "when the server is ready, write to FILE what it prints; removed at\n"
     "the end"},
    {"--lock-wait", "SECONDS", SECONDS, AT(server.lock_wait_ms),
     "how long a writer waits for another one (10)"},
    {"--max-sessions", "N", COUNT, AT(server.max_sessions), "clients at the same time (1000)"},
    {"--login-timeout", "SECONDS", SECONDS, AT(server.login_timeout_ms),
     "from the connection to the end of the login (60)"},
    {"--output-limit", "BYTES", BYTES, AT(server.output_limit),
     "what may wait for a client that does not read its replies; beyond\n"
     "it, the connection is closed. With K, M or G (64M)"},
    {"--log-level", "LEVEL", LEVEL, AT(server.log_level),
     "error, warn, info, debug or trace, on standard error (info).\n"
     "trace shows every message in both directions, never a password"},
};

enum { OPTIONS = sizeof table / sizeof table[0] };

/* --- values --- */

static bool read_number(const char *text, int64_t most, int64_t *number, const char **rest)
{
    char *end;
    errno = 0;
    long long value = text[0] >= '0' && text[0] <= '9' ? strtoll(text, &end, 10) : -1;
    if (value < 0 || value > most || errno)
        return false;
    *number = value;
    *rest = end;
    return true;
}

static bool read_whole(const char *text, int64_t most, int64_t *number)
{
    const char *rest;
    return read_number(text, most, number, &rest) && *rest == '\0';
}

/* "0.5" too: a test does not want to wait for a second. */
static bool read_seconds(const char *text, int32_t *milliseconds)
{
    int64_t whole, part = 0;
    const char *rest;
    if (!read_number(text, 1000000, &whole, &rest))
        return false;
    int64_t weight = 100;
    if (*rest == '.')
        for (rest++; *rest >= '0' && *rest <= '9'; rest++, weight /= 10)
            part += (*rest - '0') * weight;
    *milliseconds = (int32_t)(whole * 1000 + part);
    return *rest == '\0';
}

static bool read_count(const char *text, int32_t *count)
{
    int64_t number;
    if (!read_whole(text, 100000, &number) || number < 1)
        return false;
    *count = (int32_t)number;
    return true;
}

static bool read_bytes(const char *text, size_t *bytes)
{
    static const char units[] = "KMG";
    int64_t number;
    const char *rest;
    if (!read_number(text, 1000000000, &number, &rest))
        return false;
    const char *unit = *rest ? strchr(units, *rest) : NULL;
    if (unit)
        rest++;
    *bytes = (size_t)number << (unit ? 10 * (unit - units + 1) : 0);
    return *rest == '\0';
}

static bool read_level(const char *text, enum sqli_log_level *level)
{
    const char *name;
    for (int i = 0; (name = sqli__log_level_name(i)); i++) {
        if (strcmp(name, text) == 0) {
            *level = (enum sqli_log_level)i;
            return true;
        }
    }
    return false;
}

static bool store(const struct option *option, const char *word, struct sqli_command_line *line)
{
    void *place = (char *)line + option->offset;
    switch (option->kind) {
    case TEXT: *(const char **)place = word; return *word != '\0';
    case FLAG: *(bool *)place = true; return true;
    case SECONDS: return read_seconds(word, place);
    case COUNT: return read_count(word, place);
    case BYTES: return read_bytes(word, place);
    case LEVEL: return read_level(word, place);
    }
    return false;
}

/* --- words --- */

/* "--name" or "--name=value". */
static const struct option *find(const char *word, const char **value)
{
    size_t length = strcspn(word, "=");
    *value = word[length] ? word + length + 1 : NULL;
    for (size_t i = 0; i < OPTIONS; i++)
        if (strncmp(table[i].name, word, length) == 0 && table[i].name[length] == '\0')
            return &table[i];
    return NULL;
}

static enum sqli_status read_option(int count, char *const *words, int *at,
                                    struct sqli_command_line *line, struct sqli_error *error)
{
    const char *value;
    const struct option *option = find(words[*at], &value);
    if (!option)
        return sqli__fail(error, SQLI_E_ARGUMENT, "\"%s\" is no option", words[*at]);
    if (!option->argument && value)
        return sqli__fail(error, SQLI_E_ARGUMENT, "%s takes no value", option->name);
    if (option->argument && !value && ++*at < count)
        value = words[*at];
    if (option->argument && !value)
        return sqli__fail(error, SQLI_E_ARGUMENT, "%s needs a value: %s", option->name,
                          option->argument);
    if (!store(option, value ? value : "", line))
        return sqli__fail(error, SQLI_E_ARGUMENT, "%s takes %s, not \"%s\"", option->name,
                          option->argument, value);
    return SQLI_OK;
}

static bool is_command(const char *word, struct sqli_command_line *line)
{
    static const struct {
        const char *word;
        enum sqli_command command;
    } commands[] = {{"--help", SQLI_COMMAND_HELP},
                    {"-h", SQLI_COMMAND_HELP},
                    {"--version", SQLI_COMMAND_VERSION}};
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (strcmp(commands[i].word, word) == 0) {
            line->command = commands[i].command;
            return true;
        }
    }
    return false;
}

static enum sqli_status read_passwd(int count, char *const *words, struct sqli_command_line *line,
                                    struct sqli_error *error)
{
    line->command = SQLI_COMMAND_PASSWD;
    if (count != 2 || words[0][0] == '\0')
        return sqli__fail(error, SQLI_E_ARGUMENT, "sqlid passwd FILE USER is how it is called");
    line->passwd_file = words[0];
    line->passwd_user = words[1];
    return SQLI_OK;
}

enum sqli_status sqli__command_line_read(int count, char *const *words,
                                         struct sqli_command_line *line, struct sqli_error *error)
{
    *line = (struct sqli_command_line){.command = SQLI_COMMAND_SERVE};
    sqli__server_options_init(&line->server);
    for (int i = 0; i < count; i++)
        if (is_command(words[i], line))
            return SQLI_OK;
    if (count > 0 && strcmp(words[0], "passwd") == 0)
        return read_passwd(count - 1, words + 1, line, error);
    for (int i = 0; i < count; i++)
        SQLI_TRY(read_option(count, words, &i, line, error));
    return SQLI_OK;
}

/* --- help --- */

static void print_option(const struct option *option)
{
    char left[40];
    const char *text = option->help;
    snprintf(left, sizeof left, "%s %s", option->name, option->argument ? option->argument : "");
    printf("  %-23s ", left);
    for (const char *end; (end = strchr(text, '\n')); text = end + 1)
        printf("%.*s\n%26s", (int)(end - text), text, "");
    puts(text);
}

void sqli__command_line_help(void)
{
    puts(
        "sqlid [OPTION]...       an Informix server for tests and trials: it speaks SQLI, the "
        "wire\n"
        "                        protocol of IBM Informix, and keeps its databases in SQLite\n"
        "sqlid passwd FILE USER  puts USER into FILE, for --users, or changes the password, which\n"
        "                        is asked for, or read from standard input\n"
        "sqlid --help, --version\n");
    for (size_t i = 0; i < OPTIONS; i++)
        print_option(&table[i]);
    printf(
        "\nWithout --user and --users the user is informix with the password in4mix, and only "
        "this\nmachine may connect. To begin with:\n\n"
        "  sqlid --data ./data\n"
        "  sqli informix://informix:in4mix@127.0.0.1:9088/sysmaster?server=informix\n\n"
        "It prints \"sqlid: listening on HOST:PORT\" when it is ready. SIGTERM and SIGINT end it "
        "when\nthe statements that run are done, a second one at once. Exit status: 0 it was "
        "told to end,\n1 it could not start, 2 the command line is wrong.\n");
    if (!sqli__tls_available())
        puts("This sqlid was built without TLS: --tls-listen and --users are not to be had.");
}
