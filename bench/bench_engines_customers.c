/*
 * Customer engines: fits of BG/NBD, Pareto/NBD and Gamma-Gamma, P(alive), classification; beside
 * a plain reference written here (every customer on his own, from the formulas of the papers) and
 * beside numpy and scipy (scipy_customers.py) where they are installed.
 *
 * The customers are CDNOW's, 2,357 of them, and a million made of them by shifting each by some
 * days. Without the data set the program says so and stops.
 */
#include <math.h>
#include <string.h>

#include "bench.h"
#include "engines/classify.h"
#include "engines/clv.h"
#include "engines/optimise.h"
#include "engines/special.h"

enum { SAMPLE = 2357, MILLION = 1000000, INDICATORS = 8, THEIRS = 16 };

static MwPurchases sample[SAMPLE];
static double orders[SAMPLE], means[SAMPLE];
static MwPurchases *million;
static double *table, *scores, *work;
static uint8_t *classes;

/* ---- The reference: one customer after another ---- */

/* Fader, Hardie & Lee 2005, eq. 6. */
static double
plain_bg(const MwPurchaseModel *m, const MwPurchases *c)
{
    double a1 = mw_log_gamma(m->r + c->x) - mw_log_gamma(m->r) + m->r * log(m->alpha);
    double a2 = mw_log_gamma(m->a + m->b) + mw_log_gamma(m->b + c->x) - mw_log_gamma(m->b) -
                mw_log_gamma(m->a + m->b + c->x);
    double here = -(m->r + c->x) * log(m->alpha + c->T);
    double gone =
        log(m->a / (m->b + fmax(c->x, 1.0) - 1.0)) - (m->r + c->x) * log(m->alpha + c->tx);
    return a1 + a2 + log(exp(here) + (c->x > 0.0 ? exp(gone) : 0.0));
}

/* The Gauss function by its series, as a first program has it. */
static double
plain_hyper(double a, double b, double c, double z)
{
    double term = 1.0, sum = 1.0;
    for (int k = 0; k < 100000 && fabs(term) > 1e-15 * fabs(sum); k++) {
        term *= (a + k) * (b + k) / ((c + k) * (k + 1.0)) * z;
        sum += term;
    }
    return sum;
}

/* Fader & Hardie 2005, eq. 10 to 12. */
static double
plain_pareto(const MwPurchaseModel *m, const MwPurchases *c)
{
    double s = m->a, beta = m->b, all = m->r + s + c->x, most = fmax(m->alpha, beta);
    double third = m->alpha >= beta ? s + 1.0 : m->r + c->x, gap = fabs(m->alpha - beta);
    double first =
        plain_hyper(all, third, all + 1.0, gap / (most + c->tx)) / pow(most + c->tx, all);
    double last = plain_hyper(all, third, all + 1.0, gap / (most + c->T)) / pow(most + c->T, all);
    double here = -(m->r + c->x) * log(m->alpha + c->T) - s * log(beta + c->T);
    return mw_log_gamma(m->r + c->x) - mw_log_gamma(m->r) + m->r * log(m->alpha) + s * log(beta) +
           log(exp(here) + s / all * (first - last));
}

typedef struct {
    MwPurchaseKind kind;
    const MwPurchases *customers;
    size_t n;
    MwPurchaseModel model;
    MwCohort *cohort; /* for our_alive() */
    MwPurchaseFit fit;
    double sum;
} Fit;

static double
plain_likelihood(const MwPurchaseModel *m, const MwPurchases *c, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += m->kind == MW_BG_NBD ? plain_bg(m, &c[i]) : plain_pareto(m, &c[i]);
    return sum;
}

static double
plain_objective(const double *x, double *gradient G_GNUC_UNUSED, void *data)
{
    const Fit *f = data;
    const MwPurchaseModel m = { f->kind, exp(x[0]), exp(x[1]), exp(x[2]), exp(x[3]) };
    return -plain_likelihood(&m, f->customers, f->n);
}

/* One start, no standard errors: what the reference does is less than what ours does. */
static void
plain_fit(void *data)
{
    Fit *f = data;
    double x[4] = { 0.0, log(10.0), 0.0, log(f->kind == MW_BG_NBD ? 3.0 : 10.0) };
    MwOptimum found;
    if (mw_minimise_simplex(plain_objective, f, x, 4, NULL, &found) != MW_OK)
        g_error("the reference found no start");
    f->sum = -found.value;
}

/* ---- Ours ---- */

static void
our_fit(void *data)
{
    Fit *f = data;
    MwCohort *cohort;
    MwStatus status = mw_cohort_new(f->customers, f->n, &cohort);
    if (status == MW_OK)
        status = mw_purchase_fit(cohort, f->kind, &f->fit);
    if (status != MW_OK)
        g_error("no fit: %s", mw_status_name(status));
    mw_cohort_free(cohort);
}

static void
our_spend(void *data)
{
    if (mw_gamma_gamma_fit(orders, means, SAMPLE, data) != MW_OK)
        g_error("no fit of spend");
}

