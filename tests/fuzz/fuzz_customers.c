/* customers: tables of indicators, comparisons, totals and histories, of any bytes. The first
 * byte says which. */
#include <math.h>

#include "cli/customers.h"
#include "engines/classify.h"
#include "fuzz.h"

static void
read_indicators(MwTableReader *reader)
{
    g_auto(MwIndicatorFile) file = { 0 };
    if (!mw_indicator_file_read(&file, reader, NULL))
        return;
    size_t n = file.keys->len;
    g_assert_cmpuint(n, >, 0);
    g_assert_cmpuint(g_strv_length(file.names), ==, file.columns);
    g_autofree double *scores = g_new(double, n);
    g_autofree double *weights = g_new(double, file.columns);
    for (size_t j = 0; j < file.columns; j++)
        if (mw_fill_missing(file.values + j * n, n, NULL) != MW_OK)
            return;
    const MwIndicators table = { file.values, n, file.columns, NULL };
    g_assert_cmpint(mw_entropy_weights(&table, weights), ==, MW_OK);
    g_assert_cmpint(mw_topsis(&table, weights, MW_SCALE_VECTOR, scores), ==, MW_OK);
    for (size_t i = 0; i < n; i++)
        g_assert_true(scores[i] >= 0.0 && scores[i] <= 1.0);
}

static void
read_comparisons(MwTableReader *reader)
{
    double matrix[9], weights[3];
    MwConsistency found;
    char *const names[] = { (char *)"a", (char *)"b", (char *)"c" };
    if (!mw_comparisons_read(reader, names, 3, matrix, NULL))
        return;
    for (size_t i = 0; i < 9; i++)
        g_assert_true(isfinite(matrix[i]));
    if (mw_ahp_weights(matrix, 3, MW_AHP_EIGENVECTOR, weights, &found) == MW_OK)
        g_assert_cmpfloat(fabs(weights[0] + weights[1] + weights[2] - 1.0), <, 1e-9);
}

static void
read_totals(MwTableReader *reader)
{
    g_auto(MwTotals) totals = { 0 };
    if (mw_totals_read(&totals, reader, NULL, NULL, NULL))
        g_assert_cmpuint(totals.keys->len, ==, totals.totals->len);
}

static void
read_histories(MwTableReader *reader, bool summary)
{
    g_auto(MwHistories) histories = { 0 };
    const MwHistoryOptions options = { .x = summary ? "x" : NULL, .days = 7.0, .until = INT64_MAX };
    MwCohort *cohort = NULL;
    if (!mw_histories_read(&histories, reader, &options, NULL))
        return;
    g_assert_cmpuint(histories.keys->len, ==, histories.purchases->len);
    g_assert_cmpuint(histories.keys->len, ==, histories.mean->len);
    /* What is read is what the engine takes. */
    g_assert_cmpint(mw_cohort_new((const MwPurchases *)(void *)histories.purchases->data,
                                  histories.purchases->len, &cohort),
                    ==, MW_OK);
    mw_cohort_free(cohort);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size == 0)
        return 0;
    g_autoptr(MwTableReader) reader = mw_table_open_bytes(bytes + 1, size - 1, NULL, NULL);
    if (!reader)
        return 0;
    switch (bytes[0] % 5) {
    case 0:
        read_indicators(reader);
        break;
    case 1:
        read_comparisons(reader);
        break;
    case 2:
        read_totals(reader);
        break;
    default:
        read_histories(reader, bytes[0] % 5 == 3);
    }
    return 0;
}
