"""Pages to documents: by their ruling lines, by the places of their words, by their text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from ..formats import text
from ..types import Cell, Document, Row
from .breaks import mended
from .divided import undivided
from .grid import GridRow, grid_rows
from .lines import Line, lines_of, margins_of, paragraphs, without_page_marks
from .page import Page
from .segments import has_broken_numbers
from .words import word_rows

_NUMBER = re.compile(r"\d+")
_DEEP = 1e-6  # rows and lines of one height: the row comes first


def layouts_of(pages: Sequence[Page], kind: str, pictures: int = 0) -> Iterator[Document]:
    """Documents of the same pages, best guess first, made as they are asked for.

    Numbers that are broken over two lines can be put together inside a ruled cell only:
    where they stand outside, there is no second guess.

    Args:
        pages: In reading order.
        kind: `pdf` or `ofd`.
        pictures: How many pages are pictures, and not among them.
    """
    yield Document(tuple(_by_grid(pages)), kind, pictures=pictures)
    lines = without_page_marks(pages, [line for page in pages for line in _lines(page)])
    if has_broken_numbers(lines):
        return
    yield Document(tuple(word_rows(lines)), kind, pictures=pictures)
    rows, kept = _by_text(lines)
    yield Document(tuple(rows), kind, blanks_kept=kept, own_cells=False, pictures=pictures)


def _lines(page: Page) -> list[Line]:
    return lines_of(page.glyphs, page.number)


def _by_grid(pages: Sequence[Page]) -> Iterator[Row]:
    """Rows of ruled tables, and paragraphs of what stands outside them."""
    rows: list[GridRow] = []
    lines: list[Line] = []
    for page in pages:
        found, outside = grid_rows(page)
        rows += undivided(found)
        lines += lines_of(outside, page.number)
    lines = without_page_marks(pages, lines)
    margins = margins_of(lines)
    items: list[tuple[int, float, GridRow | Line]] = [
        (row.page, row.box.top - _DEEP, row) for row in mended(rows, lines)
    ]
    items += [(line.page, line.box.top, line) for line in lines]
    items.sort(key=lambda item: item[:2])
    for is_row, group in groupby(items, key=lambda item: isinstance(item[2], GridRow)):
        if is_row:
            for _, _, row in group:
                assert isinstance(row, GridRow)
                yield Row(row.cells, tabular=True)
        else:
            prose = [item for _, _, item in group if isinstance(item, Line)]
            for paragraph in paragraphs(prose, margins):
                yield Row((Cell(paragraph.text, paragraph.place),))


def _by_text(lines: Sequence[Line]) -> tuple[list[Row], bool]:
    """The lines as a text dump, whose places are then the lines' own."""
    rows, kept = text.split("\n".join(line.text for line in lines))
    made = []
    for row in rows:
        cells = []
        for cell in row.cells:
            line = lines[int(_NUMBER.findall(cell.place)[0]) - 1]
            cells.append(Cell(cell.text, line.box.place(line.page)))
        made.append(replace(row, cells=tuple(cells)))
    return made, kept
