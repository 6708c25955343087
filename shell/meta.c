/* Commands behind a backslash. */
#include "shell/branches.h"
#include "shell/copy.h"
#include "shell/describe.h"
#include "shell/text.h"

#include "base/alloc.h"

#include <errno.h>

/* --- words --- */

const char *sqli__sh_next(struct sqli_sh_meta *meta)
{
    bool there =
        sqli__sh_word_with(&meta->arguments, &meta->word, NULL, sqli__sh_expand_variable, meta->sh);
    return there ? sqli__sh_z(&meta->word) : NULL;
}

const char *sqli__sh_next_file(struct sqli_sh_meta *meta)
{
    if (!sqli__sh_next(meta))
        return NULL;
    sqli__sh_in_home(&meta->word);
    return sqli__sh_z(&meta->word);
}

char *sqli__sh_next_target(struct sqli_sh_meta *meta)
{
    struct sqli_span target = sqli__sh_trim(meta->arguments);
    if (target.length && target.data[0] == '|') {
        meta->arguments.length = 0;
        return sqli__sh_copy_span(target);
    }
    const char *file = sqli__sh_next_file(meta);
    return file ? sqli__sh_copy(file) : NULL;
}

static const char *next_or(struct sqli_sh_meta *meta, const char *otherwise)
{
    const char *word = sqli__sh_next(meta);
    return word ? word : otherwise;
}

/* --- the catalog --- */

static void describe(struct sqli_sh_meta *meta)
{
    const char *pattern = sqli__sh_next(meta);
    if (pattern)
        sqli__sh_describe(meta->sh, pattern);
    else
        sqli__sh_list(meta->sh, SQLI_SH_LIST_TABLES, "");
}

static void list(struct sqli_sh_meta *meta)
{
    sqli__sh_list(meta->sh, (enum sqli_sh_listing)meta->number, next_or(meta, ""));
}

static void source(struct sqli_sh_meta *meta)
{
    const char *name = sqli__sh_next(meta);
    if (name)
        sqli__sh_source(meta->sh, name);
    else
        sqli__sh_complain(meta->sh, "\\sf: which routine?");
}

/* --- the connection --- */

static void change_database(struct sqli_sh *sh, const char *database)
{
    struct sqli_buffer sql;
    const struct sqli_sh_run run = {.format = -1, .quiet = true};
    sqli__buffer_init(&sql, SQLI_SH_TEXT_MAX);
    sqli__buffer_format(&sql, "DATABASE %s", database);
    if (sqli__sh_run_sql(sh, sqli__buffer_view(&sql), &run, NULL) &&
        !sh->settings.number[SQLI_SH_QUIET])
        sqli__sh_tell_connection(sh);
    sqli__buffer_free(&sql);
}

/* The server stays the one that was lost. */
static void connect_again(struct sqli_sh *sh, const char *database)
{
    const char *usual = sqli_get(sh->db, "database");
    char *before = sqli__sh_copy(usual ? usual : "");
    bool fine = sqli_set(sh->db, "database", database) == SQLI_OK && sqli__sh_connect(sh, sh->db);
    if (!fine)
        sqli_set(sh->db, "database", before);
    else if (!sh->settings.number[SQLI_SH_QUIET])
        sqli__sh_tell_connection(sh);
    sqli__free(before);
}

static void connect(struct sqli_sh_meta *meta)
{
    struct sqli_sh *sh = meta->sh;
    const char *where = sqli__sh_next(meta);
    if (!where) {
        sqli__sh_tell_connection(sh);
        return;
    }
    if (sh->db && !strpbrk(where, "@/")) {
        if (sqli_is_open(sh->db))
            change_database(sh, where);
        else
            connect_again(sh, where);
        return;
    }
    sqli_conn *db = sqli__sh_handle(sh, where);
    if (db && sqli__sh_connect(sh, db) && !sh->settings.number[SQLI_SH_QUIET])
        sqli__sh_tell_connection(sh);
}

static void tell_connection(struct sqli_sh_meta *meta)
{
    sqli__sh_tell_connection(meta->sh);
}

/* --- the statement --- */

size_t sqli__sh_take_query(struct sqli_sh_meta *meta, struct sqli_buffer *text)
{
    struct sqli_sh *sh = meta->sh;
    struct sqli_span typed = sqli__sh_trim(sqli__buffer_view(meta->query));
    sqli__buffer_init(text, SQLI_SH_TEXT_MAX);
    if (typed.length) {
        sh->statement_line = sh->query_line;
        sqli__buffer_clear(&sh->statement);
        sqli__buffer_span(&sh->statement, typed);
    }
    sqli__buffer_span(text, sqli__buffer_view(&sh->statement));
    sqli__buffer_clear(meta->query);
    return sh->statement_line;
}

