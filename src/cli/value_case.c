#include "cli/value_case.h"

#include <math.h>

#include "base/i18n.h"

#define KEYS(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define LARGEST 1e12

static void
side_init(MwCostSide *side)
{
    side->lines = g_array_new(FALSE, TRUE, sizeof(MwValueLine));
    side->notes = g_array_new(FALSE, TRUE, sizeof(MwLineNote));
}

static void
side_clear(MwCostSide *side)
{
    g_array_unref(side->lines);
    g_array_unref(side->notes);
}

void
mw_value_file_free(MwValueFile *file)
{
    if (!file)
        return;
    side_clear(&file->offer);
    side_clear(&file->alternative);
    g_array_unref(file->scores);
    g_ptr_array_unref(file->groups);
    json_decref(file->document);
    g_free(file);
}

/* The number of the group of this name: one more for a new name. */
static int
group_number(MwValueFile *file, const char *name)
{
    guint index;

    if (!name)
        return -1;
    if (!g_ptr_array_find_with_equal_func(file->groups, name, g_str_equal, &index)) {
        index = file->groups->len;
        g_ptr_array_add(file->groups, (gpointer)name);
    }
    return (int)index;
}

/* "uncertainty", "group" and "each_year" of an effect or a cost whose most likely value is known. */
static bool
read_uncertainty(MwValueFile *file, const MwPlace *at, MwValueLine *line, MwLineNote *note,
                 GError **error)
{
    const json_t *value = NULL;
    unsigned kind = MW_FIXED;

    if (!mw_place_text(at, "group", MW_OPTIONAL_KEY, &note->group, error) ||
        !mw_place_bool(at, "each_year", MW_OPTIONAL_KEY, &line->each_year, error) ||
        !mw_place_member(at, "uncertainty", MW_OPTIONAL_KEY, &value, error))
        return false;
    line->group = -1;
    if (!value)
        return true;

    g_autofree char *path = mw_place_path(at, "uncertainty");
    const MwPlace range = { value, path };
    if (!mw_place_object(&range, KEYS("kind", "low", "high"), error) ||
        !mw_place_choice(&range, "kind", MW_REQUIRED_KEY,
                         KEYS("fixed", "uniform", "triangular", "pert"), &kind, error))
        return false;
    line->kind = (MwUncertainty)kind;
    MwNeed need = kind == MW_FIXED ? MW_OPTIONAL_KEY : MW_REQUIRED_KEY;
    if (!mw_place_number(&range, "low", need, -LARGEST, LARGEST, &line->low, error) ||
        !mw_place_number(&range, "high", need, -LARGEST, LARGEST, &line->high, error))
        return false;
    if (kind == MW_FIXED)
        return true;
    if (!(line->low < line->high && line->low <= line->likely && line->likely <= line->high))
        return mw_place_fail(&range, NULL, error,
                             _("“low” must be below “high”, and %g must lie between them."),
                             line->likely);
    line->group = group_number(file, note->group);
    return true;
}

/* Shares of the full effect by year; after the last one given it stays. */
static bool
read_ramp_up(const MwValueFile *file, const MwPlace *at, double factor, MwValueLine *line,
             GError **error)
{
    const json_t *ramp = NULL;
    double share = 1.0;

    if (!mw_place_array(at, "ramp_up", MW_OPTIONAL_KEY, MW_VALUE_YEARS_MAX, &ramp, error))
        return false;
    for (unsigned year = 1; year <= file->years; year++) {
        const json_t *element = json_array_get(ramp, year - 1);
        if (element) {
            share = json_number_value(element);
            if (!json_is_number(element) || !(share >= 0.0 && share <= 100.0)) {
                g_autofree char *path = mw_place_element(at, "ramp_up", year - 1);
                const MwPlace place = { element, path };
                return mw_place_fail(&place, NULL, error, _("This must be a number from %g to %g."),
                                     0.0, 100.0);
            }
        }
        line->profile[year] = share * factor;
    }
    return true;
}

/* An effect of the fourth family may be a score instead of money. */
static bool
read_score(MwValueFile *file, const MwPlace *at, const char *name, GError **error)
{
    MwScore score = { .name = name };

    if (!mw_place_object(at, KEYS("name", "family", "score", "evidence"), error) ||
        !mw_place_number(at, "score", MW_REQUIRED_KEY, 1, 5, &score.score, error))
        return false;
    g_array_append_val(file->scores, score);
    return true;
}

