/* millwright value: what a customer gains, from a value case (row M3 of the method). */
#include <math.h>

#include "base/i18n.h"
#include "cli/cells.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/refusal.h"
#include "cli/value_case.h"

enum { THREADS_MAX = 64 };

static gboolean as_json;
static int64_t option_draws, option_seed = -1; /* as the case has them */
static int option_threads;                     /* 0: one a processor   */

static const GOptionEntry options[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_("Write one JSON document"), NULL },
    { "draws", 0, 0, G_OPTION_ARG_INT64, &option_draws, N_("Draws of the simulation"), N_("N") },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &option_seed, N_("Seed of the simulation"), N_("N") },
    { "threads", 0, 0, G_OPTION_ARG_INT, &option_threads,
      N_("Threads of the simulation (default: one a processor); the result does not depend on it"),
      N_("N") },
    G_OPTION_ENTRY_NULL,
};

typedef struct {
    double flows[MW_FLOWS_MAX];
    double npv, npv_later;
    double irr[MW_FLOWS_MAX];
    size_t n_irr;
    double mirr, payback, discounted_payback; /* NAN: none */
    double tco, alternative_tco;
    MwEconomicInput economic_input;
    MwEconomicValue economic;
    MwDrawSummary draws;
    MwTornadoBar *bars;
    size_t n_bars;
} Result;

static void
result_clear(Result *result)
{
    g_free(result->bars);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Result, result_clear)

static bool
check(MwStatus status, GError **error)
{
    return status == MW_OK || mw_refuse(status, _("Value case"), error);
}

static MwValueCase
case_of(const MwValueFile *file, const MwCostSide *side)
{
    return (MwValueCase){ .lines = (const MwValueLine *)(gpointer)side->lines->data,
                          .n_lines = side->lines->len,
                          .years = file->years,
                          .rate = file->rate };
}

/* Present value of the lines of one side that `roles` (a bit a role) names, at their most likely. */
static bool
present_value(const MwValueFile *file, const MwCostSide *side, unsigned roles, bool seller_only,
              double *sum, GError **error)
{
    *sum = 0.0;
    for (guint i = 0; i < side->lines->len; i++) {
        const MwLineNote *note = &g_array_index(side->notes, MwLineNote, i);
        if (!(roles & 1u << note->role) || (seller_only && !note->to_seller))
            continue;
        MwValueCase one = case_of(file, side);
        double flows[MW_FLOWS_MAX], npv;
        one.lines += i;
        one.n_lines = 1;
        if (!check(mw_value_flows(&one, flows), error) ||
            !check(mw_npv(flows, file->years + 1, file->rate, MW_NPV_FIRST_FLOW_NOW, &npv), error))
            return false;
        *sum += npv;
    }
    return true;
}

static double
gross_price(const MwCostSide *side)
{
    double sum = 0.0;

    for (guint i = 0; i < side->notes->len; i++) {
        const MwLineNote *note = &g_array_index(side->notes, MwLineNote, i);
        sum += note->to_seller ? note->gross_present : 0.0;
    }
    return sum;
}

/* TCO and the price band. Prices are before tax: an after-tax value is brought back to them by
 * what a unit of price costs after tax. */
static bool
compute_comparison(const MwValueFile *file, Result *result, GError **error)
{
    const unsigned costs = 1u << MW_ROLE_INVESTMENT | 1u << MW_ROLE_RUNNING_COST;
    double ours, theirs, net_price;

    if (!present_value(file, &file->offer, costs, false, &ours, error) ||
        !present_value(file, &file->alternative, costs, false, &theirs, error) ||
        !present_value(file, &file->offer, 1u << MW_ROLE_INVESTMENT, true, &net_price, error))
        return false;
    result->tco = -ours;
    result->alternative_tco = -theirs;

    double price = gross_price(&file->offer), reference = gross_price(&file->alternative);
    double net_of_one = price > 0.0 ? -net_price / price : 1.0;
    double total = (result->npv - net_price - theirs) / net_of_one;
    result->economic_input = (MwEconomicInput){
        .reference = reference,
        .differentiation = total - reference,
        .price = price,
        .floor = isnan(file->seller_floor) ? MIN(reference, total) : file->seller_floor,
        .customer_share = file->customer_share,
    };
    return check(mw_economic_value(&result->economic_input, &result->economic), error);
}

