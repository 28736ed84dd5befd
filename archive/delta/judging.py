"""Findings of checks over several reports, judged again for some reports only."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from extract.checks import rules

from ..checks.copies import tells_by_figures
from ..checks.current import prepared
from ..checks.running import CHECKS, Found
from ..rows import finding_row
from .part import NotCertain

#: What a finding says, as rows tell it.
_SAID = (
    "check", "status", "left", "right", "figures", "sentence", "sentence_en", "reading", "related"
)  # fmt: skip
_BY_ARCHIVE = ", ".join(f"'{code}'" for code in sorted(CHECKS))


@dataclass(slots=True)
class Judged:
    """What the checks say of some reports.

    Attributes:
        findings: Version → rows of its findings, without their numbers.
        passed: Version → how many comparisons it passed.
    """

    findings: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    passed: dict[str, int] = field(default_factory=lambda: defaultdict(int))


def judged(db: sqlite3.Connection, reports: set[str], by: set[str]) -> Judged:
    """Run the checks over some reports.

    Args:
        db: nianbao.db with text.db attached as `text`.
        reports: Whose findings are asked for.
        by: All reports that they are judged by.
    """
    made = Judged()
    with _only(db, by | reports), prepared(db, _ONLY):
        # The release has statistics: without any of these, a few rows would be thought many.
        db.execute("ANALYZE temp")
        asked = {
            version
            for version, report in db.execute("SELECT version_id, report_id FROM temp.current")
            if report in reports
        }
        for code, function in sorted(CHECKS.items()):
            if not rules()[code].is_on:
                continue
            for result in function(db):
                identity = result.version_id
                if identity not in asked:
                    continue
                if isinstance(result, Found):
                    row = finding_row(identity, 0, result.finding)
                    made.findings[identity].append({name: row[name] for name in _SAID})
                else:
                    made.passed[identity] += result.count
    return made


_ONLY = "AND r.report_id IN (SELECT report_id FROM temp.only)"


@contextmanager
def _only(db: sqlite3.Connection, reports: Iterable[str]) -> Iterator[None]:
    db.execute("CREATE TEMP TABLE only (report_id TEXT PRIMARY KEY) WITHOUT ROWID")
    with db:
        db.executemany("INSERT INTO temp.only VALUES (?)", [(each,) for each in sorted(reports)])
    try:
        yield
    finally:
        db.rollback()
        db.execute("DROP TABLE temp.only")


def stored(db: sqlite3.Connection, reports: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """What the archive's checks said of reports, as a release holds it: version → rows."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    names = ", ".join(f'"{name}"' for name in _SAID)
    sql = f"""SELECT version_id, {names} FROM current_findings
        WHERE report_id = ? AND "check" IN ({_BY_ARCHIVE}) ORDER BY number"""
    for report in reports:
        for version, *said in db.execute(sql, (report,)):
            found[version].append(dict(zip(_SAID, said, strict=True)))
    return found


def require_alike(db: sqlite3.Connection, reports: Iterable[str], told: Judged) -> None:
    """Refuse to go on where a release does not say what the checks say of it now.

    Raises:
        NotCertain: Its findings are others: what they rest on is not all known here.
    """
    if {version: rows for version, rows in told.findings.items() if rows} != stored(db, reports):
        raise NotCertain("the checks find something else in the release of before than it says")


def alike_groups(db: sqlite3.Connection, digests: Mapping[str, set[bytes]]) -> set[str]:
    """Reports whose current version has one of the digests, where that tells anything.

    Args:
        db: nianbao.db with text.db attached.
        digests: Column of digests → those that are looked for.
    """
    db.execute("CREATE TEMP TABLE asked (digest BLOB PRIMARY KEY) WITHOUT ROWID")
    every = set().union(*digests.values())
    with db:
        db.executemany("INSERT INTO temp.asked VALUES (?)", [(each,) for each in sorted(every)])
    # No index is kept for it: one look through all versions for all columns.
    has = " OR ".join(f"v.{column} IN (SELECT digest FROM temp.asked)" for column in digests)
    sql = f"""SELECT {", ".join(f"v.{column}" for column in digests)}, r.report_id, v.version_id
        FROM _reports r JOIN _versions v ON v.n = r.n
        WHERE r.status = 'read' AND ({has}) ORDER BY r.year, r.report_id"""
    groups: dict[tuple[str, bytes], list[tuple[str, str]]] = defaultdict(list)
    for *own, report, version in db.execute(sql):
        for column, digest in zip(digests, own, strict=True):
            if digest in digests[column]:
                groups[column, digest].append((report, version))
    db.execute("DROP TABLE temp.asked")
    found: set[str] = set()
    for (column, _), members in groups.items():
        if len(members) > 1 and (column != "figures_sha256" or tells_by_figures(db, members[0][1])):
            found |= {report for report, _ in members}
    return found


def digests_of(db: sqlite3.Connection, reports: Iterable[str]) -> dict[str, set[bytes]]:
    """Digests of text and figures of the current versions of reports."""
    found: dict[str, set[bytes]] = {"text_sha256": set(), "figures_sha256": set()}
    sql = """SELECT v.text_sha256, v.figures_sha256 FROM _reports r JOIN _versions v ON v.n = r.n
        WHERE r.report_id = ?"""
    for report in reports:
        for text, figures in db.execute(sql, (report,)):
            found["text_sha256"].add(text)
            found["figures_sha256"].add(figures)
    return found


def near(db: sqlite3.Connection, reports: set[str]) -> set[str]:
    """Reports that have text in common with some, by the table `duplicates`."""
    found = set()
    for pair in db.execute("SELECT version_id, other FROM text.duplicates"):
        one, other = (version.rpartition(".v")[0] for version in pair)
        found |= {other} if one in reports else set()
        found |= {one} if other in reports else set()
    return found
