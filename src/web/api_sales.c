/* api_sales: what is done with leads, opportunities and activities by REST, beside the ways of any record. */
#include "base/clock.h"
#include "base/i18n.h"
#include "methods/activity.h"
#include "methods/buying_centre.h"
#include "methods/funnel_stages.h"
#include "methods/lead.h"
#include "methods/open_pool.h"
#include "methods/opportunity.h"
#include "record/notice.h"
#include "web/api.h"

/* The text of a member of the body; a problem when it is anything but a text, a whole number or null. */
static const char *
text_of(const json_t *body, const char *name, char number[24], MwProblems *problems)
{
    const json_t *value = json_object_get(body, name);

    if (json_is_integer(value)) {
        g_snprintf(number, 24, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        return number;
    }
    if (value && !json_is_string(value) && !json_is_null(value))
        mw_problems_add(problems, name, "not_a_text", _("Send a text."));
    return json_string_value(value);
}

/* An object with these members alone; a problem for each other one. */
static json_t *
body_of(const MwRequest *request, const char *const *names, MwProblems *problems, GError **error)
{
    json_t *body = mw_api_body(request, error);
    const char *name;
    json_t *value;

    if (body && !json_is_object(body)) {
        json_decref(body);
        g_set_error_literal(error, MW_ERROR, MW_ERROR_INVALID, _("Send one object."));
        return NULL;
    }
    json_object_foreach(body, name, value) if (!g_strv_contains(names, name))
        mw_problems_add(problems, name, "unknown", _("There is no such field."));
    return body;
}

/* The opportunity as it is now, or what is wrong. Takes the record. */
static bool
reply_moved(const MwRequest *request, MwReply *reply, MwRecord *moved, MwProblems *problems,
            GError **error)
{
    g_autoptr(MwRecord) owned = moved;

    if (mw_problems_any(problems)) {
        mw_api_problems(reply, problems, -1);
        return true;
    }
    if (!moved)
        return false;
    g_autoptr(MwRecord) record =
        mw_record_read(request->context, moved->entity, request->id, MW_LIVE, error);
    return record && mw_api_reply_record(request, reply, record, error);
}

static bool
move(const MwRequest *request, MwReply *reply, GError **error)
{
    g_autoptr(MwProblems) problems = mw_problems_new();
    char numbers[2][24];
    json_t *body = body_of(request, MW_NAMES("stage", "reason"), problems, error);

    if (!body)
        return false;
    const char *stage = text_of(body, "stage", numbers[0], problems);
    const char *reason = text_of(body, "reason", numbers[1], problems);
    MwRecord *moved =
        mw_problems_any(problems)
            ? NULL
            : mw_opportunity_move(request->context, request->id, stage, reason, problems, error);
    json_decref(body);
    return reply_moved(request, reply, moved, problems, error);
}

static bool
close_as(const MwRequest *request, MwReply *reply, bool won, GError **error)
{
    g_autoptr(MwProblems) problems = mw_problems_new();
    char numbers[5][24];
    json_t *body =
        body_of(request, MW_NAMES("reason", "competitor", "note", "closed_on", "move_reason"),
                problems, error);

    if (!body)
        return false;
    MwClosing closing = {
        .won = won,
        .reason = text_of(body, "reason", numbers[0], problems),
        .competitor = text_of(body, "competitor", numbers[1], problems),
        .note = text_of(body, "note", numbers[2], problems),
        .closed_on = text_of(body, "closed_on", numbers[3], problems),
        .move_reason = text_of(body, "move_reason", numbers[4], problems),
    };
    MwRecord *moved =
        mw_problems_any(problems)
            ? NULL
            : mw_opportunity_close(request->context, request->id, &closing, problems, error);
    json_decref(body);
    return reply_moved(request, reply, moved, problems, error);
}

static bool
win(const MwRequest *request, MwReply *reply, GError **error)
{
    return close_as(request, reply, true, error);
}

static bool
lose(const MwRequest *request, MwReply *reply, GError **error)
{
    return close_as(request, reply, false, error);
}

static bool
reopen(const MwRequest *request, MwReply *reply, GError **error)
{
    g_autoptr(MwProblems) problems = mw_problems_new();
    char number[24];
    json_t *body = body_of(request, MW_NAMES("reason"), problems, error);

    if (!body)
        return false;
    const char *reason = text_of(body, "reason", number, problems);
    MwRecord *moved =
        mw_problems_any(problems)
            ? NULL
            : mw_opportunity_reopen(request->context, request->id, reason, problems, error);
    json_decref(body);
    return reply_moved(request, reply, moved, problems, error);
}

static void
put_id(GString *out, const char *name, int64_t id, bool made)
{
    if (id)
        g_string_append_printf(out, "\"%s\":\"%" G_GINT64_FORMAT "\",", name, id);
    else
        g_string_append_printf(out, "\"%s\":null,", name);
    g_string_append_printf(out, "\"%s_made\":%s", name, made ? "true" : "false");
}

static bool
convert(const MwRequest *request, MwReply *reply, GError **error)
{
    g_autoptr(MwProblems) problems = mw_problems_new();
    char number[24];
    char numbers[8][24];
    g_autoptr(MwInput) deal =
        mw_input_new(mw_catalog_entity(request->context->catalog, "opportunity"));
    json_t *body = body_of(request,
                           MW_NAMES("account", "name", "no_opportunity", "amount", "currency",
                                    "close_on", "process", "product"),
                           problems, error);
    const json_t *account = json_object_get(body, "account");
    const json_t *without = json_object_get(body, "no_opportunity");
    MwConversion made = { 0 };

    if (!body)
        return false;
    MwConversionAsk ask = { .account = account ? mw_api_id(account) : 0,
                            .no_opportunity = json_is_true(without),
                            .name = text_of(body, "name", number, problems),
                            .deal = deal };
    for (size_t i = 0; mw_lead_deal_fields[i]; i++)
        if (json_object_get(body, mw_lead_deal_fields[i]))
            mw_input_set(deal, mw_lead_deal_fields[i],
                         text_of(body, mw_lead_deal_fields[i], numbers[i], problems));
    if (account && !json_is_null(account) && ask.account == 0)
        mw_problems_add(problems, "account", "not_an_id", _("This is no id."));
    if (without && !json_is_boolean(without))
        mw_problems_add(problems, "no_opportunity", "not_a_choice", _("Send true or false."));
    bool done = mw_problems_any(problems) ||
                mw_lead_convert(request->context, request->id, &ask, &made, problems, error);
    json_decref(body);
    if (!done)
        return false;
    if (mw_problems_any(problems)) {
        mw_api_problems(reply, problems, -1);
        return true;
    }
    GString *out = mw_reply_body(reply);
    g_string_append_c(out, '{');
    put_id(out, "account", made.account, made.account_made);
    g_string_append_c(out, ',');
    put_id(out, "contact", made.contact, made.contact_made);
    g_string_append_c(out, ',');
    put_id(out, "opportunity", made.opportunity, made.opportunity_made);
    g_string_append_c(out, '}');
    mw_reply_type(reply, "application/json");
    return true;
}

/* ---- open pools ------------------------------------------------------------------- */

typedef bool (*PoolWork)(const MwRequest *request, const json_t *body, MwProblems *problems,
                         GError **error);

/* An id of the body; a problem when it is none. */
static int64_t
id_of(const json_t *body, const char *name, MwProblems *problems)
{
    const json_t *value = json_object_get(body, name);
    int64_t id = value && !json_is_null(value) ? mw_api_id(value) : 0;

    if (value && !json_is_null(value) && id == 0)
        mw_problems_add(problems, name, "not_an_id", _("This is no id."));
    return id;
}

/* The record as it is now, also for who gave it where he does not see it any more. */
static bool
reply_pooled(const MwRequest *request, MwReply *reply, GError **error)
{
    MwQuery query = { .entity = request->entity };
    g_autoptr(MwRecord) record = mw_store_get(request->context->store, &query, request->id, error);

    if (!record)
        return false;
    mw_record_blank(request->context, record);
    return mw_api_reply_record(request, reply, record, error);
}

static bool
pool_work(const MwRequest *request, MwReply *reply, const char *const *names, PoolWork work,
          GError **error)
{
    g_autoptr(MwProblems) problems = mw_problems_new();

    if (!mw_pool_suits(request->entity))
        return mw_fail(error, MW_ERROR_NOT_FOUND, _("There is no such page."));
    json_t *body = body_of(request, names, problems, error);
    bool done = body && (mw_problems_any(problems) || work(request, body, problems, error));
    json_decref(body);
    if (!done)
        return false;
    if (!mw_problems_any(problems))
        return reply_pooled(request, reply, error);
    mw_api_problems(reply, problems, -1);
    return true;
}

static bool
do_pick(const MwRequest *request, const json_t *body, MwProblems *problems, GError **error)
{
    char number[24];
    const char *reason = text_of(body, "reason", number, problems);

    return mw_problems_any(problems) ||
           mw_pool_pick(request->context, request->entity, request->id, reason, problems, error);
}

static bool
do_assign(const MwRequest *request, const json_t *body, MwProblems *problems, GError **error)
{
    char number[24];
    const char *reason = text_of(body, "reason", number, problems);
    int64_t owner = id_of(body, "owner", problems);

    return mw_problems_any(problems) || mw_pool_assign(request->context, request->entity,
                                                       request->id, owner, reason, problems, error);
}

static bool
do_return(const MwRequest *request, const json_t *body, MwProblems *problems, GError **error)
{
    char number[24];
    const char *reason = text_of(body, "reason", number, problems);
    int64_t pool = id_of(body, "pool", problems);

    return mw_problems_any(problems) || mw_pool_return(request->context, request->entity,
                                                       request->id, pool, reason, problems, error);
}

static bool
pick(const MwRequest *request, MwReply *reply, GError **error)
{
    return pool_work(request, reply, MW_NAMES("reason"), do_pick, error);
}

static bool
assign(const MwRequest *request, MwReply *reply, GError **error)
{
    return pool_work(request, reply, MW_NAMES("owner", "reason"), do_assign, error);
}

static bool
give_back(const MwRequest *request, MwReply *reply, GError **error)
{
    return pool_work(request, reply, MW_NAMES("pool", "reason"), do_return, error);
}

static bool
buying_centre(const MwRequest *request, MwReply *reply, GError **error)
{
    const MwEntity *entity = mw_catalog_entity(request->context->catalog, "opportunity");
    const char *text = mw_query_param(request, "days");
    g_autoptr(MwRecord) record =
        mw_record_read(request->context, entity, request->id, MW_LIVE, error);
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_auto(MwBuyingCentre) centre = { 0 };
    gint64 days =
        text ? g_ascii_strtoll(text, NULL, 10) : request->context->settings->coverage_days;

    if (!record)
        return false;
    if (days < 1 || days > MW_COVERAGE_DAYS_MAX) {
        mw_problems_add(problems, "days", "out_of_range", _("Send a number of days from 1 to %d."),
                        MW_COVERAGE_DAYS_MAX);
        mw_api_problems(reply, problems, -1);
        return true;
    }
    if (!mw_buying_centre(request->context, record, (unsigned)days, true, &centre, error))
        return false;
    return mw_reply_json(reply, mw_buying_centre_json(request->context, &centre));
}

static bool
complete(const MwRequest *request, MwReply *reply, GError **error)
{
    g_autoptr(MwProblems) problems = mw_problems_new();
    char numbers[4][24];
    int64_t next;
    json_t *body =
        body_of(request, MW_NAMES("result", "next_step", "next_type", "next_at"), problems, error);

    if (!body)
        return false;
    MwCompletion completion = {
        .result = text_of(body, "result", numbers[0], problems),
        .next_step = text_of(body, "next_step", numbers[1], problems),
        .next_type = text_of(body, "next_type", numbers[2], problems),
        .next_at = text_of(body, "next_at", numbers[3], problems),
    };
    MwRecord *done = mw_problems_any(problems)
                         ? NULL
                         : mw_activity_complete(request->context, request->id, &completion, &next,
                                                problems, error);
    json_decref(body);
    return reply_moved(request, reply, done, problems, error);
}

static bool
read_notice(const MwRequest *request, MwReply *reply, GError **error)
{
    const MwEntity *entity = mw_catalog_entity(request->context->catalog, "notice");

    if (!mw_notices_read(request->context, request->id, error))
        return false;
    g_autoptr(MwRecord) notice =
        mw_record_read(request->context, entity, request->id, MW_LIVE, error);
    return notice && mw_api_reply_record(request, reply, notice, error);
}

static const char *
day_of(const MwRequest *request, const char *name, MwProblems *problems)
{
    const char *text = mw_query_param(request, name);
    int64_t day;

    if (text && !mw_date_parse(text, &day))
        mw_problems_add(problems, name, "not_a_date", _("Send a date such as 2026-03-05."));
    return text;
}

static int64_t
link_of(const MwRequest *request, const char *name, MwProblems *problems)
{
    const char *text = mw_query_param(request, name);
    char *end = NULL;
    int64_t id = text ? g_ascii_strtoll(text, &end, 10) : 0;

    if (text && (id <= 0 || *end))
        mw_problems_add(problems, name, "not_an_id", _("This is no id."));
    return id;
}

static bool
funnel(const MwRequest *request, MwReply *reply, GError **error)
{
    const char *by_text = mw_query_param(request, "by"),
               *region = mw_query_param(request, "region");
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_auto(MwFunnel) found = { 0 };
    MwFunnelBy by = MW_FUNNEL_PRODUCT;

    if (by_text && !mw_funnel_by_find(by_text, &by))
        mw_problems_add(problems, "by", "not_a_choice",
                        _("Choose product, owner, team, region, month or stage."));
    MwFunnelAsk ask = { .by = by,
                        .from = day_of(request, "from", problems),
                        .to = day_of(request, "to", problems),
                        .owner = link_of(request, "owner", problems),
                        .team = link_of(request, "team", problems),
                        .process = link_of(request, "process", problems),
                        .product = link_of(request, "product", problems),
                        .region = region && *region ? region : NULL };
    if (mw_problems_any(problems)) {
        mw_api_problems(reply, problems, -1);
        return true;
    }
    if (!mw_funnel(request->context, &ask, &found, error))
        return false;
    json_t *document = mw_funnel_json(request->context, by, &found);
    if (by == MW_FUNNEL_STAGE && ask.process) {
        g_autoptr(GArray) stages = mw_funnel_stages(request->context, &ask, error);
        if (!stages) {
            json_decref(document);
            return false;
        }
        mw_funnel_stages_value(stages, &found);
        json_object_set_new(document, "stages", mw_funnel_stages_json(request->context, stages));
    }
    return mw_reply_json(reply, document);
}

#define OPPORTUNITY "/api/v1/opportunities/{id}/"
#define ANY "/api/v1/{entity}/{id}/"

const MwRoute mw_api_sales_routes[] = {
    { MW_POST, OPPORTUNITY "move", MW_FOR_USERS, MW_MAY_UPDATE, MW_RUN_WRITE, move },
    { MW_POST, OPPORTUNITY "win", MW_FOR_USERS, MW_MAY_UPDATE, MW_RUN_WRITE, win },
    { MW_POST, OPPORTUNITY "lose", MW_FOR_USERS, MW_MAY_UPDATE, MW_RUN_WRITE, lose },
    { MW_POST, OPPORTUNITY "reopen", MW_FOR_USERS, MW_MAY_UPDATE, MW_RUN_WRITE, reopen },
    { MW_GET, OPPORTUNITY "buying-centre", MW_FOR_USERS, MW_MAY_READ, MW_RUN_READ, buying_centre },
    { MW_POST, "/api/v1/leads/{id}/convert", MW_FOR_USERS, MW_MAY_UPDATE, MW_RUN_WRITE, convert },
    { MW_POST, "/api/v1/activities/{id}/complete", MW_FOR_USERS, MW_MAY_UPDATE, MW_RUN_WRITE,
      complete },
    { MW_POST, "/api/v1/notices/{id}/mark-read", MW_FOR_USERS, MW_MAY_READ, MW_RUN_WRITE,
      read_notice },
    { MW_POST, ANY "pick", MW_FOR_RIGHT, MW_MAY_READ, MW_RUN_WRITE, pick },
    { MW_POST, ANY "assign", MW_FOR_RIGHT, MW_MAY_READ, MW_RUN_WRITE, assign },
    { MW_POST, ANY "return", MW_FOR_RIGHT, MW_MAY_READ, MW_RUN_WRITE, give_back },
    { MW_GET, "/api/v1/funnel", MW_FOR_USERS, MW_MAY_READ, MW_RUN_READ, funnel },
    { .path = NULL },
};