/* Once for those of equal history, then to each customer; the fit has grouped them already. */
static void
our_alive(void *data)
{
    Fit *f = data;
    g_autofree double *alive = g_new(double, f->cohort->groups);
    for (size_t g = 0; g < f->cohort->groups; g++)
        if (mw_purchase_alive(&f->model, &f->cohort->group[g], &alive[g]) != MW_OK)
            g_error("no chance");
    f->sum = 0.0;
    for (size_t i = 0; i < f->n; i++)
        f->sum += alive[f->cohort->group_of[i]];
}

static void
plain_alive(void *data)
{
    Fit *f = data;
    f->sum = 0.0;
    for (size_t i = 0; i < f->n; i++) {
        double one;
        if (mw_purchase_alive(&f->model, &f->customers[i], &one) != MW_OK)
            g_error("no chance");
        f->sum += one;
    }
}

static void
our_classes(void *data G_GNUC_UNUSED)
{
    const MwIndicators t = { table, MILLION, INDICATORS, NULL };
    const double shares[] = { 20, 30, 30, 20 };
    double weights[INDICATORS];
    if (mw_entropy_weights(&t, weights) != MW_OK ||
        mw_topsis(&t, weights, MW_SCALE_VECTOR, scores) != MW_OK ||
        mw_quota_classes(scores, MILLION, shares, 4, work, classes, NULL) != MW_OK)
        g_error("no classes");
}

static int
descending(const void *left, const void *right)
{
    double a = scores[*(const uint32_t *)left], b = scores[*(const uint32_t *)right];
    return (a < b) - (a > b);
}

/* Row by row, as the definitions read; classes by sorting. */
static void
plain_classes(void *data G_GNUC_UNUSED)
{
    double sum[INDICATORS] = { 0 }, entropy[INDICATORS] = { 0 }, length[INDICATORS] = { 0 };
    double best[INDICATORS], worst[INDICATORS], total = 0.0;
    for (size_t j = 0; j < INDICATORS; j++) {
        best[j] = -INFINITY;
        worst[j] = INFINITY;
        for (size_t i = 0; i < MILLION; i++)
            sum[j] += table[j * MILLION + i];
    }
    for (size_t i = 0; i < MILLION; i++) {
        for (size_t j = 0; j < INDICATORS; j++) {
            double x = table[j * MILLION + i], p = x / sum[j];
            entropy[j] -= p > 0.0 ? p * log(p) / log(MILLION) : 0.0;
            length[j] += x * x;
            best[j] = fmax(best[j], x);
            worst[j] = fmin(worst[j], x);
        }
    }
    for (size_t j = 0; j < INDICATORS; j++)
        total += 1.0 - entropy[j];
    for (size_t i = 0; i < MILLION; i++) {
        double up = 0.0, down = 0.0;
        for (size_t j = 0; j < INDICATORS; j++) {
            double factor = (1.0 - entropy[j]) / total / sqrt(length[j]);
            up += pow((best[j] - table[j * MILLION + i]) * factor, 2.0);
            down += pow((table[j * MILLION + i] - worst[j]) * factor, 2.0);
        }
        scores[i] = sqrt(down) / (sqrt(down) + sqrt(up));
    }
    g_autofree uint32_t *order = g_new(uint32_t, MILLION);
    for (uint32_t i = 0; i < MILLION; i++)
        order[i] = i;
    qsort(order, MILLION, sizeof *order, descending);
    for (size_t rank = 0; rank < MILLION; rank++)
        classes[order[rank]] = rank < 200000 ? 0 : rank < 500000 ? 1 : rank < 800000 ? 2 : 3;
}

/* ---- numpy and scipy ---- */

typedef struct {
    char *names[THEIRS];
    double seconds[THEIRS];
    size_t n;
    const char *missing;
} Theirs;

/* Lines "name seconds". */
static void
ask_scipy(Theirs *theirs, const char *path)
{
    const char *const args[] = { BENCH_PYTHON, "bench/scipy_customers.py", path, NULL };
    g_autofree char *out = NULL;
    int status = 1;
    if (!g_spawn_sync(NULL, (char **)args, NULL, G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &out, NULL,
                      &status, NULL) ||
        status != 0) {
        theirs->missing = "scipy: skipped, python3-scipy is not installed";
        return;
    }
    g_auto(GStrv) lines = g_strsplit(out, "\n", -1);
    for (char **line = lines; *line && theirs->n < THEIRS; line++) {
        char *space = strchr(*line, ' ');
        if (!space)
            continue;
        theirs->names[theirs->n] = g_strndup(*line, (gsize)(space - *line));
        theirs->seconds[theirs->n++] = g_ascii_strtod(space + 1, NULL);
    }
}

