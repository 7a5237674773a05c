/* calendar: the pages of day, week and month; see calendar.h. */
#include "web/calendar.h"

#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
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
    GArray *owners;              /* int64_t; empty: everybody        */
    GPtrArray *people;           /* MwRecord of user                 */
    const char *who;             /* "me", "team", or NULL: chosen    */
    GArray *entries;
    bool more;
} Calendar;

static void
calendar_clear(Calendar *c)
{
    g_clear_pointer(&c->owners, g_array_unref);
    g_clear_pointer(&c->people, g_ptr_array_unref);
    g_clear_pointer(&c->entries, g_array_unref);
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
    for (size_t i = 0; i < c->request->n_query && c->owners->len < MW_CALENDAR_PEOPLE_MAX; i++) {
        int64_t id = g_str_equal(c->request->query[i].name, "who")
                         ? g_ascii_strtoll(c->request->query[i].value, NULL, 10)
                         : 0;
        if (id > 0 && !is_chosen(c, id))
            g_array_append_val(c->owners, id);
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
    for (guint i = 0; !who && i < c->owners->len; i++)
        g_string_append_printf(path, "&who=%" G_GINT64_FORMAT,
                               g_array_index(c->owners, int64_t, i));
    return g_string_free(path, false);
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
    bool begins = day == entry->first && !entry->all_day;
    g_autofree char *first = mw_date_format(entry->first, MW_CLOCK_ISO);

    mw_put_format(item, "href", "/%s/%" G_GINT64_FORMAT, c->entity->path, entry->id);
    mw_put_copy(item, "title", entry->title);
    mw_put_text(item, "tone", tone_of(c, entry));
    mw_put_copy(item, "person", c->owners->len > 1 ? person_named(c, entry->owner) : NULL);
    mw_put_bool(item, "done", entry->done);
    mw_put_bool(item, "to_come", entry->to_come);
    mw_put_bool(item, "movable",
                !entry->to_come && mw_actor_may(c->context->actor, c->entity, MW_MAY_UPDATE));
    mw_put_format(item, "version", "%" G_GINT64_FORMAT, entry->version);
    mw_put_copy(item, "first", first);
    mw_put_bool(item, "all_day", entry->all_day);
    mw_put_int(item, "begin", entry->begin_min);
    mw_put_int(item, "minutes",
               entry->all_day
                   ? 0
                   : (entry->last - entry->first) * 1440 + entry->end_min - entry->begin_min);
    if (begins)
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
    g_autofree char *path = path_of(c, DAY, day, c->who);
    int year, month, of_month, on_year, on_month, on_day;

    mw_date_to_ymd(day, &year, &month, &of_month);
    mw_date_to_ymd(c->on, &on_year, &on_month, &on_day);
    mw_put_copy(node, "date", date);
    mw_put_copy(node, "label", label);
    mw_put_int(node, "number", of_month);
    mw_put_text(node, "weekday", _(names[mw_date_weekday(day) - 1]));
    mw_put_copy(node, "href", path);
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
    if (mw_actor_may(c->context->actor, c->entity, MW_MAY_CREATE))
        mw_put_format(node, "create", "/%s/new?%s=%s%s", c->entity->path,
                      c->show == MONTH ? c->entity->calendar->day : c->entity->calendar->begin,
                      date, c->show == MONTH ? "&type=task" : "T09:00&type=visit");
    else
        mw_put_text(node, "create", NULL);
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

static bool
put_calendar(MwNode *root, const Calendar *c, GError **error)
{
    MwNode *node = mw_put_object(root, "calendar"), *choices = mw_put_list(node, "shows");
    MwNode *weeks = mw_put_list(node, "weeks"), *hours = mw_put_list(node, "hours");
    g_autofree char *on = mw_date_format(c->on, MW_CLOCK_ISO);
    g_auto(MwList) list = { 0 };

    if (!mw_list_init_text(&list, c->request, c->entity, "", error))
        return false;
    list.place = "/calendar";
    mw_places_put(node, &list);
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
    mw_put_bool(node, "too_many", c->more);
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

static bool
show_calendar(const MwRequest *request, MwReply *reply, GError **error)
{
    MwNode *root = mw_view_root(request->view);
    g_auto(Calendar)
        c = { .request = request, .context = request->context, .entity = request->entity };

    if (!c.entity->calendar)
        return mw_fail(error, MW_ERROR_NOT_FOUND, _("There is no such page."));
    read_time(&c);
    if (!read_people(&c, error))
        return false;
    read_owners(&c);
    c.entries = mw_entries_find(c.context, c.entity, NULL, c.owners, c.from, c.to,
                                c.show == MONTH ? MONTH_SHOWN : 0, &c.more, error);
    if (!c.entries)
        return false;
    mw_put_text(root, "title", mw_entity_plural(c.entity));
    mw_flash_put(request);
    return put_calendar(root, &c, error) && mw_reply_page(request, reply, "calendar", error);
}

/* ---- moving ---------------------------------------------------------------------------------- */

static void
put_when(MwNode *node, const MwRequest *request, const MwRecord *record, const char *name)
{
    const MwField *field = mw_entity_field(request->entity, name);
    g_autoptr(GString) text = g_string_new(NULL);

    mw_field_edit(field, &request->context->locale, mw_record_value(record, field), text);
    g_strdelimit(text->str, " ", 'T'); /* as the browser's fields have it */
    mw_put_text(node, "name", field->name);
    mw_put_text(node, "label", mw_field_label(field));
    mw_put_copy_at(node, mw_key("value"), text->str, text->len);
}

/* A path of this server, to come back to. */
static const char *
back_of(const MwRequest *request, const char *otherwise)
{
    const char *back = mw_param(request, "_then");

    return back && back[0] == '/' && back[1] != '/' && back[1] != '\\' ? back : otherwise;
}

/* The form by which a record is moved without dragging. */
static bool
show_when(const MwRequest *request, MwReply *reply, const MwProblems *problems, GError **error)
{
    const MwCalendar *c = request->entity->calendar;
    MwNode *root = mw_view_root(request->view), *node = mw_put_object(root, "when");
    g_autoptr(GString) title = g_string_new(NULL);
    char path[MW_RECORD_PATH_SIZE];

    if (!c)
        return mw_fail(error, MW_ERROR_NOT_FOUND, _("There is no such page."));
    g_autoptr(MwRecord) record =
        mw_record_read(request->context, request->entity, request->id, MW_LIVE, error);
    if (!record)
        return false;
    mw_record_title(record, title);
    mw_put_copy_at(root, mw_key("title"), title->str, title->len);
    mw_record_path(request->entity, request->id, path);
    mw_put_copy(node, "path", path);
    mw_put_copy(node, "back", back_of(request, path));
    mw_put_format(node, "version", "%" G_GINT64_FORMAT, mw_record_version(record));
    MwNode *fields = mw_put_list(node, "fields");
    const char *const timed[] = { c->begin, c->end };
    bool all_day = mw_record_is_null(record, c->begin);
    for (size_t i = 0; i < (all_day ? 1 : 2); i++) {
        MwNode *item = mw_put_object(fields, NULL);
        put_when(item, request, record, all_day ? c->day : timed[i]);
        mw_put_text(item, "type", all_day ? "date" : "datetime-local");
        mw_put_copy(item, "problem",
                    problems ? mw_problems_of(problems, all_day ? c->day : timed[i]) : NULL);
    }
    return mw_reply_page(request, reply, "calendar/when", error);
}

static bool
ask_when(const MwRequest *request, MwReply *reply, GError **error)
{
    return show_when(request, reply, NULL, error);
}

static bool
move(const MwRequest *request, MwReply *reply, GError **error)
{
    const MwCalendar *c = request->entity->calendar;
    g_autoptr(MwProblems) problems = mw_problems_new();
    char path[MW_RECORD_PATH_SIZE];

    if (!c)
        return mw_fail(error, MW_ERROR_NOT_FOUND, _("There is no such page."));
    const char *const names[] = { c->begin, c->end, c->day };
    const char *version = mw_form_param(request, "_version");
    g_autoptr(MwInput) input = mw_input_new(request->entity);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (mw_form_param(request, names[i]) &&
            mw_actor_edits(request->context->actor, request->entity,
                           mw_entity_field(request->entity, names[i])))
            mw_input_set(input, names[i], mw_form_param(request, names[i]));
    mw_input_expect(input, version ? g_ascii_strtoll(version, NULL, 10) : 0);
    g_autoptr(MwRecord) record =
        mw_record_write(request->context, input, request->id, problems, error);
    if (!record)
        return false;
    if (mw_problems_any(problems)) {
        mw_reply_status(reply, 422);
        mw_reply_discard(reply);
        return show_when(request, reply, problems, error);
    }
    return mw_reply_see_other(reply,
                              back_of(request, mw_record_path(request->entity, request->id, path)));
}

const MwRoute mw_calendar_routes[] = {
    { MW_GET, "/{entity}/calendar", MW_FOR_RIGHT, MW_MAY_READ, MW_RUN_READ, show_calendar },
    { MW_GET, "/{entity}/{id}/when", MW_FOR_RIGHT, MW_MAY_UPDATE, MW_RUN_READ, ask_when },
    { MW_POST, "/{entity}/{id}/when", MW_FOR_RIGHT, MW_MAY_UPDATE, MW_RUN_WRITE, move },
    { .path = NULL },
};
