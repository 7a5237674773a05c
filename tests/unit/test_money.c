/* money: decimals and amounts, exact at every edge. */
#include <glib.h>
#include <string.h>

#include "base/money.h"

typedef struct {
    const char *text;
    unsigned scale;
    MwDecimalStatus status;
    int64_t value;
} ParseCase;

static const ParseCase parse_cases[] = {
    { "0", 2, MW_DECIMAL_OK, 0 },
    { "1,234.56", 2, MW_DECIMAL_OK, 123456 },
    { "  -1,234,567.8\t", 2, MW_DECIMAL_OK, -123456780 },
    { "+.5", 2, MW_DECIMAL_OK, 50 },
    { "5.", 2, MW_DECIMAL_OK, 500 },
    { "１，２３４．５６", 2, MW_DECIMAL_OK, 123456 },
    { "－１２。５", 3, MW_DECIMAL_OK, -12500 },
    { "−7", 0, MW_DECIMAL_OK, -7 },
    { "\u3000 8\u00a0", 0, MW_DECIMAL_OK, 8 },
    { "007", 0, MW_DECIMAL_OK, 7 },
    { "1.500000000000000000000000", 1, MW_DECIMAL_OK, 15 },
    { "0.00000000000000000000000000001", 18, MW_DECIMAL_PRECISE, 0 },
    { "1.005", 2, MW_DECIMAL_PRECISE, 0 },
    { "1.5", 0, MW_DECIMAL_PRECISE, 0 },
    { "9223372036854775807", 0, MW_DECIMAL_OK, INT64_MAX },
    { "-9223372036854775808", 0, MW_DECIMAL_OK, INT64_MIN },
    { "-92,233,720,368,547,758.08", 2, MW_DECIMAL_OK, INT64_MIN },
    { "9223372036854775808", 0, MW_DECIMAL_RANGE, 0 },
    { "-9223372036854775809", 0, MW_DECIMAL_RANGE, 0 },
    { "92233720368547758.08", 2, MW_DECIMAL_RANGE, 0 },
    { "10", 18, MW_DECIMAL_RANGE, 0 },
    { "99999999999999999999999999", 2, MW_DECIMAL_RANGE, 0 },
    { "", 2, MW_DECIMAL_EMPTY, 0 },
    { " \u3000", 2, MW_DECIMAL_EMPTY, 0 },
    { "1e3", 2, MW_DECIMAL_SYNTAX, 0 },
    { "0x10", 2, MW_DECIMAL_SYNTAX, 0 },
    { "nan", 2, MW_DECIMAL_SYNTAX, 0 },
    { "-", 2, MW_DECIMAL_SYNTAX, 0 },
    { ".", 2, MW_DECIMAL_SYNTAX, 0 },
    { "--1", 2, MW_DECIMAL_SYNTAX, 0 },
    { "1-", 2, MW_DECIMAL_SYNTAX, 0 },
    { "1.2.3", 2, MW_DECIMAL_SYNTAX, 0 },
    { "1 234", 2, MW_DECIMAL_SYNTAX, 0 },
    { "1,5", 2, MW_DECIMAL_SYNTAX, 0 },
    { "12,34", 2, MW_DECIMAL_SYNTAX, 0 },
    { "1234,567", 2, MW_DECIMAL_SYNTAX, 0 },
    { "1,2345", 2, MW_DECIMAL_SYNTAX, 0 },
    { "1,234,", 2, MW_DECIMAL_SYNTAX, 0 },
    { ",123", 2, MW_DECIMAL_SYNTAX, 0 },
    { "1.2,345", 2, MW_DECIMAL_SYNTAX, 0 },
    { "十二", 2, MW_DECIMAL_SYNTAX, 0 },
    { "12\x80", 2, MW_DECIMAL_SYNTAX, 0 },
};

static void
test_parse(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(parse_cases); i++) {
        const ParseCase *c = &parse_cases[i];
        int64_t value = -7;
        g_test_message("case %zu", i);
        g_assert_cmpint(mw_decimal_parse(c->text, c->scale, &value), ==, c->status);
        g_assert_cmpint(value, ==, c->status == MW_DECIMAL_OK ? c->value : -7);
    }
}

