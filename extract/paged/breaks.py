"""Rows that a page's end has cut in two, put together again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ..labels import flat
from ..types import Cell
from ..values import is_value
from .grid import GridRow
from .lines import Line

_BEGINS = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}、|\([一二三四五六七八九十]{1,3}\)|\d{1,2}[.、．])"
)


def mended(rows: Sequence[GridRow], lines: Sequence[Line]) -> list[GridRow]:
    """The rows, those cut by a page's end joined to one.

    The lower part has as many cells, its label begins no line of its own, and only one
    of the two parts has values: where both have, or neither, they are two rows.

    Args:
        rows: All rows of tables, page by page, from the top down.
        lines: What stands outside the tables; a line between the two is no page's end.
    """
    made: list[GridRow] = []
    for row in rows:
        if made and _is_cut(made[-1], row, lines):
            made[-1] = _joined(made[-1], row)
        else:
            made.append(row)
    return made


def _is_cut(upper: GridRow, lower: GridRow, lines: Sequence[Line]) -> bool:
    if lower.page != upper.page + 1 or len(upper.cells) != len(lower.cells):
        return False
    between = any(
        (line.page == upper.page and line.box.top >= upper.box.bottom)
        or (line.page == lower.page and line.box.bottom <= lower.box.top)
        for line in lines
    )
    if between or bool(_values(upper)) == bool(_values(lower)):
        return False
    label = next((cell.text for cell in reversed(lower.cells) if _is_label(cell)), "")
    return not _BEGINS.match(flat(label))


def _is_label(cell: Cell) -> bool:
    return bool(cell.text) and not is_value(cell.text)


def _values(row: GridRow) -> int:
    return sum(bool(cell.text) and is_value(cell.text) for cell in row.cells)


def _joined(upper: GridRow, lower: GridRow) -> GridRow:
    cells = []
    for above, below in zip(upper.cells, lower.cells, strict=True):
        texts = [text for text in (above.text, below.text) if text]
        cells.append(Cell("\n".join(texts), above.place if above.text else below.place))
    return replace(upper, cells=tuple(cells))
