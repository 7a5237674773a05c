/* cohort: customers of equal history joined, and what their likelihoods share. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engines/clv.h"
#include "engines/order.h"

/* An open hash table of indices; `slot` 0 is free. Its keys live in the caller's arrays. */
typedef struct {
    uint32_t *slot;
    size_t mask;
} Index;

static bool
index_init(Index *index, size_t n)
{
    size_t size = 16;
    while (size < 2 * n)
        size *= 2;
    index->slot = calloc(size, sizeof *index->slot);
    index->mask = size - 1;
    return index->slot != NULL;
}

static uint64_t
mix(uint64_t hash, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    hash = (hash ^ bits) * 0x9e3779b97f4a7c15u;
    return hash ^ (hash >> 29);
}

MwStatus
mw_purchases_check(const MwPurchases *c)
{
    if (!isfinite(c->x) || !isfinite(c->tx) || !isfinite(c->T))
        return MW_NOT_FINITE;
    if (c->x > MW_CLV_ORDERS)
        return MW_TOO_LARGE;
    bool good = c->x >= 0.0 && c->x == floor(c->x) && c->tx >= 0.0 && c->tx <= c->T &&
                (c->x > 0.0) == (c->tx > 0.0);
    return good ? MW_OK : MW_OUT_OF_RANGE;
}

static MwStatus
check_customers(const MwPurchases *c, size_t n)
{
    if (n == 0)
        return MW_EMPTY;
    if (n > INT32_MAX)
        return MW_TOO_LARGE;
    MwStatus status = MW_OK;
    for (size_t i = 0; status == MW_OK && i < n; i++)
        status = mw_purchases_check(&c[i]);
    return status;
}

static bool
same(const MwPurchases *a, const MwPurchases *b)
{
    return a->x == b->x && a->tx == b->tx && a->T == b->T;
}

/* Gives each customer the number of its group, in order of first appearance. */
static bool
join(MwCohort *c, const MwPurchases *customers)
{
    Index index;
    if (!index_init(&index, c->customers))
        return false;
    for (size_t i = 0; i < c->customers; i++) {
        /* Adding 0 makes -0 a 0. */
        MwPurchases key = { customers[i].x + 0.0, customers[i].tx + 0.0, customers[i].T + 0.0 };
        size_t at = mix(mix(mix(1, key.x), key.tx), key.T) & index.mask;
        while (index.slot[at] && !same(&c->group[index.slot[at] - 1], &key))
            at = (at + 1) & index.mask;
        if (!index.slot[at]) {
            c->group[c->groups++] = key;
            index.slot[at] = (uint32_t)c->groups;
        }
        c->group_of[i] = index.slot[at] - 1;
        c->count[c->group_of[i]] += 1.0;
    }
    free(index.slot);
    return true;
}

typedef struct {
    MwPurchases purchases;
    double count;
    uint32_t number;
} Ranked;

static int
by_history(const void *left, const void *right)
{
    const MwPurchases *a = &((const Ranked *)left)->purchases;
    const MwPurchases *b = &((const Ranked *)right)->purchases;
    if (a->x != b->x)
        return a->x < b->x ? -1 : 1;
    if (a->T != b->T)
        return a->T < b->T ? -1 : 1;
    return (a->tx > b->tx) - (a->tx < b->tx);
}

static bool
sort_groups(MwCohort *c)
{
    Ranked *ranked = malloc(c->groups * sizeof *ranked);
    uint32_t *place = malloc(c->groups * sizeof *place);
    bool ok = ranked && place;
    if (ok) {
        for (size_t g = 0; g < c->groups; g++)
            ranked[g] = (Ranked){ c->group[g], c->count[g], (uint32_t)g };
        qsort(ranked, c->groups, sizeof *ranked, by_history);
        for (size_t g = 0; g < c->groups; g++) {
            c->group[g] = ranked[g].purchases;
            c->count[g] = ranked[g].count;
            place[ranked[g].number] = (uint32_t)g;
        }
        for (size_t i = 0; i < c->customers; i++)
            c->group_of[i] = place[c->group_of[i]];
    }
    free(ranked);
    free(place);
    return ok;
}

