"""What fsck costs beside FastWARC, which verifies the digests of the same files."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from fastwarc.warc import ArchiveIterator

from archive.fsck import fsck
from archive.root import DataRoot, Registry
from archive.store import Context, Exchange, Store
from tests.bench import SMALL, Figure, medians
from tests.portal.render import article_html
from tests.portal.reports import make_report

_ROUNDS = 5


def figures() -> Iterator[Figure]:
    """Fsck of a first crawl, and of that with a second one to which little was new."""
    count = 200 if SMALL else 2000
    with tempfile.TemporaryDirectory() as folder:
        root = DataRoot(Path(folder))
        pages = list(_pages(count))
        _crawl(root, pages)
        yield _ratio(root, f"{count} new pages")
        _crawl(root, pages[: count // 10], pages[count // 10 :])
        yield _ratio(root, f"the same and {count} captures, nine in ten unchanged")


def _ratio(root: DataRoot, what: str) -> Figure:
    """CPU of fsck ÷ CPU of FastWARC."""
    files = sorted(root.warc.glob("*.warc.gz"))
    verdict = fsck(root, 1)
    read = sum(_verified(path) for path in files)
    if verdict.wrong or read != verdict.records:
        raise RuntimeError(f"{verdict}; FastWARC found {read} records right")
    mine, theirs = medians(_ROUNDS, lambda: fsck(root, 1), lambda: list(map(_verified, files)))
    return Figure(f"CPU of fsck ÷ FastWARC's digests, {what}", mine / theirs, 4, at_least=False)


def _verified(path: Path) -> int:
    """How many records of a file FastWARC finds right; it passes over what bears no digest."""
    return sum(
        record.verify_payload_digest()
        if "WARC-Payload-Digest" in record.headers and record.headers["WARC-Type"] != "revisit"
        else True
        for record in ArchiveIterator(str(path), verify_digests=True, parse_http=True)
    )


def _pages(count: int) -> Iterator[tuple[str, bytes]]:
    """Addresses and pages of fictional reports."""
    for number in range(count):
        region, year = 990000 + number // 5, 2019 + number % 5
        report, _ = make_report("示例市财政局", str(region), "finance", year, busy=number % 2 == 0)
        yield f"http://127.0.0.1/{region}/{year}.html", article_html(report, "trs").encode()


def _crawl(
    root: DataRoot,
    new: Sequence[tuple[str, bytes]],
    unchanged: Sequence[tuple[str, bytes]] = (),
) -> None:
    """Capture pages, and answers of "unchanged" to requests for others, as a crawl would."""
    store = Store(root, Registry("demo", fiction=True))
    asked = [(url, body, 200) for url, body in new] + [(url, b"", 304) for url, _ in unchanged]
    for url, body, status in asked:
        headers = [("Content-Type", "text/html"), ("ETag", '"1"')]
        exchange = Exchange("GET", url, [("Accept", "*/*")], b"", status, "OK", headers, body)
        store.capture(exchange, Context(url.split("/")[3], "article"))
    store.finish("complete")