static void run_query(struct sqli_sh_meta *meta, struct sqli_sh_run *run)
{
    struct sqli_buffer text;
    run->line = sqli__sh_take_query(meta, &text);
    if (text.length)
        sqli__sh_run(meta->sh, sqli__buffer_view(&text), run);
    else
        sqli__sh_complain(meta->sh, "there is no statement to run");
    sqli__buffer_free(&text);
}

static void go(struct sqli_sh_meta *meta)
{
    char *target = sqli__sh_next_target(meta);
    struct sqli_sh_run run = {.format = -1, .expanded = meta->number, .target = target};
    run_query(meta, &run);
    sqli__free(target);
}

static void go_and_set(struct sqli_sh_meta *meta)
{
    struct sqli_sh_run run = {.format = -1};
    run.variable = next_or(meta, "");
    run_query(meta, &run);
}

static void describe_query(struct sqli_sh_meta *meta)
{
    struct sqli_buffer text;
    sqli__sh_take_query(meta, &text);
    sqli__sh_describe_query(meta->sh, sqli__buffer_view(&text));
    sqli__buffer_free(&text);
}

static void print_query(struct sqli_sh_meta *meta)
{
    struct sqli_span text = sqli__sh_trim(sqli__buffer_view(meta->query));
    sqli__sh_put_span(&meta->sh->out, text.length ? text : sqli__buffer_view(&meta->sh->statement));
    sqli__sh_put_byte(&meta->sh->out, '\n');
}

static void forget_query(struct sqli_sh_meta *meta)
{
    sqli__buffer_clear(meta->query);
    sqli__sh_say(meta->sh, "What was typed is forgotten.\n");
}

/* The last word of a text that has no blank at its end. */
static struct sqli_span last_word(struct sqli_span text)
{
    size_t at = text.length;
    while (at && !sqli__sh_blank(text.data[at - 1]))
        at--;
    return sqli__span(text.data + at, text.length - at);
}

/* Of \copy, where quotes keep a semicolon, and a lone one may be what divides values. */
static struct sqli_span without_semicolon(struct sqli_span text)
{
    uint8_t quote = 0;
    for (size_t i = 0; i < text.length; i++) {
        uint8_t c = text.data[i];
        if (quote ? c == quote : c == '\'' || c == '"')
            quote = quote ? 0 : c;
    }
    if (quote || !text.length || text.data[text.length - 1] != ';')
        return text;
    struct sqli_span rest = sqli__sh_trim(sqli__span(text.data, text.length - 1));
    struct sqli_span word = last_word(rest);
    bool lone = rest.length + 1 < text.length;
    bool meant = lone && (sqli__sh_same(word, "delimiter") || sqli__sh_same(word, "null"));
    return meant ? text : rest;
}

static void copy(struct sqli_sh_meta *meta)
{
    struct sqli_buffer arguments;
    sqli__buffer_init(&arguments, SQLI_SH_TEXT_MAX);
    sqli__sh_substitute(meta->sh, without_semicolon(meta->arguments), &arguments);
    meta->arguments.length = 0;
    sqli__sh_copy_command(meta->sh, sqli__buffer_view(&arguments));
    sqli__buffer_free(&arguments);
}

/* With a number: beside the script that says so. */
static void include(struct sqli_sh_meta *meta)
{
    const char *name = sqli__sh_next_file(meta);
    const char *script = meta->sh->input->name, *slash = script ? strrchr(script, '/') : NULL;
    struct sqli_buffer path;
    if (!name) {
        sqli__sh_complain(meta->sh, "\\i: which file?");
        return;
    }
    sqli__buffer_init(&path, SQLI_SH_TEXT_MAX);
    if (meta->number && slash && *name != '/')
        sqli__buffer_append(&path, script, (size_t)(slash + 1 - script));
    sqli__buffer_text(&path, name);
    sqli__sh_read_file(meta->sh, sqli__sh_z(&path));
    sqli__buffer_free(&path);
}

static void quit(struct sqli_sh_meta *meta)
{
    meta->sh->quit = true;
}

/* --- the table --- */

