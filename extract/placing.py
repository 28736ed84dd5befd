"""Where the values of a table's rows begin, and whether its blank cells can be told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from .labels import core
from .rows import Candidate
from .types import Cell

#: Rows that show together what one of them does not.
_SEVERAL = 5


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
        self._kinds: dict[int, str] | None = None
        self._is_learned = False

    def keep(self, kinds: dict[int, str] | None) -> None:
        """Learn again from certain rows only; the blanks of other rows cannot be placed.

        Args:
            kinds: Number of a row → kind of its line, which its shape belongs to; None
                if every row will do.
        """
        if kinds is not None:
            self._kinds = kinds
            self._rows = [row for row in self._rows if row.index in kinds]
            self._is_learned = False

    def _learn(self) -> None:
        """Look at all rows, once one is met that does not tell by itself: most tables have none."""
        if self._is_learned:
            return
        self._is_learned = True
        #: More values than columns: another's columns stand beside the table's own.
        filled = [(row, _filled(row)) for row in self._rows]
        self._foreign = {self._extra(row) for row, count in filled if count > self.count}
        self._shapes: dict[tuple[str, int, int], set[int]] = {}
        #: Column in which full rows begin → how many cells stand before their values.
        self._starts: dict[int, set[int]] = {}
        for row, count in filled:
            ways = self._ways(row.tail) if count == self.count else ()
            if ways:
                way = ways[0]
                self._shapes.setdefault(self._shape(row), set()).add(way)
                self._starts.setdefault(_before(row) + way, set()).add(_before(row))
        if self._own_cells:
            self._learn_from_all()
        widths = {row.width for row in self._rows}
        self._ragged = len(widths) > 1
        self._start = self._grid(self._shown) if len(widths) == 1 else None
        # That nothing stands behind the headings proves nothing: they span their columns.
        self._padding: int | None = None
        if self._own_cells and self._behind and not self._starts:
            fits = self._fits(lambda row: self._extra(row) - self._behind)
            self._padding = self._behind if fits else None

    def _learn_from_all(self) -> None:
        """Rows with blanks show it, too, where only one way fits all rows of a shape."""
        fitting: dict[tuple[str, int, int], set[int]] = {}
        counts: Counter[int] = Counter()
        for row in self._rows:
            shape, ways = self._shape(row), set(self._ways(row.tail))
            fitting[shape] = fitting[shape] & ways if shape in fitting else ways
            counts[shape[-1]] += 1
        for shape, ways in fitting.items():
            if len(ways) == 1:
                self._shapes.setdefault(shape, set()).update(ways)
        # A shape of few rows is like the others with as many cells too many.
        for shape, ways in fitting.items():
            if shape not in self._shapes and counts[shape[-1]] > _SEVERAL:
                shown = [v for key, v in self._shapes.items() if key[-1] == shape[-1]]
                leads = set().union(*shown)
                if len(leads) == 1 and leads <= ways:
                    self._shapes[shape] = leads

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
        if self.count == len(row.tail) == _filled(row):
            return row.tail
        self._learn()
        ways = self._ways(row.tail)
        if not ways or (self._extra(row) and self._extra(row) in self._foreign):
            return None
        way: int | None = ways[0]
        if _filled(row) not in (0, self.count):
            way = self._way(row)
        return row.tail[way : way + self.count] if way is not None and way in ways else None

    def _way(self, row: Candidate) -> int | None:
        """How many cells of the tail stand before the first value, or None if it varies."""
        if self._kinds is not None and row.index not in self._kinds:
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

    def _shape(self, row: Candidate) -> tuple[str, int, int]:
        kind = self._kinds.get(row.index, "") if self._kinds is not None else ""
        return kind, _before(row), self._extra(row)

    def _unbroken(self, tail: tuple[Cell, ...]) -> Sequence[Cell] | None:
        """Values where blanks leave no trace: all there, with nothing but padding after."""
        head = tail[: self.count]
        if len(head) < self.count or not all(cell.text for cell in head):
            return None
        return None if any(cell.text for cell in tail[self.count :]) else head

    def _ways(self, tail: tuple[Cell, ...]) -> list[int]:
        if len(tail) <= self.count:
            return [0] if len(tail) == self.count else []
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
    return len([cell for cell in row.tail if cell.text])


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