static const ParseCase large_cases[] = {
    { "38万", 2, MW_DECIMAL_OK, 38000000 },
    { "３８　万 ", 2, MW_DECIMAL_OK, 38000000 },
    { "1.25亿", 2, MW_DECIMAL_OK, 12500000000 },
    { "-3千", 0, MW_DECIMAL_OK, -3000 },
    { "1.5千万", 0, MW_DECIMAL_OK, 15000000 },
    { "2百万", 0, MW_DECIMAL_OK, 2000000 },
    { "1,200k", 0, MW_DECIMAL_OK, 1200000 },
    { "1.5 M", 1, MW_DECIMAL_OK, 15000000 },
    { "1.23456789万", 2, MW_DECIMAL_PRECISE, 0 },
    { "0.1亿", MW_DECIMAL_LARGE_SCALE_MAX, MW_DECIMAL_OK, 100000000000000000 },
    { "9亿", MW_DECIMAL_LARGE_SCALE_MAX, MW_DECIMAL_OK, 9000000000000000000 },
    { "10亿", MW_DECIMAL_LARGE_SCALE_MAX, MW_DECIMAL_RANGE, 0 },
    { "99999999999亿", 2, MW_DECIMAL_RANGE, 0 },
    { "万", 2, MW_DECIMAL_SYNTAX, 0 },
    { " k", 2, MW_DECIMAL_SYNTAX, 0 },
    { "3万5", 2, MW_DECIMAL_SYNTAX, 0 },
    { "3万亿", 2, MW_DECIMAL_SYNTAX, 0 },
    { "3kk", 2, MW_DECIMAL_SYNTAX, 0 },
    { "", 2, MW_DECIMAL_EMPTY, 0 },
    { "12.5", 2, MW_DECIMAL_OK, 1250 },
};

static void
test_parse_large(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(large_cases); i++) {
        const ParseCase *c = &large_cases[i];
        int64_t value = -7;
        g_test_message("case %zu", i);
        g_assert_cmpint(mw_decimal_parse_large(c->text, c->scale, &value), ==, c->status);
        g_assert_cmpint(value, ==, c->status == MW_DECIMAL_OK ? c->value : -7);
    }
}

static void
test_parse_length(void)
{
    char text[MW_DECIMAL_TEXT_MAX + 2];
    int64_t value;

    memset(text, '0', sizeof text);
    text[MW_DECIMAL_TEXT_MAX] = '\0';
    g_assert_cmpint(mw_decimal_parse(text, 0, &value), ==, MW_DECIMAL_OK);
    text[MW_DECIMAL_TEXT_MAX] = '0';
    text[MW_DECIMAL_TEXT_MAX + 1] = '\0';
    g_assert_cmpint(mw_decimal_parse(text, 0, &value), ==, MW_DECIMAL_SYNTAX);
}

static const struct {
    int64_t value;
    unsigned scale, min_places;
    bool grouped;
    const char *text;
} format_cases[] = {
    { 0, 0, 0, true, "0" },
    { 0, 2, 2, true, "0.00" },
    { 5, 2, 2, false, "0.05" },
    { -5, 2, 2, false, "-0.05" },
    { 123456, 2, 2, true, "1,234.56" },
    { 12345, 2, 2, true, "123.45" },
    { 100000000, 2, 2, true, "1,000,000.00" },
    { 100000000, 2, 2, false, "1000000.00" },
    { 12500000, 6, 2, true, "12.50" },
    { 12000000, 6, 0, true, "12" },
    { 12000001, 6, 2, true, "12.000001" },
    { INT64_MAX, 0, 0, true, "9,223,372,036,854,775,807" },
    { INT64_MIN, 0, 0, true, "-9,223,372,036,854,775,808" },
    { INT64_MIN, 18, 18, false, "-9.223372036854775808" },
    { 1, 18, 18, true, "0.000000000000000001" },
};

static void
test_format(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(format_cases); i++) {
        g_autofree char *text =
            mw_decimal_format(format_cases[i].value, format_cases[i].scale,
                              format_cases[i].min_places, format_cases[i].grouped);
        int64_t back;
        g_assert_cmpstr(text, ==, format_cases[i].text);
        g_assert_cmpint(mw_decimal_parse(text, format_cases[i].scale, &back), ==, MW_DECIMAL_OK);
        g_assert_cmpint(back, ==, format_cases[i].value);
    }
}

typedef struct {
    int64_t a;
    unsigned a_scale;
    int64_t b;
    unsigned b_scale, out_scale;
    bool ok;
    int64_t out;
} Operation;

