"""How far a change reaches: whose findings may be otherwise, and what they are judged by.

A check over several reports asks the same agency (C11–C16), its government (C17), all members
of a government and the governments below it (C18), or reports alike (C24, by their digests).
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

_GOVERNMENT = "government"
_AGENCIES = "SELECT agency_id, kind, region_code, parent_id, successor_id FROM agencies"


@dataclass(frozen=True, slots=True)
class _Agency:
    kind: str | None
    region: str | None
    parent: str | None
    successor: str | None


@dataclass(slots=True)
class Known:
    """The agencies of a release, and which regions lie in which."""

    agencies: dict[str, _Agency] = field(default_factory=dict)
    #: Region → those in which it lies or lay.
    parents: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    #: Region → its governments, and all agencies with its six digits.
    governments: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    of_region: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    #: Agency → those that name it as the one above them.
    under: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    #: Region → those that lie in it.
    within: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def above(self, agencies: Iterable[str]) -> set[str]:
        """Governments to whose members or parts agencies may belong; themselves if they are."""
        found = set()
        for each in agencies:
            agency = self.agencies.get(each)
            if agency is None:
                continue
            found |= {agency.parent} if agency.parent in self.agencies else set()
            found |= {each} if agency.kind == _GOVERNMENT else set()
            for region in {agency.region, (agency.region or "")[:6]} - {None, ""}:
                found |= self.governments[str(region)]
                for parent in self.parents[str(region)]:
                    found |= self.governments[parent]
        return {str(each) for each in found}

    def below(self, governments: Iterable[str]) -> set[str]:
        """Agencies that may be members or parts of governments."""
        found = set()
        for each in governments:
            agency = self.agencies.get(each)
            if agency is None:
                continue
            found |= self.under[each]
            if agency.region:
                found |= self.of_region[agency.region]
                for region in self.within[agency.region]:
                    found |= self.governments[region]
        return found

    def successors(self, agencies: Iterable[str]) -> set[str]:
        """Agencies that took over from some."""
        found = (self.agencies[each].successor for each in agencies if each in self.agencies)
        return {each for each in found if each is not None}


def known(db: sqlite3.Connection) -> Known:
    """What a release knows of agencies and regions.

    Args:
        db: Its nianbao.db.
    """
    made = Known()
    for identity, *said in db.execute(_AGENCIES):
        agency = made.agencies[identity] = _Agency(*said)
        if agency.region:
            made.of_region[agency.region[:6]].add(identity)
            if agency.kind == _GOVERNMENT:
                made.governments[agency.region].add(identity)
        if agency.parent:
            made.under[agency.parent].add(identity)
    for region, parent in db.execute("SELECT region_code, parent_code FROM regions"):
        if parent:
            made.parents[region].add(parent)
            made.within[parent].add(region)
    return made


def concerned(now: Known, agencies: Iterable[str]) -> set[str]:
    """Agencies whose reports are judged by those of some agencies, themselves included."""
    asked = set(agencies)
    asked |= now.successors(asked)
    governments = {
        each for each in asked if each in now.agencies and now.agencies[each].kind == _GOVERNMENT
    }
    return asked | now.above(asked) | now.below(governments)


def needed(now: Known, agencies: Iterable[str]) -> set[str]:
    """Agencies by whose reports those of some agencies are judged, themselves included."""
    asked = set(agencies)
    governments = {
        each for each in asked if each in now.agencies and now.agencies[each].kind == _GOVERNMENT
    }
    return asked | now.above(asked) | now.below(governments)
