"""All checks of an archive, in the order in which a crawl or build at work cannot mislead them.

The release is looked at first: what it leads to was archived before. Files are listed next:
of a file that is closed by then, the ledger has every row. Each file is then read once.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

import click

from ..errors import RootRefused
from ..ledger import Ledger
from ..register import FILE
from ..root import DataRoot, Registry
from .at_work import is_at_work
from .deletions import Deletions
from .examine import Examined, Task, examine
from .files import beside, listed
from .kinds import Finding
from .ledger import damage, rows_of
from .notes import Notes, strays
from .places import AllPlaces
from .register import register_findings
from .release import Release, examine_release

#: A worker takes half a second to begin: less is read without.
_WORTH_WORKERS = 256 << 20
#: How workers begin: who calls may hold threads or SQLite connections.
START = "spawn"


@dataclass(slots=True)
class Verdict:
    """What was looked at, and what was found.

    Attributes:
        findings: What is wrong, and what is worth naming.
        files: WARC files that were read.
        records: Whole records in them.
        captures: Responses, revisits and documents among them.
        versions: Versions of the current release.
        size: Bytes of the files.
        elsewhere: How many of the files lie in another place than the root's own folder, by
            that place.
    """

    findings: list[Finding] = field(default_factory=list)
    files: int = 0
    records: int = 0
    captures: int = 0
    versions: int = 0
    size: int = 0
    elsewhere: Counter[str] = field(default_factory=Counter)

    @property
    def wrong(self) -> int:
        """How many things are wrong."""
        return sum(finding.is_wrong for finding in self.findings)

    def __str__(self) -> str:
        lying = "".join(f", {count} at {place}" for place, count in self.elsewhere.items())
        return (
            f"{self.files} files{lying}, {self.records} records, {self.captures} captures, "
            f"{self.versions} versions, {self.size / 1e9:.3f} GB: {self.wrong or 'nothing'} wrong"
        )


def fsck(root: DataRoot, workers: int | None = None) -> Verdict:
    """Verify an archive; nothing in it is written.

    Args:
        root: The data root; a crawl or build may be at work in it.
        workers: Processes that read files; all cores if None and there is much to read.

    Returns:
        What was found.

    Raises:
        RootRefused: There is no archive.
        DatabaseDamaged: The ledger broke while it was read.
        WriteFailed: It cannot be read.
        StoreUnreachable: A place of its files does not answer.
    """
    verdict = Verdict()
    registry = _mark(root, verdict)
    release = examine_release(root, registry)
    verdict.findings += release.findings
    verdict.versions = len(release.versions)
    verdict.findings += register_findings(root.path / FILE, release.versions)
    checking = _Checking(root, verdict, release)
    checking.files(workers)
    checking.together()
    return verdict


def _mark(root: DataRoot, verdict: Verdict) -> Registry | None:
    """The registry that `root.json` names."""
    try:
        return root.require()
    except RootRefused as error:
        if not root.warc.is_dir():
            raise
        verdict.findings.append(Finding("mark_wrong", "root.json", str(error)))
    return None


class _Checking:
    """Files and ledger of a root while they are compared."""

    def __init__(self, root: DataRoot, verdict: Verdict, release: Release) -> None:
        self._root, self._verdict, self._release = root, verdict, release
        self._at_work = is_at_work(root.path)
        self._warcs, self._others = listed(root.warcs)
        self._ledger = self._usable()
        self._notes = Notes()
        self._places = AllPlaces()
        self._deletions = Deletions(root.path)

    def _usable(self) -> bool:
        """Whether there is a ledger to compare with."""
        if not self._root.ledger.exists() and not self._warcs:
            return False
        found = list(damage(self._root))
        self._verdict.findings += found
        return not found

    def files(self, workers: int | None) -> None:
        """Read every WARC file."""
        ledger = self._root.ledger if self._ledger else None
        sources = self._release.sources
        tasks = [Task(warc, ledger, sources.get(warc.name, {})) for warc in self._warcs]
        total = sum(task.warc.size for task in tasks)
        with click.progressbar(length=total, label="verifying", file=sys.stderr) as bar:
            for examined in _examined(tasks, _processes(workers, len(tasks), total)):
                self._take(examined)
                bar.update(examined.size)

    def _take(self, examined: Examined) -> None:
        verdict, warc = self._verdict, examined.warc
        verdict.files += 1
        verdict.size += examined.size
        verdict.records += examined.records
        verdict.captures += examined.captures
        if warc.lying:
            verdict.elsewhere[warc.lying.address] += 1
        verdict.findings += filter(self._counts, examined.findings)
        if examined.sha256:
            self._deletions.add(warc.name, examined.sha256, examined.stones)
        for table, row in examined.notes:
            self._notes.add(table, row, warc.name)
        self._places.add(warc, examined.sha256, examined.places, examined.referred)
        if not warc.run:
            what = "no run of this archive writes a file of this name"
            self._say(Finding("file_foreign", f"warc/{warc.name}", what))
        elif warc.is_open and not self._at_work:
            self._say(Finding("file_unfinished", f"warc/{warc.path.name}", "a run was broken off"))

    def _counts(self, finding: Finding) -> bool:
        """Whether a finding is none of a release that leads to what was deleted since."""
        return finding.kind != "source_lost" or finding.record_id not in self._deletions.gone

    def together(self) -> None:
        """Compare what only all files together tell."""
        lost, findings = beside(self._others, self._at_work)
        self._verdict.findings += findings
        self._verdict.findings += self._places.findings(self._at_work)
        self._verdict.findings += self._told_of_deletions()
        rows: dict[str, int] = {}
        if self._ledger:
            with contextlib.closing(Ledger(self._root.ledger, read_only=True)) as ledger:
                rows, findings = strays(ledger)
                self._verdict.findings += findings
                self._verdict.findings += self._notes.findings(ledger, self._unsettled(ledger))
        self._lost(lost | self._deletions.files, rows)

    def _told_of_deletions(self) -> list[Finding]:
        """What log and tombstones say, but for files that their manifests tell of already."""
        changed = {each.file for each in self._verdict.findings if each.kind == "file_changed"}
        found = self._deletions.findings(self._release.sources)
        return [each for each in found if each.kind != "file_changed" or each.file not in changed]

    def _unsettled(self, ledger: Ledger) -> set[str]:
        """Runs of which rows and records may be ahead of each other."""
        runs = {warc.run for warc in self._warcs if warc.is_open}
        if self._at_work:
            rows = rows_of(ledger, "SELECT run_id FROM runs WHERE finished_at IS NULL")
            runs |= {row["run_id"] for row in rows}
        return runs

    def _lost(self, named: set[str], rows: dict[str, int]) -> None:
        """Name files that a manifest, the ledger or the release knows and that are not there."""
        there = {warc.name for warc in self._warcs}
        sources = self._release.sources
        for name in sorted((named | set(rows) | set(sources)) - there):
            if any((self._root.warc / each).exists() for each in (name, f"{name}.open")):
                continue  # begun meanwhile
            led = sum(map(len, sources.get(name, {}).values()))
            what = (
                f"the file is not there; the ledger has {rows.get(name, 0)} captures in it, "
                f"the release {led} sources"
            )
            self._say(Finding("file_lost", f"warc/{name}", what))

    def _say(self, finding: Finding) -> None:
        self._verdict.findings.append(finding)


def _processes(workers: int | None, files: int, size: int) -> int:
    wanted = workers or (os.cpu_count() or 1 if size >= _WORTH_WORKERS else 1)
    return min(wanted, files)


def _examined(tasks: Sequence[Task], processes: int) -> Iterator[Examined]:
    """Files in order, read by one or more processes."""
    if processes < 2:
        yield from map(examine, tasks)
        return
    context = multiprocessing.get_context(START)
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        yield from pool.map(examine, tasks)
