/* frontier, negotiation: against going through every outcome, and against published traces. */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "engines/negotiation.h"

static void
assert_near(double got, double expected, double tolerance)
{
    if (!(fabs(got - expected) <= tolerance))
        g_error("got %.15g, expected %.15g within %g", got, expected, tolerance);
}

/* ---- the oracle: every outcome ---------------------------------------------------------------- */

typedef struct {
    double a, b;
    size_t ways;
} Outcome;

/* All outcomes of the bargain, those of equal utilities together. */
static GArray *
all_outcomes(const MwBargain *bargain)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(Outcome));
    size_t options[MW_ISSUES_MAX] = { 0 }, i = 0;

    while (i < bargain->n_issues) {
        Outcome outcome = { .ways = 1 };
        guint at = 0;
        mw_outcome_utilities(bargain, options, &outcome.a, &outcome.b);
        for (; at < all->len; at++) {
            Outcome *other = &g_array_index(all, Outcome, at);
            if (fabs(other->a - outcome.a) <= MW_TIE && fabs(other->b - outcome.b) <= MW_TIE) {
                other->ways++;
                break;
            }
        }
        if (at == all->len)
            g_array_append_val(all, outcome);
        for (i = 0; i < bargain->n_issues && ++options[i] == bargain->n_options[i]; i++)
            options[i] = 0;
    }
    return all;
}

static bool
is_beaten(const GArray *all, const Outcome *outcome)
{
    for (guint i = 0; i < all->len; i++) {
        const Outcome *other = &g_array_index(all, Outcome, i);
        if (other->a >= outcome->a - MW_TIE && other->b >= outcome->b - MW_TIE &&
            (other->a > outcome->a + MW_TIE || other->b > outcome->b + MW_TIE))
            return true;
    }
    return false;
}

/* ---- random bargains --------------------------------------------------------------------------- */

typedef struct {
    MwBargain bargain;
    size_t n_options[6];
    double a[6 * 6], b[6 * 6];
} Domain;

/* `grid` > 0: utilities on a grid, full of ties. */
static void
random_domain(GRand *random, int grid, Domain *domain)
{
    size_t n = 0;

    domain->bargain = (MwBargain){ (size_t)g_rand_int_range(random, 1, 6), domain->n_options,
                                   domain->a, domain->b };
    for (size_t i = 0; i < domain->bargain.n_issues; i++) {
        domain->n_options[i] = (size_t)g_rand_int_range(random, 1, 5);
        for (size_t o = 0; o < domain->n_options[i]; o++, n++) {
            domain->a[n] = grid ? g_rand_int_range(random, 0, grid) * .1 : g_rand_double(random);
            domain->b[n] = grid ? g_rand_int_range(random, 0, grid) * .1 : g_rand_double(random);
        }
    }
}

static void
check_frontier(const Domain *domain, const GArray *all, const MwFrontier *frontier)
{
    size_t n, beaten = 0;
    const MwPoint *points = mw_frontier_points(frontier, 0, &n);

    for (guint i = 0; i < all->len; i++)
        beaten += is_beaten(all, &g_array_index(all, Outcome, i));
    g_assert_cmpuint(n, ==, all->len - beaten);
    for (size_t i = 0; i < n; i++) {
        size_t options[6];
        double a, b;
        guint at = 0;
        g_assert_true(i == 0 || (points[i].a < points[i - 1].a && points[i].b > points[i - 1].b));
        mw_frontier_outcome(frontier, i, options);
        mw_outcome_utilities(&domain->bargain, options, &a, &b);
        assert_near(a, points[i].a, MW_TIE);
        assert_near(b, points[i].b, MW_TIE);
        while (fabs(g_array_index(all, Outcome, at).a - a) > MW_TIE ||
               fabs(g_array_index(all, Outcome, at).b - b) > MW_TIE)
            g_assert_cmpuint(++at, <, all->len);
        g_assert_false(is_beaten(all, &g_array_index(all, Outcome, at)));
        g_assert_cmpuint(points[i].ways, ==, g_array_index(all, Outcome, at).ways);
    }
}

