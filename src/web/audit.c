/* audit: who changed what, newest first, in words; and whether the chain of the history is whole. */
#include <jansson.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "model/kinds/kinds.h"
#include "record/history.h"
#include "web/admin.h"
#include "web/routes.h"

enum { CHANGES_A_PAGE = 50, TEXT_MAX = 160, READ_MAX = 500 };

static const char *const actions[][2] = {
    { "create", N_("created") },
    { "update", N_("changed") },
    { "remove", N_("deleted") },
    { "restore", N_("restored") },
    { "merge", N_("merged") },
    { "derive", N_("computed") },
    { "first_activity", N_("moved on by the first activity") },
    { "first_win", N_("moved on by the first opportunity won") },
    { "first_order", N_("moved on by the first order") },
    { "login", N_("logged in") },
    { "logout", N_("logged out") },
    { "login_failed", N_("failed to log in") },
    { "password", N_("password changed") },
    { "sessions_ended", N_("sessions ended") },
};

static const char *const sources[][2] = {
    { "web", N_("page") },         { "api", N_("API") },        { "import", N_("import") },
    { "cli", N_("command line") }, { "job", N_("background") }, { "demo", N_("demo") },
};

static const char *
word_of(const char *const (*words)[2], size_t n, const char *key)
{
    for (size_t i = 0; i < n; i++)
        if (g_str_equal(words[i][0], key))
            return _(words[i][1]);
    return key;
}

/* ---- changes in words ------------------------------------------------------------------- */

typedef struct {
    const MwRequest *request;
    GHashTable *titles; /* "entity/id" -> title, of what was linked or changed */
} Words;

static const char *
title_of(Words *words, const MwEntity *entity, int64_t id)
{
    g_autofree char *key = g_strdup_printf("%s/%lld", entity->name, (long long)id);
    const char *known = g_hash_table_lookup(words->titles, key);

    if (known)
        return known;
    char *title = mw_title_of(words->request->context, entity, id, NULL);
    if (!title)
        title = g_strdup_printf("#%lld", (long long)id);
    g_hash_table_insert(words->titles, g_steal_pointer(&key), title);
    return title;
}

/* Kinds whose stored text is not what people read. */
static bool
needs_words(const MwField *field)
{
    return field->choices || field->kind == &mw_bool || field->kind == &mw_instant ||
           field->kind == &mw_percent;
}

static char *
value_in_words(Words *words, const MwField *field, const json_t *value)
{
    const MwContext *context = words->request->context;
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_auto(MwValue) parsed = MW_NOTHING;
    g_autofree char *text = NULL;

    if (!value || json_is_null(value))
        return g_strdup("–");
    if (json_is_string(value)) {
        text = g_strdup(json_string_value(value));
    } else {
        char *dumped = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
        text = g_strdup(dumped ? dumped : "");
        free(dumped);
    }
    if (field && field->kind == &mw_link) {
        const MwEntity *target = mw_catalog_entity(context->catalog, field->target);
        int64_t id = g_ascii_strtoll(text, NULL, 10);
        return g_strdup(target && id ? title_of(words, target, id) : text);
    }
    if (field && needs_words(field) &&
        mw_field_parse(field, &context->locale, text, &parsed, problems))
        mw_field_show(field, &context->locale, &parsed, out);
    else
        g_string_append(out, text);
    if (g_utf8_strlen(out->str, -1) > TEXT_MAX) {
        g_string_truncate(out, (gsize)(g_utf8_offset_to_pointer(out->str, TEXT_MAX) - out->str));
        g_string_append(out, "…");
    }
    return g_string_free(g_steal_pointer(&out), false);
}

