/* influence: against published networks, closed forms and slower ways to the same numbers. */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "dataset.h"
#include "engines/influence.h"

enum { PEOPLE_MAX = 64 };

static void
build(size_t n, const MwTie *ties, size_t n_ties, bool undirected, MwGraph *graph)
{
    g_assert_cmpint(mw_graph_build(n, ties, n_ties, undirected, graph), ==, MW_OK);
}

static void
assert_all_near(const double *got, const double *want, size_t n, double tolerance)
{
    for (size_t i = 0; i < n; i++)
        g_assert_cmpfloat_with_epsilon(got[i], want[i], tolerance);
}

/* Krackhardt's kite, 10 people. Betweenness and closeness: networkx
 * test_betweenness_centrality.py, test_closeness_centrality.py; eigenvector and PageRank:
 * networkx 2.8.8. */
static const MwTie kite[] = {
    { 0, 1 }, { 0, 2 }, { 0, 3 }, { 0, 5 }, { 1, 3 }, { 1, 4 }, { 1, 6 }, { 2, 3 }, { 2, 5 },
    { 3, 4 }, { 3, 5 }, { 3, 6 }, { 4, 6 }, { 5, 6 }, { 5, 7 }, { 6, 7 }, { 7, 8 }, { 8, 9 },
};

static void
test_kite(void)
{
    static const double between[] = {
        .833333, .833333, 0, 3.666667, 0, 8.333333, 8.333333, 14, 8, 0
    };
    static const double normalised[] = { .023, .023, 0, .102, 0, .231, .231, .389, .222, 0 };
    static const double close[] = { .529412, .529412, .5, .6,      .5,
                                    .642857, .642857, .6, .428571, .310345 };
    static const double eigen[] = { .352209, .352209, .285835, .481021, .285835,
                                    .397691, .397691, .195861, .048073, .011163 };
    static const double rank[] = { .101920, .101920, .079418, .147148, .079418,
                                   .128907, .128907, .095248, .085694, .051420 };
    MwGraph graph;
    double got[10];

    build(10, kite, G_N_ELEMENTS(kite), true, &graph);
    g_assert_cmpuint(graph.n_ties, ==, 18);
    g_assert_cmpint(mw_influence_betweenness(&graph, false, got), ==, MW_OK);
    assert_all_near(got, between, 10, 1e-6);
    g_assert_cmpint(mw_influence_betweenness(&graph, true, got), ==, MW_OK);
    assert_all_near(got, normalised, 10, 5.1e-4);
    g_assert_cmpint(mw_influence_closeness(&graph, got), ==, MW_OK);
    assert_all_near(got, close, 10, 1e-6);
    g_assert_cmpint(mw_influence_eigenvector(&graph, got), ==, MW_OK);
    assert_all_near(got, eigen, 10, 1e-6);
    g_assert_cmpint(mw_influence_pagerank(&graph, 0.85, got), ==, MW_OK);
    assert_all_near(got, rank, 10, 1e-6);

    /* By hand: 7 and 8 hold the tail of the kite. */
    static const bool cut[] = { 0, 0, 0, 0, 0, 0, 0, 1, 1, 0 };
    bool single[10];
    g_assert_cmpint(mw_influence_articulation(&graph, single), ==, MW_OK);
    g_assert_cmpmem(single, sizeof single, cut, sizeof cut);

    double density = 0, reciprocity = 0;
    g_assert_cmpint(mw_influence_density(&graph, &density), ==, MW_OK);
    g_assert_cmpint(mw_influence_reciprocity(&graph, &reciprocity), ==, MW_OK);
    g_assert_cmpfloat(density, ==, 0.4); /* 18 of 45 */
    g_assert_cmpfloat(reciprocity, ==, 1.0);
    mw_graph_clear(&graph);
}

/* Marriages of Florentine families, Breiger and Pattison 1986; values of networkx
 * test_betweenness_centrality.py and test_closeness_centrality.py. */
