#include "methods/progress.h"

#include "record/history.h"
#include "record/write.h"

typedef struct {
    const char *entity, *from, *to, *action;
} Step;

static const Step contacted = { "lead", "new", "working", "first_activity" };
static const Step won = { "account", "prospect", "customer", "first_win" };
static const Step ordered = { "account", "prospect", "customer", "first_order" };

/* By one statement with the status in its WHERE: of two at once one moves it, and neither is refused. The version grows, so
 * that a form that was opened before does not put the old status back. */
static bool
step_on(const MwContext *context, const Step *step, int64_t id, GError **error)
{
    const MwEntity *entity = mw_catalog_entity(context->catalog, step->entity);
    g_autofree char *sql = g_strdup_printf(
        "UPDATE %s SET status = $1, version = version + 1, updated_at = $2 WHERE id = $3 AND "
        "status = $4 AND deleted_at IS NULL",
        step->entity);
    g_autofree char *changes =
        g_strdup_printf("{\"status\":[\"%s\",\"%s\"]}", step->from, step->to);
    MwValue params[] = { MW_BORROW(step->to), MW_INT(context->now), MW_INT(id),
                         MW_BORROW(step->from) };

    if (id == 0)
        return true;
    if (!mw_store_run(context->store, sql, params, G_N_ELEMENTS(params), NULL, NULL, error))
        return false;
    return mw_store_touched(context->store) == 0 ||
           (mw_history_add(context, step->entity, id, step->action, changes, error) &&
            mw_write_notice(context, entity, error));
}

/* A note is no contact: it is done as soon as it is written. */
static bool
is_contact(const MwRecord *activity)
{
    return activity && mw_record_int(activity, "done") &&
           mw_record_is_null(activity, "deleted_at") &&
           g_strcmp0(mw_record_text(activity, "type"), "note") != 0;
}

static bool
after_activity(const MwContext *context, const MwRecord *activity, const MwRecord *before,
               GError **error)
{
    int64_t lead = mw_record_int(activity, "lead");
    bool told = g_str_equal(context->source, "import") || g_str_equal(context->source, "demo");

    if (told || !is_contact(activity) ||
        (is_contact(before) && mw_record_int(before, "lead") == lead))
        return true;
    return step_on(context, &contacted, lead, error);
}

static bool
is_won(const MwRecord *opportunity)
{
    return opportunity && g_strcmp0(mw_record_text(opportunity, "outcome"), "won") == 0;
}

static bool
after_opportunity(const MwContext *context, const MwRecord *opportunity, const MwRecord *before,
                  GError **error)
{
    int64_t account = mw_record_int(opportunity, "account");

    if (!is_won(opportunity) || !mw_record_is_null(opportunity, "deleted_at") ||
        (is_won(before) && mw_record_int(before, "account") == account))
        return true;
    return step_on(context, &won, account, error);
}

static bool
is_placed(const MwRecord *order)
{
    const char *status = order ? mw_record_text(order, "status") : "draft";

    return g_strcmp0(status, "draft") != 0 && g_strcmp0(status, "cancelled") != 0 &&
           mw_record_is_null(order, "deleted_at");
}

static bool
after_order(const MwContext *context, const MwRecord *order, const MwRecord *before, GError **error)
{
    int64_t account = mw_record_int(order, "account");

    if (!is_placed(order) || (is_placed(before) && mw_record_int(before, "account") == account))
        return true;
    return step_on(context, &ordered, account, error);
}

const MwDerivation mw_progress_derivations[] = {
    { .entity = "activity", .after = after_activity },
    { .entity = "opportunity", .after = after_opportunity },
    { .entity = "sales_order", .after = after_order },
    { .entity = NULL },
};
