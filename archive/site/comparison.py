"""Agency-years side by side, line by line as the forms print them. Pure: no database, no markup."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby

from archive.schema.indicators import breaks
from archive.site import words
from archive.site.cells import Cell, Figures, Value, plain
from archive.site.layout import OUTCOMES, TOP_LEVEL
from archive.site.queries import Report, Row
from extract.forms import TABLES, Slot, forms
from extract.forms import columns as figure_columns
from extract.forms.crosswalk import Link, links
from extract.forms.meaning import of_figure

NOTHING = Figures({}, {}, {})
Number = int | float


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate's two numbers; None where a component is blank or was not read."""

    numerator: object
    denominator: object

    @property
    def known(self) -> tuple[Number, Number] | None:
        """Both numbers, if there are both."""
        above, below = self.numerator, self.denominator
        if isinstance(above, int | float) and isinstance(below, int | float):
            return above, below
        return None


@dataclass(frozen=True, slots=True)
class Column:
    """An agency-year: its report, or None if the archive has none of the scope asked for.

    Then `elsewhere` says whether there is one of another scope.
    """

    agency: Row
    year: int
    report: Report | None
    elsewhere: bool = False
    withheld: bool = False

    @property
    def report_id(self) -> str | None:
        """Id of its report."""
        return None if self.report is None else str(self.report.row["report_id"])

    @property
    def scope(self) -> str:
        """Scope of its report; "" where there is none."""
        return "" if self.report is None else str(self.report.row["scope"])

    @property
    def is_read(self) -> bool:
        """Whether there are figures of it in a statutory form."""
        return (
            self.report is not None
            and self.report.version["status"] == "read"
            and self.report.version["form"] != words.LEGACY
        )

    @property
    def figures(self) -> Figures:
        """Its figures."""
        return NOTHING if self.report is None else self.report.figures

    def form(self, table: str) -> str | None:
        """The form that its table follows; None if none could be told."""
        if not self.is_read or self.report is None:
            return None
        version = self.report.version
        code = version.get(f"form_{table}") or version["form"]
        return str(code) if code in forms() else None

    @property
    def absence(self) -> words.Word:
        """Why there are no figures of it."""
        if self.report is None and self.elsewhere:
            return words.Word("—", "仅有另一范围", "本档案只有另一范围的年报，范围选“都列”可见")
        if self.report is None:
            return words.REPORT["withheld" if self.withheld else "not_in_archive"]
        if self.report.version["form"] == words.LEGACY:
            return words.Word("○", "旧格式", "2019 年以前的格式，统计口径不同，表格照录于年报页")
        return words.report_word(str(self.report.version["status"]))


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line across the columns.

    Attributes:
        key: The figure's name.
        label: The printed label.
        cells: A cell a column.
        difference: The second column less the first, "" where one of them is no number.
    """

    key: str
    label: str
    cells: tuple[Cell, ...]
    difference: str


@dataclass(frozen=True, slots=True)
class Block:
    """Lines under one printed heading."""

    heading: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A statutory table."""

    code: str
    title: str
    blocks: tuple[Block, ...]


def lay_out(columns: Sequence[Column], measure: str) -> tuple[Section, ...]:
    """The statutory tables of which a column has a form or a figure.

    Args:
        columns: What stands side by side.
        measure: The class of applicants (or the total) of table three.
    """
    sections = (_section(table, columns, measure) for table in TABLES)
    return tuple(section for section in sections if section.blocks)


def broken(before: Column, after: Column) -> tuple[str, str] | None:
    """What keeps two columns from being one series: a word for it, and a sentence; or None."""
    one, other = before.form("t3"), after.form("t3")
    first, last = sorted((before.year, after.year))
    # What a form changed is told by the forms; here, what the law did.
    law = [b for b in breaks() if b.code != "form" and first < b.year <= last]
    said = [f"{b.year} 年度起：{b.title}" for b in law]
    if one and other and one != other:
        older, newer = sorted((one, other))
        sentence = f"第三章表一列用 {older} 年格式，一列用 {newer} 年格式"
        said.insert(0, f"{sentence}：只有一种格式印的行，除标“和”的以外不可比")
        return "格式不同", "；".join(said)
    return ("数列中断", "；".join(said)) if said else None


