"""A root with the parts of a crawl, and kills before any step of their merging."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from archive import disk, manifests, recovery
from archive.fsck.check import fsck
from archive.ledger import Ledger
from archive.parts import make_part, merge_parts, parts_of
from archive.parts import merging as merging_module
from archive.reindex import reindex
from archive.root import DataRoot, Registry
from archive.store import Context, Exchange, Store
from tests.crawls import ledger as rows_of

DEMO = Registry("demo", fiction=True)
A, B = "http://127.0.0.1:1/a/", "http://127.0.0.2:1/b/"
PORTALS = {"1/2": {"pa"}, "2/2": {"pb"}}
TABLES = ("runs", "portals", "captures", "outcomes", "issues")


def capture(store: Store, portal: str, url: str, body: bytes, status: int = 200) -> dict[str, Any]:
    """Store a page."""
    headers = [("ETag", f'"{len(url)}"'), ("Content-Type", "text/html")]
    exchange = Exchange("GET", url, [], b"", status, "OK", headers, body)
    return store.capture(exchange, Context(portal, "article", "l", f"title of {url}", "2024-01-02"))


def digest(portal: str) -> str:
    """The body of a portal that names no files."""
    return hashlib.sha256(portal.encode()).hexdigest()


def crawl(store: Store, portal: str, base: str, pages: dict[str, bytes]) -> None:
    """A run of one portal; a page without a body has not changed."""
    store.portal(portal, {"key": portal, "agency": f"agency of {portal}"})
    for name, body in pages.items():
        capture(store, portal, base + name, body, 200 if body else 304)
    store.note_plain(digest(portal), f"finder of {portal}")
    store.issue(portal, f"{base}lost", "http_404", f"lost in {store.run_id}")
    store.outcome(portal, "complete", candidates=len(pages))


def parted(path: Path, *, killed: bool = True) -> DataRoot:
    """A root that was crawled once, and the parts of its second crawl, one of them killed."""
    root = DataRoot(path)
    store = Store(root, DEMO)
    crawl(store, "pa", A, {"1": b"first page of a", "2": b"second page of a"})
    crawl(store, "pb", B, {"1": b"first page of b"})
    store.finish("complete")
    for shard, portals in PORTALS.items():
        others = {"pa", "pb"} - portals
        make_part(root, shard, "20240101000000-c1", portals=portals, others=others, registry="#")
    one, two = (Store(part, DEMO, shard=part.shard, crawl=part.crawl) for part in parts_of(root))
    crawl(one, "pa", A, {"1": b"", "2": b"second page of a, changed", "3": b"third page of a"})
    one.finish("complete")
    crawl(two, "pb", B, {"1": b""})
    two.ledger  # noqa: B018  # what follows stands in the WARC alone
    capture(two, "pb", B + "2", b"second page of b")
    two.close() if killed else two.finish("complete")
    if killed:
        (open_one,) = parts_of(root)[1].warc.glob("*.open")
        with open_one.open("ab") as handle:
            handle.write(b"\x1f\x8b\x08 torn")
        (closed,) = parts_of(root)[0].warc.glob("*.sha256")  # its run was killed just before
        closed.rename(closed.with_name(closed.name + manifests.PARTIAL))
    return root


@contextlib.contextmanager
def opened(root: DataRoot) -> Iterator[Ledger]:
    """Its ledger."""
    with contextlib.closing(Ledger(root.ledger)) as ledger:
        yield ledger


def merge(root: DataRoot) -> None:
    """Merge its parts, as the next crawl or build does."""
    with root.lock("crawl"), opened(root) as ledger:
        merge_parts(root, ledger, alone=True)


def told(root: DataRoot) -> dict[str, list[str]]:
    """All rows of the ledger, in no order."""
    found = {table: rows_of(root.path, f"SELECT * FROM {table}") for table in TABLES}
    return {table: sorted(map(str, rows)) for table, rows in found.items()}


def sound(root: DataRoot) -> None:
    """Every check that an archive has, and none of them finds a part."""
    assert fsck(root, 1).wrong == 0
    before = told(root)
    done = reindex(root)
    assert (done.wrong, done.replaced) == ([], True)
    assert told(root) == before


#: Whatever changes something on the disk.
STEPS: tuple[tuple[Any, str], ...] = (
    (manifests, "close"), (manifests, "complete"), (manifests, "sync"), (recovery, "_whole"),
    (merging_module, "close"), (merging_module, "cut"), (disk, "sync"), (Ledger, "put_all"),
    (Path, "rename"), (Path, "unlink"), (Path, "hardlink_to"), (shutil, "rmtree"),
    (os, "unlink"), (os, "rmdir"),
)  # fmt: skip


def killed_at(root: DataRoot, step: int) -> bool:
    """Merge in a process that is killed -9 just before a step; False if it got to its end."""
    child = os.fork()
    if not child:
        left = step
        for owner, name in STEPS:
            kept = getattr(owner, name)

            def stepping(*given: Any, kept: Callable[..., Any] = kept, **named: Any) -> Any:
                nonlocal left
                left -= 1
                if not left:
                    os.kill(os.getpid(), signal.SIGKILL)
                return kept(*given, **named)

            setattr(owner, name, stepping)
        try:
            merge(root)
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def kills(made: DataRoot, folder: Path, steps: slice) -> tuple[list[int], list[str]]:
    """Merge copies of a root, each killed before another step, and merge them again.

    Returns:
        The steps before which it was killed, and what was wrong, a sentence each.
    """
    unbroken = DataRoot(folder / "unbroken")
    shutil.copytree(made.path, unbroken.path)
    merge(unbroken)
    want, names = told(unbroken), {path.name for path in unbroken.warc.iterdir()}
    done, wrong = [], []
    for step in range(steps.start, steps.stop, steps.step):
        root = DataRoot(folder / str(step))
        shutil.copytree(made.path, root.path)
        if not killed_at(root, step):
            break
        done.append(step)
        merge(root)
        if told(root) != want or {path.name for path in root.warc.iterdir()} != names:
            wrong.append(f"killed before step {step}: not as unbroken")
        if any((root.path / "parts").iterdir()):
            wrong.append(f"killed before step {step}: something of a part is left")
        if fsck(root, 1).wrong:
            wrong.append(f"killed before step {step}: fsck finds something")
        shutil.rmtree(root.path)
    return done, wrong
