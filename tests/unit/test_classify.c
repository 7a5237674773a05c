/* classify, order: against published examples, and at every edge of the input. */
#include <float.h>
#include <glib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engines/classify.h"
#include "engines/order.h"

#define near g_assert_cmpfloat_with_epsilon

/* ---- Pairwise comparison ---- */

typedef struct {
    const char *name;
    size_t n;
    MwAhpMethod method;
    double matrix[64];
    double weights[8];
    double lambda, index, ratio;
    double epsilon;
} Ahp;

/* clang-format off */
static const Ahp ahp_cases[] = {
    /* Saaty, "How to make a decision", EJOR 48, 1990: buying a house. The paper prints 9.669,
     * .238, .169 and .173 .054 .188 .018 .031 .036 .167 .333. */
    { "house", 8, MW_AHP_EIGENVECTOR,
      { 1,     5,     3,     7,  6,     6,     1./3, 1./4,
        1./5,  1,     1./3,  5,  3,     3,     1./5, 1./7,
        1./3,  3,     1,     6,  3,     4,     6,    1./5,
        1./7,  1./5,  1./6,  1,  1./3,  1./4,  1./7, 1./8,
        1./6,  1./3,  1./3,  3,  1,     1./2,  1./5, 1./6,
        1./6,  1./3,  1./4,  4,  2,     1,     1./5, 1./6,
        3,     5,     1./6,  7,  5,     5,     1,    1./2,
        4,     7,     5,     8,  6,     6,     2,    1 },
      { .173017, .053976, .188110, .017508, .031044, .036322, .166834, .333189 },
      9.668887, .238412, .169087, 1e-6 },
    /* Saaty, J. Math. Psych. 15, 1977: choosing a school. */
    { "school", 6, MW_AHP_EIGENVECTOR,
      { 1,    4,    3, 1,    3,    4,
        1./4, 1,    7, 3,    1./5, 1,
        1./3, 1./7, 1, 1./5, 1./5, 1./6,
        1,    1./3, 5, 1,    1,    1./3,
        1./3, 5,    5, 1,    1,    3,
        1./4, 1,    6, 3,    1./3, 1 },
      { .320770, .139503, .034768, .128486, .237390, .139083 },
      7.419870, .283974, .229011, 1e-6 },
    /* Saaty 1977: the wealth of nations. Prints 7.61 and .427 .230 .021 .052 .052 .123 .094. */
    { "nations", 7, MW_AHP_EIGENVECTOR,
      { 1,    4,    9, 6, 6, 5,    5,
        1./4, 1,    7, 5, 5, 3,    4,
        1./9, 1./7, 1, 1./5, 1./5, 1./7, 1./5,
        1./6, 1./5, 5, 1, 1, 1./3, 1./3,
        1./6, 1./5, 5, 1, 1, 1./3, 1./3,
        1./5, 1./3, 7, 3, 3, 1,    2,
        1./5, 1./4, 5, 3, 3, 1./2, 1 },
      { .4271, .2303, .0208, .0524, .0524, .1227, .0943 }, 7.6077, .1013, .0767, 5e-5 },
    /* Consistent by construction, w = 4:2:1: all three ways agree. */
    { "consistent-eigenvector", 3, MW_AHP_EIGENVECTOR, { 1, 2, 4, .5, 1, 2, .25, .5, 1 },
      { 4./7, 2./7, 1./7 }, 3.0, 0.0, 0.0, 1e-12 },
    { "consistent-geometric", 3, MW_AHP_GEOMETRIC_MEAN, { 1, 2, 4, .5, 1, 2, .25, .5, 1 },
      { 4./7, 2./7, 1./7 }, 3.0, 0.0, 0.0, 1e-12 },
    { "consistent-row-mean", 3, MW_AHP_ROW_MEAN, { 1, 2, 4, .5, 1, 2, .25, .5, 1 },
      { 4./7, 2./7, 1./7 }, 3.0, 0.0, 0.0, 1e-12 },
    /* By hand: geometric means 12^(1/3), 2^(-1/3), 6^(-1/3). */
    { "geometric-by-hand", 3, MW_AHP_GEOMETRIC_MEAN, { 1, 2, 6, .5, 1, 1, 1./6, 1, 1 },
      { .630098, .218443, .151459 }, NAN, NAN, NAN, 1e-6 },
    /* By hand: columns sum to 5/3, 4, 8; the row means are (.6+.5+.75)/3 and so on. */
    { "row-mean-by-hand", 3, MW_AHP_ROW_MEAN, { 1, 2, 6, .5, 1, 1, 1./6, 1, 1 },
      { 1.85/3, .675/3, .475/3 }, NAN, NAN, NAN, 1e-12 },
    { "two", 2, MW_AHP_EIGENVECTOR, { 1, 3, 1./3, 1 }, { .75, .25 }, 2.0, 0.0, 0.0, 1e-12 },
    { "one", 1, MW_AHP_EIGENVECTOR, { 1 }, { 1 }, 1.0, 0.0, 0.0, 1e-15 },
};
/* clang-format on */

