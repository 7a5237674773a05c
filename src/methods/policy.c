#include "methods/policy.h"

#include "base/clock.h"
#include "base/decimal.h"
#include "base/i18n.h"
#include "record/history.h"
#include "record/job.h"
#include "record/service.h"
#include "record/work.h"

enum { CHUNK = 2000 };

/* ---- visits ------------------------------------------------------------------ */

static bool
keep_days(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    int class = *c[0].text - 'A';

    if (class >= 0 && class < 4 && c[1].is == MW_INTEGER)
        ((MwVisitRhythm *)data)->days[class] = c[1].integer;
    return true;
}

bool
mw_policy_rhythm(MwStore *store, MwVisitRhythm *rhythm, GError **error)
{
    *rhythm = (MwVisitRhythm){ 0 };
    return mw_store_run(store,
                        "SELECT class, visit_every_days FROM class_policy "
                        "WHERE deleted_at IS NULL",
                        NULL, 0, keep_days, rhythm, error);
}

char *
mw_policy_next_visit(const MwVisitRhythm *rhythm, const char *class, const char *last,
                     const char *due, int64_t today)
{
    int64_t every = class && *class >= 'A' && *class <= 'D' ? rhythm->days[*class - 'A'] : 0;
    int64_t day;

    if (every == 0)
        return NULL;
    if (last && mw_date_parse(last, &day))
        return mw_date_format(MIN(day + every, MW_DATE_MAX), MW_CLOCK_ISO);
    return due && *due ? g_strdup(due) : mw_date_format(today, MW_CLOCK_ISO);
}

static int64_t
today_of(const MwContext *context)
{
    return mw_date_of_instant(context->now, context->settings->zone);
}

typedef struct {
    int64_t id;
    char class[2], last[11], due[11];
} Visits;

static bool
keep_visits(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    Visits v = { .id = c[0].integer };

    g_strlcpy(v.class, c[1].is == MW_TEXT ? c[1].text : "", sizeof v.class);
    g_strlcpy(v.last, c[2].is == MW_TEXT ? c[2].text : "", sizeof v.last);
    g_strlcpy(v.due, c[3].is == MW_TEXT ? c[3].text : "", sizeof v.due);
    g_array_append_val((GArray *)data, v);
    return true;
}

/* Writes the dates of an account if they differ from what it has. */
static bool
put_visits(const MwContext *context, const MwVisitRhythm *rhythm, const Visits *v, const char *last,
           bool *changed, GError **error)
{
    g_autofree char *next = mw_policy_next_visit(rhythm, v->class, last, v->due, today_of(context));
    MwValue params[] = { MW_BORROW(last && *last ? last : NULL), MW_BORROW(next), MW_INT(v->id) };

    *changed = !g_str_equal(last ? last : "", v->last) || !g_str_equal(next ? next : "", v->due);
    return !*changed || mw_store_run(context->store,
                                     "UPDATE account SET "
                                     "last_visit_on = $1, next_visit_on = $2 WHERE id = $3",
                                     params, 3, NULL, NULL, error);
}

/* The day of the last visit that was done, in the time zone of the company; NULL when there is none. */
static bool
last_visit(const MwContext *context, int64_t account, char **day, GError **error)
{
    MwValue param = MW_INT(account);
    g_auto(MwValue) found = MW_NOTHING;

    if (!mw_store_scalar(context->store,
                         "SELECT MAX(COALESCE(starts_at, done_at)) FROM activity WHERE "
                         "account = $1 AND type = 'visit' AND done = 1 AND deleted_at IS NULL",
                         &param, 1, &found, error))
        return false;
    *day = found.is == MW_INTEGER
               ? mw_date_format(mw_date_of_instant(found.integer, context->settings->zone),
                                MW_CLOCK_ISO)
               : NULL;
    return true;
}

