"""A data root with what replay must not get wrong, at times that a test knows.

Two portals, two crawls and an imported document: compressed answers, an address in Chinese,
an attachment, a redirect, a POST, an error, answers of "unchanged", bodies that are
another's, one of them the body of another run.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import brotli

from archive.ledger import Ledger
from archive.root import DataRoot
from archive.store import Context, Exchange, Store
from archive.warc import load_transferred
from tests.portal.pdf import report_pdf
from tests.stored import DEMO, ENTRY, article, build, page, report_of

SITE = "http://shili.invalid"
COLUMN = f"{SITE}/l/"
GZIPPED, CHINESE, PACKED = f"{SITE}/a.html", f"{SITE}/年报/2021.html?标题=年报", f"{SITE}/br.html"
LINKING, FILE = f"{SITE}/2020/c.html", f"{SITE}/2020/P1.pdf"
MOVED, POSTED, LOST = f"{SITE}/old.html", f"{SITE}/queryList", f"{SITE}/gone.html"
PICTURE = f"{SITE}/a.png"
LATE = f"{SITE}/2016.html"
ELSEWHERE = "http://linxian.invalid/e.html"
SAVED = "http://shili.invalid/saved.html"
Headers = Sequence[tuple[str, str]]


class Clock:
    """Each call is a day later."""

    def __init__(self) -> None:
        self._now = datetime(2026, 1, 1, 8, 30, tzinfo=UTC)

    def __call__(self) -> str:
        """The time as WARC and ledger write it."""
        self._now += timedelta(days=1)
        return self._now.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def make(path: Path) -> DataRoot:
    """Make the root, and its release."""
    root, clock = DataRoot(path), Clock()
    with mock.patch("archive.captures.now", clock), mock.patch("archive.runs.now", clock):
        _first(root)
        _second(root)
        _import(root)
    build(root)
    return root


def title(year: int, agency: str = "示例市财政局") -> str:
    """A report's title in a list."""
    return f"{agency}{year}年政府信息公开工作年度报告"


class Crawl:
    """A crawl that is written by hand."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def got(
        self,
        url: str,
        body: bytes,
        headers: Headers = (),
        *,
        status: int = 200,
        role: str = "article",
        named: str = "",
        posted: bytes = b"",
        parent: str = "",
        portal: str = "shili",
    ) -> None:
        """Store one exchange."""
        column = "" if role == "robots" else COLUMN if portal == "shili" else ELSEWHERE
        context = Context(portal, role, column, named, "2023-01-20" if named else "", parent)
        method = "POST" if posted else "GET"
        sent = (("Host", "shili.invalid"), ("User-Agent", "nianbao"))
        answer = (("Content-Type", "text/html; charset=utf-8"), *headers)
        exchange = Exchange(method, url, sent, posted, status, "", answer, body)
        self._store.capture(exchange, context)


@contextmanager
def crawl(root: DataRoot) -> Iterator[Crawl]:
    """A crawl of both portals."""
    store = Store(root, DEMO)
    for key in ("shili", "linxian"):
        store.portal(key, {**ENTRY, "hosts": [f"{key}.invalid"]})
    yield Crawl(store)
    for key in ("shili", "linxian"):
        store.outcome(key, "complete")
    store.finish("complete")


def _first(root: DataRoot) -> None:
    with crawl(root) as run:
        run.got(f"{SITE}/robots.txt", b"User-agent: *\nAllow: /\n", role="robots")
        run.got(COLUMN, page("<ul><li>2022</li></ul>"), role="list")
        run.got(POSTED, b'{"rows": []}', role="list", posted=b"page=1")
        run.got(MOVED, b"", [("Location", GZIPPED)], status=302, named=title(2022))
        packed = gzip.compress(article(), mtime=0)
        run.got(GZIPPED, packed, [("Content-Encoding", "gzip")], named=title(2022))
        run.got(PICTURE, b"\x89PNG\r\n\x1a\n", role="attachment", parent=GZIPPED)
        run.got(CHINESE, article(report_of(2021)), named=title(2021))
        old = brotli.compress(article(report_of(2019)))
        run.got(PACKED, old, [("Content-Encoding", "br")], named=title(2019))
        linking = page('<p><a href="P1.pdf">附件</a></p>', title(2020))
        run.got(LINKING, linking, named=title(2020))
        run.got(FILE, report_pdf(report_of(2020)), role="attachment", named="附件", parent=LINKING)
        run.got(LOST, b"<html>404</html>", status=404, named=title(2018))
        other = article(report_of(2022, "临县示例局"))
        run.got(ELSEWHERE, other, named=title(2022, "临县示例局"), portal="linxian")


def _second(root: DataRoot) -> None:
    with crawl(root) as run:
        run.got(f"{SITE}/robots.txt", b"User-agent: *\nAllow: /\n", role="robots")
        run.got(COLUMN, page("<ul><li>2022</li></ul>"), role="list")
        run.got(LATE, article(report_of(2016)), named=title(2016))
        packed = gzip.compress(article(), mtime=0)
        run.got(GZIPPED, packed, [("Content-Encoding", "gzip")], named=title(2022))
        run.got(GZIPPED, b"", status=304, named=title(2022))
        anew = gzip.compress(article(), 1, mtime=0)  # other bytes for the same page
        run.got(
            GZIPPED,
            anew,
            [("Content-Encoding", "gzip"), ("Content-Length", str(len(anew)))],
            named=title(2022),
        )
        run.got(CHINESE, article(report_of(2021, error="balance")), named=title(2021))
        run.got(CHINESE, article(report_of(2021)), named=title(2021))
        run.got(FILE, report_pdf(report_of(2020)), role="attachment", named="附件", parent=LINKING)
        run.got(LOST, b"<html>404</html>", status=404, named=title(2018))


def _import(root: DataRoot) -> None:
    store = Store(root, DEMO, kind="import")
    store.import_document(article(report_of(2017)), SAVED, "saved.html", "text/html")
    store.finish("complete")


def captures(root: DataRoot) -> list[dict[str, Any]]:
    """All rows of the ledger, in order of time."""
    ledger = Ledger(root.ledger, read_only=True)
    try:
        return [dict(row) for row in ledger.rows("SELECT * FROM captures ORDER BY fetched_at")]
    finally:
        ledger.close()


def transferred(root: DataRoot, row: Mapping[str, Any]) -> bytes:
    """The body that a capture stands for, as it was transferred."""
    holder = next(
        each
        for each in captures(root)
        if each["record_id"] == (row["revisit_of"] or row["record_id"])
    )
    return load_transferred(root.warc, holder)


def stamp(row: Mapping[str, Any]) -> str:
    """A capture's time as indexes write it."""
    return "".join(filter(str.isdigit, row["fetched_at"]))[:14]
