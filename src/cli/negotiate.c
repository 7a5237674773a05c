/* millwright negotiate: what two sides can agree on, and what to offer next (row M20). */
#include <math.h>

#include "base/i18n.h"
#include "cli/cells.h"
#include "cli/commands.h"
#include "cli/json_input.h"
#include "cli/negotiation_input.h"
#include "cli/output.h"
#include "cli/refusal.h"
#include "engines/negotiation.h"

static gboolean as_json;
static int frontier_shown = 20, n_packages = 4, min_differences = 2;
static double now = NAN, time_passed, concession_e = 1.0, concession_k, learning = 0.2,
              band_width = 0.02, lowest = NAN;
static char *offers_path, *side = NULL;

static const GOptionEntry options[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_("Write one JSON document"), NULL },
    { "frontier", 0, 0, G_OPTION_ARG_INT, &frontier_shown,
      N_("Points of the frontier to list, 0 for none, -1 for all (default 20)"), N_("N") },
    { "time", 0, 0, G_OPTION_ARG_DOUBLE, &time_passed,
      N_("Time of the agreement, 0 to 1, for discounts"), N_("T") },
    { "offers", 0, 0, G_OPTION_ARG_FILENAME, &offers_path,
      N_("Log of offers: re-estimate the other side and propose"), N_("LOG.csv") },
    { "side", 0, 0, G_OPTION_ARG_STRING, &side, N_("Which side is ours: A (default) or B"),
      N_("A|B") },
    { "now", 0, 0, G_OPTION_ARG_DOUBLE, &now,
      N_("Time of the proposal, 0 to 1 (default: that of the last offer, or 0)"), N_("T") },
    { "e", 0, 0, G_OPTION_ARG_DOUBLE, &concession_e,
      N_("Shape of the concession: below 1 holds out, above 1 gives way early"), N_("E") },
    { "k", 0, 0, G_OPTION_ARG_DOUBLE, &concession_k, N_("Share conceded at once, 0 to 1"),
      N_("K") },
    { "lowest", 0, 0, G_OPTION_ARG_DOUBLE, &lowest,
      N_("Utility to concede down to (default: the reservation value)"), N_("U") },
    { "learning", 0, 0, G_OPTION_ARG_DOUBLE, &learning,
      N_("Learning rate of the opponent model (default 0.2)"), N_("L") },
    { "packages", 0, 0, G_OPTION_ARG_INT, &n_packages, N_("Packages to propose (default 4)"),
      N_("N") },
    { "differences", 0, 0, G_OPTION_ARG_INT, &min_differences,
      N_("Issues in which packages differ at least (default 2)"), N_("N") },
    { "band", 0, 0, G_OPTION_ARG_DOUBLE, &band_width,
      N_("How much utility packages of “equal” value may differ (default 0.02)"), N_("U") },
    G_OPTION_ENTRY_NULL,
};

static const char *const solution_keys[] = { "nash", "kalai_smorodinsky", "egalitarian",
                                             "utilitarian" };
static const char *const solution_labels[] = { N_("Nash"), N_("Kalai–Smorodinsky"),
                                               N_("Egalitarian"), N_("Utilitarian") };

typedef struct {
    size_t *picked; /* indices into the frontier */
    size_t n;
} Picked;

typedef struct {
    MwDomain *domain;
    MwProfile *a, *b;
    size_t *n_options;
    MwBargain bargain; /* discounted to the time of the agreement */
    double reservation_a, reservation_b;
    uint64_t outcomes; /* 0: more than can be counted */
    uint64_t rational;
    bool rational_known;
    MwFrontier *frontier;
    const MwPoint *points;
    size_t n_points;
    double opposition;
    Picked solutions[4];
} Table;

static void
table_clear(Table *table)
{
    mw_domain_free(table->domain);
    mw_profile_free(table->a);
    mw_profile_free(table->b);
    g_free(table->n_options);
    mw_frontier_free(table->frontier);
    for (size_t i = 0; i < 4; i++)
        g_free(table->solutions[i].picked);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Table, table_clear)