static void
check_count(GRand *random, const Domain *domain, const GArray *all)
{
    for (int round = 0; round < 4; round++) {
        double low_a = round ? g_rand_int_range(random, 0, 12) * .1 : -1;
        double low_b = round > 1 ? g_rand_int_range(random, 0, 12) * .1 : -1;
        uint64_t expected = 0, count = 99;
        for (guint i = 0; i < all->len; i++) {
            const Outcome *o = &g_array_index(all, Outcome, i);
            expected += o->a >= low_a - MW_TIE && o->b >= low_b - MW_TIE ? o->ways : 0;
        }
        g_assert_cmpint(mw_rational_count(&domain->bargain, low_a, low_b, &count), ==, MW_OK);
        g_assert_cmpuint(count, ==, expected);
    }
}

/* The solutions by the textbook, over all rational outcomes, as the largest merit. */
static void
check_solutions(const GArray *all, const MwFrontier *frontier, double ra, double rb)
{
    double ideal_a = 0, ideal_b = 0, best[4] = { -1, -1, -1, -1 };
    size_t n, picked[512], n_picked = 0;
    const MwPoint *points = mw_frontier_points(frontier, 0, &n);

    g_assert_cmpuint(n, <=, G_N_ELEMENTS(picked));
    for (int pass = 0; pass < 2; pass++)
        for (guint i = 0; i < all->len; i++) {
            double a = g_array_index(all, Outcome, i).a - ra;
            double b = g_array_index(all, Outcome, i).b - rb;
            if (a < -MW_TIE || b < -MW_TIE)
                continue;
            ideal_a = fmax(ideal_a, a);
            ideal_b = fmax(ideal_b, b);
            double ka = ideal_a > MW_TIE ? a / ideal_a : 1, kb = ideal_b > MW_TIE ? b / ideal_b : 1;
            best[MW_NASH] = fmax(best[MW_NASH], fmax(a, 0) * fmax(b, 0));
            best[MW_KALAI_SMORODINSKY] = pass ? fmax(best[MW_KALAI_SMORODINSKY], fmin(ka, kb)) : -1;
            best[MW_EGALITARIAN] = fmax(best[MW_EGALITARIAN], fmin(a, b));
            best[MW_UTILITARIAN] = fmax(best[MW_UTILITARIAN], a + b);
        }
    for (MwSolution s = MW_NASH; s <= MW_UTILITARIAN; s++) {
        MwStatus status = mw_solve(points, n, ra, rb, s, picked, &n_picked);
        g_assert_cmpint(status, ==, best[MW_NASH] < 0 ? MW_NO_SOLUTION : MW_OK);
        for (size_t i = 0; status == MW_OK && i < n_picked; i++) {
            double a = fmax(points[picked[i]].a - ra, 0), b = fmax(points[picked[i]].b - rb, 0);
            double ka = ideal_a > MW_TIE ? a / ideal_a : 1, kb = ideal_b > MW_TIE ? b / ideal_b : 1;
            const double merit[] = { a * b, fmin(ka, kb), fmin(a, b), a + b };
            assert_near(merit[s], best[s], 1e-11);
        }
    }
}

static void
test_against_every_outcome(void)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(31);

    for (int round = 0; round < 300; round++) {
        Domain domain;
        MwFrontier *frontier = NULL;
        uint64_t outcomes, ways = 0;
        random_domain(random, round % 3 ? 4 * (round % 3) : 0, &domain);
        g_autoptr(GArray) all = all_outcomes(&domain.bargain);
        for (guint i = 0; i < all->len; i++)
            ways += g_array_index(all, Outcome, i).ways;
        g_assert_cmpint(mw_outcome_count(&domain.bargain, &outcomes), ==, MW_OK);
        g_assert_cmpuint(outcomes, ==, ways);
        g_assert_cmpint(mw_frontier_new(&domain.bargain, &frontier), ==, MW_OK);
        check_frontier(&domain, all, frontier);
        check_count(random, &domain, all);
        check_solutions(all, frontier, g_rand_double(random), g_rand_double(random));
        mw_frontier_free(frontier);
    }
}

/* ---- by hand ----------------------------------------------------------------------------------- */

