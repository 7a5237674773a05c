#include "engines/value.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engines/order.h"
#include "engines/philox.h"
#include "engines/quantile.h"

static bool
in_range(double x)
{
    return fabs(x) <= 1e15; /* false for NaN */
}

static MwStatus
check_line(const MwValueLine *line, unsigned years)
{
    if (!isfinite(line->scale) || !isfinite(line->baseline) || !isfinite(line->likely))
        return MW_NOT_FINITE;
    if (!in_range(line->scale) || !in_range(line->baseline) || !in_range(line->likely))
        return MW_OUT_OF_RANGE;
    for (unsigned y = 0; y <= years; y++) {
        if (!isfinite(line->profile[y]))
            return MW_NOT_FINITE;
        if (!in_range(line->profile[y]))
            return MW_OUT_OF_RANGE;
    }
    if (line->kind == MW_FIXED)
        return MW_OK;
    if (!isfinite(line->low) || !isfinite(line->high))
        return MW_NOT_FINITE;
    if (!in_range(line->low) || !in_range(line->high) || !(line->low < line->high) ||
        line->likely < line->low || line->likely > line->high)
        return MW_OUT_OF_RANGE;
    return MW_OK;
}

static MwStatus
check_case(const MwValueCase *value_case)
{
    if (value_case->n_lines == 0)
        return MW_EMPTY;
    if (value_case->n_lines > MW_VALUE_LINES_MAX || value_case->years > MW_VALUE_YEARS_MAX)
        return MW_TOO_LARGE;
    if (!isfinite(value_case->rate))
        return MW_NOT_FINITE;
    if (!(value_case->rate > -1.0))
        return MW_OUT_OF_RANGE;

    MwStatus status = MW_OK;
    for (size_t i = 0; status == MW_OK && i < value_case->n_lines; i++)
        status = check_line(&value_case->lines[i], value_case->years);
    return status;
}

MwStatus
mw_value_flows(const MwValueCase *value_case, double *flows)
{
    MwStatus status = check_case(value_case);
    if (status != MW_OK)
        return status;

    double sums[MW_FLOWS_MAX] = { 0.0 };
    for (size_t i = 0; i < value_case->n_lines; i++) {
        const MwValueLine *line = &value_case->lines[i];
        for (unsigned y = 0; y <= value_case->years; y++)
            sums[y] += line->scale * (line->likely - line->baseline) * line->profile[y];
    }
    for (unsigned y = 0; y <= value_case->years; y++)
        if (!in_range(sums[y]))
            return MW_OUT_OF_RANGE;
    memcpy(flows, sums, (value_case->years + 1) * sizeof *flows);
    return MW_OK;
}

MwStatus
mw_economic_value(const MwEconomicInput *in, MwEconomicValue *out)
{
    const double given[] = { in->reference, in->differentiation, in->price, in->floor,
                             in->customer_share };
    for (size_t i = 0; i < sizeof given / sizeof *given; i++)
        if (!isfinite(given[i]))
            return MW_NOT_FINITE;
    if (in->customer_share < 0.0 || in->customer_share > 1.0)
        return MW_OUT_OF_RANGE;

    double total = in->reference + in->differentiation;
    *out = (MwEconomicValue){
        .total = total,
        .surplus = total - in->price,
        .has_band = total >= in->floor,
        .split = total - in->customer_share * (total - in->floor),
    };
    return MW_OK;
}

/* What one unit of the line's value adds to the NPV, over all years. */
static double
npv_per_unit(const MwValueCase *value_case, const MwValueLine *line)
{
    double sum = 0.0;

    for (unsigned y = value_case->years + 1; y-- > 0;)
        sum = sum / (1.0 + value_case->rate) + line->profile[y];
    return line->scale * sum;
}

/* The line that stands for the draws of line `i`: the first of its group, or itself. */
static size_t
source_of(const MwValueCase *value_case, size_t i)
{
    const MwValueLine *lines = value_case->lines;

    for (size_t j = 0; lines[i].group >= 0 && j < i; j++)
        if (lines[j].group == lines[i].group && lines[j].kind != MW_FIXED)
            return j;
    return i;
}

static bool
is_narrower(const MwTornadoBar *a, const MwTornadoBar *b)
{
    return a->width < b->width - 1e-12 * fabs(b->width);
}

