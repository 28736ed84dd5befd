"""The release before: which ids it gave, and how it read the bodies that it was made from."""

from __future__ import annotations

import contextlib
import json
import logging
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter, itemgetter
from pathlib import Path
from typing import Any

from extract.forms import columns
from extract.types import Figure, Report, Value

from .. import printed
from ..codebook import ENTERED
from ..manifest import FILES, current_manifest, is_whole, reading
from ..register import Given
from ..root import DataRoot

log = logging.getLogger(__name__)
_VERSIONS = (
    "SELECT version_id, report_id, status, text_sha256, figures_sha256, "
    f"instr(' ' || coalesce(flags, '') || ' ', ' {ENTERED} ') > 0 FROM versions"
)
_SOURCES, _SOURCES_OF = (
    f"SELECT version_id, url, sha256, role FROM sources {which}"
    "ORDER BY version_id, captured_at, url, sha256"
    for which in ("", "WHERE version_id = ? ")
)
_READ_FROM, _READ_FROM_OF = (
    f"SELECT version_id, sha256 FROM locators {which}ORDER BY version_id"
    for which in ("", "WHERE version_id = ? ")
)
_CORRECTED = """
SELECT version_id, figure, machine_printed, machine_value, machine_status, machine_unit
FROM corrections WHERE kind = 'figure' AND state = 'applied'
"""


@dataclass(frozen=True, slots=True)
class Told:
    """A version as the release before gave it.

    Attributes:
        sources: SHA-256, address and role of its sources, first seen first.
        read_from: The body that its figures were read from; None where it has none.
        is_entered: Whether people entered it by hand.
    """

    version_id: str
    report_id: str
    status: str
    text_sha256: str
    figures_sha256: str
    sources: tuple[tuple[str, str, str], ...]
    read_from: str | None
    is_entered: bool = False


def _told(row: Any, sources: Iterable[Any], read_from: Iterable[Any]) -> Told:
    version_id, report_id, status, text, figures, by_hand = row
    return Told(
        version_id,
        report_id,
        status,
        text,
        figures,
        tuple((sha256, url, role) for url, sha256, role in sources),
        next((sha256 for (sha256,) in read_from), None),
        bool(by_hand),
    )


