"""Captures and readings to reports: who, which year, which versions, which sources.

Pages come first, then the files that they link to. A file is the page's report in other
words where both print the same figures, and the report itself where the page prints none.
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
from .evidence import by_list_title, entries, linked, with_build_evidence, with_page
from .frame import REACHED
from .heads import light
from .histories import Gathered, ReportHistory, Unread, Version, differences
from .kept import Read, Reading, headed
from .ledger import Ledger
from .marks import Marks
from .pages import Articles, File, Page
from .reports import Reports
from .runs import first_looks, last_outcomes
from .verdicts import WRONG_TYPE, announces, judged

#: Why a body that bears a report by its list title could not be read: statuses of a report.
UNREAD_STATUSES = frozenset({"needs_converter", "needs_ocr", "unreadable"})
#: A file that prints other figures than the page that links to it: both are kept, the page
#: counts, and the file is listed with the figures. It is no version: those tell of changes.
DIFFERS = "differs_from_page"
_MOST_NAMED = 20
#: Pages that speak for themselves, or say nothing of what is behind them.
_NO_TEXT = frozenset({"read", SoftNotFound.status, Challenge.status})


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
        self._pages: dict[str, list[Page]] = {}
        #: Pages by the address of each file that they link to.
        self._linking: dict[str, list[Page]] = {}
        self._failed: list[tuple[Body, Reading]] = []
        #: Rounds in which the address of each file gave something.
        self._rounds: dict[str, set[str]] = {}
        for body in found:
            if body.is_attachment:
                self._rounds.setdefault(body.url, set()).update(s.round for s in body.seen)

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
        self._pages.setdefault(body.url, []).append(page)
        for href, _ in report.attachments if report else ():
            self._linking.setdefault(linked(body.url, href), []).append(page)
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
        page = self._page_of(body, report)
        if page and page.report:
            report = with_page(report, capture["list_title"], page.report, page.body.url)
        entry = self._known.get(capture["portal"], {})
        report = with_build_evidence(report, capture, entry)
        history = self._reports.history(report, body)
        if history is None:
            return
        version = self._join(history, report, body, page)
        if version is not None and page is not None:
            pages, linking = self._pages[page.body.url], self._linking.get(body.url, [])
            # Of a page that changed, the texts that link to it; all, if a script links.
            by_script = [] if any(each in linking for each in pages) else pages
            for each in self._at_its_time(body, [*linking, *by_script]):
                each.files.append(File(body, history, version))

    def settle(self) -> Gathered:
        """Place what waited for its files, and tell the versions that stand."""
        for pages in self._pages.values():
            for page in pages:
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
        self._marks.put(versions, [page for pages in self._pages.values() for page in pages])
        return self._made

    @property
    def linked(self) -> set[str]:
        """The addresses to which pages link as to files."""
        return set(self._linking)

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
        if any(each.version for each in self._pages[body.url]):
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

    def _page_of(self, body: Body, report: Report) -> Page | None:
        """The page that links to a file; of several, the one that tells of the same report.

        The first, for what a file lacks (its title, its date) is as it stood when it was
        first seen. None where they tell of several reports, and the file does not say which
        is its own.
        """
        pages = self._texts_of(body)
        telling: list[tuple[Page, Report]] = [(p, p.report) for p in pages if p.report is not None]
        if not telling:
            return pages[0] if pages else None

        def rank(told: Report) -> tuple[bool, bool]:
            return told.year == report.year, told.agency == report.agency

        best = max(rank(told) for _, told in telling)
        fit = [(page, told) for page, told in telling if rank(told) == best]
        if len({(told.agency, told.year) for _, told in fit}) > 1:
            return None
        return fit[0][0]

    def _texts_of(self, body: Body) -> list[Page]:
        """The texts of pages that link to a file, first seen first.

        What a page says when it links to the file no more tells nothing of it. Where a
        script links, it is the texts that were seen in the file's rounds, if there are any.
        """
        linking = self._linking.get(body.url, [])
        pages = self._pages.get(body.capture["parent"], [])
        if any(page in linking for page in pages):
            pages = []
        rounds = {seen.round for seen in body.seen}
        beside = [page for page in pages if any(s.round in rounds for s in page.body.seen)]
        texts = self._at_its_time(body, [*linking, *(beside or pages)])
        return sorted(texts, key=lambda page: page.body.order)

    def _at_its_time(self, body: Body, pages: list[Page]) -> list[Page]:
        """The pages that stood while a file's address gave this very file; all if none did."""
        mine, every = {seen.round for seen in body.seen}, self._rounds[body.url]

        def stood(page: Page) -> bool:
            rounds = {seen.round for seen in page.body.seen}
            last = (max((e for e in every if e <= r), default=min(every)) for r in rounds)
            return not mine.isdisjoint(last)

        return [page for page in pages if stood(page)] or pages

    def _join(
        self, history: ReportHistory, report: Report, body: Body, page: Page | None
    ) -> Version | None:
        """The version that a file gives or belongs to; None if it is listed instead."""
        made = Version.of(report, body)
        for version in history.versions:
            if version.equals(made):
                version.bodies.append(body)
                return version
        silent = self._silent_texts(history, body)
        theirs = self._versions_of(page, history, body)
        beside = theirs or [each for each in history.versions if each.has_twin_in(made)]
        beside = [version for version in beside if not _spoke_before(silent, version)]
        for version in beside:
            if not self._differences(version, report):
                # A page that prints figures stands for itself; one without has a file for them.
                if made.filled > version.filled and not (version.of_page and version.filled):
                    version.lead(made)
                else:
                    version.beside.append(body)
                return version
        replaced = self._replaced(theirs, body)
        if replaced is not None:
            self._hand_over(replaced, made)
        elif theirs and not silent:
            differing = self._differences(theirs[0], report)
            more = f" and {len(differing) - _MOST_NAMED} more" if differing[_MOST_NAMED:] else ""
            named = "; ".join(differing[:_MOST_NAMED])
            detail = f"figures on {theirs[0].speaking[0].url} and in this file: {named}{more}"
            self._made.unread.append(Unread(body, DIFFERS, detail))
            return None
        history.versions.append(made)
        return made

    def _replaced(self, theirs: list[Version], body: Body) -> Version | None:
        """The page's version that an earlier file led, whose place a file has taken.

        The page prints no figures that the file could differ from. It has the same address,
        or the page links to it and to the earlier one no more.
        """
        linking = self._linking.get(body.url, [])
        for version in theirs:
            files = [each for each in version.bodies if each.order[0] < body.order[0]]
            if version.of_page or len(files) < len(version.bodies):
                continue
            if all(file.url == body.url or self._is_left(file, linking) for file in files):
                return version
        return None

    def _is_left(self, file: Body, linking: list[Page]) -> bool:
        """Whether pages link to another file, and not to this one."""
        before = self._linking.get(file.url, [])
        return bool(linking) and not any(page in before for page in linking)

    def _hand_over(self, old: Version, new: Version) -> None:
        """Make the texts of an earlier file's page those of the file that took its place."""
        addresses = {file.url for file in old.bodies}
        for page in self._linking.get(new.bodies[0].url, []):
            if page.version is not old:
                continue
            new.beside.append(page.body)
            if not any(page in self._linking.get(url, ()) for url in addresses):
                old.beside.remove(page.body)
                page.version = new

    def _silent_texts(self, history: ReportHistory, body: Body) -> list[Page]:
        """The texts that only link to a file, where it is the report of which they tell."""
        return [
            page
            for page in self._texts_of(body)
            if page.report is not None
            and page.report.status not in _NO_TEXT
            and self._reports.report_id(page.report, page.body) in (None, history.report_id)
        ]

    def _versions_of(self, page: Page | None, history: ReportHistory, body: Body) -> list[Version]:
        """Versions of a report that a page gave as it linked to a file, what it gives now first."""
        if page is None:
            return []
        texts = [each for each in self._texts_of(body) if each.body.url == page.body.url]
        texts.sort(key=lambda each: each.body.recency)
        given = [each.version for each in texts if each.version is not None]
        return [version for version in given if version in history.versions]

    def _differences(self, version: Version, report: Report) -> list[str]:
        whole = self._read(version.sha256).report
        return differences(whole, report) if whole else []

    def _take_failed(self, body: Body, reading: Reading) -> None:
        """A file that gave nothing: a picture belongs to its page, others wait for the end."""
        pages = self._pages_with(body)
        if reading.kind == "picture" and pages:
            for page in pages:
                page.pictures.add(body.url)
        else:
            self._failed.append((body, reading))
            if reading.status in UNREAD_STATUSES:
                for page in pages:
                    page.unread_files.append(body)

    def _pages_with(self, body: Body) -> list[Page]:
        """The pages that link to a file."""
        return [*self._pages.get(body.capture["parent"], ()), *self._linking.get(body.url, ())]

    def _settle_failed(self, body: Body, reading: Reading) -> None:
        """A file that is no report: listed, unless its page's report was read without it."""
        pages, title = self._pages_with(body), body.capture["list_title"]
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


def _spoke_before(silent: list[Page], version: Version) -> bool:
    """Whether a file was the report of an address before that gave a version's own words.

    Then the file was a version, and stays one.
    """
    given: dict[str, str] = {}
    for body in version.bodies:
        if not body.is_attachment:
            given[body.url] = min(body.order[0], given.get(body.url, body.order[0]))
    return any(page.body.order[0] < given.get(page.body.url, "") for page in silent)


def _is_elsewhere(page: Page) -> bool:
    """Whether a page that a list calls a report has its text in files alone, none of them read."""
    return page.status == NotAReport.status and bool(page.pictures or page.unread_files)
