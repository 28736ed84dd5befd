"""Laying out one PDF page under limits of what it may draw.

A few kilobytes may unpack to gigabytes of drawing commands, or draw one form within
another a billion times. Beyond these limits pdfminer would only take its 30 seconds
before it failed (`extract.worker`).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Any

from pdfminer.pdfinterp import PDFPageInterpreter
from pdfminer.pdfpage import PDFPage
from pdfminer.pdftypes import stream_value
from pdfplumber.page import Page, PDFPageAggregatorWithMarkedContent
from pdfplumber.pdf import PDF

from ..errors import TooLarge

#: The longest real report has fewer than 100 pages.
MOST_PAGES = 300
#: Signs of a document; of parts of lines and shapes; of forms and pictures drawn.
MOST_SIGNS = 100_000
MOST_PATHS = 200_000
MOST_FIGURES = 10_000
#: Unpacked bytes of drawing commands.
MOST_CONTENT = 16 << 20


class Drawn:
    """What the pages of one document have drawn so far."""

    def __init__(self) -> None:
        self._left = {
            "signs": MOST_SIGNS,
            "lines and shapes": MOST_PATHS,
            "forms and pictures": MOST_FIGURES,
            "bytes of drawing commands": MOST_CONTENT,
        }
        self._most = dict(self._left)

    def count(self, what: str, number: int = 1) -> None:
        """Count something drawn.

        Raises:
            TooLarge: It is more than any report draws.
        """
        self._left[what] -= number
        if self._left[what] < 0:
            raise TooLarge(f"the PDF draws more than {self._most[what]:,} {what}: no report does")


class _Device(PDFPageAggregatorWithMarkedContent):
    """Collects what a page draws, as pdfplumber does, and counts it."""

    drawn: Drawn

    def render_char(self, *args: Any, **options: Any) -> float:
        self.drawn.count("signs")
        return super().render_char(*args, **options)

    def paint_path(
        self, gstate: Any, stroke: bool, fill: bool, evenodd: bool, path: Sequence[Any]
    ) -> None:
        self.drawn.count("lines and shapes", len(path))
        super().paint_path(gstate, stroke, fill, evenodd, path)

    def begin_figure(self, *args: Any) -> None:
        self.drawn.count("forms and pictures")
        super().begin_figure(*args)


class _Interpreter(PDFPageInterpreter):
    """Measures drawing commands, those of forms included, before it follows them."""

    device: _Device

    def execute(self, streams: Sequence[object]) -> None:
        for each in streams:
            data = stream_value(each).get_data()
            self.device.drawn.count("bytes of drawing commands", len(data))
        super().execute(streams)


def check_pages(pdf: PDF) -> None:
    """Refuse a document of too many pages before an object is made of each.

    Raises:
        TooLarge: It has more than 300.
    """
    pages = PDFPage.create_pages(pdf.doc)
    if next(islice(pages, MOST_PAGES, None), None) is not None:
        raise TooLarge(f"the PDF has more than {MOST_PAGES} pages: no report has")


def lay_out(page: Page, drawn: Drawn) -> None:
    """Lay out a page; afterwards pdfplumber's properties of it answer from what was drawn.

    Raises:
        TooLarge: The document draws more than any report.
    """
    device = _Device(page.pdf.rsrcmgr, pageno=page.page_number, laparams=page.pdf.laparams)
    device.drawn = drawn
    _Interpreter(page.pdf.rsrcmgr, device).process_page(page.page_obj)
    page._layout = device.get_result()  # where `Page.layout` keeps it