static bool
check(MwStatus status, GError **error)
{
    return status == MW_OK || mw_refuse(status, _("Pareto frontier"), error);
}

static MwProfile *
read_profile(const MwDomain *domain, const char *path, GError **error)
{
    g_autofree char *bytes = NULL;
    gsize size;

    if (!mw_read_input(path, &bytes, &size, error))
        return NULL;
    MwProfile *profile = mw_profile_read(domain, bytes, size, error);
    if (!profile)
        mw_fail_in(path, error);
    return profile;
}

/* Reads the three files; discounts both sides to the time of the agreement. */
static bool
read_table(Table *table, char **paths, GError **error)
{
    g_autofree char *bytes = NULL;
    gsize size;

    if (!mw_read_input(paths[0], &bytes, &size, error))
        return false;
    table->domain = mw_domain_read(bytes, size, error);
    if (!table->domain)
        return mw_fail_in(paths[0], error);
    table->a = read_profile(table->domain, paths[1], error);
    table->b = table->a ? read_profile(table->domain, paths[2], error) : NULL;
    if (!table->b)
        return false;

    const size_t n = table->domain->issues->len, all = mw_domain_offset(table->domain, n);
    const double factor_a = mw_discount_factor(table->a->discount, time_passed);
    const double factor_b = mw_discount_factor(table->b->discount, time_passed);
    table->n_options = g_new(size_t, n);
    for (size_t i = 0; i < n; i++)
        table->n_options[i] = mw_domain_get(table->domain, i)->options->len;
    for (size_t i = 0; i < all; i++) {
        table->a->utilities[i] *= factor_a;
        table->b->utilities[i] *= factor_b;
    }
    table->reservation_a = table->a->reservation * factor_a;
    table->reservation_b = table->b->reservation * factor_b;
    table->bargain = (MwBargain){ n, table->n_options, table->a->utilities, table->b->utilities };
    return true;
}

static bool
compute(Table *table, GError **error)
{
    if (!check(mw_frontier_new(&table->bargain, &table->frontier), error))
        return false;
    table->points = mw_frontier_points(table->frontier, 0, &table->n_points);
    if (mw_outcome_count(&table->bargain, &table->outcomes) != MW_OK)
        table->outcomes = 0;
    MwStatus status = mw_rational_count(&table->bargain, table->reservation_a, table->reservation_b,
                                        &table->rational);
    table->rational_known = status == MW_OK;
    if (status != MW_TOO_LARGE && !check(status, error))
        return false;
    if (!check(mw_opposition(table->points, table->n_points, &table->opposition), error))
        return false;
    for (int i = 0; i < 4; i++) {
        Picked *solution = &table->solutions[i];
        solution->picked = g_new(size_t, table->n_points);
        status = mw_solve(table->points, table->n_points, table->reservation_a,
                          table->reservation_b, (MwSolution)i, solution->picked, &solution->n);
        if (status != MW_NO_SOLUTION && !check(status, error))
            return false;
    }
    return true;
}

/* ---- proposals ------------------------------------------------------------------------------ */

typedef struct {
    GPtrArray *offers;
    bool ours_is_b;
    double time, target, reservation;
    MwBargain bargain; /* a: ours; b: the estimate of theirs */
    double *estimate, *weights, *counts;
    size_t *last;
    MwFrontier *frontier;
    size_t *counter, *packages;
    size_t n_packages;
    bool complete, accept;
} Advice;

static void
advice_clear(Advice *advice)
{
    g_clear_pointer(&advice->offers, g_ptr_array_unref);
    g_free(advice->estimate);
    g_free(advice->weights);
    g_free(advice->counts);
    g_free(advice->last);
    g_free(advice->counter);
    g_free(advice->packages);
    mw_frontier_free(advice->frontier);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Advice, advice_clear)