static void
test_ahp(gconstpointer data)
{
    const Ahp *c = data;
    double weights[8], sum = 0.0;
    MwConsistency found;
    g_assert_cmpint(mw_ahp_weights(c->matrix, c->n, c->method, weights, &found), ==, MW_OK);
    for (size_t i = 0; i < c->n; i++) {
        near(weights[i], c->weights[i], c->epsilon);
        sum += weights[i];
    }
    near(sum, 1.0, 1e-14);
    if (!isnan(c->lambda)) {
        near(found.lambda_max, c->lambda, c->epsilon + 1e-12);
        near(found.index, c->index, c->epsilon + 1e-12);
        near(found.ratio, c->ratio, c->epsilon + 1e-12);
    }
}

/* Saaty 1977, the school: three schools by six criteria; he prints .37, .38, .25. */
static void
test_school_composite(void)
{
    static const double schools[6][9] = {
        { 1, 1. / 3, 1. / 2, 3, 1, 3, 2, 1. / 3, 1 }, { 1, 1, 1, 1, 1, 1, 1, 1, 1 },
        { 1, 5, 1, 1. / 5, 1, 1. / 5, 1, 5, 1 },      { 1, 9, 7, 1. / 9, 1, 1. / 5, 1. / 7, 5, 1 },
        { 1, 1. / 2, 1, 2, 1, 2, 1, 1. / 2, 1 },      { 1, 6, 4, 1. / 6, 1, 1. / 3, 1. / 4, 3, 1 },
    };
    double criteria[6], composite[3] = { 0 };
    MwConsistency found;
    const Ahp *school = &ahp_cases[1];
    g_assert_cmpint(mw_ahp_weights(school->matrix, 6, MW_AHP_EIGENVECTOR, criteria, &found), ==,
                    MW_OK);
    for (size_t j = 0; j < 6; j++) {
        double local[3];
        g_assert_cmpint(mw_ahp_weights(schools[j], 3, MW_AHP_EIGENVECTOR, local, &found), ==,
                        MW_OK);
        for (size_t i = 0; i < 3; i++)
            composite[i] += criteria[j] * local[i];
    }
    near(composite[0], .367325, 1e-5);
    near(composite[1], .378498, 1e-5);
    near(composite[2], .254177, 1e-5);
}

static void
test_ahp_refusals(void)
{
    MwConsistency found = { .ratio = -7.0 };
    double w[16] = { -7.0 }, ones[256], matrix[4] = { 1, 2, .5, 1 };
    for (size_t i = 0; i < 256; i++)
        ones[i] = 1.0;
    g_assert_cmpint(mw_ahp_weights(ones, 0, MW_AHP_EIGENVECTOR, w, &found), ==, MW_EMPTY);
    g_assert_cmpint(mw_ahp_weights(ones, 16, MW_AHP_EIGENVECTOR, w, &found), ==, MW_TOO_LARGE);
    matrix[1] = NAN;
    g_assert_cmpint(mw_ahp_weights(matrix, 2, MW_AHP_EIGENVECTOR, w, &found), ==, MW_NOT_FINITE);
    matrix[1] = -2.0;
    g_assert_cmpint(mw_ahp_weights(matrix, 2, MW_AHP_EIGENVECTOR, w, &found), ==, MW_OUT_OF_RANGE);
    matrix[1] = 3.0;
    g_assert_cmpint(mw_ahp_weights(matrix, 2, MW_AHP_EIGENVECTOR, w, &found), ==, MW_BAD_SHAPE);
    matrix[0] = 2.0;
    matrix[1] = 2.0;
    g_assert_cmpint(mw_ahp_weights(matrix, 2, MW_AHP_EIGENVECTOR, w, &found), ==, MW_BAD_SHAPE);
    g_assert_cmpfloat(w[0], ==, -7.0);
    g_assert_cmpfloat(found.ratio, ==, -7.0);
}

