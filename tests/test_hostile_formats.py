"""Office files, PDF and OFD made to hurt: each ends soon, in one error that names it."""

from __future__ import annotations

import zlib
from datetime import datetime
from itertools import repeat
from pathlib import Path

import pytest

from extract import read
from extract.convert import BATCH, Office
from extract.errors import NeedsOcr, NotAReport, ReadingError, ReadingLimit
from extract.formats import docx, ofd, pdf_limits, sheet_rows
from extract.formats.number_format import EPOCH, UNKNOWN, printed
from extract.reading import read_documents
from tests.portal.office import docx_of, package

_PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<<%s>>>>"


def pdf_of(content: bytes, resources: bytes = b"", more: tuple[bytes, ...] = ()) -> bytes:
    """A PDF of one page; `more` are its objects from number 6 on."""
    kids = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
    return objects(
        (
            b"<</Type/Catalog/Pages 2 0 R>>",
            kids,
            _PAGE % (b"/Font<</F 5 0 R>>" + resources),
            stream(content),
            b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
            *more,
        )
    )


def stream(data: bytes, entries: bytes = b"") -> bytes:
    packed = zlib.compress(data, 9)
    head = b"<<%s/Filter/FlateDecode/Length %d>>" % (entries, len(packed))
    return head + b"stream\n" + packed + b"\nendstream"


def objects(bodies: tuple[bytes, ...], trailer: bytes = b"") -> bytes:
    out, places = b"%PDF-1.5\n", []
    for number, body in enumerate(bodies, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    end = b"trailer<</Root 1 0 R/Size %d%s>>\nstartxref\n%d\n%%%%EOF"
    return out + head + table + end % (len(bodies) + 1, trailer, len(out))


def form(number: int) -> bytes:
    entries = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X %d 0 R>>>>"
    return stream(b"/X Do /X Do", entries % number)


# -- PDF -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limit", "most", "content", "says"),
    [
        ("MOST_SIGNS", 50, b"BT /F 9 Tf (" + b"1" * 60 + b") Tj ET", "more than 50 signs"),
        ("MOST_PATHS", 50, b"0 0 m 9 9 l S " * 30, "more than 50 lines and shapes"),
        ("MOST_PATHS", 50, b"0 0 m " + b"9 9 l " * 60 + b"S", "more than 50 lines and shapes"),
        ("MOST_CONTENT", 5000, b"q Q " * 2000, "more than 5,000 bytes of drawing commands"),
    ],
)
def test_a_pdf_that_draws_too_much_is_named(
    monkeypatch: pytest.MonkeyPatch, limit: str, most: int, content: bytes, says: str
) -> None:
    monkeypatch.setattr(pdf_limits, limit, most)
    with pytest.raises(ReadingLimit, match=says):
        read(pdf_of(content))


def test_forms_in_forms_that_draw_a_billion_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_limits, "MOST_FIGURES", 500)
    body = pdf_of(b"/X Do", b"/XObject<</X 6 0 R>>", tuple(form(7 + i) for i in range(30)))
    with pytest.raises(ReadingLimit, match="more than 500 forms"):
        read(body)


def test_a_pdf_of_more_pages_than_any_report_is_named() -> None:
    count = pdf_limits.MOST_PAGES + 1
    kids = b" ".join(b"%d 0 R" % (3 + i) for i in range(count))
    tree = b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, count)
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"
    body = objects((b"<</Type/Catalog/Pages 2 0 R>>", tree, *repeat(page, count)))
    with pytest.raises(ReadingLimit, match="more than 300 pages"):
        read(body)


def test_fonts_that_refer_to_themselves_are_named() -> None:
    body = pdf_of(b"BT /F 9 Tf (1) Tj ET").replace(
        b"/Subtype/Type1/BaseFont/Helvetica", b"/Subtype/Type0/DescendantFonts[5 0 R]"
    )
    with pytest.raises(ReadingError, match="refers to itself"):
        read(body)


def test_an_unknown_encryption_is_no_damage() -> None:
    body = pdf_of(b"q Q").replace(
        b"trailer<<", b"trailer<</Encrypt<</Filter/Odd/V 9>>/ID[<00><00>]"
    )
    with pytest.raises(ReadingError, match="encrypted in a way that is not read"):
        read(body)


