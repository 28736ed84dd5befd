"""The statements that a page runs, and what they cost without the page."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from datasette import hookimpl
from datasette.plugins import pm

from archive.site.serve import site

Statement = tuple[str, str]
#: What Datasette asks about tables, not of them, and what a full-text index asks of itself.
_ABOUT = ("--", "pragma", "select name from sqlite_master", "select sql from sqlite_master",
          "select 1 from sqlite_master")  # fmt: skip


class _Tracer:
    """A plugin of Datasette that writes down what is asked of which database."""

    def __init__(self) -> None:
        self.found: list[Statement] = []

    @hookimpl
    def prepare_connection(self, conn: sqlite3.Connection, database: str) -> None:
        conn.set_trace_callback(lambda sql: self.found.append((database, sql)))


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
        return conn

    def of(self, paths: Iterable[str]) -> list[list[Statement]]:
        """Statements of each page when it was asked for before; values filled in."""
        return asyncio.run(self._of(list(paths)))

    async def _of(self, paths: list[str]) -> list[list[Statement]]:
        pm.register(self._tracer)
        try:
            await self._datasette.invoke_startup()
            found = []
            for path in paths:
                await self._get(path)
                self._tracer.found.clear()
                await self._get(path)
                found.append([each for each in self._tracer.found if self._is_of_page(each)])
            return found
        finally:
            pm.unregister(self._tracer)

    async def _get(self, path: str) -> None:
        answer: Any = await self._datasette.client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)

    def _is_of_page(self, statement: Statement) -> bool:
        database, sql = statement
        return database in self._databases and not sql.strip().lower().startswith(_ABOUT)

    def run(self, statements: Iterable[Statement]) -> None:
        """Run statements and fetch all of what they find."""
        for database, sql in statements:
            self._databases[database].execute(sql).fetchall()
