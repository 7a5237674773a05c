#include "web/my_day.h"

#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "methods/calendar.h"
#include "web/activity.h"
#include "web/cells.h"

enum { SHOWN = 8, MOVERS = 6, DAYS_AHEAD = 7, PARTS_MAX = 100 };

/* ---- records that activities point at ---------------------------------------------- */

/* Those that what is shown points at by the link of that name, as far as the actor may read them. */
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

typedef enum { TODAY, OVERDUE, COMING, UNDATED, LISTS } List;

static const struct {
    const char *key, *icon, *label, *none; /* without `none` it is shown only when there is any */
    bool newest;
} texts[LISTS] = {
    [TODAY] = { "today", "calendar-event", N_("Today"),
                N_("Nothing is planned for today. Look into your calendar, or plan visits."),
                false },
    [OVERDUE] = { "overdue", "alert-circle", N_("Overdue"), N_("Nothing is overdue."), true },
    [COMING] = { "coming", "calendar", N_("The next seven days"),
                 N_("Nothing is planned. Write down the next step on a customer's page."), false },
    [UNDATED] = { "undated", "calendar-question", N_("Without a date"), NULL, true },
};

typedef struct {
    const MwContext *context;
    const MwEntity *entity;
    bool own;
    int64_t today;
    GArray *parts; /* ids (MwValue) of what the actor takes part in, when it is somebody else's */
    GPtrArray *lists[LISTS];
    MwTitles *titles; /* of owners */
    GPtrArray *opportunities, *leads, *contacts, *accounts;
} Day;

