"""What a new release lost against the current one, and which totals moved."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator
from pathlib import Path

from extract.checks.wording import say

from ..manifest import FILES, reading

#: A sum may move by this share and by this many, whichever is more, before it is refused.
SHARE, AMOUNT = 0.01, 20
#: The main totals, in the words of refusals.
TOTALS = {
    "new requests": ("t3_received_new_total",),
    "requests carried in": ("t3_carried_in_total",),
    "requests processed": ("t3_processed_total_total",),
    "reconsiderations": ("t4_review_total",),
    "lawsuits": ("t4_suit_direct_total", "t4_suit_after_review_total"),
}
_NAMED = 20
#: So few reports may turn out to be another year's or agency's in any release.
_FEW = 2

#: Reports that people entered: what they add or take back, they decided. They are found by their
#: ids, from the few decisions on: to ask all reports of a country takes a second.
_ENTERED = """
INSERT INTO entered SELECT r.report_id FROM {schema}.corrections c
CROSS JOIN {schema}.reports r ON r.report_id = c.report_id AND r.version_id = c.version_id
WHERE c.kind = 'document' AND c.state = 'applied'"""
_BY_MACHINE = "{}.report_id NOT IN (SELECT report_id FROM entered)"
#: Reports whose current version was read from the same body in both releases: what differs
#: there, no agency changed.
_SAME = f"""
CREATE TEMP TABLE same AS
SELECT o.report_id, o.version_id AS old_version, n.version_id AS new_version
FROM old.reports o JOIN old_text.locators l ON l.version_id = o.version_id
JOIN main.reports n ON n.report_id = o.report_id
WHERE {_BY_MACHINE.format("o")}
AND EXISTS (SELECT 1 FROM main.sources s
              WHERE s.version_id = n.version_id AND s.sha256 = l.sha256)"""
_CHANGED = " AND {}.report_id IN (SELECT report_id FROM temp.changed)"
_LOST_REPORTS = """
SELECT report_id FROM old.reports WHERE report_id NOT IN
(SELECT report_id FROM main.reports UNION SELECT old_id FROM main.id_history
 UNION SELECT report_id FROM main.withheld WHERE is_report)"""
#: Versions of a lost report are lost with it, and not named one by one.
_LOST_VERSIONS = f"""
SELECT version_id FROM old.versions WHERE version_id NOT IN
(SELECT version_id FROM main.versions UNION SELECT old_id FROM main.id_history
 UNION SELECT version_id FROM main.withheld WHERE version_id IS NOT NULL)
