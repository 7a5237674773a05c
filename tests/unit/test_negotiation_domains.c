/* negotiation_domains: the whole way from published files to the solutions, where they are. */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "cli/negotiation_input.h"
#include "engines/negotiation.h"

static void
assert_near(double got, double expected, double tolerance)
{
    if (!(fabs(got - expected) <= tolerance))
        g_error("got %.15g, expected %.15g within %g", got, expected, tolerance);
}

/* ---- published domains ------------------------------------------------------------------------ */

/* reference-values (d): GENIUS/ANAC domains, computed there with numpy over every outcome. Four
 * numbers differ from that table, where it fell for the rounding that it warns of; those here are
 * those of exact rational arithmetic over every outcome: Energy 204 points (208 there), Jobs 21
 * (24), SupermarketB 105,482 rational (105,414), Wholesaler 4,906 (4,871). -1: not in the table. */
typedef struct {
    const char *domain, *a, *b;
    double outcomes;
    int pareto, rational;
    double nash[2][2], ks[2], egalitarian[2], utilitarian[2];
    size_t n_nash, n_utilitarian;
    double opposition;
} Published;

#define ONE(a, b)                                                                                  \
    {                                                                                              \
        { a, b },                                                                                  \
        {                                                                                          \
            0                                                                                      \
        }                                                                                          \
    }

