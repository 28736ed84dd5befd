"""What the search page asks of `nianbao.db`: its choices, regions, and whose the hits are."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from archive.search import Hit, Names, Piece, snippet, words
from archive.site.queries import Row, rows

#: So many regions of one name are searched together.
MOST_REGIONS = 30
_CODE = re.compile(r"\d{2}|\d{4}|\d{6}|\d{9}")
_REGION = """
SELECT g.region_code, g.name, g.parent_code,
  (SELECT p.name FROM regions p WHERE p.region_code = g.parent_code
   ORDER BY p.valid_from DESC LIMIT 1) AS parent
FROM regions g WHERE {where} GROUP BY g.region_code ORDER BY g.region_code LIMIT ?"""
_REPORTS = """
SELECT report_id, version_id, agency_id, agency, year, region_code, region_name, kind, scope,
  coalesce(title, title_derived) AS title
FROM reports WHERE report_id IN ({marks})"""


@dataclass(frozen=True, slots=True)
class Choices:
    """What the form offers; a release's own.

    Attributes:
        kinds: Slug → name.
        provinces: Their names.
        names: Of all agencies.
    """

    years: tuple[int, ...]
    kinds: dict[str, str]
    provinces: tuple[str, ...]
    names: Names


@dataclass(frozen=True, slots=True)
class Listed:
    """A hit and the report that it stands in."""

    hit: Hit
    report: Row


@dataclass(frozen=True, slots=True)
class Titled:
    """A report whose title holds the question."""

    report: Row
    pieces: tuple[Piece, ...]


def choices(conn: sqlite3.Connection) -> Choices:
    """The years, kinds and provinces of a release, and the names of its agencies."""
    years = conn.execute("SELECT DISTINCT year FROM _reports ORDER BY 1 DESC")
    kinds = conn.execute(
        "SELECT kind, min(kind_name) FROM agencies WHERE kind IS NOT NULL AND reports > 0 "
        "GROUP BY kind ORDER BY kind <> 'government', kind"
    )
    provinces = conn.execute(
        "SELECT DISTINCT name FROM regions WHERE level = 'province' ORDER BY region_code"
    )
    return Choices(
        tuple(year for (year,) in years),
        {kind: name or kind for kind, name in kinds},
        tuple(name for (name,) in provinces),
        Names(conn),
    )


def regions(conn: sqlite3.Connection, said: str) -> list[Row]:
    """The regions of a code or of a full or short name, each with the one above.

    A code that no table knows is searched all the same: reports bear the codes of their years.
    """
    if _CODE.fullmatch(said):
        known = rows(conn, _REGION.format(where="g.region_code = ?"), said, 1)
        return known or [{"region_code": said, "name": said, "parent_code": None, "parent": None}]
    where = "g.name = ? OR g.short_name = ?"
    return rows(conn, _REGION.format(where=where), said, said, MOST_REGIONS + 1)


def agency_name(conn: sqlite3.Connection, agency_id: str) -> str | None:
    """An agency's name, or None if there is none of that id."""
    found = rows(conn, "SELECT name FROM agencies WHERE agency_id = ?", agency_id)
    return str(found[0]["name"]) if found else None


def titled(conn: sqlite3.Connection, found: Sequence[str], question: str) -> list[Titled]:
    """Of some versions those whose titles hold all words of a question, in the same order."""
    if not found:
        return []
    ids = [version_id.rpartition(".v")[0] for version_id in found]
    reports = {str(row["report_id"]): row for row in _reports(conn, ids)}
    sought = words(question)
    said = [(reports[each], snippet(str(reports[each]["title"]), sought)) for each in ids]
    return [Titled(report, tuple(pieces)) for report, pieces in said if pieces]


def listed(conn: sqlite3.Connection, hits: Sequence[Hit]) -> list[Listed]:
    """Hits with their reports, in the same order."""
    ids = {hit.version_id: hit.version_id.rpartition(".v")[0] for hit in hits}
    reports = {str(row["report_id"]): row for row in _reports(conn, ids.values())}
    return [
        Listed(hit, reports[ids[hit.version_id]]) for hit in hits if ids[hit.version_id] in reports
    ]


def _reports(conn: sqlite3.Connection, ids: Iterable[str]) -> list[Row]:
    wanted = sorted(set(ids))
    marks = ", ".join("?" for _ in wanted)
    return rows(conn, _REPORTS.format(marks=marks), *wanted)
