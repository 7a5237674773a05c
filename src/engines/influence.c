#include "engines/influence.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS_MAX = 10000 };
static const double tolerance = 1e-12;

MwStatus
mw_influence_density(const MwGraph *graph, double *out)
{
    const double n = (double)graph->n_people;
    if (graph->n_people < 2)
        return MW_EMPTY;
    *out = (double)graph->n_ties / (graph->undirected ? n * (n - 1) / 2 : n * (n - 1));
    return MW_OK;
}

MwStatus
mw_influence_reciprocity(const MwGraph *graph, double *out)
{
    if (graph->n_ties == 0)
        return MW_EMPTY;

    size_t returned = 0, arcs = 0;
    for (uint32_t p = 0; p < graph->n_people; p++)
        for (uint32_t i = graph->out.start[p]; i < graph->out.start[p + 1]; i++, arcs++)
            returned += mw_graph_has(graph, graph->out.at[i], p);
    *out = (double)returned / (double)arcs;
    return MW_OK;
}

/* Breadth first from `source`; distances are UINT32_MAX where it does not lead. Returns how
 * many people `order` holds, nearest first. `ways`: how many shortest ways lead to each of
 * them; NULL: not asked for. */
static size_t
walk(const MwNeighbours *rows, size_t n, uint32_t source, uint32_t *distance, uint32_t *order,
     double *ways)
{
    size_t head = 0, tail = 0;

    memset(distance, 0xff, n * sizeof *distance);
    distance[source] = 0;
    order[tail++] = source;
    if (ways)
        ways[source] = 1.0;
    while (head < tail) {
        const uint32_t p = order[head++], next = distance[p] + 1;
        for (uint32_t i = rows->start[p]; i < rows->start[p + 1]; i++) {
            const uint32_t q = rows->at[i];
            if (distance[q] == UINT32_MAX) {
                distance[q] = next;
                order[tail++] = q;
                if (ways)
                    ways[q] = 0.0;
            }
            if (ways && distance[q] == next)
                ways[q] += ways[p];
        }
    }
    return tail;
}

/*
 * Adds the dependencies of one source on everybody, Brandes 2001, theorem 6. `share` is what one
 * way to a person carries: (1 + his dependency) / his number of ways.
 */
static void
add_dependencies(const MwGraph *graph, const uint32_t *distance, const uint32_t *order, size_t n,
                 const double *ways, double *share, double *sum)
{
    for (size_t i = n; i-- > 1;) {
        const uint32_t p = order[i], next = distance[p] + 1;
        double owed = 0.0;
        for (uint32_t j = graph->out.start[p]; j < graph->out.start[p + 1]; j++)
            if (distance[graph->out.at[j]] == next)
                owed += share[graph->out.at[j]];
        owed *= ways[p];
        share[p] = (1.0 + owed) / ways[p];
        sum[p] += owed;
    }
}

MwStatus
mw_influence_betweenness(const MwGraph *graph, bool normalised, double *out)
{
    const size_t n = graph->n_people;
    uint32_t *distance = malloc(2 * n * sizeof *distance), *order = distance + n;
    double *ways = calloc(3 * n, sizeof *ways), *share = ways + n, *sum = share + n;
    if (!distance || !ways) {
        free(distance);
        free(ways);
        return MW_NO_MEMORY;
    }

    for (uint32_t source = 0; source < n; source++) {
        const size_t reached = walk(&graph->out, n, source, distance, order, ways);
        add_dependencies(graph, distance, order, reached, ways, share, sum);
    }
    double scale = graph->undirected ? 0.5 : 1.0;
    if (normalised && n > 2)
        scale = 1.0 / ((double)(n - 1) * (double)(n - 2));
    for (size_t p = 0; p < n; p++)
        out[p] = sum[p] * scale;
    free(distance);
    free(ways);
    return MW_OK;
}

MwStatus
mw_influence_closeness(const MwGraph *graph, double *out)
{
    const size_t n = graph->n_people;
    uint32_t *distance = malloc(2 * n * sizeof *distance), *order = distance + n;
    if (!distance)
        return MW_NO_MEMORY;

    for (uint32_t p = 0; p < n; p++) {
        const size_t reached = walk(&graph->in, n, p, distance, order, NULL);
        const double others = (double)(reached - 1);
        double total = 0.0;
        for (size_t i = 1; i < reached; i++)
            total += distance[order[i]];
        out[p] = reached > 1 ? others / total * (others / (double)(n - 1)) : 0.0;
    }
    free(distance);
    return MW_OK;
}

/* One round of an iteration, from `now` to `next`; returns how much changed. */
typedef double (*Round)(const MwGraph *graph, double damping, const double *now, double *next);

/* Rounds from `start` for everybody until no more than `tolerance` changes. */
static MwStatus
settle(const MwGraph *graph, Round round, double damping, double start, double *out)
{
    const size_t n = graph->n_people;
    double *memory = malloc(2 * n * sizeof *memory), *now = memory, *next = memory + n;
    if (!memory)
        return MW_NO_MEMORY;

    for (size_t p = 0; p < n; p++)
        now[p] = start;
    MwStatus status = MW_NOT_CONVERGED;
    for (int i = 0; i < ROUNDS_MAX && status != MW_OK; i++) {
        if (round(graph, damping, now, next) <= tolerance)
            status = MW_OK;
        double *swap = now;
        now = next;
        next = swap;
    }
    if (status == MW_OK)
        memcpy(out, now, n * sizeof *out);
    free(memory);
    return status;
}

