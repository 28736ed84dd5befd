"""Born-digital PDF to pages of glyphs and lines, by pdfplumber; scans are named.

pdfminer, below pdfplumber, gives each character's place; nothing here guesses a character
from a picture.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pdfplumber
from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect
from pdfplumber.utils.exceptions import PdfminerException

from ..errors import NeedsOcr, ReadingError
from ..labels import characters
from ..paged.layouts import layouts_of
from ..paged.page import Box, Glyph, Page, once
from ..types import Document
from .pdf_limits import Drawn, check_pages, lay_out

_LEAST_GLYPHS = 20  # a page with fewer has no usable text layer
_LEAST_HAN = 0.05  # share of Han characters below which a page's text is mojibake
_LONGEST_CAUSE = 120  # characters of an error of pdfminer's that are shown
_SLANT = 0.1  # height to length of a slanted line of text: a scanner's skew is less
_WHITE = ((1,), (1, 1, 1), (0, 0, 0, 0))  # in grey, RGB and CMYK
_PICTURE = 0.7  # share of a page that one picture covers in a scan


def layouts(body: bytes) -> Iterator[Document]:
    """The ways in which a PDF can be laid out, best guess first.

    Raises:
        NeedsOcr: Its pages hold pictures of text, or text that no font explains.
        ReadingError: It is damaged, encrypted, has more than 300 pages or draws too much.
    """
    pages, pictures = read_pages(body)
    if not pages and not pictures:
        raise ReadingError("nothing is printed on any page of the PDF")
    if not pages:
        raise NeedsOcr(
            f"none of the PDF's {pictures} pages has a usable text layer (a scan, or fonts that do "
            "not say what they print): not read by this version"
        )
    yield from layouts_of(pages, "pdf", pictures)


def read_pages(body: bytes) -> tuple[list[Page], int]:
    """The pages that have a usable text layer, and how many have none.

    Raises:
        ReadingError: It is damaged, encrypted, has more than 300 pages or draws too much.
    """
    pages: list[Page] = []
    pictures = 0
    for found in _parsed(body):
        page = _page(found)
        if page.glyphs or page.edges or found.pictures:
            if _is_picture(page, found, body):
                pictures += 1
            else:
                pages.append(page)
    return pages, pictures


@dataclass(frozen=True, slots=True)
class _Parsed:
    """What pdfplumber says of one page, before anything is made of it."""

    number: int
    bbox: tuple[float, float, float, float]
    chars: list[dict[str, Any]]
    edges: list[dict[str, Any]]
    pictures: list[dict[str, Any]]


def _parsed(body: bytes) -> Iterator[_Parsed]:
    """Each page as pdfplumber parses it; errors as `read_pages`.

    On damaged bytes pdfminer fails with whatever its code meets; nothing of ours runs
    inside, so that a fault of ours is never taken for the document's.
    """
    logging.getLogger("pdfminer").setLevel(logging.CRITICAL)  # it chatters about fonts
    try:
        with pdfplumber.open(io.BytesIO(body)) as pdf:
            check_pages(pdf)
            if not pdf.pages:
                raise ReadingError("the PDF is damaged: it has no page")
            drawn = Drawn()
            for page in pdf.pages:
                lay_out(page, drawn)
                parsed = _Parsed(page.page_number, page.bbox, page.chars, page.edges, page.images)
                page.close()
                yield parsed
    except (ReadingError, GeneratorExit, MemoryError):
        raise
    except Exception as error:  # pdfminer's own vocabulary is open-ended
        cause = error.args[0] if isinstance(error, PdfminerException) and error.args else error
        raise _named(cause) from error


def _named(cause: object) -> ReadingError | MemoryError:
    """What pdfminer failed with, as an error of ours; out of memory is no damage."""
    if isinstance(cause, MemoryError):
        return cause
    if isinstance(cause, PDFPasswordIncorrect):
        return ReadingError("the PDF is encrypted with a password")
    if isinstance(cause, PDFEncryptionError):
        return ReadingError(
            f"the PDF is encrypted in a way that is not read ({_short(cause)}): "
            "save it without protection and import that"
        )
    if isinstance(cause, RecursionError):
        return ReadingError("the PDF nests too deeply to be read, or refers to itself")
    return ReadingError(f"the PDF is damaged ({_short(cause)}): fetch it again")


def _short(cause: object) -> str:
    """A cause on one short line: pdfminer quotes what it read, however long."""
    # Not its repr: that may hold an object's address, which differs from run to run.
    text = " ".join(f"{type(cause).__name__}: {cause}".rstrip(": ").split())
    return text if len(text) <= _LONGEST_CAUSE else f"{text[:_LONGEST_CAUSE]}…"


def _page(found: _Parsed) -> Page:
    """One page of pdfplumber as ours."""
    glyphs: list[Glyph] = []
    x, y = found.bbox[0], found.bbox[1]
    width, height = found.bbox[2] - x, found.bbox[3] - y
    whole = Box(0, 0, width, height)
    for char in found.chars:
        text = char["text"]
        if not text.strip() or _is_slanted(char["matrix"]):
            continue
        box = Box(char["x0"] - x, char["top"] - y, char["x1"] - x, char["bottom"] - y)
        glyph = Glyph(characters(text), box, char["size"])
        if whole.holds((box.x0 + box.x1) / 2, glyph.middle):
            glyphs.append(glyph)
    drawn = [each for each in found.edges if not _is_cover(each)]
    edges = tuple(drawn) if not (x or y) else _moved(drawn, x, y)
    return Page(found.number, width, height, tuple(once(glyphs)), edges)


def _is_cover(each: dict[str, Any]) -> bool:
    """Whether an edge is of a white box without a border: it covers, and rules nothing."""
    if each.get("stroke") or not each.get("fill") or each["object_type"] != "rect_edge":
        return False
    color = each.get("non_stroking_color")
    return color in _WHITE if isinstance(color, tuple) else color == 1


def _is_slanted(matrix: tuple[float, ...]) -> bool:
    """Whether a character runs neither along the page nor down it: a watermark's, or a stamp's."""
    return min(abs(matrix[0]), abs(matrix[1])) > _SLANT * max(abs(matrix[0]), abs(matrix[1]))


def _moved(edges: list[dict[str, Any]], x: float, y: float) -> tuple[dict[str, Any], ...]:
    return tuple(
        {**e, "x0": e["x0"] - x, "x1": e["x1"] - x, "top": e["top"] - y, "bottom": e["bottom"] - y}
        for e in edges
    )


def _is_picture(page: Page, found: _Parsed, body: bytes) -> bool:
    """Whether a page is a picture of text, or its text cannot be used.

    A scan may carry an invisible text layer that a program guessed from the picture:
    what is guessed is not read.
    """
    if len(page.glyphs) < _LEAST_GLYPHS:
        return bool(found.pictures) or not page.glyphs
    han = sum(any("\u3400" <= c <= "\u9fff" for c in glyph.text) for glyph in page.glyphs)
    if han < _LEAST_HAN * len(page.glyphs):
        return True
    area = page.width * page.height
    covered = max(
        ((i["x1"] - i["x0"]) * (i["bottom"] - i["top"]) for i in found.pictures), default=0
    )
    return covered > _PICTURE * area and _text_is_invisible(body, page.number)


def _text_is_invisible(body: bytes, number: int) -> bool:
    """Whether most text of a page is drawn in mode 3, which paints nothing (PDF 32000 §9.3.6)."""
    import pypdfium2
    from pypdfium2 import raw

    document = pypdfium2.PdfDocument(body)
    try:
        modes = [
            raw.FPDFTextObj_GetTextRenderMode(item.raw)
            for item in document[number - 1].get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT])
        ]
    finally:
        document.close()
    invisible = modes.count(raw.FPDF_TEXTRENDERMODE_INVISIBLE)
    return 2 * invisible > len(modes)