static const Operation products[] = {
    { 2500, 3, 19990000, 6, 2, true, 4998 },   /* 2.5 × 19.99 = 49.975 */
    { -2500, 3, 19990000, 6, 2, true, -4998 }, /* a return rounds as the sale did */
    { 1, 0, 14, 1, 0, true, 1 },
    { 1, 0, 15, 1, 0, true, 2 },
    { -1, 0, 15, 1, 0, true, -2 },
    { 3, 0, 7, 0, 2, true, 2100 },
    { INT64_MAX, 0, 1, 0, 0, true, INT64_MAX },
    { INT64_MIN, 0, 1, 0, 0, true, INT64_MIN },
    { INT64_MIN, 0, -1, 0, 0, false, 0 },
    { INT64_MAX, 0, 2, 0, 0, false, 0 },
    { INT64_MAX, 18, INT64_MAX, 18, 18, false, 0 },                 /* 9.22² × 10^18 */
    { INT64_MAX, 18, INT64_MAX, 18, 16, true, 850705917302346158 }, /* 85.070591730234615847… */
    { INT64_MAX, 18, INT64_MAX, 18, 0, true, 85 },
    { INT64_MIN, 0, INT64_MIN, 0, 18, false, 0 },
    { 1, 18, 1, 18, 18, true, 0 },
    { 0, 0, INT64_MIN, 0, 18, true, 0 },
};

static const Operation quotients[] = {
    { 100, 2, 3, 0, 2, true, 33 },
    { 200, 2, 3, 0, 2, true, 67 },
    { -200, 2, 3, 0, 2, true, -67 },
    { 1, 0, 2, 0, 0, true, 1 },
    { 1, 0, -2, 0, 0, true, -1 },
    { 1, 0, 720000000, 8, 8, true, 13888889 }, /* 1 / 7.2 = 0.138888… */
    { 1, 0, 0, 0, 0, false, 0 },
    { INT64_MIN, 0, -1, 0, 0, false, 0 },
    { INT64_MAX, 0, 1, 18, 0, false, 0 },
    { INT64_MAX, 0, INT64_MAX, 18, 0, true, 1000000000000000000 },
    { 1, 18, INT64_MAX, 0, 0, true, 0 },
};

static void
check(const Operation *list, size_t n,
      bool (*run)(int64_t, unsigned, int64_t, unsigned, unsigned, int64_t *))
{
    for (size_t i = 0; i < n; i++) {
        const Operation *o = &list[i];
        int64_t out = -7;
        g_test_message("case %zu", i);
        g_assert_cmpint(run(o->a, o->a_scale, o->b, o->b_scale, o->out_scale, &out), ==, o->ok);
        g_assert_cmpint(out, ==, o->ok ? o->out : -7);
    }
}

static void
test_arithmetic(void)
{
    int64_t out = -7;

    check(products, G_N_ELEMENTS(products), mw_decimal_multiply);
    check(quotients, G_N_ELEMENTS(quotients), mw_decimal_divide);

    g_assert_false(mw_decimal_add(INT64_MAX, 1, &out));
    g_assert_cmpint(out, ==, -7);
    g_assert_true(mw_decimal_add(INT64_MAX, -1, &out));
    g_assert_cmpint(out, ==, INT64_MAX - 1);
    g_assert_true(mw_decimal_rescale(12345, 3, 2, &out)); /* 12.345 */
    g_assert_cmpint(out, ==, 1235);
    g_assert_true(mw_decimal_rescale(-12, 0, 6, &out));
    g_assert_cmpint(out, ==, -12000000);
    g_assert_false(mw_decimal_rescale(INT64_MAX, 0, 1, &out));
}

static void
test_currencies(void)
{
    size_t n;
    const MwCurrency *all = mw_currencies(&n);

    for (size_t i = 0; i < n; i++) {
        g_assert_true(mw_currency_find(all[i].code) == &all[i]);
        for (size_t j = 0; j < i && all[i].symbol; j++)
            g_assert_cmpstr(all[i].symbol, !=, all[j].symbol);
    }
    g_assert_cmpuint(mw_currency_find("JPY")->exponent, ==, 0);
    g_assert_cmpuint(mw_currency_find("CNY")->exponent, ==, 2);
    g_assert_cmpuint(mw_currency_find("KWD")->exponent, ==, 3);
    g_assert_null(mw_currency_find("cny"));
    g_assert_null(mw_currency_find("XXX"));
    g_assert_null(mw_currency_find(""));
    g_assert_null(mw_currency_find("CNYX"));
}

