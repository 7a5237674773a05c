#pragma once
/*
 * cashflow: what a row of dated payments is worth: NPV, IRR, MIRR, payback.
 *
 * Pure: no I/O, no allocation, no state. flows[i] is money (any one currency, at the
 * end of year i, negative for what is paid); rates are ratios a year (0.08 is 8 %).
 * A row has 1..MW_FLOWS_MAX flows, each finite and at most 1e15 in size.
 * Method and sources: docs/methods/value-case.md.
 */
#include <stddef.h>

#include "engines/status.h"

enum { MW_FLOWS_MAX = 101 };

/* The open lower and the closed upper end of what counts as an internal rate of return. */
#define MW_IRR_MIN (-0.99)
#define MW_IRR_MAX 10.0

typedef enum {
    MW_NPV_FIRST_FLOW_NOW,  /* flow 0 is today's, not discounted: the corporate-finance textbook */
    MW_NPV_FIRST_FLOW_LATER /* flow 0 is a year away: NPV() of spreadsheets                      */
} MwNpvConvention;

/* Sum of flows[i] / (1 + rate)^(i + convention). rate > -1. MW_EMPTY, MW_TOO_LARGE,
 * MW_NOT_FINITE, MW_OUT_OF_RANGE. O(n). Brealey, Myers & Allen, Principles of Corporate
 * Finance, ch. 2. */
MwStatus mw_npv(const double *flows, size_t n, double rate, MwNpvConvention convention,
                double *npv);

/* As above with payments at years[i] (any real number of years in 0..MW_FLOWS_MAX, not
 * decreasing; days / 365 gives XNPV() of spreadsheets). MW_BAD_SHAPE when they decrease. */
MwStatus mw_npv_dated(const double *flows, const double *years, size_t n, double rate, double *npv);

/*
 * Every rate in (MW_IRR_MIN, MW_IRR_MAX] at which the NPV is zero, ascending; a rate at which
 * it only touches zero counts once. `years` as above, or NULL for 0, 1, 2...; `rates` holds n.
 * MW_NO_SOLUTION when there is none (all flows of one sign, or all zero).
 *
 * With s = ln(1 + rate) the NPV is the exponential sum f(s) = sum c_i exp(-s t_i). Dividing by
 * the first term's exponential and differentiating leaves one term less (Rolle; Pólya & Szegő,
 * Problems and Theorems in Analysis II, part V, no. 75-77), so the roots of each derived sum cut
 * the line into pieces on which the sum before it is monotone: no root is missed, none is
 * guessed. O(n^2) exponentials a root and bisection step, at once when no sign changes.
 */
MwStatus mw_irr(const double *flows, const double *years, size_t n, double *rates, size_t *count);

/* (FV of the inflows at `reinvest`, / -PV of the outflows at `finance`)^(1/(n-1)) - 1.
 * MW_NO_SOLUTION without both an inflow and an outflow. S. Lin, The Modified Internal Rate of
 * Return and Investment Criterion, The Engineering Economist 21 (1976). */
MwStatus mw_mirr(const double *flows, size_t n, double finance, double reinvest, double *mirr);

/* Years until the running sum of flows, discounted at `rate` (0: simple payback), turns
 * non-negative *and stays so*; money is taken to come evenly through a year. 0 when nothing is
 * ever owed; MW_NO_SOLUTION when it is not paid back. */
MwStatus mw_payback(const double *flows, size_t n, double rate, double *years);
