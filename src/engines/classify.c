#include "engines/classify.h"

#include <math.h>
#include <string.h>

#include "engines/order.h"

/* ---- The table ---- */

enum { BLOCK = 512 }; /* rows whose sums stay in the first cache while the columns pass by */

typedef struct {
    double min, max;
    double scale;  /* power of two near the largest magnitude: squares cannot overflow */
    double length; /* Euclidean, of values / scale */
} Column;

/* False unless all are finite: x - x is NaN for an infinity and for a NaN. */
static bool
finite_column(const double *x, size_t n)
{
    double a = 0.0, b = 0.0, c = 0.0, d = 0.0;
    size_t i = 0;
    for (; i + 4 <= n; i += 4) {
        a += x[i] - x[i];
        b += x[i + 1] - x[i + 1];
        c += x[i + 2] - x[i + 2];
        d += x[i + 3] - x[i + 3];
    }
    for (; i < n; i++)
        a += x[i] - x[i];
    return a + b + c + d == 0.0;
}

static void
find_range(const double *x, size_t n, Column *column)
{
    double min = x[0], max = x[0];
    for (size_t i = 1; i < n; i++) {
        min = x[i] < min ? x[i] : min;
        max = x[i] > max ? x[i] : max;
    }
    column->min = min;
    column->max = max;
}

static void
find_length(const double *x, size_t n, Column *column)
{
    int exponent;
    frexp(fmax(fabs(column->min), fabs(column->max)), &exponent);
    column->scale = ldexp(1.0, exponent > -1000 ? exponent - 1 : -1000);
    double inverse = 1.0 / column->scale, sum[4] = { 0.0 };
    size_t i = 0;
    for (; i + 4 <= n; i += 4)
        for (size_t k = 0; k < 4; k++)
            sum[k] += (x[i + k] * inverse) * (x[i + k] * inverse);
    for (; i < n; i++)
        sum[0] += (x[i] * inverse) * (x[i] * inverse);
    column->length = sqrt((sum[0] + sum[1]) + (sum[2] + sum[3]));
}

static MwStatus
check_table(const MwIndicators *table)
{
    if (table->rows == 0 || table->columns == 0)
        return MW_EMPTY;
    if (table->columns > MW_INDICATORS || table->rows > SIZE_MAX / sizeof(double) / table->columns)
        return MW_TOO_LARGE;
    for (size_t j = 0; j < table->columns; j++)
        if (!finite_column(table->values + j * table->rows, table->rows))
            return MW_NOT_FINITE;
    return MW_OK;
}

/* Weights or shares: none negative, with a sum above 0, which goes to `sum`. */
static MwStatus
check_shares(const double *shares, size_t n, double *sum)
{
    *sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(shares[i]))
            return MW_NOT_FINITE;
        if (shares[i] < 0.0)
            return MW_OUT_OF_RANGE;
        *sum += shares[i];
    }
    return *sum > 0.0 && isfinite(*sum) ? MW_OK : MW_OUT_OF_RANGE;
}

static bool
less_is_better(const MwIndicators *table, size_t column)
{
    return table->directions && table->directions[column] == MW_LESS_IS_BETTER;
}

MwStatus
mw_fill_missing(double *column, size_t n, size_t *filled)
{
    double mean = 0.0;
    size_t known = 0;
    for (size_t i = 0; i < n; i++) {
        if (isinf(column[i]))
            return MW_NOT_FINITE;
        if (!isnan(column[i])) {
            known++;
            mean += column[i] / (double)known - mean / (double)known;
        }
    }
    if (known == 0)
        return MW_EMPTY;
    for (size_t i = 0; i < n; i++)
        if (isnan(column[i]))
            column[i] = mean;
    if (filled)
        *filled = n - known;
    return MW_OK;
}

/* ---- Weights by pairwise comparison ---- */

