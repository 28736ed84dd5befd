"""Geometry of charts by year: stacked columns and lines, in units of their own view box. Pure.

A template draws them as SVG, so that every text is escaped; nothing runs in the browser. A
year without a number is a gap with a word in it, and joins no line. Series differ by pattern,
dash and marker, too, never by colour alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from archive.schema.indicators import breaks
from archive.site.numerals import ceiling, short

LEFT, TOP, PLOT = 56, 44, 200
LEAST_STEP, LEAST_WIDTH = 54, 380
BAR = 40
#: Room that the words for a break need; where there is less, they stand left of it.
ROOM = 112
#: So high must a piece of a column be for its number to be printed in it.
LEGIBLE = 13
#: What is drawn for a break of the series, where its title is too long.
_BREAKS = {"form": "2021 年格式起", "review_first": "2024 年复议前置起"}


@dataclass(frozen=True, slots=True)
class Series:
    """Numbers by year; a year that is not there, or None, is a gap."""

    code: str
    name: str
    values: Mapping[int, float | None]


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a column: of the series of a number, from `y` down."""

    number: int
    x: float
    y: float
    height: float
    text: str
    title: str


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a line."""

    x: float
    y: float
    title: str


@dataclass(frozen=True, slots=True)
class Path:
    """A line of the series of a number: its unbroken stretches, and all its points."""

    number: int
    name: str
    stretches: tuple[str, ...]
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Plot:
    """A chart.

    Attributes:
        width: Of the view box.
        height: Likewise.
        base: Where zero is.
        names: Names of the series.
        years: Year, middle of its place, and what is said below it.
        ticks: What is said at a height, and the height.
        gaps: Middle of the place of a year without a number, and why it has none.
        breaks: Where the series breaks, what that is, at which height it is said, and whether
            left of it.
        pieces: Of columns.
        paths: Lines.
    """

    width: float
    height: float
    base: float
    names: tuple[str, ...]
    years: tuple[tuple[int, float, str], ...]
    ticks: tuple[tuple[str, float], ...]
    gaps: tuple[tuple[float, str], ...]
    breaks: tuple[tuple[float, str, float, bool], ...]
    pieces: tuple[Piece, ...] = ()
    paths: tuple[Path, ...] = ()

    @property
    def legend(self) -> tuple[tuple[int, str], ...]:
        """Numbers and names of the series that are drawn, the uppermost first."""
        drawn = {each.number for each in self.pieces} | {each.number for each in self.paths}
        return tuple((number, self.names[number]) for number in sorted(drawn, reverse=True))


@dataclass(frozen=True, slots=True)
class Axis:
    """The years of a chart, the first and the last too.

    Attributes:
        years: All of them.
        notes: What is said below a year.
        gaps: Why a year has no number; `本档案未取得` where nothing is said.
        codes: Codes of the breaks that concern the series.
    """

    years: range
    notes: Mapping[int, str]
    gaps: Mapping[int, str]
    codes: frozenset[str]

    @property
    def step(self) -> float:
        """Width of a year's place."""
        return max(LEAST_STEP, (LEAST_WIDTH - LEFT) / max(1, len(self.years)))

    def middle(self, year: int) -> float:
        """The middle of a year's place."""
        return LEFT + self.step * (year - self.years.start + 0.5)


def columns(axis: Axis, series: Sequence[Series], *, percent: bool) -> Plot:
    """Stacked columns: of numbers, or of the shares of their sum.

    A year with a series that has no number has no column: the others would not be the whole.
    """
    whole = {year: _whole(series, year) for year in axis.years}
    top = 1.0 if percent else float(ceiling(max([v for v in whole.values() if v] or [1])))
    pieces: list[Piece] = []
    for year in axis.years:
        total = whole[year]
        if total:
            pieces += _column(axis, series, year, total, None if percent else top)
    empty = [year for year in axis.years if not whole[year]]
    return _plot(axis, series, top, empty, percent=percent, pieces=tuple(pieces))


