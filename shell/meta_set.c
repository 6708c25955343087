/* Commands that set something, or tell what is set. */
#include "shell/meta.h"
#include "shell/text.h"

#include "base/alloc.h"

#include <errno.h>
#include <unistd.h>

/* --- settings --- */

static void show(struct sqli_sh *sh, const char *name, const char *value)
{
    sqli__sh_put_format(&sh->out, "%-14s = '", name);
    sqli__sh_put_text(&sh->out, value);
    sqli__sh_put_text(&sh->out, "'\n");
}

static void show_settings(struct sqli_sh *sh)
{
    for (int i = 0; i < SQLI_SH_SETTINGS; i++)
        show(sh, sqli__sh_setting_name(i), sh->settings.text[i]);
}

static void show_all(struct sqli_sh *sh)
{
    show_settings(sh);
    for (size_t i = 0; i < sh->settings.count; i++)
        show(sh, sh->settings.variables[i].name, sh->settings.variables[i].value);
}

/* A setting that the connection has to know, too. */
static void pass_on(struct sqli_sh *sh, const char *name)
{
    if (sqli__sh_setting_find(name) != SQLI_SH_AUTOCOMMIT || !sh->db || !sqli_is_open(sh->db))
        return;
    if (sqli_set_autocommit(sh->db, (int)sh->settings.number[SQLI_SH_AUTOCOMMIT]) != SQLI_OK)
        sqli__sh_report(sh, sqli__span(NULL, 0), 0);
}

static bool set(struct sqli_sh *sh, const char *name, const char *value)
{
    struct sqli_buffer why;
    sqli__buffer_init(&why, SQLI_SH_TEXT_MAX);
    bool fine = sqli__sh_set(&sh->settings, name, value, &why);
    if (fine)
        pass_on(sh, name);
    else
        sqli__sh_complain(sh, "%s", sqli__sh_z(&why));
    sqli__buffer_free(&why);
    return fine;
}

/* Several words are one value: they are put together, as psql does. */
void sqli__sh_meta_set(struct sqli_sh_meta *meta)
{
    const char *word = sqli__sh_next(meta);
    struct sqli_buffer value;
    if (!word) {
        show_all(meta->sh);
        return;
    }
    char *name = sqli__sh_copy(word);
    sqli__buffer_init(&value, SQLI_SH_TEXT_MAX);
    while ((word = sqli__sh_next(meta)))
        sqli__buffer_text(&value, word);
    set(meta->sh, name, sqli__sh_z(&value));
    sqli__buffer_free(&value);
    sqli__free(name);
}

void sqli__sh_meta_unset(struct sqli_sh_meta *meta)
{
    const char *name = sqli__sh_next(meta);
    if (!name || !sqli__sh_unset(&meta->sh->settings, name))
        sqli__sh_complain(meta->sh, "\\unset: there is no variable %s", name ? name : "");
    else
        pass_on(meta->sh, name);
}

/* --- psql's \pset --- */

/* A value of psql's that means something else here, or is called otherwise. */
static const char *usual_value(int setting, const char *value)
{
    if (setting == SQLI_SH_FORMAT && strcmp(value, "aligned") == 0)
        return "table";
    if (setting == SQLI_SH_FORMAT && strcmp(value, "unaligned") == 0)
        return "unload";
    return setting == SQLI_SH_PAGER && strcmp(value, "always") == 0 ? "on" : value;
}

/* Without a value: a switch is switched, of any other its value is told. */
static void pset(struct sqli_sh *sh, int setting, bool opposite, const char *value)
{
    const char *name = sqli__sh_setting_name(setting);
    bool is_switch =
        strncmp(sqli__sh_setting_words(setting), "on|off", 6) == 0 || setting == SQLI_SH_EXPANDED;
    int truth = value ? sqli__sh_truth(value) : !sh->settings.number[setting];
    if (opposite && value)
        truth = truth < 0 ? truth : !truth;
    if ((opposite && truth >= 0) || (is_switch && !value))
        value = truth ? "on" : "off";
    if (value && !set(sh, name, usual_value(setting, value)))
        return;
    sqli__sh_say(sh, "%s is %s.\n", name,
                 *sh->settings.text[setting] ? sh->settings.text[setting] : "as usual");
}

