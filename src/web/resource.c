#include "web/resource.h"

#include <gio/gio.h>
#include <string.h>

#include "base/error.h"
#include "base/i18n.h"
#include "web/assets.h"
#include "web/mustache.h"

#define ASSETS "/millwright/assets/"
#define TEMPLATES "/millwright/templates/"

struct MwResources {
    GHashTable *by_file, *by_name; /* to MwAsset, which by_file owns */
    GStringChunk *texts;
    MwTemplates **sets; /* in the order of mw_i18n_languages() */
};

static void
asset_free(gpointer data)
{
    MwAsset *asset = data;

    g_bytes_unref(asset->plain);
    g_bytes_unref(asset->gzip);
    g_bytes_unref(asset->brotli);
    g_free(asset);
}

/* Bytes that the build has put into the program; that they are missing is a fault of ours. */
static GBytes *
embedded(const char *folder, const char *file, const char *suffix)
{
    g_autofree char *path = g_strconcat(folder, file, suffix, NULL);
    g_autoptr(GError) error = NULL;
    GBytes *bytes = g_resource_lookup_data(mw_assets_get_resource(), path, 0, &error);

    if (!bytes)
        g_error("%s", error->message);
    return bytes;
}

/* A line of the manifest: the name in the sources, the file's name, its type. */
static void
add_asset(MwResources *resources, const char *line)
{
    g_auto(GStrv) parts = g_strsplit(line, "\t", 3);
    g_autofree char *url = g_strconcat("/assets/", parts[1], NULL);
    g_autofree char *etag = g_strconcat("\"", parts[1], "\"", NULL);
    MwAsset *asset = g_new0(MwAsset, 1);

    asset->url = g_string_chunk_insert(resources->texts, url);
    asset->etag = g_string_chunk_insert(resources->texts, etag);
    asset->type = g_string_chunk_insert_const(resources->texts, parts[2]);
    asset->plain = embedded(ASSETS, parts[1], "");
    asset->gzip = embedded(ASSETS, parts[1], ".gz");
    asset->brotli = embedded(ASSETS, parts[1], ".br");
    g_hash_table_insert(resources->by_file, g_string_chunk_insert(resources->texts, parts[1]),
                        asset);
    g_hash_table_insert(resources->by_name, g_string_chunk_insert(resources->texts, parts[0]),
                        asset);
}

static void
add_assets(MwResources *resources)
{
    g_autoptr(GBytes) manifest = embedded(ASSETS, "manifest", "");
    gsize size;
    const char *text = g_bytes_get_data(manifest, &size);
    g_autofree char *copy = g_strndup(text, size);
    g_auto(GStrv) lines = g_strsplit(g_strchomp(copy), "\n", -1);

    for (char **line = lines; *line; line++)
        add_asset(resources, *line);
}

/* {{> asset/app.css}} is the address of a file. */
static bool
add_addresses(MwTemplates *set, const MwResources *resources, GError **error)
{
    GHashTableIter iter;
    gpointer name, asset;

    g_hash_table_iter_init(&iter, resources->by_name);
    while (g_hash_table_iter_next(&iter, &name, &asset)) {
        const char *url = ((MwAsset *)asset)->url;
        g_autofree char *partial = g_strconcat("asset/", name, NULL);
        if (!mw_templates_add(set, partial, url, strlen(url), error))
            return false;
    }
    return true;
}

/* {{> icon/plus}} shows a symbol of the sprite. */
static bool
add_icons(MwTemplates *set, const MwResources *resources, GError **error)
{
    static const char mark[] = "<symbol id=\"";
    const MwAsset *sprite = mw_resources_named(resources, "icons.svg");
    gsize size;
    const char *at = g_bytes_get_data(sprite->plain, &size), *end = at + size;

    while ((at = g_strstr_len(at, end - at, mark))) {
        at += strlen(mark);
        g_autofree char *name = g_strndup(at, strcspn(at, "\""));
        g_autofree char *partial = g_strconcat("icon/", name, NULL);
        g_autofree char *text =
            g_strdup_printf("<svg class=\"icon\" aria-hidden=\"true\"><use href=\"%s#%s\"/></svg>",
                            sprite->url, name);
        if (!mw_templates_add(set, partial, text, strlen(text), error))
            return false;
    }
    return true;
}

/* Adds the template in `file`, a path below the templates ("record/show.html"). */
static bool
add_template(MwTemplates *set, const char *file, const char *text, gsize size, GError **error)
{
    g_autofree char *name = g_strndup(file, strlen(file) - strlen(".html"));

    return mw_templates_add(set, name, text, size, error);
}

