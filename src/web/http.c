/* http: the only file that knows libmicrohttpd. Its threads have the sockets; see call.h. */
#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/i18n.h"
#include "web/call.h"
#include "web/log.h"

enum {
    CONNECTIONS_MAX = 4096,
    CONNECTIONS_PER_ADDRESS = 512, /* a whole office may share an address */
    HEADERS_MAX = 32 * 1024,       /* of one connection: first line, headers, and ours */
    FILES_KEPT = 128,              /* for databases, uploads */
    SLOWEST_BODY_BYTES_PER_S = 2048,
    OUT_OF_FILES_WAIT_MS = 20,
};

struct MwHttp {
    MwServer *server;
    struct MHD_Daemon *daemon;
    char *certificate, *key;
    int listening, stop; /* socket, event; -1: none */
    GThread *door;
};

/* The lanes of the threads that have sockets, freed as these end. */
static GPrivate thread_lane = G_PRIVATE_INIT((GDestroyNotify)mw_lane_free);

static MwLane *
lane_of(MwServer *server)
{
    MwLane *lane = g_private_get(&thread_lane);

    if (!lane) {
        lane = mw_lane_new(server, MW_OPEN_READ_ONLY);
        g_private_set(&thread_lane, lane);
    }
    return lane;
}

/* ---- what others ask of a request -------------------------------------------------- */

const char *
mw_http_header(const MwCall *call, const char *name)
{
    return MHD_lookup_connection_value(call->connection, MHD_HEADER_KIND, name);
}

/* The last address that our proxy has added; NULL when that is none. */
static const char *
forwarded_address(MwCall *call)
{
    const char *header = mw_http_header(call, "X-Forwarded-For");
    const char *last = header ? strrchr(header, ',') : NULL;

    if (!header)
        return NULL;
    header = last ? last + 1 : header;
    header += strspn(header, " ");
    size_t size = strspn(header, "0123456789abcdefABCDEF:.");
    return size > 0 && size < 46 ? mw_arena_copy(&call->arena, header, size) : NULL;
}

const char *
mw_http_address(MwCall *call)
{
    const char *forwarded = call->server->options.behind_proxy ? forwarded_address(call) : NULL;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(call->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    char *text = mw_arena_take(&call->arena, INET6_ADDRSTRLEN);

    if (forwarded)
        return forwarded;
    *text = '\0';
    if (info && info->client_addr->sa_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)(void *)info->client_addr)->sin_addr, text,
                  INET6_ADDRSTRLEN);
    else if (info && info->client_addr->sa_family == AF_INET6)
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(void *)info->client_addr)->sin6_addr,
                  text, INET6_ADDRSTRLEN);
    return text;
}

bool
mw_http_is_tls(const MwCall *call)
{
    return call->server->options.certificate != NULL;
}

void
mw_http_resume(MwCall *call)
{
    MHD_resume_connection(call->connection);
}

/* ---- sending ---------------------------------------------------------------------- */

static struct MHD_Response *
response_of(MwReply *reply)
{
    if (reply->file >= 0) {
        int file = reply->file;
        reply->file = -1; /* the response closes it */
        return MHD_create_response_from_fd64(reply->size, file);
    }
    if (reply->bytes)
        return MHD_create_response_from_buffer(reply->size, (void *)reply->bytes,
                                               MHD_RESPMEM_PERSISTENT);
    if (reply->body) /* lives as long as the call */
        return MHD_create_response_from_buffer(reply->body->len, reply->body->str,
                                               MHD_RESPMEM_PERSISTENT);
    return MHD_create_response_from_buffer(0, (void *)"", MHD_RESPMEM_PERSISTENT);
}

static enum MHD_Result
send_reply(MwCall *call)
{
    MwReply *reply = &call->reply;
    struct MHD_Response *response = response_of(reply);

    if (!response)
        return MHD_NO;
    if (reply->type)
        MHD_add_response_header(response, "Content-Type", reply->type);
    for (size_t i = 0; i < reply->n_headers; i++)
        MHD_add_response_header(response, reply->headers[i].name, reply->headers[i].value);
    if (g_atomic_int_get(&call->server->stopping))
        MHD_add_response_header(response, "Connection", "close");
    enum MHD_Result result = MHD_queue_response(call->connection, reply->status, response);
    MHD_destroy_response(response);
    return result;
}

/* ---- what libmicrohttpd calls -------------------------------------------------------- */

static void *
on_first_line(void *cls, const char *target, struct MHD_Connection *connection)
{
    return mw_call_new(cls, connection, target);
}