static double
utility(const MwBargain *bargain, const size_t *outcome, bool of_b)
{
    double a, b;

    mw_outcome_utilities(bargain, outcome, &a, &b);
    return of_b ? b : a;
}

static bool
estimate_other_side(const Table *table, Advice *advice, GError **error)
{
    const size_t n = table->bargain.n_issues, all = mw_domain_offset(table->domain, n);

    advice->estimate = g_new0(double, all);
    advice->weights = g_new0(double, n);
    advice->counts = g_new0(double, all);
    advice->last = g_new0(size_t, n);
    MwOpponent opponent = { n,           table->n_options, learning,
                            0,           advice->weights,  advice->counts,
                            advice->last };
    if (!check(mw_opponent_start(&opponent), error))
        return false;
    for (guint i = 0; i < advice->offers->len; i++) {
        const MwOffer *offer = advice->offers->pdata[i];
        if (offer->by_b != advice->ours_is_b &&
            !check(mw_opponent_observe(&opponent, offer->options), error))
            return false;
    }
    mw_opponent_utilities(&opponent, advice->estimate);
    advice->bargain = (MwBargain){ n, table->n_options,
                                   advice->ours_is_b ? table->b->utilities : table->a->utilities,
                                   advice->estimate };
    return true;
}

static double
proposal_time(const GPtrArray *offers)
{
    if (!isnan(now))
        return now;
    const MwOffer *last = offers->len ? offers->pdata[offers->len - 1] : NULL;
    return last && !isnan(last->time) ? last->time : 0.0;
}

/* The counter-offer, and packages that are worth as much to us. */
static bool
propose(Advice *advice, GError **error)
{
    const size_t n = advice->bargain.n_issues;
    size_t n_points;
    const MwPoint *points = mw_frontier_points(advice->frontier, 0, &n_points);

    advice->counter = g_new(size_t, n);
    mw_frontier_outcome(advice->frontier, mw_counter_offer(points, n_points, advice->target),
                        advice->counter);
    advice->packages = g_new(size_t, n * (size_t)n_packages);
    MwPackageWish wish = { .low = advice->target,
                           .high = advice->target + band_width,
                           .min_differences = MIN((size_t)min_differences, n),
                           .n_max = (size_t)n_packages };
    MwStatus status = mw_packages(&advice->bargain, advice->frontier, &wish, advice->packages,
                                  &advice->n_packages, &advice->complete);
    if (status == MW_NO_SOLUTION)
        advice->complete = true;
    else if (!check(status, error))
        return false;

    /* Theirs is good enough when it gives us what we would ask for ourselves. */
    for (guint i = advice->offers->len; i-- > 0;) {
        const MwOffer *offer = advice->offers->pdata[i];
        if (offer->by_b == advice->ours_is_b)
            continue;
        double theirs = utility(&advice->bargain, offer->options, false);
        advice->accept = theirs >= utility(&advice->bargain, advice->counter, false) - MW_TIE &&
                         theirs >= advice->reservation - MW_TIE;
        break;
    }
    return true;
}

static bool
advise(const Table *table, Advice *advice, GError **error)
{
    advice->ours_is_b = side && g_str_equal(side, "B");
    g_autoptr(MwTableReader) reader = mw_table_open(offers_path, NULL, error);
    advice->offers = reader ? mw_offers_read(table->domain, reader, error) : NULL;
    if (!advice->offers)
        return mw_fail_in(offers_path, error);
    if (!estimate_other_side(table, advice, error) ||
        !check(mw_frontier_new(&advice->bargain, &advice->frontier), error))
        return false;

    size_t n_points;
    double best = mw_frontier_points(advice->frontier, 0, &n_points)[0].a;
    advice->reservation = advice->ours_is_b ? table->reservation_b : table->reservation_a;
    double low = MAX(isnan(lowest) ? advice->reservation : lowest, advice->reservation);
    MwConcession concession = { MIN(low, best), best, concession_k, concession_e };
    advice->time = proposal_time(advice->offers);
    if (mw_concession_target(&concession, advice->time, &advice->target) != MW_OK)
        return mw_wrong_call(error,
                             _("--now and --k must lie in 0 to 1, and --e must be above 0."));
    return propose(advice, error);
}

