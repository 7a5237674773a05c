/*
 * negotiation_json: domains and profiles of GeniusWeb and of our own, in JSON.
 *
 * GeniusWeb: utilities lie in 0..1 already, an option without one is worth 0, and the
 * reservation is given as a bid whose utility counts. Our own: points of an option are
 * divided by the issue's largest, weights by their sum, so that 1 is the best outcome.
 */
#include <math.h>

#include "base/i18n.h"
#include "cli/json_input.h"
#include "cli/negotiation_input.h"

#define KEYS(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* Puts the place before an error of the domain's functions. */
static bool
fail_at(const MwPlace *at, GError *fault, GError **error)
{
    g_prefix_error(&fault, "%s: ", at->path);
    g_propagate_error(error, fault);
    return false;
}

/* A member that is an object, with its path; the caller frees the path. */
static bool
enter(const MwPlace *at, const char *key, MwPlace *inner, char **path, GError **error)
{
    inner->value = NULL;
    if (!mw_place_member(at, key, MW_REQUIRED_KEY, &inner->value, error))
        return false;
    inner->path = *path = mw_place_path(at, key);
    return true;
}

static bool
add_options(const MwPlace *at, const char *key, MwIssue *issue, GError **error)
{
    const json_t *list = NULL;

    if (!mw_place_array(at, key, MW_REQUIRED_KEY, MW_OPTIONS_MAX, &list, error))
        return false;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *element = json_array_get(list, i);
        GError *fault = NULL;
        g_autofree char *path = mw_place_element(at, key, i);
        const MwPlace place = { element, path };
        if (!json_is_string(element) ||
            strlen(json_string_value(element)) != json_string_length(element))
            return mw_place_fail(&place, NULL, error, _("This must be a text."));
        if (!mw_issue_add_option(issue, json_string_value(element), &fault))
            return fail_at(&place, fault, error);
    }
    return true;
}

/* ---- GeniusWeb ------------------------------------------------------------------------------ */

/* A number, or a text that is one. */
static bool
loose_number(const MwPlace *at, double *out, GError **error)
{
    const char *text = json_string_value(at->value);
    char *end = NULL;

    *out = text ? g_ascii_strtod(text, &end) : json_number_value(at->value);
    if ((text ? end == text || *end : !json_is_number(at->value)) || !(fabs(*out) <= 1e9))
        return mw_place_fail(at, NULL, error, _("This must be a number from %g to %g."), -1e9, 1e9);
    return true;
}

/* "range": [lowest, highest, step]. */
static bool
add_web_range(const MwPlace *at, MwIssue *issue, GError **error)
{
    const json_t *range = NULL;
    double numbers[3];
    GError *fault = NULL;

    if (!mw_place_array(at, "range", MW_REQUIRED_KEY, 3, &range, error))
        return false;
    for (size_t i = 0; i < 3; i++) {
        g_autofree char *path = mw_place_element(at, "range", i);
        const MwPlace place = { json_array_get(range, i), path };
        if (!loose_number(&place, &numbers[i], error))
            return false;
    }
    double steps = (numbers[1] - numbers[0]) / numbers[2];
    if (!(numbers[2] > 0.0 && steps >= 0.0 && steps < MW_OPTIONS_MAX))
        return mw_place_fail(at, "range", error,
                             _("This must be lowest, highest and step, of at most %d options."),
                             MW_OPTIONS_MAX);
    for (double i = 0.0; i <= steps + 1e-9; i++) {
        char name[32];
        g_snprintf(name, sizeof name, "%.12g", numbers[0] + i * numbers[2]);
        if (!mw_issue_add_option(issue, name, &fault))
            return fail_at(at, fault, error);
    }
    return true;
}