static size_t
leave_escaped(void *cls G_GNUC_UNUSED, struct MHD_Connection *connection G_GNUC_UNUSED, char *text)
{
    return strlen(text); /* params.c decodes */
}

static bool
has_body(const MwCall *call)
{
    const char *length = mw_http_header(call, "Content-Length");

    return mw_http_header(call, "Transfer-Encoding") || (length && !g_str_equal(length, "0"));
}

/* A client that sends a byte now and then would hold its place for ever. */
static bool
is_too_slow(const MwCall *call)
{
    int64_t seconds = (g_get_monotonic_time() - call->began_us) / G_USEC_PER_SEC;

    return seconds > (int64_t)call->server->options.idle_seconds +
                         (int64_t)(call->request.body_size / SLOWEST_BODY_BYTES_PER_S);
}

static enum MHD_Result
on_request(void *cls G_GNUC_UNUSED, struct MHD_Connection *connection,
           const char *url G_GNUC_UNUSED, const char *method, const char *version G_GNUC_UNUSED,
           const char *upload, size_t *size, void **data)
{
    MwCall *call = *data;

    if (!call->opened) {
        /* An error that needs no body to be known is told at once; the connection then ends. */
        bool open = mw_call_open(call, method);
        if (!open || !call->large)
            return open || !has_body(call) ? MHD_YES : send_reply(call);
        if (mw_call_look(call, lane_of(call->server)))
            return call->done ? send_reply(call) : MHD_YES;
        MHD_suspend_connection(connection);
        mw_call_queue(call);
        return MHD_YES;
    }
    if (call->looking) { /* called anew with the headers, now that it is known who sends */
        call->looking = false;
        return call->done ? send_reply(call) : MHD_YES;
    }
    if (*size > 0) {
        bool more = mw_call_feed(call, upload, *size) && !is_too_slow(call);
        *size = 0;
        return more ? MHD_YES : MHD_NO;
    }
    if (call->done || mw_call_dispatch(call, lane_of(call->server)))
        return send_reply(call);
    MHD_suspend_connection(connection);
    mw_call_queue(call);
    return MHD_YES;
}

static void
on_end(void *cls G_GNUC_UNUSED, struct MHD_Connection *connection G_GNUC_UNUSED, void **data,
       enum MHD_RequestTerminationCode code G_GNUC_UNUSED)
{
    mw_call_free(*data);
    *data = NULL;
}

static void
on_message(void *cls, const char *format, va_list args)
{
    const MwServer *server = cls;
    g_autofree char *message = g_strdup_vprintf(format, args);

    if (server->options.log_requests)
        mw_log("http: %s", g_strchomp(message));
}

/* ---- starting and stopping ------------------------------------------------------------- */

static unsigned
connections_max(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return CONNECTIONS_MAX / 8;
    limit.rlim_cur = MIN(limit.rlim_max, CONNECTIONS_MAX + FILES_KEPT);
    setrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur > 2 * FILES_KEPT ? (unsigned)limit.rlim_cur - FILES_KEPT : FILES_KEPT;
}

static struct addrinfo *
address_of(const MwServerOptions *options, GError **error)
{
    struct addrinfo hints = { .ai_flags = AI_PASSIVE, .ai_socktype = SOCK_STREAM };
    struct addrinfo *found = NULL;
    char port[8];

    g_snprintf(port, sizeof port, "%u", options->port);
    int code = getaddrinfo(options->address ? options->address : "127.0.0.1", port, &hints, &found);
    if (code != 0)
        return mw_fail_null(error, MW_ERROR_INVALID, _("“%s” is no address to listen at: %s"),
                            options->address, gai_strerror(code));
    return found;
}

/* An IPv6 address takes IPv4 too. */
static int
listen_at(const struct addrinfo *address)
{
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), no = 0,
        yes = 1;

    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (address->ai_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no);
    if (bind(fd, address->ai_addr, address->ai_addrlen) == 0 && listen(fd, SOMAXCONN) == 0)
        return fd;
    close(fd);
    return -1;
}

/* libmicrohttpd gives a connection to the thread that its number falls to. The kernel gives out the lowest free numbers, so
 * that all threads get as many; did they accept by themselves, the first to wake would take all that come at once. */