/* One round: everybody passes on his share along his ties. Returns the sum of changes. */
static double
pass_on(const MwGraph *graph, double damping, const double *now, double *next)
{
    const size_t n = graph->n_people;
    double stuck = 0.0, change = 0.0;

    for (size_t p = 0; p < n; p++)
        if (mw_graph_degree(&graph->out, p) == 0)
            stuck += now[p];
    const double base = (1.0 - damping + damping * stuck) / (double)n;
    for (size_t p = 0; p < n; p++) {
        double sum = 0.0;
        for (uint32_t i = graph->in.start[p]; i < graph->in.start[p + 1]; i++) {
            const uint32_t q = graph->in.at[i];
            sum += now[q] / (double)mw_graph_degree(&graph->out, q);
        }
        next[p] = base + damping * sum;
        change += fabs(next[p] - now[p]);
    }
    return change;
}

MwStatus
mw_influence_pagerank(const MwGraph *graph, double damping, double *out)
{
    if (!(damping >= 0.0 && damping < 1.0))
        return MW_OUT_OF_RANGE;
    return settle(graph, pass_on, damping, 1.0 / (double)graph->n_people, out);
}

/* One round of the power method on 1 + A, which has the eigenvectors of A but does not swing
 * on a graph in two camps. Returns the largest change. */
static double
gather(const MwGraph *graph, double damping, const double *now, double *next)
{
    (void)damping; /* is pass_on()'s alone */
    double square = 0.0, change = 0.0;

    for (size_t p = 0; p < graph->n_people; p++) {
        next[p] = now[p];
        for (uint32_t i = graph->in.start[p]; i < graph->in.start[p + 1]; i++)
            next[p] += now[graph->in.at[i]];
        square += next[p] * next[p];
    }
    for (size_t p = 0; p < graph->n_people; p++) {
        next[p] /= sqrt(square);
        change = fmax(change, fabs(next[p] - now[p]));
    }
    return change;
}

MwStatus
mw_influence_eigenvector(const MwGraph *graph, double *out)
{
    bool acyclic = false;
    MwStatus status = mw_graph_is_acyclic(graph, &acyclic);
    if (status != MW_OK)
        return status;
    if (graph->undirected ? graph->n_ties == 0 : acyclic)
        return MW_NO_SOLUTION;
    return settle(graph, gather, 0.0, 1.0 / sqrt((double)graph->n_people), out);
}

MwStatus
mw_influence_path(const MwGraph *graph, uint32_t from, uint32_t to, uint32_t *path, size_t *length)
{
    const size_t n = graph->n_people;
    if (from >= n || to >= n)
        return MW_OUT_OF_RANGE;
    uint32_t *distance = malloc(2 * n * sizeof *distance), *order = distance + n;
    if (!distance)
        return MW_NO_MEMORY;

    walk(&graph->out, n, from, distance, order, NULL);
    const uint32_t steps = distance[to];
    if (steps != UINT32_MAX) {
        path[steps] = to;
        for (uint32_t left = steps; left > 0; left--) {
            uint32_t i = graph->in.start[path[left]];
            while (distance[graph->in.at[i]] != left - 1)
                i++;
            path[left - 1] = graph->in.at[i];
        }
        *length = steps;
    }
    free(distance);
    return steps == UINT32_MAX ? MW_NO_SOLUTION : MW_OK;
}

/* The i-th neighbour of p with ties taken both ways; UINT32_MAX past the last. */
static uint32_t
either(const MwGraph *graph, uint32_t p, uint32_t i)
{
    const size_t n_out = mw_graph_degree(&graph->out, p);
    if (i < n_out)
        return graph->out.at[graph->out.start[p] + i];
    if (graph->undirected || i - n_out >= mw_graph_degree(&graph->in, p))
        return UINT32_MAX;
    return graph->in.at[graph->in.start[p] + i - n_out];
}

/* The state of the depth-first walk, n of each; `low` is the earliest person that a branch
 * reaches without its own root. */
typedef struct {
    uint32_t *found, *low, *parent, *next;
    uint32_t time;
} Dive;

/* Walks one part of the net from its root; people are marked when a branch below them can
 * reach nobody above them. */
static void
dive(const MwGraph *graph, Dive *d, uint32_t root, bool *cut)
{
    uint32_t p = root, branches = 0;

    d->found[root] = d->low[root] = ++d->time;
    d->parent[root] = UINT32_MAX;
    while (p != UINT32_MAX) {
        const uint32_t q = either(graph, p, d->next[p]++), above = d->parent[p];
        if (q != UINT32_MAX && d->found[q] == 0) {
            d->found[q] = d->low[q] = ++d->time;
            d->parent[q] = p;
            p = q;
        } else if (q != UINT32_MAX) {
            if (q != above && d->found[q] < d->low[p])
                d->low[p] = d->found[q];
        } else {
            if (above == root)
                branches++;
            else if (above != UINT32_MAX && d->low[p] >= d->found[above])
                cut[above] = true;
            if (above != UINT32_MAX && d->low[p] < d->low[above])
                d->low[above] = d->low[p];
            p = above;
        }
    }
    cut[root] = branches > 1;
}

MwStatus
mw_influence_articulation(const MwGraph *graph, bool *out)
{
    const size_t n = graph->n_people;
    uint32_t *memory = calloc(4 * n, sizeof *memory);
    if (!memory)
        return MW_NO_MEMORY;

    Dive d = { memory, memory + n, memory + 2 * n, memory + 3 * n, 0 };
    memset(out, 0, n * sizeof *out);
    for (uint32_t p = 0; p < n; p++)
        if (d.found[p] == 0)
            dive(graph, &d, p, out);
    free(memory);
    return MW_OK;
}