static bool
read_web_domain(MwDomain *domain, const MwPlace *root, GError **error)
{
    g_autofree char *path = NULL;
    MwPlace issues;
    const char *key;
    json_t *value;

    if (!mw_place_object(root, KEYS("name", "issuesValues"), error) ||
        !enter(root, "issuesValues", &issues, &path, error))
        return false;
    json_object_foreach((json_t *)issues.value, key, value)
    {
        g_autofree char *inner = mw_place_path(&issues, key);
        const MwPlace place = { value, inner };
        GError *fault = NULL;
        if (!mw_place_object(&place, KEYS("values", "range"), error))
            return false;
        MwIssue *issue = mw_domain_add_issue(domain, key, &fault);
        if (!issue)
            return fail_at(&place, fault, error);
        if (json_object_get(value, "range") ? !add_web_range(&place, issue, error)
                                            : !add_options(&place, "values", issue, error))
            return false;
    }
    return true;
}

/* The utilities of one issue by name; those not named are 0. */
static bool
read_web_discrete(const MwPlace *at, const MwIssue *issue, double *out, GError **error)
{
    g_autofree char *path = NULL;
    MwPlace values;
    const char *key;
    json_t *value;

    if (!mw_place_object(at, KEYS("valueUtilities"), error) ||
        !enter(at, "valueUtilities", &values, &path, error))
        return false;
    json_object_foreach((json_t *)values.value, key, value)
    {
        int option = mw_issue_option(issue, key);
        if (option < 0)
            return mw_place_fail(&values, key, error, _("The domain has no such option."));
        if (!mw_place_number(&values, key, MW_REQUIRED_KEY, 0, 1, &out[option], error))
            return false;
    }
    return true;
}

/* A line between two values, limited to them. */
static bool
read_web_number(const MwPlace *at, const MwIssue *issue, double *out, GError **error)
{
    static const char *const keys[] = { "lowValue", "lowUtility", "highValue", "highUtility",
                                        NULL };
    double numbers[4];

    if (!mw_place_object(at, keys, error))
        return false;
    for (size_t i = 0; i < 4; i++) {
        g_autofree char *path = mw_place_path(at, keys[i]);
        const MwPlace place = { json_object_get(at->value, keys[i]), path };
        if (!loose_number(&place, &numbers[i], error))
            return false;
    }
    if (!(numbers[0] < numbers[2]))
        return mw_place_fail(at, NULL, error, _("“lowValue” must be below “highValue”."));
    for (guint o = 0; o < issue->options->len; o++) {
        double value = g_ascii_strtod(issue->options->pdata[o], NULL);
        double along = CLAMP((value - numbers[0]) / (numbers[2] - numbers[0]), 0.0, 1.0);
        out[o] = CLAMP(numbers[1] + along * (numbers[3] - numbers[1]), 0.0, 1.0);
    }
    return true;
}

static bool
read_web_issue(const MwPlace *at, const MwIssue *issue, double *out, GError **error)
{
    static const struct {
        const char *key;
        bool (*read)(const MwPlace *, const MwIssue *, double *, GError **);
    } shapes[] = { { "discreteutils", read_web_discrete },
                   { "discreteUtils", read_web_discrete },
                   { "numberutils", read_web_number },
                   { "numberUtils", read_web_number } };

    for (size_t i = 0; i < G_N_ELEMENTS(shapes); i++) {
        g_autofree char *path = NULL;
        MwPlace inner;
        if (!json_object_get(at->value, shapes[i].key))
            continue;
        return enter(at, shapes[i].key, &inner, &path, error) &&
               shapes[i].read(&inner, issue, out, error);
    }
    return mw_place_fail(at, NULL, error, _("“discreteutils” or “numberutils” is missing."));
}

/* The utility of the bid that the party would rather keep than agree to less. */
static bool
read_web_reservation(const MwDomain *domain, const MwPlace *space, MwProfile *profile,
                     GError **error)
{
    g_autofree char *path = NULL, *inner_path = NULL;
    MwPlace bid, values;
    const char *key;
    json_t *value;

    if (!json_object_get(space->value, "reservationBid"))
        return true;
    if (!enter(space, "reservationBid", &bid, &path, error) ||
        !enter(&bid, json_object_get(bid.value, "issueValues") ? "issueValues" : "issuevalues",
               &values, &inner_path, error))
        return false;
    json_object_foreach((json_t *)values.value, key, value)
    {
        int issue = mw_domain_issue(domain, key);
        const char *name = json_string_value(value);
        int option =
            issue >= 0 && name ? mw_issue_option(mw_domain_get(domain, (size_t)issue), name) : -1;
        if (option < 0)
            return mw_place_fail(&values, key, error, _("The domain has no such option."));
        profile->reservation +=
            profile->utilities[mw_domain_offset(domain, (size_t)issue) + (size_t)option];
    }
    return true;
}

