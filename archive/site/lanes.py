"""How many requests for Datasette's pages are answered at once, how many wait, for how long.

Statements of visitors take whatever time they may. A hundred at once would hold all threads and
much memory for minutes; who finds no room is told to come again, and nobody else notices.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from archive.site.threads import OWN

#: Pages of ours that ask what a visitor makes up, each up to a second or two.
QUESTIONS = ("/sousuo", "/tubiao", "/yidian", "/bijiao")
#: Seconds after which who was told so may come again.
AGAIN = 10


class Full(Exception):
    """There is no room now."""


@dataclass(slots=True)
class Lane:
    """Requests of one kind.

    Attributes:
        at_once: How many are answered at once.
        waiting: How many may wait.
        patience: Seconds that one waits.
    """

    at_once: int
    waiting: int
    patience: float
    _turn: asyncio.Semaphore = field(init=False)
    _wait: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        """Begin empty."""
        self._turn = asyncio.Semaphore(self.at_once)

    @asynccontextmanager
    async def entered(self) -> AsyncIterator[None]:
        """Wait for one's turn and keep it.

        Raises:
            Full: Too many wait, or it took too long.
        """
        await self._enter()
        try:
            yield
        finally:
            self._turn.release()

    async def _enter(self) -> None:
        if not self._turn.locked():
            await self._turn.acquire()
            return
        if self._wait >= self.waiting:
            raise Full
        self._wait += 1
        try:
            await asyncio.wait_for(self._turn.acquire(), self.patience)
        except TimeoutError as error:
            raise Full from error
        finally:
            self._wait -= 1


class Lanes:
    """The lanes of one site."""

    def __init__(self) -> None:
        """Begin empty."""
        self._statements = Lane(at_once=2, waiting=20, patience=10)
        self._streams = Lane(at_once=2, waiting=4, patience=10)
        self._questions = Lane(at_once=OWN - 1, waiting=200, patience=20)
        self._ours = Lane(at_once=1_000, waiting=10_000, patience=60)
        self._data = Lane(at_once=3, waiting=40, patience=20)

    def of(self, query: bytes) -> Lane:
        """The lane of a request for one of Datasette's pages, by its query string."""
        if b"_stream=" in query:
            return self._streams
        return self._statements if b"sql=" in query or b"_where=" in query else self._data

    def of_ours(self, path: str) -> Lane:
        """The lane of a page of ours: all have room, but what may take a second leaves some."""
        return self._questions if path.startswith(QUESTIONS) else self._ours
