#include "engines/route.h"

#include <stdlib.h>

/* Half a tie, as seen from one of its ends. */
typedef struct {
    uint32_t to, cost;
} Step;

/* The steps of person p: steps[start[p]] .. steps[start[p + 1] - 1]. */
typedef struct {
    uint32_t *start;
    Step *steps;
    bool *done;
} Net;

static MwStatus
check(const MwRouteAsk *ask)
{
    if (ask->n_people == 0)
        return MW_EMPTY;
    if (ask->n_people > MW_ROUTE_PEOPLE_MAX || ask->n_ties > MW_ROUTE_TIES_MAX)
        return MW_TOO_LARGE;
    for (size_t i = 0; i < ask->n_ties; i++)
        if (ask->ties[i].a >= ask->n_people || ask->ties[i].b >= ask->n_people ||
            ask->ties[i].cost < 1 || ask->ties[i].cost > MW_ROUTE_COST_MAX)
            return MW_OUT_OF_RANGE;
    for (size_t i = 0; i < ask->n_from; i++)
        if (ask->from[i] >= ask->n_people)
            return MW_OUT_OF_RANGE;
    return MW_OK;
}

static void
put_step(Net *net, uint32_t from, uint32_t to, uint32_t cost)
{
    net->steps[--net->start[from]] = (Step){ to, cost };
}

/* Counts the steps of each, then fills every row from its end. */
static void
fill(const MwRouteAsk *ask, Net *net)
{
    for (size_t i = 0; i < ask->n_ties; i++) {
        net->start[ask->ties[i].a]++;
        net->start[ask->ties[i].b]++;
    }
    for (size_t p = 1; p <= ask->n_people; p++)
        net->start[p] += net->start[p - 1];
    for (size_t i = 0; i < ask->n_ties; i++) {
        put_step(net, ask->ties[i].a, ask->ties[i].b, ask->ties[i].cost);
        put_step(net, ask->ties[i].b, ask->ties[i].a, ask->ties[i].cost);
    }
}

/* The nearest who is not done; MW_ROUTE_NONE when no way leads to the rest. */
static uint32_t
nearest(const MwRouteAsk *ask, const Net *net, const uint32_t *cost)
{
    uint32_t best = MW_ROUTE_NONE;

    for (uint32_t p = 0; p < ask->n_people; p++)
        if (!net->done[p] && cost[p] != MW_ROUTE_NONE &&
            (best == MW_ROUTE_NONE || cost[p] < cost[best]))
            best = p;
    return best;
}

static void
settle(const MwRouteAsk *ask, Net *net, uint32_t *cost, uint32_t *before)
{
    for (uint32_t p = 0; p < ask->n_people; p++)
        cost[p] = before[p] = MW_ROUTE_NONE;
    for (size_t i = 0; i < ask->n_from; i++)
        if (ask->from[i] != ask->without) {
            cost[ask->from[i]] = 0;
            before[ask->from[i]] = ask->from[i];
        }
    for (uint32_t p; (p = nearest(ask, net, cost)) != MW_ROUTE_NONE;) {
        net->done[p] = true;
        for (uint32_t i = net->start[p]; i < net->start[p + 1]; i++) {
            const Step *step = &net->steps[i];
            const uint32_t sum = cost[p] + step->cost;
            if (step->to == ask->without || net->done[step->to] || sum > cost[step->to] ||
                (sum == cost[step->to] && p >= before[step->to]))
                continue;
            cost[step->to] = sum;
            before[step->to] = p;
        }
    }
}

static void
net_clear(Net *net)
{
    free(net->start);
    free(net->steps);
    free(net->done);
}

/* On MW_OK the caller clears it. */
static MwStatus
build(const MwRouteAsk *ask, Net *net)
{
    const MwStatus status = check(ask);

    if (status != MW_OK)
        return status;
    *net = (Net){
        .start = calloc(ask->n_people + 1, sizeof *net->start),
        .steps = malloc((2 * ask->n_ties + 1) * sizeof *net->steps),
        .done = calloc(ask->n_people, sizeof *net->done),
    };
    if (net->start && net->steps && net->done) {
        fill(ask, net);
        return MW_OK;
    }
    net_clear(net);
    return MW_NO_MEMORY;
}

MwStatus
mw_route(const MwRouteAsk *ask, uint32_t *cost, uint32_t *before)
{
    Net net;
    const MwStatus status = build(ask, &net);

    if (status != MW_OK)
        return status;
    settle(ask, &net, cost, before);
    net_clear(&net);
    return MW_OK;
}

MwStatus
mw_route_reached(const MwRouteAsk *ask, bool *reached)
{
    Net net;
    const MwStatus status = build(ask, &net);
    uint32_t *const next =
        status == MW_OK ? malloc((ask->n_people + ask->n_from) * sizeof *next) : NULL;
    size_t n = 0;

    if (status != MW_OK)
        return status;
    for (size_t i = 0; next && i < ask->n_from; i++)
        if (ask->from[i] != ask->without && !net.done[ask->from[i]]) {
            net.done[ask->from[i]] = true;
            next[n++] = ask->from[i];
        }
    while (n > 0) {
        const uint32_t p = next[--n];
        for (uint32_t i = net.start[p]; i < net.start[p + 1]; i++) {
            const uint32_t to = net.steps[i].to;
            if (to == ask->without || net.done[to])
                continue;
            net.done[to] = true;
            next[n++] = to;
        }
    }
    for (size_t p = 0; next && p < ask->n_people; p++)
        reached[p] = net.done[p];
    const bool there = next != NULL;
    free(next);
    net_clear(&net);
    return there ? MW_OK : MW_NO_MEMORY;
}
