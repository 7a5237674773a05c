/* mustache: any two templates are refused, or render a view within the limits and the same way twice. */
#include <string.h>

#include "fuzz.h"
#include "web/mustache.h"

static void
fill(MwNode *root)
{
    MwNode *list = mw_put_list(root, "a");

    mw_put_text(root, "b", "<&\"'>\nb");
    mw_put_text(root, "p", "part");
    mw_put_int(root, "n", -5);
    mw_put_bool(root, "t", true);
    mw_put_text(list, NULL, "x");
    mw_put_text(mw_put_object(list, NULL), "b", "inner");
    mw_put_text(mw_put_object(mw_put_object(root, "o"), "o"), "b", "deep");
}

/* A byte for the mode, then the template, NUL, its partial. */
int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    g_autoptr(GError) error = NULL;

    if (size == 0)
        return 0;
    const char *text = (const char *)bytes + 1;
    const char *end = (const char *)bytes + size;
    const char *zero = memchr(text, '\0', size - 1);
    const char *part = zero ? zero + 1 : end;
    g_autoptr(MwTemplates) templates =
        mw_templates_new(*bytes & 1 ? MW_TEMPLATES_OWN : MW_TEMPLATES_PLAIN);
    bool parsed =
        mw_templates_add(templates, "main", text, (size_t)((zero ? zero : end) - text), &error) &&
        mw_templates_add(templates, "part", part, (size_t)(end - part), &error) &&
        mw_templates_link(templates, &error);
    g_assert_true(parsed == (error == NULL));
    if (!parsed)
        return 0;

    g_autoptr(MwView) view = mw_view_new();
    g_autoptr(GString) once = g_string_new(NULL);
    g_autoptr(GString) twice = g_string_new(NULL);
    fill(mw_view_root(view));
    bool rendered = mw_templates_render(templates, "main", mw_view_root(view), once, &error);
    g_assert_true(rendered == (error == NULL));
    g_assert_true(mw_templates_render(templates, "main", mw_view_root(view), twice, NULL) ==
                  rendered);
    g_assert_true(g_string_equal(once, twice));
    g_assert_cmpuint(strlen(once->str), ==, once->len);
    return 0;
}
