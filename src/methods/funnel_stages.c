#include "methods/funnel_stages.h"

#include <math.h>

#include "base/money.h"
#include "methods/stages.h"
#include "store/query.h"

typedef struct {
    const MwContext *context;
    const GArray *stages; /* of MwStage */
    GArray *out;          /* of MwFunnelStage, in the same order */
} Reading;

static MwFunnelStage *
at(const Reading *r, int i)
{
    return &g_array_index(r->out, MwFunnelStage, i);
}

static int64_t
number(const MwValue *value)
{
    return value->is == MW_INTEGER ? value->integer : 0;
}

/* stage, deals, value, weighted */
static bool
keep_now(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    const Reading *r = data;
    int i = c[0].is == MW_INTEGER ? mw_stages_find(r->stages, c[0].integer) : -1;

    if (i >= 0) {
        at(r, i)->now = number(&c[1]);
        at(r, i)->now_value = number(&c[2]);
        at(r, i)->weighted = number(&c[3]);
    }
    return true;
}

static int
first_open(const Reading *r)
{
    return MAX(mw_stages_first(r->stages, 'o'), 0);
}

/* furthest stage (its position) or NULL, outcome, deals: they have reached every open stage up to there, won ones all. */
static bool
keep_reached(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    const Reading *r = data;
    char outcome = c[1].is == MW_TEXT ? *c[1].text : 'o';
    int64_t n = number(&c[2]);
    int furthest = -1, first = first_open(r);

    for (int i = 0; c[0].is == MW_INTEGER && i < (int)r->stages->len; i++)
        if (mw_stage_at(r->stages, i)->kind == 'o' &&
            mw_stage_at(r->stages, i)->position <= c[0].integer)
            furthest = i;
    bool known = furthest >= 0;
    for (int i = first; i < (int)r->stages->len; i++) {
        bool open = mw_stage_at(r->stages, i)->kind == 'o';
        if (!open || (i > first && (!known || (outcome != 'w' && i > furthest))))
            continue;
        at(r, i)->reached += n;
        if (outcome == 'w' || (known && i < furthest))
            at(r, i)->went_on += n;
        else if (outcome == 'l')
            at(r, i)->lost += n;
    }
    return true;
}

/* stage, stays, days of them */
static bool
keep_stays(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    const Reading *r = data;
    int i = c[0].is == MW_INTEGER ? mw_stages_find(r->stages, c[0].integer) : -1;

    if (i >= 0 && number(&c[1]) > 0) {
        at(r, i)->stays = number(&c[1]);
        at(r, i)->days = (double)number(&c[2]) / (double)number(&c[1]);
    }
    return true;
}

static bool
run(Reading *r, const MwFunnelAsk *ask, const char *head, const char *more, const char *tail,
    MwRowFunc keep, GError **error)
{
    g_autoptr(GString) sql = g_string_new(head);
    g_autoptr(GArray) params = g_array_new(false, false, sizeof(MwValue));
    g_autoptr(MwFilter) filter = mw_funnel_filter(r->context, ask);
    const MwEntity *entity = mw_catalog_entity(r->context->catalog, "opportunity");
    g_autoptr(MwFilter) scope =
        mw_actor_filter(r->context->actor, r->context->catalog, entity, MW_MAY_READ);
    MwQuery query = { .entity = entity, .scope = scope, .filter = filter };

    mw_query_where(&query, mw_store_dialect(r->context->store), sql, params);
    g_string_append(sql, more);
    g_string_append(sql, tail);
    return mw_store_run(r->context->store, sql->str, (MwValue *)params->data, params->len, keep, r,
                        error);
}

static void
stage_clear(gpointer data)
{
    g_free(((MwFunnelStage *)data)->name);
}

