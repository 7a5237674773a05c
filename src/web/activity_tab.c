/* activity_tab: what an activity is about, on its own page: when, with whom, what was said and what came of it. */
#include "base/i18n.h"
#include "web/activity.h"
#include "web/record.h"

static bool
is_told(const MwRecordPage *page, const MwField *field)
{
    return mw_actor_sees(page->request->context->actor, page->entity, field) &&
           mw_record_value(page->record, field)->is != MW_NULL;
}

static void
put_fact(MwNode *facts, const MwRecordPage *page, const char *name)
{
    const MwField *field = mw_entity_field(page->entity, name);

    if (!is_told(page, field))
        return;
    MwNode *fact = mw_put_object(facts, NULL);
    mw_put_text(fact, "label", mw_field_label(field));
    mw_cell_put(page->request->context, fact, page->links, page->record, field,
                mw_cell_partial(field));
}

static void
put_text(MwNode *texts, const MwRecordPage *page, const char *name)
{
    const MwField *field = mw_entity_field(page->entity, name);

    if (!is_told(page, field))
        return;
    MwNode *text = mw_put_object(texts, NULL);
    mw_put_text(text, "label", mw_field_label(field));
    mw_prose_put(text, "prose", mw_record_text(page->record, name));
}

/* Those of its lines that are people: colleagues, contacts. */
static bool
put_people(MwNode *people, const MwRecordPage *page, const char *detail, const char *link,
           GError **error)
{
    const MwContext *context = page->request->context;
    const MwEntity *entity = mw_catalog_entity(context->catalog, detail);
    const MwField *field = mw_entity_field(entity, link);
    g_autoptr(GPtrArray) lines =
        mw_record_details(context, entity, mw_record_id(page->record), error);

    for (guint i = 0; lines && i < lines->len; i++)
        mw_titles_want(page->links, field, mw_record_value(lines->pdata[i], field));
    if (!lines || !mw_titles_read(page->links, error))
        return false;
    if (lines->len == 0)
        return true;
    MwNode *item = mw_put_object(people, NULL), *list = mw_put_list(item, "who");
    mw_put_text(item, "label", mw_entity_plural(entity));
    for (guint i = 0; i < lines->len; i++)
        mw_cell_put(context, mw_put_object(list, NULL), page->links, lines->pdata[i], field,
                    mw_cell_partial(field));
    return true;
}

bool
mw_activity_tab(MwNode *node, MwRecordPage *page, GError **error)
{
    static const char *const facts[] = { "starts_at", "ends_at",     "due_on",
                                         "place",     "account",     "contact",
                                         "lead",      "opportunity", "sales_order" };
    static const char *const texts[] = { "body", "result", "next_step" };
    MwNode *list = mw_put_list(node, "about");

    for (size_t i = 0; i < G_N_ELEMENTS(facts); i++)
        put_fact(list, page, facts[i]);
    list = mw_put_list(node, "texts");
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        put_text(list, page, texts[i]);
    list = mw_put_list(node, "people");
    return put_people(list, page, "activity_contact", "contact", error) &&
           put_people(list, page, "activity_user", "user", error);
}
