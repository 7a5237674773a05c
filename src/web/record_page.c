/* record_page: see record.h. */
#include "base/i18n.h"
#include "model/kinds/kinds.h"
#include "record/merge.h"
#include "web/activity.h"
#include "web/call.h"
#include "web/favourites.h"
#include "web/pages.h"
#include "web/record.h"
#include "web/routes.h"
#include "web/table.h"

enum { FIGURES_MAX = 4, BADGES_MAX = 3, RELATED_SHOWN = 10, VISIT_MS = 60 * 1000 };

const MwLinkFrom *
mw_link_from(const MwCatalog *catalog, const MwEntity *entity, const char *from)
{
    size_t n;
    const MwLinkFrom *links = mw_catalog_links_to(catalog, entity, &n);

    for (size_t i = 0; i < n; i++)
        if (g_str_equal(links[i].entity->name, from))
            return &links[i];
    return NULL;
}

/* ---- heading -------------------------------------------------------------------- */

bool
mw_is_base_amount(const MwEntity *entity, const MwField *field)
{
    for (size_t i = 0; i < entity->n_fields; i++)
        if (g_strcmp0(entity->fields[i].in_base, field->name) == 0)
            return true;
    return false;
}

static void
put_figures(MwNode *node, const MwRecordPage *page)
{
    const MwContext *context = page->request->context;
    MwNode *figures = mw_put_list(node, "figures");
    unsigned n = 0;

    for (size_t i = 0; i < page->entity->n_fields && n < FIGURES_MAX; i++) {
        const MwField *field = &page->entity->fields[i];
        if (field->kind != &mw_money || mw_is_base_amount(page->entity, field) ||
            !mw_actor_sees(context->actor, page->entity, field) ||
            mw_record_value(page->record, field)->is == MW_NULL)
            continue;
        MwNode *figure = mw_put_object(figures, NULL);
        mw_put_text(figure, "label", mw_field_label(field));
        mw_cell_put(context, figure, page->links, page->record, field, "cell/money");
        n++;
    }
    mw_put_bool(node, "has_figures", n > 0);
}

/* Of the choices that lists show: what else there is stands among the facts. */
static void
put_badges(MwNode *node, const MwRecordPage *page)
{
    const MwContext *context = page->request->context;
    const char *const *name = page->entity->list;
    MwNode *badges = mw_put_list(node, "badges");
    unsigned n = 0;

    for (; name && *name && n < BADGES_MAX; name++) {
        const MwField *field = mw_entity_field(page->entity, *name);
        if (field->kind != &mw_choice || !field->choices[0].tone ||
            !mw_actor_sees(context->actor, page->entity, field) ||
            mw_record_value(page->record, field)->is == MW_NULL)
            continue;
        MwNode *badge = mw_put_object(badges, NULL);
        mw_put_text(badge, "label", mw_field_label(field));
        mw_cell_put(context, badge, page->links, page->record, field, mw_cell_partial(field));
        n++;
    }
}

static void
put_owner(MwNode *node, const MwRecordPage *page)
{
    const MwField *owner = mw_entity_field(page->entity, "owner");

    if (!owner || !mw_actor_sees(page->request->context->actor, page->entity, owner) ||
        mw_record_value(page->record, owner)->is == MW_NULL) {
        mw_put_text(node, "owner", NULL);
        return;
    }
    MwNode *cell = mw_put_object(node, "owner");
    mw_cell_put(page->request->context, cell, page->links, page->record, owner, "cell/link");
}

static void
put_rights(MwNode *node, const MwRecordPage *page, bool deleted)
{
    const MwActor *actor = page->request->context->actor;
    const MwField *pool =
        mw_entity_field(page->entity, "taken_from") ? mw_entity_field(page->entity, "pool") : NULL;
    bool pooled = pool && mw_record_value(page->record, pool)->is != MW_NULL;
    bool kept = !(page->entity->flags & MW_INTERNAL) && (!pooled || mw_actor_leads(actor));

    mw_put_bool(node, "updates",
                kept && !deleted && mw_actor_reaches(actor, page->record, MW_MAY_UPDATE));
    mw_put_bool(node, "removes",
                kept && !deleted && mw_actor_reaches(actor, page->record, MW_MAY_REMOVE));
    mw_put_bool(node, "restores",
                kept && deleted && mw_actor_reaches(actor, page->record, MW_MAY_REMOVE));
    mw_put_bool(node, "creates", kept && mw_actor_may(actor, page->entity, MW_MAY_CREATE));
    mw_put_bool(node, "deleted", deleted);
}

