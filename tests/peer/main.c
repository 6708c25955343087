/* sqli-peer: the other side of a connection, as a test wants it. */
#include "tests/peer/proxy.h"
#include "tests/peer/record.h"
#include "tests/peer/replay.h"
#include "tests/peer/run_script.h"
#include "tests/peer/show.h"

#include <stdio.h>

static const struct peer_command commands[] = {
    {PEER_SHOW, "show", "FILE [OPTION]...",
     "Prints a recording as a readable trace; FILE - reads standard input.", true, peer_show},
    {PEER_RECORD, "record", "--to HOST:PORT --out FILE [OPTION]...",
     "Stands between clients and a server and records what they say, without the passwords.", false,
     peer_record},
    {PEER_SCRUB, "scrub", "FILE --out FILE [OPTION]...",
     "Writes a recording again without names, literals and data; FILE - reads standard input.",
     true, peer_scrub_file},
    {PEER_SCRIPT, "script", "FILE [OPTION]...",
     "Plays one side of a conversation, and fails when the other says something else.", true,
     peer_run_script},
    {PEER_REPLAY, "replay", "FILE [OPTION]...",
     "Answers clients with what the server of a recording answered.", true, peer_replay},
    {PEER_PROXY, "proxy", "--to HOST:PORT [OPTION]...",
     "Stands between clients and a server and breaks their connections as it is told.", false,
     peer_proxy},
};

enum { COMMANDS = sizeof commands / sizeof commands[0] };

static void print_help(void)
{
    puts("sqli-peer COMMAND ...: the other side of an SQLI connection, for tests\n");
    for (size_t i = 0; i < COMMANDS; i++)
        printf("  %-8s %s\n", commands[i].name, commands[i].summary);
    puts(
        "\nsqli-peer COMMAND --help lists its options. Exit status: 0 as wished, 1 an expectation\n"
        "failed or reading and writing did, 2 the command line or a script is wrong.");
}

static const struct peer_command *find(const char *name)
{
    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

static enum peer_exit run(int count, char **words)
{
    struct peer_options options;
    bool help = false;
    if (count >= 2 && strcmp(words[1], "--help") == 0) {
        print_help();
        return PEER_OK;
    }
    if (count < 2)
        return peer_complain(PEER_USAGE, "a command is missing; sqli-peer --help lists them");
    const struct peer_command *command = find(words[1]);
    if (!command)
        return peer_complain(PEER_USAGE, "\"%s\" is no command; sqli-peer --help lists them",
                             words[1]);
    enum peer_exit status = peer_options_read(command, count - 2, words + 2, &options, &help);
    if (help)
        peer_options_help(command);
    if (help && command->id == PEER_SCRIPT)
        peer_run_script_help();
    return help || status != PEER_OK ? status : command->run(&options);
}

int main(int count, char **words)
{
    return (int)run(count, words);
}
