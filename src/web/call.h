#pragma once
/*
 * call: one request from its first byte to its reply, and what serves it. Private to the server:
 * http.c, call.c, dispatch.c, session.c, reply.c, server.c.
 *
 * A call is made by http.c when the first line is there, opened (path, company, route, limits) when
 * the headers are, dispatched when the body is. It then runs at once on the thread that has the
 * socket, or waits in a pool and comes back by mw_http_resume().
 */
#include "methods/ledger.h"
#include "web/arena.h"
#include "web/form.h"
#include "web/metrics.h"
#include "web/pack.h"
#include "web/params.h"
#include "web/pool.h"
#include "web/resource.h"
#include "web/router.h"
#include "web/server.h"
#include "web/uploads.h"
#include "web/web.h"

enum {
    MW_REPLY_HEADERS_MAX = 24,
    MW_BODY_ANONYMOUS_MAX = 64 * 1024, /* of one who is not known (yet)             */
    MW_WAITING_MAX = 2000,             /* calls in a pool                           */
    MW_TRIES_MAX = 5,                  /* when the database asks for it             */
};

struct MwReply {
    unsigned status;
    const char *type;
    MwParam headers[MW_REPLY_HEADERS_MAX];
    size_t n_headers;
    MwArena *arena;
    GString *body;
    const void *bytes; /* instead of the body */
    size_t size;
    int file; /* instead of the body; -1: none */
    bool discard;
};

/* A company that is served. */
typedef struct {
    char *host; /* NULL: any */
    MwCompany *company;
    MwDialect dialect;
    MwPool *writer;  /* SQLite only */
    MwActor *nobody; /* the visitor */
    gint has_users;  /* once there is one, for ever */
    MwLedger *ledger;
    unsigned index;
} MwSite;

typedef struct MwHttp MwHttp; /* http.c */

struct MwServer {
    MwServerOptions options;
    MwHttp *http;
    MwRouter *router;
    MwResources *resources;
    MwMetrics *metrics;
    MwSite *sites;
    size_t n_sites;
    MwPool *slow, *database; /* workers; `database` only when a company is on PostgreSQL */
    char *folder;            /* for uploads, private */
    MwUploads *uploads;      /* who sends how much */
    uint32_t boot;           /* begins the ids of requests */
    gint next_request, stopping;
    gint running; /* requests from their first line to their end */
    bool listening;
    int64_t started_at;
};

/* Whose a token or session is; no `user`: nobody's. */
typedef struct {
    const MwSite *site;
    int64_t id; /* of the token; when the session began */
    int64_t user, used_at;
    char csrf[44];
} MwBearer;

/* What a thread works with. Stores are opened when first needed. */
typedef struct {
    MwServer *server;
    MwStore **stores;  /* by site */
    uint64_t *counted; /* statements of each that the metrics know */
    MwOpenFlags flags;
    GHashTable *bearers; /* hash of a secret -> MwBearer *: as they were last time */
    MwView *view;
    MwPacker *packer;
} MwLane;

MwLane *mw_lane_new(MwServer *server, MwOpenFlags flags);
void mw_lane_free(MwLane *lane);
/* The lane's connection; NULL with MW_ERROR_UNAVAILABLE. */
MwStore *mw_lane_store(MwLane *lane, const MwSite *site, GError **error);
/* Statements run since last asked. */
uint64_t mw_lane_statements(MwLane *lane, const MwSite *site);

typedef struct {
    bool is_call;
    MwTask task;
} MwWork; /* in a pool: a call or a note */

struct MwCall;
typedef struct MwCall MwCall;
struct MwCall {
    MwWork work; /* first */
    MwRequest request;
    MwContext context;
    MwReply reply;
    MwArena arena;
    MwServer *server;
    MwSite *site;
    void *connection; /* http.c's */

    const char *method; /* as it came */
    bool opened, done, too_large;
    bool large;    /* the body may be one for which the sender has to be known */
    bool looking;  /* in a pool, to find out who sends it                      */
    bool admitted; /* to be released: */
    bool admitted_form;
    int64_t sender;
    size_t admitted_bytes;
    const char *segments[MW_PATH_SEGMENTS_MAX];
    size_t n_segments;
    MwMatch match;
    MwCatalog *catalog; /* in which the path was found */
    size_t body_max;
    GString *body;
    MwForm *form;
    int64_t began_us; /* monotonic */
    char id[24];