static const struct {
    const char *name, *arguments, *text;
    void (*function)(struct sqli_sh_meta *meta);
    int number; /* for the function */
} commands[] = {
    {"?", "[settings]", "this list; what can be set", sqli__sh_meta_help, 0},
    {"!", "[COMMAND]", "run a command, or your shell", sqli__sh_meta_shell, 0},
    {"c", "[DB|URL]", "open another database, connect elsewhere; alone: where we are", connect, 0},
    {"cd", "[FOLDER]", "another folder for files and commands; alone: home", sqli__sh_meta_folder,
     0},
    {"conninfo", "", "where we are connected", tell_connection, 0},
    {"copy", "T from|to FILE",
     "rows of a table or (query) from or to a file; csv, header, "
     "delimiter, null, bulk, commit, bad",
     copy, 0},
    {"d", "[NAME]", "the tables, or all about one", describe, 0},
    {"df", "[NAME]", "routines", list, SQLI_SH_LIST_ROUTINES},
    {"di", "[NAME]", "indexes", list, SQLI_SH_LIST_ALL_INDEXES},
    {"dp", "[NAME]", "who may do what with tables", list, SQLI_SH_LIST_GRANTS},
    {"ds", "[NAME]", "sequences", list, SQLI_SH_LIST_SEQUENCES},
    {"dt", "[NAME]", "tables", list, SQLI_SH_LIST_ONLY_TABLES},
    {"du", "[NAME]", "users and roles", list, SQLI_SH_LIST_USERS},
    {"dv", "[NAME]", "views", list, SQLI_SH_LIST_VIEWS},
    {"e", "[FILE]", "edit what was typed, or the last statement, or a file, with $EDITOR",
     sqli__sh_meta_edit, 0},
    {"echo", "[-n] TEXT", "write a text to standard output", sqli__sh_meta_echo, 0},
    {"elif", "TRUTH", "another branch of \\if", sqli__sh_meta_elif, 0},
    {"else", "", "what runs when no branch did", sqli__sh_meta_else, 0},
    {"endif", "", "the end of \\if", sqli__sh_meta_endif, 0},
    {"errors", "CODE", "what an error code means, and what to do", sqli__sh_meta_errors, 0},
    {"g", "[FILE|'|'COMMAND]", "run the statement, its result to a file or command", go, 0},
    {"gdesc", "", "tell the columns of the statement, and do not run it", describe_query, 0},
    {"getenv", "NAME VARIABLE", "a variable of the environment becomes one of the shell",
     sqli__sh_meta_getenv, 0},
    {"gexec", "", "run the statement, and what it gives as statements", sqli__sh_meta_gexec, 0},
    {"gset", "[PREFIX]", "run the statement, the columns of its row become variables", go_and_set,
     0},
    {"gx", "[FILE|'|'COMMAND]", "run the statement, a line for each value", go, 1},
    {"i", "FILE", "run a script", include, 0},
    {"if", "TRUTH", "what follows runs if it is true, on, yes, 1", sqli__sh_meta_if, 0},
    {"ir", "FILE", "run a script that is beside the one that says so", include, 1},
    {"l", "[NAME]", "databases", list, SQLI_SH_LIST_DATABASES},
    {"o", "[FILE|'|'COMMAND]", "results go there; alone: to standard output", sqli__sh_meta_output,
     0},
    {"p", "", "show what was typed, or the last statement", print_query, 0},
    {"prompt", "[TEXT] NAME", "ask for the value of a variable", sqli__sh_meta_prompt, 0},
    {"pset", "[NAME [VALUE]]", "set how results look, by the names of psql, too",
     sqli__sh_meta_pset, 0},
    {"q", "", "quit", quit, 0},
    {"qecho", "[-n] TEXT", "write a text to where results go", sqli__sh_meta_echo, 1},
    {"r", "", "forget what was typed", forget_query, 0},
    {"s", "[FILE]", "the history", sqli__sh_meta_history, 0},
    {"set", "[NAME [VALUE]]", "set a setting or a variable; alone: show all", sqli__sh_meta_set, 0},
    {"setenv", "NAME [VALUE]", "set a variable of the environment, or remove it",
     sqli__sh_meta_setenv, 0},
    {"sf", "NAME", "the text of a routine", source, 0},
    {"t", "[on|off]", "rows only", sqli__sh_meta_switch, -SQLI_SH_HEADER},
    {"timing", "[on|off]", "show how long statements take", sqli__sh_meta_switch, SQLI_SH_TIMING},
    {"trace", "[on|off|FILE]", "decoded traffic, without passwords", sqli__sh_meta_trace, 0},
    {"unset", "NAME", "back to the default; forget a variable", sqli__sh_meta_unset, 0},
    {"w", "FILE|'|'COMMAND", "write what was typed, or the last statement", sqli__sh_meta_write, 0},
    {"warn", "[-n] TEXT", "write a text to standard error", sqli__sh_meta_echo, 2},
    {"watch", "[SECONDS] [c=TIMES]", "run the statement again and again, until Ctrl-C",
     sqli__sh_meta_watch, 0},
    {"x", "[on|off|auto]", "a line for each value", sqli__sh_meta_switch, SQLI_SH_EXPANDED},
};
enum { COMMANDS = sizeof commands / sizeof commands[0] };

