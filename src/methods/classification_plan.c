/* classification_plan: the plan of a run, to its records and back. */
#include <jansson.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "methods/classification.h"
#include "record/job.h"
#include "record/service.h"
#include "record/work.h"

static const char *const weightings[] = { "manual", "ahp", "entropy" };
static const char *const quotas[] = { "quota_a", "quota_b", "quota_c" };
static const char *const thresholds[] = { "threshold_a", "threshold_b", "threshold_c" };

/* ---- writing ---------------------------------------------------------------- */

static void
set_real(MwInput *input, const char *name, double number)
{
    mw_input_set_value(input, mw_entity_field(mw_input_entity(input), name), MW_DOUBLE(number));
}

static void
set_day(MwInput *input, const char *name, int64_t day)
{
    g_autofree char *text = mw_date_format(day, MW_CLOCK_ISO);

    mw_input_set(input, name, text);
}

static void
set_comparisons(MwInput *input, const MwClassificationPlan *plan)
{
    json_t *rows = json_array();

    for (size_t i = 0; i < plan->n_criteria; i++) {
        json_t *row = json_array();
        for (size_t j = 0; j < plan->n_criteria; j++)
            json_array_append_new(row, json_real(plan->comparisons[i * plan->n_criteria + j]));
        json_array_append_new(rows, row);
    }
    char *text = json_dumps(rows, JSON_COMPACT);
    mw_input_set(input, "comparisons", text);
    free(text);
    json_decref(rows);
}

static void
set_plan(MwInput *input, const MwClassificationPlan *plan)
{
    set_day(input, "as_of", plan->ask.as_of);
    if (plan->ask.from > MW_DATE_MIN)
        set_day(input, "period_from", plan->ask.from);
    mw_input_set(input, "returns_mode", plan->ask.sales_only ? "exclude" : "include");
    mw_input_set(input, "method", plan->weighted_sum ? "weighted_sum" : "topsis");
    mw_input_set(input, "weighting", weightings[plan->weighting]);
    mw_input_set(input, "cut", plan->by_thresholds ? "thresholds" : "quota");
    for (size_t k = 0; k < G_N_ELEMENTS(quotas); k++) {
        if (plan->by_thresholds)
            set_real(input, thresholds[k], plan->cuts[k]);
        else
            mw_input_set_value(input, mw_entity_field(mw_input_entity(input), quotas[k]),
                               MW_INT((int64_t)(plan->cuts[k] * 100.0 + 0.5)));
    }
    if (plan->weighting == MW_WEIGHTS_AHP)
        set_comparisons(input, plan);
}

static void
add_criterion(const MwContext *context, MwInput *input, const MwCriterion *criterion)
{
    MwInput *detail = mw_input_add_detail(
        input, mw_catalog_entity(context->catalog, "classification_indicator"), 0, false);

    mw_input_set(detail, "indicator", mw_indicator_key(criterion->indicator));
    mw_input_set(detail, "direction", criterion->direction == MW_MORE_IS_BETTER ? "more" : "less");
    set_real(detail, "weight", criterion->weight);
}

/* A schedule that is none of the choices is refused by the service. */
static void
set_next_run(const MwContext *context, MwInput *input, const char *schedule)
{
    static const struct {
        const char *key;
        int months, days;
    } schedules[] = {
        { "weekly", 0, 7 }, { "monthly", 1, 0 }, { "quarterly", 3, 0 }, { "yearly", 12, 0 }
    };
    int64_t today = mw_date_of_instant(context->now, context->settings->zone), next;

    for (size_t i = 0; i < G_N_ELEMENTS(schedules); i++)
        if (g_str_equal(schedules[i].key, schedule) &&
            mw_date_add_months(today, schedules[i].months, &next))
            set_day(input, "next_run_on", next + schedules[i].days);
}

int64_t
mw_classification_queue(const MwContext *context, const MwClassificationPlan *plan,
                        const char *name, const char *schedule, GError **error)
{
    g_autoptr(MwInput) input =
        mw_input_new(mw_catalog_entity(context->catalog, "classification_run"));
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_autofree char *day = mw_date_format(plan->ask.as_of, MW_CLOCK_ISO);
    g_autofree char *usual = g_strdup_printf(_("Classification as of %s"), day);

    mw_input_set(input, "name", name ? name : usual);
    if (schedule) {
        mw_input_set(input, "schedule", schedule);
        set_next_run(context, input, schedule);
    }
    set_plan(input, plan);
    for (size_t j = 0; j < plan->n_criteria; j++)
        add_criterion(context, input, &plan->criteria[j]);
    g_autoptr(MwRecord) record = mw_record_write(context, input, 0, problems, error);
    if (record && mw_problems_any(problems)) {
        g_autofree char *text = mw_problems_text(problems);
        g_set_error_literal(error, MW_ERROR, MW_ERROR_INVALID, text);
        return 0;
    }
    return record ? mw_record_id(record) : 0;
}

/* ---- reading ------------------------------------------------------------------ */

static bool
read_comparisons(const MwRecord *run, MwClassificationPlan *plan, GError **error)
{
    const char *text = mw_record_text(run, "comparisons");
    json_t *rows = json_loads(text ? text : "[]", 0, NULL);
    size_t n = plan->n_criteria;
    bool whole = json_array_size(rows) == n;

    for (size_t i = 0; whole && i < n; i++) {
        const json_t *row = json_array_get(rows, i);
        whole = json_array_size(row) == n;
        for (size_t j = 0; whole && j < n; j++) {
            whole = json_is_number(json_array_get(row, j));
            plan->comparisons[i * n + j] = json_number_value(json_array_get(row, j));
        }
    }
    json_decref(rows);
    return whole || mw_fail(error, MW_ERROR_INVALID,
                            _("The comparisons are not a table of %zu × %zu numbers."), n, n);
}

