"""Scrapy's engine for probes: its downloader, robots.txt, delays and retries; no archive."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import Crawler

from ..gate import Refused, host_of
from ..registry import Registry
from .domains import belongs, family_of
from .fetch import Download

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
        "DOWNLOAD_HANDLERS": {
            "http": "scrapy.core.downloader.handlers.http11.HTTP11DownloadHandler",
            "https": "scrapy.core.downloader.handlers.http11.HTTP11DownloadHandler",
            "file": None,
            "data": None,
            "ftp": None,
            "s3": None,
        },
        "DOWNLOADER_MIDDLEWARES": {
            "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
            "crawler.probe.spider.FamilyMiddleware": 50,
        },
        "EXTENSIONS": {"scrapy.extensions.logstats.LogStats": None},
        "LOG_LEVEL": "ERROR",
    }


class FamilyMiddleware:
    """Order 50: every request and redirect stays in the family of the address given."""

    def process_request(self, request: Request) -> None:
        """Refuse what leads out.

        Raises:
            Refused: It does.
        """
        family = request.meta.get("family")
        host = host_of(request.url)
        if family is None:  # Scrapy's own request for a robots.txt, or its redirect
            family = family_of(host_of(request.meta.get("redirect_urls", [request.url])[0]))
        if not belongs(host, family):
            raise Refused("off_host", f"redirects to {request.url}")
        if "download_slot" in request.meta:
            request.meta["download_slot"] = host


class Probe(Spider):
    """Runs a work with the engine's downloader; yields nothing for Scrapy to schedule."""

    name = "probe"

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, work: Work, **kwargs: Any) -> Probe:
        """Make the spider for a work."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.work = work
        return spider

    work: Work

    async def start(self) -> AsyncIterator[Any]:
        """Do the work."""
        engine = self.crawler.engine
        assert engine is not None
        await self.work(engine.download_async)
        nothing: tuple[Any, ...] = ()
        for each in nothing:
            yield each
