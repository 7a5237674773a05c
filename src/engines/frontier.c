#include "engines/frontier.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    MwPoint *points;
    size_t n;
} List;

struct MwFrontier {
    size_t n_issues;
    List levels[MW_ISSUES_MAX + 1];
};

MwStatus
mw_bargain_check(const MwBargain *bargain)
{
    size_t n = 0;

    if (bargain->n_issues == 0)
        return MW_EMPTY;
    if (bargain->n_issues > MW_ISSUES_MAX)
        return MW_TOO_LARGE;
    for (size_t i = 0; i < bargain->n_issues; i++) {
        if (bargain->n_options[i] == 0)
            return MW_EMPTY;
        if (bargain->n_options[i] > MW_OPTIONS_MAX)
            return MW_TOO_LARGE;
        n += bargain->n_options[i];
    }
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(bargain->a[i]) || !isfinite(bargain->b[i]))
            return MW_NOT_FINITE;
        if (fabs(bargain->a[i]) > 1000.0 || fabs(bargain->b[i]) > 1000.0)
            return MW_OUT_OF_RANGE;
    }
    return MW_OK;
}

MwStatus
mw_outcome_count(const MwBargain *bargain, uint64_t *count)
{
    MwStatus status = mw_bargain_check(bargain);
    if (status != MW_OK)
        return status;

    uint64_t product = 1;
    for (size_t i = 0; i < bargain->n_issues; i++) {
        if (product > INT64_MAX / bargain->n_options[i])
            return MW_TOO_LARGE;
        product *= bargain->n_options[i];
    }
    *count = product;
    return MW_OK;
}

void
mw_outcome_utilities(const MwBargain *bargain, const size_t *options, double *a, double *b)
{
    double sum_a = 0.0, sum_b = 0.0;

    for (size_t i = 0, first = 0; i < bargain->n_issues; first += bargain->n_options[i++]) {
        sum_a += bargain->a[first + options[i]];
        sum_b += bargain->b[first + options[i]];
    }
    *a = sum_a;
    *b = sum_b;
}

static uint64_t
saturating_add(uint64_t x, uint64_t y)
{
    return x > UINT64_MAX - y ? UINT64_MAX : x + y;
}

static uint64_t
saturating_multiply(uint64_t x, uint64_t y)
{
    return x > UINT64_MAX / y ? UINT64_MAX : x * y;
}

/* Adds the next point of a sequence in which a never rises; keeps `list` a frontier. */
static inline void
append(List *list, const MwPoint *point)
{
    MwPoint *last = list->n > 0 ? &list->points[list->n - 1] : NULL;

    if (!last || (point->a < last->a - MW_TIE && point->b > last->b + MW_TIE))
        list->points[list->n++] = *point;
    else if (point->a >= last->a - MW_TIE && point->b > last->b + MW_TIE)
        *last = *point;
    else if (point->a >= last->a - MW_TIE && point->b >= last->b - MW_TIE)
        last->ways = saturating_add(last->ways, point->ways);
}

static void
merge(const List *x, const List *y, List *out)
{
    size_t i = 0, j = 0;

    out->n = 0;
    while (i < x->n && j < y->n)
        append(out, x->points[i].a >= y->points[j].a ? &x->points[i++] : &y->points[j++]);
    while (i < x->n)
        append(out, &x->points[i++]);
    while (j < y->n)
        append(out, &y->points[j++]);
}

static MwStatus
list_new(size_t n, List *list)
{
    *list = (List){ .points = malloc((n + 1) * sizeof *list->points) };
    return list->points ? MW_OK : MW_NO_MEMORY;
}

/* The frontier of options first..last-1 (each a point) combined with `rest`. */
static MwStatus
combine(const MwPoint *options, size_t first, size_t last, const List *rest, List *out)
{
    MwStatus status;

    if (last - first == 1) {
        if ((status = list_new(rest->n, out)) != MW_OK)
            return status;
        for (size_t i = 0; i < rest->n; i++)
            out->points[out->n++] = (MwPoint){
                .a = options[first].a + rest->points[i].a,
                .b = options[first].b + rest->points[i].b,
                .ways = saturating_multiply(options[first].ways, rest->points[i].ways),
                .option = options[first].option,
                .rest = (uint32_t)i,
            };
        return MW_OK;
    }
    size_t middle = first + (last - first) / 2;
    List left = { NULL, 0 }, right = { NULL, 0 };
    status = combine(options, first, middle, rest, &left);
    if (status == MW_OK)
        status = combine(options, middle, last, rest, &right);
    if (status == MW_OK)
        status = list_new(left.n + right.n, out);
    if (status == MW_OK)
        merge(&left, &right, out);
    free(left.points);
    free(right.points);
    if (status == MW_OK && out->n > MW_FRONTIER_MAX) {
        free(out->points);
        status = MW_TOO_LARGE;
    }
    return status;
}

