/* value_case: from the document to the lines of the engine, and what is wrong with it by key. */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "cli/value_case.h"

static MwValueFile *
read_text(const char *text, GError **error)
{
    json_t *document = mw_json_parse(text, strlen(text), error);

    return document ? mw_value_file_new(document, error) : NULL;
}

static void
assert_flows(const MwValueFile *file, const MwCostSide *side, const double *expected)
{
    MwValueCase value_case = { (const MwValueLine *)(gpointer)side->lines->data, side->lines->len,
                               file->years, file->rate };
    double flows[MW_FLOWS_MAX];

    g_assert_cmpint(mw_value_flows(&value_case, flows), ==, MW_OK);
    for (unsigned y = 0; y <= file->years; y++)
        if (!(fabs(flows[y] - expected[y]) <= 1e-9))
            g_error("year %u: %.12g, expected %.12g", y, flows[y], expected[y]);
}

static const char full[] =
    "{\"name\": \"n\", \"currency\": \"CNY\", \"years\": 3, \"rate\": 0.1, \"tax_rate\": 0.25,"
    " \"depreciation_years\": 2, \"finance_rate\": 0.12,"
    " \"effects\": ["
    "  {\"name\": \"Hours\", \"family\": \"speed\", \"baseline\": 10, \"target\": 6, \"better\": "
    "\"lower\","
    "   \"unit_price\": 2, \"volume\": 5, \"ramp_up\": [0.5, 1], \"group\": \"g\","
    "   \"uncertainty\": {\"kind\": \"pert\", \"low\": 5, \"high\": 9}},"
    "  {\"name\": \"Pieces\", \"family\": \"economic_result\", \"baseline\": 1, \"target\": 3, "
    "\"better\":"
    "   \"higher\", \"unit_price\": 4, \"each_year\": true, \"group\": \"g\","
    "   \"uncertainty\": {\"kind\": \"uniform\", \"low\": 2, \"high\": 4}},"
    "  {\"name\": \"Unique\", \"family\": \"competitiveness\", \"score\": 4, \"evidence\": "
    "\"patent\"}],"
    " \"investments\": [{\"name\": \"Machine\", \"amount\": 100}, {\"name\": \"Floor\", "
    "\"amount\": 8,"
    "  \"year\": 1, \"to_seller\": false}],"
    " \"running_costs\": [{\"name\": \"Oil\", \"amount\": 4, \"from\": 2, \"growth\": 0.5}],"
    " \"alternative\": {\"name\": \"old\", \"investments\": [{\"name\": \"Old\", \"amount\": 50}],"
    "  \"running_costs\": [{\"name\": \"Oil\", \"amount\": 8, \"to\": 1}]},"
    " \"price\": {\"seller_floor\": 70, \"customer_share\": 0.3},"
    " \"simulation\": {\"draws\": 100, \"seed\": 7}}";

static void
test_full_case(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MwValueFile) file = read_text(full, &error);
    /* By hand, tax 25 %: hours 4 * 2 * 5 = 40 a year, half in year 1; pieces 2 * 4 = 8; the
     * machine saves 12.5 of tax in years 1 and 2, the floor 1 in years 2 and 3; oil 4, then 6. */
    const double offer[] = { -100, .75 * 28 + 12.5 - 8, .75 * 48 + 12.5 + 1 - 3,
                             .75 * 48 + 1 - 4.5 };
    const double alternative[] = { -50, -6 + 6.25, 6.25, 0 };

    g_assert_no_error(error);
    assert_flows(file, &file->offer, offer);
    assert_flows(file, &file->alternative, alternative);
    g_assert_cmpfloat(file->finance_rate, ==, .12);
    g_assert_cmpfloat(file->reinvest_rate, ==, .1);
    g_assert_cmpfloat(file->seller_floor, ==, 70);
    g_assert_cmpfloat(file->customer_share, ==, .3);
    g_assert_cmpint(file->draws, ==, 100);
    g_assert_cmpint(file->seed, ==, 7);
    g_assert_true(file->has_alternative);
    g_assert_cmpuint(file->scores->len, ==, 1);
    g_assert_cmpfloat(g_array_index(file->scores, MwScore, 0).score, ==, 4);

    const MwValueLine *lines = (const MwValueLine *)(gpointer)file->offer.lines->data;
    g_assert_cmpint(lines[0].kind, ==, MW_PERT);
    g_assert_cmpint(lines[0].group, ==, 0);
    g_assert_cmpint(lines[1].group, ==, 0);
    g_assert_true(lines[1].each_year);
    g_assert_cmpint(lines[2].group, ==, -1);
    const MwLineNote *floor = &g_array_index(file->offer.notes, MwLineNote, 3);
    g_assert_false(floor->to_seller);
    g_assert_cmpfloat(fabs(floor->gross_present - 8 / 1.1), <, 1e-12);
}

static void
test_given_flows(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MwValueFile) file =
        read_text("{\"rate\": 0, \"cash_flows\": [-5, 2, 4], \"tax_rate\": 0.5}", &error);

    g_assert_no_error(error);
    g_assert_cmpuint(file->years, ==, 2);
    g_assert_true(isnan(file->seller_floor));
    assert_flows(file, &file->offer, (const double[]){ -5, 2, 4 });
}

