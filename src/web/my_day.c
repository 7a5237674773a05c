#include "web/my_day.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "methods/calendar.h"
#include "web/cells.h"

enum { SHOWN = 8, MOVERS = 6, DAYS_AHEAD = 7 };

/* ---- records that activities point at ---------------------------------------------- */

/* Those of them that the actor may read, by id. */
static GPtrArray *
read_linked(const MwContext *context, const char *name, GPtrArray *const *lists, size_t n,
            GError **error)
{
    const MwEntity *entity = mw_catalog_entity(context->catalog, name);
    g_autoptr(MwFilter) ids = NULL;

    if (!mw_actor_may(context->actor, entity, MW_MAY_READ))
        return g_ptr_array_new();
    for (size_t i = 0; i < n; i++)
        for (guint j = 0; j < lists[i]->len; j++) {
            MwValue id = MW_INT(mw_record_int(lists[i]->pdata[j], name));
            if (id.integer == 0)
                continue;
            if (ids)
                mw_filter_value(ids, id);
            else
                ids = mw_filter_test(&entity->fields[MW_FIELD_ID], MW_TEST_IN, id);
        }
    if (!ids)
        return g_ptr_array_new();
    MwQuery query = { .entity = entity, .filter = ids };
    return mw_record_find(context, &query, MW_MAY_READ, NULL, error);
}

static const MwRecord *
linked(const GPtrArray *records, int64_t id)
{
    for (guint i = 0; id && i < records->len; i++)
        if (mw_record_id(records->pdata[i]) == id)
            return records->pdata[i];
    return NULL;
}

/* A text where the actor sees the field. */
static const char *
seen_text(const MwContext *context, const MwRecord *record, const char *name)
{
    const MwField *field = record ? mw_entity_field(record->entity, name) : NULL;

    return field && mw_actor_sees(context->actor, record->entity, field)
               ? mw_record_text(record, name)
               : NULL;
}

/* ---- the lists ----------------------------------------------------------------------- */

typedef struct {
    const MwContext *context;
    const MwEntity *entity;
    bool own;
    int64_t today;
    GPtrArray *contacts, *accounts;
} Day;

static GPtrArray *
read_list(const Day *d, MwFilter *which, bool newest, bool *more, GError **error)
{
    g_autoptr(MwFilter) filter = mw_filter_all();
    MwQuery query = { .entity = d->entity, .filter = filter, .limit = SHOWN, .n_order = 1 };

    mw_filter_add(filter, which);
    mw_filter_add(filter,
                  mw_filter_test(mw_entity_field(d->entity, "done"), MW_TEST_EQ, MW_INT(0)));
    if (d->own)
        mw_filter_add(filter, mw_filter_test(mw_entity_field(d->entity, "owner"), MW_TEST_EQ,
                                             MW_INT(mw_actor_user(d->context->actor))));
    mw_order_parse(d->entity, d->entity->calendar->at, &query.order[0]);
    query.order[0].descending = newest;
    return mw_record_find(d->context, &query, MW_MAY_READ, more, error);
}

static const char *
icon_of(const char *type)
{
    static const char *const icons[][2] = {
        { "call", "phone" }, { "visit", "map-pin" }, { "mail", "mail" }, { "task", "checkbox" }
    };

    for (size_t i = 0; i < G_N_ELEMENTS(icons); i++)
        if (g_strcmp0(icons[i][0], type) == 0)
            return icons[i][1];
    return "note";
}

/* "09:30" today, a date else. */
static void
put_time(MwNode *item, const Day *d, const MwRecord *activity)
{
    const MwContext *context = d->context;
    int64_t starts = mw_record_int(activity, "starts_at"), day;
    const char *due = mw_record_text(activity, "due_on");
    g_autofree char *text = NULL;

    if (starts && mw_date_of_instant(starts, context->locale.zone) == d->today) {
        text = mw_instant_format(starts, context->locale.zone, MW_CLOCK_ISO);
        mw_put_copy(item, "time", strchr(text, ' ') ? strchr(text, ' ') + 1 : text);
        return;
    }
    if (starts)
        text = mw_instant_format(starts, context->locale.zone, MW_CLOCK_SHORT);
    else if (due && mw_date_parse(due, &day))
        text = day == d->today ? NULL : mw_date_format(day, MW_CLOCK_SHORT);
    mw_put_copy(item, "time", text);
}

