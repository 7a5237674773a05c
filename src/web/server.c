/* server: puts the parts together, starts and stops them in order. */
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "web/call.h"
#include "web/log.h"

enum {
    THREADS = 2,
    WORKERS = 4,
    DATABASE_WORKERS = 8, /* each waits for PostgreSQL most of the time */
    GROUP_MAX = 64,       /* requests in one transaction of the writer  */
    BODY_MAX = 16 << 20,
    UPLOAD_MAX = 512 << 20,
    IDLE_SECONDS = 30,
};

static void *
begin_worker(void *server)
{
    return mw_lane_new(server, MW_OPEN_EXISTING);
}

static void *
begin_database_worker(void *server)
{
    return mw_lane_new(server, MW_OPEN_PLAN_ONCE);
}

static void *
begin_writer(void *server)
{
    return mw_lane_new(server, MW_OPEN_SERVED);
}

static void
end_worker(void *lane)
{
    mw_lane_free(lane);
}

static MwPool *
start_workers(MwServer *server, const char *name, unsigned threads, unsigned batch,
              void *(*begin)(void *), void (*work)(void *, MwTask **, size_t))
{
    MwPoolOptions options = {
        .name = name,
        .threads = threads,
        .batch = batch,
        .waiting_max = MW_WAITING_MAX,
        .begin = begin,
        .work = work,
        .end = end_worker,
        .data = server,
    };

    return mw_pool_new(&options);
}

static void
take_options(MwServer *server, const MwServerOptions *options)
{
    MwServerOptions *own = &server->options;

    *own = *options;
    own->served = NULL;
    own->address = g_strdup(options->address ? options->address : "127.0.0.1");
    own->threads = options->threads ? options->threads : THREADS;
    own->workers = options->workers ? options->workers : WORKERS;
    own->body_bytes_max = options->body_bytes_max ? options->body_bytes_max : BODY_MAX;
    own->upload_bytes_max = options->upload_bytes_max ? options->upload_bytes_max : UPLOAD_MAX;
    own->idle_seconds = options->idle_seconds ? options->idle_seconds : IDLE_SECONDS;
}

static void
add_sites(MwServer *server, const MwServerOptions *options)
{
    server->n_sites = options->n_served;
    server->sites = g_new0(MwSite, server->n_sites + 1);
    for (size_t i = 0; i < server->n_sites; i++) {
        MwSite *site = &server->sites[i];
        site->host = g_strdup(options->served[i].host);
        site->company = options->served[i].company;
        site->index = (unsigned)i;
        site->dialect =
            g_str_has_prefix(mw_company_url(site->company), "sqlite:") ? MW_SQLITE : MW_POSTGRES;
        g_autoptr(MwCatalog) catalog = mw_company_catalog(site->company);
        site->nobody = mw_actor_nobody(catalog);
        site->ledger = options->served[i].ledger;
    }
}

static void
start_pools(MwServer *server)
{
    server->slow = start_workers(server, "mw-slow", server->options.workers, 1, begin_worker,
                                 mw_dispatch_slow);
    for (size_t i = 0; i < server->n_sites; i++) {
        MwSite *site = &server->sites[i];
        if (site->dialect == MW_SQLITE)
            site->writer =
                start_workers(server, "mw-writer", 1, GROUP_MAX, begin_writer, mw_dispatch_write);
        else if (!server->database)
            server->database = start_workers(server, "mw-database", DATABASE_WORKERS, 1,
                                             begin_database_worker, mw_dispatch_slow);
    }
}

/* Uploads that nobody went on with, and files of rejected rows. */
static void
remove_folder(const char *folder)
{
    g_autoptr(GDir) files = g_dir_open(folder, 0, NULL);
    const char *name;

    while (files && (name = g_dir_read_name(files))) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_unlink(path);
    }
    g_rmdir(folder);
}

static void
server_free(MwServer *server)
{
    for (size_t i = 0; i < server->n_sites; i++) {
        mw_pool_free(server->sites[i].writer);
        mw_actor_unref(server->sites[i].nobody);
        g_free(server->sites[i].host);
    }
    mw_pool_free(server->slow);
    mw_pool_free(server->database);
    mw_metrics_free(server->metrics);
    mw_uploads_free(server->uploads);
    mw_router_free(server->router);
    mw_resources_free(server->resources);
    if (server->folder)
        remove_folder(server->folder);
    g_free(server->folder);
    g_free(server->sites);
    g_free((char *)server->options.address);
    g_free(server);
}

MwServer *
mw_server_start(const MwServerOptions *options, GError **error)
{
    MwServer *server = g_new0(MwServer, 1);

    signal(SIGPIPE,
           SIG_IGN); /* a client that goes, a file that may not grow: errors, not the end */
    signal(SIGXFSZ, SIG_IGN);
    take_options(server, options);
    server->boot = g_random_int();
    server->started_at = mw_clock_now();
    server->resources = mw_resources_new(options->templates, error);
    server->folder = server->resources ? g_dir_make_tmp("millwright-XXXXXX", error) : NULL;
    if (!server->folder) {
        server_free(server);
        return NULL;
    }
    server->uploads = mw_uploads_new(2 * server->options.upload_bytes_max);
    server->router = mw_router_new(options->routes ? options->routes : mw_route_tables);
    server->metrics = mw_metrics_new(server->router);
    add_sites(server, options);
    start_pools(server);
    if (!mw_http_start(server, error)) {
        mw_server_stop(server, 0);
        return NULL;
    }
    server->listening = true;
    return server;
}

unsigned
mw_server_port(const MwServer *server)
{
    return mw_http_port(server->http);
}

static bool
is_idle(MwServer *server)
{
    return g_atomic_int_get(&server->running) == 0;
}

static void
stop_pools(MwServer *server)
{
    if (server->slow)
        mw_pool_stop(server->slow);
    if (server->database)
        mw_pool_stop(server->database);
    for (size_t i = 0; i < server->n_sites; i++)
        if (server->sites[i].writer)
            mw_pool_stop(server->sites[i].writer);
}

void
mw_server_stop(MwServer *server, unsigned seconds)
{
    int64_t end = g_get_monotonic_time() + (int64_t)seconds * G_USEC_PER_SEC;

    g_atomic_int_set(&server->stopping, 1);
    if (server->listening) {
        mw_http_quiesce(server->http);
        while (!is_idle(server) && g_get_monotonic_time() < end)
            g_usleep(5000);
    }
    /* Nothing may be suspended when the daemon stops: what waits is done, or refused by the stopped
     * pools. */
    stop_pools(server);
    mw_http_stop(server->http);
    server_free(server);
}
