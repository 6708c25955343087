/* What the benchmarks share: a clock, a best-of loop, a sink that the optimiser cannot see through,
 * and one line of output per figure. */
#ifndef SQLI_BENCH_BENCH_H
#define SQLI_BENCH_BENCH_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* How often a measurement is taken; the best counts, for the rest is other people's noise. */
enum { BENCH_ROUNDS = 25 };

static inline double bench_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static inline void bench_keep(const void *memory)
{
    __asm__ volatile("" : : "r"(memory) : "memory");
}

/* The first argument of a benchmark, or BENCH_ROUNDS. */
static inline int bench_rounds(int argc, char **argv)
{
    long rounds = argc > 1 ? strtol(argv[1], NULL, 10) : BENCH_ROUNDS;
    return rounds > 0 && rounds < 100000 ? (int)rounds : BENCH_ROUNDS;
}

/* Nanoseconds for one of `items`, in the best of `rounds` runs of `work`. */
static inline double bench_best(int rounds, size_t items, void (*work)(void *context),
                                void *context)
{
    double best = 1e30;
    for (int i = 0; i < rounds; i++) {
        double start = bench_now();
        work(context);
        double took = bench_now() - start;
        best = took < best ? took : best;
    }
    return best / (double)items;
}

static inline void bench_print(const char *what, double nanoseconds)
{
    printf("%-52s %9.1f ns\n", what, nanoseconds);
}

#endif
