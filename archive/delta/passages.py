"""Passages that reports share, where some of the reports are others than before."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection

from ..duplicates import duplicate_rows, renewed
from .part import NotCertain

_NAMES = ("version_id", "other", "kind", "share", "passages")
_SQL = f"SELECT {', '.join(_NAMES)} FROM text.duplicates"


def renew_duplicates(
    databases: tuple[sqlite3.Connection, sqlite3.Connection],
    gone: Collection[str],
    new: Collection[str],
    index: sqlite3.Connection | None,
) -> set[str]:
    """Compare texts again, and write what they share.

    Args:
        databases: nianbao.db of the release before and of the new one, each with its text.db
            attached as `text`.
        gone: Reports that were taken out.
        new: Reports that were written.
        index: What the release before was compared by; all texts are compared if None.

    Returns:
        The reports of which something else is told.

    Raises:
        NotCertain: Other words are common now.
    """
    was, db = databases
    if index is None:
        old = {tuple(row) for row in db.execute(_SQL)}
        told = {tuple(row[name] for name in _NAMES) for row in duplicate_rows(db)}
    else:
        made = renewed(index, was, db, gone, new)
        if made is None:
            raise NotCertain("other words are common now, for agencies came or went")
        asked = f"{_SQL} WHERE version_id = ?"
        old = {tuple(row) for each in made.versions for row in db.execute(asked, (each,))}
        told = {tuple(row[name] for name in _NAMES) for row in made.rows}
    delete = "DELETE FROM text.duplicates WHERE version_id = ? AND other = ?"
    insert = f"INSERT INTO text.duplicates VALUES ({', '.join('?' * len(_NAMES))})"
    with db:
        db.executemany(delete, [row[:2] for row in sorted(old - told)])
        db.executemany(insert, sorted(told - old))
    return {str(row[0]).rpartition(".v")[0] for row in old ^ told}
