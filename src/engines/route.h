#pragma once
/*
 * route: the cheapest ways from some people to all others over ties that each have a cost.
 *
 * Pure but for working memory, which it takes from malloc and gives back. Ties are walked both ways. Equal costs are
 * settled by the lower number of the person before, so that the answer never depends on the order of the ties.
 * Dijkstra, "A note on two problems in connexion with graphs", Numerische Mathematik 1, 1959. O(people² + ties).
 * See docs/methods/buying-centre.md.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engines/status.h"

#define MW_ROUTE_PEOPLE_MAX 5000u
#define MW_ROUTE_TIES_MAX 100000u
#define MW_ROUTE_COST_MAX 100000u
#define MW_ROUTE_NONE UINT32_MAX

typedef struct {
    uint32_t a, b, cost; /* cost 1..MW_ROUTE_COST_MAX */
} MwRouteTie;

typedef struct {
    size_t n_people;
    const MwRouteTie *ties;
    size_t n_ties;
    const uint32_t *from; /* where ways begin, at cost 0 */
    size_t n_from;
    uint32_t without; /* a person through whom no way leads; MW_ROUTE_NONE */
} MwRouteAsk;

/*
 * cost[p] and before[p] (the person before p on the way; p itself where ways begin) of n_people each; MW_ROUTE_NONE
 * where no way leads. MW_EMPTY without people, MW_OUT_OF_RANGE when a tie or `from` names nobody or a cost is not in
 * its range, MW_TOO_LARGE above the limits, MW_NO_MEMORY; then nothing is written.
 */
MwStatus mw_route(const MwRouteAsk *ask, uint32_t *cost, uint32_t *before);
/* Whom any way leads to, whatever it costs: reached[p] of n_people; not to `without`. Fails like mw_route().
 * O(people + ties). */
MwStatus mw_route_reached(const MwRouteAsk *ask, bool *reached);
