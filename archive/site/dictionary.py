"""The page of the data dictionary: both forms as they are printed, and what each cell counts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from datasette import Response

from archive.site import layout, words
from archive.site.answers import View, render
from archive.site.cells import Figures, Row, Table
from extract.forms import TABLES, Form, Line, Slot, forms, union
from extract.forms.crosswalk import Link
from extract.forms.meaning import entries, of_figure

PREFIX = "/zidian"
_FIGURE = re.compile(r"(t[234](?:_[a-z]+)+)")
Pieces = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """What the codebook says of a line, in the forms that say it so.

    Attributes:
        forms: Their codes.
        label: The line as they print it, after its group.
        basis: Legal basis, or "".
        definition: What the line is.
        unsaid: What they leave unsaid of it.
        verified: Whether the definition says no more than the printed form.
    """

    forms: tuple[str, ...]
    label: str
    basis: str
    definition: str
    unsaid: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Column:
    """One column of figures.

    Attributes:
        key: Its name.
        label: The heading that the newest form prints.
        unit: What is counted, or "".
        is_money: Whether it is an amount: a unit that is missing is told.
        forms: Codes of the forms that print it.
        definition: What is counted, added to what the line is.
        unsaid: What the form leaves unsaid of the column.
        verified: Whether the definition says no more than the printed form.
        is_same: Whether both forms have the column, and it compares.
        comparable: Otherwise the sentence on the other form; every second piece is a figure.
    """

    key: str
    label: str
    unit: str
    is_money: bool
    forms: tuple[str, ...]
    definition: str
    unsaid: str
    verified: bool
    is_same: bool
    comparable: Pieces


@dataclass(frozen=True, slots=True)
class LineEntry:
    """A line of a table, in either form, with its columns.

    Attributes:
        name: The newest form's name of it.
        code: What the names of its columns begin with.
        said: What the forms say of it.
        remark: What must be known where its columns compare, or "".
        columns: Those of the forms that have the line.
    """

    name: str
    code: str
    said: tuple[Said, ...]
    remark: str
    columns: tuple[Column, ...]


async def dictionary(datasette: Any, request: Any) -> Response:
    """`/zidian`: the codebook; `/zidian#t3_granted_total` one figure of it."""
    context = {
        "printed": [(form, printed(form)) for form in forms().values()],
        "chapters": [(table, *chapter(table)) for table in TABLES],
        "words": words,
        "count": {code: len(entries(code)) for code in forms()},
    }
    return await render(datasette, request, "zidian.html", context)


ROUTES: list[tuple[str, View]] = [(rf"^{PREFIX}$", dictionary)]


def printed(form: Form) -> list[Table]:
    """The tables of a form as it prints them, the name of the column in the place of a figure."""
    names = {slot.key: f"_{slot.measure.code}" for slot in form.slots()}
    figures = Figures(names, {}, {})
    tables = (layout.lay_out(table, form.code, figures) for table in TABLES)
    return [_coded(table, form) for table in tables if table is not None]


def chapter(table: str) -> tuple[str, tuple[LineEntry, ...]]:
    """Title of a table, and the entries of its lines, those of both forms in one order."""
    newest = next(reversed(forms().values()))
    return newest.titles[table], tuple(_line_entry(line) for line in union(table))


def _coded(table: Table, form: Form) -> Table:
    """The table, its headings of lines with the part of the names that the line gives."""
    codes = {line.label: f"{line.table}_{line.code}" for line in form.table(table.code)}
    if table.code == "t4":
        head = tuple(
            tuple(replace(cell, title=codes.get(cell.text, "")) for cell in row)
            for row in table.head
        )
        return replace(table, head=head)
    return replace(table, body=tuple(_with_code(row) for row in table.body))


def _with_code(row: Row) -> Row:
    figure = next((cell for cell in row if cell.key), None)
    if figure is None:
        return row
    last = max(at for at, cell in enumerate(row) if cell.scope == "row")
    code = figure.key.removesuffix(figure.text)
    return tuple(replace(c, title=code) if at == last else c for at, c in enumerate(row))


def _line_entry(line: Line) -> LineEntry:
    found = [
        (form, each)
        for form in forms().values()
        for each in form.table(line.table)
        if each.code == line.code
    ]
    slots = {
        slot.key: slot
        for form, _ in found
        for slot in form.slots(line.table)
        if slot.line.code == line.code
    }
    same = [link for key in slots for link in _links(key) if link.relation == "same"]
    return LineEntry(
        name=found[-1][1].name,
        code=f"{line.table}_{line.code}",
        said=tuple(_said(found)),
        remark="".join(dict.fromkeys(link.reason for link in same)),
        columns=tuple(_column(slot) for slot in slots.values()),
    )


def _said(found: list[tuple[Form, Line]]) -> Iterator[Said]:
    """What the forms say of a line; those that say the same stand together."""
    by_text: dict[Said, tuple[str, ...]] = {}
    for form, line in found:
        unsaid = line.text.unsaid + form.groups.get((line.table, line.group), "")
        basis = line.basis
        if basis and not form.basis_printed[line.table]:
            basis += "（通行理解，格式未印）"
        label = f"{line.group} {line.label}".strip()
        said = Said((), label, basis, line.text.definition, unsaid, line.text.verified)
        by_text[said] = (*by_text.get(said, ()), form.code)
    for said, codes in by_text.items():
        yield replace(said, forms=codes)


def _column(slot: Slot) -> Column:
    found = of_figure(slot.key)
    measure = slot.measure
    is_same = all(link.relation == "same" for link in _links(slot.key))
    sentence = next(iter(found.values())).comparable
    return Column(
        key=slot.key,
        label=measure.label,
        unit=measure.unit,
        is_money=measure.kind == "money",
        forms=tuple(found),
        definition=measure.text.definition,
        unsaid=measure.text.unsaid,
        verified=measure.text.verified,
        is_same=is_same,
        comparable=() if is_same else tuple(_FIGURE.split(sentence)),
    )


def _links(key: str) -> list[Link]:
    return [link for entry in of_figure(key).values() for link in entry.links]
