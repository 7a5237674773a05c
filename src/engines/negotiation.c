#include "engines/negotiation.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool
is_rational(const MwPoint *point, double reservation_a, double reservation_b)
{
    return point->a >= reservation_a - MW_TIE && point->b >= reservation_b - MW_TIE;
}

/* What `which` makes as large as possible. */
static double
merit(const MwPoint *point, double reservation_a, double reservation_b, MwSolution which,
      const double ideal[2])
{
    double a = fmax(point->a - reservation_a, 0.0), b = fmax(point->b - reservation_b, 0.0);

    switch (which) {
    case MW_NASH:
        return a * b;
    case MW_KALAI_SMORODINSKY:
        return fmin(ideal[0] > MW_TIE ? a / ideal[0] : 1.0, ideal[1] > MW_TIE ? b / ideal[1] : 1.0);
    case MW_EGALITARIAN:
        return fmin(a, b);
    case MW_UTILITARIAN:
        return point->a + point->b;
    }
    return 0.0;
}

MwStatus
mw_solve(const MwPoint *points, size_t n, double reservation_a, double reservation_b,
         MwSolution which, size_t *picked, size_t *n_picked)
{
    double ideal[2] = { 0.0, 0.0 }, best = -INFINITY;
    size_t count = 0;

    if (!isfinite(reservation_a) || !isfinite(reservation_b))
        return MW_NOT_FINITE;
    for (size_t i = 0; i < n; i++) {
        if (!is_rational(&points[i], reservation_a, reservation_b))
            continue;
        ideal[0] = fmax(ideal[0], points[i].a - reservation_a);
        ideal[1] = fmax(ideal[1], points[i].b - reservation_b);
    }
    for (size_t i = 0; i < n; i++)
        if (is_rational(&points[i], reservation_a, reservation_b))
            best = fmax(best, merit(&points[i], reservation_a, reservation_b, which, ideal));
    if (best == -INFINITY)
        return MW_NO_SOLUTION;
    for (size_t i = 0; i < n; i++)
        if (is_rational(&points[i], reservation_a, reservation_b) &&
            merit(&points[i], reservation_a, reservation_b, which, ideal) >= best - MW_TIE)
            picked[count++] = i;
    *n_picked = count;
    return MW_OK;
}

MwStatus
mw_opposition(const MwPoint *points, size_t n, double *opposition)
{
    double least = INFINITY, distance = INFINITY;

    if (n == 0)
        return MW_EMPTY;
    for (size_t i = 0; i < n; i++) {
        double gap = fabs(points[i].a - points[i].b);
        double away = hypot(1.0 - points[i].a, 1.0 - points[i].b);
        if (gap < least - MW_TIE || (gap <= least + MW_TIE && away < distance)) {
            least = gap;
            distance = away;
        }
    }
    *opposition = distance;
    return MW_OK;
}

double
mw_discount_factor(double discount, double time)
{
    if (!(discount > 0.0 && discount <= 1.0))
        return 1.0;
    return pow(discount, fmin(fmax(time, 0.0), 1.0));
}

MwStatus
mw_opponent_start(MwOpponent *opponent)
{
    if (opponent->n_issues == 0)
        return MW_EMPTY;
    if (!(opponent->learning >= 0.0 && opponent->learning <= 1.0))
        return MW_OUT_OF_RANGE;

    for (size_t i = 0, at = 0; i < opponent->n_issues; i++) {
        opponent->weights[i] = 1.0 / (double)opponent->n_issues;
        for (size_t o = 0; o < opponent->n_options[i]; o++)
            opponent->counts[at++] = 1.0;
    }
    opponent->n_offers = 0;
    return MW_OK;
}

