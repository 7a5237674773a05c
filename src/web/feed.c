/* feed: a user's activities as an iCalendar document (RFC 5545) for calendars elsewhere, by a secret address. */
#include "base/clock.h"
#include "base/i18n.h"
#include "base/mention.h"
#include "record/history.h"
#include "record/token.h"
#include "web/calendar.h"
#include "web/routes.h"

enum { DAYS_BACK = 31, DAYS_AHEAD = 366, LINE_BYTES = 75 };

/* ---- writing --------------------------------------------------------------------- */

/* A line, folded at 75 bytes between characters. */
static void
put_line(GString *out, const char *line)
{
    size_t room = LINE_BYTES;

    for (const char *c = line; *c;) {
        size_t size = (size_t)(g_utf8_next_char(c) - c);
        if (size > room) {
            g_string_append(out, "\r\n ");
            room = LINE_BYTES - 1;
        }
        g_string_append_len(out, c, (gssize)size);
        room -= size;
        c += size;
    }
    g_string_append(out, "\r\n");
}

static void
put_text(GString *out, const char *name, const char *text)
{
    g_autoptr(GString) line = g_string_new(name);

    if (!text || !*text)
        return;
    g_string_append_c(line, ':');
    for (const char *c = text; *c; c++) {
        if (*c == '\n')
            g_string_append(line, "\\n");
        else if (*c != '\r')
            g_string_append_printf(line, "%s%c", strchr("\\;,", *c) ? "\\" : "", *c);
    }
    put_line(out, line->str);
}

/* "20260305T000500Z" of "2026-03-05T00:05:00.000Z" */
static void
put_instant(GString *out, const char *name, int64_t at)
{
    g_autofree char *text = mw_instant_rfc3339(at);
    g_autoptr(GString) line = g_string_new(name);

    g_string_append_c(line, ':');
    for (const char *c = text; *c && *c != '.'; c++)
        if (*c != '-' && *c != ':')
            g_string_append_c(line, *c);
    g_string_append_c(line, 'Z');
    put_line(out, line->str);
}

static void
put_day(GString *out, const char *name, int64_t day)
{
    int year, month, of_month;
    char line[64];

    mw_date_to_ymd(day, &year, &month, &of_month);
    g_snprintf(line, sizeof line, "%s;VALUE=DATE:%04d%02d%02d", name, year, month, of_month);
    put_line(out, line);
}

/* What of an activity is beside its time. */
typedef struct {
    int64_t id, updated_at;
    char *place, *body;
    GString *people; /* ORGANIZER and ATTENDEE, a line each; empty when nobody else takes part */
    char *organizer;
} More;

static void
more_free(gpointer data)
{
    More *more = data;

    g_free(more->place);
    g_free(more->body);
    g_free(more->organizer);
    g_string_free(more->people, true);
    g_free(more);
}

/* "ATTENDEE;CN="Wang Fang":mailto:wang@example.com"; who has no address stands there by name. */
static char *
person_line(const char *what, const char *name, const char *email)
{
    g_autofree char *shown = g_strdup(name ? name : "");
    bool known = email && !strpbrk(email, " \t\r\n\"");

    for (char *c = shown; *c; c++)
        if (*c == '"' || (unsigned char)*c < ' ')
            *c = ' ';
    return g_strdup_printf("%s;CN=\"%s\":%s%s", what, shown, known ? "mailto:" : "invalid:nomail",
                           known ? email : "");
}

static void
add_person(More *more, const char *name, const char *email)
{
    g_autofree char *line = person_line("ATTENDEE", name, email);

    if (more->people->len == 0 && more->organizer)
        put_line(more->people, more->organizer);
    put_line(more->people, line);
}

