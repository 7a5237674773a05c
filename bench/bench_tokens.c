/* Search tokens of company names, beside GLib's own cutting of words (which knows no pairs and no pinyin). */
#include "base/name.h"
#include "base/tokens.h"
#include "bench.h"

enum { NAMES = 10000 };

/* 12 characters each, as most names in a register of companies. */
static const char *const names[] = {
    "厦门钨业股份有限公司",     "重庆长安汽车股份有限公司", "哈尔滨电气集团有限公司",
    "宁波海天精工股份有限公司", "大连重工装备有限公司",     "广州数控设备有限责任公司",
    "洛阳轴承研究所有限公司",   "沈阳鼓风机集团有限公司",
};

static void
index_plain(void *data)
{
    GString *out = data;

    for (size_t i = 0; i < NAMES; i++) {
        g_string_truncate(out, 0);
        mw_tokens_index(out, names[i % G_N_ELEMENTS(names)], MW_TOKENS_PLAIN);
    }
}

static void
index_pinyin(void *data)
{
    GString *out = data;

    for (size_t i = 0; i < NAMES; i++) {
        g_string_truncate(out, 0);
        mw_tokens_index(out, names[i % G_N_ELEMENTS(names)], MW_TOKENS_PINYIN);
    }
}

static void
tokenize_and_fold(void *data G_GNUC_UNUSED)
{
    for (size_t i = 0; i < NAMES; i++)
        g_strfreev(g_str_tokenize_and_fold(names[i % G_N_ELEMENTS(names)], "zh", NULL));
}

static void
query(void *data G_GNUC_UNUSED)
{
    for (size_t i = 0; i < NAMES; i++)
        g_free(mw_tokens_fts5_query("厦门 xmwy 6204-2RS"));
}

static void
key(void *data G_GNUC_UNUSED)
{
    for (size_t i = 0; i < NAMES; i++)
        g_free(mw_name_key(names[i % G_N_ELEMENTS(names)]));
}

static double
each_s(void (*work)(void *data), void *data)
{
    return bench_best_s(work, data) / NAMES;
}

int
main(void)
{
    g_autoptr(GString) out = g_string_new(NULL);

    double fold_s = each_s(tokenize_and_fold, NULL);
    bench_row_s("Search tokens of a company's name", each_s(index_plain, out),
                "g_str_tokenize_and_fold", fold_s);
    bench_row_s("The same with pinyin", each_s(index_pinyin, out), "g_str_tokenize_and_fold",
                fold_s);
    bench_row_s("Search tokens of a query", each_s(query, NULL), "nothing like it", 0);
    bench_row_s("Duplicate key of a company's name", each_s(key, NULL), "nothing like it", 0);
    return 0;
}
