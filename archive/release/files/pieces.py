"""A piece of work on the files of a large release: one part of one table, or a small table."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path
from typing import Any

from ...manifest import FILES, reading
from ..sums import sha256_of
from .cells import Cells, lines
from .columns import blocks, csv_rows
from .fields import Column, Table
from .frame import frame_table
from .partlist import Part
from .plain import plain_tables
from .spans import Span
from .states import state
from .tidy import NAME as TIDY
from .tidy import tidy_block, tidy_table
from .wide import ASKED, Wide, WideBlocks, wide_tables
from .wide import PREFIX as WIDE
from .writing import ParquetFile, csv_file, write_table

#: Where members of CSV files lie until all of a table are there.
MEMBERS = ".members"
#: Memory for pages of nianbao.db: what a country's rows share is more than SQLite's 2 MB.
_CACHE_KB = 64 << 10


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
        tables: Names of tables; several are made from the same cells.
        span: The part; None for a whole table in files of its own.
        contents: By table, a digest of what is stored of the part's agencies, as far as the table
            says it; "" if nobody knows it.
        prior: The same parts in the release before.
    """

    tables: tuple[str, ...]
    span: Span | None = None
    contents: tuple[str, ...] = ()
    prior: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Whole:
    """A table that was written whole: its files, their digests."""

    name: str
    csv: str
    parquet: str
    rows: int
    digests: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Done:
    """What was written."""

    parts: tuple[Part, ...] = ()
    whole: Whole | None = None


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
        self._codebook = lines(db)
        self._cells = Cells(db, self._codebook)
        self._wide = {
            f"{WIDE}{wide.form}": WideBlocks(wide, self._codebook) for wide in place.forms
        }

    def do(self, task: Task) -> Done:
        """Write a piece, or take it over.

        Raises:
            OSError: The disk does not take it.
        """
        if task.span is None:
            return Done(whole=self._whole(self._tables[task.tables[0]]))
        prior = {part.table: part for part in task.prior}
        parts = [
            Part(name, *task.span, 0, state(self._db, self._tables[name], task.span, content))
            for name, content in zip_longest(task.tables, task.contents, fillvalue="")
        ]
        taken = {part.table: self._taken(part, prior.get(part.table)) for part in parts}
        made = self._made([part for part in parts if not taken[part.table]], task.span)
        return Done(tuple(taken[part.table] or made[part.table] for part in parts))

    def _whole(self, table: Table) -> Whole:
        written = write_table(self._folder, table)
        digests = {path: sha256_of(self._folder / path) for path in written.files}
        return Whole(table.name, written.csv, written.parquet, written.rows, digests)

    def _made(self, parts: Sequence[Part], span: Span) -> dict[str, Part]:
        """Write parts, those of cells in one pass."""
        with contextlib.ExitStack() as stack:
            files = {
                part.table: stack.enter_context(
                    _PartFiles(self._folder, part, self._tables[part.table])
                )
                for part in parts
            }
            for name, block in self._blocks(tuple(files), span):
                files[name].write(block)
        return {name: each.part() for name, each in files.items()}

    def _blocks(self, names: tuple[str, ...], span: Span) -> Iterator[tuple[str, list[Column]]]:
        of_cells = [name for name in names if name == TIDY or name in self._wide]
        for name in names:
            if name not in of_cells:
                yield from ((name, block) for block in blocks(self._tables[name], span))
        if not of_cells:
            return
        for grid in self._cells.grids(ASKED, span, texts=TIDY in of_cells):
            for name in of_cells:
                if name == TIDY:
                    yield name, tidy_block(grid, self._codebook, self._cells.notes, has_sheet=False)
                elif block := self._wide[name].block(grid, self._cells.notes):
                    yield name, block

    def _taken(self, part: Part, prior: Part | None) -> Part | None:
        """Link a part of the release before, after a look whether it is still what it was."""
        if not prior or not part.state or prior.state != part.state or not self._before:
            return None
        if prior.parquet:
            source, to = self._before / prior.path, self._folder / part.path
            if not source.is_file() or sha256_of(source) != prior.parquet:
                return None
            _link(source, to)
        if prior.size:
            member = _bytes(self._before / f"csv/{part.table}.csv.gz", prior.offset, prior.size)
            if hashlib.sha256(member).hexdigest() != prior.sha256:
                return None
            member_of(self._folder, part).write_bytes(member)
        return prior


class _PartFiles:
    """The files of a part: a member of the table's CSV, and a Parquet file."""

    def __init__(self, folder: Path, part: Part, table: Table) -> None:
        self._part, self._table, self._rows = part, table, 0
        self._member, self._path = member_of(folder, part), folder / part.path
        self._open = contextlib.ExitStack()

    def __enter__(self) -> _PartFiles:
        self._path.unlink(missing_ok=True)  # linked to a part that was not what it should be
        with contextlib.ExitStack() as stack:
            self._text = stack.enter_context(csv_file(self._member))
            self._parquet = stack.enter_context(ParquetFile(self._path, self._table))
            self._open = stack.pop_all()
        return self

    def __exit__(self, *exception: Any) -> None:
        self._open.__exit__(*exception)

    def write(self, block: list[Column]) -> None:
        """Write rows."""
        if self._table.has_sheet:
            self._text.write(csv_rows(block))
        self._parquet.write(block)
        self._rows += len(block[0].typed)

    def part(self) -> Part:
        """The part as it lies there; what holds nothing is taken away."""
        if not self._rows:
            self._path.unlink()
        if not self._rows or not self._table.has_sheet:
            self._member.unlink()
        if not self._rows:
            return self._part
        part = replace(self._part, rows=self._rows, parquet=sha256_of(self._path))
        if not self._table.has_sheet:
            return part
        return replace(part, size=self._member.stat().st_size, sha256=sha256_of(self._member))


def member_of(folder: Path, part: Part) -> Path:
    """Where a part's rows lie as CSV until they are joined to the others."""
    return folder / MEMBERS / f"{part.table}.{part.name}.gz"


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


class Worker:
    """Does tasks at a desk of its own, wherever it is called: it goes to processes without it."""

    def __init__(self, place: Place) -> None:
        """Name the place; the databases are opened with the first task."""
        self._place = place
        self._desk: Desk | None = None
        self._open = contextlib.ExitStack()

    def __reduce__(self) -> tuple[type[Worker], tuple[Place]]:
        """What another process begins with."""
        return Worker, (self._place,)

    def __call__(self, task: Task) -> Done:
        """Write a piece, or take it over.

        Raises:
            OSError: The disk does not take it.
        """
        if self._desk is None:
            nianbao, text = (self._place.release / name for name in FILES)
            db = self._open.enter_context(reading(nianbao, text=text))
            db.execute(f"PRAGMA cache_size = {-_CACHE_KB}")
            self._desk = Desk(db, self._place)
        return self._desk.do(task)

    def close(self) -> None:
        """Close the databases."""
        self._open.close()
