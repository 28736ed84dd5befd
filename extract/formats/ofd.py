"""OFD (GB/T 33190-2016) to pages of glyphs and lines.

Text objects give each character's place, path objects the ruling lines; units are
millimetres. Names are matched without their namespace, which programs write differently.
"""

from __future__ import annotations

import math
import posixpath
import re
from collections.abc import Iterator

from lxml import etree

from ..errors import NeedsOcr, ReadingError, TooLarge
from ..labels import characters
from ..paged.layouts import layouts_of
from ..paged.page import Box, Edge, Glyph, Page, edge, once
from ..types import Document
from .package import Package, local

_MOST_PAGES = 300
#: Of a document, as of a PDF (`pdf_limits`).
_MOST_GLYPHS = 100_000
_MOST_EDGES = 100_000
_MOST_PARTS = 2_000  # pages and the templates below them
_FARTHEST = 1e6  # millimetres, or any other number of an OFD
_LEAST_GLYPHS = 20
_NUMBER = re.compile(r"[-+]?\d*\.?\d+")
_THIN = 0.7  # millimetres: a filled rectangle not thicker is a line
_POINTS = 72 / 25.4  # rows and columns are told apart in points

Matrix = tuple[float, float, float, float, float, float]
_UNMOVED: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def layouts(body: bytes) -> Iterator[Document]:
    """The ways in which an OFD can be laid out, best guess first.

    Raises:
        NeedsOcr: Its pages hold pictures only.
        ReadingError: It is damaged, or has too many pages or characters.
    """
    package = Package(body)
    pages: list[Page] = []
    for number, names in enumerate(_page_parts(package), 1):
        pages.append(_page(package, names, number))
        _check(sum(len(page.glyphs) for page in pages), sum(len(page.edges) for page in pages))
    read = [page for page in pages if len(page.glyphs) >= _LEAST_GLYPHS]
    if not pages:
        raise ReadingError("the OFD is damaged: it has no page")
    if not read:
        raise NeedsOcr(f"a scan: none of its {len(pages)} pages holds text, and scans are not read")
    yield from layouts_of(read, "ofd", len(pages) - len(read))


def _page_parts(package: Package) -> list[list[str]]:
    """Each page's content parts in reading order: its templates, then its own."""
    root = package.xml("OFD.xml")
    document = _text(root, "DocRoot").lstrip("/")
    if not document:
        raise ReadingError("the OFD names no document: damaged, fetch it again")
    tree = package.xml(document)
    base = posixpath.dirname(document)
    templates = {
        e.get("ID", ""): _joined(base, e.get("BaseLoc", ""))
        for e in tree.iter()
        if local(e) == "TemplatePage"
    }
    pages = [e for e in tree.iter() if local(e) == "Page" and e.get("BaseLoc")]
    if len(pages) > _MOST_PAGES:
        raise TooLarge(f"the OFD has {len(pages)} pages, more than {_MOST_PAGES}")
    found = []
    for page in pages:
        part = _joined(base, page.get("BaseLoc", ""))
        used = [e.get("TemplateID", "") for e in package.xml(part) if local(e) == "Template"]
        found.append([*(templates[key] for key in used if key in templates), part])
        if sum(map(len, found)) > _MOST_PARTS:
            raise TooLarge(f"the OFD's pages are of more than {_MOST_PARTS} parts: damaged")
    return found


def _check(glyphs: int, edges: int) -> None:
    if glyphs > _MOST_GLYPHS:
        raise TooLarge(f"the OFD holds more than {_MOST_GLYPHS:,} signs: no report does")
    if edges > _MOST_EDGES:
        raise TooLarge(f"the OFD draws more than {_MOST_EDGES:,} lines: no report does")


def _joined(base: str, target: str) -> str:
    path = target if target.startswith("/") else posixpath.join("/", base, target)
    return posixpath.normpath(path).lstrip("/")


def _text(tree: etree._Element, name: str) -> str:
    return next((e.text.strip() for e in tree.iter() if local(e) == name and e.text), "")


