#!/usr/bin/env python3
"""The work of bench_engines_customers.c by numpy and scipy, as a user of them writes it: "name seconds" a line."""
import sys
import time

import numpy as np
from scipy.optimize import minimize
from scipy.special import betaln, gammaln, hyp2f1

data = np.genfromtxt(sys.argv[1], delimiter=',', skip_header=1)
x, tx, T, m = data[:, 1], data[:, 2], data[:, 3], data[:, 4]


def bg(logs):
    r, alpha, a, b = np.exp(logs)
    here = -(r + x) * np.log(alpha + T)
    gone = np.log(a) - np.log(b + np.maximum(x, 1) - 1) - (r + x) * np.log(alpha + tx)
    rest = np.where(x > 0, np.logaddexp(here, gone), here)
    return -np.sum(gammaln(r + x) - gammaln(r) + r * np.log(alpha) + betaln(a, b + x) - betaln(a, b) + rest)


def pareto_part(r, alpha, s, beta, x, t):
    third, most = (s + 1, alpha) if alpha >= beta else (r + x, beta)
    return hyp2f1(r + s + x, third, r + s + x + 1, abs(alpha - beta) / (most + t)) / (most + t) ** (r + s + x)


def pareto(logs):
    r, alpha, s, beta = np.exp(logs)
    inside = pareto_part(r, alpha, s, beta, x, tx) - pareto_part(r, alpha, s, beta, x, T)
    here = -(r + x) * np.log(alpha + T) - s * np.log(beta + T)
    return -np.sum(gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta)
                   + np.log(np.exp(here) + s / (r + s + x) * inside))


def gamma_gamma(logs):
    p, q, v = np.exp(logs)
    k, z = x[x > 0], m[x > 0]
    return -np.sum(gammaln(p * k + q) - gammaln(p * k) - gammaln(q) + q * np.log(v) + (p * k - 1) * np.log(z)
                   + p * k * np.log(k) - (p * k + q) * np.log(v + k * z))


def best(name, work, runs=3):
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    print(name, min(seconds))


np.seterr(all='ignore')
best('bg', lambda: minimize(bg, np.log([1, 10, 1, 3]), method='BFGS'))
best('pareto', lambda: minimize(pareto, np.log([1, 10, 1, 10]), method='Nelder-Mead'), 1)
best('gamma_gamma', lambda: minimize(gamma_gamma, np.log([2, 3, 30]), method='BFGS'))

rng = np.random.default_rng(1)
index = np.arange(1_000_000) % len(x)
X, TX, TT = x[index], tx[index], T[index] + rng.integers(-6, 7, 1_000_000) / 7


def bg_alive():
    r, alpha, a, b = .243, 4.414, .793, 2.426
    odds = a / (b + np.maximum(X, 1) - 1) * ((alpha + TT) / (alpha + TX)) ** (r + X)
    return np.where(X > 0, 1 / (1 + odds), 1.0)


def pareto_alive():
    r, alpha, s, beta = .553, 10.578, .606, 11.669
    inside = pareto_part(r, alpha, s, beta, X, TX) - pareto_part(r, alpha, s, beta, X, TT)
    return 1 / (1 + s / (r + s + X) * (alpha + TT) ** (r + X) * (beta + TT) ** s * inside)


best('bg_alive', bg_alive)
best('pareto_alive', pareto_alive, 1)

table = np.asfortranarray(np.exp(3 * rng.random((1_000_000, 8))))


def classes():
    p = table / table.sum(axis=0)
    weight = 1 + (p * np.log(p)).sum(axis=0) / np.log(len(table))
    v = table / np.sqrt((table ** 2).sum(axis=0)) * (weight / weight.sum())
    up = np.sqrt(((v - v.max(axis=0)) ** 2).sum(axis=1))
    down = np.sqrt(((v - v.min(axis=0)) ** 2).sum(axis=1))
    score = down / (up + down)
    return np.digitize(score, np.quantile(score, [.2, .5, .8]))


best('classes', classes)
