"""What the pages of coverage ask of a release. Every function takes a read-only connection."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from archive.schema.codes import FRAME_STATUS
from archive.site.queries import Row, rows

#: So many regions are listed on one page; all of them are in `frame.csv`.
REGIONS_SHOWN = 200
#: What counts as expected: departments and governments that certainly existed.
_CERTAIN = "part = 'local' AND existence = 'certain'"
_SUMS = ", ".join(f'sum("{status}") AS "{status}"' for status in FRAME_STATUS)
_SHOWN = """
SELECT DISTINCT g.region_code FROM _frame_regions f
JOIN regions g ON g.region_code = f.region_code AND g.level <> 'township'
{where} ORDER BY g.region_code LIMIT ?"""


@dataclass(frozen=True, slots=True)
class Cells:
    """A row of cells by year: whose they are, and what is known of each."""

    head: Row
    years: dict[int, Row]


@dataclass(frozen=True, slots=True)
class Overview:
    """The frame as a whole: sums by year, province and level, kind, and known region."""

    years: tuple[Row, ...]
    provinces: tuple[Row, ...]
    kinds: tuple[Cells, ...]
    regions: tuple[Cells, ...]
    known: int


@dataclass(frozen=True, slots=True)
class Place:
    """A region: its expected agencies, the regions below it, and its columns."""

    head: Row
    above: Row | None
    kinds: tuple[Cells, ...]
    below: tuple[Cells, ...]
    portals: tuple[Row, ...]


def years(conn: sqlite3.Connection) -> list[int]:
    """The frame's years, the latest first."""
    return [year for (year,) in conn.execute("SELECT year FROM _frame_years ORDER BY 1 DESC")]


def overview(conn: sqlite3.Connection) -> Overview:
    """What the first page shows."""
    by_kind = rows(
        conn,
        'SELECT kind, kind_name, existence, year, sum(cells) AS cells, sum("read") AS "read" '
        "FROM frame_summary WHERE part = 'local' AND existence <> 'unknown' "
        "GROUP BY kind, existence, year ORDER BY existence, kind <> 'government', kind",
    )
    known = conn.execute(
        "SELECT count(DISTINCT region_code) FROM _frame_regions JOIN regions USING (region_code) "
        "WHERE level <> 'township'"
    ).fetchone()
    return Overview(
        years=tuple(
            rows(
                conn,
                f"SELECT year, sum(cells) AS cells, {_SUMS} FROM frame_summary "
                f"WHERE {_CERTAIN} GROUP BY year ORDER BY year DESC",
            )
        ),
        provinces=tuple(
            rows(
                conn,
                "SELECT s.province_code, s.level, sum(s.cells) AS cells, "
                'sum(s."read") AS "read", sum(s.not_registered) AS not_registered, '
                "(SELECT g.name FROM regions g WHERE g.region_code = s.province_code "
                "ORDER BY g.valid_from DESC LIMIT 1) AS name "
                f"FROM frame_summary s WHERE {_CERTAIN} GROUP BY s.province_code, s.level "
                "ORDER BY s.province_code, s.level = 'county', s.level = 'prefecture'",
            )
        ),
        kinds=_by("kind", by_kind, "existence"),
        regions=_regions(conn, ""),
        known=int(known[0]),
    )


def place(conn: sqlite3.Connection, code: str) -> Place | None:
    """A region's page, or None if no region has that code."""
    found = rows(conn, _HEAD, code)
    if not found:
        return None
    head, above = found[0], found[0]["parent_code"]
    cells = rows(
        conn,
        "SELECT part, kind, kind_name, existence, year, status, how, report_id, agency_id "
        "FROM frame WHERE region_code = ? "
        "ORDER BY part = 'town', part = 'devzone', part = 'vertical', "
        "kind <> 'government', kind, year",
        code,
    )
    portals = rows(
        conn,
        "SELECT p.portal, p.agency, p.column_url, p.first_look, "
        "coalesce(f.meaning, '尚无抓取结果') AS outcome FROM portals p "
        "LEFT JOIN flags f ON f.about = 'outcome' AND f.flag = p.outcome "
        "WHERE p.region_code = ? ORDER BY p.portal",
        code,
    )
    return Place(
        head=head,
        above=next(iter(rows(conn, _HEAD, above)), None) if above else None,
        kinds=_by("kind", cells),
        below=_regions(conn, "WHERE g.parent_code = ?", code),
        portals=tuple(portals),
    )


_HEAD = """
SELECT region_code, name, level, parent_code, min(valid_from) AS valid_from,
  iif(count(*) = count(valid_to), max(valid_to), NULL) AS valid_to
FROM (SELECT * FROM regions WHERE region_code = ? ORDER BY valid_from)
HAVING count(*) > 0"""


def kind(conn: sqlite3.Connection, slug: str) -> tuple[str, tuple[Cells, ...]] | None:
    """A kind's name and its cells in the known regions, or None if it is not expected."""
    name = conn.execute("SELECT kind_name FROM expected WHERE kind = ?", (slug,)).fetchone()
    if name is None:
        return None
    cells = rows(
        conn,
        "SELECT region_code, region_name, existence, year, status, how, report_id, agency_id "
        f"FROM frame WHERE kind = ? AND region_code IN ({_SHOWN.format(where='')}) "
        "ORDER BY region_code, year",
        slug,
        REGIONS_SHOWN,
    )
    return str(name[0]), _by("region_code", cells)


def _regions(conn: sqlite3.Connection, where: str, *parameters: object) -> tuple[Cells, ...]:
    """Sums of known regions by year."""
    cells = rows(
        conn,
        "SELECT region_code, year, certain, certain_read, likely, likely_read, "
        "(SELECT g.name FROM regions g WHERE g.region_code = p.region_code "
        "ORDER BY g.valid_from DESC LIMIT 1) AS name FROM _frame_places p "
        f"WHERE region_code IN ({_SHOWN.format(where=where)}) ORDER BY region_code, year",
        *parameters,
        REGIONS_SHOWN,
    )
    return _by("region_code", cells)


def _by(name: str, cells: list[Row], *more: str) -> tuple[Cells, ...]:
    """Cells put together into rows: those of one `name` (and `more`)."""
    found: dict[tuple[object, ...], Cells] = {}
    for cell in cells:
        key = tuple(cell[each] for each in (name, *more))
        found.setdefault(key, Cells(cell, {})).years[int(str(cell["year"]))] = cell
    return tuple(found.values())
