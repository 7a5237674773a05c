/* Influence and forecasts, beside plain ways to the same numbers written here, and networkx where it is installed. */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <glib/gstdio.h>

#include "bench.h"
#include "engines/ets.h"
#include "engines/influence.h"
#include "engines/intermittent.h"
#include "engines/optimise.h"
#include "engines/philox.h"
#include "engines/pipeline.h"

/* ---- Intermittent demand: as many parts and months as the public set carparts has ---- */

enum { PARTS = 2674, MONTHS = 51 };

typedef struct {
    double demand[PARTS][MONTHS];
    double sum; /* keeps the work from being optimised away */
} Parts;

static void
make_parts(Parts *parts)
{
    for (size_t p = 0; p < PARTS; p++)
        for (size_t m = 0; m < MONTHS; m++) {
            double u[2];
            mw_uniform_pair(1, p, m, u);
            parts->demand[p][m] = u[0] < 0.25 ? ceil(u[1] * 4) : 0;
        }
}

static void
croston(void *data)
{
    const MwIntermittentOptions how = { MW_CROSTON, MW_START_FIRST, 0.1, 0.1 };
    Parts *parts = data;
    MwIntermittent fit;

    parts->sum = 0;
    for (size_t p = 0; p < PARTS; p++) {
        g_assert_true(mw_intermittent(parts->demand[p], MONTHS, &how, &fit) == MW_OK);
        parts->sum += fit.rate;
    }
}

/* As the paper tells it: lists of sizes and intervals first, each smoothed after. */
static void
croston_plain(void *data)
{
    Parts *parts = data;

    parts->sum = 0;
    for (size_t p = 0; p < PARTS; p++) {
        g_autoptr(GArray) sizes = g_array_new(FALSE, FALSE, sizeof(double));
        g_autoptr(GArray) intervals = g_array_new(FALSE, FALSE, sizeof(double));
        double since = 0;
        for (size_t m = 0; m < MONTHS; m++) {
            since++;
            if (parts->demand[p][m] > 0) {
                g_array_append_val(sizes, parts->demand[p][m]);
                g_array_append_val(intervals, since);
                since = 0;
            }
        }
        if (sizes->len == 0)
            continue;
        double z = g_array_index(sizes, double, 0), x = g_array_index(intervals, double, 0);
        for (guint i = 1; i < sizes->len; i++) {
            z += 0.1 * (g_array_index(sizes, double, i) - z);
            x += 0.1 * (g_array_index(intervals, double, i) - x);
        }
        parts->sum += z / x;
    }
}

static void
bench_croston(void)
{
    g_autofree Parts *parts = g_new0(Parts, 1);
    make_parts(parts);
    const double ours = bench_best_s(croston, parts), sum = parts->sum;
    const double theirs = bench_best_s(croston_plain, parts);
    g_assert_true(fabs(sum - parts->sum) < 1e-6);
    bench_row_per_s("Croston forecasts of 2,674 parts x 51 months", PARTS / ours,
                    "sizes and intervals in lists", PARTS / theirs);
}

/* ---- Betweenness ---- */

enum { PEOPLE = 2000, TIES = 10000 };

typedef struct {
    MwGraph graph;
    double out[PEOPLE];
} Net;

static void
betweenness(void *data)
{
    Net *net = data;
    g_assert_true(mw_influence_betweenness(&net->graph, false, net->out) == MW_OK);
}

enum { EVERY = 10 };

/*
 * From the definition: distances and numbers of ways between all pairs, then every pair for everybody; of people one in
 * EVERY, and the time for them taken EVERY times. Returns the seconds.
 */
