/* view: what is put is found, and nothing else. */
#include "web/view.h"

static const MwNode *
get(const MwNode *object, const char *key)
{
    return mw_node_get(object, mw_key(key));
}

static void
test_values(void)
{
    g_autoptr(MwView) view = mw_view_new();
    MwNode *root = mw_view_root(view);
    char changing[] = "first";

    mw_put_text(root, "text", "hello");
    mw_put_text(root, "nothing", NULL);
    mw_put_copy(root, "copy", changing);
    mw_put_int(root, "int", INT64_MIN);
    mw_put_bool(root, "bool", true);
    mw_put_format(root, "format", "%d %%", 42);
    mw_put_text(root, "text", "a second one of the same key");
    memset(changing, 'x', 5);

    g_assert_cmpstr(get(root, "text")->text, ==, "hello");
    g_assert_cmpuint(get(root, "text")->size, ==, 5);
    g_assert_cmpint(get(root, "nothing")->type, ==, MW_NODE_NULL);
    g_assert_cmpstr(get(root, "copy")->text, ==, "first");
    g_assert_cmpint(get(root, "int")->integer, ==, INT64_MIN);
    g_assert_true(get(root, "bool")->boolean);
    g_assert_cmpstr(get(root, "format")->text, ==, "42 %");
    g_assert_null(get(root, "absent"));
    g_assert_null(get(get(root, "text"), "text"));
}

/* Names that share length, beginning and end, so that their hashes may be equal. */
static void
test_similar_keys(void)
{
    static const char *const keys[] = { "",
                                        "a",
                                        "b",
                                        "ab",
                                        "ba",
                                        "aab",
                                        "abb",
                                        "abcd",
                                        "abcde",
                                        "abcdabcd",
                                        "12345678x87654321",
                                        "12345678y87654321" };
    g_autoptr(MwView) view = mw_view_new();
    MwNode *root = mw_view_root(view);

    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
        mw_put_int(root, keys[i], (int64_t)i);
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        g_autofree char *elsewhere = g_strdup(keys[i]);
        g_assert_cmpint(get(root, elsewhere)->integer, ==, (int64_t)i);
    }
    g_assert_null(get(root, "12345678z87654321"));
}

static void
test_lists_and_many_nodes(void)
{
    g_autoptr(MwView) view = mw_view_new();
    size_t after_first = 0;

    for (int round = 0; round < 3; round++) {
        MwNode *rows = mw_put_list(mw_view_root(view), "rows");
        for (int i = 0; i < 5000; i++)
            mw_put_int(mw_put_object(rows, NULL), "n", i);

        int n = 0;
        for (const MwNode *row = get(mw_view_root(view), "rows")->first; row; row = row->next)
            g_assert_cmpint(get(row, "n")->integer, ==, n++);
        g_assert_cmpint(n, ==, 5000);
        if (round == 0)
            after_first = mw_view_size(view);
        g_assert_cmpuint(mw_view_size(view), ==, after_first);
        mw_view_reset(view);
        g_assert_null(get(mw_view_root(view), "rows"));
    }
}

/* Texts larger than a block, and more in all than a reset keeps. */
static void
test_large_texts(void)
{
    g_autoptr(MwView) view = mw_view_new();
    g_autofree char *large = g_strnfill(1 << 20, 'x');

    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 10; i++)
            mw_put_copy(mw_view_root(view), "large", large);
        g_assert_cmpstr(get(mw_view_root(view), "large")->text, ==, large);
        g_assert_cmpuint(mw_view_size(view), >, 10 << 20);
        mw_view_reset(view);
        g_assert_cmpuint(mw_view_size(view), <, 1024);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/view/values", test_values);
    g_test_add_func("/view/similar-keys", test_similar_keys);
    g_test_add_func("/view/lists", test_lists_and_many_nodes);
    g_test_add_func("/view/large-texts", test_large_texts);
    return g_test_run();
}