static bool
read_effect(MwValueFile *file, const MwPlace *at, GError **error)
{
    MwValueLine line = { 0 };
    MwLineNote note = { .role = MW_ROLE_EFFECT };
    unsigned family = 0, better = 0;
    double price = 0.0, volume = 1.0;
    const char *text = NULL;

    if (!mw_place_object(at,
                         KEYS("name", "family", "driver", "unit", "baseline", "target",
                              "unit_price", "volume", "better", "ramp_up", "uncertainty", "group",
                              "each_year", "evidence", "score"),
                         error) ||
        !mw_place_text(at, "name", MW_REQUIRED_KEY, &note.name, error) ||
        !mw_place_choice(at, "family", MW_REQUIRED_KEY,
                         KEYS("speed", "operating_cost", "economic_result", "competitiveness"),
                         &family, error) ||
        !mw_place_text(at, "evidence", MW_OPTIONAL_KEY, &text, error))
        return false;
    if (json_object_get(at->value, "score"))
        return read_score(file, at, note.name, error);

    if (!mw_place_text(at, "driver", MW_OPTIONAL_KEY, &text, error) ||
        !mw_place_text(at, "unit", MW_OPTIONAL_KEY, &text, error) ||
        !mw_place_choice(at, "better", MW_REQUIRED_KEY, KEYS("lower", "higher"), &better, error) ||
        !mw_place_number(at, "baseline", MW_REQUIRED_KEY, -LARGEST, LARGEST, &line.baseline,
                         error) ||
        !mw_place_number(at, "target", MW_REQUIRED_KEY, -LARGEST, LARGEST, &line.likely, error) ||
        !mw_place_number(at, "unit_price", MW_REQUIRED_KEY, 0, LARGEST, &price, error) ||
        !mw_place_number(at, "volume", MW_OPTIONAL_KEY, 0, LARGEST, &volume, error) ||
        !read_uncertainty(file, at, &line, &note, error) ||
        !read_ramp_up(file, at, 1.0 - file->tax_rate, &line, error))
        return false;
    line.scale = (better == 0 ? -1.0 : 1.0) * price * volume;
    g_array_append_val(file->offer.lines, line);
    g_array_append_val(file->offer.notes, note);
    return true;
}

/* Paid in its year; with a tax rate and depreciation years, it saves tax evenly in those after. */
static bool
read_investment(MwValueFile *file, const MwPlace *at, MwCostSide *side, GError **error)
{
    MwValueLine line = { .scale = -1.0 };
    MwLineNote note = { .role = MW_ROLE_INVESTMENT, .to_seller = true };
    int64_t year = 0;

    if (!mw_place_object(
            at, KEYS("name", "amount", "year", "to_seller", "uncertainty", "group", "each_year"),
            error) ||
        !mw_place_text(at, "name", MW_REQUIRED_KEY, &note.name, error) ||
        !mw_place_number(at, "amount", MW_REQUIRED_KEY, 0, LARGEST, &line.likely, error) ||
        !mw_place_integer(at, "year", MW_OPTIONAL_KEY, 0, file->years, &year, error) ||
        !mw_place_bool(at, "to_seller", MW_OPTIONAL_KEY, &note.to_seller, error) ||
        !read_uncertainty(file, at, &line, &note, error))
        return false;
    line.profile[year] = 1.0;
    for (int64_t y = year + 1; y <= file->years && y <= year + file->depreciation_years; y++)
        line.profile[y] = -file->tax_rate / (double)file->depreciation_years;
    note.gross_present = line.likely / pow(1.0 + file->rate, (double)year);
    g_array_append_val(side->lines, line);
    g_array_append_val(side->notes, note);
    return true;
}