static double
betweenness_plain(const MwGraph *graph, double *out)
{
    const size_t n = graph->n_people;
    g_autofree uint16_t *far = g_malloc(n * n * sizeof *far);
    g_autofree double *ways = g_new0(double, n *n);
    g_autofree uint32_t *queue = g_new(uint32_t, n);

    const gint64 start = g_get_monotonic_time();
    memset(far, 0xff, n * n * sizeof *far);
    for (size_t s = 0; s < n; s++) {
        size_t head = 0, tail = 0;
        far[s * n + s] = 0;
        ways[s * n + s] = 1;
        queue[tail++] = (uint32_t)s;
        while (head < tail) {
            const uint32_t p = queue[head++];
            for (uint32_t i = graph->out.start[p]; i < graph->out.start[p + 1]; i++) {
                const uint32_t q = graph->out.at[i];
                if (far[s * n + q] == UINT16_MAX) {
                    far[s * n + q] = far[s * n + p] + 1;
                    queue[tail++] = q;
                }
                if (far[s * n + q] == far[s * n + p] + 1)
                    ways[s * n + q] += ways[s * n + p];
            }
        }
    }
    const gint64 middle = g_get_monotonic_time();
    for (size_t v = 0; v < n; v += EVERY) {
        out[v] = 0;
        for (size_t s = 0; s < n; s++)
            for (size_t t = 0; s != v && far[s * n + v] != UINT16_MAX && t < n; t++)
                if (t != v && t != s && far[s * n + v] + far[v * n + t] == far[s * n + t])
                    out[v] += ways[s * n + v] * ways[v * n + t] / ways[s * n + t];
    }
    return (double)(middle - start + EVERY * (g_get_monotonic_time() - middle)) / G_USEC_PER_SEC;
}

/* Seconds of networkx for the same, from 50 of the people as sources; 0 where it is not installed. */
static double
networkx_s(const MwTie *ties)
{
    g_autoptr(GString) script =
        g_string_new("import time\nimport networkx as nx\nG = nx.DiGraph([");
    g_autofree char *output = NULL;
    int status = 1;

    for (size_t i = 0; i < TIES; i++)
        g_string_append_printf(script, "(%u,%u),", ties[i].from, ties[i].to);
    g_string_append(script,
                    "])\nt = time.perf_counter()\nnx.betweenness_centrality(G, k=50, seed=1)\n"
                    "print((time.perf_counter() - t) * len(G) / 50)\n");
    g_autofree char *path = NULL;
    const int file = g_file_open_tmp("bench-XXXXXX.py", &path, NULL);
    if (file < 0)
        return 0;
    g_close(file, NULL);
    const char *arguments[] = { BENCH_PYTHON, path, NULL };
    if (!g_file_set_contents(path, script->str, -1, NULL) ||
        !g_spawn_sync(NULL, (char **)arguments, NULL, G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL,
                      &output, NULL, &status, NULL))
        status = 1;
    remove(path);
    return status == 0 ? g_ascii_strtod(output, NULL) : 0;
}

static void
bench_betweenness(void)
{
    g_autofree Net *net = g_new0(Net, 1);
    g_autofree double *plain = g_new(double, PEOPLE);
    g_autofree MwTie *ties = g_new(MwTie, TIES);

    for (size_t i = 0; i < TIES; i++) {
        double u[2];
        mw_uniform_pair(2, 0, i, u);
        ties[i] = (MwTie){ (uint32_t)(u[0] * PEOPLE), (uint32_t)(u[1] * PEOPLE) };
    }
    g_assert_true(mw_graph_build(PEOPLE, ties, TIES, false, &net->graph) == MW_OK);
    const double ours = bench_best_s(betweenness, net);
    const double theirs = betweenness_plain(&net->graph, plain);
    for (size_t p = 0; p < PEOPLE; p += EVERY)
        g_assert_true(fabs(plain[p] - net->out[p]) <= 1e-6 * (1 + plain[p]));
    bench_row_s("Betweenness of 2,000 people with 10,000 ties", ours,
                "every pair for everybody, scaled", theirs);
    const double other = networkx_s(ties);
    bench_row_s("The same", ours,
                other > 0 ? "networkx, from 50 sources, scaled" : "networkx is not installed",
                other);
    mw_graph_clear(&net->graph);
}

/* ---- Open deals ---- */

enum { DEALS = 2000, DRAWS = 10000 };

typedef struct {
    MwDeal deals[DEALS];
    double mean;
} Pipeline;

static void
pipeline(void *data)
{
    const MwPipelineOptions how = { .draws = DRAWS, .seed = 1 };
    MwPipelineGroup out[2];
    Pipeline *p = data;
    g_assert_true(mw_pipeline_forecast(p->deals, DEALS, 1, &how, out) == MW_OK);
    p->mean = out[1].mean;
}