/* `visited`: the visits have changed; else only the class has. */
static bool
derive_visits(const MwContext *context, int64_t account, bool visited, GError **error)
{
    g_autoptr(GArray) found = g_array_new(false, false, sizeof(Visits));
    MwValue param = MW_INT(account);
    g_autofree char *last = NULL;
    MwVisitRhythm rhythm;
    bool changed;

    if (!mw_policy_rhythm(context->store, &rhythm, error) ||
        !mw_store_run(context->store,
                      "SELECT id, class, last_visit_on, next_visit_on FROM account WHERE id = $1",
                      &param, 1, keep_visits, found, error))
        return false;
    if (found->len == 0)
        return true;
    const Visits *v = &g_array_index(found, Visits, 0);
    if (visited && !last_visit(context, account, &last, error))
        return false;
    return put_visits(context, &rhythm, v, visited ? last : v->last, &changed, error);
}

static bool
is_done_visit(const MwRecord *activity)
{
    return activity && mw_record_int(activity, "done") &&
           g_strcmp0(mw_record_text(activity, "type"), "visit") == 0;
}

static bool
after_activity(const MwContext *context, const MwRecord *activity, const MwRecord *before,
               GError **error)
{
    int64_t account = mw_record_int(activity, "account");
    int64_t then = before ? mw_record_int(before, "account") : account;

    if (!is_done_visit(activity) && !is_done_visit(before))
        return true;
    return (account == 0 || derive_visits(context, account, true, error)) &&
           (then == 0 || then == account || derive_visits(context, then, true, error));
}

static bool
after_account(const MwContext *context, const MwRecord *account, const MwRecord *before,
              GError **error)
{
    const char *class = mw_record_text(account, "class");

    if (g_strcmp0(class, before ? mw_record_text(before, "class") : NULL) == 0)
        return true;
    return derive_visits(context, mw_record_id(account), false, error);
}

/* A policy reaches its accounts by a job: they may be a million. */
static bool
after_policy(const MwContext *context, const MwRecord *policy G_GNUC_UNUSED,
             const MwRecord *before G_GNUC_UNUSED, GError **error)
{
    return mw_job_add(context, "visits", NULL, context->now, error) > 0;
}

/* ---- money ----------------------------------------------------------------------- */

typedef struct {
    const MwRecord *order;
    int64_t paid;
} Paid;

/* amount, currency, amount_base */
static bool
add_payment(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    Paid *paid = data;
    int64_t amount = c[0].integer, base = c[2].is == MW_INTEGER ? c[2].integer : 0;

    /* A payment in another currency counts by what both are worth in base currency. */
    if (g_strcmp0(c[1].text, mw_record_text(paid->order, "currency")) != 0 &&
        !mw_decimal_proportion(base, mw_record_int(paid->order, "total"),
                               mw_record_int(paid->order, "total_base"), &amount))
        amount = 0;
    if (!mw_decimal_add(paid->paid, amount, &paid->paid))
        paid->paid = INT64_MAX;
    return true;
}

static bool
derive_paid(const MwContext *context, int64_t order, GError **error)
{
    MwQuery query = { .entity = mw_catalog_entity(context->catalog, "sales_order"),
                      .which = MW_LIVE_AND_DELETED };
    g_autoptr(MwRecord) record = mw_store_get(context->store, &query, order, error);
    Paid paid = { .order = record };
    MwValue param = MW_INT(order);

    if (!record || !mw_store_run(context->store,
                                 "SELECT amount, currency, amount_base FROM payment "
                                 "WHERE sales_order = $1 AND deleted_at IS NULL",
                                 &param, 1, add_payment, &paid, error))
        return false;
    mw_record_set_int(record, "paid", paid.paid);
    return mw_record_derive(context, record, error);
}

static bool
after_payment(const MwContext *context, const MwRecord *payment, const MwRecord *before,
              GError **error)
{
    int64_t order = mw_record_int(payment, "sales_order");
    int64_t then = before ? mw_record_int(before, "sales_order") : order;

    return (order == 0 || derive_paid(context, order, error)) &&
           (then == 0 || then == order || derive_paid(context, then, error));
}

const MwDerivation mw_policy_derivations[] = {
    { .entity = "activity", .after = after_activity },
    { .entity = "account", .after = after_account },
    { .entity = "class_policy", .after = after_policy },
    { .entity = "payment", .after = after_payment },
    { .entity = NULL },
};

