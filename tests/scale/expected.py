"""What a release of the country must say, from the numbers that it was made of.

The sums are taken from the true figures of each region, not from a reading and not from SQL.
"""

from __future__ import annotations

import multiprocessing
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import NamedTuple

from tests.scale import figures
from tests.scale.figures import FIRST_YEAR, YEARS, failing, filled, printed
from tests.scale.places import AGENCIES, organs, place
from tests.scale.reports import Which

RECEIVED, HANDLED, REVIEWS = (
    "t3_received_new_total", "t3_processed_total_total", "t4_review_total",
)  # fmt: skip
ADDED = (RECEIVED, HANDLED, REVIEWS)


class Cell(NamedTuple):
    """A level, a kind of agency and a year: what is added up."""

    level: str
    kind: str
    year: int


@dataclass(slots=True)
class Sums:
    """What is expected of all reports together.

    Attributes:
        reports: How many there are of each cell.
        read: How many of them were read.
        framed: How many of these in regions that the archive's own list knows.
        added: Sums of some figures: (cell, figure) → number.
        failing: Report and check of each error.
        words: Reports that hold the planted word.
    """

    reports: Counter[Cell] = field(default_factory=Counter)
    read: Counter[Cell] = field(default_factory=Counter)
    framed: Counter[Cell] = field(default_factory=Counter)
    added: Counter[tuple[Cell, str]] = field(default_factory=Counter)
    failing: set[tuple[str, str]] = field(default_factory=set)
    words: set[str] = field(default_factory=set)

    def take(self, other: Sums) -> None:
        """Add what another part of the country expects."""
        self.reports.update(other.reports)
        self.read.update(other.read)
        self.framed.update(other.framed)
        self.added.update(other.added)
        self.failing |= other.failing
        self.words |= other.words


@dataclass(frozen=True, slots=True)
class Country:
    """How large a country is: so many reports, and years that were added later.

    Attributes:
        reports: Reports of the first years.
        more: Reports of each year that came later.
    """

    reports: int
    more: tuple[int, ...] = ()

    @property
    def size(self) -> int:
        """All reports."""
        return self.reports + sum(self.more)

    @property
    def room(self) -> int:
        """How many reports of a new year it can have: one of each agency of its whole regions."""
        return self.reports // (AGENCIES * YEARS) * AGENCIES

    def regions(self) -> int:
        """How many regions have a report."""
        return -(-self.reports // (AGENCIES * YEARS))

    def of_region(self, number: int) -> Iterator[Which]:
        """The reports of a region."""
        size = AGENCIES * YEARS
        for each in range(min(size, self.reports - number * size)):
            organ, year = divmod(each, YEARS)
            yield Which(number, organ, FIRST_YEAR + year)
        for later, more in enumerate(self.more):
            for organ in range(min(AGENCIES, more - number * AGENCIES)):
                yield Which(number, organ, FIRST_YEAR + YEARS + later)

    def some(self, count: int) -> list[Which]:
        """So many reports that were read, always the same, all later years among them."""
        dice = random.Random(f"some\x1f{self.size}")
        found: dict[Which, None] = {}
        while len(found) < min(count, self.size // 2):
            number = dice.randrange(self.regions())
            which = dice.choice([*self.of_region(number)])
            if not which.is_unread:
                found[which] = None
        return [*found]


def numbers(which: Which) -> dict[str, object]:
    """The numbers that the current version of a report prints, by column."""
    index = which.year - FIRST_YEAR
    values = _region(which.region, max(YEARS, index + 1))[which.organ][index]
    changed = ("t2_license_decisions", 1) if which.editions > 1 else None
    return dict(filled(printed(values, which.agency, which.year, changed)))


_region = lru_cache(maxsize=16)(figures.region)


def sums(country: Country, processes: int | None = None) -> Sums:
    """What is expected of a country, worked out in processes."""
    whole = Sums()
    with multiprocessing.Pool(processes) as pool:
        parts = range(country.regions())
        for part in pool.imap_unordered(partial(_of_region, country), parts, chunksize=4):
            whole.take(part)
    return whole


def _of_region(country: Country, number: int) -> Sums:
    found, level = Sums(), "county"
    if place(number).code.endswith("00"):
        level = "prefecture"
    values = figures.region(number, YEARS + len(country.more))
    for which in country.of_region(number):
        cell = Cell(level, organs()[which.organ].kind, which.year)
        found.reports[cell] += 1
        if which.is_unread:
            continue
        found.read[cell] += 1
        found.framed[cell] += place(number).listed is not None
        error = figures.planted(which.agency, which.year)
        for column in ADDED:
            more = error.more if error and error.column == column else 0
            true = values[which.organ][which.year - FIRST_YEAR][column]
            found.added[cell, column] += int(true or 0) + more
        found.failing.update((which.report_id, code) for code in failing(which.agency, which.year))
        if which.has_word:
            found.words.add(which.report_id)
    return found
