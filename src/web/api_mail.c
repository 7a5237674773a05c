/* api_mail: e-mail by REST: to people of a record, and once more what failed. */
#include "base/i18n.h"
#include "methods/mailing.h"
#include "web/api.h"

enum { IDS_MAX = 100 };

/* A list of ids; "self" among them is the record at its own address. NULL when it is not given. */
static GArray *
ids_of(const json_t *body, const char *name, MwProblems *problems)
{
    const json_t *list = json_object_get(body, name), *value;
    GArray *ids = g_array_new(false, false, sizeof(int64_t));
    size_t i;

    if (list && !json_is_null(list) && (!json_is_array(list) || json_array_size(list) > IDS_MAX))
        mw_problems_add(problems, name, "not_a_list", _("Send a list of at most %d ids."), IDS_MAX);
    json_array_foreach((json_t *)list, i, value)
    {
        const char *text = json_string_value(value);
        bool itself = g_strcmp0(text, "self") == 0;
        int64_t id = itself ? 0 : mw_api_id(value);
        if (id == 0 && !itself)
            mw_problems_add(problems, name, "not_an_id", _("This is no id."));
        else if (ids->len < IDS_MAX)
            g_array_append_val(ids, id);
    }
    return ids;
}

/* The texts of the activity. */
static MwInput *
input_of(const MwContext *context, const json_t *body, MwProblems *problems)
{
    MwInput *input = mw_input_new(mw_catalog_entity(context->catalog, "activity"));
    const char *name;
    json_t *value;

    json_object_foreach((json_t *)body, name, value)
    {
        bool text = g_str_equal(name, "subject") || g_str_equal(name, "body");
        if (text && !json_is_string(value) && !json_is_null(value))
            mw_problems_add(problems, name, "not_a_text", _("Send a text."));
        else if (text)
            mw_input_set(input, name, json_string_value(value));
        else if (!g_str_equal(name, "to") && !g_str_equal(name, "files"))
            mw_problems_add(problems, name, "unknown", _("There is no such field."));
    }
    return input;
}

static bool
send_mail(const MwRequest *request, MwReply *reply, GError **error)
{
    const MwContext *context = request->context;
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_autoptr(MwRecord) activity = NULL;

    if (!mw_mailing_suits(context->catalog, request->entity))
        return mw_fail(error, MW_ERROR_NOT_FOUND, _("There is no such page."));
    g_autoptr(MwRecord) record =
        mw_record_read(context, request->entity, request->id, MW_LIVE, error);
    json_t *body = record ? mw_api_body(request, error) : NULL;
    if (!body)
        return false;
    if (!json_is_object(body)) {
        json_decref(body);
        return mw_fail(error, MW_ERROR_INVALID, _("Send one object."));
    }
    g_autoptr(MwInput) input = input_of(context, body, problems);
    g_autoptr(GArray) to = ids_of(body, "to", problems), files = ids_of(body, "files", problems);
    MwMailingAsk ask = { .to = to, .files = files };
    if (!mw_problems_any(problems)) {
        activity = mw_mailing_send(context, record, input, &ask, problems, error);
        if (!activity) {
            json_decref(body);
            return false;
        }
    }
    json_decref(body);
    if (mw_problems_any(problems)) {
        mw_api_problems(reply, problems, -1);
        return true;
    }
    mw_reply_status(reply, 201);
    return mw_api_reply_record(request, reply, activity, error);
}

static bool
reply_as_is(const MwRequest *request, MwReply *reply, const char *entity, GError **error)
{
    const MwEntity *of = mw_catalog_entity(request->context->catalog, entity);
    g_autoptr(MwRecord) record = mw_record_read(request->context, of, request->id, MW_LIVE, error);

    return record && mw_api_reply_record(request, reply, record, error);
}

static bool
send_again(const MwRequest *request, MwReply *reply, GError **error)
{
    return mw_mailing_again(request->context, request->id, error) &&
           reply_as_is(request, reply, "activity", error);
}

static bool
retry(const MwRequest *request, MwReply *reply, GError **error)
{
    return mw_mailing_retry(request->context, request->id, error) &&
           reply_as_is(request, reply, "mail", error);
}

const MwRoute mw_api_mail_routes[] = {
    { MW_POST, "/api/v1/{entity}/{id}/mail", MW_FOR_RIGHT, MW_MAY_READ, MW_RUN_WRITE, send_mail },
    { MW_POST, "/api/v1/activities/{id}/send-again", MW_FOR_USERS, 0, MW_RUN_WRITE, send_again },
    { MW_POST, "/api/v1/mails/{id}/send-again", MW_FOR_ADMINS, 0, MW_RUN_WRITE, retry },
    { .path = NULL },
};
