/* Commands that reach the system: its shell, its folders, its environment, what its user types. */
#include "shell/meta.h"
#include "shell/program.h"
#include "shell/text.h"

#include "base/alloc.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- programs --- */

bool sqli__sh_run_program(struct sqli_sh *sh, char *const arguments[], int *status)
{
    pid_t child;
    sqli__sh_output_flush(&sh->out);
    if (!sqli__sh_spawn(arguments[0], arguments, -1, &child) || !sqli__sh_wait(child, status))
        return false;
    /* Ctrl-C was meant for the program; what it has not ended goes on here, too. */
    sqli__sh_interrupted = !sh->interactive && WIFSIGNALED(*status) && WTERMSIG(*status) == SIGINT;
    return true;
}

static void set_number(struct sqli_sh *sh, const char *name, int number)
{
    char text[16];
    snprintf(text, sizeof text, "%d", number);
    sqli__sh_set(&sh->settings, name, text, NULL);
}

void sqli__sh_meta_shell(struct sqli_sh_meta *meta)
{
    struct sqli_span command = sqli__sh_trim(meta->arguments);
    const char *shell = getenv("SHELL");
    meta->arguments.length = 0;
    char *text = sqli__sh_copy_span(command), *program = (char[]){"/bin/sh"};
    if (!command.length && shell && *shell)
        program = (char *)(uintptr_t)shell;
    char *const arguments[] = {program, command.length ? (char[]){"-c"} : NULL, text, NULL};
    int status = 0;
    if (sqli__sh_run_program(meta->sh, arguments, &status)) {
        int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        set_number(meta->sh, "SHELL_EXIT_CODE", code);
        sqli__sh_set(&meta->sh->settings, "SHELL_ERROR", code ? "true" : "false", NULL);
    } else {
        sqli__sh_complain(meta->sh, "\\!: %s: %s", program, strerror(errno));
    }
    sqli__free(text);
}

/* --- folders and the environment --- */

void sqli__sh_meta_folder(struct sqli_sh_meta *meta)
{
    const char *folder = sqli__sh_next_file(meta);
    if (!folder)
        folder = getenv("HOME");
    if (!folder || !*folder)
        sqli__sh_complain(meta->sh, "\\cd: which folder? HOME is not set");
    else if (chdir(folder))
        sqli__sh_complain(meta->sh, "\\cd: %s: %s", folder, strerror(errno));
}

void sqli__sh_meta_getenv(struct sqli_sh_meta *meta)
{
    const char *word = sqli__sh_next(meta);
    char *name = word ? sqli__sh_copy(word) : NULL;
    const char *variable = sqli__sh_next(meta);
    const char *value = variable ? getenv(variable) : NULL;
    struct sqli_buffer why;
    sqli__buffer_init(&why, SQLI_SH_TEXT_MAX);
    if (!variable)
        sqli__sh_complain(meta->sh, "it goes: \\getenv NAME VARIABLE_OF_THE_ENVIRONMENT");
    else if (value && !sqli__sh_set(&meta->sh->settings, name, value, &why))
        sqli__sh_complain(meta->sh, "\\getenv: %s", sqli__sh_z(&why));
    sqli__buffer_free(&why);
    sqli__free(name);
}

void sqli__sh_meta_setenv(struct sqli_sh_meta *meta)
{
    const char *word = sqli__sh_next(meta);
    char *name = word ? sqli__sh_copy(word) : NULL;
    const char *value = sqli__sh_next(meta);
    if (!name || (value ? setenv(name, value, 1) : unsetenv(name)))
        sqli__sh_complain(meta->sh, "it goes: \\setenv NAME [VALUE]");
    sqli__free(name);
}

/* --- writing what was typed --- */

/* False: it cannot be opened, which is told, or *name is NULL. */
static bool open_to(struct sqli_sh_meta *meta, struct sqli_sh_output *file, char **name)
{
    *name = sqli__sh_next_target(meta);
    if (!*name)
        return false;
    if (sqli__sh_output_open(file, *name, false))
        return true;
    sqli__sh_complain(meta->sh, "%s: %s", *name, strerror(errno));
    return false;
}

