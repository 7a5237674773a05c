/* lead_page: converting a lead, after a look at what is there already; disqualifying it with a reason. */
#include "base/i18n.h"
#include "base/id.h"
#include "methods/lead.h"
#include "methods/twins.h"
#include "web/fields.h"
#include "web/form_input.h"
#include "web/record.h"
#include "web/routes.h"

enum { MATCHES_SHOWN = 5 };
#define DEAL "opportunity." /* the prefix of the opportunity's fields and of their problems */

static const MwEntity *
entity_named(const MwRequest *request, const char *name)
{
    return mw_catalog_entity(request->context->catalog, name);
}

/* A lead that the actor may change, not converted. */
static MwRecord *
read_open(const MwRequest *request, GError **error)
{
    const MwContext *context = request->context;
    g_autoptr(MwRecord) lead =
        mw_record_read(context, entity_named(request, "lead"), request->id, MW_LIVE, error);

    if (!lead)
        return NULL;
    if (!mw_record_is_null(lead, "pool"))
        return mw_fail_null(error, MW_ERROR_CONFLICT, _("Pick the lead from its pool first."));
    if (!mw_actor_reaches(context->actor, lead, MW_MAY_UPDATE))
        return mw_fail_null(error, MW_ERROR_DENIED, _("You may see this %s, but not do that."),
                            mw_entity_label(lead->entity));
    return g_steal_pointer(&lead);
}

static void
put_heading(const MwRequest *request, MwNode *node, const MwRecord *lead, const char *title)
{
    MwNode *root = mw_view_root(request->view);
    g_autoptr(GString) name = g_string_new(NULL);

    mw_record_title(lead, name);
    mw_put_text(root, "title", title);
    mw_put_bool(root, "has_crumbs", true);
    MwNode *crumb = mw_put_object(mw_put_list(root, "crumbs"), NULL);
    mw_put_copy(crumb, "label", name->str);
    mw_put_format(crumb, "href", "/leads/%" G_GINT64_FORMAT, request->id);
    mw_put_format(node, "path", "/leads/%" G_GINT64_FORMAT, request->id);
    mw_put_copy(node, "company", mw_record_text(lead, "company"));
}

/* What no field of the form shows; those of the opportunity's fields are `opportunity.…`. */
static void
put_problems(MwNode *node, const MwProblems *problems, const MwProblems *shown)
{
    MwNode *list = mw_put_list(node, "problems");

    for (size_t i = 0; i < mw_problems_count(problems); i++) {
        const MwProblem *problem = mw_problems_get(problems, i);
        const char *dot = strchr(problem->field, '.');
        if (!dot || !mw_problems_of(shown, dot + 1))
            mw_put_copy(mw_put_object(list, NULL), "text", problem->message);
    }
}

/* ---- converting ---------------------------------------------------------------------- */

static MwTwinAsk
ask_of(const MwRecord *lead)
{
    return (MwTwinAsk){ .name = mw_record_text(lead, "company"),
                        .credit_code = mw_record_text(lead, "credit_code"),
                        .phone = mw_record_text(lead, "phone"),
                        .email = mw_record_text(lead, "email"),
                        .except = lead->entity,
                        .except_id = mw_record_id(lead) };
}

static bool
is_sure(const MwTwin *twin)
{
    return twin->by == MW_TWIN_CREDIT_CODE || twin->by == MW_TWIN_NAME;
}

/* The accounts it may be, the surest chosen. True when one of them is surely it, so that no other is made. */
static bool
put_matches(MwNode *node, const GPtrArray *twins, const char *chosen)
{
    MwNode *list = mw_put_list(node, "matches");
    bool sure = false, any = false;

    for (guint i = 0; i < twins->len; i++) {
        const MwTwin *twin = twins->pdata[i];
        if (!g_str_equal(twin->entity->name, "account"))
            continue;
        g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, twin->id);
        g_autoptr(GString) title = g_string_new(NULL);
        MwNode *item = mw_put_object(list, NULL);
        if (twin->record)
            mw_record_title(twin->record, title);
        mw_put_copy(item, "value", id);
        mw_put_copy(item, "text", twin->record ? title->str : _("held by a colleague"));
        mw_put_bool(item, "seen", twin->record != NULL);
        mw_put_format(item, "href", "/accounts/%s", id);
        mw_put_text(item, "why", mw_twin_words(twin->by));
        mw_put_bool(item, "chosen",
                    chosen ? g_str_equal(chosen, id) : !any && twin->by <= MW_TWIN_DOMAIN);
        any = true;
        sure |= is_sure(twin);
    }
    mw_put_bool(node, "any_matches", any);
    return sure;
}

