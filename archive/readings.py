"""What was read: (SHA-256 of a body, reader version) → report or reason. Derived data."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from extract.codec import pack, unpack
from extract.types import Report
from extract.version import reader_version
from extract.worker import Outcome, read_all

SCHEMA = """
CREATE TABLE IF NOT EXISTS readings (
  sha256  TEXT NOT NULL,
  reader  TEXT NOT NULL,
  status  TEXT NOT NULL,   -- read, attachment_unread, or why it is no report
  detail  TEXT NOT NULL,
  report  BLOB,            -- packed; NULL where there is none
  PRIMARY KEY (sha256, reader)
) STRICT;
"""
_BATCH = 50


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of one body: a report, or the reason why there is none."""

    sha256: str
    status: str
    detail: str
    report: Report | None


class Readings:
    """The readings of a data root by the present reader."""

    def __init__(self, path: Path) -> None:
        """Open `readings.db`, creating it if it is not there."""
        self._db = sqlite3.connect(path, timeout=30)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.executescript(SCHEMA)
        self.reader = reader_version()

    def missing(self, digests: Iterable[str]) -> list[str]:
        """Those digests that the present reader has not read, in the given order."""
        have = {
            row[0]
            for row in self._db.execute(
                "SELECT sha256 FROM readings WHERE reader = ?", (self.reader,)
            )
        }
        return [digest for digest in dict.fromkeys(digests) if digest not in have]

    def read(
        self, digests: list[str], load: Callable[[str], bytes], processes: int | None = None
    ) -> None:
        """Read bodies in worker processes, under limits, and keep what they say.

        Args:
            digests: What to read.
            load: Gives the body of a digest.
            processes: Workers; all cores if None.
        """
        count = min(processes or os.cpu_count() or 1, len(digests))
        bodies = ((digest, load(digest)) for digest in digests)
        waiting: list[Outcome] = []
        with click.progressbar(
            length=len(digests), label="reading", file=sys.stderr, show_pos=True
        ) as bar:
            for outcome in read_all(bodies, count):
                waiting.append(outcome)
                if len(waiting) >= _BATCH:
                    self._keep(waiting)
                bar.update(1)
        self._keep(waiting)

    def _keep(self, outcomes: list[Outcome]) -> None:
        with self._db:
            self._db.executemany(
                "INSERT OR REPLACE INTO readings VALUES (?, ?, ?, ?, ?)",
                [self._row(outcome) for outcome in outcomes],
            )
        outcomes.clear()

    def _row(self, outcome: Outcome) -> tuple[str, str, str, str, bytes | None]:
        if outcome.report is not None:
            return outcome.key, self.reader, outcome.report.status, "", pack(outcome.report)
        status = outcome.error.status if outcome.error else "unreadable"
        return outcome.key, self.reader, status, str(outcome.error), None

    def get(self, digests: Iterable[str]) -> Mapping[str, Reading]:
        """Readings by digest, loaded when they are asked for."""
        return _Lazy(self._db, self.reader, set(digests))

    def close(self) -> None:
        """Close the connection."""
        self._db.close()


class _Lazy(Mapping[str, Reading]):
    """Readings one at a time: a release of a country does not fit into memory."""

    def __init__(self, db: sqlite3.Connection, reader: str, digests: set[str]) -> None:
        self._db, self._reader, self._digests = db, reader, digests

    def __getitem__(self, sha256: str) -> Reading:
        row = self._db.execute(
            "SELECT status, detail, report FROM readings WHERE sha256 = ? AND reader = ?",
            (sha256, self._reader),
        ).fetchone()
        if row is None:
            raise KeyError(sha256)
        return Reading(sha256, row[0], row[1], unpack(row[2]) if row[2] else None)

    def __iter__(self) -> Iterator[str]:
        return iter(self._digests)

    def __len__(self) -> int:
        return len(self._digests)
