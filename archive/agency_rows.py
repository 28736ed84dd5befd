"""What reports tell of their agencies, and the rows of `agencies` that come of it.

A report tells of one agency; a row is made when all have told. What they tell alike is kept
once, so that a country's million reports are as many entries as agencies called themselves
differently.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from .agencies import Agency
from .histories import ReportHistory
from .rows import Row


@dataclass(slots=True)
class _Years:
    """Of the reports that tell an agency alike: how many there are, and their years.

    Attributes:
        newest: The first report of the last year, by its id: reports come in that order.
    """

    reports: int
    first: int
    last: int
    newest: str

    def add(self, other: _Years) -> None:
        """Add reports that come later."""
        self.reports += other.reports
        self.first = min(self.first, other.first)
        if other.last > self.last:
            self.last, self.newest = other.last, other.newest


@dataclass(slots=True)
class Told:
    """What reports tell of their agencies, in the order of the reports' ids."""

    _found: dict[str, dict[Agency, _Years]] = field(default_factory=dict)

    def add(self, history: ReportHistory) -> None:
        """Note what one report tells."""
        year = history.year
        self._note(history.agency, _Years(1, year, year, history.report_id))

    def update(self, later: Told) -> None:
        """Add what later reports tell."""
        for told in later._found.values():
            for agency, years in told.items():
                self._note(agency, years)

    def _note(self, agency: Agency, years: _Years) -> None:
        told = self._found.setdefault(agency.agency_id, {})
        known = told.get(agency)
        if known is None:
            told[agency] = years
        else:
            known.add(years)

    def rows(self) -> Iterator[Row]:
        """One row an agency, in the order of their ids."""
        for agency_id in sorted(self._found):
            told = self._found[agency_id]
            agency = _plainest(told)
            vertical = agency.is_vertical
            yield {
                "agency_id": agency_id,
                "name": agency.name,
                "region_code": agency.region_code,
                "region_name": agency.region_name,
                "kind": agency.kind,
                "kind_name": agency.kind_name,
                "short_name": agency.short_name,
                "level": agency.level,
                "org_form": agency.org_form,
                "is_vertical": None if vertical is None else int(vertical),
                "parent_id": agency.parent_id,
                "successor_id": agency.successor_id,
                "resolved": int(agency.resolved),
                "reports": sum(years.reports for years in told.values()),
                "first_year": min(years.first for years in told.values()),
                "last_year": max(years.last for years in told.values()),
            }


def _plainest(told: dict[Agency, _Years]) -> Agency:
    """Of what an agency's reports print, the latest organ's shortest name with its region."""
    most = max((years.last, agency.name) for agency, years in told.items())
    latest = min(
        (agency for agency, years in told.items() if (years.last, agency.name) == most),
        key=lambda agency: told[agency].newest,
    )
    now = [agency for agency in told if agency.organ == latest.organ]
    full = [agency for agency in now if agency.place in agency.name]
    return min(full or now, key=lambda each: (len(each.name), each.name, each.parent_id or ""))
