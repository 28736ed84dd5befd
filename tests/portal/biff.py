"""OLE containers and XLS workbooks, written by hand: no library writes them any more."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

_SECTOR = 512
_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def ole(streams: dict[str, bytes]) -> bytes:
    """An OLE container of the given streams ([MS-CFB]), each padded to 4,096 bytes."""
    data = {name: content.ljust(4096, b"\0") for name, content in streams.items()}
    fat: list[int] = []
    sectors = b""

    def add(content: bytes) -> int:
        nonlocal sectors
        content += b"\0" * (-len(content) % _SECTOR)
        first, count = len(fat), len(content) // _SECTOR
        fat.extend([*range(first + 1, first + count), _END])
        sectors += content
        return first

    starts = {name: add(content) for name, content in data.items()}
    names = sorted(data, key=lambda name: (len(name), name.upper()))
    root = _entry("Root Entry", 5, child=1 if names else -1)
    entries = [
        _entry(name, 2, starts[name], len(data[name]), right=i + 1 if i < len(names) else -1)
        for i, name in enumerate(names, 1)
    ]
    directory = root + b"".join(entries)
    directory += _entry("", 0) * (-(len(directory) // 128) % 4)
    first_directory = add(directory)
    count = 1
    while (len(fat) + count) > count * 128:
        count += 1
    places = list(range(len(fat), len(fat) + count))
    table = [*fat, *[_FAT] * count]
    table += [_FREE] * (count * 128 - len(table))
    difat = places + [_FREE] * (109 - count)
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    head += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<IIIIIIIII", 0, count, first_directory, 0, 4096, _END, 0, _END, 0)
    head += struct.pack("<109I", *difat)
    return head + sectors + struct.pack(f"<{len(table)}I", *table)


def _entry(
    name: str, kind: int, start: int = 0, size: int = 0, right: int = -1, child: int = -1
) -> bytes:
    text = (name + "\0").encode("utf-16-le") if name else b""
    return (
        text.ljust(64, b"\0")
        + struct.pack("<HBB", len(text), kind, 1)
        + struct.pack("<iii", -1, right, child)
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )


Value = str | float | None


@dataclass(slots=True)
class XlsSheet:
    """A sheet to write; rows and columns count from 0.

    Attributes:
        cells: (row, column) → value, and the number format of it or "".
        merges: (first row, first column, last row, last column).
        hidden_rows: Rows that are not shown.
        hidden_columns: Columns that are not shown.
        hidden: Whether the sheet is not shown.
        zeros: Whether zeros are printed.
        dimensions: (rows, columns) that it claims to have.
        more: Records of further cells.
    """

    cells: dict[tuple[int, int], tuple[Value, str]] = field(default_factory=dict)
    merges: tuple[tuple[int, int, int, int], ...] = ()
    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[int, ...] = ()
    hidden: bool = False
    zeros: bool = True
    dimensions: tuple[int, int] = (50, 20)
    more: bytes = b""


def xls(*sheets: XlsSheet, encrypted: bool = False, texts: int = 0, framed: bool = False) -> bytes:
    """A BIFF8 workbook ([MS-XLS]).

    Args:
        sheets: Its sheets.
        encrypted: Whether it claims to be encrypted.
        texts: How many shared texts it claims to hold.
        framed: Whether each cell has a frame.
    """
    codes = sorted({code for sheet in sheets for _, code in sheet.cells.values() if code})
    head = _record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0x600))
    head += _record(0x2F, bytes(6)) if encrypted else b""
    head += _record(0x42, struct.pack("<H", 1200))
    for i, code in enumerate(codes):
        head += _record(0x41E, struct.pack("<H", 164 + i) + _text(code))
    for number in (0, *range(164, 164 + len(codes))):
        frame = struct.pack("<6xI6x", 0x1111 if framed else 0)
        head += _record(0xE0, struct.pack("<HH", 0, number) + frame)
    if texts:
        head += _record(0xFC, struct.pack("<II", texts, texts))
    styles = {"": 0} | {code: i for i, code in enumerate(codes, 1)}
    bodies = [_sheet(sheet, styles) for sheet in sheets]
    tails = [_short(f"S{i}") for i in range(len(sheets))]
    at = len(head) + sum(4 + 6 + len(tail) for tail in tails) + 4
    for sheet, body, tail in zip(sheets, bodies, tails, strict=True):
        head += _record(0x85, struct.pack("<IBB", at, int(sheet.hidden), 0) + tail)
        at += len(body)
    return ole({"Workbook": head + _record(0x0A, b"") + b"".join(bodies)})


def _sheet(sheet: XlsSheet, styles: dict[str, int]) -> bytes:
    out = _record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0x600))
    rows, columns = sheet.dimensions
    for column in sheet.hidden_columns:
        out += _record(0x7D, struct.pack("<HHHHHH", column, column, 256, 0, 1, 0))
    out += _record(0x200, struct.pack("<IIHHH", 0, rows, 0, columns, 0))
    for row in sheet.hidden_rows:
        out += _record(0x208, struct.pack("<HHHHHHI", row, 0, 20, 0, 0, 0, 0x20))
    for (row, column), (value, code) in sorted(sheet.cells.items()):
        place = struct.pack("<HHH", row, column, styles[code])
        if value is None:
            out += _record(0x201, place)
        elif isinstance(value, str):
            out += _record(0x204, place + _text(value))
        else:
            out += _record(0x203, place + struct.pack("<d", value))
    out += sheet.more
    out += _record(0x23E, struct.pack("<H16x", 0x6A6 | 0x10 if sheet.zeros else 0x6A6))
    for top, left, bottom, right in sheet.merges:
        out += _record(0xE5, struct.pack("<HHHHH", 1, top, bottom, left, right))
    return out + _record(0x0A, b"")


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _text(text: str) -> bytes:
    return struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")


def _short(text: str) -> bytes:
    return struct.pack("<BB", len(text), 1) + text.encode("utf-16-le")
