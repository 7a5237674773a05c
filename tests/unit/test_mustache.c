/* mustache: the public specification's files, where they are, and what is our own. */
#include "web/mustache.h"

#include <jansson.h>

#include "base/error.h"
#include "base/i18n.h"

static void put_json(MwNode *parent, const char *key, const json_t *value);

static void
put_members(MwNode *object, const json_t *value)
{
    const char *key;
    json_t *member;

    json_object_foreach((json_t *)value, key, member) put_json(object, key, member);
}

static void
put_json(MwNode *parent, const char *key, const json_t *value)
{
    if (json_is_object(value)) {
        put_members(mw_put_object(parent, key), value);
    } else if (json_is_array(value)) {
        MwNode *list = mw_put_list(parent, key);
        for (size_t i = 0; i < json_array_size(value); i++)
            put_json(list, NULL, json_array_get(value, i));
    } else if (json_is_string(value)) {
        mw_put_text(parent, key, json_string_value(value));
    } else if (json_is_integer(value)) {
        mw_put_int(parent, key, json_integer_value(value));
    } else if (json_is_real(value)) {
        mw_put_format(parent, key, "%g", json_real_value(value));
    } else if (json_is_boolean(value)) {
        mw_put_bool(parent, key, json_is_true(value));
    } else {
        mw_put_text(parent, key, NULL);
    }
}

/* The data may be any JSON value: it is put under "root" and rendered from there. */
static char *
render_json(const MwTemplates *templates, const json_t *data)
{
    g_autoptr(MwView) view = mw_view_new();
    g_autoptr(GError) error = NULL;
    GString *out = g_string_new(NULL);

    put_json(mw_view_root(view), "root", data);
    const MwNode *root = mw_node_get(mw_view_root(view), mw_key("root"));
    mw_templates_render(templates, "main", root, out, &error);
    g_assert_no_error(error);
    return g_string_free(out, false);
}

static void
run_spec_case(const json_t *test)
{
    const char *text = json_string_value(json_object_get(test, "template")), *name;
    g_autoptr(MwTemplates) templates = mw_templates_new(MW_TEMPLATES_PLAIN);
    g_autoptr(GError) error = NULL;
    json_t *partial;

    g_test_message("%s", json_string_value(json_object_get(test, "name")));
    mw_templates_add(templates, "main", text, strlen(text), &error);
    g_assert_no_error(error);
    json_object_foreach(json_object_get(test, "partials"), name, partial)
    {
        mw_templates_add(templates, name, json_string_value(partial), json_string_length(partial),
                         &error);
        g_assert_no_error(error);
    }
    g_assert_true(mw_templates_link(templates, &error));
    g_autofree char *result = render_json(templates, json_object_get(test, "data"));
    g_assert_cmpstr(result, ==, json_string_value(json_object_get(test, "expected")));
}

static void
test_spec_file(gconstpointer name)
{
    const char *data = g_getenv("MILLWRIGHT_DATA");
    g_autofree char *file = g_strconcat(name, ".json", NULL);
    g_autofree char *path =
        data ? g_build_filename(data, "mustache", file, NULL)
             : g_build_filename(MW_SOURCE_ROOT, "..", "shared", "data", "mustache", file, NULL);
    json_error_t error;

    if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
        g_test_skip("the Mustache specification's files are not there (MILLWRIGHT_DATA)");
        return;
    }
    json_t *spec = json_load_file(path, 0, &error);
    const json_t *tests = json_object_get(spec, "tests");
    g_assert_cmpuint(json_array_size(tests), >, 0);
    for (size_t i = 0; i < json_array_size(tests); i++)
        run_spec_case(json_array_get(tests, i));
    json_decref(spec);
}

/* A set of "main" and a partial "part". */
static MwTemplates *
make(MwTemplatesMode mode, const char *text, const char *part, GError **error)
{
    g_autoptr(MwTemplates) templates = mw_templates_new(mode);

    if (!mw_templates_add(templates, "main", text, strlen(text), error) ||
        (part && !mw_templates_add(templates, "part", part, strlen(part), error)) ||
        !mw_templates_link(templates, error))
        return NULL;
    return g_steal_pointer(&templates);
}

typedef struct {
    const char *name;
    MwTemplatesMode mode;
    const char *text, *part, *data, *expected;
} Case;

