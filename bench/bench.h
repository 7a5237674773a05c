#pragma once
/*
 * bench: what the benchmark programs share. script/bench builds the release of them, runs them, and makes one table.
 *
 * To add one: bench_<name>.c with a line in meson.build; or run_<name>, an executable script for what runs a server or
 * another tool. Either prints rows, tab-separated: work, Millwright's measure, what it is compared with, that one's
 * measure, ratio. The ratio is how many times as fast Millwright is, both measured side by side in this run.
 */
#include <glib.h>
#include <stdio.h>

/* Debian's, which has Debian's python3-numpy and python3-scipy; another one on the PATH need not. */
#define BENCH_PYTHON "/usr/bin/python3"

/* Seconds of one run of `work`: the best of at least three and of as many as half a second holds. */
static inline double
bench_best_s(void (*work)(void *data), void *data)
{
    double best = G_MAXDOUBLE;
    int64_t end = g_get_monotonic_time() + G_USEC_PER_SEC / 2;

    for (int runs = 0; runs < 3 || g_get_monotonic_time() < end; runs++) {
        int64_t start = g_get_monotonic_time();
        work(data);
        best = MIN(best, (double)(g_get_monotonic_time() - start) / G_USEC_PER_SEC);
    }
    return best;
}

static inline void
bench_print_s(double s)
{
    if (s >= 1.0)
        printf("%.2f s", s);
    else if (s >= 1e-3)
        printf("%.2f ms", s * 1e3);
    else
        printf("%.2f µs", s * 1e6);
}

/* A row of times in seconds. Where there is nothing to compare with, `theirs_s` is 0 and `reference` says why. */
static inline void
bench_row_s(const char *work, double ours_s, const char *reference, double theirs_s)
{
    printf("%s\t", work);
    bench_print_s(ours_s);
    printf("\t%s\t", reference);
    if (theirs_s > 0.0) {
        bench_print_s(theirs_s);
        printf("\t%.2f\n", theirs_s / ours_s);
    } else {
        printf("–\t–\n");
    }
    fflush(stdout);
}

/* A row of rates, such as draws or requests a second. */
static inline void
bench_row_per_s(const char *work, double ours, const char *reference, double theirs)
{
    printf("%s\t%.0f/s\t%s\t", work, ours, reference);
    if (theirs > 0.0)
        printf("%.0f/s\t%.2f\n", theirs, ours / theirs);
    else
        printf("–\t–\n");
    fflush(stdout);
}
