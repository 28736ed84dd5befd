"""Coverage: of the agencies that the archive knows, and against all that there should be.

Regions × kinds × years are two million cells for the country, nearly all alike. So tables
hold what is not alike (columns, reports), and the view `frame` makes the cells.
"""

from __future__ import annotations

from .timeliness import DAYS_LATE, FIRST_SEEN, deadline, past_deadline, under_the_rule

#: What is known of a cell of the frame: from a report that was read to nothing at all.
STATUSES = (
    "read", "unread", "needs_ocr", "unresolved", "withheld", "not_found", "incomplete", "blocked",
    "robots", "column_not_found", "not_registered",
)  # fmt: skip

_OUTSIDE_PROVINCES = "('71', '81', '82')"
_OUTSIDE_COUNTIES = "('350527')"  # 金门县


def in_force(code: str) -> str:
    """SQL: 1 if the regulations on open government information are in force in a region.

    Args:
        code: SQL of the region's code.
    """
    return f"""(substr({code}, 1, 2) NOT IN {_OUTSIDE_PROVINCES}
    AND substr({code}, 1, 6) NOT IN {_OUTSIDE_COUNTIES})"""


COVERAGE_TABLES = f"""
CREATE TABLE expected (            -- 应有机关：层级 × 类别 × 年度
  level        TEXT NOT NULL,      -- province, prefecture, county, township
  kind         TEXT NOT NULL,
  first_year   INTEGER NOT NULL,   -- report years, both included
  last_year    INTEGER,            -- NULL: still
  kind_name    TEXT NOT NULL,
  part         TEXT NOT NULL,      -- local, vertical, town
  existence    TEXT NOT NULL,      -- certain, likely, unknown
  source       TEXT NOT NULL,
  is_verified  INTEGER NOT NULL,   -- 0: general knowledge
  PRIMARY KEY (level, kind, first_year)
) STRICT, WITHOUT ROWID;

CREATE TABLE _frame_years (year INTEGER PRIMARY KEY) STRICT;

CREATE TABLE _reach (               -- how far columns were read, of a region or an agency
  place        TEXT PRIMARY KEY,    -- region code, or agency id if it has columns of its own
  status       TEXT NOT NULL,       -- not_found, incomplete, blocked, robots, column_not_found
  how          TEXT NOT NULL,       -- outcome of the column that was read furthest
  portals      INTEGER NOT NULL,
  first_look   TEXT                 -- when the first of them was first seen
) STRICT, WITHOUT ROWID;

CREATE TABLE _unsettled (           -- reports of unresolved agencies, by the column's home
  place        TEXT NOT NULL,
  year         INTEGER NOT NULL,
  reports      INTEGER NOT NULL,
  PRIMARY KEY (place, year)
) STRICT, WITHOUT ROWID;

CREATE TABLE _frame_regions (       -- regions of which there is a column or a report
  region_code  TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TABLE _frame_size (          -- how many regions there were
  province_code TEXT NOT NULL,
  level        TEXT NOT NULL,
  part         TEXT NOT NULL,       -- local, devzone
  year         INTEGER NOT NULL,
  regions      INTEGER NOT NULL,
  PRIMARY KEY (province_code, level, part, year)
) STRICT, WITHOUT ROWID;

CREATE TABLE _frame_seen (          -- cells of `_frame_regions`, see the view frame_summary
  province_code TEXT NOT NULL,
  level        TEXT NOT NULL,
  part         TEXT NOT NULL,
  kind         TEXT NOT NULL,
  year         INTEGER NOT NULL,
  {", ".join(f'"{status}" INTEGER NOT NULL' for status in STATUSES)},
  PRIMARY KEY (province_code, level, part, kind, year)
) STRICT, WITHOUT ROWID;

CREATE TABLE _frame_places (        -- of `_frame_regions`, vertical systems left out
  region_code  TEXT NOT NULL,
  year         INTEGER NOT NULL,
  certain      INTEGER NOT NULL,    -- agencies whose existence is certain
  certain_read INTEGER NOT NULL,
  likely       INTEGER NOT NULL,
  likely_read  INTEGER NOT NULL,
  "read"       INTEGER NOT NULL,    -- of any existence
  PRIMARY KEY (region_code, year)
) STRICT, WITHOUT ROWID;
"""