static const Case cases[] = {
    { "dynamic-partial", MW_TEMPLATES_OWN, "{{#fields}}{{> *widget}};{{/fields}}", "<{{n}}>",
      "{\"fields\":[{\"widget\":\"part\",\"n\":1},{\"widget\":\"part\",\"n\":2}]}", "<1>;<2>;" },
    { "dynamic-partial-dotted", MW_TEMPLATES_OWN, "{{>*a.b}}", "x", "{\"a\":{\"b\":\"part\"}}",
      "x" },
    { "dynamic-partial-unknown", MW_TEMPLATES_PLAIN, "[{{>*a}}]", "x", "{\"a\":\"no\"}", "[]" },
    { "dynamic-partial-indented", MW_TEMPLATES_PLAIN, "a\n  {{>*p}}\nb", "1\n2\n",
      "{\"p\":\"part\"}", "a\n  1\n  2\nb" },
    { "indentation-within-indentation", MW_TEMPLATES_PLAIN, " {{>part}}\n",
      "x\n{{#deeper}}\n  {{>part}}\n{{/deeper}}\n", "{\"deeper\":{\"deeper\":false}}",
      " x\n   x\n" },
    { "recursion-ends-with-the-data", MW_TEMPLATES_OWN, "{{>part}}",
      "({{v}}{{#kids}}{{>part}}{{/kids}})",
      "{\"v\":1,\"kids\":[{\"v\":2,\"kids\":[]},{\"v\":3,\"kids\":[{\"v\":4,\"kids\":[]}]}]}",
      "(1(2)(3(4)))" },
    { "apostrophe", MW_TEMPLATES_OWN, "<a title='{{x}}'>", NULL, "{\"x\":\"it's <&>\\\"\"}",
      "<a title='it&#39;s &lt;&amp;&gt;&quot;'>" },
    { "zero-and-empty-are-false", MW_TEMPLATES_OWN, "{{^a}}0{{/a}}{{^b}}empty{{/b}}{{a}}", NULL,
      "{\"a\":0,\"b\":\"\"}", "0empty0" },
    { "large-int", MW_TEMPLATES_OWN, "{{a}} {{b}}", NULL,
      "{\"a\":-9223372036854775808,\"b\":9223372036854775807}",
      "-9223372036854775808 9223372036854775807" },
    { "own-drops-leading-blanks", MW_TEMPLATES_OWN,
      "<ul>\n\n  {{#a}}\n    <li>{{.}} x\n\n    </li>\n  {{/a}}\n</ul>\n", NULL, "{\"a\":[1,2]}",
      "<ul>\n<li>1 x\n</li>\n<li>2 x\n</li>\n</ul>\n" },
    { "own-drops-indentation", MW_TEMPLATES_OWN, "<p>\n  {{>part}}\n</p>", "a\nb\n", "{}",
      "<p>\na\nb\n</p>" },
    { "translation-english", MW_TEMPLATES_OWN, "<b>{{_ Show the\n   version }}</b>", NULL, "{}",
      "<b>Show the version</b>" },
    { "translation-escaped", MW_TEMPLATES_OWN, "{{_ a < b }}", NULL, "{}", "a &lt; b" },
    { "name-like-a-translation", MW_TEMPLATES_OWN, "{{_name}}", NULL, "{\"_name\":1}", "1" },
    { "null-hides-the-outer", MW_TEMPLATES_OWN, "{{#a}}[{{x}}]{{/a}}", NULL,
      "{\"x\":1,\"a\":{\"x\":null}}", "[]" },
};

static void
test_case(gconstpointer data)
{
    const Case *c = data;
    g_autoptr(GError) error = NULL;

    mw_i18n_use("en");
    g_autoptr(MwTemplates) templates = make(c->mode, c->text, c->part, &error);
    g_assert_no_error(error);
    json_t *json = json_loads(c->data, 0, NULL);
    g_autofree char *result = render_json(templates, json);
    json_decref(json);
    g_assert_cmpstr(result, ==, c->expected);
}

static void
test_translation_follows_the_language_at_parsing(void)
{
    mw_i18n_use("zh_CN");
    g_autoptr(MwTemplates) templates = make(MW_TEMPLATES_OWN, "{{_ Show the version}}", NULL, NULL);
    mw_i18n_use("en");
    json_t *json = json_object();
    g_autofree char *result = render_json(templates, json);
    json_decref(json);
    g_assert_cmpstr(result, ==, "显示版本");
}

static const struct {
    MwTemplatesMode mode;
    const char *text, *message;
} malformed[] = {
    { MW_TEMPLATES_PLAIN, "a\nb {{x", "main:2: a tag that is not closed" },
    { MW_TEMPLATES_PLAIN, "{{{x}}", "main:1: a tag that is not closed" },
    { MW_TEMPLATES_PLAIN, "{{=a b}}", "main:1: a tag that is not closed" },
    { MW_TEMPLATES_PLAIN, "{{#x}}\n\n", "main:3: a section that is not closed" },
    { MW_TEMPLATES_PLAIN, "{{/x}}", "main:1: the end of a section that is not open" },
    { MW_TEMPLATES_PLAIN, "{{#x}}{{#y}}{{/x}}{{/y}}",
      "main:1: the end of a section that is not open" },
    { MW_TEMPLATES_PLAIN, "{{}}", "main:1: a tag without a proper name" },
    { MW_TEMPLATES_PLAIN, "{{a b}}", "main:1: a tag without a proper name" },
    { MW_TEMPLATES_PLAIN, "{{_ Save}}", "main:1: a tag without a proper name" },
    { MW_TEMPLATES_PLAIN, "{{a..b}}", "main:1: a dotted name with an empty part" },
    { MW_TEMPLATES_PLAIN, "{{a.}}", "main:1: a dotted name with an empty part" },
    { MW_TEMPLATES_PLAIN, "{{a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q}}",
      "main:1: a tag without a proper name" },
    { MW_TEMPLATES_PLAIN, "{{> }}", "main:1: a partial without a proper name" },
    { MW_TEMPLATES_PLAIN, "{{> a b}}", "main:1: a partial without a proper name" },
    { MW_TEMPLATES_PLAIN, "{{> *}}", "main:1: a tag without a proper name" },
    { MW_TEMPLATES_PLAIN, "{{=<% %> x=}}", "main:1: malformed delimiters" },
    { MW_TEMPLATES_PLAIN, "{{=<%=}}", "main:1: malformed delimiters" },
    { MW_TEMPLATES_PLAIN, "{{=123456789 %>=}}", "main:1: malformed delimiters" },
    { MW_TEMPLATES_PLAIN, "\xff", "main: not UTF-8" },
    { MW_TEMPLATES_OWN, "{{{x}}}", "main:1: an unescaped variable" },
    { MW_TEMPLATES_OWN, "{{& x}}", "main:1: an unescaped variable" },
    { MW_TEMPLATES_OWN, "{{_  }}", "main:1: a text to translate is missing" },
    { MW_TEMPLATES_OWN, "{{> none}}", "main: there is no partial “none”" },
};