static void
put_item(MwNode *items, const Day *d, const MwRecord *activity)
{
    const MwContext *context = d->context;
    MwNode *item = mw_put_object(items, NULL);
    const MwRecord *account = linked(d->accounts, mw_record_int(activity, "account"));
    const MwRecord *contact = linked(d->contacts, mw_record_int(activity, "contact"));
    const char *phone = seen_text(context, contact, "mobile");
    char path[MW_RECORD_PATH_SIZE];

    phone = phone ? phone : seen_text(context, contact, "phone");
    phone = phone ? phone : seen_text(context, account, "phone");
    mw_put_copy(item, "subject", seen_text(context, activity, "subject"));
    mw_put_copy(item, "href", mw_record_path(d->entity, mw_record_id(activity), path));
    mw_put_text(item, "icon", icon_of(mw_record_text(activity, "type")));
    put_time(item, d, activity);
    mw_put_copy(item, "account", seen_text(context, account, "name"));
    mw_put_copy(item, "account_href",
                account ? mw_record_path(account->entity, mw_record_id(account), path) : NULL);
    mw_put_copy(item, "person", seen_text(context, contact, "name"));
    mw_put_copy(item, "place", seen_text(context, activity, "place"));
    mw_put_copy(item, "phone", phone);
    mw_put_bool(item, "updates", mw_actor_reaches(context->actor, activity, MW_MAY_UPDATE));
    mw_put_format(item, "id", "%" G_GINT64_FORMAT, mw_record_id(activity));
    mw_put_format(item, "version", "%" G_GINT64_FORMAT, mw_record_version(activity));
    mw_put_text(item, "then", d->own ? "/?of=me" : "/?of=all");
}

static void
put_list(MwNode *lists, const Day *d, const char *key, const char *label, const char *icon,
         const char *none, const GPtrArray *activities, bool more)
{
    MwNode *node = mw_put_object(lists, NULL), *items = mw_put_list(node, "items");

    mw_put_text(node, "key", key);
    mw_put_text(node, "label", label);
    mw_put_text(node, "icon", icon);
    mw_put_text(node, "none", none);
    mw_put_bool(node, "any", activities->len > 0);
    mw_put_bool(node, "more", more);
    mw_put_format(node, "all", "/activities?done=is.false%s&order=due_on",
                  d->own ? "&owner=eq.@me" : "");
    for (guint i = 0; i < activities->len; i++)
        put_item(items, d, activities->pdata[i]);
}

bool
mw_my_day_put(MwNode *node, const MwContext *context, bool own, GError **error)
{
    GTimeZone *zone = context->locale.zone;
    const MwEntity *entity = mw_catalog_entity(context->catalog, "activity");
    Day d = { context, entity, own, mw_date_of_instant(context->now, zone), NULL, NULL };
    MwNode *lists = mw_put_list(node, "days");
    bool more[3] = { false };

    if (!mw_entity_opens(context, entity))
        return true;
    g_autoptr(GPtrArray) today = read_list(
        &d, mw_calendar_between(entity, d.today, d.today + 1, zone), false, &more[0], error);
    g_autoptr(GPtrArray) overdue =
        today ? read_list(&d, mw_calendar_overdue(entity, d.today, zone), true, &more[1], error)
              : NULL;
    g_autoptr(GPtrArray) coming =
        overdue
            ? read_list(&d,
                        mw_calendar_between(entity, d.today + 1, d.today + 1 + DAYS_AHEAD, zone),
                        false, &more[2], error)
            : NULL;
    if (!coming)
        return false;
    GPtrArray *const all[] = { today, overdue, coming };
    g_autoptr(GPtrArray) contacts = read_linked(context, "contact", all, 3, error);
    g_autoptr(GPtrArray) accounts =
        contacts ? read_linked(context, "account", all, 3, error) : NULL;
    if (!accounts)
        return false;
    d.contacts = contacts;
    d.accounts = accounts;
    put_list(lists, &d, "today", _("Today"), "calendar-event",
             _("Nothing is planned for today. Look into your calendar, or plan visits."), today,
             more[0]);
    put_list(lists, &d, "overdue", _("Overdue"), "alert-circle", _("Nothing is overdue."), overdue,
             more[1]);
    put_list(lists, &d, "coming", _("The next seven days"), "calendar",
             _("Nothing is planned. Write down the next step on a customer's page."), coming,
             more[2]);
    return true;
}

/* ---- late movers ------------------------------------------------------------------------ */

typedef struct {
    int64_t account;
    char before[2];
    bool up;
} Move;

