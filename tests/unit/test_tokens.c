/* tokens, pinyin: what is indexed, what is asked, and that they meet. */
#include <glib.h>
#include <stdbool.h>
#include <string.h>

#include "base/pinyin.h"
#include "base/tokens.h"

static const struct {
    gunichar c;
    const char *readings; /* with blanks between */
} readings[] = {
    { 0x95E8, "men" },            /* 门 */
    { 0x53A6, "sha xia" },        /* 厦 as in 厦门 */
    { 0x91CD, "zhong chong" },    /* 重 as in 重庆 */
    { 0x957F, "zhang chang" },    /* 长 as in 长沙 */
    { 0x884C, "xing hang heng" }, /* 行 as in 银行 */
    { 0x7EFF, "lv lu" },          /* 绿 */
    { 0x9580, "men" },            /* 門 */
    { 0x3404, "kua" },
    { 0x20000, "he" },
    { 'a', "" },
    { 0, "" },
    { 0x10FFFF, "" },
    { 0xFFFFFFFF, "" },
};

static void
test_pinyin(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(readings); i++) {
        const char *found[MW_PINYIN_MAX + 1] = { NULL };
        unsigned n = mw_pinyin_readings(readings[i].c, found);
        g_autofree char *text = g_strjoinv(" ", (char **)found);
        g_assert_cmpuint(n, <=, MW_PINYIN_MAX);
        g_assert_cmpstr(text, ==, readings[i].readings);
    }
}

static const struct {
    const char *text;
    MwTokensKind kind;
    const char *tokens;
} index_cases[] = {
    { "", MW_TOKENS_PLAIN, "" },
    { " ,;。！—\t", MW_TOKENS_PINYIN, "" },
    { "Pump", MW_TOKENS_PLAIN, "pump" },
    { "ＡＢＣ　１２", MW_TOKENS_PLAIN, "abc 12" },
    { "Grüße, Ångström", MW_TOKENS_PLAIN, "grusse angstrom" },
    { "6204-2RS", MW_TOKENS_PLAIN, "62042rs 2rs rs" },
    { "DN100", MW_TOKENS_PLAIN, "dn100 100" },
    { "DN 100", MW_TOKENS_PLAIN, "dn 100" },
    { "zhang@acme.com", MW_TOKENS_PLAIN, "zhangacmecom acmecom com" },
    { "a--b -c- d", MW_TOKENS_PLAIN, "a b c d" },
    { "Pneumonoultramicroscopicsilico", MW_TOKENS_PLAIN, "pneumonoultramicrosc" },
    { "泵", MW_TOKENS_PLAIN, "泵" },
    { "离心泵", MW_TOKENS_PLAIN, "离 离心 心 心泵 泵" },
    { "3M中国", MW_TOKENS_PLAIN, "3m m 中 中国 国" },
    { "二〇二六", MW_TOKENS_PLAIN, "二 二〇 〇 〇二 二 二六 六" },
    { "カメラ", MW_TOKENS_PLAIN, "カ カメ メ メラ ラ" },
    { "泵", MW_TOKENS_PINYIN, "泵 beng" },
    { "钨业", MW_TOKENS_PINYIN, "钨 钨业 业 wuye wy ye" },
    { "厦门", MW_TOKENS_PINYIN, "厦 厦门 门 shamen xiamen sm xm men" },
    { "钨业有限公司", MW_TOKENS_PINYIN,
      "钨 钨业 业 业有 有 有限 限 限公 公 公司 司 wuyeyouxiangongsi wyyxgs yeyouxiangongsi yyxgs" },
    { "有限公司", MW_TOKENS_PINYIN, NULL }, /* all legal form: kept */
};

static char *
index_of(const char *text, MwTokensKind kind)
{
    GString *out = g_string_new(NULL);

    mw_tokens_index(out, text, kind);
    return g_string_free(out, false);
}

static void
test_index(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(index_cases); i++) {
        g_autofree char *tokens = index_of(index_cases[i].text, index_cases[i].kind);
        if (index_cases[i].tokens)
            g_assert_cmpstr(tokens, ==, index_cases[i].tokens);
        else
            g_assert_cmpstr(strstr(tokens, "yxgs"), !=, NULL);
    }

    g_autoptr(GString) out = g_string_new("a");
    mw_tokens_index(out, "b", MW_TOKENS_PLAIN);
    mw_tokens_index(out, "", MW_TOKENS_PLAIN);
    g_assert_cmpstr(out->str, ==, "a b");
}

static const struct {
    const char *text, *fts5, *tsquery;
} query_cases[] = {
    { "", NULL, NULL },
    { "\" OR * - : ^ ( ) { } '", "\"or\"*", "'or':*" },
    { "泵", "\"泵\"", "'泵'" },
    { "离心", "\"离心\"", "'离心'" },
    { "离心泵 XMW", "\"离心\" \"心泵\" \"xmw\"*", "'离心' & '心泵' & 'xmw':*" },
    { "6204-2RS", "\"6204\"* \"2rs\"*", "'6204':* & '2rs':*" },
    { "a AND NOT b", "\"a\"* \"and\"* \"not\"* \"b\"*", "'a':* & 'and':* & 'not':* & 'b':*" },
    { "pneumonoultramicroscopicsilico", "\"pneumonoultramicrosc\"*", "'pneumonoultramicrosc':*" },
    { "x\xff\xfey", "\"x\"* \"y\"*", "'x':* & 'y':*" },
};

static void
test_query(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(query_cases); i++) {
        g_autofree char *fts5 = mw_tokens_fts5_query(query_cases[i].text);
        g_autofree char *tsquery = mw_tokens_tsquery(query_cases[i].text);
        g_assert_cmpstr(fts5, ==, query_cases[i].fts5);
        g_assert_cmpstr(tsquery, ==, query_cases[i].tsquery);
    }
}