static bool
compute_measures(const MwValueFile *file, Result *result, GError **error)
{
    const size_t n = file->years + 1;
    const double *flows = result->flows;

    if (!check(mw_npv(flows, n, file->rate, MW_NPV_FIRST_FLOW_NOW, &result->npv), error) ||
        !check(mw_npv(flows, n, file->rate, MW_NPV_FIRST_FLOW_LATER, &result->npv_later), error))
        return false;
    /* What has no answer stays as it is: no rates, NAN. */
    result->mirr = result->payback = result->discounted_payback = NAN;
    mw_irr(flows, NULL, n, result->irr, &result->n_irr);
    mw_mirr(flows, n, file->finance_rate, file->reinvest_rate, &result->mirr);
    mw_payback(flows, n, 0.0, &result->payback);
    mw_payback(flows, n, file->rate, &result->discounted_payback);
    return true;
}

typedef struct {
    const MwValueModel *model;
    uint64_t seed;
    size_t first, count;
    double *npv;
    MwStatus status;
} Share;

static gpointer
draw_share(gpointer data)
{
    Share *share = data;

    share->status = mw_value_draws(share->model, share->seed, share->first, share->count,
                                   share->npv + share->first);
    return NULL;
}

static bool
simulate(const MwValueFile *file, const MwValueCase *value_case, Result *result, GError **error)
{
    const size_t n = (size_t)file->draws;
    unsigned n_threads =
        CLAMP(option_threads ? option_threads : (int)g_get_num_processors(), 1, THREADS_MAX);
    GThread *threads[THREADS_MAX] = { NULL };
    Share shares[THREADS_MAX];
    MwValueModel *model = NULL;

    if (!check(mw_value_model_new(value_case, &model), error))
        return false;
    g_autofree double *npv = g_try_new(double, n);
    MwStatus status = npv ? MW_OK : MW_NO_MEMORY;
    for (unsigned i = 0; npv && i < n_threads; i++) {
        size_t first = n * i / n_threads, next = n * (i + 1) / n_threads;
        shares[i] = (Share){ model, (uint64_t)file->seed, first, next - first, npv, MW_OK };
        threads[i] = g_thread_new("draws", draw_share, &shares[i]);
    }
    for (unsigned i = 0; npv && i < n_threads; i++) {
        g_thread_join(threads[i]);
        status = status == MW_OK ? shares[i].status : status;
    }
    mw_value_model_free(model);
    if (status == MW_OK)
        status = mw_draw_summary(npv, n, &result->draws);
    return check(status, error);
}

static bool
compute(const MwValueFile *file, Result *result, GError **error)
{
    const MwValueCase value_case = case_of(file, &file->offer);

    result->bars = g_new0(MwTornadoBar, value_case.n_lines);
    return check(mw_value_flows(&value_case, result->flows), error) &&
           compute_measures(file, result, error) && compute_comparison(file, result, error) &&
           check(mw_value_tornado(&value_case, result->bars, &result->n_bars), error) &&
           simulate(file, &value_case, result, error);
}

/* ---- output --------------------------------------------------------------------------------- */

static const char *
bar_name(const MwValueFile *file, const MwTornadoBar *bar)
{
    const MwLineNote *note = &g_array_index(file->offer.notes, MwLineNote, bar->line);

    return note->group ? note->group : note->name;
}

static json_t *
json_of_economic(const Result *result)
{
    const MwEconomicInput *in = &result->economic_input;
    const MwEconomicValue *out = &result->economic;
    json_t *band = out->has_band ? json_pack("{s:f, s:f, s:f}", "low", in->floor, "high",
                                             out->total, "split", out->split)
                                 : json_null();

    return json_pack("{s:f, s:f, s:f, s:f, s:f, s:o}", "reference", in->reference,
                     "differentiation", in->differentiation, "total", out->total, "price",
                     in->price, "surplus", out->surplus, "price_band", band);
}

static json_t *
json_of_tornado(const MwValueFile *file, const Result *result)
{
    json_t *array = json_array();

    for (size_t i = 0; i < result->n_bars; i++) {
        const MwTornadoBar *bar = &result->bars[i];
        json_array_append_new(array, json_pack("{s:s, s:f, s:f, s:f}", "name", bar_name(file, bar),
                                               "at_low", bar->at_low, "at_high", bar->at_high,
                                               "width", bar->width));
    }
    return array;
}

