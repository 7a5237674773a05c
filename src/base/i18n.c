#include "base/i18n.h"

#include <gio/gio.h>
#include <string.h>

#include "base/catalogues.h"
#include "base/mo.h"

static _Thread_local const char *language = "en";
static _Thread_local const MwMo *catalogue; /* NULL: the language of the source */

/* The Chinese catalogue in the program, read once; it lives as long as the program. */
static const MwMo *
chinese(void)
{
    static const MwMo *mo;

    if (g_once_init_enter(&mo)) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GBytes) bytes = g_resource_lookup_data(mw_catalogues_get_resource(),
                                                         "/millwright/po/zh_CN.mo", 0, &error);
        size_t size = 0;
        const void *data = bytes ? g_bytes_get_data(bytes, &size) : NULL;
        const MwMo *read = data ? mw_mo_new(data, size, &error) : NULL;
        if (!read)
            g_error("the translations in the program cannot be read: %s", error->message);
        g_once_init_leave(&mo, read);
    }
    return mo;
}

const char *const *
mw_i18n_languages(void)
{
    static const char *const names[] = { "en", "zh_CN", NULL };

    return names;
}

void
mw_i18n_use(const char *name)
{
    if (g_strcmp0(name, "zh_CN") == 0) {
        language = "zh_CN";
        catalogue = chinese();
    } else {
        language = "en";
        catalogue = NULL;
    }
}

const char *
mw_i18n_language(void)
{
    return language;
}

const char *
mw_gettext(const char *text)
{
    const char *translation = catalogue ? mw_mo_get(catalogue, text) : NULL;

    return translation ? translation : text;
}

const char *
mw_ngettext(const char *one, const char *many, unsigned long n)
{
    const char *translation = catalogue ? mw_mo_get_plural(catalogue, one, n) : NULL;

    return translation ? translation : n == 1 ? one : many;
}

/* ---- in each language ---------------------------------------------------------- */

#define PART_END '\x1e' /* ASCII's record separator */

char *
mw_i18n_each(char *(*say)(const void *data), const void *data)
{
    const char *before = mw_i18n_language();
    GString *all = g_string_new(NULL);

    for (const char *const *name = mw_i18n_languages(); *name; name++) {
        mw_i18n_use(*name);
        g_autofree char *text = say(data);
        g_string_append(all, text);
        g_string_append_c(all, PART_END);
    }
    mw_i18n_use(before);
    return g_string_free(all, false);
}

const char *
mw_i18n_part(const char *kept, size_t *size)
{
    const char *part = kept, *end;

    for (const char *const *name = mw_i18n_languages(); *name; name++) {
        end = strchr(part, PART_END);
        if (!end)
            break; /* not made so, or of a program that knew fewer languages */
        if (g_str_equal(*name, language)) {
            *size = (size_t)(end - part);
            return part;
        }
        part = end + 1;
    }
    *size = strcspn(kept, "\x1e");
    return kept;
}