/* ---- Entropy, TOPSIS, weighted sum ---- */

/* Hwang & Yoon 1981: choosing a fighter; columns: speed, range, payload, cost, reliability,
 * manoeuvrability. */
static const double fighter[] = { 2,     2.5,   1.8,   2.2,   1500, 2700, 2000, 1800,
                                  20000, 18000, 21000, 20000, 5.5,  6.5,  4.5,  5,
                                  5,     3,     7,     5,     9,    5,    7,    5 };
static const MwDirection fighter_directions[] = { MW_MORE_IS_BETTER, MW_MORE_IS_BETTER,
                                                  MW_MORE_IS_BETTER, MW_LESS_IS_BETTER,
                                                  MW_MORE_IS_BETTER, MW_MORE_IS_BETTER };

static void
test_entropy(void)
{
    double w[6];
    MwIndicators table = { fighter, 4, 6, NULL };
    /* The book, from rounded entropies, prints .0649 .2055 .0133 .0829 .3570 .2764. */
    static const double expected[] = { .064190, .206088, .013445, .081326, .358680, .276272 };
    g_assert_cmpint(mw_entropy_weights(&table, w), ==, MW_OK);
    for (size_t j = 0; j < 6; j++)
        near(w[j], expected[j], 1e-6);

    /* scikit-criteria, tests/preprocessing/test_weighters.py: [[1, 2], [4, 16]]. */
    static const double small[] = { 1, 4, 2, 16 };
    MwIndicators two = { small, 2, 2, NULL };
    g_assert_cmpint(mw_entropy_weights(&two, w), ==, MW_OK);
    near(w[0], .358889, 1e-6);
    near(w[1], .641111, 1e-6);

    static const double constant[] = { 3, 3, 1, 2, 0, 0 };
    MwIndicators flat = { constant, 2, 3, NULL };
    g_assert_cmpint(mw_entropy_weights(&flat, w), ==, MW_OK);
    g_assert_cmpfloat(w[0], ==, 0.0);
    g_assert_cmpfloat(w[1], ==, 1.0);
    g_assert_cmpfloat(w[2], ==, 0.0);

    MwIndicators all_flat = { constant, 1, 6, NULL };
    g_assert_cmpint(mw_entropy_weights(&all_flat, w), ==, MW_OK);
    for (size_t j = 0; j < 6; j++)
        near(w[j], 1.0 / 6.0, 1e-15);

    /* Shifted to 0 2 4 beside 0 2 4; extremes of the format do not break it. */
    static const double shifted[] = { -2, 0, 2, 0, 2, 4, -DBL_MAX, 0, DBL_MAX, 0, 0, 5e-324 };
    MwIndicators odd = { shifted, 3, 4, NULL };
    g_assert_cmpint(mw_entropy_weights(&odd, w), ==, MW_OK);
    near(w[0], w[1], 1e-15);
    near(w[0], w[2], 1e-15);
    near(w[0] + w[1] + w[2] + w[3], 1.0, 1e-14);
}

typedef struct {
    const char *name;
    MwIndicators table;
    double weights[6];
    MwScaling scaling;
    double scores[4];
    double epsilon;
} Topsis;

static const double tzeng[] = { 5, 7, 8, 7, 8, 6, 8, 4, 4, 8, 6, 6 };
static const double unscaled[] = { 1, 0, 0, 5, 3, 6 };
static const double same[] = { 2, 2, 2, 5, 5, 5 };