static void
put_member(Words *words, MwNode *list, const MwEntity *entity, const char *name, const json_t *pair)
{
    const MwContext *context = words->request->context;
    const MwField *field = entity ? mw_entity_field(entity, name) : NULL;
    const MwEntity *lines = mw_catalog_entity(context->catalog, name);
    bool sees = !field || mw_actor_sees(context->actor, entity, field);
    MwNode *item = mw_put_object(list, NULL);

    if (!field && lines && json_is_array(json_array_get(pair, 0))) {
        mw_put_copy(item, "label", mw_entity_plural(lines));
        mw_put_text(item, "before", NULL);
        mw_put_format(item, "after", mw_ngettext("%d line", "%d lines", json_array_size(pair)),
                      (int)json_array_size(pair));
        return;
    }
    g_autofree char *before = value_in_words(words, field, json_array_get(pair, 0));
    g_autofree char *after = value_in_words(words, field, json_array_get(pair, 1));
    mw_put_copy(item, "label",
                field                          ? mw_field_label(field)
                : lines                        ? mw_entity_plural(lines) /* how many there were */
                : g_str_equal(name, "address") ? _("Address")            /* of who logged in */
                                               : name);
    mw_put_copy(item, "before", !sees || g_str_equal(before, "–") ? NULL : before);
    mw_put_copy(item, "after", sees ? after : "•••");
}

static void
put_change(Words *words, MwNode *rows, const MwChange *change)
{
    const MwContext *context = words->request->context;
    const MwEntity *entity = mw_catalog_entity(context->catalog, change->entity);
    const MwEntity *users = mw_catalog_entity(context->catalog, "user");
    MwNode *row = mw_put_object(rows, NULL), *list;
    json_t *changes = json_loads(change->changes, 0, NULL);
    const char *name;
    json_t *pair;

    mw_put_instant(words->request, row, "at", change->at);
    mw_put_copy(row, "actor", change->actor ? title_of(words, users, change->actor) : _("System"));
    mw_put_copy(row, "source", word_of(sources, G_N_ELEMENTS(sources), change->source));
    mw_put_copy(row, "action", word_of(actions, G_N_ELEMENTS(actions), change->action));
    mw_put_copy(row, "entity",
                entity                                    ? mw_entity_label(entity)
                : g_str_equal(change->entity, "settings") ? _("Settings")
                                                          : change->entity);
    mw_put_copy(row, "title",
                entity && change->record ? title_of(words, entity, change->record) : NULL);
    if (entity && change->record && !entity->master && !(entity->flags & MW_HIDDEN))
        mw_put_format(row, "href", "/%s/%lld", entity->path, (long long)change->record);
    else
        mw_put_text(row, "href", NULL);
    list = mw_put_list(row, "changes");
    json_object_foreach(changes, name, pair)
    {
        put_member(words, list, entity, name, pair);
    }
    json_decref(changes);
}

/* ---- the page ------------------------------------------------------------------------------ */

/* A day of a filter as the instant at which it begins in the reader's zone; 0: none. */
static int64_t
day_param(const MwRequest *request, const char *name, int add)
{
    const char *text = mw_query_param(request, name);
    int64_t day;

    if (!text || !mw_date_parse(text, &day))
        return 0;
    GTimeZone *zone = request->context->locale.zone;
    g_autoptr(GTimeZone) utc = zone ? NULL : g_time_zone_new_utc();
    return mw_instant_of_date(day + add, zone ? zone : utc);
}

/* The first changes from `query` on that are within the days asked for: a part of the history is read at a time. */
static GPtrArray *
find(const MwRequest *request, MwHistoryQuery *query, bool *more, GError **error)
{
    int64_t from = day_param(request, "from", 0), until = day_param(request, "until", 1);
    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func((GDestroyNotify)mw_change_free);
    bool ended = false;

    *more = false;
    if (until)
        query->before = query->before ? MIN(query->before, mw_id_first(until)) : mw_id_first(until);
    query->limit = CHANGES_A_PAGE + 1;
    g_autoptr(GPtrArray) part = mw_history_find(request->context->store, query, error);
    if (!part)
        return NULL;
    for (guint i = 0; i < part->len && !ended; i++) {
        MwChange *change = part->pdata[i];
        ended = from && change->at < from;
        if (ended || found->len == CHANGES_A_PAGE)
            break;
        g_ptr_array_add(found, g_steal_pointer(&part->pdata[i]));
    }
    *more = !ended && part->len > CHANGES_A_PAGE;
    return g_steal_pointer(&found);
}

/* "/audit?entity=account&before=…": the same list, older. */
static void
put_older(const MwRequest *request, MwNode *page, int64_t before)
{
    static const char *const kept[] = { "entity", "user", "record", "from", "until" };
    g_autoptr(GString) url = g_string_new("/audit?");

    for (size_t i = 0; i < G_N_ELEMENTS(kept); i++) {
        const char *value = mw_query_param(request, kept[i]);
        if (!value || !*value)
            continue;
        g_string_append_printf(url, "%s=", kept[i]);
        g_string_append_uri_escaped(url, value, NULL, false);
        g_string_append_c(url, '&');
    }
    g_string_append_printf(url, "before=%lld", (long long)before);
    mw_put_copy(page, "older", url->str);
}

