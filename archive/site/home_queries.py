"""What the home page asks of a release, once: a release never changes."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from archive.site import past
from archive.site.heat import Heat, lines
from archive.site.queries import KINDS, Row, rows
from extract.forms import columns

#: An archive of no more agencies shows each of them, year by year; `/fugai` has them all.
AGENCIES_SHOWN = 40
#: So many rows the heat table has at most: the provinces, with some room.
LINES_SHOWN = 36
LATEST_SHOWN = 10
CHANGES_SHOWN = 6

_NAME = (
    "(SELECT g.name FROM regions g WHERE g.region_code = {code} ORDER BY g.valid_from DESC LIMIT 1)"
)
#: A region's name, of a county behind its city's.
_FULL_NAME = f"""coalesce(iif(length(p.region_code) = 6 AND p.region_code NOT LIKE '%00',
  {_NAME.format(code="substr(p.region_code, 1, 4) || '00'")}, ''), '')
  || {_NAME.format(code="p.region_code")}"""
_KNOWN_REGIONS = (
    "FROM _frame_regions f WHERE EXISTS (SELECT 1 FROM regions g "
    "WHERE g.region_code = f.region_code AND g.level <> 'township')"
)
#: Regions of which a column or a report is known, against all agencies that certainly existed.
BY_REGION = f"""
SELECT p.region_code AS code, {_FULL_NAME} AS name, p.year, p.certain_read AS "read",
  p.certain AS whole
FROM _frame_places p WHERE p.region_code IN (
  SELECT s.region_code FROM _frame_places s
  WHERE s.region_code IN (SELECT f.region_code {_KNOWN_REGIONS})
  GROUP BY s.region_code ORDER BY sum(s.certain_read) DESC, s.region_code LIMIT {LINES_SHOWN})
ORDER BY p.region_code, p.year"""
#: Whole provinces, of which some region is known.
BY_PROVINCE = f"""
SELECT s.province_code AS code, {_NAME.format(code="s.province_code")} AS name, s.year,
  sum(s."read") AS "read", sum(s.cells) AS whole
FROM frame_summary s
WHERE s.part = 'local' AND s.existence = 'certain'
  AND substr(s.province_code, 1, 2) IN (SELECT substr(region_code, 1, 2) FROM _frame_regions)
GROUP BY s.province_code, s.year ORDER BY s.province_code, s.year"""
#: Where no region is known by its code: the regions as the agencies have them.
BY_AGENCIES = f"""
WITH place AS (
  SELECT coalesce(region_code, '') AS code, min(region_name) AS name, count(*) AS whole
  FROM agencies GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT {LINES_SHOWN})
SELECT p.code, coalesce(p.name, '未确定地区') AS name, y.year,
  count(DISTINCT iif(r.status = 'read', r.agency_id, NULL)) AS "read", p.whole
