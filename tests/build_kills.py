"""Killing a build at any moment and building again: the current release is always a whole one.

`python -m tests.build_kills DATA TRACE STEP WORKERS` builds, writes down each step that the build
takes on the disk (a file opened to be written, a rename, a link, a removal), and kills itself
and its workers just before the step of that number; 0 lets it end. Moments between steps
are reached by the clock, from outside.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from archive.build import build
from archive.contenthash import content_hash
from archive.keeping.sums import SUMS, read_sums, sha256_of
from archive.manifest import FILES, current_manifest
from archive.root import DataRoot
from tests.stored import SITE, Got, Run, article, keep, report_of
from tests.stored import build as build_here

PROJECT = Path(__file__).resolve().parent.parent
_STEPS = frozenset(
    ("open", "os.rename", "os.symlink", "os.mkdir", "os.remove", "os.link", "os.truncate",
     "shutil.rmtree", "sqlite3.connect")
)  # fmt: skip
_DEADLINE = 120
#: A step by its number, or so many seconds after the build has begun.
Moment = int | float


@dataclass(frozen=True, slots=True)
class Unbroken:
    """What a build does that nobody breaks off.

    Attributes:
        steps: What it does on the disk, in order.
        seconds: How long it takes.
        digest: The content hash of its release.
        ids: The ids that are given by then.
    """

    steps: list[str]
    seconds: float
    digest: str
    ids: frozenset[str]


def make_root(folder: Path, reports: int) -> DataRoot:
    """A data root with a release, and with so many more reports that are not in it."""
    root = DataRoot(folder)
    keep(root, Run([Got(f"{SITE}/2021", article(report_of(2021)))]))
    _build(root, 0)
    agencies = [f"示例市示例{number}局" for number in range((reports + 4) // 5)]
    got = [
        Got(f"{SITE}/{i}/{year}", article(report_of(year, name)), f"{name}{year}年度报告")
        for i, name in enumerate(agencies)
        for year in range(2018, 2023)
    ]
    changed = report_of(2021, error="balance")
    keep(root, Run([*got[:reports], Got(f"{SITE}/2021", article(changed))]))
    return root


def unbroken(made: DataRoot, folder: Path, workers: int = 2) -> Unbroken:
    """Build a copy of a root to its end, in a process of its own; 0 workers read there, too."""
    root, trace = _copy(made, folder), folder / "trace"
    with _begin(root, trace, 0, workers) as process:
        begun = time.monotonic()
        assert process.wait(_DEADLINE) == 0
        seconds = time.monotonic() - begun
    steps = trace.read_text("utf-8").splitlines()
    return Unbroken(steps, seconds, _digest(root), _ids(root))


def points(steps: Sequence[str]) -> dict[str, int]:
    """The moments that matter, by name: each is the number of a step."""
    of_release = [n for n, step in enumerate(steps, 1) if "/releases/" in step]
    renames = [n for n in of_release if steps[n - 1].startswith("os.rename")]
    whole = next(n for n in renames if ".partial" in steps[n - 1].split()[1].rpartition("/")[2])
    switch = next(n for n in renames if steps[n - 1].endswith("/current"))
    databases = [n for n in of_release if "sqlite3.connect" in steps[n - 1]]
    found = {
        "after reading": of_release[0],
        "between files": databases[1],
        "before the checks": databases[2],
        "before the rename": whole,
        "after the rename": whole + 1,
        "before the switch": switch,
    }
    if switch < len(steps):
        found["after the switch"] = switch + 1
    return found


def moments(seed: int, count: int, whole: Unbroken) -> dict[str, Moment]:
    """So many moments by name: those that matter, then random ones, by step and by clock."""
    random, found = Random(seed), dict[str, Moment](points(whole.steps))
    while len(found) < count:
        if len(found) % 3 == 0:
            step = random.randrange(1, len(whole.steps) + 1)
            found[f"before step {step}"] = step
        else:
            part = random.random()
            found[f"at {part:.0%} of its time"] = max(part * whole.seconds, 1e-3)
    return found


def kill(
    made: DataRoot, folder: Path, moment: Moment, whole: Unbroken, workers: int = 2
) -> list[str]:
    """Kill a build of a copy of a root, look at what is current, build again, look again.

    Returns:
        What is not as it should be, one sentence each.
    """
    root = _copy(made, folder)
    before = _digest(root)
    step = moment if isinstance(moment, int) else 0
    with _begin(root, folder / "trace", step, workers) as process:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_DEADLINE if step else moment)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    wrong = unsound(root)
    if _digest(root) not in (before, whole.digest):
        wrong.append("the current release is neither the old one nor the new one")
    if step and process.returncode != -signal.SIGKILL:
        wrong.append(f"the build ended with {process.returncode} before it could be killed")
    _build(root, workers)
    wrong += unsound(root)
    if _digest(root) != whole.digest:
        wrong.append("the next build ended otherwise than an unbroken one")
    if _ids(root) != whole.ids:
        wrong.append("the next build gave other ids than an unbroken one")
    left = [path.name for path in root.releases.iterdir() if path.suffix in (".partial", ".new")]
    return wrong + [f"{name} was left behind" for name in left]


def unsound(root: DataRoot) -> list[str]:
    """What is wrong with the current release: whether it opens and passes its checks."""
    folder = root.current.resolve()
    wrong = [f"{name} is missing" for name in FILES if not (folder / name).is_file()]
    if wrong:
        return wrong
    for name in FILES:
        with contextlib.closing(sqlite3.connect(f"file:{folder / name}?mode=ro", uri=True)) as db:
            verdict = db.execute("PRAGMA integrity_check").fetchone()[0]
            if verdict != "ok":
                wrong.append(f"{name}: {verdict}")
    if content_hash(*(folder / name for name in FILES)) != _digest(root):
        wrong.append("its content is not what its manifest says")
    for name, digest in read_sums(folder / SUMS).items():
        if sha256_of(folder / name) != digest:
            wrong.append(f"{name} is not what {SUMS} says")
    return wrong


def _digest(root: DataRoot) -> str:
    return str(current_manifest(root)["content_hash"])


def _ids(root: DataRoot) -> frozenset[str]:
    """The ids that are given, without the releases that gave them: these bear a time."""
    path = root.path / "ids.jsonl"
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    rows = [json.loads(line) for line in lines]
    return frozenset(json.dumps({**row, "release": ""}, sort_keys=True) for row in rows)


def _copy(made: DataRoot, folder: Path) -> DataRoot:
    shutil.copytree(made.path, folder / "data", symlinks=True)
    return DataRoot(folder / "data")


def _begin(root: DataRoot, trace: Path, step: int, workers: int) -> subprocess.Popen[str]:
    """Begin a build in a process of its own; returns when its imports are done."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.build_kills", str(root.path), str(trace), str(step),
         str(workers)],
        cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    return process


def _main(data: Path, trace: Path, step: int, workers: int) -> None:
    count = 0
    with trace.open("a", encoding="utf-8", buffering=1) as out:

        def hook(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal count
            if event not in _STEPS or (event == "open" and not _writes(arguments)):
                return
            said = " ".join(os.fsdecode(a) for a in arguments if isinstance(a, str | bytes | Path))
            if str(data) not in said:
                return
            count += 1
            if count == step:
                os.killpg(0, signal.SIGKILL)
            out.write(f"{event} {said}\n")

        sys.addaudithook(hook)
        print("begun", flush=True)
        _build(DataRoot(data), workers)


def _build(root: DataRoot, workers: int) -> None:
    if workers:
        build(root, workers)
    else:
        build_here(root)


def _writes(arguments: tuple[object, ...]) -> bool:
    flags = arguments[2]
    return isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))


if __name__ == "__main__":
    _main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
