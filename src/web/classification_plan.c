/* classification_plan: what a classification is to be, from a form or from JSON. */
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "web/classification.h"

static const char *const quota_names[] = { "quota_a", "quota_b", "quota_c" };
static const char *const threshold_names[] = { "threshold_a", "threshold_b", "threshold_c" };

void
mw_comparison_name(MwIndicator a, MwIndicator b, char name[96])
{
    g_snprintf(name, 96, "ahp.%s.%s", mw_indicator_key(a), mw_indicator_key(b));
}

/* "0.5", "1/3"; not finite numbers are none. */
static bool
number_of(const char *text, double *out)
{
    char *end;
    double number, below = 1.0;

    if (!text || !*text)
        return false;
    number = g_ascii_strtod(text, &end);
    if (end != text && *end == '/') {
        const char *from = end + 1;
        below = g_ascii_strtod(from, &end);
        if (end == from)
            return false;
    }
    if (end == text || *end || !(below > 0.0) || !(number > -1e15 && number < 1e15))
        return false;
    *out = number / below;
    return true;
}

static void
add_criterion(MwClassificationPlan *plan, MwIndicator indicator, double weight)
{
    plan->criteria[plan->n_criteria++] =
        (MwCriterion){ indicator, mw_indicator_direction(indicator), weight };
}

/* ---- from the form ---------------------------------------------------------------------- */

static void
criteria_of(const MwRequest *request, MwClassificationPlan *plan, MwProblems *problems)
{
    plan->n_criteria = 0;
    for (int i = 0; i < MW_N_INDICATORS; i++) {
        const char *key = mw_indicator_key((MwIndicator)i);
        g_autofree char *use = g_strconcat("use.", key, NULL);
        g_autofree char *name = g_strconcat("weight.", key, NULL);
        double weight = 1.0;
        if (!mw_form_param(request, use))
            continue;
        if (plan->weighting == MW_WEIGHTS_GIVEN &&
            (!number_of(mw_form_param(request, name), &weight) || weight < 0.0))
            mw_problems_add(problems, name, "bad_number", _("Write a weight of 0 or more."));
        add_criterion(plan, (MwIndicator)i, weight);
    }
    if (plan->n_criteria == 0)
        mw_problems_add(problems, "indicators", "required", _("Choose at least one indicator."));
}

static void
comparisons_of(const MwRequest *request, MwClassificationPlan *plan, MwProblems *problems)
{
    size_t n = plan->n_criteria;
    char name[96];

    for (size_t i = 0; i < n; i++) {
        plan->comparisons[i * n + i] = 1.0;
        for (size_t j = i + 1; j < n; j++) {
            double times = 1.0;
            mw_comparison_name(plan->criteria[i].indicator, plan->criteria[j].indicator, name);
            const char *sent = mw_form_param(request, name);
            if (sent && (!number_of(sent, &times) || times < 1.0 / 9.01 || times > 9.01)) {
                mw_problems_add(problems, "comparisons", "out_of_range",
                                _("Compare in pairs from 1/9 to 9."));
                times = 1.0;
            }
            plan->comparisons[i * n + j] = times;
            plan->comparisons[j * n + i] = 1.0 / times;
        }
    }
}

static void
cuts_of(const MwRequest *request, MwClassificationPlan *plan, MwProblems *problems)
{
    const char *const *names = plan->by_thresholds ? threshold_names : quota_names;
    double rest = 100.0, before = 1.0;

    for (size_t k = 0; k < G_N_ELEMENTS(quota_names); k++) {
        double number = 0.0;
        if (!number_of(mw_form_param(request, names[k]), &number) || number < 0.0) {
            mw_problems_add(problems, names[k], "bad_number", _("Write a number of 0 or more."));
            continue;
        }
        rest -= number;
        if (plan->by_thresholds && number > before)
            mw_problems_add(problems, names[k], "out_of_range",
                            _("Thresholds fall from class to class and are at most 1."));
        before = number;
        plan->cuts[k] = number;
    }
    plan->cuts[MW_CLASS_COUNT - 1] = rest;
    if (!plan->by_thresholds && rest < -1e-9)
        mw_problems_add(problems, "quota_c", "out_of_range",
                        _("Together the shares are more than 100 percent."));
}

static void
day_of(const MwRequest *request, const char *name, bool required, int64_t *day,
       MwProblems *problems)
{
    const char *text = mw_form_param(request, name);

    if (text && *text ? !mw_date_parse(text, day) : required)
        mw_problems_add(problems, name, "bad_date", _("Write a date such as 2026-03-05."));
}

void
mw_plan_of_form(const MwRequest *request, MwClassificationPlan *plan, MwProblems *problems)
{
    const char *weighting = mw_form_param(request, "weighting");

    *plan = mw_classification_plan(request->context);
    plan->weighting = g_strcmp0(weighting, "ahp") == 0       ? MW_WEIGHTS_AHP
                      : g_strcmp0(weighting, "entropy") == 0 ? MW_WEIGHTS_ENTROPY
                                                             : MW_WEIGHTS_GIVEN;
    plan->ask.sales_only = g_strcmp0(mw_form_param(request, "returns_mode"), "exclude") == 0;
    plan->weighted_sum = g_strcmp0(mw_form_param(request, "method"), "weighted_sum") == 0;
    plan->by_thresholds = g_strcmp0(mw_form_param(request, "cut"), "thresholds") == 0;
    day_of(request, "as_of", true, &plan->ask.as_of, problems);
    day_of(request, "period_from", false, &plan->ask.from, problems);
    if (plan->ask.from > plan->ask.as_of)
        mw_problems_add(problems, "period_from", "out_of_range",
                        _("The first day is not after the last one."));
    criteria_of(request, plan, problems);
    if (plan->weighting == MW_WEIGHTS_AHP)
        comparisons_of(request, plan, problems);
    cuts_of(request, plan, problems);
}

