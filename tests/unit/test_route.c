/* route: against ways worked by hand, and at every edge of the input. */
#include <glib.h>

#include "engines/route.h"

#define NONE MW_ROUTE_NONE

/*
 * The net of docs/methods/buying-centre.md: 0 Friend, 1 Boss, 2 Buyer (against us), 3 User, 4 one of us.
 * Us–Friend 1, Friend–Boss 1, Buyer–Boss 2 + 3, User–Boss 2, User–Buyer 2 + 3.
 */
static const MwRouteTie net[] = { { 4, 0, 1 }, { 0, 1, 1 }, { 2, 1, 5 }, { 3, 1, 2 }, { 3, 2, 5 } };
static const uint32_t us[] = { 4 };

static void
assert_ways(const MwRouteAsk *ask, const uint32_t *costs, const uint32_t *befores)
{
    uint32_t cost[8], before[8];
    bool reached[8];

    g_assert_cmpint(mw_route(ask, cost, before), ==, MW_OK);
    g_assert_cmpint(mw_route_reached(ask, reached), ==, MW_OK);
    for (size_t i = 0; i < ask->n_people; i++) {
        g_assert_cmpint(reached[i], ==, costs[i] != NONE);
        g_assert_cmpuint(cost[i], ==, costs[i]);
        g_assert_cmpuint(before[i], ==, befores[i]);
    }
}

static void
test_example(void)
{
    const MwRouteAsk ask = { 5, net, G_N_ELEMENTS(net), us, 1, NONE };

    assert_ways(&ask, (const uint32_t[]){ 1, 2, 7, 4, 0 }, (const uint32_t[]){ 4, 0, 1, 1, 4 });
}

/* Without the friend no way is left: he is a single point of failure. */
static void
test_without(void)
{
    const MwRouteAsk ask = { 5, net, G_N_ELEMENTS(net), us, 1, 0 };

    assert_ways(&ask, (const uint32_t[]){ NONE, NONE, NONE, NONE, 0 },
                (const uint32_t[]){ NONE, NONE, NONE, NONE, 4 });
}

/* Several begin; of equal costs the lower number before counts, whatever the order of the ties. */
static void
test_order(void)
{
    static const MwRouteTie ties[] = { { 3, 2, 1 }, { 0, 2, 1 }, { 1, 2, 1 }, { 3, 0, 4 } };
    static const MwRouteTie turned[] = { { 0, 3, 4 }, { 2, 1, 1 }, { 2, 0, 1 }, { 2, 3, 1 } };
    static const uint32_t from[] = { 1, 0 };
    const MwRouteAsk asks[] = { { 4, ties, 4, from, 2, NONE }, { 4, turned, 4, from, 2, NONE } };

    for (size_t i = 0; i < G_N_ELEMENTS(asks); i++)
        assert_ways(&asks[i], (const uint32_t[]){ 0, 0, 1, 2 }, (const uint32_t[]){ 0, 1, 0, 2 });
}

static void
test_edges(void)
{
    static const MwRouteTie nobody[] = { { 0, 5, 1 } }, free_of_cost[] = { { 0, 1, 0 } };
    static const MwRouteTie dear[] = { { 0, 1, MW_ROUTE_COST_MAX + 1 } };
    static const uint32_t five[] = { 5 };
    const struct {
        MwRouteAsk ask;
        MwStatus status;
    } cases[] = {
        { { 0, NULL, 0, NULL, 0, NONE }, MW_EMPTY },
        { { 5, nobody, 1, us, 1, NONE }, MW_OUT_OF_RANGE },
        { { 5, free_of_cost, 1, us, 1, NONE }, MW_OUT_OF_RANGE },
        { { 5, dear, 1, us, 1, NONE }, MW_OUT_OF_RANGE },
        { { 5, NULL, 0, five, 1, NONE }, MW_OUT_OF_RANGE },
        { { MW_ROUTE_PEOPLE_MAX + 1, NULL, 0, us, 1, NONE }, MW_TOO_LARGE },
        { { 5, net, MW_ROUTE_TIES_MAX + 1, us, 1, NONE }, MW_TOO_LARGE },
    };
    uint32_t cost[8] = { 77 }, before[8] = { 77 };
    bool reached[8] = { true };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_assert_cmpint(mw_route(&cases[i].ask, cost, before), ==, cases[i].status);
        g_assert_cmpuint(cost[0], ==, 77);
        g_assert_cmpuint(before[0], ==, 77);
        g_assert_cmpint(mw_route_reached(&cases[i].ask, reached), ==, cases[i].status);
        g_assert_true(reached[0]);
    }
    const MwRouteAsk alone = { 2, NULL, 0, NULL, 0, NONE };
    assert_ways(&alone, (const uint32_t[]){ NONE, NONE }, (const uint32_t[]){ NONE, NONE });
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/route/example", test_example);
    g_test_add_func("/route/without", test_without);
    g_test_add_func("/route/order", test_order);
    g_test_add_func("/route/edges", test_edges);
    return g_test_run();
}