/* ---- JSON ----------------------------------------------------------------------------------- */

static json_t *
json_of_outcome(const MwDomain *domain, const size_t *outcome)
{
    json_t *object = json_object();

    for (guint i = 0; i < domain->issues->len; i++) {
        const MwIssue *issue = mw_domain_get(domain, i);
        json_object_set_new(object, issue->name, json_string(issue->options->pdata[outcome[i]]));
    }
    return object;
}

static json_t *
json_of_frontier(const Table *table)
{
    json_t *array = json_array();
    g_autofree size_t *outcome = g_new(size_t, table->bargain.n_issues);

    for (size_t i = 0; i < table->n_points && (frontier_shown < 0 || i < (size_t)frontier_shown);
         i++) {
        mw_frontier_outcome(table->frontier, i, outcome);
        json_array_append_new(array,
                              json_pack("{s:f, s:f, s:I, s:o}", "a", table->points[i].a, "b",
                                        table->points[i].b, "ways",
                                        (json_int_t)MIN(table->points[i].ways, (uint64_t)INT64_MAX),
                                        "outcome", json_of_outcome(table->domain, outcome)));
    }
    return array;
}

static json_t *
json_of_proposal(const Table *table, const Advice *advice, const size_t *outcome)
{
    return json_pack("{s:f, s:f, s:o}", "ours", utility(&advice->bargain, outcome, false),
                     "theirs_estimated", utility(&advice->bargain, outcome, true), "outcome",
                     json_of_outcome(table->domain, outcome));
}

static json_t *
json_of_estimate(const Table *table, const Advice *advice)
{
    json_t *weights = json_object(), *counts = json_object();
    size_t at = 0;

    for (guint i = 0; i < table->domain->issues->len; i++) {
        const MwIssue *issue = mw_domain_get(table->domain, i);
        json_t *options_of = json_object();
        for (guint o = 0; o < issue->options->len; o++)
            json_object_set_new(options_of, issue->options->pdata[o],
                                json_real(advice->counts[at++]));
        json_object_set_new(weights, issue->name, json_real(advice->weights[i]));
        json_object_set_new(counts, issue->name, options_of);
    }
    return json_pack("{s:o, s:o}", "weights", weights, "counts", counts);
}

static json_t *
json_of_advice(const Table *table, const Advice *advice)
{
    json_t *offers = json_array(), *packages = json_array();

    for (guint i = 0; i < advice->offers->len; i++) {
        const MwOffer *offer = advice->offers->pdata[i];
        double ours = utility(&advice->bargain, offer->options, false);
        json_array_append_new(
            offers, json_pack("{s:s, s:f, s:f, s:b}", "by", offer->by_b ? "B" : "A", "ours", ours,
                              "theirs_estimated", utility(&advice->bargain, offer->options, true),
                              "below_reservation", ours < advice->reservation - MW_TIE));
    }
    for (size_t i = 0; i < advice->n_packages; i++)
        json_array_append_new(
            packages,
            json_of_proposal(table, advice, advice->packages + i * advice->bargain.n_issues));
    return json_pack(
        "{s:s, s:f, s:f, s:b, s:o, s:o, s:o, s:b, s:o}", "side", advice->ours_is_b ? "B" : "A",
        "time", advice->time, "target", advice->target, "accept", advice->accept, "offers", offers,
        "counter_offer", json_of_proposal(table, advice, advice->counter), "packages", packages,
        "packages_complete", advice->complete, "opponent", json_of_estimate(table, advice));
}