static bool
read_web_profile(const MwDomain *domain, const MwPlace *root, MwProfile *profile, GError **error)
{
    g_autofree char *space_path = NULL, *utilities_path = NULL, *weights_path = NULL;
    MwPlace space, utilities, weights;

    if (!mw_place_object(root, KEYS("LinearAdditiveUtilitySpace"), error) ||
        !enter(root, "LinearAdditiveUtilitySpace", &space, &space_path, error) ||
        !mw_place_object(&space,
                         KEYS("name", "domain", "issueUtilities", "issueWeights", "reservationBid"),
                         error) ||
        !enter(&space, "issueUtilities", &utilities, &utilities_path, error) ||
        !enter(&space, "issueWeights", &weights, &weights_path, error))
        return false;
    for (size_t i = 0; i < domain->issues->len; i++) {
        const MwIssue *issue = mw_domain_get(domain, i);
        double *out = profile->utilities + mw_domain_offset(domain, i), weight = 0.0;
        g_autofree char *path = NULL;
        MwPlace valued;
        if (!enter(&utilities, issue->name, &valued, &path, error) ||
            !read_web_issue(&valued, issue, out, error) ||
            !mw_place_number(&weights, issue->name, MW_REQUIRED_KEY, 0, 1, &weight, error))
            return false;
        for (guint o = 0; o < issue->options->len; o++)
            out[o] *= weight;
    }
    return read_web_reservation(domain, &space, profile, error);
}

/* ---- our own -------------------------------------------------------------------------------- */

static bool
read_own_domain(MwDomain *domain, const MwPlace *root, GError **error)
{
    const json_t *issues = NULL;

    if (!mw_place_object(root, KEYS("name", "issues"), error) ||
        !mw_place_array(root, "issues", MW_REQUIRED_KEY, MW_ISSUES_MAX, &issues, error))
        return false;
    for (size_t i = 0; i < json_array_size(issues); i++) {
        g_autofree char *path = mw_place_element(root, "issues", i);
        const MwPlace at = { json_array_get(issues, i), path };
        const char *name = NULL;
        int64_t from = 0, to = 0;
        GError *fault = NULL;
        if (!mw_place_object(&at, KEYS("name", "options", "from", "to"), error) ||
            !mw_place_text(&at, "name", MW_REQUIRED_KEY, &name, error))
            return false;
        MwIssue *issue = mw_domain_add_issue(domain, name, &fault);
        if (!issue)
            return fail_at(&at, fault, error);
        if (json_object_get(at.value, "options")) {
            if (!add_options(&at, "options", issue, error))
                return false;
            continue;
        }
        if (!mw_place_integer(&at, "from", MW_REQUIRED_KEY, -1000000000, 1000000000, &from,
                              error) ||
            !mw_place_integer(&at, "to", MW_REQUIRED_KEY, -1000000000, 1000000000, &to, error))
            return false;
        if (!mw_issue_add_range(issue, from, to, &fault))
            return fail_at(&at, fault, error);
    }
    return true;
}

/* Points of one issue's options into `out`, and the issue's weight. */
static bool
read_own_issue(const MwPlace *at, const MwIssue *issue, double *out, double *weight, GError **error)
{
    double low = 0.0, high = 0.0, largest = 0.0;
    const guint n = issue->options->len;

    if (!mw_place_object(at, KEYS("weight", "values", "at_low", "at_high"), error) ||
        !mw_place_number(at, "weight", MW_REQUIRED_KEY, 0, 1e6, weight, error))
        return false;
    if (json_object_get(at->value, "values")) {
        g_autofree char *path = NULL;
        MwPlace values;
        const char *key;
        json_t *value;
        if (!enter(at, "values", &values, &path, error))
            return false;
        json_object_foreach((json_t *)values.value, key, value)
        {
            if (mw_issue_option(issue, key) < 0)
                return mw_place_fail(&values, key, error, _("The domain has no such option."));
        }
        for (guint o = 0; o < n; o++)
            if (!mw_place_number(&values, issue->options->pdata[o], MW_REQUIRED_KEY, 0, 1e6,
                                 &out[o], error))
                return false;
    } else {
        if (!mw_place_number(at, "at_low", MW_REQUIRED_KEY, 0, 1e6, &low, error) ||
            !mw_place_number(at, "at_high", MW_REQUIRED_KEY, 0, 1e6, &high, error))
            return false;
        for (guint o = 0; o < n; o++)
            out[o] = n > 1 ? low + (high - low) * o / (n - 1) : MAX(low, high);
    }
    for (guint o = 0; o < n; o++)
        largest = MAX(largest, out[o]);
    for (guint o = 0; o < n && largest > 0.0; o++)
        out[o] /= largest;
    return true;
}

