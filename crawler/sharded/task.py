"""One shard crawled by a Scrapy process of its own: what an engine does, in a thread of its own.

The same function runs in a thread of the command and in a worker of Dask. Begun again, on whatever
machine, it goes on where the last one was broken off.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from archive.parts import Part
from archive.root import DataRoot

from .waiting import is_commanded

_PROJECT = Path(__file__).resolve().parents[2]
#: Seconds between looks at what may end a shard.
_EVERY = 0.25
#: So many looks before the command is looked for again.
_SELDOM = 12
#: A parent's hooks are told of the whole crawl, once.
_NOT_PASSED = ("NIANBAO_HOOK",)


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be crawled.

    Attributes:
        data: The data root, by a path that every machine sees.
        shard: The shard, e.g. `1/2`.
        portals: Keys of portals to crawl; all of the shard if none is named.
        until: When the crawl is to end, ISO 8601, or "".
        settings: Scrapy's, as `NAME=VALUE`.
        log: The file that the log is appended to.
    """

    data: str
    shard: str
    portals: tuple[str, ...] = ()
    until: str = ""
    settings: tuple[str, ...] = ()
    log: str = ""

    @property
    def part(self) -> Part:
        """The part of the root in which the shard writes."""
        return Part(DataRoot(Path(self.data)), self.shard)

    def arguments(self) -> list[str]:
        """Those of `scrapy`."""
        part = self.part
        found = ["collect", "--registry", str(part.registry_file), "--data", self.data]
        found += ["--shard", self.shard, "--part"]
        for key in self.portals:
            found += ["--portal", key]
        for setting in self.settings:
            found += ["-s", setting]
        return [*found, "--until-time", self.until] if self.until else found


@dataclass(frozen=True, slots=True)
class Ended:
    """How the process of a shard ended.

    Attributes:
        shard: The shard.
        status: Its exit status, as that of a crawl.
        said: What went wrong, or "".
    """

    shard: str
    status: int
    said: str = ""


class ShardKilled(Exception):
    """The process of a shard was killed: it is to be continued."""


def crawl_shard(order: Order) -> Ended:
    """Crawl a shard to its end, or until it is asked to stop.

    Raises:
        ShardKilled: Its process was killed; begun again, it is continued.
    """
    part, count = order.part, int(order.shard.partition("/")[2])
    if part.is_to_stop:
        return Ended(order.shard, 3, "stopped before it began")
    if not is_commanded(part.whole, count):
        return Ended(
            order.shard, 1,
            f"the lock crawl-allof{count}.lock in {order.data} is free on {os.uname().nodename}: "
            "the command that crawls has ended, or this folder does not lock across machines "
            "(flock), and is not safe to crawl into from several",
        )  # fmt: skip
    command = [sys.executable, "-m", "crawler.sharded.launch", str(os.getpid())]
    environment = {name: said for name, said in os.environ.items() if name not in _NOT_PASSED}
    with (
        Path(order.log).open("ab") as log,
        # A session of its own: Ctrl-C reaches the command alone, which passes it on once.
        subprocess.Popen(
            [*command, *order.arguments()], cwd=_PROJECT, env=environment, stdin=subprocess.DEVNULL,
            stdout=log, stderr=log, start_new_session=True,
        ) as process,
    ):  # fmt: skip
        try:
            status = _ended(process, part, count)
        finally:
            process.kill()
    if status < 0:
        name = signal.Signals(-status).name
        raise ShardKilled(f"the process of shard {order.shard} was killed ({name})")
    return Ended(order.shard, status, _last_words(Path(order.log)) if status in (1, 2) else "")


def _ended(process: subprocess.Popen[bytes], part: Part, count: int) -> int:
    """Wait for a shard's process, which is told once if it is to stop."""
    looks, is_told = 0, False
    while True:
        try:
            return process.wait(_EVERY)
        except subprocess.TimeoutExpired:
            looks += 1
        is_left = looks % _SELDOM == 0 and not is_commanded(part.whole, count)
        if not is_told and (is_left or part.is_to_stop):
            process.terminate()
            is_told = True


def _last_words(log: Path) -> str:
    """What a process that could not crawl said last."""
    lines = log.read_text("utf-8", "replace").strip().splitlines()
    return lines[-1].removeprefix("collect: ") if lines else ""
