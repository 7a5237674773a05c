#pragma once
/*
 * web: requests and replies, free of the HTTP library.
 *
 * http.c alone includes <microhttpd.h>. The server gathers the whole body (limited), finds the
 * company by host and the route by path, makes the actor from session cookie or token, checks
 * the CSRF token and the right in the route's row, begins a transaction, calls one handler,
 * commits (or rolls back on an error, on problems, and always after reading), and sends the
 * reply. It alone knows status numbers for errors; handlers say what went wrong.
 *
 * To add a page or an endpoint: a handler in a file here and a row in that file's route table;
 * the tables are listed in routes.c.
 */
#include <jansson.h>

#include "record/service.h"
#include "web/view.h"

/* ---- parameters ------------------------------------------------------------- */

typedef struct {
    const char *name, *value; /* UTF-8, decoded, without control characters but tab, LF, CR */
} MwParam;

/* An uploaded file. Small ones are in memory, larger ones in a temporary file. */
typedef struct {
    const char *name;      /* of the form field                                   */
    const char *file_name; /* last part of the path only                          */
    const char *type;      /* as the client says                                  */
    const char *path;      /* of a temporary file that goes with the request      */
    size_t size;
} MwUpload;

/* ---- requests ---------------------------------------------------------------- */

typedef enum { MW_GET, MW_POST, MW_PATCH, MW_DELETE, MW_N_METHODS } MwMethod;

typedef struct MwServer MwServer; /* server.h */

typedef struct {
    MwMethod method;
    const char *path;       /* decoded, "/accounts/123"                            */
    const char *url;        /* path and query as they came, for links back here    */
    const MwEntity *entity; /* of "{entity}" in the route, or NULL                 */
    int64_t id;             /* of "{id}", or 0                                     */
    const char *name;       /* of "{name}" or "{rest}", or NULL                    */
    const MwParam *query;   /* of the URL, in order; n_query of them               */
    size_t n_query;
    const MwParam *form; /* of a form body, in order; n_form of them            */
    size_t n_form;
    const MwUpload *uploads;
    size_t n_uploads;
    const char *body; /* any other body, NUL-terminated; "" when there is none */
    size_t body_size;
    const char *content_type; /* of the body, in lower case, without parameters; ""  */
    MwContext *context;       /* the actor of an anonymous visitor is nobody (no rights) */
    const char *csrf;         /* token for forms of this session; "" without one     */
    const char *session;      /* key of the session's row, or NULL (token, nobody)   */
    bool fragment;            /* htmx asked for a part of a page                     */
    bool secure;              /* came by TLS, ours or the proxy's                    */
    const char *address;      /* of the client                                       */
    MwView *view;             /* an empty tree for the page                          */
    MwServer *server;
    const void *native; /* the server's own                                    */
} MwRequest;

/* The first parameter of that name in the query, in the form, in either; NULL. */
const char *mw_query_param(const MwRequest *request, const char *name);
const char *mw_form_param(const MwRequest *request, const char *name);
const char *mw_param(const MwRequest *request, const char *name);
/* A header's value by its name in any case; NULL. */
const char *mw_request_header(const MwRequest *request, const char *name);

/* Errors of the protocol itself, such as a body that is no JSON: the code is the status. */
#define MW_HTTP (g_quark_from_static_string("mw-http"))

/* ---- replies ------------------------------------------------------------------ */

typedef struct MwReply MwReply;

/* 200 unless set. For errors return false with a GError instead. */
void mw_reply_status(MwReply *reply, unsigned status);
/* Replaces an earlier header of that name (but Set-Cookie). Line ends in a value are refused. */
void mw_reply_header(MwReply *reply, const char *name, const char *value);
/* What was set under that name; NULL. */
const char *mw_reply_header_value(const MwReply *reply, const char *name);
/* The body is written here; the type is set by whoever writes. */
GString *mw_reply_body(MwReply *reply);
void mw_reply_type(MwReply *reply, const char *content_type);
/* The whole body; takes the document. True. */
bool mw_reply_json(MwReply *reply, json_t *document);
/* Bytes that live as long as the program (assets). */
void mw_reply_static(MwReply *reply, const void *bytes, size_t size);
/* Sends a file and removes it afterwards; `name` is proposed to the browser for saving. */
bool mw_reply_file(MwReply *reply, const char *path, const char *content_type, const char *name,
                   GError **error);
/* 303 to a path of this server. */
bool mw_reply_see_other(MwReply *reply, const char *path);
/* Renders templates/<name>.html over request->view, inside layout.html unless the request is
 * for a fragment. Defined in page.c, which fills in what the layout needs. */
bool mw_reply_page(const MwRequest *request, MwReply *reply, const char *name, GError **error);
/* The transaction is not to be kept although the handler succeeded (a form with problems). */
void mw_reply_discard(MwReply *reply);

/* ---- routes -------------------------------------------------------------------- */

typedef bool (*MwHandler)(const MwRequest *request, MwReply *reply, GError **error);

typedef enum {
    MW_FOR_ANYONE, /* also not logged in                                            */
    MW_FOR_USERS,  /* logged in, or with a token                                    */
    MW_FOR_RIGHT,  /* ... and with `right` on the entity of the path                */
    MW_FOR_ADMINS, /* ... and with the role "admin"                                 */
} MwAccess;

typedef enum {
    MW_RUN_NOTHING, /* needs no company: request->context and view are NULL           */
    MW_RUN_READ,    /* quick reading; may run on the thread that has the socket      */
    MW_RUN_WRITE,   /* in the writer's transaction, grouped with others' on SQLite   */
    MW_RUN_SLOW,    /* on a worker, without a transaction: begins its own            */
} MwRun;

/* A row of a route table; ends with a NULL path. Fixed parts win over "{…}". "{entity}" is the
 * plural path of an entity with pages, "{id}" a positive number, "{name}" one segment, "{rest}"
 * everything to the end. */
typedef struct {
    MwMethod method;
    const char *path; /* "/{entity}/{id}", "/api/v1/{entity}" */
    MwAccess access;
    MwRight right;
    MwRun run;
    MwHandler handler;
} MwRoute;

/* All tables, ends with NULL; in routes.c. */
extern const MwRoute *const mw_route_tables[];