_LOOK = "coalesce(own.first_look, hub.first_look)"
_REPORT = """LEFT JOIN _reports r ON r.report_id = (
    SELECT min(o.report_id) FROM _reports o WHERE o.agency_id = {agency} AND o.year = y.year)
  LEFT JOIN _reach own ON own.place = {agency}
  LEFT JOIN _reach hub ON hub.place = {region}"""


def withheld(agency: str, year: str = "y.year") -> str:
    """SQL: `withheld` if a report of an agency and year is withheld as a whole, else NULL.

    Args:
        agency: SQL of the agency's id.
        year: SQL of the year.
    """
    return f"""(SELECT 'withheld' FROM withheld w WHERE w.is_report AND w.report_id IN
      ({agency} || '-' || {year}, {agency} || '-' || {year} || '-agg') LIMIT 1)"""


#: Kind of an agency's region in the year; NULL where there was none.
_PLACE = """(SELECT g.kind FROM regions g WHERE g.region_code = a.region_code
    AND y.year >= g.valid_from AND y.year < coalesce(g.valid_to, 9999))"""


def _existence(level: str, kind: str) -> str:
    """What `expected` says of a kind in a year."""
    return f"""(SELECT e.existence FROM expected e WHERE e.level = {level} AND e.kind = {kind}
    AND y.year BETWEEN e.first_year AND coalesce(e.last_year, 9999))"""


def _scope(kind: str) -> str:
    """Scope of a report, or of the one that would be there."""
    return f"coalesce(r.scope, iif({kind} = 'government', 'aggregate', 'own'))"


def _dates(level: str, kind: str, under: str) -> str:
    """Columns about when: of a report if there is one, and of its deadline."""
    return f"""
  {FIRST_SEEN} AS first_seen,
  (SELECT v.published FROM _versions v WHERE v.n = r.n) AS published,
  {deadline(under, _scope(kind), level, "y.year")} AS deadline,
  {_LOOK} AS first_look"""


#: Of a cell of the frame: as of its agency if that is known, else as of the part of the frame.
_CELL_UNDER = f"""coalesce(
    (SELECT {under_the_rule(_scope("e.kind"))} FROM agencies a
     WHERE a.agency_id = g.region_code || '-' || e.kind),
    e.kind = 'town' OR e.part = 'local' AND g.kind <> '开发区'
      AND (e.kind <> 'government' OR {_scope("e.kind")} = 'aggregate'))"""

#: The first look and a capture, the earlier one.
_SINCE = "min(coalesce(first_look, first_seen), coalesce(first_seen, first_look))"
_LATE = f"""
  first_seen AS first_seen,         -- first capture of any version by a crawl, UTC
  published AS published,           -- date printed by the page, ISO
  deadline AS deadline,             -- by law; NULL where no statutory date is known
  {DAYS_LATE} AS days_late,         -- 0: not later; NULL: no statutory or no printed date
  {past_deadline(_SINCE)} AS first_capture_late  -- 1: we first looked after it, by days in China"""

_COUNTS = ",\n  ".join(f'coalesce(s."{status}", 0) AS "{status}"' for status in STATUSES[:-1])
_KNOWN = " + ".join(f's."{status}"' for status in STATUSES[:-1])
_OF_TOWNS = ", ".join(f's."{status}"' for status in STATUSES)

