"""The register of ids: a version keeps its number for ever.

`ids.jsonl` in the data root, append-only, one line a version id that a release gave:
report, number, SHA-256 and address of its first body, release. A better reader may merge
or split versions, an older document may be brought later, an agency may be identified:
whatever held an id's first body then holds the id, or is where the id leads to.
"""

from __future__ import annotations

import json
import logging
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from . import disk
from .errors import RootRefused, WriteFailed
from .histories import Gathered, ReportHistory, Version
from .root import DataRoot

log = logging.getLogger(__name__)
FILE = "ids.jsonl"
#: Why an id leads to another.
IDENTIFIED, MERGED, REASSIGNED = "identified", "merged", "reassigned"
_REPORT = re.compile(r"(?P<agency>.+)-(?P<year>\d{4})(?:-agg)?")


@dataclass(frozen=True, slots=True)
class Given:
    """An id that a release gave: version `number` of `report`, by its first body."""

    report: str
    number: int
    sha256: str
    url: str
    release: str

    @property
    def version_id(self) -> str:
        """The version's id."""
        return f"{self.report}.v{self.number}"


@dataclass(frozen=True, slots=True)
class Moved:
    """An id that leads to another now; `what` is agency, report or version."""

    old_id: str
    new_id: str
    what: str
    reason: str


