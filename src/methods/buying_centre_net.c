/* buying_centre_net: see buying_centre.h; the engines over the net of people. */
#include "engines/influence.h"
#include "engines/route.h"
#include "methods/buying_centre_parts.h"

enum { AGAINST_COST = 3, WEAKEST = 4, REACH_STEPS = 2 };
static const double damping = 0.85;

bool
mw_buying_against(const MwBuyingPerson *person)
{
    return g_strcmp0(person->stance, "sceptic") == 0 || g_strcmp0(person->stance, "opponent") == 0;
}

static bool
engine_failed(MwStatus status, GError **error)
{
    return status != MW_OK &&
           !mw_fail(error, MW_ERROR_INTERNAL, "the net of people: %s", mw_status_name(status));
}

/* ---- who goes to whom ------------------------------------------------------------------- */

static void
add_tie(GArray *ties, guint from, guint to)
{
    MwTie tie = { from, to };

    g_array_append_val(ties, tie);
}

/* One goes to his boss, his adviser and his former boss; friends, family and colleagues go to each other. */
static GArray *
goes_to(const MwBuyingCentre *centre)
{
    GArray *ties = g_array_new(false, false, sizeof(MwTie));

    for (guint i = 0; i < centre->ties->len; i++) {
        const MwBuyingTie *tie = &g_array_index(centre->ties, MwBuyingTie, i);
        bool up = g_str_equal(tie->kind, "reports_to");
        bool down = g_str_equal(tie->kind, "advises") || g_str_equal(tie->kind, "former_boss_of");
        if (!down)
            add_tie(ties, tie->from, tie->to);
        if (!up)
            add_tie(ties, tie->to, tie->from);
    }
    return ties;
}

/* How many come to a person in at most REACH_STEPS steps. */
static unsigned
reach_of(const MwGraph *graph, uint32_t person, uint32_t *order, uint8_t *steps)
{
    size_t head = 0, tail = 0;

    memset(steps, 0xff, graph->n_people);
    steps[person] = 0;
    order[tail++] = person;
    while (head < tail) {
        uint32_t p = order[head++];
        if (steps[p] == REACH_STEPS)
            break;
        for (uint32_t i = graph->in.start[p]; i < graph->in.start[p + 1]; i++) {
            uint32_t q = graph->in.at[i];
            if (steps[q] != 0xff)
                continue;
            steps[q] = steps[p] + 1;
            order[tail++] = q;
        }
    }
    return (unsigned)tail - 1;
}

static bool
measure_influence(MwBuyingCentre *centre, GError **error)
{
    guint n = centre->people->len;
    g_autoptr(GArray) ties = goes_to(centre);
    g_autofree double *rank = g_new(double, n), *between = g_new(double, n);
    g_autofree uint32_t *order = g_new(uint32_t, n);
    g_autofree uint8_t *steps = g_new(uint8_t, n);
    MwGraph graph = { 0 };
    MwStatus status = mw_graph_build(n, (MwTie *)ties->data, ties->len, false, &graph);

    if (status == MW_OK)
        status = mw_influence_pagerank(&graph, damping, rank);
    if (status == MW_OK)
        status = mw_influence_betweenness(&graph, true, between);
    for (guint i = 0; status == MW_OK && i < n; i++) {
        MwBuyingPerson *person = mw_buying_person(centre, i);
        person->rank = rank[i];
        person->between = between[i];
        person->reach = reach_of(&graph, i, order, steps);
    }
    mw_graph_clear(&graph);
    return !engine_failed(status, error);
}

GArray *
mw_buying_next(const MwBuyingCentre *centre, guint *asked_by, GError **error)
{
    guint n = centre->people->len;
    g_autoptr(GArray) all = goes_to(centre);
    g_autoptr(GArray) ties = g_array_new(false, false, sizeof(MwTie));
    g_autoptr(GArray) set = g_array_new(false, true, sizeof(uint32_t));
    MwGraph graph = { 0 };
    MwCoverage found = { 0 };

    *asked_by = 0;
    for (guint i = 0; i < all->len; i++) {
        const MwTie *tie = &g_array_index(all, MwTie, i);
        const MwBuyingPerson *to = mw_buying_person(centre, tie->to);
        if (mw_buying_person(centre, tie->from)->member && to->member && !to->departed &&
            !mw_buying_against(to))
            g_array_append_val(ties, *tie);
    }
    MwStatus status = ties->len == 0
                          ? MW_EMPTY
                          : mw_graph_build(n, (MwTie *)ties->data, ties->len, false, &graph);
    /* As many as each bring somebody besides themselves. */
    for (guint k = 1; status == MW_OK && k <= MIN(MW_BUYING_NEXT, n); k++) {
        uint32_t people[MW_BUYING_NEXT];
        status = mw_influence_coverage(&graph, k, people, &found);
        if (status != MW_OK || found.covered <= *asked_by + 1)
            break;
        *asked_by = (guint)found.covered;
        g_array_set_size(set, 0);
        g_array_append_vals(set, people, k);
    }
    if (status == MW_EMPTY)
        status = MW_OK; /* nobody goes to anybody */
    mw_graph_clear(&graph);
    return engine_failed(status, error) ? NULL : g_steal_pointer(&set);
}

/* ---- ways from us -------------------------------------------------------------------------- */

typedef struct {
    GArray *ties, *from; /* of MwRouteTie, of uint32_t */
    guint n;             /* people, then users */
} Ways;

static void
ways_clear(Ways *ways)
{
    g_array_unref(ways->ties);
    g_array_unref(ways->from);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Ways, ways_clear)