/* Every occurrence has its own identity, also those to come: no rule, so no description of a time zone. */
static void
put_event(GString *out, const MwContext *context, const MwEntry *entry, const More *more)
{
    g_autofree char *first = mw_date_format(entry->first, MW_CLOCK_ISO);
    g_autoptr(GString) uid = g_string_new(NULL);
    g_autoptr(GString) body = g_string_new(NULL);

    g_string_printf(uid, "UID:activity-%" G_GINT64_FORMAT, entry->id);
    if (entry->to_come)
        g_string_append_printf(uid, "-%s", first);
    g_string_append(uid, "@millwright");
    put_line(out, "BEGIN:VEVENT");
    put_line(out, uid->str);
    put_instant(out, "DTSTAMP", more ? more->updated_at : context->now);
    if (entry->all_day) {
        put_day(out, "DTSTART", entry->first);
        put_day(out, "DTEND", entry->first + 1);
        put_line(out, "TRANSP:TRANSPARENT");
    } else {
        put_instant(out, "DTSTART", entry->begin);
        put_instant(out, "DTEND",
                    entry->end > entry->begin ? entry->end : entry->begin + 60 * INT64_C(60000));
    }
    put_text(out, "SUMMARY", entry->title);
    put_text(out, "LOCATION", more ? more->place : NULL);
    if (more && more->body)
        mw_mention_show(more->body, body);
    put_text(out, "DESCRIPTION", body->str);
    if (more && more->people)
        g_string_append(out, more->people->str);
    put_line(out, entry->done ? "STATUS:CONFIRMED" : "STATUS:TENTATIVE");
    put_line(out, "END:VEVENT");
}

/* ---- reading ------------------------------------------------------------------------ */

typedef struct {
    const MwContext *context;
    GHashTable *more;     /* id -> More */
    GHashTable *contacts; /* id of a contact -> GPtrArray of More: those that he takes part in */
} People;

static void
add_contact(People *people, More *more, int64_t contact)
{
    GPtrArray *of = g_hash_table_lookup(people->contacts, &contact);

    if (!of) {
        int64_t *key = g_new(int64_t, 1);
        *key = contact;
        of = g_ptr_array_new();
        g_hash_table_insert(people->contacts, key, of);
    }
    if (of->len == 0 || of->pdata[of->len - 1] != more)
        g_ptr_array_add(of, more);
}

/* id, updated_at, place, body, contact, name and address of the owner */
static bool
keep_more(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    People *people = data;
    More *more = g_new0(More, 1);

    more->id = c[0].integer;
    more->updated_at = c[1].is == MW_INTEGER ? c[1].integer : 0;
    more->place = g_strdup(c[2].is == MW_TEXT ? c[2].text : NULL);
    more->body = g_strdup(c[3].is == MW_TEXT ? c[3].text : NULL);
    more->people = g_string_new(NULL);
    if (c[5].is == MW_TEXT)
        more->organizer =
            person_line("ORGANIZER", c[5].text, c[6].is == MW_TEXT ? c[6].text : NULL);
    g_hash_table_insert(people->more, &more->id, more);
    if (c[4].is == MW_INTEGER)
        add_contact(people, more, c[4].integer);
    return true;
}

/* activity, name, address */
static bool
keep_user(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    More *more = g_hash_table_lookup(((People *)data)->more, &c[0].integer);

    if (more && c[1].is == MW_TEXT)
        add_person(more, c[1].text, c[2].is == MW_TEXT ? c[2].text : NULL);
    return true;
}

/* activity, contact */
static bool
keep_contact(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    More *more = g_hash_table_lookup(((People *)data)->more, &c[0].integer);

    if (more)
        add_contact(data, more, c[1].integer);
    return true;
}

/* Runs a statement that ends with "IN (" for these activities. */
static bool
run_for(People *people, const char *head, const GArray *ids, MwRowFunc row, GError **error)
{
    g_autoptr(GString) sql = g_string_new(head);
    g_autoptr(GArray) params = g_array_new(false, false, sizeof(MwValue));

    for (guint i = 0; i < ids->len; i++) {
        g_string_append(sql, i ? ", " : "");
        mw_sql_param(sql, params, MW_INT(g_array_index(ids, int64_t, i)));
    }
    g_string_append_c(sql, ')');
    return mw_store_run(people->context->store, sql->str, (const MwValue *)params->data,
                        params->len, row, people, error);
}

