#include "web/session.h"

#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "record/history.h"
#include "record/token.h"
#include "web/call.h"

#define MINUTE_MS INT64_C(60000)
#define IDLE_MS (12 * 60 * MINUTE_MS)
#define LIFE_MS (30 * MW_DAY_MS)
#define SEEN_EVERY_MS (5 * MINUTE_MS)

enum { AGENT_MAX = 200 };

/* ---- languages ----------------------------------------------------------------- */

/* One of our languages by a tag such as "zh-CN" or "en_GB"; NULL. */
static const char *
language_of(const char *tag, size_t size)
{
    for (const char *const *all = mw_i18n_languages(); *all; all++)
        if (size >= 2 && g_ascii_strncasecmp(*all, tag, 2) == 0 &&
            (size == 2 || tag[2] == '-' || tag[2] == '_'))
            return *all;
    return NULL;
}

const char *
mw_visitor_language(const MwCall *call)
{
    size_t size;
    const char *chosen = mw_cookie_find(mw_http_header(call, "Cookie"), "language", &size);
    const char *language = chosen ? language_of(chosen, size) : NULL;
    const char *accepted = mw_http_header(call, "Accept-Language");

    /* Browsers list them in falling order. */
    while (!language && accepted && *accepted) {
        accepted += strspn(accepted, ", ");
        language = language_of(accepted, strcspn(accepted, ",; "));
        accepted += strcspn(accepted, ",");
    }
    if (language || !call->site)
        return language ? language : "en";
    g_autoptr(MwSettings) settings = mw_company_settings(call->site->company);
    language = language_of(settings->language, strlen(settings->language));
    return language ? language : "en";
}

/* ---- who asks -------------------------------------------------------------------- */

void
mw_note(MwServer *server, MwNote *note)
{
    MwPool *pool = note->site->dialect == MW_SQLITE ? note->site->writer : server->database;

    if (!mw_pool_push(pool, &note->work.task))
        g_free(note); /* the next request notes it again */
}

static bool
be(MwCall *call, MwStore *store, int64_t user, GError **error)
{
    call->actor = mw_company_actor(call->site->company, store, user, error);
    return call->actor != NULL;
}

static bool
by_token(MwCall *call, MwStore *store, const char *token, GError **error)
{
    MwTokenFound found;
    int64_t now = mw_clock_now();
    g_autoptr(GError) local = NULL;

    call->by_token = true;
    if (!mw_token_find(store, token, now, &found, &local)) {
        if (local) {
            g_propagate_error(error, g_steal_pointer(&local));
            return false;
        }
        return mw_fail(error, MW_ERROR_UNAUTHENTICATED, _("This token is not valid."));
    }
    if (now - found.last_used_at > MINUTE_MS) {
        MwNote *note = g_new0(MwNote, 1);
        note->site = call->site;
        note->sql = "UPDATE api_token SET last_used_at = $1 WHERE id = $2";
        note->numbers[0] = now;
        note->numbers[1] = found.id;
        mw_note(call->server, note);
    }
    return be(call, store, found.user, error);
}

typedef struct {
    MwCall *call;
    int64_t user, created_at, seen_at;
} Found;

static bool
keep_session(const MwValue *columns, size_t n_columns G_GNUC_UNUSED, void *data)
{
    Found *found = data;

    found->user = columns[0].integer;
    found->created_at = columns[1].integer;
    found->seen_at = columns[2].integer;
    g_strlcpy(found->call->csrf, columns[3].text, sizeof found->call->csrf);
    return false;
}

static bool
by_session(MwCall *call, MwStore *store, const char *secret, size_t size, GError **error)
{
    Found found = { .call = call };
    int64_t now = mw_clock_now();
    char copy[MW_SECRET_SIZE];

    if (size >= sizeof copy)
        return true;
    memcpy(copy, secret, size);
    copy[size] = '\0';
    mw_secret_hash(copy, call->session);
    MwValue params[] = { MW_BORROW(call->session), MW_INT(now) };
    if (!mw_store_run(
            store,
            "SELECT s.user_id, s.created_at, s.seen_at, s.csrf FROM session s "
            "JOIN \"user\" u ON u.id = s.user_id WHERE s.token = $1 AND s.expires_at > $2 "
            "AND u.active = 1 AND u.deleted_at IS NULL",
            params, 2, keep_session, &found, error))
        return false;
    if (!found.user)
        return true;
    /* What a page asks by itself, again and again, is no use of it: a tab left open does not keep it for ever. */
    if (now - found.seen_at > SEEN_EVERY_MS && !mw_http_header(call, "X-Poll")) {
        MwNote *note = g_new0(MwNote, 1);
        note->site = call->site;
        note->sql = "UPDATE session SET seen_at = $1, expires_at = $2 WHERE token = $3";
        note->numbers[0] = now;
        note->numbers[1] = MIN(now + IDLE_MS, found.created_at + LIFE_MS);
        g_strlcpy(note->text, call->session, sizeof note->text);
        mw_note(call->server, note);
    }
    call->request.session = call->session;
    call->request.csrf = call->csrf;
    return be(call, store, found.user, error);
}

/* Whether this company has users yet; asked until it has. */
static bool
look_for_users(MwSite *site, MwStore *store, GError **error)
{
    g_auto(MwValue) any = MW_NOTHING;

    if (g_atomic_int_get(&site->has_users))
        return true;
    if (!mw_store_scalar(store, "SELECT 1 FROM \"user\" LIMIT 1", NULL, 0, &any, error))
        return false;
    g_atomic_int_set(&site->has_users, any.is != MW_NULL);
    return true;
}

