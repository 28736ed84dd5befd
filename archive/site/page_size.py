"""How much of an answer becomes HTML: half a million cells are 17 MB, and for no reader.

Programs ask for JSON and CSV, which have all rows that Datasette gives. While a page of many
cells is drawn, other requests get their turn.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import count
from typing import Any

from datasette.app import Datasette
from datasette.database import Database

from archive.site.whole_tables import WholeDatabase

#: Cells of the answer to a statement that a page shows.
MOST_CELLS = 40_000
#: Rows of a table that a page shows at most.
MOST_ROWS = 500
#: After so many cells, others get their turn.
_AT_A_TIME = 1_000
_SIZE = re.compile(rb"(?:^|(?<=&))_size=([^&]*)")
_IS_PAGE: ContextVar[bool] = ContextVar("is_page", default=False)
_drawn = count(1)


class Site(Datasette):  # type: ignore[misc]  # it has no types
    """Datasette, which gives a page no more cells than it can show, and counts a table once."""

    def add_database(self, db: Database, name: str | None = None, route: str | None = None) -> Any:
        """Show a database; a file of a release never changes."""
        if db.path and not db.is_mutable:
            db = WholeDatabase(self, db.path, is_mutable=False)
        return super().add_database(db, name, route)

    async def execute(self, *args: Any, **kwargs: Any) -> Any:
        """Rows of a statement."""
        results = await super().execute(*args, **kwargs)
        if _IS_PAGE.get():
            most = max(1, MOST_CELLS // max(1, len(results.columns)))
            results.truncated = results.truncated or len(results.rows) > most
            results.rows = results.rows[:most]
        return results


@contextmanager
def limited(scope: Any) -> Iterator[Any]:
    """A request, while it is answered, with no more than its page may have."""
    query = bytes(scope.get("query_string", b""))
    # Datasette draws a page for every other ending, and knows no `_format`.
    is_page = not str(scope["path"]).endswith((".json", ".csv"))
    # Rows of a table are cut by the size of its page, or its next page would begin too late.
    before = _IS_PAGE.set(is_page and _SIZE.search(query) is None)
    try:
        yield {**scope, "query_string": _SIZE.sub(_smaller, query)} if is_page else scope
    finally:
        _IS_PAGE.reset(before)


def _smaller(found: re.Match[bytes]) -> bytes:
    asked = found[1]
    is_small = asked.isdigit() and len(asked) < 6 and int(asked) <= MOST_ROWS
    is_large = asked == b"max" or (asked.isdigit() and not is_small)
    return b"_size=%d" % MOST_ROWS if is_large else found[0]


def in_turn(shown: Any) -> Any:
    """What a cell shows; now and then as something to wait for, so that others get their turn."""
    if next(_drawn) % _AT_A_TIME:
        return shown
    return _waited(shown)


def _waited(shown: Any) -> Callable[[], Any]:
    async def wait() -> Any:
        await asyncio.sleep(0)
        return shown

    return wait
