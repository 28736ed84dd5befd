"""Cells of current reports, many reports at a time: what stands in them, and what does not.

A country is two hundred million cells. They lie in Arrow's arrays row by row, a report's
cells in the order of the codebook, and what is noted of a cell is a number into the few
notes that there are.
"""

from __future__ import annotations

import json
import sqlite3
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice
from typing import Any, NamedTuple

from isal import isal_zlib

from extract.types import BLANK_STATUSES

from .spans import Span

#: Reports at a time; their cells in the tidy table are a row group.
BATCH = 2000
#: Status of a cell of the form that was not found in the document: it has no note.
ABSENT, REPORTED = "absent", "reported"
#: SQL of the forms of a report's tables two and three.
T2 = "CASE v.form_t2 WHEN 1 THEN v.form ELSE v.form_t2 END"
T3 = "CASE v.form_t3 WHEN 1 THEN v.form ELSE v.form_t3 END"
#: Current reports with figures; `r`, `v` and `f` are their compact rows.
FROM = """FROM _reports r JOIN _versions v ON v.n = r.n
JOIN figures f ON f.version_id = v.version_id"""


@dataclass(frozen=True, slots=True)
class Line:
    """A column of `figures`, from the table `lines`."""

    figure: str
    position: int
    table: str
    label: str
    text: str
    kind: str
    unit: str | None
    basis: str | None
    forms: frozenset[str]


def lines(db: sqlite3.Connection) -> list[Line]:
    """The codebook, in statutory order."""
    rows = db.execute(
        'SELECT figure, position, "table", label, label_en, kind, unit, basis, forms FROM lines '
        "ORDER BY position"
    )
    return [
        Line(
            figure, at, table, label, f"{label}（{label_en}）", kind, unit, basis,
            frozenset(f.split()),
        )
        for figure, at, table, label, label_en, kind, unit, basis, f in rows
    ]  # fmt: skip


def batches(cursor: Iterable[Sequence[Any]], size: int) -> Iterator[list[Sequence[Any]]]:
    """Rows, many at a time."""
    rows = iter(cursor)
    while batch := list(islice(rows, size)):
        yield batch


#: Of each report numbers of columns.
Lists = list[list[int]]


class Notes:
    """What notes of figures say: each only once, by its place; the first says nothing."""

    def __init__(self, db: sqlite3.Connection) -> None:
        """Read them."""
        said = db.execute("SELECT n, printed, status, unit, flags FROM _said ORDER BY n").fetchall()
        self.places = {row[0]: place for place, row in enumerate(said, 1)}
        empty: list[Any] = [None]
        self.printed, self.status, self.unit, self.flags = (
            empty + [row[at] for row in said] for at in (1, 2, 3, 4)
        )

    @cached_property
    def inferred(self) -> Any:
        """Of each, whether its cell was not simply read."""
        return self._whether(lambda status: status != REPORTED)

    @cached_property
    def blank(self) -> Any:
        """Of each, whether its cell prints nothing, or a sign for it."""
        return self._whether(lambda status: status in BLANK_STATUSES)

    def _whether(self, holds: Any) -> Any:
        import pyarrow as pa

        return pa.array([status is not None and holds(status) for status in self.status])


@dataclass(slots=True)
class Grid:
    """Cells of some reports.

    Attributes:
        forms: Form of each report.
        heads: What was asked of each report.
        values: All numbers, report by report.
        width: Cells of a report.
        typed: The numbers, as Arrow has them.
        has: Of each cell, whether it holds a number.
        places: Of each cell, the place of its note; 0 if it has none.
        said: The same, as Arrow has it.
        noted: Of each cell, whether it has one.
        absent: Of each cell, whether its form has it, and the document does not.
        printed: Texts of cells that neither their number nor a note tells, by place.
        with_floats: Columns in which some number was read with a point: 5.0 is not 5.
    """

    forms: list[str | None]
    heads: list[Sequence[Any]]
    values: list[int | float | None]
    width: int
    typed: Any
    has: Any
    places: array[int]
    said: Any
    noted: Any
    absent: Any
    printed: dict[int, str]
    with_floats: frozenset[int]
    _lists: tuple[Lists, Lists, Lists] | None = None

    def lists(self, notes: Notes) -> tuple[Lists, Lists, Lists]:
        """Of each report the cells that are blank, not read, and not simply read."""
        if self._lists is None:  # each form asks of the same cells
            self._lists = self._listed(notes)
        return self._lists

    def _listed(self, notes: Notes) -> tuple[Lists, Lists, Lists]:
        import pyarrow.compute as pc

        told = pc.and_(self.noted, notes.inferred.take(self.said))
        blank = pc.and_not(pc.and_(told, notes.blank.take(self.said)), self.has)
        inferred = pc.and_(told, self.has)
        unread = pc.or_(pc.and_not(pc.and_not(told, inferred), blank), self.absent)
        return self._by_report(blank), self._by_report(unread), self._by_report(inferred)

    def _by_report(self, cells: Any) -> Lists:
        import pyarrow.compute as pc

        found: Lists = [[] for _ in self.heads]
        for place in pc.indices_nonzero(cells).to_pylist():
            report, number = divmod(place, self.width)
            found[report].append(number)
        return found


