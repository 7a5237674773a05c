#include "web/params.h"

#include <string.h>

#include "base/i18n.h"

/* Decodes %XX, and + as a blank if `plus`, into `out`, which has room for `size` bytes. The length, or
 * -1 for a malformed escape. */
static ssize_t
decode(const char *text, size_t size, bool plus, char *out)
{
    char *at = out;

    for (size_t i = 0; i < size; i++) {
        if (text[i] != '%') {
            *at++ = plus && text[i] == '+' ? ' ' : text[i];
            continue;
        }
        int high = i + 2 < size ? g_ascii_xdigit_value(text[i + 1]) : -1;
        int low = high >= 0 ? g_ascii_xdigit_value(text[i + 2]) : -1;
        if (low < 0)
            return -1;
        *at++ = (char)(high * 16 + low);
        i += 2;
    }
    return at - out;
}

bool
mw_params_is_text(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (((unsigned char)text[i] < ' ' && !strchr("\t\n\r", text[i])) || text[i] == '\0' ||
            text[i] == '\x7f')
            return false;
    return g_utf8_validate(text, (gssize)size, NULL);
}

static const char *
read_part(MwArena *arena, const char *text, size_t size)
{
    char *out = mw_arena_take(arena, size + 1);
    ssize_t length = decode(text, size, true, out);

    if (length < 0 || !mw_params_is_text(out, (size_t)length))
        return NULL;
    out[length] = '\0';
    return out;
}

bool
mw_params_read(MwArena *arena, const char *text, size_t size, MwParam **params, size_t *n,
               GError **error)
{
    const char *end = text + size;
    size_t room = 1;

    *n = 0;
    *params = NULL;
    if (size == 0)
        return true;
    for (const char *at = text; at < end; at++)
        room += *at == '&';
    if (room > MW_PARAMS_MAX)
        return mw_fail(error, MW_ERROR_TOO_LARGE, _("At most %d values are possible."),
                       MW_PARAMS_MAX);
    *params = mw_arena_take(arena, room * sizeof **params);
    for (const char *at = text; at < end;) {
        const char *stop = memchr(at, '&', (size_t)(end - at));
        stop = stop ? stop : end;
        const char *equals = memchr(at, '=', (size_t)(stop - at));
        const char *name_end = equals ? equals : stop;
        if (stop > at) {
            const char *value = equals ? equals + 1 : stop;
            MwParam param = { read_part(arena, at, (size_t)(name_end - at)),
                              read_part(arena, value, (size_t)(stop - value)) };
            if (!param.name || !param.value)
                return mw_fail(error, MW_ERROR_INVALID,
                               _("The request has text that is not valid UTF-8."));
            (*params)[(*n)++] = param;
        }
        at = stop + 1;
    }
    return true;
}

char *
mw_path_read(MwArena *arena, const char *raw, size_t size, const char **segments, size_t *n)
{
    char *path = mw_arena_take(arena, size + 1), *at = path;
    const char *end = raw + size;

    *n = 0;
    if (size == 0 || *raw != '/')
        return NULL;
    if (size > 1 && end[-1] == '/')
        end--;
    for (raw++; raw < end;) {
        const char *stop = memchr(raw, '/', (size_t)(end - raw));
        stop = stop ? stop : end;
        *at++ = '/';
        ssize_t length = decode(raw, (size_t)(stop - raw), false, at);
        if (length <= 0 || *n == MW_PATH_SEGMENTS_MAX || !mw_params_is_text(at, (size_t)length))
            return NULL;
        for (ssize_t i = 0; i < length; i++)
            if (strchr("/\\\t\n\r", at[i]))
                return NULL;
        if ((length == 1 && *at == '.') || (length == 2 && at[0] == '.' && at[1] == '.'))
            return NULL;
        segments[(*n)++] = mw_arena_copy(arena, at, (size_t)length);
        at += length;
        raw = stop + 1;
    }
    if (*n == 0)
        *at++ = '/';
    *at = '\0';
    return path;
}

const char *
mw_cookie_find(const char *header, const char *name, size_t *size)
{
    size_t length = strlen(name);

    while (header && *header) {
        header += strspn(header, "; ");
        size_t part = strcspn(header, ";");
        if (part > length && header[length] == '=' && strncmp(header, name, length) == 0) {
            *size = part - length - 1;
            return header + length + 1;
        }
        header += part;
    }
    return NULL;
}

void
mw_url_escape(GString *out, const char *text)
{
    for (; *text; text++) {
        if (g_ascii_isalnum(*text) || strchr("-._~/", *text))
            g_string_append_c(out, *text);
        else
            g_string_append_printf(out, "%%%02X", (unsigned char)*text);
    }
}
