"""What capturing costs beside a bare Scrapy spider that only fetches.

Both fetch the same pages from the test portal in another process; the figure is CPU
of the crawling process, since the portal shares the machine.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench import SMALL, Figure
from tests.portal.server import Portal

_BARE = """
import json, sys
import scrapy
from scrapy.crawler import CrawlerProcess
urls = json.load(open(sys.argv[1]))
class Bare(scrapy.Spider):
    name = "bare"
    async def start(self):
        for url in urls:
            yield scrapy.Request(url, dont_filter=True)
    def parse(self, response):
        pass
settings = {"LOG_LEVEL": "ERROR", "ROBOTSTXT_OBEY": False, "TELNETCONSOLE_ENABLED": False}
process = CrawlerProcess(settings)
process.crawl(Bare)
process.start()
"""


def figures() -> Iterator[Figure]:
    """The bench's figures."""
    rounds = 1 if SMALL else 5
    ratios, again = [], []
    with Portal(port=0) as portal, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        registry = folder / "portals.toml"
        registry.write_text(portal.registry(), "utf-8")
        for i in range(rounds):
            portal.forget()
            first = _collect(registry, folder / str(i))
            asked = [f"http://{r.host}:{portal.port}{r.path}" for r in portal.requests]
            urls = folder / "urls.json"
            urls.write_text(json.dumps([url for url in asked if "queryList" not in url]))
            bare = _cpu([sys.executable, "-c", _BARE, str(urls)])
            second = _collect(registry, folder / str(i))
            ratios.append(bare / first)
            again.append(second / first)
    yield Figure(
        "bare Scrapy ÷ whole crawl, CPU, start-up included", statistics.median(ratios), 0.7, True
    )
    yield Figure(
        "second crawl ÷ first, CPU, start-up included", statistics.median(again), 1.0, False
    )


def _collect(registry: Path, data: Path) -> float:
    command = ["-m", "scrapy", "collect", "--registry", str(registry), "--data", str(data)]
    return _cpu([sys.executable, *command])


def _cpu(command: list[str]) -> float:
    """Seconds of CPU of a command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
