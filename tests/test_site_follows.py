"""A site that runs shows the release that is current, also after a build or a roll-back."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from archive.root import DataRoot
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
