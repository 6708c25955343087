#include "tests/peer/faults.h"

void peer_faults_init(struct peer_faults *faults)
{
    static const struct peer_direction_faults none = {PEER_NEVER, PEER_NEVER, PEER_NEVER, 0};
    *faults = (struct peer_faults){
        .to = {none, none},
        .cut_after = PEER_NEVER,
        .cut_time = PEER_NEVER,
        .stall_after = PEER_NEVER,
        .seed = 1,
    };
}

/* --- by chance --- */

/* splitmix64: every seed gives a good sequence, also 1, 2, 3. */
static uint64_t next(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static int64_t below(uint64_t *state, uint64_t limit)
{
    return (int64_t)(next(state) % limit);
}

/* As often among the first bytes, where the login is, as among thousands or millions. */
static int64_t any_offset(uint64_t *state)
{
    return below(state, (uint64_t)2 << below(state, 20));
}

static void choose(struct peer_faults *f, uint64_t *state)
{
    struct peer_direction_faults *direction = &f->to[below(state, 2)];
    switch (below(state, 8)) {
    case 0:
    case 1: direction->cut = any_offset(state); break;
    case 2: f->cut_time = below(state, 500); break;
    case 3: direction->stall = any_offset(state); break;
    case 4:
        direction->corrupt_at = any_offset(state);
        direction->corrupt_with = (uint8_t)(1 + below(state, 255));
        break;
    case 5: f->delay = below(state, 20); break;
    default: break; /* none of these */
    }
    if (below(state, 2))
        f->split = 1 + any_offset(state);
    f->reset = below(state, 2);
}

struct peer_faults peer_faults_of_connection(const struct peer_faults *faults, uint64_t number)
{
    struct peer_faults chosen;
    uint64_t state = (uint64_t)faults->seed;
    if (!faults->random)
        return *faults;
    state = next(&state) + number;
    peer_faults_init(&chosen);
    choose(&chosen, &state);
    return chosen;
}

/* --- as options --- */

static void print_number(struct sqli_buffer *text, const char *name, int64_t value, int64_t none)
{
    if (value != none)
        sqli__buffer_format(text, " %s %lld", name, (long long)value);
}

static void print_corruption(struct sqli_buffer *text, const char *name,
                             const struct peer_direction_faults *faults)
{
    if (faults->corrupt_at != PEER_NEVER)
        sqli__buffer_format(text, " %s %lld:%02x", name, (long long)faults->corrupt_at,
                            faults->corrupt_with);
}

void peer_faults_print(const struct peer_faults *faults, struct sqli_buffer *text)
{
    const struct peer_direction_faults *to_server = &faults->to[SQLI_TO_SERVER];
    const struct peer_direction_faults *to_client = &faults->to[SQLI_TO_CLIENT];
    print_number(text, "--cut-after", faults->cut_after, PEER_NEVER);
    print_number(text, "--cut-c2s", to_server->cut, PEER_NEVER);
    print_number(text, "--cut-s2c", to_client->cut, PEER_NEVER);
    print_number(text, "--cut-time", faults->cut_time, PEER_NEVER);
    print_number(text, "--stall-after", faults->stall_after, PEER_NEVER);
    print_number(text, "--stall-c2s", to_server->stall, PEER_NEVER);
    print_number(text, "--stall-s2c", to_client->stall, PEER_NEVER);
    print_corruption(text, "--corrupt-c2s", to_server);
    print_corruption(text, "--corrupt-s2c", to_client);
    print_number(text, "--split", faults->split, 0);
    print_number(text, "--gap", faults->gap, 0);
    print_number(text, "--delay", faults->delay, 0);
    if (faults->reset)
        sqli__buffer_text(text, " --reset");
}