static uint32_t
cost_of(const MwBuyingCentre *centre, guint a, guint b, unsigned strength)
{
    uint32_t cost = WEAKEST - MIN(strength, WEAKEST - 1);

    if (mw_buying_against(mw_buying_person(centre, a)) ||
        (b < centre->people->len && mw_buying_against(mw_buying_person(centre, b))))
        cost += AGAINST_COST;
    return cost;
}

static Ways
ways_of(const MwBuyingCentre *centre)
{
    guint people = centre->people->len;
    Ways ways = { g_array_new(false, false, sizeof(MwRouteTie)),
                  g_array_new(false, false, sizeof(uint32_t)), people + centre->users->len };

    for (guint i = 0; i < centre->ties->len; i++) {
        const MwBuyingTie *tie = &g_array_index(centre->ties, MwBuyingTie, i);
        MwRouteTie step = { tie->from, tie->to,
                            cost_of(centre, tie->from, tie->to, tie->strength) };
        g_array_append_val(ways.ties, step);
    }
    for (guint i = 0; i < centre->knows->len; i++) {
        const MwBuyingKnows *knows = &g_array_index(centre->knows, MwBuyingKnows, i);
        MwRouteTie step = { knows->person, people + knows->user,
                            cost_of(centre, knows->person, people + knows->user, knows->strength) };
        g_array_append_val(ways.ties, step);
    }
    for (guint i = 0; i < centre->users->len; i++) {
        uint32_t user = people + i;
        g_array_append_val(ways.from, user);
    }
    return ways;
}

static MwRouteAsk
ask_of(const Ways *ways, uint32_t without)
{
    return (MwRouteAsk){
        .n_people = ways->n,
        .ties = (const MwRouteTie *)ways->ties->data,
        .n_ties = ways->ties->len,
        .from = (const uint32_t *)ways->from->data,
        .n_from = ways->from->len,
        .without = without,
    };
}

static bool
measure_ways(MwBuyingCentre *centre, GError **error)
{
    g_auto(Ways) ways = ways_of(centre);
    g_autofree uint32_t *cost = g_new(uint32_t, ways.n), *before = g_new(uint32_t, ways.n);

    const MwRouteAsk ask = ask_of(&ways, MW_ROUTE_NONE);

    if (engine_failed(mw_route(&ask, cost, before), error))
        return false;
    for (guint i = 0; i < centre->people->len; i++) {
        mw_buying_person(centre, i)->cost = cost[i];
        mw_buying_person(centre, i)->before = before[i];
    }
    return true;
}

GArray *
mw_buying_way(const MwBuyingCentre *centre, guint person)
{
    g_autoptr(GArray) back = g_array_new(false, false, sizeof(guint));
    GArray *way = g_array_new(false, false, sizeof(guint));
    guint node = person;

    if (mw_buying_person(centre, person)->cost == MW_ROUTE_NONE)
        return way;
    while (node < centre->people->len) {
        g_array_append_val(back, node);
        node = mw_buying_person(centre, node)->before;
    }
    g_array_append_val(back, node);
    for (guint i = back->len; i-- > 0;)
        g_array_append_val(way, g_array_index(back, guint, i));
    return way;
}

const MwBuyingTie *
mw_buying_tie(const MwBuyingCentre *centre, guint a, guint b)
{
    const MwBuyingTie *best = NULL;

    for (guint i = 0; i < centre->ties->len; i++) {
        const MwBuyingTie *tie = &g_array_index(centre->ties, MwBuyingTie, i);
        if (((tie->from == a && tie->to == b) || (tie->from == b && tie->to == a)) &&
            (!best || tie->strength > best->strength))
            best = tie;
    }
    return best;
}

struct MwBuyingCuts {
    const MwBuyingCentre *centre;
    Ways ways;
    bool **without; /* by person: who is reached without him; NULL: not tried yet */
};

MwBuyingCuts *
mw_buying_cuts_new(const MwBuyingCentre *centre)
{
    MwBuyingCuts *cuts = g_new0(MwBuyingCuts, 1);

    cuts->centre = centre;
    cuts->ways = ways_of(centre);
    cuts->without = g_new0(bool *, centre->people->len);
    return cuts;
}

void
mw_buying_cuts_free(MwBuyingCuts *cuts)
{
    if (!cuts)
        return;
    for (guint i = 0; i < cuts->centre->people->len; i++)
        g_free(cuts->without[i]);
    g_free(cuts->without);
    ways_clear(&cuts->ways);
    g_free(cuts);
}

static const bool *
reached_without(MwBuyingCuts *cuts, guint person, GError **error)
{
    if (!cuts->without[person]) {
        g_autofree bool *reached = g_new(bool, cuts->ways.n);
        const MwRouteAsk ask = ask_of(&cuts->ways, person);
        if (engine_failed(mw_route_reached(&ask, reached), error))
            return NULL;
        cuts->without[person] = g_steal_pointer(&reached);
    }
    return cuts->without[person];
}

/* Only people on one way can be on every way. */
GArray *
mw_buying_single(MwBuyingCuts *cuts, guint target, GError **error)
{
    g_autoptr(GArray) found = g_array_new(false, false, sizeof(guint));
    g_autoptr(GArray) way = mw_buying_way(cuts->centre, target);

    for (guint i = 1; i + 1 < way->len; i++) {
        guint person = g_array_index(way, guint, i);
        const bool *reached = reached_without(cuts, person, error);
        if (!reached)
            return NULL;
        if (!reached[target])
            g_array_append_val(found, person);
    }
    return g_steal_pointer(&found);
}

bool
mw_buying_measure(MwBuyingCentre *centre, GError **error)
{
    if (centre->people->len == 0)
        return true;
    return measure_influence(centre, error) && measure_ways(centre, error);
}