static const struct {
    const char *text, *code;
    MwDecimalStatus status;
    int64_t minor;
} money_cases[] = {
    { "¥1,234.50", "CNY", MW_DECIMAL_OK, 123450 }, { "￥１２", "CNY", MW_DECIMAL_OK, 1200 },
    { "-¥ 3", "CNY", MW_DECIMAL_OK, -300 },        { "20 元", "CNY", MW_DECIMAL_OK, 2000 },
    { " USD 20 ", "USD", MW_DECIMAL_OK, 2000 },    { "20USD", "USD", MW_DECIMAL_OK, 2000 },
    { "1,000", "JPY", MW_DECIMAL_OK, 1000 },       { "0.001", "KWD", MW_DECIMAL_OK, 1 },
    { "0.5", "JPY", MW_DECIMAL_PRECISE, 0 },       { "€5", "USD", MW_DECIMAL_SYNTAX, 0 },
    { "20 元", "USD", MW_DECIMAL_SYNTAX, 0 },      { "CNY", "CNY", MW_DECIMAL_SYNTAX, 0 },
    { "$$5", "USD", MW_DECIMAL_SYNTAX, 0 },        { " ", "USD", MW_DECIMAL_EMPTY, 0 },
};

static void
test_money_parse(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(money_cases); i++) {
        int64_t minor = -7;
        g_test_message("\"%s\"", money_cases[i].text);
        g_assert_cmpint(
            mw_money_parse(money_cases[i].text, mw_currency_find(money_cases[i].code), &minor), ==,
            money_cases[i].status);
        g_assert_cmpint(minor, ==,
                        money_cases[i].status == MW_DECIMAL_OK ? money_cases[i].minor : -7);
    }

    g_autofree char *longer = g_strnfill(MW_DECIMAL_TEXT_MAX + 1, '1');
    int64_t minor;
    g_assert_cmpint(mw_money_parse(longer, mw_currency_find("USD"), &minor), ==, MW_DECIMAL_SYNTAX);
}

static void
assert_shown(int64_t minor, const char *code, MwMoneyStyle style, const char *expected)
{
    g_autofree char *text = mw_money_format(minor, mw_currency_find(code), style);
    int64_t back;

    g_assert_cmpstr(text, ==, expected);
    g_assert_cmpint(mw_money_parse(text, mw_currency_find(code), &back), ==, MW_DECIMAL_OK);
    g_assert_cmpint(back, ==, minor);
}

static void
test_money_format(void)
{
    assert_shown(-123450, "CNY", MW_MONEY_PLAIN, "-1234.50");
    assert_shown(-123450, "CNY", MW_MONEY_GROUPED, "-1,234.50");
    assert_shown(-123450, "CNY", MW_MONEY_SYMBOL, "-¥1,234.50");
    assert_shown(-123450, "CHF", MW_MONEY_SYMBOL, "-CHF\u00a01,234.50");
    assert_shown(1234, "JPY", MW_MONEY_SYMBOL, "JP¥1,234");
    assert_shown(1, "KWD", MW_MONEY_GROUPED, "0.001");
}

static void
test_money_arithmetic(void)
{
    const MwCurrency *cny = mw_currency_find("CNY"), *jpy = mw_currency_find("JPY");
    int64_t minor = -7;

    g_assert_true(mw_money_of_line(3000, 333333, cny, &minor)); /* 3 × 0.333333 = 0.999999 */
    g_assert_cmpint(minor, ==, 100);
    g_assert_false(mw_money_of_line(INT64_MAX, INT64_MAX, cny, &minor));
    g_assert_cmpint(minor, ==, 100);
    g_assert_true(mw_money_convert(10000, cny, 2050000000, jpy, &minor)); /* 100.00 × 20.5 */
    g_assert_cmpint(minor, ==, 2050);
    g_assert_true(
        mw_money_convert(2050, jpy, 4878049, cny, &minor)); /* × 0.04878049 = 100.0000045 */
    g_assert_cmpint(minor, ==, 10000);
    g_assert_false(mw_money_convert(1, cny, 0, jpy, &minor));
    g_assert_false(mw_money_convert(INT64_MAX, cny, INT64_MAX, jpy, &minor));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/decimal/parse", test_parse);
    g_test_add_func("/decimal/parse-length", test_parse_length);
    g_test_add_func("/decimal/parse-large", test_parse_large);
    g_test_add_func("/decimal/format", test_format);
    g_test_add_func("/decimal/arithmetic", test_arithmetic);
    g_test_add_func("/money/currencies", test_currencies);
    g_test_add_func("/money/parse", test_money_parse);
    g_test_add_func("/money/format", test_money_format);
    g_test_add_func("/money/arithmetic", test_money_arithmetic);
    return g_test_run();
}
