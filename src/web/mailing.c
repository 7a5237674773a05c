#include "web/mailing.h"

#include "base/i18n.h"
#include "web/pages.h"
#include "web/routes.h"

enum { FILES_SHOWN = 50, IDS_MAX = 100 };

GArray *
mw_form_ids(const MwRequest *request, const char *name)
{
    GArray *ids = g_array_new(false, false, sizeof(int64_t));

    for (size_t i = 0; i < request->n_form && ids->len < IDS_MAX; i++) {
        const MwParam *param = &request->form[i];
        int64_t id;
        if (g_str_equal(param->name, name) &&
            g_ascii_string_to_signed(param->value, 10, 0, INT64_MAX, &id, NULL))
            g_array_append_val(ids, id);
    }
    return ids;
}

/* ---- the composer --------------------------------------------------------------------- */

/* Whether a form that comes back had chosen this one. */
static bool
is_chosen(const MwRequest *request, const char *name, int64_t id)
{
    g_autoptr(GArray) ids = mw_form_ids(request, name);

    for (guint i = 0; i < ids->len; i++)
        if (g_array_index(ids, int64_t, i) == id)
            return true;
    return false;
}

static bool
put_people(MwNode *mail, const MwRecordPage *page, GError **error)
{
    g_autoptr(GPtrArray) people =
        mw_mailing_people(page->request->context, page->record, NULL, error);
    MwNode *list = mw_put_list(mail, "people");

    for (guint i = 0; people && i < people->len; i++) {
        const MwAddressee *one = people->pdata[i];
        MwNode *item = mw_put_object(list, NULL);
        mw_put_format(item, "value", "%" G_GINT64_FORMAT, one->contact);
        mw_put_format(item, "label", "%s <%s>", one->name, one->address);
        mw_put_bool(item, "chosen", is_chosen(page->request, "_to", one->contact));
    }
    mw_put_bool(mail, "any", people && people->len > 0);
    return people != NULL;
}

static bool
put_files(MwNode *mail, const MwRecordPage *page, GError **error)
{
    g_autoptr(GPtrArray) files =
        mw_files_of(page->request->context, page->record, FILES_SHOWN, error);
    MwNode *list = mw_put_list(mail, "files");

    for (guint i = 0; files && i < files->len; i++) {
        MwNode *item = mw_put_object(list, NULL);
        mw_put_format(item, "value", "%" G_GINT64_FORMAT, mw_record_id(files->pdata[i]));
        mw_put_copy(item, "label", mw_record_text(files->pdata[i], "name"));
        mw_put_bool(item, "chosen",
                    is_chosen(page->request, "_files", mw_record_id(files->pdata[i])));
    }
    mw_put_bool(mail, "any_files", files && files->len > 0);
    return files != NULL;
}

bool
mw_mail_composer_put(MwNode *composer, const MwRecordPage *page, GError **error)
{
    const MwContext *context = page->request->context;
    bool server = mw_company_mail(context->company) != NULL;
    bool sends = server && mw_actor_reaches(context->actor, page->record, MW_MAY_UPDATE);

    if (!mw_mailing_suits(context->catalog, page->entity)) {
        mw_put_text(composer, "mail", NULL);
        return true;
    }
    MwNode *mail = mw_put_object(composer, "mail");
    mw_put_bool(mail, "sends", sends);
    mw_put_bool(mail, "no_server", !server);
    mw_put_bool(mail, "no_right", server && !sends);
    return !sends || (put_people(mail, page, error) && put_files(mail, page, error));
}

/* ---- what became of it ----------------------------------------------------------------- */

static const MwChoice *
choice_of(const MwRecord *record, const char *field)
{
    const char *key = mw_record_text(record, field);
    const MwChoice *choice = mw_entity_field(record->entity, field)->choices;

    while (choice->key && g_strcmp0(choice->key, key) != 0)
        choice++;
    return choice;
}

static void
put_state(MwNode *node, const MwRecord *record, const char *state, const char *to,
          const char *problem)
{
    const MwChoice *choice = choice_of(record, state);
    MwNode *mail = mw_put_object(node, "mail");

    mw_put_text(mail, "label", choice->key ? _(choice->label) : NULL);
    mw_put_text(mail, "tone", choice->key ? choice->tone : "secondary");
    mw_put_copy(mail, "to", to);
    mw_put_copy(mail, "problem", problem);
    mw_put_bool(mail, "failed", g_strcmp0(choice->key, "failed") == 0);
}

void
mw_mail_state_put(MwNode *node, const MwContext *context, const MwRecord *activity)
{
    const MwField *field = mw_entity_field(activity->entity, "mail_to");

    if (mw_record_is_null(activity, "mail_state"))
        mw_put_text(node, "mail", NULL);
    else
        put_state(node, activity, "mail_state",
                  mw_actor_sees(context->actor, activity->entity, field)
                      ? mw_record_text(activity, "mail_to")
                      : NULL,
                  mw_record_text(activity, "mail_error"));
}

bool
mw_mail_part(MwNode *node, MwRecordPage *page, GError **error G_GNUC_UNUSED)
{
    const MwContext *context = page->request->context;
    const MwRecord *record = page->record;
    bool letter = g_str_equal(page->entity->name, "activity");

    if (letter)
        mw_mail_state_put(node, context, record);
    else
        put_state(node, record, "status", mw_record_text(record, "recipients"),
                  mw_record_text(record, "error"));
    mw_put_bool(node, "sends_again",
                !letter || mw_actor_reaches(context->actor, record, MW_MAY_UPDATE));
    mw_put_format(node, "again", "/%s/%" G_GINT64_FORMAT "/send-again", page->entity->path,
                  mw_record_id(record));
    return true;
}

/* ---- again --------------------------------------------------------------------------------- */

static bool
come_back(const MwRequest *request, MwReply *reply, const char *path)
{
    const char *then = mw_back_of(request, "_then");

    return mw_reply_done(reply, then ? then : path, "mail_queued");
}

static bool
send_again(const MwRequest *request, MwReply *reply, GError **error)
{
    char path[64];

    g_snprintf(path, sizeof path, "/activities/%" G_GINT64_FORMAT, request->id);
    return mw_mailing_again(request->context, request->id, error) &&
           come_back(request, reply, path);
}

static bool
retry(const MwRequest *request, MwReply *reply, GError **error)
{
    char path[64];

    g_snprintf(path, sizeof path, "/mails/%" G_GINT64_FORMAT, request->id);
    return mw_mailing_retry(request->context, request->id, error) &&
           come_back(request, reply, path);
}

const MwRoute mw_mailing_routes[] = {
    { MW_POST, "/activities/{id}/send-again", MW_FOR_USERS, 0, MW_RUN_WRITE, send_again },
    { MW_POST, "/mails/{id}/send-again", MW_FOR_ADMINS, 0, MW_RUN_WRITE, retry },
    { .path = NULL },
};
