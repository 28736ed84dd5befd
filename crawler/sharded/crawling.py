"""One crawl in several shards, from its plan to its merged end.

The command holds a lock beside those of the shards, `crawl-allof2.lock`, for as long as it lives.
It alone opens the root's ledger. Before anybody is asked, what earlier shards left is merged and
each shard gets a part of the root with what it needs to know; at the end the parts are merged.
"""

from __future__ import annotations

import contextlib
import logging
import signal
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Any

from archive.errors import RootBusy
from archive.ledger import Ledger
from archive.parts import Part, make_part, merge_parts, new_name, parts_of, recover
from archive.root import DataRoot
from archive.root import Registry as RootRegistry

from ..disk import usual
from ..registry import Portal, Registry, RegistryError, load
from ..runs.facts import PortalFacts, RunFacts
from ..session import nothing, require_contact
from ..shards import shard_of
from ..verdict import verdict
from ..wording import counted
from .engines import engine
from .task import Ended, Order
from .waiting import command, patient

log = logging.getLogger(__name__)
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command was asked for.

    Attributes:
        registry: The registry file.
        data: The data root.
        count: How many shards.
        keys: Portals to crawl; all active ones if none is named.
        cluster: Where Dask's scheduler is, or `local`; None for processes without Dask.
        until: When the crawl is to end, or None.
        settings: Scrapy's, as `NAME=VALUE`.
    """

    registry: Path
    data: Path
    count: int
    keys: tuple[str, ...] = ()
    cluster: str | None = None
    until: datetime | None = None
    settings: tuple[str, ...] = ()


@dataclass(slots=True)
class Crawl:
    """A crawl in shards at work.

    Attributes:
        root: The data root.
        registry: The registry.
        name: Of the crawl; names of its runs begin with it.
        shards: Portals of each shard that has any.
        logs: Where each shard's log is.
        before: Each shard's broken run, which it continues, or "".
        ended: How each shard ended.
    """

    root: DataRoot
    registry: Registry
    name: str
    shards: dict[str, tuple[Portal, ...]]
    logs: dict[str, Path] = field(default_factory=dict)
    before: dict[str, str] = field(default_factory=dict)
    ended: dict[str, Ended] = field(default_factory=dict)

    def failed(self, shard: str) -> bool:
        """Whether a shard could not be crawled, whatever its portals would have come to."""
        return shard not in self.ended or self.ended[shard].status in (1, 2)

    def runs(self, ledger: Ledger) -> dict[str, str]:
        """The run of each shard that wrote one, once it is merged."""
        found = {shard: run for shard, run in self.before.items() if run}
        for row in ledger.rows("SELECT run_id, shard FROM runs WHERE crawl = ?", self.name):
            found[row["shard"]] = row["run_id"]
        return found


@contextlib.contextmanager
def planned(asked: Asked) -> Iterator[tuple[Crawl, int]]:
    """Divide a crawl, and make the parts of its shards; the command's lock is held meanwhile.

    Yields:
        The crawl, and the bytes that it is likely to store.

    Raises:
        RegistryError: As for a crawl without shards.
        ArchiveError: The root is another registry's, is busy, or cannot be written.
    """
    found = load(asked.registry)
    text = asked.registry.read_text("utf-8")
    portals = found.chosen(asked.keys)
    require_contact(found, asked.registry)
    if not portals:
        raise RegistryError(nothing(asked.registry))
    names = [f"{index}/{asked.count}" for index in range(1, asked.count + 1)]
    every = found.chosen()
    shards = {name: shard_of(portals, n, asked.count, every) for n, name in enumerate(names, 1)}
    root = DataRoot(asked.data)
    root.claim(RootRegistry(found.name, found.fiction))
    with root.lock("crawl", command(asked.count)):
        crawl = Crawl(root, found, new_name(), {s: some for s, some in shards.items() if some})
        with contextlib.ExitStack() as held:
            for name in names:
                held.enter_context(patient(root, name))
            needed = _prepare(crawl, text)
        yield crawl, needed


def _prepare(crawl: Crawl, registry: str) -> int:
    """Merge what is left, make the parts; nobody is at work meanwhile."""
    root = crawl.root
    with root.opening(), contextlib.closing(Ledger(root.ledger)) as ledger:
        recover(root.warc, ledger)
        merge_parts(root, ledger, alone=True)
        for left in parts_of(root):
            if left.shard in crawl.shards:
                raise RootBusy(f"{left.path} cannot be merged whole; the log above says why")
        (root.path / "runs").mkdir(exist_ok=True)
        for shard, portals in crawl.shards.items():
            part = make_part(
                root, shard, crawl.name, registry=registry,
                portals={portal.key for portal in portals},
                others={p.key for of, some in crawl.shards.items() if of != shard for p in some},
            )  # fmt: skip
            crawl.before[shard] = part.continues
            crawl.logs[shard] = root.path / "runs" / f"{crawl.name}-{part.path.name}.log"
        return usual(ledger)


def crawled(crawl: Crawl, asked: Asked) -> None:
    """Crawl all shards, each to its end, or until the command is told to stop; merge them."""
    orders = [
        Order(
            str(crawl.root.path), shard, asked.keys,
            asked.until.isoformat() if asked.until else "", asked.settings, str(crawl.logs[shard]),
        )
        for shard in crawl.shards
    ]  # fmt: skip
    for shard, portals in crawl.shards.items():
        said = counted(len(portals), "portal")
        print(f"shard {shard}: {said}; log {crawl.logs[shard]}", flush=True)
    try:
        with _passing_on([order.part for order in orders]):
            for ended in engine(asked.cluster)(orders):
                crawl.ended[ended.shard] = ended
    finally:
        with contextlib.closing(Ledger(crawl.root.ledger)) as ledger:
            merge_parts(crawl.root, ledger, alone=False)


@contextlib.contextmanager
def _passing_on(parts: Sequence[Part]) -> Iterator[None]:
    """Pass Ctrl-C and SIGTERM on to all shards, once; the second time they end this process.

    Shards of this machine die with it then; those of others see that its lock is free, and end.
    """
    before: dict[int, Any] = {}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def told(number: int, frame: FrameType | None) -> None:
        print("collect: stopping: each shard ends what is under way", flush=True)
        for part in parts:
            part.ask_to_stop()
        restore()

    for number in _SIGNALS:
        before[number] = signal.signal(number, told)
    try:
        yield
    finally:
        restore()


def ends(crawl: Crawl, runs: Sequence[RunFacts]) -> Iterator[str]:
    """A line for each shard: how it ended, what of, and where its log is."""
    of = {run.shard: run for run in runs}
    for shard, portals in crawl.shards.items():
        ended, run = crawl.ended.get(shard), of.get(shard)
        pages = sum(p.new + p.changed + p.unchanged for p in run.portals) if run else 0
        status = ended.status if ended else 1
        said = f" ({ended.said})" if ended and ended.said else ""
        yield (
            f"shard {shard}: status {status}{said}, {counted(len(portals), 'portal')}, "
            f"{counted(pages, 'page')}; log {crawl.logs[shard]}"
        )


def exit_status(crawl: Crawl, portals: Sequence[PortalFacts]) -> int:
    """One status for all shards, by what those of a crawl mean."""
    if any(map(crawl.failed, crawl.shards)):
        return 1
    found = {portal.key for portal in portals}
    lacking = any(portal.key not in found for some in crawl.shards.values() for portal in some)
    return 3 if lacking else verdict(portals)[1]
