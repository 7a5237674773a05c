/* negotiation_input: the three formats, and what is wrong with them by line or key. */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "cli/negotiation_input.h"

static void
assert_near(double got, double expected, double tolerance)
{
    if (!(fabs(got - expected) <= tolerance))
        g_error("got %.15g, expected %.15g within %g", got, expected, tolerance);
}

/* ---- formats in small ------------------------------------------------------------------------- */

static const char xml_domain[] = "\n\n<negotiation_template><utility_space>\n<objective>\n"
                                 "<issue index=\"1\" name=\"Price\" type=\"discrete\"><item "
                                 "value=\"9\"/><item value=\"8\"/></issue>\n"
                                 "<issue index=\"2\" name=\"Days\" type=\"integer\" "
                                 "vtype=\"integer\" lowerbound=\"-1\" upperbound=\"2\"/>\n"
                                 "</objective></utility_space></negotiation_template>";
static const char own_domain[] =
    "{\"name\": \"d\", \"issues\": [{\"name\": \"Price\", \"options\":"
    " [\"9\", \"8\"]}, {\"name\": \"Days\", \"from\": -1, \"to\": 2}]}";
static const char web_domain[] =
    "{\"name\": \"d\", \"issuesValues\": {\"Price\": {\"values\":"
    " [\"9\", \"8\"]}, \"Days\": {\"range\": [\"-1\", \"2\", \"1\"]}}}";

/* The same profile in each format: Price .6 with 9 worth all and 8 half; Days .4, 1 down to .25. */
#define XML_ISSUES                                                                                 \
    "<issue index=\"1\" name=\"Price\" type=\"discrete\"><item value=\"9\" evaluation=\"20\"/>"    \
    "<item value=\"8\" evaluation=\"10\"/></issue><issue index=\"2\" name=\"Days\" "               \
    "type=\"integer\" lowerbound=\"-1\" upperbound=\"2\"><evaluator ftype=\"linear\" "             \
    "slope=\"-0.25\" offset=\"1\"/></issue>"
#define XML_WEIGHTS "<weight index=\"1\" value=\"0.6\"/><weight index=\"2\" value=\"0.4\"/>"

static const struct {
    const char *name, *domain, *profile;
} same[] = {
    { "xml", xml_domain,
      "<utility_space><objective>" XML_ISSUES XML_WEIGHTS "</objective><discount_factor "
      "value=\"0.9\"/><reservation value=\"0.3\"/></utility_space>" },
    { "own", own_domain,
      "{\"reservation\": 0.3, \"discount\": 0.9, \"issues\": {\"Price\": {\"weight\": 30, "
      "\"values\": {\"9\": 4, \"8\": 2}}, \"Days\": {\"weight\": 20, \"at_low\": 4, \"at_high\": "
      "1}}}" },
    { "web", web_domain,
      "{\"LinearAdditiveUtilitySpace\": {\"issueUtilities\": {\"Price\": {\"discreteutils\": "
      "{\"valueUtilities\": {\"9\": 1, \"8\": 0.5}}}, \"Days\": {\"numberutils\": {\"lowValue\": "
      "\"-1\", \"lowUtility\": 1, \"highValue\": 2, \"highUtility\": 0.25}}}, \"issueWeights\": "
      "{\"Price\": 0.6, \"Days\": 0.4}, \"reservationBid\": {\"issuevalues\": {\"Price\": "
      "\"8\"}}}}" },
};

static void
test_formats_agree(void)
{
    const double expected[] = { .6, .3, .4, .3, .2, .1 };

    for (size_t i = 0; i < G_N_ELEMENTS(same); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(MwDomain) domain = mw_domain_read(same[i].domain, strlen(same[i].domain), &error);
        g_assert_no_error(error);
        g_autoptr(MwProfile) profile =
            mw_profile_read(domain, same[i].profile, strlen(same[i].profile), &error);
        g_assert_no_error(error);
        g_assert_cmpint(mw_domain_issue(domain, "Days"), ==, 1);
        g_assert_cmpint(mw_issue_option(mw_domain_get(domain, 1), "2"), ==, 3);
        for (size_t k = 0; k < 6; k++)
            assert_near(profile->utilities[k], expected[k], 1e-15);
        assert_near(profile->reservation, .3, 1e-15);
        assert_near(profile->discount, i == 2 ? 1 : .9, 0);
    }
}

