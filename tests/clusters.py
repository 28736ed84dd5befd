"""Real Dask processes for tests and proofs: a scheduler, and workers that somebody restarts."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.demo_run import free_port

PROJECT = Path(__file__).resolve().parent.parent
_DEADLINE = 60


@dataclass
class Processes:
    """A scheduler at a port of loopback, and its workers; `folder` takes what they print."""

    folder: Path
    port: int = field(default_factory=free_port)
    cwd: Path = PROJECT
    scheduler: subprocess.Popen[bytes] | None = None
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def address(self) -> str:
        """Of the scheduler."""
        return f"tcp://127.0.0.1:{self.port}"

    def start_scheduler(self) -> None:
        """Start a scheduler, or the next one at the same address."""
        options = ["--host", "127.0.0.1", "--port", str(self.port)]
        options += ["--dashboard-address", "127.0.0.1:0"]
        self.scheduler = self._begin("scheduler", options)

    def start_worker(self, cwd: Path | None = None, **environ: str) -> subprocess.Popen[bytes]:
        """Start a worker of one thread with its nanny; it waits for its scheduler."""
        options = [
            self.address, "--nthreads", "1", "--host", "127.0.0.1", "--no-dashboard",
            "--local-directory", str(self.folder), "--memory-limit", "0",
        ]  # fmt: skip
        worker = self._begin("worker", options, cwd, environ)
        self.workers.append(worker)
        return worker

    def kill_scheduler(self) -> None:
        """As a machine that loses its power."""
        assert self.scheduler is not None
        self.kill(self.scheduler)

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """Kill a process of ours and all that it has begun."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(_DEADLINE)

    def stop(self) -> None:
        """End all of them."""
        for process in [*self.workers, self.scheduler]:
            if process is not None:
                self.kill(process)

    def below_workers(self) -> list[int]:
        """Reading processes of all workers that are alive."""
        return [
            child
            for worker in self.workers
            for pid in children(worker.pid)
            for child in children(pid)
        ]

    def log(self) -> str:
        """What they printed."""
        return "".join(path.read_text("utf-8") for path in sorted(self.folder.glob("*.log")))

    def _begin(
        self,
        what: str,
        options: list[str],
        cwd: Path | None = None,
        environ: dict[str, str] | None = None,
    ) -> subprocess.Popen[bytes]:
        number = len(list(self.folder.glob("*.log")))
        with (self.folder / f"{number}-{what}.log").open("wb") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "dask", what, *options],
                cwd=cwd or self.cwd, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
                env=os.environ | (environ or {}),
            )  # fmt: skip


@contextlib.contextmanager
def running(folder: Path, workers: int) -> Iterator[Processes]:
    """A scheduler with so many workers, ended with the block."""
    folder.mkdir(exist_ok=True)
    processes = Processes(folder)
    try:
        processes.start_scheduler()
        for _ in range(workers):
            processes.start_worker()
        yield processes
    finally:
        processes.stop()


def children(pid: int) -> list[int]:
    """Processes that a process has begun."""
    found = subprocess.run(
        ["ps", "--ppid", str(pid), "-o", "pid=,args="], capture_output=True, text=True, check=False
    )
    lines = (line.split(None, 1) for line in found.stdout.splitlines())
    return [int(number) for number, args in lines if "resource_tracker" not in args]


def kill_below(worker: subprocess.Popen[bytes]) -> None:
    """Kill the process that works under a nanny, which starts another one."""
    for pid in children(worker.pid):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def wait_until(is_so: object, seconds: float = _DEADLINE) -> None:
    """Wait until a call gives something true."""
    assert callable(is_so)
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until, "that did not come about"
        time.sleep(0.05)
