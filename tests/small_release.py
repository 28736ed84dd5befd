"""A release of a few reports whose figures are given by hand, for checks over an archive."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlite_utils import Database

from archive import rows, schema
from archive.absence import Absence
from archive.agencies import Agency
from archive.bodies import Body, Seen
from archive.checks import run_checks
from archive.deadlines import deadline_rows
from archive.frame import expected_rows
from archive.histories import ReportHistory, Version
from archive.inserting import Tables
from archive.packing import Packed
from extract.forms import forms
from extract.types import Figure, Report

BLANK = "blank"
UNREAD = "missing_cell"
#: A figure: a number, (number, unit), or the status of a cell without a number.
Given = float | int | str | tuple[float | int, str]


@dataclass(frozen=True)
class Office:
    """An agency as the release knows it."""

    agency_id: str
    name: str
    kind: str
    level: str | None = "county"
    parent: str | None = None
    region: str = "990102"
    region_name: str = "示例省示例市示例县"
    vertical: int = 0
    form: str | None = None
    successor: str | None = None

    @property
    def agency(self) -> Agency:
        """As the build resolves it."""
        return Agency(
            self.agency_id, self.name, self.region, self.region_name, self.kind, self.kind, "own"
        )


@dataclass(frozen=True)
class Printed:
    """A report: the figures that differ from a printed 0; None leaves the cell out.

    `reading` gives the report whole, findings and all, when it is written.
    """

    office: Office
    year: int = 2022
    figures: Mapping[str, Given | None] = field(default_factory=dict)
    scope: str = "own"
    form: str | None = "2021"
    published: str | None = None
    text: str = ""
    older: Mapping[str, Given | None] | None = None
    name: str = ""
    mirrors: int = 0
    seen: str = "2023-05-01T00:00:00.000Z"
    status: str = "read"
    reading: Callable[[], Report] | None = None

    @property
    def report_id(self) -> str:
        """Its permanent id."""
        suffix = "-agg" if self.scope == "aggregate" else ""
        return f"{self.office.agency_id}-{self.year}{suffix}"


def figures_of(form: str, given: Mapping[str, Given | None]) -> tuple[Figure, ...]:
    """All figures of a form: a printed 0 where nothing is given."""
    found = []
    for slot in forms()[form].slots():
        value = given.get(slot.key, 0)
        if value is None:
            continue
        names = slot.line.table, slot.line.code, slot.measure.code
        if isinstance(value, str):
            printed = None if value == UNREAD else ""
            found.append(Figure(*names, printed, None, value))
            continue
        number, unit = value if isinstance(value, tuple) else (value, None)
        found.append(Figure(*names, str(number), number, "reported", unit))
    unknown = set(given) - {slot.key for slot in forms()[form].slots()}
    if unknown:
        raise ValueError(f"form {form} has no {unknown}")
    return tuple(found)


@contextmanager
def release(
    reports: Sequence[Printed],
    regions: Sequence[Mapping[str, Any]] = (),
    offices: Sequence[Office] = (),
    duplicates: Sequence[Mapping[str, Any]] = (),
) -> Iterator[sqlite3.Connection]:
    """nianbao.db with text.db attached, all reports in it, and the checks run."""
    nianbao, text = _empty()
    with contextlib.closing(sqlite3.connect(":memory:")) as db:
        db.deserialize(nianbao)
        db.execute("ATTACH DATABASE ':memory:' AS text")
        db.deserialize(text, name="text")
        tables, texts = Packed(db), Tables(db)
        tables.add("regions", regions)
        known = {each.office.agency_id: each.office for each in reports}
        known |= {each.agency_id: each for each in offices}
        years: dict[str, list[int]] = {}
        for each in reports:
            years.setdefault(each.office.agency_id, []).append(each.year)
        for agency_id in sorted(known):
            tables.add("agencies", [_agency_row(known[agency_id], years.get(agency_id, [2022]))])
        for each in reports:
            _add(tables, texts, each)
        texts.add("duplicates", duplicates)
        tables.flush()
        texts.flush()
        run_checks(tables, db)
        yield db


@cache
def _empty() -> tuple[bytes, bytes]:
    """Both files of a release without reports: making them takes longer than a test."""
    nianbao, text = Database(memory=True), Database(memory=True)
    schema.create(nianbao, text)
    tables = Packed(nianbao.conn)
    tables.add("lines", schema.codebook())
    tables.add("deadlines", deadline_rows())
    tables.add("expected", expected_rows())
    tables.flush()
    return nianbao.conn.serialize(), text.conn.serialize()


def findings(db: sqlite3.Connection, check: str) -> list[tuple[Any, ...]]:
    """Report, status, both sides and the other version of a check's findings."""
    sql = """SELECT report_id, status, "left", "right", related FROM current_findings
WHERE "check" = ? ORDER BY report_id, number"""
    return db.execute(sql, (check,)).fetchall()


