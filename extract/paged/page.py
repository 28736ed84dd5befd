"""What a page of a PDF or an OFD holds: glyphs and ruling lines, each with its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

#: An edge as pdfplumber's table functions take it: orientation, x0, x1, top, bottom, …
Edge = dict[str, Any]

_TWICE = 0.15  # of the font size: the same character drawn so near is bold, not two


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page, measured from its upper left corner, in points."""

    x0: float
    top: float
    x1: float
    bottom: float

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies in it."""
        return self.x0 <= x <= self.x1 and self.top <= y <= self.bottom

    def place(self, page: int) -> str:
        """Its locator: `p3@72,101,520,118`."""
        return f"p{page}@{self.x0:.0f},{self.top:.0f},{self.x1:.0f},{self.bottom:.0f}"


@dataclass(frozen=True, slots=True)
class Glyph:
    """One printed character.

    Attributes:
        text: The character (a ligature may be two).
        box: Where it stands; its height is the font's, not the ink's.
        size: Font size in points.
    """

    text: str
    box: Box
    size: float

    @property
    def middle(self) -> float:
        """Height of its middle, measured from the top of the page."""
        return (self.box.top + self.box.bottom) / 2


@dataclass(frozen=True, slots=True)
class Page:
    """One page.

    Attributes:
        number: Counted from 1.
        width: In points.
        height: In points.
        glyphs: Its characters, white space left out.
        edges: Its ruling lines and the borders of its rectangles.
    """

    number: int
    width: float
    height: float
    glyphs: tuple[Glyph, ...]
    edges: tuple[Edge, ...] = ()


def around(glyphs: list[Glyph]) -> Box:
    """The box around some glyphs."""
    boxes = [glyph.box for glyph in glyphs]
    return Box(
        min(box.x0 for box in boxes),
        min(box.top for box in boxes),
        max(box.x1 for box in boxes),
        max(box.bottom for box in boxes),
    )


def edge(x0: float, top: float, x1: float, bottom: float) -> Edge:
    """A ruling line from one point to another, horizontal or vertical."""
    return {
        "orientation": "h" if x1 - x0 >= bottom - top else "v",
        "object_type": "line",
        "x0": x0,
        "x1": x1,
        "top": top,
        "bottom": bottom,
        "width": x1 - x0,
        "height": bottom - top,
    }


def once(glyphs: Iterable[Glyph]) -> Iterator[Glyph]:
    """The glyphs without those drawn a second time at the same place, to look bold."""
    seen: dict[tuple[str, int, int], list[Glyph]] = {}
    for glyph in glyphs:
        near = _TWICE * max(glyph.size, 1.0)
        column, row = round(glyph.box.x0 / near), round(glyph.box.top / near)
        around_it = (
            other
            for dx in (-1, 0, 1)
            for dy in (-1, 0, 1)
            for other in seen.get((glyph.text, column + dx, row + dy), ())
        )
        if not any(_is_near(glyph.box, other.box, near) for other in around_it):
            yield glyph
        seen.setdefault((glyph.text, column, row), []).append(glyph)


def _is_near(box: Box, other: Box, near: float) -> bool:
    return abs(box.x0 - other.x0) <= near and abs(box.top - other.top) <= near