def _page(package: Package, parts: list[str], number: int) -> Page:
    """One page, its places in points."""
    glyphs: list[Glyph] = []
    edges: list[Edge] = []
    width, height = 210.0, 297.0
    for part in parts:
        tree = package.xml(part)
        box = next((e.text for e in tree.iter() if local(e) == "PhysicalBox" and e.text), "")
        sides = _numbers(box)
        if len(sides) == 4:
            width, height = sides[2], sides[3]
        for element in tree.iter():
            if local(element) == "TextObject":
                glyphs.extend(_glyphs(element))
            elif local(element) == "PathObject":
                edges.extend(_edges(element))
            _check(len(glyphs), len(edges))
    return Page(number, width * _POINTS, height * _POINTS, tuple(once(glyphs)), tuple(edges))


def _numbers(text: str | None) -> list[float]:
    found = [float(number) for number in _NUMBER.findall(text or "")]
    if any(abs(number) > _FARTHEST for number in found):
        raise ReadingError("the OFD is damaged (a number beyond any page): fetch it again")
    return found


def _matrix(element: etree._Element) -> Matrix:
    found = _numbers(element.get("CTM"))
    if len(found) != len(_UNMOVED):
        return _UNMOVED
    a, b, c, d, e, f = found
    return a, b, c, d, e, f


def _moved(x: float, y: float, matrix: Matrix, left: float, top: float) -> tuple[float, float]:
    """A point of an object on its page, in points."""
    a, b, c, d, e, f = matrix
    return (left + a * x + c * y + e) * _POINTS, (top + b * x + d * y + f) * _POINTS


def _glyphs(element: etree._Element) -> Iterator[Glyph]:
    """The characters of a text object: each is moved on from the one before by its delta."""
    boundary = _numbers(element.get("Boundary"))
    if len(boundary) != 4 or element.get("Visible") == "false":
        return
    matrix = _matrix(element)
    size = next(iter(_numbers(element.get("Size"))), 0.0)
    scale = math.hypot(matrix[2], matrix[3])
    for code in element:
        if local(code) != "TextCode" or not code.text:
            continue
        x, y = (next(iter(_numbers(code.get(axis))), 0.0) for axis in ("X", "Y"))
        right, down = _deltas(code.get("DeltaX")), _deltas(code.get("DeltaY"))
        for i, char in enumerate(code.text):
            if char.strip():
                wide = size * (0.5 if char.isascii() else 1.0)
                x0, bottom = _moved(x, y + 0.12 * size, matrix, boundary[0], boundary[1])
                x1, top = _moved(x + wide, y - 0.88 * size, matrix, boundary[0], boundary[1])
                box = Box(min(x0, x1), min(top, bottom), max(x0, x1), max(top, bottom))
                yield Glyph(characters(char), box, size * scale * _POINTS)
            x += right[i] if i < len(right) else 0.0 if down else size
            y += down[i] if i < len(down) else 0.0


def _deltas(text: str | None) -> list[float]:
    """Distances from character to character; `g 3 5` stands for three times 5."""
    found: list[float] = []
    words = iter((text or "").split())
    for word in words:
        if word == "g":
            count, value = next(words, ""), next(words, "")
            if re.fullmatch("[0-9]{1,6}", count):
                found += _numbers(value)[:1] * int(count)
        else:
            found += _numbers(word)[:1]
        _check(len(found), 0)
    return found


def _edges(element: etree._Element) -> Iterator[Edge]:
    """The straight lines of a path object that run across or down the page."""
    boundary = _numbers(element.get("Boundary"))
    data = next((inner for inner in element if local(inner) == "AbbreviatedData"), None)
    if len(boundary) != 4 or data is None or not data.text:
        return
    matrix = _matrix(element)
    begin = at = (0.0, 0.0)
    words = data.text.split()
    i = 0
    while i < len(words):
        word, i = words[i], i + 1
        if word in ("S", "M", "L"):
            point = _numbers(" ".join(words[i : i + 2]))
            i += 2
            if len(point) < 2:
                return
            to = _moved(point[0], point[1], matrix, boundary[0], boundary[1])
            if word == "L":
                yield from _straight(at, to)
            else:
                begin = to
            at = to
        elif word == "C":
            yield from _straight(at, begin)
            at = begin
        elif word in ("Q", "B", "A"):  # a curve: no border of a cell
            i += {"Q": 4, "B": 6, "A": 7}[word]


def _straight(a: tuple[float, float], b: tuple[float, float]) -> Iterator[Edge]:
    x0, x1 = sorted((a[0], b[0]))
    top, bottom = sorted((a[1], b[1]))
    if min(x1 - x0, bottom - top) <= _THIN * _POINTS < max(x1 - x0, bottom - top):
        yield edge(x0, top, x1, bottom)