static void
pipeline_plain(void *data)
{
    Pipeline *p = data;
    double sum = 0;
    for (int d = 0; d < DRAWS; d++)
        for (size_t i = 0; i < DEALS; i++)
            if (drand48() < p->deals[i].probability)
                sum += p->deals[i].amount;
    p->mean = sum / DRAWS;
}

static void
bench_pipeline(void)
{
    g_autofree Pipeline *p = g_new0(Pipeline, 1);
    for (size_t i = 0; i < DEALS; i++)
        p->deals[i] = (MwDeal){ 100 + 10 * (double)(i % 17), 0.2 + 0.6 * (double)i / DEALS, 0 };
    const double ours = bench_best_s(pipeline, p), mean = p->mean;
    const double theirs = bench_best_s(pipeline_plain, p);
    g_assert_true(fabs(mean - p->mean) < 0.01 * mean);
    bench_row_per_s("Open deals played out, 2,000 deals x 10,000 draws",
                    (double)DEALS * DRAWS / ours, "drand48, draw by draw",
                    (double)DEALS * DRAWS / theirs);
}

/* ---- Exponential smoothing ---- */

enum { VALUES = 144, SEASON = 12 };

typedef struct {
    double y[VALUES];
    MwEts fit;
    double sse;
} Smoothing;

static const MwEtsModel holt_winters = { .trend = true,
                                         .season = MW_ETS_ADDITIVE,
                                         .period = SEASON };

static void
smooth(void *data)
{
    Smoothing *s = data;
    g_assert_true(mw_ets_fit(s->y, VALUES, &holt_winters, MW_ETS_SQUARES, 0, &s->fit) == MW_OK);
}

static void
choose(void *data)
{
    Smoothing *s = data;
    g_assert_true(mw_ets_choose(s->y, VALUES, SEASON, &s->fit) == MW_OK);
}

static double
squares(const double *x, double *gradient G_GNUC_UNUSED, void *data)
{
    Smoothing *s = data;
    MwEts *e = &s->fit;
    double left = 0;

    e->alpha = 0.0001 + 0.9998 / (1 + exp(-x[0]));
    e->beta = 0.0001 + (e->alpha - 0.0001) / (1 + exp(-x[1]));
    e->gamma = 0.0001 + (0.9999 - e->alpha) / (1 + exp(-x[2]));
    e->level0 = s->y[0] + 10 * x[3];
    e->trend0 = x[4];
    for (int i = 0; i < SEASON - 1; i++)
        left -= e->season0[i] = 10 * x[5 + i];
    e->season0[SEASON - 1] = left;
    return mw_ets_run(s->y, VALUES, e) == MW_OK ? log(e->sse) : INFINITY;
}

/* The simplex of Nelder and Mead over all 16 variables, as R's package forecast searches. */
static void
smooth_plain(void *data)
{
    Smoothing *s = data;
    double x[5 + SEASON - 1] = { -1, -2, -2 };
    MwOptimum optimum;

    s->fit = (MwEts){ .model = holt_winters, .phi = 1, .n_parameters = G_N_ELEMENTS(x) };
    g_assert_true(mw_minimise_simplex(squares, s, x, G_N_ELEMENTS(x), NULL, &optimum) == MW_OK);
    s->sse = exp(optimum.value);
}

static void
bench_smoothing(void)
{
    g_autofree Smoothing *s = g_new0(Smoothing, 1);
    for (int t = 0; t < VALUES; t++)
        s->y[t] =
            100 + 0.5 * t + 15 * sin(t * 2 * G_PI / SEASON) + 8 * mw_uniform(3, 0, (uint64_t)t);
    const double ours = bench_best_s(smooth, s), sse = s->fit.sse;
    const double theirs = bench_best_s(smooth_plain, s);
    g_autofree char *reference =
        g_strdup_printf("a simplex, which ends at %.2f times the squares", s->sse / sse);
    bench_row_s("Holt and Winters fitted to 144 months", ours, reference, theirs);
    bench_row_s("The least AICc of 15 models, 144 months", bench_best_s(choose, s), "nothing", 0);
}

int
main(void)
{
    bench_croston();
    bench_betweenness();
    bench_pipeline();
    bench_smoothing();
    return 0;
}