static const Published published[] = {
    { "ItexvsCypress/ItexvsCypress_domain.xml",
      "ItexvsCypress/ItexvsCypress_Cypress.xml",
      "ItexvsCypress/ItexvsCypress_Itex.xml",
      180,
      18,
      180,
      ONE(.6704784151, .7214778614),
      { .6704784151, .7214778614 },
      { .6704784151, .7214778614 },
      { .6704784151, .7214778614 },
      1,
      1,
      .4315 },
    { "EnglandZimbabwe/EnglandZimbabwe_domain.xml",
      "EnglandZimbabwe/England.xml",
      "EnglandZimbabwe/Zimbabwe.xml",
      576,
      25,
      576,
      ONE(.9109162864, .7332182801),
      { .8222863965, .7865697963 },
      { .8222863965, .7865697963 },
      { .9109162864, .7332182801 },
      1,
      1,
      .2777 },
    { "Travel/travel_domain.xml",
      "Travel/travel_chox.xml",
      "Travel/travel_fanny.xml",
      188160,
      12,
      188160,
      ONE(.8824121625, .8020154681),
      { .8824121625, .8020154681 },
      { .8824121625, .8020154681 },
      { .9195578739, .7648790432 },
      1,
      1,
      .2303 },
    { "Amsterdam/Amsterdam_domain.xml",
      "Amsterdam/Amsterdam_party1.xml",
      "Amsterdam/Amsterdam_party2.xml",
      3024,
      11,
      3024,
      ONE(.83, .8558333333),
      { .83, .8558333333 },
      { .83, .8558333333 },
      { .83, .8558333333 },
      1,
      1,
      .2229 },
    { "Camera/camera_domain.xml",
      "Camera/camera_buyer_utility.xml",
      "Camera/camera_seller_utility.xml",
      3600,
      16,
      3600,
      ONE(.8154131653, .8808),
      { .8154131653, .8808 },
      { .8154131653, .8808 },
      { .8154131653, .8808 },
      1,
      1,
      .2524 },
    { "Energy/energy_domain.xml",
      "Energy/energy_consumer.xml",
      "Energy/energy_distributor.xml",
      390625,
      204,
      390625,
      ONE(.625, .7542857143),
      { .6825, .684 },
      { .6825, .684 },
      { .625, .7542857143 },
      1,
      1,
      .4480 },
    { "Grocery/Grocery_domain.xml",
      "Grocery/Grocery_domain_mary.xml",
      "Grocery/Grocery_domain_sam.xml",
      1600,
      7,
      1600,
      ONE(.84, .895),
      { .84, .895 },
      { .84, .895 },
      { .96, .775 },
      1,
      2,
      .1914 },
    { "Laptop/laptop_domain.xml",
      "Laptop/laptop_buyer_utility.xml",
      "Laptop/laptop_seller_utility.xml",
      27,
      4,
      27,
      ONE(1.0000518042, .8151053952),
      { .8740242985, .8740242985 },
      { .8740242985, .8740242985 },
      { 1.0000518042, .8151053952 },
      1,
      1,
      .1782 },
    { "NiceOrDie/NiceOrDie.xml",
      "NiceOrDie/NiceOrDie1.xml",
      "NiceOrDie/NiceOrDie2.xml",
      3,
      3,
      3,
      { { 1, .16 }, { .16, 1 } },
      { .299, .299 },
      { .299, .299 },
      { 1, .16 },
      2,
      2,
      .9914 },
    { "AcquisitionA/Acquisition-A-domain.xml",
      "AcquisitionA/Acquisition-A-prof1.xml",
      "AcquisitionA/Acquisition-A-prof2.xml",
      384,
      17,
      384,
      ONE(.9328571429, .904),
      { .91, .9133333333 },
      { .91, .9133333333 },
      { .94, .8973333333 },
      1,
      2,
      .1249 },
    { "AirportSiteSelectionA/AirportSiteSelection-A-domain.xml",
      "AirportSiteSelectionA/AirportSiteSelection-A-prof1.xml",
      "AirportSiteSelectionA/AirportSiteSelection-A-prof2.xml",
      420,
      19,
      141,
      ONE(.9, .7261904762),
      { .8214285714, .7777777778 },
      { .8, .7817460317 },
      { 1, .6706349206 },
      1,
      1,
      .2960 },
    { "BarterA/Barter-A-domain.xml",
      "BarterA/Barter-A-prof1.xml",
      "BarterA/Barter-A-prof2.xml",
      80,
      24,
      39,
      ONE(.654, .65),
      { .654, .65 },
      { .654, .65 },
      { .564, .75 },
      1,
      1,
      .4922 },
    { "EnergySmallA/EnergySmall-A-domain.xml",
      "EnergySmallA/EnergySmall-A-prof1.xml",
      "EnergySmallA/EnergySmall-A-prof2.xml",
      15625,
      92,
      1595,
      ONE(.6869141858, .7054292979),
      { .6969234058, .6827700396 },
      { .6878741048, .7013242381 },
      { .6832714162, .7092997829 },
      1,
      1,
      .4320 },
    { "FiftyFiftyC/FiftyFifty-C-domain.xml",
      "FiftyFiftyC/FiftyFifty-C-prof1.xml",
      "FiftyFiftyC/FiftyFifty-C-prof2.xml",
      11,
      11,
      5,
      ONE(.5, .5),
      { .5, .5 },
      { .5, .5 },
      { .7, .3 },
      1,
      5,
      .7071 },
    { "SupermarketB/Supermarket-B-domain.xml",
      "SupermarketB/Supermarket-B-prof1.xml",
      "SupermarketB/Supermarket-B-prof2.xml",
      112896,
      39,
      105482,
      ONE(.855, .68),
      { .75, .76 },
      { .75, .76 },
      { .915, .62 },
      1,
      4,
      .3466 },
    { "Wholesaler/Wholesaler-domain.xml",
      "Wholesaler/Wholesaler-prof1.xml",
      "Wholesaler/Wholesaler-prof2.xml",
      56700,
      15,
      4906,
      ONE(.775, .79),
      { .775, .79 },
      { .775, .79 },
      { .775, .79 },
      1,
      1,
      .3078 },
    { "SmartPhone/SmartPhone.xml",
      "SmartPhone/SmartPhone_util1.xml",
      "SmartPhone/SmartPhone_util2.xml",
      12000,
      13,
      893,
      ONE(.8924746379, .8038484686),
      { .8382195951, .8262716057 },
      { .8318366489, .8486947428 },
      { .8924746379, .8038484686 },
      1,
      1,
      .2374 },
    { "DefensiveCharms/DefensiveCharms.xml",
      "DefensiveCharms/DefensiveCharms_util1.xml",
      "DefensiveCharms/DefensiveCharms_util2.xml",
      36,
      9,
      2,
      ONE(.78, .765),
      { .78, .765 },
      { .78, .765 },
      { .72, .84 },
      1,
      1,
      .3219 },
    { "Jobs/Jobs.xml",
      "Jobs/Jobs_util1.xml",
      "Jobs/Jobs_util2.xml",
      540,
      21,
      540,
      ONE(.81, .655625),
      { .71, .72 },
      { .71, .72 },
      { .81, .655625 },
      1,
      1,
      .4031 },
    { "thompson/thompson_employment.xml",
      "thompson/thompson_employee_utilityspace.xml",
      "thompson/thompson_employer_utilityspace.xml",
      3125,
      25,
      3125,
      ONE(.77, .77),
      { .77, .77 },
      { .77, .77 },
      { .77, .77 },
      1,
      1,
      .3253 },
    { "kite/kite_domain.xml",
      "kite/kite_A.xml",
      "kite/kite_B.xml",
      4,
      3,
      4,
      ONE(.75, .75),
      { .75, .75 },
      { .75, .75 },
      { .75, .75 },
      1,
      1,
      .3536 },
    /* GeniusWeb: the reservation is that of a bid; only Nash is in the table */
    { "geniusweb/Fitness/fitness.json",
      "geniusweb/Fitness/fitness1.json",
      "geniusweb/Fitness/fitness2.json",
      1280,
      17,
      -1,
      ONE(.75, .865),
      { -1 },
      { -1 },
      { -1 },
      1,
      0,
      -1 },
    { "geniusweb/FlightBooking/flightbooking.json",
      "geniusweb/FlightBooking/flightbooking1.json",
      "geniusweb/FlightBooking/flightbooking2.json",
      36,
      7,
      -1,
      ONE(.825, .7248),
      { -1 },
      { -1 },
      { -1 },
      1,
      0,
      -1 },
    { "geniusweb/JapnTrip/japantrip.json",
      "geniusweb/JapnTrip/japantrip1.json",
      "geniusweb/JapnTrip/japantrip2.json",
      192,
      10,
      -1,
      ONE(.855, .84),
      { -1 },
      { -1 },
      { -1 },
      1,
      0,
      -1 },
    { "geniusweb/Party/party.json",
      "geniusweb/Party/party1.json",
      "geniusweb/Party/party2.json",
      3072,
      15,
      -1,
      ONE(.79586, .84899),
      { -1 },
      { -1 },
      { -1 },
      1,
      0,
      -1 },
};

