"""Reports that wait on the disk: a mapping that loads one when it is asked for it."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import IO

from ..briefs import First, InBrief
from ..errors import WriteFailed
from ..histories import ReportHistory
from .packed import has_changes, pack, pack_brief, unpack, unpack_brief, unpack_firsts
from .parts import Held

#: The index of a spill, in its folder.
_INDEX = "reports.db"
_SCHEMA = """
CREATE TABLE reports (
  report_id TEXT PRIMARY KEY, part INTEGER, file TEXT, start INTEGER, length INTEGER,
  brief BLOB, digest BLOB
) WITHOUT ROWID
"""
#: Memory for pages of the index while it is made: reports come in the order of portals.
_CACHE_KB = 64 << 10
#: So many files are open at once.
_MOST_OPEN = 64


@dataclass(frozen=True, slots=True)
class Amended:
    """What the register says of a report whose versions are not simply counted.

    Attributes:
        numbers: Of its versions, in the order in which they were first seen.
        former_ids: Ids that lead to it now.
    """

    numbers: tuple[int, ...]
    former_ids: tuple[str, ...] = ()


class Spill:
    """A file of packed reports in the making."""

    def __init__(self, folder: Path, name: str) -> None:
        """Write into a new file of a folder."""
        self._name = name
        self._path = folder / name
        self._stream: IO[bytes] | None = None
        self._end = 0

    def add(self, history: ReportHistory) -> Held:
        """Write one report.

        Raises:
            WriteFailed: The disk does not take it.
        """
        packed = pack(history)
        try:
            if self._stream is None:
                self._stream = self._path.open("wb")
            self._stream.write(packed)
        except OSError as error:
            raise _no_room(self._path.parent, error.strerror) from error
        start, self._end = self._end, self._end + len(packed)
        digest = blake2b(packed, digest_size=16).digest()
        return Held(history.report_id, self._name, start, len(packed), pack_brief(history), digest)

    def close(self) -> None:
        """Close the file.

        Raises:
            WriteFailed: The disk does not take it.
        """
        try:
            if self._stream is not None:
                self._stream.close()
        except OSError as error:
            raise _no_room(self._path.parent, error.strerror) from error


class Index:
    """Where each report waits, in the making: the one process that divides writes it."""

    def __init__(self, folder: Path) -> None:
        """Write a new index into a folder."""
        self._folder = folder
        with self._errors_named():
            self._db = sqlite3.connect(folder / _INDEX)
            self._db.execute("PRAGMA journal_mode = OFF")
            self._db.execute("PRAGMA synchronous = OFF")
            self._db.execute(f"PRAGMA cache_size = {-_CACHE_KB}")
            self._db.execute(_SCHEMA)

    def enter(self, part: int, held: Iterable[Held]) -> None:
        """Enter the reports of a part; those of the same ids of other parts are out."""
        rows = ((h.report_id, part, h.file, h.offset, h.length, h.brief, h.digest) for h in held)
        with self._errors_named(), self._db:
            self._db.executemany(
                "INSERT OR REPLACE INTO reports VALUES (?, ?, ?, ?, ?, ?, ?)", rows
            )

    def leave(self, parts: Iterable[int]) -> None:
        """Take parts out whose portals are gathered anew."""
        with self._errors_named(), self._db:
            self._db.execute("CREATE TEMP TABLE gone (part INTEGER PRIMARY KEY)")
            self._db.executemany("INSERT INTO gone VALUES (?)", ((each,) for each in parts))
            self._db.execute("DELETE FROM reports WHERE part IN (SELECT part FROM gone)")
            self._db.execute("DROP TABLE gone")

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @contextlib.contextmanager
    def _errors_named(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            raise _no_room(self._folder, str(error)) from error


class Spilled(Mapping[str, ReportHistory]):
    """Reports by their ids, in the order of these; each is made anew when it is asked for.

    It can go to another process, which opens the files itself. What is changed in a history is
    forgotten with it: `amend` keeps the numbers of versions, and the ids that lead to reports.
    """

    def __init__(self, folder: Path, amended: Mapping[str, Amended] | None = None) -> None:
        """Read what an `Index` and `Spill`s wrote into a folder."""
        self._folder = folder
        self.amended: dict[str, Amended] = dict(amended or {})
        self._db: sqlite3.Connection | None = None
        self._files: dict[str, IO[bytes]] = {}
        self._count: int | None = None

    def __reduce__(self) -> tuple[type[Spilled], tuple[Path, dict[str, Amended]]]:
        """What another process needs."""
        return Spilled, (self._folder, self.amended)

    def __getitem__(self, report_id: str) -> ReportHistory:
        """The history of a report."""
        row = self._execute(
            "SELECT file, start, length FROM reports WHERE report_id = ?", report_id
        ).fetchone()
        if row is None:
            raise KeyError(report_id)
        return self._amended(unpack(self._bytes(*row)))

    def several(self, ids: Sequence[str]) -> Iterator[ReportHistory]:
        """The histories of some reports, given in order; quick where no others lie between."""
        rows = self._execute(
            "SELECT report_id, file, start, length FROM reports "
            "WHERE report_id BETWEEN ? AND ? ORDER BY report_id",
            *(ids[0], ids[-1]) if ids else ("", ""),
        )
        asked = iter(ids)
        wanted = next(asked, None)
        for report_id, *where in rows:
            if report_id == wanted:
                yield self._amended(unpack(self._bytes(*where)))
                wanted = next(asked, None)
        if wanted is not None:
            raise KeyError(wanted)

    def __contains__(self, report_id: object) -> bool:
        """Whether there is such a report; none is loaded."""
        return bool(
            self._execute("SELECT 1 FROM reports WHERE report_id = ?", report_id).fetchone()
        )

    def __iter__(self) -> Iterator[str]:
        """All ids, in order."""
        for (report_id,) in self._execute("SELECT report_id FROM reports ORDER BY report_id"):
            yield report_id

    def __len__(self) -> int:
        """How many reports there are."""
        if self._count is None:
            (self._count,) = self._execute("SELECT count(*) FROM reports").fetchone()
        return self._count

    def briefs(self) -> Iterator[InBrief]:
        """All reports in brief, in the order of their ids."""
        for row in self._execute("SELECT report_id, brief FROM reports ORDER BY report_id"):
            yield self._brief(*row)

    def changing(self) -> Iterator[str]:
        """Ids of the reports that the runs may have seen change, in order."""
        rows = self._execute("SELECT report_id, brief FROM reports ORDER BY report_id")
        return (report_id for report_id, packed in rows if has_changes(packed))

    def firsts(self) -> Iterator[First]:
        """The body that spoke first for each version of all reports, in the order of their ids."""
        for report_id, packed in self._execute(
            "SELECT report_id, brief FROM reports ORDER BY report_id"
        ):
            found = unpack_firsts(packed)
            yield report_id, self._numbers(report_id, len(found)), found

    def brief(self, report_id: str) -> InBrief:
        """A report in brief."""
        sql = "SELECT report_id, brief FROM reports WHERE report_id = ?"
        row = self._execute(sql, report_id).fetchone()
        if row is None:
            raise KeyError(report_id)
        return self._brief(*row)

    def told(self) -> Iterator[tuple[str, int, bytes]]:
        """All reports, in the order of their ids: id, number of its part, digest.

        The digest is that of all that is written of a report, but for its readings: of what was
        gathered, and of what the register says.
        """
        rows = self._execute("SELECT report_id, part, digest FROM reports ORDER BY report_id")
        for report_id, part, digest in rows:
            amended = self.amended.get(report_id)
            if amended is not None:
                said = repr((amended.numbers, amended.former_ids)).encode()
                digest = blake2b(digest + said, digest_size=16).digest()
            yield report_id, part, digest

    def amend(self, report_id: str, numbers: tuple[int, ...], former_ids: tuple[str, ...]) -> None:
        """Let a report be loaded with these numbers and former ids from now on."""
        self.amended[report_id] = Amended(numbers, former_ids)

    def _brief(self, report_id: str, packed: bytes) -> InBrief:
        versions = unpack_brief(packed)
        return InBrief(report_id, self._numbers(report_id, len(versions)), versions)

    def _numbers(self, report_id: str, count: int) -> tuple[int, ...]:
        told = self.amended.get(report_id)
        return told.numbers if told else tuple(range(1, count + 1))

    def close(self) -> None:
        """Close all files; they are opened again when something is asked for."""
        if self._db is not None:
            self._db.close()
            self._db = None
        for stream in self._files.values():
            stream.close()
        self._files.clear()

    def _amended(self, history: ReportHistory) -> ReportHistory:
        told = self.amended.get(history.report_id)
        if told is not None:
            for version, number in zip(history.versions, told.numbers, strict=True):
                version.number = number
            history.versions.sort(key=lambda version: version.number)
            history.former_ids = list(told.former_ids)
        return history

    def _execute(self, sql: str, *given: object) -> sqlite3.Cursor:
        if self._db is None:
            path = (self._folder / _INDEX).absolute()
            self._db = sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)
        return self._db.execute(sql, given)

    def _bytes(self, file: str, start: int, length: int) -> bytes:
        stream = self._files.get(file)
        if stream is None:
            if len(self._files) >= _MOST_OPEN:
                self._files.pop(next(iter(self._files))).close()
            stream = self._files[file] = (self._folder / file).open("rb")
        stream.seek(start)
        return stream.read(length)


def _no_room(folder: Path, why: str | None) -> WriteFailed:
    return WriteFailed(
        f"{folder} takes no more reports that are being gathered ({why}); make room, then build "
        "again: the current release stays as it is"
    )