bool
mw_session_identify(MwCall *call, MwStore *store, GError **error)
{
    const char *authorization = mw_http_header(call, "Authorization");
    size_t size;
    const char *cookie;

    g_clear_pointer(&call->actor, mw_actor_unref); /* of a try before */
    if (authorization) {
        if (g_ascii_strncasecmp(authorization, "Bearer ", 7) != 0)
            return mw_fail(error, MW_ERROR_UNAUTHENTICATED,
                           _("Send a token: Authorization: Bearer mw_…"));
        return by_token(call, store, authorization + 7, error);
    }
    cookie = mw_cookie_find(mw_http_header(call, "Cookie"), MW_SESSION_COOKIE, &size);
    if (cookie && !by_session(call, store, cookie, size, error))
        return false;
    if (call->actor)
        return true;
    call->actor = mw_actor_ref(call->site->nobody);
    return look_for_users(call->site, store, error);
}

/* ---- where a change comes from ---------------------------------------------------- */

/* "https://crm.example:8443" against the Host header. */
static bool
is_own_origin(const MwCall *call, const char *origin)
{
    const char *host = mw_http_header(call, "Host");
    const char *scheme = call->request.secure ? "https://" : "http://";

    return host && g_str_has_prefix(origin, scheme) &&
           g_ascii_strcasecmp(origin + strlen(scheme), host) == 0;
}

bool
mw_session_check_origin(const MwCall *call, GError **error)
{
    const MwRequest *request = &call->request;
    const char *origin = mw_http_header(call, "Origin");
    const char *site = mw_http_header(call, "Sec-Fetch-Site");
    const char *token = mw_http_header(call, "X-CSRF-Token");

    if (request->method == MW_GET || call->by_token)
        return true;
    if ((origin && !is_own_origin(call, origin)) ||
        (site && (g_str_equal(site, "cross-site") || g_str_equal(site, "same-site"))))
        return mw_fail(error, MW_ERROR_DENIED, _("This was sent from another site."));
    if (!request->session)
        return true;
    token = token ? token : mw_form_param(request, "_csrf");
    if (!token || !mw_secret_equal(token, call->csrf))
        return mw_fail(error, MW_ERROR_DENIED,
                       _("This form is from an earlier session. Load the page again."));
    return true;
}

/* ---- beginning and ending ------------------------------------------------------------ */

static void
put_cookie(const MwRequest *request, MwReply *reply, const char *value, int64_t seconds)
{
    g_autofree char *cookie = g_strdup_printf(
        MW_SESSION_COOKIE "=%s; Path=/; Max-Age=%" G_GINT64_FORMAT "; HttpOnly; SameSite=Lax%s",
        value, seconds, request->secure ? "; Secure" : "");

    mw_reply_header(reply, "Set-Cookie", cookie);
}

static bool
add_login(const MwRequest *request, int64_t user, GError **error)
{
    MwContext context = *request->context;
    MwValue params[] = { MW_INT(context.now), MW_INT(user) };
    g_autoptr(MwActor) actor = mw_company_actor(context.company, context.store, user, error);
    g_autofree char *changes = g_strdup_printf("{\"address\":[null,\"%s\"]}", request->address);

    if (!actor)
        return false;
    context.actor = actor;
    return mw_store_run(context.store, "UPDATE \"user\" SET last_login_at = $1 WHERE id = $2",
                        params, 2, NULL, NULL, error) &&
           mw_history_add(&context, "user", user, "login", changes, error);
}

bool
mw_session_begin(const MwRequest *request, MwReply *reply, int64_t user, GError **error)
{
    int64_t now = request->context->now;
    const char *agent = mw_request_header(request, "User-Agent");
    char secret[MW_SECRET_SIZE], csrf[MW_SECRET_SIZE], hash[MW_SECRET_HASH_SIZE];
    MwValue time = MW_INT(now);

    mw_secret_make(secret);
    mw_secret_make(csrf);
    mw_secret_hash(secret, hash);
    g_autofree char *shown = g_utf8_make_valid(agent ? agent : "", -1);
    if (g_utf8_strlen(shown, -1) > AGENT_MAX)
        *g_utf8_offset_to_pointer(shown, AGENT_MAX) = '\0';
    MwValue row[] = { MW_BORROW(hash), MW_INT(user),          MW_BORROW(csrf),
                      MW_INT(now),     MW_INT(now + IDLE_MS), MW_BORROW(request->address),
                      MW_BORROW(shown) };
    if (!mw_store_run(request->context->store, "DELETE FROM session WHERE expires_at < $1", &time,
                      1, NULL, NULL, error) ||
        !mw_store_run(request->context->store,
                      "INSERT INTO session (token, user_id, csrf, created_at, seen_at, expires_at, "
                      "address, agent) VALUES ($1, $2, $3, $4, $4, $5, $6, $7)",
                      row, G_N_ELEMENTS(row), NULL, NULL, error) ||
        !add_login(request, user, error))
        return false;
    put_cookie(request, reply, secret, LIFE_MS / 1000);
    return true;
}

bool
mw_session_end(const MwRequest *request, MwReply *reply, bool everywhere, GError **error)
{
    const MwContext *context = request->context;
    int64_t user = mw_actor_user(context->actor);
    MwValue whose = MW_INT(user), which = MW_BORROW(request->session ? request->session : "");

    if (!(everywhere ? mw_store_run(context->store, "DELETE FROM session WHERE user_id = $1",
                                    &whose, 1, NULL, NULL, error)
                     : mw_store_run(context->store, "DELETE FROM session WHERE token = $1", &which,
                                    1, NULL, NULL, error)) ||
        !mw_history_add(context, "user", user, everywhere ? "logout_everywhere" : "logout", "{}",
                        error))
        return false;
    put_cookie(request, reply, "", 0);
    return true;
}
