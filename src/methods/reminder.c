/* reminder: what is told when its time has come: reminders of activities, daily summaries of what is overdue. */
#include "methods/reminder.h"

#include "base/clock.h"
#include "methods/activity.h"
#include "methods/calendar.h"
#include "record/notice.h"
#include "record/work.h"

enum { DAY_BEGINS = 9 * 60 /* minutes after midnight: when a day without a time is reminded of */ };

GTimeZone *
mw_owner_zone(const MwContext *context, int64_t user, MwActor **actor)
{
    *actor = user ? mw_company_actor(context->company, context->store, user, NULL) : NULL;
    GTimeZone *zone = *actor ? mw_actor_zone(*actor) : NULL;

    return zone ? zone : context->settings->zone;
}

/* ---- reminders -------------------------------------------------------------------- */

/* The next of the reminders after `now`; 0 when there is none. */
static int64_t
next_reminder(const MwRecord *activity, GTimeZone *zone, int64_t now)
{
    const char *keys = mw_record_text(activity, "reminders");
    int64_t begins = mw_record_int(activity, "starts_at"), day, next = 0;

    if (!keys || mw_record_int(activity, "done") || !mw_record_is_null(activity, "deleted_at"))
        return 0;
    if (mw_record_is_null(activity, "starts_at")) {
        if (mw_record_is_null(activity, "due_on") ||
            !mw_date_parse(mw_record_text(activity, "due_on"), &day))
            return 0;
        begins = mw_instant_of_date(day, zone) + DAY_BEGINS * INT64_C(60000);
    }
    for (const char *key = keys; *key; key += strcspn(key, ",")) {
        key += *key == ',';
        if (!g_ascii_isdigit(*key))
            continue;
        int64_t at = begins - g_ascii_strtoll(key, NULL, 10) * INT64_C(60000);
        if (at > now && (next == 0 || at < next))
            next = at;
    }
    return next;
}

void
mw_reminder_set(MwRecord *activity, GTimeZone *zone, int64_t now)
{
    int64_t next = next_reminder(activity, zone, now);

    if (next)
        mw_record_set_int(activity, "remind_at", next);
    else if (!mw_record_is_null(activity, "remind_at"))
        mw_record_set_null(activity, "remind_at");
}

static bool
exists(const MwContext *context, const char *sql, bool *any, GError **error)
{
    MwValue now = MW_INT(context->now);
    g_auto(MwValue) found = MW_NOTHING;

    if (!mw_store_scalar(context->store, sql, &now, 1, &found, error))
        return false;
    *any = found.is != MW_NULL;
    return true;
}

bool
mw_activity_reminders_wait(const MwContext *context, bool *wait, GError **error)
{
    return exists(context,
                  "SELECT 1 FROM activity WHERE remind_at <= $1 AND deleted_at IS NULL LIMIT 1",
                  wait, error);
}

typedef struct {
    size_t told;
    bool more;
} Round;

static bool
remind_one(const MwContext *context, MwRecord *activity, GError **error)
{
    bool timed = !mw_record_is_null(activity, "starts_at");
    g_autoptr(MwActor) owner = NULL;
    MwNotice notice = { .user = mw_record_int(activity, "owner"),
                        .kind = timed ? "reminder" : "reminder_day",
                        .entity = activity->entity,
                        .record = mw_record_id(activity),
                        .title = mw_record_text(activity, "subject"),
                        .detail = timed ? mw_record_text(activity, "place")
                                        : mw_record_text(activity, "due_on"),
                        .at = mw_record_int(activity, "starts_at") };

    mw_reminder_set(activity, mw_owner_zone(context, notice.user, &owner), context->now);
    return mw_notify(context, &notice, error) && mw_record_derive(context, activity, error);
}

static bool
remind_step(const MwContext *context, void *data, GError **error)
{
    Round *round = data;
    const MwEntity *entity = mw_catalog_entity(context->catalog, "activity");
    g_autoptr(MwFilter) due =
        mw_filter_test(mw_entity_field(entity, "remind_at"), MW_TEST_LTE, MW_INT(context->now));
    MwQuery query = { .entity = entity, .filter = due, .limit = 200 };
    g_autoptr(GPtrArray) found = mw_store_find(context->store, &query, &round->more, error);

    for (guint i = 0; found && i < found->len; i++)
        if (!remind_one(context, found->pdata[i], error))
            return false;
    round->told += found ? found->len : 0;
    return found != NULL;
}

