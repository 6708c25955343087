/* \watch: a statement again and again. */
#include "shell/meta.h"
#include "shell/text.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

enum { SECONDS_MAX = 1000000, COUNT_MAX = 1000000000 };

struct watch {
    double seconds; /* between two runs */
    int64_t count;  /* of runs; 0: until Ctrl-C */
};

/* --- what it takes --- */

static const char *behind(const char *word, const char *name)
{
    size_t length = strlen(name);
    return strncmp(word, name, length) == 0 ? word + length : NULL;
}

static bool take_seconds(const char *text, double *seconds)
{
    char *end;
    *seconds = strtod(text, &end); /* of the C locale: the shell takes no other for numbers */
    return end != text && !*end && *seconds >= 0 && *seconds <= SECONDS_MAX;
}

static bool take_word(const char *word, struct watch *watch)
{
    const char *count = behind(word, "c="), *seconds = behind(word, "i=");
    if (!count)
        count = behind(word, "count=");
    if (!seconds)
        seconds = behind(word, "interval=");
    if (count)
        return sqli__sh_number(count, 1, COUNT_MAX, &watch->count);
    return take_seconds(seconds ? seconds : word, &watch->seconds);
}

/* --- again and again --- */

/* False: Ctrl-C. The signal comes through only while this waits, so that none is missed. */
static bool pause_for(double seconds)
{
    sigset_t held, usual;
    double end = sqli__sh_now() + seconds, left;
    sigemptyset(&held);
    sigaddset(&held, SIGINT);
    sigprocmask(SIG_BLOCK, &held, &usual);
    while (!sqli__sh_interrupted && (left = end - sqli__sh_now()) > 0) {
        struct timespec time = {.tv_sec = (time_t)left};
        time.tv_nsec = (long)((left - (double)time.tv_sec) * 1e9);
        ppoll(NULL, 0, &time, &usual);
    }
    sigprocmask(SIG_SETMASK, &usual, NULL);
    return !sqli__sh_interrupted;
}

static void put_title(struct sqli_sh *sh, const struct watch *watch)
{
    char text[64];
    struct tm parts;
    time_t now = time(NULL);
    if (!sqli__sh_talks(sh))
        return;
    strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", localtime_r(&now, &parts));
    sqli__sh_put_format(&sh->out, "%s (every %g s)\n\n", text, watch->seconds);
}

/* Until Ctrl-C, the last run, an error, or a reader that has left. */
static void run_again(struct sqli_sh *sh, struct sqli_span text, size_t line,
                      const struct watch *watch)
{
    const struct sqli_sh_run run = {.line = line, .format = -1, .no_pager = true};
    sqli__sh_interrupted = 0;
    for (int64_t done = 1;; done++) {
        put_title(sh, watch);
        if (!sqli__sh_run(sh, text, &run) || !sqli__sh_output_flush(&sh->out) ||
            done == watch->count || sqli__sh_interrupted || !pause_for(watch->seconds))
            break;
    }
    if (sh->interactive)
        sqli__sh_interrupted = 0;
}

void sqli__sh_meta_watch(struct sqli_sh_meta *meta)
{
    struct watch watch = {.seconds = 2};
    struct sqli_sh *sh = meta->sh;
    struct sqli_buffer text;
    size_t line = sqli__sh_take_query(meta, &text);
    const char *word;
    bool fine = true;
    while (fine && (word = sqli__sh_next(meta)))
        if (!(fine = take_word(word, &watch)))
            sqli__sh_complain(sh, "\\watch %s: it goes: \\watch [SECONDS] [i=SECONDS] [c=TIMES]",
                              word);
    if (fine && !text.length)
        sqli__sh_complain(sh, "\\watch: there is no statement to run");
    else if (fine)
        run_again(sh, sqli__buffer_view(&text), line, &watch);
    sqli__buffer_free(&text);
}
