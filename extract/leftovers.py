"""Numbers that stand in a statutory table and that no figure took."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from .rows import Candidate
from .types import WRAP, Cell, Document, Figure
from .values import is_value

_PAGE_MARK = re.compile(r"[-—–－\s]*\d{1,3}[-—–－\s]*")
_ENUMERATOR = re.compile(r"\d{1,2}")


def leftovers(
    document: Document, rows: Iterable[Candidate], figures: Iterable[Figure]
) -> list[Cell]:
    """The numbers of some rows without those of the figures.

    Args:
        document: The document.
        rows: Rows of the recognised tables, first line to last; columns of the agency's
            own, lines of its own, page numbers and rows that could not be placed.
        figures: What was read; a figure takes its cell even if its text is no number.

    Returns:
        Cells in reading order, each once.
    """
    taken = {figure.place for figure in figures if figure.printed is not None}
    found: dict[str, tuple[int, Cell]] = {}
    for row in rows:
        cells = document.rows[row.index].cells if row.structured else row.tail
        for i, cell in enumerate(cells):
            if cell.place not in taken and _is_number(cell.text) and not _counts(cells, i):
                found.setdefault(cell.place, (row.index, cell))
    ordered = sorted(found.values(), key=lambda pair: pair[0])
    return [Cell(cell.text.replace(WRAP, "\n"), cell.place) for _, cell in ordered]


@lru_cache(maxsize=8192)
def _is_number(text: str) -> bool:
    if not any(character.isdigit() for character in text):
        return False
    return is_value(text) or bool(_PAGE_MARK.fullmatch(text))


def _counts(cells: Sequence[Cell], i: int) -> bool:
    """Whether a cell is the number of the label in the next one."""
    after = cells[i + 1].text if i + 1 < len(cells) else ""
    return bool(after and not is_value(after) and _ENUMERATOR.fullmatch(cells[i].text))
