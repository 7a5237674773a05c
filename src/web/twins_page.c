/* twins_page: records that are probably there twice, group by group: merged, or parted for good. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/id.h"
#include "methods/duplicates.h"
#include "web/admin.h"
#include "web/api.h"
#include "web/pages.h"
#include "web/routes.h"
#include "web/table.h"

enum { GROUPS = 10, GROUPS_BY_API = 50, SKIP_MAX = 100000 };

static bool
has_twins(const MwRequest *request, GError **error)
{
    if (!request->entity->twins)
        return mw_fail(error, MW_ERROR_NOT_FOUND, _("There is no such page."));
    return true;
}

/* ---- the page --------------------------------------------------------------------------- */

static void
put_entities(const MwRequest *request, MwNode *node)
{
    MwNode *tabs = mw_put_list(node, "entities");
    size_t n;
    const MwEntity *const *entities = mw_catalog_entities(request->context->catalog, &n);

    for (size_t i = 0; i < n; i++) {
        if (!entities[i]->twins ||
            !mw_actor_may(request->context->actor, entities[i], MW_MAY_UPDATE))
            continue;
        MwNode *tab = mw_put_object(tabs, NULL);
        mw_put_text(tab, "label", mw_entity_plural(entities[i]));
        mw_put_format(tab, "href", "/%s/twins", entities[i]->path);
        mw_put_bool(tab, "active", entities[i] == request->entity);
    }
}

static bool
put_group(const MwRequest *request, MwNode *groups, const MwDuplicates *twins, GError **error)
{
    const MwContext *context = request->context;
    const MwEntity *entity = request->entity;
    g_autoptr(GPtrArray) fields = mw_fields_seen(context, entity, entity->list);
    g_autoptr(MwFilter) filter =
        mw_filter_test(&entity->fields[MW_FIELD_ID], MW_TEST_IN, MW_NOTHING);
    g_autoptr(MwTitles) titles = mw_titles_new(context);
    MwQuery query = { .entity = entity, .filter = filter };
    MwNode *group = mw_put_object(groups, NULL), *ids = mw_put_list(group, "ids");
    g_autofree char *reasons = mw_duplicates_reasons(entity, twins->reasons);

    for (guint i = 0; i < twins->ids->len; i++) {
        mw_filter_value(filter, MW_INT(g_array_index(twins->ids, int64_t, i)));
        mw_put_format(mw_put_object(ids, NULL), "id", "%" G_GINT64_FORMAT,
                      g_array_index(twins->ids, int64_t, i));
    }
    mw_put_copy(group, "reasons", reasons);
    mw_put_format(group, "score", "%" G_GINT64_FORMAT " %%", twins->score);
    mw_table_want(&query, fields);
    g_autoptr(GPtrArray) records = mw_record_find(context, &query, MW_MAY_READ, NULL, error);
    if (!records)
        return false;
    const MwField *title = mw_table_title(entity, fields);
    mw_table_narrow(fields, title, records);
    MwTable table = {
        .context = context, .links = titles, .fields = fields, .title = title, .origin = ""
    };
    return mw_table_put(group, &table, records, error);
}

static unsigned
skip_of(const MwRequest *request, const char *name)
{
    const char *text = mw_query_param(request, name);

    return text ? (unsigned)CLAMP(g_ascii_strtoll(text, NULL, 10), 0, SKIP_MAX) : 0;
}

static bool
put_groups(const MwRequest *request, MwNode *node, GError **error)
{
    const MwEntity *entity = request->entity;
    unsigned skip = skip_of(request, "from");
    MwNode *groups = mw_put_list(node, "groups");
    g_autoptr(GPtrArray) found =
        mw_duplicates_find(request->context, entity, skip, GROUPS + 1, error);

    for (guint i = 0; found && i < MIN(found->len, GROUPS); i++)
        if (!put_group(request, groups, found->pdata[i], error))
            return false;
    if (found && found->len > GROUPS)
        mw_put_format(node, "more", "/%s/twins?from=%u", entity->path, skip + GROUPS);
    else
        mw_put_text(node, "more", NULL);
    return found != NULL;
}

static bool
show_twins(const MwRequest *request, MwReply *reply, GError **error)
{
    const MwEntity *entity = request->entity;
    MwNode *root = mw_view_root(request->view), *node = mw_put_object(root, "twins");
    MwDuplicatesSearch last;

    if (!has_twins(request, error) || !mw_duplicates_last(request->context, entity, &last, error))
        return false;
    if (request->fragment && !last.works)
        mw_reply_header(reply, "HX-Refresh", "true");
    mw_put_format(node, "here", "/%s/twins", entity->path);
    if (request->fragment)
        return mw_reply_page(request, reply, "twins-work", error);
    mw_put_format(root, "title", _("Duplicates: %s"), mw_entity_plural(entity));
    mw_put_text(node, "path", entity->path);
    mw_put_bool(node, "works", last.works);
    mw_put_bool(node, "failed", last.failed);
    mw_put_bool(node, "never", !last.at);
    mw_put_bool(node, "searches", mw_duplicates_may_search(request->context, entity));
    mw_put_instant(request, node, "searched_at", last.works || last.failed ? 0 : last.at);
    put_entities(request, node);
    mw_flash_put(request);
    return put_groups(request, node, error) && mw_reply_page(request, reply, "twins", error);
}

/* ---- what is done there ------------------------------------------------------------------- */

static bool
search_again(const MwRequest *request, MwReply *reply, GError **error)
{
    g_autofree char *path = g_strdup_printf("/%s/twins", request->entity->path);

    return has_twins(request, error) &&
           mw_duplicates_start(request->context, request->entity, error) &&
           mw_reply_see_other(reply, path);
}

