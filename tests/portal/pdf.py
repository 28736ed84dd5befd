"""A report as a PDF, as word processors print it: ruled or not, cut over pages."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from typing import Protocol

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from tests.portal.dumps import signature
from tests.portal.reports import FictionalReport
from tests.portal.tables import Box, Grid, grids

_FONT = "STSong-Light"
_WIDTHS = {"二": (150, 100, 100, 100), "三": (22, 58, 124, *(35,) * 7), "四": (30,) * 15}


@dataclass(frozen=True, slots=True)
class Print:
    """How a report is printed.

    Attributes:
        ruled: Whether cells have borders.
        cut_rows: Whether a page may end inside a row.
        bold: Whether numbers are drawn twice, to look bold.
        upright: Whether 三、本年度办理结果 is set one character a line.
        middle: Whether numbers stand in the middle of their row's height.
        narrow: Width of a column of table three, in points.
        size: Font size of the tables, in points.
        offset: How far down the first page begins, in points: moves the page breaks.
        page_numbers: Whether each page bears its number.
    """

    ruled: bool = True
    cut_rows: bool = False
    bold: bool = False
    upright: bool = True
    middle: bool = True
    narrow: float = 35
    size: float = 9
    offset: float = 0
    page_numbers: bool = True


def report_pdf(report: FictionalReport, printing: Print | None = None) -> bytes:
    """Print a report."""
    pdfmetrics.registerFont(UnicodeCIDFont(_FONT))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1)
    Press(canvas, printing or Print()).print(report)
    canvas.save()
    return out.getvalue()


class Paper(Protocol):
    """What a press prints on: places in points from the lower left corner."""

    # reportlab's names
    def setFont(self, name: str, size: float) -> object: ...  # noqa: D102, N802
    def drawString(self, x: float, y: float, text: str) -> object: ...  # noqa: D102, N802
    def rect(self, x: float, y: float, width: float, height: float) -> object: ...  # noqa: D102
    def showPage(self) -> object: ...  # noqa: D102, N802


class Press:
    """Sets a report on pages of paper."""

    _left, _top, _bottom = 72.0, 770.0, 72.0

    def __init__(self, paper: Paper, printing: Print) -> None:
        self._print = printing
        self._canvas = paper
        self._y = self._top - printing.offset
        self._number = 1
        self._labels = self._left
        self._set: dict[int, Box] = {}  # cells whose text is printed, kept for their identity

    def print(self, report: FictionalReport) -> None:
        """Set the whole report."""
        tables = grids(report)
        self._line(report.title, 18, indent=40)
        self._prose(report.preamble)
        for chapter, paragraphs in report.chapters.items():
            self._line(report.heading(chapter), 14, indent=28)
            for paragraph in paragraphs:
                self._prose(paragraph)
            if chapter in tables:
                self._table(tables[chapter], self._widths(chapter))
        for line in signature(report):
            self._line(line, 12, indent=250)
        self._end_page()

    def _widths(self, chapter: str) -> tuple[float, ...]:
        widths = _WIDTHS[chapter]
        # Labels are set left, headings of columns in the middle.
        self._labels = self._left + {"二": 1, "三": sum(widths[:3]), "四": 0}[chapter]
        return (*widths[:3], *(self._print.narrow,) * 7) if chapter == "三" else widths

    def _end_page(self) -> None:
        if self._print.page_numbers:
            self._canvas.setFont(_FONT, 10)
            self._canvas.drawString(A4[0] / 2 - 10, 40, f"- {self._number} -")
        self._canvas.showPage()
        self._number += 1
        self._y = self._top

    def _line(self, text: str, size: float, indent: float = 0) -> None:
        if self._y - size * 1.6 < self._bottom:
            self._end_page()
        self._y -= size * 1.6
        self._canvas.setFont(_FONT, size)
        self._canvas.drawString(self._left + indent, self._y, text)

    def _prose(self, text: str) -> None:
        for i, line in enumerate(_wrapped(text, 450, 12, indent=24)):
            self._line(line, 12, indent=0 if i else 24)

    def _table(self, grid: Grid, widths: tuple[float, ...]) -> None:
        """Print a table row by row, a new page where it does not fit."""
        edges = [self._left]
        for width in widths:
            edges.append(edges[-1] + width)
        rows = _placed(grid, edges)
        heights = [self._height(row) for row in rows]
        begin = 0
        while begin < len(rows):
            end, room = begin, self._y - self._bottom
            while end < len(rows) and heights[end] <= room:
                room -= heights[end]
                end += 1
            if end < len(rows) and self._print.cut_rows and room > 2.6 * self._print.size:
                rows[end : end + 1], heights[end : end + 1] = self._cut(rows[end], room)
                continue
            self._segment(rows, heights, begin, end)
            begin = end
            if begin < len(rows):
                self._end_page()
        self._y -= 12

    def _cut(self, row: _Row, room: float) -> tuple[list[_Row], list[float]]:
        """A row in two: the lines that still fit, and the rest; numbers stay above."""
        lines = int((room - 6) / (self._print.size * 1.2))
        upper, lower = [], []
        for x0, x1, box in row:
            if box.down > 1:
                upper.append((x0, x1, box))
                continue
            parts = _wrapped(box.text, x1 - x0 - 8, self._print.size)
            upper.append((x0, x1, replace(box, text="".join(parts[:lines]))))
            lower.append((x0, x1, replace(box, text="".join(parts[lines:]))))
        if not any(box.text for _, _, box in lower):
            return [row], [room]  # it fits after all, in a lower row
        return [upper, lower], [min(room, self._height(upper)), self._height(lower)]

    def _height(self, row: _Row) -> float:
        lines = [
            len(_wrapped(box.text, x1 - x0 - 8, self._print.size))
            for x0, x1, box in row
            if box.down == 1
        ]
        return max(1, *lines, 1) * self._print.size * 1.2 + 6

    def _segment(self, rows: list[_Row], heights: list[float], begin: int, end: int) -> None:
        """The rows of one page; a cell that spans beyond it is drawn as far as it goes."""
        tops = [self._y]
        for height in heights[begin:end]:
            tops.append(tops[-1] - height)
        for at, row in enumerate(rows[:end]):
            for x0, x1, box in row:
                last = min(at + box.down, end)
                if last <= begin:
                    continue
                top, bottom = tops[max(at, begin) - begin], tops[last - begin]
                if self._print.ruled:
                    self._canvas.rect(x0, bottom, x1 - x0, top - bottom)
                # A label over several rows stands on the page that has room for it.
                waits = last < at + box.down and top - bottom < self._needed(box, x1 - x0)
                if id(box) not in self._set and not waits:
                    self._cell(box, x0, x1, top, bottom)
                    self._set[id(box)] = box
        self._y = tops[-1]

    def _upright(self, box: Box, width: float) -> bool:
        return box.down > 3 and self._print.upright and width < 30

    def _needed(self, box: Box, width: float) -> float:
        """Height that a cell's text takes."""
        lines = len(_wrapped(box.text, width - 8, self._print.size))
        count = len(box.text) if self._upright(box, width) else lines
        return count * self._print.size * 1.2

    def _cell(self, box: Box, x0: float, x1: float, top: float, bottom: float) -> None:
        size = self._print.size
        lines = _wrapped(box.text, x1 - x0 - 8, size)
        if self._upright(box, x1 - x0):
            lines = list(box.text)
        pitch = min(size * 1.2, (top - bottom) / len(lines))
        height = len(lines) * pitch
        centred = self._print.middle or box.down > 1
        y = (top + bottom + height) / 2 if centred else top - 3
        self._canvas.setFont(_FONT, size)
        for line in lines:
            y -= pitch
            width = pdfmetrics.stringWidth(line, _FONT, size)
            is_label = box.head and box.down == 1 and x0 < self._labels
            x = x0 + 4 if is_label else (x0 + x1 - width) / 2
            self._canvas.drawString(x, y + size * 0.2, line)
            if self._print.bold and not box.head:
                self._canvas.drawString(x + 0.3, y + size * 0.2, line)


_Row = list[tuple[float, float, Box]]


def _placed(grid: Grid, edges: list[float]) -> list[_Row]:
    """The boxes of each row with their left and right borders."""
    hanging: dict[int, int] = {}  # column → rows that a cell above still covers
    rows: list[_Row] = []
    for row in grid:
        placed: _Row = []
        column = 0
        for box in row:
            while hanging.get(column, 0):
                column += 1
            placed.append((edges[column], edges[column + box.across], box))
            for covered in range(column, column + box.across):
                hanging[covered] = box.down
            column += box.across
        rows.append(placed)
        hanging = {column: left - 1 for column, left in hanging.items() if left > 1}
    return rows


def _wrapped(text: str, width: float, size: float, indent: float = 0) -> list[str]:
    """Break a text where it is full, between any two characters."""
    lines, line, room = [], "", width - indent
    for char in text:
        wide = pdfmetrics.stringWidth(char, _FONT, size)
        if line and wide > room:
            lines.append(line)
            line, room = "", width
        line += char
        room -= wide
    return [*lines, line]
