/* rail: what stands at the right of a record: people, open activities, files. */
#include "base/clock.h"
#include "base/i18n.h"
#include "web/activity.h"
#include "web/people.h"

enum { PEOPLE_SHOWN = 6, ACTIVITIES_SHOWN = 6, FILES_SHOWN = 20 };

static GPtrArray *
find_linked(const MwRecordPage *page, const MwLinkFrom *link, MwFilter *more, const char *order,
            unsigned limit, bool *others, GError **error)
{
    g_autoptr(MwFilter) filter = mw_filter_all();
    MwQuery query = { .entity = link->entity, .filter = filter, .limit = limit };

    mw_filter_add(filter,
                  mw_filter_test(link->field, MW_TEST_EQ, MW_INT(mw_record_id(page->record))));
    mw_filter_add(filter, more);
    if (order && mw_order_parse(link->entity, order, &query.order[0]))
        query.n_order = 1;
    return mw_record_find(page->request->context, &query, MW_MAY_READ, others, error);
}

/* A field's text where the actor sees it. */
static void
put_text(MwNode *node, const MwRecordPage *page, const MwRecord *record, const char *key,
         const char *name)
{
    const MwField *field = mw_entity_field(record->entity, name);
    g_autoptr(GString) text = g_string_new(NULL);

    if (field && mw_actor_sees(page->request->context->actor, record->entity, field))
        mw_cell_text(page->request->context, page->links, record, field,
                     mw_record_value(record, field), text);
    mw_put_copy_at(node, mw_key(key), text->str, text->len);
}

static void
put_new(MwNode *node, const MwRecordPage *page, const MwLinkFrom *link)
{
    if (mw_actor_may(page->request->context->actor, link->entity, MW_MAY_CREATE) &&
        mw_record_is_null(page->record, "deleted_at"))
        mw_put_format(node, "create", "/%s/new?%s=%" G_GINT64_FORMAT, link->entity->path,
                      link->field->name, mw_record_id(page->record));
    else
        mw_put_text(node, "create", NULL);
    mw_put_format(node, "all", "/%s?%s=eq.%" G_GINT64_FORMAT, link->entity->path, link->field->name,
                  mw_record_id(page->record));
}

static const MwLinkFrom *
readable_link(const MwRecordPage *page, const char *from)
{
    const MwContext *context = page->request->context;
    const MwLinkFrom *link = mw_link_from(context->catalog, page->entity, from);

    return link && mw_actor_may(context->actor, link->entity, MW_MAY_READ) ? link : NULL;
}

/* Who has a part in the decision on a deal; all about them is on the tab of the people. */
static bool
put_decision(MwNode *rail, const MwRecordPage *page, const MwEntity *person, GError **error)
{
    const MwContext *context = page->request->context;
    const MwEntity *contact = mw_catalog_entity(context->catalog, "contact");
    int64_t id = mw_record_id(page->record);
    g_autoptr(MwFilter) of_record =
        mw_filter_test(mw_entity_field(person, person->master), MW_TEST_EQ, MW_INT(id));
    MwQuery query = { .entity = person, .filter = of_record, .limit = PEOPLE_SHOWN };
    g_autoptr(GPtrArray) lines = mw_record_find(context, &query, MW_MAY_READ, NULL, error);
    char path[MW_RECORD_PATH_SIZE];

    for (guint i = 0; lines && i < lines->len; i++)
        mw_titles_want_all(page->links, lines->pdata[i]);
    if (!lines || !mw_titles_read(page->links, error))
        return false;
    MwNode *people = mw_put_object(rail, "people"), *items = mw_put_list(people, "items");
    mw_put_text(people, "label", mw_entity_plural(person));
    mw_put_bool(people, "any", lines->len > 0);
    mw_put_bool(people, "more", lines->len > 0);
    mw_put_format(people, "all", "/%s/%" G_GINT64_FORMAT "?tab=people", page->entity->path, id);
    if (mw_record_is_null(page->record, "deleted_at") &&
        mw_actor_may(context->actor, page->entity, MW_MAY_UPDATE))
        mw_put_format(people, "create", "/%s/%" G_GINT64_FORMAT "/people/new", page->entity->path,
                      id);
    else
        mw_put_text(people, "create", NULL);
    for (guint i = 0; i < lines->len; i++) {
        MwNode *item = mw_put_object(items, NULL);
        mw_put_copy(item, "href",
                    mw_record_path(contact, mw_record_int(lines->pdata[i], "contact"), path));
        put_text(item, page, lines->pdata[i], "name", "contact");
        put_text(item, page, lines->pdata[i], "job", "role");
        mw_put_text(item, "mobile", NULL);
        mw_put_text(item, "email", NULL);
    }
    return true;
}

