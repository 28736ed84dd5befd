"""What the pages ask of a release. Every function takes a read-only connection."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, replace

from archive.site.cells import Figures, Mark, Note, Value
from archive.site.correction_words import machine_said
from archive.site.words import finding_kind
from extract.forms import columns

#: Kinds of findings (`archive.site.words.finding_kind`): the column of `reports` with their number.
KINDS = {
    "fail": "failed",
    "uncertain": "uncertain",
    "not_assessable": "not_assessable",
    "informative": "informative",
}

Row = dict[str, object]
Parameters = dict[str, object]
#: One SELECT with named parameters, and their values: what a page shows, anybody can ask again.
Statement = tuple[str, Parameters]

#: Findings of a version, with what their check is.
_FINDINGS = """
    SELECT f.*, c.title, c.strength, c.innocent FROM findings f LEFT JOIN checks c USING ("check")
    WHERE f.version_id = ? ORDER BY f.number"""
#: Whose report a version is; joined to the findings it would be looked for in all versions.
_WHOSE = """
    SELECT agency AS related_agency, year AS related_year FROM reports
    WHERE report_id = (SELECT report_id FROM versions WHERE version_id = ?)"""


#: Of a report, by its version too: a decision may name it by an id of before.
_CORRECTIONS = """
    SELECT c.*, (SELECT r.version_id FROM reports r WHERE r.report_id =
      (SELECT v.report_id FROM versions v WHERE v.version_id = c.version_id)) AS now
    FROM corrections c WHERE c.report_id = ? OR c.version_id = ?
    ORDER BY kind, figure, correction_id"""
_BESIDE = (
    "SELECT report_id, year, scope FROM _reports WHERE agency_id = ? ORDER BY year, scope DESC"
)


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter's printed heading and paragraphs."""

    heading: str | None
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """One version of a report with everything that its page shows.

    `beside` are the reports of the same agency, this one among them, by year; `corrections`
    what people read in it, also what is not laid over this version.
    """

    row: Row
    version: Row
    versions: tuple[Row, ...]
    figures: Figures
    findings: tuple[Row, ...]
    sources: tuple[Row, ...]
    beside: tuple[Row, ...] = ()
    corrections: tuple[Row, ...] = ()

    @property
    def by_hand(self) -> dict[str, Row]:
        """Figure → the correction that is laid over it in this version."""
        return {
            str(row["figure"]): row
            for row in self.corrections
            if row["state"] == "applied"
            and row["kind"] == "figure"
            and row["version_id"] == self.version["version_id"]
        }

    @property
    def before(self) -> Row | None:
        """The agency's report of the year before of those that there are, of the same scope."""
        return self._next(-1)

    @property
    def after(self) -> Row | None:
        """Likewise the next one."""
        return self._next(1)

    def _next(self, step: int) -> Row | None:
        alike = [row for row in self.beside if row["scope"] == self.row["scope"]]
        ids = [row["report_id"] for row in alike]
        place = ids.index(self.row["report_id"]) + step if self.row["report_id"] in ids else -1
        return alike[place] if 0 <= place < len(alike) else None


def rows(conn: sqlite3.Connection, sql: str, *parameters: object) -> list[Row]:
    """All rows of a query as dictionaries, whatever the connection's row factory."""
    cursor = conn.execute(sql, parameters)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def told(conn: sqlite3.Connection, statement: Statement) -> tuple[Row, ...]:
    """The rows of a statement, as those of `rows`."""
    cursor = conn.execute(*statement)
    names = [column[0] for column in cursor.description]
    return tuple(dict(zip(names, row, strict=True)) for row in cursor)