/* NegMAS tests/core/test_preferences.py has the points of one issue; GENIUS NiceOrDie. */
static void
test_solutions_by_hand(void)
{
    const MwPoint nice[] = { { .a = 1, .b = .16 }, { .a = .299, .b = .299 }, { .a = .16, .b = 1 } };
    size_t picked[3], n = 0;
    double opposition;

    g_assert_cmpint(mw_solve(nice, 3, 0, 0, MW_NASH, picked, &n), ==, MW_OK);
    g_assert_cmpuint(n, ==, 2);
    g_assert_cmpint(mw_solve(nice, 3, 0, 0, MW_EGALITARIAN, picked, &n), ==, MW_OK);
    g_assert_cmpuint(n, ==, 1);
    g_assert_cmpuint(picked[0], ==, 1);
    g_assert_cmpint(mw_opposition(nice, 3, &opposition), ==, MW_OK);
    assert_near(opposition, .9914, 5e-5);
    /* NiceOrDieC: two negative gains have a positive product, but nobody agrees to it. */
    n = 99;
    g_assert_cmpint(mw_solve(nice, 3, .5, .5, MW_NASH, picked, &n), ==, MW_NO_SOLUTION);
    g_assert_cmpint(mw_solve(nice, 3, NAN, .5, MW_NASH, picked, &n), ==, MW_NOT_FINITE);
    g_assert_cmpint(mw_solve(nice, 0, 0, 0, MW_NASH, picked, &n), ==, MW_NO_SOLUTION);
    g_assert_cmpuint(n, ==, 99);
    /* exactly the reservation values: an agreement without gain */
    g_assert_cmpint(mw_solve(nice, 3, 1, .16, MW_KALAI_SMORODINSKY, picked, &n), ==, MW_OK);
    g_assert_cmpuint(picked[0], ==, 0);
    g_assert_cmpint(mw_opposition(nice, 0, &opposition), ==, MW_EMPTY);
    assert_near(opposition, .9914, 5e-5);
}

static void
test_large_counts(void)
{
    enum { N = 10 };
    size_t n_options[40];
    double a[40 * N], b[40 * N];
    MwBargain bargain = { 10, n_options, a, b };
    uint64_t count = 0;
    MwFrontier *frontier = NULL;

    for (size_t i = 0; i < 40; i++) {
        n_options[i] = N;
        for (size_t o = 0; o < N; o++) {
            a[i * N + o] = (double)o;
            b[i * N + o] = (double)(N - 1 - o);
        }
    }
    /* Digit sums: of 10 digits 45 or more, and not more than 45 (b = 90 - a >= 45): as often as
     * the ten-digit sum is exactly 45, OEIS A071817-like central count 432457640. */
    g_assert_cmpint(mw_rational_count(&bargain, 45, 45, &count), ==, MW_OK);
    g_assert_cmpuint(count, ==, 432457640);
    g_assert_cmpint(mw_rational_count(&bargain, 45, 46, &count), ==, MW_OK);
    g_assert_cmpuint(count, ==, 0);
    g_assert_cmpint(mw_rational_count(&bargain, 45, 0, &count), ==, MW_OK);
    g_assert_cmpuint(count, ==, (UINT64_C(10000000000) + 432457640) / 2); /* symmetry */
    g_assert_cmpint(mw_frontier_new(&bargain, &frontier), ==, MW_OK);
    size_t n;
    const MwPoint *points = mw_frontier_points(frontier, 0, &n);
    g_assert_cmpuint(n, ==, 91); /* every sum 0..90, with all its ways */
    g_assert_cmpuint(points[45].ways, ==, 432457640);
    mw_frontier_free(frontier);

    bargain.n_issues = 18;
    g_assert_cmpint(mw_rational_count(&bargain, 0, 0, &count), ==, MW_OK);
    g_assert_cmpuint(count, ==, UINT64_C(1000000000000000000));
    g_assert_cmpint(mw_rational_count(&bargain, 163, 0, &count), ==, MW_OK);
    g_assert_cmpuint(count, ==, 0);
    g_assert_cmpint(mw_rational_count(&bargain, 80, 80, &count), ==, MW_TOO_LARGE);
    bargain.n_issues = 19;
    g_assert_cmpint(mw_outcome_count(&bargain, &count), ==, MW_TOO_LARGE);
    g_assert_cmpuint(count, ==, 0);
    /* The frontier needs no count: 40 issues, 10^40 outcomes. */
    bargain.n_issues = 40;
    g_assert_cmpint(mw_frontier_new(&bargain, &frontier), ==, MW_OK);
    points = mw_frontier_points(frontier, 0, &n);
    g_assert_cmpuint(n, ==, 361);
    g_assert_cmpuint(points[180].ways, ==, UINT64_MAX); /* saturated */
    mw_frontier_free(frontier);
}