static char *
data_path(const char *name)
{
    const char *root = g_getenv("MILLWRIGHT_DATA");

    return g_build_filename(root ? root : MW_SOURCE_ROOT "/../shared/data", "negotiation", name,
                            NULL);
}

static MwDomain *
load_domain(const char *name)
{
    g_autofree char *path = data_path(name), *bytes = NULL;
    gsize size;

    if (!g_file_get_contents(path, &bytes, &size, NULL))
        return NULL;
    g_autoptr(GError) error = NULL;
    MwDomain *domain = mw_domain_read(bytes, size, &error);
    g_assert_no_error(error);
    return domain;
}

static MwProfile *
load_profile(const MwDomain *domain, const char *name)
{
    g_autofree char *path = data_path(name), *bytes = NULL;
    g_autoptr(GError) error = NULL;
    gsize size;

    g_file_get_contents(path, &bytes, &size, &error);
    g_assert_no_error(error);
    MwProfile *profile = mw_profile_read(domain, bytes, size, &error);
    g_assert_no_error(error);
    return profile;
}

static MwBargain
bargain_of(const MwDomain *domain, const MwProfile *a, const MwProfile *b, size_t *n_options)
{
    for (guint i = 0; i < domain->issues->len; i++)
        n_options[i] = mw_domain_get(domain, i)->options->len;
    return (MwBargain){ domain->issues->len, n_options, a->utilities, b->utilities };
}

/* One of the points picked is (a, b). */
static void
assert_picked(const MwPoint *points, const size_t *picked, size_t n, const double expected[2])
{
    for (size_t i = 0; i < n; i++)
        if (fabs(points[picked[i]].a - expected[0]) < 6e-11 &&
            fabs(points[picked[i]].b - expected[1]) < 6e-11)
            return;
    g_error("(%.10g, %.10g) is not among %zu, the first (%.10g, %.10g)", expected[0], expected[1],
            n, points[picked[0]].a, points[picked[0]].b);
}

