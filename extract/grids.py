"""Raw tables of a legacy report: rows of cell texts, nothing made of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from .types import WRAP, Document, Row

Grid = tuple[tuple[str, ...], ...]

#: More than the longest annex seen, which had 200 lines of 6 cells.
_MOST_GRIDS = 40
_MOST_CELLS = 20_000
_LONGEST_CELL = 1_000
_TABLE = re.compile(r"t\d+(?=r\d)")


def read_grids(
    document: Document,
    first: int,
    container: tuple[int, ...],
    known: Callable[[str], bool],
) -> tuple[tuple[Grid, ...], bool]:
    """The tables from a report's first chapter on.

    Args:
        document: The page.
        first: Row of the first chapter's heading.
        container: Trail of what holds the chapters; a table outside it is the page's,
            unless it prints a label of the statistics.
        known: Whether a cell is such a label.

    Returns:
        The tables in reading order, and whether some were left out for their size.
    """
    kept: list[Grid] = []
    cells = 0
    for rows in _tables(document, first):
        inside = all(row.trail[: len(container)] == container for row in rows)
        if not inside and not any(known(cell.text) for row in rows for cell in row.cells):
            continue
        grid = tuple(
            tuple(cell.text[:_LONGEST_CELL].replace(WRAP, "\n") for cell in row.cells)
            for row in rows
        )
        if not any(text for row in grid for text in row):
            continue
        cells += sum(len(row) for row in grid)
        if len(kept) == _MOST_GRIDS or cells > _MOST_CELLS:
            return tuple(kept), True
        kept.append(grid)
    cut = any(
        len(cell.text) > _LONGEST_CELL
        for rows in _tables(document, first)
        for row in rows
        for cell in row.cells
    )
    return tuple(kept), cut


def _tables(document: Document, first: int) -> Iterator[list[Row]]:
    """Rows of one table, by the number in their places; else rows that follow each other."""
    waiting: list[Row] = []
    table = ""
    for row in document.rows[first:]:
        mark = _TABLE.match(row.cells[0].place) if row.cells else None
        number = mark[0] if mark else ""
        if waiting and (not row.tabular or number != table):
            yield waiting
            waiting = []
        if row.tabular:
            waiting.append(row)
            table = number
    if waiting:
        yield waiting
