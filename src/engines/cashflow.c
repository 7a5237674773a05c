#include "engines/cashflow.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>

/* A sum of c[i] * exp(-s * t[i]) over i = first..n-1, t ascending and distinct. */
typedef struct {
    const double *t;
    double c[MW_FLOWS_MAX];
    size_t first, n;
} ExponentialSum;

static MwStatus
check(const double *flows, const double *years, size_t n)
{
    if (n == 0)
        return MW_EMPTY;
    if (n > MW_FLOWS_MAX)
        return MW_TOO_LARGE;
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(flows[i]) || (years && !isfinite(years[i])))
            return MW_NOT_FINITE;
        if (fabs(flows[i]) > 1e15)
            return MW_OUT_OF_RANGE;
        if (years && !(years[i] >= 0.0 && years[i] <= MW_FLOWS_MAX))
            return MW_OUT_OF_RANGE;
        if (years && i > 0 && years[i] < years[i - 1])
            return MW_BAD_SHAPE;
    }
    return MW_OK;
}

static MwStatus
check_rate(double rate)
{
    if (!isfinite(rate))
        return MW_NOT_FINITE;
    return rate > -1.0 ? MW_OK : MW_OUT_OF_RANGE;
}

/* Writes a result that may have left the range of doubles. */
static MwStatus
give(double value, double *out)
{
    if (!isfinite(value))
        return MW_OUT_OF_RANGE;
    *out = value;
    return MW_OK;
}

MwStatus
mw_npv(const double *flows, size_t n, double rate, MwNpvConvention convention, double *npv)
{
    MwStatus status = check(flows, NULL, n);
    if (status == MW_OK)
        status = check_rate(rate);
    if (status != MW_OK)
        return status;

    double sum = 0.0; /* Horner, from the last year back */
    for (size_t i = n; i-- > 0;)
        sum = sum / (1.0 + rate) + flows[i];
    return give(convention == MW_NPV_FIRST_FLOW_LATER ? sum / (1.0 + rate) : sum, npv);
}

MwStatus
mw_npv_dated(const double *flows, const double *years, size_t n, double rate, double *npv)
{
    MwStatus status = check(flows, years, n);
    if (status == MW_OK)
        status = check_rate(rate);
    if (status != MW_OK)
        return status;

    double sum = 0.0, log_rate = log1p(rate);
    for (size_t i = 0; i < n; i++)
        sum += flows[i] * exp(-log_rate * years[i]);
    return give(sum, npv);
}

/* f(s) / exp(-s t_first); `*size`: the sum of the terms' sizes, the measure of its rounding. */
static double
value_at(const ExponentialSum *f, double s, double *size)
{
    double sum = 0.0;

    *size = 0.0;
    for (size_t i = f->first; i < f->n; i++) {
        double term = f->c[i] * exp(-s * (f->t[i] - f->t[f->first]));
        sum += term;
        *size += fabs(term);
    }
    return sum;
}

/* -1, 0 or 1; 0 also when the value is no more than the rounding of its own terms. */
static int
sign_at(const ExponentialSum *f, double s)
{
    double size, value = value_at(f, s, &size);

    if (fabs(value) <= 16.0 * DBL_EPSILON * size)
        return 0;
    return value > 0.0 ? 1 : -1;
}

/* The root of f in (low, high), where it changes sign once; to the last bit of s. */
static double
bisect(const ExponentialSum *f, double low, double high)
{
    double size;
    bool rises = value_at(f, low, &size) < 0.0;

    for (;;) {
        double middle = low + (high - low) / 2.0;
        if (middle <= low || middle >= high)
            return middle;
        if ((value_at(f, middle, &size) < 0.0) == rises)
            low = middle;
        else
            high = middle;
    }
}

/* The sum whose roots separate those of `f`: (f / exp(-s t_first))', scaled. */
static void
derive(const ExponentialSum *f, ExponentialSum *out)
{
    double largest = 0.0;

    out->t = f->t;
    out->n = f->n;
    out->first = f->first + 1;
    for (size_t i = out->first; i < f->n; i++) {
        out->c[i] = f->c[i] * (f->t[f->first] - f->t[i]);
        largest = fmax(largest, fabs(out->c[i]));
    }
    for (size_t i = out->first; i < f->n && largest > 0.0; i++)
        out->c[i] /= largest;
}

static bool
changes_sign(const ExponentialSum *f)
{
    for (size_t i = f->first + 1; i < f->n; i++)
        if (signbit(f->c[i]) != signbit(f->c[f->first]))
            return true;
    return false;
}

