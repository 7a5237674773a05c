/* millwright forecast: what will be needed, series by series, and how sure that is. */
#include <math.h>

#include "base/i18n.h"
#include "cli/cells.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/refusal.h"
#include "cli/series.h"
#include "engines/ets.h"
#include "engines/intermittent.h"

enum { HORIZON_MAX = 1000 };

/* From this many periods a demand on, a series counts as intermittent; Syntetos, Boylan, Croston, "On
 * the categorization of demand patterns", JORS 56, 2005. */
static const double intermittent_from = 1.32;

static char *method_name, *start_name, *only_series, *key_column, *time_column, *value_column;
static char *absent;
static gboolean as_json, is_long;
static double alpha = 0.1, alpha_interval, phi, coverage = 0.95;
static int horizon = 12, period = 1, draws = 5000;
static gint64 seed = 1;

static const GOptionEntry options[] = {
    { "method", 'm', 0, G_OPTION_ARG_STRING, &method_name,
      N_("auto (default), croston, sba, sbj, tsb, ses, holt, damped, hw-additive, "
         "hw-multiplicative"),
      N_("METHOD") },
    { "horizon", 'n', 0, G_OPTION_ARG_INT, &horizon, N_("Periods to forecast (default 12)"),
      N_("N") },
    { "period", 'p', 0, G_OPTION_ARG_INT, &period,
      N_("Periods of a season, such as 12 for months (default 1: no season)"), N_("N") },
    { "start", 0, 0, G_OPTION_ARG_STRING, &start_name,
      N_("Intermittent demand: first (default) or mean; else: estimated (default) or classical"),
      N_("START") },
    { "alpha", 0, 0, G_OPTION_ARG_DOUBLE, &alpha,
      N_("Intermittent demand: smoothing of the size (default 0.1)"), N_("A") },
    { "alpha-interval", 0, 0, G_OPTION_ARG_DOUBLE, &alpha_interval,
      N_("… of the interval or, with tsb, of the probability (default: as --alpha)"), N_("A") },
    { "phi", 0, 0, G_OPTION_ARG_DOUBLE, &phi,
      N_("damped: damping of the trend, 0.8 to 0.98 (default: estimated)"), N_("PHI") },
    { "coverage", 0, 0, G_OPTION_ARG_DOUBLE, &coverage,
      N_("Share of outcomes between lower and upper (default 0.95)"), N_("P") },
    { "draws", 0, 0, G_OPTION_ARG_INT, &draws, N_("Simulated futures (default 5000)"), N_("N") },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &seed, N_("Seed of the simulation (default 1)"), N_("N") },
    { "series", 0, 0, G_OPTION_ARG_STRING, &only_series, N_("Only this series"), N_("NAME") },
    { "long", 0, 0, G_OPTION_ARG_NONE, &is_long, N_("The table has a row a value"), NULL },
    { "key", 0, 0, G_OPTION_ARG_STRING, &key_column,
      N_("--long: column of the series (default: the first)"), N_("COLUMN") },
    { "time", 0, 0, G_OPTION_ARG_STRING, &time_column,
      N_("--long: column of the period (default: the second)"), N_("COLUMN") },
    { "value", 0, 0, G_OPTION_ARG_STRING, &value_column,
      N_("--long: column of the value (default: the third)"), N_("COLUMN") },
    { "absent", 0, 0, G_OPTION_ARG_STRING, &absent,
      N_("--long: a period without a row is zero (default) or unknown"), N_("zero|unknown") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_("Write one JSON document"), NULL },
    G_OPTION_ENTRY_NULL,
};

typedef struct {
    const char *name;
    enum { AUTO, INTERMITTENT, SMOOTHING } family;
    MwIntermittentMethod intermittent;
    MwEtsModel ets; /* the period comes from the option */
} Method;

