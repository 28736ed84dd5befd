"""The sums of the frame, and the small tables from which its view makes the cells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..histories import Gathered
from ..packing import Packed
from ..schema.coverage import STATUSES, in_force
from .expected import first_year
from .reach import portal_rows, reach_rows

_SEEN = """
SELECT r.agency_id, w.word FROM _reports r JOIN _words w ON w.n = r.portal
GROUP BY r.agency_id, w.word"""
_YEARS = """
WITH RECURSIVE years(year) AS (
  SELECT :first UNION ALL
  SELECT year + 1 FROM years WHERE year < (SELECT max(year) FROM _years))
INSERT INTO _frame_years SELECT year FROM years WHERE EXISTS (SELECT 1 FROM _years)"""
# A town's report is no department's, whatever its agency's name turns out to mean.
_UNSETTLED = """
INSERT INTO _unsettled
SELECT coalesce(p.agency_id, p.region_code), r.year, count(*)
FROM _reports r JOIN agencies a ON a.agency_id = r.agency_id
JOIN _words w ON w.n = r.portal JOIN portals p ON p.portal = w.word
WHERE NOT a.resolved AND coalesce(p.agency_id, p.region_code) IS NOT NULL
  AND coalesce(a.level, '') <> 'township'
  AND a.name NOT GLOB '*街道' AND a.name NOT GLOB '*办事处'
  AND a.name NOT GLOB '*[乡镇]' AND a.name NOT GLOB '*[乡镇]人民政府'
GROUP BY 1, 2"""
_REGIONS = """
INSERT INTO _frame_regions
SELECT region_code FROM agencies WHERE region_code IS NOT NULL
UNION SELECT substr(place, 1, instr(place || '-', '-') - 1) FROM _reach WHERE place NOT GLOB 'u-*'
UNION SELECT substr(place, 1, instr(place || '-', '-') - 1) FROM _unsettled
UNION SELECT substr(report_id, 1, instr(report_id || '-', '-') - 1) FROM withheld
  WHERE is_report AND report_id NOT GLOB 'u-*'"""
_SIZE = f"""
INSERT INTO _frame_size
SELECT g.province_code, g.level, iif(g.kind = '开发区', 'devzone', 'local'), y.year, count(*)
FROM regions g JOIN _frame_years y
  ON y.year >= g.valid_from AND y.year < coalesce(g.valid_to, 9999)
WHERE g.level <> 'township' AND {in_force("g.region_code")} GROUP BY 1, 2, 3, 4"""
_CELLS = """
CREATE TEMP TABLE cells AS
SELECT region_code, province_code, level, part, kind, year, existence, status FROM frame
WHERE region_code IN (SELECT region_code FROM _frame_regions)"""
_COUNTS = ", ".join(f"sum(status = '{status}')" for status in STATUSES)
_COUNTED = f"""
INSERT INTO _frame_seen SELECT province_code, level, part, kind, year, {_COUNTS}
FROM temp.cells GROUP BY 1, 2, 3, 4, 5"""
_PLACES = """
INSERT INTO _frame_places
SELECT region_code, year,
  sum(existence = 'certain'), sum(existence = 'certain' AND status = 'read'),
  sum(existence = 'likely'), sum(existence = 'likely' AND status = 'read'), sum(status = 'read')
FROM temp.cells WHERE part <> 'vertical' GROUP BY 1, 2"""


def count_frame(tables: Packed, gathered: Gathered) -> None:
    """Fill what the views `frame`, `frame_summary` and `coverage` are made from.

    Regions, agencies, `expected`, deadlines and reports must be there. What costs time is in
    proportion to the regions of which the archive knows a column or a report; of the others
    only their number counts.

    Args:
        tables: Takes rows of nianbao.db; nothing waits in it.
        gathered: The registry entries and outcomes, and whose a name is.
    """
    db = tables.connection
    portals = portal_rows(
        gathered.entries, gathered.outcomes, gathered.first_looks, gathered.resolve
    )
    rows: Mapping[str, list[dict[str, Any]]] = {
        "portals": portals,
        "_reach": list(reach_rows(portals, db.execute(_SEEN))),
    }
    for table, all_ in rows.items():
        tables.add(table, all_)
    tables.flush()
    with db:
        db.execute(_YEARS, {"first": first_year()})
        for statement in (_UNSETTLED, _REGIONS, _SIZE, _CELLS, _COUNTED, _PLACES):
            db.execute(statement)
        db.execute("DROP TABLE temp.cells")
