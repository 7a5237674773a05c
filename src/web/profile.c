/* profile: what users keep of themselves: name, language, time zone, sessions, keys for programs. */
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "record/history.h"
#include "record/outbox.h"
#include "record/token.h"
#include "web/admin.h"
#include "web/routes.h"

static const char *const names[] = { "name",        "name_zh",      "phone",
                                     "language",    "time_zone",    "digest",
                                     "mail_digest", "mail_notices", NULL };

/* Of oneself one may, whatever the rights on users are. */
static void
as_system(const MwRequest *request, MwContext *context, MwActor **system)
{
    *context = *request->context;
    *system = mw_company_system(context->company);
    context->actor = *system;
}

static bool
put_tokens(const MwRequest *request, const MwContext *context, MwNode *page, GError **error)
{
    MwNode *list = mw_put_list(page, "tokens");
    int64_t user = mw_actor_user(request->context->actor);
    g_autoptr(GPtrArray) tokens = mw_records_of(context, "api_token", "user", user, error);

    for (guint i = 0; tokens && i < tokens->len; i++) {
        const MwRecord *token = tokens->pdata[i];
        int64_t ends = mw_record_int(token, "expires_at");
        MwNode *item = mw_put_object(list, NULL);
        mw_put_int(item, "id", mw_record_id(token));
        mw_put_copy(item, "name", mw_record_text(token, "name"));
        mw_put_copy(item, "prefix", mw_record_text(token, "prefix"));
        mw_put_instant(request, item, "expires", ends);
        mw_put_instant(request, item, "used", mw_record_int(token, "last_used_at"));
        mw_put_bool(item, "over", ends && ends < context->now);
    }
    return tokens != NULL;
}

/* Where calendars elsewhere read his activities; told only when it is made, because its hash alone is kept. */
static bool
set_calendar(const MwRequest *request, const char *secret, GError **error)
{
    const MwContext *context = request->context;
    int64_t user = mw_actor_user(context->actor);
    char hash[MW_SECRET_HASH_SIZE];

    if (secret)
        mw_secret_hash(secret, hash);
    MwValue params[] = { secret ? MW_BORROW(hash) : MW_NOTHING, MW_INT(user) };
    return mw_store_run(context->store, "UPDATE \"user\" SET calendar_secret = $1 WHERE id = $2",
                        params, 2, NULL, NULL, error) &&
           mw_history_add(context, "user", user, secret ? "calendar_shared" : "calendar_unshared",
                          "{}", error);
}

/* What was just made and is shown once; either may be NULL. */
typedef struct {
    const char *token, *calendar;
} Fresh;

static bool
show_page(const MwRequest *request, MwReply *reply, const MwProblems *problems, Fresh made,
          GError **error)
{
    const char *fresh = made.token;
    g_autoptr(MwActor) system = NULL;
    MwContext context;
    MwNode *page = mw_view_root(request->view), *fields = mw_put_list(page, "fields");
    int64_t user = mw_actor_user(request->context->actor);

    as_system(request, &context, &system);
    const MwEntity *entity = mw_catalog_entity(context.catalog, "user");
    g_autoptr(MwRecord) record = mw_record_read(&context, entity, user, MW_LIVE, error);
    if (!record)
        return false;
    mw_put_text(page, "title", _("Your profile"));
    mw_put_copy(page, "subtitle", mw_record_text(record, "email"));
    mw_put_done(request, page);
    mw_put_bool(page, "no_mail", !mw_company_mail(context.company));
    mw_put_copy(page, "fresh", fresh);
    mw_put_copy(page, "calendar", made.calendar);
    mw_put_bool(page, "has_calendar", !mw_record_is_null(record, "calendar_secret"));
    mw_put_copy(page, "token_problem", problems ? mw_problems_of(problems, "token_name") : NULL);
    mw_put_copy(page, "days_problem", problems ? mw_problems_of(problems, "token_days") : NULL);
    mw_put_text(page, "token_name", fresh ? NULL : mw_form_param(request, "token_name"));
    for (const char *const *name = names; *name; name++) {
        bool sent = mw_form_param(request, "name") != NULL;
        MwRequest kept = *request;
        kept.n_form =
            sent ? request->n_form : 0; /* the other forms of the page say nothing of it */
        g_autofree char *value = mw_form_value(&kept, record, entity, *name);
        if (!mw_ask_field(request, fields, entity, *name, value, problems, error))
            return false;
    }
    if (problems)
        mw_reply_status(reply, 422);
    mw_reply_header(reply, "Cache-Control", "no-store");
    return mw_put_sessions(request, page, user, error) &&
           put_tokens(request, &context, page, error) &&
           mw_reply_page(request, reply, "admin/profile", error);
}

static bool
show_profile(const MwRequest *request, MwReply *reply, GError **error)
{
    return show_page(request, reply, NULL, (Fresh){ 0 }, error);
}

