"""Geometry of the chart of an agency's page.

The template draws it as SVG, so that every text is escaped; nothing runs in the browser.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from extract.forms import forms

STEP = 84
LEFT = 52
TOP = 40
PLOT = 180
BAR = 26
SERIES = ("new", "processed")


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: `value` None draws no bar, only the word `missing`."""

    series: str
    year: int
    x: float
    y: float
    height: float
    value: float | None
    missing: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart in units of its own view box."""

    width: int
    height: int
    base: int
    bars: tuple[Bar, ...]
    years: tuple[tuple[int, float], ...]
    ticks: tuple[tuple[int, float], ...]
    breaks: tuple[tuple[str, float], ...]

    def gaps(self) -> list[tuple[int, float, str]]:
        """(year, x, word) of every bar that has no number; once a year if both lack it."""
        found: list[tuple[int, float, str]] = []
        for year, middle in self.years:
            empty = [bar for bar in self.bars if bar.year == year and bar.value is None]
            if len(empty) == len(SERIES):
                found.append((year, middle, empty[0].missing))
            else:
                found += [(year, bar.x + BAR / 2, bar.missing) for bar in empty]
        return found


@dataclass(frozen=True, slots=True)
class Point:
    """New requests and processed total of a year; None with a word why."""

    new: float | None
    processed: float | None
    missing: str = ""


def draw(points: Mapping[int, Point]) -> Chart | None:
    """Bars by year over every year from first to last; None without any number."""
    values = [v for p in points.values() for v in (p.new, p.processed) if v is not None]
    if not values:
        return None
    years = range(min(points), max(points) + 1)
    top = _ceiling(max(values))
    base = TOP + PLOT
    bars = tuple(
        _bar(series, index, year, points.get(year, Point(None, None, "未取得")), top)
        for index, year in enumerate(years)
        for series in SERIES
    )
    return Chart(
        width=LEFT + STEP * len(years) + 12,
        height=base + 34,
        base=base,
        bars=bars,
        years=tuple((year, _middle(index)) for index, year in enumerate(years)),
        ticks=tuple((round(top * k / 4), base - PLOT * k / 4) for k in range(5)),
        breaks=_breaks(years),
    )


def _bar(series: str, index: int, year: int, point: Point, top: int) -> Bar:
    value = point.new if series == "new" else point.processed
    height = 0.0 if value is None else max(0.0, PLOT * value / top)
    x = _middle(index) + (-BAR - 1 if series == "new" else 1)
    return Bar(series, year, x, TOP + PLOT - height, height, value, point.missing or "空白")


def _middle(index: int) -> float:
    return LEFT + STEP * index + STEP / 2


def _ceiling(value: float) -> int:
    """The next round number that four ticks divide."""
    step = 4
    while True:
        for factor in (1, 2, 5):
            if value <= step * factor:
                return step * factor
        step *= 10


def _breaks(years: range) -> tuple[tuple[str, float], ...]:
    """Where a new form begins: numbers on both sides do not all count the same."""
    return tuple(
        (f"{form.code}年格式起", LEFT + STEP * (form.first_year - years.start))
        for form in forms().values()
        if years.start < form.first_year <= years[-1]
    )
