"""What a check of one report is, and how all of them are run over one.

A check is a function decorated with `check`; it yields `Equation`s, findings, or None for
each comparison that holds. An equation with a blank in it is `uncertain`, one with an input
that was not found `not_assessable`. Nothing is ever changed because a check failed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cache

from ..forms import measures, union
from ..types import BLANK_STATUSES, Evidence, Fact, Figure, Finding, Report, Value, record
from . import wording
from .rules import rules
from .wording import rounded, say


class Sheet:
    """What the checks ask of a report: figures by line and measure, forms, year, prose."""

    def __init__(self, report: Report) -> None:
        """Index the figures of a report."""
        self._lines, self._unprinted = _by_line(report.figures)
        self._tables = {table for table, _ in self._lines}
        self._rows: dict[tuple[str, str], tuple[Figure, ...]] = {}
        self.figures = report.figures
        self.forms = report.forms
        self.form_t3 = report.forms.get("t3")
        self.title = report.title or ""
        self.year = report.year
        self.facts: tuple[Fact, ...] = report.facts
        self.chapters = report.chapters
        self.evidence: dict[str, tuple[Evidence, ...]] = report.evidence

    def get(self, table: str, line: str, measure: str) -> Figure:
        """The figure, or an empty one with status `missing_cell`."""
        found = self._lines.get((table, line), _NONE).get(measure)
        return found or Figure(table, line, measure, None, None, "missing_cell")

    def row(self, table: str, line: str) -> tuple[Figure, ...]:
        """The figures of a line in the order of the form; kept, as several checks ask for it."""
        row = self._rows.get((table, line))
        if row is None:
            cells, columns = self._lines.get((table, line), _NONE), _columns(table)
            if tuple(cells) == columns:  # as nearly always
                row = tuple(cells.values())
            else:
                row = tuple([self.get(table, line, column) for column in columns])
            self._rows[table, line] = row
        return row

    def prints(self, table: str, line: str, columns: tuple[str, ...]) -> bool:
        """Whether every one of these cells of a line is there, filled or not."""
        key = table, line
        cells = self._lines.get(key, _NONE)
        is_whole = tuple(cells) == columns or cells.keys() >= set(columns)
        return is_whole and key not in self._unprinted

    def has(self, table: str) -> bool:
        """Whether any line of the table was found."""
        return table in self._tables

    def lines(self, table: str) -> list[str]:
        """Codes of the lines that were found, in statutory order."""
        return [code for code in _codes(table) if (table, code) in self._lines]


_NONE: dict[str, Figure] = {}


def _by_line(
    figures: Iterable[Figure],
) -> tuple[dict[tuple[str, str], dict[str, Figure]], set[tuple[str, str]]]:
    """The figures by line and measure, and the lines of which a cell is not there."""
    lines: dict[tuple[str, str], dict[str, Figure]] = {}
    unprinted: set[tuple[str, str]] = set()
    cells: dict[str, Figure] = {}
    last_table = last_line = ""
    for figure in figures:
        table, line = figure.table, figure.line
        if line != last_line or table != last_table:
            cells = lines.setdefault((table, line), {})
            last_table, last_line = table, line
        cells[figure.measure] = figure
        if figure.printed is None:
            unprinted.add((table, line))
    return lines, unprinted


@cache
def _columns(table: str) -> tuple[str, ...]:
    return tuple(measure.code for measure in measures(table))


@cache
def _codes(table: str) -> tuple[str, ...]:
    return tuple(line.code for line in union(table))


@record
class Equation:
    """Two sums that are held against each other, and what they are about.

    Attributes:
        left: Figures of the left side.
        right: Figures of the right side.
        about: What the sides are, in Chinese; `{}` for the column or line.
        about_en: The same in English.
        name: The column or line, in Chinese and in English.
        less: Figures that are subtracted on the right.
        at_least: Whether the left side may be greater than the right.
    """

    left: tuple[Figure, ...]
    right: tuple[Figure, ...]
    about: str
    about_en: str
    name: tuple[str, str]
    less: tuple[Figure, ...] = ()
    at_least: bool = False

    @property
    def inputs(self) -> tuple[Figure, ...]:
        """All figures of both sides."""
        return self.left + self.right + self.less


#: What a check yields: an equation to assess, a finding, or None for a pass.
Result = Equation | Finding | None
Check = Callable[[Sheet], Iterator[Result]]
CHECKS: dict[str, Check] = {}


def check(code: str) -> Callable[[Check], Check]:
    """Register a check under its code."""

    def register(function: Check) -> Check:
        CHECKS[code] = function
        return function

    return register


@cache
def those_on() -> tuple[str, ...]:
    """Codes of the checks of one report that are on, in order."""
    return tuple(code for code in sorted(CHECKS) if rules()[code].is_on)


def findings_of(sheet: Sheet, codes: Collection[str]) -> tuple[list[Finding], int]:
    """Run some checks.

    Returns:
        The findings in order of check and place, and how many comparisons passed.
    """
    findings, passes = [], 0
    for code in codes:
        for result in CHECKS[code](sheet):
            finding = assess(code, result) if isinstance(result, Equation) else result
            if finding is None:
                passes += 1
            else:
                findings.append(finding)
    return findings, passes


def assess(code: str, equation: Equation) -> Finding | None:
    """What an equation says: a finding, or None where it holds."""
    if _plainly_holds(equation):  # as nearly all do: no word is made for them
        return None
    inputs = equation.inputs
    about, about_en = (
        text.format(name)
        for text, name in zip((equation.about, equation.about_en), equation.name, strict=True)
    )
    left, right = total(equation.left), _difference(equation.right, equation.less)
    holds = left == right or (
        equation.at_least and left is not None and right is not None and left > right
    )
    if holds and all(figure.value is not None for figure in inputs):
        return None
    unread = doubt(code, inputs, left, right, about, about_en)
    if unread or holds:
        return unread
    keys = tuple([figure.key for figure in inputs])
    if equation.at_least:
        return Finding(
            code, "fail", left, right, keys,
            f"{about}：报告所载前者小于后者，前者为{say(left)}，后者为{say(right)}。",
            f"{about_en}: the first is printed as less than the second, {say(left)} "
            f"on one side and {say(right)} on the other.",
        )  # fmt: skip
    return Finding(
        code, "fail", left, right, keys,
        wording.differ(about, left, right), wording.differ_en(about_en, left, right),
    )  # fmt: skip


def _plainly_holds(equation: Equation) -> bool:
    """Whether both sides are whole numbers, all there, and equal."""
    balance = 0
    for figure in equation.left:
        if not isinstance(figure.value, int):
            return False
        balance += figure.value
    for figure in equation.right:
        if not isinstance(figure.value, int):
            return False
        balance -= figure.value
    return not balance and not equation.less


def doubt(
    code: str, inputs: tuple[Figure, ...], left: Value, right: Value, about: str, about_en: str
) -> Finding | None:
    """The finding that an input was not found or is blank, or None where all have numbers."""
    keys = tuple([figure.key for figure in inputs])
    missing = [f for f in inputs if f.value is None and f.status not in BLANK_STATUSES]
    if missing:
        return Finding(
            code, "not_assessable", left, right, keys,
            wording.unread(about, len(missing)), wording.unread_en(about_en, len(missing)),
        )  # fmt: skip
    blank = [f for f in inputs if f.status in BLANK_STATUSES]
    if blank:
        return Finding(
            code, "uncertain", left, right, keys,
            wording.blank(about, len(blank), left, right),
            wording.blank_en(about_en, len(blank), left, right),
        )  # fmt: skip
    return None


def total(figures: tuple[Figure, ...]) -> Value:
    """Sum of the figures that have a number; None where none has."""
    values = [figure.value for figure in figures if figure.value is not None]
    return rounded(sum(values)) if values else None


def _difference(figures: tuple[Figure, ...], less: tuple[Figure, ...]) -> Value:
    plus, minus = total(figures), total(less)
    if minus is None:
        return plus
    return rounded((plus or 0) - minus)
