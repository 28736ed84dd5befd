"""A weighted ratio of errors to units, and how far the draw can have carried it.

The documents are the clusters: errors of one document come together, those of two do not.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

#: So many cells of a document in error speak before any has been found: they were all wrong.
_SUPPOSED = 3


@dataclass(frozen=True, slots=True)
class Stratum:
    """What was counted in the documents drawn from a stratum.

    Attributes:
        population: Documents of the release in it.
        counted: Errors and units of each drawn document.
    """

    population: int
    counted: Sequence[tuple[int, int]]

    @property
    def weight(self) -> float:
        """For how many documents each drawn one stands."""
        return self.population / len(self.counted)

    @property
    def left(self) -> float:
        """Share of its documents that were not drawn: 0 if nothing is left to chance."""
        return 1 - len(self.counted) / self.population


@dataclass(frozen=True)
class Ratio:
    """Errors among units, by strata; `Stratum`s without a drawn document cannot be."""

    strata: Sequence[Stratum]

    @cached_property
    def units(self) -> float:
        """Estimated units of the release."""
        return sum(each.weight * sum(units for _, units in each.counted) for each in self.strata)

    @cached_property
    def estimate(self) -> float:
        """Estimated errors of the release, to its units."""
        errors = sum(each.weight * sum(e for e, _ in each.counted) for each in self.strata)
        return errors / self.units

    @cached_property
    def in_error(self) -> int:
        """Documents with an error, in strata that were not drawn whole."""
        return sum(1 for each in self.strata if each.left for e, _ in each.counted if e)

    @cached_property
    def alone(self) -> float:
        """How many documents of one size would say as much if nothing is wrong in any."""
        squares = sum(
            each.left * each.weight**2 * sum(units * units for _, units in each.counted)
            for each in self.strata
        )
        return self.units**2 / squares if squares else math.inf

    @cached_property
    def largest(self) -> float:
        """The most that one drawn document adds to the rate."""
        shares = (
            math.sqrt(each.left) * each.weight * (errors - self.estimate * units)
            for each in self.strata
            for errors, units in each.counted
        )
        return max(shares, default=0.0) / self.units

    @cached_property
    def variance(self) -> float:
        """Of the estimate, from how the drawn documents of each stratum differ (linearised)."""
        return sum(self._variance_within(each) for each in self.strata) / self.units**2

    def _variance_within(self, stratum: Stratum) -> float:
        number = len(stratum.counted)
        if number < 2 or not stratum.left:
            return 0.0
        residuals = [errors - self.estimate * units for errors, units in stratum.counted]
        mean = sum(residuals) / number
        squares = sum((residual - mean) ** 2 for residual in residuals)
        return stratum.left * stratum.weight**2 * number / (number - 1) * squares

    @cached_property
    def together(self) -> float:
        """How alike the cells of a document are: 0 if errors fall singly, 1 if all at once."""
        pairs, possible = float(_SUPPOSED), float(_SUPPOSED)
        for errors, size in _in_error(self.strata):
            pairs += errors * (errors - 1)
            possible += errors * (size - 1)
        return max(0.0, (pairs / possible - self.estimate) / (1 - self.estimate))

    @cached_property
    def expected_variance(self) -> float:
        """Of the estimate, if errors fell together in every document as in those in error.

        Few documents in error say little of how large the next one is. How large documents are
        at all, every drawn one says.
        """
        found = 0.0
        for each in self.strata:
            errors = sum(e for e, _ in each.counted)
            if errors and each.left:
                sizes = [max(e, units) for e, units in each.counted]
                size = sum(s * s for s in sizes) / sum(sizes)
                found += each.left * each.weight**2 * errors * (1 + self.together * (size - 1))
        return (1 - self.estimate) * found / self.units**2


def _in_error(strata: Iterable[Stratum]) -> Iterable[tuple[int, int]]:
    """Errors and size of each document in error; it may have more errors than units."""
    for each in strata:
        for errors, units in each.counted:
            if errors:
                yield errors, max(errors, units)
