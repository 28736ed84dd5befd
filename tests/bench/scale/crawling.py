"""Two crawl shards beside one, over nginx on twenty loopback hosts.

Both are one command, `scrapy collect --shards`, so that what division costs is in neither figure
alone. Pages a second are counted by nginx's log, by the clock, while all shards are at work: names
of twenty hosts fall 12 : 8, those of thousands about equally. nginx and the kernel take a part of
the two cores, which is printed, and so is the load of the machine: among neighbours the clock
measures them.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from archive.ledger import Ledger
from archive.parts import make_part, merge_parts
from archive.root import DataRoot
from crawler.registry import load
from crawler.shards import shard_of
from tests.bench import SMALL, Figure
from tests.bench.nginx import Nginx, installed
from tests.bench.scale import rates

PAGES = 400 if SMALL else 3000
ROUNDS = 1 if SMALL else 3
_GOAL = 1.6
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Told:
    """What one crawl took.

    Attributes:
        rate: Pages a second while all shards were at work.
        cpu: CPU seconds of the crawl, its starts and its merging included.
        nginx: CPU seconds of nginx.
        whole: Seconds from the command to its end.
    """

    rate: float
    cpu: float
    nginx: float
    whole: float


def figures() -> Iterator[Figure]:
    """The bench's figures."""
    if not installed():
        print("  skipped: nginx is not installed (make system-deps)")
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Nginx(folder / "n", PAGES, zipped=True, logged=True) as nginx:
            registry = folder / "portals.toml"
            registry.write_text(nginx.registry(), "utf-8")
            yield from _paired(nginx, registry, folder)
            yield _merging(registry, folder)


def _paired(nginx: Nginx, registry: Path, folder: Path) -> Iterator[Figure]:
    one, two = [], []
    for number in range(ROUNDS):
        one.append(_crawl(nginx, registry, folder / f"one{number}", 1))
        two.append(_crawl(nginx, registry, folder / f"two{number}", 2))
        load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
        print(
            f"  {one[-1].rate:.0f} pages a second by one shard, {two[-1].rate:.0f} by two "
            f"(CPU seconds of the crawl {one[-1].cpu:.1f} and {two[-1].cpu:.1f}, of nginx "
            f"{one[-1].nginx:.2f} and {two[-1].nginx:.2f}; all in {one[-1].whole:.1f} and "
            f"{two[-1].whole:.1f} s); load {load}"
        )
    median = statistics.median(each.rate for each in one)
    rates.note("pages_a_second", median, "pages", "one shard over nginx on the same machine")
    ratios = [second.rate / first.rate for first, second in zip(one, two, strict=True)]
    yield Figure("two crawl shards ÷ one, pages a second", statistics.median(ratios), _GOAL, True)


def _crawl(nginx: Nginx, registry: Path, data: Path, shards: int) -> Told:
    nginx.log.write_text("")
    before, served = _children(), _served(nginx)
    begun = time.monotonic()
    command = [sys.executable, "-m", "scrapy", "collect", "--registry", str(registry)]
    command += ["--data", str(data), "--shards", str(shards)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    grown = [(0, begun)]  # bytes of the log, and when it had them
    while process.poll() is None:
        size = nginx.log.stat().st_size
        if size != grown[-1][0]:
            grown.append((size, time.monotonic()))
        time.sleep(0.01)
    said = process.communicate()[0]
    if process.returncode:
        raise RuntimeError(f"{command[3:]} ended with {process.returncode}: {said[-2000:]}")
    whole = time.monotonic() - begun
    cpu, of_nginx = _children() - before, _served(nginx) - served
    return Told(_rate(nginx, registry, shards, grown), cpu, of_nginx, whole)


def _rate(nginx: Nginx, registry: Path, shards: int, grown: list[tuple[int, float]]) -> float:
    """Pages a second while all shards are at work: twenty hosts are not divided into halves."""
    portals = load(registry).chosen()
    of = {
        host: number
        for number in range(1, shards + 1)
        for portal in shard_of(portals, number, shards)
        for host in portal.hosts
    }
    sizes, at, pages = [size for size, _ in grown], 0, list[tuple[float, int]]()
    for line in nginx.log.read_bytes().splitlines(keepends=True):
        at += len(line)
        host, path, _ = line.decode().split()
        if path.startswith("/a/"):
            pages.append((grown[bisect_left(sizes, at)][1], of[host]))
    assert len(pages) == PAGES, f"{len(pages)} pages were asked for"
    times = [[when for when, of_shard in pages if of_shard == n] for n in set(of.values())]
    first, last = max(each[0] for each in times), min(each[-1] for each in times)
    return sum(first < when <= last for when, _ in pages) / (last - first)


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _served(nginx: Nginx) -> float:
    """CPU seconds of nginx and its worker so far."""
    pid = (nginx.folder / "nginx.pid").read_text().strip()
    workers = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    seconds = 0.0
    for each in (pid, *workers):
        fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        seconds += (int(fields[11]) + int(fields[12])) / _TICK
    return seconds


def _merging(registry: Path, folder: Path) -> Figure:
    """What merging takes beside the crawl: a part of all pages, crawled without being merged."""
    whole = DataRoot(folder / "one0")
    source = DataRoot(folder / "merging")
    source.claim(whole.require())
    with closing(Ledger(source.ledger)) as ledger:
        part = make_part(source, "1/1", "bench", portals=(), others=(), registry="#")
        size = 0
        for path in whole.warc.iterdir():
            (part.warc / path.name).write_bytes(path.read_bytes())
            size += path.stat().st_size
        begun = time.process_time()
        done = merge_parts(source, ledger, alone=True)
        seconds = time.process_time() - begun
    print(
        f"  merging {done.files} WARC files, {size / 1e6:.0f} MB, {done.rows} rows: {seconds:.2f} "
        f"CPU seconds, {done.rows / seconds:.0f} rows a second"
    )
    return Figure("merging, CPU seconds per 1,000 pages", seconds / PAGES * 1000, 1.0, False, " s")