class Asked(NamedTuple):
    """What is asked of each report: columns, and what they are taken from, as SQL."""

    columns: tuple[str, ...]
    joined: str = ""


class Cells:
    """Reads cells of current reports.

    Args:
        db: nianbao.db, with text.db attached as `text`.
        codebook: The columns that are wanted, in order.
    """

    def __init__(self, db: sqlite3.Connection, codebook: Sequence[Line]) -> None:
        self._db, self._codebook = db, codebook
        self.notes = Notes(db)
        self._positions = [line.position for line in codebook]
        self._places = {line.figure: place for place, line in enumerate(codebook)}
        self._own: dict[tuple[str | None, ...], bytes] = {}

    def grids(
        self, asked: Asked, span: Span, *, form: str | None = None, texts: bool = False
    ) -> Iterator[Grid]:
        """Cells of current reports in the order of their ids.

        Args:
            asked: What is to be in `heads`.
            span: Which reports.
            form: Only reports of this form.
            texts: Whether printed texts are wanted.
        """
        figures = (f'f."{line.figure}"' for line in self._codebook)
        where, given = span.where("r.report_id")
        if form is not None:
            where, given = f"{where}{' AND' if where else ' WHERE'} r.form = ?", (*given, form)
        sql = (
            f"SELECT v.n, v.version_id, r.form, {T2}, {T3}, "
            f"{', '.join([*asked.columns, *figures])} "
            f"{FROM} {asked.joined}{where} ORDER BY r.report_id"
        )
        for rows in batches(self._db.execute(sql, given), BATCH):
            yield self._grid(rows, 5 + len(asked.columns), texts=texts)

    def _grid(self, rows: list[Sequence[Any]], head: int, *, texts: bool) -> Grid:
        import pyarrow as pa
        import pyarrow.compute as pc

        values = list(chain.from_iterable(row[head:] for row in rows))
        said, printed = self._noted(rows)
        if texts:
            self._read_texts(rows, values, said, printed)
        own = b"".join(self._own_cells(row[2:5]) for row in rows)
        typed = pa.array(values, pa.float64())
        places = pa.Array.from_buffers(pa.int32(), len(said), [None, pa.py_buffer(said)])
        is_own = pa.Array.from_buffers(pa.uint8(), len(own), [None, pa.py_buffer(own)])
        has, noted = typed.is_valid(), pc.greater(places, 0)
        absent = pc.and_not(pc.and_not(is_own.cast(pa.bool_()), has), noted)
        return Grid(
            [row[2] for row in rows], [row[5:head] for row in rows], values, len(self._codebook),
            typed, has, said, places, noted, absent, printed, self._with_floats(values),
        )  # fmt: skip

    def _with_floats(self, values: Sequence[int | float | None]) -> frozenset[int]:
        width = len(self._codebook)
        return frozenset(
            place for place in range(width) if float in set(map(type, values[place::width]))
        )

    def _noted(self, rows: list[Sequence[Any]]) -> tuple[array[int], dict[int, str]]:
        """The place of each cell's note, and the texts that notes of single cells have."""
        width, printed = len(self._codebook), dict[int, str]()
        said = array("i", bytes(4 * width * len(rows)))
        starts = {row[0]: number * width for number, row in enumerate(rows)}
        sql = (
            "SELECT version, first, last, said, printed FROM _notes "
            f"WHERE version IN ({', '.join('?' * len(rows))})"
        )
        for version, first, last, note, text in self._db.execute(sql, list(starts)):
            start = starts[version] + bisect_left(self._positions, first)
            end = starts[version] + bisect_right(self._positions, last)
            said[start:end] = array("i", [self.notes.places[note]]) * (end - start)
            if text is not None:
                printed.update(dict.fromkeys(range(start, end), text))
        return said, printed

    def _read_texts(
        self,
        rows: list[Sequence[Any]],
        values: Sequence[int | float | None],
        said: array[int],
        printed: dict[int, str],
    ) -> None:
        """Add the texts of numbers that are printed otherwise than as plain numbers."""
        starts = {row[1]: number * len(self._codebook) for number, row in enumerate(rows)}
        sql = (
            "SELECT version_id, places FROM text.locators "
            f"WHERE version_id IN ({', '.join('?' * len(rows))})"
        )
        for version, packed in self._db.execute(sql, list(starts)):
            told = isal_zlib.decompress(packed)
            if b"[" not in told:
                continue  # nothing but places
            for figure, where in json.loads(told).items():
                if isinstance(where, list) and where[1] and figure in self._places:
                    place = starts[version] + self._places[figure]
                    if not said[place] and values[place] is not None:
                        printed[place] = where[1]

    def _own_cells(self, forms: Sequence[str | None]) -> bytes:
        """Of each column, whether the forms of a report and of its tables have it."""
        known = self._own.get(tuple(forms))
        if known is None:
            whole, t2, t3 = forms
            own = {"t2": t2 or whole, "t3": t3 or whole, "t4": whole}
            known = bytes(own[line.table] in line.forms for line in self._codebook)
            self._own[tuple(forms)] = known
        return known