GArray *
mw_funnel_stages(const MwContext *context, const MwFunnelAsk *ask, GError **error)
{
    g_autoptr(GArray) stages = mw_stages_load(context->store, ask->process, error);
    g_autoptr(GArray) out = g_array_new(false, false, sizeof(MwFunnelStage));
    Reading r = { context, stages, out };

    if (!stages)
        return NULL;
    g_array_set_clear_func(out, stage_clear);
    for (guint i = 0; i < stages->len; i++) {
        const MwStage *stage = mw_stage_at(stages, (int)i);
        MwFunnelStage item = { .stage = stage->id,
                               .name = g_strdup(stage->name),
                               .kind = stage->kind,
                               .days = NAN,
                               .probability = stage->probability,
                               .learned = stage->learned,
                               .learned_deals = stage->learned_deals };
        g_array_append_val(out, item);
    }
    if (!run(&r, ask,
             "SELECT t.stage, COUNT(*), CAST(SUM(t.amount_base) AS BIGINT), "
             "CAST(SUM(t.weighted_base) AS BIGINT) FROM opportunity t ",
             "", " GROUP BY 1", keep_now, error) ||
        !run(&r, ask,
             "SELECT d.furthest, d.outcome, COUNT(*) FROM (SELECT t.id, t.outcome, MAX(CASE WHEN "
             "s.kind = 'open' AND s.process = t.process THEN s.\"position\" END) AS furthest FROM "
             "opportunity t JOIN stage_move m ON m.opportunity = t.id AND m.deleted_at IS NULL "
             "JOIN stage s ON s.id = m.to_stage ",
             "", " GROUP BY t.id, t.outcome) d GROUP BY 1, 2", keep_reached, error) ||
        !run(&r, ask,
             "SELECT m.from_stage, COUNT(*), CAST(SUM(m.days) AS BIGINT) FROM opportunity t JOIN "
             "stage_move m ON m.opportunity = t.id AND m.deleted_at IS NULL ",
             " AND m.from_stage IS NOT NULL AND m.days IS NOT NULL", " GROUP BY 1", keep_stays,
             error))
        return NULL;
    for (guint i = 0; i < out->len; i++) {
        MwFunnelStage *item = at(&r, (int)i);
        int64_t decided = item->went_on + item->lost;
        item->conversion = decided > 0 ? (double)item->went_on / (double)decided : NAN;
    }
    return g_steal_pointer(&out);
}

static json_t *
real(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *
share(int64_t hundredths)
{
    return hundredths >= 0 ? json_real((double)hundredths / 10000.0) : json_null();
}

json_t *
mw_funnel_stages_json(const MwContext *context, const GArray *stages)
{
    const MwCurrency *currency = mw_currency_find(context->settings->currency);
    json_t *list = json_array();

    for (guint i = 0; i < stages->len; i++) {
        const MwFunnelStage *stage = &g_array_index(stages, MwFunnelStage, i);
        g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, stage->stage);
        g_autofree char *value = mw_money_format(stage->now_value, currency, MW_MONEY_PLAIN);
        g_autofree char *weighted = mw_money_format(stage->weighted, currency, MW_MONEY_PLAIN);
        json_array_append_new(
            list,
            json_pack("{s:s,s:s,s:s,s:I,s:s,s:s,s:I,s:I,s:I,s:o,s:I,s:o,s:o,s:o,s:I}", "stage", id,
                      "name", stage->name, "kind",
                      stage->kind == 'o'   ? "open"
                      : stage->kind == 'w' ? "won"
                                           : "lost",
                      "now", (json_int_t)stage->now, "value", value, "weighted", weighted,
                      "reached", (json_int_t)stage->reached, "went_on", (json_int_t)stage->went_on,
                      "lost", (json_int_t)stage->lost, "conversion", real(stage->conversion),
                      "stays", (json_int_t)stage->stays, "mean_days", real(stage->days),
                      "probability", share(stage->probability), "learned_probability",
                      share(stage->learned), "learned_deals", (json_int_t)stage->learned_deals));
    }
    return list;
}

void
mw_funnel_stages_value(GArray *stages, const MwFunnel *funnel)
{
    for (guint i = 0; i < stages->len; i++) {
        MwFunnelStage *stage = &g_array_index(stages, MwFunnelStage, i);
        for (guint j = 0; j < funnel->groups->len; j++) {
            const MwFunnelGroup *group = &g_array_index(funnel->groups, MwFunnelGroup, j);
            if (g_ascii_strtoll(group->key, NULL, 10) == stage->stage)
                stage->now_value = group->open_value + group->won_value + group->lost_value;
        }
    }
}
