/*
 * serve_fixture: a server for the tests from outside: a company with users, and some routes more.
 *
 *     serve_fixture URL [empty]
 *
 * Makes the company unless it is there, with an administrator (admin@example.com), a viewer
 * (viewer@example.com), both with the password "correct horse", and a token each; "empty" leaves the
 * users out. Prints one line of JSON with port and tokens, then serves until its input ends.
 */
#include <stdio.h>
#include <unistd.h>

#include "base/i18n.h"
#include "entities/entities.h"
#include "jobs/jobs.h"
#include "methods/derivations.h"
#include "record/token.h"
#include "record/user.h"
#include "web/routes.h"
#include "web/server.h"

#define PASSWORD "correct horse"

/* ---- routes that only tests want ------------------------------------------------------ */

static bool
put(const MwRequest *request, GError **error)
{
    return mw_settings_put(request->context->store, mw_query_param(request, "key"),
                           mw_query_param(request, "value"), error);
}

static bool
test_put(const MwRequest *request, MwReply *reply, GError **error)
{
    mw_reply_type(reply, "text/plain");
    g_string_append(mw_reply_body(reply), "put");
    return put(request, error);
}

static bool
test_put_discard(const MwRequest *request, MwReply *reply, GError **error)
{
    mw_reply_discard(reply);
    return test_put(request, reply, error);
}

static bool
test_put_fail(const MwRequest *request, MwReply *reply, GError **error)
{
    return test_put(request, reply, error) &&
           mw_fail(error, MW_ERROR_INVALID, "refused after writing");
}

static bool
test_get(const MwRequest *request, MwReply *reply, GError **error)
{
    MwValue key = MW_BORROW(mw_query_param(request, "key"));
    g_auto(MwValue) value = MW_NOTHING;

    if (!mw_store_scalar(request->context->store, "SELECT value FROM meta WHERE key = $1", &key, 1,
                         &value, error))
        return false;
    if (value.is == MW_NULL)
        return mw_fail(error, MW_ERROR_NOT_FOUND, "no such key");
    mw_reply_type(reply, "text/plain");
    g_string_append(mw_reply_body(reply), value.text);
    return true;
}

static bool
test_internal(const MwRequest *request G_GNUC_UNUSED, MwReply *reply G_GNUC_UNUSED, GError **error)
{
    return mw_fail(error, MW_ERROR_INTERNAL, "the secret cause");
}

static bool
test_conflict(const MwRequest *request G_GNUC_UNUSED, MwReply *reply G_GNUC_UNUSED, GError **error)
{
    return mw_fail(error, MW_ERROR_CONFLICT, "newer");
}

static bool
test_header(const MwRequest *request, MwReply *reply, GError **error G_GNUC_UNUSED)
{
    mw_reply_header(reply, "X-Test", mw_query_param(request, "value"));
    return mw_reply_see_other(reply, mw_query_param(request, "value"));
}

static bool
test_sleep(const MwRequest *request, MwReply *reply, GError **error G_GNUC_UNUSED)
{
    fputs("sleeping\n", stderr);
    g_usleep(500000);
    mw_reply_type(reply, "text/plain");
    g_string_append(mw_reply_body(reply), request->path);
    return true;
}

static gint gate; /* those who wait go on once it is open */

static bool
test_wait(const MwRequest *request G_GNUC_UNUSED, MwReply *reply, GError **error G_GNUC_UNUSED)
{
    while (!g_atomic_int_get(&gate))
        g_usleep(2000);
    mw_reply_type(reply, "text/plain");
    return true;
}

static bool
test_open(const MwRequest *request G_GNUC_UNUSED, MwReply *reply, GError **error G_GNUC_UNUSED)
{
    g_atomic_int_set(&gate, 1);
    mw_reply_type(reply, "text/plain");
    return true;
}

/* What came in, to be compared with what was sent. */
static bool
test_echo(const MwRequest *request, MwReply *reply, GError **error)
{
    GString *out = mw_reply_body(reply);

    mw_reply_type(reply, "text/plain; charset=utf-8");
    for (size_t i = 0; i < request->n_query; i++)
        g_string_append_printf(out, "query %s=%s\n", request->query[i].name,
                               request->query[i].value);
    for (size_t i = 0; i < request->n_form; i++)
        g_string_append_printf(out, "form %s=%s\n", request->form[i].name, request->form[i].value);
    for (size_t i = 0; i < request->n_uploads; i++) {
        const MwUpload *upload = &request->uploads[i];
        g_autofree char *content = NULL;
        gsize size;
        if (!g_file_get_contents(upload->path, &content, &size, error))
            return false;
        g_autofree char *sum =
            g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)content, size);
        g_string_append_printf(out, "upload %s=%s %s %" G_GSIZE_FORMAT " %s\n", upload->name,
                               upload->file_name, upload->type, size, sum);
    }
    g_string_append_printf(out, "body %s %" G_GSIZE_FORMAT "\n", request->content_type,
                           request->body_size);
    return true;
}