static bool
add_embedded(MwTemplates *set, const char *below, GError **error)
{
    g_autofree char *folder = g_strconcat(TEMPLATES, below, NULL);
    g_auto(GStrv) children =
        g_resource_enumerate_children(mw_assets_get_resource(), folder, 0, error);

    for (char **child = children; child && *child; child++) {
        g_autofree char *file = g_strconcat(below, *child, NULL);
        if (g_str_has_suffix(file, "/")) {
            if (!add_embedded(set, file, error))
                return false;
            continue;
        }
        g_autoptr(GBytes) bytes = embedded(TEMPLATES, file, "");
        gsize size;
        const char *text = g_bytes_get_data(bytes, &size);
        if (!add_template(set, file, text, size, error))
            return false;
    }
    return children != NULL;
}

static bool
add_file(MwTemplates *set, const char *path, const char *file, GError **error)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) reason = NULL;
    gsize size;

    if (!g_file_get_contents(path, &text, &size, &reason))
        return mw_fail(error, MW_ERROR_NOT_FOUND, "%s", reason->message);
    return add_template(set, file, text, size, error);
}

/* Templates in a folder of the administrator's, and in the folders below it. */
static bool
add_folder(MwTemplates *set, const char *folder, const char *below, unsigned *count, GError **error)
{
    g_autofree char *path = g_build_filename(folder, below, NULL);
    g_autoptr(GError) reason = NULL;
    g_autoptr(GDir) dir = g_dir_open(path, 0, &reason);
    const char *child;

    if (!dir)
        return mw_fail(error, MW_ERROR_NOT_FOUND, "%s", reason->message);
    while ((child = g_dir_read_name(dir))) {
        g_autofree char *file = g_strconcat(below, child, NULL);
        g_autofree char *full = g_build_filename(folder, file, NULL);
        if (++*count > MW_TEMPLATE_FILES_MAX)
            return mw_fail(error, MW_ERROR_TOO_LARGE, "%s: more than %d files", folder,
                           MW_TEMPLATE_FILES_MAX);
        if (g_file_test(full, G_FILE_TEST_IS_DIR)) {
            g_autofree char *deeper = g_strconcat(file, "/", NULL);
            if (!add_folder(set, folder, deeper, count, error))
                return false;
        } else if (g_str_has_suffix(file, ".html") && !add_file(set, full, file, error)) {
            return false;
        }
    }
    return true;
}

/* The templates with the texts of the language in use. */
static MwTemplates *
make_set(const MwResources *resources, const char *folder, GError **error)
{
    g_autoptr(MwTemplates) set = mw_templates_new(MW_TEMPLATES_OWN);
    unsigned count = 0;

    if (!add_addresses(set, resources, error) || !add_icons(set, resources, error) ||
        !add_embedded(set, "", error) || (folder && !add_folder(set, folder, "", &count, error)) ||
        !mw_templates_link(set, error))
        return NULL;
    return g_steal_pointer(&set);
}

MwResources *
mw_resources_new(const char *folder, GError **error)
{
    const char *const *languages = mw_i18n_languages();
    const char *current = mw_i18n_language();
    g_autoptr(MwResources) resources = g_new0(MwResources, 1);
    bool made = true;

    resources->by_file = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, asset_free);
    resources->by_name = g_hash_table_new(g_str_hash, g_str_equal);
    resources->texts = g_string_chunk_new(4096);
    add_assets(resources);

    resources->sets = g_new0(MwTemplates *, g_strv_length((char **)languages) + 1);
    for (size_t i = 0; languages[i] && made; i++) {
        mw_i18n_use(languages[i]);
        resources->sets[i] = make_set(resources, folder, error);
        made = resources->sets[i] != NULL;
    }
    mw_i18n_use(current);
    return made ? g_steal_pointer(&resources) : NULL;
}

void
mw_resources_free(MwResources *resources)
{
    if (!resources)
        return;
    for (MwTemplates **set = resources->sets; set && *set; set++)
        mw_templates_free(*set);
    g_free(resources->sets);
    g_hash_table_unref(resources->by_name);
    g_hash_table_unref(resources->by_file);
    g_string_chunk_free(resources->texts);
    g_free(resources);
}

const MwAsset *
mw_resources_asset(const MwResources *resources, const char *file)
{
    return g_hash_table_lookup(resources->by_file, file);
}

const MwAsset *
mw_resources_named(const MwResources *resources, const char *name)
{
    return g_hash_table_lookup(resources->by_name, name);
}

/* Of the language in use. */
static const MwTemplates *
set_in_use(const MwResources *resources)
{
    const char *const *languages = mw_i18n_languages();
    const char *language = mw_i18n_language();
    size_t i = 0;

    while (languages[i] && !g_str_equal(languages[i], language))
        i++;
    return resources->sets[languages[i] ? i : 0];
}

bool
mw_resources_has_template(const MwResources *resources, const char *name)
{
    return mw_templates_has(set_in_use(resources), name);
}

bool
mw_resources_render(const MwResources *resources, const char *name, const MwNode *view,
                    GString *out, GError **error)
{
    return mw_templates_render(set_in_use(resources), name, view, out, error);
}
