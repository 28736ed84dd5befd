"""A piece of work on the files of a large release: one part of one table, or a small table."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ...manifest import FILES, reading
from ..sums import sha256_of
from .columns import blocks, csv_rows
from .fields import Table
from .frame import frame_table
from .partlist import Part
from .plain import plain_tables
from .spans import Span
from .tidy import tidy_table
from .wide import Wide, wide_tables
from .writing import ParquetFile, csv_file, write_table

#: Where members of CSV files lie until all of a table are there.
MEMBERS = ".members"
#: What a part shows that no digest of its content knows; SQL by table.
_VOLATILE = {
    "sources": """SELECT v.version_id, s.number, s.captured_at, s.last_seen, s.record_id,
      (SELECT word FROM _words WHERE n = s.warc_file), s.warc_offset
    FROM _versions v JOIN _sources s ON s.version = v.n{where} ORDER BY 1, 2""",
    "changes": "SELECT * FROM changes{where} ORDER BY change_id",
}
_BOUND = {"sources": "v.version_id", "changes": "change_id"}
#: Tables of which a row tells more than what is stored of its agency: years, times, deadlines.
_NEVER_TAKEN = frozenset({"coverage"})


def tables_of(db: sqlite3.Connection, forms: Sequence[Wide]) -> list[Table]:
    """All tables of a release that are written as files.

    Args:
        db: nianbao.db, with text.db attached as `text`.
        forms: Forms of the wide tables.
    """
    return [*wide_tables(db, forms), tidy_table(db), *plain_tables(db), frame_table(db)]


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be written.

    Attributes:
        table: Name of the table.
        span: The part; None for the whole table in files of its own.
        content: Digest of what is stored of the part's agencies; "" if nobody knows it.
        prior: The same part in the release before.
    """

    table: str
    span: Span | None = None
    content: str = ""
    prior: Part | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What was written: a part, or the rows and digests of a whole table's files."""

    part: Part | None = None
    rows: int = 0
    csv: str = ""
    digests: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where pieces are made.

    Attributes:
        release: Folder of the release's databases.
        folder: The folder of its files.
        before: Folder of the release before, or None.
        forms: Forms of the wide tables.
    """

    release: Path
    folder: Path
    before: Path | None
    forms: tuple[Wide, ...]


class Desk:
    """Writes pieces of one release; each process has one.

    Args:
        db: nianbao.db, with text.db attached as `text`.
        place: Where they are made.
    """

    def __init__(self, db: sqlite3.Connection, place: Place) -> None:
        self._db, self._folder, self._before = db, place.folder, place.before
        self._tables = {table.name: table for table in tables_of(db, place.forms)}

    def do(self, task: Task) -> Done:
        """Write a piece, or take it over.

        Raises:
            OSError: The disk does not take it.
        """
        table = self._tables[task.table]
        if task.span is None:
            written = write_table(self._folder, table)
            paths = (written.csv, written.parquet)
            digests = {path: sha256_of(self._folder / path) for path in paths}
            return Done(None, written.rows, written.csv, digests)
        return Done(self._part(table, task.span, task))

    def _part(self, table: Table, span: Span, task: Task) -> Part:
        state = self._state(table, span, task.content)
        part = Part(table.name, *span, 0, state)
        if task.prior and state and task.prior.state == state and self._taken(part, task.prior):
            return replace(task.prior, offset=0)
        return self._written(part, table, span)

    def _state(self, table: Table, span: Span, content: str) -> str:
        """Digest of all that the part is made from; "" if not all of it is known."""
        if not content or table.name in _NEVER_TAKEN:
            return ""
        digest = hashlib.sha256(f"{content}\n{span}\n{table.fields}\n".encode())
        if table.name in _VOLATILE:
            where, given = span.where(_BOUND[table.name])
            for row in self._db.execute(_VOLATILE[table.name].format(where=where), given):
                digest.update(repr(row).encode())
        return digest.hexdigest()

    def _taken(self, part: Part, prior: Part) -> bool:
        """Link a part of the release before, after a look whether it is still what it was."""
        assert self._before is not None
        if prior.parquet:
            source, to = self._before / prior.path, self._folder / part.path
            if not source.is_file() or sha256_of(source) != prior.parquet:
                return False
            _link(source, to)
        if prior.size:
            member = _bytes(self._before / f"csv/{part.table}.csv.gz", prior.offset, prior.size)
            if hashlib.sha256(member).hexdigest() != prior.sha256:
                return False
            self._member(part).write_bytes(member)
        return True

    def _written(self, part: Part, table: Table, span: Span) -> Part:
        path, member = self._folder / part.path, self._member(part)
        path.unlink(missing_ok=True)  # of a part that was not what it should be
        rows = 0
        with csv_file(member) as text, ParquetFile(path, table) as parquet:
            for block in blocks(table, span):
                if table.has_sheet:
                    text.write(csv_rows(block))
                parquet.write(block)
                rows += len(block[0].typed)
        if not rows:
            path.unlink()
            member.unlink()
            return part
        part = replace(part, rows=rows, parquet=sha256_of(path))
        if not table.has_sheet:
            member.unlink()
            return part
        return replace(part, size=member.stat().st_size, sha256=sha256_of(member))

    def _member(self, part: Part) -> Path:
        return self._folder / MEMBERS / f"{part.table}.{part.name}.gz"


def _link(source: Path, to: Path) -> None:
    """A second name for a file that never changes; a copy where the disk knows no such."""
    try:
        os.link(source, to)
    except OSError:
        shutil.copyfile(source, to)


def _bytes(path: Path, offset: int, size: int) -> bytes:
    try:
        with path.open("rb") as handle:
            handle.seek(offset)
            return handle.read(size)
    except FileNotFoundError:
        return b""


@contextlib.contextmanager
def desk(place: Place) -> Iterator[Desk]:
    """A desk, with the databases open."""
    with reading(place.release / FILES[0], text=place.release / FILES[1]) as db:
        yield Desk(db, place)
