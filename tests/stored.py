"""Data roots written by hand, for tests of the build: what runs would have stored."""

from __future__ import annotations

import contextlib
import gzip
import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

from archive.build import Built
from archive.build import build as build_in_processes
from archive.root import DataRoot, Registry
from archive.store import Context, Exchange, Store
from extract import read
from extract.errors import ReadingError
from extract.worker import Outcome
from tests.portal.render import article_html, page_html
from tests.portal.reports import FictionalReport, make_report

DEMO = Registry("demo", fiction=True)
SITE = "http://127.0.0.1"
LISTING = f"{SITE}/l/"
ENTRY: Mapping[str, Any] = {
    "agency": "",
    "region": "990100",
    "region_name": "示例市",
    "hosts": ["127.0.0.1"],
    "column": LISTING,
    "kind": "list",
}
ID = "990100-finance-2022"
TITLE = "示例市财政局2022年政府信息公开工作年度报告"


@dataclass(frozen=True)
class Got:
    """One capture: an address, its bytes, and how it came about."""

    url: str
    body: bytes
    title: str = TITLE
    role: str = "article"
    parent: str = ""
    status: int = 200
    portal: str = "shili"


@dataclass(frozen=True)
class Run:
    """One run: what it captured, and what it noted of addresses."""

    got: Sequence[Got] = ()
    issues: Sequence[tuple[str, str]] = ()  # (address, kind)
    day: str = ""
    shard: str = ""
    outcome: str = "complete"
    entries: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: {"shili": ENTRY})


def build(
    root: DataRoot, *, files: bool = False, accept: str = "", curation: Path | None = None
) -> Built:
    """Build a release, reading in this process: a worker takes a second to begin.

    Args:
        root: The data root.
        files: Whether to write the files beside the databases, which few tests look at.
        accept: Why losses are right.
        curation: The folder of decisions by hand; the project's own if None.
    """
    with contextlib.ExitStack() as patched:
        patched.enter_context(mock.patch("archive.readings.read_documents", read_here))
        if not files:
            write = "archive.release.publish.write_files"
            patched.enter_context(mock.patch(write, return_value={}))
        return build_in_processes(root, 1, accept=accept, curation=curation)


def read_here(
    keys: Sequence[str], load: Callable[[str], bytes | None], *_: object
) -> Iterator[Outcome]:
    """As `extract.reading.read_documents`, in this process."""
    for key in keys:
        body = load(key)
        try:
            if body is not None:
                yield Outcome(key, read(body), None)
        except ReadingError as error:
            yield Outcome(key, None, error)


def report_of(year: int = 2022, agency: str = "示例市财政局", **kw: Any) -> FictionalReport:
    """A fictional report."""
    return make_report(agency, "990100", "finance", year, busy=True, **kw)[0]


def article(report: FictionalReport | None = None) -> bytes:
    """A page that holds a report."""
    return article_html(report or report_of(), "trs").encode()


def page(body: str, title: str = "近期工作") -> bytes:
    """A page of a site with its usual frame."""
    return page_html("trs", title=title, date="2023-01-20", source="", body=body).encode()


def keep(root: DataRoot, *runs: Run) -> None:
    """Store runs one after the other."""
    for run in runs:
        store = Store(root, DEMO)
        for key, entry in run.entries.items():
            store.portal(key, entry)
        for got in run.got:
            context = Context(got.portal, got.role, LISTING, got.title, "2023-01-20", got.parent)
            exchange = Exchange("GET", got.url, [], b"", got.status, "", [], got.body)
            store.capture(exchange, context)
        for url, kind in run.issues:
            store.issue("shili", url, kind, "")
        for key in run.entries:
            store.outcome(key, run.outcome)
        store.finish("complete")
        _date(root, store.run_id, run)


def _date(root: DataRoot, run_id: str, run: Run) -> None:
    """Put a run on its day, and into its shard."""
    db = sqlite3.connect(root.ledger)
    with db:
        if "shard" not in {row[1] for row in db.execute("PRAGMA table_info(runs)")}:
            db.execute("ALTER TABLE runs ADD COLUMN shard TEXT")
        if run.shard:
            db.execute("UPDATE runs SET shard = ? WHERE run_id = ?", (run.shard, run_id))
        for table, column in (
            ("runs", "started_at"), ("captures", "fetched_at"), ("outcomes", "at"), ("issues", "at")
        ):  # fmt: skip
            if run.day:
                sql = f"UPDATE {table} SET {column} = ? || substr({column}, 11) WHERE run_id = ?"
                db.execute(sql, (run.day, run_id))
    db.close()


def lose(root: DataRoot, words: bytes) -> None:
    """Lose the ledger and the WARCs that hold these words, as a broken disk does."""
    for path in root.warc.glob("*.warc.gz"):
        if words in gzip.decompress(path.read_bytes()):
            path.unlink()
            path.with_name(f"{path.name}.sha256").unlink(missing_ok=True)
    for path in root.path.glob("ledger.db*"):
        path.unlink()


def db(root: DataRoot, sql: str) -> list[tuple[Any, ...]]:
    """Rows of the current release."""
    connection = sqlite3.connect(f"file:{root.current / 'nianbao.db'}?mode=ro", uri=True)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def unread(root: DataRoot) -> dict[str, str]:
    """Reason by the end of the address of what is no report."""
    return {url.removeprefix(SITE): why for url, why in db(root, "SELECT url, reason FROM unread")}


def current(root: DataRoot) -> tuple[str, str, str]:
    """Status, version and the end of the address of the only report."""
    (row,) = db(root, "SELECT status, version_id, url FROM reports")
    return row[0], row[1].rpartition(".")[2], row[2].removeprefix(SITE)


def flags(root: DataRoot) -> set[str]:
    """Flags of the only report."""
    ((told,),) = db(root, "SELECT coalesce(flags, '') FROM reports")
    return set(told.split())


def sources(root: DataRoot) -> list[str]:
    """Ends of the addresses of all sources."""
    return [url.removeprefix(SITE) for (url,) in db(root, "SELECT url FROM sources ORDER BY url")]


def counts(root: DataRoot) -> dict[str, int]:
    """Counts of the current release's manifest."""
    told: dict[str, int] = json.loads((root.current / "manifest.json").read_text())["counts"]
    return told
