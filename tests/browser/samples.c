/* samples: writes pages in the frame of the program, and its files for the browser, into a folder, for
 * frame.test.mjs and for looking at.
 *     samples FOLDER TEMPLATES
 */
#include <gio/gio.h>

#include "base/i18n.h"
#include "web/resource.h"

typedef struct {
    const char *icon, *label, *href;
} Link;

typedef struct {
    const char *label;
    Link links[6];
} Group;

static const Group groups[] = {
    { NULL, { { "home", "首页", "/" } } },
    { "销售",
      { { "target", "商机", "/opportunity" },
        { "file-text", "报价", "/quote" },
        { "file-invoice", "合同", "/contract" },
        { "receipt", "订单", "/order" },
        { "chart-line", "销售预测", "/forecast" } } },
    { "客户",
      { { "building", "客户", "/account" },
        { "address-book", "联系人", "/contact" },
        { "chart-pie", "客户分类", "/classification" },
        { "ripple", "公海", "/pool" } } },
    { "市场", { { "speakerphone", "市场活动", "/campaign" }, { "award", "品牌互动", "/brand" } } },
    { "交付与服务",
      { { "truck-delivery", "要货计划", "/calloff" }, { "help", "服务请求", "/request" } } },
    { "管理",
      { { "checklist", "审批", "/approval" },
        { "users-group", "用户与团队", "/user" },
        { "settings", "设置", "/settings" } } },
};

static void
put_nav(MwNode *root)
{
    MwNode *nav = mw_put_list(root, "nav");

    for (size_t g = 0; g < G_N_ELEMENTS(groups); g++) {
        MwNode *group = mw_put_object(nav, NULL);
        mw_put_text(group, "group", groups[g].label);
        MwNode *items = mw_put_list(group, "items");
        for (const Link *link = groups[g].links; link->label; link++) {
            MwNode *item = mw_put_object(items, NULL);
            mw_put_text(item, "label", link->label);
            mw_put_text(item, "href", link->href);
            mw_put_text(item, "icon", link->icon);
            mw_put_bool(item, "active", g_str_equal(link->href, "/account"));
            mw_put_int(item, "count", g_str_equal(link->href, "/approval") ? 3 : 0);
        }
    }
}

static void
put_link(MwNode *list, const char *icon, const char *label, const char *href, const char *class)
{
    MwNode *item = mw_put_object(list, NULL);

    mw_put_text(item, "icon", icon);
    mw_put_text(item, "label", label);
    mw_put_text(item, "href", href);
    mw_put_text(item, "class", class);
}

static void
put_frame(MwNode *root, const char *page, const char *title)
{
    mw_put_text(root, "lang", "zh-CN");
    mw_put_text(root, "title", title);
    mw_put_text(root, "company", "恒力机电");
    mw_put_text(root, "csrf", "token");
    mw_put_text(root, "page", page);
    mw_put_text(root, "path", "/account");
    put_nav(root);
    mw_put_bool(root, "can_create", true);
    MwNode *create = mw_put_list(root, "create");
    put_link(create, "building", "客户", "/account/new", NULL);
    put_link(create, "target", "商机", "/opportunity/new", NULL);
    MwNode *user = mw_put_object(root, "user");
    mw_put_text(user, "name", "张伟");
    mw_put_text(user, "initials", "张");
    mw_put_text(user, "email", "zhang.wei@example.com");
    MwNode *languages = mw_put_list(root, "languages");
    static const char *const known[][2] = { { "zh_CN", "中文" }, { "en", "English" } };
    for (size_t i = 0; i < G_N_ELEMENTS(known); i++) {
        MwNode *language = mw_put_object(languages, NULL);
        mw_put_text(language, "code", known[i][0]);
        mw_put_text(language, "label", known[i][1]);
        mw_put_bool(language, "active", i == 0);
    }
}

