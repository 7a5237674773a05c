/* call: a request as it comes in: target, company, route, body. */
#include <string.h>

#include "base/i18n.h"
#include "web/call.h"

MwCall *
mw_call_new(MwServer *server, void *connection, const char *target)
{
    MwCall *call = g_malloc(sizeof *call);

    /* All but the arena and the headers of the reply, which need no zeros. */
    memset(call, 0, offsetof(MwCall, reply));
    memset(&call->server, 0, sizeof *call - offsetof(MwCall, server));
    mw_arena_init(&call->arena);
    mw_reply_init(&call->reply, &call->arena);
    call->work.is_call = true;
    g_atomic_int_inc(&server->running);
    call->server = server;
    call->connection = connection;
    call->began_us = g_get_monotonic_time();
    call->request.url = mw_arena_copy(&call->arena, target, strlen(target));
    call->request.content_type = call->request.body = call->request.csrf = "";
    call->request.native = call;
    call->request.server = server;
    g_snprintf(call->id, sizeof call->id, "%08x-%08x", server->boot,
               (unsigned)g_atomic_int_add(&server->next_request, 1));
    return call;
}

void
mw_call_free(MwCall *call)
{
    if (!call)
        return;
    mw_reply_clear(&call->reply);
    mw_form_free(call->form);
    if (call->admitted)
        mw_uploads_release(call->server->uploads, call->site->index, call->sender,
                           call->admitted_form, call->admitted_bytes);
    if (call->body)
        g_string_free(call->body, true);
    mw_catalog_unref(call->catalog);
    mw_actor_unref(call->actor);
    g_clear_pointer(&call->favourites, g_array_unref);
    mw_arena_clear(&call->arena);
    g_atomic_int_add(&call->server->running, -1);
    g_free(call);
}

static bool
fail_http(GError **error, unsigned status, const char *message)
{
    g_set_error_literal(error, MW_HTTP, (int)status, message);
    return false;
}

static bool
read_target(MwCall *call, GError **error)
{
    MwRequest *request = &call->request;
    size_t size = strcspn(request->url, "?");
    const char *query = request->url + size + (request->url[size] == '?');

    request->path =
        mw_path_read(&call->arena, request->url, size, call->segments, &call->n_segments);
    if (!request->path)
        return fail_http(error, 400, _("The address is malformed."));
    MwParam *params;
    if (!mw_params_read(&call->arena, query, strlen(query), &params, &request->n_query, error)) {
        g_clear_error(error);
        return fail_http(error, 400, _("The address is malformed."));
    }
    request->query = params;
    return true;
}

static bool
is_host(const char *served, const char *asked)
{
    size_t n = strlen(served);

    return g_ascii_strncasecmp(served, asked, n) == 0 && (!asked[n] || asked[n] == ':');
}

static bool
find_site(MwCall *call, GError **error)
{
    MwServer *server = call->server;
    const char *host = mw_http_header(call, "Host");

    for (size_t i = 0; i < server->n_sites && host; i++)
        if (server->sites[i].host && is_host(server->sites[i].host, host))
            call->site = &server->sites[i];
    if (!call->site && server->n_sites > 0 && !server->sites[0].host)
        call->site = &server->sites[0];
    return call->site || fail_http(error, 421, _("There is no company at this address."));
}

static void
tell_allowed(MwCall *call)
{
    static const char *const names[] = { "GET, HEAD", "POST", "PATCH", "DELETE" };
    char text[40] = "";

    for (int i = 0; i < MW_N_METHODS; i++) {
        if (!(call->match.allowed & 1u << i))
            continue;
        if (*text)
            g_strlcat(text, ", ", sizeof text);
        g_strlcat(text, names[i], sizeof text);
    }
    mw_reply_header(&call->reply, "Allow", text);
}

static bool
find_route(MwCall *call, GError **error)
{
    static const char *const names[] = { "GET", "POST", "PATCH", "DELETE", "HEAD" };
    size_t method = 0;

    while (method < G_N_ELEMENTS(names) && !g_str_equal(names[method], call->method))
        method++;
    bool known = method < G_N_ELEMENTS(names);
    call->request.method = method == 4 || !known ? MW_GET : (MwMethod)method;
    call->catalog = mw_company_catalog(call->site->company);
    mw_router_find(call->server->router, call->catalog, call->request.method, call->request.path,
                   call->segments, call->n_segments, &call->match);
    if (!call->match.allowed || !call->match.route || !known)
        mw_i18n_use(mw_visitor_language(call)); /* what is said here is said to somebody unknown */
    if (!call->match.allowed)
        return fail_http(error, 404, _("There is no such page."));
    if (!call->match.route || !known) {
        call->match.route = NULL;
        tell_allowed(call);
        return fail_http(error, 405, _("This is not possible here."));
    }
    call->request.entity = call->match.entity;
    call->request.id = call->match.id;
    call->request.name = call->match.name;
    return true;
}

/* The type without its parameters, in lower case. */
static const char *
plain_type(MwArena *arena, const char *header)
{
    size_t n = strcspn(header, "; \t");
    char *type = mw_arena_copy(arena, header, n);

    for (char *c = type; *c; c++)
        *c = g_ascii_tolower(*c);
    return type;
}

