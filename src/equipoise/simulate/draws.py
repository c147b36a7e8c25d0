"""Draws from further distributions, each from a trial's own stream.

Most are by rejection, so they use a random number of uniforms: nothing drawn after them keeps its place in the stream.
"""

from __future__ import annotations

from math import exp, floor, lgamma, log, sqrt

import numba
import numpy as np

from equipoise.simulate.streams import chi_square, uniform

_SMALL_MEAN = 10.0
"""Below this mean a count is drawn by inversion, above by transformed rejection."""
_NO_MASS = 1e-18
"""A probability less than any uniform draw can tell."""


@numba.njit(cache=True, nogil=True)
def gamma(stream: np.ndarray, shape: float) -> float:
    """One gamma draw with mean `shape` > 0 and scale 1.

    Marsaglia & Tsang 2000, ACM TOMS 26:363-372 (chi_square); below shape 1 with the power of a uniform of their section 6.
    """
    if shape >= 1.0:
        return 0.5 * chi_square(stream, 2.0 * shape)
    return 0.5 * chi_square(stream, 2.0 * shape + 2.0) * uniform(stream) ** (1.0 / shape)


@numba.njit(cache=True, nogil=True)
def log_gamma_draw(stream: np.ndarray, shape: float) -> float:
    """The logarithm of a gamma draw with scale 1, also where the draw itself would underflow."""
    if shape >= 1.0:
        return log(0.5 * chi_square(stream, 2.0 * shape))
    return log(0.5 * chi_square(stream, 2.0 * shape + 2.0)) + log(uniform(stream)) / shape


@numba.njit(cache=True, nogil=True)
def beta(stream: np.ndarray, a: float, b: float) -> float:
    """One beta draw with a, b > 0, as the share of two gamma draws (Devroye 1986, section IX.4.1), for any a and b."""
    odds = log_gamma_draw(stream, b) - log_gamma_draw(stream, a)
    return 1.0 / (1.0 + exp(odds)) if odds < 700.0 else 0.0


@numba.njit(cache=True, nogil=True)
def poisson(stream: np.ndarray, mean: float) -> int:
    """One Poisson draw; 0 for mean 0.

    Inversion for small means; else Hörmann 1993, "The transformed rejection method for generating Poisson random
    variables", Insurance: Mathematics and Economics 12:39-45, algorithm PTRS.
    """
    if mean < _SMALL_MEAN:
        u, p, k = uniform(stream), exp(-mean), 0
        while u > p and p > _NO_MASS:
            u -= p
            k += 1
            p *= mean / k
        return k
    b = 0.931 + 2.53 * sqrt(mean)
    a = -0.059 + 0.02483 * b
    inverse_alpha = 1.1239 + 1.1328 / (b - 3.4)
    accept = 0.9277 - 3.6224 / (b - 2.0)
    log_mean = log(mean)
    while True:
        u, v = uniform(stream) - 0.5, uniform(stream)
        us = 0.5 - abs(u)
        k = floor((2.0 * a / us + b) * u + mean + 0.43)
        if us >= 0.07 and v <= accept:
            return int(k)
        if k < 0 or (us < 0.013 and v > us):
            continue
        if log(v * inverse_alpha / (a / (us * us) + b)) <= k * log_mean - mean - lgamma(k + 1.0):
            return int(k)


@numba.njit(cache=True, nogil=True)
def negative_binomial(stream: np.ndarray, mean: float, shape: float) -> int:
    """One negative-binomial draw with variance mean + mean^2 / shape: a Poisson whose mean is gamma with that shape."""
    return poisson(stream, gamma(stream, shape) * mean / shape)


@numba.njit(cache=True, nogil=True)
def binomial(stream: np.ndarray, n: int, p: float) -> int:
    """One binomial draw: successes in `n` >= 0 with probability `p`.

    Inversion for small means; else Hörmann 1993, "The generation of binomial random variates", Journal of Statistical
    Computation and Simulation 46:101-110, algorithm BTRS.
    """
    if p > 0.5:
        return n - binomial_below_half(stream, n, 1.0 - p)
    return binomial_below_half(stream, n, p)


@numba.njit(cache=True, nogil=True)
def binomial_below_half(stream: np.ndarray, n: int, p: float) -> int:
    """One binomial draw with p of at most 1/2."""
    if n == 0 or p <= 0.0:
        return 0
    odds = p / (1.0 - p)
    if n * p < _SMALL_MEAN:
        u, mass, k = uniform(stream), (1.0 - p) ** n, 0
        while u > mass and k < n and mass > _NO_MASS:
            u -= mass
            k += 1
            mass *= odds * (n - k + 1) / k
        return k
    spread = sqrt(n * p * (1.0 - p))
    b = 1.15 + 2.53 * spread
    a = -0.0873 + 0.0248 * b + 0.01 * p
    accept, alpha = 0.92 - 4.2 / b, (2.83 + 5.1 / b) * spread
    mode = floor((n + 1) * p)
    at_mode = lgamma(mode + 1.0) + lgamma(n - mode + 1.0)
    while True:
        u, v = uniform(stream) - 0.5, uniform(stream)
        us = 0.5 - abs(u)
        k = floor((2.0 * a / us + b) * u + n * p + 0.5)
        if us >= 0.07 and v <= accept:
            return int(k)
        if k < 0 or k > n:
            continue
        height = at_mode - lgamma(k + 1.0) - lgamma(n - k + 1.0) + (k - mode) * log(odds)
        if log(v * alpha / (a / (us * us) + b)) <= height:
            return int(k)
