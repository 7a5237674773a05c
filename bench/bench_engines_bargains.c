/* The frontier of large domains, the count of rational outcomes, and draws of the value case, beside
 * plain references: every outcome (on a smaller domain; the time for all is that times the ratio of
 * the numbers of outcomes), and one draw after another without blocks. */
#include <math.h>

#include "bench.h"
#include "engines/negotiation.h"
#include "engines/philox.h"
#include "engines/value.h"

enum { ISSUES_MAX = 12, OPTIONS_MAX = 12, BRUTE_ISSUES = 6, DRAWS = 4 * 1000 * 1000 };

typedef struct {
    size_t n_options[ISSUES_MAX];
    double a[ISSUES_MAX * OPTIONS_MAX], b[ISSUES_MAX * OPTIONS_MAX];
    MwBargain bargain;
    size_t points;
    uint64_t rational;
} Domain;

/* `opposed`: what is good for one is bad for the other in every issue, the hardest case. */
static void
make_domain(Domain *domain, size_t n, size_t options, bool opposed)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(17);

    domain->bargain = (MwBargain){ n, domain->n_options, domain->a, domain->b };
    for (size_t i = 0; i < n; i++) {
        double wa = g_rand_double(random) / (double)n, wb = g_rand_double(random) / (double)n;
        domain->n_options[i] = options;
        for (size_t o = 0; o < options; o++) {
            double share = g_rand_double(random);
            domain->a[i * options + o] = wa * share;
            domain->b[i * options + o] = wb * (opposed ? 1.0 - share : g_rand_double(random));
        }
    }
}

static void
build_frontier(void *data)
{
    Domain *domain = data;
    MwFrontier *frontier = NULL;

    g_assert_cmpint(mw_frontier_new(&domain->bargain, &frontier), ==, MW_OK);
    mw_frontier_points(frontier, 0, &domain->points);
    mw_frontier_free(frontier);
}

static void
count_rational(void *data)
{
    Domain *domain = data;
    const double low = 0.25;

    g_assert_cmpint(mw_rational_count(&domain->bargain, low, low, &domain->rational), ==, MW_OK);
}

/* Every outcome, kept as a frontier in order of A: the plain way. */
static void
brute_force(void *data)
{
    Domain *domain = data;
    size_t options[ISSUES_MAX] = { 0 }, i = 0;
    g_autoptr(GArray) front = g_array_new(FALSE, FALSE, sizeof(MwPoint));

    while (i < domain->bargain.n_issues) {
        MwPoint point = { 0 };
        bool beaten = false;
        mw_outcome_utilities(&domain->bargain, options, &point.a, &point.b);
        for (guint k = 0; k < front->len && !beaten; k++) {
            const MwPoint *other = &g_array_index(front, MwPoint, k);
            beaten = other->a >= point.a && other->b >= point.b;
        }
        for (guint k = 0; !beaten && k < front->len;) {
            const MwPoint *other = &g_array_index(front, MwPoint, k);
            if (point.a >= other->a && point.b >= other->b)
                g_array_remove_index_fast(front, k);
            else
                k++;
        }
        if (!beaten)
            g_array_append_val(front, point);
        for (i = 0; i < domain->bargain.n_issues && ++options[i] == domain->n_options[i]; i++)
            options[i] = 0;
    }
    domain->points = front->len;
}

static void
bench_frontier(size_t n, size_t options, bool opposed)
{
    g_autofree Domain *domain = g_new0(Domain, 1), *small = g_new0(Domain, 1);
    const char *kind = opposed ? "opposed" : "random";

    make_domain(domain, n, options, opposed);
    make_domain(small, BRUTE_ISSUES, options, opposed);
    double ours = bench_best_s(build_frontier, domain), plain = bench_best_s(brute_force, small);
    double all = plain * pow((double)options, (double)(n - BRUTE_ISSUES));
    g_autofree char *work =
        g_strdup_printf("Pareto frontier, %zu issues x %zu options, %s: %zu points", n, options,
                        kind, domain->points);
    g_autofree char *reference =
        g_strdup_printf("every outcome (extrapolated from %d issues)", BRUTE_ISSUES);
    bench_row_s(work, ours, reference, all);
    double counted = bench_best_s(count_rational, domain);
    g_autofree char *count =
        g_strdup_printf("rational outcomes of it: %llu", (unsigned long long)domain->rational);
    bench_row_s(count, counted, reference, all);
}

