"""A bare Scrapy spider that only fetches: `python -m tests.bench.bare URLS STOPWATCH ITEMS`."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import scrapy
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response

from crawler import settings as ours
from tests.bench.stopwatch import SETTING

_SETTINGS = {
    "LOG_LEVEL": "ERROR",
    "TELNETCONSOLE_ENABLED": False,
    "ROBOTSTXT_OBEY": False,
    # Both ask as many hosts side by side, and one page of each at a time.
    "CONCURRENT_REQUESTS": ours.CONCURRENT_REQUESTS,
    "CONCURRENT_REQUESTS_PER_DOMAIN": ours.CONCURRENT_REQUESTS_PER_DOMAIN,
    "DOWNLOAD_DELAY": 0,
    "ADDONS": {"tests.bench.stopwatch.Stopwatch": 0},
}


class Bare(scrapy.Spider):
    """Fetches, and does nothing with what comes."""

    name = "bare"
    urls: list[str]

    async def start(self) -> AsyncIterator[Any]:
        """All addresses at once."""
        for url in self.urls:
            yield scrapy.Request(url, dont_filter=True)

    def parse(self, response: Response) -> None:
        """Nothing."""


if __name__ == "__main__":
    process = AsyncCrawlerProcess(
        {**_SETTINGS, SETTING: sys.argv[2], "CONCURRENT_ITEMS": int(sys.argv[3])}
    )
    process.crawl(Bare, urls=json.loads(Path(sys.argv[1]).read_text()))
    process.start()
