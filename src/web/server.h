#pragma once
/*
 * server: listens, and serves one or many companies. See docs/modules/web.md.
 */
#include "methods/ledger.h"
#include "web/web.h"

typedef struct {
    const char *host;   /* name in the Host header; NULL: whatever is asked for */
    MwCompany *company; /* borrowed: outlives the server                         */
    MwLedger *ledger;   /* its, likewise; NULL: none                             */
} MwServed;

typedef struct {
    const char *address;    /* "127.0.0.1", "::", "0.0.0.0"                        */
    unsigned port;          /* 0: any free one, see mw_server_port()               */
    const MwServed *served; /* n_served companies, the first for unknown hosts if its
                                   host is NULL                                        */
    size_t n_served;
    unsigned threads;              /* that have sockets; 0: 2                             */
    unsigned workers;              /* for slow work and PostgreSQL; 0: 4                  */
    size_t body_bytes_max;         /* 0: 16 MiB; uploads have their own                   */
    size_t upload_bytes_max;       /* 0: 512 MiB                                          */
    unsigned idle_seconds;         /* of a slow client; 0: 30                             */
    const char *certificate, *key; /* PEM files for TLS; NULL: none                    */
    const char *templates;         /* a folder that overrides templates, or NULL          */
    bool behind_proxy;             /* trust X-Forwarded-Proto and X-Forwarded-For         */
    const MwRoute *const *routes;  /* tables, ends with NULL; NULL: all of routes.c */
    bool log_requests;
    bool log_json; /* ... as JSON, not as lines                           */
} MwServerOptions;

MwServer *mw_server_start(const MwServerOptions *options, GError **error);
unsigned mw_server_port(const MwServer *server);
/* Takes no new connections, lets running requests end (at most `seconds`), closes all. */
void mw_server_stop(MwServer *server, unsigned seconds);