static bool
read_running_cost(MwValueFile *file, const MwPlace *at, MwCostSide *side, GError **error)
{
    MwValueLine line = { .scale = -1.0 };
    MwLineNote note = { .role = MW_ROLE_RUNNING_COST };
    int64_t from = 1, to = file->years;
    double growth = 0.0;

    if (!mw_place_object(
            at, KEYS("name", "amount", "from", "to", "growth", "uncertainty", "group", "each_year"),
            error) ||
        !mw_place_text(at, "name", MW_REQUIRED_KEY, &note.name, error) ||
        !mw_place_number(at, "amount", MW_REQUIRED_KEY, 0, LARGEST, &line.likely, error) ||
        !mw_place_integer(at, "from", MW_OPTIONAL_KEY, 0, file->years, &from, error) ||
        !mw_place_integer(at, "to", MW_OPTIONAL_KEY, 0, file->years, &to, error) ||
        !mw_place_number(at, "growth", MW_OPTIONAL_KEY, -0.5, 0.5, &growth, error) ||
        !read_uncertainty(file, at, &line, &note, error))
        return false;
    for (int64_t y = from; y <= to; y++)
        line.profile[y] = (1.0 - file->tax_rate) * pow(1.0 + growth, (double)(y - from));
    g_array_append_val(side->lines, line);
    g_array_append_val(side->notes, note);
    return true;
}

static bool
read_costs(MwValueFile *file, const MwPlace *at, MwCostSide *side, GError **error)
{
    static const struct {
        const char *key;
        bool (*read)(MwValueFile *, const MwPlace *, MwCostSide *, GError **);
    } lists[] = { { "investments", read_investment }, { "running_costs", read_running_cost } };

    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
        const json_t *list = NULL;
        if (!mw_place_array(at, lists[i].key, MW_OPTIONAL_KEY, 100, &list, error))
            return false;
        for (size_t j = 0; j < json_array_size(list); j++) {
            g_autofree char *path = mw_place_element(at, lists[i].key, j);
            const MwPlace element = { json_array_get(list, j), path };
            if (!lists[i].read(file, &element, side, error))
                return false;
        }
    }
    return true;
}

static bool
read_effects(MwValueFile *file, const MwPlace *root, GError **error)
{
    const json_t *effects = NULL;

    if (!mw_place_array(root, "effects", MW_OPTIONAL_KEY, 200, &effects, error))
        return false;
    for (size_t i = 0; i < json_array_size(effects); i++) {
        g_autofree char *path = mw_place_element(root, "effects", i);
        const MwPlace element = { json_array_get(effects, i), path };
        if (!read_effect(file, &element, error))
            return false;
    }
    return true;
}

/* Flows as they are, one number a year from year 0; they set the years when nothing else does. */
static bool
read_cash_flows(MwValueFile *file, const MwPlace *root, const json_t *flows, GError **error)
{
    MwValueLine line = { .scale = 1.0, .likely = 1.0, .group = -1 };
    MwLineNote note = { .name = _("Cash flows"), .role = MW_ROLE_CASH_FLOW };

    if (!flows)
        return true;
    if (json_array_size(flows) > file->years + 1)
        return mw_place_fail(root, "cash_flows", error,
                             _("There are more cash flows than years 0 to %u."), file->years);
    for (size_t i = 0; i < json_array_size(flows); i++) {
        const json_t *element = json_array_get(flows, i);
        line.profile[i] = json_number_value(element);
        if (!json_is_number(element) || !(fabs(line.profile[i]) <= LARGEST)) {
            g_autofree char *path = mw_place_element(root, "cash_flows", i);
            const MwPlace place = { element, path };
            return mw_place_fail(&place, NULL, error, _("This must be a number from %g to %g."),
                                 -LARGEST, LARGEST);
        }
    }
    g_array_append_val(file->offer.lines, line);
    g_array_append_val(file->offer.notes, note);
    return true;
}