static const Method methods[] = {
    { .name = "auto", .family = AUTO },
    { "croston", INTERMITTENT, .intermittent = MW_CROSTON },
    { "sba", INTERMITTENT, .intermittent = MW_SBA },
    { "sbj", INTERMITTENT, .intermittent = MW_SBJ },
    { "tsb", INTERMITTENT, .intermittent = MW_TSB },
    { "ses", SMOOTHING },
    { "holt", SMOOTHING, .ets = { .trend = true } },
    { "damped", SMOOTHING, .ets = { .trend = true, .damped = true } },
    { "hw-additive", SMOOTHING, .ets = { .trend = true, .season = MW_ETS_ADDITIVE } },
    { "hw-multiplicative", SMOOTHING,
      .ets = { .multiplicative_error = true, .trend = true, .season = MW_ETS_MULTIPLICATIVE } },
};
enum { SBA_ROW = 2 };

static const char *const starts[] = { "first", "mean", "estimated", "classical", NULL };

/* What the options ask for, checked. */
typedef struct {
    const Method *method;
    bool mean_start, classical;
} Plan;

static bool
bad_option(GError **error, const char *option, const char *value)
{
    return mw_wrong_call(error, _("%s cannot be “%s”."), option, value);
}

static bool
make_plan(Plan *plan, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(methods); i++)
        if (g_str_equal(methods[i].name, method_name ? method_name : "auto"))
            plan->method = &methods[i];
    if (!plan->method)
        return bad_option(error, "--method", method_name);
    if (start_name && !g_strv_contains(starts, start_name))
        return bad_option(error, "--start", start_name);
    plan->mean_start = g_strcmp0(start_name, "mean") == 0;
    plan->classical = g_strcmp0(start_name, "classical") == 0;
    if ((plan->classical && plan->method->family != SMOOTHING) ||
        (plan->mean_start && plan->method->family == SMOOTHING))
        return bad_option(error, "--start", start_name);
    if (horizon < 1 || horizon > HORIZON_MAX)
        return bad_option(error, "--horizon", mw_print_number(horizon, 0));
    const int longest = plan->classical ? MW_ETS_PERIOD_MAX : MW_ETS_PERIOD_ESTIMATED;
    if (period < 1 || (plan->method->ets.season && (period < 2 || period > longest)))
        return bad_option(error, "--period", mw_print_number(period, 0));
    if (draws < 100 || draws > 50000000 / HORIZON_MAX)
        return bad_option(error, "--draws", mw_print_number(draws, 0));
    if (!(alpha > 0.0 && alpha <= 1.0))
        return bad_option(error, "--alpha", mw_print_number(alpha, 6));
    if (!(alpha_interval >= 0.0 && alpha_interval <= 1.0))
        return bad_option(error, "--alpha-interval", mw_print_number(alpha_interval, 6));
    if (!(coverage > 0.0 && coverage < 1.0))
        return bad_option(error, "--coverage", mw_print_number(coverage, 6));
    if (phi != 0.0 && (!(phi >= 0.8 && phi <= 0.98) || !plan->method->ets.damped))
        return bad_option(error, "--phi", mw_print_number(phi, 6));
    if (absent && !g_str_equal(absent, "zero") && !g_str_equal(absent, "unknown"))
        return bad_option(error, "--absent", absent);
    if (!is_long && (key_column || time_column || value_column || absent))
        return mw_wrong_call(error, _("--key, --time, --value and --absent go with --long."));
    return true;
}

/* A series as it is being forecast. */
typedef struct {
    const char *name;
    const double *values;
    size_t n, number;
} Task;

static void
set_numbers(json_t *result, const char *key, const double *values)
{
    json_object_set_new(result, key, mw_json_numbers(values, (size_t)horizon));
}

