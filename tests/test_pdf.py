"""PDF and OFD: read by their ruling lines, by the places of words, or not at all."""

from __future__ import annotations

import io
import random
import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reportlab.lib import pdfencrypt
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from extract import read
from extract.errors import NeedsOcr, ReadingError
from extract.formats.pdf import layouts
from extract.paged.grid import cell_text
from extract.paged.page import Box, Glyph
from extract.types import WRAP
from tests.portal.ofd import report_ofd
from tests.portal.pdf import Press, Print, report_pdf
from tests.portal.reports import FictionalReport, make_report
from tests.readback import compare

_FEW = settings(
    max_examples=12, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)


def rendered(**options: object) -> FictionalReport:
    options = {"form": "2021", "busy": True} | options
    report, _ = make_report("示例市示例局", "990107", "justice", 2022, **options)  # type: ignore[arg-type]  # a test's options
    return report


def squeezed(text: object) -> str:
    return "".join("".join(text).split()) if text else ""  # type: ignore[call-overload]  # text or its parts


@st.composite
def reports(draw: st.DrawFn) -> FictionalReport:
    return rendered(
        form=draw(st.sampled_from(["2019", "2021"])),
        busy=draw(st.booleans()),
        zero=draw(st.sampled_from(["0", "blank", "slash", "dash"])),
    )


ruled = st.builds(
    Print,
    cut_rows=st.booleans(),
    bold=st.booleans(),
    upright=st.booleans(),
    middle=st.booleans(),
    narrow=st.sampled_from([22, 28, 35, 40]),
    size=st.sampled_from([7.5, 9]),
    offset=st.floats(0, 600),
    page_numbers=st.booleans(),
)
free = st.builds(
    Print,
    ruled=st.just(False),
    bold=st.booleans(),
    middle=st.booleans(),
    narrow=st.sampled_from([35, 40]),
    size=st.sampled_from([7.5, 9]),
    offset=st.floats(0, 500),
)


# -- what is printed is read ---------------------------------------------------------


@_FEW
@given(reports(), ruled)
def test_a_ruled_pdf_is_never_wrong_wherever_its_pages_end(
    report: FictionalReport, printing: Print
) -> None:
    difference = compare(read(report_pdf(report, printing)), report)
    assert not difference.wrong
    assert not difference.invented


@pytest.mark.parametrize("form", ["2019", "2021"])
@pytest.mark.parametrize("zero", ["0", "blank", "slash"])
@pytest.mark.parametrize("write", [report_pdf, report_ofd])
def test_a_ruled_report_reads_back_exactly(write: object, zero: str, form: str) -> None:
    report = rendered(form=form, zero=zero)
    found = read(write(report, Print(cut_rows=True, offset=50)))  # type: ignore[operator]  # a writer
    assert compare(found, report).none
    assert found.kind == ("pdf" if write is report_pdf else "ofd")
    assert (found.title, found.agency, found.year) == (report.title, report.agency, report.year)
    assert found.signed == report.signed.isoformat()
    for number in report.chapters:
        assert squeezed(found.chapters.get(number)) == squeezed(report.chapters[number])


@_FEW
@given(reports(), free)
def test_a_pdf_without_borders_is_never_wrong(report: FictionalReport, printing: Print) -> None:
    difference = compare(read(report_pdf(report, printing)), report)
    assert not difference.wrong
    assert not difference.invented


@pytest.mark.parametrize("zero", ["0", "blank"])
@pytest.mark.parametrize("write", [report_pdf, report_ofd])
def test_a_report_without_borders_reads_back_exactly(write: object, zero: str) -> None:
    report = rendered(zero=zero)
    assert compare(read(write(report, Print(ruled=False))), report).none  # type: ignore[operator]  # a writer


def test_a_number_broken_in_a_narrow_cell_is_put_together_and_says_so() -> None:
    report = rendered()
    found = read(report_pdf(report, Print(narrow=24, size=10.5)))
    assert compare(found, report).none
    flagged = [figure for figure in found.figures if "wrapped" in figure.flags]
    assert flagged
    assert all(figure.printed and figure.printed.isprintable() for figure in flagged)


def glyphs(lines: list[str], size: float = 10) -> list[Glyph]:
    made = []
    for row, line in enumerate(lines):
        for column, char in enumerate(line):
            x, y = 4 + column * size / 2, 4 + row * size * 1.2
            made.append(Glyph(char, Box(x, y, x + size / 2, y + size), size))
    return made


