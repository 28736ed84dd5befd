"""A tile a province, each as large as any other, roughly where it lies. Pure.

Drawn as SVG by a template: the number is printed in the tile, the shade only supports it, and
every tile is a link that the keyboard reaches in the order of the codes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

SIZE, GAP = 76, 6
#: How many shades there are, from the palest to the darkest.
SHADES = 5
#: Tiles in a row of those that have no place on the map (fictional provinces).
_IN_A_ROW = 8
#: Code of a province → column and row.
_PLACES = {
    "23": (9, 0),
    "65": (0, 1), "15": (6, 1), "11": (7, 1), "21": (8, 1), "22": (9, 1),
    "63": (2, 2), "62": (3, 2), "64": (4, 2), "61": (5, 2), "14": (6, 2), "13": (7, 2),
    "12": (8, 2),
    "54": (1, 3), "51": (3, 3), "50": (4, 3), "42": (5, 3), "41": (6, 3), "37": (7, 3),
    "32": (8, 3),
    "53": (3, 4), "52": (4, 4), "43": (5, 4), "36": (6, 4), "34": (7, 4), "33": (8, 4),
    "31": (9, 4),
    "45": (4, 5), "44": (5, 5), "35": (6, 5), "71": (8, 5),
    "46": (4, 6), "82": (5, 6), "81": (6, 6),
}  # fmt: skip
#: Outside the frame: no code of a province, or the regulations are not in force there.
OUTSIDE = {"71": "台湾", "81": "香港", "82": "澳门"}
_CORPS = ("兵团", (0, 2))


@dataclass(frozen=True, slots=True)
class Told:
    """What a tile says.

    Attributes:
        code: Region code.
        name: Short name.
        number: Printed in it, or "" where there is none.
        note: Printed below the number.
        value: What the shade is chosen by; None leaves the tile white.
    """

    code: str
    name: str
    number: str
    note: str
    value: float | None


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile with its place; `told` None is outside the frame, and no link."""

    x: float
    y: float
    name: str
    told: Told | None = None
    shade: int | None = None


@dataclass(frozen=True, slots=True)
class Map:
    """All tiles and the size of the view box."""

    width: int
    height: int
    tiles: tuple[Tile, ...]
    bounds: tuple[float, ...]


def lay_out(told: Sequence[Told], top: float) -> Map:
    """The tiles of some provinces.

    Args:
        told: What is said of each, in the order in which the keyboard shall reach them.
        top: Value of the darkest shade's upper bound.
    """
    real = [each for each in told if each.code[:2] in _PLACES]
    rows = 7 if real else 0
    tiles = [_tile(each, _PLACES[each.code[:2]], top) for each in real if not _is_outside(each)]
    others = [each for each in told if each.code[:2] not in _PLACES]
    for number, each in enumerate(others):
        row, column = divmod(number, _IN_A_ROW)
        tiles.append(_tile(each, (column, rows + row), top))
    if real:
        tiles += [_grey(name, _PLACES[code]) for code, name in OUTSIDE.items()]
        tiles.append(_grey(*_CORPS))
    wide = 10 if real else max(1, min(_IN_A_ROW, len(others)))
    high = rows + -(-len(others) // _IN_A_ROW)
    bounds = tuple(top * (number + 1) / SHADES for number in range(SHADES))
    return Map(wide * (SIZE + GAP) - GAP, max(1, high) * (SIZE + GAP) - GAP, tuple(tiles), bounds)


def shade(value: float | None, top: float) -> int | None:
    """The number of a shade, 0 the palest; None for nothing.

    >>> shade(0, 1), shade(0.2, 1), shade(0.21, 1), shade(1, 1), shade(None, 1)
    (0, 0, 1, 4, None)
    """
    if value is None:
        return None
    if top <= 0:
        return 0
    return max(0, min(SHADES - 1, math.ceil(value * SHADES / top) - 1))


def _is_outside(told: Told) -> bool:
    return told.code[:2] in OUTSIDE


def _tile(told: Told, place: tuple[int, int], top: float) -> Tile:
    return Tile(*_corner(place), told.name, told, shade(told.value, top))


def _grey(name: str, place: tuple[int, int]) -> Tile:
    return Tile(*_corner(place), name)


def _corner(place: tuple[int, int]) -> tuple[float, float]:
    column, row = place
    return column * (SIZE + GAP), row * (SIZE + GAP)
