"""What was read: (SHA-256 of a body, reader version) → report or reason. Derived data."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import click

from extract.convert import installed
from extract.errors import NeedsConverter, ReaderFault, ReadingError, ReadingLimit, TooLarge
from extract.formats import sniff
from extract.reading import Find, read_documents
from extract.version import reader_version
from extract.worker import Outcome

from .errors import RecordDamaged
from .heads import pack_head
from .kept import Kept, Reading, damaged, errors_named, only_read, reading_of
from .ledger import shut
from .unpacking import unpack

SCHEMA = """
CREATE TABLE IF NOT EXISTS readings (
  sha256  TEXT NOT NULL,
  reader  TEXT NOT NULL,
  status  TEXT NOT NULL,   -- read, attachment_unread, or why it is no report
  detail  TEXT NOT NULL,
  kind    TEXT NOT NULL,   -- what its first bytes are: html, pdf, picture …
  head    TEXT,            -- of the report, by `heads.pack_head`; NULL where there is none
  report  BLOB,            -- packed; NULL where there is none
  PRIMARY KEY (sha256, reader)
) STRICT;
-- Whoever asks what is to be read again does not look through all that was.
CREATE INDEX IF NOT EXISTS readings_open ON readings (reader, sha256)
  WHERE status = 'needs_converter';