static void
row(const Theirs *theirs, const char *what, const char *key, double ours, const char *reference,
    double plain)
{
    if (plain > 0.0)
        bench_row_s(what, ours, reference, plain);
    for (size_t i = 0; i < theirs->n; i++)
        if (g_str_equal(theirs->names[i], key))
            bench_row_s(what, ours, "numpy/scipy", theirs->seconds[i]);
    if (theirs->missing)
        bench_row_s(what, ours, theirs->missing, 0.0);
}

/* ---- The data ---- */

static bool
load(const char *path)
{
    g_autofree char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, NULL))
        return false;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (size_t i = 0; i < SAMPLE; i++) {
        double value[5];
        char *at = lines[i + 1];
        for (size_t k = 0; k < 5; k++, at += *at == ',')
            value[k] = g_ascii_strtod(at, &at);
        /* Whole days, as a log has them. */
        sample[i] =
            (MwPurchases){ value[1], round(value[2] * 7.0) / 7.0, round(value[3] * 7.0) / 7.0 };
        orders[i] = value[1];
        means[i] = value[4];
    }
    return true;
}

static void
make_million(void)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(1);
    million = g_new(MwPurchases, MILLION);
    table = g_new(double, MILLION *INDICATORS);
    scores = g_new(double, MILLION);
    work = g_new(double, MILLION);
    classes = g_new(uint8_t, MILLION);
    for (size_t i = 0; i < MILLION; i++) {
        MwPurchases c = sample[i % SAMPLE];
        c.T += g_rand_int_range(random, -6, 7) / 7.0;
        c.tx += g_rand_int_range(random, -6, 7) / 7.0;
        c.tx = c.x > 0.0 ? CLAMP(c.tx, 1.0 / 7.0, c.T) : 0.0;
        million[i] = c;
    }
    for (size_t i = 0; i < (size_t)MILLION * INDICATORS; i++)
        table[i] = exp(3.0 * g_rand_double(random));
}

static void
measure_fits(const Theirs *theirs)
{
    static const char *const names[] = { [MW_BG_NBD] = "BG/NBD", [MW_PARETO_NBD] = "Pareto/NBD" };
    static const char *const keys[] = { [MW_BG_NBD] = "bg", [MW_PARETO_NBD] = "pareto" };
    for (MwPurchaseKind kind = MW_BG_NBD; kind <= MW_PARETO_NBD; kind++) {
        Fit small = { .kind = kind, .customers = sample, .n = SAMPLE };
        Fit large = { .kind = kind, .customers = million, .n = MILLION };
        g_autofree char *few =
            g_strdup_printf("%s fit, 2,357 customers (3 starts, errors)", names[kind]);
        row(theirs, few, keys[kind], bench_best_s(our_fit, &small),
            "unmerged likelihood, Nelder-Mead, 1 start", bench_best_s(plain_fit, &small));

        double ours = bench_best_s(our_fit, &large);
        gint64 start = g_get_monotonic_time();
        large.sum = plain_likelihood(&large.fit.model, million, MILLION);
        double once = (double)(g_get_monotonic_time() - start) / G_USEC_PER_SEC;
        g_autofree char *many = g_strdup_printf("%s fit, 1,000,000 customers", names[kind]);
        /* A simplex takes some 300 evaluations; one is measured. */
        bench_row_s(many, ours, "unmerged likelihood, 300 times one evaluation", 300.0 * once);
        g_assert_cmpfloat(fabs(large.sum - large.fit.log_likelihood), <, 1e-6 * fabs(large.sum));

        Fit chance = { .kind = kind, .customers = million, .n = MILLION, .model = large.fit.model };
        if (mw_cohort_new(million, MILLION, &chance.cohort) != MW_OK)
            g_error("no cohort");
        g_autofree char *alive =
            g_strdup_printf("%s P(alive), 1,000,000 customers, grouped", names[kind]);
        g_autofree char *key = g_strconcat(keys[kind], "_alive", NULL);
        row(theirs, alive, key, bench_best_s(our_alive, &chance), "customer by customer",
            bench_best_s(plain_alive, &chance));
        mw_cohort_free(chance.cohort);
    }
}

int
main(void)
{
    const char *folder = g_getenv("MILLWRIGHT_DATA");
    g_autofree char *path = g_build_filename(folder ? folder : "../shared/data", "cdnow",
                                             "cdnow_customers_summary_with_transactions.csv", NULL);
    Theirs theirs = { 0 };
    MwGammaGammaFit spend;
    if (!load(path)) {
        bench_row_s("Customer engines", 0.0, "skipped: the data set CDNOW is not there", 0.0);
        return 0;
    }
    make_million();
    ask_scipy(&theirs, path);
    measure_fits(&theirs);
    row(&theirs, "Gamma-Gamma fit, 946 customers (3 starts, errors)", "gamma_gamma",
        bench_best_s(our_spend, &spend), NULL, 0.0);
    row(&theirs, "Entropy, TOPSIS, quota classes, 1,000,000 x 8", "classes",
        bench_best_s(our_classes, NULL), "row by row, sorted", bench_best_s(plain_classes, NULL));
    return 0;
}
