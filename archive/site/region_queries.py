"""What the pages of regions ask of a release. Every function takes a read-only connection."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field

from archive.places.codes import span
from archive.schema.indicators import indicators
from archive.site.queries import Row, Statement, rows, told

#: So many agencies are listed on one page.
AGENCIES_SHOWN = 300
RATES = ("disclosed_of_closed", "disclosed_of_handled", "disclosed_of_decided")


@dataclass(slots=True)
class Line:
    """What a row of a table is about, and its cells by year."""

    head: Row
    years: dict[int, list[Row]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """A region's page.

    Attributes:
        head: The newest row of the region.
        periods: All rows of its code, the oldest first.
        above: The region above it.
        successors: The region that took over, each period's.
        former: Regions that it took over.
        agencies: Its own agencies, governments first.
        below: Regions below it of which there are reports.
        empty: Those of which there is none.
        pooled: Figures of its own agencies by scope, level and year.
        years: From the latest to the first.
    """

    head: Row
    periods: tuple[Row, ...]
    above: Row | None
    successors: tuple[Row, ...]
    former: tuple[Row, ...]
    agencies: tuple[Line, ...]
    below: tuple[Line, ...]
    empty: tuple[Row, ...]
    pooled: tuple[Row, ...]
    years: tuple[int, ...]


def provinces(conn: sqlite3.Connection) -> list[Row]:
    """The provinces, by code."""
    return rows(
        conn,
        "SELECT region_code, name, short_name FROM regions WHERE level = 'province' "
        "GROUP BY region_code ORDER BY region_code",
    )


def years(conn: sqlite3.Connection) -> list[tuple[int, int]]:
    """Years and how many reports there are of each, the latest first."""
    sql = "SELECT year, sum(reports) FROM _kind_sums GROUP BY year ORDER BY year DESC"
    return [(int(year), int(count)) for year, count in conn.execute(sql)]


def sums_by_province(year: int, level: str) -> Statement:
    """The statement that adds up a year's reports by province; rates of own ones of a level."""
    of_level = "scope = 'own' AND level IS :level AND is_vertical IS NOT 1"
    return (
        "SELECT substr(agency_id, 1, 2) || '0000' AS province_code, count(*) AS reports,\n"
        "  sum(status = 'read') AS \"read\", sum(must_failed > 0) AS must_failed,\n  "
        + ",\n  ".join(_rates(of_level))
        + "\nFROM agency_years\nWHERE year = :year AND region_code IS NOT NULL\n"
        "GROUP BY 1 ORDER BY 1",
        {"year": year, "level": level},
    )


def coverage_by_province(year: int) -> Statement:
    """The statement that adds up what there should be of a year, by province."""
    return (
        'SELECT province_code, sum(cells) AS cells, sum("read") AS "read"\nFROM frame_summary\n'
        "WHERE year = :year AND part = 'local' AND existence = 'certain'\n"
        "GROUP BY province_code ORDER BY province_code",
        {"year": year},
    )


def pooled(code: str) -> Statement:
    """The statement that adds up the figures of a region's own agencies by year."""
    return (
        "SELECT scope, level, is_vertical, year, count(*) AS reports,\n"
        "  sum(status = 'read') AS \"read\", sum(must_failed > 0) AS must_failed,\n"
        "  sum(received_new) AS received_new, count(received_new) AS received_new_n,\n  "
        + ",\n  ".join(_rates())
        + "\nFROM agency_years\nWHERE agency_id IN "
        "(SELECT agency_id FROM agencies WHERE agency_id >= :code\n"
        "  AND agency_id < :code || '~' AND region_code = :code)\n"
        "GROUP BY scope, level, is_vertical, year\n"
        "ORDER BY scope = 'aggregate', scope, is_vertical, level, year",
        {"code": code},
    )


#: The ids of its agencies begin with a region's code: the index finds them.
_OF_REGION = "a.agency_id >= ? AND a.agency_id < ? AND a.region_code = ?"


def _of_region(code: str) -> tuple[str, str, str]:
    return code, f"{code}~", code


def place(conn: sqlite3.Connection, code: str) -> Place | None:
    """A region's page, or None if neither a region nor an agency has that code."""
    periods = rows(conn, "SELECT * FROM regions WHERE region_code = ? ORDER BY valid_from", code)
    head = periods[-1] if periods else _unlisted(conn, code)
    if head is None:
        return None
    reports = _reports(conn, code)
    agencies = _agencies(conn, code, reports)
    below, empty = _below(conn, code)
    found = {year for line in (*agencies, *below) for year in line.years}
    found |= {int(str(row["year"])) for row in reports}
    return Place(
        head=head,
        periods=tuple(periods),
        above=_region(conn, head["parent_code"]),
        successors=tuple(_regions(conn, (row["successor_code"] for row in periods))),
        former=tuple(
            rows(
                conn,
                "SELECT region_code, name, valid_from, valid_to FROM regions "
                "WHERE successor_code = ? AND region_code <> ? ORDER BY region_code, valid_from",
                code,
                code,
            )
        ),
        agencies=tuple(agencies),
        below=tuple(below),
        empty=tuple(empty),
        pooled=told(conn, pooled(code)),
        years=tuple(range(max(found), min(found) - 1, -1)) if found else (),
    )