/* clang-format off */
static const Topsis topsis_cases[] = {
    /* Tzeng & Huang 2011, in scikit-criteria's tests/agg/test_topsis.py (.5037 .6581 .7482
     * .3340), more digits computed independently. */
    { "tzeng-huang", { tzeng, 4, 3, NULL }, { .3, .4, .3 }, MW_SCALE_VECTOR,
      { .503720, .658085, .748249, .333997 }, 1e-6 },
    { "any-scale-of-weights", { tzeng, 4, 3, NULL }, { 3, 4, 3 }, MW_SCALE_VECTOR,
      { .503720, .658085, .748249, .333997 }, 1e-6 },
    /* The same file. */
    { "no-scaling", { unscaled, 2, 3, NULL }, { 1, 1, 1 }, MW_SCALE_NONE,
      { .14639248, .85360752 }, 1e-8 },
    /* Hwang & Yoon 1981: prints .643 .268 .613 .312. */
    { "fighter", { fighter, 4, 6, fighter_directions }, { .2, .1, .1, .1, .2, .3 },
      MW_SCALE_VECTOR, { .643277, .268384, .613542, .312291 }, 1e-6 },
    { "all-equal", { same, 3, 2, NULL }, { 1, 1 }, MW_SCALE_VECTOR, { .5, .5, .5 }, 1e-15 },
    { "one-customer", { same, 1, 2, NULL }, { 1, 1 }, MW_SCALE_VECTOR, { .5 }, 1e-15 },
    /* One indicator that counts: linear between worst and best. */
    { "one-weight", { tzeng, 4, 3, NULL }, { 1, 0, 0 }, MW_SCALE_VECTOR,
      { 0., 2./3, 1., 2./3 }, 1e-15 },
};
/* clang-format on */

static void
test_topsis(gconstpointer data)
{
    const Topsis *c = data;
    double scores[4];
    g_assert_cmpint(mw_topsis(&c->table, c->weights, c->scaling, scores), ==, MW_OK);
    for (size_t i = 0; i < c->table.rows; i++)
        near(scores[i], c->scores[i], c->epsilon);
}

static void
test_extremes(void)
{
    static const double wide[] = { -DBL_MAX, 0, DBL_MAX, 5e-324, 0, 0, 1, 1, 1 };
    MwIndicators table = { wide, 3, 3, NULL };
    const double weights[] = { 1, 1, 1 };
    double scores[3];
    for (int scaling = MW_SCALE_VECTOR; scaling <= MW_SCALE_NONE; scaling++) {
        g_assert_cmpint(mw_topsis(&table, weights, (MwScaling)scaling, scores), ==, MW_OK);
        for (size_t i = 0; i < 3; i++)
            g_assert_true(scores[i] >= 0.0 && scores[i] <= 1.0);
        g_assert_cmpfloat(scores[2], >, scores[1]);
    }
    g_assert_cmpint(mw_weighted_sum(&table, weights, scores), ==, MW_OK);
    for (size_t i = 0; i < 3; i++)
        g_assert_true(scores[i] >= 0.0 && scores[i] <= 1.0);
}

/* By hand: revenue 10 30 20 stretches to 0 1 .5, days late 5 0 10 (less is better) to .5 1 0,
 * the constant column counts .5; weights 2 1 1 of 4. */
static void
test_weighted_sum(void)
{
    static const double values[] = { 10, 30, 20, 5, 0, 10, 7, 7, 7 };
    static const MwDirection directions[] = { MW_MORE_IS_BETTER, MW_LESS_IS_BETTER,
                                              MW_MORE_IS_BETTER };
    MwIndicators table = { values, 3, 3, directions };
    double scores[3];
    g_assert_cmpint(mw_weighted_sum(&table, (const double[]){ 2, 1, 1 }, scores), ==, MW_OK);
    near(scores[0], .25, 1e-15);
    near(scores[1], .875, 1e-15);
    near(scores[2], .375, 1e-15);
}

