#include "web/session.h"

#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "record/history.h"
#include "record/token.h"
#include "store/backend.h"
#include "web/call.h"

#define MINUTE_MS INT64_C(60000)
#define IDLE_MS (12 * 60 * MINUTE_MS)
#define LIFE_MS (30 * MW_DAY_MS)
#define SEEN_EVERY_MS (5 * MINUTE_MS)

enum { AGENT_MAX = 200, BEARERS_MAX = 1000 };

static const char session_sql[] =
    "SELECT s.user_id, s.created_at, s.seen_at, s.csrf FROM session s "
    "JOIN \"user\" u ON u.id = s.user_id WHERE s.token = $1 AND s.expires_at > $2 "
    "AND u.active = 1 AND u.deleted_at IS NULL";
static const char token_sql[] =
    "SELECT t.id, t.\"user\", t.last_used_at FROM api_token t "
    "JOIN \"user\" u ON u.id = t.\"user\" WHERE t.hash = $1 "
    "AND t.deleted_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > $2) "
    "AND u.active = 1 AND u.deleted_at IS NULL";

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
keep_session(const MwValue *columns, size_t n_columns G_GNUC_UNUSED, void *data)
{
    MwBearer *bearer = data;

    bearer->user = columns[0].integer;
    bearer->id = columns[1].integer;
    bearer->used_at = columns[2].integer;
    g_strlcpy(bearer->csrf, columns[3].text, sizeof bearer->csrf);
    return false;
}

static bool
keep_token(const MwValue *columns, size_t n_columns G_GNUC_UNUSED, void *data)
{
    MwBearer *bearer = data;

    bearer->id = columns[0].integer;
    bearer->user = columns[1].integer;
    bearer->used_at = columns[2].is == MW_INTEGER ? columns[2].integer : 0;
    return false;
}

/* Asks the database for the bearer of call->secret, into call->answer. */
static bool
ask(MwCall *call, MwStore *store, bool later, GError **error)
{
    MwValue params[] = { MW_BORROW(call->secret), MW_INT(mw_clock_now()) };

    call->answer = (MwBearer){ .site = call->site };
    return (later ? mw_store_run_later
                  : mw_store_run)(store, call->by_token ? token_sql : session_sql, params, 2,
                                  call->by_token ? keep_token : keep_session, &call->answer, error);
}

/* What a page asks by itself, again and again, is no use of a session: a tab left open does not keep it for ever. */
static void
note_use(MwCall *call)
{
    const MwBearer *bearer = &call->bearer;
    int64_t now = mw_clock_now();

    if (now - bearer->used_at <= (call->by_token ? MINUTE_MS : SEEN_EVERY_MS) ||
        (!call->by_token && mw_http_header(call, "X-Poll")))
        return;
    MwNote *note = g_new0(MwNote, 1);
    note->site = call->site;
    note->numbers[0] = now;
    if (call->by_token) {
        note->sql = "UPDATE api_token SET last_used_at = $1 WHERE id = $2";
        note->numbers[1] = bearer->id;
    } else {
        note->sql = "UPDATE session SET seen_at = $1, expires_at = $2 WHERE token = $3";
        note->numbers[1] = MIN(now + IDLE_MS, bearer->id + LIFE_MS);
        g_strlcpy(note->text, call->secret, sizeof note->text);
    }
    mw_note(call->server, note);
}

static void
remember(MwCall *call, MwLane *lane)
{
    if (g_hash_table_size(lane->bearers) >= BEARERS_MAX)
        g_hash_table_remove_all(lane->bearers);
    g_hash_table_replace(lane->bearers, g_strdup(call->secret),
                         g_memdup2(&call->bearer, sizeof call->bearer));
}

bool
mw_session_holds(MwCall *call, MwLane *lane, MwStore *store, GError **error)
{
    const MwBearer *was = &call->bearer, *is = &call->answer;

    if (!call->supposed)
        return true;
    call->supposed = false;
    if (!mw_store_wait(store, error))
        return false;
    if (was->id == is->id && was->user == is->user && g_str_equal(was->csrf, is->csrf)) {
        if (was->used_at != is->used_at) {
            call->bearer = *is;
            remember(call, lane);
        }
        note_use(call);
        return true;
    }
    g_hash_table_remove(lane->bearers, call->secret);
    call->identified = false;
    g_set_error_literal(error, MW_STORE_RETRY, 0, "this session is not what it was");
    return false;
}

/* The bearer of this secret; without a user when there is none. */
static bool
find_bearer(MwCall *call, MwLane *lane, MwStore *store, const char *secret, GError **error)
{
    bool remembers = lane && call->site->dialect != MW_SQLITE;

    mw_secret_hash(secret, call->secret);
    const MwBearer *known = remembers ? g_hash_table_lookup(lane->bearers, call->secret) : NULL;
    call->supposed = known && known->site == call->site;
    if (!ask(call, store, call->supposed, error))
        return false;
    call->bearer = call->supposed ? *known : call->answer;
    if (call->supposed || !call->bearer.user)
        return true;
    if (remembers)
        remember(call, lane);
    note_use(call);
    return true;
}

static bool
be(MwCall *call, MwStore *store, GError **error)
{
    call->actor = mw_company_actor(call->site->company, store, call->bearer.user, error);
    return call->actor != NULL;
}

static bool
by_token(MwCall *call, MwLane *lane, MwStore *store, const char *token, GError **error)
{
    call->by_token = true;
    if (!find_bearer(call, lane, store, token, error))
        return false;
    if (!call->bearer.user)
        return mw_fail(error, MW_ERROR_UNAUTHENTICATED, _("This token is not valid."));
    return be(call, store, error);
}

static bool
by_session(MwCall *call, MwLane *lane, MwStore *store, const char *secret, size_t size,
           GError **error)
{
    char copy[MW_SECRET_SIZE];

    if (size >= sizeof copy)
        return true;
    memcpy(copy, secret, size);
    copy[size] = '\0';
    if (!find_bearer(call, lane, store, copy, error))
        return false;
    if (!call->bearer.user)
        return true;
    call->request.session = call->secret;
    call->request.csrf = call->bearer.csrf;
    return be(call, store, error);
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
mw_session_identify(MwCall *call, MwLane *lane, MwStore *store, GError **error)
{
    const char *authorization = mw_http_header(call, "Authorization");
    size_t size;
    const char *cookie;

    g_clear_pointer(&call->actor, mw_actor_unref); /* of a try before */
    if (authorization) {
        if (g_ascii_strncasecmp(authorization, "Bearer ", 7) != 0)
            return mw_fail(error, MW_ERROR_UNAUTHENTICATED,
                           _("Send a token: Authorization: Bearer mw_…"));
        return by_token(call, lane, store, authorization + 7, error);
    }
    cookie = mw_cookie_find(mw_http_header(call, "Cookie"), MW_SESSION_COOKIE, &size);
    if (cookie && !by_session(call, lane, store, cookie, size, error))
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
    if (!token || !mw_secret_equal(token, call->bearer.csrf))
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
