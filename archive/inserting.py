"""Rows on their way into a database."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from .masking.rows import masked_rows
from .rows import Row

_BATCH = 500


class Tables:
    """Rows on their way into one database, inserted in batches.

    executemany is 30 times as fast as sqlite-utils here (measured, publishing.md §1).
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Write into `connection`; call `flush` at the end."""
        self._connection = connection
        self._waiting: dict[str, list[Sequence[Any]]] = {}
        self._columns: dict[str, Collection[str]] = {}
        self.written: dict[str, int] = {}

    @property
    def connection(self) -> sqlite3.Connection:
        """The database; what still waits is not in it before `flush`."""
        return self._connection

    @property
    def waiting(self) -> int:
        """How many rows are not inserted yet."""
        return sum(map(len, self._waiting.values()))

    def add(self, table: str, rows: Iterable[Row]) -> None:
        """Add rows, all of the same columns."""
        for row in masked_rows(table, rows):
            self.put(table, row.keys(), [tuple(row.values())])
        if len(self._waiting.get(table, ())) >= _BATCH:
            self._insert(table)

    def put(self, table: str, columns: Collection[str], rows: Iterable[Sequence[Any]]) -> None:
        """Add rows that are masked, as values in the order of a table's columns."""
        if list(self._columns.get(table, ())) != list(columns):
            if self._waiting.get(table):
                self._insert(table)  # these say other columns
            self._columns[table] = columns
        self._waiting.setdefault(table, []).extend(rows)

    def flush(self) -> None:
        """Insert what is still waiting."""
        for table in self._waiting:
            self._insert(table)

    def _insert(self, table: str) -> None:
        rows, columns = self._waiting[table], self._columns[table]
        if not rows:
            return
        names, marks = ", ".join(f'"{name}"' for name in columns), ", ".join("?" * len(columns))
        with self._connection:
            sql = f'INSERT INTO "{table}" ({names}) VALUES ({marks})'
            self._connection.executemany(sql, rows)
        self.written[table] = self.written.get(table, 0) + len(rows)
        rows.clear()