    bool identified, by_token;
    bool
        supposed; /* that the bearer is still the same; the database was asked, but not heard yet */
    MwBearer bearer, answer;
    MwActor *actor;
    GArray *favourites; /* of the actor, once they were read; see favourites.h */
    char secret[65];    /* hash of the token or session */
};

/* A statement to be run soon by the writer: that a session was seen, a token used. */
typedef struct {
    MwWork work; /* first */
    const MwSite *site;
    const char *sql; /* literal; $1 and $2 are the numbers, $3 the text unless it is empty */
    int64_t numbers[2];
    char text[65];
} MwNote;

/* ---- call.c ---- */

MwCall *mw_call_new(MwServer *server, void *connection, const char *target);
void mw_call_free(MwCall *call);
/* With the headers there. False when the reply is made already: an error; no body is wanted. */
bool mw_call_open(MwCall *call, const char *method);
/* Of a large body, when its sender is known: what he may send. */
bool mw_call_admit(MwCall *call, GError **error);
/* A piece of the body; false when the client is to be cut off. */
bool mw_call_feed(MwCall *call, const char *bytes, size_t size);
/* With the body there: parses forms. */
bool mw_call_read_body(MwCall *call, GError **error);

/* ---- dispatch.c ---- */

/* With the headers there, of a large body: looks up who sends it. True when that is settled (the call may be
 * done), else mw_call_queue() is next, and settles it. */
bool mw_call_look(MwCall *call, MwLane *lane);
/* With the body there; true when the reply is made. Else mw_call_queue() is next. */
bool mw_call_dispatch(MwCall *call, MwLane *lane);
void mw_call_queue(MwCall *call);
/* Ends the call with this error. */
void mw_call_fail(MwCall *call, MwLane *lane, const GError *error);
/* What the pools run. */
void mw_dispatch_slow(void *lane, MwTask **tasks, size_t n);
void mw_dispatch_write(void *lane, MwTask **tasks, size_t n);

/* ---- reply.c ---- */

void mw_reply_init(MwReply *reply, MwArena *arena);
void mw_reply_clear(MwReply *reply);
/* The reply to an error. Logs faults of ours. */
void mw_reply_error(MwCall *call, const GError *error);
/* The last touch on any reply: security headers, compression, counting, the log. */
void mw_reply_finish(MwCall *call, MwLane *lane);

/* ---- session.c ---- */

/* Who asks: fills in actor, csrf, session of the call. Reads only. MW_ERROR_UNAUTHENTICATED for a
 * token that does not hold; an ended session is a visitor.
 * With a lane (else NULL), what it remembers is supposed to hold still, so that PostgreSQL need not be waited for:
 * before anything is told or committed, mw_session_holds() must say so. */
bool mw_session_identify(MwCall *call, MwLane *lane, MwStore *store, GError **error);
/* Whether what was supposed is true. If not, it is forgotten, and the error is MW_STORE_RETRY. */
bool mw_session_holds(MwCall *call, MwLane *lane, MwStore *store, GError **error);
/* Refuses changes that another site may have sent. */
bool mw_session_check_origin(const MwCall *call, GError **error);
/* The language of one who has not logged in: cookie `language`, Accept-Language, the company's. */
const char *mw_visitor_language(const MwCall *call);
/* Takes the note over. */
void mw_note(MwServer *server, MwNote *note);

/* ---- http.c ---- */

bool mw_http_start(MwServer *server, GError **error);
unsigned mw_http_port(const MwHttp *http);
unsigned mw_http_connections(MwHttp *http);
void mw_http_quiesce(MwHttp *http); /* no new connections */
void mw_http_stop(MwHttp *http);
void mw_http_resume(MwCall *call);
const char *mw_http_header(const MwCall *call, const char *name);
/* The address of the client, into the arena. */
const char *mw_http_address(MwCall *call);
bool mw_http_is_tls(const MwCall *call);

static inline const MwCall *
mw_call_of(const MwRequest *request)
{
    return request->native;
}
