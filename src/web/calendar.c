/* calendar: the pages of day, week and month; see calendar.h. Moving stands in calendar_when.c. */
#include "web/calendar.h"

#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "web/conditions.h"
#include "web/pages.h"
#include "web/routes.h"

enum { MONTH_SHOWN = 4, LANES_MAX = 4, ROW_MINUTES = 30, WEEKS_MAX = 6 };

typedef enum { MONTH, WEEK, DAY } Show;
static const char *const shows[] = { "month", "week", "day" };

typedef struct {
    const MwRequest *request;
    const MwContext *context;
    const MwEntity *entity;
    Show show;
    int64_t on, today, from, to; /* days; `to` is not shown any more */
    bool moves;                  /* the actor may change such records */
    GArray *owners;              /* int64_t; empty: everybody        */
    GPtrArray *people;           /* MwRecord of user                 */
    const char *who;             /* "me", "team", or NULL: chosen    */
    MwList list;                 /* what else is asked of them       */
    char *kept;                  /* the same in links: "&type=eq.visit"; "" */
    GString *chosen;             /* "&who=…" of each, when chosen    */
    GArray *entries;
    MwEntriesCut cut;
} Calendar;

/* Of the page; all else is what a list would be asked. */
static const char *const own[] = { "show", "on", "who", "day", NULL };

static void
calendar_clear(Calendar *c)
{
    g_clear_pointer(&c->owners, g_array_unref);
    g_clear_pointer(&c->people, g_ptr_array_unref);
    g_clear_pointer(&c->entries, g_array_unref);
    g_clear_pointer(&c->kept, g_free);
    mw_list_clear(&c->list);
    if (c->chosen)
        g_string_free(c->chosen, true);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Calendar, calendar_clear)

/* ---- what is asked -------------------------------------------------------------- */

static void
read_time(Calendar *c)
{
    const char *show = mw_query_param(c->request, "show"), *on = mw_query_param(c->request, "on");
    int year, month, day;

    c->show = WEEK;
    for (size_t i = 0; show && i < G_N_ELEMENTS(shows); i++)
        if (g_str_equal(show, shows[i]))
            c->show = (Show)i;
    c->today = mw_date_of_instant(c->context->now, c->context->locale.zone);
    if (!on || !mw_date_parse(on, &c->on))
        c->on = c->today;
    c->on = CLAMP(c->on, MW_DATE_MIN + 400, MW_DATE_MAX - 400);
    c->from = c->on;
    if (c->show == MONTH) {
        mw_date_to_ymd(c->on, &year, &month, &day);
        c->from = c->on - (day - 1);
    }
    if (c->show != DAY)
        c->from -= mw_date_weekday(c->from) - 1;
    c->to = c->from + (c->show == DAY ? 1 : 7);
    if (c->show == MONTH) {
        int64_t next = 0;
        mw_date_add_months(c->on - (day - 1), 1, &next);
        while (c->to < next)
            c->to += 7;
    }
}

static bool
read_people(Calendar *c, GError **error)
{
    const MwEntity *user = mw_catalog_entity(c->context->catalog, "user");
    g_autoptr(MwFilter) active =
        mw_filter_test(mw_entity_field(user, "active"), MW_TEST_EQ, MW_INT(1));
    MwQuery query = { .entity = user, .filter = active, .limit = MW_CALENDAR_PEOPLE_MAX };

    if (mw_order_parse(user, "name", &query.order[0]))
        query.n_order = 1;
    mw_query_want(&query, mw_entity_field(user, "name"));
    mw_query_want(&query, mw_entity_field(user, "team"));
    c->people = mw_actor_may(c->context->actor, user, MW_MAY_READ)
                    ? mw_record_find(c->context, &query, MW_MAY_READ, NULL, error)
                    : g_ptr_array_new();
    return c->people != NULL;
}

static bool
is_chosen(const Calendar *c, int64_t id)
{
    for (guint i = 0; i < c->owners->len; i++)
        if (g_array_index(c->owners, int64_t, i) == id)
            return true;
    return false;
}