def report(conn: sqlite3.Connection, identity: str) -> Report | None:
    """The page of a report (its current version) or of a named version; None if unknown."""
    found = rows(conn, "SELECT * FROM reports WHERE report_id = ?", identity)
    version_id = str(found[0]["version_id"]) if found else identity
    versions = rows(conn, "SELECT * FROM versions WHERE version_id = ?", version_id)
    if not versions:
        return None
    version = versions[0]
    found = found or rows(conn, "SELECT * FROM reports WHERE report_id = ?", version["report_id"])
    if not found:
        return None
    findings = [_with_related(conn, row) for row in rows(conn, _FINDINGS, version_id)]
    corrections = rows(conn, _CORRECTIONS, version["report_id"], version_id)
    made = Report(
        row=found[0],
        version=version,
        versions=tuple(
            rows(
                conn,
                "SELECT version_id, number FROM versions WHERE report_id = ? ORDER BY number",
                version["report_id"],
            )
        ),
        figures=_figures(conn, version_id, columns(), _marks(findings)),
        findings=tuple(findings),
        sources=tuple(sources(conn, version_id)),
        beside=tuple(rows(conn, _BESIDE, found[0]["agency_id"])),
        corrections=tuple(corrections),
    )
    return _told_by_hand(made) if corrections else made


def _told_by_hand(report: Report) -> Report:
    """The same; what people read tells what the machine read."""
    notes = dict(report.figures.notes)
    for key, row in report.by_hand.items():
        if key in notes:
            notes[key] = replace(notes[key], machine=machine_said(row))
    return replace(report, figures=replace(report.figures, notes=notes))


def _with_related(conn: sqlite3.Connection, finding: Row) -> Row:
    """A finding, with whose report it was held against if there is one."""
    whose = rows(conn, _WHOSE, finding["related"]) if finding["related"] else []
    return finding | (whose[0] if whose else {"related_agency": None, "related_year": None})


def sources(conn: sqlite3.Connection, version_id: str) -> list[Row]:
    """Sources of a version in the order that numbers their download addresses."""
    return rows(
        conn,
        "SELECT * FROM sources WHERE version_id = ? ORDER BY captured_at, url, sha256",
        version_id,
    )


def chapters(conn: sqlite3.Connection, version_id: str) -> dict[str, Chapter]:
    """Chapters that have text, in order; the page indents paragraphs, so their own indents go."""
    found = rows(
        conn, "SELECT * FROM chapters WHERE version_id = ? ORDER BY position, rowid", version_id
    )
    return {
        str(row["chapter"]): Chapter(
            _text(row["heading"]),
            tuple(line.strip() for line in str(row["text"]).splitlines() if line.strip()),
        )
        for row in found
        if str(row["text"]).strip()
    }


def grids(conn: sqlite3.Connection, version_id: str) -> list[list[list[str]]]:
    """Raw tables of a legacy report."""
    sql = "SELECT rows FROM grids WHERE version_id = ? ORDER BY number"
    return [json.loads(str(row["rows"])) for row in rows(conn, sql, version_id)]


def leftovers(conn: sqlite3.Connection, version_id: str) -> list[Row]:
    """Numbers inside the statutory tables that no figure took, in reading order."""
    sql = "SELECT printed, place FROM leftovers WHERE version_id = ? ORDER BY number"
    return rows(conn, sql, version_id)


def _figures(
    conn: sqlite3.Connection,
    version_id: str,
    keys: Iterable[str],
    marks: dict[str, tuple[Mark, ...]] | None = None,
) -> Figures:
    names = ", ".join(f'"{key}"' for key in keys)
    found = rows(conn, f"SELECT {names} FROM figures WHERE version_id = ?", version_id)
    values: dict[str, Value] = {}
    if found:
        values = {key: v for key, v in found[0].items() if isinstance(v, (int, float, str))}
    notes = {
        str(row["figure"]): note_of(row)
        for row in rows(conn, "SELECT * FROM figure_notes WHERE version_id = ?", version_id)
    }
    return Figures(values, notes, marks or {})


def note_of(row: Row) -> Note:
    """A row of `figure_notes`."""
    return Note(_text(row["printed"]), str(row["status"]), _text(row["unit"]), _text(row["flags"]))


def _marks(findings: list[Row]) -> dict[str, tuple[Mark, ...]]:
    """Findings by the figures that they concern."""
    found: dict[str, tuple[Mark, ...]] = {}
    for row in findings:
        kind = finding_kind(row["status"], row["strength"])
        mark = Mark(int(str(row["number"])), kind, str(row["sentence"]))
        for key in json.loads(str(row["figures"])):
            found[key] = (*found.get(key, ()), mark)
    return found


def _text(value: object) -> str | None:
    return None if value is None else str(value)
