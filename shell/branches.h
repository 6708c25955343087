/* \if and its kin: which parts of an input are passed over. */
#ifndef SQLI_SHELL_BRANCHES_H
#define SQLI_SHELL_BRANCHES_H

#include "shell/meta.h"

enum { SQLI_SH_BRANCHES = 64 };

/* Of an \if: its present branch runs; none has run yet; or no further one may. */
enum sqli_sh_branch { SQLI_SH_RUNS, SQLI_SH_WAITS, SQLI_SH_OVER };

/* The open ones of one input, the innermost last. */
struct sqli_sh_branches {
    enum sqli_sh_branch state[SQLI_SH_BRANCHES];
    bool last[SQLI_SH_BRANCHES]; /* it is that of \else */
    size_t depth;
    size_t beyond; /* more of them, for which there is no room: they are passed over */
};

/* Whether what is read now is passed over. */
bool sqli__sh_skips(const struct sqli_sh *sh);

void sqli__sh_meta_if(struct sqli_sh_meta *meta);
void sqli__sh_meta_elif(struct sqli_sh_meta *meta);
void sqli__sh_meta_else(struct sqli_sh_meta *meta);
void sqli__sh_meta_endif(struct sqli_sh_meta *meta);

#endif
