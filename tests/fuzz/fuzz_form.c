/* form: multipart forms in pieces of any size, query strings, paths, cookies: refused, or text throughout. */
#include <glib/gstdio.h>
#include <string.h>

#include "fuzz.h"
#include "web/form.h"
#include "web/params.h"

static void
check_params(const MwParam *params, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        g_assert_true(mw_params_is_text(params[i].name, strlen(params[i].name)));
        g_assert_true(mw_params_is_text(params[i].value, strlen(params[i].value)));
    }
}

/* What a form says does not depend on how it was cut into pieces. */
static char *
read_form(const char *bytes, size_t size, size_t piece, const char *folder)
{
    MwArena arena;
    const MwParam *params;
    const MwUpload *uploads;
    size_t n_params, n_uploads;
    GString *said = g_string_new(NULL);

    mw_arena_init(&arena);
    MwForm *form = mw_form_new(&arena, "multipart/form-data; boundary=\"b\"", folder, NULL);
    g_assert_nonnull(form);
    for (size_t at = 0; at < size; at += piece)
        mw_form_feed(form, bytes + at, MIN(piece, size - at), NULL);
    if (mw_form_end(form, &params, &n_params, &uploads, &n_uploads, NULL)) {
        check_params(params, n_params);
        for (size_t i = 0; i < n_params; i++)
            g_string_append_printf(said, "%s=%s\n", params[i].name, params[i].value);
        for (size_t i = 0; i < n_uploads; i++) {
            g_assert_null(strpbrk(uploads[i].file_name, "/\\"));
            g_string_append_printf(said, "%s %zu\n", uploads[i].file_name, uploads[i].size);
        }
    } else {
        g_string_append(said, "refused");
    }
    mw_form_free(form);
    mw_arena_clear(&arena);
    return g_string_free(said, false);
}

static void
read_others(const char *bytes, size_t size)
{
    MwArena arena;
    MwParam *params;
    size_t n;
    const char *segments[MW_PATH_SEGMENTS_MAX];
    g_autofree char *text = g_strndup(bytes, size);

    mw_arena_init(&arena);
    if (mw_params_read(&arena, bytes, size, &params, &n, NULL))
        check_params(params, n);
    const char *path = mw_path_read(&arena, bytes, size, segments, &n);
    for (size_t i = 0; path && i < n; i++) {
        g_assert_null(strpbrk(segments[i], "/\\"));
        g_assert_true(*segments[i] && strcmp(segments[i], "..") != 0);
    }
    const char *cookie = mw_cookie_find(text, "a", &n);
    if (cookie)
        g_assert_true(cookie >= text && cookie + n <= text + strlen(text));
    MwForm *form = mw_form_new(&arena, text, "/nowhere", NULL); /* as a Content-Type */
    mw_form_free(form);
    mw_arena_clear(&arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    g_autofree char *folder = g_dir_make_tmp("millwright-fuzz-XXXXXX", NULL);
    g_autofree char *whole = read_form((const char *)bytes, size, size + 1, folder);
    g_autofree char *pieces = read_form((const char *)bytes, size, 1 + size % 7, folder);

    g_assert_cmpstr(whole, ==, pieces);
    g_assert_cmpint(g_rmdir(folder), ==, 0); /* nothing stays behind */
    read_others((const char *)bytes, size);
    return 0;
}
