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

const MwDerivation mw_next_activity_derivations[] = {
    { .entity = "activity", .after = after_activity },
    { .entity = NULL },
};