static json_t *
json_of(const Table *table, const Advice *advice)
{
    json_t *document = json_pack(
        "{s:s, s:o, s:I, s:o, s:b, s:f, s:[f, f]}", "domain", table->domain->name, "outcomes",
        table->outcomes ? json_integer((json_int_t)table->outcomes) : json_null(), "pareto_count",
        (json_int_t)table->n_points, "rational",
        table->rational_known ? json_integer((json_int_t)table->rational) : json_null(),
        "agreement", table->solutions[MW_NASH].n > 0, "opposition", table->opposition,
        "reservation", table->reservation_a, table->reservation_b);

    for (int i = 0; i < 4; i++) {
        json_t *array = json_array();
        for (size_t k = 0; k < table->solutions[i].n; k++) {
            const MwPoint *point = &table->points[table->solutions[i].picked[k]];
            json_array_append_new(array, json_pack("[f, f]", point->a, point->b));
        }
        json_object_set_new(document, solution_keys[i], array);
    }
    json_object_set_new(document, "pareto", json_of_frontier(table));
    if (advice)
        json_object_set_new(document, "advice", json_of_advice(table, advice));
    return document;
}

/* ---- tables --------------------------------------------------------------------------------- */

static char *
text_of_outcome(const MwDomain *domain, const size_t *outcome)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < domain->issues->len; i++) {
        const MwIssue *issue = mw_domain_get(domain, i);
        g_string_append_printf(text, "%s%s: %s", i ? "; " : "", issue->name,
                               (const char *)issue->options->pdata[outcome[i]]);
    }
    return g_string_free(text, FALSE);
}

static const char *const *
point_headers(void)
{
    static _Thread_local const char *headers[4];

    headers[0] = "";
    headers[1] = "A";
    headers[2] = "B";
    headers[3] = _("Outcome");
    return headers;
}

static void
print_point(const Table *table, MwPrintTable *out, const char *label, size_t index)
{
    g_autofree size_t *outcome = g_new(size_t, table->bargain.n_issues);

    mw_frontier_outcome(table->frontier, index, outcome);
    g_autofree char *text = text_of_outcome(table->domain, outcome);
    mw_print_table_row(out, label, mw_print_number(table->points[index].a, 6),
                       mw_print_number(table->points[index].b, 6), text);
}

static void
print_summary(const Table *table)
{
    MwPrintTable *out = mw_print_table_new("lr", NULL);

    mw_print_table_row(out, _("Outcomes"),
                       table->outcomes ? mw_print_number((double)table->outcomes, 0)
                                       : _("more than 9.2e18"));
    mw_print_table_row(out, _("Pareto frontier, points"),
                       mw_print_number((double)table->n_points, 0));
    mw_print_table_row(out, _("Rational for both"),
                       table->rational_known ? mw_print_number((double)table->rational, 0)
                                             : _("too many to count"));
    mw_print_table_row(out, _("Opposition"), mw_print_number(table->opposition, 4));
    mw_print_table_end(out);
    g_print("\n");
    if (table->solutions[MW_NASH].n == 0) {
        g_print("%s\n", _("No agreement: every outcome is below a reservation value."));
        return;
    }
    out = mw_print_table_new("lrrl", point_headers());
    for (int i = 0; i < 4; i++)
        for (size_t k = 0; k < table->solutions[i].n; k++)
            print_point(table, out, mw_gettext(solution_labels[i]), table->solutions[i].picked[k]);
    mw_print_table_end(out);
    g_print("%s\n", _("Kalai–Smorodinsky: the largest minimum of gain / ideal gain over the "
                      "rational outcomes (discrete max-min form)."));
}

static void
print_frontier(const Table *table)
{
    size_t n = frontier_shown < 0 ? table->n_points : MIN((size_t)frontier_shown, table->n_points);
    if (n == 0)
        return;

    g_print("\n%s\n", _("Pareto frontier"));
    MwPrintTable *out = mw_print_table_new("rrrl", point_headers());
    for (size_t i = 0; i < n; i++)
        print_point(table, out, mw_print_number((double)i + 1, 0), i);
    mw_print_table_end(out);
}