void sqli__sh_meta_pset(struct sqli_sh_meta *meta)
{
    static const struct {
        const char *name;
        int setting;
        bool opposite;
    } usual[] = {{"tuples_only", SQLI_SH_HEADER, true},
                 {"t", SQLI_SH_HEADER, true},
                 {"x", SQLI_SH_EXPANDED, false},
                 {"vertical", SQLI_SH_EXPANDED, false},
                 {"columns", SQLI_SH_WIDTH, false},
                 {"fieldsep", SQLI_SH_DELIMITER, false},
                 {"csv_fieldsep", SQLI_SH_DELIMITER, false}};
    const char *word = sqli__sh_next(meta);
    if (!word) {
        show_settings(meta->sh);
        return;
    }
    char *name = sqli__sh_copy(word);
    int setting = sqli__sh_setting_find(name);
    bool opposite = false;
    for (size_t i = 0; setting < 0 && i < sizeof usual / sizeof usual[0]; i++)
        if (strcmp(name, usual[i].name) == 0) {
            setting = usual[i].setting;
            opposite = usual[i].opposite;
        }
    if (setting >= 0)
        pset(meta->sh, setting, opposite, sqli__sh_next(meta));
    else
        sqli__sh_complain(meta->sh, "\\pset: %s cannot be set; \\? settings lists what can", name);
    sqli__free(name);
}

/* Without a value: the other one. A number below 0: the opposite of the setting. */
void sqli__sh_meta_switch(struct sqli_sh_meta *meta)
{
    bool opposite = meta->number < 0;
    pset(meta->sh, opposite ? -meta->number : meta->number, opposite, sqli__sh_next(meta));
}

/* --- output and trace --- */

bool sqli__sh_output_to(struct sqli_sh *sh, const char *target)
{
    struct sqli_sh_output next;
    bool opened =
        target ? sqli__sh_output_open(&next, target, false) : sqli__sh_output_init(&next, 1);
    if (!opened) {
        sqli__sh_complain(sh, "%s: %s", target ? target : "standard output", strerror(errno));
        return false;
    }
    char *name = target ? sqli__sh_copy(target) : NULL;
    sqli__sh_close(sh, &sh->out, sh->output_name);
    sqli__free(sh->output_name);
    sh->output_name = name;
    sh->out = next;
    return true;
}

void sqli__sh_meta_output(struct sqli_sh_meta *meta)
{
    char *name = sqli__sh_next_target(meta);
    sqli__sh_output_to(meta->sh, name);
    sqli__free(name);
}

static void trace_line(void *context, const char *text)
{
    FILE *file = context;
    fprintf(file, "%s\n", text);
}

bool sqli__sh_trace(struct sqli_sh *sh, const char *where)
{
    FILE *file = NULL;
    if (strcmp(where, "on") == 0)
        file = stderr;
    else if (strcmp(where, "off") != 0 && !(file = fopen(where, "ae"))) {
        sqli__sh_complain(sh, "%s: %s", where, strerror(errno));
        return false;
    }
    if (sh->db)
        sqli_set_trace(sh->db, file ? trace_line : NULL, file);
    if (sh->trace && sh->trace != stderr)
        fclose(sh->trace);
    sh->trace = file;
    return true;
}

void sqli__sh_meta_trace(struct sqli_sh_meta *meta)
{
    const char *where = sqli__sh_next_file(meta);
    sqli__sh_trace(meta->sh, where ? where : meta->sh->trace ? "off" : "on");
}

/* --- telling --- */

/* To standard output, wherever results go. */
static void echo(struct sqli_sh *sh, struct sqli_span text)
{
    if (sh->out.file == STDOUT_FILENO) {
        sqli__sh_put_span(&sh->out, text);
        return;
    }
    fwrite(text.data, 1, text.length, stdout);
    if (fflush(stdout))
        sqli__sh_complain(sh, "standard output: %s", strerror(errno));
}