def test_two_numbers_above_each_other_in_a_wide_cell_are_not_one() -> None:
    assert cell_text(glyphs(["12", "34"]), Box(0, 0, 60, 30)) == "12 34"
    assert cell_text(glyphs(["12", "34"]), Box(0, 0, 20, 30)) == f"12{WRAP}34"


def test_a_raised_mark_is_no_digit() -> None:
    number = glyphs(["12"])
    mark = Glyph("1", Box(14, 3, 17, 9), 6)
    assert cell_text([*number, mark], Box(0, 0, 30, 20)) == "12 1"


def test_places_name_page_and_box() -> None:
    found = read(report_pdf(rendered()))
    places = {figure.place for figure in found.figures}
    assert len(places) == len(found.figures)
    assert all(place and place.startswith("p") and place.count(",") == 3 for place in places)


def test_a_page_turned_on_its_side_is_read() -> None:
    class Turned(Canvas):  # type: ignore[misc]  # reportlab ships no types
        def begin(self) -> None:
            self.setPageRotation(90)
            self.translate(A4[0], 0)
            self.rotate(90)
            self.scale(0.7, 0.7)

        def showPage(self) -> None:  # noqa: N802  # reportlab's name
            super().showPage()
            self.begin()

    out = io.BytesIO()
    canvas = Turned(out, pagesize=A4, invariant=1)
    canvas.begin()
    report = rendered()
    Press(canvas, Print()).print(report)
    canvas.save()
    assert compare(read(out.getvalue()), report).none


# -- scans ---------------------------------------------------------------------------


def picture_pdf(*, layer: bool = False) -> bytes:
    """Pages that are pictures, with or without a text layer that a program guessed."""
    from PIL import Image

    image = ImageReader(Image.new("L", (60, 85), 200))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1)
    report_pdf(rendered())  # registers the font
    for _ in range(2):
        canvas.drawImage(image, 0, 0, *A4)
        if layer:
            text = canvas.beginText(72, 700)
            text.setTextRenderMode(3)
            text.setFont("STSong-Light", 12)
            text.textLine("一、本年新收政府信息公开申请数量 3 0 0 0 0 0 3")
            canvas.drawText(text)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


@pytest.mark.parametrize("layer", [False, True])
def test_a_scan_is_named_and_its_guessed_text_is_not_read(layer: bool) -> None:
    with pytest.raises(NeedsOcr, match="usable text layer"):
        read(picture_pdf(layer=layer))


# -- hostile and damaged -------------------------------------------------------------


def test_a_damaged_pdf_is_an_error_or_read_right() -> None:
    report = rendered()
    whole = report_pdf(report)
    dice = random.Random(7)
    outcomes = set()
    for _ in range(40):
        body = bytearray(whole)
        for _ in range(dice.choice([1, 5, 50])):
            body[dice.randrange(len(body))] = dice.randrange(256)
        try:
            found = read(bytes(body[: dice.choice([len(body), len(body), len(body) // 2])]))
        except ReadingError as error:
            outcomes.add(type(error).__name__)
        else:
            outcomes.add("read")
            difference = compare(found, report)
            assert not difference.wrong
            assert not difference.invented
    assert {"read", "ReadingError"} <= outcomes


def test_an_encrypted_pdf_says_so() -> None:
    out = io.BytesIO()
    lock = pdfencrypt.StandardEncryption("geheim", ownerPassword="x")
    canvas = Canvas(out, pagesize=A4, encrypt=lock)
    Press(canvas, Print()).print(rendered())
    canvas.save()
    with pytest.raises(ReadingError, match="encrypted"):
        read(out.getvalue())


def looping_pdf() -> bytes:
    """A page tree that contains itself."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Pages/Kids[2 0 R]/Count 1/Parent 2 0 R>>",
    ]
    out, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj%sendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    xref = b"xref\n0 4\n0000000000 65535 f \n%s" % table
    return out + xref + b"trailer<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(out)


def test_a_pdf_that_contains_itself_ends() -> None:
    with pytest.raises(ReadingError):
        read(looping_pdf())


def test_no_chatter_on_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "报告.pdf"
    path.write_bytes(report_pdf(rendered()).replace(b"UniGB-UCS2-H", b"UniGB-UCS2-X", 1))
    run = subprocess.run(
        [sys.executable, "-m", "extract", str(path)], capture_output=True, text=True, check=False
    )
    assert run.returncode == 1
    assert run.stderr.count("\n") == 1


def test_layouts_are_made_only_as_they_are_asked_for() -> None:
    kinds = [document.own_cells for document in islice(layouts(report_pdf(rendered())), 3)]
    assert kinds == [True, True, False]