/* The problems of the fields that the form has of the opportunity, under their own names. */
static MwProblems *
deal_problems(const MwProblems *problems)
{
    MwProblems *own = mw_problems_new();

    for (size_t i = 0; i < mw_problems_count(problems); i++) {
        const MwProblem *problem = mw_problems_get(problems, i);
        if (g_str_has_prefix(problem->field, DEAL) &&
            g_strv_contains(mw_lead_deal_fields, problem->field + strlen(DEAL)))
            mw_problems_add(own, problem->field + strlen(DEAL), problem->code, "%s",
                            problem->message);
    }
    return own;
}

/* What the opportunity begins with unless somebody says otherwise: as any new one, with the product of the lead. */
static MwRecord *
fresh_deal(const MwRequest *request, const MwRecord *lead, GError **error)
{
    g_autoptr(MwInput) input = mw_input_new(entity_named(request, "opportunity"));
    g_autoptr(MwProblems) ignored = mw_problems_new();

    mw_input_set(input, "name", mw_record_text(lead, "company"));
    if (!mw_record_is_null(lead, "product"))
        mw_input_set_value(input, mw_entity_field(mw_input_entity(input), "product"),
                           MW_INT(mw_record_int(lead, "product")));
    return mw_record_check(request->context, input, 0, ignored, error);
}

static bool
may_set(const MwRequest *request, const MwField *field)
{
    const MwEntity *entity = entity_named(request, "opportunity");
    const MwActor *actor = request->context->actor;

    return mw_actor_sees(actor, entity, field) && mw_actor_edits(actor, entity, field);
}

static void
put_deal(MwNode *node, const MwRequest *request, const MwRecord *lead, const MwRecord *deal,
         const MwTitles *titles, const MwProblems *problems)
{
    const MwFieldForm form = { request->context, titles, deal, problems, DEAL, NULL, false };
    MwNode *fields = mw_put_list(node, "deal");
    const char *typed = mw_form_param(request, "name");
    g_autofree char *name =
        mw_lead_deal_name(lead, mw_titles_get(titles, entity_named(request, "product"),
                                              mw_record_int(lead, "product")));

    mw_put_copy(node, "opportunity_name", typed ? typed : name);
    mw_put_bool(node, "opportunity",
                request->method == MW_GET || mw_form_param(request, "opportunity"));
    for (const char *const *each = mw_lead_deal_fields; *each; each++) {
        const MwField *field = mw_entity_field(deal->entity, *each);
        const char *text = mw_form_text(request, field, DEAL);
        if (may_set(request, field))
            mw_field_put(mw_put_object(fields, NULL), &form, field, text, text != NULL);
    }
}

static bool
show(const MwRequest *request, MwReply *reply, const MwRecord *lead, const MwProblems *problems,
     GError **error)
{
    const MwTwinAsk ask = ask_of(lead);
    const char *chosen = mw_form_param(request, "account");
    g_autoptr(GPtrArray) twins = mw_twins_find(request->context, &ask, MATCHES_SHOWN * 2, error);
    g_autoptr(MwTitles) titles = mw_titles_new(request->context);
    g_autoptr(MwProblems) shown = deal_problems(problems);
    g_autoptr(MwRecord) deal = twins ? fresh_deal(request, lead, error) : NULL;
    MwNode *node = mw_put_object(mw_view_root(request->view), "conversion");

    if (!deal)
        return false;
    mw_titles_want_all(titles, lead);
    mw_titles_want_all(titles, deal);
    if (!mw_titles_read(titles, error))
        return false;
    put_heading(request, node, lead, _("Convert the lead"));
    put_problems(node, problems, shown);
    bool sure = put_matches(node, twins, chosen);
    mw_put_bool(node, "sure", sure);
    mw_put_bool(node, "fresh", chosen && g_str_equal(chosen, "new"));
    mw_put_bool(node, "other", chosen && g_str_equal(chosen, "other"));
    mw_put_copy(node, "person", mw_record_text(lead, "person"));
    put_deal(node, request, lead, deal, titles, shown);
    return mw_reply_page(request, reply, "lead/convert", error);
}

/* Where one goes on: the opportunity, else the account. */
static bool
go_on(MwReply *reply, const MwConversion *made)
{
    char path[MW_RECORD_PATH_SIZE];

    if (made->opportunity)
        g_snprintf(path, sizeof path, "/opportunities/%" G_GINT64_FORMAT, made->opportunity);
    else
        g_snprintf(path, sizeof path, "/accounts/%" G_GINT64_FORMAT, made->account);
    return mw_reply_done(reply, path, "converted");
}