static json_t *
json_of_scores(const MwValueFile *file)
{
    json_t *array = json_array();

    for (guint i = 0; i < file->scores->len; i++) {
        const MwScore *score = &g_array_index(file->scores, MwScore, i);
        json_array_append_new(array,
                              json_pack("{s:s, s:f}", "name", score->name, "score", score->score));
    }
    return array;
}

static json_t *
json_of(const MwValueFile *file, const Result *result)
{
    const MwDrawSummary *d = &result->draws;
    const bool other = file->has_alternative;
    json_t *simulation = json_pack("{s:I, s:I, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f}", "draws",
                                   (json_int_t)file->draws, "seed", (json_int_t)file->seed, "mean",
                                   d->mean, "mean_standard_error", d->mean_error, "sd", d->sd, "p5",
                                   d->p5, "p50", d->p50, "p95", d->p95, "probability_positive",
                                   d->positive, "standard_error", d->positive_error);
    json_t *tco = json_pack("{s:f, s:o, s:o}", "ours", result->tco, "alternative",
                            mw_json_number(other ? result->alternative_tco : NAN), "difference",
                            mw_json_number(other ? result->tco - result->alternative_tco : NAN));

    return json_pack(
        "{s:s?, s:s?, s:o, s:f, s:f, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "name",
        file->name, "currency", file->currency, "cash_flows",
        mw_json_numbers(result->flows, file->years + 1), "npv", result->npv,
        "npv_first_flow_discounted", result->npv_later, "npv_against_alternative",
        mw_json_number(other ? result->npv + result->alternative_tco : NAN), "irr",
        mw_json_numbers(result->irr, result->n_irr), "mirr", mw_json_number(result->mirr),
        "payback", mw_json_number(result->payback), "discounted_payback",
        mw_json_number(result->discounted_payback), "tco", tco, "economic_value",
        json_of_economic(result), "monte_carlo", simulation, "tornado",
        json_of_tornado(file, result), "competitiveness", json_of_scores(file));
}

static void
print_flows(const MwValueFile *file, const Result *result)
{
    MwPrintTable *table = mw_print_table_new("rr", (const char *[]){ _("Year"), _("Cash flow") });

    for (unsigned y = 0; y <= file->years; y++)
        mw_print_table_row(table, mw_print_number(y, 0), mw_print_number(result->flows[y], 2));
    mw_print_table_end(table);
}

static void
print_measures(const MwValueFile *file, const Result *result)
{
    MwPrintTable *table = mw_print_table_new("lr", NULL);
    g_autoptr(GString) rates = g_string_new(NULL);

    for (size_t i = 0; i < result->n_irr; i++)
        g_string_append_printf(rates, "%s%s %%", i ? ", " : "",
                               mw_print_number(result->irr[i] * 100.0, 4));
    mw_print_table_row(table, _("Net present value"), mw_print_number(result->npv, 2));
    mw_print_table_row(table, _("Net present value, first flow a year away"),
                       mw_print_number(result->npv_later, 2));
    mw_print_table_row(table, _("Internal rate of return"), rates->len ? rates->str : _("none"));
    mw_print_table_row(table, _("Modified internal rate of return, %"),
                       mw_print_number(result->mirr * 100.0, 4));
    mw_print_table_row(table, _("Payback, years"), mw_print_number(result->payback, 2));
    mw_print_table_row(table, _("Discounted payback, years"),
                       mw_print_number(result->discounted_payback, 2));
    mw_print_table_row(table, _("Total cost of ownership"), mw_print_number(result->tco, 2));
    if (file->has_alternative) {
        mw_print_table_row(table, _("Total cost of the alternative"),
                           mw_print_number(result->alternative_tco, 2));
        mw_print_table_row(table, _("Net present value against the alternative"),
                           mw_print_number(result->npv + result->alternative_tco, 2));
    }
    mw_print_table_row(table, _("Price"), mw_print_number(result->economic_input.price, 2));
    mw_print_table_row(table, _("Economic value to the customer"),
                       mw_print_number(result->economic.total, 2));
    if (result->economic.has_band) {
        mw_print_table_row(table, _("Price band, from"),
                           mw_print_number(result->economic_input.floor, 2));
        mw_print_table_row(table, _("Price that splits it"),
                           mw_print_number(result->economic.split, 2));
    }
    mw_print_table_end(table);
}