enum {
    ACCIAIUOLI,
    MEDICI,
    CASTELLANI,
    PERUZZI,
    STROZZI,
    BARBADORI,
    RIDOLFI,
    TORNABUONI,
    ALBIZZI,
    SALVIATI,
    PAZZI,
    BISCHERI,
    GUADAGNI,
    GINORI,
    LAMBERTESCHI,
    FAMILIES
};

static void
test_florentine(void)
{
    static const MwTie ties[] = {
        { ACCIAIUOLI, MEDICI },    { CASTELLANI, PERUZZI },    { CASTELLANI, STROZZI },
        { CASTELLANI, BARBADORI }, { MEDICI, BARBADORI },      { MEDICI, RIDOLFI },
        { MEDICI, TORNABUONI },    { MEDICI, ALBIZZI },        { MEDICI, SALVIATI },
        { SALVIATI, PAZZI },       { PERUZZI, STROZZI },       { PERUZZI, BISCHERI },
        { STROZZI, RIDOLFI },      { STROZZI, BISCHERI },      { RIDOLFI, TORNABUONI },
        { TORNABUONI, GUADAGNI },  { ALBIZZI, GINORI },        { ALBIZZI, GUADAGNI },
        { BISCHERI, GUADAGNI },    { GUADAGNI, LAMBERTESCHI },
    };
    static const struct {
        int family;
        double value;
    } between[] = { { MEDICI, .522 },  { GUADAGNI, .255 }, { ALBIZZI, .212 }, { SALVIATI, .143 },
                    { RIDOLFI, .114 }, { BISCHERI, .104 }, { STROZZI, .103 } };
    MwGraph graph;
    double got[FAMILIES];

    build(FAMILIES, ties, G_N_ELEMENTS(ties), true, &graph);
    g_assert_cmpint(mw_influence_betweenness(&graph, true, got), ==, MW_OK);
    for (size_t i = 0; i < G_N_ELEMENTS(between); i++)
        g_assert_cmpfloat_with_epsilon(got[between[i].family], between[i].value, 5.1e-4);
    g_assert_cmpint(mw_influence_closeness(&graph, got), ==, MW_OK);
    g_assert_cmpfloat_with_epsilon(got[MEDICI], .560, 5.1e-4);
    mw_graph_clear(&graph);
}

/* Langville and Meyer's web of six pages, two of them without a link on; networkx
 * test_pagerank.py. */
static void
test_pagerank(void)
{
    static const MwTie ties[] = { { 0, 1 }, { 0, 2 }, { 2, 0 }, { 2, 1 }, { 2, 4 },
                                  { 3, 4 }, { 3, 5 }, { 4, 3 }, { 4, 5 }, { 5, 3 } };
    static const double rank[] = {
        .03721197, .05395735, .04150565, .37508082, .20599833, .28624589
    };
    MwGraph graph;
    double got[6] = { -7 };

    build(6, ties, G_N_ELEMENTS(ties), false, &graph);
    g_assert_cmpint(mw_influence_pagerank(&graph, NAN, got), ==, MW_OUT_OF_RANGE);
    g_assert_cmpint(mw_influence_pagerank(&graph, 1.0, got), ==, MW_OUT_OF_RANGE);
    g_assert_cmpint(mw_influence_pagerank(&graph, -0.1, got), ==, MW_OUT_OF_RANGE);
    g_assert_cmpfloat(got[0], ==, -7);
    g_assert_cmpint(mw_influence_pagerank(&graph, 0.9, got), ==, MW_OK);
    assert_all_near(got, rank, 6, 1e-8);
    mw_graph_clear(&graph);
}

/* A file of "from,to" counted from 1; false after a skip. */
static bool
read_network(const char *name, MwGraph *graph)
{
    g_auto(GStrv) lines = dataset_lines(name);
    g_autoptr(GArray) ties = g_array_new(FALSE, FALSE, sizeof(MwTie));
    if (!lines)
        return false;
    for (char **line = lines + 1; *line; line++) {
        char *comma = NULL;
        const guint64 from = g_ascii_strtoull(*line, &comma, 10);
        const MwTie tie = { (uint32_t)from - 1,
                            (uint32_t)g_ascii_strtoull(comma + 1, NULL, 10) - 1 };
        g_array_append_val(ties, tie);
    }
    build(21, (const MwTie *)(void *)ties->data, ties->len, false, graph);
    return true;
}

