#include "shell/branches.h"

#include "shell/settings.h"

bool sqli__sh_skips(const struct sqli_sh *sh)
{
    const struct sqli_sh_branches *b = sh->branches;
    return b && b->depth && (b->beyond || b->state[b->depth - 1] != SQLI_SH_RUNS);
}

static bool holds(struct sqli_sh_meta *meta)
{
    const char *word = sqli__sh_next(meta);
    int truth = word ? sqli__sh_truth(word) : -1;
    if (truth < 0)
        sqli__sh_complain(meta->sh, "%s is neither true nor false", word ? word : "nothing");
    return truth > 0;
}

void sqli__sh_meta_if(struct sqli_sh_meta *meta)
{
    struct sqli_sh_branches *b = meta->sh->branches;
    if (b->depth == SQLI_SH_BRANCHES) {
        if (!sqli__sh_skips(meta->sh))
            sqli__sh_complain(meta->sh, "\\if in \\if goes too deep");
        b->beyond++;
        return;
    }
    b->state[b->depth] = sqli__sh_skips(meta->sh) ? SQLI_SH_OVER
                         : holds(meta)            ? SQLI_SH_RUNS
                                                  : SQLI_SH_WAITS;
    b->last[b->depth++] = false;
}

/* Whether there is a present branch that can end. */
static bool end_branch(struct sqli_sh_meta *meta, bool may_be_last)
{
    struct sqli_sh_branches *b = meta->sh->branches;
    if (b->depth && (may_be_last || !b->last[b->depth - 1]))
        return true;
    sqli__sh_complain(meta->sh, b->depth ? "there was an \\else already" : "there is no \\if");
    return false;
}

void sqli__sh_meta_elif(struct sqli_sh_meta *meta)
{
    struct sqli_sh_branches *b = meta->sh->branches;
    if (b->beyond || !end_branch(meta, false))
        return;
    enum sqli_sh_branch *state = &b->state[b->depth - 1];
    if (*state == SQLI_SH_WAITS && holds(meta))
        *state = SQLI_SH_RUNS;
    else if (*state == SQLI_SH_RUNS)
        *state = SQLI_SH_OVER;
}

void sqli__sh_meta_else(struct sqli_sh_meta *meta)
{
    struct sqli_sh_branches *b = meta->sh->branches;
    if (b->beyond || !end_branch(meta, false))
        return;
    bool waits = b->state[b->depth - 1] == SQLI_SH_WAITS;
    b->state[b->depth - 1] = waits ? SQLI_SH_RUNS : SQLI_SH_OVER;
    b->last[b->depth - 1] = true;
}

void sqli__sh_meta_endif(struct sqli_sh_meta *meta)
{
    struct sqli_sh_branches *b = meta->sh->branches;
    if (b->beyond)
        b->beyond--;
    else if (end_branch(meta, true))
        b->depth--;
}
