#include "shell/options.h"

#include "base/alloc.h"
#include "include/sqli.h"
#include "shell/shell.h"
#include "shell/text.h"

#include <unistd.h>

enum action { SET, COMMAND, SCRIPT, VARIABLE, USER, PASSWORD, OUTPUT, RECORD, HELP, VERSION };

static const struct option {
    char letter;
    const char *name, *value;
    enum action action;
    const char *setting, *text;
} table[] = {
#define SQLI_SH_OPTION(letter, name, value, action, setting, text) \
    {letter, name, value, action, setting, text},
#include "shell/options.def"
#undef SQLI_SH_OPTION
};
enum { OPTIONS = sizeof table / sizeof table[0] };

struct parser {
    struct sqli_sh_settings *settings;
    struct sqli_sh_options *options;
    int plain; /* arguments that are no options, so far */
    int result;
};

static void put_help(void)
{
    static const char top[] =
        "sqli: SQL for IBM Informix, at the command line.\n"
        "\n"
        "  sqli URL                          a conversation, where there is a terminal\n"
        "  sqli URL -c 'SELECT ...' ...      run it, print what comes back\n"
        "  sqli URL -f script.sql            run a script; sqli URL < script.sql does, too\n"
        "  sqli DATABASE[@SERVER] [SCRIPT]   as dbaccess: server and host by sqlhosts\n"
        "\n"
        "URL is informix://user:password@host:9088/database?server=NAME; docs/connecting.md tells\n"
        "the rest. What it leaves out comes from INFORMIXSERVER, INFORMIXSQLHOSTS, DB_LOCALE and\n"
        "their kin; a password that is missing is asked for.\n"
        "\n";
    static const char bottom[] =
        "\n"
        "Exit status: 0 fine, 1 usage or a file, 2 no connection, 3 an SQL error.\n"
        "\n"
        "Try\n"
        "  sqli URL -c '\\d'                              which tables there are\n"
        "  sqli URL -c '\\d customer'                     all about one\n"
        "  sqli URL --format csv -c 'SELECT * FROM customer' > customer.csv\n"
        "  sqli URL -c \"\\copy customer from 'customer.csv' csv header bad 'bad.csv'\"\n"
        "  sqli URL -v city=Paris -c \"SELECT * FROM customer WHERE city = :'city'\"\n"
        "In a conversation \\? lists the commands, and Tab completes.\n";
    fputs(top, stdout);
    for (int i = 0; i < OPTIONS; i++) {
        char letter[8] = "    ", call[64];
        if (table[i].letter)
            snprintf(letter, sizeof letter, "-%c, ", table[i].letter);
        snprintf(call, sizeof call, "%s--%s%s%s", letter, table[i].name, table[i].value ? " " : "",
                 table[i].value ? table[i].value : "");
        printf("  %-27s %s\n", call, table[i].text);
    }
    fputs(bottom, stdout);
}

static int wrong(const char *what, const char *why)
{
    fprintf(stderr, "sqli: %s: %s; sqli --help tells more\n", what, why);
    return SQLI_SH_USAGE;
}

static bool add_task(struct sqli_sh_options *options, bool file, const char *text)
{
    size_t size = (options->tasks + 1) * sizeof *options->task;
    struct sqli_sh_task *bigger = sqli__realloc(options->task, size);
    if (!bigger)
        return false;
    options->task = bigger;
    options->task[options->tasks++] = (struct sqli_sh_task){file, text};
    return true;
}

static int set(struct parser *p, const char *name, const char *value)
{
    struct sqli_buffer why;
    int result = -1;
    sqli__buffer_init(&why, SQLI_SH_TEXT_MAX);
    if (!sqli__sh_set(p->settings, name, value, &why))
        result = wrong(name, sqli__sh_z(&why));
    sqli__buffer_free(&why);
    return result;
}

/* "NAME=VALUE"; `value` where it stands alone. */
static int set_pair(struct parser *p, const char *pair, const char *value)
{
    const char *equals = strchr(pair, '=');
    if (!equals)
        return value ? set(p, pair, value) : wrong(pair, "NAME=VALUE is wanted");
    char *name = sqli__sh_copy_span(sqli__span(pair, (size_t)(equals - pair)));
    int result = set(p, name, equals + 1);
    sqli__free(name);
    return result;
}

