"""Ids that releases gave: for a country a million, held small."""

from __future__ import annotations

import marshal
import re
from collections.abc import Iterator
from dataclasses import dataclass

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


class Ids:
    """Ids by their reports; each report's are packed until they are asked for."""

    def __init__(self) -> None:
        """Hold none."""
        self._packed: dict[str, bytes] = {}
        self._releases: dict[str, int] = {}
        self._names: list[str] = []

    def add(self, given: Given, *, kept: bool) -> None:
        """Hold an id, in the place of one of the same number; `kept` if the file has it."""
        release = self._releases.setdefault(given.release, len(self._names))
        if release == len(self._names):
            self._names.append(given.release)
        rows = self._rows(given.report)
        rows[given.number] = (given.sha256, given.url, release, kept)
        self._packed[given.report] = marshal.dumps(rows, 2)

    def of(self, report: str) -> list[Given]:
        """A report's ids, in the order of their numbers."""
        return [
            Given(report, number, sha256, url, self._names[release])
            for number, (sha256, url, release, _) in sorted(self._rows(report).items())
        ]

    def knows(self, report: str, number: int) -> bool:
        """Whether an id is held."""
        return number in self._rows(report)

    def kept(self, report: str) -> set[int]:
        """The numbers of a report that the file has."""
        return {number for number, row in self._rows(report).items() if row[-1]}

    @property
    def reports(self) -> list[str]:
        """The reports, in order."""
        return sorted(self._packed)

    def __iter__(self) -> Iterator[Given]:
        """All ids, in the order of reports and numbers."""
        for report in self.reports:
            yield from self.of(report)

    def _rows(self, report: str) -> dict[int, tuple[str, str, int, bool]]:
        packed = self._packed.get(report)
        rows: dict[int, tuple[str, str, int, bool]] = marshal.loads(packed) if packed else {}
        return rows


def agency_of(report_id: str) -> str:
    """The agency's id within a report's.

    >>> agency_of("990100-finance-2020"), agency_of("990100-government-2020-agg")
    ('990100-finance', '990100-government')
    """
    match = _REPORT.fullmatch(report_id)
    return match["agency"] if match else report_id
