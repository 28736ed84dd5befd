"""What the pages of whole tables ask, asked once: counts, facets and first rows without a filter.

Of a million reports a facet takes seconds, which a visitor's statement may not: Datasette would
leave it out. But it is the same for everybody as long as a release is shown, as our own sums are
(`kept.py`). So a thread of its own works it out without a limit, one statement after the other,
and whoever asks meanwhile waits. Only what `metadata.py` names is asked so: a bounded number of
statements, whatever addresses visitors make up.
"""

from __future__ import annotations

import asyncio
import re
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

from datasette.database import Database, QueryInterrupted, Results

from archive.site.metadata import TABLE_SETTINGS

#: Seconds that a page waits.
PATIENCE = 15.0
#: Parameters of a table page that change how it looks, and not which rows it counts.
_HARMLESS = frozenset(
    ("_facet", "_col", "_nocol", "_size", "_facet_size", "_labels", "_shape", "_sort", "_sort_desc",
     "_next", "zu")
)  # fmt: skip
_COUNT = re.compile(r"select count\(\*\) from (\S+) *")
_FACET = re.compile(
    r"\s*select (\S+) as value, count\(\*\) as count from \(\s*select [^()]* from (\S+)\s*\)\s*"
    r"where (\S+) is not null\s*group by \S+ order by count desc, value limit \d+\s*"
)


@dataclass(frozen=True, slots=True)
class _Page:
    """The table page that is being answered.

    Attributes:
        table: Its table.
        is_plain: Whether its address asks for nothing at all: also its rows are everybody's.
    """

    table: str
    is_plain: bool


_PAGE: ContextVar[_Page | None] = ContextVar("whole_table", default=None)


@contextmanager
def answering(path: str, query: bytes) -> Iterator[None]:
    """While a request is answered, know whether it is for a table without any filter.

    Args:
        path: Its path.
        query: Its query string, as the visitor wrote it.
    """
    before = _PAGE.set(_page(path, query.decode("latin-1")))
    try:
        yield
    finally:
        _PAGE.reset(before)


def _page(path: str, query: str) -> _Page | None:
    parts = path.split("/")
    said = parse_qsl(query, keep_blank_values=True)
    asked = {name for name, _ in said}
    if len(parts) != 3 or not asked <= _HARMLESS:
        return None
    # Each other size would be another statement: a visitor could keep the thread busy for hours.
    if any(name == "_facet_size" and value != "max" for name, value in said):
        return None
    table = parts[2].removesuffix(".json")
    return _Page(table, not asked)


class _Whole:
    """Answers to the statements of one database of a release."""

    def __init__(self, datasette: Any, database: Database) -> None:
        self._datasette, self._database = datasette, database
        self._answers: dict[tuple[str, int | None], Results] = {}
        self._asked: dict[tuple[str, int | None], asyncio.Future[Results]] = {}
        self._turn = threading.Lock()
        self._conn: sqlite3.Connection | None = None

    async def of(self, sql: str, limit: int | None) -> Results:
        """The answer to a statement, worked out if it was never asked before.

        Args:
            sql: The statement, which has no parameters.
            limit: How many rows of it are wanted at most; all if None.

        Raises:
            QueryInterrupted: It is not there yet; Datasette then says so, or leaves a facet out.
        """
        key = sql, limit
        if key not in self._answers:
            asked = self._asked.get(key)
            if asked is None or asked.get_loop() is not asyncio.get_running_loop():
                asked = self._asked[key] = self._begin(sql, limit)
            try:
                self._answers[key] = await asyncio.wait_for(asyncio.shield(asked), PATIENCE)
            except TimeoutError as error:  # others before it take their time; it will be there
                raise QueryInterrupted(error, sql, None) from error
            finally:
                if asked.done():
                    self._asked.pop(key, None)
        kept = self._answers[key]
        return Results(list(kept.rows), kept.truncated, kept.description)

    def _begin(self, sql: str, limit: int | None) -> asyncio.Future[Results]:
        """Have a thread work it out: a daemon, for who ends the site waits for no sum."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Results] = loop.create_future()

        def work() -> None:
            try:
                said = self._read(sql, limit)
                told = partial(_tell, answer, said, None)
            except sqlite3.Error as error:
                told = partial(_tell, answer, None, error)
            with suppress(RuntimeError):  # the loop has ended meanwhile
                loop.call_soon_threadsafe(told)

        threading.Thread(target=work, name="whole table", daemon=True).start()
        return answer

    def _read(self, sql: str, limit: int | None) -> Results:
        with self._turn:
            if self._conn is None:
                self._conn = self._database.connect()
                self._datasette._prepare_connection(self._conn, self._database.name)
            cursor = self._conn.execute(sql)
            rows = cursor.fetchall() if limit is None else cursor.fetchmany(limit + 1)
            return Results(rows[:limit], len(rows) > len(rows[:limit]), cursor.description)


def _tell(answer: asyncio.Future[Results], said: Results, error: sqlite3.Error | None) -> None:
    if answer.done():
        return
    if error is None:
        answer.set_result(said)
    else:
        answer.set_exception(error)


class WholeDatabase(Database):  # type: ignore[misc]  # it has no types
    """A database of a release; what its whole tables say is asked once."""

    whole: _Whole | None = None

    async def execute(self, sql: str, params: Any = None, *args: Any, **kwargs: Any) -> Any:
        """Rows of a statement."""
        if params or not _is_of_whole_table(sql):
            return await super().execute(sql, params, *args, **kwargs)
        if self.whole is None:
            self.whole = _Whole(self.ds, self)
        limit = self.ds.max_returned_rows if kwargs.get("truncate") else None
        return await self.whole.of(sql, limit)


def _is_of_whole_table(sql: str) -> bool:
    """Whether a statement is one that everybody asks of the table page that is being answered."""
    page = _PAGE.get()
    if page is None:
        return False
    if found := _COUNT.fullmatch(sql):
        return found[1].strip("[]") == page.table
    if found := _FACET.fullmatch(sql):
        facets = TABLE_SETTINGS.get(page.table, {}).get("facets", ())
        column = found[1].strip("[]")
        return found[2].strip("[]") == page.table and column in facets  # type: ignore[operator]
    return page.is_plain and sql.startswith("select ") and f" from {page.table} " in sql