static int apply(struct parser *p, const struct option *option, const char *value)
{
    struct sqli_sh_options *o = p->options;
    switch (option->action) {
    case SET: return set_pair(p, option->setting, value);
    case COMMAND:
    case SCRIPT: return add_task(o, option->action == SCRIPT, value) ? -1 : SQLI_SH_USAGE;
    case VARIABLE: return set_pair(p, value ? value : "", NULL);
    case USER: o->user = value; return -1;
    case PASSWORD: o->ask_password = true; return -1;
    case OUTPUT: o->output = value; return -1;
    case RECORD: o->record = value; return -1;
    case HELP: put_help(); return SQLI_SH_FINE;
    case VERSION: printf("sqli %s\n", sqli_version()); return SQLI_SH_FINE;
    }
    return -1;
}

/* The script of dbaccess may lack its .sql. */
static int take_script(struct parser *p, const char *name)
{
    static char with_ending[4096];
    if (strcmp(name, "-") != 0 && access(name, R_OK) != 0) {
        snprintf(with_ending, sizeof with_ending, "%s.sql", name);
        if (access(with_ending, R_OK) == 0)
            name = with_ending;
    }
    return add_task(p->options, true, name) ? -1 : SQLI_SH_USAGE;
}

static int take_plain(struct parser *p, const char *argument)
{
    switch (p->plain++) {
    case 0: p->options->where = argument; return -1;
    case 1: return take_script(p, argument);
    default: return wrong(argument, "one argument too many");
    }
}

/* "--name=value" or "--name value". How many arguments it took is added to *at. */
static int take_long(struct parser *p, char **argv, int *at)
{
    const char *name = argv[*at] + 2, *equals = strchr(name, '=');
    size_t length = equals ? (size_t)(equals - name) : strlen(name);
    for (int i = 0; i < OPTIONS; i++) {
        if (!sqli__span_equal(sqli__span(name, length), sqli__span_text(table[i].name)))
            continue;
        if (!table[i].value)
            return equals ? wrong(argv[*at], "it takes no value") : apply(p, &table[i], NULL);
        const char *value = equals ? equals + 1 : argv[*at + 1];
        if (!value)
            return wrong(argv[*at], "a value is wanted");
        *at += !equals;
        return apply(p, &table[i], value);
    }
    return wrong(argv[*at], "there is no such option");
}

/* "-xe", "-cSQL", "-c SQL" */
static int take_letters(struct parser *p, char **argv, int *at)
{
    const char *argument = argv[*at];
    for (const char *letter = argument + 1; *letter; letter++) {
        int i = 0;
        while (i < OPTIONS && table[i].letter != *letter)
            i++;
        if (i == OPTIONS)
            return wrong(argument, "there is no such option");
        if (!table[i].value) {
            int result = apply(p, &table[i], NULL);
            if (result >= 0)
                return result;
            continue;
        }
        const char *value = letter[1] ? letter + 1 : argv[*at + 1];
        if (!value)
            return wrong(argument, "a value is wanted");
        *at += !letter[1];
        return apply(p, &table[i], value);
    }
    return -1;
}

/* Of dbaccess, with one dash and many letters, or with a letter that means nothing here. */
static int take_dbaccess(struct parser *p, const char *argument)
{
    static const struct {
        const char *name, *why; /* NULL: it changes nothing here */
    } others[] = {
        {"-history", NULL},
        {"-his", NULL},
        {"-nohistory", NULL},
        {"-ansi", "nobody tells what is not ANSI SQL here"},
        {"-X", "LOAD and UNLOAD write no hexadecimal"},
        {"-s", "\\conninfo tells about the session"},
        {"-d", "there are no menus; the database stands in the URL"},
        {"-m", "there is no such mode"},
        {"-l", "-c '\\l' lists the databases"},
    };
    if (strcmp(argument, "-version") == 0)
        return apply(p, &(struct option){.action = VERSION}, NULL);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (strcmp(argument, others[i].name) == 0)
            return others[i].why ? wrong(argument, others[i].why) : -1;
    return -2;
}

int sqli__sh_options(int argc, char **argv, struct sqli_sh_settings *settings,
                     struct sqli_sh_options *options)
{
    struct parser p = {.settings = settings, .options = options, .result = -1};
    bool only_plain = false;
    *options = (struct sqli_sh_options){0};
    for (int at = 1; at < argc && p.result < 0; at++) {
        if (only_plain || argv[at][0] != '-' || !argv[at][1])
            p.result = take_plain(&p, argv[at]);
        else if (strcmp(argv[at], "--") == 0)
            only_plain = true;
        else if (argv[at][1] == '-')
            p.result = take_long(&p, argv, &at);
        else if ((p.result = take_dbaccess(&p, argv[at])) < -1)
            p.result = take_letters(&p, argv, &at);
    }
    return p.result;
}
