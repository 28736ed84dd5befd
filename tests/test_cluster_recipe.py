"""The very lines of docs/scale.md that start Dask, and what is said of those without our code."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from archive.cluster.connecting import Cluster
from archive.errors import ClusterFailed
from crawler.sharded import engines
from crawler.sharded.task import Order
from tests.clusters import PROJECT
from tests.demo_run import free_port


def documented(what: str, port: int) -> list[str]:
    """The arguments of a line of the recipe, on loopback, with this Python's folder."""
    text = (PROJECT / "docs/scale.md").read_text("utf-8")
    (line,) = re.findall(rf"`(\.venv/bin/[^`]*dask {what} [^`]+)`", text)
    line = line.replace("10.0.0.1", "127.0.0.1").replace("8786", str(port))
    first, *others = shlex.split(line)
    return [str(Path(sys.executable).parent / Path(first).name), *others]


@pytest.mark.parametrize("is_project", [True, False])
def test_dask_as_documented_has_our_code_and_elsewhere_a_line_says_so(
    tmp_path: Path, is_project: bool
) -> None:
    port = free_port()
    cwd = PROJECT if is_project else tmp_path
    begun = []
    with (tmp_path / "log").open("wb") as log:
        try:
            for what in ("scheduler", "worker"):
                line = [*documented(what, port)]
                if what == "worker":
                    line += ["--local-directory", str(tmp_path)]
                begun.append(
                    subprocess.Popen(line, cwd=cwd, stdout=log, stderr=log, start_new_session=True)
                )
            cluster = Cluster(f"tcp://127.0.0.1:{port}", f"tcp://127.0.0.1:{port}")
            client = cluster.client(30)
            try:
                client.wait_for_workers(2, timeout=30)
                dask = engines._Dask(cluster)
                if is_project:
                    dask._require_code(client)
                    order = Order(str(tmp_path / "data"), "1/1", log=str(tmp_path / "1.log"))
                    said = dask._submit(client, order).result(30).said
                    assert "crawl-allof1.lock" in said
                else:
                    with pytest.raises(ClusterFailed, match=r"scheduler at .* cannot import"):
                        dask._require_code(client)
            finally:
                client.close()
        finally:
            for process in begun:  # with their children; in order they take ten seconds
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(20)
