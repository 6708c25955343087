/* Lines that are typed: libedit, its history, its completion. */
#include "shell/input.h"

#ifdef SQLI_LIBEDIT

#include "base/alloc.h"
#include "shell/complete.h"
#include "shell/history.h"
#include "shell/text.h"
#include "shell/width.h"

#include <errno.h>
#include <histedit.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

enum { HISTORY_LINES = 5000, SHOWN_MAX = 200 };

struct sqli_sh_editor {
    struct sqli_sh *sh;
    EditLine *line;
    History *history;
    HistEvent event;
    char *file; /* of the history; NULL: it is not kept */
    char *last; /* line that was remembered */
    const char *prompt;
    struct sqli_buffer before; /* lines of the statement that is being typed */
};

static volatile sig_atomic_t resized, continued;

static void on_signal(int number)
{
    if (number == SIGWINCH)
        resized = 1;
    else
        continued = 1;
}

static struct sqli_sh_editor *editor_of(EditLine *line)
{
    void *editor = NULL;
    el_get(line, EL_CLIENTDATA, &editor);
    return editor;
}

static char *prompt_of(EditLine *line)
{
    return (char *)(uintptr_t)editor_of(line)->prompt;
}

/* --- characters --- */

/* To where the line begins, as terminals fold it anew by their new width; what is there goes. */
static void go_to_start(EditLine *line)
{
    const LineInfo *info = el_line(line);
    struct sqli_span typed = sqli__span(info->buffer, (size_t)(info->cursor - info->buffer));
    size_t columns, lines;
    sqli__sh_screen(STDOUT_FILENO, &columns, &lines);
    size_t width = sqli__sh_width(sqli__span_text(prompt_of(line))) + sqli__sh_width(typed);
    if (columns && width >= columns)
        printf("\x1b[%zuA", width / columns);
    fputs("\r\x1b[J", stdout);
}

static void follow_signals(EditLine *line)
{
    if (resized) {
        el_resize(line);
        go_to_start(line);
    }
    if (continued) {
        el_set(line, EL_PREP_TERM, 0); /* libedit thinks that it still has the terminal as it was */
        el_set(line, EL_PREP_TERM, 1);
        fputc('\r', stdout);
    }
    if (resized || continued)
        el_set(line, EL_REFRESH);
    resized = continued = 0;
}

/* Waits for a byte. Signals come through only while it waits, so that none is missed that comes a
 * moment before. False: Ctrl-C, or an error. */
static bool wait_for_byte(EditLine *line)
{
    struct pollfd terminal = {.fd = STDIN_FILENO, .events = POLLIN};
    sigset_t held, usual;
    sigemptyset(&held);
    sigaddset(&held, SIGINT);
    sigaddset(&held, SIGWINCH);
    sigaddset(&held, SIGCONT);
    sigprocmask(SIG_BLOCK, &held, &usual);
    int ready = 0;
    while (ready == 0 && !sqli__sh_interrupted) {
        follow_signals(line);
        ready = ppoll(&terminal, 1, NULL, &usual);
        if (ready < 0 && errno == EINTR)
            ready = 0;
    }
    sigprocmask(SIG_SETMASK, &usual, NULL);
    return ready > 0 && !sqli__sh_interrupted;
}

/* libedit's own goes on reading after a signal; Ctrl-C has to come through. */
static int read_character(EditLine *line, wchar_t *character)
{
    mbstate_t state = {0};
    for (;;) {
        char byte;
        if (!wait_for_byte(line))
            return -1;
        ssize_t got = read(STDIN_FILENO, &byte, 1);
        if (got <= 0)
            return (int)got;
        size_t length = mbrtowc(character, &byte, 1, &state);
        if (length == (size_t)-1)
            state = (mbstate_t){0};
        else if (length != (size_t)-2)
            return 1;
    }
}

/* --- completion --- */

static void show_candidates(const struct sqli_sh_candidates *found)
{
    size_t columns, lines, width = 0;
    sqli__sh_screen(STDOUT_FILENO, &columns, &lines);
    for (size_t i = 0; i < found->count; i++) {
        size_t one = sqli__sh_width(sqli__span_text(found->text[i])) + 2;
        width = one > width ? one : width;
    }
    size_t each_line = columns > width ? columns / width : 1;
    fputc('\n', stdout);
    for (size_t i = 0; i < found->count && i < SHOWN_MAX; i++) {
        size_t one = sqli__sh_width(sqli__span_text(found->text[i]));
        bool last = (i + 1) % each_line == 0 || i + 1 == found->count;
        printf("%s%*s", found->text[i], last ? 0 : (int)(width - one), "");
        if (last)
            fputc('\n', stdout);
    }
    if (found->count > SHOWN_MAX)
        printf("... and %zu more\n", found->count - SHOWN_MAX);
    fflush(stdout);
}