void sqli__sh_meta_echo(struct sqli_sh_meta *meta)
{
    enum { ECHO, TO_RESULTS, WARN };
    struct sqli_buffer text;
    const char *word = sqli__sh_next(meta);
    bool newline = !word || strcmp(word, "-n") != 0;
    if (!newline)
        word = sqli__sh_next(meta);
    sqli__buffer_init(&text, SQLI_SH_TEXT_MAX);
    for (bool first = true; word; word = sqli__sh_next(meta), first = false)
        sqli__buffer_format(&text, "%s%s", first ? "" : " ", word);
    sqli__buffer_text(&text, newline ? "\n" : "");
    if (meta->number == ECHO) {
        echo(meta->sh, sqli__buffer_view(&text));
    } else if (meta->number == TO_RESULTS) {
        sqli__sh_put_span(&meta->sh->out, sqli__buffer_view(&text));
    } else {
        sqli__sh_output_flush(&meta->sh->out);
        fwrite(text.data, 1, text.length, stderr);
    }
    sqli__buffer_free(&text);
}

void sqli__sh_meta_errors(struct sqli_sh_meta *meta)
{
    struct sqli_sh_output *out = &meta->sh->out;
    int64_t code;
    const char *word = sqli__sh_next(meta);
    if (!word || !sqli__sh_number(word, INT32_MIN, INT32_MAX, &code)) {
        sqli__sh_complain(meta->sh, "\\errors: which code?");
        return;
    }
    if (!*sqli_error_name((int)code) && code > 0)
        code = -code;
    if (!*sqli_error_name((int)code)) {
        sqli__sh_complain(meta->sh, "nothing is known about the error %s", word);
        return;
    }
    sqli__sh_put_format(out, "%lld %s, SQLSTATE %s\n", (long long)code, sqli_error_name((int)code),
                        sqli_error_sqlstate((int)code));
    sqli__sh_put_format(out, "  %s\n", sqli_error_text((int)code));
    if (*sqli_error_hint((int)code))
        sqli__sh_put_format(out, "  What to do: %s\n", sqli_error_hint((int)code));
    sqli__sh_put_format(out, "  The same request %s succeed later.\n",
                        sqli_error_retryable((int)code) ? "may" : "will not");
}

static void help_settings(struct sqli_sh_output *out)
{
    sqli__sh_put_text(out, "\\set NAME VALUE, -v NAME=VALUE. In statements :NAME stands for a "
                           "variable,\n:'NAME' for it as a literal, :\"NAME\" as a name.\n\n");
    for (int i = 0; i < SQLI_SH_SETTINGS; i++) {
        const char *words = sqli__sh_setting_words(i);
        sqli__sh_put_format(out, "  %-14s %s%s%s%s\n", sqli__sh_setting_name(i),
                            sqli__sh_setting_text(i), *words ? " (" : "", words, *words ? ")" : "");
    }
}

static void help_commands(struct sqli_sh_output *out)
{
    const char *name, *arguments, *text;
    sqli__sh_put_text(out, "A statement ends with a semicolon, a command with its line.\n\n");
    for (int i = 0; (name = sqli__sh_command(i, &arguments, &text)); i++) {
        char call[64];
        snprintf(call, sizeof call, "\\%s %s", name, arguments);
        sqli__sh_put_format(out, "  %-26s %s\n", call, text);
    }
    sqli__sh_put_text(
        out, "\nOf dbaccess: INFO TABLES; INFO COLUMNS FOR t; OUTPUT TO f SELECT ...;\n"
             "LOAD FROM 'f' INSERT INTO t; UNLOAD TO 'f' SELECT ...;\n"
             "Tab completes, Ctrl-C cancels a statement, \\? settings tells what can be set.\n");
}

void sqli__sh_meta_help(struct sqli_sh_meta *meta)
{
    struct sqli_sh_output *out = &meta->sh->out;
    const char *topic = sqli__sh_next(meta);
    sqli__sh_begin_page(meta->sh, out);
    if (topic && strncmp(topic, "set", 3) == 0)
        help_settings(out);
    else
        help_commands(out);
    sqli__sh_end_page(meta->sh, out);
    meta->arguments.length = 0;
}
