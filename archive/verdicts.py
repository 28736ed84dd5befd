"""What a body is taken for beyond its bytes: by its role, its address, its link's words."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import urlsplit

from extract.errors import NotAReport, SoftNotFound
from extract.hallmarks import LEAST_CHAPTERS
from extract.headline import is_report_title
from extract.labels import flat
from extract.title_words import NOT_TITLES, YEAR
from extract.types import Report

from .bodies import Body
from .kept import Reading

#: A file by its link, a web page by its bytes.
WRONG_TYPE = "wrong_type"
_MOST_NAMED = 20
_HOME = re.compile(r"/?(?:(?:index|default|main)\.(?:s?html?|jsp|aspx?|php|do|action))?$", re.I)
_PAGE = re.compile(r"\.s?html?$", re.I)
_CUT = re.compile(r"(?:信息|政务)公开.*(?:\.{2,}|…)$")


def judged(body: Body, reading: Reading) -> Reading:
    """The reading of a body, with the status that is known here only.

    A web page in the place of a file is `wrong_type`, unless it is a whole report: some
    agencies link to their report's tables and chapters as a page. One that the crawler took
    out of its article's frame was asked for as a page: its chapters are enough. An address that led
    to the home page is a soft 404.
    """
    if body.is_attachment and reading.kind == "html" and not _is_whole(reading.report, body.url):
        what = reading.detail or "a page that is no whole report"
        detail = f"a web page in the place of a file: {reading.status}: {what}"
        return replace(reading, status=WRONG_TYPE, detail=detail, report=None)
    if reading.status == NotAReport.status and _is_home(body):
        led = sorted({url for url, _ in body.origins})
        more = f" and {len(led) - _MOST_NAMED} more" if led[_MOST_NAMED:] else ""
        named = f" from {', '.join(led[:_MOST_NAMED])}{more}" if led else ""
        detail = f"the site's home page{named}"
        return replace(reading, status=SoftNotFound.status, detail=detail)
    return reading


def announces(list_title: str) -> bool:
    """Whether the words of a link say that it leads to a report; lists cut titles short."""
    if is_report_title(list_title):
        return True
    text = flat(list_title)
    return bool(_CUT.search(text) and YEAR.search(text)) and not NOT_TITLES.search(text)


def _is_whole(report: Report | None, url: str) -> bool:
    if report is None or report.status != "read" or len(report.headings) < LEAST_CHAPTERS:
        return False
    return bool(report.figures or report.grids or _PAGE.search(urlsplit(url).path))


def _is_home(body: Body) -> bool:
    """Whether a body is its site's home page, and nobody asked for that."""
    parts = urlsplit(body.url)
    asked = body.capture["role"] == "import" or body.url == body.capture["listing"]
    return not asked and not parts.query and bool(_HOME.fullmatch(parts.path))
