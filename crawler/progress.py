"""Progress: one line on stderr that a person can read."""

from __future__ import annotations

import logging
import sys
import time
from typing import TYPE_CHECKING, TextIO

from scrapy import signals
from scrapy.utils.asyncio import create_looping_call

from .spiders import annual_reports

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from .session import Session


class Progress:
    """Says every second on a terminal, else every ten, how far the crawl is."""

    def __init__(self, crawler: Crawler, out: TextIO = sys.stderr) -> None:
        self._crawler, self._out = crawler, out
        self._tty = out.isatty()
        self._began = time.monotonic()
        self._calls = create_looping_call(self._say)
        # It prints a traceback for every host that has no robots.txt; that is an issue's job.
        logging.getLogger("scrapy.downloadermiddlewares.robotstxt").setLevel(logging.CRITICAL)
        crawler.signals.connect(self._start, signals.spider_opened)
        crawler.signals.connect(self._stop, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Progress:
        """As Scrapy makes it."""
        return cls(crawler)

    def _start(self) -> None:
        self._calls.start(1 if self._tty else 10, now=False)

    def _stop(self) -> None:
        if self._calls.running:
            self._calls.stop()
        self._say()
        if self._tty:
            self._out.write("\n")

    def _say(self) -> None:
        text = line(annual_reports.of(self._crawler).session, time.monotonic() - self._began)
        # On a terminal the line is written over itself; \x1b[K clears what is left of it.
        self._out.write(f"\r{text}\x1b[K" if self._tty else f"{text}\n")
        self._out.flush()


def line(session: Session, seconds: float) -> str:
    """How far a crawl is."""
    courses = session.courses.values()
    tallies = [session.store.tally(key) for key in session.courses]
    return (
        f"{len(session.results)} of {len(session.courses)} portals, "
        f"{sum(course.lists for course in courses)} list pages, "
        f"{sum(course.candidates for course in courses)} candidates: "
        f"{sum(tally.captured for tally in tallies)} new, "
        f"{sum(tally.unchanged for tally in tallies)} unchanged; "
        f"{sum(course.open for course in courses)} requests open, "
        f"{sum(course.issues for course in courses)} issues, {seconds:.0f} s"
    )
