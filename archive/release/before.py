"""The release before: which ids it gave, and how it read the bodies that it was made from."""

from __future__ import annotations

import contextlib
import json
import logging
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
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
_SOURCES = """
SELECT version_id, url, sha256, role FROM sources ORDER BY version_id, captured_at, url, sha256
"""
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


class Before:
    """The current release, opened to compare the next one with it."""

    def __init__(self, folder: Path, manifest: Mapping[str, Any], stack: contextlib.ExitStack):
        """Open both files; `stack` closes them."""
        nianbao, text = (stack.enter_context(reading(folder / name)) for name in FILES)
        self._nianbao, self._text = nianbao, text
        self._told: list[Told] = []
        self._machine: dict[str, dict[str, Figure | None]] | None = None
        self.release = str(manifest.get("release", ""))
        self.built_at = str(manifest.get("built_at", ""))
        self.reader = manifest.get("reader")
        self.builder = manifest.get("builder")

    def versions(self) -> list[Told]:
        """All versions, in the order of their ids."""
        self._told = self._told or self._versions()
        return self._told

    def _versions(self) -> list[Told]:
        sources: dict[str, list[tuple[str, str, str]]] = {}
        for version_id, url, sha256, role in self._nianbao.execute(_SOURCES):
            sources.setdefault(version_id, []).append((sha256, url, role))
        read_from = dict(self._text.execute("SELECT version_id, sha256 FROM locators"))
        rows = self._nianbao.execute(
            "SELECT version_id, report_id, status, text_sha256, figures_sha256, "
            f"instr(' ' || coalesce(flags, '') || ' ', ' {ENTERED} ') > 0 FROM versions "
            "ORDER BY version_id"
        )
        return [
            Told(
                version_id,
                report_id,
                status,
                text,
                figures,
                tuple(sources.get(version_id, ())),
                read_from.get(version_id),
                bool(by_hand),
            )
            for version_id, report_id, status, text, figures, by_hand in rows
        ]

    def given(self) -> Iterator[Given]:
        """The ids that it gave, each with a body that only this version of a report has."""
        told = self.versions()
        shared: dict[tuple[str, str], int] = {}
        for each in told:
            for sha256 in {sha256 for sha256, _, _ in each.sources}:
                shared[each.report_id, sha256] = shared.get((each.report_id, sha256), 0) + 1
        for each in told:
            number = each.version_id.rpartition(".v")[2]
            ranked = sorted(
                each.sources,
                key=lambda source: (
                    shared[each.report_id, source[0]] > 1,
                    source[2] == "attachment",
                ),
            )
            if ranked and number.isdigit():
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