/* Makes the session older: `seen` and `expires` are minutes from now. */
static bool
test_age(const MwRequest *request, MwReply *reply, GError **error)
{
    int64_t now = request->context->now;
    const char *seen = mw_query_param(request, "seen");
    const char *expires = mw_query_param(request, "expires");
    MwValue params[] = { MW_INT(now + g_ascii_strtoll(seen, NULL, 10) * 60000),
                         MW_INT(now + g_ascii_strtoll(expires, NULL, 10) * 60000),
                         MW_BORROW(request->session) };

    mw_reply_type(reply, "text/plain");
    return mw_store_run(request->context->store,
                        "UPDATE session SET seen_at = $1, expires_at = $2 WHERE token = $3", params,
                        3, NULL, NULL, error);
}

/* One number of the database by SQL that the test writes. */
static bool
test_sql(const MwRequest *request, MwReply *reply, GError **error)
{
    g_auto(MwValue) value = MW_NOTHING;

    if (!mw_store_scalar(request->context->store, mw_query_param(request, "sql"), NULL, 0, &value,
                         error))
        return false;
    mw_reply_type(reply, "text/plain");
    g_string_append_printf(mw_reply_body(reply), "%" G_GINT64_FORMAT,
                           value.is == MW_INTEGER ? value.integer : 0);
    return true;
}

static bool
test_reload(const MwRequest *request, MwReply *reply, GError **error)
{
    mw_company_touch(request->context->company);
    return test_sql(request, reply, error);
}

static const MwRoute test_routes[] = {
    { MW_POST, "/test/age", MW_FOR_USERS, 0, MW_RUN_WRITE, test_age },
    { MW_GET, "/api/test/sql", MW_FOR_ADMINS, 0, MW_RUN_READ, test_sql },
    { MW_POST, "/api/test/sql", MW_FOR_ADMINS, 0, MW_RUN_WRITE, test_reload },
    { MW_POST, "/api/test/put", MW_FOR_USERS, 0, MW_RUN_WRITE, test_put },
    { MW_POST, "/api/test/put-discard", MW_FOR_USERS, 0, MW_RUN_WRITE, test_put_discard },
    { MW_POST, "/api/test/put-fail", MW_FOR_USERS, 0, MW_RUN_WRITE, test_put_fail },
    { MW_GET, "/api/test/get", MW_FOR_USERS, 0, MW_RUN_READ, test_get },
    { MW_GET, "/api/test/admin", MW_FOR_ADMINS, 0, MW_RUN_READ, test_get },
    { MW_GET, "/api/test/internal", MW_FOR_USERS, 0, MW_RUN_READ, test_internal },
    { MW_GET, "/test/internal", MW_FOR_USERS, 0, MW_RUN_READ, test_internal },
    { MW_PATCH, "/api/test/conflict", MW_FOR_USERS, 0, MW_RUN_WRITE, test_conflict },
    { MW_GET, "/api/test/header", MW_FOR_USERS, 0, MW_RUN_READ, test_header },
    { MW_GET, "/api/test/sleep", MW_FOR_USERS, 0, MW_RUN_SLOW, test_sleep },
    { MW_GET, "/api/test/wait", MW_FOR_USERS, 0, MW_RUN_SLOW, test_wait },
    { MW_GET, "/api/test/open", MW_FOR_ANYONE, 0, MW_RUN_NOTHING, test_open },
    { MW_POST, "/api/test/echo", MW_FOR_USERS, 0, MW_RUN_READ, test_echo },
    { MW_POST, "/test/echo", MW_FOR_USERS, 0, MW_RUN_SLOW, test_echo },
    { MW_GET, "/api/test/list/{entity}", MW_FOR_RIGHT, MW_MAY_READ, MW_RUN_READ, test_sleep },
    { MW_DELETE, "/api/test/list/{entity}/{id}", MW_FOR_RIGHT, MW_MAY_REMOVE, MW_RUN_WRITE,
      test_internal },
    { .path = NULL },
};

