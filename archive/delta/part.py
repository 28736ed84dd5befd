"""What a delta replaces: the reports of some portals that share nothing with the others."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from ..histories import Gathered
from ..ids import agency_of


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
        same: Ids of reports of which the release before says what is said now: they are not
            written again.
    """

    portals: frozenset[str]
    gathered: Gathered
    before: frozenset[str]
    same: frozenset[str] = frozenset()


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
    sql = "SELECT report_id FROM _reports WHERE agency_id = ?"
    for agency in sorted({agency_of(each) for each in (*part.before, *part.gathered.reports)}):
        for (report,) in db.execute(sql, (agency,)):
            if report not in part.before:
                raise NotCertain(f"agency {agency} has reports of other portals ({report})")
