"""`make prove ONLY=audit`: how often the interval of an audit holds the rate that was planted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context

from archive.audit.draw import Sample
from archive.audit.estimate import estimate
from tests.audit_population import (
    KINDS,
    PLAIN,
    SIZE,
    Country,
    Planted,
    country,
    mixed,
    plain,
    planted,
    samples,
)

AUDITS = 1_000
RATES = (0.001, 0.01, 0.05)
SIZES = (100, 300, 1_000)
#: Reports of the plain country.
FEW = 3_000
#: What issue 8 asks for.
AT_LEAST, AT_MOST, ERRORS = 0.93, 0.97, 20
#: Of these no sample of this size tells but the cautious end: docs/audit.md.
MIXED = "mixed, cautious end"
#: Where the interval may be wider than it need be, and why: docs/audit.md.
WIDE = frozenset({"one small place", MIXED})


@dataclass
class Told:
    """What so many audits of one country said."""

    truth: float
    audits: int = 0
    held: int = 0
    below: int = 0
    above: int = 0
    errors: int = 0
    in_error: int = 0
    estimates: float = 0.0
    widths: float = 0.0
    cautious: int = 0
    cautious_widths: float = 0.0

    @property
    def coverage(self) -> float:
        """Share of the audits whose interval holds the truth."""
        return self.held / self.audits

    def add(self, sample: Sample, of: Planted) -> None:
        """Count and estimate one sample."""
        (rate,) = estimate(sample, of.counts, [of.measure])
        self.audits += 1
        self.held += rate.low <= self.truth <= rate.high
        self.below += self.truth < rate.low
        self.above += self.truth > rate.high
        self.errors += rate.errors
        self.in_error += sum(drawn.key in of.in_error for drawn in sample.drawn)
        self.estimates += rate.estimate
        self.widths += rate.high - rate.low
        self.cautious += rate.low <= self.truth <= rate.cautious_high
        self.cautious_widths += rate.cautious_high - rate.low


def audit(drawn: Sequence[Sample], of: Planted) -> Told:
    """Audit one country by many samples."""
    told = Told(of.truth)
    for each in drawn:
        told.add(each, of)
    return told


HEAD = (
    f"{'errors':22}{'rate':>8}{'drawn':>6}{'errors':>8}{'docs':>7}"
    f"{'held':>8}{'below':>7}{'above':>7}{'mean':>9}{'width':>8}{'cautious':>10}{'width':>8}"
)


def line(kind: str, size: int, told: Told) -> str:
    """A row of the table."""
    n = told.audits
    return (
        f"{kind:22}{told.truth:8.3%}{size:6}{told.errors / n:8.1f}{told.in_error / n:7.1f}"
        f"{told.coverage:8.1%}{told.below / n:7.1%}{told.above / n:7.1%}"
        f"{told.estimates / n:9.3%}{told.widths / n:8.2%}"
        f"{told.cautious / n:10.1%}{told.cautious_widths / n:8.2%}"
    )


def prove() -> bool:
    """1,000 audits of each kind, rate and size."""
    good = True
    print(HEAD)
    for size in SIZES:
        _drawn(plain, FEW, size)  # once, before the processes part
        _drawn(country, SIZE, size)
        with ProcessPoolExecutor(mp_context=get_context("fork")) as pool:
            for lines in pool.map(_lines, [(size, kind) for kind in (*PLAIN, *KINDS, MIXED)]):
                for said, right in lines:
                    print(said, flush=True)
                    good &= right
    return good


@cache
def _drawn(make: Callable[[int], Country], reports: int, size: int) -> Sequence[Sample]:
    return list(samples(make(reports), size, AUDITS))


def _lines(task: tuple[int, str]) -> list[tuple[str, bool]]:
    """The rows of a kind, and whether each holds what is demanded."""
    size, kind = task
    plant, measure = {**PLAIN, **KINDS, MIXED: (mixed, "wrong_per_nonzero")}[kind]
    make, reports = (plain, FEW) if kind in PLAIN else (country, SIZE)
    drawn = _drawn(make, reports, size)
    return [
        _line_of(kind, size, audit(drawn, planted(plant, measure, rate, reports, make)))
        for rate in RATES
    ]


def _line_of(kind: str, size: int, told: Told) -> tuple[str, bool]:
    coverage = told.cautious / told.audits if kind == MIXED else told.coverage
    many = told.in_error / told.audits >= ERRORS and kind not in WIDE
    why = "too wide" if many and coverage > AT_MOST else ""
    why = "too narrow" if coverage < AT_LEAST else why
    return line(kind, size, told) + (f" <-- {why}" if why else ""), not why