MwStatus
mw_value_tornado(const MwValueCase *value_case, MwTornadoBar *bars, size_t *n_bars)
{
    MwStatus status = check_case(value_case);
    if (status != MW_OK)
        return status;

    double base = 0.0;
    for (size_t i = 0; i < value_case->n_lines; i++) {
        const MwValueLine *line = &value_case->lines[i];
        base += npv_per_unit(value_case, line) * (line->likely - line->baseline);
    }

    size_t count = 0;
    for (size_t i = 0; i < value_case->n_lines; i++) {
        const MwValueLine *line = &value_case->lines[i];
        if (line->kind == MW_FIXED)
            continue;
        size_t source = source_of(value_case, i), at = 0;
        while (at < count && bars[at].line != source)
            at++;
        if (at == count)
            bars[count++] = (MwTornadoBar){ .line = source, .at_low = base, .at_high = base };
        double unit = npv_per_unit(value_case, line);
        bars[at].at_low += unit * (line->low - line->likely);
        bars[at].at_high += unit * (line->high - line->likely);
    }
    for (size_t i = 0; i < count; i++)
        bars[i].width = fabs(bars[i].at_high - bars[i].at_low);
    for (size_t i = 1; i < count; i++) { /* insertion, stable */
        MwTornadoBar bar = bars[i];
        size_t j = i;
        for (; j > 0 && is_narrower(&bars[j - 1], &bar); j--)
            bars[j] = bars[j - 1];
        bars[j] = bar;
    }
    *n_bars = count;
    return MW_OK;
}

/* ---- drawing -------------------------------------------------------------------------------- */

enum { PERT_CELLS = 2048, CHUNK = 256 }; /* CHUNK is even: uniforms come in pairs */

/* Distribution function of a PERT over PERT_CELLS equal cells of 0..1, and where to look in it:
 * guide[k] is the last cell whose start has a probability of at most k / PERT_CELLS. */
typedef struct {
    double cdf[PERT_CELLS + 1];
    uint16_t guide[PERT_CELLS];
} Pert;

/* npv += per_unit * value, drawn from stream `stream`. */
typedef struct {
    uint64_t stream;
    double per_unit;
    MwUncertainty kind;
    double low, likely, high;
    const Pert *pert;
} Term;

struct MwValueModel {
    double constant;
    size_t n_terms;
    Term *terms; /* by stream, so that one draw of a group serves all its lines */
    Pert *perts;
};

static void
pert_build(const MwValueLine *line, Pert *pert)
{
    const double mode = (line->likely - line->low) / (line->high - line->low);
    const double a = 4.0 * mode, b = 4.0 * (1.0 - mode); /* shapes less one */
    double before = pow(0.0, a) * pow(1.0, b);

    pert->cdf[0] = 0.0;
    for (int i = 0; i < PERT_CELLS; i++) { /* Simpson's rule a cell; the constant cancels */
        double middle = (i + 0.5) / PERT_CELLS, end = (i + 1.0) / PERT_CELLS;
        double after = pow(end, a) * pow(1.0 - end, b);
        pert->cdf[i + 1] =
            pert->cdf[i] + before + 4.0 * pow(middle, a) * pow(1.0 - middle, b) + after;
        before = after;
    }
    for (int i = 1; i <= PERT_CELLS; i++)
        pert->cdf[i] /= pert->cdf[PERT_CELLS];
    pert->cdf[PERT_CELLS] = 1.0;
    for (int k = 0, cell = 0; k < PERT_CELLS; k++) {
        while (pert->cdf[cell + 1] <= (double)k / PERT_CELLS)
            cell++;
        pert->guide[k] = (uint16_t)cell;
    }
}

/* The inverse: the density is taken as even within a cell, so that the error of a value is of the
 * order of 1e-7 of the range. */
static double
pert_inverse(const Pert *pert, double u)
{
    unsigned cell = pert->guide[(unsigned)(u * PERT_CELLS)];

    while (pert->cdf[cell + 1] <= u)
        cell++;
    double within = (u - pert->cdf[cell]) / (pert->cdf[cell + 1] - pert->cdf[cell]);
    return (cell + within) / PERT_CELLS;
}

static int
by_stream(const void *a, const void *b)
{
    const Term *x = a, *y = b;

    return x->stream < y->stream ? -1 : x->stream > y->stream;
}

/* The terms of line `i`: one, or one a year. A stream is a source and a year. */
static size_t
add_terms(const MwValueCase *value_case, size_t i, const Pert *pert, Term *terms)
{
    const MwValueLine *line = &value_case->lines[i];
    const uint64_t stream = (uint64_t)source_of(value_case, i) << 8;
    Term term = { .stream = stream,
                  .per_unit = npv_per_unit(value_case, line),
                  .kind = line->kind,
                  .low = line->low,
                  .likely = line->likely,
                  .high = line->high,
                  .pert = pert };

    if (!line->each_year) {
        terms[0] = term;
        return 1;
    }
    size_t count = 0;
    double factor = line->scale;
    for (unsigned y = 0; y <= value_case->years; y++, factor /= 1.0 + value_case->rate) {
        term.stream = stream + y + 1;
        term.per_unit = factor * line->profile[y];
        if (term.per_unit != 0.0)
            terms[count++] = term;
    }
    return count;
}

static void
fill_model(const MwValueCase *value_case, MwValueModel *model)
{
    size_t n_perts = 0;

    for (size_t i = 0; i < value_case->n_lines; i++) {
        const MwValueLine *line = &value_case->lines[i];
        double per_unit = npv_per_unit(value_case, line);
        model->constant -= per_unit * line->baseline;
        if (line->kind == MW_FIXED) {
            model->constant += per_unit * line->likely;
            continue;
        }
        const Pert *pert = NULL;
        if (line->kind == MW_PERT) {
            pert_build(line, &model->perts[n_perts]);
            pert = &model->perts[n_perts++];
        }
        model->n_terms += add_terms(value_case, i, pert, model->terms + model->n_terms);
    }
    qsort(model->terms, model->n_terms, sizeof *model->terms, by_stream);
}

