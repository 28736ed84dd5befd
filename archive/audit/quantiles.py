"""Quantiles of the beta distribution: no library that has them is needed to run."""

from __future__ import annotations

import math

_TINY = 1e-300
_CLOSE = 1e-15
_TERMS = 10_000


def _fraction(a: float, b: float, x: float) -> float:
    """The continued fraction of the incomplete beta function, by Lentz's method."""
    c, d = 1.0, 1.0 - (a + b) * x / (a + 1.0)
    d = 1.0 / (d if abs(d) > _TINY else _TINY)
    whole = d
    for m in range(1, _TERMS):
        even = m * (b - m) * x / ((a + 2 * m - 1.0) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1.0))
        for step in (even, odd):
            d = 1.0 + step * d
            d = 1.0 / (d if abs(d) > _TINY else _TINY)
            c = 1.0 + step / c
            c = c if abs(c) > _TINY else _TINY
            whole *= d * c
        if abs(d * c - 1.0) < _CLOSE:
            break
    return whole


def beta_below(x: float, a: float, b: float) -> float:
    """Share of the beta distribution of `a` and `b` that lies below `x`."""
    if x <= 0.0:
        return 0.0
    if x >= 1.0:
        return 1.0
    log = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    front = math.exp(log + a * math.log(x) + b * math.log1p(-x))
    if x < (a + 1.0) / (a + b + 2.0):
        return front * _fraction(a, b, x) / a
    return 1.0 - front * _fraction(b, a, 1.0 - x) / b


def beta_quantile(share: float, a: float, b: float) -> float:
    """Below which the beta distribution of `a` and `b` has this share.

    By Newton's steps, and by halving where a step leaves what is left to search.
    """
    low, high, x = 0.0, 1.0, a / (a + b)
    log = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    for _ in range(200):
        over = beta_below(x, a, b) - share
        low, high = (low, x) if over > 0 else (x, high)
        density = math.exp(log + (a - 1) * math.log(x) + (b - 1) * math.log1p(-x))
        step = over / density if density else math.inf
        nearer = x - step if low < x - step < high else (low + high) / 2
        if abs(nearer - x) <= 1e-12 * x or not 0.0 < nearer < 1.0:
            return nearer
        x = nearer
    return x
