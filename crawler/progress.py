"""Progress: one line on stderr that a person can read."""

from __future__ import annotations

import logging
import shutil
import sys
import time
from collections import deque
from typing import TYPE_CHECKING, TextIO

from scrapy import signals
from scrapy.utils.asyncio import create_looping_call

from .at_work import session_of
from .wording import counted

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from .session import Session

#: Seconds between two lines of a log: a long crawl needs fewer.
_SECONDS, _LATER_SECONDS = 10, 60
#: With so few portals left they are named.
_MOST_NAMES = 3


class Progress:
    """Says every second on a terminal, else every ten and later sixty, how far the crawl is."""

    def __init__(self, crawler: Crawler, out: TextIO = sys.stderr) -> None:
        self._crawler, self._out = crawler, out
        self._tty = out.isatty()
        self._began = self._said = time.monotonic()
        self._pages = Rate()
        self._calls = create_looping_call(self._call)
        crawler.signals.connect(self._start, signals.spider_opened)
        crawler.signals.connect(self._stop, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Progress:
        """As Scrapy makes it."""
        return cls(crawler)

    def _start(self) -> None:
        if self._tty:
            for handler in logging.getLogger().handlers:
                handler.addFilter(self._make_room)
        self._calls.start(1 if self._tty else _SECONDS, now=False)

    def _stop(self) -> None:
        if self._calls.running:
            self._calls.stop()
        self._say()
        if self._tty:
            self._out.write("\n")

    def _make_room(self, _: logging.LogRecord) -> bool:
        """A message of the log takes the place of the line, which the next second repeats."""
        self._out.write("\r\x1b[K")
        self._out.flush()
        return True

    def _call(self) -> None:
        now = time.monotonic()
        late = now - self._began > 12 * _SECONDS
        # Half a second of grace: a timer may come a little early.
        if self._tty or not late or now - self._said > _LATER_SECONDS - 0.5:
            self._say()

    def _say(self) -> None:
        self._said = time.monotonic()
        number = self._crawler.stats.get_value("response_received_count", 0)
        seconds = self._said - self._began
        rate = self._pages.a_minute(seconds, number)
        text = line(session_of(self._crawler), seconds, number, rate)
        if self._tty:
            # Written over itself, so it must not wrap; \x1b[K clears what is left of the last.
            text = f"\r{text[: shutil.get_terminal_size().columns - 1]}\x1b[K"
        self._out.write(text if self._tty else f"{text}\n")
        self._out.flush()


class Rate:
    """Pages a minute, over the last minute."""

    def __init__(self) -> None:
        self._seen = deque([(0.0, 0)])

    def a_minute(self, seconds: float, number: int) -> float:
        """The rate.

        Args:
            seconds: Since the beginning.
            number: Pages since the beginning.
        """
        self._seen.append((seconds, number))
        while len(self._seen) > 2 and self._seen[1][0] <= seconds - 60:
            self._seen.popleft()
        then, before = self._seen[0]
        return 60 * (number - before) / (seconds - then) if seconds > then else 0.0


def line(session: Session, seconds: float, pages: int, rate: float) -> str:
    """How far a crawl is."""
    courses = session.courses.values()
    tallies = [session.store.tally(key) for key in session.courses]
    left = [key for key in session.courses if key not in session.results]
    text = (
        f"{len(session.results)} of {counted(len(session.courses), 'portal')}, "
        f"{counted(pages, 'page')} ({rate:.0f} a minute), "
        f"{counted(sum(course.candidates for course in courses), 'candidate')}: "
        f"{sum(tally.captured for tally in tallies)} stored, "
        f"{sum(tally.unchanged for tally in tallies)} unchanged; "
        f"{counted(sum(course.open for course in courses), 'request')} open, "
        f"{counted(sum(course.issues for course in courses), 'issue')}, {duration(seconds)}"
    )
    more = least(session)
    if more >= 60:
        text += f"; at least {duration(more)} more"
    if left and len(left) <= _MOST_NAMES < len(session.courses):
        text += f"; left: {', '.join(left)}"
    return text


def least(session: Session) -> float:
    """Seconds that the crawl still needs at least, as far as it knows its requests.

    One portal's open requests wait for each other on its hosts, with the registry's delay
    between two; what they lead to is not known yet, so this is no estimate of the end.
    """
    waits = (
        session.courses[key].open // len(portal.hosts) for key, portal in session.portals.items()
    )
    return max(waits, default=0) * session.registry.delay


def duration(seconds: float) -> str:
    """Seconds in words."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60:02} min"
