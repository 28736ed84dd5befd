"""The ledger itself: there, readable, its tables as they should be."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from typing import Any

from ..errors import DatabaseDamaged, WriteFailed
from ..ledger import SCHEMA, TABLES, Ledger
from ..root import DataRoot
from .kinds import Finding

_CALLED = "ledger.db"
#: What SQLite says when it cannot look, as opposed to a file that is damaged.
_SHUT = ("CANTOPEN", "READONLY", "IOERR", "FULL", "BUSY", "LOCKED", "PERM", "NOMEM")
#: Columns that ledgers made before lack until the next run.
_LATER = {("runs", "shard"), ("captures", "tls")}


def rows_of(ledger: Ledger, sql: str, *parameters: Any) -> list[sqlite3.Row]:
    """Rows of a query, also where a text in them is none any more: it will differ.

    Raises:
        DatabaseDamaged: SQLite finds the ledger broken.
        WriteFailed: It cannot be read.
    """
    try:
        return list(ledger.rows(sql, *parameters))
    except WriteFailed:
        # To decode in Python takes longer, so it is done only where it must.
        ledger.db.conn.text_factory = _readable
        return list(ledger.rows(sql, *parameters))


def _readable(text: bytes) -> str:
    return text.decode("utf-8", "replace")


def damage(root: DataRoot) -> Iterator[Finding]:
    """What is wrong with the ledger's file; nothing if its rows can be compared.

    Raises:
        WriteFailed: Its folder cannot be written, which SQLite needs to read it, or its disk
            fails.
    """
    if not root.ledger.exists():
        yield Finding("ledger_lost", _CALLED, "it is not there")
        return
    try:
        with contextlib.closing(Ledger(root.ledger, read_only=True)) as ledger:
            said = [str(row[0]) for row in ledger.rows("PRAGMA integrity_check(5)")]
            if said != ["ok"]:
                yield Finding("ledger_damaged", _CALLED, "; ".join(said))
                return
            missing = _columns_wanted() - _columns(ledger)
    except (DatabaseDamaged, UnicodeDecodeError) as error:  # SQLite names what it finds broken
        yield Finding("ledger_damaged", _CALLED, str(error.__cause__ or error))
        return
    except WriteFailed as error:
        name = getattr(error.__cause__, "sqlite_errorname", "").removeprefix("SQLITE_")
        if name.startswith(_SHUT):
            raise
        yield Finding("ledger_damaged", _CALLED, str(error.__cause__))
        return
    if missing:
        names = ", ".join(sorted(".".join(each) for each in missing))
        yield Finding("ledger_damaged", _CALLED, f"it has no {names}")


def _columns(ledger: Ledger) -> set[tuple[str, str]]:
    return {
        (table, row["name"])
        for table in TABLES
        for row in ledger.rows(f"PRAGMA table_info({table})")
    }


def _columns_wanted() -> set[tuple[str, str]]:
    with contextlib.closing(sqlite3.connect(":memory:")) as db:
        db.executescript(SCHEMA)
        return {
            (table, row[1]) for table in TABLES for row in db.execute(f"PRAGMA table_info({table})")
        } - _LATER
