"""Scrapy's engine for probes: its downloader, robots.txt, delays and retries; no archive."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from typing import Any

from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.settings import Settings

from ..at_work import AtWork
from ..families import fingerprints
from ..registry import Registry
from .fetch import Download, FamilyGate, Stopped

log = logging.getLogger(__name__)
#: The score of a sign that no other family has.
_SURE = 90
#: What a probe does with the downloader, to its end.
Work = Callable[[Download], Awaitable[None]]


def settings(project: Settings, registry: Registry) -> Settings:
    """The project's settings without its archive; who asks and how often is the registry's."""
    changed = project.copy()
    changed.setdict(
        {
            "USER_AGENT": f"nianbao/0.1 (+{registry.contact})",
            "DOWNLOAD_DELAY": registry.delay,
            "AUTOTHROTTLE_START_DELAY": registry.delay,
            "AUTOTHROTTLE_ENABLED": registry.delay > 0,
            "DOWNLOADER_MIDDLEWARES": {
                **project.getdict("DOWNLOADER_MIDDLEWARES"),
                "crawler.middlewares.CaptureMiddleware": None,
            },
            "EXTENSIONS": {
                "scrapy.extensions.logstats.LogStats": None,
                "crawler.ending.Ending": 500,
            },
            "SPIDER_MIDDLEWARES": {},
            "LOG_LEVEL": "ERROR",
        },
        priority="spider",
    )
    return changed


class ProbeSession(AtWork):
    """What the crawler's middlewares want of a run: a gate, and somebody who takes notes."""

    #: Without an entry in a registry nobody has said that a certificate may be wrong.
    unverified: frozenset[str] = frozenset()
    #: A probe has no window.
    until: datetime | None = None

    def __init__(self, gate: FamilyGate) -> None:
        self.gate = gate
        self.ended = ""

    def stop(self, kind: str, why: str) -> None:
        """Ask nobody anything more."""
        self.ended = kind
        self.gate.stop(why, kind)

    def is_list(self, portal: str, text: str, url: str) -> bool:
        """Whether some family surely knows a page: nobody has said yet which it is of."""
        return any(found.score >= _SURE for found in fingerprints(text, url))

    def issue(self, portal: str, url: str, kind: str, detail: str) -> None:
        """Note what became of a robots.txt; the pages behind it are shown with it."""
        log.info("%s: robots.txt was not obtained: %s: %s %s", portal, kind, url, detail)


class Probe(Spider):
    """Runs a work with the engine's downloader; yields nothing for Scrapy to schedule."""

    name = "probe"

    @classmethod
    def from_crawler(
        cls, crawler: Crawler, *args: Any, work: Work, gate: FamilyGate, **kwargs: Any
    ) -> Probe:
        """Make the spider for a work."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.work = work
        spider.session = ProbeSession(gate)
        return spider

    work: Work
    session: ProbeSession

    async def start(self) -> AsyncIterator[Any]:
        """Do the work."""
        engine = self.crawler.engine
        assert engine is not None
        with contextlib.suppress(Stopped):
            await self.work(engine.download_async)
        nothing: tuple[Any, ...] = ()
        for each in nothing:
            yield each
