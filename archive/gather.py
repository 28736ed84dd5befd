"""Captures and readings to reports: who, which year, which versions, which sources."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from extract.dates import find_date
from extract.headline import (
    agency_of_title,
    derived_title,
    elect,
    elect_agency,
    is_report_title,
    report_year_in,
    year_flags,
    year_published,
)
from extract.labels import flat
from extract.scope import elect_scope, name_sign
from extract.types import Evidence, Report

from .agencies import Agency, resolve
from .ledger import OBTAINED, Ledger
from .readings import Reading

#: Roles whose bodies may be reports.
ROLES = ("article", "attachment", "import")
#: Why a body that bears a report by its list title could not be read: statuses of a report.
UNREAD_STATUSES = frozenset({"needs_converter", "needs_ocr", "unreadable"})
_FOLDER_YEAR = re.compile(r"(?<!\d)(20[0-3]\d)(?!\d)")


@dataclass(frozen=True, slots=True)
class Body:
    """One body obtained at one address, however often.

    Attributes:
        capture: The ledger's row of the capture that holds it, with the portal, column
            and list title of the first run that saw it.
        last_seen: When the same bytes were obtained last.
        recency: 0 for the bytes that the address gave last, 1 for those before, …
        order: Sorts bodies by when they were first seen: the run, then the address.
            Two pages of one run have no order of their own, or a faster host would
            decide what the current version is.
    """

    capture: Mapping[str, Any]
    last_seen: str
    recency: int
    order: tuple[str, str, str]


@dataclass(slots=True)
class Version:
    """A report's text and figures as they stood for a while.

    Attributes:
        report: The reading without its figures, chapters, tables and findings, read
            again from `sha256` when they are written: a country does not fit into memory.
        sha256: Body that holds the whole reading.
        bodies: Where and when it was obtained.
        standing: Whether an address gave it when it was asked last for a report.
    """

    number: int
    report: Report
    sha256: str
    text_sha256: str
    figures_sha256: str
    bodies: list[Body] = field(default_factory=list)
    standing: bool = False


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
            return version.report.status == "read", version.standing, version.number

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
    marks = ", ".join("?" for _ in ROLES)
    with ledger.snapshot():
        started = {row["run_id"]: row["started_at"] for row in ledger.rows("SELECT * FROM runs")}
        captures = [
            dict(row)
            for row in ledger.rows(
                f"SELECT * FROM captures WHERE role IN ({marks}) AND {OBTAINED} "
                "ORDER BY fetched_at, rowid",
                *ROLES,
            )
        ]
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    last: dict[str, dict[str, int]] = {}
    for number, row in enumerate(captures):
        found.setdefault((row["url"], row["sha256"]), []).append(row)
        last.setdefault(row["url"], {})[row["sha256"]] = number
    made = [
        _body(rows, started, sorted(last[url].values(), reverse=True).index(last[url][sha256]))
        for (url, sha256), rows in found.items()
    ]
    return sorted(made, key=lambda body: body.order)


def _body(rows: list[dict[str, Any]], started: Mapping[str, str], recency: int) -> Body:
    """The body of one address and digest, from all its captures in order of time."""

    def first_seen(row: Mapping[str, Any]) -> tuple[str, ...]:
        run = started.get(row["run_id"], row["fetched_at"])
        return run, row["portal"], row["listing"], row["list_title"], row["list_date"]

    # Two portals may list one page in one run: which asked first must not matter.
    context = min(rows, key=first_seen)
    holder = next((row for row in rows if row["revisit_of"] is None), rows[0])
    names = ("portal", "role", "listing", "list_title", "list_date", "parent")
    capture = {**holder, **{name: context[name] for name in names}}
    capture["fetched_at"] = rows[0]["fetched_at"]
    order = (first_seen(context)[0], capture["url"], capture["sha256"])
    return Body(capture, rows[-1]["fetched_at"], recency, order)


def gather(ledger: Ledger, found: list[Body], read: Callable[[str], Reading]) -> Gathered:
    """Group bodies into reports.

    Args:
        ledger: For the registry entries that the runs used.
        found: The bodies, in order.
        read: Gives what the body of a digest says.
    """
    known = entries(ledger)
    gathered = Gathered()
    recency: dict[str, int] = {}
    reported: set[str] = set()
    failed: list[tuple[Body, Reading]] = []
    placed: list[tuple[Body, Version]] = []
    for body in found:
        reading = read(body.capture["sha256"])
        if reading.report is None:
            failed.append((body, reading))
            continue
        version = _take(gathered, body, reading.report, known)
        if version is not None:
            url = body.capture["url"]
            reported.add(url)
            placed.append((body, version))
            # A soft 404 or a wall seen later does not unseat what was read before.
            recency[url] = min(recency.get(url, body.recency), body.recency)
    for body, reading in failed:
        _take_failed(gathered, body, reading, known, reported)
    for body, version in placed:
        version.standing |= recency[body.capture["url"]] == body.recency
    return gathered


def _take(
    gathered: Gathered, body: Body, read: Report, known: Mapping[str, Mapping[str, Any]]
) -> Version | None:
    """Put a reading to its report; None if agency or year is not known."""
    entry = known.get(body.capture["portal"], {})
    report = with_build_evidence(read, body.capture, entry)
    if report.year is None or report.agency is None:
        what = "year" if report.year is None else "agency"
        detail = f"no evidence for its {what} in the page, the list or the registry"
        gathered.unread.append(Unread(body, f"no_{what}", detail))
        return None
    agency = resolve(report.agency, body.capture["portal"], entry, report.scope)
    report_id = agency.report_id(report.year)
    history = gathered.reports.setdefault(report_id, ReportHistory(report_id, agency, report.year))
    return _version(history, report, body)


def _take_failed(
    gathered: Gathered,
    body: Body,
    reading: Reading,
    known: Mapping[str, Mapping[str, Any]],
    reported: set[str],
) -> None:
    """A body that could not be read: a report by its list title, or listed with its reason.

    A list row may itself be a PDF. An attachment speaks for itself only where its
    article has not become a report.
    """
    capture = body.capture
    if capture["role"] == "attachment" and capture["parent"] in reported:
        return
    if reading.status in UNREAD_STATUSES and is_report_title(capture["list_title"]):
        name = agency_of_title(capture["list_title"])
        named = (Evidence("list_title", name, 2),) if name else ()
        report = Report(status=reading.status, agency=name, evidence={"agency": named})
        if _take(gathered, body, report, known) is not None:
            return
        gathered.unread.pop()  # said below, with the reason why it was not read
    gathered.unread.append(Unread(body, reading.status, reading.detail))


def entries(ledger: Ledger) -> dict[str, dict[str, Any]]:
    """Newest registry entry by portal."""
    rows = ledger.rows(
        "SELECT portal, entry FROM portals JOIN runs USING (run_id) ORDER BY started_at"
    )
    return {row["portal"]: json.loads(row["entry"]) for row in rows}


def with_build_evidence(
    report: Report, capture: Mapping[str, Any], entry: Mapping[str, Any]
) -> Report:
    """The report with year, agency and scope elected from all evidence, its own first.

    List title and list date join the vote on the year. The address is kept as evidence
    and has no vote: a folder's year may be the report's or the publication's. The
    registry names the agency only where the page does not.

    Args:
        report: What the bytes say.
        capture: The ledger's row of the capture.
        entry: The portal's registry entry.
    """
    years = list(report.evidence.get("year", ()))
    # A file that somebody saved may bear any number in its name.
    listed = report_year_in(capture["list_title"]) if capture["role"] != "import" else None
    if listed:
        years.append(Evidence("list_title", str(listed), 2))
    dated = find_date(capture["list_date"])
    if dated:
        years.append(Evidence("list_date", str(year_published(dated)), 1))
    for folder in _FOLDER_YEAR.findall(capture["url"].rpartition("/")[0])[-1:]:
        years.append(Evidence("address", folder, 0))
    agencies = list(report.evidence.get("agency", ()))
    if not elect_agency(agencies) and entry.get("agency"):
        agencies.append(Evidence("registry", flat(str(entry["agency"])), 1))
    year, agency = elect(years), report.agency or elect_agency(agencies)
    scopes = list(report.evidence.get("scope", ()))
    if agency != report.agency or not scopes:
        scopes = [*name_sign(agency), *scopes]
    evidence = {"year": tuple(years), "agency": tuple(agencies), "scope": tuple(scopes)}
    own = tuple(flag for flag in report.flags if not flag.endswith("year_conflict"))
    return replace(
        report,
        year=year,
        agency=agency,
        title_derived=None if report.title else derived_title(agency, year),
        scope=elect_scope(scopes),
        flags=(*year_flags(years, year, report.forms), *own),
        evidence={**report.evidence, **evidence},
    )


def _version(history: ReportHistory, report: Report, body: Body) -> Version:
    """The version that says what the report says, new if there is none."""
    text, figures = text_sha256(report), figures_sha256(report)
    for version in history.versions:
        same = (version.text_sha256, version.figures_sha256, version.report.status)
        if same == (text, figures, report.status):
            version.bodies.append(body)
            return version
    empty: dict[str, Any] = {"figures": (), "findings": (), "leftovers": (), "grids": ()}
    light = replace(report, chapters={}, headings={}, **empty)
    number = len(history.versions) + 1
    made = Version(number, light, body.capture["sha256"], text, figures, [body])
    history.versions.append(made)
    return made


def text_sha256(report: Report) -> str:
    """Digest of title, agency and chapters, without white space: what is said."""
    parts = [report.title or "", report.agency or ""]
    parts += [f"{number}{text}" for number, text in sorted(report.chapters.items())]
    return hashlib.sha256("\n".join(flat(part) for part in parts).encode()).hexdigest()


def figures_sha256(report: Report) -> str:
    """Digest of the printed texts and units of all figures, and of a legacy report's tables."""
    rows: list[Any] = [[f.key, f.printed, f.unit] for f in report.figures]
    rows += [[list(row) for row in grid] for grid in report.grids]
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()
