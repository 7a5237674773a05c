/* resource: what is built in is whole, and a folder of templates comes first. */
#include "web/resource.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "base/error.h"
#include "base/i18n.h"

static char *
unpack(GBytes *packed)
{
    g_autoptr(GZlibDecompressor) gzip = g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP);
    g_autoptr(GInputStream) bytes = g_memory_input_stream_new_from_bytes(packed);
    g_autoptr(GInputStream) plain = g_converter_input_stream_new(bytes, G_CONVERTER(gzip));
    g_autoptr(GOutputStream) out = g_memory_output_stream_new_resizable();

    g_output_stream_splice(out, plain, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, NULL);
    g_output_stream_write_all(out, "", 1, NULL, NULL, NULL);
    gsize size = g_memory_output_stream_get_data_size(G_MEMORY_OUTPUT_STREAM(out));
    return g_strndup(g_memory_output_stream_get_data(G_MEMORY_OUTPUT_STREAM(out)), size);
}

static void
test_assets(void)
{
    static const char *const files[][2] = {
        { "app.css", "text/css; charset=utf-8" },
        { "app.js", "text/javascript; charset=utf-8" },
        { "theme.js", "text/javascript; charset=utf-8" },
        { "icons.svg", "image/svg+xml" },
        { "logo.svg", "image/svg+xml" },
        { "licences.txt", "text/plain; charset=utf-8" },
    };
    g_autoptr(MwResources) resources = mw_resources_new(NULL, NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        const MwAsset *asset = mw_resources_named(resources, files[i][0]);
        g_assert_nonnull(asset);
        g_assert_cmpstr(asset->type, ==, files[i][1]);
        g_assert_true(g_str_has_prefix(asset->url, "/assets/"));
        g_assert_true(mw_resources_asset(resources, asset->url + strlen("/assets/")) == asset);
        g_assert_cmpuint(strlen(asset->etag), ==, strlen(asset->url + strlen("/assets/")) + 2);
        g_assert_cmpuint(g_bytes_get_size(asset->brotli), <, g_bytes_get_size(asset->plain));
        g_autofree char *text = unpack(asset->gzip);
        g_assert_cmpmem(text, strlen(text), g_bytes_get_data(asset->plain, NULL),
                        g_bytes_get_size(asset->plain));
    }
    g_assert_null(
        mw_resources_asset(resources, "app.js")); /* has no hash: may not be kept for ever */
    g_assert_null(mw_resources_asset(resources, "../manifest"));
    g_assert_null(mw_resources_named(resources, "none.js"));
}

/* A page in the frame, with text that must be escaped. */
static char *
render(const MwResources *resources, const char *frame, const char *page, GError **error)
{
    g_autoptr(MwView) view = mw_view_new();
    g_autoptr(GString) out = g_string_new(NULL);
    MwNode *root = mw_view_root(view);

    mw_put_text(root, "lang", "zh-CN");
    mw_put_text(root, "title", "<title>");
    mw_put_text(root, "page", page);
    mw_put_text(root, "heading", "\"><script>alert(1)</script>");
    MwNode *group = mw_put_object(mw_put_list(root, "nav"), NULL);
    MwNode *item = mw_put_object(mw_put_list(group, "items"), NULL);
    mw_put_text(item, "label", "A & B");
    mw_put_text(item, "href", "/account");
    mw_put_text(item, "icon", "building");
    mw_put_bool(item, "active", true);
    if (!mw_resources_render(resources, frame, root, out, error))
        return NULL;
    return g_string_free(g_steal_pointer(&out), false);
}