static MwStatus
forecast_intermittent(const Task *task, MwIntermittentMethod method, const char *name,
                      bool mean_start, json_t *result)
{
    const MwIntermittentOptions how = { method, mean_start ? MW_START_MEAN : MW_START_FIRST, alpha,
                                        alpha_interval > 0.0 ? alpha_interval : alpha };
    const MwSpreadOptions spread_how = { (size_t)horizon,        (1.0 - coverage) / 2.0,
                                         (1.0 + coverage) / 2.0, (uint32_t)draws,
                                         (uint64_t)seed,         task->number };
    double values[3][HORIZON_MAX];
    MwIntermittent fit;
    MwSpread spread;
    MwStatus status = mw_intermittent(task->values, task->n, &how, &fit);
    if (status == MW_OK)
        status = mw_intermittent_spread(task->values, task->n, &fit, &spread_how, &spread);
    if (status != MW_OK)
        return status;

    for (int h = 0; h < horizon; h++) {
        values[0][h] = fit.rate;
        values[1][h] = spread.period_low;
        values[2][h] = spread.period_high;
    }
    set_numbers(result, "forecast", values[0]);
    set_numbers(result, "lower", values[1]);
    set_numbers(result, "upper", values[2]);
    json_object_set_new(result, "method", json_string(name));
    json_object_set_new(result, "parameters",
                        json_pack("{s:f, s:f, s:s, s:f, s:o, s:f}", "alpha_size", how.alpha_size,
                                  method == MW_TSB ? "alpha_probability" : "alpha_interval",
                                  how.alpha_interval, "start", mean_start ? "mean" : "first",
                                  "size", fit.size, "interval",
                                  method == MW_TSB ? json_null() : mw_json_number(fit.interval),
                                  "probability", fit.probability));
    json_object_set_new(result, "interval", json_string("exact"));
    json_object_set_new(result, "total",
                        json_pack("{s:f, s:f, s:f, s:s}", "forecast", fit.rate * horizon, "lower",
                                  spread.total_low, "upper", spread.total_high, "interval",
                                  "simulated"));
    json_object_set_new(result, "aicc", json_null());
    json_object_set_new(result, "sse", mw_json_number(fit.sse));
    if (fit.n_negative > 0)
        json_array_append_new(json_object_get(result, "notes"),
                              json_string(_("Negative demand was taken as none.")));
    return MW_OK;
}

static json_t *
ets_parameters(const MwEts *fit, bool classical)
{
    const size_t n_season = fit->model.season ? fit->model.period : 0;
    json_t *parameters = json_pack(
        "{s:o, s:o, s:o, s:o, s:s, s:{s:o, s:o, s:o}}", "alpha", mw_json_number(fit->alpha), "beta",
        mw_json_number(fit->beta), "gamma", mw_json_number(fit->gamma), "phi",
        mw_json_number(fit->phi), "start", classical ? "classical" : "estimated", "initial",
        "level", mw_json_number(fit->level0), "trend", mw_json_number(fit->trend0), "season",
        mw_json_numbers(fit->season0, n_season));

    if (classical) {
        json_object_set_new(parameters, "beta_of_level", mw_json_number(fit->beta / fit->alpha));
        json_object_set_new(parameters, "gamma_of_rest",
                            mw_json_number(fit->gamma / (1.0 - fit->alpha)));
    }
    return parameters;
}

static char *
ets_name(const MwEtsModel *model)
{
    static const char *const seasons[] = { "N", "A", "M" };
    return g_strdup_printf("ETS(%s,%s,%s)", model->multiplicative_error ? "M" : "A",
                           model->damped  ? "Ad"
                           : model->trend ? "A"
                                          : "N",
                           seasons[model->season]);
}