static void
put_contact(const People *people, const MwRecord *contact)
{
    int64_t id = mw_record_id(contact);
    const GPtrArray *of = g_hash_table_lookup(people->contacts, &id);
    const MwField *email = mw_entity_field(contact->entity, "email");
    bool sees = mw_actor_sees(people->context->actor, contact->entity, email);

    for (guint i = 0; of && i < of->len; i++)
        add_person(of->pdata[i], mw_record_text(contact, "name"),
                   sees ? mw_record_text(contact, "email") : NULL);
}

/* Those that the reader may see, some at a time. */
static bool
read_contacts(const People *people, GError **error)
{
    const MwEntity *entity = mw_catalog_entity(people->context->catalog, "contact");
    GHashTableIter iter;
    void *id;

    if (!mw_actor_may(people->context->actor, entity, MW_MAY_READ))
        return true;
    g_hash_table_iter_init(&iter, people->contacts);
    for (bool any = true; any;) {
        g_autoptr(MwFilter) ids = NULL;
        for (unsigned n = 0; n < MW_PAGE_MAX && g_hash_table_iter_next(&iter, &id, NULL); n++) {
            MwValue value = MW_INT(*(int64_t *)id);
            if (ids)
                mw_filter_value(ids, value);
            else
                ids = mw_filter_test(&entity->fields[MW_FIELD_ID], MW_TEST_IN, value);
        }
        any = ids != NULL;
        MwQuery query = { .entity = entity, .filter = ids };
        mw_query_want(&query, mw_entity_field(entity, "name"));
        mw_query_want(&query, mw_entity_field(entity, "email"));
        g_autoptr(GPtrArray) found =
            any ? mw_record_find(people->context, &query, MW_MAY_READ, NULL, error) : NULL;
        if (any && !found)
            return false;
        for (guint i = 0; any && i < found->len; i++)
            put_contact(people, found->pdata[i]);
    }
    return true;
}

/* Place, text and people of the entries. */
static GHashTable *
read_more(const MwContext *context, const GArray *entries, GError **error)
{
    g_autoptr(GHashTable) more =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, more_free);
    g_autoptr(GHashTable) contacts = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free,
                                                           (GDestroyNotify)g_ptr_array_unref);
    g_autoptr(GHashTable) seen = g_hash_table_new(g_int64_hash, g_int64_equal);
    g_autoptr(GArray) ids = g_array_new(false, false, sizeof(int64_t));
    People people = { context, more, contacts };

    for (guint i = 0; i < entries->len; i++) /* those to come have the id of the open one */
        if (g_hash_table_add(seen, &g_array_index(entries, MwEntry, i).id))
            g_array_append_val(ids, g_array_index(entries, MwEntry, i).id);
    if (ids->len == 0)
        return g_steal_pointer(&more);
    return run_for(&people,
                   "SELECT a.id, a.updated_at, a.place, a.body, a.contact, u.name, u.email FROM "
                   "activity a LEFT JOIN \"user\" u ON u.id = a.owner WHERE a.id IN (",
                   ids, keep_more, error) &&
                   run_for(&people,
                           "SELECT p.activity, u.name, u.email FROM activity_user p JOIN \"user\" "
                           "u ON u.id = p.\"user\" WHERE p.deleted_at IS NULL AND p.activity IN (",
                           ids, keep_user, error) &&
                   run_for(&people,
                           "SELECT activity, contact FROM activity_contact WHERE deleted_at IS "
                           "NULL AND activity IN (",
                           ids, keep_contact, error) &&
                   read_contacts(&people, error)
               ? g_steal_pointer(&more)
               : NULL;
}