static bool
list_times(MwCohort *c)
{
    c->time = malloc(2 * c->groups * sizeof *c->time);
    if (!c->time)
        return false;
    for (size_t g = 0; g < c->groups; g++) {
        c->time[2 * g] = c->group[g].tx;
        c->time[2 * g + 1] = c->group[g].T;
    }
    mw_sort(c->time, 2 * c->groups);
    for (size_t i = 0; i < 2 * c->groups; i++)
        if (i == 0 || c->time[i] != c->time[c->n_times - 1])
            c->time[c->n_times++] = c->time[i];
    return true;
}

static uint32_t
time_index(const MwCohort *c, double t)
{
    size_t low = 0, high = c->n_times;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (c->time[middle] <= t)
            low = middle;
        else
            high = middle;
    }
    return (uint32_t)low;
}

static uint32_t
node(MwCohort *c, Index *index, double x, double t)
{
    size_t at = mix(mix(1, x), t) & index->mask;
    for (; index->slot[at]; at = (at + 1) & index->mask) {
        size_t found = index->slot[at] - 1;
        if (c->node_x[found] == x && c->time[c->node_time[found]] == t)
            return (uint32_t)found;
    }
    c->node_x[c->n_nodes] = x;
    c->node_time[c->n_nodes] = time_index(c, t);
    index->slot[at] = (uint32_t)++c->n_nodes;
    return index->slot[at] - 1;
}

static bool
list_nodes(MwCohort *c)
{
    Index index;
    c->node_x = malloc(2 * c->groups * sizeof *c->node_x);
    c->node_time = malloc(2 * c->groups * sizeof *c->node_time);
    c->node_tx = malloc(c->groups * sizeof *c->node_tx);
    c->node_T = malloc(c->groups * sizeof *c->node_T);
    if (!c->node_x || !c->node_time || !c->node_tx || !c->node_T ||
        !index_init(&index, 2 * c->groups))
        return false;
    for (size_t g = 0; g < c->groups; g++) {
        c->node_tx[g] = node(c, &index, c->group[g].x, c->group[g].tx);
        c->node_T[g] = node(c, &index, c->group[g].x, c->group[g].T);
    }
    free(index.slot);
    return true;
}

/* Groups ascend by x, so the last one has the largest. */
static bool
count_orders(MwCohort *c)
{
    c->n_counts = (size_t)c->group[c->groups - 1].x;
    c->more_than = calloc(c->n_counts + 1, sizeof *c->more_than);
    if (!c->more_than)
        return false;
    double more = 0.0;
    size_t j = c->n_counts;
    for (size_t g = c->groups; g-- > 0;) {
        for (; j > (size_t)c->group[g].x; j--)
            c->more_than[j - 1] = more;
        more += c->count[g];
        c->orders += c->count[g] * c->group[g].x;
    }
    for (; j > 0; j--)
        c->more_than[j - 1] = more;
    return true;
}

MwStatus
mw_cohort_new(const MwPurchases *customers, size_t n, MwCohort **out)
{
    MwStatus status = check_customers(customers, n);
    if (status != MW_OK)
        return status;
    MwCohort *c = calloc(1, sizeof *c);
    if (!c)
        return MW_NO_MEMORY;
    c->customers = n;
    c->group = malloc(n * sizeof *c->group);
    c->count = calloc(n, sizeof *c->count);
    c->group_of = malloc(n * sizeof *c->group_of);
    if (!c->group || !c->count || !c->group_of || !join(c, customers) || !sort_groups(c) ||
        !list_times(c) || !list_nodes(c) || !count_orders(c)) {
        mw_cohort_free(c);
        return MW_NO_MEMORY;
    }
    *out = c;
    return MW_OK;
}

void
mw_cohort_free(MwCohort *c)
{
    if (!c)
        return;
    free(c->group);
    free(c->count);
    free(c->group_of);
    free(c->time);
    free(c->node_time);
    free(c->node_x);
    free(c->node_tx);
    free(c->node_T);
    free(c->more_than);
    free(c);
}
