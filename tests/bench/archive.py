"""What the store and the build cost."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from archive.build import build
from archive.root import DataRoot, Registry
from archive.store import Context, Exchange, Store
from archive.warc import read_records
from extract import read
from tests.bench import SMALL, Figure, cpu
from tests.portal.render import article_html
from tests.portal.reports import make_report


def figures() -> Iterator[Figure]:
    """The bench's figures."""
    count = 200 if SMALL else 2000
    with tempfile.TemporaryDirectory() as folder:
        root = DataRoot(Path(folder))
        made = list(pages(count))
        store(root, made)
        reading = cpu(lambda: [read(page) for _, page in made])
        first = reading + cpu(lambda: build(root))
        again = cpu(lambda: build(root))
        yield Figure(
            f"build with nothing new ÷ first build, {count} captures", again / first, 0.02, False
        )
        release = root.current.resolve()
        size = (release / "nianbao.db").stat().st_size / count / 1024
        yield Figure("KB of nianbao.db a report", size, 2.0, False)
        files = sorted(root.warc.glob("*.warc.gz"))
        walk = cpu(lambda: [list(read_records(path)) for path in files])
        yield Figure("captures read back and verified per CPU-second", count / walk, 300, True)


def pages(count: int) -> Iterator[tuple[str, bytes]]:
    """Addresses and pages of fictional reports, five years of each agency."""
    for i in range(count):
        region, year = 990000 + i // 5, 2019 + i % 5
        report, _ = make_report("示例市财政局", str(region), "finance", year, busy=i % 2 == 0)
        yield f"http://127.0.0.1/{region}/{year}.html", article_html(report, "trs").encode()


def store(root: DataRoot, made: list[tuple[str, bytes]]) -> None:
    """Capture pages as a crawl would."""
    store = Store(root, Registry("demo", fiction=True))
    for url, body in made:
        # A portal of its own for each agency, or the reports would be versions of five.
        portal = url.split("/")[3]
        headers = [("Content-Type", "text/html")]
        exchange = Exchange("GET", url, [], b"", 200, "OK", headers, body)
        store.capture(exchange, Context(portal, "article"))
    store.finish("complete")