def _section(table: str, columns: Sequence[Column], measure: str) -> Section:
    newest = next(reversed(forms().values()))
    slots = [
        slots[-1]
        for key, slots in figure_columns().items()
        if slots[0].line.table == table
        and (table != "t3" or slots[0].measure.code == measure)
        and any(column.form(table) in of_figure(key) or column.figures.has(key)
                for column in columns if column.is_read)
    ]  # fmt: skip
    blocks = tuple(
        Block(heading, tuple(_line(slot, columns) for slot in members))
        for heading, members in groupby(slots, key=_heading)
    )
    return Section(table, newest.titles[table], blocks)


def _heading(slot: Slot) -> str:
    """The heading over, or to the left of, the line, as the newest form that has it prints it."""
    line = [
        each
        for form in forms().values()
        for each in form.table(slot.line.table)
        if each.code == slot.line.code
    ][-1]
    if line.table != "t3":
        return f"{line.group} {line.label}".strip()
    return "" if line.label.startswith(TOP_LEVEL) else f"{OUTCOMES} {line.group}".strip()


def _line(slot: Slot, columns: Sequence[Column]) -> Line:
    label = slot.line.label if slot.line.table == "t3" else slot.measure.label
    if slot.measure.kind == "money" and slot.measure.unit:
        label += f"（单位：{slot.measure.unit}）"
    cells = tuple(_cell(slot, column) for column in columns)
    numbers = [_number(slot, column) for column in columns]
    # An agency's own number and one of a whole government differ by what nobody counted.
    is_alike = len({column.scope for column in columns}) == 1
    difference = _difference(slot, numbers) if is_alike else ""
    return Line(slot.key, label, cells, difference)


def _cell(slot: Slot, column: Column) -> Cell:
    key = slot.key
    if not column.is_read:
        return Cell(column.absence.glyph, key=key, state="none", title=column.absence.meaning)
    form = column.form(slot.line.table)
    if column.figures.has(key) or form is None or form in of_figure(key):
        cell = _plainly(column.figures.cell(slot), column.figures.values.get(key))
        if cell.state in ("blank", "dash", "slash", "none_word") and not cell.text:
            return replace(cell, text=words.FIGURE[cell.state].word)
        return cell
    link = _link(key, form)
    total = _total(column, link)
    title = link.sentence if link else ""
    if total is not None and link:
        # Without the sentence's first word: that the two compare is why the sum stands here.
        return Cell(str(total), key=key, state="sum", title=f"本档案所加：{title}")
    state = "summed_missing" if link and link.relation == "sum" else "not_in_form"
    return Cell("缺" if state == "summed_missing" else "无此行", key=key, state=state, title=title)


def _plainly(cell: Cell, value: Value) -> Cell:
    """The number as it was read, so that columns compare at a glance; the printed is told."""
    number = plain(value) + (f"（{cell.unit}）" if cell.unit else "")
    if value is None or cell.text == number:
        return cell
    told = f"所印：{cell.text}" + (f"；{cell.title}" if cell.title else "")
    return replace(cell, text=number, title=told)


def _number(slot: Slot, column: Column) -> Number | None:
    """The number that can be compared in a column, a sum over the crosswalk too."""
    value = column.figures.values.get(slot.key)
    if isinstance(value, int | float):
        return value
    form = column.form(slot.line.table)
    if form is None or form in of_figure(slot.key):
        return None
    return _total(column, _link(slot.key, form))


def _total(column: Column, link: Link | None) -> Number | None:
    """The sum of the figures that a link names, if it is a sum and all are numbers."""
    if link is None or link.relation != "sum":
        return None
    values = [column.figures.values.get(key) for key in link.figures]
    numbers = [value for value in values if isinstance(value, int | float)]
    return sum(numbers) if numbers and len(numbers) == len(values) else None


def _difference(slot: Slot, numbers: Sequence[Number | None]) -> str:
    """The second less the first; amounts may be in other units, and are not compared."""
    if len(numbers) != 2 or slot.measure.kind == "money":
        return ""
    first, second = numbers
    if first is None or second is None:
        return ""
    found = Decimal(str(second)) - Decimal(str(first))
    if not found:
        return "0"
    return f"+{found}" if found > 0 else f"−{-found}"


def _link(key: str, other: str) -> Link | None:
    """How a figure that a form lacks stands to that form."""
    found: Iterator[Link] = (
        link for form in of_figure(key) for link in links().get((form, key), ())
        if link.form == other
    )  # fmt: skip
    return next(found, None)
