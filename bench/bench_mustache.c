/* A list page of 50 rows and 8 columns: its tree, its text through the template, and the bare minimum for either. */
#include "base/i18n.h"
#include "bench.h"
#include "web/mustache.h"

enum { ROWS = 50, COLUMNS = 8, NODES = 1 + ROWS * (4 + COLUMNS * 4) };

static const char page[] =
    "<table class=\"table\">\n  <thead><tr>{{#columns}}<th>{{.}}</th>{{/columns}}</tr></thead>\n  "
    "<tbody>\n"
    "    {{#rows}}\n    <tr id=\"r{{id}}\">\n      {{#cells}}\n      {{> *widget}}\n      "
    "{{/cells}}\n    </tr>\n"
    "    {{/rows}}\n  </tbody>\n</table>\n";
static const char cell[] = "<td class=\"{{class}}\">{{#link}}<a "
                           "href=\"{{link}}\">{{text}}</a>{{/link}}{{^link}}{{text}}{{/link}}</td>";

static const char *const texts[COLUMNS] = {
    "江苏恒力液压股份有限公司", "A 关键",          "1,234,567.89", "2026-03-14",
    "Zhang Wei & Co. <Wuxi>",   "OPP-2026-000123", "proposal",     "张伟"
};

typedef struct {
    MwTemplates *templates;
    MwView *view;
    GString *out;
} Page;

static void
build(void *data)
{
    Page *p = data;

    mw_view_reset(p->view);
    MwNode *root = mw_view_root(p->view);
    MwNode *columns = mw_put_list(root, "columns");
    for (int c = 0; c < COLUMNS; c++)
        mw_put_text(columns, NULL, "Column");
    MwNode *rows = mw_put_list(root, "rows");
    for (int r = 0; r < ROWS; r++) {
        MwNode *row = mw_put_object(rows, NULL);
        mw_put_int(row, "id", 1000 + r);
        MwNode *cells = mw_put_list(row, "cells");
        for (int c = 0; c < COLUMNS; c++) {
            MwNode *node = mw_put_object(cells, NULL);
            mw_put_text(node, "widget", "cell");
            mw_put_text(node, "class", c == 2 ? "text-end" : "");
            mw_put_text(node, "link", c == 0 ? "/account/1234567890123" : NULL);
            mw_put_copy(node, "text", texts[c]);
        }
    }
}

static void
render(void *data)
{
    Page *p = data;
    g_autoptr(GError) error = NULL;

    g_string_truncate(p->out, 0);
    mw_templates_render(p->templates, "page", mw_view_root(p->view), p->out, &error);
    g_assert_no_error(error);
}

/* What a loop written for this very page would do, with the same escaping. */
static void
write_by_hand(void *data)
{
    Page *p = data;
    GString *out = p->out;

    g_string_truncate(out, 0);
    g_string_append(out, "<table class=\"table\">\n<thead><tr>");
    for (int c = 0; c < COLUMNS; c++)
        g_string_append(out, "<th>Column</th>");
    g_string_append(out, "</tr></thead>\n<tbody>\n");
    for (int r = 0; r < ROWS; r++) {
        g_string_append_printf(out, "<tr id=\"r%d\">\n", 1000 + r);
        for (int c = 0; c < COLUMNS; c++) {
            g_string_append(out, "<td class=\"");
            g_string_append(out, c == 2 ? "text-end" : "");
            g_string_append(out, "\">");
            if (c == 0)
                g_string_append(out, "<a href=\"/account/1234567890123\">");
            mw_html_escape(out, texts[c], strlen(texts[c]));
            g_string_append(out, c == 0 ? "</a></td>" : "</td>");
        }
        g_string_append(out, "</tr>\n");
    }
    g_string_append(out, "</tbody>\n</table>\n");
}

/* The same nodes as plain allocations: what the arena saves. */
static void
allocate(void *data G_GNUC_UNUSED)
{
    static void *nodes[NODES];

    for (int i = 0; i < NODES; i++)
        nodes[i] = g_malloc(sizeof(MwNode));
    for (int i = 0; i < NODES; i++)
        g_free(nodes[i]);
}

static void
translate(void *data)
{
    size_t *size = data;

    for (int i = 0; i < 1000; i++)
        *size += strlen(mw_gettext("Show the version"));
}

static void
hash_look_up(void *data)
{
    GHashTable *table = data;

    for (int i = 0; i < 1000; i++)
        g_assert_nonnull(g_hash_table_lookup(table, "Show the version"));
}

int
main(void)
{
    g_autoptr(MwTemplates) templates = mw_templates_new(MW_TEMPLATES_OWN);
    g_autoptr(MwView) view = mw_view_new();
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(GHashTable) table = g_hash_table_new(g_str_hash, g_str_equal);
    Page p = { templates, view, out };
    size_t size = 0;

    g_assert_true(mw_templates_add(templates, "page", page, strlen(page), NULL));
    g_assert_true(mw_templates_add(templates, "cell", cell, strlen(cell), NULL));
    g_assert_true(mw_templates_link(templates, NULL));
    build(&p);
    render(&p);
    g_autofree char *work =
        g_strdup_printf("Render a list page, 50 rows × 8 columns, %zu KB", out->len / 1000);
    bench_row_s("Build the tree of that page, 1,800 nodes", bench_best_s(build, &p),
                "malloc and free of as many", bench_best_s(allocate, NULL));
    bench_row_s(work, bench_best_s(render, &p), "a GString loop written for it",
                bench_best_s(write_by_hand, &p));
    mw_i18n_use("zh_CN");
    g_hash_table_add(table, (gpointer) "Show the version");
    bench_row_s("Translate 1,000 texts", bench_best_s(translate, &size), "GHashTable of strings",
                bench_best_s(hash_look_up, table));
    return 0;
}
