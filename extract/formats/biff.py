"""What an XLS says about its cells besides their values ([MS-XLS] 2.4).

calamine gives values; merges, hidden rows and columns, number formats and how far apart
the cells are stand in records that are read here, one pass over the stream.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from ..errors import ReadingError
from .number_format import BUILT_IN, UNKNOWN_FORMAT
from .sheet_rows import Merge

_BOF, _EOF, _FILEPASS, _BOUNDSHEET, _SST = 0x809, 0x0A, 0x2F, 0x85, 0xFC
_FORMAT, _XF, _DIMENSIONS, _WINDOW2 = 0x41E, 0xE0, 0x200, 0x23E
_ROW, _COLINFO, _MERGECELLS, _MULRK = 0x208, 0x7D, 0xE5, 0xBD
_BLANK, _MULBLANK = 0x201, 0xBE
_CELLS = frozenset({0x203, 0x27E, 0x06, 0x206, 0x406, 0x204, 0xFD, 0xD6, 0x205})
_BIFF5, _BIFF8 = 0x500, 0x600
_HIDDEN_ROW, _HIDDEN_COLUMN, _SHOWS_ZEROS = 0x20, 0x01, 0x10
#: calamine makes a grid of all cells between the first and the last.
_MOST_CELLS = 4_000_000


@dataclass(slots=True)
class SheetFacts:
    """What one sheet says about its cells; rows and columns count from 0.

    Attributes:
        visible: Whether it is a worksheet that is shown.
        shows_zeros: Whether zeros are printed at all.
        merges: (first row, first column, last row, last column).
        hidden_rows: Rows that are not shown.
        hidden_columns: Columns that are not shown.
        styles: (row, column) → number of the cell's style.
        blanks: Row → numbers of its blank cells' styles.
    """

    visible: bool
    shows_zeros: bool = True
    merges: list[Merge] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    styles: dict[tuple[int, int], int] = field(default_factory=dict)
    blanks: dict[int, list[int]] = field(default_factory=dict)


@dataclass(slots=True)
class Facts:
    """What a workbook says: its sheets; of each style the number format, and if it frames."""

    sheets: list[SheetFacts]
    formats: list[str]
    framed: list[bool]

    def framed_rows(self, sheet: SheetFacts) -> set[int]:
        """Rows with two blank cells or more that have a frame."""
        return {
            row
            for row, styles in sheet.blanks.items()
            if sum(style < len(self.framed) and self.framed[style] for style in styles) > 1
        }

    def format(self, sheet: SheetFacts, row: int, column: int) -> str:
        """The number format of a cell."""
        style = sheet.styles.get((row, column), 0)
        return self.formats[style] if style < len(self.formats) else UNKNOWN_FORMAT


def read_facts(stream: bytes) -> Facts:
    """Read the Workbook (or Book) stream of an XLS.

    Raises:
        ReadingError: It is damaged, encrypted, or so wide and long that no report is.
    """
    try:
        return _facts(stream)
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise ReadingError(f"the XLS is damaged or cut off ({error}): fetch it again") from error


def _facts(stream: bytes) -> Facts:
    own: dict[int, str] = {}
    numbers: list[int] = []
    framed: list[bool] = []
    places: list[tuple[int, SheetFacts]] = []
    version = 0
    for kind, data in _records(stream, 0):
        if kind == _BOF:
            (version,) = struct.unpack_from("<H", data)
            if version not in (_BIFF5, _BIFF8):
                raise ReadingError("an XLS older than Excel 5: save it as XLSX and import that")
        elif kind == _FILEPASS:
            raise ReadingError("an encrypted XLS: save it without its password and import that")
        elif kind == _BOUNDSHEET:
            at, state, sort = struct.unpack_from("<IBB", data)
            places.append((at, SheetFacts(visible=not state & 3 and not sort)))
        elif kind == _FORMAT:
            (number,) = struct.unpack_from("<H", data)
            own[number] = _text(data[2:], version)
        elif kind == _XF:
            numbers.append(struct.unpack_from("<2xH", data)[0])
            framed.append(version == _BIFF8 and bool(struct.unpack_from("<10xH", data)[0]))
        elif kind == _SST:
            _check_texts(data, len(stream))
    for at, sheet in places:
        _read_sheet(stream, at, sheet)
    formats = [own.get(number, BUILT_IN.get(number, UNKNOWN_FORMAT)) for number in numbers]
    return Facts([sheet for _, sheet in places], formats, framed)


def _check_texts(data: bytes, length: int) -> None:
    """Refuse a count of shared texts that the file has no room for: it would be reserved."""
    if struct.unpack_from("<4xI", data)[0] > length:
        raise ReadingError("the XLS is damaged (more texts than bytes): fetch it again")


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """(type, data) of the records of one substream, those of charts inside it left out."""
    depth = 0
    while True:
        kind, length = struct.unpack_from("<HH", stream, at)
        data = stream[at + 4 : at + 4 + length]
        if len(data) < length:
            raise ReadingError("the XLS is cut off: fetch it again")
        at += 4 + length
        depth += (kind == _BOF) - (kind == _EOF)
        if depth <= 0:
            return
        if depth == 1:
            yield kind, data


def _text(data: bytes, version: int) -> str:
    if version == _BIFF5:
        return data[1 : 1 + data[0]].decode("gb18030")
    count, flags = struct.unpack_from("<HB", data)
    if flags & 1:
        return data[3 : 3 + 2 * count].decode("utf-16-le")
    return data[3 : 3 + count].decode("latin-1")


def _read_sheet(stream: bytes, at: int, sheet: SheetFacts) -> None:
    rows: set[int] = set()
    columns: set[int] = set()
    for kind, data in _records(stream, at):
        if kind in _CELLS:
            row, column, style = struct.unpack_from("<3H", data)
            sheet.styles[row, column] = style
        elif kind == _MULRK:
            row, column = struct.unpack_from("<2H", data)
            for i in range((len(data) - 6) // 6):
                sheet.styles[row, column + i] = struct.unpack_from("<H", data, 4 + 6 * i)[0]
        elif kind == _DIMENSIONS and len(data) >= 12:
            first, last, left, right = struct.unpack_from("<2I2H", data)
            _check_size(last - first, right - left)
        elif kind in (_BLANK, _MULBLANK):
            row, *styles = struct.unpack_from(f"<H2x{(len(data) - 4) // 2}H", data)
            # The last number of several is the last column.
            sheet.blanks.setdefault(row, []).extend(styles if kind == _BLANK else styles[:-1])
        else:
            _read_view(kind, data, sheet)
    for row, column in sheet.styles:
        rows.add(row)
        columns.add(column)
    if rows:
        _check_size(max(rows) - min(rows) + 1, max(columns) - min(columns) + 1)


def _read_view(kind: int, data: bytes, sheet: SheetFacts) -> None:
    """How cells are shown: merged, hidden, without zeros."""
    if kind == _MERGECELLS:
        (count,) = struct.unpack_from("<H", data)
        for i in range(count):
            top, bottom, left, right = struct.unpack_from("<4H", data, 2 + 8 * i)
            sheet.merges.append((top, left, bottom, right))
    elif kind == _ROW:
        row, flags = struct.unpack_from("<H10xI", data)
        if flags & _HIDDEN_ROW:
            sheet.hidden_rows.add(row)
    elif kind == _COLINFO:
        first, last, flags = struct.unpack_from("<2H4xH", data)
        if flags & _HIDDEN_COLUMN:
            sheet.hidden_columns.update(range(first, min(last, 255) + 1))
    elif kind == _WINDOW2:
        sheet.shows_zeros = bool(struct.unpack_from("<H", data)[0] & _SHOWS_ZEROS)


def _check_size(rows: int, columns: int) -> None:
    if rows > 0 and columns > 0 and rows * columns > _MOST_CELLS:
        raise ReadingError(
            f"a sheet of {rows} rows and {columns} columns: no report is so large;"
            " delete the empty ones and save it anew"
        )
