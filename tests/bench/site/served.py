"""The site as a process of its own, and what the system says of it."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

from tests.demo_run import PROJECT, free_port

#: Seconds of CPU in a second of time that a site takes which does nothing.
_IDLE = 0.03
_CPU_CLOCK = 2  # CPUCLOCK_SCHED of the kernel's clock ids: nanoseconds, all threads


class Served:
    """`archive serve` of a data root while the context is open."""

    def __init__(self, root: Path) -> None:
        self.port = free_port()
        command = ["-m", "archive", "serve", "--data", str(root), "--port", str(self.port)]
        self._command = [sys.executable, *command]

    def __enter__(self) -> Served:
        # What it says about broken-off statements is not for the bench's output.
        self._process = subprocess.Popen(
            self._command, cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for _ in range(600):
            with contextlib.suppress(OSError):
                self.get("/-/health")
                self._settle()
                return self
            if self._process.poll() is not None:
                break
            time.sleep(0.1)
        raise RuntimeError("the site did not start")

    def _settle(self) -> None:
        """Wait until it has asked itself what a large release is asked beforehand."""
        before = -1.0
        while (now := self.cpu()) - before > _IDLE:
            before = now
            time.sleep(1)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def connection(self) -> http.client.HTTPConnection:
        """A connection to it."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)

    def get(self, path: str) -> tuple[int, bytes]:
        """Status and body of an answer."""
        with contextlib.closing(self.connection()) as connection:
            return get(connection, path)

    def cpu(self) -> float:
        """Seconds of CPU that it has taken."""
        return time.clock_gettime(~self._process.pid << 3 | _CPU_CLOCK)

    def peak(self) -> float:
        """The most memory that it ever had, in megabytes."""
        status = Path(f"/proc/{self._process.pid}/status").read_text("utf-8")
        found = re.search(r"VmHWM:\s+(\d+) kB", status)
        assert found, os.uname()
        return int(found[1]) / 1024


def get(connection: http.client.HTTPConnection, path: str) -> tuple[int, bytes]:
    """Status and body of an answer over a kept connection."""
    connection.request("GET", path)
    answer = connection.getresponse()
    return answer.status, answer.read()