def _agency_row(office: Office, years: list[int]) -> dict[str, Any]:
    return {
        "agency_id": office.agency_id, "name": office.name, "region_code": office.region,
        "region_name": office.region_name, "kind": office.kind, "kind_name": office.kind,
        "short_name": None, "level": office.level, "org_form": office.form,
        "is_vertical": office.vertical, "parent_id": office.parent,
        "successor_id": office.successor, "resolved": 1, "reports": len(years),
        "first_year": min(years), "last_year": max(years),
    }  # fmt: skip


def _add(tables: Packed, texts: Tables, given: Printed) -> None:
    """Write a report with its versions; the last one is current."""
    agency = given.office.agency
    identity = given.report_id
    history = ReportHistory(identity, agency, given.year)
    printed = [each for each in (given.older, given.figures) if each is not None]
    for number, figures in enumerate(printed, 1):
        report = given.reading() if given.reading else _report(given, figures)
        body = _body(identity, number, given.seen)
        version = Version.of(report, body)
        version.number = number
        version.beside += [_body(identity, number + 10 * (i + 1), given.seen)
                           for i in range(given.mirrors)]  # fmt: skip
        version.absences = {each.url: Absence() for each in version.sources}
        history.versions.append(version)
        version_id = rows.version_id(history, version)
        tables.add("versions", [rows.version_row(history, version)])
        tables.add("sources", rows.source_rows(history, version))
        if report.figures:
            tables.add("figures", [rows.figures_row(version_id, report.figures)])
            tables.add("figure_notes", rows.note_rows(version_id, report.figures))
        tables.add("findings", rows.finding_rows(version_id, report))
        texts.add("chapters", rows.chapter_rows(version_id, report))
    row = dict(rows.report_row(history, report))
    row |= {"scope": given.scope, "agency": given.name or given.office.name}
    row |= {"version_id": version_id}
    tables.add("reports", [row])


def _report(given: Printed, figures: Mapping[str, Given | None]) -> Report:
    is_form = given.form in forms()
    return Report(
        status=given.status, title=f"{given.name or given.office.name}{given.year}年年报",
        agency=given.name or given.office.name, year=given.year, published=given.published,
        form=given.form, forms={"t2": given.form, "t3": given.form} if is_form else {},
        chapters={"一": given.text} if given.text else {},
        figures=figures_of(str(given.form), figures) if is_form else (), scope=given.scope,
    )  # fmt: skip


def _body(identity: str, number: int, at: str) -> Body:
    url = f"http://www.shili.example/{identity}/{number}.html"
    capture = {
        "url": url, "sha256": f"{number:064x}", "portal": "shili", "role": "article",
        "listing": "", "list_title": "", "list_date": "", "status": 200, "content_type": "",
        "bytes": 1, "fetched_at": at, "record_id": "x", "warc_file": "x", "warc_offset": 0,
    }  # fmt: skip
    return Body(capture, (Seen(at, "run", at),), 0, (at, url, capture["sha256"]))
