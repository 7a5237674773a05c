/* search_page: what the full-text index finds, by entity, and what the command palette offers while typing. */
#include <jansson.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "base/rank.h"
#include "record/search.h"
#include "web/favourites.h"
#include "web/routes.h"
#include "web/table.h"

enum { HITS_MAX = 200, GROUP_SHOWN = 8, OFFERED = 8, RANKED = 40 };

/* ---- within one entity ---------------------------------------------------------------- */

static bool
begins(const char *name, const char *with)
{
    g_autofree char *folded = g_utf8_casefold(name ? name : "", -1);

    return g_str_has_prefix(folded, with);
}

/* "acc: pump" or 客户：泵 searches the accounts alone: the first entity that opens and whose path, name or label begins
 * so. `words` then is what follows; without it, or with none that fits, everything. */
static const MwEntity *
scope_of(const MwContext *context, const char **words)
{
    const char *colon = *words ? strpbrk(*words, ":") : NULL;
    const char *wide = *words ? strstr(*words, "：") : NULL;
    const char *end = colon && (!wide || colon < wide) ? colon : wide;
    size_t n;

    if (!end || end == *words)
        return NULL;
    g_autofree char *given = g_strndup(*words, (gsize)(end - *words));
    g_autofree char *folded = g_utf8_casefold(g_strstrip(given), -1);
    const MwEntity *const *entities = mw_catalog_entities(context->catalog, &n);
    for (size_t i = 0; i < n && *folded; i++) {
        const MwEntity *entity = entities[i];
        if (!mw_entity_opens(context, entity) || entity->master ||
            (!begins(entity->path, folded) && !begins(entity->name, folded) &&
             !begins(mw_entity_label(entity), folded) && !begins(mw_entity_plural(entity), folded)))
            continue;
        *words = g_utf8_next_char(end);
        return entity;
    }
    return NULL;
}

/* ---- ranking ---------------------------------------------------------------------------- */

typedef struct {
    const MwHit *hit;
    guint place; /* newest first */
    int rank;
} Ranked;

static int
compare_ranked(gconstpointer a, gconstpointer b)
{
    const Ranked *x = a, *y = b;

    return x->rank != y->rank ? x->rank - y->rank : (x->place > y->place) - (x->place < y->place);
}

/* The best `limit` of the newest hits, of what has pages. */
static GArray *
find_hits(const MwContext *context, const char *words, const MwEntity *within, guint limit,
          GError **error)
{
    g_autoptr(GPtrArray) hits =
        mw_record_hits(context, words, within ? within->name : NULL, HITS_MAX, error);
    g_autoptr(GArray) ranked = g_array_new(false, false, sizeof(Ranked));
    GArray *wanted;

    if (!hits)
        return NULL;
    for (guint i = 0; i < hits->len; i++) {
        const MwHit *hit = hits->pdata[i];
        Ranked one = { hit, i, (int)mw_rank(hit->title, words) };
        g_array_append_val(ranked, one);
    }
    g_array_sort(ranked, compare_ranked);
    wanted = g_array_new(false, false, sizeof(MwWanted));
    for (guint i = 0; i < ranked->len && wanted->len < limit; i++) {
        const MwHit *hit = g_array_index(ranked, Ranked, i).hit;
        MwWanted one = { mw_catalog_entity(context->catalog, hit->entity), hit->record };
        if (one.entity && mw_entity_opens(context, one.entity))
            g_array_append_val(wanted, one);
    }
    return wanted;
}

/* ---- the page ------------------------------------------------------------------------------ */

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
    const MwEntity *within = scope_of(context, &words);
    size_t n;
    const MwEntity *const *entities = mw_catalog_entities(context->catalog, &n);

    g_autoptr(GArray) wanted = find_hits(context, asked ? words : "", within, HITS_MAX, error);
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

static void
add_found(json_t *list, const char *group, const GPtrArray *found)
{
    for (guint i = 0; i < found->len && i < OFFERED; i++) {
        const MwFound *item = found->pdata[i];
        g_autofree char *href =
            g_strdup_printf("/%s/%" G_GINT64_FORMAT, item->entity->path, item->id);
        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s}", "text", item->title, "note",
                                              mw_entity_label(item->entity), "href", href, "group",
                                              group));
    }
}

/* What was marked, and what was opened last. */
static bool
offer_own(const MwRequest *request, json_t *list, GError **error)
{
    g_autoptr(GPtrArray) marked = mw_favourites_find(request, OFFERED, error);
    g_autoptr(GPtrArray) opened = marked ? mw_visits_find(request->context, OFFERED, error) : NULL;

    if (!opened)
        return false;
    add_found(list, _("Favourites"), marked);
    add_found(list, _("Opened last"), opened);
    return true;
}

static bool
offer_found(const MwContext *context, const char *words, json_t *list, GError **error)
{
    const MwEntity *within = scope_of(context, &words);
    g_autoptr(GArray) wanted = find_hits(context, words, within, RANKED, error);
    g_autoptr(GPtrArray) found = wanted ? mw_found_read(context, wanted, error) : NULL;

    if (!found)
        return false;
    add_found(list, within ? mw_entity_plural(within) : _("Records found"), found);
    return true;
}

/* JSON for the palette: [{text, note, href, group}]; without words what is marked and what was opened last. */
static bool
suggest(const MwRequest *request, MwReply *reply, GError **error)
{
    const char *words = mw_query_param(request, "q");
    json_t *list = json_array();
    bool done = words && *words ? offer_found(request->context, words, list, error)
                                : offer_own(request, list, error);

    return mw_reply_json(reply, list) && done;
}

const MwRoute mw_search_routes[] = {
    { MW_GET, "/search", MW_FOR_USERS, 0, MW_RUN_READ, show_search },
    { MW_GET, "/search/suggest", MW_FOR_USERS, 0, MW_RUN_READ, suggest },
    { .path = NULL },
};