def lines(axis: Axis, series: Sequence[Series]) -> Plot:
    """Lines of shares between 0 and 1, broken where a year has none."""
    values = [v for each in series for v in each.values.values() if v is not None]
    top = next(
        each for each in (0.1, 0.2, 0.4, 0.6, 0.8, 1.0, 2.0, 1e9) if each >= max(values or [1])
    )
    paths = tuple(_path(axis, number, each, top) for number, each in enumerate(series))
    empty = [y for y in axis.years if all(each.values.get(y) is None for each in series)]
    return _plot(axis, series, top, empty, percent=True, paths=paths)


def _whole(series: Sequence[Series], year: int) -> float | None:
    values = [each.values.get(year) for each in series]
    numbers = [value for value in values if value is not None]
    # Of a whole with a part below zero, no part is a share.
    is_whole = len(numbers) == len(values) and min(numbers, default=-1) >= 0
    return sum(numbers) if is_whole else None


def _column(
    axis: Axis, series: Sequence[Series], year: int, total: float, top: float | None
) -> Iterator[Piece]:
    """The pieces of a year; `top` None makes the column the whole height."""
    below = 0.0
    for number, each in enumerate(series):
        value = each.values.get(year) or 0.0
        if not value:
            continue
        height = PLOT * value / (top or total)
        share = f"{100 * value / total:.1f}%"
        text = short(value) if top else f"{100 * value / total:.0f}%"
        yield Piece(
            number,
            axis.middle(year) - BAR / 2,
            TOP + PLOT - below - height,
            height,
            text if height >= LEGIBLE or len(series) == 1 else "",
            f"{year} 年 {each.name}：{value:,.10g}" + (f"（{share}）" if len(series) > 1 else ""),
        )
        below += height


def _path(axis: Axis, number: int, series: Series, top: float) -> Path:
    points: list[Point] = []
    stretches: list[list[Point]] = [[]]
    for year in axis.years:
        value = series.values.get(year)
        if value is None:
            stretches.append([])
            continue
        point = Point(
            axis.middle(year),
            TOP + PLOT - PLOT * value / top,
            f"{year} 年 {series.name}：{100 * value:.1f}%",
        )
        points.append(point)
        stretches[-1].append(point)
    drawn = [" ".join(f"{p.x:.1f},{p.y:.1f}" for p in each) for each in stretches if len(each) > 1]
    return Path(number, series.name, tuple(drawn), tuple(points))


def _plot(
    axis: Axis,
    series: Sequence[Series],
    top: float,
    empty: Sequence[int],
    *,
    percent: bool,
    pieces: tuple[Piece, ...] = (),
    paths: tuple[Path, ...] = (),
) -> Plot:
    base = TOP + PLOT
    values = [top * k / 4 for k in range(5)]
    ticks = [f"{100 * v:g}%" if percent else short(v) for v in values]
    return Plot(
        width=LEFT + axis.step * len(axis.years) + 8,
        height=base + 42,
        base=base,
        names=tuple(each.name for each in series),
        years=tuple((y, axis.middle(y), axis.notes.get(y, "")) for y in axis.years),
        ticks=tuple((said, base - PLOT * k / 4) for k, said in enumerate(ticks)),
        gaps=tuple((axis.middle(y), axis.gaps.get(y, "未取得")) for y in empty),
        breaks=tuple(_broken(axis)),
        pieces=pieces,
        paths=paths,
    )


def _broken(axis: Axis) -> Iterator[tuple[float, str, float, bool]]:
    """Where the series breaks; words of neighbours stand at two heights."""
    found = [each for each in breaks() if each.code in axis.codes]
    for number, each in enumerate(found):
        if axis.years.start < each.year < axis.years.stop:
            x = axis.middle(each.year) - axis.step / 2
            is_left = axis.middle(axis.years[-1]) + axis.step / 2 - x < ROOM
            yield x, _BREAKS.get(each.code, each.title), 14.0 + 14 * (number % 2), is_left
