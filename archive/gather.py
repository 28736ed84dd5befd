"""Captures and readings to reports: who, which year, which versions, which sources."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from extract.headline import elect, report_year_in
from extract.labels import flat
from extract.types import Evidence, Report

from .agencies import Agency, resolve
from .ledger import Ledger
from .readings import Reading

#: Roles whose bodies may be reports.
ROLES = ("article", "attachment", "import")
_FOLDER_YEAR = re.compile(r"(?<!\d)(20[0-3]\d)(?!\d)")


@dataclass(frozen=True, slots=True)
class Body:
    """One body obtained at one address, however often.

    Attributes:
        capture: The ledger's row of its first capture.
        last_seen: When the same bytes were obtained last.
        standing: Whether the address gave these bytes when it was asked last.
        order: Sorts bodies by when they were first seen: the run, then the address.
            Two pages of one run have no order of their own, or a faster host would
            decide what the current version is.
    """

    capture: Mapping[str, Any]
    last_seen: str
    standing: bool
    order: tuple[str, str, str]


@dataclass(slots=True)
class Version:
    """A report's text and figures as they stood for a while."""

    number: int
    report: Report
    text_sha256: str
    figures_sha256: str
    bodies: list[Body] = field(default_factory=list)


@dataclass(slots=True)
class ReportHistory:
    """One report of one agency for one year, with all its versions."""

    report_id: str
    agency: Agency
    year: int
    versions: list[Version] = field(default_factory=list)

    @property
    def current(self) -> Version:
        """The version that counts: a read one first, then one that stands now, then the newest.

        An agency may put an earlier text back: then the earlier version stands again.
        """

        def rank(version: Version) -> tuple[bool, bool, int]:
            standing = any(body.standing for body in version.bodies)
            return version.report.status == "read", standing, version.number

        return max(self.versions, key=rank)


@dataclass(frozen=True, slots=True)
class Unread:
    """A captured candidate that is no report here, and why."""

    body: Body
    reason: str
    detail: str


@dataclass(slots=True)
class Gathered:
    """All reports, and what could not become one."""

    reports: dict[str, ReportHistory] = field(default_factory=dict)
    unread: list[Unread] = field(default_factory=list)


def bodies(ledger: Ledger) -> list[Body]:
    """Every body that may be a report, in the order in which they were first seen."""
    started = {row["run_id"]: row["started_at"] for row in ledger.rows("SELECT * FROM runs")}
    seen = {
        (row["url"], row["sha256"]): row["last_seen"]
        for row in ledger.rows(
            "SELECT url, sha256, max(fetched_at) AS last_seen FROM captures GROUP BY url, sha256"
        )
    }
    latest = {
        row["url"]: row["sha256"]
        for row in ledger.rows(
            "SELECT url, sha256 FROM captures WHERE status = 200 OR status IS NULL "
            "OR revisit_of IS NOT NULL ORDER BY fetched_at, rowid"
        )
    }
    marks = ", ".join("?" for _ in ROLES)
    found: dict[tuple[str, str], Body] = {}
    for row in ledger.rows(
        f"SELECT * FROM captures WHERE role IN ({marks}) AND revisit_of IS NULL "
        "AND (status = 200 OR status IS NULL) ORDER BY fetched_at, rowid",
        *ROLES,
    ):
        key = (row["url"], row["sha256"])
        order = (started.get(row["run_id"], row["fetched_at"]), row["url"], row["sha256"])
        standing = latest[row["url"]] == row["sha256"]
        found.setdefault(key, Body(dict(row), seen[key], standing, order))
    return sorted(found.values(), key=lambda body: body.order)


def gather(ledger: Ledger, found: list[Body], readings: Mapping[str, Reading]) -> Gathered:
    """Group bodies into reports.

    Args:
        ledger: For the registry entries that the runs used.
        found: The bodies, in order.
        readings: What each body says.
    """
    known = entries(ledger)
    gathered = Gathered()
    for body in found:
        reading = readings[body.capture["sha256"]]
        if reading.report is None:
            if not _is_silent(body, reading):
                gathered.unread.append(Unread(body, reading.status, reading.detail))
            continue
        entry = known.get(body.capture["portal"], {})
        report = _with_build_evidence(reading.report, body, entry)
        if report.year is None or report.agency is None:
            what = "year" if report.year is None else "agency"
            detail = f"no evidence for its {what} in the page, the list or the registry"
            gathered.unread.append(Unread(body, f"no_{what}", detail))
            continue
        agency = resolve(report.agency, body.capture["portal"], entry)
        report_id = agency.report_id(report.year)
        history = gathered.reports.setdefault(
            report_id, ReportHistory(report_id, agency, report.year)
        )
        _add(history, report, body)
    return gathered


def _is_silent(body: Body, reading: Reading) -> bool:
    """An attachment that no reader takes yet: its article stands for it already."""
    return body.capture["role"] == "attachment" and reading.status == "needs_converter"


def entries(ledger: Ledger) -> dict[str, dict[str, Any]]:
    """Newest registry entry by portal."""
    rows = ledger.rows(
        "SELECT portal, entry FROM portals JOIN runs USING (run_id) ORDER BY started_at"
    )
    return {row["portal"]: json.loads(row["entry"]) for row in rows}


def _with_build_evidence(report: Report, body: Body, entry: Mapping[str, Any]) -> Report:
    """The report with year and agency elected from all evidence, its own first.

    List title, list date and address join the vote on the year; the address alone
    never decides. The registry names the agency only where the page does not.
    """
    capture = body.capture
    years = list(report.evidence.get("year", ()))
    listed = report_year_in(capture["list_title"])
    if listed:
        years.append(Evidence("list_title", str(listed), 2))
    dated = _FOLDER_YEAR.search(capture["list_date"])
    if dated:
        years.append(Evidence("list_date", str(int(dated[1]) - 1), 1))
    folder = _FOLDER_YEAR.findall(capture["url"].rpartition("/")[0])
    if folder and years:
        years.append(Evidence("address", folder[-1], 1))
    agencies = list(report.evidence.get("agency", ()))
    if not agencies and entry.get("agency"):
        agencies.append(Evidence("registry", flat(str(entry["agency"])), 1))
    return replace(
        report,
        year=elect(years),
        agency=report.agency or (agencies[0].value if agencies else None),
        evidence={**report.evidence, "year": tuple(years), "agency": tuple(agencies)},
    )


def _add(history: ReportHistory, report: Report, body: Body) -> None:
    text, figures = text_sha256(report), figures_sha256(report)
    for version in history.versions:
        same = (version.text_sha256, version.figures_sha256, version.report.status)
        if same == (text, figures, report.status):
            version.bodies.append(body)
            return
    number = len(history.versions) + 1
    history.versions.append(Version(number, report, text, figures, [body]))


def text_sha256(report: Report) -> str:
    """Digest of title, agency and chapters, without white space: what is said."""
    parts = [report.title or "", report.agency or ""]
    parts += [f"{number}{text}" for number, text in sorted(report.chapters.items())]
    return hashlib.sha256("\n".join(flat(part) for part in parts).encode()).hexdigest()


def figures_sha256(report: Report) -> str:
    """Digest of the printed texts and units of all figures."""
    rows = [[f.key, f.printed, f.unit] for f in report.figures]
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()


def sources(version: Version) -> Iterator[Body]:
    """Bodies of a version, first seen first."""
    yield from sorted(version.bodies, key=lambda body: body.order)
