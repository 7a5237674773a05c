#include "engines/optimise.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { N = MW_OPTIMISE_VARIABLES };

typedef struct {
    MwObjective function;
    void *data;
    size_t n;
    bool differences;
    unsigned evaluations;
} Problem;

/* Outside of its domain a function is as bad as can be. */
static double
value_at(Problem *p, const double *x)
{
    p->evaluations++;
    double value = p->function(x, NULL, p->data);
    return isnan(value) ? INFINITY : value;
}

static double
gradient_at(Problem *p, const double *x, double *gradient)
{
    if (!p->differences) {
        p->evaluations++;
        double value = p->function(x, gradient, p->data);
        return isnan(value) ? INFINITY : value;
    }
    double y[N];
    memcpy(y, x, p->n * sizeof *y);
    for (size_t i = 0; i < p->n; i++) {
        double step = 6e-6 * fmax(fabs(x[i]), 1.0);
        y[i] = x[i] + step;
        double up = value_at(p, y), above = y[i];
        y[i] = x[i] - step;
        double down = value_at(p, y);
        gradient[i] = (up - down) / (above - y[i]);
        y[i] = x[i];
    }
    return value_at(p, x);
}

static bool
all_finite(const double *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(x[i]))
            return false;
    return true;
}

static MwStatus
check_start(Problem *p, const double *x)
{
    if (p->n == 0)
        return MW_EMPTY;
    if (p->n > N)
        return MW_TOO_LARGE;
    return all_finite(x, p->n) ? MW_OK : MW_NOT_FINITE;
}

/* ---- Nelder and Mead ---- */

typedef struct {
    double point[N + 1][N];
    double value[N + 1];
} Simplex;

/* Best first. Few points, nearly sorted: insertion. */
static void
sort_simplex(Simplex *s, size_t n)
{
    for (size_t i = 1; i <= n; i++) {
        double value = s->value[i], point[N];
        memcpy(point, s->point[i], n * sizeof *point);
        size_t j = i;
        for (; j > 0 && s->value[j - 1] > value; j--) {
            s->value[j] = s->value[j - 1];
            memcpy(s->point[j], s->point[j - 1], n * sizeof *point);
        }
        s->value[j] = value;
        memcpy(s->point[j], point, n * sizeof *point);
    }
}

static void
replace_worst(Simplex *s, size_t n, const double *point, double value)
{
    memcpy(s->point[n], point, n * sizeof *point);
    s->value[n] = value;
}

/* The point at `factor` times the way from the centre of the others to the worst. */
static double
try_point(Problem *p, const Simplex *s, double factor, double *point)
{
    for (size_t i = 0; i < p->n; i++) {
        double centre = 0.0;
        for (size_t k = 0; k < p->n; k++)
            centre += s->point[k][i];
        centre /= (double)p->n;
        point[i] = centre + factor * (s->point[p->n][i] - centre);
    }
    return value_at(p, point);
}

static void
simplex_step(Problem *p, Simplex *s)
{
    size_t n = p->n;
    double reflected[N], further[N];

    double value = try_point(p, s, -1.0, reflected);
    if (value < s->value[0]) {
        double expanded = try_point(p, s, -2.0, further);
        replace_worst(s, n, expanded < value ? further : reflected, fmin(expanded, value));
        return;
    }
    if (value < s->value[n - 1]) {
        replace_worst(s, n, reflected, value);
        return;
    }
    bool outside = value < s->value[n];
    double contracted = try_point(p, s, outside ? -0.5 : 0.5, further);
    if (contracted < fmin(value, s->value[n])) {
        replace_worst(s, n, further, contracted);
        return;
    }
    for (size_t k = 1; k <= n; k++) {
        for (size_t i = 0; i < n; i++)
            s->point[k][i] = 0.5 * (s->point[k][i] + s->point[0][i]);
        s->value[k] = value_at(p, s->point[k]);
    }
}

static void
spread_simplex(Problem *p, Simplex *s, double step)
{
    size_t n = p->n;
    for (size_t k = 1; k <= n; k++) {
        memcpy(s->point[k], s->point[0], n * sizeof s->point[0][0]);
        s->point[k][k - 1] += step * fmax(fabs(s->point[0][k - 1]), 1.0);
        s->value[k] = value_at(p, s->point[k]);
    }
    sort_simplex(s, n);
}

