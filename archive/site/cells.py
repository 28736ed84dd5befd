"""Cells of a laid-out table, and the figures of a report as cells. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from archive.codebook import HAND_READ
from archive.site.words import FIGURE
from extract.flags import FLAGS
from extract.forms import Measure, Slot

Value = int | float | str | None


@dataclass(frozen=True, slots=True)
class Note:
    """What a release says of a figure that is not a plain number.

    `machine` is what the machine read where people read something else, in words.
    """

    printed: str | None
    status: str
    unit: str | None = None
    flags: str | None = None
    machine: str = ""

    @property
    def by_hand(self) -> bool:
        """Whether people read it: a cell without a number keeps the status of what is there."""
        return HAND_READ in (self.status, *(self.flags or "").split())


@dataclass(frozen=True, slots=True)
class Mark:
    """A finding that concerns a figure."""

    number: int
    kind: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a laid-out table.

    Attributes:
        text: What is shown; for a figure, what the report prints.
        scope: `col`, `colgroup`, `row` or `rowgroup` of a heading; "" of a figure.
        key: The figure's column, or "".
        state: Status of the figure; `absent` where the report does not print it.
        title: Sentence that explains the state, or "".
        marks: Findings that concern the figure.
        unit: Of an amount, where its unit is not that of the form; or that none is printed.
            The text may say it, too.
        by_hand: Whether people read it.
    """

    text: str
    scope: str = ""
    colspan: int = 1
    rowspan: int = 1
    key: str = ""
    state: str = ""
    title: str = ""
    marks: tuple[Mark, ...] = ()
    unit: str = ""
    by_hand: bool = False


Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A statutory table of one report, laid out.

    Attributes:
        code: `t2`, `t3` or `t4`.
        title: The form's title of the table.
        form: Code of the form that it follows.
        head: Rows of headings (none in table two, which has one a section).
        body: The other rows.
    """

    code: str
    title: str
    form: str
    head: tuple[Row, ...]
    body: tuple[Row, ...]

    def states(self) -> tuple[str, ...]:
        """Statuses that need a word below the table, in the order of the codebook."""
        used = {cell.state for row in self.body for cell in row}
        used |= {HAND_READ for row in self.body for cell in row if cell.by_hand}
        return tuple(state for state, word in FIGURE.items() if word.glyph and state in used)

    def mark_states(self) -> tuple[str, ...]:
        """Kinds of findings that mark a cell of the table."""
        used = {mark.kind for row in self.body for cell in row for mark in cell.marks}
        return tuple(sorted(used))


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one version, ready to be laid out.

    Attributes:
        values: The numbers.
        notes: What is said of those that are not a plain number.
        marks: Findings that concern them.
        printed: Printed texts of plain numbers that are not written as the number is.
    """

    values: Mapping[str, Value]
    notes: Mapping[str, Note]
    marks: Mapping[str, tuple[Mark, ...]]
    printed: Mapping[str, str] = field(default_factory=dict)

    def has(self, key: str) -> bool:
        """Whether the report prints a cell for the figure, as far as was read."""
        return self.values.get(key) is not None or key in self.notes

    def cell(self, slot: Slot, colspan: int = 1) -> Cell:
        """The cell of one figure, as printed."""
        key = slot.key
        marks = self.marks.get(key, ())
        note = self.notes.get(key)
        value = self.values.get(key)
        if note is None and value is None:
            word = FIGURE["absent"]
            return Cell(word.word, colspan=colspan, key=key, state="absent", title=word.meaning)
        if note is None:
            text = self.printed.get(key, "").strip() or plain(value)
            return Cell(
                text,
                colspan=colspan,
                key=key,
                state="reported",
                title=f"读作 {plain(value)}" if text != plain(value) else "",
                marks=marks,
            )
        printed = (note.printed or "").strip() or plain(value)
        if note.by_hand and note.status == "missing_cell":
            printed = "未印出"
        unit = _unit(note, value, slot.measure)
        return Cell(
            printed,
            colspan=colspan,
            key=key,
            state=note.status,
            title=_explain(note, value, slot.measure),
            marks=marks,
            unit=unit,
            by_hand=note.by_hand,
        )


def plain(value: Value) -> str:
    """A number as text, without separators; nothing becomes 0."""
    return "" if value is None else str(value)


def _unit(note: Note, value: Value, measure: Measure) -> str:
    """The unit of an amount that stands where the form has another one, or none."""
    if measure.kind != "money" or not value:
        return ""
    if note.unit:
        return note.unit if note.unit != measure.unit else ""
    return "未印单位" if "unit_missing" in (note.flags or "").split() else ""


def _explain(note: Note, value: Value, measure: Measure) -> str:
    parts = []
    if note.by_hand and note.status == "missing_cell":
        parts.append("报告没有印出此格")
    elif note.status in FIGURE:
        parts.append(FIGURE[note.status].meaning)
    if note.by_hand and note.status != HAND_READ:
        parts.append("此格由人工读取")
    if note.machine:
        parts.append(note.machine)
    if value is not None and (note.printed or "").strip() != plain(value):
        parts.append(f"读作 {plain(value)}")
    if note.unit and note.unit != measure.unit:
        parts.append(f"报告所印单位：{note.unit}")
    if note.flags:
        parts += [FLAGS[flag][0] for flag in note.flags.split() if flag in FLAGS]
    return "；".join(parts)
