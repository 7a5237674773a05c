#include "engines/graph.h"

#include <stdlib.h>
#include <string.h>

static int
compare(const void *a, const void *b)
{
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* Adds one arc to the counts of pass 1 (`at` NULL) or to the row in pass 2. */
static void
put(uint32_t *start, uint32_t *at, uint32_t from, uint32_t to)
{
    if (at)
        at[start[from]++] = to;
    else
        start[from + 1]++;
}

static void
put_all(const MwTie *ties, size_t n_ties, bool undirected, bool reversed, uint32_t *start,
        uint32_t *at)
{
    for (size_t i = 0; i < n_ties; i++) {
        const uint32_t from = reversed ? ties[i].to : ties[i].from;
        const uint32_t to = reversed ? ties[i].from : ties[i].to;
        if (from == to)
            continue;
        put(start, at, from, to);
        if (undirected)
            put(start, at, to, from);
    }
}

/* Sorts each row and closes the gaps that repetitions leave; returns the arcs that remain. */
static size_t
tidy(size_t n, uint32_t *start, uint32_t *at)
{
    size_t kept = 0;
    uint32_t begin = 0;

    for (size_t p = 0; p < n; p++) {
        const uint32_t end = start[p + 1];
        qsort(at + begin, end - begin, sizeof *at, compare);
        start[p] = (uint32_t)kept;
        for (uint32_t i = begin; i < end; i++)
            if (i == begin || at[i] != at[i - 1])
                at[kept++] = at[i];
        begin = end;
    }
    start[n] = (uint32_t)kept;
    return kept;
}

static bool
fill(size_t n, const MwTie *ties, size_t n_ties, bool undirected, bool reversed, MwNeighbours *rows,
     size_t *n_arcs)
{
    const size_t room = (undirected ? 2 : 1) * n_ties;

    rows->start = calloc(n + 1, sizeof *rows->start);
    rows->at = malloc((room ? room : 1) * sizeof *rows->at);
    if (!rows->start || !rows->at)
        return false;

    put_all(ties, n_ties, undirected, reversed, rows->start, NULL);
    for (size_t p = 0; p < n; p++)
        rows->start[p + 1] += rows->start[p];
    put_all(ties, n_ties, undirected, reversed, rows->start, rows->at);
    /* Filling moved each start to its end, which is the start of the next row. */
    memmove(rows->start + 1, rows->start, n * sizeof *rows->start);
    rows->start[0] = 0;
    *n_arcs = tidy(n, rows->start, rows->at);
    return true;
}

MwStatus
mw_graph_build(size_t n_people, const MwTie *ties, size_t n_ties, bool undirected, MwGraph *out)
{
    if (n_people == 0)
        return MW_EMPTY;
    if (n_people > MW_GRAPH_PEOPLE_MAX || n_ties > MW_GRAPH_TIES_MAX)
        return MW_TOO_LARGE;

    MwGraph graph = { .n_people = n_people, .undirected = undirected };
    for (size_t i = 0; i < n_ties; i++) {
        if (ties[i].from >= n_people || ties[i].to >= n_people)
            return MW_OUT_OF_RANGE;
        graph.n_loops += ties[i].from == ties[i].to;
    }

    size_t n_arcs = 0;
    bool done = fill(n_people, ties, n_ties, undirected, false, &graph.out, &n_arcs);
    if (undirected)
        graph.in = graph.out;
    else
        done = done && fill(n_people, ties, n_ties, false, true, &graph.in, &n_arcs);
    if (!done) {
        mw_graph_clear(&graph);
        return MW_NO_MEMORY;
    }
    graph.n_ties = undirected ? n_arcs / 2 : n_arcs;
    graph.n_repeats = n_ties - graph.n_loops - graph.n_ties;
    *out = graph;
    return MW_OK;
}

void
mw_graph_clear(MwGraph *graph)
{
    if (!graph->undirected) {
        free(graph->in.start);
        free(graph->in.at);
    }
    free(graph->out.start);
    free(graph->out.at);
    *graph = (MwGraph){ 0 };
}

bool
mw_graph_has(const MwGraph *graph, uint32_t from, uint32_t to)
{
    const uint32_t *row = graph->out.at + graph->out.start[from];
    return bsearch(&to, row, mw_graph_degree(&graph->out, from), sizeof to, compare) != NULL;
}

MwStatus
mw_graph_is_acyclic(const MwGraph *graph, bool *out)
{
    const size_t n = graph->n_people;
    uint32_t *waits = malloc(n * sizeof *waits), *queue = malloc(n * sizeof *queue);
    if (!waits || !queue) {
        free(waits);
        free(queue);
        return MW_NO_MEMORY;
    }

    /* Kahn 1962: take away whoever nobody goes to, until nobody is left or all wait in a circle. */
    size_t head = 0, tail = 0;
    for (size_t p = 0; p < n; p++) {
        waits[p] = (uint32_t)mw_graph_degree(&graph->in, p);
        if (waits[p] == 0)
            queue[tail++] = (uint32_t)p;
    }
    while (head < tail) {
        const uint32_t p = queue[head++];
        for (uint32_t i = graph->out.start[p]; i < graph->out.start[p + 1]; i++)
            if (--waits[graph->out.at[i]] == 0)
                queue[tail++] = graph->out.at[i];
    }
    *out = tail == n;
    free(waits);
    free(queue);
    return MW_OK;
}
