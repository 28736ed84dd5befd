"""The 95 % interval of a ratio whose errors are rare and come in clusters.

Why this one, against which others, and where it fails: docs/audit.md.
"""

from __future__ import annotations

import math

from .quantiles import beta_quantile
from .ratio import Ratio

#: Chance that the true rate lies below the interval, and above it.
_TAIL = 0.025
#: If no error was found, above it; below is nothing (“the rule of three”).
_TAIL_OF_NONE = 0.05
#: With so many effective documents in error, what they show counts as much as what was expected.
_BELIEVED_FROM = 10
#: The next document in error is taken for so large, measured by the largest found.
_NEXT = 0.5
_NORMAL = 1.959964


def interval(ratio: Ratio) -> tuple[float, float]:
    """Lower and upper end, as fractions of 1.

    Where more errors than units are possible (invented cells), the upper end may be above 1.
    """
    rate = ratio.estimate
    if rate > 0.5 and ratio.is_share:
        low, high = interval(ratio.complement)  # what is rare is that nothing is wrong
        return 1 - high, 1 - low
    if math.isinf(ratio.alone) and not ratio.in_error:
        return rate, rate  # every document with such a unit was drawn
    if not ratio.in_error:
        # What was found stands in strata that were drawn whole; the others showed none.
        return _low_of(ratio), rate + none_found(ratio.alone)
    variance = _variance(ratio)
    if rate >= 1 or not variance:
        return _by_factor(rate, variance)
    size = rate * (1 - rate) / variance
    low = beta_quantile(_TAIL, rate * size, size * (1 - rate) + 1)
    next_ = max(_mixed(ratio, ratio.next, _NEXT * ratio.largest), variance / rate)
    # One small error found must not say less of the rest than none found.
    rest = none_found(ratio.alone) / ratio.in_error
    return min(low, rate), max(_upper(rate, variance, next_), rate, rest)


def cautious_high(ratio: Ratio, high: float) -> float:
    """Upper end if there may be reports that are wrong as a whole, and the sample holds none.

    As if one more document had been found, wrong in all cells, and of the size that most cells
    are in. One-sided, so that it begins where the interval of no error found ends. It cannot
    hold for errors that are more than a document has units: so it is told of no rate above 1.

    Args:
        ratio: The ratio.
        high: Upper end of its interval; the cautious one is not below it.
    """
    if math.isinf(ratio.alone) or ratio.estimate >= 1 or not ratio.in_error:
        return high
    next_ = 1 / ratio.alone
    return max(high, _upper(ratio.estimate, ratio.variance, next_, _TAIL_OF_NONE))


def none_found(documents: float) -> float:
    """Upper end if so many documents, drawn at random, have no error at all."""
    return -math.expm1(math.log(_TAIL_OF_NONE) / documents)


def _low_of(ratio: Ratio) -> float:
    rate = ratio.estimate
    return _by_factor(rate, ratio.variance)[0] if rate else 0.0


def _variance(ratio: Ratio) -> float:
    """The variance of the sample, held up by the expected one while few errors were found."""
    if ratio.estimate >= 1:
        return ratio.variance
    return max(_mixed(ratio, ratio.expected_variance, ratio.variance), ratio.variance)


def _mixed(ratio: Ratio, expected: float, found: float) -> float:
    """What was expected, and what was found the more documents in error there are."""
    believed = ratio.effective**2 / (_BELIEVED_FROM**2 + ratio.effective**2)
    return believed * found + (1 - believed) * expected


def _upper(rate: float, variance: float, next_: float, tail: float = _TAIL) -> float:
    """Upper end: as if one more document in error had been found."""
    rate, variance = rate + next_, variance + next_**2
    size = rate * (1 - rate) / variance if rate < 1 else 0.0
    return beta_quantile(1 - tail, rate * size, (1 - rate) * size) if size > 0 else 1.0


def _by_factor(rate: float, variance: float) -> tuple[float, float]:
    """Where a rate is no share of anything: normal on the scale of logarithms."""
    factor = math.exp(_NORMAL * math.sqrt(variance) / rate)
    return rate / factor, rate * factor
