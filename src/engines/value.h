#pragma once
/*
 * value: the value case (row M3 of the method): what a customer gains, in money, with
 * uncertainty.
 *
 * Everything that moves money is one MwValueLine: an effect, an investment, a running
 * cost. In year y (0 = today) a line brings
 *
 *     scale * (x - baseline) * profile[y]
 *
 * where x is what is uncertain: the value reached, in the line's own unit (hours,
 * pieces, %, money). An effect where less is better has a negative scale (minus volume
 * times unit price); a cost has scale -1 and baseline 0; tax is a factor in scale and
 * profile. So the NPV is linear in the uncertain values, and that is what makes the
 * closed forms, the tornado and the speed.
 *
 * Pure; the one thing that allocates is mw_value_model_new(). Method, worked example and
 * sources: docs/methods/value-case.md.
 */
#include <stdbool.h>
#include <stdint.h>

#include "engines/cashflow.h"

enum {
    MW_VALUE_YEARS_MAX = MW_FLOWS_MAX - 1, /* the last year; there are one more flows */
    MW_VALUE_LINES_MAX = 512,
    MW_VALUE_DRAWS_MAX = 20 * 1000 * 1000,
};

typedef enum {
    MW_FIXED,      /* always `likely`; low and high are ignored                             */
    MW_UNIFORM,    /* each value of low..high as likely as any                              */
    MW_TRIANGULAR, /* density rises from low to `likely`, falls to high                     */
    MW_PERT,       /* beta with mean (low + 4 likely + high) / 6: D. Malcolm et al., Oper.
                      Res. 7 (1959); shapes 1 + 4 (likely - low) / (high - low) and
                      1 + 4 (high - likely) / (high - low)                                  */
} MwUncertainty;

typedef struct {
    double scale, baseline;
    MwUncertainty kind;
    double low, likely, high;     /* low <= likely <= high; low < high unless MW_FIXED         */
    double profile[MW_FLOWS_MAX]; /* share of the full yearly amount in year 0..years       */
    int group;      /* lines of one group (>= 0) share their draws: all high or all low
                       together, by quantile; -1: on its own                                */
    bool each_year; /* a new draw for every year; else one draw holds for all years         */
} MwValueLine;

typedef struct {
    const MwValueLine *lines; /* n_lines of them, borrowed */
    size_t n_lines;
    unsigned years; /* the last year, 0..MW_VALUE_YEARS_MAX */
    double rate;    /* discount rate a year, > -1           */
} MwValueCase;

/* Yearly cash flows with every value at its most likely: flows[0..years]. MW_EMPTY,
 * MW_TOO_LARGE, MW_NOT_FINITE, MW_OUT_OF_RANGE (a range that is not one). */
MwStatus mw_value_flows(const MwValueCase *value_case, double *flows);

/* The economic value to the customer: the price at which the offer is as good as the
 * alternative. J. Forbis & N. Mehta, Business Horizons 24(3), 1981; Nagle & Müller, The Strategy
 * and Tactics of Pricing, 6th ed., ch. 2. All in present value. */
typedef struct {
    double reference;       /* in: price of the customer's best alternative */
    double differentiation; /* in: gains and further cost differences of ours over it, without
                               either price; may be negative                          */
    double price;           /* in: our price                                         */
    double floor;           /* in: the least the seller takes                        */
    double customer_share;  /* in: of the room between floor and ceiling, 0..1       */
} MwEconomicInput;

typedef struct {
    double total;   /* reference + differentiation: the ceiling of the price      */
    double surplus; /* total - price: what the customer keeps                     */
    bool has_band;  /* total >= floor; else no price suits both                   */
    double split;   /* the price that leaves the customer customer_share of the band */
} MwEconomicValue;

MwStatus mw_economic_value(const MwEconomicInput *in, MwEconomicValue *out);

/* One bar: the NPV with one assumption (a line, or all lines of a group together) at its low and
 * its high end, all others at their most likely. */
typedef struct {
    size_t line; /* index of the line, or of the first line of the group */
    double at_low, at_high;
    double width; /* |at_high - at_low| */
} MwTornadoBar;

/* Bars of all uncertain assumptions, widest first; bars equal to a relative 1e-12 keep the order
 * of the lines. `bars` holds n_lines. T. Eschenbach, Interfaces 22(6), 1992. O(n^2). */
MwStatus mw_value_tornado(const MwValueCase *value_case, MwTornadoBar *bars, size_t *n_bars);

/* A case made ready for drawing; immutable, so that threads share it. */
typedef struct MwValueModel MwValueModel;

/* Allocates with malloc, about 20 KB for each PERT line; free with mw_value_model_free(NULL is
 * fine). MW_NO_MEMORY, and as mw_value_flows(). */
MwStatus mw_value_model_new(const MwValueCase *value_case, MwValueModel **model);
void mw_value_model_free(MwValueModel *model);

/*
 * NPV of draws first..first+count-1 of the run named by `seed`, into npv[0..count-1]. A draw is a
 * function of (case, seed, its number) alone: cut the run into blocks in any way, over any threads,
 * and not a bit changes. Allocates nothing. MW_TOO_LARGE beyond MW_VALUE_DRAWS_MAX.
 * Uniforms by philox.h; the inverse of the distribution turns them into values.
 */
MwStatus mw_value_draws(const MwValueModel *model, uint64_t seed, uint64_t first, size_t count,
                        double *npv);

typedef struct {
    double mean, mean_error; /* and its standard error, sd / sqrt(n)             */
    double sd;               /* with n - 1                                       */
    double p5, p50, p95;     /* quantiles, linear between order statistics       */
    double positive;         /* share of draws above 0                           */
    double positive_error;   /* sqrt(p (1 - p) / n)                              */
} MwDrawSummary;

/* Sums up n >= 2 draws; sorts them in place. The sums run in the order of the draws. */
MwStatus mw_draw_summary(double *draws, size_t n, MwDrawSummary *summary);
