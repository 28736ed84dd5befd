"""The statements that a page runs, and what they cost without the page."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from datasette import hookimpl
from datasette.plugins import pm

from archive.site.serve import site


@dataclass(slots=True)
class Statement:
    """A statement that a page runs.

    Attributes:
        database: Which database it asks.
        sql: Its text, values filled in.
        rows: How many rows the page read of it: a search stops at its twentieth hit.
    """

    database: str
    sql: str
    rows: int = 0


#: What Datasette asks about tables, not of them, and what a full-text index asks of itself.
_ABOUT = ("--", "pragma", "select name from sqlite_master", "select sql from sqlite_master",
          "select 1 from sqlite_master")  # fmt: skip


class _Tracer:
    """A plugin of Datasette that writes down what is asked, and how much of it is read."""

    def __init__(self) -> None:
        self.found: list[Statement] = []
        self._of_cursor: dict[sqlite3.Cursor, Statement] = {}

    @hookimpl(trylast=True)
    def prepare_connection(self, conn: sqlite3.Connection, database: str) -> None:
        """Watch a connection."""
        conn.set_trace_callback(lambda sql: self._asked(database, sql))
        conn.row_factory = self._read

    def clear(self) -> None:
        """Forget all."""
        self.found, self._of_cursor = [], {}

    def _asked(self, database: str, sql: str) -> None:
        if not sql.strip().lower().startswith(_ABOUT):
            self.found.append(Statement(database, sql))

    def _read(self, cursor: sqlite3.Cursor, row: tuple[Any, ...]) -> sqlite3.Row:
        if self.found:
            self._of_cursor.setdefault(cursor, self.found[-1]).rows += 1
        return sqlite3.Row(cursor, row)


class Raw:
    """Pages' statements on connections of their own, prepared as the site's are."""

    def __init__(self, root: Path) -> None:
        self._datasette = site(root)
        self._tracer = _Tracer()
        self._databases = {
            name: self._connect(name, path.path)
            for name, path in self._datasette.databases.items()
            if path.path
        }

    def _connect(self, name: str, path: str) -> sqlite3.Connection:
        uri = f"{Path(path).as_uri()}?mode=ro&immutable=1"
        # All are kept prepared, as the site keeps its own.
        conn = sqlite3.connect(uri, uri=True, cached_statements=10_000)
        self._datasette._prepare_connection(conn, name)
        conn.row_factory = None
        conn.set_trace_callback(None)
        return conn

    def of(self, paths: Iterable[str], *, first: bool = False) -> list[list[Statement]]:
        """Statements of each page; values filled in.

        Args:
            paths: The pages.
            first: When nobody asked for it before, instead of when somebody did.
        """
        return asyncio.run(self._of(list(paths), first))

    async def _of(self, paths: list[str], first: bool) -> list[list[Statement]]:
        pm.register(self._tracer)
        try:
            await self._datasette.invoke_startup()
            found = []
            for path in paths:
                for _ in range(1 if first else 2):
                    self._tracer.clear()
                    await self._get(path)
                asked = self._tracer.found
                found.append([each for each in asked if each.database in self._databases])
            return found
        finally:
            pm.unregister(self._tracer)

    async def _get(self, path: str) -> None:
        answer: Any = await self._datasette.client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)

    def run(self, statements: Iterable[Statement]) -> None:
        """Run statements and fetch as much of what they find as the page does."""
        for each in statements:
            self._databases[each.database].execute(each.sql).fetchmany(each.rows)
