/* pipeline: against closed forms and the CRM sales opportunities of Maven Analytics. */
#include <glib.h>
#include <math.h>
#include <stdbool.h>

#include "dataset.h"
#include "engines/pipeline.h"

static const MwPipelineOptions usual = {
    .draws = 20000, .seed = 1, .n_levels = 3, .levels = { .05, .5, .95 }
};

/* Worked by hand: 12 of 30 won, before that 60 % believed like ten deals: 18 of 40. */
static void
test_shrunk(void)
{
    double rate = -1.0;

    g_assert_cmpint(mw_win_rate_shrunk(12, 18, 0.6, 10.0, &rate), ==, MW_OK);
    g_assert_cmpfloat_with_epsilon(rate, 0.45, 1e-12);
    g_assert_cmpint(mw_win_rate_shrunk(0, 0, 0.6, 10.0, &rate), ==, MW_OK);
    g_assert_cmpfloat_with_epsilon(rate, 0.6, 1e-12);
    g_assert_cmpint(mw_win_rate_shrunk(UINT64_MAX / 2, UINT64_MAX / 2, 0.0, 10.0, &rate), ==,
                    MW_OK);
    g_assert_cmpfloat_with_epsilon(rate, 0.5, 1e-12);
    rate = -1.0;
    g_assert_cmpint(mw_win_rate_shrunk(1, 1, NAN, 10.0, &rate), ==, MW_NOT_FINITE);
    g_assert_cmpint(mw_win_rate_shrunk(1, 1, 0.5, INFINITY, &rate), ==, MW_NOT_FINITE);
    g_assert_cmpint(mw_win_rate_shrunk(1, 1, 1.1, 10.0, &rate), ==, MW_OUT_OF_RANGE);
    g_assert_cmpint(mw_win_rate_shrunk(1, 1, 0.5, 0.0, &rate), ==, MW_OUT_OF_RANGE);
    g_assert_cmpfloat(rate, ==, -1.0); /* untouched */
}

static void
test_win_rate(void)
{
    MwWinRate rate = { .rate = -7 };
    g_assert_cmpint(mw_win_rate(0, 0, &rate), ==, MW_EMPTY);
    g_assert_cmpfloat(rate.rate, ==, -7);
    /* Newcombe, Statistics in Medicine 17, 1998, table I, method 3: 81/263, 15/148, 0/20. */
    g_assert_cmpint(mw_win_rate(81, 263 - 81, &rate), ==, MW_OK);
    g_assert_cmpfloat_with_epsilon(rate.low, .2553, 5.1e-5);
    g_assert_cmpfloat_with_epsilon(rate.high, .3662, 5.1e-5);
    g_assert_cmpint(mw_win_rate(15, 148 - 15, &rate), ==, MW_OK);
    g_assert_cmpfloat_with_epsilon(rate.low, .0624, 5.1e-5);
    g_assert_cmpfloat_with_epsilon(rate.high, .1605, 5.1e-5);
    g_assert_cmpint(mw_win_rate(0, 20, &rate), ==, MW_OK);
    g_assert_cmpfloat(rate.low, ==, 0);
    g_assert_cmpfloat_with_epsilon(rate.high, .1611, 5.1e-5);
}

/* One deal, and two: every outcome and its chance are known. */
static void
test_by_hand(void)
{
    static const MwDeal deals[] = { { 100, .3, 1 }, { 40, .5, 0 }, { -10, 1, 1 } };
    MwPipelineGroup out[3];

    g_assert_cmpint(mw_pipeline_forecast(deals, 3, 2, &usual, out), ==, MW_OK);
    g_assert_cmpuint(out[0].n_deals, ==, 1);
    g_assert_cmpfloat(out[0].weighted, ==, 20);
    g_assert_cmpfloat(out[0].sd, ==, 20);
    g_assert_cmpfloat_with_epsilon(out[1].weighted, 20, 1e-12);
    g_assert_cmpfloat(out[1].quantiles[0], ==, -10);
    g_assert_cmpfloat(out[1].quantiles[2], ==, 90);
    g_assert_cmpuint(out[2].n_deals, ==, 3);
    g_assert_cmpfloat(out[2].amount, ==, 130);
    g_assert_cmpfloat_with_epsilon(out[2].sd, sqrt(20 * 20 + .3 * .7 * 1e4), 1e-9);
    for (int i = 0; i < 3; i++)
        g_assert_cmpfloat(fabs(out[i].mean - out[i].weighted), <=, 4 * out[i].standard_error);
}

