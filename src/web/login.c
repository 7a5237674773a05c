/* login: logging in and out, one's password and language, the first administrator. */
#include <string.h>

#include "base/i18n.h"
#include "base/money.h"
#include "record/history.h"
#include "record/password.h"
#include "record/token.h"
#include "record/user.h"
#include "web/call.h"
#include "web/routes.h"
#include "web/session.h"

/* Attempts that cost no wait, of an account and of an address (where a whole office may be); then
 * 1, 2, 4… seconds, at most 15 minutes. An hour without one forgets them. */
enum { FREE_OF_ACCOUNT = 5, FREE_OF_ADDRESS = 20, WAIT_MAX_S = 900, FORGET_MS = 3600 * 1000 };

/* ---- throttling ------------------------------------------------------------------------ */

typedef struct {
    const MwRequest *request;
    const char *email;
    int64_t wait_ms; /* out: 0: go ahead */
} Attempt;

typedef struct {
    const char *key;
    int64_t free_attempts, failures, until;
} Failures;

static bool
keep_failures(const MwValue *columns, size_t n_columns G_GNUC_UNUSED, void *data)
{
    Failures *failures = data;

    failures->failures = columns[0].integer;
    failures->until = columns[1].integer;
    return false;
}

/* Holds the row to the end of the transaction: attempts at the same time count one after another. */
static bool
read_failures(MwStore *store, Failures *known, GError **error)
{
    MwValue key = MW_BORROW(known->key);

    return mw_store_run(store,
                        "INSERT INTO login_failure (key, failures, until) VALUES ($1, 0, 0) "
                        "ON CONFLICT (key) DO UPDATE SET failures = login_failure.failures "
                        "RETURNING failures, until",
                        &key, 1, keep_failures, known, error);
}

static bool
count_failure(MwStore *store, const Failures *known, int64_t now, GError **error)
{
    int64_t failures = known->until + FORGET_MS < now ? 1 : known->failures + 1;
    int64_t over = MIN(failures - known->free_attempts, 20);
    int64_t wait_s = over >= 0 ? MIN(INT64_C(1) << over, WAIT_MAX_S) : 0;
    MwValue params[] = { MW_BORROW(known->key), MW_INT(failures), MW_INT(now + wait_s * 1000) };

    return mw_store_run(store,
                        "INSERT INTO login_failure (key, failures, until) VALUES ($1, $2, $3) "
                        "ON CONFLICT (key) DO UPDATE SET failures = excluded.failures, "
                        "until = excluded.until",
                        params, 3, NULL, NULL, error);
}

static char *
account_key(const char *email)
{
    g_autofree char *lower = g_utf8_strdown(email, -1);
    char hash[MW_SECRET_HASH_SIZE];

    mw_secret_hash(lower, hash); /* of any length */
    return g_strconcat("account ", hash, NULL);
}

/* Counts an attempt, or tells how long to wait. It counts before the password is looked at, so that
 * many at once gain nothing; who waits is not counted. */
static bool
count_attempts(MwStore *store, void *data, GError **error)
{
    Attempt *attempt = data;
    int64_t now = attempt->request->context->now;
    g_autofree char *address = g_strconcat("address ", attempt->request->address, NULL);
    g_autofree char *account = account_key(attempt->email);
    Failures known[] = { { .key = address, .free_attempts = FREE_OF_ADDRESS },
                         { .key = account, .free_attempts = FREE_OF_ACCOUNT } };

    attempt->wait_ms = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(known); i++) {
        if (!read_failures(store, &known[i], error))
            return false;
        attempt->wait_ms = MAX(attempt->wait_ms, known[i].until - now);
    }
    for (size_t i = 0; attempt->wait_ms <= 0 && i < G_N_ELEMENTS(known); i++)
        if (!count_failure(store, &known[i], now, error))
            return false;
    return true;
}

/* ---- logging in -------------------------------------------------------------------------- */

/* A path of ours to go to, else "/". */
static const char *
next_of(const MwRequest *request)
{
    const char *next = mw_param(request, "next");

    return next && next[0] == '/' && next[1] != '/' && next[1] != '\\' ? next : "/";
}