/* Whether the database would find `text` by `query`: each token asked for is there. */
static bool
finds(const char *query, const char *text, MwTokensKind kind)
{
    g_autofree char *tokens = index_of(text, kind);
    g_auto(GStrv) have = g_strsplit(tokens, " ", -1);
    g_autofree char *fts5 = mw_tokens_fts5_query(query);
    g_auto(GStrv) wanted = g_strsplit(fts5, " ", -1);
    bool all = true;

    for (char **want = wanted; *want; want++) {
        bool prefix = g_str_has_suffix(*want, "*"), found = false;
        char *word = *want + 1;
        *strchr(word, '"') = '\0';
        for (char **token = have; *token; token++)
            found = found || (prefix ? g_str_has_prefix(*token, word) : g_str_equal(*token, word));
        all = all && found;
    }
    return all;
}

static const struct {
    const char *query, *text;
    bool found;
} find_cases[] = {
    { "厦", "厦门钨业股份有限公司", true },
    { "钨业", "厦门钨业股份有限公司", true },
    { "厦门钨业", "厦门钨业股份有限公司", true },
    { "厦业", "厦门钨业股份有限公司", false },
    { "xmw", "厦门钨业股份有限公司", true },
    { "smwy", "厦门钨业股份有限公司", true },
    { "XMWY", "厦门钨业股份有限公司", true },
    { "xiamen", "厦门钨业股份有限公司", true },
    { "xiamen wuye", "厦门钨业股份有限公司", true },
    { "xiamenwuyegufenyouxiangongsi", "厦门钨业股份有限公司", true },
    { "xmwygfyxgs", "厦门钨业股份有限公司", true },
    { "wuye", "厦门钨业股份有限公司", true },
    { "wy", "厦门钨业股份有限公司", true },
    { "厦门 wy", "厦门钨业股份有限公司", true },
    { "yxgs", "厦门钨业股份有限公司", false },
    { "xmwx", "厦门钨业股份有限公司", false },
    { "chongqing", "重庆长安汽车股份有限公司", true },
    { "cqca", "重庆长安汽车股份有限公司", true },
    { "changan", "重庆长安汽车股份有限公司", true },
    { "gsyh", "中国工商银行", true },
    { "yinhang", "中国工商银行", true },
    { "6204", "深沟球轴承 6204-2RS/C3", true },
    { "2rs", "深沟球轴承 6204-2RS/C3", true },
    { "C3", "深沟球轴承 6204-2RS/C3", true },
    { "6204-2RS", "深沟球轴承 6204-2RS/C3", true },
    { "6204-2RS", "轴承 6204 2RS", true },
    { "62042rsc", "深沟球轴承 6204-2RS/C3", true },
    { "204", "深沟球轴承 6204-2RS/C3", false },
    { "13800138000", "+86 138-0013-8000", true },
    { "lv", "绿地集团", true },
};

static void
test_finds(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(find_cases); i++) {
        g_test_message("%s", find_cases[i].query);
        g_assert_cmpint(finds(find_cases[i].query, find_cases[i].text, MW_TOKENS_PINYIN), ==,
                        find_cases[i].found);
    }
}

/* However long or odd the text is, the tokens are bounded, short and of safe characters. */
static void
assert_sound(const char *text)
{
    g_autofree char *tokens = index_of(text, MW_TOKENS_PINYIN);
    size_t letters = 0;

    g_assert_true(g_utf8_validate(tokens, -1, NULL));
    g_assert_cmpuint(strlen(tokens), <, MW_TOKENS_MAX + 32 * 1024);
    for (const char *p = tokens; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        letters = c == ' ' ? 0 : letters + 1;
        g_assert_cmpuint(letters, <=, MW_TOKEN_LETTERS);
        g_assert_true(c == ' ' || g_unichar_isalpha(c) || g_unichar_isdigit(c) || c == 0x3007);
        g_assert_false(g_unichar_isupper(c));
    }
}

static void
test_limits(void)
{
    g_autofree char *letters = g_strnfill(2 * MW_TOKENS_INPUT_MAX, 'A');
    g_autoptr(GString) hard = g_string_new(NULL), joined = g_string_new(NULL);

    while (hard->len < MW_TOKENS_INPUT_MAX + 100)
        g_string_append(hard, "单长重行"); /* many readings, one run */
    while (joined->len < MW_TOKENS_INPUT_MAX + 100)
        g_string_append(joined, "a1-");
    assert_sound(letters);
    assert_sound(hard->str);
    assert_sound(joined->str);
    assert_sound("\xff\xfe\x80厦\xe5\x8e");
    assert_sound("İıſKÅﬃ㎏①Ⅻ½ẞǅ");

    g_autofree char *query = mw_tokens_fts5_query(hard->str);
    g_auto(GStrv) asked = g_strsplit(query, " ", -1);
    g_assert_cmpuint(g_strv_length(asked), ==, MW_TOKENS_QUERY_TOKENS_MAX);

    g_autofree char *filled = g_strnfill(MW_TOKENS_MAX, 'x');
    g_autoptr(GString) full = g_string_new(filled);
    mw_tokens_index(full, "more", MW_TOKENS_PLAIN);
    g_assert_cmpuint(full->len, ==, MW_TOKENS_MAX);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pinyin/readings", test_pinyin);
    g_test_add_func("/tokens/index", test_index);
    g_test_add_func("/tokens/query", test_query);
    g_test_add_func("/tokens/finds", test_finds);
    g_test_add_func("/tokens/limits", test_limits);
    return g_test_run();
}