/* Saaty's random indices for n = 1..15. */
static const double random_indices[MW_AHP_CRITERIA + 1] = { 0.0,  0.0,  0.0,  0.58, 0.90, 1.12,
                                                            1.24, 1.32, 1.41, 1.45, 1.49, 1.51,
                                                            1.48, 1.56, 1.57, 1.59 };

static MwStatus
check_comparisons(const double *a, size_t n)
{
    if (n == 0)
        return MW_EMPTY;
    if (n > MW_AHP_CRITERIA)
        return MW_TOO_LARGE;
    for (size_t i = 0; i < n * n; i++) {
        if (!isfinite(a[i]))
            return MW_NOT_FINITE;
        if (!(a[i] >= 1e-9 && a[i] <= 1e9))
            return MW_OUT_OF_RANGE;
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++)
            if (fabs(a[i * n + j] * a[j * n + i] - 1.0) > 0.05)
                return MW_BAD_SHAPE;
    return MW_OK;
}

static void
normalise(double *w, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += w[i];
    for (size_t i = 0; i < n; i++)
        w[i] /= sum;
}

static double
row_times(const double *a, const double *w, size_t n)
{
    double sum = 0.0;
    for (size_t j = 0; j < n; j++)
        sum += a[j] * w[j];
    return sum;
}

/* Power iteration: the matrix is positive, so it ends at the only positive eigenvector. */
static MwStatus
eigenvector(const double *a, size_t n, double *w)
{
    double next[MW_AHP_CRITERIA];
    for (size_t i = 0; i < n; i++)
        w[i] = 1.0 / (double)n;
    for (unsigned iteration = 0; iteration < 100000; iteration++) {
        double change = 0.0;
        for (size_t i = 0; i < n; i++)
            next[i] = row_times(a + i * n, w, n);
        normalise(next, n);
        for (size_t i = 0; i < n; i++)
            change = fmax(change, fabs(next[i] - w[i]) / next[i]);
        memcpy(w, next, n * sizeof *w);
        if (change < 1e-14)
            return MW_OK;
    }
    return MW_NOT_CONVERGED;
}

static void
geometric_means(const double *a, size_t n, double *w)
{
    for (size_t i = 0; i < n; i++) {
        double sum = 0.0;
        for (size_t j = 0; j < n; j++)
            sum += log(a[i * n + j]);
        w[i] = exp(sum / (double)n);
    }
    normalise(w, n);
}

static void
row_means(const double *a, size_t n, double *w)
{
    memset(w, 0, n * sizeof *w);
    for (size_t j = 0; j < n; j++) {
        double sum = 0.0;
        for (size_t i = 0; i < n; i++)
            sum += a[i * n + j];
        for (size_t i = 0; i < n; i++)
            w[i] += a[i * n + j] / sum;
    }
    normalise(w, n);
}

MwStatus
mw_ahp_weights(const double *matrix, size_t n, MwAhpMethod method, double *weights,
               MwConsistency *consistency)
{
    double w[MW_AHP_CRITERIA];
    MwStatus status = check_comparisons(matrix, n);
    if (status != MW_OK)
        return status;
    if (method == MW_AHP_GEOMETRIC_MEAN)
        geometric_means(matrix, n, w);
    else if (method == MW_AHP_ROW_MEAN)
        row_means(matrix, n, w);
    else if ((status = eigenvector(matrix, n, w)) != MW_OK)
        return status;

    double lambda = 0.0;
    for (size_t i = 0; i < n; i++)
        lambda += row_times(matrix + i * n, w, n) / w[i];
    lambda /= (double)n;
    double index = n > 2 ? (lambda - (double)n) / (double)(n - 1) : 0.0;
    memcpy(weights, w, n * sizeof *w);
    *consistency = (MwConsistency){ .lambda_max = lambda,
                                    .index = index,
                                    .random_index = random_indices[n],
                                    .ratio = n > 2 ? index / random_indices[n] : 0.0 };
    return MW_OK;
}

/* ---- Weights by entropy ---- */

