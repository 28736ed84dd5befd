"""What an audit draws from: the read reports of a release, and the documents that are none."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from .strata import NONE, UNREAD, Traits, content

_READ = """
SELECT r.report_id, r.version_id, v.format, r.form
FROM reports r JOIN versions v ON v.version_id = r.version_id
WHERE r.status = 'read' ORDER BY r.version_id"""
_HELD = """
SELECT version_id, status FROM reports WHERE status <> 'read' ORDER BY version_id"""
#: The body at the address that the version names goes before files and pages that belong to it.
_BODIES = """
SELECT s.version_id, s.sha256 FROM sources s JOIN versions v ON v.version_id = s.version_id
ORDER BY s.version_id, s.url <> v.url, s.sha256"""
_UNREAD = "SELECT sha256, min(reason) FROM unread GROUP BY sha256 ORDER BY sha256"


@dataclass(frozen=True, slots=True)
class Document:
    """A document that can be drawn.

    Attributes:
        report_id: As in `Drawn`.
        version_id: As in `Drawn`.
        sha256: As in `Drawn`.
        traits: What its stratum is told by.
    """

    report_id: str
    version_id: str
    sha256: str
    traits: Traits

    @property
    def key(self) -> str:
        """As in `Drawn`."""
        return self.version_id or self.sha256


def read_reports(nianbao: sqlite3.Connection) -> list[Document]:
    """The read current reports of a release, of every year and form."""
    bodies = _bodies(nianbao)
    contents = dict(_contents(nianbao))
    return [
        Document(
            report_id,
            version_id,
            bodies.get(version_id, ""),
            (format_ or NONE, form or NONE, contents.get(version_id, NONE)),
        )
        for report_id, version_id, format_, form in nianbao.execute(_READ)
    ]


def unread_documents(nianbao: sqlite3.Connection) -> list[Document]:
    """Documents that are held and are no read report: one of them may be a missed report.

    These are reports that could not be read, and what the columns list and the reader did not
    take for a report. A body that is also a source of a report is none of them.
    """
    bodies = _bodies(nianbao)
    held = [
        Document("", version_id, bodies.get(version_id, ""), (UNREAD, status))
        for version_id, status in nianbao.execute(_HELD)
    ]
    known = {sha256 for (sha256,) in nianbao.execute("SELECT sha256 FROM sources")}
    others = [
        Document("", "", sha256, (UNREAD, reason))
        for sha256, reason in nianbao.execute(_UNREAD)
        if sha256 not in known
    ]
    return held + others


def _bodies(nianbao: sqlite3.Connection) -> dict[str, str]:
    """The body in which each version is printed."""
    found: dict[str, str] = {}
    for version_id, sha256 in nianbao.execute(_BODIES):
        found.setdefault(version_id, sha256)
    return found


def _contents(nianbao: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """How many numbers each version has, in the reading that was released."""
    cursor = nianbao.execute("SELECT * FROM figures")
    at = [column[0] for column in cursor.description].index("version_id")
    for row in cursor:
        figures = [figure for n, figure in enumerate(row) if n != at and figure is not None]
        nonzero = sum(figure != 0 for figure in figures)
        yield str(row[at]), content(nonzero, len(figures) - nonzero)
