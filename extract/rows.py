"""Candidate rows: the labels of a printed row, and the cells that may be its values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from .labels import LONGEST_LABEL, core
from .types import Cell, Document, Row
from .values import is_value


@dataclass(frozen=True, slots=True)
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
            run.end(found)
            found.append(_tabular(row, index))
        else:
            run.add(row.cells[0], index, found)
    run.end(found)
    return found


def _tabular(row: Row, index: int) -> Candidate:
    last = -1
    for i, cell in enumerate(row.cells):
        if cell.text and not is_value(cell.text):
            last = i
    labels = tuple(cell.text for cell in row.cells[: last + 1] if cell.text)
    return Candidate(labels, row.cells[last + 1 :], len(row.cells), index, structured=True)


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

    def end(self, found: list[Candidate]) -> None:
        if self.labels or self.values:
            found.append(
                Candidate(
                    tuple(self.labels[-24:]), tuple(self.values), 0, self.index, structured=False
                )
            )
        self.labels.clear()
        self.values.clear()


class Placing:
    """Where the values of a table's rows begin, learned from its full rows.

    A row may have more cells after its label than the form has columns, and an empty
    cell at the edge may be padding or a blank. So: the column in which all full rows
    begin, else where full rows of the very same shape begin, else, where no row is
    full, what the padding behind the headings says. Where none tells, nothing is placed.
    """

    def __init__(
        self,
        rows: Iterable[Candidate],
        count: int,
        *,
        blanks_kept: bool,
        padding: int | None = None,
        own_cells: bool = True,
        start: int | None = None,
    ) -> None:
        """Learn from `rows`, each expected to hold `count` values.

        Args:
            rows: The rows of one table.
            count: Columns as printed.
            blanks_kept: Whether blank cells can be told in this table.
            padding: Empty cells that stand behind the last column's heading, if known.
            own_cells: Whether rows hold their own cells only, as in HTML; a row of a
                text dump is filled up to the width of its table.
            start: Column in which the headings show that values begin, if they do.
        """
        self.count = count
        self._own_cells = own_cells
        self.blanks_kept = blanks_kept
        self._rows = [row for row in rows if row.structured and _filled(row)]
        self._behind = padding or 0
        self._shown = start
        self._depths: dict[int, int] | None = None
        self._learn()

    def keep(self, depths: dict[int, int] | None) -> None:
        """Learn again from certain rows only; the blanks of other rows cannot be placed.

        Args:
            depths: Number of a row → depth of its line, which its shape belongs to; None
                if every row will do.
        """
        if depths is not None:
            self._depths = depths
            self._rows = [row for row in self._rows if row.index in depths]
            self._learn()

    def _learn(self) -> None:
        self._shapes: dict[tuple[int, int, int], set[int]] = {}
        #: Column in which full rows begin → how many cells stand before their values.
        self._starts: dict[int, set[int]] = {}
        for row in self._rows:
            if _filled(row) == self.count and self._ways(row.tail):
                way = self._ways(row.tail)[0]
                self._shapes.setdefault(self._shape(row), set()).add(way)
                self._starts.setdefault(_before(row) + way, set()).add(_before(row))
        widths = {row.width for row in self._rows}
        self._ragged = len(widths) > 1
        self._start = self._grid(self._shown) if len(widths) == 1 else None
        # That nothing stands behind the headings proves nothing: they span their columns.
        self._padding: int | None = None
        if self._own_cells and self._behind and not self._starts:
            fits = self._fits(lambda row: self._extra(row) - self._behind)
            self._padding = self._behind if fits else None

    def _grid(self, shown: int | None) -> int | None:
        """Column in which every row begins, where every row has every column; or None.

        It shows in full rows whose labels stand in different columns and whose values
        begin in one, or in the headings (`shown`); and no row may contradict it.
        """
        start = shown
        if len(self._starts) == 1:
            ((start, befores),) = self._starts.items()
            if len(befores) < 2 and start != shown:
                return None
        if start is None or len(self._starts) > 1:
            return None
        column = start
        return start if self._fits(lambda row: column - _before(row)) else None

    def _fits(self, way: Callable[[Candidate], int]) -> bool:
        """Whether a rule for where values begin leaves no value of any row outside."""
        return all(way(row) in self._ways(row.tail) for row in self._rows)

    def cells(self, row: Candidate) -> Sequence[Cell] | None:
        """The row's values, exactly `count` of them, or None where they cannot be told."""
        if not row.structured or not self.blanks_kept:
            return self._unbroken(row.tail)
        ways = self._ways(row.tail)
        if not ways:
            return None
        way: int | None = ways[0]
        if _filled(row) not in (0, self.count):
            way = self._way(row)
        return row.tail[way : way + self.count] if way is not None and way in ways else None

    def _way(self, row: Candidate) -> int | None:
        """How many cells of the tail stand before the first value, or None if it varies."""
        if self._depths is not None and row.index not in self._depths:
            return None
        if self._start is not None:
            return self._start - _before(row)
        if not self._extra(row) and (self._own_cells or self._ragged):
            return 0  # as many cells as columns
        leads = self._shapes.get(self._shape(row), set())
        if not leads and self._padding is not None:
            return self._extra(row) - self._padding
        if len(leads) != 1:
            return None
        # Another column in which full rows begin may fit, too: then nothing is certain.
        ways = self._ways(row.tail)
        others = {start - _before(row) for start in self._starts} & set(ways)
        return next(iter(leads)) if self._own_cells or others <= leads else None

    def _extra(self, row: Candidate) -> int:
        """Cells of the tail that are too many."""
        return len(row.tail) - self.count

    def _shape(self, row: Candidate) -> tuple[int, int, int]:
        depth = self._depths.get(row.index, -1) if self._depths is not None else -1
        return depth, _before(row), self._extra(row)

    def _unbroken(self, tail: tuple[Cell, ...]) -> Sequence[Cell] | None:
        """Values where blanks leave no trace: all there, with nothing but padding after."""
        head = tail[: self.count]
        if len(head) < self.count or not all(cell.text for cell in head):
            return None
        return None if any(cell.text for cell in tail[self.count :]) else head

    def _ways(self, tail: tuple[Cell, ...]) -> list[int]:
        filled = [i for i, cell in enumerate(tail) if cell.text]
        first = filled[0] if filled else len(tail)
        last = filled[-1] if filled else -1
        return [
            lead
            for lead in range(len(tail) - self.count + 1)
            if lead <= first and last < lead + self.count
        ]


def _before(row: Candidate) -> int:
    """Cells before the tail: labels, and blank cells beside them."""
    return row.width - len(row.tail)


def _filled(row: Candidate) -> int:
    return sum(bool(cell.text) for cell in row.tail)


def keeps_blanks(rows: Iterable[Candidate]) -> bool:
    """Whether a table shows that its blank cells stand where they were printed.

    Some programs move blanks to the end of the row. A blank between a label and a value
    of the same row, or before a label, has not been moved.
    """
    return any(
        row.structured
        and row.labels
        and any(cell.text for cell in row.tail)
        and (
            row.width > len(row.labels) + len(row.tail)
            or any(not a.text and b.text for a, b in zip(row.tail, row.tail[1:], strict=False))
        )
        for row in rows
    )


def padding_behind(headings: Sequence[Candidate]) -> int | None:
    """Empty cells behind the headings' last column 总计, which its values share; or None."""
    for row in reversed(headings):
        if row.structured and row.labels and core(row.labels[-1]) == "总计":
            return None if any(cell.text for cell in row.tail) else len(row.tail)
    return None
