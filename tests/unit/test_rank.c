/* rank: how well a name answers what somebody typed. */
#include "base/rank.h"

#include <glib.h>

static const struct {
    const char *name, *typed;
    MwRank rank;
} cases[] = {
    { "唐秀兰", "唐秀兰", MW_RANK_SAME },
    { "Acme", " acme ", MW_RANK_SAME },
    { "唐秀兰", "唐", MW_RANK_BEGINS },
    { "唐秀兰", "tangxiulan", MW_RANK_SOUNDS },
    { "唐秀兰", "tang xl", MW_RANK_SOUNDS },
    { "唐秀兰", "txl", MW_RANK_SOUNDS },
    { "唐秀兰", "ta", MW_RANK_SOUNDS },
    { "唐秀兰", "txlx", MW_RANK_OTHER },
    { "上海天泽", "天泽", MW_RANK_HAS },
    { "上海天泽", "tianze", MW_RANK_OTHER },
    { "厦门钨业", "xiamenwuye", MW_RANK_SOUNDS },
    { "厦门钨业", "smwy", MW_RANK_SOUNDS },
    { "Pump Acme", "acme", MW_RANK_HAS },
    { "Pump", "", MW_RANK_OTHER },
    { "", "x", MW_RANK_OTHER },
    { "啊啊啊啊啊啊啊啊啊啊", "aaaaaaaaaaaaaaaaaaaab", MW_RANK_SOUNDS },
};

static void
test_rank(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_test_message("%s, %s", cases[i].name, cases[i].typed);
        g_assert_cmpint(mw_rank(cases[i].name, cases[i].typed), ==, cases[i].rank);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/rank/cases", test_rank);
    return g_test_run();
}
