"""Bytes to a Report: the straight line through this package."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .chapters import Chapters, read_chapters
from .checks import run_checks
from .errors import NeedsConverter, NotAReport, ReadingError, SoftNotFound
from .facts import read_facts
from .formats import layouts, zipped
from .forms import TABLES
from .hallmarks import is_known
from .headline import Headline, read_headline, year_flags
from .legacy import LEGACY, read_legacy
from .stand_ins import stand_in
from .tables import Tables, read_tables
from .titles import is_of_another_kind, speaks_of_itself
from .types import Cell, Document, Figure, Report

#: Formats of pages; of these a page that is a picture is counted, and not read.
PAGED = ("pdf", "ofd")
#: Checks that rank the layouts of one document: what the tables say of themselves.
SUMS = ("C01", "C02", "C03", "C04", "C05")


def read(body: bytes) -> Report:
    """Read one document, or the one report in a ZIP archive.

    Pure: no network, no clock, no files.

    Args:
        body: The document's bytes, content-encoding removed.

    Returns:
        The report, status `read`; `attachment_unread` where the page bears a report's
        title and only links to a file; `needs_ocr` where it only holds pictures.

    Raises:
        NotAReport: No report stands in it (a list, a notice); `SoftNotFound` where it says
            that there is no page, `Challenge` where it is a wall's.
        NeedsConverter: LibreOffice must convert it first (`extract.convert`).
        NeedsOcr: It is a scan.
        ReadingError: The bytes cannot be read at all.
    """
    try:
        report = _from_archive(body) if zipped.is_archive(body) else _from_layouts(body)
    except ReadingError as error:
        instead = stand_in(body)
        if instead is None:
            raise
        raise instead from error
    # A page that was taken down may keep the title of what stood there.
    missing = stand_in(body) if report.status != "read" else None
    if isinstance(missing, SoftNotFound):
        raise missing
    return report


def _from_layouts(body: bytes) -> Report:
    """The report as the best of the layouts tells it."""
    best: _Reading | None = None
    for document in layouts(body):
        reading = _Reading.of(document)
        if best is None or reading.merit > best.merit:
            best = reading
        if best.is_whole:
            break
    if best is None:
        raise ReadingError("nothing stands in the document")
    return best.report()


def _from_archive(body: bytes) -> Report:
    """The one report among the files of an archive.

    Raises:
        NotAReport: None of them is one.
        ReadingError: Two of them are, and differ; or the only one cannot be read.
    """
    found: list[tuple[str, Report]] = []
    failed: list[tuple[str, ReadingError]] = []
    for name, member in zipped.members(body):
        try:
            found.append((name, _from_layouts(member)))
        except ReadingError as error:
            failed.append((name, error))
    if not found:
        serious = [(n, e) for n, e in failed if not isinstance(e, NotAReport)] or failed
        if not serious:
            raise NotAReport("the ZIP archive is empty")
        # What can be converted is read then, and may be the report that is looked for.
        name, why = min(serious, key=lambda each: not isinstance(each[1], NeedsConverter))
        raise type(why)(f"{name} in the ZIP archive: {why}")
    read = [(name, report) for name, report in found if report.status == "read"] or found
    if not _is_one([report for _, report in read]):
        names = ", ".join(name for name, _ in read)
        raise ReadingError(f"several reports in one ZIP archive: {names}; unpack and import them")
    name, report = read[0]
    unread = any(not isinstance(error, NotAReport) for _, error in failed)
    return replace(
        report,
        flags=(*report.flags, "archive_unread") if unread else report.flags,
        figures=tuple(_inside(name, figure) for figure in report.figures),
        leftovers=tuple(Cell(cell.text, f"{name}!{cell.place}") for cell in report.leftovers),
    )


def _is_one(reports: list[Report]) -> bool:
    """Whether reports are one in several formats: figures, year, and names that fit together.

    Many small agencies report nothing but zeros; one format prints a name longer.
    """
    says = {(tuple((f.key, f.printed) for f in r.figures), r.grids, r.year) for r in reports}
    names = [report.agency for report in reports if report.agency]
    longest = max(names, key=len, default="")
    return len(says) == 1 and all(longest.endswith(name) for name in names)


def _inside(name: str, figure: Figure) -> Figure:
    return replace(figure, place=f"{name}!{figure.place}") if figure.place else figure


@dataclass(frozen=True, slots=True)
class _Reading:
    """One layout of a document, read."""

    document: Document
    tables: Tables
    chapters: Chapters

    @classmethod
    def of(cls, document: Document) -> _Reading:
        return cls(document, read_tables(document), read_chapters(document))

    @property
    def merit(self) -> tuple[bool, int, int]:
        """Whether no cell is missing; how many cells are there; how many more checks held.

        Ranks layouts, and changes none. Checks come last: a layout that lost cells is no
        better for the sums that cannot fail without them.
        """
        filled = sum(figure.printed is not None for figure in self.tables.figures)
        figures, forms = tuple(self.tables.figures), self.tables.forms
        findings, passes = run_checks(Report("read", figures=figures, forms=forms), SUMS)
        failed = sum(finding.status == "fail" for finding in findings)
        return self.tables.is_whole, filled, passes - failed

    @property
    def is_whole(self) -> bool:
        """Whether no other layout is asked: no cell is missing in this one.

        Layouts come in the order of what they rest on: ruling lines, places, mere text.
        Where the first has every cell, sums that do not hold are the report's own. And
        the tables of a web page are what it prints; only one without any is read by lines.
        """
        is_page = self.document.kind == "html" and bool(self.tables.figures)
        return is_page or self.tables.is_whole

    def report(self) -> Report:
        figures = tuple(self.tables.figures)
        legacy = None
        if not figures or not self.tables.forms:
            # A stray row beside the table of 2014 is no statutory table.
            legacy = read_legacy(self.document, self.chapters.found, must_count=bool(figures))
        chapters = legacy.chapters if legacy else self.chapters
        headline = read_headline(self.document, chapters)
        if not legacy and (self._is_short(headline) or self._is_blank_form(headline)):
            return _without_report(self.document, headline)
        form = self.tables.forms.get("t2") or self.tables.forms.get("t3")
        flags = year_flags(headline.evidence["year"], headline.year, self.tables.forms)
        if self.document.kind in PAGED and self.document.pictures:
            flags = (*flags, "scanned_pages")
        if not legacy:
            have = {figure.table for figure in figures}
            flags = (*flags, *(f"no_{table}" for table in TABLES if table not in have))
        report = replace(
            _report(self.document, headline),
            status="read",
            signed=headline.signed,
            form=LEGACY if legacy else form,
            forms=self.tables.forms,
            chapters=chapters.texts,
            headings=chapters.headings,
            facts=read_facts(chapters.texts, headline.year),
            figures=() if legacy else figures,
            # Nothing was looked for in a legacy report's tables, so nothing is missing.
            leftovers=() if legacy else tuple(self.tables.leftovers),
            grids=legacy.grids if legacy else (),
            flags=(*flags, "grids_cut") if legacy and legacy.cut else flags,
        )
        if legacy:
            return report
        findings, passes = run_checks(report)
        return replace(report, findings=findings, passes=passes)

    def _is_short(self, headline: Headline) -> bool:
        """Whether there is too little for a report (`hallmarks`)."""
        named = headline.title or speaks_of_itself(self.document, self.chapters.first or 0)
        tables = bool(self.tables.figures)
        return not is_known(self.chapters, has_tables=tables, is_named=bool(named))

    def _is_blank_form(self, headline: Headline) -> bool:
        """Whether a page hands out the form itself: a notice, and no number in its tables."""
        blank = all(figure.value is None for figure in self.tables.figures)
        return blank and headline.title is None and is_of_another_kind(self.document)


def _report(document: Document, headline: Headline) -> Report:
    """What the headline says, as a report that was not read yet."""
    return Report(
        status="attachment_unread",
        title=headline.title,
        title_derived=headline.title_derived,
        agency=headline.agency,
        year=headline.year,
        published=headline.published,
        scope=headline.scope,
        block=headline.block,
        evidence=headline.evidence,
        attachments=document.links,
        charset=document.charset,
        kind=document.kind,
    )


def _without_report(document: Document, headline: Headline) -> Report:
    """A page that bears a report's title without its chapters, or no report at all.

    Raises:
        NotAReport: It bears no report's title, or holds neither files nor pictures.
    """
    if headline.title is None or not (document.links or document.pictures):
        title = f" under the title “{headline.title}”" if headline.title else ""
        raise NotAReport(f"no statutory table and too few statutory chapters{title}")
    status = "attachment_unread" if document.links else "needs_ocr"
    flags = year_flags(headline.evidence["year"], headline.year, {})
    return replace(_report(document, headline), status=status, flags=flags)
