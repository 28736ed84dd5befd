"""A site that runs shows the release that is current, also after a build or a roll-back."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from archive.errors import ReleaseMissing
from archive.problems import problems
from archive.root import DataRoot
from archive.schema import SCHEMA_VERSION
from archive.site.release import is_current
from archive.site.serve import site
from tests.demo_run import PROJECT, free_port
from tests.stored import SITE, Got, Run, article, build, keep, report_of

_DEADLINE = 60  # seconds, on a busy machine


def shown(address: str) -> str:
    """The release that the home page names."""
    with urllib.request.urlopen(address, timeout=30) as answer:
        found = re.search(r"\d{8}-\d{6}-[0-9a-f]{8}", answer.read().decode())
    assert found is not None
    return found[0]


def test_a_site_follows_the_current_release(tmp_path: Path) -> None:
    root, port = DataRoot(tmp_path / "data"), free_port()
    keep(root, Run([Got(f"{SITE}/a.html", article())]))
    first = build(root).folder
    command = ["-m", "archive", "serve", "--data", str(root.path), "--port", str(port)]
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        address = process.stdout.readline().split()[0]
        assert first is not None
        assert shown(address) == first.name
        later = article(report_of(2023))
        title = "示例市财政局2023年政府信息公开工作年度报告"
        keep(root, Run([Got(f"{SITE}/b.html", later, title)]))
        second = build(root).folder
        assert second is not None
        assert second != first
        until = time.monotonic() + _DEADLINE
        while shown(address) != second.name:  # each request is answered, by the one or the other
            assert time.monotonic() < until, "the site stays with the old release"
            time.sleep(0.2)
    finally:
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=_DEADLINE)[1]
    assert process.returncode in (0, 130)
    assert "the site shows release" in said
    assert "Traceback" not in said


def test_a_release_of_other_tables_is_not_read(tmp_path: Path) -> None:
    root = DataRoot(tmp_path / "data")
    keep(root, Run([Got(f"{SITE}/a.html", article())]))
    folder = build(root).folder
    assert folder is not None
    assert is_current(root.path, folder)
    older = folder.with_name("older")
    shutil.copytree(folder, older)
    with (older / "nianbao.db").open("r+b") as file:
        file.seek(60)
        file.write((SCHEMA_VERSION - 1).to_bytes(4, "big"))
    root.current.unlink()
    root.current.symlink_to(older.name)
    assert is_current(root.path, folder)  # a site goes on with what it can read
    for ask in (lambda: site(root.path), lambda: list(problems(root))):
        with pytest.raises(ReleaseMissing, match=f"version {SCHEMA_VERSION - 1}.*make build"):
            ask()
