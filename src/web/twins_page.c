/* twins_page: records that are probably there twice, group by group: merged, or parted for good. */
#include "base/i18n.h"
#include "methods/duplicates.h"
#include "record/job.h"
#include "web/admin.h"
#include "web/pages.h"
#include "web/routes.h"
#include "web/table.h"

enum { GROUPS = 10 };

/* ---- the search that runs or ran last ------------------------------------------------- */

typedef struct {
    char status[16];
    int64_t at;
} Last;

static bool
keep_last(const MwValue *columns, size_t n_columns G_GNUC_UNUSED, void *data)
{
    Last *last = data;

    g_strlcpy(last->status, columns[0].text, sizeof last->status);
    last->at = columns[1].integer;
    return false;
}

static char *
payload_of(const MwEntity *entity)
{
    return g_strdup_printf("{\"entity\":\"%s\"}", entity->name);
}

static bool
read_last(const MwRequest *request, Last *last, GError **error)
{
    g_autofree char *payload = payload_of(request->entity);
    MwValue param = MW_BORROW(payload);

    *last = (Last){ 0 };
    return mw_store_run(request->context->store,
                        "SELECT status, updated_at FROM job WHERE kind = 'twins' AND payload = $1 "
                        "ORDER BY id DESC LIMIT 1",
                        &param, 1, keep_last, last, error);
}

static bool
is_at_work(const Last *last)
{
    return g_str_equal(last->status, "queued") || g_str_equal(last->status, "running");
}

static char *
path_of(const MwEntity *entity)
{
    return g_strdup_printf("/%s/twins", entity->path);
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
    mw_put_format(group, "number", "%" G_GINT64_FORMAT, twins->number);
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

static bool
show_twins(const MwRequest *request, MwReply *reply, GError **error)
{
    const MwEntity *entity = request->entity;
    const char *from = mw_query_param(request, "from");
    unsigned skip = from ? (unsigned)CLAMP(g_ascii_strtoll(from, NULL, 10), 0, 100000) : 0;
    MwNode *root = mw_view_root(request->view), *node = mw_put_object(root, "twins");
    Last last;

    if (!entity->twins)
        return mw_fail(error, MW_ERROR_NOT_FOUND, _("There is no such page."));
    g_autoptr(GPtrArray) found =
        mw_duplicates_find(request->context, entity, skip, GROUPS + 1, error);
    if (!found || !read_last(request, &last, error))
        return false;
    mw_put_format(root, "title", _("Duplicates: %s"), mw_entity_plural(entity));
    mw_put_text(node, "path", entity->path);
    g_autofree char *here = path_of(entity);
    mw_put_copy(node, "here", here);
    mw_put_bool(node, "works", is_at_work(&last));
    mw_put_bool(node, "never", !last.at);
    mw_put_instant(request, node, "searched_at", is_at_work(&last) ? 0 : last.at);
    put_entities(request, node);
    MwNode *groups = mw_put_list(node, "groups");
    for (guint i = 0; i < MIN(found->len, GROUPS); i++)
        if (!put_group(request, groups, found->pdata[i], error))
            return false;
    if (found->len > GROUPS)
        mw_put_format(node, "more", "/%s/twins?from=%u", entity->path, skip + GROUPS);
    else
        mw_put_text(node, "more", NULL);
    mw_flash_put(request);
    return mw_reply_page(request, reply, "twins", error);
}

/* ---- what is done there ------------------------------------------------------------------- */

static bool
search_again(const MwRequest *request, MwReply *reply, GError **error)
{
    const MwContext *context = request->context;
    g_autofree char *payload = payload_of(request->entity), *path = path_of(request->entity);
    Last last;

    if (!request->entity->twins)
        return mw_fail(error, MW_ERROR_NOT_FOUND, _("There is no such page."));
    return read_last(request, &last, error) &&
           (is_at_work(&last) || mw_job_add(context, "twins", payload, context->now, error) != 0) &&
           mw_reply_see_other(reply, path);
}

static bool
part(const MwRequest *request, MwReply *reply, GError **error)
{
    g_autoptr(GArray) ids = g_array_new(false, false, sizeof(int64_t));
    g_autofree char *path = path_of(request->entity);

    for (size_t i = 0; i < request->n_form; i++) {
        int64_t id = g_str_equal(request->form[i].name, "_id")
                         ? g_ascii_strtoll(request->form[i].value, NULL, 10)
                         : 0;
        if (id <= 0)
            continue;
        g_autoptr(MwRecord) record =
            mw_record_read(request->context, request->entity, id, MW_LIVE, error);
        if (!record)
            return false;
        g_array_append_val(ids, id);
    }
    return mw_duplicates_part(request->context, request->entity, mw_id_param(request, "number"),
                              ids, error) &&
           mw_reply_done(reply, path, "parted");
}

const MwRoute mw_twins_routes[] = {
    { MW_GET, "/{entity}/twins", MW_FOR_RIGHT, MW_MAY_UPDATE, MW_RUN_READ, show_twins },
    { MW_POST, "/{entity}/twins/search", MW_FOR_RIGHT, MW_MAY_UPDATE, MW_RUN_WRITE, search_again },
    { MW_POST, "/{entity}/twins/part", MW_FOR_RIGHT, MW_MAY_UPDATE, MW_RUN_WRITE, part },
    { .path = NULL },
};