static void
put_rows(MwNode *root)
{
    static const char *const names[] = { "江苏恒力液压股份有限公司", "上海电气集团",
                                         "Bosch Rexroth (Changzhou) Co., Ltd.", "徐州重型机械厂",
                                         "宁波海天精工" };
    static const char *const classes[][2] = { { "A 关键", "bg-blue-lt" },
                                              { "B 重点", "bg-green-lt" },
                                              { "C 一般", "bg-yellow-lt" },
                                              { "D 维持", "bg-secondary-lt" } };
    MwNode *rows = mw_put_list(root, "rows");

    for (int i = 0; i < 18; i++) {
        MwNode *row = mw_put_object(rows, NULL);
        mw_put_int(row, "id", 100 + i);
        mw_put_text(row, "name", names[i % 5]);
        mw_put_text(row, "class", classes[i % 4][0]);
        mw_put_text(row, "colour", classes[i % 4][1]);
        mw_put_text(row, "stage", i % 3 ? "方案设计" : "商务谈判");
        mw_put_format(row, "revenue", "%d,%03d,%03d.00", 9 - i / 2, (i * 137) % 1000,
                      (i * 411) % 1000);
        mw_put_text(row, "owner", i % 2 ? "张伟" : "李娜");
        mw_put_text(row, "next", "2026-03-14 拜访");
    }
    MwNode *figures = mw_put_list(root, "figures");
    static const char *const labels[][2] = { { "客户", "4,338" },
                                             { "本年收入", "¥ 8,911,408" },
                                             { "前 20% 占比", "74.6%" },
                                             { "本周待拜访", "12" } };
    for (size_t i = 0; i < G_N_ELEMENTS(labels); i++) {
        MwNode *figure = mw_put_object(figures, NULL);
        mw_put_text(figure, "label", labels[i][0]);
        mw_put_text(figure, "value", labels[i][1]);
    }
}

static void
put_form(MwNode *root)
{
    mw_put_text(root, "value", "江苏恒力 <液压> & Co.");
    mw_put_text(root, "chart",
                "{\"xAxis\":{\"type\":\"category\",\"data\":[\"1月\",\"2月\",\"3月\",\"4月\","
                "\"5月\",\"6月\"]},\"yAxis\":{\"type\":\"value\"},"
                "\"legend\":{},\"series\":[{\"name\":\"收入\",\"type\":\"bar\",\"data\":[12,20,15,"
                "8,17,22]},"
                "{\"name\":\"目标\",\"type\":\"line\",\"data\":[14,16,16,17,18,20]}]}");
    MwNode *columns = mw_put_list(root, "columns");
    for (int i = 0; i < 3; i++) {
        MwNode *column = mw_put_object(columns, NULL);
        mw_put_format(column, "label", "阶段 %d", i + 1);
        MwNode *cards = mw_put_list(column, "cards");
        for (int c = 0; c < 2; c++)
            mw_put_format(cards, NULL, "OPP-%d%d", i, c);
    }
}

static void
put_header(MwNode *root)
{
    mw_put_bool(root, "has_crumbs", true);
    put_link(mw_put_list(root, "crumbs"), NULL, "客户", "/account", NULL);
    mw_put_text(root, "subtitle", "我的客户 · 18 条");
    MwNode *actions = mw_put_list(root, "actions");
    put_link(actions, "download", "导出", "/export", "");
    put_link(actions, "plus", "新建客户", "/account/new", "btn-primary");
}

static void
write_page(const MwResources *resources, const char *folder, const char *file, const char *frame,
           MwNode *root)
{
    g_autofree char *path = g_build_filename(folder, file, NULL);
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(GError) error = NULL;

    mw_resources_render(resources, frame, root, out, &error);
    g_assert_no_error(error);
    g_file_set_contents(path, out->str, (gssize)out->len, &error);
    g_assert_no_error(error);
}

int
main(int argc, char **argv)
{
    static const char *const pages[][4] = {
        { "list.html", "layout", "sample-list", "客户" },
        { "form.html", "layout", "sample-form", "编辑客户" },
        { "login.html", "plain", "login", "登录" },
        { "error.html", "layout", "error", "没有找到" },
    };
    g_autoptr(GError) error = NULL;

    g_return_val_if_fail(argc == 3, 2);
    mw_i18n_use("zh_CN");
    g_autoptr(MwResources) resources = mw_resources_new(argv[2], &error);
    g_assert_no_error(error);
    for (size_t i = 0; i < G_N_ELEMENTS(pages); i++) {
        g_autoptr(MwView) view = mw_view_new();
        MwNode *root = mw_view_root(view);
        put_frame(root, pages[i][2], pages[i][3]);
        put_header(root);
        put_rows(root);
        put_form(root);
        mw_put_int(root, "status", 404);
        mw_put_text(root, "heading", "没有找到这条记录");
        mw_put_text(root, "explanation", "它可能已被删除，或者您没有查看权限。");
        mw_put_text(root, "reference", "01J8Z3K4");
        mw_put_text(root, "back", "/account");
        write_page(resources, argv[1], pages[i][0], pages[i][1], root);
    }
    return 0;
}