static bool
put_filters(const MwRequest *request, MwNode *page, GError **error)
{
    size_t n;
    const MwEntity *const *entities = mw_catalog_entities(request->context->catalog, &n);
    MwNode *fields = mw_put_list(page, "filters"), *field;
    const char *of = mw_query_param(request, "entity");

    field = mw_ask(fields, "select", "entity", _("Records"), of, NULL);
    mw_ask_option(field, "", _("All"), false);
    for (size_t i = 0; i < n; i++)
        if (!(entities[i]->flags & MW_NO_HISTORY) && !entities[i]->master)
            mw_ask_option(field, entities[i]->name, mw_entity_plural(entities[i]),
                          g_strcmp0(of, entities[i]->name) == 0);
    mw_ask_option(field, "settings", _("Settings"), g_strcmp0(of, "settings") == 0);
    field = mw_ask(fields, "select", "user", _("User"), NULL, NULL);
    mw_ask_option(field, "", _("All"), false);
    if (!mw_ask_records(request, field, mw_catalog_entity(request->context->catalog, "user"),
                        mw_query_param(request, "user"), error))
        return false;
    mw_ask(fields, "text", "record", _("Number of the record"), mw_query_param(request, "record"),
           NULL);
    mw_ask(fields, "date", "from", _("From"), mw_query_param(request, "from"), NULL);
    mw_ask(fields, "date", "until", _("Until"), mw_query_param(request, "until"), NULL);
    return true;
}

static bool
show_page(const MwRequest *request, MwReply *reply, GError **error)
{
    MwNode *page = mw_view_root(request->view), *rows = mw_put_list(page, "rows");
    const char *entity = mw_query_param(request, "entity");
    MwHistoryQuery query = { .record = mw_id_param(request, "record"),
                             .actor = mw_id_param(request, "user"),
                             .entity = entity && *entity ? entity : NULL,
                             .before = mw_id_param(request, "before") };
    bool more;
    g_autoptr(GPtrArray) changes = find(request, &query, &more, error);
    g_autoptr(GHashTable) titles = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    Words words = { request, titles };

    if (!changes || !put_filters(request, page, error))
        return false;
    mw_put_text(page, "title", _("Audit"));
    mw_put_text(page, "subtitle", _("Every change: who, when, from where, what it was before."));
    for (guint i = 0; i < changes->len; i++)
        put_change(&words, rows, changes->pdata[i]);
    if (more)
        put_older(request, page, ((const MwChange *)changes->pdata[changes->len - 1])->id);
    else
        mw_put_text(page, "older", NULL);
    return mw_reply_page(request, reply, "admin/audit", error);
}

static bool
verify(const MwRequest *request, MwReply *reply, GError **error)
{
    MwHistoryReport report = { 0 };
    MwNode *page = mw_view_root(request->view);
    g_autofree char *text = NULL;

    if (!mw_store_begin(request->context->store, false, error))
        return false;
    bool done = mw_history_verify(request->context->store, &report, error);
    if (done) {
        text = report.fault
                   ? g_strdup_printf(_("The history is not whole. %s"), report.fault)
                   : g_strdup_printf(_("The history is whole: %lld rows, each bound to the one "
                                       "before it."),
                                     (long long)report.rows);
        MwNode *flash = mw_put_object(page, "flash");
        mw_put_text(flash, "class", report.fault ? "alert-danger" : "alert-success");
        mw_put_text(flash, "icon", report.fault ? "alert-triangle" : "shield-check");
        mw_put_copy(flash, "text", text);
        done = show_page(request, reply, error);
    }
    g_free(report.fault);
    mw_store_rollback(request->context->store);
    return done;
}

const MwRoute mw_audit_routes[] = {
    { MW_GET, "/audit", MW_FOR_ADMINS, 0, MW_RUN_READ, show_page },
    { MW_POST, "/audit/verify", MW_FOR_ADMINS, 0, MW_RUN_SLOW, verify },
    { .path = NULL },
};
