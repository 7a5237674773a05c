/* request: what handlers ask of a request. */
#include <string.h>

#include "web/call.h"

static const char *
find(const MwParam *params, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(params[i].name, name) == 0)
            return params[i].value;
    return NULL;
}

const char *
mw_query_param(const MwRequest *request, const char *name)
{
    return find(request->query, request->n_query, name);
}

const char *
mw_form_param(const MwRequest *request, const char *name)
{
    return find(request->form, request->n_form, name);
}

const char *
mw_param(const MwRequest *request, const char *name)
{
    const char *value = mw_form_param(request, name);

    return value ? value : mw_query_param(request, name);
}

const char *
mw_request_header(const MwRequest *request, const char *name)
{
    return mw_http_header(mw_call_of(request), name);
}