/* ---- from JSON ------------------------------------------------------------------------------ */

static bool
refuse(const char *member, GError **error)
{
    return mw_fail(error, MW_ERROR_INVALID, _("“%s” is not as the API describes it."), member);
}

static bool
criteria_of_json(const json_t *asked, MwClassificationPlan *plan, GError **error)
{
    json_t *indicators = json_object_get(asked, "indicators"), *value;
    json_t *weights = json_is_object(indicators) ? json_incref(indicators) : json_object();
    const char *key;
    size_t at;
    bool good = !indicators || json_is_array(indicators) || json_is_object(indicators);

    if (json_is_array(indicators)) {
        json_array_foreach(indicators, at, value)
        {
            good = good && json_is_string(value);
            if (good)
                json_object_set_new(weights, json_string_value(value), json_real(1.0));
        }
    }
    if (indicators)
        plan->n_criteria = 0;
    json_object_foreach(weights, key, value)
    {
        MwIndicator indicator;
        good = good && mw_indicator_find(key, &indicator) && json_is_number(value) &&
               json_number_value(value) >= 0.0;
        if (good)
            add_criterion(plan, indicator, json_number_value(value));
    }
    json_decref(weights);
    return (good && plan->n_criteria > 0) || refuse("indicators", error);
}

static bool
numbers_of_json(const json_t *asked, const char *member, size_t n, double *out, GError **error)
{
    const json_t *array = json_object_get(asked, member);
    bool good = json_array_size(array) == n;

    for (size_t i = 0; good && i < n; i++) {
        good = json_is_number(json_array_get(array, i));
        out[i] = json_number_value(json_array_get(array, i));
    }
    return good || refuse(member, error);
}

/* Which of some words a member is; the first when it is missing. */
static bool
word_of_json(const json_t *asked, const char *member, const char *const *words, size_t *at,
             GError **error)
{
    const json_t *value = json_object_get(asked, member);

    *at = 0;
    if (!value)
        return true;
    while (words[*at] && g_strcmp0(json_string_value(value), words[*at]) != 0)
        (*at)++;
    return words[*at] || refuse(member, error);
}

static bool
day_of_json(const json_t *asked, const char *member, int64_t *day, GError **error)
{
    const json_t *value = json_object_get(asked, member);

    return !value || (json_is_string(value) && mw_date_parse(json_string_value(value), day)) ||
           refuse(member, error);
}

static bool
knows_members(const json_t *asked, GError **error)
{
    static const char *const known[] = { "name",  "indicators", "returns",  "as_of",
                                         "from",  "method",     "weights",  "comparisons",
                                         "quota", "thresholds", "schedule", "dry_run",
                                         NULL };
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)asked, key,
                        value) if (!g_strv_contains(known, key)) return refuse(key, error);
    return true;
}

bool
mw_plan_of_json(const MwContext *context, const json_t *asked, MwClassificationPlan *plan,
                GError **error)
{
    static const char *const returns[] = { "include", "exclude", NULL };
    static const char *const methods[] = { "topsis", "sum", NULL };
    static const char *const weightings[] = { "given", "ahp", "entropy", NULL };
    size_t excluded, sum, weighting;

    *plan = mw_classification_plan(context);
    if (!knows_members(asked, error) || !criteria_of_json(asked, plan, error) ||
        !word_of_json(asked, "returns", returns, &excluded, error) ||
        !word_of_json(asked, "method", methods, &sum, error) ||
        !word_of_json(asked, "weights", weightings, &weighting, error) ||
        !day_of_json(asked, "as_of", &plan->ask.as_of, error) ||
        !day_of_json(asked, "from", &plan->ask.from, error))
        return false;
    plan->ask.sales_only = excluded == 1;
    plan->weighted_sum = sum == 1;
    plan->weighting = (MwWeighting)weighting;
    plan->by_thresholds = json_object_get(asked, "thresholds") != NULL;
    for (size_t i = 0; plan->weighting == MW_WEIGHTS_AHP && i < plan->n_criteria; i++) {
        const json_t *row = json_array_get(json_object_get(asked, "comparisons"), i);
        for (size_t j = 0; j < plan->n_criteria; j++) {
            if (!json_is_number(json_array_get(row, j)))
                return refuse("comparisons", error);
            plan->comparisons[i * plan->n_criteria + j] = json_number_value(json_array_get(row, j));
        }
    }
    if (plan->by_thresholds)
        return numbers_of_json(asked, "thresholds", MW_CLASS_COUNT - 1, plan->cuts, error);
    return !json_object_get(asked, "quota") ||
           numbers_of_json(asked, "quota", MW_CLASS_COUNT, plan->cuts, error);
}
