#include "shell/branches.h"

#include "shell/settings.h"

bool sqli__sh_skips(const struct sqli_sh *sh)
{
    const struct sqli_sh_branches *b = sh->branches;
    return b && b->depth && b->state[b->depth - 1] != SQLI_SH_RUNS;
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
        sqli__sh_complain(meta->sh, "\\if in \\if goes too deep");
        return;
    }
    b->state[b->depth] = sqli__sh_skips(meta->sh) ? SQLI_SH_OVER
                         : holds(meta)            ? SQLI_SH_RUNS
                                                  : SQLI_SH_WAITS;
    b->query[b->depth] = meta->query->length;
    b->last[b->depth++] = false;
}

/* Ends the present branch, and forgets what was typed in it if it was passed over. */
static bool end_branch(struct sqli_sh_meta *meta, bool may_be_last)
{
    struct sqli_sh_branches *b = meta->sh->branches;
    if (!b->depth || (b->last[b->depth - 1] && !may_be_last)) {
        sqli__sh_complain(meta->sh, b->depth ? "there was an \\else already" : "there is no \\if");
        return false;
    }
    size_t kept = b->query[b->depth - 1];
    if (sqli__sh_skips(meta->sh) && meta->query->length > kept)
        meta->query->length = kept;
    b->query[b->depth - 1] = meta->query->length;
    return true;
}

void sqli__sh_meta_elif(struct sqli_sh_meta *meta)
{
    struct sqli_sh_branches *b = meta->sh->branches;
    if (!end_branch(meta, false))
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
    if (!end_branch(meta, false))
        return;
    bool waits = b->state[b->depth - 1] == SQLI_SH_WAITS;
    b->state[b->depth - 1] = waits ? SQLI_SH_RUNS : SQLI_SH_OVER;
    b->last[b->depth - 1] = true;
}

void sqli__sh_meta_endif(struct sqli_sh_meta *meta)
{
    if (end_branch(meta, true))
        meta->sh->branches->depth--;
}