static void
read_owners(Calendar *c)
{
    int64_t me = mw_actor_user(c->context->actor), team = mw_actor_team(c->context->actor);
    const char *who = mw_query_param(c->request, "who");

    c->owners = g_array_new(false, false, sizeof(int64_t));
    c->chosen = g_string_new(NULL);
    for (size_t i = 0; i < c->request->n_query && c->owners->len < MW_CALENDAR_PEOPLE_MAX; i++) {
        int64_t id = g_str_equal(c->request->query[i].name, "who")
                         ? g_ascii_strtoll(c->request->query[i].value, NULL, 10)
                         : 0;
        if (id <= 0 || is_chosen(c, id))
            continue;
        g_array_append_val(c->owners, id);
        g_string_append_printf(c->chosen, "&who=%" G_GINT64_FORMAT, id);
    }
    if (c->owners->len > 0)
        return;
    c->who = "me";
    if (g_strcmp0(who, "team") == 0 && team) {
        c->who = "team";
        for (guint i = 0; i < c->people->len; i++) {
            int64_t id = mw_record_id(c->people->pdata[i]);
            if (mw_record_int(c->people->pdata[i], "team") == team)
                g_array_append_val(c->owners, id);
        }
    }
    if (c->owners->len == 0)
        g_array_append_val(c->owners, me);
}

/* "/activities/calendar?show=…&on=…&who=…"; the caller frees it. */
static char *
path_of(const Calendar *c, Show show, int64_t on, const char *who)
{
    g_autofree char *date = mw_date_format(on, MW_CLOCK_ISO);
    GString *path = g_string_new(NULL);

    g_string_printf(path, "/%s/calendar?show=%s&on=%s", c->entity->path, shows[show], date);
    if (who)
        g_string_append_printf(path, "&who=%s", who);
    else
        g_string_append_len(path, c->chosen->str, (gssize)c->chosen->len);
    g_string_append(path, c->kept);
    return g_string_free(path, false);
}

/* ---- what else is asked ------------------------------------------------------------ */

/* Filters, words and view as the list has them. */
static bool
read_list(Calendar *c, GError **error)
{
    g_autoptr(GString) query = g_string_new(NULL);

    if (!mw_list_init_at(&c->list, c->request, c->entity, "/calendar", own, error))
        return false;
    c->list.deleted = false;
    mw_list_append(&c->list, query);
    if (query->len > 0)
        query->str[0] = '&';
    c->kept = g_strdup(query->str);
    return true;
}

/* The filter of the entries. What words find is looked at by the service, for who does not see all of what is searched. */
static MwFilter *
asked_of(const Calendar *c, GError **error)
{
    const MwField *id = &c->entity->fields[MW_FIELD_ID];
    g_autoptr(MwFilter) filter = mw_filter_all();
    MwQuery query = { .entity = c->entity, .filter = filter };

    if (!c->list.words)
        return mw_filter_copy(c->list.filter);
    mw_filter_add(filter, mw_filter_copy(c->list.filter));
    mw_filter_add(filter, mw_calendar_between(c->entity, c->from, c->to, c->context->locale.zone));
    mw_query_want(&query, id);
    g_autoptr(GPtrArray) found = mw_record_find(c->context, &query, MW_MAY_READ, NULL, error);
    if (!found)
        return NULL;
    MwFilter *ids = mw_filter_test(id, MW_TEST_IN, MW_INT(0)); /* no record has this one */
    for (guint i = 0; i < found->len; i++)
        mw_filter_value(ids, MW_INT(mw_record_id(found->pdata[i])));
    return ids;
}

/* ---- one record -------------------------------------------------------------------- */

static const char *const person_tones[] = { "blue", "green", "orange", "purple",
                                            "red",  "azure", "yellow", "teal" };

static const char *
tone_of(const Calendar *c, const MwEntry *entry)
{
    const MwField *field = mw_entity_field(c->entity, c->entity->calendar->colour);

    for (guint i = 0; c->owners->len > 1 && i < c->owners->len; i++)
        if (g_array_index(c->owners, int64_t, i) == entry->owner)
            return person_tones[i % G_N_ELEMENTS(person_tones)];
    for (const MwChoice *choice = field->choices; choice && choice->key; choice++)
        if (g_strcmp0(choice->key, entry->colour) == 0)
            return choice->tone;
    return NULL;
}

