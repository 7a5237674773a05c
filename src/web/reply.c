/* reply: what handlers say, and how errors are told: as a page or as application/problem+json. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/json.h"
#include "web/call.h"
#include "web/log.h"
#include "web/page.h"

enum { BODY_FIRST = 2048, PACKED_MIN = 1024 };

void
mw_reply_init(MwReply *reply, MwArena *arena)
{
    /* Not all of it: the headers are many. */
    reply->status = 200;
    reply->type = NULL;
    reply->n_headers = 0;
    reply->arena = arena;
    reply->body = NULL;
    reply->bytes = NULL;
    reply->size = 0;
    reply->file = -1;
    reply->discard = false;
}

void
mw_reply_clear(MwReply *reply)
{
    if (reply->body)
        g_string_free(reply->body, true);
    if (reply->file >= 0)
        close(reply->file);
    mw_reply_init(reply, reply->arena);
}

void
mw_reply_status(MwReply *reply, unsigned status)
{
    reply->status = status;
}

/* What may stand in a header: no line ends, nothing invisible. */
static bool
fits_header(const char *value)
{
    for (; *value; value++)
        if ((unsigned char)*value < ' ' || *value == '\x7f')
            return false;
    return true;
}

static void
put_header(MwReply *reply, const char *name, const char *value)
{
    size_t i = 0;

    while (i < reply->n_headers && g_ascii_strcasecmp(reply->headers[i].name, name) != 0)
        i++;
    if (g_ascii_strcasecmp(name, "Set-Cookie") == 0)
        i = reply->n_headers;
    g_return_if_fail(i < MW_REPLY_HEADERS_MAX);
    reply->headers[i] = (MwParam){ name, value };
    reply->n_headers = MAX(reply->n_headers, i + 1);
}

void
mw_reply_header(MwReply *reply, const char *name, const char *value)
{
    if (!fits_header(value)) {
        mw_log("a header %s was left out: its value has line ends or control characters", name);
        return;
    }
    put_header(reply, mw_arena_copy(reply->arena, name, strlen(name)),
               mw_arena_copy(reply->arena, value, strlen(value)));
}

const char *
mw_reply_header_value(const MwReply *reply, const char *name)
{
    for (size_t i = 0; i < reply->n_headers; i++)
        if (g_ascii_strcasecmp(reply->headers[i].name, name) == 0)
            return reply->headers[i].value;
    return NULL;
}

GString *
mw_reply_body(MwReply *reply)
{
    if (!reply->body)
        reply->body = g_string_sized_new(BODY_FIRST);
    return reply->body;
}

void
mw_reply_type(MwReply *reply, const char *content_type)
{
    reply->type = mw_arena_copy(reply->arena, content_type, strlen(content_type));
}

bool
mw_reply_json(MwReply *reply, json_t *document)
{
    char *text = json_dumps(document, JSON_COMPACT);

    mw_reply_type(reply, "application/json");
    g_string_append(mw_reply_body(reply), text);
    free(text);
    json_decref(document);
    return true;
}

void
mw_reply_static(MwReply *reply, const void *bytes, size_t size)
{
    reply->bytes = bytes;
    reply->size = size;
}

bool
mw_reply_file(MwReply *reply, const char *path, const char *content_type, const char *name,
              GError **error)
{
    struct stat info;
    int file = g_open(path, O_RDONLY | O_CLOEXEC, 0);
    bool known = file >= 0 && fstat(file, &info) == 0;

    g_unlink(path); /* what is open stays readable */
    if (!known) {
        if (file >= 0)
            close(file);
        return mw_fail(error, MW_ERROR_INTERNAL, "%s: %s", path, g_strerror(errno));
    }
    reply->file = file;
    reply->size = (size_t)info.st_size;
    mw_reply_type(reply, content_type);
    g_autoptr(GString) saved = g_string_new("attachment; filename*=UTF-8''");
    mw_url_escape(saved, name);
    for (char *slash = saved->str; (slash = strchr(slash, '/'));)
        *slash = '_';
    mw_reply_header(reply, "Content-Disposition", saved->str);
    return true;
}

bool
mw_reply_see_other(MwReply *reply, const char *path)
{
    /* "//host" and "/\host" would lead to another server. */
    bool own = path[0] == '/' && path[1] != '/' && path[1] != '\\' && fits_header(path);

    reply->status = 303;
    mw_reply_header(reply, "Location", own ? path : "/");
    return true;
}

void
mw_reply_discard(MwReply *reply)
{
    reply->discard = true;
}

/* ---- errors --------------------------------------------------------------- */

typedef struct {
    unsigned status;
    const char *title;
} Meaning;

static const Meaning meanings[] = {
    [MW_ERROR_INTERNAL] = { 500, N_("Something went wrong on our side") },
    [MW_ERROR_UNAVAILABLE] = { 503, N_("Not available at the moment") },
    [MW_ERROR_FULL] = { 507, N_("There is no space left to save this") },
    [MW_ERROR_NOT_FOUND] = { 404, N_("Not found") },
    [MW_ERROR_DENIED] = { 403, N_("Not allowed") },
    [MW_ERROR_CONFLICT] = { 409, N_("Changed by somebody else") },
    [MW_ERROR_INVALID] = { 422, N_("Please correct this") },
    [MW_ERROR_TOO_LARGE] = { 413, N_("Too large") },
    [MW_ERROR_TOO_MANY] = { 429, N_("Too many attempts") },
    [MW_ERROR_UNAUTHENTICATED] = { 401, N_("Please log in") },
};