static void
test_table_refusals(void)
{
    double values[] = { 1, 2, 3, 4 }, scores[2] = { -7, -7 }, w[2] = { 1, 1 };
    MwIndicators table = { values, 2, 2, NULL };
    MwIndicators none = { values, 0, 2, NULL }, wide = { values, 1, MW_INDICATORS + 1, NULL };

    g_assert_cmpint(mw_topsis(&none, w, MW_SCALE_VECTOR, scores), ==, MW_EMPTY);
    g_assert_cmpint(mw_weighted_sum(&none, w, scores), ==, MW_EMPTY);
    g_assert_cmpint(mw_entropy_weights(&none, scores), ==, MW_EMPTY);
    g_assert_cmpint(mw_topsis(&wide, w, MW_SCALE_VECTOR, scores), ==, MW_TOO_LARGE);
    g_assert_cmpint(mw_entropy_weights(&wide, scores), ==, MW_TOO_LARGE);

    const double bad_weights[][2] = { { -1, 2 }, { 0, 0 }, { DBL_MAX, DBL_MAX } };
    for (size_t i = 0; i < G_N_ELEMENTS(bad_weights); i++) {
        g_assert_cmpint(mw_topsis(&table, bad_weights[i], MW_SCALE_VECTOR, scores), ==,
                        MW_OUT_OF_RANGE);
        g_assert_cmpint(mw_weighted_sum(&table, bad_weights[i], scores), ==, MW_OUT_OF_RANGE);
    }
    w[1] = NAN;
    g_assert_cmpint(mw_topsis(&table, w, MW_SCALE_VECTOR, scores), ==, MW_NOT_FINITE);
    w[1] = 1.0;
    values[3] = INFINITY;
    g_assert_cmpint(mw_topsis(&table, w, MW_SCALE_VECTOR, scores), ==, MW_NOT_FINITE);
    values[3] = NAN;
    g_assert_cmpint(mw_weighted_sum(&table, w, scores), ==, MW_NOT_FINITE);
    g_assert_cmpint(mw_entropy_weights(&table, scores), ==, MW_NOT_FINITE);
    g_assert_cmpfloat(scores[0], ==, -7.0);
}

static void
test_fill_missing(void)
{
    double column[] = { 1, NAN, 3, NAN }, unknown[] = { NAN }, infinite[] = { 1, INFINITY };
    size_t filled = 99;
    g_assert_cmpint(mw_fill_missing(unknown, 1, &filled), ==, MW_EMPTY);
    g_assert_cmpint(mw_fill_missing(infinite, 2, &filled), ==, MW_NOT_FINITE);
    g_assert_cmpuint(filled, ==, 99);
    g_assert_cmpint(mw_fill_missing(column, 4, &filled), ==, MW_OK);
    g_assert_cmpuint(filled, ==, 2);
    g_assert_cmpfloat(column[1], ==, 2.0);
    g_assert_cmpfloat(column[3], ==, 2.0);
}

/* ---- Classes ---- */

/* 85 customers at 20/30/30/20: cuts at 17, 42.5 (rounded up: 43) and 68. */
static void
test_quota(void)
{
    double scores[85], work[85];
    uint8_t classes[85];
    size_t counts[4];
    const double shares[] = { 20, 30, 30, 20 };
    for (size_t i = 0; i < 85; i++)
        scores[i] = (double)((i * 37) % 85);
    g_assert_cmpint(mw_quota_classes(scores, 85, shares, 4, work, classes, counts), ==, MW_OK);
    g_assert_cmpuint(counts[0], ==, 17);
    g_assert_cmpuint(counts[1], ==, 26);
    g_assert_cmpuint(counts[2], ==, 25);
    g_assert_cmpuint(counts[3], ==, 17);
    for (size_t i = 0; i < 85; i++) {
        double rank = 84 - scores[i];
        g_assert_cmpuint(classes[i], ==, rank < 17 ? 0 : rank < 43 ? 1 : rank < 68 ? 2 : 3);
    }
}