def _rates(condition: str = "") -> list[str]:
    """Numerator, denominator and number of reports of each rate, of reports that have both."""
    found = []
    for code in RATES:
        above, below = indicators()[code].numerator, indicators()[code].denominator
        both = f"{above} + {below} IS NOT NULL" + (f" AND {condition}" if condition else "")
        found += [
            f"sum(iif({both}, {above}, NULL)) AS {code}_above",
            f"sum(iif({both}, {below}, NULL)) AS {code}_below",
            f"sum({both}) AS {code}_n",
        ]
    return found


def _unlisted(conn: sqlite3.Connection, code: str) -> Row | None:
    """A region that only agencies name."""
    found = rows(
        conn,
        "SELECT region_code, max(region_name) AS name, NULL AS level, NULL AS parent_code, "
        "NULL AS kind, NULL AS code_2020 FROM agencies WHERE region_code = ? GROUP BY region_code",
        code,
    )
    return found[0] if found else None


def _region(conn: sqlite3.Connection, code: object) -> Row | None:
    return next(iter(_regions(conn, [code])), None)


def _regions(conn: sqlite3.Connection, codes: Iterable[object]) -> list[Row]:
    found: dict[object, Row] = {}
    for code in codes:
        if code is not None and code not in found:
            sql = (
                "SELECT region_code, name FROM regions WHERE region_code = ? "
                "ORDER BY valid_from DESC LIMIT 1"
            )
            found |= {row["region_code"]: row for row in rows(conn, sql, code)}
    return list(found.values())


def _agencies(conn: sqlite3.Connection, code: str, reports: list[Row]) -> list[Line]:
    """A region's own agencies, each with its reports by year."""
    found = rows(
        conn,
        "SELECT agency_id, name, kind, kind_name, level, is_vertical, org_form FROM agencies a "
        f"WHERE {_OF_REGION} ORDER BY kind <> 'government', is_vertical, kind, agency_id LIMIT ?",
        *_of_region(code),
        AGENCIES_SHOWN + 1,
    )
    lines = {row["agency_id"]: Line(row) for row in found}
    for report in reports:
        line = lines.get(report["agency_id"])
        if line is not None:
            line.years.setdefault(int(str(report["year"])), []).append(report)
    return list(lines.values())


def _reports(conn: sqlite3.Connection, code: str) -> list[Row]:
    return rows(
        conn,
        "SELECT r.report_id, r.agency_id, r.year, r.scope, r.status, r.failed FROM agencies a "
        "CROSS JOIN _reports r ON r.agency_id = a.agency_id "
        f"WHERE {_OF_REGION} ORDER BY r.agency_id, r.year, r.scope DESC",
        *_of_region(code),
    )


def _below(conn: sqlite3.Connection, code: str) -> tuple[list[Line], list[Row]]:
    """Regions below one: those with reports, their own or further below, and the others."""
    first, last = span(code)
    parents = {
        row["region_code"]: row["parent_code"]
        for row in rows(
            conn,
            "SELECT region_code, parent_code FROM regions "
            "WHERE region_code >= ? AND region_code < ?",
            first,
            last,
        )
    }
    children = rows(
        conn,
        "SELECT region_code, name, min(valid_from) AS valid_from, "
        "iif(count(*) = count(valid_to), max(valid_to), NULL) AS valid_to FROM regions "
        "WHERE parent_code = ? GROUP BY region_code ORDER BY region_code",
        code,
    )
    lines = {row["region_code"]: Line(row) for row in children}
    counted = rows(
        conn,
        "SELECT a.region_code, r.year, count(*) AS reports, sum(r.status = 'read') AS \"read\" "
        "FROM agencies a CROSS JOIN _reports r ON r.agency_id = a.agency_id "
        "WHERE a.agency_id >= ? AND a.agency_id < ? AND a.region_code <> ? GROUP BY 1, 2",
        first,
        last,
        code,
    )
    for row in counted:
        above: object = row["region_code"]
        while above is not None and above not in lines:
            above = parents.get(above)
        if above is not None:
            lines[above].years.setdefault(int(str(row["year"])), []).append(row)
    every = list(lines.values())
    return [each for each in every if each.years], [each.head for each in every if not each.years]