static void
day_clear(Day *d)
{
    for (size_t i = 0; i < LISTS; i++)
        g_clear_pointer(&d->lists[i], g_ptr_array_unref);
    g_clear_pointer(&d->opportunities, g_ptr_array_unref);
    g_clear_pointer(&d->leads, g_ptr_array_unref);
    g_clear_pointer(&d->contacts, g_ptr_array_unref);
    g_clear_pointer(&d->accounts, g_ptr_array_unref);
    g_clear_pointer(&d->parts, g_array_unref);
    g_clear_pointer(&d->titles, mw_titles_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Day, day_clear)

/* One statement for each entity that is pointed at, none for the others. */
static bool
read_about(Day *d, GError **error)
{
    GPtrArray *with[LISTS + 1];

    d->opportunities = read_linked(d->context, "opportunity", d->lists, LISTS, error);
    d->leads = d->opportunities ? read_linked(d->context, "lead", d->lists, LISTS, error) : NULL;
    if (!d->leads)
        return false;
    /* An activity that says no customer has that of its opportunity. */
    memcpy(with, d->lists, sizeof d->lists);
    with[LISTS] = d->opportunities;
    d->contacts = read_linked(d->context, "contact", with, LISTS + 1, error);
    d->accounts = d->contacts ? read_linked(d->context, "account", with, LISTS + 1, error) : NULL;
    return d->accounts != NULL;
}

/* ---- what one takes part in ------------------------------------------------------------ */

static bool
keep_part(const MwValue *columns, size_t n_columns G_GNUC_UNUSED, void *data)
{
    g_array_append_val((GArray *)data, columns[0]);
    return true;
}

/* Of what is to be done until `day`, the latest first, by the index of the lines alone. */
static bool
read_parts(Day *d, int64_t day, GError **error)
{
    const char *people = d->entity->calendar->people;
    g_autofree char *sql = g_strdup_printf(
        "SELECT t.\"%s\" FROM \"%s\" t WHERE t.\"user\" = $1 AND t.open_at < $2 AND "
        "t.deleted_at IS NULL ORDER BY t.open_at DESC LIMIT %d",
        d->entity->name, people, PARTS_MAX);
    MwValue params[] = { MW_INT(mw_actor_user(d->context->actor)),
                         MW_INT(MAX(mw_instant_of_date(day, d->context->locale.zone),
                                    day * MW_DAY_MS)) };

    d->parts = g_array_new(false, false, sizeof(MwValue));
    return !d->own || mw_store_run(d->context->store, sql, params, G_N_ELEMENTS(params), keep_part,
                                   d->parts, error);
}

static bool
is_mine(const Day *d, const MwRecord *activity)
{
    return mw_record_int(activity, "owner") == mw_actor_user(d->context->actor);
}

/* ---- reading --------------------------------------------------------------------------- */

/* By the place in the calendar; only what has one is of both. */
static int
by_place(gconstpointer a, gconstpointer b, gpointer data)
{
    const MwRecord *left = *(MwRecord *const *)a, *right = *(MwRecord *const *)b;
    int64_t x = mw_record_int(left, left->entity->calendar->at);
    int64_t y = mw_record_int(right, right->entity->calendar->at);
    int order = x != y ? (x > y) - (x < y) : mw_record_id(left) < mw_record_id(right) ? -1 : 1;

    return *(const bool *)data ? -order : order;
}

/* Those of the actor (or of all), or those that he takes part in. Takes `which`. */
static GPtrArray *
read_some(const Day *d, MwFilter *which, bool parts, bool newest, bool *more, GError **error)
{
    g_autoptr(MwFilter) filter = mw_filter_all();
    MwQuery query = { .entity = d->entity, .filter = filter, .limit = SHOWN, .n_order = 1 };
    MwFilter *ids = parts ? mw_filter_test(&d->entity->fields[MW_FIELD_ID], MW_TEST_IN,
                                           g_array_index(d->parts, MwValue, 0))
                          : NULL;

    for (guint i = 1; parts && i < d->parts->len; i++)
        mw_filter_value(ids, g_array_index(d->parts, MwValue, i));
    mw_filter_add(filter, ids);
    mw_filter_add(filter, which);
    mw_filter_add(filter,
                  mw_filter_test(mw_entity_field(d->entity, "done"), MW_TEST_EQ, MW_INT(0)));
    if (d->own)
        mw_filter_add(filter, mw_filter_test(mw_entity_field(d->entity, "owner"),
                                             parts ? MW_TEST_NEQ : MW_TEST_EQ,
                                             MW_INT(mw_actor_user(d->context->actor))));
    mw_order_parse(d->entity, d->entity->calendar->at, &query.order[0]);
    query.order[0].descending = newest;
    return mw_record_find(d->context, &query, MW_MAY_READ, more, error);
}

/* Of those without a date: open, and in no calendar, so they would be forgotten. The caller frees it. */
static MwFilter *
filter_of(const Day *d, List list)
{
    GTimeZone *zone = d->context->locale.zone;

    switch (list) {
    case TODAY:
        return mw_calendar_between(d->entity, d->today, d->today + 1, zone);
    case OVERDUE:
        return mw_calendar_overdue(d->entity, d->today, zone);
    case COMING:
        return mw_calendar_between(d->entity, d->today + 1, d->today + 1 + DAYS_AHEAD, zone);
    default:
        return mw_filter_test(mw_entity_field(d->entity, d->entity->calendar->at), MW_TEST_NULL,
                              MW_NOTHING);
    }
}

static bool
read_list(Day *d, List list, bool *more, GError **error)
{
    bool newest = texts[list].newest, others = false;

    d->lists[list] = read_some(d, filter_of(d, list), false, newest, more, error);
    if (!d->lists[list] || d->parts->len == 0 || list == UNDATED)
        return d->lists[list] != NULL;
    g_autoptr(GPtrArray) parts = read_some(d, filter_of(d, list), true, newest, &others, error);
    if (!parts)
        return false;
    while (parts->len > 0)
        g_ptr_array_add(d->lists[list], g_ptr_array_steal_index(parts, 0));
    g_ptr_array_sort_with_data(d->lists[list], by_place, &newest);
    *more |= others || d->lists[list]->len > SHOWN;
    if (d->lists[list]->len > SHOWN)
        g_ptr_array_set_size(d->lists[list], SHOWN);
    return true;
}

/* Whose the activities of others are. */
static bool
read_owners(Day *d, GError **error)
{
    const MwField *owner = mw_entity_field(d->entity, "owner");

    d->titles = mw_titles_new(d->context);
    for (size_t i = 0; i < LISTS; i++)
        for (guint j = 0; j < d->lists[i]->len; j++)
            if (!is_mine(d, d->lists[i]->pdata[j]))
                mw_titles_want(d->titles, owner, mw_record_value(d->lists[i]->pdata[j], owner));
    return mw_titles_read(d->titles, error);
}

/* ---- the page -------------------------------------------------------------------------- */

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

/* What it is about, by the name of a field; a record that the actor does not see is not told. */
static void
put_about(MwNode *list, const MwContext *context, const MwRecord *record, const char *name)
{
    const char *text = seen_text(context, record, name);
    char path[MW_RECORD_PATH_SIZE];

    if (!text)
        return;
    MwNode *item = mw_put_object(list, NULL);
    mw_put_copy(item, "text", text);
    mw_put_copy(item, "href", mw_record_path(record->entity, mw_record_id(record), path));
}

/* The first number there is of the person, else of the lead, else of the company. */
static const char *
phone_of(const MwContext *context, const MwRecord *contact, const MwRecord *lead,
         const MwRecord *account)
{
    const char *const phones[] = { seen_text(context, contact, "mobile"),
                                   seen_text(context, contact, "phone"),
                                   seen_text(context, lead, "phone"),
                                   seen_text(context, account, "phone") };

    for (size_t i = 0; i < G_N_ELEMENTS(phones); i++)
        if (phones[i])
            return phones[i];
    return NULL;
}

static void
put_item(MwNode *items, const Day *d, const MwRecord *activity)
{
    const MwContext *context = d->context;
    MwNode *item = mw_put_object(items, NULL), *about = mw_put_list(item, "about");
    const MwRecord *deal = linked(d->opportunities, mw_record_int(activity, "opportunity"));
    const MwRecord *lead = linked(d->leads, mw_record_int(activity, "lead"));
    const MwRecord *contact = linked(d->contacts, mw_record_int(activity, "contact"));
    const MwRecord *account = linked(d->accounts, mw_record_int(activity, "account"));
    char path[MW_RECORD_PATH_SIZE];

    if (!account && deal)
        account = linked(d->accounts, mw_record_int(deal, "account"));
    if (!contact && deal)
        contact = linked(d->contacts, mw_record_int(deal, "contact"));
    const char *person = seen_text(context, contact, "name");
    put_about(about, context, account, "name");
    put_about(about, context, deal, "name");
    put_about(about, context, lead, "company");
    mw_put_copy(item, "subject", seen_text(context, activity, "subject"));
    mw_put_copy(item, "href", mw_record_path(d->entity, mw_record_id(activity), path));
    mw_put_text(item, "icon", mw_activity_icon(mw_record_text(activity, "type")));
    put_time(item, d, activity);
    mw_put_copy(item, "person", person ? person : seen_text(context, lead, "person"));
    mw_put_copy(item, "person_href",
                person ? mw_record_path(contact->entity, mw_record_id(contact), path) : NULL);
    mw_put_copy(item, "place", seen_text(context, activity, "place"));
    mw_put_copy(item, "phone", phone_of(context, contact, lead, account));
    mw_completing_put(item, context, activity);
    mw_put_text(item, "then", d->own ? "/?of=me" : "/?of=all");
    mw_put_bool(item, "takes_part", d->own && !is_mine(d, activity));
    mw_put_copy(item, "owner",
                is_mine(d, activity)
                    ? NULL
                    : mw_titles_get(d->titles, mw_catalog_entity(context->catalog, "user"),
                                    mw_record_int(activity, "owner")));
}

static void
put_list(MwNode *lists, const Day *d, List list, bool more)
{
    const GPtrArray *activities = d->lists[list];
    bool undated = list == UNDATED;

    if (activities->len == 0 && !texts[list].none)
        return;
    MwNode *node = mw_put_object(lists, NULL), *items = mw_put_list(node, "items");
    mw_put_text(node, "key", texts[list].key);
    mw_put_text(node, "label", _(texts[list].label));
    mw_put_text(node, "icon", texts[list].icon);
    mw_put_text(node, "none", texts[list].none ? _(texts[list].none) : NULL);
    mw_put_bool(node, "any", activities->len > 0);
    mw_put_bool(node, "more", more);
    mw_put_format(node, "all", "/activities?done=is.false%s%s", d->own ? "&owner=eq.@me" : "",
                  undated ? "&starts_at=is.null&due_on=is.null" : "&order=due_on");
    for (guint i = 0; i < activities->len; i++)
        put_item(items, d, activities->pdata[i]);
}

bool
mw_my_day_put(MwNode *node, const MwContext *context, bool own, GError **error)
{
    const MwEntity *entity = mw_catalog_entity(context->catalog, "activity");
    g_auto(Day) d = { .context = context,
                      .entity = entity,
                      .own = own,
                      .today = mw_date_of_instant(context->now, context->locale.zone) };
    MwNode *lists = mw_put_list(node, "days");
    bool more[LISTS] = { false };

    if (!mw_entity_opens(context, entity))
        return true;
    if (!read_parts(&d, d.today + 1 + DAYS_AHEAD, error))
        return false;
    for (List list = TODAY; list < LISTS; list++)
        if (!read_list(&d, list, &more[list], error))
            return false;
    if (!read_about(&d, error) || !read_owners(&d, error))
        return false;
    for (List list = TODAY; list < LISTS; list++)
        put_list(lists, &d, list, more[list]);
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
        const char *reason = seen_text(context, mover, "class_reason");
        size_t size = 0;
        const char *part = reason ? mw_i18n_part(reason, &size) : NULL;
        mw_put_copy_at(item, mw_key("reason"), part, size);
    }
    return true;
}