static void
test_quota_ties(void)
{
    /* Cuts at 2, 5, 8 of 10. The tie at 8 reaches across the first cut and goes up whole. */
    const double scores[] = { 9, 8, 8, 8, 5, 5, 5, 4, 4, 1 };
    const double shares[] = { .2, .3, .3, .2 };
    static const uint8_t expected[] = { 0, 0, 0, 0, 1, 1, 1, 2, 2, 3 };
    double work[10];
    uint8_t classes[10];
    size_t counts[4];
    g_assert_cmpint(mw_quota_classes(scores, 10, shares, 4, work, classes, counts), ==, MW_OK);
    g_assert_cmpmem(classes, 10, expected, 10);

    /* What differs by rounding only is a tie. */
    const double rounded[] = { 0.3, 0.1 + 0.2, 0.1, 0.0 };
    g_assert_cmpint(
        mw_quota_classes(rounded, 4, (const double[]){ 1, 3 }, 2, work, classes, counts), ==,
        MW_OK);
    g_assert_cmpuint(counts[0], ==, 2);

    const double equal[] = { 1, 1, 1, 1, 1 };
    g_assert_cmpint(mw_quota_classes(equal, 5, shares, 4, work, classes, counts), ==, MW_OK);
    g_assert_cmpuint(counts[0], ==, 5);
    /* One customer: 0.2 of one rounds to none, so class B, from 0.5 of one on, takes it. */
    g_assert_cmpint(mw_quota_classes(equal, 1, shares, 4, work, classes, counts), ==, MW_OK);
    g_assert_cmpuint(counts[1], ==, 1);
    g_assert_cmpint(mw_quota_classes(equal, 5, (const double[]){ 1 }, 1, work, classes, counts), ==,
                    MW_OK);
    g_assert_cmpuint(counts[0], ==, 5);
}

static void
test_thresholds(void)
{
    const double scores[] = { .9, .7, .69, .1 };
    static const uint8_t expected[] = { 0, 0, 1, 2 };
    uint8_t classes[4];
    size_t counts[3];
    g_assert_cmpint(mw_threshold_classes(scores, 4, (const double[]){ .7, .4 }, 3, classes, counts),
                    ==, MW_OK);
    g_assert_cmpmem(classes, 4, expected, 4);
    g_assert_cmpuint(counts[0], ==, 2);
    classes[0] = 77;
    g_assert_cmpint(mw_threshold_classes(scores, 4, (const double[]){ .4, .4 }, 3, classes, NULL),
                    ==, MW_OUT_OF_RANGE);
    g_assert_cmpint(mw_threshold_classes(scores, 4, (const double[]){ NAN }, 2, classes, NULL), ==,
                    MW_NOT_FINITE);
    g_assert_cmpuint(classes[0], ==, 77);
}

static void
test_class_refusals(void)
{
    double scores[] = { 1, NAN }, work[2], shares[MW_CLASSES + 1] = { 1 };
    uint8_t classes[2] = { 77 };
    g_assert_cmpint(mw_quota_classes(scores, 0, shares, 2, work, classes, NULL), ==, MW_EMPTY);
    g_assert_cmpint(mw_quota_classes(scores, 1, shares, 0, work, classes, NULL), ==, MW_EMPTY);
    g_assert_cmpint(mw_quota_classes(scores, 1, shares, MW_CLASSES + 1, work, classes, NULL), ==,
                    MW_TOO_LARGE);
    g_assert_cmpint(mw_quota_classes(scores, 2, shares, 2, work, classes, NULL), ==, MW_NOT_FINITE);
    shares[0] = -1.0;
    g_assert_cmpint(mw_quota_classes(scores, 1, shares, 2, work, classes, NULL), ==,
                    MW_OUT_OF_RANGE);
    shares[0] = 0.0;
    g_assert_cmpint(mw_quota_classes(scores, 1, shares, 2, work, classes, NULL), ==,
                    MW_OUT_OF_RANGE);
    g_assert_cmpuint(classes[0], ==, 77);
}

/* ---- Properties of random tables ---- */

enum { ROWS = 700, COLUMNS = 4 };

