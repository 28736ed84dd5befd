"""Which rows a panel has: each report held, and each agency-year of which none is held.

A government owes the aggregate report of its territory; every other agency its own, or what all
its reports here are (a development zone's may be aggregate). So an agency-year without a report is
a row of that scope. What an agency reports otherwise, or in a scope that its report does not tell,
is taken for what it owes: no row says that it is missing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from ..errors import SelectionRefused
from .selection import ALL, Selection

#: Scope of the report that an agency `a` owes.
OWED = """iif(a.kind IS 'government', 'aggregate', coalesce((
  SELECT min(o.scope) FROM _reports o WHERE o.agency_id = a.agency_id AND o.scope <> 'unknown'
  HAVING min(o.scope) = max(o.scope)), 'own'))"""


class Key(NamedTuple):
    """A row: whose, when, of which scope, and the report if one is held."""

    agency_id: str
    year: int
    scope: str
    report_id: str | None


@dataclass(frozen=True, slots=True)
class Size:
    """How large a panel will be.

    Attributes:
        rows: All its rows.
        agencies: Agencies in it.
        held: Rows with a report.
        read: Of these, reports whose figures were read.
        missing: Rows without a report.
        outside: Of these, agencies that the frame does not expect in the year.
        untold: Reports left out since their scope is not known.
        first_year: First year that the release and the selection have.
        last_year: Last year that both have.
    """

    rows: int
    agencies: int
    held: int
    read: int
    missing: int
    outside: int
    untold: int
    first_year: int | None
    last_year: int | None


def keys(db: sqlite3.Connection, asked: Selection) -> Iterator[Key]:
    """The rows of a panel, by agency, year and scope."""
    for row in db.execute(f"{_keys(asked)} ORDER BY 1, 2, 3, 4"):
        yield Key(*row)


def size(db: sqlite3.Connection, asked: Selection) -> Size:
    """How many rows a panel has, without making it."""
    counts = db.execute(
        "SELECT count(*), count(DISTINCT agency_id), count(report_id), "
        "count(CASE WHEN (SELECT iif(v.form IS 'legacy', '', r.status) FROM _reports r "
        "JOIN _versions v ON v.n = r.n WHERE r.report_id = k.report_id) "
        f"= 'read' THEN 1 END) FROM ({_keys(asked)}) k"
    ).fetchone()
    rows, agencies, held, read = counts
    (outside,) = db.execute(
        f"SELECT count(*) FROM ({_missing(asked)}) k JOIN coverage c "
        "ON c.agency_id = k.agency_id AND c.year = k.year WHERE c.existence = 'not_in_frame'"
    ).fetchone()
    untold = 0
    if asked.scope != ALL:
        (untold,) = db.execute(
            f"SELECT count(*) {_FROM} WHERE r.scope = 'unknown' AND r.year {asked.years} "
            f"AND {asked.where}"
        ).fetchone()
    years = db.execute(
        f"SELECT min(year), max(year) FROM _years WHERE year {asked.years}"
    ).fetchone()
    return Size(rows, agencies, held, read, rows - held, outside, untold, *years)


def require_rows(db: sqlite3.Connection, asked: Selection) -> Size:
    """The size of a panel that has rows.

    Raises:
        SelectionRefused: It has none; the message says what the release has.
    """
    found = size(db, asked)
    if not found.rows:
        first, last = db.execute("SELECT min(year), max(year) FROM _years").fetchone()
        raise SelectionRefused(
            f"the release knows no agency of this selection; its years are {first} to {last}, "
            "its kinds: "
            + ", ".join(kind for (kind,) in db.execute("SELECT DISTINCT kind FROM agencies "
                                                       "WHERE kind IS NOT NULL ORDER BY 1"))
        )  # fmt: skip
    return found


_FROM = "FROM _reports r JOIN agencies a ON a.agency_id = r.agency_id"


def _keys(asked: Selection) -> str:
    return (
        f"SELECT r.agency_id AS agency_id, r.year AS year, r.scope AS scope, "
        f"r.report_id AS report_id {_FROM} "
        f"WHERE r.year {asked.years} AND {asked.where} AND {asked.has('r.scope')} "
        f"UNION ALL {_missing(asked)}"
    )


def _missing(asked: Selection) -> str:
    return (
        f"SELECT a.agency_id AS agency_id, y.year AS year, {OWED} AS scope, NULL AS report_id "
        f"FROM agencies a JOIN _years y WHERE y.year {asked.years} AND {asked.where} "
        f"AND {asked.has(OWED)} AND NOT EXISTS (SELECT 1 FROM _reports r "
        "WHERE r.agency_id = a.agency_id AND r.year = y.year "
        "AND (a.kind IS NOT 'government' OR r.scope <> 'own'))"
    )