static bool
put_people(MwNode *rail, const MwRecordPage *page, GError **error)
{
    const MwLinkFrom *link = readable_link(page, "contact");
    bool more = false;

    for (size_t i = 0; page->entity->details[i]; i++)
        if (g_str_equal(page->entity->details[i]->name, "opportunity_person"))
            return put_decision(rail, page, page->entity->details[i], error);
    if (!link) {
        mw_put_text(rail, "people", NULL);
        return true;
    }
    g_autoptr(GPtrArray) contacts =
        find_linked(page, link, NULL, "name", PEOPLE_SHOWN, &more, error);
    if (!contacts)
        return false;
    MwNode *people = mw_put_object(rail, "people"), *items = mw_put_list(people, "items");
    mw_put_text(people, "label", mw_entity_plural(link->entity));
    mw_put_bool(people, "more", more);
    mw_put_bool(people, "any", contacts->len > 0);
    put_new(people, page, link);
    for (guint i = 0; i < contacts->len; i++) {
        const MwRecord *contact = contacts->pdata[i];
        MwNode *item = mw_put_object(items, NULL);
        mw_put_format(item, "href", "/%s/%" G_GINT64_FORMAT, link->entity->path,
                      mw_record_id(contact));
        put_text(item, page, contact, "name", "name");
        put_text(item, page, contact, "job", "job_title");
        put_text(item, page, contact, "mobile", "mobile");
        put_text(item, page, contact, "email", "email");
    }
    return true;
}

static void
put_open_activity(MwNode *items, const MwRecordPage *page, const MwRecord *activity)
{
    const MwContext *context = page->request->context;
    g_autofree char *today =
        mw_date_format(mw_date_of_instant(context->now, context->locale.zone), MW_CLOCK_ISO);
    const char *due = mw_record_text(activity, "due_on");
    MwNode *item = mw_put_object(items, NULL);

    mw_put_format(item, "href", "/%s/%" G_GINT64_FORMAT, activity->entity->path,
                  mw_record_id(activity));
    put_text(item, page, activity, "subject", "subject");
    put_text(item, page, activity, "type", "type");
    put_text(item, page, activity, "due", due ? "due_on" : "starts_at");
    put_text(item, page, activity, "owner", "owner");
    mw_completing_put(item, context, activity);
    mw_put_format(item, "then", "/%s/%" G_GINT64_FORMAT "?tab=timeline", page->entity->path,
                  mw_record_id(page->record));
    mw_put_bool(item, "overdue", due && strcmp(due, today) < 0);
}

static bool
put_activities(MwNode *rail, const MwRecordPage *page, GError **error)
{
    const MwLinkFrom *link = readable_link(page, "activity");
    bool more = false;

    if (!link) {
        mw_put_text(rail, "activities", NULL);
        return true;
    }
    MwFilter *open = mw_filter_test(mw_entity_field(link->entity, "done"), MW_TEST_EQ, MW_INT(0));
    g_autoptr(GPtrArray) found =
        find_linked(page, link, open, "due_on", ACTIVITIES_SHOWN, &more, error);
    if (!found)
        return false;
    for (guint i = 0; i < found->len; i++)
        mw_titles_want_all(page->links, found->pdata[i]);
    if (!mw_titles_read(page->links, error))
        return false;
    MwNode *node = mw_put_object(rail, "activities"), *items = mw_put_list(node, "items");
    mw_put_bool(node, "any", found->len > 0);
    mw_put_bool(node, "more", more);
    put_new(node, page, link);
    for (guint i = 0; i < found->len; i++)
        put_open_activity(items, page, found->pdata[i]);
    return true;
}

/* Such as "228 B", "1.4 MB": the same in every language. */
static char *
size_text(int64_t bytes)
{
    static const char *const units[] = { "kB", "MB", "GB" };
    double size = (double)bytes / 1000.0;
    size_t unit = 0;

    if (bytes < 1000)
        return g_strdup_printf("%d B", (int)bytes);
    while (size >= 999.95 && unit + 1 < G_N_ELEMENTS(units)) {
        size /= 1000.0;
        unit++;
    }
    return g_strdup_printf("%.1f %s", size, units[unit]);
}

static bool
put_files(MwNode *rail, const MwRecordPage *page, GError **error)
{
    const MwContext *context = page->request->context;
    const MwEntity *entity = mw_catalog_entity(context->catalog, "file");
    MwNode *node = mw_put_object(rail, "files");
    g_autoptr(GPtrArray) files = mw_files_of(context, page->record, FILES_SHOWN, error);

    if (!files)
        return false;
    MwNode *items = mw_put_list(node, "items");
    mw_put_bool(node, "any", files->len > 0);
    mw_put_bool(node, "uploads",
                mw_record_is_null(page->record, "deleted_at") &&
                    mw_actor_may(context->actor, page->entity, MW_MAY_UPDATE));
    mw_put_format(node, "action", "/%s/%" G_GINT64_FORMAT "/files", page->entity->path,
                  mw_record_id(page->record));
    for (guint i = 0; i < files->len; i++) {
        const MwRecord *file = files->pdata[i];
        g_autofree char *size = size_text(mw_record_int(file, "size"));
        MwNode *item = mw_put_object(items, NULL);
        mw_put_format(item, "href", "/%s/%" G_GINT64_FORMAT "/content", entity->path,
                      mw_record_id(file));
        mw_put_format(item, "remove", "/%s/%" G_GINT64_FORMAT "/remove-file", entity->path,
                      mw_record_id(file));
        mw_put_copy(item, "name", mw_record_text(file, "name"));
        mw_put_copy(item, "size", size);
        put_text(item, page, file, "when", "created_at");
    }
    return true;
}

bool
mw_rail_put(MwNode *node, const MwRecordPage *page, GError **error)
{
    MwNode *rail = mw_put_object(node, "rail");

    if (!g_str_equal(page->entity->name, "contact"))
        mw_put_text(rail, "relations", NULL);
    else if (!mw_people_put_rail(rail, page, error))
        return false;
    return put_people(rail, page, error) && put_activities(rail, page, error) &&
           put_files(rail, page, error);
}