static const char *
person_named(const Calendar *c, int64_t id)
{
    for (guint i = 0; i < c->people->len; i++)
        if (mw_record_id(c->people->pdata[i]) == id)
            return mw_record_text(c->people->pdata[i], "name");
    return NULL;
}

/* `day`: the one that it is shown on. */
static MwNode *
put_entry(MwNode *list, const Calendar *c, const MwEntry *entry, int64_t day)
{
    MwNode *item = mw_put_object(list, NULL);

    mw_put_int(item, "id", entry->id);
    mw_put_copy(item, "title", entry->title);
    mw_put_copy(item, "whose", entry->whose_name);
    mw_put_text(item, "tone", tone_of(c, entry));
    mw_put_copy(item, "person", c->owners->len > 1 ? person_named(c, entry->owner) : NULL);
    mw_put_bool(item, "done", entry->done);
    mw_put_bool(item, "to_come", entry->to_come);
    mw_put_bool(item, "movable", c->moves && !entry->to_come);
    mw_put_int(item, "version", entry->version);
    mw_put_bool(item, "has_time", !entry->all_day);
    mw_put_int(item, "begin", entry->begin_min);
    mw_put_int(item, "minutes",
               (entry->last - entry->first) * 1440 + entry->end_min - entry->begin_min);
    mw_put_int(item, "earlier", day - entry->first);
    if (day == entry->first && !entry->all_day)
        mw_put_format(item, "time", "%02d:%02d", entry->begin_min / 60, entry->begin_min % 60);
    else
        mw_put_text(item, "time", NULL);
    return item;
}

/* ---- laid out side by side ------------------------------------------------------------- */

typedef struct {
    const MwEntry *entry;
    int begin, end; /* minutes of this day */
    unsigned lane, lanes;
} Slot;

static int
compare_slots(gconstpointer a, gconstpointer b)
{
    const Slot *x = a, *y = b;

    return x->begin != y->begin ? x->begin - y->begin : y->end - x->end;
}

/* Those that overlap, directly or by others, share the width of the day in as many lanes as are needed. */
static void
lay_out(GArray *slots)
{
    guint from = 0;
    int ends[LANES_MAX] = { 0 }, latest = 0;
    unsigned used = 0;

    g_array_sort(slots, compare_slots);
    for (guint i = 0; i <= slots->len; i++) {
        Slot *slot = i < slots->len ? &g_array_index(slots, Slot, i) : NULL;
        if (!slot || slot->begin >= latest) { /* a new group */
            for (; from < i; from++)
                g_array_index(slots, Slot, from).lanes = used;
            memset(ends, 0, sizeof ends);
            used = 0;
        }
        if (!slot)
            break;
        slot->lane = 0;
        while (slot->lane < LANES_MAX - 1 && ends[slot->lane] > slot->begin)
            slot->lane++;
        ends[slot->lane] = MAX(ends[slot->lane], slot->end);
        used = MAX(used, slot->lane + 1);
        latest = MAX(latest, slot->end);
    }
}

/* ---- days ------------------------------------------------------------------------------- */

static bool
is_on(const MwEntry *entry, int64_t day)
{
    return entry->first <= day && day <= entry->last;
}

static void
put_timed(MwNode *node, const Calendar *c, int64_t day)
{
    g_autoptr(GArray) slots = g_array_new(false, true, sizeof(Slot));
    MwNode *timed = mw_put_list(node, "timed");

    for (guint i = 0; i < c->entries->len; i++) {
        const MwEntry *entry = &g_array_index(c->entries, MwEntry, i);
        Slot slot = { entry, 0, 1440, 0, 1 };
        if (entry->all_day || !is_on(entry, day))
            continue;
        if (day == entry->first)
            slot.begin = entry->begin_min;
        if (day == entry->last)
            slot.end = MAX(entry->end_min, slot.begin + ROW_MINUTES);
        g_array_append_val(slots, slot);
    }
    lay_out(slots);
    for (guint i = 0; i < slots->len; i++) {
        const Slot *slot = &g_array_index(slots, Slot, i);
        int row = slot->begin / ROW_MINUTES;
        int rows = (MIN(slot->end, 1440) + ROW_MINUTES - 1) / ROW_MINUTES - row;
        MwNode *item = put_entry(timed, c, slot->entry, day);
        mw_put_int(item, "row", row);
        mw_put_int(item, "rows", MAX(rows, 1));
        mw_put_format(item, "lane", "%u-%u", slot->lanes, slot->lane);
    }
}