COVERAGE_VIEWS = f"""
CREATE VIEW coverage AS              -- agency × year, for every agency and year known here
SELECT
  agency_id AS agency_id,
  year AS year,
  status AS status,                 -- as in reports; else what the columns tell, or not_in_archive
  report_id AS report_id,           -- its own report where there is an aggregate one, too
  existence AS existence,           -- certain, likely, unknown, not_in_frame{_LATE}
FROM (SELECT
  a.agency_id AS agency_id,
  y.year AS year,
  coalesce(r.status, {withheld("a.agency_id")}, own.status, hub.status, 'not_in_archive')
    AS status,
  r.report_id AS report_id,
  CASE WHEN a.region_code IS NULL OR a.level IS NULL THEN 'unknown'
    WHEN {_PLACE} IS NULL OR NOT {in_force("a.region_code")} THEN 'not_in_frame'
    WHEN {_PLACE} = '开发区' THEN 'unknown'
    ELSE coalesce({_existence("a.level", "a.kind")}, 'not_in_frame') END AS existence,
  {_dates("a.level", "a.kind", under_the_rule(_scope("a.kind")))}
  FROM agencies a JOIN _years y
  {_REPORT.format(agency="a.agency_id", region="a.region_code")});

CREATE VIEW frame AS                 -- 应有机关 × 年度：当年有效的行政区划 × 应有类别
SELECT
  region_code AS region_code,
  region_name AS region_name,
  province_code AS province_code,
  level AS level,                   -- province, prefecture, county; township apart
  part AS part,                     -- local; vertical, devzone, town apart
  kind AS kind,
  kind_name AS kind_name,
  year AS year,                     -- report year
  existence AS existence,           -- of the agency: certain, likely, unknown
  status AS status,                 -- read, unread, needs_ocr, unresolved, not_found …
  how AS how,                       -- why not read: the report's status, or the column's outcome
  agency_id AS agency_id,           -- the id that it has, or would have
  report_id AS report_id,{_LATE}
FROM (SELECT
  g.region_code AS region_code, g.name AS region_name, g.province_code AS province_code,
  g.level AS level,
  iif(g.kind = '开发区', 'devzone', e.part) AS part,
  e.kind AS kind, e.kind_name AS kind_name, y.year AS year,
  iif(g.kind = '开发区', 'unknown', e.existence) AS existence,
  CASE WHEN r.status IN ('read', 'needs_ocr') THEN r.status
    WHEN r.status IS NOT NULL THEN 'unread'
    WHEN {withheld("g.region_code || '-' || e.kind")} IS NOT NULL THEN 'withheld'
    WHEN EXISTS (SELECT 1 FROM _unsettled u WHERE u.year = y.year
      AND u.place IN (g.region_code, g.region_code || '-' || e.kind)) THEN 'unresolved'
    ELSE coalesce(own.status, hub.status, 'not_registered') END AS status,
  iif(r.status = 'read', NULL, coalesce(r.status,
    {withheld("g.region_code || '-' || e.kind")}, own.how, hub.how)) AS how,
  g.region_code || '-' || e.kind AS agency_id,
  r.report_id AS report_id,
  {_dates("g.level", "e.kind", _CELL_UNDER)}
  FROM regions g
  JOIN expected e ON e.level = g.level
    AND (g.level <> 'township' OR (e.kind = 'subdistrict') = (g.kind = '街道'))
  JOIN _frame_years y ON y.year BETWEEN max(g.valid_from, e.first_year)
    AND min(coalesce(g.valid_to - 1, 9999), coalesce(e.last_year, 9999))
  {_REPORT.format(agency="g.region_code || '-' || e.kind", region="g.region_code")}
  -- Nothing is expected of a town of which nothing is known.
  WHERE {in_force("g.region_code")}
    AND (g.level <> 'township' OR coalesce(r.report_id, own.place, hub.place) IS NOT NULL));

CREATE VIEW frame_summary AS         -- 应有机关的覆盖：省 × 层级 × 类别 × 年度
SELECT
  z.province_code AS province_code,
  z.level AS level,
  iif(z.part = 'local', e.part, z.part) AS part,
  e.kind AS kind,
  e.kind_name AS kind_name,
  z.year AS year,
  iif(z.part = 'local', e.existence, 'unknown') AS existence,
  z.regions AS cells,               -- as many as regions of the level
  {_COUNTS},
  z.regions - coalesce({_KNOWN}, 0) AS not_registered
FROM _frame_size z JOIN expected e ON e.level = z.level
  AND z.year BETWEEN e.first_year AND coalesce(e.last_year, 9999)
LEFT JOIN _frame_seen s ON s.province_code = z.province_code AND s.level = z.level
  AND s.part = iif(z.part = 'local', e.part, z.part) AND s.kind = e.kind AND s.year = z.year
UNION ALL                           -- of towns, those of which anything is known
SELECT s.province_code, s.level, s.part, s.kind,
  (SELECT min(e.kind_name) FROM expected e WHERE e.level = s.level AND e.kind = s.kind),
  s.year, 'unknown', {_KNOWN} + s.not_registered, {_OF_TOWNS}
FROM _frame_seen s WHERE s.part = 'town';
"""