MwStatus
mw_minimise_simplex(MwObjective function, void *data, double *x, size_t n,
                    const MwOptimiseOptions *options, MwOptimum *out)
{
    static const MwOptimiseOptions defaults = { 0 };
    if (!options)
        options = &defaults;
    Problem p = { .function = function, .data = data, .n = n };
    MwStatus status = check_start(&p, x);
    if (status != MW_OK)
        return status;

    unsigned limit = options->iterations ? options->iterations : 500 * (unsigned)n;
    double tolerance = options->tolerance > 0.0 ? options->tolerance : 1e-10;
    double step = options->step > 0.0 ? options->step : 0.5;
    Simplex s;
    memcpy(s.point[0], x, n * sizeof *x);
    s.value[0] = value_at(&p, x);
    if (!isfinite(s.value[0]))
        return MW_NOT_FINITE;
    spread_simplex(&p, &s, step);

    /* A simplex that has collapsed on a slope looks like one at rest: it must come back
     * to the same value from a fresh, smaller spread before it counts. */
    unsigned i = 0;
    bool converged = false;
    double settled = INFINITY;
    for (; i < limit && !converged; i++) {
        double scale = tolerance * (fabs(s.value[0]) + tolerance);
        if (s.value[n] - s.value[0] > scale) {
            simplex_step(&p, &s);
            sort_simplex(&s, n);
        } else if (settled - s.value[0] <= 2.0 * scale) {
            converged = true;
        } else {
            settled = s.value[0];
            spread_simplex(&p, &s, step *= 0.2);
        }
    }
    memcpy(x, s.point[0], n * sizeof *x);
    *out = (MwOptimum){
        .value = s.value[0], .iterations = i, .evaluations = p.evaluations, .converged = converged
    };
    return MW_OK;
}

/* ---- BFGS ---- */

typedef struct {
    double x[N], gradient[N], value;
} Point;

static double
dot(const double *a, const double *b, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

/* The largest relative change of the value that a relative change of one variable makes. */
static double
slope(const Point *at, size_t n)
{
    double worst = 0.0;
    for (size_t i = 0; i < n; i++)
        worst = fmax(worst, fabs(at->gradient[i]) * fmax(fabs(at->x[i]), 1.0));
    return worst / fmax(fabs(at->value), 1.0);
}

static void
set_diagonal(double *matrix, size_t n, double value)
{
    memset(matrix, 0, n * n * sizeof *matrix);
    for (size_t i = 0; i < n; i++)
        matrix[i * n + i] = value;
}

/* H += (1 + yHy/sy) ss'/sy - (Hys' + sy'H)/sy, skipped where the curvature is not positive. */
static void
update_inverse(double *inverse, size_t n, const double *s, const double *y)
{
    double sy = dot(s, y, n), hy[N];
    if (!(sy > 1e-12 * sqrt(dot(s, s, n) * dot(y, y, n))))
        return;
    for (size_t i = 0; i < n; i++)
        hy[i] = dot(inverse + i * n, y, n);
    double factor = (1.0 + dot(y, hy, n) / sy) / sy;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            inverse[i * n + j] += factor * s[i] * s[j] - (hy[i] * s[j] + s[i] * hy[j]) / sy;
}

/* What rounding alone may do to a value. */
static double
noise(const Point *at)
{
    return 8.0 * DBL_EPSILON * fabs(at->value);
}

/*
 * Along `direction` to a point that is enough better (Armijo) and, if it can be had, past the
 * steep part (weak Wolfe); false when no step is better.
 */
static bool
search_line(Problem *p, const Point *from, const double *direction, double longest, Point *to)
{
    double descent = dot(from->gradient, direction, p->n);
    double low = 0.0, high = INFINITY, step = longest;
    bool found = false;

    for (unsigned tries = 0; tries < 40; tries++) {
        Point at;
        for (size_t i = 0; i < p->n; i++)
            at.x[i] = from->x[i] + step * direction[i];
        at.value = gradient_at(p, at.x, at.gradient);
        if (!(at.value <= from->value + 1e-4 * step * descent + noise(from)) ||
            !all_finite(at.gradient, p->n)) {
            high = step;
        } else {
            if (!found || at.value < to->value)
                *to = at;
            found = true;
            if (dot(at.gradient, direction, p->n) >= 0.9 * descent || tries > 12)
                return true;
            low = step;
        }
        step = isinf(high) ? 2.0 * step : 0.5 * (low + high);
        if (found && high - low < 1e-3 * high)
            return true;
    }
    return found;
}

static void
descend(const double *inverse, const Point *at, size_t n, double *direction)
{
    for (size_t i = 0; i < n; i++)
        direction[i] = -dot(inverse + i * n, at->gradient, n);
}

static double
first_scale(const Point *at, size_t n, double step)
{
    double norm = sqrt(dot(at->gradient, at->gradient, n));
    return norm > step ? step / norm : 1.0;
}

MwStatus
mw_minimise_bfgs(MwObjective function, void *data, double *x, size_t n,
                 const MwOptimiseOptions *options, MwOptimum *out)
{
    static const MwOptimiseOptions defaults = { 0 };
    if (!options)
        options = &defaults;
    Problem p = { function, data, n, options->differences, 0 };
    MwStatus status = check_start(&p, x);
    if (status != MW_OK)
        return status;

    unsigned limit = options->iterations ? options->iterations : 200;
    double tolerance = options->tolerance > 0.0 ? options->tolerance : 1e-7;
    double inverse[N * N], direction[N];
    Point at, next;
    memcpy(at.x, x, n * sizeof *x);
    at.value = gradient_at(&p, at.x, at.gradient);
    if (!isfinite(at.value) || !all_finite(at.gradient, n))
        return MW_NOT_FINITE;
    double scale = first_scale(&at, n, options->step > 0.0 ? options->step : 1.0);
    if (options->inverse_curvature)
        memcpy(inverse, options->inverse_curvature, n * n * sizeof *inverse);
    else
        set_diagonal(inverse, n, scale);

    bool fresh = !options->inverse_curvature, converged = false;
    unsigned i = 0, level = 0;
    for (; i < limit && level < 3 && !(converged = slope(&at, n) <= tolerance); i++) {
        descend(inverse, &at, n, direction);
        if (!search_line(&p, &at, direction, 1.0, &next)) {
            if (fresh || slope(&at, n) <= 1e-6)
                break;
            set_diagonal(inverse, n, first_scale(&at, n, 1.0));
            fresh = true;
            continue;
        }
        /* No lower and no flatter: rounding has the last word. */
        if (at.value - next.value <= noise(&at) && slope(&next, n) >= slope(&at, n))
            break;
        double s[N], y[N];
        for (size_t k = 0; k < n; k++) {
            s[k] = next.x[k] - at.x[k];
            y[k] = next.gradient[k] - at.gradient[k];
        }
        if (fresh && dot(s, y, n) > 0.0)
            set_diagonal(inverse, n, dot(s, y, n) / dot(y, y, n));
        update_inverse(inverse, n, s, y);
        fresh = false;
        level = at.value - next.value < options->flat ? level + 1 : 0;
        at = next;
    }
    /* Rounding in the value can hide the last steps: flat to its square root is flat. */
    converged = converged || slope(&at, n) <= fmax(tolerance, 1e-6);
    memcpy(x, at.x, n * sizeof *x);
    *out = (MwOptimum){ at.value, i, p.evaluations, converged };
    return MW_OK;
}

/* ---- Curvature ---- */

static MwStatus
hessian_of_values(Problem *p, const double *x, double *h)
{
    size_t n = p->n;
    double y[N], step[N];
    memcpy(y, x, n * sizeof *y);
    for (size_t i = 0; i < n; i++)
        step[i] = 1e-3 * fmax(fabs(x[i]), 1.0);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j <= i; j++) {
            double sum = 0.0;
            for (int corner = 0; corner < 4; corner++) {
                int a = corner & 1 ? 1 : -1, b = corner & 2 ? 1 : -1;
                y[i] += a * step[i];
                y[j] += b * step[j];
                sum += a * b * value_at(p, y);
                y[i] = x[i];
                y[j] = x[j];
            }
            h[i * n + j] = h[j * n + i] = sum / (4.0 * step[i] * step[j]);
        }
    }
    return all_finite(h, n * n) ? MW_OK : MW_NOT_FINITE;
}