typedef struct {
    MwValueModel *model;
    size_t first, count, n_threads;
    double *npv;
} Draws;

static gpointer
draw(gpointer data)
{
    Draws *draws = data;

    g_assert_cmpint(
        mw_value_draws(draws->model, 1, draws->first, draws->count, draws->npv + draws->first), ==,
        MW_OK);
    return NULL;
}

static void
draw_threaded(void *data)
{
    Draws *all = data;
    GThread *threads[2];
    Draws shares[2];

    for (size_t i = 0; i < all->n_threads; i++) {
        shares[i] = *all;
        shares[i].first = DRAWS * i / all->n_threads;
        shares[i].count = DRAWS / all->n_threads;
        threads[i] = g_thread_new("draws", draw, &shares[i]);
    }
    for (size_t i = 0; i < all->n_threads; i++)
        g_thread_join(threads[i]);
}

/* One triangular draw after another, each by its number. */
static void
draw_plainly(void *data)
{
    Draws *draws = data;

    for (size_t i = 0; i < DRAWS; i++) {
        double u = mw_uniform(1, 0, i), low = 8000, mode = 11000, high = 17000;
        draws->npv[i] = u < (mode - low) / (high - low)
                            ? low + sqrt(u * (high - low) * (mode - low))
                            : high - sqrt((1 - u) * (high - low) * (high - mode));
    }
}

/* Triangular draws a second of numpy, or 0 where Debian's python3-numpy is not installed. */
static double
numpy_draws_per_s(void)
{
    static const char script[] = "import time, numpy as np\n"
                                 "g, best = np.random.Generator(np.random.Philox(1)), 1e9\n"
                                 "for _ in range(3):\n"
                                 "    start = time.perf_counter()\n"
                                 "    g.triangular(8000, 11000, 17000, 4000000)\n"
                                 "    best = min(best, time.perf_counter() - start)\n"
                                 "print(4000000 / best)\n";
    const char *const argv[] = { BENCH_PYTHON, "-c", script, NULL };
    g_autofree char *out = NULL;
    int status = 1;

    if (!g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &out, NULL,
                      &status, NULL) ||
        status != 0)
        return 0.0;
    return g_ascii_strtod(out, NULL);
}

static void
bench_draws(void)
{
    MwValueLine line = { .scale = 1,
                         .kind = MW_TRIANGULAR,
                         .low = 8000,
                         .likely = 11000,
                         .high = 17000,
                         .profile = { 1 },
                         .group = -1 };
    MwValueCase value_case = { .lines = &line, .n_lines = 1 };
    Draws draws = { .count = DRAWS, .npv = g_new(double, DRAWS) };

    g_assert_cmpint(mw_value_model_new(&value_case, &draws.model), ==, MW_OK);
    double plain = DRAWS / bench_best_s(draw_plainly, &draws);
    for (draws.n_threads = 1; draws.n_threads <= 2; draws.n_threads++) {
        g_autofree char *work = g_strdup_printf("triangular draws, %zu thread%s", draws.n_threads,
                                                draws.n_threads > 1 ? "s" : "");
        bench_row_per_s(work, DRAWS / bench_best_s(draw_threaded, &draws), "one by one", plain);
    }
    double numpy = numpy_draws_per_s();
    draws.n_threads = 1;
    bench_row_per_s("triangular draws, 1 thread", DRAWS / bench_best_s(draw_threaded, &draws),
                    numpy > 0.0 ? "numpy, Philox" : "numpy: python3-numpy is not installed", numpy);
    line.kind = MW_PERT;
    mw_value_model_free(draws.model);
    g_assert_cmpint(mw_value_model_new(&value_case, &draws.model), ==, MW_OK);
    bench_row_per_s("PERT draws, 1 thread", DRAWS / bench_best_s(draw_threaded, &draws),
                    "triangular, one by one", plain);
    mw_value_model_free(draws.model);
    g_free(draws.npv);
}

int
main(void)
{
    bench_frontier(10, 10, false);
    bench_frontier(10, 10, true);
    bench_frontier(12, 12, false);
    bench_frontier(12, 12, true);
    bench_draws();
    return 0;
}