/* 1 - E of one column, through sum p ln p = sum(y ln y) / sum y - ln(sum y). */
static double
divergence(const double *x, size_t n)
{
    Column column;
    find_range(x, n, &column);
    if (n < 2 || column.min == column.max)
        return 0.0;
    double shift = fmin(column.min, 0.0);
    double unit = isfinite(column.max - shift) ? 1.0 : 0.5; /* halves, against overflow */
    double top = column.max * unit - shift * unit;
    double sum = 0.0, sum_log = 0.0;
    for (size_t i = 0; i < n; i++) {
        double y = (x[i] * unit - shift * unit) / top;
        sum += y;
        sum_log += y > 0.0 ? y * log(y) : 0.0;
    }
    double entropy = (log(sum) - sum_log / sum) / log((double)n);
    return fmax(1.0 - entropy, 0.0);
}

MwStatus
mw_entropy_weights(const MwIndicators *table, double *weights)
{
    MwStatus status = check_table(table);
    if (status != MW_OK)
        return status;
    double sum = 0.0;
    for (size_t j = 0; j < table->columns; j++) {
        weights[j] = divergence(table->values + j * table->rows, table->rows);
        sum += weights[j];
    }
    for (size_t j = 0; j < table->columns; j++)
        weights[j] = sum > 0.0 ? weights[j] / sum : 1.0 / (double)table->columns;
    return MW_OK;
}

/* ---- Scores ---- */

/* The weight a column's values are multiplied by, after division by their length. */
static double
topsis_factor(const MwIndicators *table, size_t j, double weight, MwScaling scaling, Column *column)
{
    const double *x = table->values + j * table->rows;
    find_range(x, table->rows, column);
    if (column->min == column->max || weight <= 0.0)
        return 0.0;
    find_length(x, table->rows, column);
    return scaling == MW_SCALE_VECTOR ? weight / column->length : weight;
}

/* Squared distances to the worst and to the best of one block of rows. */
static void
add_distances(const double *x, size_t n, double scale, double factor, double worst, double best,
              double *to_worst, double *to_best)
{
    for (size_t i = 0; i < n; i++) {
        double v = x[i] * scale * factor, down = v - worst, up = v - best;
        to_worst[i] += down * down;
        to_best[i] += up * up;
    }
}

MwStatus
mw_topsis(const MwIndicators *table, const double *weights, MwScaling scaling, double *scores)
{
    Column columns[MW_INDICATORS];
    double factors[MW_INDICATORS], sum;
    MwStatus status = check_table(table);
    if (status == MW_OK)
        status = check_shares(weights, table->columns, &sum);
    if (status != MW_OK)
        return status;

    /* Unscaled columns share one unit, the largest of theirs, so that they stay comparable. */
    double unit = 0.0;
    for (size_t j = 0; j < table->columns; j++) {
        factors[j] = topsis_factor(table, j, weights[j] / sum, scaling, &columns[j]);
        if (factors[j] > 0.0)
            unit = fmax(unit, columns[j].scale);
    }
    for (size_t start = 0; start < table->rows; start += BLOCK) {
        double to_worst[BLOCK] = { 0.0 }, to_best[BLOCK] = { 0.0 };
        size_t n = table->rows - start < BLOCK ? table->rows - start : BLOCK;
        for (size_t j = 0; j < table->columns; j++) {
            if (factors[j] == 0.0)
                continue;
            double scale = 1.0 / (scaling == MW_SCALE_VECTOR ? columns[j].scale : unit);
            double low = columns[j].min * scale * factors[j];
            double high = columns[j].max * scale * factors[j];
            bool less = less_is_better(table, j);
            add_distances(table->values + j * table->rows + start, n, scale, factors[j],
                          less ? high : low, less ? low : high, to_worst, to_best);
        }
        for (size_t i = 0; i < n; i++) {
            double worst = sqrt(to_worst[i]), best = sqrt(to_best[i]);
            scores[start + i] = worst + best > 0.0 ? worst / (worst + best) : 0.5;
        }
    }
    return MW_OK;
}

