"""What a build with nothing new costs, and how reading scales from one process to two."""

from __future__ import annotations

import os
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from archive.build import build
from archive.readings import Readings
from archive.root import DataRoot, Registry
from archive.store import Context, Exchange, Store
from tests.bench import SMALL, Figure
from tests.portal.render import article_html
from tests.portal.reports import make_report

CAPTURES = 300 if SMALL else 10_000
_READ = 100 if SMALL else 3500  # the start of a worker takes a second
_ROUNDS = 1 if SMALL else 2


def figures() -> Iterator[Figure]:
    """The bench's figures."""
    with tempfile.TemporaryDirectory() as folder:
        root = DataRoot(Path(folder))
        store(root, pages(CAPTURES))
        first = cpu(lambda: build(root, 1))
        again = cpu(lambda: build(root, 1))
        print(
            f"  first build {first:.1f} s of CPU, with nothing new {again:.2f} s, workers included"
        )
        yield Figure(
            f"build with nothing new ÷ first build, {CAPTURES} captures", again / first, 0.02, False
        )
        release = root.current.resolve()
        size = (release / "nianbao.db").stat().st_size / CAPTURES / 1024
        yield Figure("KB of nianbao.db a report", size, 2.0, at_least=False)
    yield _scaling()


def cpu(work: Callable[[], object]) -> float:
    """Seconds of CPU that a call takes, in this process and in those that it began and ended."""

    def spent() -> float:
        both = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        return sum(sum(resource.getrusage(who)[:2]) for who in both)

    before = spent()
    work()
    return spent() - before


def _scaling() -> Figure:
    """Reading by one process and by two, in turn, by the clock: only a quiet machine tells."""
    bodies = {f"{number:064}": body for number, (_, body) in enumerate(pages(_READ))}
    times: dict[int, list[float]] = {1: [], 2: []}
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        for number in range(_ROUNDS):
            for processes, found in times.items():
                readings = Readings(Path(folder, f"{number}-{processes}.db"))
                begun = time.perf_counter()
                readings.read(list(bodies), bodies.__getitem__, processes)
                found.append(time.perf_counter() - begun)
                readings.close()
    one, two = (statistics.median(times[processes]) for processes in (1, 2))
    print(
        f"  {_READ} pages: {one:.1f} s by one process, {two:.1f} s by two; load before {load:.1f}"
    )
    return Figure("reading by one process ÷ by two, by the clock", one / two, 1.8, at_least=True)


def pages(count: int) -> Iterator[tuple[str, bytes]]:
    """Addresses and pages of fictional reports, five years of each agency."""
    for i in range(count):
        region, year = 990000 + i // 5, 2019 + i % 5
        report, _ = make_report("示例市财政局", str(region), "finance", year, busy=i % 2 == 0)
        yield f"http://127.0.0.1/{region}/{year}.html", article_html(report, "trs").encode()


def store(root: DataRoot, made: Iterable[tuple[str, bytes]]) -> None:
    """Capture pages as a crawl would."""
    store = Store(root, Registry("demo", fiction=True))
    for url, body in made:
        # A portal of its own for each agency, or the reports would be versions of five.
        portal = url.split("/")[3]
        headers = [("Content-Type", "text/html")]
        exchange = Exchange("GET", url, [], b"", 200, "OK", headers, body)
        store.capture(exchange, Context(portal, "article"))
    store.finish("complete")