static unsigned char insert(EditLine *line, const struct sqli_sh_candidates *found, size_t typed,
                            size_t common)
{
    struct sqli_buffer text;
    sqli__buffer_init(&text, SQLI_SH_TEXT_MAX);
    sqli__buffer_append(&text, found->text[0], common);
    bool folder = found->file && common && found->text[0][common - 1] == '/';
    if (found->count == 1 && !folder)
        sqli__buffer_text(&text, " ");
    /* The word is written anew: keywords and names come in one case. */
    el_deletestr(line, (int)typed);
    int failed = el_insertstr(line, sqli__sh_z(&text));
    sqli__buffer_free(&text);
    return failed ? CC_ERROR : CC_REFRESH;
}

static size_t characters(struct sqli_span text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.length; i++)
        count += (text.data[i] & 0xC0) != 0x80;
    return count;
}

/* More than one key that is waiting was not typed: in what is pasted a tab is a tab. */
static bool is_pasted(void)
{
    int waiting = 0;
    return ioctl(STDIN_FILENO, FIONREAD, &waiting) == 0 && waiting > 1;
}

static unsigned char complete(EditLine *line, wint_t key)
{
    if (is_pasted())
        return el_insertstr(line, "\t") ? CC_ERROR : CC_REFRESH;
    struct sqli_sh_editor *editor = editor_of(line);
    const LineInfo *info = el_line(line);
    struct sqli_sh_candidates found;
    struct sqli_span text = sqli__span(info->buffer, (size_t)(info->cursor - info->buffer));
    unsigned char result = CC_ERROR;
    (void)key;
    sqli__sh_complete(editor->sh, sqli__buffer_view(&editor->before), text, &found);
    struct sqli_span word = sqli__span(text.data + found.start, text.length - found.start);
    size_t common = sqli__sh_common(&found);
    if (found.count && (common > word.length || found.count == 1)) {
        result = insert(line, &found, characters(word), common);
    } else if (found.count) {
        show_candidates(&found);
        result = CC_REDISPLAY;
    }
    sqli__sh_candidates_free(&found);
    return result;
}

/* --- history --- */

/* What may have a password in it: URLs, CONNECT ... USING 'it', CREATE USER ... PASSWORD 'it'. */
static bool is_secret(struct sqli_span line)
{
    static const char *const words[] = {"password", "using '", "using \"", "encrypt_", "decrypt_"};
    const uint8_t *scheme = memmem(line.data, line.length, "://", 3);
    if (scheme && memchr(scheme, '@', line.length - (size_t)(scheme - line.data)))
        return true;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (sqli__sh_contains(line, words[i]))
            return true;
    return false;
}

static char *name_in(const char *folder, const char *name)
{
    struct sqli_buffer path;
    sqli__buffer_init(&path, SQLI_SH_TEXT_MAX);
    sqli__buffer_format(&path, "%s/%s", folder, name);
    char *copy = sqli__sh_copy(sqli__sh_z(&path));
    sqli__buffer_free(&path);
    return copy;
}

/* From the root, so that \cd does not move it. NULL: there is to be none. */
static char *history_file(void)
{
    const char *given = getenv("SQLI_HISTORY"), *home = getenv("HOME");
    if (!given)
        return home && *home ? name_in(home, ".sqli_history") : NULL;
    if (!*given || *given == '/')
        return *given ? sqli__sh_copy(given) : NULL;
    char folder[PATH_MAX];
    return getcwd(folder, sizeof folder) ? name_in(folder, given) : NULL;
}

static void enter(void *context, const char *line)
{
    struct sqli_sh_editor *editor = context;
    history(editor->history, &editor->event, H_ENTER, line);
}

static void load_history(struct sqli_sh_editor *editor)
{
    char *file = history_file();
    if (!file)
        return;
    enum sqli_sh_history_kind kind = sqli__sh_history_read(file, HISTORY_LINES, enter, editor);
    int why = errno;
    if (kind == SQLI_SH_HISTORY_FOREIGN)
        sqli__sh_say(editor->sh,
                     "%s is no history of sqli, and stays as it is: what is typed is not kept. "
                     "Remove it, or let SQLI_HISTORY name another file.\n",
                     file);
    else if (kind == SQLI_SH_HISTORY_NOWHERE && why)
        sqli__sh_say(editor->sh, "%s: %s: what is typed is not kept.\n", file, strerror(why));
    if (kind == SQLI_SH_HISTORY)
        editor->file = file;
    else
        sqli__free(file);
}

/* On the disk with every line: a terminal that is closed ends the program without a word. */
void sqli__sh_editor_remember(struct sqli_sh_editor *editor, const char *line)
{
    struct sqli_span text = sqli__sh_trim(sqli__span_text(line));
    bool again = editor->last && sqli__span_equal(text, sqli__span_text(editor->last));
    if (!text.length || line[0] == ' ' || is_secret(text) || again)
        return;
    sqli__free(editor->last);
    editor->last = sqli__sh_copy_span(text);
    enter(editor, editor->last);
    if (editor->file)
        sqli__sh_history_append(editor->file, text);
}