static void
put_heading(MwNode *root, MwNode *node, const MwRecordPage *page)
{
    const MwEntity *entity = page->entity;
    const MwField *number = mw_entity_field(entity, "number");
    g_autoptr(GString) title = g_string_new(NULL);

    if (entity->title)
        mw_cell_text(page->request->context, page->links, page->record,
                     mw_entity_field(entity, entity->title),
                     mw_record_value(page->record, mw_entity_field(entity, entity->title)), title);
    if (title->len == 0)
        mw_record_title(page->record, title);
    mw_put_copy(root, "title", title->str);
    mw_put_text(node, "icon", entity->icon);
    mw_put_text(node, "label", mw_entity_label(entity));
    mw_put_text(node, "plural", mw_entity_plural(entity));
    mw_put_format(node, "back", "/%s", entity->path);
    mw_put_format(node, "path", "/%s/%" G_GINT64_FORMAT, entity->path, mw_record_id(page->record));
    mw_put_copy(node, "origin", page->list);
    mw_put_format(node, "version", "%" G_GINT64_FORMAT, mw_record_version(page->record));
    if (number && g_strcmp0(entity->title, "number") != 0)
        mw_put_copy(node, "number", mw_record_text(page->record, "number"));
    else
        mw_put_text(node, "number", NULL);
    put_badges(node, page);
    put_figures(node, page);
    put_owner(node, page);
    put_rights(node, page, !mw_record_is_null(page->record, "deleted_at"));
}

/* ---- tabs --------------------------------------------------------------------------- */

static void
put_tab(MwNode *tabs, const MwRecordPage *page, const char *key, const char *label,
        const char *icon)
{
    MwNode *tab = mw_put_object(tabs, NULL);
    const char *origin = page->list;

    mw_put_text(tab, "label", label);
    mw_put_text(tab, "icon", icon);
    mw_put_bool(tab, "active", g_str_equal(key, page->tab));
    mw_put_format(tab, "href", "/%s/%" G_GINT64_FORMAT "%s%ctab=%s", page->entity->path,
                  mw_record_id(page->record), origin, *origin ? '&' : '?', key);
}

static bool
is_related(const MwRecordPage *page, const MwLinkFrom *link)
{
    return mw_entity_opens(page->request->context, link->entity) &&
           (link->entity->nav != MW_NAV_NONE || link->entity->follows) &&
           !(link->field->flags & (MW_SYSTEM | MW_RETIRED)) &&
           mw_actor_sees(page->request->context->actor, link->entity, link->field);
}

/* The entity's own tab of that key, or the one that stands in its place; NULL. */
static const MwRecordTab *
own_tab(const MwEntity *entity, const char *key, bool instead)
{
    for (const MwRecordTab *tab = mw_record_tabs; tab->entity; tab++)
        if (g_str_equal(tab->entity, entity->name) &&
            (instead ? tab->instead && g_strv_contains(tab->instead, key)
                     : g_str_equal(tab->key, key)))
            return tab;
    return NULL;
}

/* The lines of a document, or a tab of its own before them; of what goes through stages, or has no lines, what has
 * happened with it. */
static const char *
first_tab(const MwEntity *entity)
{
    const MwRecordTab *own = mw_record_tabs;

    while (own->entity && !g_str_equal(own->entity, entity->name))
        own++;
    for (size_t i = 0; !entity->board && entity->details[i]; i++)
        if (!own_tab(entity, entity->details[i]->name, true))
            return own->entity ? own->key : entity->details[i]->name;
    return "timeline";
}