/* ---- the company ------------------------------------------------------------------------- */

static bool
make_user(const MwContext *context, const char *email, const char *role, char **token,
          GError **error)
{
    g_autoptr(MwProblems) problems = mw_problems_new();
    int64_t user = mw_user_find(context->store, email, error);

    if (user == 0)
        user = mw_user_create(context, email, email, role, PASSWORD, "en", problems, error);
    *token = user > 0 ? mw_token_create(context, user, "test", 0, problems, error) : NULL;
    if (mw_problems_any(problems)) {
        g_autofree char *text = mw_problems_text(problems);
        g_printerr("%s\n", text);
    }
    return *token != NULL;
}

static bool
make_users(MwCompany *company, char *tokens[2], GError **error)
{
    g_autoptr(MwStore) store = mw_company_connect(company, MW_OPEN_EXISTING, error);
    g_autoptr(MwActor) system = mw_company_system(company);
    g_auto(MwContext) context = { 0 };

    if (!store || !mw_store_begin(store, true, error))
        return false;
    mw_context_begin(&context, company, store, system, "test");
    return make_user(&context, "admin@example.com", "admin", &tokens[0], error) &&
           make_user(&context, "viewer@example.com", "viewer", &tokens[1], error) &&
           mw_store_commit(store, error) && mw_company_reload(company, store, error);
}

static unsigned
number_of(const char *variable)
{
    const char *text = g_getenv(variable);

    return text ? (unsigned)g_ascii_strtoull(text, NULL, 10) : 0;
}

/* Settings come from the environment; OTHER is the database of a second company, whose host is
 * other.example. */
static MwServer *
start(MwCompany *company, MwCompany *other, MwLedger *ledger, GError **error)
{
    static const MwRoute *all[64] = { test_routes };
    const MwServed served[] = { { NULL, company, ledger }, { "other.example", other, NULL } };
    MwServerOptions options = {
        .served = served,
        .n_served = other ? 2 : 1,
        .routes = all,
        .idle_seconds = number_of("IDLE_SECONDS"),
        .body_bytes_max = number_of("BODY_MAX"),
        .certificate = g_getenv("CERTIFICATE"),
        .key = g_getenv("KEY"),
        .behind_proxy = g_getenv("BEHIND_PROXY") != NULL,
        .log_requests = g_getenv("LOG") != NULL,
        .log_json = g_strcmp0(g_getenv("LOG"), "json") == 0,
    };

    for (size_t i = 0; mw_route_tables[i] && i + 2 < G_N_ELEMENTS(all); i++)
        all[i + 1] = mw_route_tables[i];
    return mw_server_start(&options, error);
}

static MwCompany *
open_company(const char *url, GError **error)
{
    static const char *const settings[] = { "language", "en", NULL };

    mw_company_create(url, mw_entities, settings, NULL); /* unless it is there */
    MwCompany *company = mw_company_open(url, mw_entities, error);
    if (company)
        mw_company_derive_by(company, mw_derivations);
    return company;
}

static bool
serve(const char *url, bool empty, GError **error)
{
    const char *second = g_getenv("OTHER");
    char *tokens[2] = { NULL, NULL };
    char byte;

    mw_i18n_use("en");
    g_autoptr(MwCompany) company = open_company(url, error);
    g_autoptr(MwCompany) other = company && second ? open_company(second, error) : NULL;
    if (!company || (second && !other) || (!empty && !make_users(company, tokens, error)))
        return false;
    g_autoptr(MwLedger) ledger = mw_ledger_new(company, 64 << 20);
    MwServer *server = start(company, other, ledger, error);
    if (!server)
        return false;
    MwJobRunner *runner = mw_jobs_start(company, ledger, 1);
    printf("{\"port\":%u,\"admin\":\"%s\",\"viewer\":\"%s\"}\n", mw_server_port(server),
           tokens[0] ? tokens[0] : "", tokens[1] ? tokens[1] : "");
    fflush(stdout);
    while (read(STDIN_FILENO, &byte, 1) > 0)
        continue;
    mw_jobs_stop(runner);
    mw_server_stop(server, 5);
    g_free(tokens[0]);
    g_free(tokens[1]);
    return true;
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;

    if (argc >= 2 && serve(argv[1], argc > 2, &error))
        return 0;
    fprintf(stderr, "serve_fixture: %s\n", error ? error->message : "name a database");
    return 1;
}