static void
test_certain(void)
{
    static const MwDeal deals[] = { { 7, 1, 1 }, { 5, 0, 1 } };
    MwPipelineGroup out[4];
    /* Groups 0 and 2 have no deals. */
    g_assert_cmpint(mw_pipeline_forecast(deals, 2, 3, &usual, out), ==, MW_OK);
    g_assert_cmpuint(out[0].n_deals + out[2].n_deals, ==, 0);
    g_assert_cmpfloat(out[2].quantiles[2], ==, 0);
    g_assert_cmpfloat_with_epsilon(out[3].mean, 7, 1e-9);
    g_assert_cmpfloat(out[3].sd, ==, 0);
    g_assert_cmpfloat(out[3].quantiles[0], ==, 7);
    g_assert_cmpfloat(out[3].quantiles[2], ==, 7);
}

typedef struct {
    const char *name;
    MwDeal deal;
    MwPipelineOptions options;
    size_t n, n_groups;
    MwStatus status;
} Refusal;

static const Refusal refusals[] = {
    { "no-deals", { 1, .5, 0 }, { 100 }, 0, 1, MW_EMPTY },
    { "too-many-groups", { 1, .5, 0 }, { 100 }, 1, MW_PIPELINE_DEALS_MAX + 1, MW_TOO_LARGE },
    { "amount-nan", { NAN, .5, 0 }, { 100 }, 1, 1, MW_NOT_FINITE },
    { "amount-huge", { 1e16, .5, 0 }, { 100 }, 1, 1, MW_OUT_OF_RANGE },
    { "probability-nan", { 1, NAN, 0 }, { 100 }, 1, 1, MW_NOT_FINITE },
    { "probability-above-one", { 1, 1.01, 0 }, { 100 }, 1, 1, MW_OUT_OF_RANGE },
    { "group-unknown", { 1, .5, 1 }, { 100 }, 1, 1, MW_OUT_OF_RANGE },
    { "few-draws", { 1, .5, 0 }, { 99 }, 1, 1, MW_OUT_OF_RANGE },
    { "level-zero", { 1, .5, 0 }, { 100, 0, 1, { 0 } }, 1, 1, MW_OUT_OF_RANGE },
    { "levels-too-many", { 1, .5, 0 }, { 100, 0, 9, { .5 } }, 1, 1, MW_OUT_OF_RANGE },
};

static void
test_refusal(gconstpointer data)
{
    const Refusal *r = data;
    MwPipelineGroup out[3] = { { .mean = -7 } };
    g_assert_cmpint(mw_pipeline_forecast(&r->deal, r->n, r->n_groups, &r->options, out), ==,
                    r->status);
    g_assert_cmpfloat(out[0].mean, ==, -7);
}

/* Maven Analytics, CRM sales opportunities: computed with numpy. */
enum { PRODUCTS = 7 };
static const char *const products[PRODUCTS] = { "GTX Basic", "GTX Plus Basic", "GTX Plus Pro",
                                                "GTXPro",    "MG Advanced",    "MG Special",
                                                "GTK 500" };
static const double win_rates[PRODUCTS] = { .63718663, .62131304, .64295302, .63557105,
                                            .60332103, .64840556, .6 };
static const double prices[PRODUCTS] = { 550, 1096, 5482, 4821, 3393, 55, 26768 };

static size_t
product_of(const char *name)
{
    for (size_t p = 0; p < PRODUCTS; p++)
        if (g_str_equal(products[p], name))
            return p;
    g_assert_not_reached();
}