/* The tab that opens stands first, so that a phone shows it too. */
static void
put_tabs(MwNode *node, MwRecordPage *page)
{
    MwNode *tabs = mw_put_list(node, "tabs");
    size_t n;
    const MwLinkFrom *links =
        mw_catalog_links_to(page->request->context->catalog, page->entity, &n);
    bool history_first = g_str_equal(first_tab(page->entity), "timeline");

    if (history_first)
        put_tab(tabs, page, "timeline", _("Timeline"), "history");
    for (const MwRecordTab *tab = mw_record_tabs; tab->entity; tab++)
        if (g_str_equal(tab->entity, page->entity->name))
            put_tab(tabs, page, tab->key, _(tab->label), tab->icon);
    for (size_t i = 0; page->entity->details[i]; i++)
        if (!own_tab(page->entity, page->entity->details[i]->name, true))
            put_tab(tabs, page, page->entity->details[i]->name,
                    mw_entity_plural(page->entity->details[i]), page->entity->details[i]->icon);
    if (!history_first)
        put_tab(tabs, page, "timeline", _("Timeline"), "history");
    for (size_t i = 0; i < n; i++) {
        if (!is_related(page, &links[i]))
            continue;
        const char *back = links[i].field->back;
        char key[160];
        g_snprintf(key, sizeof key, "%s.%s", links[i].entity->name, links[i].field->name);
        if (own_tab(page->entity, key, true))
            continue;
        put_tab(tabs, page, g_intern_string(key),
                back ? mw_gettext(back) : mw_entity_plural(links[i].entity), links[i].entity->icon);
    }
}

static bool
put_lines(MwNode *node, const MwRecordPage *page, const MwEntity *detail, GError **error)
{
    const MwContext *context = page->request->context;
    g_autoptr(GPtrArray) fields = mw_fields_seen(context, detail, detail->list);
    g_autoptr(GPtrArray) records =
        mw_record_details(context, detail, mw_record_id(page->record), error);
    MwTable table = { context, page->links, fields, NULL, "" };

    if (!records)
        return false;
    mw_table_narrow(fields, NULL, records);
    mw_put_text(node, "label", mw_entity_plural(detail));
    mw_put_text(node, "all", NULL);
    mw_put_text(node, "create", NULL);
    mw_line_form_put(node, page, detail);
    return mw_table_put(node, &table, records, error);
}

static bool
put_related(MwNode *node, const MwRecordPage *page, const MwLinkFrom *link, GError **error)
{
    const MwContext *context = page->request->context;
    const MwEntity *entity = link->entity;
    int64_t id = mw_record_id(page->record);
    g_autoptr(GPtrArray) fields = mw_fields_seen(context, entity, entity->list);
    g_autoptr(MwFilter) filter = mw_filter_test(link->field, MW_TEST_EQ, MW_INT(id));
    MwQuery query = { .entity = entity, .filter = filter, .limit = RELATED_SHOWN };
    bool more = false;

    g_ptr_array_remove(fields, (gpointer)link->field);
    if (fields->len == 0)
        return true;
    mw_table_want(&query, fields);
    if (entity->order && mw_order_parse(entity, entity->order, &query.order[0]))
        query.n_order = 1;
    g_autoptr(GPtrArray) records = mw_record_find(context, &query, MW_MAY_READ, &more, error);
    if (!records)
        return false;
    mw_table_narrow(fields, mw_table_title(entity, fields), records);
    mw_put_text(node, "label", mw_entity_plural(entity));
    mw_put_text(node, "one", mw_entity_label(entity));
    mw_put_text(node, "adds", NULL);
    mw_put_bool(node, "more", more);
    mw_put_format(node, "all", "/%s?%s=eq.%" G_GINT64_FORMAT, entity->path, link->field->name, id);
    if (!(entity->flags & MW_INTERNAL) && mw_actor_may(context->actor, entity, MW_MAY_CREATE))
        mw_put_format(node, "create", "/%s/new?%s=%" G_GINT64_FORMAT, entity->path,
                      link->field->name, id);
    else
        mw_put_text(node, "create", NULL);
    MwTable table = { context, page->links, fields, mw_table_title(entity, fields), "" };
    return mw_table_put(node, &table, records, error);
}

