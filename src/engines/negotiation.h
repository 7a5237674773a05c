#pragma once
/*
 * negotiation: what a fair agreement is, what the other side seems to want, how far to
 * go, and which packages to put on the table (row M20 of the method).
 *
 * Works on the frontier of frontier.h. A side's gain is its utility less its
 * reservation value, the utility of walking away; an outcome is rational when neither
 * gain is negative (less than MW_TIE below counts). Pure; only mw_packages() allocates,
 * and frees what it took. Method, worked example and sources: docs/methods/negotiation.md.
 */
#include <stdbool.h>

#include "engines/frontier.h"

typedef enum {
    MW_NASH,              /* largest product of gains (J. Nash, Econometrica 18(2), 1950)       */
    MW_KALAI_SMORODINSKY, /* largest minimum of gain / ideal gain, the ideal gain being the
                             side's largest over rational outcomes (E. Kalai & M. Smorodinsky,
                             Econometrica 43(3), 1975, in its discrete, max-min form). A side
                             whose ideal gain is 0 does not limit the minimum                   */
    MW_EGALITARIAN,       /* largest minimum of gains (E. Kalai, Econometrica 45(7), 1977)      */
    MW_UTILITARIAN,       /* largest sum of utilities                                           */
} MwSolution;

/* The rational points of the frontier that `which` picks, all ties within MW_TIE, as indices
 * into points[0..n-1], ascending; `picked` holds n. MW_NO_SOLUTION when no point is rational: no
 * agreement. O(n). */
MwStatus mw_solve(const MwPoint *points, size_t n, double reservation_a, double reservation_b,
                  MwSolution which, size_t *picked, size_t *n_picked);

/* How far apart the sides are: distance from (1, 1) to the frontier point with the smallest
 * |a - b| (of several, the nearest), as the ANAC competitions measure it. 0: no conflict.
 * MW_EMPTY. (T. Baarslag et al., The First ANAC, 2012.) */
MwStatus mw_opposition(const MwPoint *points, size_t n, double *opposition);

/* u * discount^time, time clamped to 0..1; a discount of at most 0 or above 1 means none, as
 * GENIUS has it. Returns the factor. */
double mw_discount_factor(double discount, double time);

/*
 * What the other side seems to want, from its offers: an option that it offers often is worth
 * more to it, an issue that it does not change weighs more. The frequency model of HardHeaded
 * (T. van Krimpen et al., in Complex Automated Negotiations, 2013): weights start equal, counts
 * at 1; from the second offer on, with g = learning / n_issues and c issues unchanged, an
 * unchanged issue's weight w below 1 - n_issues * g / (1 + g c) becomes (w + g) / (1 + g c), any
 * other w / (1 + g c), and each offered option counts one more. The memory is the caller's.
 */
typedef struct {
    size_t n_issues;
    const size_t *n_options;
    double learning; /* 0..1; 0.2 in the source                    */
    size_t n_offers; /* seen so far                                */
    double *weights; /* n_issues                                   */
    double *counts;  /* one an option, issue after issue           */
    size_t *last;    /* n_issues: the offer seen last              */
} MwOpponent;

MwStatus mw_opponent_start(MwOpponent *opponent);
/* MW_OUT_OF_RANGE, with nothing learned, when an option does not exist. */
MwStatus mw_opponent_observe(MwOpponent *opponent, const size_t *options);
/* What each option adds to its estimated utility: weight * count / largest count of the issue. */
void mw_opponent_utilities(const MwOpponent *opponent, double *utilities);

/* Time-dependent concession (P. Faratin, C. Sierra & N. Jennings, Robotics and Autonomous Systems
 * 24, 1998, eq. 4-5): the utility to ask for at `time` in 0..1 is low + (1 - F)(high - low) with
 * F = k + (1 - k) time^(1/e). e < 1 holds out (Boulware), e > 1 gives way early. */
typedef struct {
    double low, high; /* low <= high: from high at the start down to low   */
    double k;         /* 0..1: what is given away at once                  */
    double e;         /* > 0                                               */
} MwConcession;

MwStatus mw_concession_target(const MwConcession *concession, double time, double *target);

/* The frontier point that gives A at least `target` and B the most; the best for A when none
 * reaches it. O(log n), n >= 1. */
size_t mw_counter_offer(const MwPoint *points, size_t n, double target);

enum { MW_PACKAGES_MAX = 16 };

typedef struct {
    double low, high;       /* A's utility of every package lies in low..high: "equal" to us  */
    size_t min_differences; /* issues in which any two packages differ at least, >= 1         */
    size_t n_max;           /* packages wanted, 1..MW_PACKAGES_MAX                            */
} MwPackageWish;

/*
 * Packages of equal value to A, for B to choose from (multiple equivalent simultaneous offers,
 * MESO: V. Medvec & A. Galinsky, Negotiation 8(4), 2005). The first is the outcome in the band
 * that is best for B, each further one the best for B among those that differ enough from all
 * before. A depth-first search with the frontier's levels as bound; exact unless it looked at
 * 4 million partial packages: then *complete is false. `options` holds n_max * n_issues. `frontier`
 * is that of `bargain`. MW_NO_SOLUTION when no package is found, MW_OUT_OF_RANGE, MW_NO_MEMORY.
 */
MwStatus mw_packages(const MwBargain *bargain, const MwFrontier *frontier,
                     const MwPackageWish *wish, size_t *options, size_t *n_packages,
                     bool *complete);