static MwStatus
forecast_ets(const Task *task, const Plan *plan, json_t *result)
{
    const MwEtsIntervalOptions how = { coverage, (uint32_t)draws, (uint64_t)seed, task->number };
    double values[3][HORIZON_MAX];
    bool simulated = false;
    MwEts fit;
    MwEtsModel model = plan->method->ets;
    MwStatus status;

    model.period = (unsigned)period;
    if (plan->method->family == AUTO)
        status = mw_ets_choose(task->values, task->n, model.period, &fit);
    else if (plan->classical)
        status = mw_ets_classical(task->values, task->n, &model, &fit);
    else
        status = mw_ets_fit(task->values, task->n, &model, MW_ETS_SQUARES, model.damped ? phi : 0.0,
                            &fit);
    if (status == MW_OK)
        status = mw_ets_interval(&fit, (size_t)horizon, &how, values[1], values[2], &simulated);
    if (status != MW_OK)
        return status;

    g_autofree char *name = ets_name(&fit.model);
    mw_ets_forecast(&fit, (size_t)horizon, values[0]);
    set_numbers(result, "forecast", values[0]);
    set_numbers(result, "lower", values[1]);
    set_numbers(result, "upper", values[2]);
    json_object_set_new(result, "method",
                        json_string(plan->method->family == AUTO ? name : plan->method->name));
    json_object_set_new(result, "model", json_string(name));
    json_object_set_new(result, "parameters", ets_parameters(&fit, plan->classical));
    json_object_set_new(result, "interval", json_string(simulated ? "simulated" : "exact"));
    json_object_set_new(result, "aicc", mw_json_number(fit.aicc));
    json_object_set_new(result, "log_likelihood", mw_json_number(fit.log_likelihood));
    json_object_set_new(result, "sse", mw_json_number(fit.sse));
    if (!fit.converged)
        json_array_append_new(json_object_get(result, "notes"),
                              json_string(_("The search did not settle; take it with care.")));
    return MW_OK;
}

/* Whether demand comes so seldom that smoothing would mislead. */
static bool
is_intermittent(const double *values, size_t n)
{
    size_t known = 0, demands = 0;

    for (size_t i = 0; i < n; i++) {
        if (values[i] < 0.0)
            return false;
        known += !isnan(values[i]);
        demands += values[i] > 0.0;
    }
    return (double)known > intermittent_from * (double)demands;
}

/* A series' part of the document; with "error" in place of results when it was refused. */
static json_t *
forecast_one(const Task *task, const Plan *plan)
{
    json_t *result =
        json_pack("{s:s, s:I, s:[]}", "name", task->name, "n", (json_int_t)task->n, "notes");
    size_t missing = 0, negative = 0;
    const Method *method = plan->method;

    for (size_t i = 0; i < task->n; i++) {
        missing += isnan(task->values[i]);
        negative += task->values[i] < 0.0;
    }
    json_object_set_new(result, "missing", json_integer((json_int_t)missing));
    json_object_set_new(result, "negative", json_integer((json_int_t)negative));
    if (method->family == AUTO && is_intermittent(task->values, task->n))
        method = &methods[SBA_ROW];
    const MwStatus status = method->family == INTERMITTENT
                                ? forecast_intermittent(task, method->intermittent, method->name,
                                                        plan->mean_start, result)
                                : forecast_ets(task, plan, result);
    if (status != MW_OK)
        json_object_set_new(result, "error", json_string(mw_refusal_reason(status)));
    return result;
}

static const char *
number_at(const json_t *result, const char *key, size_t index)
{
    const json_t *value = json_object_get(result, key);
    value = json_is_array(value) ? json_array_get(value, index) : value;
    return mw_print_number(json_is_number(value) ? json_number_value(value) : NAN, 4);
}

/* One series in full: a row a period to come. */
static void
print_one(const json_t *result)
{
    const char *const headers[] = { _("Ahead"), _("Forecast"), _("Lower"), _("Upper"), NULL };
    MwPrintTable *table = mw_print_table_new("rrrr", headers);

    g_print(_("%s by %s: squared errors %s, AICc %s\n\n"),
            json_string_value(json_object_get(result, "name")),
            json_string_value(json_object_get(result, "method")), number_at(result, "sse", 0),
            number_at(result, "aicc", 0));
    for (size_t h = 0; h < (size_t)horizon; h++)
        mw_print_table_row(table, mw_print_number((double)h + 1.0, 0),
                           number_at(result, "forecast", h), number_at(result, "lower", h),
                           number_at(result, "upper", h));
    mw_print_table_end(table);

    const json_t *total = json_object_get(result, "total");
    if (total)
        g_print(_("\nAll %d periods: %s, from %s to %s\n"), horizon,
                number_at(total, "forecast", 0), number_at(total, "lower", 0),
                number_at(total, "upper", 0));
}