/* Of a month all kinds, folded; else those of all day. */
static void
put_list_of_day(MwNode *node, const Calendar *c, int64_t day)
{
    MwNode *list = mw_put_list(node, "entries");
    int n = 0, left = 0;

    for (guint i = 0; i < c->entries->len; i++) {
        const MwEntry *entry = &g_array_index(c->entries, MwEntry, i);
        if (!is_on(entry, day) || (c->show != MONTH && !entry->all_day))
            continue;
        if (c->show != MONTH || n < MONTH_SHOWN)
            put_entry(list, c, entry, day);
        else
            left++;
        n++;
    }
    mw_put_bool(node, "any", n > 0);
    mw_put_int(node, "left", left);
}

static void
put_day(MwNode *days, const Calendar *c, int64_t day)
{
    static const char *const names[] = { N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"),
                                         N_("Fri"), N_("Sat"), N_("Sun") };
    MwNode *node = mw_put_object(days, NULL);
    g_autofree char *date = mw_date_format(day, MW_CLOCK_ISO);
    g_autofree char *label = mw_date_format(day, MW_CLOCK_SHORT);
    int year, month, of_month, on_year, on_month, on_day;

    mw_date_to_ymd(day, &year, &month, &of_month);
    mw_date_to_ymd(c->on, &on_year, &on_month, &on_day);
    mw_put_copy(node, "date", date);
    mw_put_copy(node, "label", label);
    mw_put_int(node, "number", of_month);
    mw_put_text(node, "weekday", _(names[mw_date_weekday(day) - 1]));
    mw_put_bool(node, "is_today", day == c->today);
    mw_put_bool(node, "other", c->show == MONTH && month != on_month);
    mw_put_bool(node, "weekend", mw_date_weekday(day) > 5);
    put_list_of_day(node, c, day);
    if (c->show != MONTH)
        put_timed(node, c, day);
    for (guint i = 0; c->show != MONTH && i < c->entries->len; i++)
        if (is_on(&g_array_index(c->entries, MwEntry, i), day))
            mw_put_bool(node, "busy", true);
    mw_put_bool(node, "busy", false);
}

/* ---- the page ------------------------------------------------------------------------------ */

static void
put_choice(MwNode *list, const Calendar *c, const char *label, Show show, int64_t on,
           const char *who, bool active)
{
    MwNode *item = mw_put_object(list, NULL);
    g_autofree char *path = path_of(c, show, on, who);

    mw_put_text(item, "label", label);
    mw_put_copy(item, "href", path);
    mw_put_bool(item, "active", active);
}

static void
put_steps(MwNode *node, const Calendar *c)
{
    int64_t before = c->on - (c->show == DAY ? 1 : 7), after = c->on + (c->show == DAY ? 1 : 7);

    if (c->show == MONTH) {
        mw_date_add_months(c->on, -1, &before);
        mw_date_add_months(c->on, 1, &after);
    }
    g_autofree char *back = path_of(c, c->show, before, c->who);
    g_autofree char *on = path_of(c, c->show, after, c->who);
    g_autofree char *today = path_of(c, c->show, c->today, c->who);
    g_autofree char *here = path_of(c, c->show, c->on, c->who);
    mw_put_copy(node, "before", back);
    mw_put_copy(node, "after", on);
    mw_put_copy(node, "now", today);
    mw_put_copy(node, "here", here);
}

static void
put_heading(MwNode *node, const Calendar *c)
{
    g_autofree char *first = mw_date_format(c->show == MONTH ? c->on : c->from, MW_CLOCK_LONG);
    g_autofree char *last = mw_date_format(c->to - 1, MW_CLOCK_SHORT);
    int year, month, day;

    mw_date_to_ymd(c->on, &year, &month, &day);
    if (c->show == MONTH)
        mw_put_format(node, "heading", _("%04d-%02d"), year, month);
    else if (c->show == WEEK)
        mw_put_format(node, "heading", "%s – %s", first, last);
    else
        mw_put_copy(node, "heading", first);
}

