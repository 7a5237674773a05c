/* system: what is not of any company: files for the browser, health, numbers. */
#include <string.h>

#include "base/i18n.h"
#include "web/call.h"
#include "web/page.h"
#include "web/routes.h"

/* ---- files for the browser ---------------------------------------------------------- */

static bool
accepts(const char *accepted, const char *coding)
{
    return accepted && strstr(accepted, coding) != NULL;
}

static bool
send_asset(const MwRequest *request, MwReply *reply, GError **error)
{
    const MwAsset *asset = mw_resources_asset(request->server->resources, request->name);
    const char *match = mw_request_header(request, "If-None-Match");
    const char *accepted = mw_request_header(request, "Accept-Encoding");
    const char *coding = accepts(accepted, "br") ? "br" : accepts(accepted, "gzip") ? "gzip" : NULL;

    if (!asset)
        return mw_fail(error, MW_ERROR_NOT_FOUND, _("There is no such file."));
    mw_reply_header(reply, "Cache-Control", "public, max-age=31536000, immutable");
    mw_reply_header(reply, "ETag", asset->etag);
    mw_reply_header(reply, "Vary", "Accept-Encoding");
    if (match && strstr(match, asset->etag)) {
        mw_reply_status(reply, 304);
        return true;
    }
    GBytes *bytes = !coding ? asset->plain : *coding == 'b' ? asset->brotli : asset->gzip;
    gsize size;
    const void *content = g_bytes_get_data(bytes, &size);
    if (coding)
        mw_reply_header(reply, "Content-Encoding", coding);
    mw_reply_type(reply, asset->type);
    mw_reply_static(reply, content, size);
    return true;
}

static bool
send_robots(const MwRequest *request G_GNUC_UNUSED, MwReply *reply, GError **error G_GNUC_UNUSED)
{
    mw_reply_type(reply, "text/plain; charset=utf-8");
    g_string_append(mw_reply_body(reply), "User-agent: *\nDisallow: /\n");
    return true;
}

/* ---- health and numbers ---------------------------------------------------------------- */

static bool
tell_health(const MwRequest *request G_GNUC_UNUSED, MwReply *reply, GError **error G_GNUC_UNUSED)
{
    mw_reply_type(reply, "application/json");
    g_string_append(mw_reply_body(reply), "{\"status\":\"ok\"}");
    return true;
}

/* Whether each company's database answers. */
static bool
tell_readiness(const MwRequest *request, MwReply *reply, GError **error G_GNUC_UNUSED)
{
    MwServer *server = request->server;
    bool ready = true;

    for (size_t i = 0; i < server->n_sites && ready; i++) {
        g_autoptr(MwStore) store =
            mw_company_connect(server->sites[i].company, MW_OPEN_READ_ONLY, NULL);
        g_auto(MwValue) one = MW_NOTHING;
        ready =
            store && mw_store_scalar(store, "SELECT key FROM meta LIMIT 1", NULL, 0, &one, NULL);
    }
    mw_reply_type(reply, "application/json");
    mw_reply_status(reply, ready ? 200 : 503);
    g_string_append(mw_reply_body(reply),
                    ready ? "{\"status\":\"ok\"}" : "{\"status\":\"no database\"}");
    return true;
}

static bool
put_metrics(const MwRequest *request, MwReply *reply, GError **error G_GNUC_UNUSED)
{
    MwServer *server = request->server;
    GString *out = mw_reply_body(reply);
    unsigned writing = 0;

    for (size_t i = 0; i < server->n_sites; i++)
        writing += server->sites[i].writer ? mw_pool_waiting(server->sites[i].writer) : 0;
    mw_reply_type(reply, "text/plain; version=0.0.4; charset=utf-8");
    mw_metrics_print(server->metrics, out);
    g_string_append_printf(out,
                           "# TYPE millwright_writer_waiting gauge\n"
                           "millwright_writer_waiting %u\n"
                           "# TYPE millwright_slow_waiting gauge\n"
                           "millwright_slow_waiting %u\n"
                           "# TYPE millwright_connections gauge\n"
                           "millwright_connections %u\n"
                           "# TYPE process_start_time_seconds gauge\n"
                           "process_start_time_seconds %" G_GINT64_FORMAT "\n",
                           writing, mw_pool_waiting(server->slow),
                           mw_http_connections(server->http), server->started_at / 1000);
    return true;
}

/* Whether a program on this machine asks, and not a proxy on it for somebody else. */
static bool
is_local(const MwRequest *request)
{
    static const char *const addresses[] = { "127.", "::1", "::ffff:127." };
    bool local = false;

    for (size_t i = 0; i < G_N_ELEMENTS(addresses); i++)
        local |= g_str_has_prefix(request->address, addresses[i]);
    return local && !mw_request_header(request, "X-Forwarded-For") &&
           !mw_request_header(request, "Forwarded");
}

/* Without the database, so that it answers when that does not. */
static bool
tell_metrics(const MwRequest *request, MwReply *reply, GError **error)
{
    if (!is_local(request))
        return mw_fail(error, MW_ERROR_DENIED,
                       _("From elsewhere: /api/v1/metrics with the token of an administrator."));
    return put_metrics(request, reply, error);
}

const MwRoute mw_system_routes[] = {
    { MW_GET, "/assets/{name}", MW_FOR_ANYONE, 0, MW_RUN_NOTHING, send_asset },
    { MW_GET, "/robots.txt", MW_FOR_ANYONE, 0, MW_RUN_NOTHING, send_robots },
    { MW_GET, "/healthz", MW_FOR_ANYONE, 0, MW_RUN_NOTHING, tell_health },
    { MW_GET, "/readyz", MW_FOR_ANYONE, 0, MW_RUN_SLOW, tell_readiness },
    { MW_GET, "/metrics", MW_FOR_ANYONE, 0, MW_RUN_NOTHING, tell_metrics },
    { MW_GET, "/api/v1/metrics", MW_FOR_ADMINS, 0, MW_RUN_READ, put_metrics },
    { .path = NULL },
};