static void
test_frame(void)
{
    g_autoptr(MwResources) resources = mw_resources_new(NULL, NULL);
    g_autoptr(GError) error = NULL;

    mw_i18n_use("zh_CN");
    g_autofree char *chinese = render(resources, "layout", "error", &error);
    g_assert_no_error(error);
    mw_i18n_use("en");
    g_autofree char *english = render(resources, "plain", "error", &error);
    g_assert_no_error(error);

    g_assert_nonnull(strstr(chinese, "<a class=\"sidebar-link active\" href=\"/account\""));
    g_assert_nonnull(strstr(chinese, "<span class=\"text-truncate\">A &amp; B</span>"));
    g_assert_nonnull(strstr(chinese, "返回"));
    g_assert_nonnull(strstr(english, "Go back"));
    g_assert_null(strstr(english, "返回"));
    g_assert_null(strstr(chinese, "<script>"));
    g_assert_null(strstr(chinese, " style="));
    g_assert_null(strstr(chinese, " onclick="));

    g_assert_null(render(resources, "layout", "none", &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_NOT_FOUND);
    g_assert_true(mw_resources_has_template(resources, "login"));
    g_assert_false(mw_resources_has_template(resources, "none"));
}

/* A folder with one template in it. */
static void
write_template(const char *folder, const char *file, const char *text)
{
    g_autofree char *path = g_build_filename(folder, file, NULL);
    g_autofree char *parent = g_path_get_dirname(path);

    g_mkdir_with_parents(parent, 0700);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void
remove_template(const char *folder, const char *file)
{
    g_autofree char *path = g_build_filename(folder, file, NULL);

    g_assert_cmpint(g_remove(path), ==, 0);
}

static void
test_folder(void)
{
    g_autofree char *folder = g_dir_make_tmp("millwright-XXXXXX", NULL);
    g_autoptr(GError) error = NULL;

    write_template(folder, "error.html", "ours: {{heading}} {{> extra/note}}");
    write_template(folder, "extra/note.html", "{{_ Go back}}");
    write_template(folder, "notes.txt", "{{{not a template");
    g_autoptr(MwResources) resources = mw_resources_new(folder, &error);
    g_assert_no_error(error);
    g_autofree char *page = render(resources, "error", "error", &error);
    g_assert_cmpstr(page, ==, "ours: &quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt; Go back");

    write_template(folder, "extra/note.html", "one\n{{{two}}}");
    g_assert_null(mw_resources_new(folder, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_INVALID);
    g_assert_cmpstr(error->message, ==, "extra/note:2: an unescaped variable");
    g_clear_error(&error);

    write_template(folder, "extra/note.html", "{{> icon/no-such-icon}}");
    g_assert_null(mw_resources_new(folder, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_INVALID);
    g_clear_error(&error);

    remove_template(folder, "error.html");
    remove_template(folder, "extra/note.html");
    remove_template(folder, "extra");
    remove_template(folder, "notes.txt");
    remove_template(folder, "");
    g_assert_null(mw_resources_new(folder, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_NOT_FOUND);
}

/* A link that leads round in a circle ends where the system gives up following it. */
static void
test_circle_and_too_many_files(void)
{
    g_autofree char *folder = g_dir_make_tmp("millwright-XXXXXX", NULL);
    g_autofree char *loop = g_build_filename(folder, "loop", NULL);
    g_autoptr(GError) error = NULL;

    g_assert_cmpint(symlink(".", loop), ==, 0);
    g_autoptr(MwResources) resources = mw_resources_new(folder, &error);
    g_assert_no_error(error);

    for (int i = 0; i < MW_TEMPLATE_FILES_MAX; i++) {
        g_autofree char *file = g_strdup_printf("%d.txt", i);
        write_template(folder, file, "");
    }
    g_assert_null(mw_resources_new(folder, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_TOO_LARGE);

    for (int i = 0; i < MW_TEMPLATE_FILES_MAX; i++) {
        g_autofree char *file = g_strdup_printf("%d.txt", i);
        remove_template(folder, file);
    }
    remove_template(folder, "loop");
    remove_template(folder, "");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/resource/assets", test_assets);
    g_test_add_func("/resource/frame", test_frame);
    g_test_add_func("/resource/folder", test_folder);
    g_test_add_func("/resource/circle-and-too-many-files", test_circle_and_too_many_files);
    return g_test_run();
}