/* What is wrong, and a part of what is said of it. */
static const struct {
    const char *domain, *said;
} bad_domains[] = {
    { "", "Line 1" },
    { "<", "Line 1" },
    { "<a/>", "utility_space" },
    { "<!DOCTYPE a [<!ENTITY b \"c\">]><a/>", "declaration" },
    { "<utility_space>\n<issue/></utility_space>", "Line 2: <issue> needs the attribute “name”" },
    { "<utility_space><issue name=\"a\"/></utility_space>", "“a” has no options" },
    { "<utility_space></utility_space>", "no issues" },
    { "<utility_space><item value=\"1\"/></utility_space>", "outside" },
    { "<utility_space><issue name=\"a\" type=\"real\"/></utility_space>", "“real”" },
    { "<utility_space><issue name=\"a\" type=\"integer\" lowerbound=\"x\" "
      "upperbound=\"1\"/></utility_space>",
      "“lowerbound” of <issue>" },
    { "<utility_space><issue name=\"a\" type=\"integer\" lowerbound=\"2\" "
      "upperbound=\"1\"/></utility_space>",
      "is empty" },
    { "<utility_space><issue name=\"a\" type=\"integer\" lowerbound=\"0\" "
      "upperbound=\"1e8\"/></utility_space>",
      "more than 100000 options" },
    { "<utility_space>\n<issue name=\"a\"><item value=\"1\"/>\n<item "
      "value=\"1\"/></issue></utility_space>",
      "Line 3: The issue “a” has the option “1” twice" },
    { "<utility_space type=\"nonlinear\"/>", "nonlinear" },
    { "[]", "must be an object" },
    { "{\"issues\": [], \"x\": 1}", "x: This key is not known" },
    { "{\"issues\": []}", "no issues" },
    { "{\"issues\": [{\"name\": \"a\", \"options\": [1]}]}", "issues[0].options[0]" },
    { "{\"issues\": [{\"name\": \"a\", \"options\": [\"1\", \"1\"]}]}", "issues[0].options[1]" },
    { "{\"issues\": [{\"name\": \"a\"}]}", "issues[0].from: This is missing" },
    { "{\"issues\": [{\"name\": \"a\", \"from\": 1, \"to\": 0}]}", "issues[0]: The range" },
    { "{\"issues\": [{\"name\": \"a\", \"options\": [\"1\"]}, {\"name\": \"a\", \"options\": []}]}",
      "issues[1]: The issue “a” is there twice" },
    { "{\"issuesValues\": {\"a\": {\"range\": [0, 1, 0]}}}", "issuesValues.a.range" },
    { "{\"issuesValues\": {\"a\": {\"range\": [0, 1]}}}", "issuesValues.a.range[2]" },
    { "{\"issuesValues\": {\"a\": {\"range\": [0, 1e9, \"1e-3\"]}}}", "at most 100000" },
    { "{\"issuesValues\": {\"a\": 1}}", "issuesValues.a" },
};

static void
test_bad_domains(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(bad_domains); i++) {
        g_autoptr(GError) error = NULL;
        const char *text = bad_domains[i].domain;
        g_assert_null(mw_domain_read(text, strlen(text), &error));
        g_assert_nonnull(error);
        if (!strstr(error->message, bad_domains[i].said))
            g_error("%s: “%s” does not say “%s”", text, error->message, bad_domains[i].said);
    }
}

#define WEB(inner) "{\"LinearAdditiveUtilitySpace\": {" inner "}}"
#define WEB_DAYS                                                                                   \
    "\"Days\": {\"numberutils\": {\"lowValue\": 0, \"lowUtility\": 0, \"highValue\": 1, "          \
    "\"highUtility\": 1}}"

