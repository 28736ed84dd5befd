"""`archive build` of a country as a process: how long it takes, how much memory all of it has."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from archive.builder import builder_version
from archive.manifest import current_manifest
from archive.root import DataRoot
from tests.demo_run import PROJECT
from tests.scale import writing
from tests.scale.expected import Country

#: How many reports are added to a release.
MORE = 1000
_NOTED = "builds.json"
_EVERY = 0.5  # seconds between two looks at the memory
_MORE = 1.01  # so much more than at the last one is looked at closely
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Build:
    """What one build took.

    Attributes:
        seconds: From its beginning to its end.
        cpu: Seconds of CPU, of all its processes.
        peak: Bytes that all its processes had at once, shared ones divided (PSS).
        reports: How many reports the release holds.
        release: The release.
        said: What it printed.
    """

    seconds: float
    cpu: float
    peak: int
    reports: int
    release: str
    said: str


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """A country with its release, and with the one after reports were added.

    Attributes:
        root: The data root.
        country: What it holds.
        first: The build of the whole.
        more: The build after `MORE` reports were added; None before.
    """

    root: Path
    country: Country
    first: Build
    more: Build | None = None


def folder(reports: int) -> Path:
    """Where a country of a size is kept for other runs."""
    name = os.environ.get("NIANBAO_SCALE_DIR")
    return Path(name or Path(tempfile.gettempdir(), "nianbao-scale"), str(reports))


def made(reports: int) -> Path:
    """A country's data root; the first call writes it, which takes minutes for a million.

    Raises:
        RuntimeError: What is there is not whole.
    """
    root = folder(reports)
    if root.exists() and not (root / writing.NOTE).exists():
        raise RuntimeError(f"{root} is not whole: wait for who writes it, or remove it")
    if not root.exists():
        print(f"  writing a country of {reports:,} reports to {root}: kept for other runs")
        root.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=root.parent, prefix="unfinished-") as unfinished:
            writing.write(Path(unfinished, "root"), reports)
            Path(unfinished, "root").rename(root)
    elif not writing.is_present(root):
        print(f"  the reader, or what it keeps of readings, is another: they are renewed in {root}")
        writing.renew(root)
    return root


def country_of(root: Path) -> Country:
    """What a root holds."""
    said = writing.told(root)
    return Country(said["reports"], tuple(said["more"]))


def first(root: Path) -> Rehearsed:
    """The build of a whole root by the present program; one that is there is measured no more."""
    noted = _noted(root)
    if "first" not in noted:
        shutil.rmtree(root / "releases", ignore_errors=True)
        (root / "ids.jsonl").unlink(missing_ok=True)
        _note(root, {"first": asdict(build(root))})
    return _rehearsed(root)


def with_more(root: Path) -> Rehearsed:
    """The build after reports were added to a root that has a release."""
    if "more" not in _noted(root):
        writing.add(root, min(MORE, country_of(root).room))
        _note(root, {**_noted(root), "more": asdict(build(root))})
    return _rehearsed(root)


def build(root: Path, *arguments: str) -> Build:
    """Build in a process of its own.

    Raises:
        RuntimeError: It failed.
    """
    command = [sys.executable, "-m", "archive", "build", "--data", str(root), *arguments]
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    peak = Peak()
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(command, cwd=PROJECT, stdout=said, stderr=subprocess.STDOUT)
        while process.poll() is None:
            peak.look(process.pid)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_EVERY)
        said.seek(0)
        told = said.read()
    seconds, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}:\n{told[-3000:]}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    manifest = current_manifest(DataRoot(root))
    counts = manifest["counts"]
    return Build(seconds, cpu, peak.bytes, counts["reports"], manifest["release"], told[-3000:])


class Peak:
    """The most memory that a process and all below it had at once.

    To tell what processes share takes 20 ms a gigabyte, in which none of them gets another page.
    It is asked for only where they have more than at the last time, by what the kernel counts
    anyway.

    Attributes:
        bytes: The most, what they share divided among them.
    """

    def __init__(self) -> None:
        self.bytes = 0
        self._resident = 0

    def look(self, pid: int) -> None:
        """Look once."""
        processes = below(pid)
        resident = sum(map(_resident, processes))
        if resident > self._resident * _MORE:
            self._resident = resident
            self.bytes = max(self.bytes, sum(map(_proportional, processes)))


def below(pid: int) -> list[int]:
    """A process and all below it."""
    found = [pid]
    for each in found:
        with contextlib.suppress(OSError):  # it has ended meanwhile
            for task in Path(f"/proc/{each}/task").iterdir():
                found += map(int, (task / "children").read_text("utf-8").split())
    return found


def _resident(pid: int) -> int:
    """Bytes of a process that lie in memory, shared ones too; 0 if it has ended."""
    with contextlib.suppress(OSError):
        return int(Path(f"/proc/{pid}/statm").read_text("utf-8").split()[1]) * _PAGE
    return 0


def _proportional(pid: int) -> int:
    """The same, of what is shared only its part."""
    with contextlib.suppress(OSError):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8").splitlines()
        return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024
    return 0


def _noted(root: Path) -> dict[str, dict[str, object]]:
    """Builds by the present program that were measured, if their release is still there."""
    try:
        noted = json.loads((root / _NOTED).read_text("utf-8"))
    except FileNotFoundError:
        return {}
    is_present = noted.pop("builder") == builder_version()
    latest = noted.get("more") or noted["first"]
    is_there = (root / "releases" / "current").resolve().name == latest["release"]
    return noted if is_present and is_there else {}


def _note(root: Path, builds: dict[str, dict[str, object]]) -> None:
    text = json.dumps({"builder": builder_version(), **builds}, ensure_ascii=False, indent=1)
    (root / _NOTED).write_text(text, "utf-8")


def _rehearsed(root: Path) -> Rehearsed:
    builds = {name: Build(**each) for name, each in _noted(root).items()}  # type: ignore[arg-type]
    return Rehearsed(root, country_of(root), builds["first"], builds.get("more"))
