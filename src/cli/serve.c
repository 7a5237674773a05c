/* millwright serve: the web application and the REST API. */
#include "web/server.h"

#include <glib-unix.h>

#include "base/i18n.h"
#include "cli/app.h"
#include "cli/commands.h"
#include "jobs/jobs.h"

enum { JOB_THREADS = 1, STOP_SECONDS = 30 };

/* The companies that are served: that of --db, and those of the configuration file. */
typedef struct {
    GArray *served;     /* of MwServed */
    GPtrArray *owned;   /* MwCompany of the file's groups */
    GPtrArray *strings; /* host names */
    GPtrArray *ledgers; /* MwLedger of each served company */
    GPtrArray *runners; /* MwJobRunner of each, once they run */
} Companies;

static void
companies_clear(Companies *c)
{
    g_ptr_array_unref(c->runners);
    g_ptr_array_unref(c->ledgers);
    g_array_unref(c->served);
    g_ptr_array_unref(c->owned);
    g_ptr_array_unref(c->strings);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Companies, companies_clear)

static bool
open_named(MwApp *app, const char *name, Companies *c, GError **error)
{
    g_autofree char *db = mw_app_company_setting(app, name, "db");
    char *host = mw_app_company_setting(app, name, "host");

    if (host)
        g_ptr_array_add(c->strings, host);
    if (!db || !host)
        return mw_fail(error, MW_ERROR_INVALID,
                       _("[company %s] needs the settings “host” and “db”."), name);
    g_autofree char *url = mw_store_url_of(db);
    MwCompany *company = mw_app_open(app, url, error);
    if (!company) {
        g_prefix_error(error, "[company %s] ", name);
        return false;
    }
    g_ptr_array_add(c->owned, company);
    MwServed served = { .host = host, .company = company };
    g_array_append_val(c->served, served);
    return true;
}

static bool
open_companies(MwApp *app, Companies *c, GError **error)
{
    g_auto(GStrv) names = mw_app_companies(app);

    if (mw_app_get(app, "db") || !*names) {
        MwCompany *company = mw_app_company(app, error);
        if (!company)
            return false;
        MwServed served = { .company = company };
        g_array_append_val(c->served, served);
    }
    for (char **name = names; *name; name++)
        if (!open_named(app, *name, c, error))
            return false;
    return true;
}

/* "127.0.0.1:8080", "[::1]:8080", ":8080". */
static bool
split_listen(const char *listen, char **address, unsigned *port, GError **error)
{
    const char *colon = strrchr(listen, ':');
    guint64 number;

    if (!colon || !g_ascii_string_to_unsigned(colon + 1, 10, 0, 65535, &number, NULL))
        return mw_fail(error, MW_ERROR_INVALID, _("listen: write ADDRESS:PORT, not “%s”."), listen);
    *address = g_strndup(listen, (gsize)(colon - listen));
    if (**address == '[')
        g_strdelimit(*address, "[]", ' ');
    g_strstrip(*address);
    if (!**address) {
        g_free(*address);
        *address = g_strdup("0.0.0.0");
    }
    *port = (unsigned)number;
    return true;
}

static gboolean
stop(gpointer loop)
{
    g_main_loop_quit(loop);
    return G_SOURCE_CONTINUE;
}

/* Until SIGTERM or SIGINT. The loop only waits: requests have threads of their own. */
static void
wait_for_signal(void)
{
    GMainLoop *loop = g_main_loop_new(NULL, false);

    g_unix_signal_add(SIGTERM, stop, loop);
    g_unix_signal_add(SIGINT, stop, loop);
    g_main_loop_run(loop);
    g_main_loop_unref(loop);
}

/* The companies share the memory for ledgers evenly. */
static bool
make_ledgers(MwApp *app, Companies *c, GError **error)
{
    int64_t megabytes;

    if (!mw_app_number(app, "ledger_mb", 0, 1 << 20, &megabytes, error))
        return false;
    for (guint i = 0; i < c->served->len; i++) {
        MwServed *served = &g_array_index(c->served, MwServed, i);
        served->ledger = mw_ledger_new(served->company, ((size_t)megabytes << 20) / c->served->len);
        g_ptr_array_add(c->ledgers, served->ledger);
    }
    return true;
}

static void
start_jobs(Companies *c)
{
    for (guint i = 0; i < c->served->len; i++) {
        const MwServed *served = &g_array_index(c->served, MwServed, i);
        g_ptr_array_add(c->runners, mw_jobs_start(served->company, served->ledger, JOB_THREADS));
    }
}

static bool
serve(MwApp *app, Companies *companies, GError **error)
{
    g_autofree char *address = NULL;
    const char *log = mw_app_get(app, "log");
    int64_t threads, workers;
    unsigned port;

    if (!split_listen(mw_app_get(app, "listen"), &address, &port, error) ||
        !mw_app_number(app, "threads", 1, 64, &threads, error) ||
        !mw_app_number(app, "workers", 1, 64, &workers, error) ||
        !make_ledgers(app, companies, error))
        return false;
    MwServerOptions options = {
        .address = address,
        .port = port,
        .served = (const MwServed *)companies->served->data,
        .n_served = companies->served->len,
        .threads = (unsigned)threads,
        .workers = (unsigned)workers,
        .certificate = mw_app_get(app, "tls_certificate"),
        .key = mw_app_get(app, "tls_key"),
        .templates = mw_app_get(app, "templates"),
        .behind_proxy = mw_app_flag(app, "behind_proxy"),
        .log_requests = !g_str_equal(log, "none"),
        .log_json = g_str_equal(log, "json"),
    };
    MwServer *server = mw_server_start(&options, error);
    if (!server)
        return false;
    g_printerr(_("Serving http%s://%s:%u\n"), options.certificate ? "s" : "", address,
               mw_server_port(server));
    start_jobs(companies);
    wait_for_signal();
    mw_server_stop(server, STOP_SECONDS);
    return true;
}

static bool
run(MwApp *app, int argc G_GNUC_UNUSED, char **argv G_GNUC_UNUSED, GError **error)
{
    g_auto(Companies) companies = {
        .served = g_array_new(false, false, sizeof(MwServed)),
        .owned = g_ptr_array_new_with_free_func((GDestroyNotify)mw_company_free),
        .strings = g_ptr_array_new_with_free_func(g_free),
        .ledgers = g_ptr_array_new_with_free_func((GDestroyNotify)mw_ledger_free),
        .runners = g_ptr_array_new_with_free_func((GDestroyNotify)mw_jobs_stop),
    };

    return open_companies(app, &companies, error) && serve(app, &companies, error);
}

const MwCommand mw_command_serve = {
    .name = "serve",
    .summary = N_("Serve the web application and the REST API"),
    .details = N_("Further companies stand in the configuration file, each a group [company NAME] "
                  "with the settings host and db;\na request goes to the company whose host it "
                  "names, else to that of --db. Ends cleanly on SIGTERM."),
    .run = run,
};