static bool
write_feed(const MwContext *context, GString *out, GError **error)
{
    const MwEntity *entity = mw_catalog_entity(context->catalog, "activity");
    int64_t user = mw_actor_user(context->actor);
    int64_t today = mw_date_of_instant(context->now, context->locale.zone);
    g_autoptr(GArray) owners = g_array_new(false, false, sizeof(int64_t));
    MwEntriesCut cut;

    g_array_append_val(owners, user);
    g_autoptr(GArray) entries = mw_entries_find(context, entity, NULL, owners, today - DAYS_BACK,
                                                today + DAYS_AHEAD, 0, &cut, error);
    g_autoptr(GHashTable) more = entries ? read_more(context, entries, error) : NULL;
    if (!more)
        return false;
    bool place = mw_actor_sees(context->actor, entity, mw_entity_field(entity, "place"));
    bool body = mw_actor_sees(context->actor, entity, mw_entity_field(entity, "body"));
    put_line(out, "BEGIN:VCALENDAR");
    put_line(out, "VERSION:2.0");
    put_line(out, "PRODID:-//Millwright//Calendar//EN");
    put_line(out, "CALSCALE:GREGORIAN");
    put_text(out, "X-WR-CALNAME", context->settings->name);
    for (guint i = 0; i < entries->len; i++) {
        const MwEntry *entry = &g_array_index(entries, MwEntry, i);
        const More *found = g_hash_table_lookup(more, &entry->id);
        More seen = found ? *found : (More){ 0 };
        seen.place = place ? seen.place : NULL;
        seen.body = body ? seen.body : NULL;
        put_event(out, context, entry, found ? &seen : NULL);
    }
    put_line(out, "END:VCALENDAR");
    return true;
}

/* ---- handlers -------------------------------------------------------------------------- */

static bool
find_user(const MwContext *context, const char *name, int64_t *user, GError **error)
{
    const char *dot = g_strrstr(name, ".ics");
    char hash[MW_SECRET_HASH_SIZE];
    g_auto(MwValue) found = MW_NOTHING;

    *user = 0;
    if (!dot || dot[4] || dot == name)
        return true;
    g_autofree char *secret = g_strndup(name, (gsize)(dot - name));
    mw_secret_hash(secret, hash);
    MwValue param = MW_BORROW(hash);
    if (!mw_store_scalar(context->store,
                         "SELECT id FROM \"user\" WHERE calendar_secret = $1 AND active = 1 AND "
                         "deleted_at IS NULL",
                         &param, 1, &found, error))
        return false;
    *user = found.is == MW_INTEGER ? found.integer : 0;
    return true;
}

/* As its user sees it, in his language and time zone. Who has no such secret learns nothing. */
static bool
send_feed(const MwRequest *request, MwReply *reply, GError **error)
{
    const MwContext *context = request->context;
    MwContext theirs;
    int64_t user;

    if (!find_user(context, request->name, &user, error))
        return false;
    if (user == 0)
        return mw_fail(error, MW_ERROR_NOT_FOUND, _("There is no such calendar."));
    g_autoptr(MwActor) actor = mw_company_actor(context->company, context->store, user, error);
    if (!actor)
        return false;
    mw_context_begin(&theirs, context->company, context->store, actor, "web");
    const MwEntity *entity = mw_catalog_entity(theirs.catalog, "activity");
    bool done = mw_actor_may(actor, entity, MW_MAY_READ)
                    ? write_feed(&theirs, mw_reply_body(reply), error)
                    : mw_fail(error, MW_ERROR_NOT_FOUND, _("There is no such calendar."));
    mw_context_end(&theirs);
    if (!done)
        return false;
    g_autofree char *sum =
        g_compute_checksum_for_string(G_CHECKSUM_SHA256, mw_reply_body(reply)->str, -1);
    g_autofree char *tag = g_strdup_printf("\"%.32s\"", sum);
    const char *known = mw_request_header(request, "If-None-Match");
    mw_reply_header(reply, "ETag", tag);
    mw_reply_header(reply, "Cache-Control", "private, no-cache");
    mw_reply_type(reply, "text/calendar; charset=utf-8");
    if (known && strstr(known, tag)) {
        g_string_truncate(mw_reply_body(reply), 0);
        mw_reply_status(reply, 304);
    }
    return true;
}

const MwRoute mw_feed_routes[] = {
    { MW_GET, "/calendar/{name}", MW_FOR_ANYONE, 0, MW_RUN_READ, send_feed },
    { .path = NULL },
};