class _Behind:
    """Rows in the order of the versions in their first column, taken beside the versions."""

    def __init__(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Take them from a query."""
        self._groups = groupby(rows, itemgetter(0))
        self._next = next(self._groups, None)

    def of(self, version_id: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a version without it; ask in order."""
        while self._next is not None and self._next[0] < version_id:
            self._next = next(self._groups, None)
        if self._next is not None and self._next[0] == version_id:
            for row in self._next[1]:
                yield row[1:]


class Before:
    """The current release, opened to compare the next one with it."""

    def __init__(self, folder: Path, manifest: Mapping[str, Any], stack: contextlib.ExitStack):
        """Open both files; `stack` closes them."""
        nianbao, text = (stack.enter_context(reading(folder / name)) for name in FILES)
        self._nianbao, self._text = nianbao, text
        self._machine: dict[str, dict[str, Figure | None]] | None = None
        self.release = str(manifest.get("release", ""))
        self.built_at = str(manifest.get("built_at", ""))
        self.reader = manifest.get("reader")
        self.builder = manifest.get("builder")

    def versions(self) -> Iterator[Told]:
        """All versions, in the order of their ids."""
        sources = _Behind(self._nianbao.execute(_SOURCES))
        read_from = _Behind(self._text.execute(_READ_FROM))
        for row in self._nianbao.execute(f"{_VERSIONS} ORDER BY version_id"):
            yield _told(row, sources.of(row[0]), read_from.of(row[0]))

    def version(self, version_id: str) -> Told | None:
        """One version; None if it has none of this id."""
        asked = (version_id,)
        row = self._nianbao.execute(f"{_VERSIONS} WHERE version_id = ?", asked).fetchone()
        if row is None:
            return None
        sources = (each[1:] for each in self._nianbao.execute(_SOURCES_OF, asked))
        read_from = (each[1:] for each in self._text.execute(_READ_FROM_OF, asked))
        return _told(row, sources, read_from)

    def given(self, knows: Callable[[str, int], bool]) -> Iterator[Given]:
        """The ids that it gave, each with a body that only this version of a report has.

        Args:
            knows: Tells which ids are known already: they are left out.
        """
        sql = "SELECT version_id FROM versions"
        lacks = {
            report_id
            for (version_id,) in self._nianbao.execute(sql)
            for report_id, _, number in [version_id.rpartition(".v")]
            if number.isdigit() and not knows(report_id, int(number))
        }
        # Versions of a report stand together, for their ids begin alike.
        for report_id, some in groupby(self.versions() if lacks else (), attrgetter("report_id")):
            if report_id in lacks:
                yield from self._given(list(some), knows)

    def _given(self, told: list[Told], knows: Callable[[str, int], bool]) -> Iterator[Given]:
        """The ids of a report's versions."""
        shared: dict[str, int] = {}
        for each in told:
            for sha256 in {sha256 for sha256, _, _ in each.sources}:
                shared[sha256] = shared.get(sha256, 0) + 1
        for each in told:
            number = each.version_id.rpartition(".v")[2]
            ranked = sorted(
                each.sources,
                key=lambda source: (shared[source[0]] > 1, source[2] == "attachment"),
            )
            if ranked and number.isdigit() and not knows(each.report_id, int(number)):
                sha256, url, _ = ranked[0]
                yield Given(each.report_id, int(number), sha256, url, self.release)

    def corrected(self) -> dict[str, dict[str, Figure | None]]:
        """Versions → the figures that people corrected, as the machine had read them."""
        if self._machine is None:
            self._machine = {}
            for row in self._nianbao.execute(_CORRECTED) if self._has_corrections() else ():
                self._machine.setdefault(row[0], {})[row[1]] = _figure(*row[1:])
        return self._machine

    def _has_corrections(self) -> bool:
        """Whether it is no older than corrections are."""
        sql = "SELECT count(*) FROM pragma_table_info('corrections') WHERE name = 'machine_unit'"
        return bool(self._nianbao.execute(sql).fetchone()[0])

    def figures(self, told: Told) -> tuple[Figure, ...]:
        """The figures of a version as it published them."""
        return printed.figures(self._nianbao, self._text, told.version_id)

    def report(self, told: Told) -> Report:
        """What the machine read in a version, as far as two readings are compared."""
        (title,) = self._nianbao.execute(
            "SELECT title FROM versions WHERE version_id = ?", (told.version_id,)
        ).fetchone()
        chapters = self._text.execute(
            "SELECT chapter, text FROM chapters WHERE version_id = ?", (told.version_id,)
        )
        grids = self._text.execute(
            "SELECT rows FROM grids WHERE version_id = ? ORDER BY number", (told.version_id,)
        )
        return Report(
            told.status,
            title=title,
            chapters=dict(chapters),
            figures=self._by_machine(told),
            grids=tuple(tuple(tuple(row) for row in json.loads(rows)) for (rows,) in grids),
        )

    def _by_machine(self, told: Told) -> tuple[Figure, ...]:
        machine = self.corrected().get(told.version_id, {})
        found = (machine.get(figure.key, figure) for figure in self.figures(told))
        return tuple(figure for figure in found if figure is not None)

    def withheld(self) -> list[dict[str, Any]]:
        """Its tombstones; none where it is of before there were any."""
        try:
            return self.rows("SELECT * FROM withheld")
        except sqlite3.OperationalError:
            return []

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """Rows of `nianbao.db`."""
        found = self._nianbao.execute(sql)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found]


def _figure(
    key: str, text: str | None, value: Value, status: str | None, unit: str | None
) -> Figure | None:
    """The machine's figure; None where it found no such cell."""
    if status is None or key not in columns():
        return None
    line, measure = columns()[key][-1].line, columns()[key][-1].measure
    return Figure(line.table, line.code, measure.code, text, value, status, unit)


@contextlib.contextmanager
def release_before(root: DataRoot) -> Iterator[Before | None]:
    """The current release, if there is one and it can be compared with."""
    with contextlib.ExitStack() as stack:
        before = None
        if is_whole(root):
            before = Before(root.current.resolve(), current_manifest(root), stack)
            try:
                before.rows("SELECT change_id, cells FROM changes LIMIT 1")
                before.rows("SELECT version_id, text_sha256, figures_sha256 FROM versions LIMIT 1")
            except sqlite3.DatabaseError as error:
                log.warning("%s is not compared with: %s", before.release, error)
                before = None
        yield before
