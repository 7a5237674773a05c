/* reach: whom to ring or write to, at the top of a record on a phone: it itself, else its contact, else its account. */
#include "base/i18n.h"
#include "model/kinds/kinds.h"
#include "web/record.h"

/* The first value of a kind that the actor sees; a mobile phone before others. */
static const char *
first_of(const MwContext *context, const MwRecord *record, const MwKind *kind)
{
    const char *found = NULL;

    for (size_t i = 0; i < record->entity->n_fields; i++) {
        const MwField *field = &record->entity->fields[i];
        if (field->kind != kind || mw_record_is_null(record, field->name) ||
            !mw_actor_sees_of(context->actor, record, field))
            continue;
        if (!found || g_str_equal(field->name, "mobile"))
            found = mw_record_text(record, field->name);
    }
    return found;
}

static void
put_way(MwNode *list, const char *scheme, const char *to, const char *icon, const char *label,
        const char *name)
{
    if (!to)
        return;
    MwNode *item = mw_put_object(list, NULL);
    mw_put_format(item, "href", "%s:%s", scheme, to);
    mw_put_copy(item, "to", to);
    mw_put_text(item, "icon", icon);
    mw_put_text(item, "label", label);
    mw_put_copy(item, "name", name);
}

static bool
put_ways(MwNode *list, const MwContext *context, const MwRecord *record, bool other)
{
    const char *phone = first_of(context, record, &mw_phone);
    const char *mail = first_of(context, record, &mw_email);
    g_autoptr(GString) name = g_string_new(NULL);

    if (other)
        mw_record_title(record, name);
    put_way(list, "tel", phone, "phone", _("Call now"), other ? name->str : NULL);
    put_way(list, "mailto", mail, "mail", _("Write e-mail"), other ? name->str : NULL);
    return phone || mail;
}

static bool
has_own(const MwEntity *entity)
{
    for (size_t i = 0; i < entity->n_fields; i++)
        if (entity->fields[i].kind == &mw_phone || entity->fields[i].kind == &mw_email)
            return true;
    return false;
}

/* One statement for each link that is looked at, and none for what has a number itself. */
bool
mw_reach_put(MwNode *node, const MwRecordPage *page, GError **error)
{
    static const char *const links[] = { "contact", "lead", "account" };
    const MwContext *context = page->request->context;
    MwNode *list = mw_put_list(node, "reach");
    bool found = put_ways(list, context, page->record, false);

    for (size_t i = 0; !found && !has_own(page->entity) && i < G_N_ELEMENTS(links); i++) {
        const MwField *field = mw_entity_field(page->entity, links[i]);
        int64_t id = field && field->target ? mw_record_int(page->record, links[i]) : 0;
        const MwEntity *target = id ? mw_catalog_entity(context->catalog, field->target) : NULL;
        if (!target || !mw_actor_may(context->actor, target, MW_MAY_READ))
            continue;
        g_autoptr(MwFilter) one =
            mw_filter_test(&target->fields[MW_FIELD_ID], MW_TEST_EQ, MW_INT(id));
        MwQuery query = { .entity = target, .filter = one, .limit = 1 };
        g_autoptr(GPtrArray) records = mw_record_find(context, &query, MW_MAY_READ, NULL, error);
        if (!records)
            return false;
        found = records->len > 0 && put_ways(list, context, records->pdata[0], true);
    }
    mw_put_bool(node, "reaches", found);
    return true;
}