static void
put_people(MwNode *node, const Calendar *c)
{
    MwNode *list = mw_put_list(node, "people"), *legend = mw_put_list(node, "legend");
    MwNode *whose = mw_put_list(node, "whose");

    put_choice(whose, c, _("Mine"), c->show, c->on, "me", g_strcmp0(c->who, "me") == 0);
    if (mw_actor_team(c->context->actor))
        put_choice(whose, c, _("My team"), c->show, c->on, "team", g_strcmp0(c->who, "team") == 0);
    mw_put_bool(node, "chosen", c->who == NULL);
    for (guint i = 0; i < c->people->len; i++) {
        const MwRecord *person = c->people->pdata[i];
        MwNode *item = mw_put_object(list, NULL);
        mw_put_format(item, "id", "%" G_GINT64_FORMAT, mw_record_id(person));
        mw_put_copy(item, "name", mw_record_text(person, "name"));
        mw_put_bool(item, "checked", is_chosen(c, mw_record_id(person)));
    }
    for (guint i = 0; c->owners->len > 1 && i < c->owners->len; i++) {
        const char *name = person_named(c, g_array_index(c->owners, int64_t, i));
        if (!name)
            continue;
        MwNode *item = mw_put_object(legend, NULL);
        mw_put_copy(item, "name", name);
        mw_put_text(item, "tone", person_tones[i % G_N_ELEMENTS(person_tones)]);
    }
    mw_put_bool(node, "several", c->owners->len > 1);
}

static void
put_kept_one(MwNode *kept, const char *name, const char *value)
{
    if (!value)
        return;
    MwNode *item = mw_put_object(kept, NULL);
    mw_put_text(item, "name", name);
    mw_put_copy(item, "value", value);
}

/* For the forms: what else is asked stays, and but for the one that chooses people, whose it is. */
static void
put_kept(MwNode *node, const Calendar *c)
{
    MwNode *kept = mw_put_list(node, "kept"), *of = mw_put_list(node, "of");
    g_autofree char *view = g_strdup_printf("%" G_GINT64_FORMAT, c->list.view);
    char id[24];

    for (size_t i = 0; i < c->list.n_conditions; i++)
        put_kept_one(kept, c->list.conditions[i].name, c->list.conditions[i].value);
    put_kept_one(kept, "q", c->list.words);
    put_kept_one(kept, "view", c->list.view ? view : c->list.has_view ? "all" : NULL);
    put_kept_one(of, "who", c->who);
    for (guint i = 0; !c->who && i < c->owners->len; i++) {
        g_snprintf(id, sizeof id, "%" G_GINT64_FORMAT, g_array_index(c->owners, int64_t, i));
        put_kept_one(of, "who", id);
    }
}

