"""Ruling lines to the cells of tables, and each cell's text.

pdfplumber's table functions find the cells (reading-tables §3: of all libraries measured
they lose none); which glyph stands in which cell, and what that says, is read here.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pdfplumber import table as plumber
from pdfplumber.utils.geometry import filter_edges

from ..types import DOUBT, WRAP, Cell
from .lines import SPACE as _SPACE
from .lines import Line, lines_of
from .page import Box, Edge, Glyph, Page, edge

_NEAR = 3.0  # points: edges nearer than this are one
_MOST_EDGES = 20_000  # a drawing, no table
_OPEN_SIDES = 3  # vertical lines that must end together to prove a row without a border
_FRAME = 0.6  # of the table's width: a cell alone in its row that is wider frames prose
_DIGITS = re.compile(r"[\d,.]+")
_STRIP = 6.0  # points: an empty cell that is lower is the gap of a double border
_NARROW = 8.0  # points: likewise one that is narrower, as no column with a heading is
_TOUCH = 0.12  # of the font size: digits so near on two sides of a border may be one number's
_LEVEL = 0.15  # of the font size: a digit whose middle is so near to a border stands upon it
_ALIGNED = 0.25  # of the font size: lines of one cell have their middle or a side in common
_LINE_PITCH = 2.0  # of the font size: lines of one number are nearer
_MOST_DIGITS = 9  # of a number put together: no count has more
_PADDING = 12.0  # points: what two sides of a cell's padding may take


@dataclass(frozen=True, slots=True)
class GridRow:
    """One row of a table: the cells that start in it.

    Attributes:
        page: Number of the page.
        box: The row's box, from its top to the bottom of its lowest cell.
        cells: From left to right.
        boxes: Their boxes.
        table: Number of the table on its page.
    """

    page: int
    box: Box
    cells: tuple[Cell, ...]
    boxes: tuple[Box, ...]
    table: int


def grid_rows(page: Page) -> tuple[list[GridRow], list[Glyph]]:
    """The rows of a page's tables, and the glyphs that stand in none of their cells.

    A row of one cell as wide as the table is a line of prose in a frame, or a heading over
    the whole table: its glyphs are given back.
    """
    rows: list[tuple[int, list[Box]]] = []
    for number, table in enumerate(_tables(page.edges), 1):
        by_top: dict[float, list[Box]] = defaultdict(list)
        for box in table:
            if not _is_gap(box, page.glyphs):
                by_top[box.top].append(box)
        width = max(box.x1 for box in table) - min(box.x0 for box in table)
        for top in sorted(by_top):
            boxes = sorted(by_top[top], key=lambda box: box.x0)
            if len(boxes) > 1 or boxes[0].x1 - boxes[0].x0 < _FRAME * width:
                rows.append((number, boxes))
    held, outside, doubted = _placed(page.glyphs, [box for _, boxes in rows for box in boxes])
    made = [
        GridRow(
            page.number,
            Box(boxes[0].x0, boxes[0].top, boxes[-1].x1, max(box.bottom for box in boxes)),
            tuple(
                Cell(
                    cell_text(held[box], box) + DOUBT * (box in doubted),
                    box.place(page.number),
                )
                for box in boxes
            ),
            tuple(boxes),
            number,
        )
        for number, boxes in rows
    ]
    return made, outside


def _is_gap(box: Box, glyphs: Iterable[Glyph]) -> bool:
    """Whether a cell is the gap between the two lines of a double border."""
    thin = box.x1 - box.x0 < _NARROW or box.bottom - box.top < _STRIP
    return thin and not any(
        box.holds((glyph.box.x0 + glyph.box.x1) / 2, glyph.middle) for glyph in glyphs
    )


def _placed(
    glyphs: Iterable[Glyph], boxes: Sequence[Box]
) -> tuple[dict[Box, list[Glyph]], list[Glyph], set[Box]]:
    """Each glyph to the box that holds its middle; those that no box holds; doubtful boxes."""
    held: dict[Box, list[Glyph]] = {box: [] for box in boxes}
    outside: list[Glyph] = []
    level: dict[float, list[Box]] = {}  # glyphs of one line have one middle
    digits: list[tuple[Glyph, Box | None]] = []
    for glyph in glyphs:
        y = glyph.middle
        if y not in level:
            level[y] = [box for box in boxes if box.top <= y <= box.bottom]
        x = (glyph.box.x0 + glyph.box.x1) / 2
        for box in level[y]:
            if box.x0 <= x <= box.x1:
                held[box].append(glyph)
                owner: Box | None = box
                break
        else:
            outside.append(glyph)
            owner = None
        if glyph.text.isdigit():
            digits.append((glyph, owner))
    return held, outside, _doubted(digits)


def _doubted(digits: Sequence[tuple[Glyph, Box | None]]) -> set[Box]:
    """Boxes with a part of a number that goes on beyond their border, or stands upon it."""
    digits = sorted(digits, key=lambda each: (each[0].middle, each[0].box.x0))
    doubted = {
        box
        for glyph, box in digits
        if box and min(glyph.middle - box.top, box.bottom - glyph.middle) < _LEVEL * glyph.size
    }
    for (before, left), (glyph, right) in pairwise(digits):
        if left is right or before.middle != glyph.middle:
            continue
        over = any(_is_over(g, box) for g, box in ((before, left), (glyph, right)))
        near = (_SPACE if over else _TOUCH) * max(before.size, glyph.size)
        if abs(glyph.box.x0 - before.box.x1) <= near:
            doubted |= {box for box in (left, right) if box}
    return doubted


def _is_over(glyph: Glyph, box: Box | None) -> bool:
    """Whether a good part of a glyph stands over its box's border."""
    part = (glyph.box.x1 - glyph.box.x0) / 4
    return box is not None and (box.x0 - glyph.box.x0 > part or glyph.box.x1 - box.x1 > part)