static bool
is_multipart(const MwCall *call)
{
    return g_str_equal(call->request.content_type, "multipart/form-data");
}

/* Bytes of the body as the client says; the most there can be where it does not. */
static guint64
length_of(const MwCall *call)
{
    const char *length = mw_http_header(call, "Content-Length");

    return mw_http_header(call, "Transfer-Encoding") ? G_MAXUINT64
           : length                                  ? g_ascii_strtoull(length, NULL, 10)
                                                     : 0;
}

bool
mw_call_admit(MwCall *call, GError **error)
{
    const MwServerOptions *options = &call->server->options;
    int64_t user = mw_actor_user(call->actor);
    bool multipart = is_multipart(call);
    guint64 length = length_of(call);

    if (user)
        call->body_max = multipart ? options->upload_bytes_max : options->body_bytes_max;
    if (length != G_MAXUINT64 && length > call->body_max) {
        call->too_large = true;
        return mw_fail(error, MW_ERROR_TOO_LARGE, _("At most %u KiB are possible here."),
                       (unsigned)(call->body_max / 1024));
    }
    if (!user)
        return true;
    call->sender = user;
    call->admitted_form = multipart;
    call->admitted_bytes = (size_t)MIN(length, call->body_max);
    call->admitted = mw_uploads_admit(call->server->uploads, call->site->index, user, multipart,
                                      call->admitted_bytes, error);
    return call->admitted;
}

/* A large body waits for mw_call_look(). */
static bool
open_body(MwCall *call, GError **error)
{
    const char *type = mw_http_header(call, "Content-Type");

    call->request.content_type = type ? plain_type(&call->arena, type) : "";
    call->body_max = MW_BODY_ANONYMOUS_MAX;
    call->large = length_of(call) > call->body_max;
    if (call->large && call->match.route->run == MW_RUN_NOTHING) {
        call->too_large = true;
        return mw_fail(error, MW_ERROR_TOO_LARGE, _("At most %u KiB are possible here."),
                       (unsigned)(call->body_max / 1024));
    }
    if (is_multipart(call)) {
        call->form = mw_form_new(&call->arena, type, call->server->folder, error);
        if (!call->form) {
            g_clear_error(error);
            return fail_http(error, 400, _("The form is malformed."));
        }
    }
    return true;
}

bool
mw_call_open(MwCall *call, const char *method)
{
    g_autoptr(GError) error = NULL;

    call->opened = true;
    call->method = mw_arena_copy(&call->arena, method, strlen(method));
    call->request.address = mw_http_address(call);
    const char *proto =
        call->server->options.behind_proxy ? mw_http_header(call, "X-Forwarded-Proto") : NULL;
    call->request.secure = proto ? g_str_equal(proto, "https") : mw_http_is_tls(call);
    call->request.fragment =
        mw_http_header(call, "HX-Request") != NULL && mw_http_header(call, "HX-Boosted") == NULL;
    if (read_target(call, &error) && find_site(call, &error) && find_route(call, &error) &&
        (call->request.method == MW_GET || open_body(call, &error)))
        return true;
    if (call->site)
        mw_i18n_use(mw_visitor_language(call));
    mw_call_fail(call, NULL, error);
    return false;
}

bool
mw_call_feed(MwCall *call, const char *bytes, size_t size)
{
    size_t so_far = call->request.body_size += size;

    if (so_far > call->body_max || call->request.method == MW_GET)
        call->too_large = true;
    if (call->too_large)
        return so_far <= call->body_max + ((size_t)1 << 20); /* hears the rest, if it is little */
    if (call->form)
        mw_form_feed(call->form, bytes, size, NULL); /* tells its faults at the end */
    else if (call->body)
        g_string_append_len(call->body, bytes, (gssize)size);
    else
        call->body = g_string_new_len(bytes, (gssize)size);
    return true;
}

bool
mw_call_read_body(MwCall *call, GError **error)
{
    MwRequest *request = &call->request;

    if (call->too_large)
        return mw_fail(error, MW_ERROR_TOO_LARGE, _("At most %u KiB are possible here."),
                       (unsigned)(call->body_max / 1024));
    request->body_size = 0;
    if (call->form) {
        g_autoptr(GError) local = NULL;
        if (mw_form_end(call->form, &request->form, &request->n_form, &request->uploads,
                        &request->n_uploads, &local))
            return true;
        if (!g_error_matches(local, MW_ERROR, MW_ERROR_INVALID)) {
            g_propagate_error(error, g_steal_pointer(&local));
            return false;
        }
        return fail_http(error, 400, _("The form is malformed."));
    }
    if (!call->body)
        return true;
    if (g_str_equal(request->content_type, "application/x-www-form-urlencoded")) {
        MwParam *params;
        g_autoptr(GError) local = NULL;
        if (!mw_params_read(&call->arena, call->body->str, call->body->len, &params,
                            &request->n_form, &local))
            return fail_http(error, 400, local->message);
        request->form = params;
        return true;
    }
    request->body = call->body->str;
    request->body_size = call->body->len;
    return true;
}
