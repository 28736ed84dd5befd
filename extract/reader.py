"""Bytes to a Report: the straight line through this package."""

from __future__ import annotations

from .chapters import Chapters, read_chapters
from .checks import run_checks
from .errors import NotAReport
from .formats import read as read_document
from .headline import Headline, read_headline
from .tables import Tables, read_tables
from .types import Document, Report

#: A page with fewer statutory chapters, and no statutory table, is no report
#: (portals.md §4.3: three of the six headings).
LEAST_CHAPTERS = 3


def read(body: bytes) -> Report:
    """Read one document.

    Pure: no network, no clock, no files.

    Args:
        body: The document's bytes, content-encoding removed.

    Returns:
        The report, status `read`; `attachment_unread` where the page bears a report's
        title and only links to a file; `needs_ocr` where it only holds pictures.

    Raises:
        NotAReport: No report stands in it (a soft 404, a list, a notice).
        NeedsConverter: The format is known, and not read by this version.
        ReadingError: The bytes cannot be read at all.
    """
    document = read_document(body)
    tables = read_tables(document)
    chapters = read_chapters(document)
    headline = read_headline(document, chapters)
    if len(chapters.found) < LEAST_CHAPTERS and not tables.figures:
        return _without_report(document, headline)
    return _report(document, tables, chapters, headline)


def _report(document: Document, tables: Tables, chapters: Chapters, headline: Headline) -> Report:
    figures = tuple(tables.figures)
    findings, passes = run_checks(figures, tables.forms.get("t3"))
    return Report(
        status="read",
        title=headline.title,
        agency=headline.agency,
        year=headline.year,
        published=headline.published,
        signed=headline.signed,
        form=tables.forms.get("t2") or tables.forms.get("t3"),
        forms=tables.forms,
        chapters=chapters.texts,
        figures=figures,
        findings=findings,
        passes=passes,
        evidence=headline.evidence,
        attachments=document.links,
        charset=document.charset,
    )


def _without_report(document: Document, headline: Headline) -> Report:
    """A page that bears a report's title without its chapters, or no report at all.

    Raises:
        NotAReport: It bears no report's title, or holds neither files nor pictures.
    """
    if headline.title is None or not (document.links or document.pictures):
        title = f" under the title “{headline.title}”" if headline.title else ""
        raise NotAReport(f"no statutory table and fewer than three statutory chapters{title}")
    return Report(
        status="attachment_unread" if document.links else "needs_ocr",
        title=headline.title,
        agency=headline.agency,
        year=headline.year,
        published=headline.published,
        evidence=headline.evidence,
        attachments=document.links,
        charset=document.charset,
    )
