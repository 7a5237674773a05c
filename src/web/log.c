#include "web/log.h"

#include <stdio.h>

#include "base/clock.h"
#include "web/call.h"

void
mw_log(const char *format, ...)
{
    g_autofree char *at = mw_instant_rfc3339(mw_clock_now());
    g_autofree char *message = NULL;
    va_list args;

    va_start(args, format);
    message = g_strdup_vprintf(format, args);
    va_end(args);
    for (char *c = message; *c; c++)
        if ((unsigned char)*c < ' ')
            *c = ' ';
    fprintf(stderr, "%s %s\n", at, message);
}

/* A path may hold anything a client likes to send. */
static void
append_plain(GString *line, const char *text)
{
    for (; text && *text; text++)
        g_string_append_c(line, strchr("\"\\ ", *text) || (unsigned char)*text < ' ' ? '_' : *text);
}

const char *
mw_log_path(const MwCall *call)
{
    const MwRoute *route = call->match.route;

    if (route && route->access == MW_FOR_ANYONE && g_str_has_prefix(route->path, "/calendar/"))
        return route->path; /* the address itself is the secret */
    return call->request.path ? call->request.path : "?";
}

void
mw_log_request(const MwCall *call, int64_t took_us)
{
    bool json = call->server->options.log_json;
    g_autofree char *at = mw_instant_rfc3339(mw_clock_now());
    g_autoptr(GString) line = g_string_sized_new(256);
    int64_t user = call->actor ? mw_actor_user(call->actor) : 0;

    g_string_append_printf(
        line, json ? "{\"at\":\"%s\",\"request\":\"%s\",\"method\":\"" : "%s %s ", at, call->id);
    append_plain(line, call->method);
    g_string_append(line, json ? "\",\"path\":\"" : " ");
    append_plain(line, mw_log_path(call));
    g_string_append_printf(line,
                           json ? "\",\"status\":%u,\"ms\":%d.%03d,\"user\":\"%" G_GINT64_FORMAT
                                  "\",\"address\":\""
                                : " %u %d.%03dms user=%" G_GINT64_FORMAT " ",
                           call->reply.status, (int)(took_us / 1000), (int)(took_us % 1000), user);
    append_plain(line, call->request.address);
    g_string_append(line, json ? "\"}\n" : "\n");
    fwrite(line->str, 1, line->len, stderr);
}
