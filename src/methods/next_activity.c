/* next_activity: the day of what is planned next for an opportunity, kept with it, because boards show it on every card. */
#include "methods/next_activity.h"

#include "base/clock.h"

typedef struct {
    char due[11];
    int64_t starts_at; /* 0: none */
} Planned;

static bool
keep_planned(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    Planned *planned = data;

    g_strlcpy(planned->due, c[0].is == MW_TEXT ? c[0].text : "", sizeof planned->due);
    planned->starts_at = c[1].is == MW_INTEGER ? c[1].integer : 0;
    return true;
}

static bool
derive(const MwContext *context, int64_t opportunity, GError **error)
{
    MwValue id = MW_INT(opportunity);
    Planned planned = { 0 };
    g_autofree char *starts = NULL;
    const char *first;

    if (opportunity == 0)
        return true;
    if (!mw_store_run(context->store,
                      "SELECT MIN(due_on), MIN(starts_at) FROM activity WHERE opportunity = $1 AND "
                      "done = 0 AND deleted_at IS NULL",
                      &id, 1, keep_planned, &planned, error))
        return false;
    if (planned.starts_at)
        starts = mw_date_format(mw_date_of_instant(planned.starts_at, context->settings->zone),
                                MW_CLOCK_ISO);
    first = *planned.due ? planned.due : starts;
    if (starts && first && strcmp(starts, first) < 0)
        first = starts;
    MwValue params[] = { first ? MW_BORROW(first) : MW_NOTHING, id };
    return mw_store_run(context->store,
                        "UPDATE opportunity SET next_activity_on = $1 WHERE id = $2", params, 2,
                        NULL, NULL, error);
}

static bool
is_open(const MwRecord *activity)
{
    return activity && !mw_record_int(activity, "done") &&
           mw_record_is_null(activity, "deleted_at");
}

static bool
after_activity(const MwContext *context, const MwRecord *activity, const MwRecord *before,
               GError **error)
{
    int64_t now = mw_record_int(activity, "opportunity");
    int64_t then = before ? mw_record_int(before, "opportunity") : now;

    if (!is_open(activity) && !is_open(before)) /* what was done already when it was noted */
        return true;
    return derive(context, now, error) && (then == now || derive(context, then, error));
}

/* ---- opportunities of before it was kept ------------------------------------------- */

enum { BATCH = 500 };

static bool
keep_id(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    g_array_append_val((GArray *)data, c[0].integer);
    return true;
}

static bool
refill_some(const MwContext *context, void *data, GError **error)
{
    GArray *ids = data;
    MwValue most = MW_INT(BATCH);

    g_array_set_size(ids, 0);
    if (!mw_store_run(
            context->store,
            "SELECT DISTINCT o.id FROM activity a JOIN opportunity o ON o.id = "
            "a.opportunity WHERE a.done = 0 AND a.deleted_at IS NULL AND (a.due_on IS "
            "NOT NULL OR a.starts_at IS NOT NULL) AND o.next_activity_on IS NULL LIMIT $1",
            &most, 1, keep_id, ids, error))
        return false;
    for (guint i = 0; i < ids->len; i++)
        if (!derive(context, g_array_index(ids, int64_t, i), error))
            return false;
    return true;
}

bool
mw_next_activity_refill(MwCompany *company, MwStore *store, GError **error)
{
    g_autoptr(GArray) ids = g_array_new(false, false, sizeof(int64_t));

    do
        if (!mw_work_atomically(company, store, refill_some, ids, error))
            return false;
    while (ids->len == BATCH);
    return true;
}

const MwDerivation mw_next_activity_derivations[] = {
    { .entity = "activity", .after = after_activity },
    { .entity = NULL },
};
