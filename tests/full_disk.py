"""A crawl and builds on a disk that fills, and what they say and leave.

`python -m tests.full_disk FOLDER REGISTRY` runs the story within a mount namespace whose
FOLDER is a small tmpfs (`run` makes it), or, where no namespace can be had, with a limit on
the size of files, and prints what happened as JSON. In the end there is room again.
"""

from __future__ import annotations

import contextlib
import json
import resource
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

from click.testing import CliRunner

from archive.__main__ import main
from archive.root import DataRoot
from tests.build_kills import unsound
from tests.crawls import ROOT, collect, ledger, whole
from tests.stored import SITE, Got, Run, article, keep, read_here

_SIZE = "24m"
_MOUNT = f'mount -t tmpfs -o size={_SIZE} none "$1" && shift && exec "$@"'
#: Bytes that are free, or that a file may have: for a crawl, for a build.
_ROOM = {
    True: (200_000, (0, 60_000, 400_000)),
    False: (120_000, (20_000, 50_000, 200_000)),
}
#: Those of the test portal that are crawled.
PORTALS = ("shili-finance", "shili-audit")


@cache
def has_namespaces() -> bool:
    """Whether this user may mount a tmpfs in a namespace of its own."""
    try:
        order = ["unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt"]
        return subprocess.run(order, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def run(folder: Path, registry: Path, *, mounted: bool) -> dict[str, Any]:
    """Run the story; FOLDER is a tmpfs for it if `mounted`, else files have a limit."""
    story = [sys.executable, "-m", "tests.full_disk", str(folder), str(registry)]
    if mounted:
        story = ["unshare", "-rm", "sh", "-c", _MOUNT, "sh", str(folder), *story, "mounted"]
    done = subprocess.run(story, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


class _Disk:
    """A disk with little room: filled by a file, or files may not grow."""

    def __init__(self, folder: Path, *, mounted: bool) -> None:
        self._filler, self.mounted = folder / "filler", mounted

    @contextlib.contextmanager
    def room(self, size: int) -> Iterator[int]:
        """Leave so many bytes; gives the limit that a crawl's files need, 0 for none."""
        if not self.mounted:
            hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
            yield size
            resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
            return
        free = shutil.disk_usage(self._filler.parent).free
        with self._filler.open("wb") as out:
            out.write(bytes(free - size))
        yield 0
        self._filler.unlink()


def _story(folder: Path, registry: Path, *, mounted: bool) -> dict[str, Any]:
    disk, data = _Disk(folder, mounted=mounted), folder / "data"
    root = DataRoot(data)
    told: dict[str, Any] = {"builds": []}
    for_crawl, for_build = _ROOM[mounted]
    chosen = [word for name in PORTALS for word in ("--portal", name)]
    keep(root, Run([Got(f"{SITE}/a", article())]))
    assert _build(data)[0] == 0
    old = root.current.resolve()
    with disk.room(for_crawl) as limit:
        done = collect(registry, data, *chosen, file_size=limit)
        told["crawl"] = [done.returncode, done.stderr]
        assert unsound(root) == []
    done = collect(registry, data, *chosen)
    assert done.returncode == 0, done.stderr
    whole(data)
    told["runs"] = [row["status"] for row in ledger(data, "SELECT status FROM runs")]
    for size in for_build:
        with disk.room(size):
            status, said = _build(data)
            told["builds"].append([status, said])
            assert unsound(root) == []
            assert root.current.resolve() == old
    assert _build(data)[0] == 0
    with contextlib.closing(sqlite3.connect(root.current / "nianbao.db")) as db:
        told["urls"] = [row[0] for row in db.execute("SELECT url FROM sources")]
    told["wrong"] = unsound(root)
    told["left"] = [path.name for path in root.releases.glob("*.partial")]
    return told


def _build(data: Path) -> tuple[int, str]:
    with mock.patch("archive.readings.read_documents", read_here):
        done = CliRunner().invoke(main, ["build", "--data", str(data)])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        return done.exit_code, f"Traceback: {done.exception!r}"
    return done.exit_code, done.output


if __name__ == "__main__":
    print(json.dumps(_story(Path(sys.argv[1]), Path(sys.argv[2]), mounted=len(sys.argv) > 3)))
