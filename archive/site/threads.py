"""The threads that read a release: some for our own pages, others for visitors' statements.

Our pages never wait for a statement of a visitor. Datasette's time limit is looked at every
thousand steps of SQLite's machine, and one step of `instr` can take ten milliseconds: here a
job is interrupted from outside. What a statement gives is limited, too: two thousand rows may
be of any length, and all of them are in memory at once.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from datasette.database import connections

#: Threads for our own pages, and for Datasette's.
OWN, VISITORS = 4, 5
#: Seconds after which a job of Datasette's is interrupted; its own limit is shorter.
LONGEST = 1.7
#: Characters and bytes of text that one statement may give.
MOST_TEXT = 5_000_000
#: Columns of one statement; the widest table has 227.
MOST_COLUMNS = 400
#: What SQLite seems to say of a statement that gives more.
TOO_LARGE = "result too large"

T = TypeVar("T")


#: What belongs to a thread: its job and its connections.
_HERE = threading.local()


@contextmanager
def text_limit(most: int) -> Iterator[None]:
    """Let the job of this thread read more, because it keeps little of it."""
    job: _Job | None = getattr(_HERE, "job", None)
    before = job.left if job else 0
    if job:
        job.left = most
    try:
        yield
    finally:
        if job:
            job.left = before


class Watched(ThreadPoolExecutor):
    """The threads of Datasette: what takes too long or gives too much is broken off."""

    def __init__(self, kept: Callable[[], Iterable[list[sqlite3.Connection]]] = tuple) -> None:
        """Make the pool; its threads begin as they are needed.

        Args:
            kept: The lists in which Datasette's databases keep their connections.
        """
        super().__init__(max_workers=VISITORS, thread_name_prefix="datasette")
        self._kept = kept

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Have a thread call a function; from a loop, which keeps the time."""
        job = _Job()

        def run() -> T:
            _HERE.job = job
            job.begin(self._connections())
            try:
                return fn(*args, **kwargs)
            finally:
                job.end()
                if job.was_interrupted:
                    self._leave_connections()

        _watch(job)
        return super().submit(run)

    def opened(self, conn: sqlite3.Connection) -> None:
        """Limit a connection that this thread has opened."""
        if getattr(_HERE, "job", None) is None:
            return  # of no thread of this pool
        self._connections().append(conn)
        conn.setlimit(sqlite3.SQLITE_LIMIT_COLUMN, MOST_COLUMNS)
        conn.row_factory = self._row

    def _row(self, cursor: sqlite3.Cursor, row: tuple[Any, ...]) -> sqlite3.Row:
        _HERE.job.take(row)
        return sqlite3.Row(cursor, row)

    def _connections(self) -> list[sqlite3.Connection]:
        if not hasattr(_HERE, "connections"):
            _HERE.connections = []
        found: list[sqlite3.Connection] = _HERE.connections
        return found

    def _leave_connections(self) -> None:
        """Have the next job of this thread open connections of its own.

        While a cursor of an interrupted job is still open somewhere (a traceback holds it),
        SQLite interrupts whatever is asked next over that connection, too.
        """
        for conn in self._connections():
            conn.close()
            for kept in self._kept():  # else each would stay in memory for ever
                if conn in kept:
                    kept.remove(conn)
        self._connections().clear()
        connections.__dict__.clear()  # Datasette's, of this thread


class _Job:
    """One call in a thread: when it began, with which connections, how much it has read."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._connections: Sequence[sqlite3.Connection] = ()
        self.left = MOST_TEXT
        self.begun: float | None = None
        self.has_ended = False
        self.was_interrupted = False

    def begin(self, connections: Sequence[sqlite3.Connection]) -> None:
        self._connections = connections
        self.begun = time.monotonic()

    def end(self) -> None:
        with self._lock:  # nothing is interrupted that comes after it
            self.has_ended = True
            self._connections = ()

    def interrupt(self) -> None:
        with self._lock:
            self.was_interrupted = not self.has_ended
            for conn in tuple(self._connections):
                conn.interrupt()

    def take(self, row: tuple[Any, ...]) -> None:
        self.left -= sum(len(value) for value in row if isinstance(value, (str, bytes)))
        if self.left < 0:
            raise sqlite3.OperationalError(f"{TOO_LARGE}: over {MOST_TEXT:,} characters")


def _watch(job: _Job) -> None:
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return

    def look() -> None:
        if job.has_ended:
            return
        lasted = 0.0 if job.begun is None else time.monotonic() - job.begun
        if lasted >= LONGEST:
            job.interrupt()
        # Once more even so: between two statements there is nothing to interrupt.
        loop.call_later(max(LONGEST - lasted, 0.25), look)

    loop.call_later(LONGEST, look)


class _Own:
    """Threads and connections of our own pages."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(max_workers=OWN, thread_name_prefix="pages")
        self._here = threading.local()

    async def ask(self, datasette: Any, database: str, question: Callable[[Any], T]) -> T:
        """What a question finds out, in one of the threads."""

        def run() -> T:
            known: dict[str, sqlite3.Connection] = self._here.__dict__
            if database not in known:
                conn = datasette.get_database(database).connect()
                datasette._prepare_connection(conn, database)
                known[database] = conn
            return question(known[database])

        return await asyncio.get_running_loop().run_in_executor(self._pool, run)


_OWN: WeakKeyDictionary[Any, _Own] = WeakKeyDictionary()


async def ask(datasette: Any, database: str, question: Callable[[Any], T]) -> T:
    """What a question of our own pages finds out."""
    own = _OWN.get(datasette)
    if own is None:
        own = _OWN[datasette] = _Own()
    return await own.ask(datasette, database, question)
