"""XLS (and ET, which is the same) to sheets of printed cells.

Read record by record: calamine gives neither formats nor hidden rows, and a damaged file
that makes it reserve memory ends the whole process.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass, field
from datetime import datetime

from ..errors import ReadingError
from . import biff, ole
from .number_format import BUILT_IN, EPOCH, EPOCH_1904, UNKNOWN_FORMAT, printed
from .sheet_rows import Sheet, check_sheets

_FILEPASS, _BOUNDSHEET, _SST, _FORMAT, _XF = 0x2F, 0x85, 0xFC, 0x41E, 0xE0
_CODE_PAGE, _DATE_MODE, _WINDOW2 = 0x42, 0x22, 0x23E
_ROW, _COLINFO, _MERGECELLS, _BLANK, _MULBLANK = 0x208, 0x7D, 0xE5, 0x201, 0xBE
_NUMBER, _RK, _MULRK, _LABELSST, _BOOLERR, _STRING = 0x203, 0x27E, 0xBD, 0xFD, 0x205, 0x207
_LABELS, _FORMULAS = frozenset({0x204, 0xD6}), frozenset({0x06, 0x206, 0x406})
_HIDDEN_ROW, _HIDDEN_COLUMN, _SHOWS_ZEROS = 0x20, 0x01, 0x10
_LAST_COLUMN = 255


@dataclass(slots=True)
class _Book:
    """What the cells of all sheets refer to."""

    version: int = 0
    last: int = 0  # type of the record before, but for CONTINUE
    code_page: int = 936
    epoch: datetime = EPOCH
    texts: list[bytes] = field(default_factory=list)  # the SST and what continues it
    strings: list[str] = field(default_factory=list)
    codes: dict[int, str] = field(default_factory=dict)
    formats: list[int] = field(default_factory=list)  # of each style
    framed: list[bool] = field(default_factory=list)  # likewise
    places: list[int] = field(default_factory=list)  # of the visible sheets

    def code(self, style: int) -> str:
        """The number format of a style."""
        number = self.formats[style] if style < len(self.formats) else -1
        return self.codes.get(number, BUILT_IN.get(number, UNKNOWN_FORMAT))


@dataclass(slots=True)
class _Reading:
    """One sheet as it is read; zeros may turn out to be hidden behind the cells."""

    book: _Book
    sheet: Sheet = field(default_factory=Sheet)
    numbers: list[tuple[int, int, float, int]] = field(default_factory=list)
    blanks: dict[int, int] = field(default_factory=dict)  # row → framed blank cells
    shows_zeros: bool = True
    awaits: tuple[int, int] | None = None  # the formula whose text comes next


def read_sheets(body: bytes) -> list[Sheet]:
    """The visible sheets of a workbook, in their order.

    Raises:
        ReadingError: It is damaged, encrypted, or larger than any report.
    """
    stream = ole.stream(body, "Workbook", "Book")
    try:
        book = _Book()
        for kind, data in biff.records(stream, 0):
            _read_global(kind, data, book)
        book.strings = biff.shared_texts(book.texts) if book.texts else []
        sheets: list[Sheet] = []
        for at in book.places:
            sheets.append(_sheet(stream, at, book))
            check_sheets(sheets)
        return sheets
    except (struct.error, IndexError) as error:
        raise ReadingError(f"the XLS is damaged or cut off ({error}): fetch it again") from error


def _read_global(kind: int, data: bytes, book: _Book) -> None:
    if kind == biff.BOF:
        (book.version,) = struct.unpack_from("<H", data)
        if book.version not in (biff.BIFF5, biff.BIFF8):
            raise ReadingError("an XLS older than Excel 5: save it as XLSX and import that")
    elif kind == _FILEPASS:
        raise ReadingError("an encrypted XLS: save it without its password and import that")
    elif kind == _BOUNDSHEET:
        at, state, sort = struct.unpack_from("<IBB", data)
        if not state & 3 and not sort:  # shown, and a worksheet
            book.places.append(at)
    elif kind == _SST:
        book.texts = [data]
    elif kind == biff.CONTINUE and book.last == _SST:
        book.texts.append(data)
    else:
        _read_style(kind, data, book)
    book.last = kind if kind != biff.CONTINUE else book.last


def _read_style(kind: int, data: bytes, book: _Book) -> None:
    if kind == _FORMAT:
        (number,) = struct.unpack_from("<H", data)
        short = book.version == biff.BIFF5
        book.codes[number] = biff.text(data[2:], book.version, book.code_page, short)
    elif kind == _XF:
        book.formats.append(struct.unpack_from("<2xH", data)[0])
        sides = struct.unpack_from("<10xH", data)[0] if book.version == biff.BIFF8 else 0
        book.framed.append(bool(sides))
    elif kind == _CODE_PAGE:
        (book.code_page,) = struct.unpack_from("<H", data)
    elif kind == _DATE_MODE:
        book.epoch = EPOCH_1904 if struct.unpack_from("<H", data)[0] else EPOCH


def _sheet(stream: bytes, at: int, book: _Book) -> Sheet:
    reading = _Reading(book)
    for kind, data in biff.records(stream, at):
        if not _read_number(kind, data, reading) and not _read_text(kind, data, reading):
            _read_view(kind, data, reading)
    sheet = reading.sheet
    for row, column, value, style in reading.numbers:
        if value or reading.shows_zeros:
            sheet.put(row, column, printed(value, book.code(style), book.epoch))
    sheet.framed_rows = {row for row, count in reading.blanks.items() if count > 1}
    return sheet


def _read_number(kind: int, data: bytes, reading: _Reading) -> bool:
    """Take a number's record; whether it was one."""
    if kind == _MULRK:
        row, first = struct.unpack_from("<2H", data)
        for i in range((len(data) - 6) // 6):
            (style,) = struct.unpack_from("<H", data, 4 + 6 * i)
            value = biff.packed(data[6 + 6 * i : 10 + 6 * i])
            reading.numbers.append((row, first + i, value, style))
    elif kind in (_NUMBER, _RK) or (kind in _FORMULAS and data[12:14] != b"\xff\xff"):
        row, column, style = struct.unpack_from("<3H", data)
        value = biff.packed(data[6:10]) if kind == _RK else struct.unpack_from("<d", data, 6)[0]
        if not math.isfinite(value) or abs(value) > 1e300:
            raise ReadingError("the XLS is damaged (no number in a cell): fetch it again")
        reading.numbers.append((row, column, value, style))
    else:
        return False
    return True


def _read_text(kind: int, data: bytes, reading: _Reading) -> bool:
    """Take a text's record, a truth value's or an error's; whether it was one."""
    book, put = reading.book, reading.sheet.put
    if kind == _STRING:
        if reading.awaits:
            put(*reading.awaits, biff.text(data, book.version, book.code_page))
        reading.awaits = None
        return True
    if kind not in (_LABELSST, _BOOLERR) and kind not in _LABELS | _FORMULAS:
        return False
    row, column = struct.unpack_from("<2H", data)
    if kind == _LABELSST:
        put(row, column, book.strings[struct.unpack_from("<I", data, 6)[0]])
    elif kind in _LABELS:
        put(row, column, biff.text(data[6:], book.version, book.code_page))
    elif kind == _BOOLERR:
        put(row, column, biff.bool_or_error(data[6], bool(data[7])))
    elif data[6] == 0:
        reading.awaits = row, column
    elif data[6] in (1, 2):
        put(row, column, biff.bool_or_error(data[8], data[6] == 2))
    return True


def _read_view(kind: int, data: bytes, reading: _Reading) -> None:
    """How cells are shown: merged, framed, hidden, without zeros."""
    sheet = reading.sheet
    if kind == _MERGECELLS:
        (count,) = struct.unpack_from("<H", data)
        for i in range(count):
            top, bottom, left, right = struct.unpack_from("<4H", data, 2 + 8 * i)
            sheet.merges.append((top, left, bottom, right))
    elif kind in (_BLANK, _MULBLANK):
        row, *styles = struct.unpack_from(f"<H2x{(len(data) - 4) // 2}H", data)
        framed = reading.book.framed
        # The last number of several is the last column.
        own = styles if kind == _BLANK else styles[:-1]
        count = sum(style < len(framed) and framed[style] for style in own)
        reading.blanks[row] = reading.blanks.get(row, 0) + count
    elif kind == _ROW:
        row, flags = struct.unpack_from("<H10xI", data)
        if flags & _HIDDEN_ROW:
            sheet.hidden_rows.add(row)
    elif kind == _COLINFO:
        first, last, flags = struct.unpack_from("<2H4xH", data)
        if flags & _HIDDEN_COLUMN:
            sheet.hidden_columns.update(range(first, min(last, _LAST_COLUMN) + 1))
    elif kind == _WINDOW2:
        reading.shows_zeros = bool(struct.unpack_from("<H", data)[0] & _SHOWS_ZEROS)
