"""Captures and readings to reports: who, which year, which versions, which sources.

Pages come first, then the files that they link to (`filing.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from extract.errors import Challenge, NeedsOcr, NotAReport, SoftNotFound
from extract.headline import is_report_title
from extract.types import Report

from .absence import Absences
from .agencies import Resolver
from .bodies import Body
from .digests import Digests
from .evidence import by_list_title, entries, with_build_evidence, with_page
from .filing import Filing
from .frame import REACHED
from .heads import light
from .histories import Gathered, Unread
from .kept import Read, Reading, headed
from .ledger import Ledger
from .links import Links
from .marks import Marks
from .pages import Articles, File, Page
from .reports import Reports
from .runs import first_looks, last_outcomes
from .verdicts import WRONG_TYPE, announces, judged

#: Why a body that bears a report by its list title could not be read: statuses of a report.
UNREAD_STATUSES = frozenset({"needs_converter", "needs_ocr", "unreadable"})


def gather(
    ledger: Ledger,
    found: list[Body],
    read: Read,
    absences: Absences,
    resolver: Resolver,
) -> Gathered:
    """Group bodies into reports.

    Args:
        ledger: For the registry entries that the runs used.
        found: The bodies, in order.
        read: Gives what the body of a digest says.
        absences: Addresses that gave something once.
        resolver: Tells whose a report is.
    """
    known = entries(ledger)
    made, _ = gather_bodies(known, found, read, absences, resolver)
    tell_runs(made, ledger, known)
    made.resolve = resolver.resolve
    return made


def gather_bodies(
    known: dict[str, dict[str, Any]],
    found: list[Body],
    read: Read,
    absences: Absences,
    resolver: Resolver,
) -> tuple[Gathered, set[str]]:
    """Group bodies into reports, without what the runs tell of all portals.

    Args:
        known: The newest registry entries of their portals.
        found: The bodies, in order.
        read: Gives what the body of a digest says.
        absences: Addresses that gave something once.
        resolver: Tells whose a report is.

    Returns:
        The reports, and the addresses to which pages link as to files.
    """
    gathering = _Gathering(known, found, read, absences, resolver)
    for body in found:
        if not body.is_attachment:
            gathering.take_page(body)
    for body in found:
        if body.is_attachment:
            gathering.take_file(body)
    return gathering.settle(), gathering.linked


def tell_runs(made: Gathered, ledger: Ledger, known: Mapping[str, Mapping[str, Any]]) -> None:
    """Note what the runs tell of the portals: their entries, and how their crawls ended."""
    imports = ledger.rows("SELECT run_id FROM runs WHERE kind = 'import'")
    made.entries, made.outcomes = known, last_outcomes(ledger)
    made.first_looks = first_looks(ledger, REACHED)
    made.imports = frozenset(row["run_id"] for row in imports)


class _Gathering:
    """Reports in the making."""

    def __init__(
        self,
        known: dict[str, dict[str, Any]],
        found: list[Body],
        read: Read,
        absences: Absences,
        resolver: Resolver,
    ) -> None:
        self._known = known
        self._read, self._read_head = read, headed(read)
        self._articles = Articles(found, known)
        self._marks = Marks(known, absences)
        self._made = Gathered()
        self._reports = Reports(known, self._made, resolver)
        self._links = Links(found)
        self._filing = Filing(self._links, self._reports, read, self._made.unread)
        self._failed: list[tuple[Body, Reading]] = []

    def take_page(self, body: Body) -> None:
        """Place a page that was read; keep the others until their files are known."""
        reading, capture = self._judged(body, self._read_head), body.capture
        entry = self._known.get(capture["portal"], {})
        report = reading.report and with_build_evidence(reading.report, capture, entry)
        if report is None and is_report_title(capture["list_title"]):
            report = by_list_title(reading.status, capture, entry)
        if report and report.status != "read" and not self._articles.counts(body):
            report = None  # a list may bear a title like a report's
        told = reading.report is not None
        page = Page(body, reading.status, reading.detail, report and light(report), told)
        self._links.add(page)
        if report and report.status == "read":
            history = self._reports.history(report, body)
            if history and page.report:
                said = self._digests(reading, report)
                page.version = self._reports.place(history, page.report, body, said)

    def take_file(self, body: Body) -> None:
        """Place an attachment: with its page's report, or as a report of its own."""
        reading, capture = self._judged(body, self._read), body.capture
        if reading.report is None or reading.report.status != "read":
            self._take_failed(body, reading)
            return
        report = reading.report
        page = self._links.page_of(body, report)
        if page and page.report:
            report = with_page(report, capture["list_title"], page.report, page.body.url)
        entry = self._known.get(capture["portal"], {})
        report = with_build_evidence(report, capture, entry)
        history = self._reports.history(report, body)
        if history is None:
            return
        version = self._filing.join(history, report, body, page)
        if version is not None and page is not None:
            for each in self._links.holding(body, page):
                each.files.append(File(body, history, version))

    def settle(self) -> Gathered:
        """Place what waited for its files, and tell the versions that stand."""
        for page in self._links:
            if page.version is None and (page.report is None or page.report.status != "read"):
                self._settle_page(page)
        for body, reading in self._failed:
            self._settle_failed(body, reading)
        recency: dict[str, int] = {}
        versions = [v for history in self._made.reports.values() for v in history.versions]
        for version in versions:
            for body in version.sources:
                # A soft 404 or a wall seen later does not unseat what was read before.
                recency[body.url] = min(recency.get(body.url, body.recency), body.recency)
        for version in versions:
            version.standing = any(recency[body.url] == body.recency for body in version.speaking)
        for history in self._made.reports.values():
            history.settle()
        self._marks.put(versions, list(self._links))
        return self._made

    @property
    def linked(self) -> set[str]:
        """The addresses to which pages link as to files."""
        return self._links.files

    def _digests(self, reading: Reading, report: Report) -> Digests:
        """Those of what a page says; that of its text is of its agency, too.

        Args:
            reading: What its bytes say, whole or its head.
            report: The same with the build's evidence, which may tell an agency.
        """
        if reading.digests is None or reading.report is None:
            return Digests.of(report)
        if report.agency == reading.report.agency:
            return reading.digests
        whole = self._read(reading.sha256).report or report
        return Digests.of(replace(whole, agency=report.agency))

    def _judged(self, body: Body, read: Read) -> Reading:
        """What is known of a body; what its address gave is noted."""
        reading = read(body.capture["sha256"])
        verdict = judged(body, reading)
        self._marks.note(body, {reading.status, verdict.status}, reading.detail)
        return verdict

    # -- pages ----------------------------------------------------------------------

    def _settle_page(self, page: Page) -> None:
        """A page that was not read: its files speak for it, or it is listed with its reason."""
        body, report = page.body, page.report
        files = self._own_files(page)
        if files:
            for file in files:
                file.version.stands_for.append((file.body, body))
                if body not in file.version.beside:
                    file.version.beside.append(body)
        elif report is not None and (page.told or _is_elsewhere(page)):
            if not page.told:
                status = "attachment_unread" if page.unread_files else NeedsOcr.status
                report = replace(report, status=status, kind="html")
            history = self._reports.history(report, body)
            page.version = self._reports.place(history, report, body) if history else None
        elif not self._set_aside(page):
            count = len(page.pictures)
            with_it = f"; {count} picture files belong to it" if count else ""
            self._list_failed(body, page.status, page.detail + with_it, report)

    def _set_aside(self, page: Page) -> bool:
        """Whether a page is no report, and nobody said that it was: counted, not listed.

        A page that takes the place of a report is listed, whatever a list calls it.
        """
        body = page.body
        if any(each.version for each in self._links.at(body.url)):
            return False
        if body.is_node:
            refused = page.status in (SoftNotFound.status, Challenge.status)
            page.set_aside = not (refused and self._articles.is_single(body))
        elif body.capture["role"] == "article" and page.status == NotAReport.status:
            page.set_aside = not announces(body.capture["list_title"])
            if page.set_aside:
                self._made.left_out.setdefault(body.capture["portal"], set()).add(body.url)
        return page.set_aside

    def _own_files(self, page: Page) -> list[File]:
        """The page's files that are the report of which the page tells."""
        if page.report is None:
            return []
        report_id = self._reports.report_id(page.report, page.body)
        if report_id is None:
            reports = {file.history.report_id for file in page.files}
            report_id = reports.pop() if len(reports) == 1 else None
        return [file for file in page.files if file.history.report_id == report_id]

    def _list_failed(self, body: Body, status: str, detail: str, report: Report | None) -> None:
        """A body that could not be read: a report by its list title, or listed with its reason.

        A list row may itself be a PDF.
        """
        if report is not None and status in UNREAD_STATUSES:
            report_id = self._reports.report_id(report, body)
            history = self._reports.history(report, body) if report_id else None
            if history is not None:
                self._reports.place(history, report, body)
                return
        self._made.unread.append(Unread(body, status, detail))

    # -- attachments ----------------------------------------------------------------

    def _take_failed(self, body: Body, reading: Reading) -> None:
        """A file that gave nothing: a picture belongs to its page, others wait for the end."""
        pages = self._links.around(body)
        if reading.kind == "picture" and pages:
            for page in pages:
                page.pictures.add(body.url)
        else:
            self._failed.append((body, reading))
            if reading.status in UNREAD_STATUSES:
                for page in pages:
                    page.unread_files.append(body)

    def _settle_failed(self, body: Body, reading: Reading) -> None:
        """A file that is no report: listed, unless its page's report was read without it."""
        pages, title = self._links.around(body), body.capture["list_title"]
        if any(page.version and page.version.report.status == "read" for page in pages):
            return
        if any(self._own_files(page) for page in pages):
            return
        no_report = reading.status in (NotAReport.status, WRONG_TYPE)
        if no_report and pages and all(page.set_aside for page in pages) and not announces(title):
            return
        placed = any(page.version for page in pages)
        report = None
        if not placed and is_report_title(title):
            entry = self._known.get(body.capture["portal"], {})
            report = by_list_title(reading.status, body.capture, entry)
        self._list_failed(body, reading.status, reading.detail, report)


def _is_elsewhere(page: Page) -> bool:
    """Whether a page that a list calls a report has its text in files alone, none of them read."""
    return page.status == NotAReport.status and bool(page.pictures or page.unread_files)
