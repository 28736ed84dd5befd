"""The index of a large release, written by a process of its own while others judge its reports.

What it needs of nianbao.db it reads before; afterwards that may be written, and text.db is its own:
the index is the last that is written there, so it is tidied then, too.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from ..manifest import reading, tidy
from ..parallel import beside
from .index import Writer

#: Memory for pages of text.db.
_CACHE_KB = 64 << 10


@contextlib.contextmanager
def index_beside(nianbao: Path, text: Path) -> Iterator[Callable[[], Callable[[], None]]]:
    """A process that writes the index when it is told to, and leaves text.db tidy.

    Args:
        nianbao: nianbao.db.
        text: text.db.

    Yields:
        Begins: all reports and texts must be written and nobody in a transaction. Who called it
        may write nianbao.db when it returns, and neither read nor write text.db before what it
        gives was called, which waits for the end.
    """
    with beside(_Beside(nianbao, text)) as begin:

        def written() -> Callable[[], None]:
            begin(False)()
            return begin(True)

        yield written


class _Beside:
    """Does both tasks, one after the other: takes notes of nianbao.db, and writes."""

    def __init__(self, nianbao: Path, text: Path) -> None:
        self._nianbao, self._text = nianbao, text
        self._writer: Writer | None = None

    def __call__(self, is_noted: bool) -> None:
        """Take notes, or write if that is done."""
        if self._writer is None or not is_noted:
            with reading(self._nianbao) as db:
                self._writer = Writer(db)
            return
        with closing(self._writer), closing(sqlite3.connect(self._text)) as db:
            db.execute("PRAGMA journal_mode = OFF")
            db.execute("PRAGMA synchronous = OFF")
            db.execute(f"PRAGMA cache_size = {-_CACHE_KB}")
            self._writer.write(db)
            tidy(db)