def cell_text(glyphs: Sequence[Glyph], box: Box) -> str:
    """A cell's text, its lines separated by line breaks.

    A number that is broken because its column is too narrow for one more digit is put
    together, with `WRAP` at the break. Two numbers above each other in a cell that has
    room stay apart, and are none.
    """
    lines = lines_of(glyphs)
    texts = [line.text for line in lines]
    if len(lines) < 2 or not all(_DIGITS.fullmatch(text) for text in texts):
        return "\n".join(texts)
    room = box.x1 - box.x0 - _PADDING
    full = all(
        line.box.x1 - line.box.x0 + _digit(line.text, line.box) > room for line in lines[:-1]
    )
    digits = sum(map(len, texts))
    one = full and digits <= _MOST_DIGITS and all(_goes_on(a, b) for a, b in pairwise(lines))
    return WRAP.join(texts) if one else " ".join(texts)


def _goes_on(above: Line, below: Line) -> bool:
    """Whether two lines are set as lines of one cell: in one size, one below the other."""
    a, b, size = above.box, below.box, max(above.size, below.size)
    near = min(abs(a.x0 - b.x0), abs(a.x1 - b.x1), abs(a.x0 + a.x1 - b.x0 - b.x1) / 2)
    same = abs(above.size - below.size) < 0.1 * size
    return same and near < _ALIGNED * size and size * 0.8 < b.top - a.top < _LINE_PITCH * size


def _digit(text: str, box: Box) -> float:
    """Width of one digit of a line."""
    return (box.x1 - box.x0) / max(1, len(text))


def _tables(edges: Sequence[Edge]) -> list[list[Box]]:
    """Cells of each table, from the top down."""
    if len(edges) > _MOST_EDGES:
        return []
    straight = [e for e in edges if e["orientation"] in ("h", "v")]
    merged = _merged(straight)
    merged = _merged([*merged, *_missing_borders(merged)])
    crossings = plumber.edges_to_intersections(merged, _NEAR, _NEAR)
    cells = plumber.intersections_to_cells(crossings)
    return [[Box(*cell) for cell in table] for table in plumber.cells_to_tables(cells)]


def _merged(edges: list[Edge]) -> list[Edge]:
    """Edges of one line put together, specks left out."""
    merged = plumber.merge_edges(edges, _NEAR, _NEAR, _NEAR, _NEAR)
    return list(filter_edges(merged, min_length=_NEAR))


def _missing_borders(edges: Sequence[Edge]) -> list[Edge]:
    """Borders that a table lacks where a page ends inside one of its cells.

    They are where several vertical lines end together; one drawn already does no harm.
    """
    down = [e for e in edges if e["orientation"] == "v"]
    made: list[Edge] = []
    for side in ("top", "bottom"):
        ends: dict[float, list[float]] = defaultdict(list)
        for line in down:
            near = next((y for y in ends if abs(y - line[side]) <= _NEAR), line[side])
            ends[near].append(line["x0"])
        made += [
            edge(min(group), y, max(group), y)
            for y, group in ends.items()
            if len(group) >= _OPEN_SIDES
        ]
    return made
