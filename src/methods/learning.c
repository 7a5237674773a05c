#include "methods/learning.h"

#include <math.h>

#include "engines/pipeline.h"

enum { PRIOR_DEALS = 10, CERTAIN = 10000 };

typedef struct {
    int64_t id, process, position, probability, learned, deals;
} Stage;

/* Closed deals of a process that got as far. */
typedef struct {
    int64_t process, furthest, n; /* furthest position; -1: not known */
    bool won;
} Deals;

typedef struct {
    GArray *stages, *deals;
    size_t changed;
} Learning;

static int64_t
number(const MwValue *value, int64_t otherwise)
{
    return value->is == MW_INTEGER ? value->integer : otherwise;
}

static bool
keep_stage(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    Stage stage = { c[0].integer, c[1].integer,      c[2].integer,
                    c[3].integer, number(&c[4], -1), number(&c[5], 0) };

    g_array_append_val(((Learning *)data)->stages, stage);
    return true;
}

static bool
keep_deals(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    Deals deals = { c[0].integer, number(&c[2], -1), c[3].integer, *c[1].text == 'w' };

    g_array_append_val(((Learning *)data)->deals, deals);
    return true;
}

static bool
is_first(const Learning *l, const Stage *stage)
{
    for (guint i = 0; i < l->stages->len; i++) {
        const Stage *other = &g_array_index(l->stages, Stage, i);
        if (other->process == stage->process && other->position < stage->position)
            return false;
    }
    return true;
}

static bool
has_reached(const Deals *deals, const Stage *stage, bool first)
{
    if (deals->process != stage->process)
        return false;
    if (first)
        return true;
    return deals->furthest >= 0 && (deals->won || deals->furthest >= stage->position);
}

static bool
learn_stage(const MwContext *context, Learning *l, const Stage *stage, GError **error)
{
    bool first = is_first(l, stage);
    uint64_t won = 0, lost = 0;
    double rate;

    for (guint i = 0; i < l->deals->len; i++) {
        const Deals *deals = &g_array_index(l->deals, Deals, i);
        if (has_reached(deals, stage, first))
            *(deals->won ? &won : &lost) += (uint64_t)deals->n;
    }
    bool any = won + lost > 0 && mw_win_rate_shrunk(won, lost, (double)stage->probability / CERTAIN,
                                                    PRIOR_DEALS, &rate) == MW_OK;
    int64_t learned = any ? llround(rate * CERTAIN) : -1, n = (int64_t)(won + lost);
    if (learned == stage->learned && n == stage->deals)
        return true;
    l->changed++;
    MwValue params[] = { any ? MW_INT(learned) : MW_NOTHING, MW_INT(n), MW_INT(stage->id) };
    return mw_store_run(context->store,
                        "UPDATE stage SET learned_probability = $1, learned_deals = $2 "
                        "WHERE id = $3",
                        params, 3, NULL, NULL, error);
}

static bool
learn(const MwContext *context, void *data, GError **error)
{
    Learning *l = data;

    g_array_set_size(l->stages, 0);
    g_array_set_size(l->deals, 0);
    l->changed = 0;
    if (!mw_store_run(context->store,
                      "SELECT id, process, \"position\", probability, learned_probability, "
                      "learned_deals FROM stage WHERE kind = 'open' AND deleted_at IS NULL",
                      NULL, 0, keep_stage, l, error) ||
        !mw_store_run(context->store,
                      "SELECT d.process, d.outcome, d.furthest, COUNT(*) FROM (SELECT o.id, "
                      "o.process, o.outcome, MAX(CASE WHEN s.kind = 'open' AND s.process = "
                      "o.process THEN s.\"position\" END) AS furthest FROM opportunity o JOIN "
                      "stage_move m ON m.opportunity = o.id AND m.deleted_at IS NULL JOIN stage s "
                      "ON s.id = m.to_stage WHERE o.outcome IN ('won', 'lost') AND o.deleted_at IS "
                      "NULL GROUP BY o.id, o.process, o.outcome) d GROUP BY 1, 2, 3",
                      NULL, 0, keep_deals, l, error))
        return false;
    for (guint i = 0; i < l->stages->len; i++)
        if (!learn_stage(context, l, &g_array_index(l->stages, Stage, i), error))
            return false;
    return true;
}

bool
mw_stages_learn(MwCompany *company, MwStore *store, size_t *changed, GError **error)
{
    g_autoptr(GArray) stages = g_array_new(false, false, sizeof(Stage));
    g_autoptr(GArray) deals = g_array_new(false, false, sizeof(Deals));
    Learning l = { stages, deals, 0 };

    if (!mw_work_atomically(company, store, learn, &l, error))
        return false;
    if (changed)
        *changed = l.changed;
    return true;
}