AND report_id NOT IN ({_LOST_REPORTS})"""
#: The same where all but some reports were copied: `temp.changed` has those.
_LOST_CHANGED_REPORTS = """
SELECT c.report_id FROM temp.changed c
WHERE EXISTS (SELECT 1 FROM old.reports o WHERE o.report_id = c.report_id)
AND NOT EXISTS (SELECT 1 FROM main.reports n WHERE n.report_id = c.report_id)
AND c.report_id NOT IN (SELECT old_id FROM main.id_history)
AND NOT EXISTS (SELECT 1 FROM main.withheld w WHERE w.is_report AND w.report_id = c.report_id)"""
_LOST_CHANGED_VERSIONS = f"""
SELECT o.version_id FROM temp.changed c JOIN old.versions o
ON o.version_id > c.report_id || '.v' AND o.version_id < c.report_id || '.w'
WHERE NOT EXISTS (SELECT 1 FROM main.versions n WHERE n.version_id = o.version_id)
AND o.version_id NOT IN (SELECT old_id FROM main.id_history)
AND NOT EXISTS (SELECT 1 FROM main.withheld w WHERE w.version_id = o.version_id)
AND c.report_id NOT IN ({_LOST_CHANGED_REPORTS})"""
#: Reports of which a whole version is withheld: what they lack, people took.
_WITHHELD = """
SELECT report_id FROM main.withheld WHERE report_id IS NOT NULL AND what <> 'span'"""
#: Two reports that lead to one now are one.
_READ = f"""
SELECT count(DISTINCT coalesce(new_id, report_id))
FROM old.reports r LEFT JOIN main.id_history ON old_id = report_id
WHERE status = 'read' AND report_id NOT IN ({_WITHHELD}) AND {_BY_MACHINE.format("r")}{{}}"""
_READ_NOW = f"""
SELECT count(*) FROM main.reports r
WHERE status = 'read' AND report_id NOT IN ({_WITHHELD}) AND {_BY_MACHINE.format("r")}{{}}"""

#: Reports whose bytes another year or agency bears now. An agency that became known is none.
_REASSIGNED = """
SELECT DISTINCT o.report_id FROM old.versions o JOIN main.id_history h ON h.old_id = o.version_id
WHERE h.reason = 'reassigned'"""
#: Bodies that were withheld, of which no decision is left, and that are shown again.
_TOLD_ONCE = """
SELECT DISTINCT sha256 FROM old.withheld WHERE what <> 'deleted' AND sha256 IS NOT NULL
AND sha256 NOT IN (SELECT sha256 FROM main.withheld WHERE sha256 IS NOT NULL)"""
_SHOWN_NOW = "SELECT sha256 FROM main.sources UNION SELECT sha256 FROM main.unread"


def losses(new: Path, old: Path, changed: Collection[str] | None = None) -> list[str]:
    """Why a release should not follow another: one reason a line; [] if nothing was lost.

    What is withheld (table `withheld`) is not lost: it has a tombstone.

    - A report of the old one is in the new one neither as a report nor in `id_history`.
    - A version of the old one is in the new one neither as a version nor in `id_history`.
    - Fewer reports are read, by more than 1 %; reports that were merged count as one.
    - What was a report of one year or agency is another's now, for more than 1 % of the
      reports and more than two of them.
    - What the old one withholds is shown again: a decision was taken back, or its file is lost.
    - Over reports read from the same bytes in both, the sum of a main total or the number
      of figures moved by more than 1 % and by more than 20.

    What people corrected or entered counts as the machine read it: a decision by hand has
    its reason already, and must not hide what a reader lost.

    Args:
        new: Folder of the release to be.
        old: Folder of the current one.
        changed: Reports that were written anew, if all others were copied from the old one;
            None if all were written.
    """
    with reading(new / FILES[0], old=old / FILES[0], old_text=old / FILES[1]) as db:
        db.execute("PRAGMA temp_store = MEMORY")
        db.execute("CREATE TEMP TABLE entered (report_id TEXT)")
        for schema in ("main", "old"):
            if _columns(db, schema, "corrections"):
                db.execute(_ENTERED.format(schema=schema))
        if changed is not None:
            db.execute("CREATE TEMP TABLE changed (report_id TEXT PRIMARY KEY) WITHOUT ROWID")
            db.executemany("INSERT INTO changed VALUES (?)", [(each,) for each in sorted(changed)])
        some = changed is not None
        return [
            *_lost(db, some), *_fewer(db, some), *_reassigned(db), *_shown_again(db),
            *_moved(db, some),
        ]  # fmt: skip


def all_withheld(new: Path, old: Path) -> bool:
    """Whether every report of a release is withheld in another.

    Args:
        new: Folder of the release to be.
        old: Folder of the current one.
    """
    with reading(new / FILES[0], old=old / FILES[0]) as db:
        return db.execute(f"{_LOST_REPORTS} LIMIT 1").fetchone() is None


def _lost(db: sqlite3.Connection, some: bool) -> Iterator[str]:
    reports, versions = (
        (_LOST_CHANGED_REPORTS, _LOST_CHANGED_VERSIONS) if some else (_LOST_REPORTS, _LOST_VERSIONS)
    )
    for what, sql in (("reports", reports), ("versions", versions)):
        lost = [identity for (identity,) in db.execute(f"{sql} ORDER BY 1")]
        if lost:
            more = f" and {len(lost) - _NAMED} more" if len(lost) > _NAMED else ""
            yield f"it lacks {len(lost)} of the {what}: {', '.join(lost[:_NAMED])}{more}"


def _fewer(db: sqlite3.Connection, some: bool) -> Iterator[str]:
    """Whether fewer reports are read. If not of those that changed, then not of all."""
    for where in (_CHANGED.format("r"), "") if some else ("",):
        ((old, new),) = db.execute(f"SELECT ({_READ.format(where)}), ({_READ_NOW.format(where)})")
        if new >= old:
            return
    if new < old * (1 - SHARE):
        yield f"{new} reports are read instead of {old}"


def _reassigned(db: sqlite3.Connection) -> Iterator[str]:
    moved = [identity for (identity,) in db.execute(f"{_REASSIGNED} ORDER BY 1")]
    ((every,),) = db.execute("SELECT count(*) FROM old.reports")
    if len(moved) > max(_FEW, every * SHARE):
        more = f" and {len(moved) - _NAMED} more" if len(moved) > _NAMED else ""
        named = ", ".join(moved[:_NAMED])
        yield f"{len(moved)} reports are another year's or agency's now: {named}{more}"


def _shown_again(db: sqlite3.Connection) -> Iterator[str]:
    """A digest of each body: what it held is not to be said before somebody decides."""
    if "sha256" not in _columns(db, "old", "withheld"):
        return
    once = {sha256 for (sha256,) in db.execute(_TOLD_ONCE)}
    now = {sha256 for (sha256,) in db.execute(_SHOWN_NOW)} if once else set()
    shown = sorted(sha256[:12] for sha256 in once & now)
    if shown:
        more = f" and {len(shown) - _NAMED} more" if len(shown) > _NAMED else ""
        yield (
            f"it shows {len(shown)} bodies again that were withheld, and no decision in "
            f"withheld.toml holds for them now: {', '.join(shown[:_NAMED])}{more}"
        )


def _moved(db: sqlite3.Connection, some: bool) -> Iterator[str]:
    """What moved. Where what changed moved by no more than any sum may, all is as near."""
    if some and not any(True for _ in _moved_in(db, _CHANGED.format("o"), share=0)):
        return
    yield from _moved_in(db, "", SHARE)


def _moved_in(db: sqlite3.Connection, where: str, share: float) -> Iterator[str]:
    db.execute("DROP TABLE IF EXISTS temp.same")
    db.execute(f"{_SAME}{where}")
    old_columns = set(_columns(db, "old"))
    shared = [name for name in _columns(db, "main") if name in old_columns]
    sums = {word: _sum_of(names) for word, names in TOTALS.items()}
    sums["figures read"] = "sum(" + "+".join(f'("{name}" IS NOT NULL)' for name in shared) + ")"
    by_hand = {word: _hand_sum_of(names) for word, names in TOTALS.items()}
    by_hand["figures read"] = "sum((c.value IS NOT NULL) - (c.machine_value IS NOT NULL))"
    was, now = (_sums(db, schema, sums, by_hand) for schema in ("old", "main"))
    for word, old, new in zip(sums, was, now, strict=True):
        if abs(new - old) > max(AMOUNT, abs(old) * share):
            yield f"{word}, read from the same bytes, moved from {say(old)} to {say(new)}"


def _sums(
    db: sqlite3.Connection, schema: str, sums: dict[str, str], by_hand: dict[str, str]
) -> list[float]:
    """The sums over the same reports as the machine read them."""
    version = "old_version" if schema == "old" else "new_version"
    found = f"FROM same LEFT JOIN {schema}.figures f ON f.version_id = {version}"
    row: tuple[float, ...] = db.execute(f"SELECT {_parts(sums)} {found}").fetchone()
    if not _columns(db, schema, "corrections"):
        return list(row)
    found = f"""FROM same JOIN {schema}.corrections c ON c.version_id = {version}
WHERE c.kind = 'figure' AND c.state = 'applied'"""
    moved: tuple[float, ...] = db.execute(f"SELECT {_parts(by_hand)} {found}").fetchone()
    return [published - added for published, added in zip(row, moved, strict=True)]


def _parts(sums: dict[str, str]) -> str:
    return ", ".join(f"coalesce({sql}, 0)" for sql in sums.values())


def _hand_sum_of(names: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{name}'" for name in names)
    moved = "coalesce(c.value, 0) - coalesce(c.machine_value, 0)"
    return f"sum(CASE WHEN c.figure IN ({listed}) THEN {moved} END)"


def _sum_of(names: tuple[str, ...]) -> str:
    return "sum(" + "+".join(f'coalesce("{name}", 0)' for name in names) + ")"


def _columns(db: sqlite3.Connection, schema: str, table: str = "figures") -> list[str]:
    rows = db.execute(f"SELECT name FROM pragma_table_info('{table}', '{schema}')")
    return [name for (name,) in rows if name != "version_id"]