static bool
put_calendar(MwNode *root, Calendar *c, GError **error)
{
    MwNode *node = mw_put_object(root, "calendar"), *choices = mw_put_list(node, "shows");
    MwNode *weeks = mw_put_list(node, "weeks"), *hours = mw_put_list(node, "hours");
    g_autofree char *on = mw_date_format(c->on, MW_CLOCK_ISO);
    g_autoptr(MwTitles) links = mw_titles_new(c->context);
    MwNode *list = mw_put_object(root, "list");

    mw_put_bool(list, "can_see_deleted", false); /* a calendar shows what is there */
    if (!mw_list_bar_put(list, &c->list, links, error))
        return false;
    mw_places_put(node, &c->list);
    put_kept(node, c);
    put_choice(choices, c, _("Day"), DAY, c->on, c->who, c->show == DAY);
    put_choice(choices, c, _("Week"), WEEK, c->on, c->who, c->show == WEEK);
    put_choice(choices, c, _("Month"), MONTH, c->on, c->who, c->show == MONTH);
    put_steps(node, c);
    put_heading(node, c);
    put_people(node, c);
    mw_put_text(node, "show", shows[c->show]);
    mw_put_copy(node, "on", on);
    mw_put_format(node, "path", "/%s", c->entity->path);
    mw_put_text(node, "begin_field", c->entity->calendar->begin);
    mw_put_text(node, "end_field", c->entity->calendar->end);
    mw_put_text(node, "day_field", c->entity->calendar->day);
    mw_put_bool(node, "is_month", c->show == MONTH);
    mw_put_bool(node, "too_many", c->cut.entries);
    mw_put_bool(node, "series_cut", c->cut.series);
    mw_put_int(node, "series_max", MW_TO_COME_MAX);
    mw_put_bool(node, "creates", mw_actor_may(c->context->actor, c->entity, MW_MAY_CREATE));
    mw_put_bool(node, "nothing", c->entries->len == 0);
    for (int hour = 0; hour < 24; hour++) {
        MwNode *item = mw_put_object(hours, NULL);
        mw_put_format(item, "hour", "%02d:00", hour);
        mw_put_int(item, "row", hour * 2);
    }
    for (int64_t day = c->from; day < c->to;) {
        MwNode *days = mw_put_list(mw_put_object(weeks, NULL), "days");
        for (int i = 0; i < 7 && day < c->to; i++, day++)
            put_day(days, c, day);
    }
    return true;
}

/* What is asked, without the entries. */
static bool
read_asked(Calendar *c, const MwRequest *request, GError **error)
{
    c->request = request;
    c->context = request->context;
    c->entity = request->entity;
    if (!c->entity->calendar)
        return mw_fail(error, MW_ERROR_NOT_FOUND, _("There is no such page."));
    read_time(c);
    if (!read_people(c, error))
        return false;
    read_owners(c);
    c->moves = mw_actor_may(c->context->actor, c->entity, MW_MAY_UPDATE);
    return read_list(c, error);
}

static bool
show_calendar(const MwRequest *request, MwReply *reply, GError **error)
{
    MwNode *root = mw_view_root(request->view);
    g_auto(Calendar) c = { 0 };

    if (!read_asked(&c, request, error))
        return false;
    if (mw_query_param(request, "_field")) {
        g_autofree char *elsewhere = mw_conditions_added(&c.list);
        if (elsewhere)
            return mw_reply_see_other(reply, elsewhere);
    }
    g_autoptr(MwFilter) asked = asked_of(&c, error);
    c.entries = asked ? mw_entries_recall(c.context, c.entity, asked, c.owners, c.from, c.to,
                                          c.show == MONTH ? MONTH_SHOWN : 0, &c.cut, error)
                      : NULL;
    if (!c.entries)
        return false;
    mw_flash_put(request);
    return put_calendar(root, &c, error) && mw_reply_page(request, reply, "calendar", error);
}

/* A new one of a day: its form, and back to the calendar as it stands. */
static bool
add_to_day(const MwRequest *request, MwReply *reply, GError **error)
{
    const char *date = mw_query_param(request, "day");
    g_auto(Calendar) c = { 0 };
    int64_t day;

    if (!read_asked(&c, request, error))
        return false;
    if (!date || !mw_date_parse(date, &day))
        day = c.on;
    g_autofree char *iso = mw_date_format(day, MW_CLOCK_ISO);
    g_autofree char *path = path_of(&c, c.show, c.show == MONTH ? c.on : day, c.who);
    g_autofree char *back = g_uri_escape_string(path, NULL, true);
    g_autofree char *form =
        g_strdup_printf("/%s/new?%s=%s%s&_back=%s", c.entity->path,
                        c.show == MONTH ? c.entity->calendar->day : c.entity->calendar->begin, iso,
                        c.show == MONTH ? "&type=task" : "T09:00&type=visit", back);
    return mw_reply_see_other(reply, form);
}

const MwRoute mw_calendar_routes[] = {
    { MW_GET, "/{entity}/calendar", MW_FOR_RIGHT, MW_MAY_READ, MW_RUN_READ, show_calendar },
    { MW_GET, "/{entity}/calendar/new", MW_FOR_RIGHT, MW_MAY_CREATE, MW_RUN_READ, add_to_day },
    { .path = NULL },
};