static void
test_refusals(void)
{
    size_t n_options[MW_ISSUES_MAX + 1] = { 2, 1 };
    double a[3] = { 1, 2, 3 }, b[3] = { 1, 2, 3 };
    MwBargain bargain = { 0, n_options, a, b };
    MwFrontier *frontier = NULL;
    uint64_t count;

    g_assert_cmpint(mw_frontier_new(&bargain, &frontier), ==, MW_EMPTY);
    bargain.n_issues = MW_ISSUES_MAX + 1;
    g_assert_cmpint(mw_frontier_new(&bargain, &frontier), ==, MW_TOO_LARGE);
    bargain.n_issues = 3;
    g_assert_cmpint(mw_frontier_new(&bargain, &frontier), ==, MW_EMPTY);
    bargain.n_issues = 2;
    n_options[1] = MW_OPTIONS_MAX + 1;
    g_assert_cmpint(mw_frontier_new(&bargain, &frontier), ==, MW_TOO_LARGE);
    n_options[1] = 1;
    a[2] = NAN;
    g_assert_cmpint(mw_frontier_new(&bargain, &frontier), ==, MW_NOT_FINITE);
    a[2] = 1001;
    g_assert_cmpint(mw_frontier_new(&bargain, &frontier), ==, MW_OUT_OF_RANGE);
    g_assert_cmpint(mw_rational_count(&bargain, 0, 0, &count), ==, MW_OUT_OF_RANGE);
    a[2] = 3;
    g_assert_cmpint(mw_rational_count(&bargain, NAN, 0, &count), ==, MW_NOT_FINITE);
    g_assert_null(frontier);
}

/* Powers of two against each other: every outcome is on the frontier, 2^30 of them. */
static void
test_frontier_too_large(void)
{
    size_t n_options[30];
    double a[60] = { 0 }, b[60] = { 0 };
    MwBargain bargain = { 30, n_options, a, b };
    MwFrontier *frontier = NULL;

    for (size_t i = 0; i < 30; i++) {
        n_options[i] = 2;
        a[2 * i] = b[2 * i + 1] = ldexp(1, -(int)i);
    }
    g_assert_cmpint(mw_frontier_new(&bargain, &frontier), ==, MW_TOO_LARGE);
    g_assert_null(frontier);
    bargain.n_issues = 16;
    g_assert_cmpint(mw_frontier_new(&bargain, &frontier), ==, MW_OK);
    size_t n;
    mw_frontier_points(frontier, 0, &n);
    g_assert_cmpuint(n, ==, 65536);
    mw_frontier_free(frontier);
}

/* The trace of reference-values (d) on ItexvsCypress: Price 5, Delivery 4, Payment 3, Returns 3
 * options in file order, computed there from HardHeadedFrequencyModel.java. */
