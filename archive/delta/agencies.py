"""Rows of a part's agencies, and the reports that have to be written because of them."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from typing import Any

from ..agency_rows import Told
from ..ids import agency_of
from .part import Part

#: What a stored report leaves out where its agency says the same, and by what it is summed up.
_SHARED = ("name", "region_name", "region_code", "kind", "kind_name", "level")


def agency_rows(db: sqlite3.Connection, part: Part) -> tuple[list[dict[str, Any]], set[str]]:
    """Rows of all agencies of a part.

    Args:
        db: nianbao.db of the release before.
        part: The part.

    Returns:
        Rows of `agencies`, in the order of their ids, and those agencies whose reports all
        have to be written: they say something else of what reports share with them.
    """
    reports: dict[str, list[str]] = defaultdict(list)
    for report in sorted(part.gathered.reports):
        reports[agency_of(report)].append(report)
    changed = {agency_of(each) for each in part.before if each not in part.same}
    changed |= {agency for agency, its in reports.items() if not part.same.issuperset(its)}
    told = Told()
    for agency in sorted(changed):
        for report in reports.get(agency, ()):
            told.add(part.gathered.reports[report])
    made = {str(row["agency_id"]): dict(row) for row in told.rows()}
    sql = f"SELECT {', '.join(_SHARED)} FROM agencies WHERE agency_id = ?"
    differing = set()
    for agency, row in made.items():
        was = db.execute(sql, (agency,)).fetchone()
        if was is not None and was != tuple(row[name] for name in _SHARED):
            differing.add(agency)
    for agency in reports.keys() - changed:
        (name,) = db.execute("SELECT name FROM agencies WHERE agency_id = ?", (agency,)).fetchone()
        made[agency] = {"agency_id": agency, "name": name}
    return [made[agency] for agency in sorted(made)], differing


def is_changed(report: str, part: Part, differing: set[str]) -> bool:
    """Whether a report has to be written, or taken out: something else is said of it."""
    return report not in part.same or agency_of(report) in differing