def test_out_of_memory_is_no_damage(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(pdf_limits.Drawn, "count", fails)
    with pytest.raises(MemoryError):
        read(pdf_of(b"q Q"))


def test_a_blank_pdf_is_no_scan() -> None:
    with pytest.raises(ReadingError, match="nothing is printed") as caught:
        read(pdf_of(b"q Q"))
    assert not isinstance(caught.value, NeedsOcr)


# -- OFD -----------------------------------------------------------------------------


def ofd_of(attributes: str, text: str = "1" * 25, deltas: str = "", pages: int = 1) -> bytes:
    return package(
        {
            "OFD.xml": "<OFD><DocRoot>D.xml</DocRoot></OFD>",
            "D.xml": "<D>" + '<Page BaseLoc="P.xml"/>' * pages + "</D>",
            "P.xml": f'<P><TextObject {attributes}><TextCode X="1" Y="1" DeltaX="{deltas}">{text}'
            "</TextCode></TextObject></P>",
        }
    )


_BOX = 'Boundary="1 1 9 9" Size="3"'


@pytest.mark.parametrize("number", ["9" * 400, "9" * 5000, "1234567.8"])
@pytest.mark.parametrize(
    "attributes",
    ['Boundary="{} 1 9 9"', _BOX + ' CTM="{} 0 0 1 0 0"', 'Boundary="1 1 9 9" Size="{}"'],
)
def test_a_place_beyond_any_page_is_damage(attributes: str, number: str) -> None:
    with pytest.raises(ReadingError, match="beyond any page"):
        read(ofd_of(attributes.format(number)))


@pytest.mark.parametrize("deltas", ["g 999999999 1", "g ² 1 g", "g", "g 1"])
def test_odd_deltas_are_left_out(deltas: str) -> None:
    with pytest.raises(NotAReport):
        read(ofd_of(_BOX, deltas=deltas))


@pytest.mark.parametrize(
    ("text", "deltas", "pages"), [("1" * 150, "", 1), ("1" * 60, "", 2), ("1", "g 60 1 " * 2, 1)]
)
def test_an_ofd_of_too_many_signs_is_named(
    monkeypatch: pytest.MonkeyPatch, text: str, deltas: str, pages: int
) -> None:
    monkeypatch.setattr(ofd, "_MOST_GLYPHS", 100)
    with pytest.raises(ReadingLimit, match="more than 100 signs"):
        read(ofd_of(_BOX, text, deltas, pages))


def test_an_ofd_without_pages_is_no_scan() -> None:
    with pytest.raises(ReadingError, match="no page"):
        read(ofd_of(_BOX, pages=0))


# -- DOCX and sheets -----------------------------------------------------------------


def test_blank_paragraphs_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docx, "_MOST_PARAGRAPHS", 10)
    with pytest.raises(ReadingLimit, match="more than 10 paragraphs"):
        read(docx_of("<w:p/>" * 11))


def test_the_text_of_a_number_has_a_limit() -> None:
    levels = (
        '<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:numFmt w:val="decimal"/>'
        f'<w:lvlText w:val="{"%1" * 500_000}"/></w:lvl></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>'
    )
    numbered = '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>'
    paragraph = f"<w:p>{numbered}<w:r><w:t>甲</w:t></w:r></w:p>"
    rows = docx.read(docx_of(paragraph * 3, numbering=levels)).rows
    assert [row.cells[0].text for row in rows] == ["甲"] * 3


def fill(count: int, cells: int) -> None:
    sheets = []
    for _ in range(count):
        sheets.append(sheet_rows.Sheet())
        for column in range(cells):
            sheets[-1].put(0, column, "1")
        sheet_rows.check_sheets(sheets)


@pytest.mark.parametrize("shape", [(1, 30), (2, 20), (30, 1)])
def test_a_workbook_has_limits(monkeypatch: pytest.MonkeyPatch, shape: tuple[int, int]) -> None:
    monkeypatch.setattr(sheet_rows, "MOST_FILLED", 25)
    monkeypatch.setattr(sheet_rows, "MOST_SHEETS", 5)
    with pytest.raises(ReadingLimit, match="no report has"):
        fill(*shape)


@pytest.mark.parametrize("code", ["0." + "0" * 300_000, "0." + "0" * 31, '"' * 100_000])
def test_a_number_format_beyond_any_is_not_understood(code: str) -> None:
    assert isinstance(EPOCH, datetime)
    assert printed(5.0, code, EPOCH) == "5" + UNKNOWN


def test_many_decimals_are_printed() -> None:
    assert printed(123456789012345.0, "0." + "0" * 30, EPOCH) == "123456789012345." + "0" * 30


# -- names ---------------------------------------------------------------------------


def test_a_name_in_a_message_is_one_short_line() -> None:
    with pytest.raises(ReadingError) as caught:
        read(package({"b\n\x1b[31m" + "b" * 60_000: b"%PDF-1.4 damaged"}))
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 600


# -- many to convert -----------------------------------------------------------------


def test_an_archive_of_too_many_documents_to_convert_is_named() -> None:
    body = package({f"{i}.rtf": "{\\rtf1 x}" for i in range(BATCH + 1)})
    office = Office(Path("/none"), "none")
    (outcome,) = read_documents(["a"], lambda _: body, find=lambda: office)
    assert isinstance(outcome.error, ReadingLimit)
    assert f"holds {BATCH + 1} DOC or RTF files" in str(outcome.error)