static void
test_opponent(void)
{
    const size_t n_options[] = { 5, 4, 3, 3 };
    /* ($3.47,20 d,Upon,Full) ($3.47,30 d,..) ($3.47,20 d,30 d after,..) ... ($3.71,..,5 %) */
    const size_t bids[][4] = { { 4, 3, 0, 0 }, { 4, 2, 0, 0 }, { 4, 3, 1, 0 },
                               { 4, 2, 1, 0 }, { 3, 2, 1, 0 }, { 3, 2, 1, 1 } };
    const double weights[] = { .26217388, .21122936, .27009396, .25650280 };
    const double counts[] = { 1, 1, 1, 3, 4, 1, 1, 5, 2, 2, 5, 1, 5, 2, 1 };
    double w[4], c[15], u[15], a, b;
    size_t last[4];
    MwOpponent opponent = { 4, n_options, .2, 0, w, c, last };

    g_assert_cmpint(mw_opponent_start(&opponent), ==, MW_OK);
    for (size_t i = 0; i < G_N_ELEMENTS(bids); i++)
        g_assert_cmpint(mw_opponent_observe(&opponent, bids[i]), ==, MW_OK);
    for (size_t i = 0; i < 4; i++)
        assert_near(w[i], weights[i], 5e-9);
    for (size_t i = 0; i < 15; i++)
        assert_near(c[i], counts[i], 0);
    mw_opponent_utilities(&opponent, u);
    MwBargain bargain = { 4, n_options, u, u };
    /* ($3.98, 45 d, 30 after, Full) */
    mw_outcome_utilities(&bargain, (const size_t[]){ 2, 1, 1, 0 }, &a, &b);
    assert_near(a, .63438610, 5e-9);
    assert_near(w[0] + w[1] + w[2] + w[3], 1, 1e-12);

    g_assert_cmpint(mw_opponent_observe(&opponent, (const size_t[]){ 5, 0, 0, 0 }), ==,
                    MW_OUT_OF_RANGE);
    g_assert_cmpuint(opponent.n_offers, ==, 6);
    opponent.learning = NAN;
    g_assert_cmpint(mw_opponent_start(&opponent), ==, MW_OUT_OF_RANGE);
    opponent.n_issues = 0;
    g_assert_cmpint(mw_opponent_start(&opponent), ==, MW_EMPTY);
}

static void
test_concession(void)
{
    static const struct {
        MwConcession concession;
        double time, target; /* -1: refused */
    } cases[] = {
        /* Faratin, Sierra & Jennings 1998, eq. 4-5: F = .5, .03125, .70710678 */
        { { 0, 1, 0, 1 }, .5, .5 },
        { { 0, 1, 0, .2 }, .5, 1 - .03125 },
        { { 0, 1, 0, 2 }, .5, 1 - .70710678118654752 },
        { { .4, .9, 0, 1 }, 0, .9 },
        { { .4, .9, .1, 1 }, 0, .85 },
        { { .4, .9, .1, 3 }, 1, .4 },
        { { .9, .4, 0, 1 }, 0, -1 },
        { { 0, 1, -.1, 1 }, 0, -1 },
        { { 0, 1, 0, 0 }, 0, -1 },
        { { 0, 1, 0, 1 }, 1.1, -1 },
        { { 0, 1, 0, 1 }, NAN, -1 },
        { { NAN, 1, 0, 1 }, 0, -1 },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        double target = -1;
        MwStatus status = mw_concession_target(&cases[i].concession, cases[i].time, &target);
        g_assert_true((status == MW_OK) == (cases[i].target >= 0));
        assert_near(target, cases[i].target, 1e-15);
    }
}

static void
test_discount(void)
{
    /* GENIUS AbstractUtilitySpace.validateDiscount: none unless in (0, 1] */
    assert_near(mw_discount_factor(0, .5), 1, 0);
    assert_near(mw_discount_factor(-.5, .5), 1, 0);
    assert_near(mw_discount_factor(1.5, .5), 1, 0);
    assert_near(mw_discount_factor(.25, .5), .5, 1e-15);
    assert_near(mw_discount_factor(.25, 7), .25, 1e-15);
    assert_near(mw_discount_factor(.25, -7), 1, 0);
    assert_near(mw_discount_factor(NAN, .5), 1, 0);
}

static void
test_counter_offer(void)
{
    const MwPoint points[] = { { .a = .9, .b = .1 }, { .a = .7, .b = .5 }, { .a = .2, .b = .8 } };

    g_assert_cmpuint(mw_counter_offer(points, 3, .95), ==, 0);
    g_assert_cmpuint(mw_counter_offer(points, 3, .9), ==, 0);
    g_assert_cmpuint(mw_counter_offer(points, 3, .71), ==, 0);
    g_assert_cmpuint(mw_counter_offer(points, 3, .7 + 1e-13), ==, 1);
    g_assert_cmpuint(mw_counter_offer(points, 3, .3), ==, 1);
    g_assert_cmpuint(mw_counter_offer(points, 3, 0), ==, 2);
}