void sqli__sh_meta_write(struct sqli_sh_meta *meta)
{
    struct sqli_span text = sqli__sh_trim(sqli__buffer_view(meta->query));
    struct sqli_sh_output file;
    char *name;
    if (open_to(meta, &file, &name)) {
        sqli__sh_put_span(&file, text.length ? text : sqli__buffer_view(&meta->sh->statement));
        sqli__sh_put_byte(&file, '\n');
        sqli__sh_close(meta->sh, &file, name);
    } else if (!name) {
        sqli__sh_complain(meta->sh, "\\w: which file?");
    }
    sqli__free(name);
}

void sqli__sh_meta_history(struct sqli_sh_meta *meta)
{
    struct sqli_sh *sh = meta->sh;
    struct sqli_sh_output file;
    char *name = NULL;
    if (!sh->editor) {
        sqli__sh_complain(sh, "\\s: there is a history only where lines are typed");
    } else if (open_to(meta, &file, &name)) {
        sqli__sh_editor_history(sh->editor, &file);
        sqli__sh_close(sh, &file, name);
    } else if (!name) {
        sqli__sh_editor_history(sh->editor, &sh->out);
    }
    sqli__free(name);
}

/* --- asking --- */

/* Where an answer can come from: not from standard input, when that is the script itself. */
static int open_answers(const struct sqli_sh *sh)
{
    for (const struct sqli_sh_input *input = sh->input; input; input = input->outer)
        if (input->file == STDIN_FILENO && !sh->interactive)
            return open("/dev/tty", O_RDWR | O_CLOEXEC);
    return STDIN_FILENO;
}

/* A byte at a time: what is behind the line is for others. False: there was none, or Ctrl-C. */
static bool read_answer(int file, struct sqli_buffer *answer)
{
    ssize_t got;
    uint8_t c = 0;
    sqli__sh_interrupted = 0;
    while ((got = read(file, &c, 1)) == 1 && c != '\n')
        sqli__buffer_byte(answer, c);
    if (answer->length && answer->data[answer->length - 1] == '\r')
        sqli__buffer_truncate(answer, answer->length - 1);
    return got == 1 || (got == 0 && answer->length);
}

static void ask(struct sqli_sh *sh, const char *text, const char *name)
{
    struct sqli_buffer answer, why;
    int file = open_answers(sh);
    if (file < 0) {
        sqli__sh_complain(sh, "\\prompt: standard input is the script, and there is no terminal");
        return;
    }
    sqli__buffer_init(&answer, SQLI_SH_TEXT_MAX);
    sqli__buffer_init(&why, SQLI_SH_TEXT_MAX);
    sqli__sh_output_flush(&sh->out);
    if (isatty(file))
        dprintf(file == STDIN_FILENO ? STDERR_FILENO : file, "%s", text);
    if (!read_answer(file, &answer))
        sqli__sh_complain(sh, "\\prompt: nothing was entered; %s is as it was", name);
    else if (!sqli__sh_set(&sh->settings, name, sqli__sh_z(&answer), &why))
        sqli__sh_complain(sh, "\\prompt: %s", sqli__sh_z(&why));
    if (file != STDIN_FILENO)
        close(file);
    sqli__buffer_free(&answer);
    sqli__buffer_free(&why);
}

void sqli__sh_meta_prompt(struct sqli_sh_meta *meta)
{
    const char *word = sqli__sh_next(meta);
    char *first = word ? sqli__sh_copy(word) : NULL;
    const char *second = sqli__sh_next(meta);
    if (!first)
        sqli__sh_complain(meta->sh, "it goes: \\prompt [TEXT] NAME");
    else
        ask(meta->sh, second ? first : "", second ? second : first);
    sqli__free(first);
}