static bool
show_form(const MwRequest *request, MwReply *reply, const char *problem, GError **error)
{
    MwNode *page = mw_view_root(request->view);

    mw_put_text(page, "title", _("Log in"));
    mw_put_copy(page, "problem", problem);
    mw_put_text(page, "email", mw_form_param(request, "email"));
    mw_put_text(page, "next", next_of(request));
    mw_put_bool(page, "code", false);
    mw_put_text(page, "single_sign_on", NULL);
    return mw_reply_page(request, reply, "login", error);
}

static bool
show_login(const MwRequest *request, MwReply *reply, GError **error)
{
    if (!g_atomic_int_get(&mw_call_of(request)->site->has_users))
        return mw_reply_see_other(reply, "/welcome");
    if (mw_actor_user(request->context->actor))
        return mw_reply_see_other(reply, next_of(request));
    return show_form(request, reply, NULL, error);
}

typedef struct {
    int64_t id;
    bool active;
    char *hash;
} Account;

static void
account_clear(Account *account)
{
    g_free(account->hash);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Account, account_clear)

static bool
keep_account(const MwValue *columns, size_t n_columns G_GNUC_UNUSED, void *data)
{
    Account *account = data;

    g_free(account->hash);
    account->id = columns[0].integer;
    account->active = columns[1].integer;
    account->hash = g_strdup(columns[2].is == MW_TEXT ? columns[2].text : NULL);
    return false;
}

static bool
find_account(const MwRequest *request, const char *email, Account *account, GError **error)
{
    MwStore *store = request->context->store;
    MwValue name = MW_BORROW(email);

    if (!mw_store_begin(store, false, error))
        return false;
    bool found = mw_store_run(store,
                              "SELECT id, active, password FROM \"user\" "
                              "WHERE lower(email) = lower($1) AND deleted_at IS NULL",
                              &name, 1, keep_account, account, error);
    mw_store_rollback(store);
    return found;
}

typedef struct {
    const MwRequest *request;
    MwReply *reply;
    int64_t user; /* 0: failed, for nobody we know */
    const char *email;
} Login;

static bool
write_login(MwStore *store, void *data, GError **error)
{
    Login *login = data;
    g_autofree char *key = account_key(login->email);
    g_autofree char *address = g_strconcat("address ", login->request->address, NULL);
    MwValue gone[] = { MW_BORROW(key), MW_INT(login->request->context->now - FORGET_MS) };
    MwValue counted = MW_BORROW(address);

    return mw_store_run(store, "DELETE FROM login_failure WHERE key = $1 OR until < $2", gone, 2,
                        NULL, NULL, error) &&
           /* Its own attempt alone: who has an account cannot try others' passwords by it. */
           mw_store_run(store,
                        "UPDATE login_failure SET failures = failures - 1 "
                        "WHERE key = $1 AND failures > 0",
                        &counted, 1, NULL, NULL, error) &&
           mw_session_begin(login->request, login->reply, login->user, error);
}

static bool
write_failure(MwStore *store G_GNUC_UNUSED, void *data, GError **error)
{
    const Login *login = data;
    g_autofree char *changes =
        g_strdup_printf("{\"address\":[null,\"%s\"]}", login->request->address);

    return mw_history_add(login->request->context, "user", login->user, "login_failed", changes,
                          error);
}

static bool
tell_wait(const MwRequest *request, MwReply *reply, int64_t wait_ms, GError **error)
{
    unsigned seconds = (unsigned)((wait_ms + 999) / 1000);
    g_autofree char *text =
        g_strdup_printf(mw_ngettext("Too many attempts. Please wait %u second.",
                                    "Too many attempts. Please wait %u seconds.", seconds),
                        seconds);
    g_autofree char *after = g_strdup_printf("%u", seconds);

    mw_reply_status(reply, 429);
    mw_reply_header(reply, "Retry-After", after);
    return show_form(request, reply, text, error);
}

