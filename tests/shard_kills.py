"""Crawls in shards whose processes are killed, and what the portal's log says of them.

Each process of a crawl names itself in a header, so the log tells who asked which host when.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

from scrapy.settings import BaseSettings

from tests.crawls import ROOT, command
from tests.portal import Exchange, Portal

HEADER = "X-Nianbao-Process"
TAGGED = ("-s", 'ADDONS={"tests.shard_kills.Tagged": 0}')
_DEADLINE = 150


class Tagged:
    """A Scrapy add-on: each request says which process asks."""

    def update_settings(self, settings: BaseSettings) -> None:
        """Add the header."""
        headers = {**settings.getdict("DEFAULT_REQUEST_HEADERS"), HEADER: str(os.getpid())}
        settings.set("DEFAULT_REQUEST_HEADERS", headers, "cmdline")


def sessions(requests: Sequence[Exchange]) -> dict[str, list[tuple[float, float, str]]]:
    """Host → from when to when each process asked it, in order of time."""
    found: dict[str, dict[str, tuple[float, float]]] = {}
    for each in requests:
        process = each.headers[HEADER]
        of = found.setdefault(each.host, {})
        began, ended = of.get(process, (each.started, each.ended))
        of[process] = (min(began, each.started), max(ended, each.ended))
    return {
        host: sorted((began, ended, process) for process, (began, ended) in of.items())
        for host, of in found.items()
    }


def impolite(requests: Sequence[Exchange]) -> list[str]:
    """Hosts that two processes asked at once, or one twice at once; a sentence each."""
    wrong = []
    for host, asked in sessions(requests).items():
        for (_, ended, first), (began, _, second) in pairwise(asked):
            if began < ended:
                wrong.append(
                    f"{host}: process {second} asked while {first} did, {ended - began:.2f} s"
                )
        times = sorted((each.started, each.ended) for each in requests if each.host == host)
        twice = sum(begin < end for (_, end), (begin, _) in pairwise(times))
        if twice:
            wrong.append(f"{host}: {twice} requests while another was answered")
    return wrong


def again(requests: Sequence[Exchange], port: int, wanted: set[str]) -> int:
    """How many reports were fetched more than once."""
    urls = Counter(f"http://{e.host}:{port}{e.path}" for e in requests if e.status == 200)
    return sum(urls[url] - 1 for url in wanted & urls.keys())


def scrapies(data: Path) -> list[int]:
    """The processes that crawl shards into a data root, on this machine."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                line = (folder / "cmdline").read_bytes().decode().split("\0")
            except OSError:
                continue
            if "crawler.sharded.launch" in line and str(data) in line:
                found.append(int(folder.name))
    return sorted(found)


def kill(process: int) -> None:
    """Kill -9; it may have ended."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)


def crawl(
    portal: Portal,
    registry: Path,
    data: Path,
    *more: str,
    kills: Sequence[tuple[int, Callable[[subprocess.Popen[str]], None]]] = (),
) -> tuple[int, str]:
    """Crawl in shards by the command; after so many requests each, something is killed.

    Returns:
        The exit status, and what the command printed.
    """  # fmt: skip
    begun = len(portal.requests)
    with subprocess.Popen(
        [*command(registry, data, *more), *TAGGED], cwd=ROOT,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    ) as process:  # fmt: skip
        until = time.monotonic() + _DEADLINE
        for requests, do in kills:
            while len(portal.requests) - begun < requests and process.poll() is None:
                assert time.monotonic() < until, "the crawl does not get so far"
                time.sleep(0.01)
            assert process.poll() is None, "the crawl ended before it could be killed"
            do(process)
        try:
            said, _ = process.communicate(timeout=max(1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        return process.returncode, said


def kill_one(data: Path) -> Callable[[subprocess.Popen[str]], None]:
    """Kill the Scrapy process of one shard."""

    def do(_: subprocess.Popen[str]) -> None:
        kill(scrapies(data)[0])

    return do


def kill_command(process: subprocess.Popen[str]) -> None:
    """Kill the command itself; its shards must die with it."""
    process.kill()


class Dask:
    """A scheduler and workers as an operator starts them; each is started again if it ends."""

    def __init__(self, folder: Path, port: int, workers: int = 2) -> None:
        self.address = f"tcp://127.0.0.1:{port}"
        self._folder = folder
        dask = (sys.executable, "-m", "dask")  # the script `dask` does not see the project
        quiet = ["--no-dashboard"]
        self._scheduler_command = [*dask, "scheduler", "--host", "127.0.0.1", "--port", str(port)]
        self._scheduler_command += quiet
        self._worker_command = [
            *dask, "worker", self.address, "--nthreads", "1", "--memory-limit", "0",
            "--death-timeout", "60", *quiet,
        ]  # fmt: skip
        self._wanted = workers
        self.scheduler: subprocess.Popen[bytes] | None = None
        self.workers: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Dask:
        self.scheduler = self._start("scheduler", self._scheduler_command)
        self.workers = [self._worker(number) for number in range(self._wanted)]
        return self

    def __exit__(self, *_: object) -> None:
        for process in filter(None, (*self.workers, self.scheduler)):
            process.terminate()
        for process in filter(None, (*self.workers, self.scheduler)):
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _start(self, name: str, order: list[str]) -> subprocess.Popen[bytes]:
        with (self._folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(order, cwd=ROOT, stdout=log, stderr=log)

    def _worker(self, number: int) -> subprocess.Popen[bytes]:
        place = ["--local-directory", str(self._folder / f"worker{number}")]
        return self._start(f"worker{number}", [*self._worker_command, *place])

    def keep_up(self) -> None:
        """Start again what has ended, as systemd would."""
        for number, worker in enumerate(self.workers):
            if worker.poll() is not None:
                self.workers[number] = self._worker(number)

    def kill_worker(self, process: int) -> int:
        """Kill -9 the process that began a Scrapy process, a worker's; returns which."""
        stat = Path(f"/proc/{process}/stat").read_text()
        parent = int(stat.rpartition(")")[2].split()[1])
        kill(parent)
        return parent

    def restart_scheduler(self) -> None:
        """Kill -9 the scheduler and start another at its address."""
        assert self.scheduler is not None
        self.scheduler.kill()
        self.scheduler.wait()
        time.sleep(1)
        self.scheduler = self._start("scheduler", self._scheduler_command)
