#include "engines/concentration.h"

#include <math.h>

#include "engines/order.h"

/* How many of the sorted values are below zero. */
static size_t
count_negative(const double *sorted, size_t n)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (sorted[middle] < 0.0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static MwStatus
sum_up(const double *x, size_t n, double *total)
{
    if (n == 0)
        return MW_EMPTY;
    *total = 0.0;
    for (size_t i = 0; i < n; i++)
        *total += x[i];
    if (!isfinite(*total))
        return MW_OUT_OF_RANGE;
    return *total > 0.0 ? MW_OK : MW_NO_SOLUTION;
}

MwStatus
mw_concentration(double *values, size_t n, double top, double share, MwConcentration *out)
{
    if (!(top > 0.0 && top <= 1.0 && share > 0.0 && share <= 1.0))
        return MW_OUT_OF_RANGE;
    for (size_t i = 0; i < n; i++)
        if (!isfinite(values[i]))
            return MW_NOT_FINITE;
    mw_sort(values, n);

    MwConcentration c = { .negative_n = count_negative(values, n) };
    const double *x = values + c.negative_n;
    c.n = n - c.negative_n;
    MwStatus status = sum_up(x, c.n, &c.total);
    if (status != MW_OK)
        return status;
    for (size_t i = 0; i < c.negative_n; i++)
        c.negative_total += values[i];
    if (!isfinite(c.negative_total))
        return MW_OUT_OF_RANGE;

    /* The billionth keeps 0.2 * 85 at 17, which is 17.000000000000004 in binary. */
    c.top_n = (size_t)fmax(ceil(top * (double)c.n - 1e-9), 1.0);
    double from_top = 0.0;
    for (size_t i = 0; i < c.n; i++) {
        double part = x[i] / c.total;
        c.gini += (2.0 * (double)(i + 1) - (double)c.n - 1.0) * part;
        c.hhi += part * part;
    }
    for (size_t k = 1; k <= c.n && (k <= c.top_n || c.n_for_share == 0); k++) {
        from_top += x[c.n - k];
        if (k == c.top_n)
            c.top_share = fmin(from_top / c.total, 1.0);
        if (c.n_for_share == 0 && from_top >= share * c.total * (1.0 - 1e-12))
            c.n_for_share = k;
    }
    c.gini = fmax(c.gini / (double)c.n, 0.0);
    c.gini_corrected = c.n > 1 ? fmin(c.gini * (double)c.n / (double)(c.n - 1), 1.0) : 0.0;
    *out = c;
    return MW_OK;
}

MwStatus
mw_lorenz(const double *sorted, size_t n, size_t points, double *x, double *y)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(sorted[i]))
            return MW_NOT_FINITE;
    size_t negative = count_negative(sorted, n);
    double total;
    sorted += negative;
    n -= negative;
    MwStatus status = points == 0 ? MW_EMPTY : sum_up(sorted, n, &total);
    if (status != MW_OK)
        return status;

    double below = 0.0;
    size_t i = 0;
    for (size_t k = 0; k <= points; k++) {
        double share = (double)k / (double)points, position = share * (double)n;
        for (; i < n && (double)(i + 1) <= position; i++)
            below += sorted[i];
        double part = i < n ? (position - (double)i) * sorted[i] : 0.0;
        x[k] = share;
        y[k] = k == points ? 1.0 : fmin((below + part) / total, 1.0);
    }
    return MW_OK;
}
