"""Running the crawler as an operator does, and looking at what it left behind.

`scrapy` needs a second to import. `collect` saves it with a process that has imported
it once and forks for each crawl; `command` is the plain command, for kills and signals.
"""

from __future__ import annotations

import atexit
import json
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

from tests.portal import Portal

ROOT = Path(__file__).parents[1]
TIMEOUT = 100
Rows = list[dict[str, Any]]


def command(registry: Path, data: Path, *more: str) -> list[str]:
    """The command of a crawl."""
    return [sys.executable, "-m", "scrapy", *_collect(registry, data, *more)]


def collect(
    registry: Path, data: Path, *more: str, file_size: int = 0
) -> subprocess.CompletedProcess[str]:
    """Crawl to the end.

    Args:
        registry: The registry file.
        data: The data root.
        more: Further arguments of `scrapy collect`.
        file_size: No file may grow larger than so many bytes, as if the disk were full.
    """
    return scrapy(*_collect(registry, data, *more), file_size=file_size)


def scrapy(
    *arguments: str, file_size: int = 0, folder: Path = ROOT
) -> subprocess.CompletedProcess[str]:
    """Run any scrapy command in a project's folder; kill it after `TIMEOUT` seconds."""
    with tempfile.TemporaryDirectory() as name:
        out, err = Path(name, "out"), Path(name, "err")
        order = {
            "argv": ["scrapy", *arguments], "out": str(out), "err": str(err),
            "file_size": file_size, "folder": str(folder), "env": dict(os.environ),
        }  # fmt: skip
        zygote = _zygote()
        assert zygote.stdin is not None
        assert zygote.stdout is not None
        zygote.stdin.write(json.dumps(order) + "\n")
        zygote.stdin.flush()
        status = int(zygote.stdout.readline())
        return subprocess.CompletedProcess(
            ["scrapy", *arguments], status, out.read_text("utf-8"), err.read_text("utf-8")
        )


def _collect(registry: Path, data: Path, *more: str) -> list[str]:
    return ["collect", "--registry", str(registry), "--data", str(data), *more]


@cache
def _zygote() -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.crawls"],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    atexit.register(process.kill)
    return process


def _serve() -> None:
    """Fork for each order on stdin, and print its exit status."""
    import scrapy.commands
    import scrapy.core.downloader.handlers.http11
    import scrapy.core.engine  # noqa: F401  # what every crawl needs, imported once

    import crawler.commands.collect
    import crawler.settings
    import crawler.spiders.annual_reports  # noqa: F401

    assert "twisted.internet.reactor" not in sys.modules, "a reactor cannot be forked"
    for line in sys.stdin:
        child = os.fork()
        if not child:
            _obey(json.loads(line))
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        print(status, flush=True)


def _obey(order: dict[str, Any]) -> None:
    """Be the command of an order; never returns."""
    from scrapy.cmdline import execute

    for number, name in ((1, "out"), (2, "err")):
        handle = os.open(order[name], os.O_WRONLY | os.O_CREAT)
        os.dup2(handle, number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.chdir(order["folder"])
    os.environ.clear()
    os.environ.update(order["env"])
    signal.alarm(TIMEOUT)
    if order["file_size"]:
        resource.setrlimit(resource.RLIMIT_FSIZE, (order["file_size"], resource.RLIM_INFINITY))
    status: Any = 70
    try:
        execute(order["argv"])
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


# -- what a crawl left behind ------------------------------------------------------------


def ledger(data: Path, sql: str, *parameters: Any) -> Rows:
    """Rows of a query over the ledger of a data root."""
    connection = sqlite3.connect(data / "ledger.db")
    connection.row_factory = sqlite3.Row
    try:
        return [dict(row) for row in connection.execute(sql, parameters)]
    finally:
        connection.close()


def whole(data: Path) -> None:
    """Assert that every WARC file is closed, and that nobody finds anything wrong with it."""
    files = sorted((data / "warc").glob("*.warc.gz"))
    assert files
    manifests = [f"{file.name}.sha256" for file in files]
    names = {path.name for path in (data / "warc").iterdir()}
    assert names == {*manifests, *(file.name for file in files)}
    subprocess.run(["sha256sum", "-c", "--quiet", *manifests], cwd=data / "warc", check=True)
    tool = Path(sys.executable).with_name("warcio")
    done = subprocess.run([tool, "check", *files], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    for file in files:  # warcio does not see a torn end
        subprocess.run(["gzip", "-t", str(file)], check=True)


def addresses(portal: Portal) -> Counter[str]:
    """How often each address was asked for."""
    return Counter(f"http://{e.host}:{portal.port}{e.path}" for e in portal.requests)


if __name__ == "__main__":
    _serve()
