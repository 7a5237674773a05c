/* creditcode: codes that companies publish, and every way to mistype them. */
#include <glib.h>
#include <string.h>

#include "base/creditcode.h"

/* Codes that large companies are known by; each satisfies the check of GB 32100-2015. */
static const char *const published[] = {
    "91350000158142711F", "914403001922038216", "9144030071526726XG",
    "91330100799655058B", "91440400192548256N", "91440300708461136T",
};

static const struct {
    const char *text;
    MwCreditCodeStatus status;
} cases[] = {
    { "91350000158142711f", MW_CREDIT_CODE_OK },
    { " 9135 0000 1581-4271-1F\u3000", MW_CREDIT_CODE_OK },
    { "９１３５００００１５８１４２７１１Ｆ", MW_CREDIT_CODE_OK },
    { "", MW_CREDIT_CODE_LENGTH },
    { "91350000158142711", MW_CREDIT_CODE_LENGTH },
    { "91350000158142711FF", MW_CREDIT_CODE_LENGTH },
    { "91350000158142711I", MW_CREDIT_CODE_CHARACTER },
    { "9135000015814271OF", MW_CREDIT_CODE_CHARACTER },
    { "91350000158142711中", MW_CREDIT_CODE_CHARACTER },
    { "91350000158142711\xff", MW_CREDIT_CODE_CHARACTER },
    { "91350000158142711\x01", MW_CREDIT_CODE_CHARACTER },
    { "9135A000158142711F", MW_CREDIT_CODE_DIVISION },
    { "91350000158142711E", MW_CREDIT_CODE_CHECK },
    { "91350000158142171F", MW_CREDIT_CODE_CHECK }, /* two exchanged */
};

static void
test_cases(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char code[MW_CREDIT_CODE_SIZE] = "untouched";
        g_assert_cmpint(mw_credit_code_parse(cases[i].text, code), ==, cases[i].status);
        g_assert_cmpstr(code, ==,
                        cases[i].status == MW_CREDIT_CODE_OK ? published[0] : "untouched");
    }

    g_autofree char *longer = g_strnfill(10000, '9');
    char code[MW_CREDIT_CODE_SIZE];
    g_assert_cmpint(mw_credit_code_parse(longer, code), ==, MW_CREDIT_CODE_LENGTH);
}

static void
test_published(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(published); i++) {
        char code[MW_CREDIT_CODE_SIZE];
        g_assert_cmpint(mw_credit_code_parse(published[i], code), ==, MW_CREDIT_CODE_OK);
        g_assert_cmpstr(code, ==, published[i]);
        g_assert_cmpint(mw_credit_code_check(code), ==, code[17]);
    }
    g_assert_cmpint(mw_credit_code_check(""), ==, 0);
    g_assert_cmpint(mw_credit_code_check("9135000015814271"), ==, 0);
    g_assert_cmpint(mw_credit_code_check("9135000015814271o"), ==, 0);
}

static void
test_every_corruption(void)
{
    static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";

    for (size_t i = 0; i < G_N_ELEMENTS(published); i++) {
        for (size_t place = 0; place < 18; place++) {
            for (const char *other = alphabet; *other; other++) {
                char code[MW_CREDIT_CODE_SIZE], out[MW_CREDIT_CODE_SIZE];
                memcpy(code, published[i], sizeof code);
                if (*other == code[place])
                    continue;
                code[place] = *other;
                g_assert_cmpint(mw_credit_code_parse(code, out), >=, MW_CREDIT_CODE_DIVISION);
            }
        }
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/credit-code/cases", test_cases);
    g_test_add_func("/credit-code/published", test_published);
    g_test_add_func("/credit-code/every-corruption", test_every_corruption);
    return g_test_run();
}
