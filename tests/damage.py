"""A small archive of every kind of record, and ways to damage it."""

from __future__ import annotations

import gzip
import hashlib
import shutil
import sqlite3
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from unittest import mock

from archive.fsck import Finding, fsck
from archive.importing import import_files
from archive.root import DataRoot
from archive.store import Context, Exchange, Store
from archive.warc import read_records
from tests.stored import DEMO, LISTING, SITE, Got, Run, article, build, keep, page, report_of

_YEARS = (2020, 2021, 2022)


def small_archive(folder: Path) -> DataRoot:
    """An archive of four closed files and a release.

    It has new pages, the same again, 304s, a compressed page, a redirect, an issue, and a
    document that a person brought.
    """
    root = DataRoot(folder)
    pages = [
        Got(f"{SITE}/a/{year}.html", article(report_of(year)), f"示例市财政局{year}年年度报告")
        for year in _YEARS
    ]
    keep(root, Run(pages), Run(pages, issues=[(f"{SITE}/gone.html", "http_404")]))
    store = Store(root, DEMO)
    zipped = gzip.compress(page("<p>近期工作安排</p>"), mtime=0)
    for url, status, headers, body in (
        (f"{SITE}/a/2022.html", 304, [], b""),
        (f"{SITE}/z.html", 200, [("Content-Encoding", "gzip"), ("ETag", '"1"')], zipped),
        (f"{SITE}/old 旧.html", 302, [("Location", "/z.html")], b""),
        (f"{SITE}/a/2022.html", 304, [], b""),
    ):
        made = Exchange("GET", url, [("Accept", "*/*")], b"", status, "OK", headers, body)
        store.capture(made, Context("shili", "article", LISTING, "标题", "2023-01-20"))
    store.finish("complete")
    saved = folder.parent / "saved.html"
    saved.write_bytes(article(report_of(2019)))
    import_files(root, [saved], None)
    saved.unlink()
    build(root)
    settle(root)
    return root


def settle(root: DataRoot) -> None:
    """Leave the root as processes that ended do: this one is not at work in it any more."""
    for path in root.path.glob("*.lock"):
        path.write_text("")
    for path in root.warc.glob("*.warc.gz"):
        if not manifest(path).exists():
            sign(path)
    with sqlite3.connect(root.ledger) as db:
        db.execute("PRAGMA journal_mode = DELETE")  # so that its file alone holds it all
    db.close()


def manifest(path: Path) -> Path:
    """The manifest of a WARC file."""
    return path.with_name(path.name + ".sha256")


def sign(path: Path) -> None:
    """Write the manifest of a file anew, as it is now."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    manifest(path).write_text(f"{digest}  {path.name}\n")


def copy(root: DataRoot, folder: Path) -> DataRoot:
    """A copy of an archive."""
    shutil.copytree(root.path, folder, symlinks=True)
    return DataRoot(folder)


def warcs(root: DataRoot) -> list[Path]:
    """Closed WARC files in the order in which they were written: the first has new pages."""
    return sorted(root.warc.glob("*.warc.gz"), key=lambda path: path.name.split("-")[2])


def flip(path: Path, position: int, bits: int = 0x01) -> None:
    """Change one byte of a file."""
    data = bytearray(path.read_bytes())
    data[position] ^= bits
    path.write_bytes(data)


def members(path: Path) -> list[bytes]:
    """The gzip members of a file."""
    data = path.read_bytes()
    places = [record.offset for record in read_records(path)]
    return [data[begin:end] for begin, end in pairwise([*places, len(data)])]


def remade(path: Path, change: Callable[[bytes], bytes | None]) -> None:
    """Write a file's records anew, changed or left out, with its manifest."""
    changed = [change(gzip.decompress(each)) for each in members(path)]
    path.write_bytes(b"".join(gzip.compress(each) for each in changed if each is not None))
    sign(path)


def found(root: DataRoot) -> list[Finding]:
    """What fsck finds, in this process."""
    with mock.patch("os.cpu_count", return_value=1):
        return fsck(root).findings


def wrong(root: DataRoot) -> set[str]:
    """Kinds of what is wrong."""
    return {each.kind for each in found(root) if each.is_wrong}


def sql(path: Path, *statements: str) -> None:
    """Change a database by hand."""
    db = sqlite3.connect(path)
    with db:
        for statement in statements:
            db.execute(statement)
    db.close()
