"""Scrapy's engine for probes: its downloader, robots.txt, delays and retries; no archive."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.http import Response

from ..middlewares import GuardMiddleware
from ..registry import Registry
from .fetch import Download, FamilyGate, Stopped

log = logging.getLogger(__name__)
#: What a probe does with the downloader, to its end.
Work = Callable[[Download], Awaitable[None]]


def settings(registry: Registry) -> dict[str, Any]:
    """What a probe sets otherwise than a crawl; who asks and how often is the registry's."""
    return {
        "USER_AGENT": f"nianbao/0.1 (+{registry.contact})",
        "DOWNLOAD_DELAY": registry.delay,
        "AUTOTHROTTLE_START_DELAY": registry.delay,
        "AUTOTHROTTLE_ENABLED": registry.delay > 0,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "DOWNLOADER_MIDDLEWARES": {
            "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
            "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
            "crawler.probe.spider.ProbeGuard": 50,
            "crawler.robots.RobotsMiddleware": 100,
        },
        "EXTENSIONS": {"scrapy.extensions.logstats.LogStats": None},
        "LOG_LEVEL": "ERROR",
    }


class ProbeSession:
    """What the crawler's middlewares want of a run: a gate, and somebody who takes notes."""

    def __init__(self, gate: FamilyGate) -> None:
        self.gate = gate

    def issue(self, family: str, url: str, kind: str, detail: str) -> None:
        """Note what became of a robots.txt; the pages behind it are shown with it."""
        log.info("%s: %s: %s %s", family, kind, url, detail)


class ProbeGuard(GuardMiddleware):
    """As in a crawl, but a shell passes: it may say in plain words where its page is."""

    def process_response(self, request: Request, response: Response) -> Response:
        """A wall is no page."""
        if request.meta.get("wall") == "js_shell":
            del request.meta["wall"]
        return super().process_response(request, response)


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