MwStatus
mw_opponent_observe(MwOpponent *opponent, const size_t *options)
{
    const size_t n = opponent->n_issues;

    for (size_t i = 0; i < n; i++)
        if (options[i] >= opponent->n_options[i])
            return MW_OUT_OF_RANGE;
    if (opponent->n_offers > 0) {
        size_t unchanged = 0;
        for (size_t i = 0; i < n; i++)
            unchanged += options[i] == opponent->last[i];
        const double golden = opponent->learning / (double)n;
        const double total = 1.0 + golden * (double)unchanged;
        const double largest = 1.0 - (double)n * golden / total;
        for (size_t i = 0, at = 0; i < n; at += opponent->n_options[i++]) {
            bool grows = options[i] == opponent->last[i] && opponent->weights[i] < largest;
            opponent->weights[i] = (opponent->weights[i] + (grows ? golden : 0.0)) / total;
            opponent->counts[at + options[i]] += 1.0;
        }
    }
    memcpy(opponent->last, options, n * sizeof *options);
    opponent->n_offers++;
    return MW_OK;
}

void
mw_opponent_utilities(const MwOpponent *opponent, double *utilities)
{
    for (size_t i = 0, at = 0; i < opponent->n_issues; at += opponent->n_options[i++]) {
        double largest = 0.0;
        for (size_t o = 0; o < opponent->n_options[i]; o++)
            largest = fmax(largest, opponent->counts[at + o]);
        for (size_t o = 0; o < opponent->n_options[i]; o++)
            utilities[at + o] = opponent->weights[i] * opponent->counts[at + o] / largest;
    }
}

MwStatus
mw_concession_target(const MwConcession *concession, double time, double *target)
{
    if (!isfinite(concession->low) || !isfinite(concession->high))
        return MW_NOT_FINITE;
    if (!(concession->low <= concession->high) || !(concession->k >= 0.0 && concession->k <= 1.0) ||
        !(concession->e > 0.0 && isfinite(concession->e)) || !(time >= 0.0 && time <= 1.0))
        return MW_OUT_OF_RANGE;

    double given = concession->k + (1.0 - concession->k) * pow(time, 1.0 / concession->e);
    *target = concession->low + (1.0 - given) * (concession->high - concession->low);
    return MW_OK;
}

