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

typedef struct {
    int64_t id, updated_at;
    char *place, *body;
} More;

static void
more_free(gpointer data)
{
    More *more = data;

    g_free(more->place);
    g_free(more->body);
    g_free(more);
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
    put_line(out, entry->done ? "STATUS:CONFIRMED" : "STATUS:TENTATIVE");
    put_line(out, "END:VEVENT");
}

/* ---- reading ------------------------------------------------------------------------ */

static bool
keep_more(const MwValue *c, size_t n_columns G_GNUC_UNUSED, void *data)
{
    More *more = g_new0(More, 1);

    more->id = c[0].integer;
    more->updated_at = c[1].is == MW_INTEGER ? c[1].integer : 0;
    more->place = g_strdup(c[2].is == MW_TEXT ? c[2].text : NULL);
    more->body = g_strdup(c[3].is == MW_TEXT ? c[3].text : NULL);
    g_hash_table_insert(data, &more->id, more);
    return true;
}

/* Place and text, of those that the entries have: in their range of ids' owner. */
static GHashTable *
read_more(const MwContext *context, int64_t user, int64_t from, int64_t to, GError **error)
{
    g_autoptr(GHashTable) found =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, more_free);
    GTimeZone *zone = context->locale.zone;
    MwValue params[] = { MW_INT(user),
                         MW_INT(mw_instant_of_date(from - MW_CALENDAR_BACK_DAYS, zone)),
                         MW_INT(mw_instant_of_date(to + 1, zone)), MW_INT(MW_ENTRIES_MAX) };

    return mw_store_run(
               context->store,
               "SELECT id, updated_at, place, body FROM activity WHERE owner = $1 AND done "
               "IN (0, 1) AND calendar_at >= $2 AND calendar_at < $3 AND deleted_at IS NULL "
               "LIMIT $4",
               params, 4, keep_more, found, error)
               ? g_steal_pointer(&found)
               : NULL;
}

static bool
write_feed(const MwContext *context, GString *out, GError **error)
{
    const MwEntity *entity = mw_catalog_entity(context->catalog, "activity");
    int64_t user = mw_actor_user(context->actor);
    int64_t today = mw_date_of_instant(context->now, context->locale.zone);
    g_autoptr(GArray) owners = g_array_new(false, false, sizeof(int64_t));
    bool cut;

    g_array_append_val(owners, user);
    g_autoptr(GArray) entries = mw_entries_find(context, entity, owners, today - DAYS_BACK,
                                                today + DAYS_AHEAD, 0, &cut, error);
    g_autoptr(GHashTable) more =
        entries ? read_more(context, user, today - DAYS_BACK, today + DAYS_AHEAD, error) : NULL;
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
