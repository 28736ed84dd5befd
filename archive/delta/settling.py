"""Findings of checks over several reports, written in the place of those before."""

from __future__ import annotations

from ..checks.running import CHECKS
from ..packing import Packed
from .judging import Judged

_CODES = ", ".join(f"'{code}'" for code in sorted(CHECKS))
_MINE = f"""(SELECT f.version, f.number FROM _findings f JOIN _equations e ON e.n = f.equation
WHERE f.version = ? AND e."check" IN ({_CODES}))"""


def settle(tables: Packed, others: set[str], new: set[str], was: Judged, told: Judged) -> None:
    """Write what the checks say now, and count it.

    Args:
        tables: Takes the findings.
        others: Reports that were there before and are judged again.
        new: Reports that were written now.
        was: What the checks said of them.
        told: What they say now, of them and of the reports that are new.
    """
    db = tables.connection
    sql = "SELECT r.n, v.version_id FROM _reports r JOIN _versions v ON v.n = r.n WHERE {}"
    kept = [db.execute(sql.format("r.report_id = ?"), (each,)).fetchone() for each in others]
    with db:
        for n, version in kept:
            for table in ("_finding_more", "_findings"):
                db.execute(f"DELETE FROM {table} WHERE (version, number) IN {_MINE}", (n,))
            db.execute(
                "UPDATE _reports SET passed = passed - ? WHERE n = ?",
                (was.passed.get(version, 0), n),
            )
    last = "SELECT coalesce(max(f.number), 0) FROM _findings f JOIN _versions v ON v.n = f.version \
WHERE v.version_id = ?"
    for version, rows in told.findings.items():
        (number,) = db.execute(last, (version,)).fetchone()
        for row in rows:
            number += 1
            tables.add("findings", [{"version_id": version, "number": number, **row}])
    tables.flush()
    number_of = "SELECT n FROM _reports WHERE report_id = ?"
    written = [db.execute(number_of, (each,)).fetchone()[0] for each in sorted(new)]
    tables.count_findings(told.passed, [*(n for n, _ in kept), *written])