/* How many points, from the best for A down, give A at least `target`. */
static size_t
count_at_least(const MwPoint *points, size_t n, double target)
{
    size_t low = 0, high = n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (points[middle].a >= target - MW_TIE)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

size_t
mw_counter_offer(const MwPoint *points, size_t n, double target)
{
    size_t count = count_at_least(points, n, target);

    return count > 0 ? count - 1 : 0;
}

/* ---- packages ------------------------------------------------------------------------------- */

enum { STEPS_MAX = 4 * 1000 * 1000 };

/* An option of an issue with the most that B can still get by it. */
typedef struct {
    double bound;
    size_t option;
} Branch;

typedef struct {
    const MwBargain *bargain;
    const MwFrontier *frontier;
    const MwPackageWish *wish;
    size_t first[MW_ISSUES_MAX];       /* where an issue's options lie              */
    double least_a[MW_ISSUES_MAX + 1]; /* least that issues i and after give A      */
    Branch *branches;                  /* room for every option                     */
    const size_t *packages;            /* found before                              */
    size_t n_packages;
    size_t differences[MW_PACKAGES_MAX]; /* of the current partial package from those */
    size_t current[MW_ISSUES_MAX], best[MW_ISSUES_MAX];
    double best_b;
    bool found;
    unsigned steps;
} Search;

static int
by_bound_falling(const void *x, const void *y)
{
    const Branch *p = x, *q = y;

    if (p->bound != q->bound)
        return p->bound > q->bound ? -1 : 1;
    return p->option < q->option ? -1 : p->option > q->option;
}

/* The most for B once `a`, `b` are had and issues `level` and after are open; -inf: out of band. */
static double
bound_of(const Search *search, size_t level, double a, double b)
{
    size_t n;
    const MwPoint *points = mw_frontier_points(search->frontier, level, &n);
    size_t count = count_at_least(points, n, search->wish->low - a);

    if (count == 0 || a + search->least_a[level] > search->wish->high + MW_TIE)
        return -INFINITY;
    return b + points[count - 1].b;
}

static bool
can_differ(const Search *search, size_t level)
{
    for (size_t p = 0; p < search->n_packages; p++)
        if (search->differences[p] + (search->bargain->n_issues - level) <
            search->wish->min_differences)
            return false;
    return true;
}

static void
count_differences(Search *search, size_t issue, size_t option, bool add)
{
    for (size_t p = 0; p < search->n_packages; p++)
        if (search->packages[p * search->bargain->n_issues + issue] != option)
            search->differences[p] += add ? 1 : (size_t)-1;
}

static void
look(Search *search, size_t issue, double a, double b)
{
    const MwBargain *bargain = search->bargain;

    if (issue == bargain->n_issues) {
        search->found = true;
        search->best_b = b;
        memcpy(search->best, search->current, issue * sizeof *search->best);
        return;
    }
    const size_t first = search->first[issue], n = bargain->n_options[issue];
    Branch *branches = search->branches + first;
    for (size_t o = 0; o < n; o++)
        branches[o] = (Branch){
            bound_of(search, issue + 1, a + bargain->a[first + o], b + bargain->b[first + o]), o
        };
    qsort(branches, n, sizeof *branches, by_bound_falling);
    for (size_t i = 0; i < n && search->steps < STEPS_MAX; i++) {
        size_t option = branches[i].option;
        if (branches[i].bound == -INFINITY ||
            (search->found && branches[i].bound <= search->best_b + MW_TIE))
            break;
        search->steps += (unsigned)n;
        search->current[issue] = option;
        count_differences(search, issue, option, true);
        if (can_differ(search, issue + 1))
            look(search, issue + 1, a + bargain->a[first + option], b + bargain->b[first + option]);
        count_differences(search, issue, option, false);
    }
}

static void
prepare(Search *search)
{
    const MwBargain *bargain = search->bargain;
    size_t at = 0;

    for (size_t i = 0; i < bargain->n_issues; at += bargain->n_options[i++])
        search->first[i] = at;
    for (size_t i = bargain->n_issues; i-- > 0;) {
        double least = INFINITY;
        for (size_t o = 0; o < bargain->n_options[i]; o++)
            least = fmin(least, bargain->a[search->first[i] + o]);
        search->least_a[i] = search->least_a[i + 1] + least;
    }
}

MwStatus
mw_packages(const MwBargain *bargain, const MwFrontier *frontier, const MwPackageWish *wish,
            size_t *options, size_t *n_packages, bool *complete)
{
    MwStatus status = mw_bargain_check(bargain);
    if (status != MW_OK)
        return status;
    if (!(wish->low <= wish->high) || wish->n_max < 1 || wish->n_max > MW_PACKAGES_MAX ||
        wish->min_differences < 1)
        return MW_OUT_OF_RANGE;

    Search search = { .bargain = bargain, .frontier = frontier, .wish = wish, .packages = options };
    size_t n_options = 0, n = bargain->n_issues;
    for (size_t i = 0; i < n; i++)
        n_options += bargain->n_options[i];
    search.branches = malloc(n_options * sizeof *search.branches);
    if (!search.branches)
        return MW_NO_MEMORY;
    prepare(&search);
    do {
        search.found = false;
        look(&search, 0, 0.0, 0.0);
        if (search.found)
            memcpy(options + search.n_packages++ * n, search.best, n * sizeof *options);
    } while (search.found && search.n_packages < wish->n_max && search.steps < STEPS_MAX);
    free(search.branches);
    if (search.n_packages == 0 && search.steps < STEPS_MAX)
        return MW_NO_SOLUTION;
    *n_packages = search.n_packages;
    *complete = search.steps < STEPS_MAX;
    return MW_OK;
}