static void *
let_in(void *data)
{
    MwHttp *http = data;
    struct pollfd files[] = { { .fd = http->listening, .events = POLLIN },
                              { .fd = http->stop, .events = POLLIN } };

    while (poll(files, G_N_ELEMENTS(files), -1) >= 0 || errno == EINTR) {
        struct sockaddr_storage from;
        socklen_t size = sizeof from;
        if (files[1].revents)
            break;
        int fd =
            accept4(http->listening, (struct sockaddr *)&from, &size, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd >= 0)
            MHD_add_connection(http->daemon, fd, (struct sockaddr *)&from, size);
        else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS)
            g_usleep(OUT_OF_FILES_WAIT_MS * 1000);
    }
    return NULL;
}

static bool
read_certificate(MwHttp *http, const MwServerOptions *options, GError **error)
{
    return !options->certificate ||
           (g_file_get_contents(options->certificate, &http->certificate, NULL, error) &&
            g_file_get_contents(options->key ? options->key : options->certificate, &http->key,
                                NULL, error));
}

static struct MHD_Daemon *
start_daemon(MwHttp *http)
{
    MwServer *server = http->server;
    const MwServerOptions *options = &server->options;
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG |
                     MHD_USE_NO_LISTEN_SOCKET | (http->certificate ? MHD_USE_TLS : 0);
    struct MHD_OptionItem tls[] = {
        { MHD_OPTION_HTTPS_MEM_CERT, 0, http->certificate },
        { MHD_OPTION_HTTPS_MEM_KEY, 0, http->key },
        { MHD_OPTION_END, 0, NULL },
    };

    return MHD_start_daemon(
        flags, 0, NULL, NULL, on_request, NULL, MHD_OPTION_EXTERNAL_LOGGER, on_message, server,
        MHD_OPTION_THREAD_POOL_SIZE, options->threads, MHD_OPTION_CONNECTION_LIMIT,
        connections_max(), MHD_OPTION_PER_IP_CONNECTION_LIMIT,
        options->behind_proxy ? 0u : (unsigned)CONNECTIONS_PER_ADDRESS,
        MHD_OPTION_CONNECTION_TIMEOUT, options->idle_seconds, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)HEADERS_MAX, MHD_OPTION_URI_LOG_CALLBACK, on_first_line, server,
        MHD_OPTION_UNESCAPE_CALLBACK, leave_escaped, NULL, MHD_OPTION_NOTIFY_COMPLETED, on_end,
        NULL, MHD_OPTION_ARRAY, http->certificate ? tls : &tls[G_N_ELEMENTS(tls) - 1],
        MHD_OPTION_END);
}

bool
mw_http_start(MwServer *server, GError **error)
{
    MwHttp *http = g_new0(MwHttp, 1);
    struct addrinfo *address = NULL;

    server->http = http;
    http->server = server;
    http->listening = http->stop = -1;
    if (!read_certificate(http, &server->options, error) ||
        !(address = address_of(&server->options, error)))
        return false;
    http->listening = listen_at(address);
    freeaddrinfo(address);
    http->stop = eventfd(0, EFD_CLOEXEC);
    if (http->listening >= 0 && http->stop >= 0)
        http->daemon = start_daemon(http);
    if (!http->daemon)
        return mw_fail(error, MW_ERROR_UNAVAILABLE,
                       _("Cannot listen at %s, port %u. Is something else using it?"),
                       server->options.address ? server->options.address : "127.0.0.1",
                       server->options.port);
    http->door = g_thread_new("mw-door", let_in, http);
    return true;
}

unsigned
mw_http_port(const MwHttp *http)
{
    union {
        struct sockaddr_storage any;
        struct sockaddr_in in;
        struct sockaddr_in6 in6;
    } at = { 0 };
    socklen_t size = sizeof at;

    getsockname(http->listening, (struct sockaddr *)&at.any, &size);
    return g_ntohs(at.any.ss_family == AF_INET6 ? at.in6.sin6_port : at.in.sin_port);
}

unsigned
mw_http_connections(MwHttp *http)
{
    return MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_CURRENT_CONNECTIONS)->num_connections;
}

void
mw_http_quiesce(MwHttp *http)
{
    if (http->door) {
        eventfd_write(http->stop, 1);
        g_thread_join(g_steal_pointer(&http->door));
    }
    if (http->listening >= 0)
        close(http->listening);
    http->listening = -1;
}

void
mw_http_stop(MwHttp *http)
{
    if (!http)
        return;
    mw_http_quiesce(http);
    if (http->daemon)
        MHD_stop_daemon(http->daemon);
    if (http->stop >= 0)
        close(http->stop);
    g_free(http->certificate);
    g_free(http->key);
    g_free(http);
}
