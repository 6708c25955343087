#include "tests/peer/options.h"

#include "base/ascii.h"
#include "tests/peer/recording.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    LISTENING = PEER_RECORD | PEER_REPLAY | PEER_PROXY | PEER_SCRIPT,
    FORWARDING = PEER_RECORD | PEER_PROXY,
    WRITING = PEER_RECORD | PEER_SCRUB,
    LIFETIME_DEFAULT = 3600,
};

/* Milliseconds and bytes alike; sums and products of it stay far from overflow. */
#define NUMBER_MAX 1000000000000

enum kind { FLAG, TEXT, NUMBER, CORRUPTION };

struct option {
    const char *name;
    const char *argument; /* NULL: none */
    enum kind kind;
    size_t offset;
    unsigned commands; /* enum peer_command_id */
    const char *help;
};

#define AT(member) offsetof(struct peer_options, member)

static const struct option table[] = {
    {"--limit", "N", NUMBER, AT(limit), PEER_SHOW, "print at most N bytes of a field (256)"},
    {"--listen", "HOST:PORT", TEXT, AT(listen), LISTENING,
     "where clients connect; port 0 takes a free one (127.0.0.1:0)"},
    {"--to", "HOST:PORT", TEXT, AT(connect), FORWARDING, "the server that is passed on to"},
    {"--connect", "HOST:PORT", TEXT, AT(connect), PEER_SCRIPT,
     "play the client of this server, instead of --listen"},
    {"--anywhere", NULL, FLAG, AT(anywhere), LISTENING, "listen on more than the loopback too"},
    {"--ready-file", "FILE", TEXT, AT(ready_file), LISTENING,
     "write the address that is listened on to FILE, once it is"},
    {"--out", "FILE", TEXT, AT(out), WRITING, "the recording, for show and replay"},
    {"--readable", "FILE", TEXT, AT(readable), WRITING,
     "the same as a readable trace; - is standard output"},
    {"--scrub", NULL, FLAG, AT(scrub), PEER_RECORD,
     "replace names, literals and data, so that the recording can be given away"},
    {"--connection", "K", NUMBER, AT(connection), PEER_REPLAY,
     "play connection K of the recording to every client"},
    {"--strict", NULL, FLAG, AT(strict), PEER_REPLAY,
     "end with an error when a client asks for something else than was recorded"},
    {"--loop", "N", NUMBER, AT(loop), PEER_REPLAY | PEER_SCRIPT,
     "play the whole file N times (1); 0: on and on"},
    {"--cut-after", "N", NUMBER, AT(faults.cut_after), PEER_PROXY,
     "end the connection behind N bytes of either direction"},
    {"--cut-c2s", "N", NUMBER, AT(faults.to[SQLI_TO_SERVER].cut), PEER_PROXY,
     "the same behind N bytes to the server"},
    {"--cut-s2c", "N", NUMBER, AT(faults.to[SQLI_TO_CLIENT].cut), PEER_PROXY,
     "the same behind N bytes to the client"},
    {"--cut-time", "MS", NUMBER, AT(faults.cut_time), PEER_PROXY,
     "the same MS milliseconds after the client came"},
    {"--reset", NULL, FLAG, AT(faults.reset), PEER_PROXY, "a cut is a TCP reset, not an end"},
    {"--stall-after", "N", NUMBER, AT(faults.stall_after), PEER_PROXY,
     "behind N bytes of either direction send nothing more, either way"},
    {"--stall-c2s", "N", NUMBER, AT(faults.to[SQLI_TO_SERVER].stall), PEER_PROXY,
     "behind N bytes to the server send it nothing more"},
    {"--stall-s2c", "N", NUMBER, AT(faults.to[SQLI_TO_CLIENT].stall), PEER_PROXY,
     "behind N bytes to the client send it nothing more"},
    {"--corrupt-c2s", "N:XX", CORRUPTION, AT(faults.to[SQLI_TO_SERVER]), PEER_PROXY,
     "change byte N, from 0, on the way to the server: exclusive or with XX"},
    {"--corrupt-s2c", "N:XX", CORRUPTION, AT(faults.to[SQLI_TO_CLIENT]), PEER_PROXY,
     "the same on the way to the client"},
    {"--split", "N", NUMBER, AT(faults.split), PEER_PROXY, "send on in pieces of N bytes"},
    {"--gap", "MS", NUMBER, AT(faults.gap), PEER_PROXY, "wait between those pieces"},
    {"--delay", "MS", NUMBER, AT(faults.delay), PEER_PROXY, "hold everything back so long"},
    {"--deaf", NULL, FLAG, AT(faults.deaf), PEER_PROXY, "accept connections, never read"},
    {"--random", NULL, FLAG, AT(faults.random), PEER_PROXY,
     "faults by chance, different for each connection"},
    {"--seed", "N", NUMBER, AT(faults.seed), PEER_PROXY,
     "the same seed, the same faults by chance (1)"},
    {"--connections", "N", NUMBER, AT(connections), PEER_RECORD | PEER_PROXY,
     "end when N connections have come and gone (0: on and on)"},
    {"--lifetime", "SECONDS", NUMBER, AT(lifetime), LISTENING,
     "end after so long, whatever happens (3600)"},
};

