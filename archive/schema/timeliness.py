"""The view `timeliness`: printed date, statutory date, and when the archive first saw a report."""

from __future__ import annotations

from .compact import iso_time

#: The statutory date speaks of governments and their departments: what a vertical system, a
#: branch, a development zone or an institution owes is not told by it (Regulation, art. 49).
_UNDER_THE_RULE = """(a.level = 'country' OR a.is_vertical IS NOT 1
  AND coalesce(a.org_form, 'department') IN ('government', 'office', 'department'))
  AND (r.scope = 'aggregate' OR a.kind IS NOT 'government')"""
_DEADLINE = """(SELECT printf('%04d-%02d-%02d', r.year + 1, d.month, d.day) FROM deadlines d
  WHERE d.scope = r.scope AND d.level = a.level
  AND r.year BETWEEN d.first_year AND coalesce(d.last_year, r.year))"""
# Captures of all versions of a report; an import's time is not an agency's.
_FIRST_SEEN = f"""(SELECT {iso_time("min(s.captured_at)")}
  FROM _versions o JOIN _sources s ON s.version = o.n
  WHERE o.version_id > r.report_id || '.v' AND o.version_id < r.report_id || '.w'
  AND s.role NOT IN (SELECT w.n FROM _words w WHERE w.word = 'import'))"""

VIEW = f"""
CREATE VIEW timeliness AS           -- 公布日期与法定期限；页面所示日期未必是首次公布之日
SELECT t.report_id, t.agency_id, t.year, t.scope, t.published,
  t.deadline AS deadline,           -- NULL: no statutory date is known
  CASE WHEN t.published IS NOT NULL AND t.deadline IS NOT NULL
    THEN max(0, CAST(julianday(t.published) - julianday(t.deadline) AS INTEGER))
  END AS days_late,                 -- 0: not later; NULL: no statutory or no printed date
  t.first_seen AS first_seen,       -- first capture of any version by a crawl, UTC
  substr(t.first_seen, 1, 10) > t.deadline AS seen_late  -- 1: says nothing of the day before
FROM (
  SELECT r.report_id, r.agency_id, r.year, r.scope,
    (SELECT v.published FROM _versions v WHERE v.n = r.n) AS published,
    CASE WHEN {_UNDER_THE_RULE} THEN {_DEADLINE} END AS deadline,
    {_FIRST_SEEN} AS first_seen
  FROM _reports r JOIN agencies a ON a.agency_id = r.agency_id
) t;
"""
