"""Geometry of the chart of an agency's page: what came in beside what became of it, by year.

Both bars of a year are stacks of printed figures, so that a report in order has two of one
height. The template draws it as SVG, so that every text is escaped; nothing runs in the
browser.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from archive.site.numerals import ceiling, short
from extract.forms import forms

STEP = 84
LEFT = 52
TOP = 40
PLOT = 190
BAR = 28

#: What the two bars of a year are stacked of, from below, with the words of the key.
REQUESTS = {"received_new": "本年新收", "carried_in": "上年结转"}
OUTCOMES = {
    "granted": "予以公开",
    "partial": "部分公开",
    "denied": "不予公开",
    "unavailable": "无法提供",
    "not_processed": "不予处理",
    "other": "其他处理",
    "carried_out": "结转下年",
}

Values = Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of a bar."""

    series: str
    word: str
    value: float
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar.

    Attributes:
        year: Its year.
        x: Its left edge.
        top: Its upper edge.
        parts: Its pieces, from below; those of 0 are not drawn.
        total: Their sum, or None where a piece is not known.
        missing: How many pieces are not known.
    """

    year: int
    x: float
    top: float
    parts: tuple[Part, ...]
    total: float | None
    missing: int


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart in units of its own view box.

    Attributes:
        gaps: (year, middle, word) of years without any bar.
    """

    width: int
    height: int
    base: int
    bars: tuple[Bar, ...]
    years: tuple[tuple[int, float], ...]
    ticks: tuple[tuple[str, float], ...]
    breaks: tuple[tuple[str, float], ...]
    gaps: tuple[tuple[int, float, str], ...]

    @property
    def incomplete(self) -> bool:
        """Whether a bar lacks a piece."""
        return any(bar.missing for bar in self.bars)


@dataclass(frozen=True, slots=True)
class Point:
    """The figures of a year by name; where there is none at all, a word why."""

    values: Values = field(default_factory=dict)
    missing: str = "未取得"

    def known(self, series: Mapping[str, str]) -> list[float]:
        """Those of some series that are numbers. An amount below 0 is an error of reading."""
        found = (self.values.get(name) for name in series)
        return [value for value in found if value is not None and value >= 0]


def draw(points: Mapping[int, Point]) -> Chart | None:
    """Bars by year over every year from first to last; None without any number."""
    drawn = {year: point for year, point in points.items() if _sums(point)}
    if not drawn:
        return None
    years = range(min(points), max(points) + 1)
    top = ceiling(max(max(_sums(point)) for point in drawn.values()))
    base = TOP + PLOT
    bars = [
        _bar(year, index, series, drawn[year], top)
        for index, year in enumerate(years)
        if year in drawn
        for series in (REQUESTS, OUTCOMES)
        if drawn[year].known(series)
    ]
    return Chart(
        width=LEFT + STEP * len(years) + 12,
        height=base + 34,
        base=base,
        bars=tuple(bars),
        years=tuple((year, _middle(index)) for index, year in enumerate(years)),
        ticks=tuple((short(top * k // 4), base - PLOT * k / 4) for k in range(5)),
        breaks=_breaks(years),
        gaps=tuple(
            (year, _middle(index), points.get(year, Point()).missing)
            for index, year in enumerate(years)
            if year not in drawn
        ),
    )


def _sums(point: Point) -> list[float]:
    return [sum(known) for each in (REQUESTS, OUTCOMES) if (known := point.known(each))]


def _bar(year: int, index: int, series: Mapping[str, str], point: Point, top: int) -> Bar:
    parts: list[Part] = []
    y = float(TOP + PLOT)
    for name, word in series.items():
        value = point.values.get(name)
        if value is not None and value > 0:
            height = PLOT * value / top
            y -= height
            parts.append(Part(name, word, value, round(y, 1), round(height, 1)))
    known = point.known(series)
    return Bar(
        year=year,
        x=_middle(index) + (-BAR - 1 if series is REQUESTS else 1),
        top=round(y, 1),
        parts=tuple(parts),
        total=sum(known) if len(known) == len(series) else None,
        missing=len(series) - len(known),
    )


def _middle(index: int) -> float:
    return LEFT + STEP * index + STEP / 2


def _breaks(years: range) -> tuple[tuple[str, float], ...]:
    """Where a new form begins: numbers on both sides do not all count the same."""
    return tuple(
        (f"{form.code}年格式起", LEFT + STEP * (form.first_year - years.start))
        for form in forms().values()
        if years.start < form.first_year <= years[-1]
    )