static void
print_risk(const MwValueFile *file, const Result *result)
{
    const MwDrawSummary *d = &result->draws;
    MwPrintTable *table = mw_print_table_new("lr", NULL);

    g_print("\n%s\n", _("Simulated net present value"));
    mw_print_table_row(table, _("Draws"), mw_print_number((double)file->draws, 0));
    mw_print_table_row(table, _("Mean"), mw_print_number(d->mean, 2));
    mw_print_table_row(table, _("Standard deviation"), mw_print_number(d->sd, 2));
    mw_print_table_row(table, "P5", mw_print_number(d->p5, 2));
    mw_print_table_row(table, "P50", mw_print_number(d->p50, 2));
    mw_print_table_row(table, "P95", mw_print_number(d->p95, 2));
    mw_print_table_row(table, _("Probability that the customer gains, %"),
                       mw_print_number(d->positive * 100.0, 2));
    mw_print_table_row(table, _("… its standard error, %"),
                       mw_print_number(d->positive_error * 100.0, 2));
    mw_print_table_end(table);
    if (result->n_bars == 0)
        return;

    g_print("\n%s\n", _("What matters most"));
    table = mw_print_table_new(
        "lrrr", (const char *[]){ _("Assumption"), _("At low"), _("At high"), _("Width") });
    for (size_t i = 0; i < result->n_bars; i++) {
        const MwTornadoBar *bar = &result->bars[i];
        mw_print_table_row(table, bar_name(file, bar), mw_print_number(bar->at_low, 2),
                           mw_print_number(bar->at_high, 2), mw_print_number(bar->width, 2));
    }
    mw_print_table_end(table);
}

static void
print_scores(const MwValueFile *file)
{
    if (file->scores->len == 0)
        return;

    g_print("\n%s\n", _("Core competitiveness, scored 1 to 5"));
    MwPrintTable *table = mw_print_table_new("lr", NULL);
    for (guint i = 0; i < file->scores->len; i++) {
        const MwScore *score = &g_array_index(file->scores, MwScore, i);
        mw_print_table_row(table, score->name, mw_print_number(score->score, 1));
    }
    mw_print_table_end(table);
}

static bool
run(MwApp *app G_GNUC_UNUSED, int argc, char **argv, GError **error)
{
    g_autofree char *bytes = NULL;
    gsize size = 0;
    g_auto(Result) result = { .bars = NULL };

    if (argc != 2)
        return mw_wrong_call(error, _("Name one file."));
    if (option_draws != 0 && (option_draws < 2 || option_draws > MW_VALUE_DRAWS_MAX))
        return mw_wrong_call(error, _("--draws must be from %d to %d."), 2, MW_VALUE_DRAWS_MAX);
    if (option_threads < 0 || option_threads > THREADS_MAX)
        return mw_wrong_call(error, _("--threads must be from %d to %d."), 0, THREADS_MAX);
    if (option_seed < -1)
        return mw_wrong_call(error, _("--seed cannot be negative."));
    if (!mw_read_input(argv[1], &bytes, &size, error))
        return false;
    json_t *document = mw_json_parse(bytes, size, error);
    g_autoptr(MwValueFile) file = document ? mw_value_file_new(document, error) : NULL;
    if (!file)
        return mw_fail_in(argv[1], error);
    file->draws = option_draws ? option_draws : file->draws;
    file->seed = option_seed >= 0 ? option_seed : file->seed;
    if (!compute(file, &result, error))
        return false;

    if (as_json) {
        mw_print_json(json_of(file, &result));
        return true;
    }
    if (file->name)
        g_print("%s\n\n", file->name);
    print_flows(file, &result);
    g_print("\n");
    print_measures(file, &result);
    print_risk(file, &result);
    print_scores(file);
    return true;
}

const MwCommand mw_command_value = {
    .name = "value",
    .summary = N_("Show what a customer gains, from a value case"),
    .arguments = N_("CASE.json"),
    .details = N_("The case format is docs/methods/value-case.schema.json."),
    .options = options,
    .run = run,
};