static int
by_age(const void *left, const void *right)
{
    int64_t a = mw_record_id(*(MwRecord *const *)left), b = mw_record_id(*(MwRecord *const *)right);

    return (a > b) - (a < b);
}

/* In the order in which they were planned, which is that of the comparisons. */
static bool
read_criteria(const MwContext *context, int64_t run, MwClassificationPlan *plan, GError **error)
{
    g_autoptr(GPtrArray) details = mw_record_details(
        context, mw_catalog_entity(context->catalog, "classification_indicator"), run, error);

    if (!details)
        return false;
    g_ptr_array_sort(details, by_age);
    plan->n_criteria = 0;
    for (guint i = 0; i < details->len && plan->n_criteria < MW_N_INDICATORS; i++) {
        MwCriterion *criterion = &plan->criteria[plan->n_criteria];
        if (!mw_indicator_find(mw_record_text(details->pdata[i], "indicator"),
                               &criterion->indicator))
            continue;
        criterion->weight = mw_record_real(details->pdata[i], "weight");
        criterion->direction =
            g_strcmp0(mw_record_text(details->pdata[i], "direction"), "less") == 0
                ? MW_LESS_IS_BETTER
                : MW_MORE_IS_BETTER;
        plan->n_criteria++;
    }
    return true;
}

static bool
says(const MwRecord *record, const char *field, const char *key)
{
    return g_strcmp0(mw_record_text(record, field), key) == 0;
}

static void
read_cuts(const MwRecord *run, MwClassificationPlan *plan)
{
    double rest = 10000.0;

    plan->by_thresholds = says(run, "cut", "thresholds");
    for (size_t k = 0; k < G_N_ELEMENTS(quotas); k++) {
        double part = (double)mw_record_int(run, quotas[k]);
        plan->cuts[k] = plan->by_thresholds ? mw_record_real(run, thresholds[k]) : part / 100.0;
        rest -= part;
    }
    plan->cuts[MW_CLASS_COUNT - 1] = rest / 100.0;
}

bool
mw_classification_plan_of(const MwContext *context, int64_t id, MwClassificationPlan *plan,
                          GError **error)
{
    g_autoptr(MwRecord) run = mw_record_read(
        context, mw_catalog_entity(context->catalog, "classification_run"), id, MW_LIVE, error);

    *plan = mw_classification_plan(context);
    if (!run || !read_criteria(context, id, plan, error))
        return false;
    if (!mw_date_parse(mw_record_text(run, "as_of"), &plan->ask.as_of))
        return mw_fail(error, MW_ERROR_INVALID, _("The run lacks its day."));
    if (!mw_record_is_null(run, "period_from"))
        mw_date_parse(mw_record_text(run, "period_from"), &plan->ask.from);
    plan->ask.sales_only = says(run, "returns_mode", "exclude");
    plan->weighted_sum = says(run, "method", "weighted_sum");
    plan->weighting = says(run, "weighting", "ahp")       ? MW_WEIGHTS_AHP
                      : says(run, "weighting", "entropy") ? MW_WEIGHTS_ENTROPY
                                                          : MW_WEIGHTS_GIVEN;
    read_cuts(run, plan);
    return plan->weighting != MW_WEIGHTS_AHP || read_comparisons(run, plan, error);
}

/* ---- again ---------------------------------------------------------------------- */

/* The new run takes the schedule over from the old one. */
static bool
repeat(const MwContext *context, MwRecord *old, GError **error)
{
    MwClassificationPlan plan;

    if (!mw_classification_plan_of(context, mw_record_id(old), &plan, error))
        return false;
    plan.ask.as_of = mw_date_of_instant(context->now, context->settings->zone);
    int64_t id = mw_classification_queue(context, &plan, mw_record_text(old, "name"),
                                         mw_record_text(old, "schedule"), error);
    g_autofree char *payload = g_strdup_printf("{\"run\":\"%" G_GINT64_FORMAT "\"}", id);
    mw_record_set_null(old, "next_run_on");
    return id > 0 && mw_job_add(context, "classification", payload, context->now, error) > 0 &&
           mw_record_derive(context, old, error);
}

static bool
schedule_step(const MwContext *context, void *data G_GNUC_UNUSED, GError **error)
{
    const MwEntity *run = mw_catalog_entity(context->catalog, "classification_run");
    g_autofree char *today =
        mw_date_format(mw_date_of_instant(context->now, context->settings->zone), MW_CLOCK_ISO);
    g_autoptr(MwFilter) due =
        mw_filter_test(mw_entity_field(run, "next_run_on"), MW_TEST_LTE, MW_BORROW(today));
    MwQuery query = { .entity = run, .filter = due };
    g_autoptr(GPtrArray) runs = mw_store_find(context->store, &query, NULL, error);

    for (guint i = 0; runs && i < runs->len; i++)
        if (!repeat(context, runs->pdata[i], error))
            return false;
    return runs != NULL;
}

bool
mw_classification_schedule(MwCompany *company, MwStore *store, GError **error)
{
    return mw_work_atomically(company, store, schedule_step, NULL, error);
}
