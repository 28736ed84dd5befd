"""The heat table of the home page: regions × years, shaded by the share that was read.

Every cell prints what its shade says: how many reports were read, of how many. A shade alone
says nothing, and a share is never shown without its number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

#: Shares from which a shade is used; none read has none of them.
SHADES = ((1.0, 5), (0.75, 4), (0.5, 3), (0.25, 2), (0.0, 1))
#: What each shade means, for the key.
MEANINGS = {0: "0", 1: "不足 25%", 2: "25% 起", 3: "50% 起", 4: "75% 起", 5: "100%"}


@dataclass(frozen=True, slots=True)
class Square:
    """One region in one year.

    Attributes:
        read: Reports read.
        whole: Agencies that there should be, or that are known.
        shade: 0 (none read) to 5 (all).
    """

    read: int
    whole: int
    shade: int


@dataclass(frozen=True, slots=True)
class Line:
    """A region and its squares; a year in which it was not there has None."""

    code: str
    name: str
    squares: tuple[Square | None, ...]


@dataclass(frozen=True, slots=True)
class Heat:
    """The whole table.

    Attributes:
        by: `province` or `region`.
        against: What the reports are counted against: `expected` (agencies that there should
            be) or `known` (agencies of which this archive has a report).
        years: The columns, the latest first.
        lines: The rows.
        every: All reports read, by column: also those that no line counts.
        hidden: How many regions more there are.
    """

    by: str
    against: str
    years: tuple[int, ...]
    lines: tuple[Line, ...]
    every: tuple[int, ...]
    hidden: int = 0


def shade(read: int, whole: int) -> int:
    """The shade of a share; some are never shown as none, nor nearly all as all.

    >>> [shade(*each) for each in ((0, 9), (1, 9000), (1, 4), (8999, 9000), (9, 9), (0, 0))]
    [0, 1, 2, 4, 5, 0]
    """
    if not read or not whole:
        return 0
    return next(number for least, number in SHADES if read / whole >= least)


def lines(
    cells: Iterable[tuple[str, str, int, int, int]], years: Iterable[int]
) -> tuple[Line, ...]:
    """Rows of (code, name, year, read, whole), put together by code in the order they come."""
    found: dict[str, tuple[str, dict[int, Square]]] = {}
    for code, name, year, read, whole in cells:
        squares = found.setdefault(code, (name, {}))[1]
        squares[year] = Square(read, whole, shade(read, whole))
    columns = tuple(years)
    return tuple(
        Line(code, name, _row(squares, columns)) for code, (name, squares) in found.items()
    )


def _row(squares: Mapping[int, Square], years: Iterable[int]) -> tuple[Square | None, ...]:
    return tuple(squares.get(year) for year in years)
