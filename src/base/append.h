#pragma once
/* append: what g_string_append_len() does, without a call where the text fits: a page has thousands of pieces. */
#include <glib.h>
#include <string.h>

static inline void
mw_append(GString *out, const char *text, size_t size)
{
    if (out->len + size >= out->allocated_len) {
        g_string_append_len(out, text, (gssize)size);
        return;
    }
    memcpy(out->str + out->len, text, size);
    out->len += size;
    out->str[out->len] = '\0';
}