void sqli__sh_editor_history(struct sqli_sh_editor *editor, struct sqli_sh_output *out)
{
    int more = history(editor->history, &editor->event, H_LAST);
    for (; more >= 0; more = history(editor->history, &editor->event, H_PREV)) {
        sqli__sh_put_text(out, editor->event.str);
        sqli__sh_put_byte(out, '\n');
    }
}

/* --- life --- */

static void set_up(struct sqli_sh_editor *editor)
{
    EditLine *line = editor->line;
    history(editor->history, &editor->event, H_SETSIZE, HISTORY_LINES);
    history(editor->history, &editor->event, H_SETUNIQUE, 1);
    load_history(editor);
    el_set(line, EL_CLIENTDATA, editor);
    el_set(line, EL_PROMPT, prompt_of);
    el_set(line, EL_EDITOR, "emacs");
    el_set(line, EL_HIST, history, editor->history);
    /* In its narrow form libedit copies the texts, and never frees them. */
    el_wset(line, EL_ADDFN, L"sqli-complete", L"Completes the word", complete);
    el_set(line, EL_BIND, "\t", "sqli-complete", NULL);
    el_set(line, EL_BIND, "^R", "em-inc-search-prev", NULL);
    el_source(line, NULL);
    el_set(line, EL_GETCFN, read_character);
    el_set(line, EL_SIGNAL, 0);
}

static void watch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigemptyset(&action.sa_mask);
    sigaction(SIGWINCH, &action, NULL);
    sigaction(SIGCONT, &action, NULL);
}

struct sqli_sh_editor *sqli__sh_editor_new(struct sqli_sh *sh)
{
    struct sqli_sh_editor *editor = sqli__alloc_zeroed(1, sizeof *editor);
    if (!editor)
        return NULL;
    editor->sh = sh;
    editor->prompt = "";
    editor->line = el_init("sqli", stdin, stdout, stderr);
    editor->history = history_init();
    sqli__buffer_init(&editor->before, SQLI_SH_TEXT_MAX);
    if (!editor->line || !editor->history) {
        sqli__sh_editor_free(editor);
        return NULL;
    }
    set_up(editor);
    watch_signals();
    return editor;
}

void sqli__sh_editor_free(struct sqli_sh_editor *editor)
{
    if (!editor)
        return;
    if (editor->history)
        history_end(editor->history);
    if (editor->line)
        el_end(editor->line);
    sqli__buffer_free(&editor->before);
    sqli__free(editor->file);
    sqli__free(editor->last);
    sqli__free(editor);
}

/* A prompt with '=' begins a statement. */
static void note_before(struct sqli_sh_editor *editor, struct sqli_span line)
{
    if (strchr(editor->prompt, '='))
        sqli__buffer_clear(&editor->before);
    sqli__buffer_span(&editor->before, line);
}

enum sqli_sh_line sqli__sh_editor_line(struct sqli_sh_editor *editor, const char *prompt,
                                       struct sqli_span *line)
{
    int length = 0;
    sqli__sh_interrupted = 0;
    editor->prompt = prompt;
    if (strchr(prompt, '='))
        sqli__buffer_clear(&editor->before);
    /* Before the prompt is there, so that what is typed at once is not taken for a cooked line. */
    el_set(editor->line, EL_PREP_TERM, 1);
    const char *text = el_gets(editor->line, &length);
    if (sqli__sh_interrupted) {
        fputs("^C\n", stdout);
        fflush(stdout);
        el_set(editor->line, EL_PREP_TERM, 0);
        return SQLI_SH_LINE_INTERRUPTED;
    }
    if (!text || length <= 0)
        return SQLI_SH_LINE_END;
    *line = sqli__span_text(text);
    note_before(editor, *line);
    return SQLI_SH_LINE;
}

#else

struct sqli_sh_editor *sqli__sh_editor_new(struct sqli_sh *sh)
{
    (void)sh;
    return NULL;
}

void sqli__sh_editor_free(struct sqli_sh_editor *editor)
{
    (void)editor;
}

void sqli__sh_editor_remember(struct sqli_sh_editor *editor, const char *line)
{
    (void)editor;
    (void)line;
}

void sqli__sh_editor_history(struct sqli_sh_editor *editor, struct sqli_sh_output *out)
{
    (void)editor;
    (void)out;
}

enum sqli_sh_line sqli__sh_editor_line(struct sqli_sh_editor *editor, const char *prompt,
                                       struct sqli_span *line)
{
    (void)editor;
    (void)prompt;
    (void)line;
    return SQLI_SH_LINE_END;
}

#endif
