/* search_page: what the full-text index finds, by entity, and what the command palette offers while typing. */
#include <jansson.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "record/search.h"
#include "web/routes.h"
#include "web/table.h"
#include "web/visits.h"

enum { HITS_MAX = 200, GROUP_SHOWN = 8, OFFERED = 8 };

static GArray *
find_hits(const MwContext *context, const char *words, unsigned limit, GError **error)
{
    g_autoptr(GPtrArray) hits = mw_record_hits(context, words, NULL, limit, error);
    GArray *wanted;

    if (!hits)
        return NULL;
    wanted = g_array_new(false, false, sizeof(MwWanted));
    for (guint i = 0; i < hits->len; i++) {
        const MwHit *hit = hits->pdata[i];
        MwWanted one = { mw_catalog_entity(context->catalog, hit->entity), hit->record };
        if (one.entity && mw_entity_opens(context, one.entity))
            g_array_append_val(wanted, one);
    }
    return wanted;
}

/* The hits of one entity that the actor may read, as a table; `any` tells whether there were some. */
static bool
put_group(MwNode *groups, const MwContext *context, MwTitles *titles, const MwEntity *entity,
          const GArray *wanted, const char *words, bool *any, GError **error)
{
    g_autoptr(GPtrArray) fields = mw_fields_seen(context, entity, entity->list);
    g_autoptr(MwFilter) filter =
        mw_filter_test(&entity->fields[MW_FIELD_ID], MW_TEST_IN, MW_NOTHING);
    MwQuery query = { .entity = entity, .filter = filter, .limit = GROUP_SHOWN };
    bool more = false;

    for (guint i = 0; i < wanted->len; i++)
        if (g_array_index(wanted, MwWanted, i).entity == entity)
            mw_filter_value(filter, MW_INT(g_array_index(wanted, MwWanted, i).id));
    if (filter->values->len == 0 || fields->len == 0)
        return true;
    mw_table_want(&query, fields);
    g_autoptr(GPtrArray) records = mw_record_find(context, &query, MW_MAY_READ, &more, error);
    if (!records)
        return false;
    if (records->len == 0)
        return true;
    g_autofree char *escaped = g_uri_escape_string(words, NULL, true);
    MwNode *group = mw_put_object(groups, NULL);
    mw_put_text(group, "label", mw_entity_plural(entity));
    mw_put_text(group, "icon", entity->icon);
    mw_put_bool(group, "more", more);
    mw_put_format(group, "all", "/%s?q=%s", entity->path, escaped);
    *any = true;
    MwTable table = { context, titles, fields, mw_table_title(entity, fields), "" };
    return mw_table_put(group, &table, records, error);
}

static bool
show_search(const MwRequest *request, MwReply *reply, GError **error)
{
    const MwContext *context = request->context;
    const char *words = mw_query_param(request, "q");
    MwNode *root = mw_view_root(request->view), *node = mw_put_object(root, "search");
    MwNode *groups = mw_put_list(node, "groups");
    g_autoptr(MwTitles) titles = mw_titles_new(context);
    bool any = false, asked = words && *words;
    size_t n;
    const MwEntity *const *entities = mw_catalog_entities(context->catalog, &n);

    g_autoptr(GArray) wanted = find_hits(context, asked ? words : "", HITS_MAX, error);
    if (!wanted)
        return false;
    for (size_t i = 0; i < n; i++)
        if (!put_group(groups, context, titles, entities[i], wanted, words, &any, error))
            return false;
    if (asked)
        mw_put_format(root, "title", _("Search: %s"), words);
    else
        mw_put_text(root, "title", _("Search"));
    mw_put_bool(node, "asked", asked);
    mw_put_bool(node, "any", any);
    return mw_reply_page(request, reply, "search", error);
}

/* JSON for the palette: [{text, note, href}]; without words what was opened last. */
static bool
suggest(const MwRequest *request, MwReply *reply, GError **error)
{
    const MwContext *context = request->context;
    const char *words = mw_query_param(request, "q");
    g_autoptr(GPtrArray) found = NULL;

    if (words && *words) {
        g_autoptr(GArray) wanted = find_hits(context, words, OFFERED, error);
        found = wanted ? mw_found_read(context, wanted, error) : NULL;
    } else {
        found = mw_visits_find(context, false, OFFERED, error);
    }
    if (!found)
        return false;
    json_t *list = json_array();
    for (guint i = 0; i < found->len; i++) {
        const MwFound *item = found->pdata[i];
        g_autofree char *href =
            g_strdup_printf("/%s/%" G_GINT64_FORMAT, item->entity->path, item->id);
        json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "text", item->title, "note",
                                              mw_entity_label(item->entity), "href", href));
    }
    char *text = json_dumps(list, JSON_COMPACT);
    mw_reply_type(reply, "application/json");
    g_string_append(mw_reply_body(reply), text);
    free(text);
    json_decref(list);
    return true;
}

const MwRoute mw_search_routes[] = {
    { MW_GET, "/search", MW_FOR_USERS, 0, MW_RUN_READ, show_search },
    { MW_GET, "/search/suggest", MW_FOR_USERS, 0, MW_RUN_READ, suggest },
    { .path = NULL },
};