static bool
keep_move(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    Move move = { .account = c[0].integer };

    g_strlcpy(move.before, c[1].is == MW_TEXT ? c[1].text : "", sizeof move.before);
    move.up = c[2].is == MW_TEXT && g_str_equal(c[2].text, "up");
    g_array_append_val((GArray *)data, move);
    return true;
}

static GPtrArray *
find_movers(const MwContext *context, int64_t run, bool own, GError **error)
{
    const MwEntity *account = mw_catalog_entity(context->catalog, "account");
    const MwEntity *result = mw_catalog_entity(context->catalog, "classification_result");
    g_autoptr(MwFilter) filter = mw_filter_all();
    MwFilter *of_run = mw_filter_all();
    MwFilter *moved = mw_filter_test(mw_entity_field(result, "moved"), MW_TEST_IN, MW_BORROW("up"));
    MwQuery query = { .entity = account, .filter = filter, .limit = MOVERS };

    mw_filter_value(moved, MW_BORROW("down"));
    mw_filter_add(of_run, mw_filter_test(mw_entity_field(result, "run"), MW_TEST_EQ, MW_INT(run)));
    mw_filter_add(of_run, moved);
    if (own)
        mw_filter_add(filter, mw_filter_test(mw_entity_field(account, "owner"), MW_TEST_EQ,
                                             MW_INT(mw_actor_user(context->actor))));
    mw_filter_add(filter, mw_filter_has(result, mw_entity_field(result, "account"), of_run));
    return mw_record_find(context, &query, MW_MAY_READ, NULL, error);
}

static bool
read_moves(const MwContext *context, int64_t run, const GPtrArray *accounts, GArray *moves,
           GError **error)
{
    g_autoptr(GString) sql = g_string_new("SELECT account, previous_class, moved FROM "
                                          "classification_result WHERE run = $1 AND account IN (");
    MwValue params[MOVERS + 1] = { MW_INT(run) };

    for (guint i = 0; i < accounts->len; i++) {
        g_string_append_printf(sql, i > 0 ? ", $%u" : "$%u", i + 2);
        params[i + 1] = MW_INT(mw_record_id(accounts->pdata[i]));
    }
    g_string_append(sql, ") AND deleted_at IS NULL");
    return accounts->len == 0 || mw_store_run(context->store, sql->str, params, accounts->len + 1,
                                              keep_move, moves, error);
}

bool
mw_movers_put(MwNode *node, const MwContext *context, bool own, GError **error)
{
    const MwEntity *run = mw_catalog_entity(context->catalog, "classification_run");
    const MwEntity *account = mw_catalog_entity(context->catalog, "account");
    g_autoptr(GArray) moves = g_array_new(false, false, sizeof(Move));
    g_auto(MwValue) latest = MW_NOTHING;
    MwNode *list = mw_put_list(node, "movers");
    bool sees = mw_actor_may(context->actor, run, MW_MAY_READ) &&
                mw_actor_may(context->actor, account, MW_MAY_READ) &&
                mw_actor_sees(context->actor, account, mw_entity_field(account, "class"));

    if (sees && !mw_store_scalar(context->store,
                                 "SELECT id FROM classification_run WHERE status = 'done' AND "
                                 "deleted_at IS NULL ORDER BY id DESC LIMIT 1",
                                 NULL, 0, &latest, error))
        return false;
    if (latest.is != MW_INTEGER) {
        mw_put_bool(node, "any_movers", false);
        return true;
    }
    g_autoptr(GPtrArray) accounts = find_movers(context, latest.integer, own, error);
    if (!accounts || !read_moves(context, latest.integer, accounts, moves, error))
        return false;
    mw_put_bool(node, "any_movers", accounts->len > 0);
    for (guint i = 0; i < accounts->len; i++) {
        const MwRecord *mover = accounts->pdata[i];
        const Move *move = NULL;
        char path[MW_RECORD_PATH_SIZE];
        for (guint j = 0; j < moves->len; j++)
            if (g_array_index(moves, Move, j).account == mw_record_id(mover))
                move = &g_array_index(moves, Move, j);
        MwNode *item = mw_put_object(list, NULL);
        mw_put_copy(item, "name", seen_text(context, mover, "name"));
        mw_put_copy(item, "href", mw_record_path(account, mw_record_id(mover), path));
        mw_put_copy(item, "before", move ? move->before : NULL);
        mw_put_copy(item, "class", mw_record_text(mover, "class"));
        mw_put_bool(item, "up", move && move->up);
        mw_put_copy(item, "reason", seen_text(context, mover, "class_reason"));
    }
    return true;
}