/* ---- all accounts -------------------------------------------------------------------- */

/* A walk over the accounts in the order of their ids. */
typedef struct {
    int64_t last; /* id of the last one seen */
    guint n;      /* of the chunk */
    size_t changed;
} Walk;

static bool
walk(MwCompany *company, MwStore *store, MwWork step, size_t *changed, GError **error)
{
    Walk walk = { 0 };

    do
        if (!mw_work_atomically(company, store, step, &walk, error))
            return false;
    while (walk.n == CHUNK);
    if (changed)
        *changed = walk.changed;
    return true;
}

static bool
visits_step(const MwContext *context, void *data, GError **error)
{
    Walk *walk = data;
    g_autoptr(GArray) found = g_array_new(false, false, sizeof(Visits));
    MwValue params[] = { MW_INT(walk->last), MW_INT(CHUNK) };
    MwVisitRhythm rhythm;

    if (!mw_policy_rhythm(context->store, &rhythm, error) ||
        !mw_store_run(context->store,
                      "SELECT id, class, last_visit_on, next_visit_on FROM account WHERE id > $1 "
                      "AND deleted_at IS NULL ORDER BY id LIMIT $2",
                      params, 2, keep_visits, found, error))
        return false;
    for (guint i = 0; i < found->len; i++) {
        const Visits *v = &g_array_index(found, Visits, i);
        bool changed;
        if (!put_visits(context, &rhythm, v, v->last, &changed, error))
            return false;
        walk->changed += changed;
        walk->last = v->id;
    }
    walk->n = found->len;
    return true;
}

bool
mw_policy_visits(MwCompany *company, MwStore *store, size_t *changed, GError **error)
{
    return walk(company, store, visits_step, changed, error);
}

/* Past the rules: a record that no longer passes them (a field required since) must not stop the others. */
static bool
end_override(const MwContext *context, MwRecord *account, GError **error)
{
    g_autoptr(MwRecord) before = mw_record_copy(account);

    mw_record_set_null(account, "class_override");
    mw_record_set_null(account, "class_override_reason");
    mw_record_set_null(account, "class_override_until");
    mw_record_set_text(account, "class", mw_record_text(account, "class_computed"));
    g_autofree char *changes = mw_history_changes(context, account, before);
    return mw_store_update(context->store, account, mw_record_version(account), error) &&
           mw_history_add(context, "account", mw_record_id(account), "derive", changes, error) &&
           after_account(context, account, before, error);
}

static bool
overrides_step(const MwContext *context, void *data, GError **error)
{
    Walk *walk = data;
    const MwEntity *account = mw_catalog_entity(context->catalog, "account");
    g_autofree char *today = mw_date_format(today_of(context), MW_CLOCK_ISO);
    g_autoptr(MwFilter) past = mw_filter_test(mw_entity_field(account, "class_override_until"),
                                              MW_TEST_LT, MW_BORROW(today));
    MwQuery query = { .entity = account, .filter = past, .limit = MW_PAGE_MAX };
    bool more = false;
    g_autoptr(GPtrArray) records = mw_store_find(context->store, &query, &more, error);

    if (!records)
        return false;
    for (guint i = 0; i < records->len; i++)
        if (!end_override(context, records->pdata[i], error))
            return false;
    walk->changed += records->len;
    walk->n = more ? CHUNK : 0;
    return true;
}

bool
mw_policy_overrides(MwCompany *company, MwStore *store, size_t *changed, GError **error)
{
    return walk(company, store, overrides_step, changed, error);
}

MwFilter *
mw_policy_overdue(const MwContext *context, MwQuery *query)
{
    const MwEntity *account = mw_catalog_entity(context->catalog, "account");
    const MwField *next = mw_entity_field(account, "next_visit_on");
    g_autofree char *today = mw_date_format(today_of(context), MW_CLOCK_ISO);
    MwFilter *filter = mw_filter_test(next, MW_TEST_LT, MW_BORROW(today));

    *query = (MwQuery){
        .entity = account, .filter = filter, .order = { { next, false } }, .n_order = 1
    };
    return filter;
}
