"""One report in every format that is written without a converter."""

from __future__ import annotations

from collections.abc import Callable

from tests.portal.ofd import report_ofd
from tests.portal.office import docx, xls_of, xlsx
from tests.portal.pdf import Print, report_pdf
from tests.portal.render import article_html, text_dump
from tests.portal.reports import FictionalReport

#: Without borders columns must be wide enough: a number broken over lines is left alone.
_WIDE = Print(ruled=False, narrow=40, size=7.5)
WRITERS: dict[str, Callable[[FictionalReport], bytes]] = {
    "html": lambda report: article_html(report, "trs").encode(),
    "tika": lambda report: text_dump(report, "tika").encode(),
    "tsv": lambda report: text_dump(report, "tsv").encode(),
    "docx": docx,
    "xlsx": lambda report: xlsx(report, framed=True),
    "xls": lambda report: xls_of(xlsx(report, framed=True), framed=True),
    "pdf": lambda report: report_pdf(report, Print(cut_rows=True, offset=60)),
    "pdf_narrow": lambda report: report_pdf(report, Print(narrow=26, offset=200)),
    "pdf_free": lambda report: report_pdf(report, _WIDE),
    "ofd": report_ofd,
    "ofd_free": lambda report: report_ofd(report, _WIDE),
}
