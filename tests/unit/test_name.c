/* name: keys that two spellings share, likeness by hand, phones, mail domains. */
#include <glib.h>
#include <string.h>

#include "base/name.h"

static const struct {
    const char *name, *key;
} keys[] = {
    { "厦门钨业股份有限公司", "厦门钨业" },
    { "厦门钨业", "厦门钨业" },
    { "福建省厦门市钨业有限责任公司", "福建厦门钨业" },
    { "福建厦门钨业", "福建厦门钨业" },
    { "黑龙江省哈尔滨市电机厂", "黑龙江哈尔滨电机厂" },
    { "北京城市建设", "北京城建设" }, /* wrong, but for all who write it */
    { "城市", "城市" },
    { "三一重工（集团）股份有限公司", "三一重工" },
    { "三一 重工(集团)", "三一重工" },
    { "中国石油天然气集团有限公司", "中国石油天然气" },
    { "TCL科技集团股份有限公司", "tcl科技" },
    { "ＴＣＬ科技", "tcl科技" },
    { "有限公司", "有限" }, /* never nothing */
    { "ACME Pumps Co., Ltd.", "acmepumps" },
    { "Acme  Pumps  Co.Ltd", "acmepumps" },
    { "acme-pumps Company Limited", "acmepumps" },
    { "ACME PUMPS GmbH & Co. KG", "acmepumps" },
    { "Müller S.A.", "muller" },
    { "O'Neil, Inc.", "oneil" },
    { "Siemens AG", "siemens" },
    { "AG", "ag" },
    { "Agfa", "agfa" },
    { "Sandvik AB", "sandvik" },
    { "张 三", "张三" },
    { "", "" },
    { " ·—（）", "" },
};

static void
test_key(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        g_autofree char *key = mw_name_key(keys[i].name);
        g_assert_cmpstr(key, ==, keys[i].key);
    }

    g_autofree char *longer = g_strnfill(10 * MW_NAME_MAX, 'x');
    g_autofree char *key = mw_name_key(longer);
    g_assert_cmpuint(strlen(key), ==, MW_NAME_MAX);
    g_autofree char *broken = mw_name_key("a\xff\xe5\x8e");
    g_assert_cmpstr(broken, ==, "a");
}

static const struct {
    const char *a, *b;
    double likeness;
} likenesses[] = {
    { "厦门钨业", "厦门钨业", 1.0 },
    { "福建厦门钨业", "厦门钨业", 2.0 * 3 / (5 + 3) },
    { "厦门钨业", "厦门钢业", 2.0 * 1 / (3 + 3) },
    { "night", "nacht", 2.0 * 1 / (4 + 4) },
    { "aaaa", "aa", 2.0 * 1 / (3 + 1) }, /* multisets */
    { "ab", "ba", 0.0 },
    { "a", "a", 1.0 },
    { "a", "b", 0.0 },
    { "a", "ab", 0.0 },
    { "", "", 0.0 },
    { "", "ab", 0.0 },
};

static void
test_likeness(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(likenesses); i++) {
        g_assert_cmpfloat(mw_name_likeness(likenesses[i].a, likenesses[i].b), ==,
                          likenesses[i].likeness);
        g_assert_cmpfloat(mw_name_likeness(likenesses[i].b, likenesses[i].a), ==,
                          likenesses[i].likeness);
    }

    g_autofree char *longer = g_strnfill(4 * MW_NAME_MAX, 'x');
    g_assert_cmpfloat(mw_name_likeness(longer, "xx"), >, 0.0);
}

static const struct {
    const char *phone, *key;
} phones[] = {
    { "13800138000", "13800138000" },
    { "+86 138-0013-8000", "13800138000" },
    { "0086 13800138000", "13800138000" },
    { "8613800138000", "13800138000" },
    { "１３８００１３８０００", "13800138000" },
    { "(0592) 536 3891 转 801", "05925363891" },
    { "+86 592 5363891 ext. 801", "05925363891" },
    { "+86 (0)592 5363891", "05925363891" },
    { "0592-5363891/5363892", "05925363891" },
    { "0592-5363891、0592-5363892", "05925363891" },
    { "+86 400 820 8820", "4008208820" },
    { "400-820-8820", "4008208820" },
    { "+49 (0) 40 123456", "4940123456" },
    { "+49 (0)40 123456", "4940123456" },
    { "0049 40 123456", "4940123456" },
    { "95588", "95588" },
    { "1234", NULL },
    { "001234", NULL },
    { "", NULL },
    { "no number", NULL },
    { "123456789012345678901", NULL },
};