static bool
put_tab_content(MwNode *node, MwRecordPage *page, GError **error)
{
    const MwCatalog *catalog = page->request->context->catalog;
    const char *tab = page->tab;
    const MwRecordTab *own = own_tab(page->entity, tab, false);
    size_t n;
    const MwLinkFrom *links = mw_catalog_links_to(catalog, page->entity, &n);

    mw_put_text(node, own ? "timeline" : "own", NULL);
    if (own) {
        MwNode *item = mw_put_object(node, "own");
        mw_put_text(node, "table", NULL);
        mw_put_text(item, "template", own->template);
        return own->put(item, page, error);
    }
    for (size_t i = 0; page->entity->details[i]; i++)
        if (g_str_equal(page->entity->details[i]->name, tab))
            return put_lines(mw_put_object(node, "table"), page, page->entity->details[i], error);
    for (size_t i = 0; i < n; i++) {
        const char *dot = strchr(tab, '.');
        if (dot && strncmp(tab, links[i].entity->name, (size_t)(dot - tab)) == 0 &&
            !links[i].entity->name[dot - tab] && g_str_equal(dot + 1, links[i].field->name) &&
            is_related(page, &links[i]))
            return put_related(mw_put_object(node, "table"), page, &links[i], error);
    }
    mw_put_text(node, "table", NULL);
    return mw_timeline_put(node, page, error);
}

static bool
is_tab(const MwRecordPage *page, const char *tab)
{
    if (!tab)
        return false;
    if (own_tab(page->entity, tab, false))
        return true;
    for (size_t i = 0; page->entity->details[i]; i++)
        if (g_str_equal(page->entity->details[i]->name, tab))
            return true;
    return g_str_equal(tab, "timeline") || strchr(tab, '.');
}

/* ---- visits -------------------------------------------------------------------------- */

/* That this user has opened it is written later, so that reading waits for nobody. */
static void
note_visit(const MwRequest *request)
{
    const MwCall *call = mw_call_of(request);
    MwNote *note = g_new0(MwNote, 1);
    g_autofree char *sql = g_strdup_printf(
        "INSERT INTO visit (user_id, record, at, entity) VALUES ($1, $2, CAST($3 AS BIGINT), '%s') "
        "ON CONFLICT (user_id, record) DO UPDATE SET at = excluded.at",
        request->entity->name);

    note->site = call->site;
    note->sql = g_intern_string(sql);
    note->numbers[0] = mw_actor_user(request->context->actor);
    note->numbers[1] = request->id;
    g_snprintf(note->text, sizeof note->text, "%" G_GINT64_FORMAT, request->context->now);
    mw_note(request->server, note);
}

static bool
put_visit(MwNode *node, const MwRequest *request, GError **error)
{
    MwValue params[] = { MW_INT(mw_actor_user(request->context->actor)), MW_INT(request->id) };
    const GArray *favourites = mw_favourites(request, error);
    g_auto(MwValue) at = MW_NOTHING;

    if (!favourites || !mw_store_scalar(request->context->store,
                                        "SELECT at FROM visit WHERE user_id = $1 AND record = $2",
                                        params, 2, &at, error))
        return false;
    mw_star_put(node, request->entity, request->id, favourites);
    if (request->method == MW_GET &&
        request->context->now - (at.is == MW_INTEGER ? at.integer : 0) > VISIT_MS)
        note_visit(request);
    return true;
}

static bool
put_parts(MwNode *node, MwRecordPage *page, GError **error)
{
    MwNode *parts = mw_put_list(node, "parts");

    for (const MwRecordPart *part = mw_record_parts; part->entity; part++) {
        if (!g_str_equal(part->entity, page->entity->name))
            continue;
        MwNode *item = mw_put_object(parts, NULL);
        mw_put_text(item, "template", part->template);
        if (!part->put(item, page, error))
            return false;
    }
    return true;
}

/* ---- handlers --------------------------------------------------------------------------- */

/* "?list=…" again, escaped. */
static char *
origin_of(const MwRequest *request)
{
    const char *list = mw_query_param(request, "list");
    GString *origin = g_string_new(NULL);

    if (list) {
        g_string_append(origin, "?list=");
        g_string_append_uri_escaped(origin, list, NULL, true);
    }
    return g_string_free(origin, false);
}