/* Several: a row each, the next period only. */
static void
print_many(const json_t *results)
{
    const char *const headers[] = { _("Series"), _("Method"), _("Next"), _("Lower"),
                                    _("Upper"),  _("AICc"),   NULL };
    MwPrintTable *table = mw_print_table_new("llrrrr", headers);
    size_t i;
    json_t *result;

    json_array_foreach(results, i, result)
    {
        const char *refused = json_string_value(json_object_get(result, "error"));
        const char *method = json_string_value(json_object_get(result, "method"));
        mw_print_table_row(table, json_string_value(json_object_get(result, "name")),
                           refused ? refused : method, number_at(result, "forecast", 0),
                           number_at(result, "lower", 0), number_at(result, "upper", 0),
                           number_at(result, "aicc", 0));
    }
    mw_print_table_end(table);
}

static void
print_notes(const json_t *results)
{
    size_t i, j;
    json_t *result, *note;

    json_array_foreach(results, i, result)
        json_array_foreach(json_object_get(result, "notes"), j, note)
            g_print("%s: %s\n", json_string_value(json_object_get(result, "name")),
                    json_string_value(note));
}

static bool
read_file(const char *path, MwSeries *series, GError **error)
{
    g_autoptr(MwTableReader) reader = mw_table_open(path, NULL, error);
    const MwSeriesColumns columns = { key_column, time_column, value_column,
                                      g_strcmp0(absent, "unknown") == 0 ? NAN : 0.0 };
    if (reader && (is_long ? mw_series_read_long(reader, &columns, series, error)
                           : mw_series_read_wide(reader, series, error)))
        return true;
    return mw_fail_in(path, error);
}

/* Forecasts what was asked for; an error only when nothing could be done. */
static json_t *
forecast_all(const MwSeries *series, const Plan *plan, GError **error)
{
    g_autoptr(GString) first_reason = g_string_new(NULL);
    json_t *results = json_array();
    bool any = false;

    for (guint i = 0; i < series->names->len; i++) {
        const Task task = { g_ptr_array_index(series->names, i),
                            series->values + (size_t)i * series->periods->len, series->periods->len,
                            i };
        if (only_series && !g_str_equal(only_series, task.name))
            continue;
        json_t *result = forecast_one(&task, plan);
        const char *refused = json_string_value(json_object_get(result, "error"));
        if (refused && first_reason->len == 0)
            g_string_printf(first_reason, "%s: %s.", task.name, refused);
        any = any || !refused;
        json_array_append_new(results, result);
    }
    if (any)
        return results;
    json_decref(results);
    return first_reason->len
               ? mw_fail_null(error, MW_ERROR_INVALID, "%s", first_reason->str)
               : mw_fail_null(error, MW_ERROR_NOT_FOUND, _("There is no such series."));
}

static bool
run(MwApp *app G_GNUC_UNUSED, int argc, char **argv, GError **error)
{
    g_auto(MwSeries) series = { 0 };
    Plan plan = { 0 };

    if (argc != 2)
        return mw_wrong_call(error, _("Name one table of series."));
    if (!make_plan(&plan, error) || !read_file(argv[1], &series, error))
        return false;
    json_t *results = forecast_all(&series, &plan, error);
    if (!results)
        return false;
    if (as_json) {
        mw_print_json(json_pack("{s:i, s:f, s:o}", "horizon", horizon, "coverage", coverage,
                                "series", results));
        return true;
    }
    if (json_array_size(results) == 1)
        print_one(json_array_get(results, 0));
    else
        print_many(results);
    print_notes(results);
    json_decref(results);
    return true;
}

const MwCommand mw_command_forecast = {
    .name = "forecast",
    .summary = N_("Forecast demand and other series"),
    .arguments = N_("FILE.csv"),
    .details =
        N_("FILE.csv has a row a period: its label, then a column a series; with --long a row a "
           "value. An empty cell or NA is not known.\nSee docs/methods/forecasting.md."),
    .options = options,
    .run = run,
};