static void
test_published(gconstpointer data)
{
    const Published *p = data;
    g_autoptr(MwDomain) domain = load_domain(p->domain);
    if (!domain) {
        g_test_skip("the negotiation domains are not present");
        return;
    }
    g_autoptr(MwProfile) a = load_profile(domain, p->a), b = load_profile(domain, p->b);
    size_t n_options[MW_ISSUES_MAX], n, picked[512], n_picked;
    MwBargain bargain = bargain_of(domain, a, b, n_options);
    MwFrontier *frontier = NULL;
    uint64_t count;
    double opposition;

    g_assert_cmpint(mw_outcome_count(&bargain, &count), ==, MW_OK);
    g_assert_cmpfloat((double)count, ==, p->outcomes);
    g_assert_cmpint(mw_rational_count(&bargain, a->reservation, b->reservation, &count), ==, MW_OK);
    if (p->rational >= 0)
        g_assert_cmpuint(count, ==, (uint64_t)p->rational);
    g_assert_cmpint(mw_frontier_new(&bargain, &frontier), ==, MW_OK);
    const MwPoint *points = mw_frontier_points(frontier, 0, &n);
    g_assert_cmpuint(n, ==, (size_t)p->pareto);

    for (MwSolution s = MW_NASH; s <= MW_UTILITARIAN; s++) {
        const double *expected[] = { p->nash[0], p->ks, p->egalitarian, p->utilitarian };
        const size_t ties[] = { p->n_nash, 1, 1, p->n_utilitarian };
        g_assert_cmpint(mw_solve(points, n, a->reservation, b->reservation, s, picked, &n_picked),
                        ==, MW_OK);
        if (expected[s][0] < 0)
            continue;
        g_assert_cmpuint(n_picked, ==, ties[s]);
        assert_picked(points, picked, n_picked, expected[s]);
        if (s == MW_NASH && p->n_nash == 2)
            assert_picked(points, picked, n_picked, p->nash[1]);
    }
    g_assert_cmpint(mw_opposition(points, n, &opposition), ==, MW_OK);
    if (p->opposition >= 0)
        assert_near(opposition, p->opposition, 5e-5);
    mw_frontier_free(frontier);
}

/* reference-values (d): reservation values of the GeniusWeb domains, from their bids. */
static void
test_web_reservations(void)
{
    static const struct {
        const char *domain, *a, *b;
        double reservation_a, reservation_b;
    } cases[] = {
        { "geniusweb/Fitness/fitness.json", "geniusweb/Fitness/fitness1.json",
          "geniusweb/Fitness/fitness2.json", .198, .179 },
        { "geniusweb/FlightBooking/flightbooking.json",
          "geniusweb/FlightBooking/flightbooking1.json",
          "geniusweb/FlightBooking/flightbooking2.json", .70845, .60005 },
        { "geniusweb/JapnTrip/japantrip.json", "geniusweb/JapnTrip/japantrip1.json",
          "geniusweb/JapnTrip/japantrip2.json", .2, .17 },
        { "geniusweb/Party/party.json", "geniusweb/Party/party1.json",
          "geniusweb/Party/party2.json", .50636, .36638 },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(MwDomain) domain = load_domain(cases[i].domain);
        if (!domain) {
            g_test_skip("the negotiation domains are not present");
            return;
        }
        g_autoptr(MwProfile) a = load_profile(domain, cases[i].a);
        g_autoptr(MwProfile) b = load_profile(domain, cases[i].b);
        assert_near(a->reservation, cases[i].reservation_a, 1e-12);
        assert_near(b->reservation, cases[i].reservation_b, 1e-12);
    }
}

static void
test_nonlinear_is_refused(void)
{
    g_autoptr(MwDomain) domain = load_domain("10issues/10issues-domain.xml");
    if (!domain) {
        g_test_skip("the negotiation domains are not present");
        return;
    }
    g_autofree char *path = data_path("10issues/profile-1.xml"), *bytes = NULL;
    g_autoptr(GError) error = NULL;
    gsize size;

    g_assert_cmpuint(domain->issues->len, ==, 10);
    g_assert_true(g_file_get_contents(path, &bytes, &size, NULL));
    g_assert_null(mw_profile_read(domain, bytes, size, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_INVALID);
    g_assert_nonnull(strstr(error->message, "nonlinear"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(published); i++) {
        g_autofree char *folder = g_path_get_dirname(published[i].domain);
        g_autofree char *path = g_strdup_printf("/negotiation-domains/%s", folder);
        g_test_add_data_func(path, &published[i], test_published);
    }
    g_test_add_func("/negotiation-domains/web-reservations", test_web_reservations);
    g_test_add_func("/negotiation-domains/nonlinear-is-refused", test_nonlinear_is_refused);
    return g_test_run();
}
