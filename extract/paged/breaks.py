"""Rows that a page's end has cut in two, put together again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..align import best_line
from ..types import Cell
from ..values import is_value
from .grid import GridRow
from .lines import Line
from .page import Box

_TABLES = ("t2", "t3")
_NEAR = 3.0  # points: borders nearer than this are one


def mended(rows: Sequence[GridRow], lines: Sequence[Line]) -> list[GridRow]:
    """The rows, those cut by a page's end joined to one.

    A number of which a digit may stand on the next page is joined with a space, so that
    it is none.

    Args:
        rows: All rows of tables, page by page, from the top down.
        lines: What stands outside the tables; where some stand between, nothing is cut.
    """
    made: list[GridRow] = []
    for row in rows:
        lower = _below(made[-1], row, lines) if made else None
        if lower is not None and _is_cut(made[-1], lower):
            made[-1] = _joined(made[-1], lower)
        else:
            made.append(row)
    return made


def _below(upper: GridRow, row: GridRow, lines: Sequence[Line]) -> GridRow | None:
    """The part of a row that may go on with the upper one; None where it cannot.

    A new page begins with the cells that span several rows once more.
    """
    if row.page != upper.page + 1 or any(_between(upper, row, line) for line in lines):
        return None
    at = [next((i for i, box in enumerate(row.boxes) if _same(box, b)), -1) for b in upper.boxes]
    if -1 in at:
        return None
    return replace(
        row, cells=tuple(row.cells[i] for i in at), boxes=tuple(row.boxes[i] for i in at)
    )


def _between(upper: GridRow, lower: GridRow, line: Line) -> bool:
    if line.page == upper.page:
        return line.box.top >= upper.box.bottom
    return line.page == lower.page and line.box.bottom <= lower.box.top


def _same(box: Box, other: Box) -> bool:
    return abs(box.x0 - other.x0) < _NEAR and abs(box.x1 - other.x1) < _NEAR


def _is_cut(upper: GridRow, lower: GridRow) -> bool:
    """Whether the lower row goes on with the label of the upper one."""
    if any(_kind(a) * _kind(b) < 0 for a, b in zip(upper.cells, lower.cells, strict=True)):
        return False  # a heading above, a number below
    above, below = _label(upper), _label(lower)
    if not below:
        return True
    if _likeness(above + below) > max(_likeness(above), _likeness(below)):
        return True
    is_heading = not _has_values(upper) and not _has_values(lower)
    return is_heading and not lower.cells[0].text and bool(upper.cells[0].text)


def _label(row: GridRow) -> str:
    """The row's last label cell, without the group's label before it."""
    labels = [cell.text for cell in row.cells if cell.text and not is_value(cell.text)]
    return labels[-1] if labels else ""


def _likeness(label: str) -> float:
    return max(best_line((label,), table)[1] for table in _TABLES) if label else 0.0


def _kind(cell: Cell) -> int:
    """1 for a value, -1 for a label, 0 for a blank."""
    return 0 if not cell.text else 1 if is_value(cell.text) else -1


def _has_values(row: GridRow) -> bool:
    return any(cell.text and is_value(cell.text) for cell in row.cells)


def _joined(upper: GridRow, lower: GridRow) -> GridRow:
    cells = []
    for above, below in zip(upper.cells, lower.cells, strict=True):
        texts = [text for text in (above.text, below.text) if text]
        apart = " " if all(map(is_value, texts)) else "\n"
        cells.append(Cell(apart.join(texts), above.place if above.text else below.place))
    return replace(upper, cells=tuple(cells))
