"""What the checks ask: the current read reports, and whose part each agency is."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

_FORM = "CASE v.{0} WHEN 1 THEN v.form ELSE v.{0} END AS {0}"
#: Reports as read, in their current version; legacy ones have no figures and are no part of it.
_CURRENT = f"""
CREATE TEMP TABLE current AS
SELECT r.n, v.version_id, r.report_id, r.agency_id, r.scope, r.year,
  {_FORM.format("form_t2")}, {_FORM.format("form_t3")}, v.text_sha256, v.figures_sha256,
  r.form IS 'legacy' AS is_legacy
FROM _reports r JOIN _versions v ON v.n = r.n
WHERE r.status = 'read'
"""
#: Governments by their regions: joined with all agencies without a key, a country is a billion
#: pairs. Here and below CROSS JOIN keeps the order, whatever SQLite knows of the tables' sizes.
_GOVERNMENTS = """
CREATE TEMP TABLE governments AS
SELECT agency_id, name, region_code, parent_id FROM agencies WHERE kind = 'government'
"""
_MEMBER = """a.agency_id, a.kind, a.region_code, a.first_year, a.last_year,
  g.agency_id AS government, g.name AS government_name"""
_IS_BELOW = "a.kind IS NOT 'government' AND a.is_vertical IS NOT 1 AND a.resolved"
#: Agencies below a government: its departments and towns, as far as it is known whose they are.
#: Vertical systems report on their own, and are in no local aggregate (Regulation, art. 3).
_MEMBERS = f"""
CREATE TEMP TABLE members AS
SELECT {_MEMBER}
FROM agencies a CROSS JOIN agencies g ON g.agency_id = a.parent_id
WHERE g.kind = 'government' AND {_IS_BELOW}
UNION ALL
SELECT {_MEMBER}
FROM agencies a CROSS JOIN temp.governments g ON g.region_code = substr(a.region_code, 1, 6)
WHERE a.parent_id IS NULL AND {_IS_BELOW}
"""


@contextmanager
def prepared(db: sqlite3.Connection, only: str = "") -> Iterator[None]:
    """`temp.current`, `temp.governments` and `temp.members`, for as long as the checks run.

    Args:
        db: nianbao.db, all reports in it.
        only: Which reports are asked, as SQL that goes on with AND; all of them if "".
    """
    db.execute(f"{_CURRENT} {only}")
    db.execute("CREATE INDEX temp.current_agency ON current(agency_id, scope, year)")
    db.execute(_GOVERNMENTS)
    db.execute("CREATE INDEX temp.governments_region ON governments(region_code)")
    db.execute(_MEMBERS)
    db.execute("CREATE INDEX temp.members_agency ON members(agency_id)")
    try:
        yield
    finally:
        db.rollback()
        db.execute("DROP TABLE temp.current")
        db.execute("DROP TABLE temp.governments")
        db.execute("DROP TABLE temp.members")