const char *sqli__sh_command(int index, const char **arguments, const char **text)
{
    if (index < 0 || index >= COMMANDS)
        return NULL;
    *arguments = commands[index].arguments;
    *text = commands[index].text;
    return commands[index].name;
}

/* Semicolons are for statements, but hands type them behind names, too. */
static struct sqli_span without_semicolons(struct sqli_span text)
{
    while (text.length && text.data[text.length - 1] == ';')
        text = sqli__sh_trim(sqli__span(text.data, text.length - 1));
    return text;
}

static bool takes_semicolons(void (*function)(struct sqli_sh_meta *meta))
{
    return function == copy || function == go || function == sqli__sh_meta_echo ||
           function == sqli__sh_meta_output || function == sqli__sh_meta_set ||
           function == sqli__sh_meta_pset || function == sqli__sh_meta_shell ||
           function == sqli__sh_meta_setenv;
}

static bool is_branch(int index)
{
    void (*function)(struct sqli_sh_meta * meta) = index < 0 ? NULL : commands[index].function;
    return function == sqli__sh_meta_if || function == sqli__sh_meta_elif ||
           function == sqli__sh_meta_else || function == sqli__sh_meta_endif;
}

/* Other names by which psql knows them. */
static struct sqli_span usual_name(struct sqli_span name)
{
    static const struct {
        const char *other, *name;
    } table[] = {{"h", "?"},     {"help", "?"},  {"connect", "c"},
                 {"edit", "e"},  {"quit", "q"},  {"include", "i"},
                 {"list", "l"},  {"out", "o"},   {"include_relative", "ir"},
                 {"print", "p"}, {"reset", "r"}, {"write", "w"},
                 {"dg", "du"},   {"z", "dp"}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (sqli__span_equal(name, sqli__span_text(table[i].other)))
            return sqli__span_text(table[i].name);
    return name;
}

static int find(struct sqli_span name)
{
    name = without_semicolons(name);
    if (name.length > 1 && name.data[name.length - 1] == '+')
        name.length--;
    name = usual_name(name);
    for (int i = 0; i < COMMANDS; i++)
        if (sqli__span_equal(name, sqli__span_text(commands[i].name)))
            return i;
    return -1;
}

static struct sqli_span first_word(struct sqli_span text)
{
    size_t length = 0;
    if (text.length && text.data[0] == '!') /* whose argument needs no blank in front */
        return sqli__span(text.data, 1);
    while (length < text.length && !sqli__sh_blank(text.data[length]))
        length++;
    return sqli__span(text.data, length);
}

bool sqli__sh_about_shell(const char *text)
{
    struct sqli_span command = sqli__sh_trim(sqli__span_text(text));
    if (!command.length || command.data[0] != '\\' || memchr(command.data, '\n', command.length))
        return false;
    int index = find(first_word(sqli__span(command.data + 1, command.length - 1)));
    return index >= 0 && (commands[index].function == sqli__sh_meta_help ||
                          commands[index].function == sqli__sh_meta_errors);
}

void sqli__sh_meta(struct sqli_sh *sh, struct sqli_span command, struct sqli_buffer *query)
{
    struct sqli_sh_meta meta = {.sh = sh, .query = query};
    struct sqli_span name = first_word(command);
    int index = find(name);
    meta.arguments =
        sqli__sh_trim(sqli__span(command.data + name.length, command.length - name.length));
    if (sqli__sh_skips(sh) && !is_branch(index))
        return;
    if (index < 0) {
        sqli__sh_meta_unknown(sh, without_semicolons(name));
        return;
    }
    sqli__buffer_init(&meta.word, SQLI_SH_TEXT_MAX);
    meta.number = commands[index].number;
    if (!takes_semicolons(commands[index].function))
        meta.arguments = without_semicolons(meta.arguments);
    size_t complaints = sh->complaints;
    commands[index].function(&meta);
    struct sqli_span rest = sqli__sh_trim(meta.arguments);
    if (rest.length && complaints == sh->complaints && !sqli__sh_skips(sh))
        sqli__sh_say(sh, "\\%s: this is not looked at: %.*s\n", commands[index].name,
                     (int)rest.length, (const char *)rest.data);
    sqli__buffer_free(&meta.word);
}
