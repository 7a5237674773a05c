/* import_asked: what is asked of an import, by the form of the wizard or by the JSON of the API. */
#include <string.h>

#include "web/import.h"

static GPtrArray *
texts_new(void)
{
    return g_ptr_array_new_null_terminated(8, g_free, true);
}

void
mw_asked_init(MwAsked *asked)
{
    *asked = (MwAsked){
        .map = texts_new(), .constants = texts_new(), .values = texts_new(), .create = texts_new()
    };
}

void
mw_asked_clear(MwAsked *asked)
{
    g_free(asked->path);
    g_free(asked->file_name);
    g_free(asked->what);
    g_free(asked->match);
    g_free(asked->encoding);
    g_free(asked->sheet);
    g_ptr_array_unref(asked->map);
    g_ptr_array_unref(asked->constants);
    g_ptr_array_unref(asked->values);
    g_ptr_array_unref(asked->create);
}

static const char *const *
some_texts(const GPtrArray *texts)
{
    return texts->len ? (const char *const *)texts->pdata : NULL;
}

MwImportOptions
mw_asked_options(const MwAsked *asked)
{
    return (MwImportOptions){
        .path = asked->path,
        .file_name = asked->file_name,
        .shape = asked->what,
        .map = some_texts(asked->map),
        .constants = some_texts(asked->constants),
        .values = some_texts(asked->values),
        .create_missing = some_texts(asked->create),
        .match = asked->match,
        .table = { .delimiter = asked->delimiter,
                   .encoding = asked->encoding,
                   .sheet = asked->sheet },
    };
}

/* ---- JSON ------------------------------------------------------------------------------- */

/* ["a=b"], or {"a":"b"} as "a=b". */
static bool
texts_of(const json_t *value, GPtrArray *out)
{
    json_t *one;
    const char *key;
    size_t at;

    if (json_is_object(value)) {
        json_object_foreach((json_t *)value, key, one)
        {
            if (!json_is_string(one))
                return false;
            g_ptr_array_add(out, g_strdup_printf("%s=%s", key, json_string_value(one)));
        }
        return true;
    }
    json_array_foreach(value, at, one)
    {
        if (!json_is_string(one))
            return false;
        g_ptr_array_add(out, g_strdup(json_string_value(one)));
    }
    return !value || json_is_array(value);
}

/* ["key:text=meaning"], or {"key":{"text":"meaning"}}. */
static bool
meanings_of(const json_t *value, GPtrArray *out)
{
    const char *key, *text;
    json_t *texts, *meaning;

    if (!json_is_object(value))
        return texts_of(value, out);
    json_object_foreach((json_t *)value, key, texts)
    {
        if (!json_is_object(texts))
            return false;
        json_object_foreach(texts, text, meaning)
        {
            if (!json_is_string(meaning))
                return false;
            g_ptr_array_add(out, mw_import_meaning(key, text, json_string_value(meaning)));
        }
    }
    return true;
}

/* A text, or nothing; anything else makes `good` false. */
static char *
text_of(const json_t *options, const char *name, bool *good)
{
    const json_t *value = json_object_get(options, name);

    *good &= !value || json_is_null(value) || json_is_string(value);
    return g_strdup(json_string_value(value));
}

bool
mw_asked_read(MwAsked *asked, const json_t *options)
{
    bool good = true;
    g_autofree char *delimiter = text_of(options, "delimiter", &good);

    asked->what = text_of(options, "what", &good);
    asked->match = text_of(options, "match", &good);
    asked->encoding = text_of(options, "encoding", &good);
    asked->sheet = text_of(options, "sheet", &good);
    asked->delimiter = delimiter ? *delimiter : '\0';
    return good && asked->what && texts_of(json_object_get(options, "map"), asked->map) &&
           texts_of(json_object_get(options, "constants"), asked->constants) &&
           meanings_of(json_object_get(options, "values"), asked->values) &&
           texts_of(json_object_get(options, "create_missing"), asked->create);
}

/* ---- forms -------------------------------------------------------------------------------- */

static const char *
some(const char *text)
{
    return text && *text ? text : NULL;
}

void
mw_asked_table(MwAsked *asked, const MwRequest *request)
{
    const char *delimiter = some(mw_param(request, "delimiter"));

    asked->encoding = g_strdup(some(mw_param(request, "encoding")));
    asked->sheet = g_strdup(some(mw_param(request, "sheet")));
    asked->delimiter = delimiter ? (g_str_equal(delimiter, "tab") ? '\t' : *delimiter) : '\0';
}

