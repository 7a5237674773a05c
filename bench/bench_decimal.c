/* Amounts between text and exact integers, beside the floating-point functions that we do without. */
#include "base/decimal.h"
#include "bench.h"

enum { AMOUNTS = 100000 };

typedef struct {
    char *texts[AMOUNTS];
    int64_t values[AMOUNTS];
    double sum; /* keeps the reference from being optimised away */
} Amounts;

static void
parse(void *data)
{
    Amounts *amounts = data;

    for (size_t i = 0; i < AMOUNTS; i++)
        g_assert_true(mw_decimal_parse(amounts->texts[i], 2, &amounts->values[i]) == MW_DECIMAL_OK);
}

static void
parse_double(void *data)
{
    Amounts *amounts = data;

    for (size_t i = 0; i < AMOUNTS; i++)
        amounts->sum += g_ascii_strtod(amounts->texts[i], NULL);
}

static void
format(void *data)
{
    Amounts *amounts = data;

    for (size_t i = 0; i < AMOUNTS; i++)
        g_free(mw_decimal_format(amounts->values[i], 2, 2, false));
}

static void
format_double(void *data)
{
    Amounts *amounts = data;
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    for (size_t i = 0; i < AMOUNTS; i++)
        g_free(
            g_strdup(g_ascii_formatd(text, sizeof text, "%.2f", (double)amounts->values[i] / 100)));
}

int
main(void)
{
    g_autofree Amounts *amounts = g_new0(Amounts, 1);
    g_autoptr(GRand) random = g_rand_new_with_seed(1);

    for (size_t i = 0; i < AMOUNTS; i++)
        amounts->texts[i] = mw_decimal_format(g_rand_int_range(random, 1, 100000000), 2, 2, false);
    bench_row_s("Read 100,000 amounts", bench_best_s(parse, amounts), "g_ascii_strtod",
                bench_best_s(parse_double, amounts));
    bench_row_s("Write 100,000 amounts", bench_best_s(format, amounts), "g_ascii_formatd",
                bench_best_s(format_double, amounts));
    for (size_t i = 0; i < AMOUNTS; i++)
        g_free(amounts->texts[i]);
    return 0;
}