static void
print_proposal(const Table *table, const Advice *advice, MwPrintTable *out, const char *label,
               const size_t *outcome)
{
    g_autofree char *text = text_of_outcome(table->domain, outcome);

    mw_print_table_row(out, label, mw_print_number(utility(&advice->bargain, outcome, false), 4),
                       mw_print_number(utility(&advice->bargain, outcome, true), 4), text);
}

static void
print_advice(const Table *table, const Advice *advice)
{
    const char *headers[] = { "", _("Ours"), _("Theirs, estimated"), _("Outcome") };

    g_print("\n%s\n", _("Offers"));
    MwPrintTable *out = mw_print_table_new("lrrl", headers);
    bool below = false;
    for (guint i = 0; i < advice->offers->len; i++) {
        const MwOffer *offer = advice->offers->pdata[i];
        print_proposal(table, advice, out, offer->by_b ? "B" : "A", offer->options);
        below |= offer->by_b == advice->ours_is_b &&
                 utility(&advice->bargain, offer->options, false) < advice->reservation - MW_TIE;
    }
    mw_print_table_end(out);
    if (below)
        g_print("%s\n", _("Warning: an offer of ours is below our reservation value."));
    g_print("\n");
    g_print(_("Target at time %s: %s"), mw_print_number(advice->time, 4),
            mw_print_number(advice->target, 6));
    g_print("\n");
    if (advice->accept)
        g_print("%s\n", _("Their last offer gives us as much as our own next one: accept it."));
    g_print("\n%s\n", _("Proposals"));
    out = mw_print_table_new("lrrl", headers);
    print_proposal(table, advice, out, _("Counter-offer"), advice->counter);
    for (size_t i = 0; i < advice->n_packages; i++) {
        g_autofree char *label = g_strdup_printf(_("Package %zu"), i + 1);
        print_proposal(table, advice, out, label, advice->packages + i * advice->bargain.n_issues);
    }
    mw_print_table_end(out);
    if (!advice->complete)
        g_print("%s\n", _("The search for packages was cut short; better ones may exist."));
}

static bool
run(MwApp *app G_GNUC_UNUSED, int argc, char **argv, GError **error)
{
    g_auto(Table) table = { .domain = NULL };
    g_auto(Advice) advice = { .offers = NULL };

    if (argc != 4)
        return mw_wrong_call(error, _("Name a domain and two profiles."));
    if (side && !g_str_equal(side, "A") && !g_str_equal(side, "B"))
        return mw_wrong_call(error, _("--side must be A or B."));
    if (n_packages < 1 || n_packages > MW_PACKAGES_MAX || min_differences < 1)
        return mw_wrong_call(error, _("--packages must be 1 to 16, and --differences at least 1."));
    if (!(learning >= 0.0 && learning <= 1.0) || !(band_width >= 0.0) ||
        !(time_passed >= 0.0 && time_passed <= 1.0))
        return mw_wrong_call(error, _("--learning and --time must lie in 0 to 1, --band above 0."));
    if (!read_table(&table, argv + 1, error) || !compute(&table, error))
        return false;
    if (offers_path && !advise(&table, &advice, error))
        return false;

    if (as_json) {
        mw_print_json(json_of(&table, offers_path ? &advice : NULL));
        return true;
    }
    print_summary(&table);
    print_frontier(&table);
    if (offers_path)
        print_advice(&table, &advice);
    return true;
}

const MwCommand mw_command_negotiate = {
    .name = "negotiate",
    .summary = N_("Show what two sides can agree on, and what to offer next"),
    .arguments = N_("DOMAIN PROFILE_A PROFILE_B"),
    .details = N_(
        "Files are GENIUS XML, GeniusWeb JSON or our own JSON; see docs/methods/negotiation.md."),
    .options = options,
    .run = run,
};
