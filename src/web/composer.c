/* composer: an activity written where its record is: note, call, visit, mail or task, and what is to be done next. */
#include "base/clock.h"
#include "base/i18n.h"
#include "base/id.h"
#include "web/activity.h"
#include "web/mailing.h"

/* What was typed in this form, when it comes back with what was wrong; else NULL. */
static const char *
typed(const MwRecordPage *page, const char *name)
{
    return mw_form_param(page->request, "_composer") ? mw_form_param(page->request, name) : NULL;
}

/* With whom it was: contacts of the account come first; of a contact's own page it is he. */
static bool
put_contact(MwNode *composer, const MwRecordPage *page, const MwEntity *activity, GError **error)
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
        return true;
    }
    MwNode *with = mw_put_object(composer, "with");
    const MwEntity *target = mw_catalog_entity(context->catalog, "contact");
    const char *chosen = typed(page, "contact");
    int64_t id = chosen                       ? mw_id_read(chosen)
                 : contact && contact->target ? mw_record_int(page->record, "contact")
                                              : 0;
    g_autoptr(MwTitles) links = mw_titles_new(context);
    mw_titles_only_seen(links);
    if (id)
        mw_titles_want_id(links, target, id);
    if (!mw_titles_read(links, error))
        return false;
    const char *name = id ? mw_titles_get(links, target, id) : NULL;
    mw_put_format(with, "lookup", "/lookup/contact?near=account.%" G_GINT64_FORMAT, near);
    mw_put_copy(with, "name", name);
    mw_put_format(with, "value", "%" G_GINT64_FORMAT, id);
    return true;
}

/* Now, to the minute, and tomorrow: a task is seldom for today. */
static void
put_times(MwNode *composer, const MwRecordPage *page)
{
    const MwContext *context = page->request->context;
    const char *begins = typed(page, "starts_at"), *due = typed(page, "due_on");
    GTimeZone *zone = context->locale.zone;
    g_autofree char *now = mw_instant_format(context->now, zone, MW_CLOCK_ISO);
    g_autofree char *tomorrow =
        mw_date_format(mw_date_of_instant(context->now, zone) + 1, MW_CLOCK_ISO);

    g_strdelimit(now, " ", 'T');
    mw_put_copy(composer, "now", begins ? begins : now);
    mw_put_copy(composer, "tomorrow", due ? due : tomorrow);
}

static void
put_typed(MwNode *composer, const MwRecordPage *page)
{
    static const char *const names[] = { "subject", "body", "place", "result" };
    const char *step = typed(page, "next_step"), *result = typed(page, "result");

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        mw_put_copy(composer, names[i], typed(page, names[i]));
    mw_put_copy(composer, "given_step", step);
    mw_put_bool(composer, "next_open", (step && *step) || (result && *result));
    mw_put_bool(composer, "typed", typed(page, "_composer") != NULL);
    mw_put_bool(composer, "files_again", page->request->n_uploads > 0);
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
    const char *chosen = typed(page, "type");
    put_typed(composer, page);
    mw_put_format(composer, "action", "/%s/%" G_GINT64_FORMAT "/activities?tab=timeline",
                  page->entity->path, mw_record_id(page->record));
    for (const MwChoice *choice = type->choices; choice->key; choice++) {
        MwNode *item = mw_put_object(list, NULL);
        mw_put_text(item, "key", choice->key);
        mw_put_text(item, "label", _(choice->label));
        mw_put_bool(item, "first",
                    chosen ? g_str_equal(choice->key, chosen) : choice == type->choices);
        mw_put_text(item, "icon", mw_activity_icon(choice->key));
    }
    if (!put_contact(composer, page, activity, error))
        return false;
    put_times(composer, page);
    mw_put_int(composer, "max", MW_FILE_MAX);
    mw_put_int(composer, "max_mib", MW_FILE_MAX >> 20);
    return mw_mail_composer_put(composer, page, error);
}