MwStatus
mw_weighted_sum(const MwIndicators *table, const double *weights, double *scores)
{
    Column columns[MW_INDICATORS];
    double sum;
    MwStatus status = check_table(table);
    if (status == MW_OK)
        status = check_shares(weights, table->columns, &sum);
    if (status != MW_OK)
        return status;

    for (size_t j = 0; j < table->columns; j++)
        find_range(table->values + j * table->rows, table->rows, &columns[j]);
    for (size_t start = 0; start < table->rows; start += BLOCK) {
        size_t n = table->rows - start < BLOCK ? table->rows - start : BLOCK;
        memset(scores + start, 0, n * sizeof *scores);
        for (size_t j = 0; j < table->columns; j++) {
            const double *x = table->values + j * table->rows + start;
            /* In halves, so that a range of more than DBL_MAX does not overflow. */
            double half_range = columns[j].max / 2.0 - columns[j].min / 2.0;
            double from = (less_is_better(table, j) ? columns[j].max : columns[j].min) / 2.0;
            double weight = weights[j] / sum;
            for (size_t i = 0; i < n; i++)
                scores[start + i] +=
                    weight * (half_range > 0.0 ? fabs(x[i] / 2.0 - from) / half_range : 0.5);
        }
    }
    return MW_OK;
}

/* ---- Classes ---- */

static MwStatus
check_scores(const double *scores, size_t n, size_t k)
{
    if (n == 0 || k == 0)
        return MW_EMPTY;
    if (k > MW_CLASSES)
        return MW_TOO_LARGE;
    return finite_column(scores, n) ? MW_OK : MW_NOT_FINITE;
}

/* The class of a score: the first whose least score it reaches; the last one has none. */
static void
assign(const double *scores, size_t n, const double *least, size_t k, uint8_t *classes,
       size_t *counts)
{
    size_t tally[MW_CLASSES] = { 0 };
    for (size_t i = 0; i < n; i++) {
        size_t class = 0;
        for (size_t j = 0; j + 1 < k; j++)
            class += scores[i] < least[j];
        classes[i] = (uint8_t) class;
        tally[class]++;
    }
    if (counts)
        memcpy(counts, tally, k * sizeof *counts);
}

MwStatus
mw_quota_classes(const double *scores, size_t n, const double *shares, size_t k, double *work,
                 uint8_t *classes, size_t *counts)
{
    double least[MW_CLASSES], sum;
    MwStatus status = check_scores(scores, n, k);
    if (status == MW_OK)
        status = check_shares(shares, k, &sum);
    if (status != MW_OK)
        return status;

    memcpy(work, scores, n * sizeof *work);
    double largest = 0.0, share = 0.0;
    for (size_t i = 0; i < n; i++)
        largest = fmax(largest, fabs(scores[i]));
    size_t left = n; /* work[0..left) holds what is not above an earlier cut */
    for (size_t j = 0; j + 1 < k; j++) {
        share += shares[j];
        /* The billionth mends what the sum of shares such as 0.1 lost in binary. */
        double cut = floor((double)n * (share / sum) + 0.5 + 1e-9);
        size_t above = cut < (double)n ? (size_t)cut : n;
        if (above == 0) {
            least[j] = INFINITY;
            continue;
        }
        least[j] = mw_select(work, left, n - above) - 1e-12 * largest;
        left = n - above + 1;
    }
    assign(scores, n, least, k, classes, counts);
    return MW_OK;
}

MwStatus
mw_threshold_classes(const double *scores, size_t n, const double *thresholds, size_t k,
                     uint8_t *classes, size_t *counts)
{
    MwStatus status = check_scores(scores, n, k);
    if (status != MW_OK)
        return status;
    for (size_t j = 0; j + 1 < k; j++) {
        if (!isfinite(thresholds[j]))
            return MW_NOT_FINITE;
        if (j > 0 && !(thresholds[j] < thresholds[j - 1]))
            return MW_OUT_OF_RANGE;
    }
    assign(scores, n, thresholds, k, classes, counts);
    return MW_OK;
}
