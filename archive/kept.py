"""What was read, as a build asks for it: the reading of a digest, whole or its head alone."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from extract.types import Report

from .digests import Digests
from .errors import DatabaseDamaged, WriteFailed
from .heads import unpack_head
from .unpacking import unpack


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of one body: a report, or the reason why there is none."""

    sha256: str
    status: str
    detail: str
    report: Report | None
    #: What its first bytes are (`extract.formats.sniff`); "" for what could not be loaded.
    kind: str = ""
    #: Of the whole, where `report` is but its head: it lacks what is long.
    digests: Digests | None = None


Read = Callable[[str], Reading]


@runtime_checkable
class Headed(Protocol):
    """What gives heads of readings for less than it takes to give whole ones."""

    def headed(self, sha256: str) -> Reading:
        """The reading of a body: of a report only its head and the digests of the whole."""


def headed(read: Read) -> Read:
    """What gives readings to whoever needs no more of them than their heads.

    Args:
        read: Gives whole readings.

    Returns:
        Gives readings. Those with `digests` lack what is long; the others are whole, for
        nobody kept their heads.
    """
    return read.headed if isinstance(read, Headed) else read


class Kept:
    """What was read: gives the reading of a digest, and says where there is none.

    It goes to other processes, each of which opens the file anew and only reads it.
    """

    def __init__(self, path: Path, reader: str, passing: Mapping[str, Reading]) -> None:
        """Give what a file holds; `Readings.kept` makes it."""
        self._path, self._reader, self._passing = path, reader, passing
        self._db: sqlite3.Connection | None = None

    def __call__(self, sha256: str) -> Reading:
        """The reading of a body; `unreadable` if there is none."""
        return self._given(sha256, reading_of)

    def headed(self, sha256: str) -> Reading:
        """The same, of a report only its head; all of it where none of this code was kept."""
        return self._given(sha256, _head_of)

    def _given(
        self, sha256: str, ask: Callable[[sqlite3.Connection, str, str], Reading | None]
    ) -> Reading:
        passing = self._passing.get(sha256)
        if passing is not None:
            return passing
        with errors_named(self._path):
            if self._db is None:
                self._db = only_read(self._path)
            reading = ask(self._db, sha256, self._reader)
        return reading or Reading(sha256, "unreadable", "was not read", None)

    def __reduce__(self) -> tuple[type[Kept], tuple[Path, str, Mapping[str, Reading]]]:
        """What another process needs."""
        return Kept, (self._path, self._reader, self._passing)

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._db is not None:
            self._db.close()
            self._db = None


def reading_of(db: sqlite3.Connection, sha256: str, reader: str) -> Reading | None:
    """The reading of a body by a reader; None if there is none."""
    row = db.execute(
        "SELECT status, detail, report, kind FROM readings WHERE sha256 = ? AND reader = ?",
        (sha256, reader),
    ).fetchone()
    if row is None:
        return None
    return Reading(sha256, row[0], row[1], unpack(row[2]) if row[2] else None, row[3])


def _head_of(db: sqlite3.Connection, sha256: str, reader: str) -> Reading | None:
    """The same, of a report only its head, if this code made it."""
    row = db.execute(
        "SELECT status, detail, head, kind FROM readings WHERE sha256 = ? AND reader = ?",
        (sha256, reader),
    ).fetchone()
    head = unpack_head(row[2]) if row and row[2] else None
    if head is None:
        return reading_of(db, sha256, reader)
    report, digests = head
    return Reading(sha256, row[0], row[1], report, row[3], digests)


def only_read(path: Path) -> sqlite3.Connection:
    """A connection that only reads."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=30)


@contextlib.contextmanager
def errors_named(path: Path) -> Iterator[None]:
    """SQLite's own errors do not say which file they are about, or what to do."""
    try:
        yield
    except sqlite3.ProgrammingError:
        raise  # a fault of this program: the file is sound
    except sqlite3.OperationalError as error:
        raise WriteFailed(
            f"{path} takes nothing more ({error}); make room, then build again: "
            "what was read before is kept"
        ) from error
    except sqlite3.DatabaseError as error:
        raise damaged(path, error) from error


def damaged(path: Path, error: sqlite3.DatabaseError) -> DatabaseDamaged:
    """What to say of a `readings.db` that is none."""
    return DatabaseDamaged(
        f"{path} cannot be opened ({error}); it is derived: delete it and build again"
    )