static bool
log_in(const MwRequest *request, MwReply *reply, GError **error)
{
    const char *email = mw_form_param(request, "email");
    const char *password = mw_form_param(request, "password");
    MwStore *store = request->context->store;
    Attempt attempt = { .request = request, .email = email };
    g_auto(Account) account = { 0 };

    if (!email || !password || !*email || strlen(email) > 254 ||
        strlen(password) > (size_t)MW_PASSWORD_MAX * 4) {
        mw_reply_status(reply, 422);
        return show_form(request, reply, _("Please enter your e-mail and your password."), error);
    }
    if (!mw_store_atomically(store, count_attempts, &attempt, error))
        return false;
    if (attempt.wait_ms > 0)
        return tell_wait(request, reply, attempt.wait_ms, error);
    if (!find_account(request, email, &account, error))
        return false;
    bool right = mw_password_verify(account.hash, password) && account.active;
    Login login = { request, reply, account.id, email };
    if (!mw_store_atomically(store, right ? write_login : write_failure, &login, error))
        return false;
    if (right)
        return mw_reply_see_other(reply, next_of(request));
    mw_reply_status(reply, 422);
    return show_form(request, reply, _("E-mail or password is not right."), error);
}

static bool
log_out(const MwRequest *request, MwReply *reply, GError **error)
{
    return mw_session_end(request, reply, false, error) && mw_reply_see_other(reply, "/login");
}

/* The box that offers to end one's API tokens too. */
static bool
wants_tokens_ended(const MwRequest *request)
{
    return g_strcmp0(mw_form_param(request, "tokens"), "true") == 0;
}

static bool
log_out_everywhere(const MwRequest *request, MwReply *reply, GError **error)
{
    return (!wants_tokens_ended(request) ||
            mw_tokens_end(request->context, mw_actor_user(request->context->actor), error)) &&
           mw_session_end(request, reply, true, error) && mw_reply_see_other(reply, "/login");
}

/* ---- one's own password --------------------------------------------------------------------- */

static bool
password_form(const MwRequest *request, MwReply *reply, const char *of_old, const char *of_new,
              GError **error)
{
    MwNode *page = mw_view_root(request->view);

    if (of_old || of_new)
        mw_reply_status(reply, 422);
    mw_put_text(page, "title", _("Change your password"));
    mw_put_copy(page, "old_problem", of_old);
    mw_put_copy(page, "new_problem", of_new);
    return mw_reply_page(request, reply, "password", error);
}

static bool
show_password(const MwRequest *request, MwReply *reply, GError **error)
{
    return password_form(request, reply, NULL, NULL, error);
}

typedef struct {
    const MwRequest *request;
    MwProblems *problems;
} NewPassword;

static bool
write_password(MwStore *store G_GNUC_UNUSED, void *data, GError **error)
{
    NewPassword *new = data;
    const MwContext *context = new->request->context;

    return mw_user_set_password(context, mw_actor_user(context->actor),
                                mw_form_param(new->request, "new"), new->request->session,
                                wants_tokens_ended(new->request), new->problems, error);
}

static bool
read_own_hash(const MwRequest *request, Account *account, GError **error)
{
    MwStore *store = request->context->store;
    MwValue user = MW_INT(mw_actor_user(request->context->actor));

    if (!mw_store_begin(store, false, error))
        return false;
    bool read = mw_store_run(store, "SELECT id, active, password FROM \"user\" WHERE id = $1",
                             &user, 1, keep_account, account, error);
    mw_store_rollback(store);
    return read;
}

static bool
change_password(const MwRequest *request, MwReply *reply, GError **error)
{
    const char *old = mw_form_param(request, "old"), *new = mw_form_param(request, "new");
    g_autofree char *key =
        g_strdup_printf("%" G_GINT64_FORMAT, mw_actor_user(request->context->actor));
    Attempt attempt = { .request = request, .email = key };
    g_autoptr(MwProblems) problems = mw_problems_new();
    g_auto(Account) account = { 0 };
    NewPassword work = { request, problems };

    if (!mw_store_atomically(request->context->store, count_attempts, &attempt, error))
        return false;
    if (attempt.wait_ms > 0)
        return mw_fail(error, MW_ERROR_TOO_MANY, _("Please wait some minutes and try again."));
    if (!read_own_hash(request, &account, error))
        return false;
    if (!old || strlen(old) > (size_t)MW_PASSWORD_MAX * 4 || !mw_password_verify(account.hash, old))
        return password_form(request, reply, _("This is not your password."), NULL, error);
    if (!new || !mw_password_acceptable(new, NULL, "password", problems))
        return password_form(request, reply, NULL, mw_problems_of(problems, "password"), error);
    return mw_store_atomically(request->context->store, write_password, &work, error) &&
           mw_reply_see_other(reply, "/");
}