class Register:
    """The ids that were given, and the versions that hold them now."""

    def __init__(self, path: Path, given: Iterable[Given] = ()) -> None:
        """Hold what a file says, and more ids that it lacks.

        Args:
            path: `ids.jsonl`; it need not be there.
            given: Ids of the current release: they fill in for a file that was lost.
        """
        self._path = path
        self._kept = {(each.report, each.number): each for each in _read(path)}
        self._given = {(each.report, each.number): each for each in given} | self._kept

    def number(self, gathered: Gathered) -> list[Moved]:
        """Give each version its number for ever; returns ids that lead to others now.

        Versions that hold a registered first body keep its number; the others get the
        next ones in the order in which they were first seen.
        """
        holders = _holders(gathered)
        if gathered.withheld:
            # Of a version that lost its first body, another in the same words holds the id.
            for (url, sha256), (other, digest) in gathered.withheld.instead.items():
                held_by = holders.get((digest, other))
                if held_by:
                    holders.setdefault((sha256, url), held_by)
        held = {
            given: holder
            for given in sorted(self._given.values(), key=lambda each: (each.report, each.number))
            if (holder := _holder(holders, given))
        }
        own: dict[Version, list[int]] = {}
        brought: dict[Version, list[int]] = {}
        for given, (report_id, version) in held.items():
            kept = own if report_id == given.report else brought
            kept.setdefault(version, []).append(given.number)
        taken: dict[str, set[int]] = {}
        for report_id, number in self._given:
            taken.setdefault(report_id, set()).add(number)
        for report_id, history in gathered.reports.items():
            _number(history, own, brought, taken.get(report_id, set()))
        return _moved(held, gathered)

    @property
    def given(self) -> tuple[Given, ...]:
        """All ids that were given."""
        return tuple(self._given.values())

    def enter(self, gathered: Gathered, release: str) -> int:
        """Append the ids that a release gives and the file lacks; returns how many.

        Call it before the release is made current: a number that was given away and never
        published does no harm, one that was published and forgotten would.

        Raises:
            WriteFailed: The disk does not take them.
        """
        rows = [
            asdict(given)
            for report_id in sorted(gathered.reports)
            for version in gathered.reports[report_id].versions
            if (report_id, version.number) not in self._kept
            and (given := _entry(report_id, version, release))
        ]
        if rows:
            self._append("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
            self._kept |= {(row["report"], row["number"]): Given(**row) for row in rows}
        return len(rows)

    def _append(self, lines: str) -> None:
        try:
            with self._path.open("ab") as stream:
                is_new = not stream.tell()
                torn = not is_new and not _ends_a_line(self._path)
                stream.write((b"\n" if torn else b"") + lines.encode())
                stream.flush()
                os.fsync(stream.fileno())
            if is_new:
                disk.sync(self._path.parent)
        except OSError as error:
            raise WriteFailed(
                f"{self._path} takes no more ids ({error.strerror}); make room, then build "
                "again: the current release stays as it is"
            ) from error


def register_of(root: DataRoot, given: Iterable[Given] = ()) -> Register:
    """The register of a data root; `given` are the ids of its current release."""
    return Register(root.path / FILE, given)


def given_ids(root: DataRoot) -> tuple[Given, ...]:
    """The ids that a data root's register says were given."""
    return tuple(_read(root.path / FILE))


Holder = tuple[str, Version]


def _holders(gathered: Gathered) -> dict[tuple[str, str], list[Holder]]:
    """Body and address → reports and versions that hold it now, in the order of both."""
    made: dict[tuple[str, str], list[Holder]] = {}
    for report_id in sorted(gathered.reports):
        for version in sorted(gathered.reports[report_id].versions, key=lambda each: each.first):
            for body in version.sources:
                key = (str(body.capture["sha256"]), body.url)
                made.setdefault(key, []).append((report_id, version))
    return made


def _holder(holders: dict[tuple[str, str], list[Holder]], given: Given) -> Holder | None:
    """Who holds an id's first body now; of several its own report."""
    found = holders.get((given.sha256, given.url), [])
    own = [each for each in found if each[0] == given.report]
    return next(iter(own or found), None)


def _number(
    history: ReportHistory,
    own: dict[Version, list[int]],
    brought: dict[Version, list[int]],
    taken: set[int],
) -> None:
    """Number a report's versions; numbers of the report that it was before, where free."""
    for version in history.versions:
        version.number = min(own.get(version, [0]))
    for version in sorted(history.versions, key=lambda each: each.first):
        if not version.number:
            free = [number for number in brought.get(version, []) if number not in taken]
            version.number = min(free, default=max(taken, default=0) + 1)
            taken.add(version.number)
    history.versions.sort(key=lambda version: version.number)


def _moved(held: dict[Given, Holder], gathered: Gathered) -> list[Moved]:
    """Ids of agencies, reports and versions that lead to others."""
    agencies = {history.agency.agency_id for history in gathered.reports.values()}
    reports: dict[str, str] = {}
    versions = []
    for given, (report_id, version) in held.items():
        new_id = f"{report_id}.v{version.number}"
        if new_id != given.version_id:
            reason = MERGED if report_id == given.report else _reason(given.report, gathered)
            versions.append(Moved(given.version_id, new_id, "version", reason))
        if given.report not in gathered.reports:
            reports.setdefault(given.report, report_id)
    by_agency: dict[str, set[str]] = {}
    for old, new in reports.items():
        by_agency.setdefault(agency_of(old), set()).add(agency_of(new))
    led = {old: new.pop() for old, new in by_agency.items() if len(new) == 1}
    return [
        *(Moved(o, n, "agency", IDENTIFIED) for o, n in led.items() if o not in agencies),
        *(Moved(o, n, "report", _reason(o, gathered)) for o, n in reports.items()),
        *versions,
    ]


def _reason(report_id: str, gathered: Gathered) -> str:
    """Why an id of a report leads elsewhere: its agency became known, or it is another's."""
    unresolved = report_id.startswith("u-") and report_id not in gathered.reports
    return IDENTIFIED if unresolved else REASSIGNED


def agency_of(report_id: str) -> str:
    """The agency's id within a report's.

    >>> agency_of("990100-finance-2020"), agency_of("990100-government-2020-agg")
    ('990100-finance', '990100-government')
    """
    match = _REPORT.fullmatch(report_id)
    return match["agency"] if match else report_id


def _entry(report_id: str, version: Version, release: str) -> Given:
    # What speaks for it: its page's files may turn out to say something else.
    _, body = min(version.sights, key=lambda sight: sight[0])
    return Given(report_id, version.number, str(body.capture["sha256"]), body.url, release)


def _read(path: Path) -> Iterator[Given]:
    """The lines of a register; what a crash tore is given again, for nobody saw it."""
    try:
        text = path.read_bytes().decode("utf-8", "replace")
    except FileNotFoundError:
        return
    except OSError as error:
        raise RootRefused(
            f"{path} cannot be read ({error.strerror}); without it ids would be given twice: "
            "restore it from a backup, or move away what stands in its place"
        ) from error
    # An address may hold what `splitlines` takes for the end of a line.
    lines = text.removesuffix("\n").split("\n") if text else []
    for number, line in enumerate(lines, 1):
        try:
            given = Given(**json.loads(line))
            texts = (given.report, given.sha256, given.url, given.release)
            if type(given.number) is not int or not all(isinstance(t, str) for t in texts):
                raise TypeError("its fields are not what a release writes")
        except (ValueError, TypeError) as error:
            log.warning("%s:%s: left out a torn line: %s", path, number, error)
        else:
            yield given


def _ends_a_line(path: Path) -> bool:
    with path.open("rb") as stream:
        stream.seek(-1, os.SEEK_END)
        return stream.read(1) == b"\n"