FROM place p JOIN _years y
LEFT JOIN agencies a ON coalesce(a.region_code, '') = p.code
LEFT JOIN _reports r ON r.agency_id = a.agency_id AND r.year = y.year
GROUP BY p.code, y.year ORDER BY p.code = '', p.code, y.year"""


@dataclass(frozen=True, slots=True)
class Region:
    """Agencies of one region, each with its cells by year."""

    name: str
    agencies: tuple[tuple[Row, dict[int, Row]], ...]


@dataclass(frozen=True, slots=True)
class Home:
    """What the home page shows.

    Attributes:
        counts: Reports, agencies, years, figures, findings.
        heat: What was read by region and year; None of an empty release.
        heat_sql: The statement that it is made of.
        years: Columns of `regions`.
        regions: The agencies of a small archive; none of a large one.
        latest: Reports, by the dates that they print.
        changes: What pages were seen to give otherwise.
    """

    counts: dict[str, int]
    heat: Heat | None
    heat_sql: str
    years: tuple[int, ...]
    regions: tuple[Region, ...]
    latest: tuple[Row, ...]
    changes: tuple[past.Change, ...]


def home(conn: sqlite3.Connection, figures: int | None) -> Home:
    """Everything on the home page.

    Args:
        conn: A connection to the release.
        figures: How many figures it has, if its manifest says so: counting them reads the
            whole wide table.
    """
    counts = _counts(conn)
    counts["figures"] = _count_figures(conn) if figures is None else figures
    heat, sql = _heat(conn)
    years = tuple(year for (year,) in conn.execute("SELECT year FROM _years ORDER BY 1 DESC"))
    return Home(
        counts=counts,
        heat=heat,
        heat_sql=sql,
        years=years,
        regions=_regions(conn) if counts["agencies"] <= AGENCIES_SHOWN else (),
        latest=tuple(rows(conn, _LATEST, LATEST_SHOWN)),
        changes=tuple(past.latest(conn, CHANGES_SHOWN)),
    )


_LATEST = """
SELECT report_id, agency, agency_id, year, scope, status, published, failed
FROM reports ORDER BY published IS NULL, published DESC, report_id LIMIT ?"""


def _counts(conn: sqlite3.Connection) -> dict[str, int]:
    sums = ", ".join(f"coalesce(sum({column}), 0) AS {kind}" for kind, column in KINDS.items())
    row = rows(
        conn,
        f"SELECT count(*) AS reports, count(DISTINCT year) AS years, {sums}, "
        "(SELECT count(*) FROM agencies) AS agencies, "
        "coalesce(sum(failed + uncertain + not_assessable), 0) AS findings FROM _reports",
    )[0]
    return {name: int(str(count)) for name, count in row.items()}


def _count_figures(conn: sqlite3.Connection) -> int:
    terms = " + ".join(f'("{key}" IS NOT NULL)' for key in columns())
    return int(conn.execute(f"SELECT coalesce(sum({terms}), 0) FROM figures").fetchone()[0])


def _heat(conn: sqlite3.Connection) -> tuple[Heat | None, str]:
    """The finest table that stays small, and its statement."""
    every: dict[int, int] = dict(
        conn.execute("SELECT year, sum(status = 'read') FROM _reports GROUP BY year").fetchall()
    )
    if not every:
        return None, ""
    known, provinces = conn.execute(
        f"SELECT count(*), count(DISTINCT substr(f.region_code, 1, 2)) {_KNOWN_REGIONS}"
    ).fetchone()
    by, against, sql, hidden = "region", "expected", BY_REGION, max(0, known - LINES_SHOWN)
    if hidden and provinces > 1:
        by, sql, hidden = "province", BY_PROVINCE, 0
    elif not known:
        (places,) = conn.execute(
            "SELECT count(DISTINCT coalesce(region_code, '')) FROM agencies"
        ).fetchone()
        against, sql, hidden = "known", BY_AGENCIES, max(0, places - LINES_SHOWN)
    cells = conn.execute(sql).fetchall()
    last = max(max(every), *(cell[2] for cell in cells)) if cells else max(every)
    years = tuple(range(last, min(every) - 1, -1))
    columns_ = tuple(every.get(year, 0) for year in years)
    return Heat(by, against, years, lines(map(tuple, cells), years), columns_, hidden), sql


def _regions(conn: sqlite3.Connection) -> tuple[Region, ...]:
    """Every agency with its reports, by region."""
    cells: dict[object, dict[int, Row]] = {}
    for cell in rows(
        conn,
        "SELECT c.agency_id, c.year, c.status, c.report_id, r.failed "
        "FROM coverage c LEFT JOIN _reports r USING (report_id)",
    ):
        cells.setdefault(cell["agency_id"], {})[int(str(cell["year"]))] = cell
    regions: dict[str, list[tuple[Row, dict[int, Row]]]] = {}
    for agency in rows(
        conn,
        "SELECT agency_id, name, coalesce(region_name, '未确定地区') AS region FROM agencies "
        "ORDER BY region_code IS NULL, region_code, kind <> 'government', agency_id",
    ):
        of_region = regions.setdefault(str(agency["region"]), [])
        of_region.append((agency, cells.get(agency["agency_id"], {})))
    return tuple(Region(name, tuple(each)) for name, each in regions.items())