"""
_BATCH = 50
#: Columns of `readings`; a database that an older builder began has them in another order.
COLUMNS = ("sha256", "reader", "status", "detail", "kind", "head", "report")
#: A row of them.
Row = tuple[str, str, str, str, str, str | None, bytes | None]
INSERT = f"INSERT OR REPLACE INTO readings ({', '.join(COLUMNS)}) VALUES (?, ?, ?, ?, ?, ?, ?)"


class Readings:
    """The readings of a data root by the present reader."""

    def __init__(self, path: Path, find: Find = installed) -> None:
        """Open `readings.db`, creating it if it is not there.

        Args:
            path: The file.
            find: Finds the LibreOffice that converts DOC, RTF and WPS.

        Raises:
            DatabaseDamaged: It is no database.
            WriteFailed: Its disk takes nothing, or this user may not write.
        """
        self.reader = reader_version()
        self._path, self._find = path, find
        self._kept: list[Kept] = []
        try:
            self._db = sqlite3.connect(path, timeout=30)
            self._db.execute("PRAGMA journal_mode = WAL")
            _bring_up_to_date(self._db)
            self._db.executescript(SCHEMA)
        except sqlite3.DatabaseError as error:
            raise shut(path, error) or damaged(path, error) from error

    def missing(self, digests: Iterable[str]) -> list[str]:
        """Those digests that the present reader has not read, in the given order.

        What was kept as `needs_converter` counts as not read once LibreOffice is there.
        """
        known = self.known()
        found = dict.fromkeys(digest for digest in digests if digest not in known.read)
        return self.todo(found, known)

    def known(self) -> Known:
        """Which bodies were read.

        Raises:
            DatabaseDamaged: It is no database.
        """
        return known_of(self._path, self.reader)

    def todo(self, unread: Iterable[str], known: Known) -> list[str]:
        """Those bodies that can be read now.

        Args:
            unread: Bodies that are not among those that were read.
            known: What is known of all.
        """
        found = list(unread)
        if not known.waiting.isdisjoint(found) and self._find() is None:
            return [digest for digest in found if digest not in known.waiting]
        return found

    def read(
        self, digests: list[str], load: Callable[[str], bytes], processes: int | None = None
    ) -> dict[str, Reading]:
        """Read bodies in worker processes, under limits, and keep what they say.

        Args:
            digests: What to read.
            load: Gives the body of a digest; it may raise RecordDamaged.
            processes: Workers; all cores if None.

        Returns:
            What is not kept, because it may be otherwise next time: bodies that the
            archive could not give, readings that met a limit or a fault of the reader.
        """
        count = min(processes or os.cpu_count() or 1, len(digests))
        passing: dict[str, Reading] = {}
        kinds: dict[str, str] = {}
        waiting: list[Row] = []
        with progress(len(digests)) as done:
            given = _given(load, kinds, passing)
            for outcome in read_documents(digests, given, count, self._find):
                key, kind = outcome.key, kinds.pop(outcome.key)
                row = row_of(outcome, self.reader, kind)
                if row is None:
                    error = outcome.error or ReadingError()
                    passing[key] = Reading(key, error.status, str(error), None, kind)
                else:
                    waiting.append(row)
                if len(waiting) >= _BATCH:
                    self.keep(waiting)
                    waiting = []
                done(1)
        self.keep(waiting)
        return passing

    def keep(self, rows: Sequence[Row]) -> None:
        """Keep what was read, in one transaction."""
        with errors_named(self._path), self._db:
            self._db.executemany(INSERT, rows)

    def get(self, sha256: str) -> Reading | None:
        """The reading of a body by the present reader, or None."""
        with errors_named(self._path):
            return reading_of(self._db, sha256, self.reader)

    def kept(self, passing: Mapping[str, Reading] | None = None) -> Kept:
        """What was read, to be asked by whoever makes a release of it.

        Args:
            passing: What `read` gave back and did not keep.
        """
        self._kept.append(Kept(self._path, self.reader, passing or {}))
        return self._kept[-1]

    def close(self) -> None:
        """Close the connection, and those of what was `kept`."""
        for kept in self._kept:
            kept.close()
        self._db.close()


def _bring_up_to_date(db: sqlite3.Connection) -> None:
    """Take over what an older program began; of several that open it, one does so."""
    if _columns(db) in (set(), set(COLUMNS)):
        return
    with db:
        db.execute("BEGIN IMMEDIATE")
        if "kind" not in _columns(db):
            db.execute("DROP TABLE readings")  # an older reader's, all of it derived
        elif "head" not in _columns(db):
            db.execute("ALTER TABLE readings ADD COLUMN head TEXT")


def _columns(db: sqlite3.Connection) -> set[str]:
    return {row[1] for row in db.execute("PRAGMA table_info(readings)")}


class Known(NamedTuple):
    """Which bodies a reader has read, by their SHA-256.

    Attributes:
        read: Those that it would read no otherwise now.
        waiting: Those that it might, with LibreOffice.
    """

    read: set[str]
    waiting: set[str]


def known_of(path: Path, reader: str) -> Known:
    """Which bodies a reader has read.

    Args:
        path: A `readings.db`.
        reader: The reader's version.

    Raises:
        DatabaseDamaged: It is no database.
    """
    with errors_named(path), contextlib.closing(only_read(path)) as db:
        # Neither statement looks at a reading: what both ask for stands in indexes.
        sql = "SELECT sha256 FROM readings WHERE reader = ?"
        read = {sha256 for (sha256,) in db.execute(sql, (reader,))}
        sql += f" AND status = '{NeedsConverter.status}'"
        waiting = {sha256 for (sha256,) in db.execute(sql, (reader,))}
    read -= waiting
    return Known(read, waiting)


@contextlib.contextmanager
def progress(length: int) -> Iterator[Callable[[int], None]]:
    """A bar that shows how many bodies are read; what it gives takes how many more they are."""
    with click.progressbar(length=length, label="reading", file=sys.stderr, show_pos=True) as bar:
        yield bar.update


def row_of(outcome: Outcome, reader: str, kind: str) -> Row | None:
    """An outcome as it is kept, or None where the same body may be read otherwise next time."""
    error, packed = outcome.error, outcome.packed
    if packed is not None:
        return outcome.key, reader, packed.status, "", kind, head_of(packed.data), packed.data
    if error is not None and _may_pass(error):
        return None
    status = error.status if error else "unreadable"
    return outcome.key, reader, status, str(error), kind, None, None


def head_of(packed: bytes) -> str:
    """The head of a packed reading, as it is kept beside it."""
    return pack_head(unpack(packed))


def _given(
    load: Callable[[str], bytes], kinds: dict[str, str], passing: dict[str, Reading]
) -> Callable[[str], bytes | None]:
    """`load`, with None for a body that the archive cannot give; the reason is passed on."""

    def given(digest: str) -> bytes | None:
        try:
            body = load(digest)
        except RecordDamaged as error:
            passing[digest] = Reading(digest, "record_damaged", str(error), None)
            return None
        kinds[digest] = sniff(body)
        return body

    return given


def _may_pass(error: ReadingError) -> bool:
    """Whether the same body may be read next time: on a faster machine, by a mended reader."""
    return isinstance(error, ReadingLimit | ReaderFault) and not isinstance(error, TooLarge)
