"""The site behind nginx as `deploy/site/nginx.conf` has it: warm pages, and the download."""

from __future__ import annotations

import http.client
import json
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests import proxied
from tests.bench import SMALL
from tests.bench.nginx import Plain
from tests.bench.site.goals import DOWNLOAD, PAGES, REQUESTS, SLOWEST, Result
from tests.bench.site.pages import paths
from tests.demo_run import PROJECT
from tests.proxied import Proxied

_CONNECTIONS = 50
_REQUESTS = 2_000 if SMALL else 30_000
_ROUNDS = 1 if SMALL else 5
_PART = 1 << 20


def figures(root: Path) -> Iterator[Result]:
    """Requests a second, 99 of 100, and the download beside a plain file of nginx."""
    if not proxied.installed():
        print("  behind nginx: skipped, nginx is not installed (make system-deps)")
        return
    asked = [path for page in PAGES for path in paths(root, page) if page.times is None]
    with (
        tempfile.TemporaryDirectory() as name,
        Proxied(root, Path(name), limited=False) as site,
        Plain(Path(name, "plain")) as plain,
    ):
        sizes = _warm(site.port, asked)
        size = round(statistics.mean(sizes))
        plain.put("page", b"x" * size)
        plain.link("nianbao.db", root / "releases" / "current" / "nianbao.db")
        runs = [(_load(site.port, asked), _load(plain.port, ["/page"])) for _ in range(_ROUNDS)]
        assert not any(run["failed"] for both in runs for run in both), runs
        rate, bare = (
            statistics.median(both[at]["requests"] / both[at]["seconds"] for both in runs)
            for at in (0, 1)
        )
        p99, bare_p99 = (statistics.median(both[at]["p99"] for both in runs) for at in (0, 1))
        beside = f"a plain file of nginx, {size / 1024:.0f} KB as the pages: "
        yield REQUESTS.result(rate, f"{beside}{bare:,.0f}")
        yield SLOWEST.result(p99, f"{beside}{bare_p99:.1f} ms")
        yield _downloaded(site.port, plain.port, root)


def _warm(port: int, asked: list[str]) -> list[int]:
    """Ask for each page until nginx has it; how large they are, compressed."""
    sizes = []
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for path in asked * 2:
        connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        body = answer.read()
        assert answer.status == 200, (path, answer.status)
        sizes.append(len(body))
    assert answer.headers["X-Cache"] == "HIT"
    connection.close()
    return sizes[len(asked) :]


def _load(port: int, asked: list[str]) -> dict[str, float]:
    """Load by a process of its own."""
    command = [sys.executable, "-m", "tests.bench.site.wire"]
    numbers = [str(number) for number in (port, _CONNECTIONS, _REQUESTS)]
    told = subprocess.run(
        [*command, *numbers], input="\n".join(asked), capture_output=True, text=True,
        check=True, cwd=PROJECT,
    )  # fmt: skip
    found: dict[str, float] = json.loads(told.stdout)
    return found


def _downloaded(port: int, plain: int, root: Path) -> Result:
    """The download and the plain file in turn, after a part of it that was asked for by Range."""
    file = root / "releases" / "current" / "nianbao.db"
    _check_range(port, file)
    size = file.stat().st_size
    speeds: list[tuple[float, float]] = []
    for _ in range(_ROUNDS + 1):
        seconds = [_seconds(each, size) for each in (port, plain)]
        speeds.append((size / seconds[0] / 1e6, size / seconds[1] / 1e6))
    ours, theirs = (statistics.median(each[at] for each in speeds[1:]) for at in (0, 1))
    ratio = statistics.median(pair[0] / pair[1] for pair in speeds[1:])
    return DOWNLOAD.result(ratio, f"{ours:,.0f} MB/s and {theirs:,.0f} MB/s; Range: 206")


def _check_range(port: int, file: Path) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/nianbao.db", headers={"Range": "bytes=4096-8191"})
    answer = connection.getresponse()
    part = answer.read()
    connection.close()
    assert (answer.status, part) == (206, file.read_bytes()[4096:8192])


def _seconds(port: int, size: int) -> float:
    """Seconds that the file takes, into the same memory again and again."""
    part = bytearray(_PART)
    with socket.create_connection(("127.0.0.1", port)) as connection:
        begun = time.perf_counter()
        connection.sendall(b"GET /nianbao.db HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        came = 0
        while got := connection.recv_into(part):
            came += got
        took = time.perf_counter() - begun
    assert came > size
    return took