static void
test_malformed(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(malformed); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(make(malformed[i].mode, malformed[i].text, NULL, &error));
        g_assert_error(error, MW_ERROR, MW_ERROR_INVALID);
        g_assert_cmpstr(error->message, ==, malformed[i].message);
    }
}

static char *
repeat(const char *text, int times)
{
    GString *out = g_string_new(NULL);

    for (int i = 0; i < times; i++)
        g_string_append(out, text);
    return g_string_free(out, false);
}

static void
test_parse_limits(void)
{
    g_autofree char *open = repeat("{{#x}}", MW_TEMPLATE_NESTING_MAX + 1);
    g_autofree char *close = repeat("{{/x}}", MW_TEMPLATE_NESTING_MAX + 1);
    g_autofree char *deep = g_strconcat(open, close, NULL);
    g_autofree char *allowed = g_strconcat(open + strlen("{{#x}}"), close + strlen("{{/x}}"), NULL);
    g_autofree char *large = g_strnfill(MW_TEMPLATE_BYTES_MAX + 1, 'x');
    g_autoptr(GError) error = NULL;

    g_autoptr(MwTemplates) templates = make(MW_TEMPLATES_OWN, allowed, NULL, &error);
    g_assert_no_error(error);
    g_assert_null(make(MW_TEMPLATES_OWN, deep, NULL, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_INVALID);
    g_clear_error(&error);
    g_assert_null(make(MW_TEMPLATES_OWN, large, NULL, &error));
    g_assert_error(error, MW_ERROR, MW_ERROR_TOO_LARGE);
}

static void
assert_fails(const char *name, const char *text, const char *part, int code)
{
    g_autoptr(MwView) view = mw_view_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(MwTemplates) templates = make(MW_TEMPLATES_OWN, text, part, &error);
    g_autoptr(GString) out = g_string_new(NULL);
    MwNode *list = mw_put_list(mw_view_root(view), "list");

    g_assert_no_error(error);
    for (int i = 0; i < 10; i++)
        mw_put_text(list, NULL, "x");
    g_assert_false(mw_templates_render(templates, name, mw_view_root(view), out, &error));
    g_assert_error(error, MW_ERROR, code);
}

static void
test_render_limits(void)
{
    assert_fails("none", "", NULL, MW_ERROR_NOT_FOUND);
    assert_fails("main", "{{> *nothing}}", NULL, MW_ERROR_NOT_FOUND);
    assert_fails("main", "{{> part}}", "{{> part}}", MW_ERROR_TOO_LARGE);
    /* two self-references each: 2^32 instructions without the limit */
    assert_fails("main", "{{#list}}{{> part}}{{/list}}",
                 "{{#list}}{{#list}}{{#list}}{{#list}}{{#list}}{{#list}}"
                 "{{#list}}{{#list}}a{{/list}}{{/list}}{{/list}}{{/list}}{{/list}}{{/list}}{{/"
                 "list}}{{/list}}",
                 MW_ERROR_TOO_LARGE);
    assert_fails("main", "{{#list}}{{> part}}{{/list}}", "{{#list}}{{> part}}{{/list}}",
                 MW_ERROR_TOO_LARGE);
}

int
main(int argc, char **argv)
{
    static const char *const files[] = { "comments", "delimiters", "interpolation",
                                         "inverted", "partials",   "sections" };

    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path = g_strdup_printf("/mustache/spec/%s", files[i]);
        g_test_add_data_func(path, files[i], test_spec_file);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/mustache/own/%s", cases[i].name);
        g_test_add_data_func(path, &cases[i], test_case);
    }
    g_test_add_func("/mustache/own/translation", test_translation_follows_the_language_at_parsing);
    g_test_add_func("/mustache/malformed", test_malformed);
    g_test_add_func("/mustache/limits/parse", test_parse_limits);
    g_test_add_func("/mustache/limits/render", test_render_limits);
    return g_test_run();
}
