/* coverage: the k people who together are asked by the most; declared in influence.h. */
#include <stdlib.h>
#include <string.h>

#include "engines/influence.h"

typedef struct {
    const MwGraph *graph;
    size_t k;
    uint32_t *hits;   /* of each person: how many of the set cover him */
    size_t *gains;    /* k + 1 rows of n: what each person would add at a depth */
    uint32_t *chosen; /* the branch being looked at */
    uint32_t *best;
    size_t best_covered;
    uint32_t steps_left;
} Search;

/* Takes a person into the set (step 1) or out of it (step -1); how many were newly covered. */
static size_t
turn(Search *s, uint32_t p, int step)
{
    const MwNeighbours *in = &s->graph->in;
    const uint32_t before = step > 0 ? 0 : 1;
    size_t changed = s->hits[p] == before;

    s->hits[p] += (uint32_t)step;
    for (uint32_t i = in->start[p]; i < in->start[p + 1]; i++) {
        changed += s->hits[in->at[i]] == before;
        s->hits[in->at[i]] += (uint32_t)step;
    }
    return changed;
}

static size_t
gain(const Search *s, uint32_t p)
{
    const MwNeighbours *in = &s->graph->in;
    size_t fresh = s->hits[p] == 0;

    for (uint32_t i = in->start[p]; i < in->start[p + 1]; i++)
        fresh += s->hits[in->at[i]] == 0;
    return fresh;
}

/* The sum of the `k` largest of gains[first..n-1]: gains only shrink as the set grows, so no
 * k people add more. `heap` has room for k. O(n k) at worst, but mostly one comparison each. */
static size_t
largest(const size_t *gains, size_t first, size_t n, size_t k, size_t *heap)
{
    size_t held = 0, sum = 0;

    for (size_t p = first; p < n; p++) {
        size_t at = held;
        if (held < k)
            held++;
        else if (gains[p] > heap[k - 1])
            at = k - 1;
        else
            continue;
        for (; at > 0 && heap[at - 1] < gains[p]; at--)
            heap[at] = heap[at - 1];
        heap[at] = gains[p];
    }
    for (size_t i = 0; i < held; i++)
        sum += heap[i];
    return sum;
}

static void
greedy(Search *s)
{
    for (size_t i = 0; i < s->k; i++) {
        uint32_t pick = UINT32_MAX;
        size_t most = 0;
        for (uint32_t p = 0; p < s->graph->n_people; p++) {
            bool taken = false;
            for (size_t j = 0; j < i && !taken; j++)
                taken = s->best[j] == p;
            const size_t fresh = taken ? 0 : gain(s, p);
            if (!taken && (pick == UINT32_MAX || fresh > most)) {
                pick = p;
                most = fresh;
            }
        }
        s->best[i] = pick;
        s->best_covered += turn(s, pick, 1);
    }
    for (size_t i = 0; i < s->k; i++)
        turn(s, s->best[i], -1);
}

/* Tries every set that continues `chosen` with people from `first` on and could be better. */
static void
branch(Search *s, size_t depth, uint32_t first, size_t covered, size_t *heap)
{
    const size_t n = s->graph->n_people, left = s->k - depth;
    size_t *gains = s->gains + depth * n;

    if (covered > s->best_covered && depth == s->k) {
        s->best_covered = covered;
        memcpy(s->best, s->chosen, s->k * sizeof *s->best);
    }
    if (left == 0)
        return;
    for (uint32_t p = first; p < n; p++)
        gains[p] = gain(s, p);
    for (uint32_t p = first; p + left <= n && s->steps_left > 0; p++) {
        if (covered + largest(gains, p, n, left, heap) <= s->best_covered)
            return;
        s->steps_left--;
        s->chosen[depth] = p;
        const size_t fresh = turn(s, p, 1);
        branch(s, depth + 1, p + 1, covered + fresh, heap);
        turn(s, p, -1);
    }
}

static int
compare(const void *a, const void *b)
{
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static void
search(Search *s, size_t *heap, uint32_t *set, MwCoverage *out)
{
    const size_t n = s->graph->n_people;

    greedy(s);
    for (uint32_t p = 0; p < n; p++)
        s->gains[p] = gain(s, p);
    const size_t ceiling = largest(s->gains, 0, n, s->k, heap);

    branch(s, 0, 0, 0, heap);
    const bool exact = s->steps_left > 0;
    qsort(s->best, s->k, sizeof *s->best, compare);
    memcpy(set, s->best, s->k * sizeof *set);
    *out = (MwCoverage){
        .covered = s->best_covered,
        .upper_bound = exact ? s->best_covered : (ceiling < n ? ceiling : n),
        .exact = exact || s->best_covered == (ceiling < n ? ceiling : n),
    };
}

MwStatus
mw_influence_coverage(const MwGraph *graph, size_t k, uint32_t *set, MwCoverage *out)
{
    const size_t n = graph->n_people;
    if (k < 1 || k > n)
        return MW_OUT_OF_RANGE;
    if (k > MW_COVERAGE_SET_MAX)
        return MW_TOO_LARGE;

    Search s = {
        .graph = graph,
        .k = k,
        .hits = calloc(n, sizeof *s.hits),
        .gains = calloc((k + 1) * n, sizeof *s.gains),
        .chosen = calloc(2 * k, sizeof *s.chosen),
        .steps_left = (uint32_t)(MW_COVERAGE_WORK / n + 1),
    };
    size_t *heap = calloc(k, sizeof *heap);
    MwStatus status = MW_NO_MEMORY;
    if (s.hits && s.gains && s.chosen && heap) {
        s.best = s.chosen + k;
        search(&s, heap, set, out);
        status = MW_OK;
    }
    free(s.hits);
    free(s.gains);
    free(s.chosen);
    free(heap);
    return status;
}