static Meaning
meaning_of(const MwCall *call, const GError *error)
{
    Meaning meaning = meanings[MW_ERROR_INTERNAL];

    if (error->domain == MW_HTTP)
        meaning = (Meaning){ (unsigned)error->code, N_("The request was not understood") };
    else if (error->domain == MW_ERROR && error->code >= 0 &&
             error->code < (int)G_N_ELEMENTS(meanings))
        meaning = meanings[error->code];
    if (meaning.status == 409 && mw_http_header(call, "If-Match"))
        meaning.status = 412;
    if (meaning.status == 404 && error->domain == MW_HTTP)
        meaning.title = meanings[MW_ERROR_NOT_FOUND].title;
    return meaning;
}

static bool
wants_json(const MwCall *call)
{
    const char *accept = mw_http_header(call, "Accept");

    if (call->request.path && g_str_has_prefix(call->request.path, "/api/"))
        return true;
    return accept && strstr(accept, "json") && !strstr(accept, "text/html");
}

static void
tell_as_problem(MwCall *call, const Meaning *meaning, const char *detail, const char *reference)
{
    GString *out = mw_reply_body(&call->reply);

    mw_reply_type(&call->reply, "application/problem+json");
    g_string_append(out, "{\"type\":\"about:blank\",\"title\":");
    mw_json_string(_(meaning->title), out);
    g_string_append_printf(out, ",\"status\":%u,\"detail\":", meaning->status);
    mw_json_string(detail, out);
    if (reference) {
        g_string_append(out, ",\"reference\":");
        mw_json_string(reference, out);
    }
    g_string_append_c(out, '}');
}

/* To the page that makes a session, or the first user. */
static void
send_to_login(MwCall *call)
{
    const MwRequest *request = &call->request;
    bool welcome = call->site && !g_atomic_int_get(&call->site->has_users);
    g_autoptr(GString) path = g_string_new(welcome ? "/welcome" : "/login");

    if (!welcome && request->method == MW_GET && !request->fragment && request->url &&
        !g_str_equal(request->url, "/")) {
        g_autofree char *next = g_uri_escape_string(request->url, "/", false);
        g_string_append_printf(path, "?next=%s", next);
    }
    if (request->fragment) {
        call->reply.status = 401;
        mw_reply_header(&call->reply, "HX-Redirect", path->str);
    } else {
        mw_reply_see_other(&call->reply, path->str);
    }
}

void
mw_reply_error(MwCall *call, const GError *error)
{
    Meaning meaning = meaning_of(call, error);
    const char *detail = error->message, *reference = NULL;
    char allow[40] = "";

    for (size_t i = 0; i < call->reply.n_headers; i++)
        if (g_str_equal(call->reply.headers[i].name, "Allow"))
            g_strlcpy(allow, call->reply.headers[i].value, sizeof allow);
    mw_reply_clear(&call->reply);
    call->reply.status = meaning.status;
    if (meaning.status == 401 && !wants_json(call)) {
        send_to_login(call);
        return;
    }
    if (meaning.status == 500) {
        mw_log("%s %s %s: %s", call->id, call->method, mw_log_path(call), error->message);
        detail = _("The fault was written to the log. Please try again, or tell your "
                   "administrator.");
        reference = call->id;
    } else if (meaning.status == 503) {
        mw_log("%s %s %s: %s", call->id, call->method, mw_log_path(call), error->message);
        detail = _("The server cannot do this now. Please try again in a moment.");
        mw_reply_header(&call->reply, "Retry-After", "2");
    } else if (meaning.status == 401) {
        mw_reply_header(&call->reply, "WWW-Authenticate", "Bearer");
    }
    if (*allow)
        mw_reply_header(&call->reply, "Allow", allow);
    if (wants_json(call) ||
        !mw_page_error(call, meaning.status, _(meaning.title), detail, reference))
        tell_as_problem(call, &meaning, detail, reference);
}

/* ---- the last touch ----------------------------------------------------------- */

static bool
worth_packing(const MwReply *reply)
{
    return reply->body->len >= PACKED_MIN &&
           (g_str_has_prefix(reply->type, "text/") || strstr(reply->type, "json"));
}

static void
pack_body(MwCall *call, MwLane *lane)
{
    MwReply *reply = &call->reply;
    const char *encoding =
        worth_packing(reply)
            ? mw_packer_pack(lane->packer, mw_http_header(call, "Accept-Encoding"), &reply->body)
            : NULL;

    if (encoding)
        put_header(reply, "Content-Encoding", encoding);
    put_header(reply, "Vary", "Accept-Encoding");
}

static void
put_security_headers(MwCall *call)
{
    MwReply *reply = &call->reply;

    put_header(reply, "Content-Security-Policy",
               "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
               "font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; "
               "base-uri 'none'");
    put_header(reply, "X-Content-Type-Options", "nosniff");
    put_header(reply, "Referrer-Policy", "same-origin");
    put_header(reply, "Permissions-Policy",
               "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
    if (call->request.secure)
        put_header(reply, "Strict-Transport-Security", "max-age=31536000");
    put_header(reply, "X-Request-Id", call->id);
    for (size_t i = 0; i < reply->n_headers; i++)
        if (g_ascii_strcasecmp(reply->headers[i].name, "Cache-Control") == 0)
            return;
    put_header(reply, "Cache-Control", "no-store");
}

void
mw_reply_finish(MwCall *call, MwLane *lane)
{
    MwReply *reply = &call->reply;
    int64_t took_us = g_get_monotonic_time() - call->began_us;

    if (reply->type && reply->body && lane)
        pack_body(call, lane);
    put_security_headers(call);
    if (lane && call->site)
        mw_metrics_statements(call->server->metrics, mw_lane_statements(lane, call->site));
    mw_metrics_request(call->server->metrics, call->match.route ? (int)call->match.index : -1,
                       reply->status, took_us);
    if (call->server->options.log_requests)
        mw_log_request(call, took_us);
    call->done = true;
}
