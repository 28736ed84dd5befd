"""Running the crawler as an operator does, and looking at what it left behind.

`scrapy` needs a second to import. `collect` saves it (`tests.zygote`); `command` is the plain
command, for kills and signals.
"""

from __future__ import annotations

import contextlib
import io
import sqlite3
import subprocess
import sys
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from warcio.checker import Checker

from tests import zygote
from tests.portal import Portal

ROOT = zygote.ROOT
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
    """Run any scrapy command in a project's folder."""
    return zygote.run("scrapy", *arguments, file_size=file_size, folder=folder)


def _collect(registry: Path, data: Path, *more: str) -> list[str]:
    return ["collect", "--registry", str(registry), "--data", str(data), *more]


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
    said = io.StringIO()
    with contextlib.redirect_stdout(said):  # as `warcio check` does
        status = Checker(SimpleNamespace(inputs=list(map(str, files)), verbose=False)).process_all()
    assert status == 0, said.getvalue()
    for file in files:  # warcio does not see a torn end
        subprocess.run(["gzip", "-t", str(file)], check=True)


def addresses(portal: Portal) -> Counter[str]:
    """How often each address was asked for."""
    return Counter(f"http://{e.host}:{portal.port}{e.path}" for e in portal.requests)
