"""Traps of printed pages: nothing may be read wrong, nothing invented, nothing called blank."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from extract import read
from extract.types import Report
from tests.oddities import scattered
from tests.portal.pdf import _FONT, Press, Print
from tests.portal.reports import FictionalReport
from tests.readback import compare

pdfmetrics.registerFont(UnicodeCIDFont(_FONT))


class Trap:
    """A canvas that prints as it is told, and something else besides."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas
        self.size = 9.0
        self.begin()

    def begin(self) -> None:
        """Begin a page."""

    def setFont(self, name: str, size: float) -> None:  # noqa: N802 (reportlab's name)
        self.size = size
        self.canvas.setFont(name, size)

    def drawString(self, x: float, y: float, text: str) -> None:  # noqa: N802
        if text and set(text) <= set("0123456789,."):
            self.number(x, y, text)
        else:
            self.canvas.drawString(x, y, text)

    def number(self, x: float, y: float, text: str) -> None:
        self.canvas.drawString(x, y, text)

    def rect(self, x: float, y: float, width: float, height: float) -> None:
        self.canvas.rect(x, y, width, height)

    def showPage(self) -> None:  # noqa: N802
        self.canvas.showPage()
        self.begin()


class Shadow(Trap):
    """Each number a second time, a little lower on the right."""

    def number(self, x: float, y: float, text: str) -> None:
        self.canvas.drawString(x, y, text)
        self.canvas.drawString(x + 2, y - 2, text)


class OldLayer(Trap):
    """Another number below each, painted over with white."""

    def number(self, x: float, y: float, text: str) -> None:
        other = "".join(str((int(c) + 5) % 10) for c in text if c.isdigit())
        self.canvas.drawString(x, y, other)
        self.canvas.setFillGray(1)
        self.canvas.rect(x - 3, y - 2, 30, 11, stroke=0, fill=1)
        self.canvas.setFillGray(0)
        self.canvas.drawString(x, y, text)


class RaisedMark(Trap):
    """A footnote's mark behind each number, nearly as large as its digits."""

    def number(self, x: float, y: float, text: str) -> None:
        self.canvas.drawString(x, y, text)
        end = x + pdfmetrics.stringWidth(text, _FONT, self.size)
        self.canvas.setFont(_FONT, self.size * 0.85)
        self.canvas.drawString(end, y + 3, "1")
        self.canvas.setFont(_FONT, self.size)


class OverTheBorder(Trap):
    """Each number goes on into the next column."""

    def number(self, x: float, y: float, text: str) -> None:
        self.canvas.drawString(x + 12, y, text)


class TwoInOneCell(Trap):
    """Two numbers in a cell, one above the other."""

    def number(self, x: float, y: float, text: str) -> None:
        self.canvas.drawString(x, y, text)
        self.canvas.drawString(x - 4, y - 8, "3")


TRAPS = [Shadow, OldLayer, RaisedMark, OverTheBorder, TwoInOneCell]


class DoubleBorders(Trap):
    """A second border inside each cell's own."""

    def rect(self, x: float, y: float, width: float, height: float) -> None:
        super().rect(x, y, width, height)
        super().rect(x + 3.5, y + 3.5, width - 7, height - 7)


class Watermark(Trap):
    """A large number across the page."""

    def begin(self) -> None:
        self.canvas.saveState()
        self.canvas.setFillGray(0.8)
        self.canvas.translate(A4[0] / 2, A4[1] / 2)
        self.canvas.rotate(45)
        self.canvas.setFont(_FONT, 60)
        for down in (-260, 0, 260):
            self.canvas.drawCentredString(0, down, "20231234")
        self.canvas.restoreState()


def printed(
    trap: Callable[[Canvas], Trap], report: FictionalReport, printing: Print | None = None
) -> Report:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1)
    Press(trap(canvas), printing or Print()).print(report)
    canvas.save()
    return read(out.getvalue())


def called_blank(found: Report, report: FictionalReport) -> list[str]:
    """Keys of figures that are printed and were stored as blank."""
    want = report.values()
    return [
        figure.key
        for figure in found.figures
        if figure.status == "blank" and want.get(figure.key) is not None
    ]


@pytest.mark.parametrize("form", ["2019", "2021"])
@pytest.mark.parametrize("trap", TRAPS)
def test_digits_of_two_numbers_are_never_put_together(trap: type[Trap], form: str) -> None:
    report = scattered(form, 0, "few")
    found = printed(trap, report)
    difference = compare(found, report)
    assert not difference.wrong
    assert not difference.invented


@pytest.mark.parametrize("trap", [DoubleBorders, Watermark])
def test_what_is_drawn_beside_the_numbers_takes_none_of_them(trap: type[Trap]) -> None:
    report = scattered("2021", 0, "few")
    assert compare(printed(trap, report), report).none


def test_a_part_of_a_number_says_that_it_is_one() -> None:
    found = printed(OverTheBorder, scattered("2021", 0, "full"))
    parts = [figure for figure in found.figures if "over_border" in figure.flags]
    assert parts
    assert all(part.status == "unparsed" and part.printed for part in parts)
    assert all(part.printed and part.printed.isprintable() for part in parts)


@pytest.mark.parametrize("number", range(4))
def test_numbers_broken_beside_whole_ones_are_not_read_without_borders(number: int) -> None:
    """A whole number in the middle of the row stands between the two lines of a broken one."""
    report = scattered("2021", number, "many")
    found = printed(Trap, report, Print(ruled=False))
    difference = compare(found, report)
    assert not difference.wrong
    assert not difference.invented
    assert not called_blank(found, report)


class Divided(Trap):
    """A line through the values of some rows, above the numbers, and not through the label."""

    def number(self, x: float, y: float, text: str) -> None:
        super().number(x, y, text)
        left = 222 + 100 * ((x - 222) // 100)  # a column of table two
        if left >= 222:
            self.canvas.line(left, y + 5, left + 100, y + 5)


def test_a_number_below_a_line_through_its_row_is_not_called_blank() -> None:
    report = scattered("2021", 0, "full")
    found = printed(Divided, report)
    difference = compare(found, report)
    assert not difference.wrong
    assert not difference.invented
    assert not called_blank(found, report)
