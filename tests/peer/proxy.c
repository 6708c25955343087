#include "tests/peer/proxy.h"

#include "tests/peer/forward.h"

#include <stdio.h>

static void print_statistics(const struct peer_statistics *s)
{
    const struct {
        const char *name;
        uint64_t value;
    } lines[] = {
        {"connections", s->connections},
        {"unreachable", s->unreachable},
        {"bytes-c2s", s->bytes[SQLI_TO_SERVER]},
        {"bytes-s2c", s->bytes[SQLI_TO_CLIENT]},
        {"urgent-c2s", s->urgent[SQLI_TO_SERVER]},
        {"urgent-s2c", s->urgent[SQLI_TO_CLIENT]},
        {"cut", s->cut},
        {"reset", s->reset},
        {"stalled", s->stalled},
        {"corrupted", s->corrupted},
    };
    fputs("sqli-peer: proxy", stderr);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        fprintf(stderr, " %s=%llu", lines[i].name, (unsigned long long)lines[i].value);
    fputc('\n', stderr);
}

enum peer_exit peer_proxy(const struct peer_options *options)
{
    static const struct peer_observer nobody;
    struct peer_statistics statistics = {0};
    enum peer_exit status = peer_forward(options, &nobody, &statistics);
    if (status != PEER_USAGE)
        print_statistics(&statistics);
    return status;
}
