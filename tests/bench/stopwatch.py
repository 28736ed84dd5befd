"""A Scrapy add-on that times a crawl from its first answer to its last, start-up excluded."""

from __future__ import annotations

import json
import resource
import time
from pathlib import Path
from typing import Any

from scrapy import signals
from scrapy.crawler import Crawler

SETTING = "BENCH_STOPWATCH"


class Stopwatch:
    """Writes `{"pages", "wall", "cpu", "rss"}` to the file of the setting `BENCH_STOPWATCH`.

    `rss` is the memory of the process in MB by number of answers, every 1,000 answers.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._out = Path(str(crawler.settings[SETTING]))
        self._count = 0
        self._begun = self._ended = (0.0, 0.0)
        self._rss: dict[int, float] = {}
        crawler.signals.connect(self._answered, signals.response_received)
        crawler.signals.connect(self._closed, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Stopwatch:
        """As Scrapy makes it."""
        return cls(crawler)

    def _answered(self, **_: Any) -> None:
        self._ended = (time.monotonic(), time.process_time())
        if not self._count:
            self._begun = self._ended
        self._count += 1
        if self._count % 1000 == 0:
            self._rss[self._count] = _rss()

    def _closed(self) -> None:
        wall, cpu = (end - begin for end, begin in zip(self._ended, self._begun, strict=True))
        told = {"pages": self._count, "wall": wall, "cpu": cpu, "rss": self._rss}
        self._out.write_text(json.dumps(told))


def _rss() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20
