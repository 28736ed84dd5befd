"""A data root from which something is deleted, and what it is like then."""

from __future__ import annotations

import gzip
import shutil
import sqlite3
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from archive.__main__ import main
from archive.deletion.deleting import Decision
from archive.fsck import fsck
from archive.ledger import Ledger
from archive.root import DataRoot
from archive.store import Context, Exchange, Store
from archive.warc import read_records
from tests.damage import settle
from tests.stored import DEMO, LISTING, SITE, Got, Run, article, build, keep, report_of

WORDS = "示例路八三四一号张示例"
QUERY = "name=zhang8341"
ASKED, OTHER = f"{SITE}/a/2022.html?{QUERY}", f"{SITE}/a/2021.html"
TWIN = f"{SITE}/copy/2022.html"
BY_COURT = Decision("court", "示例市法院", "case 12 of 2026")
Members = dict[tuple[str, int], bytes]


def body_of(year: int = 2022, words: str = WORDS) -> bytes:
    """A report's page with words of its own."""
    return article(report_of(year)).replace(b"</p>", f"{words}</p>".encode())


def got(store: Store, url: str, body: bytes, *, packed: int = 0, status: int = 200) -> None:
    """One exchange; `packed` says how hard its body is compressed."""
    headers = [("Content-Encoding", "gzip")] if packed else []
    sent = gzip.compress(body, packed, mtime=0) if packed else body
    exchange = Exchange("GET", url, [("Accept", "*/*")], b"", status, "OK", headers, sent)
    title = f"{QUERY}的年度报告" if url == ASKED else ""
    store.capture(exchange, Context("shili", "article", LISTING, title, "2023-01-20"))


def rows(root: DataRoot, where: str = "1") -> list[dict[str, Any]]:
    """Captures of the ledger, in the order of the archive."""
    ledger = Ledger(root.ledger, read_only=True)
    try:
        found = ledger.rows(f"SELECT * FROM captures WHERE {where} ORDER BY warc_file, warc_offset")
        return [dict(row) for row in found]
    finally:
        ledger.close()


def all_rows(root: DataRoot) -> dict[str, list[str]]:
    """All that the ledger says."""
    with sqlite3.connect(root.ledger) as ledger:
        tables = ("runs", "portals", "captures", "outcomes", "issues")
        found = {
            each: sorted(map(repr, ledger.execute(f"SELECT * FROM {each}"))) for each in tables
        }
    ledger.close()
    return found


def digest_of(root: DataRoot, column: str) -> str:
    """A digest, or another column, of the page that is to be deleted."""
    return str(rows(root, f"url = '{ASKED}' AND revisit_of IS NULL")[0][column])


def members(root: DataRoot) -> Members:
    """The bytes of every gzip member, by file and offset."""
    found = {}
    for path in sorted(root.warc.glob("*.warc.gz")):
        data = path.read_bytes()
        for record in read_records(path):
            found[path.name, record.offset] = data[record.offset : record.offset + record.length]
    return found


def wrong(root: DataRoot) -> set[str]:
    """Kinds of what fsck finds wrong."""
    return {each.kind for each in fsck(root, 1).findings if each.is_wrong}


def noted(root: DataRoot) -> list[str]:
    """What fsck only notes."""
    return [str(each) for each in fsck(root, 1).findings if not each.is_wrong]


def cli(root: DataRoot, *options: str) -> Result:
    """Call the command."""
    return CliRunner().invoke(main, ["delete", "--data", str(root.path), *options])


DECIDED = ("--reason-class", "court", "--decided-by", "示例市法院", "--because", "case 12 of 2026")


def make(folder: Path, *, released: bool = True) -> DataRoot:
    """Three runs: the words come, are confirmed, come again compressed anew and elsewhere."""
    root = DataRoot(folder)
    keep(root, Run([Got(OTHER, article(report_of(2021)), "示例市财政局2021年年度报告")]))
    for packed in (1, 9):
        store = Store(root, DEMO)
        got(store, f"{SITE}/robots.txt", b"")
        got(store, ASKED, body_of(), packed=packed)
        got(store, ASKED, b"", status=304)
        got(store, f"{SITE}/after.html", b"<html>after it</html>")
        store.outcome("shili", "complete")
        store.finish("complete")
    build(root)
    if not released:
        shutil.rmtree(root.releases)
        root.releases.mkdir()
        (root.path / "ids.jsonl").unlink()
    settle(root)
    return root