static bool
all_rounds(MwCompany *company, MwStore *store, MwWork step, size_t *told, GError **error)
{
    Round round = { 0 };

    do
        if (!mw_work_atomically(company, store, step, &round, error))
            return false;
    while (round.more);
    *told = round.told;
    return true;
}

bool
mw_activity_remind(MwCompany *company, MwStore *store, size_t *told, GError **error)
{
    return all_rounds(company, store, remind_step, told, error);
}

/* ---- the daily summary ------------------------------------------------------------------ */

#define DIGEST_DUE                                                                                 \
    "active = 1 AND deleted_at IS NULL AND COALESCE(digest, 1) = 1 AND "                           \
    "(digest_at IS NULL OR digest_at <= $1)"

bool
mw_activity_digests_wait(const MwContext *context, bool *wait, GError **error)
{
    return exists(context, "SELECT 1 FROM \"user\" WHERE " DIGEST_DUE " LIMIT 1", wait, error);
}

typedef struct {
    int64_t id;
    bool first; /* never had one: begins tomorrow */
} Reader;

static bool
keep_reader(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    Reader reader = { c[0].integer, c[1].is == MW_NULL };

    g_array_append_val((GArray *)data, reader);
    return true;
}

/* The next time that it is that hour there. */
static int64_t
next_digest(const MwContext *context, GTimeZone *zone)
{
    const char *text = mw_settings_get(context->settings, "digest_time", "08:00");
    int64_t today = mw_date_of_instant(context->now, zone), at = 0;

    for (int64_t day = today; at <= context->now && day < today + 3; day++) {
        g_autofree char *date = mw_date_format(day, MW_CLOCK_ISO);
        g_autofree char *when = g_strconcat(date, " ", text, NULL);
        if (!mw_instant_parse(when, zone, &at))
            at = mw_instant_of_date(day, zone) + 8 * INT64_C(3600000);
    }
    return at;
}

static bool
tell_overdue(const MwContext *context, int64_t user, GTimeZone *zone, size_t *told, GError **error)
{
    const MwEntity *entity = mw_catalog_entity(context->catalog, "activity");
    g_autoptr(MwFilter) filter =
        mw_calendar_overdue(entity, mw_date_of_instant(context->now, zone), zone);
    MwQuery query = { .entity = entity, .filter = filter, .limit = 100, .n_order = 1 };

    mw_filter_add(filter,
                  mw_filter_test(mw_entity_field(entity, "owner"), MW_TEST_EQ, MW_INT(user)));
    mw_order_parse(entity, entity->calendar->at, &query.order[0]);
    mw_query_want(&query, mw_entity_field(entity, "subject"));
    g_autoptr(GPtrArray) found = mw_store_find(context->store, &query, NULL, error);
    if (!found || found->len == 0)
        return found != NULL;
    MwNotice notice = { .user = user,
                        .kind = "digest",
                        .title = mw_record_text(found->pdata[0], "subject"),
                        .count = found->len };
    (*told)++;
    return mw_notify(context, &notice, error);
}

static bool
digest_one(const MwContext *context, const Reader *reader, size_t *told, GError **error)
{
    g_autoptr(MwActor) actor = NULL;
    GTimeZone *zone = mw_owner_zone(context, reader->id, &actor);
    MwValue params[] = { MW_INT(next_digest(context, zone)), MW_INT(reader->id) };

    return mw_store_run(context->store, "UPDATE \"user\" SET digest_at = $1 WHERE id = $2", params,
                        2, NULL, NULL, error) &&
           (reader->first || tell_overdue(context, reader->id, zone, told, error));
}

static bool
digest_step(const MwContext *context, void *data, GError **error)
{
    Round *round = data;
    g_autoptr(GArray) readers = g_array_new(false, false, sizeof(Reader));
    MwValue now = MW_INT(context->now);

    if (!mw_store_run(context->store,
                      "SELECT id, digest_at FROM \"user\" WHERE " DIGEST_DUE
                      " ORDER BY id LIMIT 100",
                      &now, 1, keep_reader, readers, error))
        return false;
    for (guint i = 0; i < readers->len; i++)
        if (!digest_one(context, &g_array_index(readers, Reader, i), &round->told, error))
            return false;
    round->more = readers->len == 100;
    return true;
}

bool
mw_activity_digest(MwCompany *company, MwStore *store, size_t *told, GError **error)
{
    return all_rounds(company, store, digest_step, told, error);
}
