"""Rows that are added to a release of before: its numbers go on, what it shares is found again."""

from __future__ import annotations

import sqlite3
from itertools import count

from ..packing import Packed
from ..search.index import YEAR, Numbers
from .part import NotCertain

_SHARED = {
    "_words": ("word",),
    "_said": ("printed", "status", "unit", "flags"),
    "_equations": ("check", "status", "figures", "open", "sentence", "sentence_en"),
}


class Continued(Packed):
    """`Packed` for a database that has rows already; what is deleted must be so before."""

    def __init__(self, connection: sqlite3.Connection, last: int) -> None:
        """Go on in `connection` behind version number `last`.

        Raises:
            NotCertain: What reports share is not numbered as `Packed` does.
        """
        super().__init__(connection)
        self._versions = last
        for table, names in _SHARED.items():
            columns = ", ".join(f'"{name}"' for name in names)
            rows = connection.execute(f"SELECT n, {columns} FROM {table} ORDER BY n").fetchall()
            known = {(row[1] if len(names) == 1 else row[1:]): row[0] for row in rows}
            if len(known) != len(rows) or (rows and rows[-1][0] != len(rows)):
                raise NotCertain(f"{table} is not numbered one after the other")
            self._shared[table] = known


class MoreNumbers(Numbers):
    """Numbers of chapters behind all that a text.db has."""

    def __init__(self, text: sqlite3.Connection) -> None:
        """Go on below the lowest place of any year."""
        super().__init__()
        # Asked for together, both ends would take a look through all.
        ends = (f"SELECT {end}(n) FROM chapters" for end in ("min", "max"))
        first, last = (text.execute(sql).fetchone()[0] for sql in ends)
        lowest = YEAR
        for year in range(first // YEAR, last // YEAR + 1) if last is not None else ():
            begin = year * YEAR
            sql = "SELECT min(n) FROM chapters WHERE n >= ? AND n < ?"
            (n,) = text.execute(sql, (begin, begin + YEAR)).fetchone()
            lowest = min(lowest, n - begin) if n is not None else lowest
        self._places = count(lowest - 1, -1)
