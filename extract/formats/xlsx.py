"""XLSX to sheets of printed cells.

Read from the XML itself: a library gives stored values, and a figure is what its number
format prints of them; and cells far apart must not become a grid of all between them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

from lxml import etree

from ..errors import ReadingError, TooLarge
from .number_format import BUILT_IN, EPOCH, EPOCH_1904, UNKNOWN_FORMAT, printed
from .package import Package, attribute, child, each_element, local, whole
from .sheet_rows import Sheet, check_sheets

_PLACE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})")
_ON = frozenset({"1", "true"})
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_MOST_COLUMNS = 16_384
_MOST_ROWS = 1_048_576
_MOST_TEXTS = 500_000


def read_sheets(body: bytes) -> list[Sheet]:
    """The visible sheets of a workbook, in their order.

    Raises:
        ReadingError: It is damaged, larger than any report, or an XLSB.
    """
    package = Package(body)
    main = package.related("officeDocument") or "xl/workbook.xml"
    if main.lower().endswith(".bin"):
        raise ReadingError("an XLSB workbook: save it as XLSX and import that")
    workbook = package.xml(main)
    properties = child(workbook, "workbookPr")
    is_1904 = properties is not None and (attribute(properties, "date1904") or "") in _ON
    context = _Context(
        _strings(package, package.related("sharedStrings", main)),
        _styles(package, package.related("styles", main)),
        EPOCH_1904 if is_1904 else EPOCH,
    )
    relations = package.relations(main)
    found = []
    for sheet in _listed(workbook, "sheets"):
        kind, part = relations.get(_relation(sheet), ("", ""))
        if (attribute(sheet, "state") or "visible") == "visible" and kind == "worksheet":
            found.append(_sheet(package.read(part, long=True), part, context))
            check_sheets(found)
    return found


@dataclass(slots=True)
class _Styles:
    """Of each cell style its number format, and whether it draws a frame."""

    formats: list[str] = field(default_factory=list)
    framed: list[bool] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Context:
    """What the cells of all sheets refer to."""

    strings: list[str]
    styles: _Styles
    epoch: datetime


@dataclass(slots=True)
class _Reading:
    """A sheet as it is read: defaults that later elements rely on."""

    sheet: Sheet = field(default_factory=Sheet)
    shows_zeros: bool = True
    row: int = -1


def _relation(sheet: etree._Element) -> str:
    """A sheet's r:id; its sheetId has another name."""
    return next((str(v) for k, v in sheet.attrib.items() if str(k).endswith("}id")), "")


def _strings(package: Package, part: str | None) -> list[str]:
    if part is None:
        return []
    found: list[str] = []
    for item in each_element(package.read(part, long=True), part, ("si",)):
        found.append(_rich(item))
        if len(found) > _MOST_TEXTS:
            raise TooLarge(f"the workbook has more than {_MOST_TEXTS} texts: no report has")
    return found


def _rich(item: etree._Element) -> str:
    """A text of one or several runs, without the readings above its characters."""
    out = []
    for inner in item:
        if local(inner) == "t":
            out.append(inner.text or "")
        elif local(inner) == "r":
            out.append(_rich(inner))
    return _ESCAPED.sub(_unescaped, "".join(out))


def _unescaped(match: re.Match[str]) -> str:
    """A character that XML cannot hold; half a surrogate pair stays as it is written."""
    number = int(match[1], 16)
    return match[0] if 0xD800 <= number < 0xE000 else chr(number)


def _styles(package: Package, part: str | None) -> _Styles:
    found = _Styles()
    if part is None:
        return found
    root = package.xml(part)
    codes = {
        whole(attribute(code, "numFmtId"), 0): attribute(code, "formatCode") or ""
        for code in _listed(root, "numFmts")
    }
    frames = [
        any(attribute(side, "style") not in (None, "none") for side in border)
        for border in _listed(root, "borders")
    ]
    for style in _listed(root, "cellXfs"):
        number, border = (whole(attribute(style, name), 0) for name in ("numFmtId", "borderId"))
        found.formats.append(codes.get(number, BUILT_IN.get(number, UNKNOWN_FORMAT)))
        found.framed.append(border < len(frames) and frames[border])
    return found


def _listed(root: etree._Element, name: str) -> list[etree._Element]:
    found = child(root, name)
    return list(found) if found is not None else []


def _sheet(data: bytes, part: str, context: _Context) -> Sheet:
    reading = _Reading()
    for element in each_element(data, part, ("sheetView", "col", "row", "mergeCell")):
        name = local(element)
        if name == "row":
            _row(element, reading, context)
        elif name == "mergeCell":
            _merge(element, reading.sheet)
        elif name == "sheetView":
            reading.shows_zeros = (attribute(element, "showZeros") or "1") in _ON
        elif (attribute(element, "hidden") or "0") in _ON:
            first = whole(attribute(element, "min"), 1)
            last = min(whole(attribute(element, "max"), first), _MOST_COLUMNS)
            reading.sheet.hidden_columns.update(range(first - 1, last))
    return reading.sheet


def _row(row: etree._Element, reading: _Reading, context: _Context) -> None:
    reading.row = whole(attribute(row, "r"), reading.row + 2) - 1
    if (attribute(row, "hidden") or "0") in _ON:
        reading.sheet.hidden_rows.add(reading.row)
    if len(row) > _MOST_COLUMNS or reading.row >= _MOST_ROWS:
        raise ReadingError("a sheet is larger than the format allows: damaged, fetch it again")
    column, framed = -1, 0
    for cell in row:
        if local(cell) != "c":
            continue
        place = _PLACE.fullmatch(attribute(cell, "r") or "")
        column = _column(place[1]) if place else column + 1
        if len(cell):
            reading.sheet.put(reading.row, column, _text(cell, reading, context))
        style = whole(cell.get("s"), 0)
        framed += style < len(context.styles.framed) and context.styles.framed[style]
    if framed > 1:
        reading.sheet.framed_rows.add(reading.row)


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _merge(element: etree._Element, sheet: Sheet) -> None:
    ends = [_PLACE.fullmatch(end) for end in (attribute(element, "ref") or "").split(":")]
    if len(ends) != 2 or ends[0] is None or ends[1] is None:
        return
    (left, top), (right, bottom) = ends[0].groups(), ends[1].groups()
    sheet.merges.append((int(top) - 1, _column(left), int(bottom) - 1, _column(right)))


def _text(cell: etree._Element, reading: _Reading, context: _Context) -> str:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        inline = child(cell, "is")
        return _rich(inline) if inline is not None else ""
    value = child(cell, "v")
    stored = (value.text or "") if value is not None else ""
    if kind == "s":
        at = whole(stored.strip(), -1)
        if not 0 <= at < len(context.strings):
            raise ReadingError("the workbook's shared texts are damaged: fetch it again")
        return context.strings[at]
    if kind == "b":
        return "TRUE" if stored.strip() == "1" else "FALSE"
    if kind != "n" or not stored.strip():
        return stored
    return _number(stored.strip(), whole(cell.get("s"), 0), reading.shows_zeros, context)


def _number(stored: str, style: int, shows_zeros: bool, context: _Context) -> str:
    try:
        value = float(stored)
    except ValueError:
        return stored
    if not abs(value) <= 1e300:  # infinite, or no number that a report prints
        return stored
    if value == 0 and not shows_zeros:
        return ""
    formats = context.styles.formats
    code = formats[style] if style < len(formats) else "General"
    return printed(value, code, context.epoch)