static size_t
covered(const MwGraph *graph, size_t k)
{
    uint32_t set[PEOPLE_MAX];
    MwCoverage coverage = { 0 };
    g_assert_cmpint(mw_influence_coverage(graph, k, set, &coverage), ==, MW_OK);
    g_assert_true(coverage.exact);
    g_assert_cmpuint(coverage.covered, ==, coverage.upper_bound);
    return coverage.covered;
}

/* Krackhardt 1987, 21 managers of a high-tech firm; values of networkx 2.8.8. */
static void
test_advice(void)
{
    MwGraph graph;
    double got[21], value = 0;
    uint32_t set[1];
    MwCoverage coverage;

    if (!read_network("networks/ht_advice_edges.csv", &graph))
        return;
    mw_influence_density(&graph, &value);
    g_assert_cmpfloat_with_epsilon(value, .452381, 1e-6);
    mw_influence_reciprocity(&graph, &value);
    g_assert_cmpfloat_with_epsilon(value, .473684, 1e-6);
    g_assert_cmpuint(mw_graph_degree(&graph.in, 1), ==, 18);
    g_assert_cmpuint(mw_graph_degree(&graph.in, 17), ==, 15);
    g_assert_cmpuint(mw_graph_degree(&graph.in, 20), ==, 15);
    g_assert_cmpint(mw_influence_betweenness(&graph, false, got), ==, MW_OK);
    g_assert_cmpfloat_with_epsilon(got[17], 88.916667, 1e-6);
    g_assert_cmpfloat_with_epsilon(got[20], 60.126984, 1e-6);
    g_assert_cmpfloat_with_epsilon(got[6], 27.624603, 1e-6);
    g_assert_cmpint(mw_influence_pagerank(&graph, 0.85, got), ==, MW_OK);
    g_assert_cmpfloat_with_epsilon(got[20], .16379, 5e-6);
    g_assert_cmpfloat_with_epsilon(got[6], .104048, 1e-6);
    g_assert_cmpfloat_with_epsilon(got[1], .093918, 1e-6);
    g_assert_cmpint(mw_influence_coverage(&graph, 1, set, &coverage), ==, MW_OK);
    g_assert_cmpuint(set[0], ==, 1);
    g_assert_cmpuint(coverage.covered, ==, 19);
    g_assert_cmpuint(covered(&graph, 2), ==, 21);
    mw_graph_clear(&graph);
}

static void
test_friends(void)
{
    MwGraph graph;
    double got[21];

    if (!read_network("networks/ht_friends_edges.csv", &graph))
        return;
    g_assert_cmpuint(mw_graph_degree(&graph.in, 1), ==, 10);
    g_assert_cmpint(mw_influence_betweenness(&graph, false, got), ==, MW_OK);
    g_assert_cmpfloat_with_epsilon(got[16], 134.433333, 1e-6);
    g_assert_cmpuint(covered(&graph, 2), ==, 14);
    g_assert_cmpuint(covered(&graph, 3), ==, 16);
    mw_graph_clear(&graph);
}

/* A reporting line has no cycle: the eigenvector is refused, the others stand. */
static void
test_reports(void)
{
    MwGraph graph;
    bool acyclic = false;
    double got[21];

    if (!read_network("networks/ht_reports_edges.csv", &graph))
        return;
    g_assert_cmpint(mw_graph_is_acyclic(&graph, &acyclic), ==, MW_OK);
    g_assert_true(acyclic);
    g_assert_cmpint(mw_influence_eigenvector(&graph, got), ==, MW_NO_SOLUTION);
    g_assert_cmpint(mw_influence_pagerank(&graph, 0.85, got), ==, MW_OK);
    mw_graph_clear(&graph);
}

