"""The statutory forms as data: one TOML a form, and the union of both.

The files are the codebook. A new form is a new file; no code names a line of a
particular form outside the check functions.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from .wording import Relation, Text

TABLES = ("t2", "t3", "t4")


@dataclass(frozen=True, slots=True)
class Measure:
    """A 计量列: what one column of a table counts.

    Attributes:
        table: `t2`, `t3` or `t4` (the chapter of the report that prints it).
        code: Short ASCII name, unique in its table.
        label: The printed column heading.
        label_en: Its English translation.
        kind: `count` (whole, not negative), `signed` (whole) or `money`.
        unit: What is counted (件, 项, 个); of money the unit that the form prints, or "".
        text: What is counted, and what the form leaves unsaid: see `extract.forms.meaning`.
    """

    table: str
    code: str
    label: str
    label_en: str
    kind: str
    unit: str = ""
    text: Text = field(default=Text(), compare=False)


@dataclass(frozen=True, slots=True)
class Line:
    """A 项目: one line of a statutory table.

    Attributes:
        table: `t2`, `t3` or `t4`.
        code: Short ASCII name, unique in its table and equal in both forms where
            the line means the same.
        label: The printed label, with its enumerator.
        label_en: Its English translation.
        name: The line's name in the exchange form (see the corpus README).
        group: Heading printed to the left of the label, or "".
        basis: Legal basis, or "".
        clause: The exchange form's name of the clause (table two only), or "".
        measures: Codes of the measures that the line has.
        aliases: Other wordings that have been seen for it.
        text: What the line is, and what the form leaves unsaid of it.
    """

    table: str
    code: str
    label: str
    label_en: str
    name: str
    group: str = ""
    basis: str = ""
    clause: str = ""
    measures: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    text: Text = field(default=Text(), compare=False)


@dataclass(frozen=True, slots=True)
class Slot:
    """One printed cell of a form: a line and a measure."""

    line: Line
    measure: Measure
    #: Name of the figure's column in a release, e.g. `t3_granted_total`.
    key: str = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Work out the name once: it is asked for a thousand times a page."""
        name = f"{self.line.table}_{self.line.code}_{self.measure.code}"
        object.__setattr__(self, "key", name)


@dataclass(frozen=True, slots=True)
class Form:
    """A 年报格式 with its lines in statutory order.

    Attributes:
        code: `2019` or `2021`, after the notice that set it.
        first_year: First report year that it was made for.
        last_year: Last report year, or None while it is in force.
        basis: Table → the article that asks for it.
        basis_printed: Table → whether the form itself prints the legal basis of its lines.
        groups: (table, group) → what the form leaves unsaid of the lines of a group.
        crosswalk: How its cells stand to those of the form before.
    """

    code: str
    name: str
    name_en: str
    notice: str
    first_year: int
    last_year: int | None
    titles: dict[str, str]
    basis: dict[str, str]
    basis_printed: dict[str, bool]
    groups: dict[tuple[str, str], str]
    crosswalk: tuple[Relation, ...]
    measures: tuple[Measure, ...]
    lines: tuple[Line, ...]

    def table(self, table: str) -> tuple[Line, ...]:
        """Lines of one table in statutory order."""
        return _of_table(self.code)[table]

    def measure(self, table: str, code: str) -> Measure:
        """The measure of a table by its code; raises KeyError."""
        for measure in self.measures:
            if (measure.table, measure.code) == (table, code):
                return measure
        raise KeyError(f"form {self.code}: no measure {code} in {table}")

    def slots(self, table: str | None = None) -> tuple[Slot, ...]:
        """Every printed cell, in statutory order; of one table if it is named."""
        return _slots_of(self.code)[table]