static bool
show_convert(const MwRequest *request, MwReply *reply, GError **error)
{
    g_autoptr(MwRecord) lead = read_open(request, error);
    g_autoptr(MwProblems) problems = mw_problems_new();

    if (!lead)
        return false;
    if (mw_record_is_null(lead, "converted_at"))
        return show(request, reply, lead, problems, error);
    const MwConversion made = { .account = mw_record_int(lead, "account"),
                                .opportunity = mw_record_int(lead, "opportunity") };
    return go_on(reply, &made);
}

static void
read_ask(const MwRequest *request, MwConversionAsk *ask, MwInput *deal, MwProblems *problems)
{
    const char *chosen = mw_form_param(request, "account");
    const char *other = mw_form_param(request, "other_account");
    const char *name = mw_form_param(request, "name");

    ask->fresh = g_strcmp0(chosen, "new") == 0;
    if (g_strcmp0(chosen, "other") == 0) {
        ask->account = mw_id_read(other);
        if (ask->account == 0)
            mw_problems_add(problems, "account", "required", _("Choose the other account."));
    } else if (chosen && !ask->fresh) {
        ask->account = mw_id_read(chosen);
    }
    ask->no_opportunity = mw_form_param(request, "opportunity") == NULL;
    for (const char *const *each = mw_lead_deal_fields; *each; each++) {
        const MwField *field = mw_entity_field(mw_input_entity(deal), *each);
        const char *text = mw_form_text(request, field, DEAL);
        if (text && may_set(request, field))
            mw_input_set_field(deal, field, text);
    }
    ask->deal = deal;
    ask->name = name && *name ? name : NULL;
}

static bool
do_convert(const MwRequest *request, MwReply *reply, GError **error)
{
    g_autoptr(MwRecord) lead = read_open(request, error);
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_autoptr(MwInput) deal = mw_input_new(entity_named(request, "opportunity"));
    MwConversionAsk ask = { 0 };
    MwConversion made = { 0 };

    if (!lead)
        return false;
    read_ask(request, &ask, deal, problems);
    if (!mw_problems_any(problems) &&
        !mw_lead_convert(request->context, request->id, &ask, &made, problems, error))
        return false;
    if (!mw_problems_any(problems))
        return go_on(reply, &made);
    mw_reply_status(reply, 422);
    mw_reply_discard(reply);
    return show(request, reply, lead, problems, error);
}

/* ---- disqualifying --------------------------------------------------------------------- */

static bool
show_reason(const MwRequest *request, MwReply *reply, const MwRecord *lead,
            const MwProblems *problems, GError **error)
{
    const MwField *field = mw_entity_field(lead->entity, "disqualified_because");
    const MwFieldForm form = { request->context, NULL, NULL, problems, "" };
    MwNode *node = mw_put_object(mw_view_root(request->view), "disqualify");

    put_heading(request, node, lead, _("Disqualify the lead"));
    MwNode *item = mw_put_object(mw_put_list(node, "fields"), NULL);
    mw_field_put(item, &form, field, mw_form_param(request, field->name), true);
    return mw_reply_page(request, reply, "lead/disqualify", error);
}

static bool
show_disqualify(const MwRequest *request, MwReply *reply, GError **error)
{
    g_autoptr(MwRecord) lead = read_open(request, error);
    g_autoptr(MwProblems) problems = mw_problems_new();

    return lead && show_reason(request, reply, lead, problems, error);
}

static bool
do_disqualify(const MwRequest *request, MwReply *reply, GError **error)
{
    g_autoptr(MwRecord) lead = read_open(request, error);
    g_autoptr(MwProblems) problems = mw_problems_new();
    const char *reason = mw_form_param(request, "disqualified_because");
    char path[MW_RECORD_PATH_SIZE];

    if (!lead)
        return false;
    g_autoptr(MwInput) input = mw_input_new(lead->entity);
    mw_input_set(input, "status", "disqualified");
    mw_input_set(input, "disqualified_because", reason ? reason : "");
    g_autoptr(MwRecord) saved =
        mw_record_write(request->context, input, request->id, problems, error);
    if (!saved)
        return false;
    if (!mw_problems_any(problems))
        return mw_reply_done(reply, mw_record_path(lead->entity, request->id, path),
                             "disqualified");
    mw_reply_status(reply, 422);
    mw_reply_discard(reply);
    return show_reason(request, reply, lead, problems, error);
}

const MwRoute mw_lead_routes[] = {
    { MW_GET, "/leads/{id}/convert", MW_FOR_USERS, 0, MW_RUN_READ, show_convert },
    { MW_POST, "/leads/{id}/convert", MW_FOR_USERS, 0, MW_RUN_WRITE, do_convert },
    { MW_GET, "/leads/{id}/disqualify", MW_FOR_USERS, 0, MW_RUN_READ, show_disqualify },
    { MW_POST, "/leads/{id}/disqualify", MW_FOR_USERS, 0, MW_RUN_WRITE, do_disqualify },
    { .path = NULL },
};
