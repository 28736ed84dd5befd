"""Two Dask workers beside two processes of `--workers`; the start of a cluster; its scheduler.

By the clock only a quiet machine tells: beside it stands the CPU that both sides took.
"""

from __future__ import annotations

import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from archive.ledger import Ledger
from archive.readings import Readings
from archive.root import DataRoot
from archive.warc import load_body
from tests.bench import SMALL, Figure
from tests.bench.builds import pages, store
from tests.bench.scale import rates
from tests.clusters import PROJECT, running

_PAGES = 300 if SMALL else 4000
_ROUNDS = 1 if SMALL else 3
#: Captures after which the scheduler's memory is looked at.
_FEW, _MANY = (1000, 5000) if SMALL else (10_000, 200_000)
_REAL = 10  # one capture in so many is a whole report
_START = """
import sys, time
begun = time.perf_counter()
from archive.cluster.connecting import opened
if __name__ == "__main__":
    with opened("local", 2) as cluster:
        client = cluster.client()
        assert len(client.nthreads()) == 2
        print(time.perf_counter() - begun)
        client.close()
"""


def figures() -> Iterator[Figure]:
    """The bench's figures."""
    try:
        import distributed  # noqa: F401
    except ImportError:
        print("  reading under Dask: skipped, Dask is not there (make cluster-deps)")
        return
    yield _start()
    with tempfile.TemporaryDirectory() as name:
        yield _throughput(Path(name))
    with tempfile.TemporaryDirectory() as name:
        yield _scheduler(Path(name))


def _start() -> Figure:
    """From the import of Dask until both workers are there, each time in a fresh process."""
    command = [sys.executable, "-c", _START]
    took = [
        float(subprocess.run(command, cwd=PROJECT, check=True, capture_output=True).stdout)
        for _ in range(_ROUNDS)
    ]
    return Figure("start-up of --cluster local", statistics.median(took), 3, False, " s")


def _throughput(folder: Path) -> Figure:
    from archive.cluster.connecting import opened
    from archive.cluster.reading import read_under

    root = DataRoot(folder / "root")
    store(root, pages(_PAGES))
    rows = _captures(root)
    places = {row["sha256"]: row for row in rows}

    def processes(readings: Readings) -> None:
        readings.read(list(places), lambda key: load_body(root.warcs, places[key]), 2)

    with opened("local", 2) as cluster:

        def dask(readings: Readings) -> None:
            left = read_under(cluster, readings, rows, root.warcs, lambda: None)
            assert not left, f"{len(left)} captures were left"

        clock: dict[str, list[float]] = {"processes": [], "dask": []}
        cpu: dict[str, list[float]] = {"processes": [], "dask": []}
        for number in range(_ROUNDS):
            for name, work in (("processes", processes), ("dask", dask)):
                took = _measured(folder / f"{number}-{name}.db", work)
                clock[name].append(took[0])
                cpu[name].append(took[1])
    here, there = statistics.median(clock["processes"]), statistics.median(clock["dask"])
    cpu_here, cpu_there = statistics.median(cpu["processes"]), statistics.median(cpu["dask"])
    print(
        f"  {_PAGES} captures: {_PAGES / here:.0f} a second by two processes, "
        f"{_PAGES / there:.0f} by two Dask workers; CPU {cpu_here:.1f} s and {cpu_there:.1f} s, "
        f"ratio {cpu_here / cpu_there:.2f}; load {os.getloadavg()[0]:.1f}"
    )
    how = "whole reports of one layout, a fictional agency's, loading included"
    rates.note("reports_read_a_cpu_second", _PAGES / cpu_here, "reports", how)
    name = "two Dask workers ÷ two processes of --workers, captures a second"
    return Figure(name, here / there, 0.85, at_least=True)


def _measured(path: Path, work: Callable[[Readings], None]) -> tuple[float, float]:
    """Seconds by the clock, and of CPU of this process and all below it."""
    readings = Readings(path, lambda: None)
    before, begun = _cpu(os.getpid()), time.perf_counter()
    work(readings)
    took = time.perf_counter() - begun
    readings.close()
    return took, _cpu(os.getpid()) - before


def _cpu(pid: int) -> float:
    """CPU that a process has taken, those below it, and those that it has seen end."""
    total = 0.0
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        told = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        total = sum(int(each) for each in told[11:15]) / os.sysconf("SC_CLK_TCK")
        for task in Path(f"/proc/{pid}/task").iterdir():
            below = (task / "children").read_text("utf-8").split()
            total += sum(_cpu(int(child)) for child in below)
    return total


def _scheduler(folder: Path) -> Figure:
    """The memory of a scheduler that has passed on many captures, beside that after few."""
    from archive.cluster.reading import read

    root = DataRoot(folder / "root")
    store(root, _small(_MANY))
    rows = _captures(root)
    readings = Readings(folder / "readings.db", lambda: None)
    found: list[float] = []
    with contextlib.closing(readings), running(folder / "logs", 2) as processes:
        for some in (rows[:_FEW], rows[_FEW:]):
            read(processes.address, readings, some, root.warcs, lambda: None)
            assert processes.scheduler is not None
            found.append(_resident(processes.scheduler.pid))
    print(f"  scheduler: {found[0]:.1f} MB after {_FEW} captures, {found[1]:.1f} after {_MANY}")
    name = f"memory of the scheduler, {_MANY} captures − {_FEW}"
    return Figure(name, found[1] - found[0], 20, at_least=False, unit=" MB")


def _small(count: int) -> Iterator[tuple[str, bytes]]:
    """Addresses and bodies that all differ, most of them of a few words."""
    real = [body for _, body in pages(20)]
    for number in range(count):
        mark = f"<!-- {number} -->".encode()
        if number % _REAL:
            body = f"<html><body><p>示例 {number}</p></body></html>".encode()
        else:
            body = real[number // _REAL % len(real)] + mark
        yield f"http://127.0.0.1/{number % 50}/{number}.html", body


def _resident(pid: int) -> float:
    """MB of memory that a process has."""
    pages_held = int(Path(f"/proc/{pid}/statm").read_text("utf-8").split()[1])
    return pages_held * os.sysconf("SC_PAGE_SIZE") / 1e6


def _captures(root: DataRoot) -> Sequence[dict[str, Any]]:
    ledger = Ledger(root.ledger)
    try:
        sql = "SELECT * FROM captures WHERE sha256 IS NOT NULL AND revisit_of IS NULL"
        return [dict(row) for row in ledger.rows(sql)]
    finally:
        ledger.close()