MwStatus
mw_hessian(MwObjective function, void *data, const double *x, size_t n, bool differences,
           double *hessian)
{
    Problem p = { function, data, n, differences, 0 };
    MwStatus status = check_start(&p, x);
    if (status != MW_OK)
        return status;

    double h[N * N], y[N], up[N], down[N];
    if (differences) {
        status = hessian_of_values(&p, x, h);
    } else {
        memcpy(y, x, n * sizeof *y);
        for (size_t i = 0; i < n; i++) {
            double step = 1e-4 * fmax(fabs(x[i]), 1.0);
            y[i] = x[i] + step;
            double above = gradient_at(&p, y, up);
            y[i] = x[i] - step;
            double below = gradient_at(&p, y, down);
            y[i] = x[i];
            for (size_t j = 0; j < n; j++)
                h[i * n + j] = isfinite(above + below) ? (up[j] - down[j]) / (2.0 * step) : NAN;
        }
        status = all_finite(h, n * n) ? MW_OK : MW_NOT_FINITE;
    }
    if (status != MW_OK)
        return status;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            hessian[i * n + j] = 0.5 * (h[i * n + j] + h[j * n + i]);
    return MW_OK;
}

/* The lower triangle L of A = L L', into `l`. */
static MwStatus
cholesky(const double *a, double *l, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j <= i; j++) {
            double sum = a[i * n + j] - dot(l + i * n, l + j * n, j);
            if (i != j)
                l[i * n + j] = sum / l[j * n + j];
            else if (sum > 1e-12 * a[i * n + i] && isfinite(sum))
                l[i * n + i] = sqrt(sum);
            else
                return MW_NOT_IDENTIFIED;
        }
    }
    return MW_OK;
}

MwStatus
mw_invert_positive(double *matrix, size_t n)
{
    double l[N * N], column[N];
    if (n == 0)
        return MW_EMPTY;
    if (n > N)
        return MW_TOO_LARGE;
    if (!all_finite(matrix, n * n))
        return MW_NOT_FINITE;
    MwStatus status = cholesky(matrix, l, n);
    if (status != MW_OK)
        return status;

    for (size_t k = 0; k < n; k++) {
        for (size_t i = 0; i < n; i++)
            column[i] = ((i == k ? 1.0 : 0.0) - dot(l + i * n, column, i)) / l[i * n + i];
        for (size_t i = n; i-- > 0;) {
            double sum = column[i];
            for (size_t j = i + 1; j < n; j++)
                sum -= l[j * n + i] * column[j];
            column[i] = sum / l[i * n + i];
        }
        for (size_t i = 0; i < n; i++)
            matrix[i * n + k] = column[i];
    }
    return MW_OK;
}
