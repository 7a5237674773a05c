#pragma once
/*
 * graph: who goes to whom, packed for walking in both directions.
 *
 * Compressed sparse rows: the neighbours of one person are next to each other
 * and in ascending order, so that every walk is in one fixed order whatever the
 * order of the ties in the file was.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engines/status.h"

#define MW_GRAPH_PEOPLE_MAX 1000000u
#define MW_GRAPH_TIES_MAX 20000000u

/* `from` goes to `to` (for advice, for approval); people are 0..n_people-1. */
typedef struct {
    uint32_t from, to;
} MwTie;

/* Neighbours of person p: at[start[p]] .. at[start[p + 1] - 1]. */
typedef struct {
    uint32_t *start; /* n_people + 1 of them */
    uint32_t *at;
} MwNeighbours;

typedef struct {
    size_t n_people;
    size_t n_ties;    /* distinct; an undirected tie counts once */
    size_t n_loops;   /* ties of somebody with himself that were left out */
    size_t n_repeats; /* repetitions that were left out */
    bool undirected;
    MwNeighbours out, in; /* of an undirected graph: the same memory */
} MwGraph;

/*
 * Builds a graph from ties; allocates four arrays that mw_graph_clear() frees.
 * Undirected: each tie is walked both ways, and a-b and b-a are one tie.
 * MW_EMPTY without people, MW_OUT_OF_RANGE when a tie names nobody, MW_TOO_LARGE
 * above the limits, MW_NO_MEMORY. O(people + ties), but for the sort of each row.
 */
MwStatus mw_graph_build(size_t n_people, const MwTie *ties, size_t n_ties, bool undirected,
                        MwGraph *out);
/* Frees the arrays and zeroes the graph; a zeroed graph is fine. */
void mw_graph_clear(MwGraph *graph);

static inline size_t
mw_graph_degree(const MwNeighbours *neighbours, size_t person)
{
    return neighbours->start[person + 1] - neighbours->start[person];
}

/* Whether `from` goes to `to`. O(log degree). */
bool mw_graph_has(const MwGraph *graph, uint32_t from, uint32_t to);
/* Whether no walk along the ties ever returns; always false for an undirected graph with a
 * tie. MW_NO_MEMORY. O(people + ties). */
MwStatus mw_graph_is_acyclic(const MwGraph *graph, bool *out);
