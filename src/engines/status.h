#pragma once
/*
 * status: what the engines answer when they cannot compute.
 *
 * The engines are pure: C17 on libc and libm, no I/O, no globals, no clock, no
 * GLib. Every function that can refuse returns MwStatus and leaves its outputs
 * untouched unless it is MW_OK. Input is checked so that a NaN fails.
 *
 * To add an engine: one pair of files here, one line in meson.build, a page in
 * docs/methods/, a table of cases in tests/unit/test_<engine>.c.
 */

typedef enum {
    MW_OK = 0,
    MW_EMPTY,          /* no rows, no people, no flows: nothing to compute     */
    MW_NOT_FINITE,     /* an input is NaN or infinite                          */
    MW_OUT_OF_RANGE,   /* an input or the result lies outside the stated range */
    MW_BAD_SHAPE,      /* sizes that do not belong together                    */
    MW_NO_SOLUTION,    /* the question has no answer (no IRR, no agreement)    */
    MW_NOT_IDENTIFIED, /* the data do not determine the answer                 */
    MW_NOT_CONVERGED,  /* the iteration limit came first                       */
    MW_TOO_LARGE,      /* more than the stated limit                           */
    MW_NO_MEMORY,      /* the allocator refused                                */
} MwStatus;

/* A short English name for logs and tests, such as "not-finite"; static. */
const char *mw_status_name(MwStatus status);