static bool
read_own_profile(const MwDomain *domain, const MwPlace *root, MwProfile *profile, GError **error)
{
    double weights[MW_ISSUES_MAX] = { 0.0 }, sum = 0.0;
    g_autofree char *issues_path = NULL;
    MwPlace issues;

    if (!mw_place_object(root, KEYS("name", "reservation", "discount", "issues"), error) ||
        !mw_place_number(root, "reservation", MW_OPTIONAL_KEY, -1000, 1000, &profile->reservation,
                         error) ||
        !mw_place_number(root, "discount", MW_OPTIONAL_KEY, -1000, 1000, &profile->discount,
                         error) ||
        !enter(root, "issues", &issues, &issues_path, error))
        return false;
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)issues.value, key, value)
    {
        if (mw_domain_issue(domain, key) < 0)
            return mw_place_fail(&issues, key, error, _("The domain has no such issue."));
    }
    for (size_t i = 0; i < domain->issues->len; i++) {
        const MwIssue *issue = mw_domain_get(domain, i);
        g_autofree char *path = NULL;
        MwPlace valued;
        if (!enter(&issues, issue->name, &valued, &path, error) ||
            !read_own_issue(&valued, issue, profile->utilities + mw_domain_offset(domain, i),
                            &weights[i], error))
            return false;
        sum += weights[i];
    }
    if (!(sum > 0.0))
        return mw_place_fail(&issues, NULL, error, _("At least one weight must be above 0."));
    for (size_t i = 0; i < domain->issues->len; i++)
        for (guint o = 0; o < mw_domain_get(domain, i)->options->len; o++)
            profile->utilities[mw_domain_offset(domain, i) + o] *= weights[i] / sum;
    return true;
}

/* ---- both ----------------------------------------------------------------------------------- */

MwDomain *
mw_domain_read_json(const char *bytes, gsize size, GError **error)
{
    g_autoptr(MwDomain) domain = mw_domain_new();
    json_t *document = mw_json_parse(bytes, size, error);
    const MwPlace root = { document, "" };
    const char *name = json_string_value(json_object_get(document, "name"));

    if (!document)
        return NULL;
    if (name) {
        g_free(domain->name);
        domain->name = g_strdup(name);
    }
    bool read = json_object_get(document, "issuesValues") ? read_web_domain(domain, &root, error)
                                                          : read_own_domain(domain, &root, error);
    json_decref(document);
    return read ? g_steal_pointer(&domain) : NULL;
}

MwProfile *
mw_profile_read_json(const MwDomain *domain, const char *bytes, gsize size, GError **error)
{
    g_autoptr(MwProfile) profile = g_new0(MwProfile, 1);
    json_t *document = mw_json_parse(bytes, size, error);
    const MwPlace root = { document, "" };

    if (!document)
        return NULL;
    const json_t *web = json_object_get(document, "LinearAdditiveUtilitySpace");
    const char *name = json_string_value(json_object_get(web ? web : document, "name"));
    profile->name = g_strdup(name ? name : "");
    profile->discount = 1.0;
    profile->utilities = g_new0(double, mw_domain_offset(domain, domain->issues->len));
    bool read = web ? read_web_profile(domain, &root, profile, error)
                    : read_own_profile(domain, &root, profile, error);
    json_decref(document);
    return read ? g_steal_pointer(&profile) : NULL;
}