bool
mw_record_show(const MwRequest *request, MwReply *reply, GError **error)
{
    const MwContext *context = request->context;
    const char *tab = mw_query_param(request, "tab");
    g_autofree char *list = origin_of(request);
    g_autoptr(MwRecord) record =
        mw_record_read(context, request->entity, request->id, MW_LIVE_AND_DELETED, error);
    g_autoptr(MwTitles) links = mw_titles_new(context);

    if (!record || (!mw_record_is_null(record, "deleted_at") && request->method == MW_GET)) {
        int64_t survivor = mw_merged_into(context, request->id);
        char path[MW_RECORD_PATH_SIZE];
        if (survivor) {
            g_clear_error(error);
            return mw_reply_done(reply, mw_record_path(request->entity, survivor, path), "led_on");
        }
    }
    if (!record)
        return false;
    MwRecordPage page = { request, request->entity, record, links, NULL, list };
    page.tab = is_tab(&page, tab) ? tab : first_tab(request->entity);
    MwNode *root = mw_view_root(request->view), *node = mw_put_object(root, "record");
    mw_titles_want_all(links, record);
    if (!mw_titles_read(links, error) || !put_visit(node, request, error))
        return false;
    mw_flash_put(request);
    mw_next_step_put(request);
    put_heading(root, node, &page);
    mw_facts_put(node, &page);
    put_tabs(node, &page);
    if (!put_tab_content(node, &page, error))
        return false;
    if (request->fragment && mw_query_param(request, "_part"))
        return mw_reply_page(request, reply, "record/tab", error);
    return put_parts(node, &page, error) && mw_reach_put(node, &page, error) &&
           mw_rail_put(node, &page, error) && mw_reply_page(request, reply, "record", error);
}

static bool
remove_record(const MwRequest *request, MwReply *reply, GError **error)
{
    const char *version = mw_form_param(request, "_version");
    const char *then = mw_back_of(request, "_then");
    g_autofree char *path = g_strdup_printf("/%s", request->entity->path);

    return mw_record_remove(request->context, request->entity, request->id,
                            version ? g_ascii_strtoll(version, NULL, 10) : 0, error) &&
           mw_reply_done(reply, then ? then : path, "removed");
}

static bool
restore_record(const MwRequest *request, MwReply *reply, GError **error)
{
    char path[MW_RECORD_PATH_SIZE];

    return mw_record_restore(request->context, request->entity, request->id, error) &&
           mw_reply_done(reply, mw_record_path(request->entity, request->id, path), "restored");
}

/* The next or previous record of the list that this one was opened from. */
static bool
step(const MwRequest *request, MwReply *reply, bool back, GError **error)
{
    const char *text = mw_query_param(request, "list");
    g_autofree char *origin = origin_of(request);
    g_auto(MwList) list = { 0 };
    char path[MW_RECORD_PATH_SIZE];

    if (!mw_list_init_text(&list, request, request->entity, text ? text : "", error))
        return false;
    g_autoptr(MwRecord) record =
        mw_record_read(request->context, request->entity, request->id, MW_LIVE_AND_DELETED, error);
    if (!record)
        return false;
    g_autofree char *cursor = mw_list_cursor(&list, record);
    list.after = back ? NULL : cursor;
    list.before = back ? cursor : NULL;
    list.query.limit = 1;
    mw_query_want(&list.query, &request->entity->fields[MW_FIELD_ID]);
    if (!mw_cursor_read(cursor, &list.cursor, list.query.n_order, error))
        return false;
    g_autoptr(GPtrArray) found = mw_list_find(&list, NULL, error);
    if (!found)
        return false;
    mw_record_path(request->entity, found->len > 0 ? mw_record_id(found->pdata[0]) : request->id,
                   path);
    g_autofree char *to = g_strconcat(path, origin, NULL);
    return found->len > 0 ? mw_reply_see_other(reply, to) : mw_reply_done(reply, to, "end");
}

static bool
show_next(const MwRequest *request, MwReply *reply, GError **error)
{
    return step(request, reply, false, error);
}

static bool
show_previous(const MwRequest *request, MwReply *reply, GError **error)
{
    return step(request, reply, true, error);
}

const MwRoute mw_record_routes[] = {
    { MW_GET, "/{entity}/{id}", MW_FOR_RIGHT, MW_MAY_READ, MW_RUN_READ, mw_record_show },
    { MW_GET, "/{entity}/{id}/next", MW_FOR_RIGHT, MW_MAY_READ, MW_RUN_READ, show_next },
    { MW_GET, "/{entity}/{id}/previous", MW_FOR_RIGHT, MW_MAY_READ, MW_RUN_READ, show_previous },
    { MW_POST, "/{entity}/{id}/remove", MW_FOR_RIGHT, MW_MAY_REMOVE, MW_RUN_WRITE, remove_record },
    { MW_POST, "/{entity}/{id}/restore", MW_FOR_RIGHT, MW_MAY_REMOVE, MW_RUN_WRITE,
      restore_record },
    { .path = NULL },
};