static void
test_path(void)
{
    static const MwTie ties[] = { { 0, 1 }, { 1, 3 }, { 0, 2 }, { 2, 3 }, { 3, 4 } };
    MwGraph graph;
    uint32_t path[6];
    size_t length = 99;

    build(6, ties, G_N_ELEMENTS(ties), false, &graph);
    g_assert_cmpint(mw_influence_path(&graph, 0, 5, path, &length), ==, MW_NO_SOLUTION);
    g_assert_cmpint(mw_influence_path(&graph, 4, 0, path, &length), ==, MW_NO_SOLUTION);
    g_assert_cmpint(mw_influence_path(&graph, 0, 6, path, &length), ==, MW_OUT_OF_RANGE);
    g_assert_cmpuint(length, ==, 99);
    g_assert_cmpint(mw_influence_path(&graph, 0, 4, path, &length), ==, MW_OK);
    g_assert_cmpuint(length, ==, 3);
    g_assert_cmpuint(path[0], ==, 0);
    g_assert_cmpuint(path[1], ==, 1);
    g_assert_cmpuint(path[2], ==, 3);
    g_assert_cmpuint(path[3], ==, 4);
    g_assert_cmpint(mw_influence_path(&graph, 2, 2, path, &length), ==, MW_OK);
    g_assert_cmpuint(length, ==, 0);
    mw_graph_clear(&graph);
}

static void
test_edges_of_the_input(void)
{
    static const MwTie odd[] = { { 0, 1 }, { 0, 1 }, { 1, 0 }, { 1, 1 } };
    static const MwTie outside[] = { { 0, 2 } };
    MwGraph graph = { 0 };
    double value = -7, got[2];
    uint32_t set[2];
    MwCoverage coverage;

    g_assert_cmpint(mw_graph_build(0, NULL, 0, false, &graph), ==, MW_EMPTY);
    g_assert_cmpint(mw_graph_build(2, outside, 1, false, &graph), ==, MW_OUT_OF_RANGE);
    g_assert_cmpint(mw_graph_build(MW_GRAPH_PEOPLE_MAX + 1, NULL, 0, false, &graph), ==,
                    MW_TOO_LARGE);

    build(2, odd, G_N_ELEMENTS(odd), false, &graph);
    g_assert_cmpuint(graph.n_ties, ==, 2);
    g_assert_cmpuint(graph.n_loops, ==, 1);
    g_assert_cmpuint(graph.n_repeats, ==, 1);
    g_assert_true(mw_graph_has(&graph, 1, 0));
    g_assert_false(mw_graph_has(&graph, 1, 1));
    g_assert_cmpint(mw_influence_coverage(&graph, 0, set, &coverage), ==, MW_OUT_OF_RANGE);
    g_assert_cmpint(mw_influence_coverage(&graph, 3, set, &coverage), ==, MW_OUT_OF_RANGE);
    mw_graph_clear(&graph);
    build(2, odd, G_N_ELEMENTS(odd), true, &graph);
    g_assert_cmpuint(graph.n_ties, ==, 1);
    g_assert_cmpuint(graph.n_repeats, ==, 2);
    mw_graph_clear(&graph);

    build(1, NULL, 0, false, &graph);
    g_assert_cmpint(mw_influence_density(&graph, &value), ==, MW_EMPTY);
    g_assert_cmpint(mw_influence_reciprocity(&graph, &value), ==, MW_EMPTY);
    g_assert_cmpint(mw_influence_eigenvector(&graph, got), ==, MW_NO_SOLUTION);
    g_assert_cmpfloat(value, ==, -7);
    g_assert_cmpint(mw_influence_closeness(&graph, got), ==, MW_OK);
    g_assert_cmpfloat(got[0], ==, 0);
    g_assert_cmpint(mw_influence_betweenness(&graph, true, got), ==, MW_OK);
    g_assert_cmpfloat(got[0], ==, 0);
    mw_graph_clear(&graph);
}

/* Random nets, their oracles beside them. */

static size_t
random_ties(GRand *random, size_t n, size_t n_ties, MwTie *ties)
{
    for (size_t i = 0; i < n_ties; i++)
        ties[i] = (MwTie){ (uint32_t)g_rand_int_range(random, 0, (int)n),
                           (uint32_t)g_rand_int_range(random, 0, (int)n) };
    return n_ties;
}

