"""An invented country of reports with planted errors, and audits of it by the real code.

What it holds is known, so it can be told how often an audit's interval holds the truth. Reports
are mostly all zeros; the others have between 1 and 180 numbers, half of them 5 or fewer.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from archive.audit.draw import Drawn, Sample, pick
from archive.audit.frame import Document
from archive.audit.measures import MEASURES, Counts, Measure
from archive.audit.strata import content

FORMATS = {"html": 78, "pdf": 12, "docx": 7, "sheet": 2, "ofd": 1}
FORMS = {"2019": 38, "2021": 62}
ALL_ZERO = 0.72
SIZE = 12_000
#: How often errors are planted anew.
TRIES = 30
BY_NAME = {measure.name: measure for measure in MEASURES}


@dataclass(frozen=True)
class Country:
    """Reports, and how many numbers other than 0 each prints."""

    documents: Sequence[Document]
    nonzero: Sequence[int]

    def __len__(self) -> int:
        return len(self.documents)


@cache
def country(size: int = SIZE) -> Country:
    """A country of so many reports, always the same."""
    chance = random.Random("a country")
    documents, nonzero = [], []
    for n in range(size):
        format_ = chance.choices(list(FORMATS), list(FORMATS.values()))[0]
        form = chance.choices(list(FORMS), list(FORMS.values()))[0]
        numbers = 0
        if chance.random() >= ALL_ZERO:
            numbers = min(180, max(1, round(math.exp(chance.gauss(1.7, 1.1)))))
        traits = (format_, form, content(numbers, 200 - numbers))
        documents.append(Document(f"99{n:06d}-2024", f"99{n:06d}-2024.v1", f"{n:064x}", traits))
        nonzero.append(numbers)
    return Country(documents, nonzero)


@cache
def plain(size: int = SIZE) -> Country:
    """A country without all-zero reports, of one format and form: 20 to 60 numbers each."""
    chance = random.Random("a plain country")
    documents, nonzero = [], []
    for n in range(size):
        numbers = chance.randint(20, 60)
        traits = ("html", "2021", content(numbers, 200 - numbers))
        documents.append(Document(f"99{n:06d}-2024", f"99{n:06d}-2024.v1", f"{n:064x}", traits))
        nonzero.append(numbers)
    return Country(documents, nonzero)


#: Plants errors at about this rate: how many wrong cells each report has.
Plant = Callable[[Country, float, random.Random], list[int]]


def single(of: Country, rate: float, chance: random.Random) -> list[int]:
    """Each number is wrong or not for itself."""
    return [sum(chance.random() < rate for _ in range(n)) for n in of.nonzero]


def rows(of: Country, rate: float, chance: random.Random) -> list[int]:
    """Whole rows of up to seven numbers are wrong."""
    return [
        sum(min(7, n - first) for first in range(0, n, 7) if chance.random() < rate)
        for n in of.nonzero
    ]


def shifts(of: Country, rate: float, chance: random.Random) -> list[int]:
    """All numbers of a report are wrong, or none."""
    return [n if chance.random() < rate else 0 for n in of.nonzero]


def correlated(within: float) -> Plant:
    """Each report has a rate of its own, beta distributed, with this correlation within it."""

    def plant(of: Country, rate: float, chance: random.Random) -> list[int]:
        both = 1 / within - 1
        wrong = []
        for n in of.nonzero:
            own = chance.betavariate(both * rate, both * (1 - rate)) if n else 0
            wrong.append(sum(chance.random() < own for _ in range(n)))
        return wrong

    plant.__name__ = f"correlated {within}"
    return plant


uneven = correlated(0.25)
uneven.__name__ = "uneven"


def one_place(of: Country, rate: float, chance: random.Random) -> list[int]:
    """All errors are in small strata: PDF of 2019, sheets and OFD; half-wrong reports there."""
    there = [
        each.traits[:2] == ("pdf", "2019") or each.traits[0] in ("sheet", "ofd")
        for each in of.documents
    ]
    share = sum(n for n, here in zip(of.nonzero, there, strict=True) if here) / sum(of.nonzero)
    within = math.sqrt(min(1, rate / share))
    return [
        sum(chance.random() < within for _ in range(n)) if here and chance.random() < within else 0
        for n, here in zip(of.nonzero, there, strict=True)
    ]


def small_reports(of: Country, rate: float, chance: random.Random) -> list[int]:
    """Errors only in reports of six numbers or fewer."""
    share = sum(n for n in of.nonzero if n <= 6) / sum(of.nonzero)
    return [sum(n <= 6 and chance.random() < rate / share for _ in range(n)) for n in of.nonzero]


def great_reports(of: Country, rate: float, chance: random.Random) -> list[int]:
    """Errors only in reports of 20 numbers or more, half of whose numbers are then wrong."""
    share = sum(n for n in of.nonzero if n >= 20) / sum(of.nonzero)
    return [
        sum(chance.random() < 0.5 for _ in range(n))
        if n >= 20 and chance.random() < min(1, 2 * rate / share)
        else 0
        for n in of.nonzero
    ]


def mixed(of: Country, rate: float, chance: random.Random) -> list[int]:
    """Half of all errors are single, half are shifts of whole reports."""
    return [
        n if chance.random() < rate / 2 else sum(chance.random() < rate / 2 for _ in range(n))
        for n in of.nonzero
    ]


def any_report(of: Country, rate: float, chance: random.Random) -> list[int]:
    """A report has an error or none, be it all zeros or not."""
    return [int(chance.random() < rate) for _ in of.nonzero]


def zero_reports(of: Country, rate: float, chance: random.Random) -> list[int]:
    """Only all-zero reports of rarer formats have errors: those with the largest weights."""
    there = [
        not n and each.traits[0] != "html" for n, each in zip(of.nonzero, of.documents, strict=True)
    ]
    share = sum(there) / len(there)
    return [int(here and chance.random() < rate / share) for here in there]


#: Kinds of errors, each with the measure that is looked at.
KINDS: Mapping[str, tuple[Plant, str]] = {
    "single cells": (single, "wrong_per_nonzero"),
    "whole rows": (rows, "wrong_per_nonzero"),
    "whole reports": (shifts, "wrong_per_nonzero"),
    "uneven reports": (uneven, "wrong_per_nonzero"),
    "one small place": (one_place, "wrong_per_nonzero"),
    "small reports": (small_reports, "wrong_per_nonzero"),
    "great reports": (great_reports, "wrong_per_nonzero"),
    "reports": (any_report, "wrong_reports"),
    "rare all-zero reports": (zero_reports, "wrong_reports"),
}


#: The same in a plain country, as an outsider would try it.
PLAIN: Mapping[str, tuple[Plant, str]] = {
    "plain: cells": (single, "wrong_per_nonzero"),
    "plain: rows": (rows, "wrong_per_nonzero"),
    "plain: within 0.05": (correlated(0.05), "wrong_per_nonzero"),
    "plain: within 0.2": (correlated(0.2), "wrong_per_nonzero"),
    "plain: within 0.5": (correlated(0.5), "wrong_per_nonzero"),
    "plain: reports": (any_report, "wrong_reports"),
}


@dataclass(frozen=True)
class Planted:
    """A country with its errors, and the truth of it."""

    counts: Mapping[str, Counts]
    measure: Measure
    truth: float

    @cached_property
    def in_error(self) -> frozenset[str]:
        """Keys of the documents that have an error."""
        return frozenset(key for key, each in self.counts.items() if self.measure.errors(each))


@cache
def planted(
    plant: Plant,
    measure: str,
    rate: float,
    size: int = SIZE,
    make: Callable[[int], Country] = country,
) -> Planted:
    """Plant errors several times, and take the planting that comes nearest to the rate."""
    of, chance, looked = make(size), random.Random(f"{plant.__name__} {rate}"), BY_NAME[measure]
    units = sum(looked.units(Counts(nonzero=n)) for n in of.nonzero)

    def truth(wrong: Sequence[int]) -> float:
        return sum(looked.errors(Counts(wrong=n)) for n in wrong if n) / units

    tries = (plant(of, rate, chance) for _ in range(TRIES))
    wrong = min(tries, key=lambda each: abs(truth(each) - rate))
    counts = {
        document.key: Counts(printed=200, nonzero=nonzero, wrong=errors)
        for document, nonzero, errors in zip(of.documents, of.nonzero, wrong, strict=True)
    }
    return Planted(counts, looked, truth(wrong))


def samples(of: Country, size: int, number: int) -> Iterator[Sample]:
    """Draw so often, with seeds from 0 on."""
    for seed in range(number):
        strata, drawn = pick(of.documents, seed, size)
        yield sample(strata, drawn, seed)


def sample(
    strata: Mapping[str, tuple[int, int]], drawn: tuple[Drawn, ...], seed: int = 0
) -> Sample:
    """A sample of no release."""
    return Sample("", "", "", "", seed, strata, drawn)
