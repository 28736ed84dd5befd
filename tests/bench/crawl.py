"""What the whole crawler costs beside a bare Scrapy spider that only fetches.

Both fetch the same pages from nginx (`make system-deps`) on twenty loopback hosts. A
figure compares pages per second of the crawling process's CPU, from its first answer to
its last: both are bound by one core, nginx shares the machine, and neighbours steal wall
time. Ratios by the wall clock are printed beside them.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.bench import SMALL, Figure
from tests.bench.nginx import Nginx, installed
from tests.bench.stopwatch import SETTING

PAGES = 400 if SMALL else 2000
ROUNDS = 1 if SMALL else 5
Told = dict[str, Any]


def figures() -> Iterator[Figure]:
    """The bench's figures."""
    if not installed():
        print("  skipped: nginx is not installed (make system-deps)")
        return
    for name, zipped, goal in (("gzipped", True, 0.8), ("identity", False, 0.7)):
        yield from _paired(name, zipped, goal)
    if SMALL:
        print("  memory over 20,000 pages: skipped (NIANBAO_SCALE=small)")
    else:
        yield _memory()


def _paired(name: str, zipped: bool, goal: float) -> Iterator[Figure]:
    """Bare and whole crawls in turn; of the gzipped pages a second crawl, too."""
    ratios, walls, lean, again, disks, wgets = [], [], [], [], [], []
    with (
        tempfile.TemporaryDirectory() as folder,
        Nginx(Path(folder, "n"), PAGES, zipped=zipped) as nginx,
    ):
        here = Path(folder)
        urls = here / "urls.json"
        urls.write_text(json.dumps(nginx.urls()))
        registry = here / "portals.toml"
        registry.write_text(nginx.registry(), "utf-8")
        for number in range(ROUNDS):
            data = here / f"data{number}"
            bare = _bare(urls, here)
            first = crawl(registry, data, here)
            taken = _disk(data)
            lean.append(_rate(first, "cpu") / _rate(_bare(urls, here, "1"), "cpu"))
            ratios.append(_rate(first, "cpu") / _rate(bare, "cpu"))
            walls.append(_rate(first, "wall") / _rate(bare, "wall"))
            second = crawl(registry, data, here)
            again.append(_rate(second, "cpu") / _rate(first, "cpu"))
            disks.append((_disk(data) - taken) / taken)
            wgets.append(_rate(first, "wall") * _wget(nginx.urls(), here / f"wget{number}"))
    wall, wget = statistics.median(walls), statistics.median(wgets)
    print(f"  {name}, by the wall clock: ÷ bare {wall:.2f}, ÷ wget --warc-file {wget:.2f}")
    # Scrapy makes CONCURRENT_ITEMS tasks for each answer, 100 by default; the crawler has 1.
    leaner = statistics.median(lean)
    print(f"  {name}, by CPU: ÷ a bare spider with the crawler's CONCURRENT_ITEMS {leaner:.2f}")
    ratio = statistics.median(ratios)
    yield Figure(f"whole crawler ÷ bare spider, {name}, pages per CPU second", ratio, goal, True)
    if zipped:
        speed, disk = statistics.median(again), statistics.median(disks)
        yield Figure("second crawl, all 304, ÷ first, pages per CPU second", speed, 1.5, True)
        yield Figure("disk of the second crawl ÷ the first's", disk, 0.25, False)


def _memory() -> Figure:
    with (
        tempfile.TemporaryDirectory() as folder,
        Nginx(Path(folder, "n"), PAGES, zipped=True, copies=10) as nginx,
    ):
        registry = Path(folder, "portals.toml")
        registry.write_text(nginx.registry(), "utf-8")
        told = crawl(registry, Path(folder, "data"), Path(folder))
    rss = {int(count): size for count, size in told["rss"].items()}
    print("  MB by pages: " + ", ".join(f"{n}: {size:.0f}" for n, size in rss.items()))
    grown = abs(rss[20_000] - rss[2_000])
    return Figure("memory after 20,000 pages against 2,000", grown, 20, False, " MB")


def crawl(registry: Path, data: Path, folder: Path) -> Told:
    """Run the whole crawler; what the stopwatch told."""
    out = folder / "stopwatch.json"
    addon = ("-s", 'ADDONS={"tests.bench.stopwatch.Stopwatch": 0}', "-s", f"{SETTING}={out}")
    command = ["-m", "scrapy", "collect", "--registry", str(registry), "--data", str(data), *addon]
    _run([sys.executable, *command])
    return _told(out)


def _bare(urls: Path, folder: Path, items: str = "100") -> Told:
    out = folder / "stopwatch.json"
    _run([sys.executable, "-m", "tests.bench.bare", str(urls), str(out), items])
    return _told(out)


def _told(out: Path) -> Told:
    told: Told = json.loads(out.read_text())
    out.unlink()
    return told


def _wget(urls: list[str], folder: Path) -> float:
    """Seconds a page that `wget --warc-file` takes."""
    folder.mkdir()
    (folder / "urls").write_text("\n".join(urls))
    command = ["wget", "-q", "--header=Accept-Encoding: gzip", "--delete-after"]
    command += [f"--warc-file={folder / 'w'}", "-P", str(folder), "-i", str(folder / "urls")]
    begun = time.monotonic()
    _run(command)
    return (time.monotonic() - begun) / len(urls)


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{command[:4]} ended with {done.returncode}: {done.stderr[-2000:]}")


def _rate(told: Told, clock: str) -> float:
    """Reports a second: lists and robots.txt are the whole crawler's own cost."""
    return PAGES / float(told[clock])


def _disk(data: Path) -> int:
    return sum(path.stat().st_size for path in data.rglob("*") if path.is_file())
