"""Kills in the middle of a build under Dask: nothing lost, the same release, the same readings.

Real processes: `dask scheduler`, `dask worker` with its nanny, `python -m archive build`.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from archive.manifest import current_manifest
from archive.root import DataRoot
from tests.bench import SMALL
from tests.bench.builds import pages, store
from tests.clusters import PROJECT, Processes, kill_below, running, wait_until

_PAGES = 400 if SMALL else 3000
_DEADLINE = 1200
_RTF = rb"{\rtf1\ansi \'b2\'e2 2022}"


@dataclass(frozen=True, slots=True)
class Built:
    """What a build came to: content hash, digest of its readings, seconds, what it said."""

    content: str
    readings: str
    seconds: float
    said: str


def prove() -> bool:
    """Build one root in several ways, with kills and without; all must come to the same."""
    try:
        import distributed
    except ImportError:
        print("  Dask is missing (make cluster-deps)")
        return False
    print(f"  {_PAGES} captures, Dask {distributed.__version__}", flush=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = DataRoot(folder / "made")
        store(made, [*pages(_PAGES), ("http://127.0.0.1/990001/a.rtf", _RTF)])
        whole = _here(made, folder, "--workers", "1")
        print(f"  one process: {whole.seconds:.1f} s, content hash {whole.content[:12]}")
        good = [
            _same(whole, how, work)
            for how, work in (
                ("three processes", lambda: _here(made, folder, "--workers", "3")),
                ("--cluster local", lambda: _here(made, folder, "--cluster", "local")),
                ("a scheduler, two workers", lambda: _there(made, folder, _unbroken)),
                ("workers killed, one late", lambda: _there(made, folder, _workers_killed)),
                ("the scheduler restarted", lambda: _there(made, folder, _scheduler_killed)),
                ("a capture that ends workers", lambda: _deadly(made, folder)),
                ("stopped by Ctrl-C, built again", lambda: _there(made, folder, _stopped)),
                ("the same, --cluster local", lambda: _local_stopped(made, folder)),
            )
        ]
        return all(good)


def _same(whole: Built, how: str, work: Callable[[], Built]) -> bool:
    try:
        built = work()
    except AssertionError as error:
        print(f"  {how}: {error} WRONG", flush=True)
        return False
    wrong = [
        what
        for what, one, other in (
            ("content hash", whole.content, built.content),
            ("readings", whole.readings, built.readings),
        )
        if one != other
    ]
    verdict = f"another {' and '.join(wrong)}: WRONG" if wrong else "the same"
    print(f"  {how}: {built.seconds:.1f} s, {verdict}", flush=True)
    for line in built.said.splitlines():
        if line.startswith("WARNING"):
            print(f"    {line.removeprefix('WARNING ')[:150]}", flush=True)
    return not wrong


@dataclass(slots=True)
class Build:
    """A build at work."""

    root: DataRoot
    process: subprocess.Popen[str]
    begun: float

    @property
    def read(self) -> int:
        """How many bodies are read by now."""
        with contextlib.suppress(sqlite3.Error):
            uri = f"file:{self.root.readings}?mode=ro"
            with contextlib.closing(sqlite3.connect(uri, uri=True, timeout=5)) as db:
                return int(db.execute("SELECT count(*) FROM readings").fetchone()[0])
        return 0

    def until(self, part: float) -> None:
        """Wait until this part of the captures is read."""

        def is_so() -> bool:
            assert self.process.poll() is None, "the build ended before it could be disturbed"
            return self.read >= part * _PAGES

        wait_until(is_so, _DEADLINE)

    def ended(self, status: int = 0) -> Built:
        """Wait for its end."""
        _, said = self.process.communicate(timeout=_DEADLINE)
        seconds = time.monotonic() - self.begun
        assert self.process.returncode == status, f"ended with {self.process.returncode}: {said}"
        if status:
            return Built("", "", seconds, said)
        content = str(current_manifest(self.root)["content_hash"])
        return Built(content, _digest(self.root), seconds, said)


def _begin(root: DataRoot, *options: str) -> Build:
    process = subprocess.Popen(
        [sys.executable, "-m", "archive", "build", "--data", str(root.path), *options],
        cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    return Build(root, process, time.monotonic())


def _digest(root: DataRoot) -> str:
    """One digest over all readings, reports byte by byte."""
    with contextlib.closing(sqlite3.connect(root.readings)) as db:
        rows = db.execute("SELECT * FROM readings ORDER BY sha256, reader").fetchall()
    assert len(rows) == _PAGES + 1, f"{len(rows)} readings"
    return hashlib.sha256(repr(rows).encode()).hexdigest()


@contextlib.contextmanager
def _copy(made: DataRoot, folder: Path) -> Iterator[DataRoot]:
    copy = folder / "copy"
    shutil.copytree(made.path, copy)
    try:
        yield DataRoot(copy)
    finally:
        shutil.rmtree(copy)


def _here(made: DataRoot, folder: Path, *options: str) -> Built:
    with _copy(made, folder) as root:
        return _begin(root, *options).ended()


def _there(
    made: DataRoot,
    folder: Path,
    disturb: Callable[[Build, Processes], Built],
    **environ: str,
) -> Built:
    """A build under a scheduler of two workers, disturbed in the middle."""
    logs = folder / "logs"
    shutil.rmtree(logs, ignore_errors=True)
    with _copy(made, folder) as root, running(logs, 0) as processes:
        for _ in range(2):
            processes.start_worker(**environ)
        return disturb(_begin(root, "--cluster", processes.address), processes)


def _unbroken(build: Build, _: Processes) -> Built:
    return build.ended()


def _workers_killed(build: Build, processes: Processes) -> Built:
    """First what works under a nanny, then a nanny with all that it has; another one comes."""
    build.until(0.2)
    kill_below(processes.workers[0])
    build.until(0.4)
    processes.kill(processes.workers[1])
    build.until(0.6)
    processes.start_worker()
    return build.ended()


def _scheduler_killed(build: Build, processes: Processes) -> Built:
    """Workers end when their scheduler does; they are restarted as systemd would."""
    build.until(0.3)
    processes.kill_scheduler()
    for worker in processes.workers:
        status = worker.wait(_DEADLINE)
        print(f"    a worker that lost its scheduler ended with status {status}")
    processes.start_scheduler()
    for _ in range(2):
        processes.start_worker()
    built = build.ended()
    assert "is gone; waiting" in built.said, "the scheduler was killed too late"
    return built


def _deadly(made: DataRoot, folder: Path) -> Built:
    """A capture that ends each worker that loads it: the builder reads it, and names it."""
    with contextlib.closing(sqlite3.connect(made.ledger)) as db:
        digest = db.execute(
            "SELECT sha256 FROM captures ORDER BY warc_file, warc_offset LIMIT 1 OFFSET 75"
        ).fetchone()[0]
    preload = {
        "DASK_DISTRIBUTED__WORKER__PRELOAD": "tests.deadly_worker",
        "NIANBAO_DEADLY": digest,
    }
    built = _there(made, folder, _unbroken, **preload)
    assert "this machine reads it" in built.said, "no worker ended"
    return built


def _stopped(build: Build, processes: Processes) -> Built:
    """Ctrl-C: the scheduler keeps nothing, the workers no children; the next build goes on."""
    build.until(0.3)
    build.process.send_signal(signal.SIGINT)
    stopped = build.ended(130)
    print(f"    stopped with status 130: {stopped.said.strip().splitlines()[-1]}")
    code = (
        "from distributed import Client\n"
        f"client = Client({processes.address!r}, set_as_default=False)\n"
        "print(client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks)))\n"
        "client.close()"
    )

    def is_empty() -> bool:
        told = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        )
        return told.stdout.strip() == "0"

    wait_until(is_empty)
    wait_until(lambda: not processes.below_workers())
    return _begin(build.root, "--cluster", processes.address).ended()


def _local_stopped(made: DataRoot, folder: Path) -> Built:
    """Ctrl-C as a terminal sends it, to all processes of the command: none is left."""
    with _copy(made, folder) as root:
        build = _begin(root, "--cluster", "local")
        build.until(0.3)
        subprocess.run(["kill", "-INT", "--", f"-{build.process.pid}"], check=True)
        stopped = build.ended(130)
        lines = [line for line in stopped.said.splitlines() if line.strip()]
        assert len(lines) == 2, stopped.said  # the bar, and that it was stopped
        print(f"    stopped with status 130: {lines[-1]}")
        left = subprocess.run(
            ["ps", "-o", "stat=,args=", "-s", str(build.process.pid)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        alive = [line for line in left.stdout.splitlines() if not line.startswith("Z")]
        assert not alive, f"left: {alive}"
        return _begin(root, "--cluster", "local").ended()