/* All of them have to be there for the actor. */
static bool
read_parted(const MwRequest *request, const GArray *ids, GError **error)
{
    for (guint i = 0; i < ids->len; i++) {
        g_autoptr(MwRecord) record = mw_record_read(request->context, request->entity,
                                                    g_array_index(ids, int64_t, i), MW_LIVE, error);
        if (!record)
            return false;
    }
    return true;
}

static bool
part(const MwRequest *request, MwReply *reply, GError **error)
{
    g_autoptr(GArray) ids = g_array_new(false, false, sizeof(int64_t));
    g_autofree char *path = g_strdup_printf("/%s/twins", request->entity->path);

    for (size_t i = 0; i < request->n_form && ids->len < MW_DUPLICATES_GROUP_MAX; i++) {
        int64_t id =
            g_str_equal(request->form[i].name, "_id") ? mw_id_read(request->form[i].value) : 0;
        if (id > 0)
            g_array_append_val(ids, id);
    }
    return has_twins(request, error) && read_parted(request, ids, error) &&
           mw_duplicates_part(request->context, request->entity, ids, error) &&
           mw_reply_done(reply, path, "parted");
}

/* ---- REST ----------------------------------------------------------------------------------- */

static json_t *
group_json(const MwEntity *entity, const MwDuplicates *group)
{
    json_t *ids = json_array(), *reasons = json_array();
    g_autofree char *words = mw_duplicates_reasons(entity, group->reasons);

    for (guint i = 0; i < group->ids->len; i++) {
        char id[24];
        g_snprintf(id, sizeof id, "%" G_GINT64_FORMAT, g_array_index(group->ids, int64_t, i));
        json_array_append_new(ids, json_string(id));
    }
    for (size_t i = 0; entity->twins[i]; i++)
        if (group->reasons & (INT64_C(1) << i))
            json_array_append_new(reasons, json_string(entity->twins[i]));
    if (group->reasons & MW_DUPLICATES_SOUND)
        json_array_append_new(reasons, json_string("sound"));
    if (group->reasons & MW_DUPLICATES_NEAR)
        json_array_append_new(reasons, json_string("spelling"));
    return json_pack("{s:I,s:s,s:o,s:o}", "score", (json_int_t)group->score, "text", words,
                     "reasons", reasons, "ids", ids);
}

static json_t *
search_json(const MwDuplicatesSearch *last)
{
    const char *status = last->works    ? "working"
                         : last->failed ? "failed"
                         : last->at     ? "done"
                                        : "never";
    g_autofree char *at = last->at ? mw_instant_rfc3339(last->at) : NULL;

    return json_pack("{s:s,s:s?}", "status", status, "at", at);
}

static bool
list_by_api(const MwRequest *request, MwReply *reply, GError **error)
{
    const MwEntity *entity = request->entity;
    unsigned skip = skip_of(request, "after");
    MwDuplicatesSearch last;
    g_autofree char *next = NULL;

    if (!has_twins(request, error) || !mw_duplicates_last(request->context, entity, &last, error))
        return false;
    g_autoptr(GPtrArray) found =
        mw_duplicates_find(request->context, entity, skip, GROUPS_BY_API + 1, error);
    if (!found)
        return false;
    json_t *data = json_array();
    for (guint i = 0; i < MIN(found->len, GROUPS_BY_API); i++)
        json_array_append_new(data, group_json(entity, found->pdata[i]));
    if (found->len > GROUPS_BY_API)
        next = g_strdup_printf("%u", skip + GROUPS_BY_API);
    return mw_reply_json(reply, json_pack("{s:o,s:s?,s:o}", "data", data, "next", next, "search",
                                          search_json(&last)));
}

static bool
search_by_api(const MwRequest *request, MwReply *reply, GError **error)
{
    if (!has_twins(request, error) ||
        !mw_duplicates_start(request->context, request->entity, error))
        return false;
    mw_reply_status(reply, 202);
    mw_reply_type(reply, "application/json");
    g_string_append(mw_reply_body(reply), "{\"status\":\"working\"}");
    return true;
}

static bool
part_by_api(const MwRequest *request, MwReply *reply, GError **error)
{
    g_autoptr(MwProblems) problems = mw_problems_new();
    json_t *body =
        has_twins(request, error) ? mw_api_object(request, MW_NAMES("ids"), problems, error) : NULL;

    if (!body)
        return false;
    g_autoptr(GArray) ids =
        mw_api_ids(json_object_get(body, "ids"), "ids", 2, MW_DUPLICATES_GROUP_MAX, problems);
    json_decref(body);
    if (mw_problems_any(problems)) {
        mw_api_problems(reply, problems, -1);
        return true;
    }
    mw_reply_status(reply, 204);
    return read_parted(request, ids, error) &&
           mw_duplicates_part(request->context, request->entity, ids, error);
}

#define API "/api/v1/{entity}/twins"

const MwRoute mw_twins_routes[] = {
    { MW_GET, "/{entity}/twins", MW_FOR_RIGHT, MW_MAY_UPDATE, MW_RUN_READ, show_twins },
    { MW_POST, "/{entity}/twins/search", MW_FOR_RIGHT, MW_MAY_UPDATE, MW_RUN_WRITE, search_again },
    { MW_POST, "/{entity}/twins/part", MW_FOR_RIGHT, MW_MAY_UPDATE, MW_RUN_WRITE, part },
    { MW_GET, API, MW_FOR_RIGHT, MW_MAY_UPDATE, MW_RUN_READ, list_by_api },
    { MW_POST, API "/search", MW_FOR_RIGHT, MW_MAY_UPDATE, MW_RUN_WRITE, search_by_api },
    { MW_POST, API "/part", MW_FOR_RIGHT, MW_MAY_UPDATE, MW_RUN_WRITE, part_by_api },
    { .path = NULL },
};
