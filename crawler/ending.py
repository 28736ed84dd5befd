"""The end of a run before its time, in order: at the hour asked, or by a signal."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from scrapy import signals
from scrapy.utils.asyncio import create_looping_call

from .at_work import run_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class Ending:
    """Looks at the clock every second; at its hour, or after a signal, the run ends.

    What waits in the downloader is then refused at once, and not after its delay, which
    may be a minute for each request. What is under way is waited for.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._calls = create_looping_call(self._look)
        self._closing: asyncio.Task[None] | None = None
        crawler.signals.connect(self._start, signals.spider_opened)
        crawler.signals.connect(self._stop, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Ending:
        """As Scrapy makes it."""
        return cls(crawler)

    def _start(self) -> None:
        self._calls.start(1, now=False)

    def _stop(self) -> None:
        if self._calls.running:
            self._calls.stop()

    def _look(self) -> None:
        session = run_of(self._crawler)
        if not self._crawler.crawling:
            session.stop("stopped", "the crawl was stopped")
        elif session.until is not None and datetime.now(UTC) >= session.until:
            session.stop("window", f"it is {session.until:%H:%M}")
            self._close()
        if session.ended:
            self._hurry()

    def _close(self) -> None:
        if self._closing is None and self._crawler.engine is not None:
            closing = self._crawler.engine.close_spider_async(reason="window")
            # The loop keeps only a weak reference to its tasks.
            self._closing = asyncio.get_running_loop().create_task(closing)

    def _hurry(self) -> None:
        assert self._crawler.engine is not None
        downloader = self._crawler.engine.downloader
        for slot in downloader.slots.values():
            slot.delay = 0
            if slot.latercall is not None:
                slot.latercall.cancel()
                # Scrapy's own, called as its timer would have.
                downloader._latercall(slot)
