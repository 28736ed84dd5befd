"""A weighted ratio of errors to units, and how far the draw can have carried it.

The documents are the clusters: errors of one document come together, those of two do not.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

#: So many cells of a document in error speak before any has been found: they were all wrong.
_SUPPOSED = 3


@dataclass(frozen=True)
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

    @cached_property
    def in_error(self) -> Sequence[tuple[int, int]]:
        """Errors and units of its few documents with an error."""
        return [each for each in self.counted if each[0]]

    @cached_property
    def errors(self) -> int:
        """Of all its drawn documents."""
        return sum(errors for errors, _ in self.in_error)

    @cached_property
    def units(self) -> int:
        """Of all its drawn documents."""
        return sum(units for _, units in self.counted)

    @cached_property
    def squares(self) -> int:
        """The sum of the squared units of its documents."""
        return sum(units * units for _, units in self.counted)

    @cached_property
    def size(self) -> float:
        """How many cells the document has that a cell taken at random stands in."""
        # A document may have more errors than units; then it is as large as its errors are many.
        excess = [(e, units) for e, units in self.in_error if e > units]
        cells = self.units + sum(e - units for e, units in excess)
        squares = self.squares + sum(e * e - units * units for e, units in excess)
        return squares / cells if cells else 0.0

    def scatter(self, rate: float) -> float:
        """Sum of squares of errors less `rate` times units, about their mean."""
        total = self.errors - rate * self.units
        squares = rate * rate * self.squares
        squares += sum(e * (e - 2 * rate * units) for e, units in self.in_error)
        return max(0.0, squares - total * total / len(self.counted))


@dataclass(frozen=True)
class Ratio:
    """Errors among units, by strata, each with a drawn document."""

    strata: Sequence[Stratum]

    @cached_property
    def units(self) -> float:
        """Estimated units of the release."""
        return sum(each.weight * each.units for each in self.strata)

    @cached_property
    def estimate(self) -> float:
        """Estimated errors of the release, to its units."""
        return sum(each.weight * each.errors for each in self.strata) / self.units

    @cached_property
    def is_share(self) -> bool:
        """Whether no document has more errors than units."""
        return all(errors <= units for each in self.strata for errors, units in each.in_error)

    @property
    def complement(self) -> Ratio:
        """Of a share: the units without an error."""
        return Ratio(
            [
                Stratum(
                    each.population, [(units - errors, units) for errors, units in each.counted]
                )
                for each in self.strata
            ]
        )

    @cached_property
    def in_error(self) -> int:
        """Documents with an error, in strata that were not drawn whole."""
        return sum(len(each.in_error) for each in self.strata if each.left)

    @cached_property
    def effective(self) -> float:
        """How many documents in error, all of the same weight and errors, would say as much.

        Fewer than there are, if a few of them hold most of the errors.
        """
        added = [
            math.sqrt(each.left) * each.weight * errors
            for each in self.strata
            for errors, _ in each.in_error
        ]
        squares = sum(one * one for one in added)
        return sum(added) ** 2 / squares if squares else 0.0

    @cached_property
    def alone(self) -> float:
        """How many documents of one size would say as much if nothing is wrong in any."""
        squares = sum(each.left * each.weight**2 * each.squares for each in self.strata)
        return self.units**2 / squares if squares else math.inf

    @cached_property
    def largest(self) -> float:
        """The most that one drawn document adds to the rate."""
        shares = (
            math.sqrt(each.left) * each.weight * (errors - self.estimate * units)
            for each in self.strata
            for errors, units in each.in_error
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
        scatter = stratum.scatter(self.estimate)
        return stratum.left * stratum.weight**2 * number / (number - 1) * scatter

    @cached_property
    def together(self) -> float:
        """How alike the cells of a document are: 0 if errors fall singly, 1 if all at once."""
        pairs, possible = float(_SUPPOSED), float(_SUPPOSED)
        for errors, size in self._sizes():
            pairs += errors * (errors - 1)
            possible += errors * (size - 1)
        return max(0.0, (pairs / possible - self.estimate) / (1 - self.estimate))

    @cached_property
    def beside(self) -> float:
        """How many errors a document has beside one taken at random, and beyond mere chance.

        Of rows in error it is what the row has more, be the document small or great.
        """
        found = self._sizes()
        more = sum(e * (e - 1 - self.estimate * (size - 1)) for e, size in found)
        return max(0.0, more / sum(e for e, _ in found)) if found else 0.0

    def _sizes(self) -> list[tuple[int, int]]:
        """Errors and size of each document in error."""
        return [(e, max(e, units)) for each in self.strata for e, units in each.in_error]

    @cached_property
    def expected_variance(self) -> float:
        """Of the estimate, if errors fell together in every document as in those in error.

        Few documents in error say little of how large the next one is. How large documents are
        at all, every drawn one says.
        """
        found = sum(
            each.errors * self._of_one(each, self.together) for each in self.strata if each.errors
        )
        return (1 - self.estimate) * found / self.units**2

    @cached_property
    def next(self) -> float:
        """What one more document in error could well add to the rate, wherever it is.

        If a few documents hold most of the errors, there are others in which more cells went wrong
        together than in those that were found: hence a root, a square root at most.
        """
        uneven = self.effective / self.in_error if self.in_error else 1.0
        together = self.together ** max(uneven, 0.5)
        # What is left matters only where most of a stratum was drawn: one document is not less
        # wrong for others that were seen. `_of_one` has `left` in it already.
        found = sum(
            each.units * self._of_one(each, together) * min(1 / each.left, 2)
            for each in self.strata
            if each.left
        )
        return found / self.units**2

    def _of_one(self, stratum: Stratum, together: float) -> float:
        """The squared weight of an error of a stratum, with those that come with it."""
        others = max(0.0, stratum.size - 1)
        wrong = max(together * others, min(self.beside, others))
        return stratum.left * stratum.weight**2 * (1 + wrong)
