#pragma once
/* log: lines on the standard error, each written at once. Neither secrets nor query values. */
#include <glib.h>

struct MwCall;

/* "2026-03-05T00:05:00.000Z message" */
void mw_log(const char *format, ...) G_GNUC_PRINTF(1, 2);
/* The path as it is written there: of an address that is a secret the route. */
const char *mw_log_path(const struct MwCall *call);
/* One answered request: id, company, method, path, status, milliseconds, user, address; as a line or,
 * when the server was told so, as JSON. */
void mw_log_request(const struct MwCall *call, int64_t took_us);
