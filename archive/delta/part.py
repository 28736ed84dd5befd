"""What a delta replaces: the reports of some portals that share nothing with the others."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..histories import Gathered


class NotCertain(Exception):
    """A delta might say something else than a build of everything: that is to be done."""


@dataclass(frozen=True, slots=True)
class Part:
    """The part of an archive that is gathered again.

    Attributes:
        portals: Its portals: no report, agency or address of theirs is another portal's, too.
        gathered: Their reports as they are now, what is unread of theirs, and what is known of
            all portals (entries, outcomes, first looks).
        before: Ids of their reports in the release before.
    """

    portals: frozenset[str]
    gathered: Gathered
    before: frozenset[str]


def reports_of(db: sqlite3.Connection, portals: Iterable[str]) -> frozenset[str]:
    """Ids of the reports that a release has from some portals.

    Args:
        db: Its nianbao.db.
        portals: Keys of portals.

    Raises:
        NotCertain: A report is of these portals and of others, too.
    """
    asked = set(portals)
    words = {n: word in asked for n, word in db.execute("SELECT n, word FROM _words")}
    found: dict[bool, set[str]] = {True: set(), False: set()}
    sql = """SELECT DISTINCT v.report_id, s.portal FROM _sources s
        JOIN _versions v ON v.n = s.version"""
    for report_id, portal in db.execute(sql):
        found[words[portal]].add(report_id)
    shared = sorted(found[True] & found[False])
    if shared:
        raise NotCertain(f"{shared[0]} is a report of other portals, too")
    return frozenset(found[True])


def require_apart(db: sqlite3.Connection, part: Part) -> None:
    """Refuse a part whose agencies have reports in the rest of the release, too.

    Raises:
        NotCertain: They have.
    """
    own = agencies_now(part.gathered)
    sql = "SELECT agency_id, report_id FROM _reports"
    of_rest: dict[str, str] = {}
    for agency, report in db.execute(sql):
        if report in part.before:
            own.setdefault(agency, report)
        else:
            of_rest[agency] = report
    shared = sorted(own.keys() & of_rest.keys())
    if shared:
        raise NotCertain(f"agency {shared[0]} has reports of other portals ({of_rest[shared[0]]})")


def agencies_now(gathered: Gathered) -> dict[str, str]:
    """Agencies of reports, each with one of its reports."""
    return {each.agency.agency_id: report for report, each in gathered.reports.items()}


Told = Mapping[str, object]
