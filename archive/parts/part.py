"""A part of a data root: the folder in which one shard of a crawl writes, `parts/1of2/`.

It is laid out like a data root, so that a run in it is a run like any other: `warc/`, `ledger.db`,
`root.json`. Its lock is the shard's lock of the whole root, `crawl-1of2.lock`: who crawls a shard,
in the root or in a part of it, holds the same one.

The shards of one crawl may be at work on several machines that see the root's folder. So a part's
ledger has a rollback journal and no write-ahead log, which needs memory that all who open it share;
and the root's own ledger is opened by the machine alone that divides and merges the crawl.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

from ..entering import run_of
from ..errors import RootRefused
from ..ledger import Ledger
from ..root import DataRoot
from ..runs import label
from ..warcs import Warcs

_NAME = re.compile(r"(\d{1,4})of(\d{1,4})")
#: Says of which crawl a part is, and which broken run it continues.
_PLAN = "part.json"


class Part(DataRoot):
    """One part of a data root.

    Attributes:
        whole: The root that it is a part of.
        shard: Which shard of a crawl writes in it, e.g. `1/2`.
        registry_file: The registry as it was when the crawl began: all shards go by the same.
    """

    def __init__(self, whole: DataRoot, shard: str, name: str = "") -> None:
        """Name a part; it need not be there. `name` is its folder's while it is made."""
        super().__init__(parts_folder(whole) / (name or label(shard)))
        self.whole, self.shard = whole, shard
        self.registry_file = self.path / "portals.toml"
        self._stop = self.path / "stop"

    @property
    def warcs(self) -> Warcs:
        """Its own WARC files, and those of the whole root: bodies that have not changed."""
        behind = self.whole.warcs
        return Warcs(self.warc, behind.elsewhere, whole=behind.folder)

    @property
    def wal(self) -> bool:
        """Its ledger may lie on a folder that several machines share."""
        return False

    @contextlib.contextmanager
    def lock(self, what: str, shard: str = "", holder: str = "") -> Iterator[None]:
        """The whole root's lock: a shard is crawled once, wherever it is kept."""
        with self.whole.lock(what, shard, holder):
            yield

    def plan(self, crawl: str, continues: str) -> None:
        """Say of which crawl the part is, and which broken run it continues, or ""."""
        text = json.dumps({"crawl": crawl, "continues": continues})
        (self.path / _PLAN).write_text(text + "\n", "utf-8")

    @property
    def crawl(self) -> str:
        """The crawl that the part was made for."""
        return self._planned()["crawl"]

    @property
    def continues(self) -> str:
        """The broken run that the part was made to continue, or ""."""
        return self._planned()["continues"]

    def _planned(self) -> dict[str, str]:
        try:
            planned: dict[str, str] = json.loads((self.path / _PLAN).read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise RootRefused(
                f"{self.path} is no part of a crawl ({error}); call scrapy collect --shards again"
            ) from error
        return planned

    def ended(self) -> str:
        """The status of the run that the part was made for, if it has ended; else "".

        Who continues a shard must not begin it anew: its worker may have been lost after the
        end, before it could tell.
        """
        planned = self._planned()
        written = {run_of(path.name.removesuffix(".open")) for path in self.warc.glob("*.warc.gz*")}
        with contextlib.closing(Ledger(self.ledger, wal=False)) as ledger:
            for run in ledger.rows("SELECT run_id, crawl, status FROM runs WHERE status <> ''"):
                is_own = run["crawl"] == planned["crawl"] or run["run_id"] == planned["continues"]
                if is_own and run["run_id"] in written:
                    return str(run["status"])
        return ""

    def ask_to_stop(self) -> None:
        """Ask whoever crawls the part, on whatever machine, to end in order."""
        with contextlib.suppress(FileNotFoundError):  # it has ended and is merged
            self._stop.touch()

    @property
    def is_to_stop(self) -> bool:
        """Whether somebody asked."""
        return self._stop.exists()


def parts_folder(root: DataRoot) -> Path:
    """Where the parts of a root lie."""
    return root.path / "parts"


def parts_of(root: DataRoot) -> list[Part]:
    """The parts that are there, in the order of their shards."""
    names = (path.name for path in parts_folder(root).glob("*of*") if path.is_dir())
    found = sorted(
        (int(name[2]), int(name[1])) for name in map(_NAME.fullmatch, names) if name is not None
    )
    return [Part(root, f"{index}/{count}") for count, index in found]