static bool
save_profile(const MwRequest *request, MwReply *reply, GError **error)
{
    g_autoptr(MwActor) system = NULL;
    MwContext context;
    g_autoptr(MwProblems) problems = mw_problems_new();

    as_system(request, &context, &system);
    g_autoptr(MwInput) input = mw_input_new(mw_catalog_entity(context.catalog, "user"));
    mw_form_into(request, input, names, NULL);
    g_autoptr(MwRecord) user =
        mw_record_write(&context, input, mw_actor_user(request->context->actor), problems, error);
    if (!user)
        return false;
    if (mw_problems_any(problems)) {
        mw_reply_discard(reply);
        return show_page(request, reply, problems, (Fresh){ 0 }, error);
    }
    return mw_reply_see_other(reply, "/profile?done=saved");
}

static bool
end_others(const MwRequest *request, MwReply *reply, GError **error)
{
    int64_t user = mw_actor_user(request->context->actor);
    MwValue params[] = { MW_INT(user), MW_BORROW(request->session ? request->session : "") };

    return mw_store_run(request->context->store,
                        "DELETE FROM session WHERE user_id = $1 AND token <> $2", params, 2, NULL,
                        NULL, error) &&
           mw_history_add(request->context, "user", user, "sessions_ended", "{}", error) &&
           mw_reply_see_other(reply, "/profile?done=ended");
}

static bool
make_token(const MwRequest *request, MwReply *reply, GError **error)
{
    const MwContext *context = request->context;
    g_autoptr(MwProblems) problems = mw_problems_new();
    const char *name = mw_form_param(request, "token_name");
    const char *text = mw_form_param(request, "token_days");
    guint64 days = 0;
    g_autofree char *token = NULL;

    if (!name || !*name)
        mw_problems_add(problems, "token_name", "required", _("Say what the token is for."));
    else if (g_utf8_strlen(name, -1) > 100)
        mw_problems_add(problems, "token_name", "too_long", _("Use at most %d characters."), 100);
    if (text && *text && !g_ascii_string_to_unsigned(text, 10, 1, 3650, &days, NULL))
        mw_problems_add(problems, "token_days", "out_of_range",
                        _("Write a number of days from 1 to 3650, or nothing."));
    if (!mw_problems_any(problems)) {
        token =
            mw_token_create(context, mw_actor_user(context->actor), name,
                            days ? context->now + (int64_t)days * MW_DAY_MS : 0, problems, error);
        if (!token && !mw_problems_any(problems))
            return false;
    }
    if (!token)
        mw_reply_discard(reply);
    return show_page(request, reply, token ? NULL : problems, (Fresh){ .token = token }, error);
}

static bool
revoke_token(const MwRequest *request, MwReply *reply, GError **error)
{
    g_autoptr(MwActor) system = NULL;
    MwContext context;

    as_system(request, &context, &system);
    const MwEntity *entity = mw_catalog_entity(context.catalog, "api_token");
    g_autoptr(MwRecord) token = mw_record_read(&context, entity, request->id, MW_LIVE, error);
    if (!token)
        return false;
    if (mw_record_int(token, "user") != mw_actor_user(request->context->actor))
        return mw_fail(error, MW_ERROR_NOT_FOUND, _("There is no such token."));
    return mw_record_remove(&context, entity, request->id, 0, error) &&
           mw_reply_see_other(reply, "/profile?done=removed");
}

static bool
share_calendar(const MwRequest *request, MwReply *reply, GError **error)
{
    const char *host = mw_request_header(request, "Host");
    char secret[MW_SECRET_SIZE];

    mw_secret_make(secret);
    if (!set_calendar(request, secret, error))
        return false;
    g_autofree char *address =
        g_strdup_printf("%s://%s/calendar/%s.ics", request->secure ? "https" : "http",
                        host ? host : "localhost", secret);
    return show_page(request, reply, NULL, (Fresh){ .calendar = address }, error);
}

static bool
unshare_calendar(const MwRequest *request, MwReply *reply, GError **error)
{
    return set_calendar(request, NULL, error) && mw_reply_see_other(reply, "/profile?done=removed");
}

const MwRoute mw_profile_routes[] = {
    { MW_GET, "/profile", MW_FOR_USERS, 0, MW_RUN_READ, show_profile },
    { MW_POST, "/profile", MW_FOR_USERS, 0, MW_RUN_WRITE, save_profile },
    { MW_POST, "/profile/sessions/end", MW_FOR_USERS, 0, MW_RUN_WRITE, end_others },
    { MW_POST, "/profile/calendar", MW_FOR_USERS, 0, MW_RUN_WRITE, share_calendar },
    { MW_POST, "/profile/calendar/revoke", MW_FOR_USERS, 0, MW_RUN_WRITE, unshare_calendar },
    { MW_POST, "/profile/tokens", MW_FOR_USERS, 0, MW_RUN_WRITE, make_token },
    { MW_POST, "/profile/tokens/{id}/revoke", MW_FOR_USERS, 0, MW_RUN_WRITE, revoke_token },
    { .path = NULL },
};
