"""A ledger that was made again, beside the old one: compared with it, then put in its place."""

from __future__ import annotations

import logging
import os
import sqlite3
from pathlib import Path
from typing import Any

from . import manifests
from .errors import ArchiveError, RootBusy
from .ledger import Ledger

log = logging.getLogger(__name__)
#: Seconds that whoever reads the old ledger is waited for.
_PATIENCE = 10.0
#: Columns that name a row of a table.
_KEYS = {
    "runs": "run_id",
    "portals": "run_id, portal",
    "captures": "record_id",
    "outcomes": "run_id, portal",
    "issues": "run_id, portal, url, kind",
}


def count(ledger: Ledger, sql: str) -> int:
    """The number that a query returns."""
    row = ledger.one(sql)
    return int(row[0]) if row else 0


def lost(ledger: Ledger, old: Path) -> list[str]:
    """What the old ledger knows and the WARC files do not say, a sentence for each table."""
    if not old.exists():
        return []
    said = []
    try:
        ledger.db.conn.execute("ATTACH ? AS old", (f"{old.as_uri()}?mode=ro",))
        try:
            for table, keys in _KEYS.items():
                more = count(
                    ledger,
                    f"SELECT count(*) FROM (SELECT {keys} FROM old.{table} "
                    f"EXCEPT SELECT {keys} FROM main.{table})",
                )
                if more:
                    said.append(f"{old} knows {more} rows of {table} that no WARC file has")
        finally:
            ledger.db.conn.rollback()
            ledger.db.conn.execute("DETACH old")
    except (ArchiveError, sqlite3.DatabaseError) as error:
        log.info("%s cannot be read, and is not compared: %s", old, error)
    return said


def replace(old: Path, new: Path) -> None:
    """Put the new ledger in the old one's place.

    SQLite would take a `-wal` of the old one for the new one's: what stands in it is brought
    into the old ledger first, so that this may be broken off at any moment.

    Raises:
        RootBusy: Somebody else has the old ledger open in a transaction.
    """
    if old.exists():
        _settle(old)
    with new.open("rb") as handle:
        os.fsync(handle.fileno())
    for suffix in ("-wal", "-shm"):
        old.with_name(old.name + suffix).unlink(missing_ok=True)
    new.replace(old)
    manifests.sync(old.parent)


def _settle(old: Path) -> None:
    """Bring the write-ahead log of a ledger into its file; a damaged one has none to keep."""
    connection = sqlite3.connect(old, timeout=_PATIENCE)
    try:
        busy: Any = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.DatabaseError as error:
        log.info("%s is damaged, and replaced as it is: %s", old, error)
        return
    finally:
        connection.close()
    if busy and busy[0] == 1:
        raise RootBusy(f"somebody reads {old}; end that command, then reindex again")
