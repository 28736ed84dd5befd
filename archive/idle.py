"""Decisions by hand that decided nothing in the current release: no error, but often a slip."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from .decisions import EVERYWHERE, Decision, Decisions, Successor

#: Key of documents that were saved by hand and imported: no portal of the registry.
_IMPORT = "import"
_USED = """SELECT 1 FROM agency_names WHERE source = 'curation' AND first_year IS NOT NULL
AND (agency_id, name, portal) = (?, ?, ?)"""
_REGISTERED = """SELECT 1 FROM portals
WHERE replace(agency, ' ', '') = ? AND ? IN (portal, ?)"""
_UNRESOLVED = """SELECT 1 FROM reports r JOIN agencies a USING (agency_id)
WHERE NOT a.resolved AND a.name = ? AND ? IN (r.portal, ?)"""


def idle(db: sqlite3.Connection, decisions: Decisions, today: str) -> Iterator[str]:
    """Lines on decisions that changed nothing, lead nowhere, or are of a day to come.

    Args:
        db: nianbao.db of the release.
        decisions: What people decided.
        today: ISO date.
    """
    for decision in decisions.names.values():
        where = f"[[agency]] {decision.name} at {decision.portal}"
        yield from (f"  {where}: {said}" for said in _of_name(db, decision))
        yield from _of_day(where, decision.date, today)
    for after in decisions.successors.values():
        where = f"[[successor]] {after.agency}"
        yield from (f"  {where}: {said}" for said in _of_successor(db, after))
        yield from _of_day(where, after.date, today)


def _of_name(db: sqlite3.Connection, decision: Decision) -> Iterator[str]:
    if _acts(db, decision):
        return
    known = db.execute("SELECT 1 FROM portals WHERE portal = ?", (decision.portal,)).fetchone()
    if decision.portal in (EVERYWHERE, _IMPORT) or known:
        yield "no report here bears this name"
    else:
        yield f"no portal {decision.portal} was ever crawled here"


def _acts(db: sqlite3.Connection, decision: Decision) -> bool:
    portal = "" if decision.portal == EVERYWHERE else decision.portal
    asked = (decision.name, decision.portal, EVERYWHERE)
    if db.execute(_REGISTERED, (decision.name, portal or EVERYWHERE, EVERYWHERE)).fetchone():
        return True
    if not decision.kind:
        return db.execute(_UNRESOLVED, asked).fetchone() is not None
    used = (decision.agency_id, decision.name, portal)
    return db.execute(_USED, used).fetchone() is not None


def _of_successor(db: sqlite3.Connection, after: Successor) -> Iterator[str]:
    for agency in (after.agency, after.successor):
        if not db.execute("SELECT 1 FROM agencies WHERE agency_id = ?", (agency,)).fetchone():
            yield f"no report here is by {agency}"


def _of_day(where: str, day: str, today: str) -> Iterator[str]:
    if day > today:
        yield f"  {where}: it is dated {day}, a day to come"
