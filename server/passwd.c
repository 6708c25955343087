#include "server/passwd.h"

#include "server/users_file.h"

#include <stdio.h>
#include <termios.h>
#include <unistd.h>

enum { LINE = 512 };

/* False: there was no line, or it is too long. */
static bool read_line(char line[LINE])
{
    if (!fgets(line, LINE, stdin))
        return false;
    size_t length = strlen(line);
    if (length && line[length - 1] == '\n')
        line[--length] = '\0';
    else if (length == LINE - 1)
        return false;
    if (length && line[length - 1] == '\r')
        line[length - 1] = '\0';
    return true;
}

static bool ask(const char *question, char line[LINE])
{
    struct termios shown, hidden;
    if (tcgetattr(STDIN_FILENO, &shown) != 0)
        return false;
    hidden = shown;
    hidden.c_lflag &= ~(tcflag_t)ECHO;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    fputs(question, stderr); /* only now: what is typed ahead is not kept */
    bool read = read_line(line);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
    fputc('\n', stderr);
    return read;
}

static enum sqli_status ask_twice(const char *user, char line[LINE], struct sqli_error *error)
{
    char question[LINE], again[LINE];
    snprintf(question, sizeof question, "password of %.200s: ", user);
    if (!ask(question, line) || !ask("once more: ", again))
        return sqli__fail(error, SQLI_E_ARGUMENT, "there was no password");
    bool same = strcmp(line, again) == 0;
    explicit_bzero(again, sizeof again);
    return same ? SQLI_OK : sqli__fail(error, SQLI_E_ARGUMENT, "the two were not the same");
}

static enum sqli_status get_password(const char *user, char line[LINE], struct sqli_error *error)
{
    if (isatty(STDIN_FILENO))
        return ask_twice(user, line, error);
    if (!read_line(line))
        return sqli__fail(error, SQLI_E_ARGUMENT, "standard input has no password");
    return SQLI_OK;
}

enum sqli_status sqli__passwd(const char *file, const char *user, struct sqli_error *error)
{
    char line[LINE] = "";
    enum sqli_status status = get_password(user, line, error);
    if (status == SQLI_OK)
        status = sqli__users_file_set(file, sqli__span_text(user), sqli__span_text(line), error);
    explicit_bzero(line, sizeof line);
    return status;
}