/* ---- language ----------------------------------------------------------------------------------- */

static bool
write_language(const MwRequest *request, const char *language, GError **error)
{
    MwContext context = *request->context;
    g_autoptr(MwActor) system = mw_company_system(context.company); /* of oneself one may */
    g_autoptr(MwInput) input = mw_input_new(mw_catalog_entity(context.catalog, "user"));
    g_autoptr(MwProblems) problems = mw_problems_new();
    int64_t user = mw_actor_user(context.actor);

    context.actor = system;
    mw_input_set(input, "language", language);
    g_autoptr(MwRecord) record = mw_record_write(&context, input, user, problems, error);
    return record != NULL;
}

static bool
set_language(const MwRequest *request, MwReply *reply, GError **error)
{
    const char *language = mw_form_param(request, "language");
    const char *back = mw_form_param(request, "back");
    bool known = false;

    for (const char *const *all = mw_i18n_languages(); language && *all; all++)
        known |= g_str_equal(*all, language);
    if (!known)
        return mw_fail(error, MW_ERROR_INVALID, _("There is no such language."));
    if (mw_actor_user(request->context->actor) && !write_language(request, language, error))
        return false;
    g_autofree char *cookie =
        g_strdup_printf("language=%s; Path=/; Max-Age=31536000; SameSite=Lax", language);
    mw_reply_header(reply, "Set-Cookie", cookie);
    return mw_reply_see_other(reply, back ? back : "/");
}

/* ---- the first administrator ----------------------------------------------------------------------- */

static const char *const welcome_fields[] = { "name",     "email",    "password",  "company_name",
                                              "currency", "language", "time_zone", NULL };

static bool
show_welcome_form(const MwRequest *request, MwReply *reply, const MwProblems *problems,
                  GError **error)
{
    MwNode *page = mw_view_root(request->view);
    const MwSettings *settings = request->context->settings;
    MwNode *values = mw_put_object(page, "values"), *told = mw_put_object(page, "problems");

    mw_put_text(page, "title", _("Welcome"));
    for (const char *const *name = welcome_fields; *name; name++) {
        const char *given = mw_form_param(request, *name);
        if (!given && g_str_equal(*name, "currency"))
            given = settings->currency;
        else if (!given && g_str_equal(*name, "time_zone"))
            given = settings->time_zone;
        mw_put_copy(values, *name, given && !g_str_equal(*name, "password") ? given : "");
        mw_put_copy(told, *name, problems ? mw_problems_of(problems, *name) : NULL);
    }
    const char *language = mw_form_param(request, "language");
    mw_put_bool(page, "english", g_str_equal(language ? language : mw_i18n_language(), "en"));
    if (problems)
        mw_reply_status(reply, 422);
    return mw_reply_page(request, reply, "welcome", error);
}

static bool
show_welcome(const MwRequest *request, MwReply *reply, GError **error)
{
    if (g_atomic_int_get(&mw_call_of(request)->site->has_users))
        return mw_reply_see_other(reply, "/login");
    return show_welcome_form(request, reply, NULL, error);
}

static void
check_settings(const MwRequest *request, MwProblems *problems)
{
    const char *currency = mw_form_param(request, "currency");
    const char *zone_name = mw_form_param(request, "time_zone");
    const char *company = mw_form_param(request, "company_name");
    const char *language = mw_form_param(request, "language");
    g_autoptr(GTimeZone) zone = zone_name ? g_time_zone_new_identifier(zone_name) : NULL;

    for (const char *const *name = welcome_fields; *name; name++) {
        const char *value = mw_form_param(request, *name);
        if (!value || !*value)
            mw_problems_add(problems, *name, "required", _("Please fill this in."));
    }
    if (company && strlen(company) > 200)
        mw_problems_add(problems, "company_name", "too_long", _("Use at most %d characters."), 200);
    if (currency && *currency && !mw_currency_find(currency))
        mw_problems_add(problems, "currency", "not_a_choice",
                        _("Write the code of a currency, such as CNY."));
    if (language && *language && !g_str_equal(language, "zh_CN") && !g_str_equal(language, "en"))
        mw_problems_add(problems, "language", "not_a_choice", _("There is no such language."));
    if (zone_name && *zone_name && !zone)
        mw_problems_add(problems, "time_zone", "not_a_choice",
                        _("Write a time zone such as Asia/Shanghai or Europe/Berlin."));
}