static const struct {
    const char *profile, *said;
} bad_profiles[] = {
    { "<utility_space>" XML_WEIGHTS "</utility_space>", "does not value the issue “Price”" },
    { "<utility_space>" XML_ISSUES "</utility_space>", "“Price” has no weight" },
    { "<utility_space><issue name=\"Colour\"/></utility_space>", "no issue “Colour”" },
    { "<utility_space><issue name=\"Price\"><item value=\"7\" "
      "evaluation=\"1\"/></issue></utility_space>",
      "“Price” has no option “7”" },
    { "<utility_space><issue index=\"1\" name=\"Price\"><item value=\"9\" "
      "evaluation=\"1\"/></issue>" XML_WEIGHTS "</utility_space>",
      "does not value the option “8”" },
    { "<utility_space><issue name=\"Price\"><item value=\"9\"/></issue></utility_space>",
      "evaluation" },
    { "<utility_space><issue name=\"Price\"/><issue name=\"Price\"/></utility_space>", "twice" },
    { "<utility_space><issue name=\"Price\"><item value=\"9\" "
      "evaluation=\"-1\"/></issue></utility_space>",
      "“evaluation” of <item>" },
    { "<utility_space><issue name=\"Days\"><evaluator ftype=\"cubic\"/></issue></utility_space>",
      "linear" },
    { "<utility_space><reservation value=\"nan\"/></utility_space>", "reservation" },
    { "<utility_space><item value=\"9\"/></utility_space>", "outside" },
    { "<utility_space><ufun/></utility_space>", "ufun" },
    { "<utility_space><issue name=\"Price\"><item value=\"9\" evaluation=\"1\"/>\n<item "
      "value=\"9\" "
      "evaluation=\"1\"/></issue></utility_space>",
      "Line 2: The issue “Price” has the option “9” twice" },
    { "{\"issues\": {}}", "issues.Price: This is missing" },
    { "{\"issues\": {\"Colour\": {}}}", "issues.Colour" },
    { "{\"issues\": {\"Price\": {\"weight\": 1, \"values\": {\"7\": 1}}}}",
      "issues.Price.values.7" },
    { "{\"issues\": {\"Price\": {\"weight\": 1, \"values\": {\"9\": 1}}}}",
      "issues.Price.values.8" },
    { "{\"issues\": {\"Price\": {\"weight\": -1}}}", "issues.Price.weight" },
    { "{\"issues\": {\"Price\": {\"weight\": 0, \"values\": {\"9\": 1, \"8\": 0}}, \"Days\": "
      "{\"weight\": 0, "
      "\"at_low\": 1, \"at_high\": 0}}}",
      "At least one weight" },
    { WEB("\"x\": 1"), "LinearAdditiveUtilitySpace.x" },
    { WEB("\"issueUtilities\": {}, \"issueWeights\": {}"), "issueUtilities.Price" },
    { WEB("\"issueUtilities\": {\"Price\": {}}, \"issueWeights\": {}"), "discreteutils" },
    { WEB("\"issueUtilities\": {\"Price\": {\"discreteutils\": {\"valueUtilities\": {\"7\": 1}}}}, "
          "\"issueWeights\": {}"),
      "valueUtilities.7" },
    { WEB("\"issueUtilities\": {\"Price\": {\"discreteutils\": {\"valueUtilities\": {\"9\": 2}}}}, "
          "\"issueWeights\": {}"),
      "valueUtilities.9" },
    { WEB("\"issueUtilities\": {\"Price\": {\"discreteutils\": {\"valueUtilities\": {}}}, " WEB_DAYS
          "}, \"issueWeights\": {\"Price\": 1, \"Days\": 0}, \"reservationBid\": {\"issuevalues\": "
          "{\"Days\": \"9\"}}"),
      "issuevalues.Days" },
    { WEB("\"issueUtilities\": {\"Price\": {\"numberutils\": {\"lowValue\": 1, \"lowUtility\": 0, "
          "\"highValue\": 1, "
          "\"highUtility\": 1}}}, \"issueWeights\": {}"),
      "lowValue" },
};

static void
test_bad_profiles(void)
{
    g_autoptr(MwDomain) domain = mw_domain_read(own_domain, strlen(own_domain), NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(bad_profiles); i++) {
        g_autoptr(GError) error = NULL;
        const char *text = bad_profiles[i].profile;
        g_assert_null(mw_profile_read(domain, text, strlen(text), &error));
        g_assert_error(error, MW_ERROR, MW_ERROR_INVALID);
        if (!strstr(error->message, bad_profiles[i].said))
            g_error("%s: “%s” does not say “%s”", text, error->message, bad_profiles[i].said);
    }
}

/* ---- offers ----------------------------------------------------------------------------------- */

static const struct {
    const char *text, *said; /* NULL: good */
} logs[] = {
    { "by,time,Days,Price\nA,0.1,2,9\nB,,-1,8\n", NULL },
    { "time,Days,Price\n0.1,2,9\n", "“by”" },
    { "by,Days\nA,2\n", "“Price”" },
    { "by,Days,Price\nC,2,9\n", "Line 2: “by”" },
    { "by,time,Days,Price\nA,2,2,9\n", "Line 2: “time”" },
    { "by,Days,Price\nA,2,9\nB,3,9\n", "Line 3: the issue “Days” has no option “3”" },
    { "by,Days,Price\nA,2\n", "Line 2: the issue “Price” has no option “”" },
};

static void
test_offers(void)
{
    g_autoptr(MwDomain) domain = mw_domain_read(own_domain, strlen(own_domain), NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(logs); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(MwTableReader) reader =
            mw_table_open_bytes(logs[i].text, strlen(logs[i].text), NULL, &error);
        g_autoptr(GPtrArray) offers = mw_offers_read(domain, reader, &error);
        if (logs[i].said) {
            g_assert_null(offers);
            if (!strstr(error->message, logs[i].said))
                g_error("“%s” does not say “%s”", error->message, logs[i].said);
            continue;
        }
        g_assert_no_error(error);
        g_assert_cmpuint(offers->len, ==, 2);
        const MwOffer *first = offers->pdata[0], *second = offers->pdata[1];
        g_assert_false(first->by_b);
        assert_near(first->time, .1, 0);
        g_assert_cmpuint(first->options[0], ==, 0);
        g_assert_cmpuint(first->options[1], ==, 3);
        g_assert_true(second->by_b);
        g_assert_true(isnan(second->time));
        g_assert_cmpuint(second->options[0], ==, 1);
        g_assert_cmpuint(second->options[1], ==, 0);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/negotiation-input/formats-agree", test_formats_agree);
    g_test_add_func("/negotiation-input/bad-domains", test_bad_domains);
    g_test_add_func("/negotiation-input/bad-profiles", test_bad_profiles);
    g_test_add_func("/negotiation-input/offers", test_offers);
    return g_test_run();
}
