"""Cells of current reports: which a form has, what stands in them, what does not."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple

from ...printed import unpack_places

#: Status of a cell of the form that was not found in the document: it has no note.
ABSENT = "absent"


class Cell(NamedTuple):
    """A cell of one report; twenty million of them are made for a country."""

    figure: str
    value: int | float | None
    printed: str | None
    status: str
    unit: str | None = None
    flags: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A column of `figures`, from the table `lines`."""

    figure: str
    table: str
    label: str
    text: str
    kind: str
    unit: str | None
    basis: str | None
    forms: frozenset[str]


@dataclass(slots=True)
class Read:
    """What a batch of versions says beside the numbers: notes and printed texts."""

    notes: dict[str, dict[str, tuple[Any, ...]]] = field(default_factory=dict)
    printed: dict[str, dict[str, str]] = field(default_factory=dict)


def lines(db: sqlite3.Connection) -> list[Line]:
    """The codebook, in statutory order."""
    rows = db.execute(
        'SELECT figure, "table", label, label_en, kind, unit, basis, forms FROM lines '
        "ORDER BY position"
    )
    return [
        Line(
            figure, table, label, f"{label}（{label_en}）", kind, unit, basis, frozenset(f.split())
        )
        for figure, table, label, label_en, kind, unit, basis, f in rows
    ]


def batches(cursor: Iterable[Sequence[Any]], size: int) -> Iterator[list[Sequence[Any]]]:
    """Rows, many at a time."""
    rows = iter(cursor)
    while batch := list(islice(rows, size)):
        yield batch


def read(db: sqlite3.Connection, versions: Sequence[str], *, texts: bool = False) -> Read:
    """Notes of some versions and, if asked, printed texts."""
    found = Read()
    marks = ", ".join("?" * len(versions))
    sql = (
        "SELECT version_id, figure, printed, status, unit, flags FROM figure_notes "
        f"WHERE version_id IN ({marks})"
    )
    for version, figure, *note in db.execute(sql, versions):
        found.notes.setdefault(version, {})[figure] = tuple(note)
    if texts:
        sql = f"SELECT version_id, places FROM text.locators WHERE version_id IN ({marks})"
        for version, packed in db.execute(sql, versions):
            places = unpack_places(packed).items()
            found.printed[version] = {key: at.printed for key, at in places if at.printed}
    return found


def cells(
    codebook: Sequence[Line],
    values: Sequence[int | float | None],
    forms: Sequence[str | None],
    version: str,
    said: Read,
    *,
    plain: bool = True,
) -> Iterator[Cell]:
    """The cells of a report: those of its forms, and any other that it prints.

    Args:
        codebook: The columns.
        values: Their numbers, in the same order.
        forms: Form of the report, of its table two and of its table three.
        version: Its current version.
        said: What the batch says of it.
        plain: Whether to give numbers that have no note, too.
    """
    notes, printed = said.notes.get(version, {}), said.printed.get(version, {})
    whole, t2, t3 = forms
    own = {"t2": t2 or whole, "t3": t3 or whole, "t4": whole}
    for line, value in zip(codebook, values, strict=True):
        figure = line.figure
        if figure in notes:
            text, status, unit, flags = notes[figure]
            yield Cell(figure, value, text, status, unit, flags)
        elif value is not None:
            if plain:
                yield Cell(figure, value, printed.get(figure) or str(value), "reported")
        elif own[line.table] in line.forms:
            yield Cell(figure, None, None, ABSENT)
