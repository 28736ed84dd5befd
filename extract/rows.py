"""Candidate rows: the labels of a printed row, and the cells that may be its values."""

from __future__ import annotations

import re

from .labels import LONGEST_LABEL
from .types import Cell, Document, Row, record
from .values import is_value

#: Characters without a shape, which editors leave in blank cells.
_UNSEEN = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad"
_FIRST_ROW = re.compile(r"t\d+r1c1")


@record
class Candidate:
    """A row of a table, before it is known which.

    Attributes:
        labels: Printed labels that precede the values; blank cells are left out.
        tail: Cells after the last label: values, blanks, padding.
        width: Number of cells of the printed row; 0 where cells came one a line.
        index: Number of the document's row that it ends at.
        structured: Whether the cells of one printed row stand together, so that
            their number means something.
    """

    labels: tuple[str, ...]
    tail: tuple[Cell, ...]
    width: int
    index: int
    structured: bool


def candidates(document: Document) -> list[Candidate]:
    """All candidate rows of a document in reading order, header rows included.

    A paragraph longer than a label ends a run of labels: it is prose.
    """
    found: list[Candidate] = []
    run = _Run()
    for index, row in enumerate(document.rows):
        if row.tabular:
            above = run.last_label() if document.own_cells and _is_first(row) else ()
            if run.labels or run.values:
                run.end(found)
            found.append(_tabular(row, index, above))
        else:
            run.add(row.cells[0], index, found)
    run.end(found)
    return found


def _is_first(row: Row) -> bool:
    """Whether it is the first row of its table."""
    place = row.cells[0].place
    return place.endswith("r1c1") and bool(_FIRST_ROW.fullmatch(place))


def _tabular(row: Row, index: int, above: tuple[str, ...] = ()) -> Candidate:
    """A printed row; one without labels, first in a table of its own, has those above it."""
    last = -1
    cells = row.cells
    for i, cell in enumerate(cells):
        text = cell.text
        if text and not is_value(text):
            if text.strip(_UNSEEN):
                last = i
            else:  # nothing is printed in it
                cells = (*cells[:i], Cell("", cell.place), *cells[i + 1 :])
    labels = tuple([cell.text for cell in cells[: last + 1] if cell.text])
    return Candidate(labels or above, cells[last + 1 :], len(cells), index, structured=True)


class _Run:
    """Cells printed one a line: a run of labels, then a run of values."""

    def __init__(self) -> None:
        self.labels: list[str] = []
        self.values: list[Cell] = []
        self.index = 0

    def add(self, cell: Cell, index: int, found: list[Candidate]) -> None:
        if is_value(cell.text):
            self.values.append(cell)
        else:
            if self.values:
                self.end(found)
            if len(cell.text) > LONGEST_LABEL:
                self.labels.clear()
            else:
                self.labels.append(cell.text)
        self.index = index

    def last_label(self) -> tuple[str, ...]:
        """The label that no value follows yet."""
        return tuple(self.labels[-1:]) if not self.values else ()

    def end(self, found: list[Candidate]) -> None:
        if self.labels or self.values:
            found.append(
                Candidate(
                    tuple(self.labels[-24:]), tuple(self.values), 0, self.index, structured=False
                )
            )
        self.labels.clear()
        self.values.clear()