#define EFFECT(rest)                                                                               \
    "{\"rate\": 0, \"years\": 2, \"effects\": [{\"name\": \"a\", \"family\": \"speed\", "          \
    "\"better\": "                                                                                 \
    "\"lower\", \"baseline\": 3, \"target\": 2, \"unit_price\": 1" rest "}]}"

static const struct {
    const char *text, *said;
} bad[] = {
    { "", "Line 1" },
    { "{\"rate\": 0,\n\"years\"}", "Line 2" },
    { "{\"rate\": 0, \"rate\": 0}", "duplicate" },
    { "[]", "must be an object" },
    { "{}", "years: This is missing" },
    { "{\"years\": 1}", "rate: This is missing" },
    { "{\"years\": 1, \"rate\": \"1\"}", "rate: This must be a number" },
    { "{\"years\": 1, \"rate\": -0.6}", "rate: This must be a number from -0.5 to 10" },
    { "{\"years\": 101, \"rate\": 0}", "years: This must be a whole number from 0 to 100" },
    { "{\"years\": 1.5, \"rate\": 0}", "years: " },
    { "{\"years\": 1, \"rate\": 0}", "no effects" },
    { "{\"years\": 1, \"rate\": 0, \"wacc\": 1}", "wacc: This key is not known" },
    { "{\"years\": 1, \"rate\": 0, \"name\": \"\"}", "name: " },
    { "{\"years\": 1, \"rate\": 0, \"effects\": {}}", "effects: This must be a list" },
    { "{\"years\": 1, \"rate\": 0, \"effects\": [1]}", "effects[0]: This must be an object" },
    { "{\"years\": 1, \"rate\": 0, \"cash_flows\": [1, 2, 3]}", "cash_flows: " },
    { "{\"rate\": 0, \"cash_flows\": [1, null]}", "cash_flows[1]: " },
    { "{\"years\": 1, \"rate\": 0, \"alternative\": {\"effects\": []}}", "alternative.effects" },
    { "{\"years\": 1, \"rate\": 0, \"price\": {\"customer_share\": 2}}", "price.customer_share" },
    { "{\"years\": 1, \"rate\": 0, \"price\": 3}", "price: This must be an object" },
    { "{\"years\": 1, \"rate\": 0, \"simulation\": {\"draws\": 1}}", "simulation.draws" },
    { "{\"years\": 1, \"rate\": 0, \"investments\": [{\"name\": \"a\", \"amount\": -1}]}",
      "investments[0].amount" },
    { "{\"years\": 1, \"rate\": 0, \"investments\": [{\"name\": \"a\", \"amount\": 1, \"year\": "
      "2}]}",
      "investments[0].year" },
    { "{\"years\": 1, \"rate\": 0, \"running_costs\": [{\"name\": \"a\", \"amount\": 1, \"to\": "
      "2}]}",
      "running_costs[0].to" },
    { EFFECT(", \"x\": 1"), "effects[0].x: This key is not known" },
    { EFFECT(", \"score\": 3"), "effects[0].better: This key is not known" },
    { EFFECT(", \"volume\": -1"), "effects[0].volume" },
    { EFFECT(", \"ramp_up\": [1, -1]"), "effects[0].ramp_up[1]" },
    { EFFECT(", \"each_year\": 1"), "effects[0].each_year: This must be true or false" },
    { EFFECT(", \"uncertainty\": {}"), "effects[0].uncertainty.kind: This is missing" },
    { EFFECT(", \"uncertainty\": {\"kind\": \"normal\"}"), "one of: fixed, uniform" },
    { EFFECT(", \"uncertainty\": {\"kind\": \"pert\", \"low\": 0}"), "uncertainty.high: " },
    { EFFECT(", \"uncertainty\": {\"kind\": \"pert\", \"low\": 3, \"high\": 4}"),
      "effects[0].uncertainty: “low” must be below" },
    { EFFECT(", \"uncertainty\": {\"kind\": \"pert\", \"low\": 2, \"high\": 2}"), "uncertainty: " },
};

static void
test_bad_cases(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(read_text(bad[i].text, &error));
        g_assert_error(error, MW_ERROR, MW_ERROR_INVALID);
        if (!strstr(error->message, bad[i].said))
            g_error("%s: “%s” does not say “%s”", bad[i].text, error->message, bad[i].said);
    }
}

static void
test_files(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *bytes = NULL;
    gsize size;

    g_assert_false(mw_read_input("/nonexistent/case.json", &bytes, &size, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_NOT_FOUND);
    g_clear_error(&error);
    g_assert_false(mw_read_input("/", &bytes, &size, &error)); /* a folder */
    g_assert_error(error, MW_ERROR, MW_ERROR_UNAVAILABLE);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/value-case/full", test_full_case);
    g_test_add_func("/value-case/given-flows", test_given_flows);
    g_test_add_func("/value-case/bad", test_bad_cases);
    g_test_add_func("/value-case/files", test_files);
    return g_test_run();
}