/* Betweenness from its definition: distances and numbers of ways by Floyd and Warshall. */
static void
slow_betweenness(const MwGraph *graph, double *out)
{
    const size_t n = graph->n_people;
    static double far[PEOPLE_MAX][PEOPLE_MAX], ways[PEOPLE_MAX][PEOPLE_MAX];

    for (uint32_t i = 0; i < n; i++)
        for (uint32_t j = 0; j < n; j++) {
            const bool tied = mw_graph_has(graph, i, j);
            far[i][j] = i == j ? 0 : tied ? 1 : INFINITY;
            ways[i][j] = i == j || tied;
        }
    for (size_t k = 0; k < n; k++)
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++) {
                if (i == k || j == k || i == j)
                    continue;
                const double through = far[i][k] + far[k][j];
                if (through < far[i][j]) {
                    far[i][j] = through;
                    ways[i][j] = ways[i][k] * ways[k][j];
                } else if (through == far[i][j] && isfinite(through)) {
                    ways[i][j] += ways[i][k] * ways[k][j];
                }
            }
    for (size_t v = 0; v < n; v++) {
        out[v] = 0;
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++)
                if (i != j && i != v && j != v && isfinite(far[i][j]) &&
                    far[i][v] + far[v][j] == far[i][j])
                    out[v] += ways[i][v] * ways[v][j] / ways[i][j];
        if (graph->undirected)
            out[v] /= 2;
    }
}

/* The parts of the net without `missing` (or with everybody: UINT32_MAX). */
static size_t
count_parts(const MwGraph *graph, uint32_t missing)
{
    uint32_t part[PEOPLE_MAX];
    size_t parts = 0;
    bool changed = true;

    for (uint32_t p = 0; p < graph->n_people; p++)
        part[p] = p;
    while (changed) {
        changed = false;
        for (uint32_t p = 0; p < graph->n_people; p++)
            for (uint32_t q = 0; q < graph->n_people; q++)
                if (p != missing && q != missing && part[q] < part[p] &&
                    (mw_graph_has(graph, p, q) || mw_graph_has(graph, q, p))) {
                    part[p] = part[q];
                    changed = true;
                }
    }
    for (uint32_t p = 0; p < graph->n_people; p++)
        parts += p != missing && part[p] == p;
    return parts;
}

static size_t
slow_best_pair(const MwGraph *graph)
{
    size_t best = 0;
    for (uint32_t a = 0; a < graph->n_people; a++)
        for (uint32_t b = a + 1; b < graph->n_people; b++) {
            size_t count = 0;
            for (uint32_t p = 0; p < graph->n_people; p++)
                count += p == a || p == b || mw_graph_has(graph, p, a) || mw_graph_has(graph, p, b);
            best = MAX(best, count);
        }
    return best;
}

static void
test_random_nets(void)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(20261);

    for (int round = 0; round < 60; round++) {
        const size_t n = (size_t)g_rand_int_range(random, 2, 25);
        MwTie ties[80];
        const size_t n_ties = random_ties(random, n, (size_t)g_rand_int_range(random, 0, 80), ties);
        MwGraph graph;
        double got[PEOPLE_MAX], want[PEOPLE_MAX], sum = 0;
        bool cut[PEOPLE_MAX];

        build(n, ties, n_ties, round % 2, &graph);
        g_assert_cmpint(mw_influence_betweenness(&graph, false, got), ==, MW_OK);
        slow_betweenness(&graph, want);
        assert_all_near(got, want, n, 1e-9);

        g_assert_cmpint(mw_influence_articulation(&graph, cut), ==, MW_OK);
        const size_t parts = count_parts(&graph, UINT32_MAX);
        for (uint32_t p = 0; p < n; p++)
            g_assert_cmpint(cut[p], ==, count_parts(&graph, p) > parts);

        g_assert_cmpuint(covered(&graph, 2), ==, slow_best_pair(&graph));
        g_assert_cmpint(mw_influence_pagerank(&graph, 0.85, got), ==, MW_OK);
        for (size_t p = 0; p < n; p++)
            sum += got[p];
        g_assert_cmpfloat_with_epsilon(sum, 1.0, 1e-9);
        mw_graph_clear(&graph);
    }
}

