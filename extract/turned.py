"""Table four printed otherwise than the form prints it: three rows of five, or five of three."""

from __future__ import annotations

from collections.abc import Sequence

from .cells import figure
from .forms import measures, union
from .labels import core
from .rows import Candidate
from .types import Cell, Document, Figure

_Names = dict[str, str]


def read_turned(
    document: Document, rows: Sequence[Candidate], kept: bool
) -> tuple[list[Figure], int]:
    """Read table four where all its rows and columns are named.

    Args:
        document: The document.
        rows: Candidate rows from its headings on.
        kept: Whether blank cells can be told in it.

    Returns:
        Fifteen figures, none where a name is missing, unknown or stands twice; and how
        many of the rows are the table's.
    """
    courses = {core(line.label): line.code for line in union("t4")}
    verdicts = {core(measure.label): measure.code for measure in measures("t4")}
    for down, across in ((courses, verdicts), (verdicts, courses)):
        found, last = _named_cells(rows, down, across, kept)
        if found:
            turned = down is verdicts
            figures = [
                figure(
                    document,
                    line,
                    measure,
                    found[(measure.code, line.code) if turned else (line.code, measure.code)],
                )
                for line in union("t4")
                for measure in measures("t4")
            ]
            return figures, last
    return [], 0


def _named_cells(
    rows: Sequence[Candidate], down: _Names, across: _Names, kept: bool
) -> tuple[dict[tuple[str, str], Cell], int]:
    """Cells by the names of their row and column, all of them or none; the last row's end."""
    columns: list[str] | None = None
    found: dict[tuple[str, str], Cell] = {}
    seen: list[str] = []
    last = 0
    for number, row in enumerate(rows, 1):
        labels = [core(label) for label in row.labels]
        if any("问题" in label and "存在" in label for label in labels):
            break
        heads = [across[label] for label in labels[-len(across) :] if label in across]
        if columns is None:
            if row.structured and set(heads) == set(across.values()) and not _filled(row.tail):
                columns = heads
            continue
        code = down.get(labels[-1]) if labels else None
        cells = _values(row, len(across), kept) if code else None
        if code and cells:
            seen.append(code)
            last = number
            found |= {(code, c): cell for c, cell in zip(columns, cells, strict=True)}
        elif _filled(row.tail):
            break  # a row of another name among them
    return (found, last) if sorted(seen) == sorted(down.values()) else ({}, 0)


def _values(row: Candidate, count: int, kept: bool) -> Sequence[Cell] | None:
    """The values of a row, where they are all that stands behind its label."""
    head, rest = row.tail[:count], row.tail[count:]
    if not row.structured or len(head) < count or _filled(rest):
        return None
    is_full = _filled(head) == count
    return head if is_full or (kept and not rest) else None


def _filled(cells: Sequence[Cell]) -> int:
    return sum(bool(cell.text) for cell in cells)
