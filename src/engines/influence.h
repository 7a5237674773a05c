#pragma once
/*
 * influence: who counts in a net of people, by the usual measures.
 *
 * Pure but for working memory, which each function takes from malloc and gives
 * back before it returns (MW_NO_MEMORY when it is refused). Outputs are the
 * caller's arrays of graph->n_people numbers, written only on MW_OK.
 * Each value depends on the graph alone, never on the order of the ties.
 * See docs/methods/influence.md.
 */
#include "engines/graph.h"

/* Ties that exist out of those that could, 0..1. MW_EMPTY for one person. O(1). */
MwStatus mw_influence_density(const MwGraph *graph, double *out);
/* Share of directed ties that are returned, 0..1. MW_EMPTY without ties. O(ties log degree). */
MwStatus mw_influence_reciprocity(const MwGraph *graph, double *out);

/*
 * How often a person lies on the shortest ways between two others, summed over
 * all ordered pairs (directed) or pairs (undirected). `normalised` divides by
 * their number, (n-1)(n-2) or half of it, to 0..1; with n < 3 all are 0.
 * Brandes, "A faster algorithm for betweenness centrality", J. Math. Sociology 25, 2001.
 * O(people * ties).
 */
MwStatus mw_influence_betweenness(const MwGraph *graph, bool normalised, double *out);

/*
 * How near a person is to those who can reach him: (r/d) * (r/(n-1)), with r
 * the number that reach him and d the sum of their distances; 0 when nobody does.
 * Freeman 1979; the second factor for nets in parts: Wasserman and Faust 1994, eq. 5.22.
 * O(people * ties).
 */
MwStatus mw_influence_closeness(const MwGraph *graph, double *out);

/*
 * The share of time that a walker spends with each person who follows a random
 * tie with probability `damping` and else starts anew anywhere, as he does where no
 * tie leads on. Sums to 1. Brin and Page 1998. `damping` 0 <= d < 1, else MW_OUT_OF_RANGE.
 * MW_NOT_CONVERGED when the sum of changes stays above 1e-12 for 10,000 rounds.
 */
MwStatus mw_influence_pagerank(const MwGraph *graph, double damping, double *out);

/*
 * One counts by those who go to him, in proportion to how they count: the
 * leading eigenvector, length 1. Bonacich 1972. MW_NO_SOLUTION on a graph without
 * a cycle (a reporting line), where the only eigenvalue is 0 and the measure says
 * nothing; MW_NOT_CONVERGED when 10,000 rounds do not settle it to 1e-12 a person.
 */
MwStatus mw_influence_eigenvector(const MwGraph *graph, double *out);

/* People without whom the net (ties taken both ways) falls into more parts: out[p] is true.
 * Hopcroft and Tarjan 1973. O(people + ties). */
MwStatus mw_influence_articulation(const MwGraph *graph, bool *out);

/*
 * A shortest way from one person to another along the ties: path[0] = from, …,
 * path[*length] = to. `path` has room for n_people. Of several, the one whose
 * people come first by number, seen from the end. MW_NO_SOLUTION when there is none,
 * MW_OUT_OF_RANGE for a person who does not exist. O(people + ties).
 */
MwStatus mw_influence_path(const MwGraph *graph, uint32_t from, uint32_t to, uint32_t *path,
                           size_t *length);

typedef struct {
    size_t covered;     /* people in the set or going to one in it */
    size_t upper_bound; /* no set of this size covers more; = covered when exact */
    bool exact;
} MwCoverage;

#define MW_COVERAGE_WORK 2000000u /* people looked at, over all branches */
#define MW_COVERAGE_SET_MAX 64u

/*
 * The set of k people who together are asked by the most: a person covers
 * himself and everyone who goes to him. Branch and bound from the greedy set, exact when
 * it ends within MW_COVERAGE_WORK; else the best found, at least the greedy one,
 * which reaches 1 - 1/e of the best (Nemhauser, Wolsey, Fisher 1978), with the
 * bound of the largest k additions. `set` has room for k, ascending by number.
 * MW_OUT_OF_RANGE unless 1 <= k <= n_people, MW_TOO_LARGE above MW_COVERAGE_SET_MAX.
 * Several sets may tie.
 */
MwStatus mw_influence_coverage(const MwGraph *graph, size_t k, uint32_t *set, MwCoverage *out);
