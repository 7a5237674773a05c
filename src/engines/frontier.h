#pragma once
/*
 * frontier: what two sides can agree on when each values every issue on its own.
 *
 * An outcome picks one option for each issue; a side's utility is the sum of what
 * the picked options add (Keeney & Raiffa, Decisions with Multiple Objectives,
 * ch. 3: additive utility). The Pareto frontier, the outcomes that no other one
 * beats for one side without loss to the other, is found without going through
 * the outcomes: a frontier outcome consists of partial outcomes that are on the
 * frontier of their own issues, or a better part could be put in. So issues are
 * added one at a time and dominated partial sums dropped (Nemhauser & Ullmann,
 * Management Science 15(9), 1969, for the knapsack problem).
 *
 * Utilities that differ by no more than MW_TIE count as equal. What is guaranteed:
 * if any two sums of options that differ at all differ by more than MW_TIE and its
 * rounding, the frontier is exact, with every tie counted; where they lie closer,
 * no point given is beaten by more than MW_TIE an issue.
 *
 * Pure; what allocates says so. Method and sources: docs/methods/negotiation.md.
 */
#include <stddef.h>
#include <stdint.h>

#include "engines/status.h"

enum {
    MW_ISSUES_MAX = 64,
    MW_OPTIONS_MAX = 100 * 1000,         /* of one issue                            */
    MW_FRONTIER_MAX = 4 * 1024 * 1024,   /* points of all levels of one frontier    */
    MW_COUNT_HALF_MAX = 4 * 1024 * 1024, /* outcomes of either half of the issues   */
};

#define MW_TIE 1e-12

typedef struct {
    size_t n_issues;         /* 1..MW_ISSUES_MAX                                            */
    const size_t *n_options; /* of each issue, 1..MW_OPTIONS_MAX                            */
    const double *a, *b;     /* what each option adds to the utility of side A and of side B,
                                issue after issue; each at most 1000 in size                */
} MwBargain;

/* MW_EMPTY, MW_TOO_LARGE, MW_NOT_FINITE, MW_OUT_OF_RANGE, or MW_OK. O(options). */
MwStatus mw_bargain_check(const MwBargain *bargain);

/* The number of outcomes. MW_TOO_LARGE above INT64_MAX. */
MwStatus mw_outcome_count(const MwBargain *bargain, uint64_t *count);

/* The utilities of one outcome: options[i] is the index of the option of issue i. */
void mw_outcome_utilities(const MwBargain *bargain, const size_t *options, double *a, double *b);

/* A point of the frontier. */
typedef struct {
    double a, b;     /* utilities of side A and side B                                    */
    uint64_t ways;   /* outcomes that give them, ties included                            */
    uint32_t option; /* of the level's first issue, in one of them                        */
    uint32_t rest;   /* the point of the next level that the other issues give            */
} MwPoint;

typedef struct MwFrontier MwFrontier;

/*
 * Builds the frontier. Allocates with malloc, 32 bytes a point of all levels, twice that while
 * it builds; free with mw_frontier_free (NULL is fine). O(n_issues * options * points *
 * log options); MW_TOO_LARGE beyond MW_FRONTIER_MAX points, MW_NO_MEMORY, and as
 * mw_bargain_check().
 */
MwStatus mw_frontier_new(const MwBargain *bargain, MwFrontier **frontier);
void mw_frontier_free(MwFrontier *frontier);

/* The points, from best for A to best for B: a falls and b rises. Borrowed. Level 0 is the whole
 * frontier; level i, up to n_issues (one point, 0, 0), that of issues i and after alone. */
const MwPoint *mw_frontier_points(const MwFrontier *frontier, size_t level, size_t *n);

/* One outcome that gives point `index` of level 0, into options[0..n_issues-1]. */
void mw_frontier_outcome(const MwFrontier *frontier, size_t index, size_t *options);

/*
 * The number of outcomes with a utility of at least `low_a` for A and `low_b` for B (less than
 * MW_TIE below counts), exactly and without going through them: the issues are halved, and pairs
 * of half outcomes counted by sorting and a Fenwick tree (E. Horowitz & S. Sahni, JACM 21(2),
 * 1974; P. Fenwick, Softw. Pract. Exp. 24(3), 1994). With n outcomes O(sqrt(n) log n) when the
 * halves are alike. Always answered when a bound is met by every outcome or by none, and up to
 * MW_COUNT_HALF_MAX outcomes in each half (10^13 or so in all); else MW_TOO_LARGE. Allocates and
 * frees up to 60 bytes a half outcome.
 */
MwStatus mw_rational_count(const MwBargain *bargain, double low_a, double low_b, uint64_t *count);