static int
by_a_falling(const void *x, const void *y)
{
    const MwPoint *p = x, *q = y;

    if (p->a != q->a)
        return p->a > q->a ? -1 : 1;
    if (p->b != q->b)
        return p->b > q->b ? -1 : 1;
    return p->option < q->option ? -1 : 1;
}

/* The frontier of one issue's options alone. */
static MwStatus
option_list(const double *a, const double *b, size_t n, List *out)
{
    MwStatus status = list_new(n, out);
    if (status != MW_OK)
        return status;

    for (size_t i = 0; i < n; i++)
        out->points[i] = (MwPoint){ .a = a[i], .b = b[i], .ways = 1, .option = (uint32_t)i };
    qsort(out->points, n, sizeof *out->points, by_a_falling);
    for (size_t i = 0; i < n; i++) { /* in place: a list never outgrows what was read */
        MwPoint point = out->points[i];
        append(out, &point);
    }
    return MW_OK;
}

static MwStatus
add_issue(MwFrontier *frontier, size_t issue, const double *a, const double *b, size_t n)
{
    List options, *out = &frontier->levels[issue];
    MwStatus status = option_list(a, b, n, &options);

    if (status == MW_OK)
        status = combine(options.points, 0, options.n, &frontier->levels[issue + 1], out);
    else
        options.points = NULL;
    free(options.points);
    if (status != MW_OK) {
        out->points = NULL;
        return status;
    }
    MwPoint *fitted = realloc(out->points, out->n * sizeof *out->points);
    if (fitted)
        out->points = fitted;
    return MW_OK;
}

MwStatus
mw_frontier_new(const MwBargain *bargain, MwFrontier **out)
{
    MwStatus status = mw_bargain_check(bargain);
    if (status != MW_OK)
        return status;

    MwFrontier *frontier = calloc(1, sizeof *frontier);
    if (!frontier)
        return MW_NO_MEMORY;
    frontier->n_issues = bargain->n_issues;
    size_t first = 0, total = 1;
    for (size_t i = 0; i < bargain->n_issues; i++)
        first += bargain->n_options[i];
    status = list_new(1, &frontier->levels[bargain->n_issues]);
    if (status == MW_OK) {
        frontier->levels[bargain->n_issues].n = 1;
        frontier->levels[bargain->n_issues].points[0] = (MwPoint){ .ways = 1 };
    }
    for (size_t i = bargain->n_issues; status == MW_OK && i-- > 0;) {
        first -= bargain->n_options[i];
        status =
            add_issue(frontier, i, bargain->a + first, bargain->b + first, bargain->n_options[i]);
        total += frontier->levels[i].n;
        if (status == MW_OK && total > MW_FRONTIER_MAX)
            status = MW_TOO_LARGE;
    }
    if (status != MW_OK) {
        mw_frontier_free(frontier);
        return status;
    }
    *out = frontier;
    return MW_OK;
}

void
mw_frontier_free(MwFrontier *frontier)
{
    if (!frontier)
        return;
    for (size_t i = 0; i <= frontier->n_issues; i++)
        free(frontier->levels[i].points);
    free(frontier);
}

const MwPoint *
mw_frontier_points(const MwFrontier *frontier, size_t level, size_t *n)
{
    *n = frontier->levels[level].n;
    return frontier->levels[level].points;
}

void
mw_frontier_outcome(const MwFrontier *frontier, size_t index, size_t *options)
{
    for (size_t i = 0; i < frontier->n_issues; i++) {
        const MwPoint *point = &frontier->levels[i].points[index];
        options[i] = point->option;
        index = point->rest;
    }
}

/* ---- counting ------------------------------------------------------------------------------- */

/* Some of the issues; an outcome of them has a code: its options as digits. */
typedef struct {
    size_t n_issues, n_outcomes;
    size_t first[MW_ISSUES_MAX], n_options[MW_ISSUES_MAX]; /* where their options lie */
} Half;

/* A half outcome by one side's utility. */
typedef struct {
    double utility;
    uint32_t code;
} Ranked;

