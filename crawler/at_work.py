"""What downloader, robots.txt and clock want of a run at work, be it a crawl's or a probe's.

They find it by Scrapy's crawler and need not know the spider: that knows them, by the settings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from datetime import datetime

    from scrapy.crawler import Crawler

    from .gate import Gate
    from .session import Session


class AtWork(Protocol):
    """A run at work.

    Attributes:
        gate: Who may be asked.
        unverified: Hosts that are asked though their certificate cannot be verified.
        until: When the run is to end, or None.
        ended: `window` or `stopped` once it ends before its time, else "".
    """

    gate: Gate
    unverified: frozenset[str]
    until: datetime | None
    ended: str

    def stop(self, kind: str, why: str) -> None:
        """Ask nobody anything more; `kind` is `stopped` or `window`."""

    def is_list(self, portal: str, text: str, url: str) -> bool:
        """Whether the family of a portal knows a page, be it nothing but a script."""

    def issue(self, portal: str, url: str, kind: str, detail: str) -> None:
        """Note what went wrong with an address."""


class _Worker(Protocol):
    session: AtWork


class _Crawling(Protocol):
    session: Session


def run_of(crawler: Crawler) -> AtWork:
    """The run of a crawler's spider; there is one, since the engine has begun."""
    return cast("_Worker", crawler.spider).session


def session_of(crawler: Crawler) -> Session:
    """The session of a crawl: for what only crawls load, and no probe."""
    return cast("_Crawling", crawler.spider).session
