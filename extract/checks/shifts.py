"""Whether our reader may have taken table three one column off: a mark, never a correction.

The sums of the other lines say what a line must be. Where a line that does not add up is that
line moved by one column (or with two neighbouring cells exchanged), the fault is likely in
the reading. One wrong number of an agency changes one column of a line, and never looks so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ..forms import forms, measures
from ..types import Finding, Value
from .running import Sheet

SUSPECTED = "shift_suspected"
_SUMS = frozenset({"C01", "C02", "C03"})
_FRAME = ("received_new", "carried_in", "processed_total", "carried_out")
#: A single number that is not what it must be is the agency's, or a misread digit.
_FEWEST = 2

Numbers = tuple[float, ...]


def mark_shifts(sheet: Sheet, findings: list[Finding]) -> list[Finding]:
    """Mark the findings that a shift of columns in our reading would explain.

    Args:
        sheet: The report's figures.
        findings: What its checks found.

    Returns:
        The same findings in the same order; those concerned with reading `shift_suspected`.
    """
    unequal = [f for f in findings if f.check in _SUMS and f.figures and f.left != f.right]
    if not unequal or not sheet.has("t3"):
        return findings
    grid = _Grid(sheet)
    lines = grid.lines if grid.is_shifted() else [each for each in grid.lines if grid.moved(each)]
    keys = {key for line in lines for key in grid.keys[line]}
    concerned = {id(f) for f in unequal if not keys.isdisjoint(f.figures)}
    return [replace(f, reading=SUSPECTED) if id(f) in concerned else f for f in findings]


class _Grid:
    """Table three as numbers, an empty cell counted as 0: nothing of it is kept."""

    def __init__(self, sheet: Sheet) -> None:
        columns = [measure.code for measure in measures("t3")]
        self.lines = sheet.lines("t3")
        cells = {line: [sheet.get("t3", line, column) for column in columns] for line in self.lines}
        self.keys = {line: [figure.key for figure in row] for line, row in cells.items()}
        self._printed: dict[str, tuple[Value, ...]] = {
            line: tuple([figure.value for figure in row]) for line, row in cells.items()
        }
        self.rows: dict[str, Numbers] = {
            line: tuple([value or 0 for value in row]) for line, row in self._printed.items()
        }
        # Columns in which most lines print a number: an empty cell there is unusual.
        self._filled = [
            2 * sum(row[c] is not None for row in self._printed.values()) > len(self.lines)
            for c in range(len(columns))
        ]
        form = forms().get(sheet.form_t3 or "")
        self._results = [line.code for line in form.table("t3")] if form else self.lines
        self._zero: Numbers = (0,) * len(columns)

    # -- one line ---------------------------------------------------------------------

    def moved(self, line: str) -> bool:
        """Whether a line is what it must be, only moved."""
        have, printed = self.rows[line], self._printed[line]
        edges = {c for c in (0, len(have) - 1) if self._filled[c] and printed[c] is None}
        for must in self._musts(line):
            changed = {c for c in range(len(have)) if have[c] != must[c]}
            if not changed or len(changed | edges) < _FEWEST:
                continue
            if min(must) >= 0 and _adds_up(must) and self._is_moved(line, must):
                return True
        return False

    def _musts(self, line: str) -> Iterator[Numbers]:
        """What a line must be for the columns to add up, by the sums that it stands in."""
        rows = self.rows
        new, carried, done, left = (rows.get(each, self._zero) for each in _FRAME)
        if line not in _FRAME or line == "processed_total":
            results = [rows[e] for e in self._results if e in rows and e not in _FRAME]
            every = tuple(map(sum, zip(*results, strict=True))) or self._zero
            if line == "processed_total":
                yield every
            else:
                yield _add(rows[line], done, every)
                return
        both, ends = _add(new, self._zero, carried, -1), _add(done, self._zero, left, -1)
        if line in ("received_new", "carried_in"):
            yield _add(rows[line], ends, both)
        else:
            yield _add(rows[line], both, ends)

    def _is_moved(self, line: str, must: Numbers) -> bool:
        """Whether every number of a line stands one column off, or two are exchanged.

        What stood at the edge may be lost, and what stands there now may be another line's.
        """
        have, printed = self.rows[line], self._printed[line]
        if have[1:] == must[:-1] or have[:-1] == must[1:]:
            return True
        if any(_exchanged(have, c) == must for c in range(len(have) - 1)):
            return True
        # An empty cell that left no trace: what follows (or precedes) it moved up.
        inner = range(1, len(have) - 1)
        last = printed[-1] is None and any(
            must[c] == 0 and have[:-1] == must[:c] + must[c + 1 :] for c in inner
        )
        return last or (
            printed[0] is None
            and any(must[c] == 0 and have[1:] == must[:c] + must[c + 1 :] for c in inner)
        )

    # -- the whole table --------------------------------------------------------------

    def is_shifted(self) -> bool:
        """Whether all lines add up once the whole table is moved, and several do not now."""
        before = [row for row in self.rows.values() if not _adds_up(row)]
        return len(before) >= _FEWEST and any(
            all(map(_adds_up, rows)) and sum(map(any, rows)) >= _FEWEST
            for rows in self._whole_tables()
        )

    def _whole_tables(self) -> Iterator[list[Numbers]]:
        rows = list(self.rows.values())
        width = len(self._zero)
        yield [(*row[1:], row[0]) for row in rows]
        yield [_exchanged(row, width - 2) for row in rows]  # a line's total stands last but one
        # As a stream of cells, one too early or too late: edges belong to the neighbours.
        cells = [value for row in rows for value in row]
        whole = len(cells) - width
        yield [tuple(cells[at + 1 : at + 1 + width]) for at in range(0, whole, width)]
        yield [tuple(cells[at - 1 : at - 1 + width]) for at in range(width, len(cells), width)]


def _adds_up(row: Numbers) -> bool:
    return sum(row[:-1]) == row[-1]


def _exchanged(row: Numbers, c: int) -> Numbers:
    return (*row[:c], row[c + 1], row[c], *row[c + 2 :])


def _add(row: Numbers, more: Numbers, less: Numbers, sign: int = 1) -> Numbers:
    return tuple([a + b - sign * c for a, b, c in zip(row, more, less, strict=True)])