/* Without a branch on the data, which no processor foresees. */
static void
merge_runs(const Ranked *x, size_t nx, const Ranked *y, size_t ny, Ranked *out)
{
    const Ranked *x_end = x + nx, *y_end = y + ny;

    while (x < x_end && y < y_end) {
        bool take_x = x->utility >= y->utility;
        *out++ = *(take_x ? x : y);
        x += take_x;
        y += !take_x;
    }
    memcpy(out, x, (size_t)(x_end - x) * sizeof *out);
    memcpy(out + (x_end - x), y, (size_t)(y_end - y) * sizeof *out);
}

/* Sorts n elements that consist of sorted runs of `run` each; returns where the result is:
 * `data` or `other`. */
static Ranked *
merge_all(Ranked *data, Ranked *other, size_t n, size_t run)
{
    for (; run < n; run *= 2) {
        for (size_t at = 0; at < n; at += 2 * run) {
            size_t nx = run < n - at ? run : n - at;
            size_t ny = nx + run < n - at ? run : n - at - nx;
            merge_runs(data + at, nx, data + at + nx, ny, other + at);
        }
        Ranked *swap = data;
        data = other;
        other = swap;
    }
    return data;
}

/* All outcomes of the half by falling utility of one side; the caller frees. NULL: no memory. */
static Ranked *
rank_half(const Half *half, const double *utilities)
{
    Ranked *data = malloc(half->n_outcomes * sizeof *data);
    Ranked *other = malloc(half->n_outcomes * sizeof *other);
    size_t n = 1;

    if (!data || !other) {
        free(data);
        free(other);
        return NULL;
    }
    data[0] = (Ranked){ 0.0, 0 };
    for (size_t i = 0; i < half->n_issues; i++) {
        size_t n_options = half->n_options[i];
        for (size_t o = 0; o < n_options; o++)
            for (size_t k = 0; k < n; k++)
                other[o * n + k] = (Ranked){ data[k].utility + utilities[half->first[i] + o],
                                             data[k].code * (uint32_t)n_options + (uint32_t)o };
        Ranked *result = merge_all(other, data, n * n_options, n);
        other = result == data ? other : data;
        data = result;
        n *= n_options;
    }
    free(other);
    return data;
}

static double
extreme(const MwBargain *bargain, const double *utilities, bool largest)
{
    double sum = 0.0;

    for (size_t i = 0, first = 0; i < bargain->n_issues; first += bargain->n_options[i++]) {
        double best = utilities[first];
        for (size_t o = 1; o < bargain->n_options[i]; o++)
            if ((utilities[first + o] > best) == largest)
                best = utilities[first + o];
        sum += best;
    }
    return sum;
}

/* The issues in two halves of numbers of outcomes that are near each other: largest issue first,
 * each to the half that has fewer. False when a half grows too large. */
static bool
halve(const MwBargain *bargain, Half halves[2])
{
    bool taken[MW_ISSUES_MAX] = { false };

    halves[0] = halves[1] = (Half){ .n_outcomes = 1 };
    for (size_t round = 0; round < bargain->n_issues; round++) {
        size_t largest = 0, at = 0, largest_at = 0;
        for (size_t i = 0; i < bargain->n_issues; at += bargain->n_options[i++]) {
            if (!taken[i] &&
                (taken[largest] || bargain->n_options[i] > bargain->n_options[largest])) {
                largest = i;
                largest_at = at;
            }
        }
        taken[largest] = true;
        Half *half = &halves[halves[0].n_outcomes <= halves[1].n_outcomes ? 0 : 1];
        half->first[half->n_issues] = largest_at;
        half->n_options[half->n_issues++] = bargain->n_options[largest];
        half->n_outcomes *= bargain->n_options[largest];
        if (half->n_outcomes > MW_COUNT_HALF_MAX)
            return false;
    }
    return true;
}

/* needed[code of the left half] = how many of the right half, from the best for the side down,
 * bring the sum up to `low`; rank[code of the right half] = its place in that order. */
static MwStatus
rank_pairs(const Half halves[2], const double *utilities, double low, uint32_t *needed,
           uint32_t *rank)
{
    Ranked *left = rank_half(&halves[0], utilities), *right = rank_half(&halves[1], utilities);
    size_t j = 0;

    if (!left || !right) {
        free(left);
        free(right);
        return MW_NO_MEMORY;
    }
    for (size_t i = halves[0].n_outcomes; i-- > 0;) {
        while (j < halves[1].n_outcomes && left[i].utility + right[j].utility >= low - MW_TIE)
            j++;
        needed[left[i].code] = (uint32_t)j;
    }
    for (size_t i = 0; i < halves[1].n_outcomes; i++)
        rank[right[i].code] = (uint32_t)i;
    free(left);
    free(right);
    return MW_OK;
}