MwStatus
mw_value_model_new(const MwValueCase *value_case, MwValueModel **out)
{
    MwStatus status = check_case(value_case);
    if (status != MW_OK)
        return status;

    size_t n_terms = 0, n_perts = 0;
    for (size_t i = 0; i < value_case->n_lines; i++) {
        const MwValueLine *line = &value_case->lines[i];
        n_terms += line->kind == MW_FIXED ? 0 : line->each_year ? value_case->years + 1 : 1;
        n_perts += line->kind == MW_PERT;
    }
    MwValueModel *model = calloc(1, sizeof *model);
    if (!model)
        return MW_NO_MEMORY;
    model->terms = calloc(n_terms + 1, sizeof *model->terms);
    model->perts = calloc(n_perts + 1, sizeof *model->perts);
    if (!model->terms || !model->perts) {
        mw_value_model_free(model);
        return MW_NO_MEMORY;
    }
    fill_model(value_case, model);
    *out = model;
    return MW_OK;
}

void
mw_value_model_free(MwValueModel *model)
{
    if (!model)
        return;
    free(model->terms);
    free(model->perts);
    free(model);
}

/* npv[i] += per_unit * value(u[i]). One loop a distribution, without calls where it counts. */
static void
add_term(const Term *term, const double *restrict u, size_t count, double *restrict npv)
{
    const double k = term->per_unit, low = term->low, high = term->high, range = high - low;

    if (term->kind == MW_UNIFORM) {
        for (size_t i = 0; i < count; i++)
            npv[i] += k * (low + u[i] * range);
    } else if (term->kind == MW_TRIANGULAR) {
        const double rise = term->likely - low, fall = high - term->likely, peak = rise / range;
        for (size_t i = 0; i < count; i++) {
            bool rising = u[i] < peak;
            double root = sqrt(range * (rising ? u[i] * rise : (1.0 - u[i]) * fall));
            npv[i] += k * (rising ? low + root : high - root);
        }
    } else {
        for (size_t i = 0; i < count; i++)
            npv[i] += k * (low + range * pert_inverse(term->pert, u[i]));
    }
}

/* Draws first..first+count-1, `first` even, at most CHUNK of them. */
static void
draw_chunk(const MwValueModel *model, uint64_t seed, uint64_t first, size_t count, double *npv)
{
    double u[CHUNK];

    for (size_t i = 0; i < count; i++)
        npv[i] = model->constant;
    for (size_t t = 0; t < model->n_terms; t++) {
        const Term *term = &model->terms[t];
        if (t == 0 || term->stream != term[-1].stream)
            for (size_t i = 0; i < count; i += 2)
                mw_uniform_pair(seed, term->stream, (first + i) / 2, u + i);
        add_term(term, u, count, npv);
    }
}

MwStatus
mw_value_draws(const MwValueModel *model, uint64_t seed, uint64_t first, size_t count, double *npv)
{
    if (first > MW_VALUE_DRAWS_MAX || count > MW_VALUE_DRAWS_MAX - first)
        return MW_TOO_LARGE;

    while (count > 0) {
        double chunk[CHUNK];
        size_t skip = first % 2;
        size_t n = count < CHUNK - skip ? count : CHUNK - skip;
        draw_chunk(model, seed, first - skip, n + skip, chunk);
        memcpy(npv, chunk + skip, n * sizeof *npv);
        npv += n;
        first += n;
        count -= n;
    }
    return MW_OK;
}

MwStatus
mw_draw_summary(double *draws, size_t n, MwDrawSummary *summary)
{
    if (n < 2)
        return MW_EMPTY;
    if (n > MW_VALUE_DRAWS_MAX)
        return MW_TOO_LARGE;

    double sum = 0.0, squares = 0.0;
    size_t positive = 0;
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(draws[i]))
            return MW_NOT_FINITE;
        sum += draws[i];
        positive += draws[i] > 0.0;
    }
    double mean = sum / (double)n, p = (double)positive / (double)n;
    for (size_t i = 0; i < n; i++)
        squares += (draws[i] - mean) * (draws[i] - mean);
    double sd = sqrt(squares / (double)(n - 1));
    mw_sort(draws, n);
    *summary = (MwDrawSummary){
        .mean = mean,
        .mean_error = sd / sqrt((double)n),
        .sd = sd,
        .p5 = mw_quantile(draws, n, 0.05),
        .p50 = mw_quantile(draws, n, 0.50),
        .p95 = mw_quantile(draws, n, 0.95),
        .positive = p,
        .positive_error = sqrt(p * (1.0 - p) / (double)n),
    };
    return MW_OK;
}
