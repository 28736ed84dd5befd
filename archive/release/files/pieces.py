"""A piece of work on the files of a large release: one part of one table, or a small table."""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...manifest import FILES, reading
from ..sums import sha256_of
from .cells import Cells, lines
from .columns import blocks, csv_rows
from .fields import Column, Table
from .forms import PREFIX as WIDE
from .forms import Wide
from .frame import frame_table
from .partfiles import PartFiles, link, member_bytes, member_of
from .partlist import Part
from .plain import plain_tables
from .renewed import MOST, Rows, prior_rows, renewed, rows_of
from .spans import Span
from .states import is_volatile, state, volatile
from .tidy import NAME as TIDY
from .tidy import tidy_block, tidy_table
from .wide import ASKED, WideBlocks, wide_tables
from .writing import write_table

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
class Known:
    """What is known of a part before it is written.

    Attributes:
        content: Digest of what is stored of the part's agencies, as far as its table says it; ""
            if nobody knows it.
        prior: The same part in the release before, if that has it.
        was: What `content` was there; "" if nobody knows it.
        otherwise: Names of the agencies' parts of the content that differ from then.
        is_copied: Whether all that it tells of reports is copied from then, but for findings.
    """

    content: str = ""
    prior: Part | None = None
    was: str = ""
    otherwise: tuple[str, ...] = ()
    is_copied: bool = False

    @property
    def is_same(self) -> bool:
        """Whether nothing of the content is otherwise than in the release before."""
        return bool(self.content) and self.content == self.was


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be written.

    Attributes:
        tables: Names of tables, and what is known of their part; several are made from the same
            cells.
        span: The part; None for a whole table in files of its own.
    """

    tables: Mapping[str, Known]
    span: Span | None = None


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
        span = task.span
        if span is None:
            (name,) = task.tables
            return Done(whole=self._whole(self._tables[name]))
        parts = [self._part(name, span, known) for name, known in task.tables.items()]
        done = {part.table: self._taken(part, task.tables[part.table]) for part in parts}
        left = [part for part in parts if not done[part.table]]
        few = {part.table: self._renewed(part, span, task.tables[part.table]) for part in left}
        if not all(few[name] for name in few if name in self._wide):
            # How many reports are made at a time is decided for all forms at once.
            few = {name: each for name, each in few.items() if name not in self._wide}
        done |= few
        made = self._made([part for part in left if not done.get(part.table)], span)
        return Done(tuple(done.get(part.table) or made[part.table] for part in parts))

    def _part(self, name: str, span: Span, known: Known) -> Part:
        """What a part is made from, before it is."""
        table, prior = self._tables[name], known.prior
        if prior and prior.volatile and known.is_copied:
            more = prior.volatile  # to look through the same rows again takes as long as ever
        else:
            more = volatile(self._db, table, span)
        return Part(name, *span, 0, state(table, span, known.content, more), more)

    def _whole(self, table: Table) -> Whole:
        written = write_table(self._folder, table)
        digests = {path: sha256_of(self._folder / path) for path in written.files}
        return Whole(table.name, written.csv, written.parquet, written.rows, digests)

    def _made(self, parts: Sequence[Part], span: Span) -> dict[str, Part]:
        """Write parts, those of cells in one pass."""
        with contextlib.ExitStack() as stack:
            files = {
                part.table: stack.enter_context(
                    PartFiles(self._folder, part, self._tables[part.table])
                )
                for part in parts
            }
            for name, block in self._blocks(tuple(files), span):
                text = csv_rows(block) if self._tables[name].has_sheet else b""
                files[name].write([each.typed for each in block], text)
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

    def _taken(self, part: Part, known: Known) -> Part | None:
        """Link a part of the release before, after a look whether it is still what it was."""
        prior = known.prior
        if not prior or not part.state or prior.state != part.state or not self._before:
            return None
        if prior.parquet:
            source, to = self._before / prior.path, self._folder / part.path
            if not source.is_file() or sha256_of(source) != prior.parquet:
                return None
            link(source, to)
        if prior.size:
            member = member_bytes(self._before, prior)
            if hashlib.sha256(member).hexdigest() != prior.sha256:
                return None
            member_of(self._folder, part).write_bytes(member)
        return prior

    def _renewed(self, part: Part, span: Span, known: Known) -> Part | None:
        """Write a part of which few rows are otherwise than in the release before."""
        table, prior = self._tables[part.table], known.prior
        if not prior or not self._before or not table.has_sheet or is_volatile(table):
            return None
        if not 0 < len(known.otherwise) <= MOST:
            return None
        if not known.was or state(table, span, known.was, "") != prior.state:
            return None  # it was made otherwise, or from something else
        rows = prior_rows(self._before, prior, table)
        groups = renewed(rows, table, known.otherwise, self._maker(table)) if rows else None
        if groups is None:
            return None
        with PartFiles(self._folder, part, table) as files:
            for group in groups:
                files.write(group.typed.combine_chunks().columns, b"".join(group.lines))
        return files.part()

    def _maker(self, table: Table) -> Callable[[Span], Rows]:
        def made(span: Span) -> Rows:
            return rows_of(table, (block for _, block in self._blocks((table.name,), span)))

        return made


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