enum { OPTIONS = sizeof table / sizeof table[0] };

enum peer_exit peer_complain(enum peer_exit status, const char *format, ...)
{
    va_list args;
    fflush(stdout);
    fputs("sqli-peer: ", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    return status;
}

static enum peer_exit usage(const struct peer_command *command, const char *what, const char *word)
{
    return peer_complain(PEER_USAGE, "%s: %s %s; sqli-peer %s --help tells more", command->name,
                         word, what, command->name);
}

static const struct option *find(const struct peer_command *command, const char *name)
{
    for (size_t i = 0; i < OPTIONS; i++)
        if (strcmp(table[i].name, name) == 0 && (table[i].commands & command->id))
            return &table[i];
    return NULL;
}

/* A whole number from 0 to NUMBER_MAX; *end is behind it. */
static bool read_number(const char *text, int64_t *number, const char **end)
{
    char *stop;
    errno = 0;
    long long value = text[0] >= '0' && text[0] <= '9' ? strtoll(text, &stop, 10) : -1;
    if (value < 0 || value > NUMBER_MAX || errno)
        return false;
    *number = value;
    *end = stop;
    return true;
}

static bool read_corruption(const char *text, struct peer_direction_faults *faults)
{
    const char *end;
    if (!read_number(text, &faults->corrupt_at, &end) || *end != ':' || strlen(end) != 3)
        return false;
    int high = sqli__hex_digit((uint8_t)end[1]), low = sqli__hex_digit((uint8_t)end[2]);
    if (high < 0 || low < 0)
        return false;
    faults->corrupt_with = (uint8_t)(high << 4 | low);
    return true;
}

static bool store(const struct option *option, const char *word, struct peer_options *options)
{
    void *place = (char *)options + option->offset;
    const char *end;
    switch (option->kind) {
    case FLAG: *(bool *)place = true; return true;
    case TEXT: *(const char **)place = word; return true;
    case NUMBER: return read_number(word, place, &end) && *end == '\0';
    case CORRUPTION: return read_corruption(word, place);
    }
    return false;
}

static enum peer_exit read_option(const struct peer_command *command, int count, char **words,
                                  int *at, struct peer_options *options)
{
    const char *word = words[*at];
    const struct option *option = find(command, word);
    if (!option)
        return usage(command, "is no option here", word);
    if (option->argument && *at + 1 >= count)
        return usage(command, "needs a value", word);
    if (option->argument)
        word = words[++*at];
    if (!store(option, word, options))
        return peer_complain(PEER_USAGE, "%s: %s takes %s, not \"%s\"", command->name, option->name,
                             option->argument, word);
    return PEER_OK;
}

static enum peer_exit read_file_name(const struct peer_command *command, const char *word,
                                     struct peer_options *options)
{
    if (!command->takes_file || options->file)
        return usage(command, "is one word too many", word);
    options->file = word;
    return PEER_OK;
}

enum peer_exit peer_options_read(const struct peer_command *command, int count, char **words,
                                 struct peer_options *options, bool *help)
{
    enum peer_exit status = PEER_OK;
    *options = (struct peer_options){.lifetime = LIFETIME_DEFAULT, .loop = 1};
    peer_faults_init(&options->faults);
    *help = false;
    for (int i = 0; i < count && status == PEER_OK && !*help; i++) {
        if (strcmp(words[i], "--help") == 0)
            *help = true;
        else if (words[i][0] == '-' && words[i][1] != '\0')
            status = read_option(command, count, words, &i, options);
        else
            status = read_file_name(command, words[i], options);
    }
    if (status == PEER_OK && !*help && command->takes_file && !options->file)
        return usage(command, "is missing", "FILE");
    return status;
}

void peer_options_help(const struct peer_command *command)
{
    printf("sqli-peer %s %s\n\n%s\n\n", command->name, command->arguments, command->summary);
    for (size_t i = 0; i < OPTIONS; i++) {
        const struct option *option = &table[i];
        char left[40];
        if (!(option->commands & command->id))
            continue;
        snprintf(left, sizeof left, "%s %s", option->name,
                 option->argument ? option->argument : "");
        printf("  %-22s %s\n", left, option->help);
    }
}
