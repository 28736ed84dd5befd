"""Rows that are added to a release of before: its numbers go on, what it shares is found again."""

from __future__ import annotations

import sqlite3
from itertools import count

from ..packing import Packed
from ..search.index import YEAR, Numbers

_SHARED = {
    "_words": ("word",),
    "_said": ("printed", "status", "unit", "flags"),
    "_equations": ("check", "status", "figures", "open", "sentence", "sentence_en"),
}


class Continued(Packed):
    """`Packed` for a database that has rows already; what is deleted must be so before."""

    def __init__(self, connection: sqlite3.Connection, first: int) -> None:
        """Go on in `connection` with version number `first`: no row may lead to a lower one."""
        super().__init__(connection)
        self._numbers = _Numbers(connection, first)
        for table, names in _SHARED.items():
            columns = ", ".join(f'"{name}"' for name in names)
            rows = connection.execute(f"SELECT n, {columns} FROM {table} ORDER BY n").fetchall()
            known = {(row[1] if len(names) == 1 else row[1:]): row[0] for row in rows}
            if len(known) != len(rows) or (rows and rows[-1][0] != len(rows)):
                raise ValueError(f"{table} is not numbered one after the other")
            self._shared[table] = known


class _Numbers(dict[str, int]):
    """Numbers of versions; those that were there before are asked for."""

    def __init__(self, connection: sqlite3.Connection, first: int) -> None:
        super().__init__()
        self._connection, self._before = connection, first - 1

    def __len__(self) -> int:
        return self._before + super().__len__()

    def __missing__(self, identity: str) -> int:
        sql = "SELECT n FROM _versions WHERE version_id = ?"
        row = self._connection.execute(sql, (identity,)).fetchone()
        if row is None:
            raise KeyError(identity)
        return int(row[0])


class MoreNumbers(Numbers):
    """Numbers of chapters behind all that a text.db has."""

    def __init__(self, text: sqlite3.Connection, years: range) -> None:
        """Go on below the lowest place of any year."""
        super().__init__()
        sql = "SELECT min(n) FROM chapters WHERE n >= ? AND n < ?"
        lowest = YEAR
        for year in years:
            (n,) = text.execute(sql, (year * YEAR, (year + 1) * YEAR)).fetchone()
            lowest = min(lowest, n - year * YEAR) if n is not None else lowest
        self._places = count(lowest - 1, -1)
