/* sqli: the command line. */
#include "shell/names.h"
#include "shell/options.h"
#include "shell/rejects.h"
#include "shell/shell.h"
#include "shell/text.h"

#include "base/alloc.h"
#include "base/stdio.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <unistd.h>

/* What is read and written is UTF-8; only how wide its characters are is asked of the locale. */
static void choose_locale(void)
{
    if (!setlocale(LC_CTYPE, "") || strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
        setlocale(LC_CTYPE, "C.UTF-8");
}

static bool connect_first(struct sqli_sh *sh, const struct sqli_sh_options *options)
{
    sqli_conn *db = sqli__sh_handle(sh, options->where);
    if (!db)
        return false;
    int file = options->record ? open(options->record, O_WRONLY | O_CREAT | O_CLOEXEC, 0600) : -1;
    if (options->record && (file < 0 || sqli_set(db, "trace", options->record) != SQLI_OK)) {
        sqli__sh_complain(sh, "--record: %s: %s", options->record,
                          file < 0 ? strerror(errno) : sqli_errmsg(db));
        sqli_close(db);
        return false;
    }
    if (file >= 0)
        close(file);
    if (options->user && sqli_set(db, "user", options->user) != SQLI_OK) {
        sqli__sh_complain(sh, "--user: %s", sqli_errmsg(db));
        sqli_close(db);
        return false;
    }
    if (options->ask_password)
        sqli__sh_ask_password(sh, db);
    return sqli__sh_connect(sh, db);
}

/* What commands tell about the shell itself can be asked for without a server. */
static bool only_about_shell(const struct sqli_sh_options *options)
{
    bool only = options->tasks && !options->record && !options->ask_password;
    for (size_t i = 0; only && i < options->tasks; i++)
        only = !options->task[i].file && sqli__sh_about_shell(options->task[i].text);
    return only;
}

static bool stops(const struct sqli_sh *sh)
{
    return sh->status && sh->settings.number[SQLI_SH_ON_ERROR_STOP];
}

static void run_tasks(struct sqli_sh *sh, const struct sqli_sh_options *options)
{
    for (size_t i = 0; i < options->tasks && !stops(sh); i++) {
        struct sqli_sh_input input;
        if (options->task[i].file) {
            sqli__sh_read_file(sh, options->task[i].text);
            continue;
        }
        sqli__sh_input_init(&input, "command", -1);
        sqli__buffer_text(&input.data, options->task[i].text);
        sqli__sh_read(sh, &input);
        sqli__sh_input_free(&input);
    }
}

static void converse(struct sqli_sh *sh)
{
    struct sqli_sh_input input;
    sqli__sh_input_init(&input, NULL, STDIN_FILENO);
    sh->interactive = true;
    sh->editor = input.editor = sqli__sh_editor_new(sh);
    if (!sh->settings.number[SQLI_SH_QUIET]) {
        sqli__sh_put_format(&sh->out, "sqli %s. \\? helps, \\q quits.\n", sqli_version());
        sqli__sh_tell_connection(sh);
        sqli__sh_output_flush(&sh->out);
    }
    sqli__sh_read(sh, &input);
    sqli__sh_editor_free(sh->editor);
    sh->editor = NULL;
    sqli__sh_input_free(&input);
    if (!sh->quit)
        sqli__sh_put_byte(&sh->out, '\n');
    sh->status = SQLI_SH_FINE;
}

static void run(struct sqli_sh *sh, const struct sqli_sh_options *options)
{
    if (options->output && !sqli__sh_output_to(sh, options->output))
        return;
    bool typed = !options->tasks && isatty(STDIN_FILENO);
    if (!only_about_shell(options) && !connect_first(sh, options)) {
        sqli__sh_fail(sh, SQLI_SH_CONNECT);
        return;
    }
    if (options->tasks)
        run_tasks(sh, options);
    else if (typed)
        converse(sh);
    else
        sqli__sh_read_file(sh, "-");
    if (sqli__sh_in_transaction(sh))
        sqli__sh_say(sh, "The transaction that is open is rolled back.\n");
}

/* As the signal would have ended it, now that the server knows. */
static void end_by(int number)
{
    signal(number, SIG_DFL);
    raise(number);
}

int main(int argc, char **argv)
{
    struct sqli_sh sh = {0};
    struct sqli_sh_options options;
    sqli__stdio_hold();
    sqli__sh_settings_init(&sh.settings);
    int result = sqli__sh_options(argc, argv, &sh.settings, &options);
    if (result == SQLI_SH_FINE && fflush(stdout)) { /* --help, --version */
        perror("sqli: standard output");
        result = SQLI_SH_USAGE;
    }
    if (result < 0 && sqli__sh_output_init(&sh.out, STDOUT_FILENO)) {
        choose_locale();
        sqli__sh_signals();
        sqli__buffer_init(&sh.statement, SQLI_SH_TEXT_MAX);
        run(&sh, &options);
        sqli__sh_names_forget(&sh);
        sqli__sh_rejects_forget();
        sqli_close(sh.db);
        bool command = sh.out.child;
        sqli__sh_close(&sh, &sh.out, sh.output_name);
        sqli__buffer_free(&sh.statement);
        sqli__free(sh.output_name);
        if (sh.out.why == EPIPE && !command)
            end_by(SIGPIPE);
        if (sqli__sh_interrupted && !isatty(STDIN_FILENO))
            end_by(SIGINT);
        result = sh.status;
    }
    sqli__sh_settings_free(&sh.settings);
    sqli__free(options.task);
    return result;
}
