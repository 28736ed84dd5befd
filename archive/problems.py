"""What is wrong in the current release, for the operator's terminal."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from .codebook import OUTCOMES, REASONS
from .corrections.unused import unused
from .curation import folder_of, load_all
from .errors import ReleaseMissing
from .idle import idle
from .ledger import Ledger
from .manifest import FILES, current_manifest, is_whole, reading, require_schema
from .root import DataRoot
from .runs import last_outcomes
from .withholding.decision import Withheld
from .withholding.telling import told_of

_WITHOUT_TABLE = """
    SELECT flag, count(*) FROM flags
    JOIN reports ON instr(' ' || reports.flags || ' ', ' ' || flag || ' ')
    WHERE flag LIKE 'no_t_' AND about = 'report' GROUP BY 1 ORDER BY 1"""
_ABSENT = """
    SELECT s.url, max(s.gone_since), max(s.unlisted_since)
    FROM sources s JOIN reports USING (version_id)
    WHERE s.gone_since IS NOT NULL OR s.unlisted_since IS NOT NULL GROUP BY 1 ORDER BY 1"""
_FINDINGS = """
    SELECT "check", c.title_en, c.strength, sum(status = 'fail'), sum(status = 'uncertain'),
           sum(status = 'not_assessable'), count(DISTINCT report_id), sum(reading <> 'certain')
    FROM current_findings JOIN checks c USING ("check")
    WHERE (c.strength = 'informative') = ? GROUP BY 1 ORDER BY 1"""
#: As the build, the home page and the manifest count them.
_TOTALS = """
    SELECT sum(failed + uncertain + not_assessable), sum(failed), sum(uncertain),
           sum(not_assessable), sum(informative) FROM reports"""
_LEFT_OUT = "SELECT portal, documents FROM left_out ORDER BY 1"


def problems(root: DataRoot, curation: Path | None = None) -> Iterator[str]:
    """Lines that say what did not go well: portals, findings, unread documents.

    Args:
        root: The data root.
        curation: The folder of decisions by hand; the project's own if None.

    Raises:
        CurationRefused: A decision by hand is not as it must be.
        RootRefused: The root is empty.
        ReleaseMissing: There is no release yet; said after the portals.
    """
    registry = root.require()
    decided = load_all(folder_of(root.path, curation), fiction=registry.fiction)
    decisions = decided.agencies
    yield from _portals(root)
    if not is_whole(root):
        raise ReleaseMissing(
            f"{root.path} has no release: nothing was obtained yet, or it is not built "
            f"(`make build DATA={root.path}`)"
        )
    require_schema(root.current.resolve())
    with reading(root.current / FILES[0]) as db:
        yield f"release {current_manifest(root)['release']}: {_counts(db)}"
        yield _totals(db)
        yield "findings by check (strength: fail / uncertain / not assessable, reports concerned):"
        yield from _findings(db, is_informative=False)
        yield from _off(db)
        yield "notes of informative checks, which judge nothing (the same numbers):"
        yield from _findings(db, is_informative=True)
        yield "reports that are not read, by status:"
        yield from _pairs(
            db, "SELECT status, count(*) FROM reports WHERE status <> 'read' GROUP BY 1 ORDER BY 1"
        )
        yield "reports of which a table was not found, by flag:"
        yield from _pairs(db, _WITHOUT_TABLE)
        yield "addresses that give their report no more (what was obtained is kept):"
        yield from [_absent(*row) for row in db.execute(_ABSENT)] or ["  none"]
        yield "documents that are no report here, by reason:"
        yield from _reasons(db)
        for row in db.execute("SELECT reason, url, detail FROM unread ORDER BY reason, url"):
            yield f"    {row[0]}: {row[1]}: {row[2]}"
        yield "candidates that are no reports, by portal (counted, not listed):"
        yield from _pairs(db, _LEFT_OUT)
        yield "agencies not yet tied to a region and kind:"
        yield from _pairs(db, "SELECT name, reports FROM agencies WHERE NOT resolved ORDER BY 1")
        yield "figures and documents read by hand that are not, or no more, what is shown:"
        yield from list(unused(db)) or ["  none"]
        today = (datetime.now(UTC).date() + timedelta(days=1)).isoformat()  # in China it may be
        yield from _withheld(root, decided.withheld, today)
        if registry.fiction and curation is None:
            return  # the project's own decisions are on the country
        yield "decisions by hand that decided nothing in this release:"
        yield from list(idle(db, decisions, today)) or ["  none"]


def _withheld(root: DataRoot, withheld: Withheld, today: str) -> Iterator[str]:
    if not withheld.entries:
        return
    yield f"decisions to withhold that need a look, of {len(withheld.entries)}:"
    ledger = Ledger(root.ledger, read_only=True)
    try:
        with reading(root.current / FILES[0], text=root.current / FILES[1]) as db:
            yield from list(told_of(db, withheld, ledger, today)) or ["  none"]
    finally:
        ledger.close()


def _portals(root: DataRoot) -> Iterator[str]:
    if not root.ledger.exists():
        return
    ledger = Ledger(root.ledger, read_only=True)
    try:
        outcomes = last_outcomes(ledger)
    finally:
        ledger.close()
    yield "portals that did not end complete:"
    lines = [
        f"  {portal}: {_outcome(last['outcome'])}"
        + (" (as its registry declares)" if last["outcome"] == last["expected"] else "")
        + (f": {last['detail']}" if last["detail"] else "")
        for portal, last in sorted(outcomes.items())
        if last["outcome"] != "complete"
    ]
    yield from lines or ["  none"]


def _outcome(outcome: str) -> str:
    """An outcome with its meaning; an unknown one is shown as it is."""
    return f"{outcome} ({OUTCOMES[outcome][1]})" if outcome in OUTCOMES else outcome


def _absent(url: str, gone: str | None, unlisted: str | None) -> str:
    parts = [f"gone since {gone}" if gone else "", f"unlisted since {unlisted}" if unlisted else ""]
    return f"  {url}: {', '.join(filter(None, parts))}"


def _reasons(db: sqlite3.Connection) -> Iterator[str]:
    rows = db.execute("SELECT reason, count(*) FROM unread GROUP BY 1 ORDER BY 1").fetchall()
    for reason, count in rows:
        yield f"  {reason}: {count}" + (f" ({REASONS[reason][1]})" if reason in REASONS else "")
    if not rows:
        yield "  none"


def _counts(db: sqlite3.Connection) -> str:
    read, every = db.execute("SELECT sum(status = 'read'), count(*) FROM reports").fetchone()
    return f"{every} reports, {read or 0} of them read"


def _totals(db: sqlite3.Connection) -> str:
    every, failed, uncertain, not_assessable, informative = (
        number or 0 for number in db.execute(_TOTALS).fetchone()
    )
    return (
        f"{every} findings: {failed} did not agree, {uncertain} uncertain, "
        f"{not_assessable} not assessable; counted apart: "
        f"notes of informative checks: {informative}"
    )


def _findings(db: sqlite3.Connection, *, is_informative: bool) -> Iterator[str]:
    rows = db.execute(_FINDINGS, (is_informative,)).fetchall()
    for code, title, strength, fail, uncertain, not_assessable, reports, shifts in rows:
        yield (
            f"  {code} {title} ({strength}): {fail} / {uncertain} / {not_assessable}, "
            f"{reports} reports"
            + (f"; a shift of our reading is suspected: {shifts}" * bool(shifts))
        )
    if not rows:
        yield "  none"


def _off(db: sqlite3.Connection) -> Iterator[str]:
    off = [code for (code,) in db.execute('SELECT "check" FROM checks WHERE NOT is_on ORDER BY 1')]
    yield f"  not run, false alarms not yet measured: {', '.join(off) or 'none'}"


def _pairs(db: sqlite3.Connection, sql: str) -> Iterator[str]:
    rows = db.execute(sql).fetchall()
    yield from (f"  {name}: {count}" for name, count in rows) if rows else ("  none",)