static void
test_phone(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(phones); i++) {
        g_autofree char *key = mw_phone_key(phones[i].phone);
        g_assert_cmpstr(key, ==, phones[i].key);
    }
}

static const struct {
    const char *address, *domain;
} addresses[] = {
    { "li@cxtc.com", "cxtc.com" },
    { "Li.Lei@Sales.ACME.com.cn ", "sales.acme.com.cn" },
    { "a@b@acme.com", "acme.com" },
    { "li@163.com", NULL },
    { "LI@QQ.COM", NULL },
    { "li@gmail.com", NULL },
    { "li@zoho.com", NULL },
    { "li@126.com", NULL },
    { "@acme.com", NULL },
    { "li@", NULL },
    { "li@acme", NULL },
    { "li@.com", NULL },
    { "li@acme.", NULL },
    { "li@ac me.com", NULL },
    { "acme.com", NULL },
    { "", NULL },
};

static void
test_mail(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(addresses); i++) {
        g_autofree char *domain = mw_mail_domain_key(addresses[i].address);
        g_assert_cmpstr(domain, ==, addresses[i].domain);
    }
}

/* As they stand in a list; those of one line have the same place. */
static const char *const listed[][3] = {
    { "(主) 泵" },
    { "3M 中国" },
    { "ABB", "abb", "Ａbb" },
    { "Böhler", "BOHLER", "bohler" },
    { "Siemens" },
    { "шина" },
    { "ポンプ" },
    { "啊啊" },
    { "安徽" },
    { "北京" },
    { "长城" }, /* cháng, not zhǎng */
    { "重庆" }, /* chóng, not zhòng */
    { "大厦" },
    { "华为技术" },
    { "李明" },
    { "鲁班" }, /* lǔ, lù, lǚ, luàn, lún */
    { "路桥" },
    { "吕梁" },
    { "乱石" },
    { "伦敦" },
    { "㐀" },   /* qiū */
    { "仇英" }, /* as a surname qiú */
    { "三一重工" },
    { "沙洲" },
    { "单明" }, /* as a surname shàn */
    { "单县" }, /* as a word too */
    { "上海" },
    { "西安" },     /* xī ān before xiān */
    { "厦门钨业" }, /* xià, not shà */
    { "先进" },
    { "银行" },
    { "银杏" },
    { "曾国藩" }, /* zēng, not céng */
    { "翟天临" },
    { "张三" },
    { "张四" },
    { "章三" },
    { "掌门" },
    { "中国" },
    { "국가" },
    { "𠀀" },
};

static void
test_order(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(listed); i++) {
        g_autofree char *order = mw_name_order(listed[i][0]);
        g_autofree char *next =
            mw_name_order(i + 1 < G_N_ELEMENTS(listed) ? listed[i + 1][0] : "\xf4\x8f\xbf\xbf");
        g_test_message("%s", listed[i][0]);
        g_assert_cmpstr(order, <, next);
        for (size_t j = 1; j < G_N_ELEMENTS(listed[0]) && listed[i][j]; j++) {
            g_autofree char *same = mw_name_order(listed[i][j]);
            g_assert_cmpstr(same, ==, order);
        }
    }
}

/* What is no text, or too long, has a place too. */
static void
test_order_of_anything(void)
{
    g_autofree char *empty = mw_name_order(""), *one = mw_name_order("单");
    g_autofree char *bytes = mw_name_order("\xff\xfe张");
    g_autofree char *name = g_strnfill(3000, 'a');
    g_autofree char *cut = mw_name_order(name);

    g_assert_cmpstr(empty, ==, "");
    g_assert_cmpint(g_utf8_strlen(one, -1), ==, 1);
    g_assert_true(g_utf8_validate(bytes, -1, NULL));
    g_assert_cmpuint(strlen(cut), ==, MW_NAME_MAX);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/name/key", test_key);
    g_test_add_func("/name/likeness", test_likeness);
    g_test_add_func("/name/phone", test_phone);
    g_test_add_func("/name/mail", test_mail);
    g_test_add_func("/name/order", test_order);
    g_test_add_func("/name/order/of-anything", test_order_of_anything);
    return g_test_run();
}
