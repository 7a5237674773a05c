#pragma once
/*
 * special: the functions beyond libm that the engines need. Double precision, no globals.
 */

/* ln Gamma(x), x > 0; libm's, without its global sign. */
double mw_log_gamma(double x);
/* The derivative of ln Gamma at x > 0 (Abramowitz & Stegun 6.3.5, 6.3.18); about 1e-15. */
double mw_digamma(double x);

/* The Gauss function F(1, b; c; z) and its partial derivatives. */
typedef struct {
    double value, by_b, by_c, by_z;
} MwHyper;

/*
 * For 0 <= z < 1 and 0 < b < c; relative error about 1e-14 of the value (1e-10 at
 * z = 1 - 1e-7), 1e-12 of the derivatives. Its series (Abramowitz & Stegun 15.1.1) up to
 * z = 0.9, Gauss's continued fraction (15.7.5 of DLMF) beyond. NaN when it has not converged after
 * 100,000 steps (z within about 1e-8 of 1).
 */
MwHyper mw_hyper_1(double b, double c, double z);

/* sum over k of (a)_k+1 (b)_k+1 / ((c)_k+1 (k + 1)!) z^k without its first factor a b / c,
 * times exp(-scale): (F(a, b; c; z) - 1) c / (a b z) for a `scale` of 0. It has no pole at
 * a b c = 0. For |z| < 1 and c > -1; NaN when it has not converged after 1,000,000 terms. */
double mw_hyper_rest(double a, double b, double c, double z, double scale);

/* Nodes and weights of Gauss and Legendre's rule with 16 points on [-1, 1]: the 8 positive
 * nodes; each weight holds for both signs (Abramowitz & Stegun 25.4.30, table 25.4). */
extern const double mw_gauss_nodes[8], mw_gauss_weights[8];
