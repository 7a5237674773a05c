/* composer: an activity written where its record is: note, call, visit, mail or task, and what is to be done next. */
#include "base/clock.h"
#include "base/i18n.h"
#include "web/activity.h"
#include "web/mailing.h"

/* With whom it was: contacts of the account come first; of a contact's own page it is he. */
static void
put_contact(MwNode *composer, const MwRecordPage *page, const MwEntity *activity)
{
    const MwContext *context = page->request->context;
    const MwField *field = mw_entity_field(activity, "contact");
    const MwField *account = mw_entity_field(page->entity, "account");
    const MwField *contact = mw_entity_field(page->entity, "contact");
    bool is_account = g_str_equal(page->entity->name, "account");
    int64_t near = is_account ? mw_record_id(page->record)
                   : account && g_strcmp0(account->target, "account") == 0
                       ? mw_record_int(page->record, "account")
                       : 0;

    if (near == 0 || g_str_equal(page->entity->name, "contact") ||
        !mw_actor_edits(context->actor, activity, field) ||
        !mw_actor_may(context->actor, mw_catalog_entity(context->catalog, "contact"),
                      MW_MAY_READ)) {
        mw_put_text(composer, "with", NULL);
        return;
    }
    MwNode *with = mw_put_object(composer, "with");
    int64_t id = contact && contact->target ? mw_record_int(page->record, "contact") : 0;
    const char *name =
        id ? mw_titles_get(page->links, mw_catalog_entity(context->catalog, "contact"), id) : NULL;
    mw_put_format(with, "lookup", "/lookup/contact?near=account.%" G_GINT64_FORMAT, near);
    mw_put_copy(with, "name", name);
    mw_put_format(with, "value", "%" G_GINT64_FORMAT, id);
}

/* Now, to the minute, and tomorrow: a task is seldom for today. */
static void
put_times(MwNode *composer, const MwContext *context)
{
    GTimeZone *zone = context->locale.zone;
    g_autofree char *now = mw_instant_format(context->now, zone, MW_CLOCK_ISO);
    g_autofree char *tomorrow =
        mw_date_format(mw_date_of_instant(context->now, zone) + 1, MW_CLOCK_ISO);

    g_strdelimit(now, " ", 'T');
    mw_put_copy(composer, "now", now);
    mw_put_copy(composer, "tomorrow", tomorrow);
}

bool
mw_composer_put(MwNode *node, const MwRecordPage *page, const MwEntity *activity, GError **error)
{
    const MwField *type = activity ? mw_entity_field(activity, "type") : NULL;

    if (!type || !mw_actor_may(page->request->context->actor, activity, MW_MAY_CREATE) ||
        !mw_record_is_null(page->record, "deleted_at")) {
        mw_put_text(node, "composer", NULL);
        return true;
    }
    MwNode *composer = mw_put_object(node, "composer");
    MwNode *list = mw_put_list(composer, "types");
    mw_put_format(composer, "action", "/%s/%" G_GINT64_FORMAT "/activities", page->entity->path,
                  mw_record_id(page->record));
    for (const MwChoice *choice = type->choices; choice->key; choice++) {
        MwNode *item = mw_put_object(list, NULL);
        mw_put_text(item, "key", choice->key);
        mw_put_text(item, "label", _(choice->label));
        mw_put_bool(item, "first", choice == type->choices);
        mw_put_text(item, "icon", mw_activity_icon(choice->key));
    }
    put_contact(composer, page, activity);
    put_times(composer, page->request->context);
    mw_put_int(composer, "max", MW_FILE_MAX);
    mw_put_int(composer, "max_mib", MW_FILE_MAX >> 20);
    return mw_mail_composer_put(composer, page, error);
}
