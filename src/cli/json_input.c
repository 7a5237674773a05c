#include "cli/json_input.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"

enum { TEXT_BYTES_MAX = 500 };

bool
mw_read_input(const char *path, char **bytes, gsize *size, GError **error)
{
    FILE *file = g_str_equal(path, "-") ? stdin : fopen(path, "rb");
    if (!file)
        return mw_fail(error, MW_ERROR_NOT_FOUND, _("%s cannot be opened: %s."), path,
                       g_strerror(errno));

    g_autoptr(GByteArray) content = g_byte_array_new();
    guint8 block[64 * 1024];
    size_t n;
    while (content->len <= MW_JSON_BYTES_MAX && (n = fread(block, 1, sizeof block, file)) > 0)
        g_byte_array_append(content, block, (guint)n);
    bool failed = ferror(file) != 0;
    if (file != stdin)
        fclose(file);
    if (failed)
        return mw_fail(error, MW_ERROR_UNAVAILABLE, _("%s cannot be read."), path);
    if (content->len > MW_JSON_BYTES_MAX)
        return mw_fail(error, MW_ERROR_TOO_LARGE, _("%s is larger than %d MiB."), path,
                       MW_JSON_BYTES_MAX / (1024 * 1024));
    *size = content->len;
    g_byte_array_append(content, (const guint8 *)"", 1);
    *bytes = (char *)g_byte_array_free(g_steal_pointer(&content), FALSE);
    return true;
}

json_t *
mw_json_parse(const char *bytes, gsize size, GError **error)
{
    json_error_t fault;
    json_t *document = json_loadb(bytes, size, JSON_REJECT_DUPLICATES, &fault);

    if (!document)
        return mw_fail_null(error, MW_ERROR_INVALID, _("Line %d, column %d: %s."), fault.line,
                            fault.column, fault.text);
    return document;
}

char *
mw_place_path(const MwPlace *at, const char *key)
{
    return g_strconcat(at->path, *at->path ? "." : "", key, NULL);
}

char *
mw_place_element(const MwPlace *at, const char *key, size_t index)
{
    g_autofree char *path = mw_place_path(at, key);

    return g_strdup_printf("%s[%zu]", path, index);
}

bool
mw_place_fail(const MwPlace *at, const char *key, GError **error, const char *message, ...)
{
    g_autofree char *path = key ? mw_place_path(at, key) : g_strdup(at->path);
    va_list arguments;

    va_start(arguments, message);
    g_autofree char *text = g_strdup_vprintf(message, arguments);
    va_end(arguments);
    return mw_fail(error, MW_ERROR_INVALID, "%s%s%s", path, *path ? ": " : "", text);
}

bool
mw_place_object(const MwPlace *at, const char *const *keys, GError **error)
{
    const char *key;
    json_t *value;

    if (!json_is_object(at->value))
        return mw_place_fail(at, NULL, error, _("This must be an object."));
    json_object_foreach((json_t *)at->value, key, value)
    {
        if (!g_strv_contains(keys, key))
            return mw_place_fail(at, key, error, _("This key is not known."));
    }
    return true;
}

/* The member, or NULL when it is absent and may be (`*absent`), or with an error. */
static const json_t *
member(const MwPlace *at, const char *key, MwNeed need, bool *absent, GError **error)
{
    const json_t *value = json_object_get(at->value, key);

    *absent = !value || json_is_null(value);
    if (*absent && need == MW_REQUIRED_KEY) {
        *absent = false;
        mw_place_fail(at, key, error, _("This is missing."));
        return NULL;
    }
    return *absent ? NULL : value;
}

bool
mw_place_number(const MwPlace *at, const char *key, MwNeed need, double low, double high,
                double *out, GError **error)
{
    bool absent;
    const json_t *value = member(at, key, need, &absent, error);
    if (!value)
        return absent;

    double number = json_number_value(value);
    if (!json_is_number(value) || !(number >= low && number <= high))
        return mw_place_fail(at, key, error, _("This must be a number from %g to %g."), low, high);
    *out = number;
    return true;
}

bool
mw_place_integer(const MwPlace *at, const char *key, MwNeed need, int64_t low, int64_t high,
                 int64_t *out, GError **error)
{
    bool absent;
    const json_t *value = member(at, key, need, &absent, error);
    if (!value)
        return absent;

    json_int_t number = json_integer_value(value);
    if (!json_is_integer(value) || number < low || number > high)
        return mw_place_fail(at, key, error, _("This must be a whole number from %lld to %lld."),
                             (long long)low, (long long)high);
    *out = number;
    return true;
}

bool
mw_place_bool(const MwPlace *at, const char *key, MwNeed need, bool *out, GError **error)
{
    bool absent;
    const json_t *value = member(at, key, need, &absent, error);
    if (!value)
        return absent;
    if (!json_is_boolean(value))
        return mw_place_fail(at, key, error, _("This must be true or false."));
    *out = json_is_true(value);
    return true;
}

bool
mw_place_text(const MwPlace *at, const char *key, MwNeed need, const char **out, GError **error)
{
    bool absent;
    const json_t *value = member(at, key, need, &absent, error);
    if (!value)
        return absent;

    size_t size = json_string_length(value);
    if (!json_is_string(value) || size == 0 || size > TEXT_BYTES_MAX ||
        strlen(json_string_value(value)) != size)
        return mw_place_fail(at, key, error, _("This must be a text of 1 to %d bytes."),
                             TEXT_BYTES_MAX);
    *out = json_string_value(value);
    return true;
}

bool
mw_place_choice(const MwPlace *at, const char *key, MwNeed need, const char *const *choices,
                unsigned *out, GError **error)
{
    const char *text = NULL;
    if (!mw_place_text(at, key, need, &text, error))
        return false;
    if (!text)
        return true;

    for (unsigned i = 0; choices[i]; i++)
        if (g_str_equal(choices[i], text)) {
            *out = i;
            return true;
        }
    g_autofree char *known = g_strjoinv(", ", (char **)choices);
    return mw_place_fail(at, key, error, _("This must be one of: %s."), known);
}

bool
mw_place_array(const MwPlace *at, const char *key, MwNeed need, size_t largest, const json_t **out,
               GError **error)
{
    bool absent;
    const json_t *value = member(at, key, need, &absent, error);
    if (!value)
        return absent;
    if (!json_is_array(value) || json_array_size(value) > largest)
        return mw_place_fail(at, key, error, _("This must be a list of at most %zu."), largest);
    *out = value;
    return true;
}

bool
mw_place_member(const MwPlace *at, const char *key, MwNeed need, const json_t **out, GError **error)
{
    bool absent;
    const json_t *value = member(at, key, need, &absent, error);
    if (!value)
        return absent;
    if (!json_is_object(value))
        return mw_place_fail(at, key, error, _("This must be an object."));
    *out = value;
    return true;
}
