"""Rows that a stray line divides beside their label, put together again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..types import Cell
from ..values import is_value
from .grid import GridRow

_NEAR = 3.0  # points: borders nearer than this are one


def undivided(rows: Sequence[GridRow]) -> list[GridRow]:
    """The rows of one page; one without a label joins that whose label stands beside it.

    Two numbers that meet in one cell stay apart, and are none.
    """
    made: list[GridRow] = []
    for row in rows:
        if made and _is_beside(made[-1], row):
            made[-1] = _joined(made[-1], row)
        else:
            made.append(row)
    return made


def _is_beside(upper: GridRow, lower: GridRow) -> bool:
    """Whether the upper row's own label goes on beside the lower one, which has none."""
    labels = _labels(upper)
    if not labels or upper.table != lower.table or not _is_bare(lower):
        return False
    label, values = upper.boxes[labels[-1]], upper.boxes[labels[-1] + 1 :]
    same = len(values) == len(lower.boxes) and all(
        abs(a.x0 - b.x0) < _NEAR and abs(a.x1 - b.x1) < _NEAR
        for a, b in zip(values, lower.boxes, strict=True)
    )
    return same and label.bottom >= lower.box.bottom - _NEAR


def _labels(row: GridRow) -> list[int]:
    return [i for i, cell in enumerate(row.cells) if cell.text and not is_value(cell.text)]


def _is_bare(row: GridRow) -> bool:
    return not _labels(row) and any(cell.text for cell in row.cells)


def _joined(upper: GridRow, lower: GridRow) -> GridRow:
    at = len(upper.cells) - len(lower.cells)
    cells = [
        Cell(" ".join(filter(None, (a.text, b.text))), (a if a.text else b).place)
        for a, b in zip(upper.cells[at:], lower.cells, strict=True)
    ]
    return replace(upper, cells=(*upper.cells[:at], *cells))
