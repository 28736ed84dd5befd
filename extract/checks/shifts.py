"""Whether our reader may have taken table three one or two columns off: a mark, no correction.

The sums of the other lines say what a line must be. Where a line that does not add up is that
line moved, the fault is likely in the reading: a reader moves a run of cells, and the total
with it. An agency's wrong number changes one column of a line, and a request that is counted
under another applicant moves between two cells while the line still adds up: neither looks so,
and two cells that are exchanged are the agency's, neighbours or not.

Not told, and left `certain`: a line of which the total stayed where it was; lines that moved
by two together, or more than four lines; a line that moved in a report where another line is
wrong as well; the whole table moved with its outer columns lost, which is the same print as
totals left blank.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from ..forms import forms, measures
from ..types import Finding, Value
from .running import Sheet

SUSPECTED = "shift_suspected"
_SUMS = frozenset({"C01", "C02", "C03"})
_FRAME = ("received_new", "carried_in", "processed_total", "carried_out")
#: A single number that is not what it must be is the agency's, or a misread digit; in a line
#: that adds up two of them are a request that is counted under another applicant.
_FEWEST, _FEWEST_OF_SOUND = 2, 3
#: By how many columns a line may have moved; below zero, to the right.
_STEPS = (1, -1, 2, -2)
#: Lines that are tried together: each may have moved either way.
_TOGETHER = 4

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
    lines = grid.lines if grid.is_shifted() else grid.moved_lines()
    keys = {key for line in lines for key in grid.keys[line]}
    concerned = {id(f) for f in unequal if not keys.isdisjoint(f.figures)}
    return [replace(f, reading=SUSPECTED) if id(f) in concerned else f for f in findings]


class _Grid:
    """Table three as numbers, an empty cell counted as 0: nothing of it is kept."""

    def __init__(self, sheet: Sheet) -> None:
        self.lines, width = sheet.lines("t3"), len(measures("t3"))
        cells = {line: sheet.row("t3", line) for line in self.lines}
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
            for c in range(width)
        ]
        form = forms().get(sheet.form_t3 or "")
        self._results = [line.code for line in form.table("t3")] if form else self.lines
        self._zero: Numbers = (0,) * width

    def moved_lines(self) -> list[str]:
        """The lines that moved, each for itself or several at once."""
        return [line for line in self.lines if self._moved(line)] or self._moved_together()

    # -- one line ---------------------------------------------------------------------

    def _moved(self, line: str) -> bool:
        """Whether a line is what it must be, only moved."""
        return any(
            self._is_enough(line, must)
            and min(must) >= 0
            and _adds_up(must)
            and self._is_moved(line, must)
            for must in self._musts(line)
        )

    def _is_enough(self, line: str, must: Numbers) -> bool:
        """Whether more of a line is changed than an agency's own error would change."""
        have, printed = self.rows[line], self._printed[line]
        changed = {c for c in range(len(have)) if have[c] != must[c]}
        if _adds_up(have):
            return len(changed) >= _FEWEST_OF_SOUND
        edges = {c for c in (0, len(have) - 1) if self._filled[c] and printed[c] is None}
        return bool(changed) and len(changed | edges) >= _FEWEST

    def _musts(self, line: str) -> Iterator[Numbers]:
        """What a line must be for the columns to add up, by the sums that it stands in."""
        rows = self.rows
        new, carried, done, left = (rows.get(each, self._zero) for each in _FRAME)
        if line not in _FRAME or line == "processed_total":
            every = self._sum_of_results(rows)
            if line == "processed_total":
                yield every
            else:
                yield _less(_add(rows[line], done), every)
                return
        both, ends = _add(new, carried), _add(done, left)
        if line in ("received_new", "carried_in"):
            yield _less(_add(rows[line], ends), both)
        else:
            yield _less(_add(rows[line], both), ends)

    def _is_moved(self, line: str, must: Numbers) -> bool:
        """Whether every number of a line, its total too, stands one or two columns off.

        What stood at the edge may be lost, and what stands there now may be another line's.
        """
        have, printed = self.rows[line], self._printed[line]
        if any(_overlap(must, have, step) for step in _STEPS):
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

    # -- several lines ----------------------------------------------------------------

    def _moved_together(self) -> list[str]:
        """Lines that do not add up, where all columns do once each of them is moved by one."""
        wrong = [line for line in self.lines if not _adds_up(self.rows[line])]
        if not _FEWEST <= len(wrong) <= _TOGETHER or self._columns_hold(self.rows):
            return []
        ways = [
            [must for must in _restored(self.rows[line]) if self._is_enough(line, must)]
            for line in wrong
        ]
        for rows in product(*ways):
            if self._columns_hold({**self.rows, **dict(zip(wrong, rows, strict=True))}):
                return wrong
        return []

    def _columns_hold(self, rows: dict[str, Numbers]) -> bool:
        """Whether the sums of every column hold: of the results, and of what came and went."""
        new, carried, done, left = (rows.get(each, self._zero) for each in _FRAME)
        return self._sum_of_results(rows) == done and _add(new, carried) == _add(done, left)

    def _sum_of_results(self, rows: dict[str, Numbers]) -> Numbers:
        results = [rows[line] for line in self._results if line in rows and line not in _FRAME]
        return tuple(map(sum, zip(*results, strict=True))) or self._zero

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
        yield [(*row[:-2], row[-1], row[-2]) for row in rows]  # a total stands last but one
        # As a stream of cells, too early or too late: edges belong to the neighbours.
        cells = [value for row in rows for value in row]
        for step in _STEPS:
            yield [(*row[step:], *row[:step]) for row in rows]
            starts = range(step, len(cells) - width + 1, width)
            yield [tuple(cells[at : at + width]) for at in starts if at >= 0]


def _adds_up(row: Numbers) -> bool:
    return sum(row[:-1]) == row[-1]


def _overlap(must: Numbers, have: Numbers, step: int) -> bool:
    """Whether the cells that a move of so many columns leaves in the line are the same."""
    return have[:-step] == must[step:] if step > 0 else have[-step:] == must[:step]


def _restored(row: Numbers) -> Iterator[Numbers]:
    """A line moved back by one to either side; its sum says what was lost at the edge."""
    yield (*row[1:], sum(row[1:]))
    *classes, whole = row[:-1]
    if whole >= sum(classes):
        yield (whole - sum(classes), *row[:-1])


def _add(row: Numbers, more: Numbers) -> Numbers:
    return tuple(map(operator.add, row, more))


def _less(row: Numbers, other: Numbers) -> Numbers:
    return tuple(map(operator.sub, row, other))