/* Another order and other numbers for the same people change no measure. */
static void
test_permutation(void)
{
    enum { N = 20, TIES = 70 };
    g_autoptr(GRand) random = g_rand_new_with_seed(20262);
    MwTie ties[TIES], moved[TIES];
    MwGraph graph, other;
    double a[N], b[N];

    random_ties(random, N, TIES, ties);
    for (size_t i = 0; i < TIES; i++)
        moved[TIES - 1 - i] = (MwTie){ (ties[i].from * 7 + 3) % N, (ties[i].to * 7 + 3) % N };
    build(N, ties, TIES, false, &graph);
    build(N, moved, TIES, false, &other);
    mw_influence_betweenness(&graph, true, a);
    mw_influence_betweenness(&other, true, b);
    for (size_t p = 0; p < N; p++)
        g_assert_cmpfloat_with_epsilon(a[p], b[(p * 7 + 3) % N], 1e-12);
    mw_influence_closeness(&graph, a);
    mw_influence_closeness(&other, b);
    for (size_t p = 0; p < N; p++)
        g_assert_cmpfloat_with_epsilon(a[p], b[(p * 7 + 3) % N], 1e-12);
    g_assert_cmpuint(covered(&graph, 3), ==, covered(&other, 3));
    mw_graph_clear(&graph);
    mw_graph_clear(&other);
}

/* A large net: not exact, yet between the greedy guarantee and its bound. */
static void
test_coverage_beyond(void)
{
    enum { N = 3000, TIES = 12000, K = 12 };
    g_autoptr(GRand) random = g_rand_new_with_seed(20263);
    g_autofree MwTie *ties = g_new(MwTie, TIES);
    MwGraph graph;
    uint32_t set[K];
    MwCoverage coverage;

    random_ties(random, N, TIES, ties);
    build(N, ties, TIES, false, &graph);
    g_assert_cmpint(mw_influence_coverage(&graph, K, set, &coverage), ==, MW_OK);
    g_assert_false(coverage.exact);
    g_assert_cmpuint(coverage.covered, <=, coverage.upper_bound);
    g_assert_cmpfloat((double)coverage.covered, >=, (1 - exp(-1)) * (double)coverage.upper_bound);
    for (size_t i = 1; i < K; i++)
        g_assert_cmpuint(set[i - 1], <, set[i]);
    g_assert_cmpint(mw_influence_coverage(&graph, MW_COVERAGE_SET_MAX + 1, set, &coverage), ==,
                    MW_TOO_LARGE);
    mw_graph_clear(&graph);
}

/* Two circles, one feeding the other: the eigenvalue is double, the power method creeps. */
static void
test_eigenvector_not_converged(void)
{
    static const MwTie ties[] = { { 0, 1 }, { 1, 0 }, { 1, 2 }, { 2, 3 }, { 3, 2 } };
    MwGraph graph;
    double got[4] = { -7 };

    build(4, ties, G_N_ELEMENTS(ties), false, &graph);
    g_assert_cmpint(mw_influence_eigenvector(&graph, got), ==, MW_NOT_CONVERGED);
    g_assert_cmpfloat(got[0], ==, -7);
    mw_graph_clear(&graph);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/influence/kite", test_kite);
    g_test_add_func("/influence/florentine", test_florentine);
    g_test_add_func("/influence/pagerank", test_pagerank);
    g_test_add_func("/influence/ht-advice", test_advice);
    g_test_add_func("/influence/ht-friends", test_friends);
    g_test_add_func("/influence/ht-reports", test_reports);
    g_test_add_func("/influence/path", test_path);
    g_test_add_func("/influence/edges-of-the-input", test_edges_of_the_input);
    g_test_add_func("/influence/random-nets", test_random_nets);
    g_test_add_func("/influence/permutation", test_permutation);
    g_test_add_func("/influence/coverage-beyond", test_coverage_beyond);
    g_test_add_func("/influence/eigenvector-not-converged", test_eigenvector_not_converged);
    return g_test_run();
}
