"""Rows of ledger and readings taken out so that their bytes are gone from the files, too.

SQLite leaves what is deleted in free pages, and in the log that it writes ahead. `VACUUM`
writes the file anew without it, and a checkpoint that truncates empties the log.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from ..errors import RootBusy, WriteFailed
from ..ledger import shut
from ..root import DataRoot
from .log import Deletion

#: Seconds that whoever reads is waited for.
_PATIENCE = 30.0


def erase(root: DataRoot, deletion: Deletion) -> None:
    """Take out what ledger and readings hold of deleted captures, and what builds had kept.

    A ledger that is lost keeps nothing: `reindex` follows when this has ended. What was read in a
    body goes only where no other capture holds the same bytes.

    Args:
        root: The data root; hold its locks.
        deletion: What was deleted.

    Raises:
        RootBusy: Somebody reads one of the two files.
        WriteFailed: The disk takes nothing; call it again.
    """
    _remove(root.path.glob(f"{root.ledger.name}.new*"))  # of a `reindex` that was killed
    # Digests of passages, by which who has a text can tell that it was here; all is built anew.
    _remove(root.derived.glob("*"))
    ids = [(capture.record_id,) for capture in deletion.captures]
    digests = {capture.sha256 for capture in deletion.captures}
    left: Iterable[str] = digests
    if root.ledger.exists():
        with _opened(root.ledger) as ledger:
            with ledger:
                ledger.executemany("DELETE FROM captures WHERE record_id = ?", ids)
            left = _left(ledger, digests)
            with ledger:
                plain = [(bytes.fromhex(digest),) for digest in left]
                ledger.executemany("DELETE FROM plain WHERE sha256 = ?", plain)
            _emptied(root.ledger, ledger)
    if root.readings.exists():
        with _opened(root.readings) as readings:
            with readings:
                sql = "DELETE FROM readings WHERE sha256 = ?"
                readings.executemany(sql, [(digest,) for digest in left])
            _emptied(root.readings, readings)


def _left(ledger: sqlite3.Connection, digests: Iterable[str]) -> Sequence[str]:
    """Those of which no capture has the bytes any more."""
    sql = "SELECT 1 FROM captures WHERE sha256 = ? LIMIT 1"
    return [each for each in sorted(digests) if ledger.execute(sql, (each,)).fetchone() is None]


def _emptied(path: Path, db: sqlite3.Connection) -> None:
    """Write a database anew without what was deleted, and its log with nothing."""
    db.execute("VACUUM")
    busy = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy and busy[0] == 1:
        raise RootBusy(f"somebody reads {path}; end that command, then call archive delete again")


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=_PATIENCE)) as db:
            yield db
    except sqlite3.DatabaseError as error:
        raise shut(path, error) or WriteFailed(
            f"{path} cannot be written ({error}); the deletion is not ended: end who reads it, or "
            "move it away if it is damaged, for it is derived; then call archive delete again"
        ) from error


def _remove(paths: Iterable[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
