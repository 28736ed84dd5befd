"""When a report was due, printed and first seen; and the view `timeliness` of that.

`coverage` and `frame` speak of the same days, so what a date is said once, here.
"""

from __future__ import annotations

from .compact import iso_time

#: The statutory date speaks of governments and their departments: what a vertical system, a
#: branch, a development zone, a body of one, or an institution owes is not told by it
#: (Regulation, art. 49).
_BODY = """(a.level IS 'country' OR a.is_vertical IS NOT 1
  AND coalesce(a.org_form, 'department') IN ('government', 'office', 'department')
  AND coalesce(a.parent_id, '') NOT GLOB '*-devzone*')"""


def under_the_rule(scope: str) -> str:
    """SQL: 1 if the law has a date for a report of an agency `a`.

    A government owes the aggregate report; its own is its office's matter.

    Args:
        scope: SQL of the report's scope.
    """
    return f"({_BODY} AND ({scope} = 'aggregate' OR a.kind IS NOT 'government'))"


def deadline(under: str, scope: str, level: str, year: str) -> str:
    """SQL of the statutory date of a report; NULL where none is known.

    Args:
        under: SQL: whether the law has a date for such a body.
        scope: SQL of the report's scope.
        level: SQL of its agency's level.
        year: SQL of the report year.
    """
    return f"""CASE WHEN {under} THEN (
    SELECT printf('%04d-%02d-%02d', {year} + 1, d.month, d.day) FROM deadlines d
    WHERE d.scope = {scope} AND d.level = {level}
    AND {year} BETWEEN d.first_year AND coalesce(d.last_year, {year})) END"""


#: Captures of all versions of a report `r`; an import's time is no first sight of its page.
FIRST_SEEN = f"""(SELECT min({iso_time("s.captured_at")})
  FROM _versions o JOIN _sources s ON s.version = o.n
  WHERE o.version_id > r.report_id || '.v' AND o.version_id < r.report_id || '.w'
  AND (SELECT w.word FROM _words w WHERE w.n = s.role) <> 'import')"""
#: Days from the deadline to the printed date; 0: not later, NULL: one of them is not there.
DAYS_LATE = "max(0, CAST(julianday(published) - julianday(deadline) AS INTEGER))"


def past_deadline(time: str) -> str:
    """SQL: 1 if a time in UTC is later than the deadline, a day in China (UTC+8)."""
    return f"date({time}, '+8 hours') > deadline"


VIEW = f"""
CREATE VIEW timeliness AS           -- 公布日期与法定期限；页面所示日期未必是首次公布之日
SELECT report_id, agency_id, year, scope, published,
  deadline AS deadline,             -- NULL: no statutory date is known
  {DAYS_LATE} AS days_late,         -- 0: not later; NULL: no statutory or no printed date
  first_seen AS first_seen,         -- first capture of any version by a crawl, UTC
  {past_deadline("first_seen")} AS seen_late  -- by the day in China; 1: the day before is unknown
FROM (
  SELECT r.report_id, r.agency_id, r.year, r.scope,
    (SELECT v.published FROM _versions v WHERE v.n = r.n) AS published,
    {deadline(under_the_rule("r.scope"), "r.scope", "a.level", "r.year")} AS deadline,
    {FIRST_SEEN} AS first_seen
  FROM _reports r JOIN agencies a ON a.agency_id = r.agency_id
);
"""