static bool
read_settings(MwValueFile *file, const MwPlace *root, const json_t *flows, GError **error)
{
    int64_t years = json_array_size(flows) > 0 ? (int64_t)json_array_size(flows) - 1 : 0;

    if (!mw_place_text(root, "name", MW_OPTIONAL_KEY, &file->name, error) ||
        !mw_place_text(root, "currency", MW_OPTIONAL_KEY, &file->currency, error) ||
        !mw_place_integer(root, "years", flows ? MW_OPTIONAL_KEY : MW_REQUIRED_KEY, 0,
                          MW_VALUE_YEARS_MAX, &years, error) ||
        !mw_place_number(root, "rate", MW_REQUIRED_KEY, -0.5, 10, &file->rate, error))
        return false;
    file->years = (unsigned)years;
    file->finance_rate = file->reinvest_rate = file->rate;
    return mw_place_number(root, "finance_rate", MW_OPTIONAL_KEY, -0.5, 10, &file->finance_rate,
                           error) &&
           mw_place_number(root, "reinvest_rate", MW_OPTIONAL_KEY, -0.5, 10, &file->reinvest_rate,
                           error) &&
           mw_place_number(root, "tax_rate", MW_OPTIONAL_KEY, 0, 0.99, &file->tax_rate, error) &&
           mw_place_integer(root, "depreciation_years", MW_OPTIONAL_KEY, 1, MW_VALUE_YEARS_MAX,
                            &file->depreciation_years, error);
}

static bool
read_rest(MwValueFile *file, const MwPlace *root, GError **error)
{
    const json_t *alternative = NULL, *price = NULL, *simulation = NULL;

    if (!mw_place_member(root, "alternative", MW_OPTIONAL_KEY, &alternative, error) ||
        !mw_place_member(root, "price", MW_OPTIONAL_KEY, &price, error) ||
        !mw_place_member(root, "simulation", MW_OPTIONAL_KEY, &simulation, error))
        return false;
    if (alternative) {
        const MwPlace at = { alternative, "alternative" };
        file->has_alternative = true;
        if (!mw_place_object(&at, KEYS("name", "investments", "running_costs"), error) ||
            !mw_place_text(&at, "name", MW_OPTIONAL_KEY, &file->alternative_name, error) ||
            !read_costs(file, &at, &file->alternative, error))
            return false;
    }
    if (price) {
        const MwPlace at = { price, "price" };
        if (!mw_place_object(&at, KEYS("seller_floor", "customer_share"), error) ||
            !mw_place_number(&at, "seller_floor", MW_OPTIONAL_KEY, 0, LARGEST, &file->seller_floor,
                             error) ||
            !mw_place_number(&at, "customer_share", MW_OPTIONAL_KEY, 0, 1, &file->customer_share,
                             error))
            return false;
    }
    if (simulation) {
        const MwPlace at = { simulation, "simulation" };
        if (!mw_place_object(&at, KEYS("draws", "seed"), error) ||
            !mw_place_integer(&at, "draws", MW_OPTIONAL_KEY, 2, MW_VALUE_DRAWS_MAX, &file->draws,
                              error) ||
            !mw_place_integer(&at, "seed", MW_OPTIONAL_KEY, 0, INT64_MAX, &file->seed, error))
            return false;
    }
    return true;
}

MwValueFile *
mw_value_file_new(json_t *document, GError **error)
{
    g_autoptr(MwValueFile) file = g_new0(MwValueFile, 1);
    const MwPlace root = { document, "" };
    const json_t *flows = NULL;

    *file = (MwValueFile){ .document = document,
                           .draws = 200000,
                           .seed = 1,
                           .seller_floor = NAN,
                           .customer_share = 0.5,
                           .scores = g_array_new(FALSE, FALSE, sizeof(MwScore)),
                           .groups = g_ptr_array_new() };
    side_init(&file->offer);
    side_init(&file->alternative);
    if (!mw_place_object(&root,
                         KEYS("$schema", "name", "currency", "years", "rate", "finance_rate",
                              "reinvest_rate", "tax_rate", "depreciation_years", "effects",
                              "investments", "running_costs", "cash_flows", "alternative", "price",
                              "simulation"),
                         error) ||
        !mw_place_array(&root, "cash_flows", MW_OPTIONAL_KEY, MW_FLOWS_MAX, &flows, error) ||
        !read_settings(file, &root, flows, error) || !read_effects(file, &root, error) ||
        !read_costs(file, &root, &file->offer, error) ||
        !read_cash_flows(file, &root, flows, error) || !read_rest(file, &root, error))
        return NULL;
    if (file->offer.lines->len == 0)
        return mw_fail_null(
            error, MW_ERROR_INVALID,
            _("The case has no effects, investments, running costs or cash flows."));
    return g_steal_pointer(&file);
}