typedef struct {
    const MwRequest *request;
    MwReply *reply;
    MwProblems *problems;
    bool late; /* out: somebody else was first */
} Welcome;

/* The row of this key is inserted by one alone; a second one waits for the first and then finds it. */
static bool
is_first(MwStore *store, Welcome *welcome, GError **error)
{
    bool any = false;

    if (!mw_store_run(store,
                      "INSERT INTO meta (key, value) VALUES ('first_user', '1') "
                      "ON CONFLICT (key) DO NOTHING",
                      NULL, 0, NULL, NULL, error))
        return false;
    bool first = mw_store_touched(store) == 1;
    if (!mw_user_any(store, &any, error))
        return false;
    welcome->late = any || !first;
    return !welcome->late;
}

static bool
write_welcome(MwStore *store, void *data, GError **error)
{
    Welcome *welcome = data;
    const MwRequest *request = welcome->request;
    MwContext context = *request->context;
    static const char *const settings[] = { "company_name", "currency", "language", "time_zone" };

    mw_problems_reset(welcome->problems);
    if (!is_first(store, welcome, error))
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(settings); i++)
        if (!mw_settings_put(store, settings[i], mw_form_param(request, settings[i]), error))
            return false;
    g_autoptr(MwActor) system = mw_company_system(context.company);
    context.actor = system;
    int64_t user =
        mw_user_create(&context, mw_form_param(request, "name"), mw_form_param(request, "email"),
                       "admin", mw_form_param(request, "password"), NULL, welcome->problems, error);
    if (user <= 0)
        return false;
    mw_company_touch(context.company);
    return mw_session_begin(request, welcome->reply, user, error);
}

static bool
make_first(const MwRequest *request, MwReply *reply, GError **error)
{
    g_autoptr(MwProblems) problems = mw_problems_new();
    Welcome welcome = { request, reply, problems, false };
    MwSite *site = mw_call_of(request)->site;
    g_autoptr(GError) local = NULL;

    if (g_atomic_int_get(&site->has_users))
        return mw_reply_see_other(reply, "/login");
    check_settings(request, problems);
    if (mw_problems_any(problems))
        return show_welcome_form(request, reply, problems, error);
    if (mw_store_atomically(request->context->store, write_welcome, &welcome, &local)) {
        g_atomic_int_set(&site->has_users, 1);
        return mw_reply_see_other(reply, "/");
    }
    if (local) {
        g_propagate_error(error, g_steal_pointer(&local));
        return false;
    }
    return welcome.late ? mw_reply_see_other(reply, "/login")
                        : show_welcome_form(request, reply, problems, error);
}

const MwRoute mw_login_routes[] = {
    { MW_GET, "/login", MW_FOR_ANYONE, 0, MW_RUN_READ, show_login },
    { MW_POST, "/login", MW_FOR_ANYONE, 0, MW_RUN_SLOW, log_in },
    { MW_POST, "/logout", MW_FOR_USERS, 0, MW_RUN_WRITE, log_out },
    { MW_POST, "/logout-everywhere", MW_FOR_USERS, 0, MW_RUN_WRITE, log_out_everywhere },
    { MW_GET, "/password", MW_FOR_USERS, 0, MW_RUN_READ, show_password },
    { MW_POST, "/password", MW_FOR_USERS, 0, MW_RUN_SLOW, change_password },
    { MW_POST, "/language", MW_FOR_ANYONE, 0, MW_RUN_WRITE, set_language },
    { MW_GET, "/welcome", MW_FOR_ANYONE, 0, MW_RUN_READ, show_welcome },
    { MW_POST, "/welcome", MW_FOR_ANYONE, 0, MW_RUN_SLOW, make_first },
    { .path = NULL },
};
