"""What is wrong in the current release, for the operator's terminal."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from .build import last_outcomes
from .errors import ReleaseMissing
from .ledger import Ledger
from .release import current_manifest
from .root import DataRoot


def problems(root: DataRoot) -> Iterator[str]:
    """Lines that say what did not go well: findings, unread documents, portals.

    Raises:
        ReleaseMissing: There is no release yet.
    """
    manifest = current_manifest(root)
    if not manifest:
        raise ReleaseMissing(f"{root.path} has no release yet; run `make build` first")
    with sqlite3.connect(f"file:{root.current / 'nianbao.db'}?mode=ro", uri=True) as db:
        yield f"release {manifest['release']}: {_counts(db)}"
        yield "findings by check (fail / uncertain / not assessable, reports concerned):"
        yield from _findings(db)
        yield "reports that are not read, by status:"
        yield from _pairs(
            db, "SELECT status, count(*) FROM reports WHERE status <> 'read' GROUP BY 1 ORDER BY 1"
        )
        yield "documents that are no report here, by reason:"
        yield from _pairs(db, "SELECT reason, count(*) FROM unread GROUP BY 1 ORDER BY 1")
        for row in db.execute("SELECT reason, url, detail FROM unread ORDER BY reason, url"):
            yield f"    {row[0]}: {row[1]}: {row[2]}"
        yield "agencies not yet tied to a region and kind:"
        yield from _pairs(db, "SELECT name, reports FROM agencies WHERE NOT resolved ORDER BY 1")
    db.close()
    yield "portals that did not end complete:"
    ledger = Ledger(root.ledger)
    outcomes = last_outcomes(ledger)
    ledger.close()
    for portal, last in sorted(outcomes.items()):
        if last["outcome"] != "complete":
            declared = " (as its registry declares)" if last["outcome"] == last["expected"] else ""
            yield f"  {portal}: {last['outcome']}{declared} {last['detail']}".rstrip()


def _counts(db: sqlite3.Connection) -> str:
    read, every = db.execute("SELECT sum(status = 'read'), count(*) FROM reports").fetchone()
    return f"{every} reports, {read or 0} of them read"


def _findings(db: sqlite3.Connection) -> Iterator[str]:
    sql = """
        SELECT "check", sum(status = 'fail'), sum(status = 'uncertain'),
               sum(status = 'not_assessable'), count(DISTINCT report_id)
        FROM findings WHERE version_id IN (SELECT version_id FROM reports)
        GROUP BY 1 ORDER BY 1"""
    found = False
    for code, fail, uncertain, not_assessable, reports in db.execute(sql):
        found = True
        yield f"  {code}: {fail} / {uncertain} / {not_assessable}, {reports} reports"
    if not found:
        yield "  none"


def _pairs(db: sqlite3.Connection, sql: str) -> Iterator[str]:
    rows = db.execute(sql).fetchall()
    yield from (f"  {name}: {count}" for name, count in rows) if rows else ("  none",)