/* Roots of f in [low, high], given the roots `cuts` of its derived sum: f is monotone between. */
static size_t
roots_between(const ExponentialSum *f, const double *cuts, size_t n_cuts, double low, double high,
              double *roots)
{
    size_t count = 0;
    double left = low;
    int left_sign = sign_at(f, low);

    if (left_sign == 0)
        roots[count++] = low;
    for (size_t i = 0; i <= n_cuts; i++) {
        double right = i < n_cuts ? cuts[i] : high;
        int right_sign = sign_at(f, right);
        if (left_sign * right_sign < 0)
            roots[count++] = bisect(f, left, right);
        else if (right_sign == 0 && (count == 0 || right - roots[count - 1] > 1e-9))
            roots[count++] = right;
        left = right;
        left_sign = right_sign;
    }
    return count;
}

/* Drops zero flows and adds up those of the same moment. */
static size_t
gather(const double *flows, const double *years, size_t n, double *c, double *t)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++) {
        double year = years ? years[i] : (double)i;
        if (kept > 0 && t[kept - 1] == year)
            c[kept - 1] += flows[i];
        else if (flows[i] != 0.0) {
            c[kept] = flows[i];
            t[kept++] = year;
        }
        if (kept > 0 && c[kept - 1] == 0.0)
            kept--;
    }
    return kept;
}

/* The sum derived `level` times from `f`. */
static void
derive_often(const ExponentialSum *f, size_t level, ExponentialSum *out)
{
    ExponentialSum other;

    *out = *f;
    for (size_t i = 0; i < level; i++) {
        derive(out, &other);
        *out = other;
    }
}

MwStatus
mw_irr(const double *flows, const double *years, size_t n, double *rates, size_t *count)
{
    MwStatus status = check(flows, years, n);
    if (status != MW_OK)
        return status;

    double t[MW_FLOWS_MAX], roots[2][MW_FLOWS_MAX];
    ExponentialSum f = { .t = t }, derived;
    f.n = gather(flows, years, n, f.c, t);

    /* The first derived sum with all terms of one sign has no root; go back up from it. */
    size_t level = 0;
    for (derived = f; level < f.n && changes_sign(&derived);)
        derive_often(&f, ++level, &derived);

    const double low = log1p(MW_IRR_MIN), high = log1p(MW_IRR_MAX);
    size_t n_roots = 0;
    while (level-- > 0) {
        derive_often(&f, level, &derived);
        n_roots =
            roots_between(&derived, roots[(level + 1) % 2], n_roots, low, high, roots[level % 2]);
    }

    size_t found = 0;
    for (size_t i = 0; i < n_roots; i++)
        if (roots[0][i] > low)
            rates[found++] = fmin(expm1(roots[0][i]), MW_IRR_MAX);
    if (found == 0)
        return MW_NO_SOLUTION;
    *count = found;
    return MW_OK;
}

MwStatus
mw_mirr(const double *flows, size_t n, double finance, double reinvest, double *mirr)
{
    MwStatus status = check(flows, NULL, n);
    if (status == MW_OK)
        status = check_rate(finance);
    if (status == MW_OK)
        status = check_rate(reinvest);
    if (status != MW_OK)
        return status;

    double future = 0.0, present = 0.0;
    for (size_t i = 0; i < n; i++) {
        if (flows[i] > 0.0)
            future += flows[i] * pow(1.0 + reinvest, (double)(n - 1 - i));
        else
            present -= flows[i] / pow(1.0 + finance, (double)i);
    }
    if (!(future > 0.0 && present > 0.0))
        return MW_NO_SOLUTION;
    return give(pow(future / present, 1.0 / (double)(n - 1)) - 1.0, mirr);
}

MwStatus
mw_payback(const double *flows, size_t n, double rate, double *years)
{
    MwStatus status = check(flows, NULL, n);
    if (status == MW_OK)
        status = check_rate(rate);
    if (status != MW_OK)
        return status;

    double sum = 0.0, factor = 1.0, paid_back = 0.0;
    for (size_t i = 0; i < n; i++, factor /= 1.0 + rate) {
        double flow = flows[i] * factor, before = sum;
        sum += flow;
        if (before < 0.0 && sum >= 0.0)
            paid_back = (double)(i - 1) - before / flow;
    }
    if (!isfinite(sum))
        return MW_OUT_OF_RANGE;
    if (sum < 0.0)
        return MW_NO_SOLUTION;
    *years = paid_back;
    return MW_OK;
}