static void
test_properties(void)
{
    static double values[ROWS * COLUMNS], shuffled[ROWS * COLUMNS], a[ROWS], b[ROWS], work[ROWS];
    static uint8_t class_a[ROWS], class_b[ROWS];
    static size_t order[ROWS];
    const double shares[] = { 20, 30, 30, 20 };
    size_t counts[4];

    for (int round = 0; round < 40; round++) {
        size_t rows = (size_t)g_test_rand_int_range(1, ROWS + 1);
        /* Few different values, so that there are ties. */
        for (size_t i = 0; i < rows * COLUMNS; i++)
            values[i] = g_test_rand_int_range(-3, 30);
        for (size_t i = 0; i < rows; i++)
            order[i] = i;
        for (size_t i = rows; i-- > 1;) {
            size_t j = (size_t)g_test_rand_int_range(0, (gint32)i + 1), swap = order[i];
            order[i] = order[j];
            order[j] = swap;
        }
        for (size_t j = 0; j < COLUMNS; j++)
            for (size_t i = 0; i < rows; i++)
                shuffled[j * rows + i] = values[j * rows + order[i]];

        MwIndicators table = { values, rows, COLUMNS, NULL };
        MwIndicators other = { shuffled, rows, COLUMNS, NULL };
        double w[COLUMNS], v[COLUMNS], sum = 0.0;
        g_assert_cmpint(mw_entropy_weights(&table, w), ==, MW_OK);
        g_assert_cmpint(mw_entropy_weights(&other, v), ==, MW_OK);
        for (size_t j = 0; j < COLUMNS; j++) {
            near(w[j], v[j], 1e-12);
            sum += w[j];
        }
        near(sum, 1.0, 1e-12);

        g_assert_cmpint(mw_topsis(&table, w, MW_SCALE_VECTOR, a), ==, MW_OK);
        g_assert_cmpint(mw_topsis(&other, w, MW_SCALE_VECTOR, b), ==, MW_OK);
        g_assert_cmpint(mw_quota_classes(a, rows, shares, 4, work, class_a, counts), ==, MW_OK);
        g_assert_cmpuint(counts[0] + counts[1] + counts[2] + counts[3], ==, rows);
        g_assert_cmpint(mw_quota_classes(b, rows, shares, 4, work, class_b, NULL), ==, MW_OK);
        for (size_t i = 0; i < rows; i++) {
            g_assert_true(a[i] >= 0.0 && a[i] <= 1.0);
            near(b[i], a[order[i]], 1e-13);
            g_assert_cmpuint(class_b[i], ==, class_a[order[i]]);
        }
    }
}

static int
compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void
test_order(void)
{
    static double values[3000], sorted[3000], work[3000];
    for (int round = 0; round < 60; round++) {
        size_t n = (size_t)g_test_rand_int_range(1, 3000);
        int kinds = round % 3 == 0 ? 3 : round % 3 == 1 ? 200 : 1000000;
        for (size_t i = 0; i < n; i++)
            values[i] = round % 7 == 0 ? (double)i : g_test_rand_int_range(0, kinds);
        memcpy(sorted, values, n * sizeof *values);
        qsort(sorted, n, sizeof *sorted, compare);
        memcpy(work, values, n * sizeof *values);
        mw_sort(work, n);
        g_assert_cmpmem(work, n * sizeof *work, sorted, n * sizeof *sorted);
        for (int probe = 0; probe < 5; probe++) {
            size_t k = (size_t)g_test_rand_int_range(0, (gint32)n);
            memcpy(work, values, n * sizeof *values);
            g_assert_cmpfloat(mw_select(work, n, k), ==, sorted[k]);
            for (size_t i = 0; i < n; i++)
                g_assert_true(i < k ? work[i] <= work[k] : work[i] >= work[k]);
        }
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(ahp_cases); i++) {
        g_autofree char *path = g_strdup_printf("/classify/ahp/%s", ahp_cases[i].name);
        g_test_add_data_func(path, &ahp_cases[i], test_ahp);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(topsis_cases); i++) {
        g_autofree char *path = g_strdup_printf("/classify/topsis/%s", topsis_cases[i].name);
        g_test_add_data_func(path, &topsis_cases[i], test_topsis);
    }
    g_test_add_func("/classify/ahp/school-composite", test_school_composite);
    g_test_add_func("/classify/ahp/refusals", test_ahp_refusals);
    g_test_add_func("/classify/entropy", test_entropy);
    g_test_add_func("/classify/weighted-sum", test_weighted_sum);
    g_test_add_func("/classify/extremes", test_extremes);
    g_test_add_func("/classify/table-refusals", test_table_refusals);
    g_test_add_func("/classify/fill-missing", test_fill_missing);
    g_test_add_func("/classify/quota", test_quota);
    g_test_add_func("/classify/quota-ties", test_quota_ties);
    g_test_add_func("/classify/thresholds", test_thresholds);
    g_test_add_func("/classify/class-refusals", test_class_refusals);
    g_test_add_func("/classify/properties", test_properties);
    g_test_add_func("/classify/order", test_order);
    return g_test_run();
}