/* Weighted and simulated sum of the open deals, those being prospected or not. */
static void
check_maven(char **lines, bool prospecting, size_t n, double list, double weighted, double sd)
{
    uint64_t won[PRODUCTS] = { 0 }, lost[PRODUCTS] = { 0 };
    g_autoptr(GArray) deals = g_array_new(FALSE, FALSE, sizeof(MwDeal));
    MwPipelineGroup out[PRODUCTS + 1];

    for (char **line = lines + 1; *line; line++) {
        g_auto(GStrv) cells = g_strsplit(*line, ",", -1);
        const size_t p = product_of(cells[2]);
        const char *stage = cells[4];
        won[p] += g_str_equal(stage, "Won");
        lost[p] += g_str_equal(stage, "Lost");
        if (g_str_equal(stage, "Engaging") || (prospecting && g_str_equal(stage, "Prospecting"))) {
            const MwDeal deal = { prices[p], 0, (uint32_t)p };
            g_array_append_val(deals, deal);
        }
    }
    for (size_t p = 0; p < PRODUCTS; p++) {
        MwWinRate rate;
        g_assert_cmpint(mw_win_rate(won[p], lost[p], &rate), ==, MW_OK);
        g_assert_cmpfloat_with_epsilon(rate.rate, win_rates[p], 5.1e-9);
        for (guint i = 0; i < deals->len; i++) {
            MwDeal *deal = &g_array_index(deals, MwDeal, i);
            if (deal->group == p)
                deal->probability = rate.rate;
        }
    }
    g_assert_cmpint(mw_pipeline_forecast((const MwDeal *)(void *)deals->data, deals->len, PRODUCTS,
                                         &usual, out),
                    ==, MW_OK);
    g_assert_cmpuint(out[PRODUCTS].n_deals, ==, n);
    g_assert_cmpfloat(out[PRODUCTS].amount, ==, list);
    g_assert_cmpfloat_with_epsilon(out[PRODUCTS].weighted, weighted, 6e-5);
    /* 83,297.7516 was noted; exact sums give 83,297.75153. */
    g_assert_cmpfloat_with_epsilon(out[PRODUCTS].sd, sd, 1e-4);
    g_assert_cmpfloat(fabs(out[PRODUCTS].mean - weighted), <=, 4 * out[PRODUCTS].standard_error);
    /* The standard error of a sample's standard deviation is about sd / sqrt(2 n). */
    g_assert_cmpfloat_with_epsilon(out[PRODUCTS].standard_error * sqrt(usual.draws), sd,
                                   4 * sd / sqrt(2.0 * usual.draws));
    /* 2,089 deals are nearly normal. */
    g_assert_cmpfloat_with_epsilon(out[PRODUCTS].quantiles[2], weighted + 1.645 * sd, .06 * sd);
}

static void
test_maven(void)
{
    g_auto(GStrv) lines = dataset_lines("pipeline/sales_pipeline.csv");
    if (!lines)
        return;
    check_maven(lines, true, 2089, 4966215, 3110729.3010, 83297.7516);
    check_maven(lines, false, 1589, 3892229, 2436632.4230, 76936.0073);
}

/* A group's numbers do not depend on what stands beside it, but for the deals' numbers. */
static void
test_groups_add_up(void)
{
    enum { N = 50, GROUPS = 4 };
    MwDeal deals[N];
    MwPipelineGroup out[GROUPS + 1], one[2];
    double weighted = 0;

    for (uint32_t i = 0; i < N; i++)
        deals[i] = (MwDeal){ 10.0 * i, i / (double)N, i % GROUPS };
    g_assert_cmpint(mw_pipeline_forecast(deals, N, GROUPS, &usual, out), ==, MW_OK);
    for (size_t g = 0; g < GROUPS; g++)
        weighted += out[g].weighted;
    g_assert_cmpfloat_with_epsilon(weighted, out[GROUPS].weighted, 1e-9);
    for (uint32_t i = 0; i < N; i++)
        deals[i].group = 0;
    g_assert_cmpint(mw_pipeline_forecast(deals, N, 1, &usual, one), ==, MW_OK);
    for (size_t l = 0; l < usual.n_levels; l++)
        g_assert_cmpfloat(one[0].quantiles[l], ==, out[GROUPS].quantiles[l]);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pipeline/win-rate", test_win_rate);
    g_test_add_func("/pipeline/win-rate-shrunk", test_shrunk);
    g_test_add_func("/pipeline/by-hand", test_by_hand);
    g_test_add_func("/pipeline/certain", test_certain);
    for (size_t i = 0; i < G_N_ELEMENTS(refusals); i++) {
        g_autofree char *path = g_strdup_printf("/pipeline/refusal/%s", refusals[i].name);
        g_test_add_data_func(path, &refusals[i], test_refusal);
    }
    g_test_add_func("/pipeline/maven", test_maven);
    g_test_add_func("/pipeline/groups-add-up", test_groups_add_up);
    return g_test_run();
}
