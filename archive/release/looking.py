"""What SQLite says of the databases of a release, asked while others are still written.

They have gigabytes, and to look through one takes nothing that the writer of the other needs:
where one process works, the next core has the time.
"""

from __future__ import annotations

import sqlite3
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from ..manifest import FILES, reading
from .sums import sha256_of

#: What SQLite says of a file, how many of its references are broken, and its sizes.
Looked = tuple[str, int, dict[str, int]]
#: By what it is seen that a file was written to: inode, size, time.
_State = tuple[int, int, int]


def looked_through(path: Path, *, is_patched: bool) -> Looked:
    """Look through a database.

    Whether each index has what its table has is not asked of a patched one: all of it was asked
    of the file that it is a copy of, byte by byte, and SQLite wrote the few rows that differ.

    Args:
        path: The file.
        is_patched: Whether it is a proven copy of the current release's, but for some rows.
    """
    pragma = "quick_check" if is_patched else "integrity_check"
    with reading(path) as db:
        # The first thing that is wrong is enough.
        verdict = " ".join(db.execute(f"PRAGMA {pragma}(1)").fetchone()[0].split())
        broken = db.execute("PRAGMA foreign_key_check").fetchall()
        return verdict, len(broken), _sizes(db) if path.name == FILES[0] else {}


def _sizes(db: sqlite3.Connection) -> dict[str, int]:
    return {"reports": db.execute("SELECT count(*) FROM reports").fetchone()[0]}


class Early:
    """What is found out early of patched databases; nothing of one that was written to since.

    Used with `with`: nobody works any more at its end.
    """

    def __init__(self) -> None:
        self._begun: dict[Path, _Begun] = {}
        # Neither SQLite nor the digest holds Python's lock; a second thread would only take the
        # core of whoever writes.
        self._pool = ThreadPoolExecutor(1)

    def __enter__(self) -> Early:
        return self

    def __exit__(self, *exception: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def begin(self, path: Path) -> None:
        """Begin to look through a file into which nobody writes any more, and to digest it.

        Args:
            path: The file, as whoever reads the release will see it.
        """
        was = _state(path)
        looked = self._pool.submit(looked_through, path, is_patched=True)
        self._begun[path] = _Begun(was, looked, self._pool.submit(sha256_of, path))

    def looked(self, path: Path) -> Future[Looked] | None:
        """What SQLite says of a file, once it said it; None if nobody looked at it as it is."""
        begun = self._of(path)
        return begun.looked if begun else None

    def digest(self, path: Path) -> str | None:
        """Hex SHA-256 of a file, waited for; None likewise."""
        begun = self._of(path)
        return begun.digest.result() if begun else None

    def _of(self, path: Path) -> _Begun | None:
        begun = self._begun.get(path)
        return begun if begun and begun.was == _state(path) else None


@dataclass(frozen=True, slots=True)
class _Begun:
    """What was begun of a file, and how it was then."""

    was: _State
    looked: Future[Looked]
    digest: Future[str]


def _state(path: Path) -> _State:
    told = path.stat()
    return told.st_ino, told.st_size, told.st_mtime_ns