static bool
is_mapped(const MwAsked *asked, const char *key)
{
    size_t n = strlen(key);

    for (guint i = 0; i < asked->map->len; i++)
        if (strncmp(asked->map->pdata[i], key, n) == 0 &&
            ((const char *)asked->map->pdata[i])[n] == '=')
            return true;
    return false;
}

/* "key.0", "from.0" and "to.0": a choice of a list has "=" before its text, so that nothing and blank differ. */
static void
read_meanings(MwAsked *asked, const MwRequest *request)
{
    for (int i = 0; i < MW_ASKED_TEXTS_MAX; i++) {
        char name[16];
        g_snprintf(name, sizeof name, "key.%d", i);
        const char *key = mw_form_param(request, name);
        g_snprintf(name, sizeof name, "from.%d", i);
        const char *from = mw_form_param(request, name);
        g_snprintf(name, sizeof name, "to.%d", i);
        const char *to = mw_form_param(request, name);
        if (!key || !from)
            break;
        if (to && *to && is_mapped(asked, key))
            g_ptr_array_add(asked->values, mw_import_meaning(key, from, to + (*to == '=')));
    }
}

/* "col.0" is a key to which the first column goes; it may go to several. */
static void
read_column(MwAsked *asked, const MwParam *param, const char *const *header, size_t n)
{
    guint64 column;

    if (g_str_has_prefix(param->name, "col.") && *param->value &&
        asked->map->len < MW_COLUMNS_MAX &&
        g_ascii_string_to_unsigned(param->name + 4, 10, 0, G_MAXINT32, &column, NULL) && column < n)
        g_ptr_array_add(asked->map, g_strdup_printf("%s=%s", param->value, header[column]));
}

void
mw_asked_form(MwAsked *asked, const MwRequest *request, const char *const *header)
{
    const char *constants = mw_form_param(request, "constants");

    asked->match = g_strdup(some(mw_form_param(request, "match")));
    for (size_t i = 0; i < request->n_form; i++)
        read_column(asked, &request->form[i], header, g_strv_length((char **)header));
    g_auto(GStrv) lines = g_strsplit(constants ? constants : "", "\n", MW_COLUMNS_MAX);
    for (char **line = lines; *line; line++)
        if (*g_strstrip(*line))
            g_ptr_array_add(asked->constants, g_strdup(*line));
    for (size_t i = 0; i < request->n_form && asked->constants->len < MW_COLUMNS_MAX; i++)
        if (g_str_has_prefix(request->form[i].name, "const.") && *request->form[i].value)
            g_ptr_array_add(asked->constants,
                            g_strdup_printf("%s=%s", request->form[i].name + strlen("const."),
                                            request->form[i].value));
    for (size_t i = 0; i < request->n_form; i++)
        if (g_str_equal(request->form[i].name, "create"))
            g_ptr_array_add(asked->create, g_strdup(request->form[i].value));
    read_meanings(asked, request);
}

static void
add_all(GPtrArray *out, char **texts)
{
    for (; texts && *texts; texts++)
        g_ptr_array_add(out, g_strdup(*texts));
}

void
mw_asked_remembered(MwAsked *asked, const MwImportPreview *preview)
{
    add_all(asked->map, preview->map);
    add_all(asked->constants, preview->constants);
    add_all(asked->values, preview->values);
    add_all(asked->create, preview->create_missing);
    asked->match = g_strdup(preview->match);
}

/* ---- beginning ------------------------------------------------------------------------------ */

typedef struct {
    const MwContext *context;
    const MwAsked *asked;
    int64_t run;
} Begin;

static bool
begin(MwStore *store G_GNUC_UNUSED, void *data, GError **error)
{
    Begin *b = data;
    MwImportOptions options = mw_asked_options(b->asked);

    b->run = mw_import_upload(b->context, options.path, options.file_name, options.shape, error);
    return b->run && mw_import_queue(b->context, b->run, &options, error);
}

int64_t
mw_import_begin(const MwRequest *request, const MwAsked *asked, GError **error)
{
    Begin b = { request->context, asked, 0 };

    return mw_store_atomically(request->context->store, begin, &b, error) ? b.run : 0;
}