/* The best for B in the band that differs enough from those before, by going through all. */
static bool
best_package(const Domain *domain, const MwPackageWish *wish, const size_t *before, size_t n_before,
             double *best_b)
{
    const MwBargain *bargain = &domain->bargain;
    size_t options[6] = { 0 }, i = 0;
    bool found = false;

    while (i < bargain->n_issues) {
        double a, b;
        bool fits = true;
        mw_outcome_utilities(bargain, options, &a, &b);
        for (size_t p = 0; p < n_before; p++) {
            size_t differences = 0;
            for (size_t k = 0; k < bargain->n_issues; k++)
                differences += options[k] != before[p * bargain->n_issues + k];
            fits &= differences >= wish->min_differences;
        }
        if (fits && a >= wish->low - MW_TIE && a <= wish->high + MW_TIE) {
            *best_b = found ? fmax(*best_b, b) : b;
            found = true;
        }
        for (i = 0; i < bargain->n_issues && ++options[i] == bargain->n_options[i]; i++)
            options[i] = 0;
    }
    return found;
}

static void
test_packages(void)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(5);
    size_t some = 0;

    for (int round = 0; round < 200; round++) {
        Domain domain;
        MwFrontier *frontier = NULL;
        size_t options[4 * 6], n_packages = 0;
        bool complete = false;
        random_domain(random, round % 2 ? 6 : 0, &domain);
        double low = g_rand_double(random) * (double)domain.bargain.n_issues;
        MwPackageWish wish = { low, low + g_rand_double(random) * .3, 1 + (size_t)(round % 3), 4 };
        g_assert_cmpint(mw_frontier_new(&domain.bargain, &frontier), ==, MW_OK);
        MwStatus status =
            mw_packages(&domain.bargain, frontier, &wish, options, &n_packages, &complete);
        g_assert_true(status == MW_OK || status == MW_NO_SOLUTION);
        double a, b, best_b = 0;
        for (size_t p = 0; p < n_packages; p++) {
            mw_outcome_utilities(&domain.bargain, options + p * domain.bargain.n_issues, &a, &b);
            g_assert_true(a >= wish.low - MW_TIE && a <= wish.high + MW_TIE);
            g_assert_true(best_package(&domain, &wish, options, p, &best_b));
            assert_near(b, best_b, 1e-11);
        }
        if (n_packages < wish.n_max)
            g_assert_false(best_package(&domain, &wish, options, n_packages, &best_b));
        else
            some++;
        g_assert_true(n_packages == 0 || complete);
        mw_frontier_free(frontier);
    }
    g_assert_cmpuint(some, >, 5);
}

static void
test_packages_refused(void)
{
    const size_t n_options[] = { 1 };
    const double u[] = { .5 };
    MwBargain bargain = { 1, n_options, u, u };
    static const MwPackageWish wishes[] = {
        { .6, .5, 1, 1 },
        { NAN, .5, 1, 1 },
        { .4, .6, 0, 1 },
        { .4, .6, 1, 0 },
        { .4, .6, 1, MW_PACKAGES_MAX + 1 },
    };
    MwFrontier *frontier = NULL;
    size_t options[MW_PACKAGES_MAX + 1], n = 99;
    bool complete;

    g_assert_cmpint(mw_frontier_new(&bargain, &frontier), ==, MW_OK);
    for (size_t i = 0; i < G_N_ELEMENTS(wishes); i++)
        g_assert_cmpint(mw_packages(&bargain, frontier, &wishes[i], options, &n, &complete), ==,
                        MW_OUT_OF_RANGE);
    g_assert_cmpuint(n, ==, 99);
    mw_frontier_free(frontier);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/negotiation/against-every-outcome", test_against_every_outcome);
    g_test_add_func("/negotiation/solutions-by-hand", test_solutions_by_hand);
    g_test_add_func("/negotiation/large-counts", test_large_counts);
    g_test_add_func("/negotiation/refusals", test_refusals);
    g_test_add_func("/negotiation/frontier-too-large", test_frontier_too_large);
    g_test_add_func("/negotiation/opponent", test_opponent);
    g_test_add_func("/negotiation/concession", test_concession);
    g_test_add_func("/negotiation/discount", test_discount);
    g_test_add_func("/negotiation/counter-offer", test_counter_offer);
    g_test_add_func("/negotiation/packages", test_packages);
    g_test_add_func("/negotiation/packages-refused", test_packages_refused);
    return g_test_run();
}