/* A set of ranks 0..n-1 that counts those below a rank: a bit each, and a Fenwick tree over the
 * numbers in blocks of bits, so that all of it stays in the nearest cache. */
enum { BLOCK_WORDS = 4, BLOCK_BITS = 64 * BLOCK_WORDS };

typedef struct {
    size_t n_blocks;
    uint64_t *bits;
    uint32_t *tree; /* 1..n_blocks */
} RankSet;

static MwStatus
rank_set_new(size_t n, RankSet *set)
{
    set->n_blocks = n / BLOCK_BITS + 1;
    set->bits = calloc(set->n_blocks * BLOCK_WORDS, sizeof *set->bits);
    set->tree = calloc(set->n_blocks + 1, sizeof *set->tree);
    return set->bits && set->tree ? MW_OK : MW_NO_MEMORY;
}

static void
rank_set_clear(RankSet *set)
{
    free(set->bits);
    free(set->tree);
}

static void
rank_set_add(RankSet *set, uint32_t rank)
{
    set->bits[rank / 64] |= UINT64_C(1) << rank % 64;
    for (size_t at = rank / BLOCK_BITS + 1; at <= set->n_blocks; at += at & -at)
        set->tree[at]++;
}

static uint64_t
rank_set_below(const RankSet *set, uint32_t end)
{
    uint64_t sum = 0;

    for (size_t at = end / BLOCK_BITS; at > 0; at -= at & -at)
        sum += set->tree[at];
    for (size_t word = end / BLOCK_BITS * BLOCK_WORDS; word < end / 64; word++)
        sum += (unsigned)__builtin_popcountll(set->bits[word]);
    uint64_t below = (UINT64_C(1) << end % 64) - 1;
    return sum + (unsigned)__builtin_popcountll(set->bits[end / 64] & below);
}

/* Pairs of half outcomes with enough for both: in the order of A the right ones that qualify only
 * grow in number; of them, those that qualify for B are counted by rank. */
static MwStatus
count_pairs(const MwBargain *bargain, const Half halves[2], double low_a, double low_b,
            uint64_t *count)
{
    size_t nl = halves[0].n_outcomes, nr = halves[1].n_outcomes, j = 0;
    uint32_t *needed = malloc(nl * sizeof *needed), *rank = malloc(nr * sizeof *rank);
    RankSet set = { 0, NULL, NULL };
    Ranked *left = NULL, *right = NULL;
    MwStatus status = needed && rank ? rank_set_new(nr, &set) : MW_NO_MEMORY;

    if (status == MW_OK)
        status = rank_pairs(halves, bargain->b, low_b, needed, rank);
    if (status == MW_OK) {
        left = rank_half(&halves[0], bargain->a);
        right = rank_half(&halves[1], bargain->a);
        status = left && right ? MW_OK : MW_NO_MEMORY;
    }
    if (status == MW_OK) {
        uint64_t sum = 0;
        for (size_t i = nl; i-- > 0;) {
            for (; j < nr && left[i].utility + right[j].utility >= low_a - MW_TIE; j++)
                rank_set_add(&set, rank[right[j].code]);
            sum += rank_set_below(&set, needed[left[i].code]);
        }
        *count = sum;
    }
    free(needed);
    free(rank);
    rank_set_clear(&set);
    free(left);
    free(right);
    return status;
}

MwStatus
mw_rational_count(const MwBargain *bargain, double low_a, double low_b, uint64_t *count)
{
    uint64_t all;
    MwStatus status = mw_outcome_count(bargain, &all);

    if (status != MW_OK)
        return status;
    if (isnan(low_a) || isnan(low_b))
        return MW_NOT_FINITE;
    if (extreme(bargain, bargain->a, true) < low_a - MW_TIE ||
        extreme(bargain, bargain->b, true) < low_b - MW_TIE) {
        *count = 0;
        return MW_OK;
    }
    if (extreme(bargain, bargain->a, false) >= low_a - MW_TIE &&
        extreme(bargain, bargain->b, false) >= low_b - MW_TIE) {
        *count = all;
        return MW_OK;
    }
    Half halves[2];
    if (!halve(bargain, halves))
        return MW_TOO_LARGE;
    return count_pairs(bargain, halves, low_a, low_b, count);
}