def _load(path: Path, before: Form | None) -> Form:
    """A form's file; what it leaves unsaid of a code is what the form before says of it."""
    data = tomllib.loads(path.read_text("utf-8"))
    measures = tuple(
        Measure(text=Text.taken(entry, older), **entry)
        for entry, older in _beside(data["measures"], before.measures if before else ())
    )
    every = {t: tuple(m.code for m in measures if m.table == t) for t in TABLES}
    lines = tuple(
        Line(
            **{
                "text": Text.taken(entry, older),
                **entry,
                "measures": tuple(entry.get("measures") or every[entry["table"]]),
                "aliases": tuple(entry.get("aliases", ())),
            }
        )
        for entry, older in _beside(data["lines"], before.lines if before else ())
    )
    groups = {(each["table"], each["group"]): each["unsaid"] for each in data.get("groups", ())}
    return Form(
        code=data["code"],
        name=data["name"],
        name_en=data["name_en"],
        notice=data["notice"],
        first_year=data["first_year"],
        last_year=data.get("last_year"),
        titles={table: entry["title"] for table, entry in data["tables"].items()},
        basis={table: entry["basis"] for table, entry in data["tables"].items()},
        basis_printed={table: entry["basis_printed"] for table, entry in data["tables"].items()},
        groups=(before.groups if before else {}) | groups,
        crosswalk=tuple(Relation.of(entry) for entry in data.get("crosswalk", ())),
        measures=measures,
        lines=lines,
    )


def _beside(
    entries: list[dict[str, Any]], older: Iterable[Line | Measure]
) -> list[tuple[dict[str, Any], Text]]:
    """Entries of a form's file, each beside what the form before says of its code."""
    known = {(each.table, each.code): each.text for each in older}
    return [(entry, known.get((entry["table"], entry["code"]), Text())) for entry in entries]


@cache
def forms() -> dict[str, Form]:
    """All forms by code, oldest first."""
    found: dict[str, Form] = {}
    last: Form | None = None
    for path in sorted(Path(__file__).parent.glob("*.toml")):
        last = _load(path, last)
        found[last.code] = last
    return found


@cache
def _of_table(code: str) -> dict[str, tuple[Line, ...]]:
    lines = forms()[code].lines
    return {table: tuple(line for line in lines if line.table == table) for table in TABLES}


@cache
def _slots_of(code: str) -> dict[str | None, tuple[Slot, ...]]:
    """Cells of a form by table; all under None."""
    form = forms()[code]
    every = tuple(
        Slot(line, form.measure(line.table, measure))
        for line in form.lines
        for measure in line.measures
    )
    found: dict[str | None, tuple[Slot, ...]] = {None: every}
    for table in TABLES:
        found[table] = tuple(slot for slot in every if slot.line.table == table)
    return found


@cache
def union(table: str) -> tuple[Line, ...]:
    """Lines of both forms of one table, merged into one statutory order.

    A line that both forms have stands once (with the older form's wording); lines
    of the newer form alone stand before the line that follows them there.
    """
    merged: list[Line] = []
    for form in forms().values():
        at = len(merged)
        for line in reversed(form.table(table)):
            known = next((i for i, have in enumerate(merged) if have.code == line.code), None)
            if known is None:
                merged.insert(at, line)
            else:
                at = known
    return tuple(merged)


@cache
def measures(table: str) -> tuple[Measure, ...]:
    """Measures of table three or four, which every form prints alike.

    Args:
        table: `t3` or `t4`; table two has other measures in each form.
    """
    newest = next(reversed(forms().values()))
    return tuple(measure for measure in newest.measures if measure.table == table)


@cache
def columns() -> dict[str, tuple[Slot, ...]]:
    """Figure columns of a release: key → the slots that share it, one a form.

    Two forms share a column where line and measure mean the same in both.
    """
    found: dict[str, list[Slot]] = {}
    for table in TABLES:
        for line in union(table):
            for form in forms().values():
                for slot in form.slots(table):
                    if slot.line.code == line.code:
                        found.setdefault(slot.key, []).append(slot)
    return {key: tuple(slots) for key, slots in found.items()}
