"""Records of an XLS stream, and the texts and numbers in them ([MS-XLS] 2.4, 2.5)."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from ..errors import ReadingError

BOF, EOF, CONTINUE = 0x809, 0x0A, 0x3C
BIFF5, BIFF8 = 0x500, 0x600
_WIDE, _EXTENDED, _RICH = 1, 4, 8
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!"}
#: Code pages that Chinese files name, for the 8-bit texts of Excel 5.
_CODE_PAGES = {936: "gb18030", 950: "big5", 1200: "gb18030", 1252: "cp1252"}


def records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """(type, data) of the records of one substream, those of charts inside it left out.

    Raises:
        ReadingError: The stream ends before the substream does.
    """
    depth = 0
    while True:
        if at + 4 > len(stream):
            raise ReadingError("the XLS is cut off: fetch it again")
        kind, length = struct.unpack_from("<HH", stream, at)
        data = stream[at + 4 : at + 4 + length]
        if len(data) < length:
            raise ReadingError("the XLS is cut off: fetch it again")
        at += 4 + length
        depth += (kind == BOF) - (kind == EOF)
        if depth <= 0:
            return
        if depth == 1:
            yield kind, data


def text(data: bytes, version: int, code_page: int, short: bool = False) -> str:
    """A text with its length before it: two bytes, or one if `short` or a format of BIFF 5."""
    size = 1 if short else 2
    count = int.from_bytes(data[:size], "little")
    data = data[size:]
    if version == BIFF5:
        return data[:count].decode(_CODE_PAGES.get(code_page, "gb18030"), "replace")
    flags, start = data[0], 1 + (2 if data[0] & _RICH else 0) + (4 if data[0] & _EXTENDED else 0)
    if flags & _WIDE:
        return data[start : start + 2 * count].decode("utf-16-le", "replace")
    return data[start : start + count].decode("latin-1")


def shared_texts(chunks: list[bytes]) -> list[str]:
    """The texts of an SST record and the CONTINUE records behind it."""
    (count,) = struct.unpack_from("<4xI", chunks[0])
    if count > sum(map(len, chunks)):  # a text takes three bytes at least
        raise ReadingError("the XLS is damaged (more texts than bytes): fetch it again")
    reader = _Chunks(chunks)
    reader.take(8)
    return [reader.text() for _ in range(count)]


class _Chunks:
    """Bytes over several records: where one ends inside a text, the next repeats its width."""

    def __init__(self, chunks: list[bytes]) -> None:
        self._chunks, self._number, self._at = chunks, 0, 0

    def take(self, count: int) -> bytes:
        out = b""
        while len(out) < count:
            if self._at == len(self._chunks[self._number]):
                self._number, self._at = self._number + 1, 0
            part = self._chunks[self._number][self._at :][: count - len(out)]
            self._at += len(part)
            out += part
        return out

    def text(self) -> str:
        count, flags = struct.unpack("<HB", self.take(3))
        runs = struct.unpack("<H", self.take(2))[0] if flags & _RICH else 0
        more = struct.unpack("<I", self.take(4))[0] if flags & _EXTENDED else 0
        found = self._characters(count, flags & _WIDE)
        self.take(4 * runs + more)
        return found

    def _characters(self, count: int, wide: int) -> str:
        out = ""
        while count:
            chunk = self._chunks[self._number]
            if self._at == len(chunk):
                self._number, self._at = self._number + 1, 1
                wide = self._chunks[self._number][0] & _WIDE
                continue
            size = 2 if wide else 1
            part = chunk[self._at :][: count * size]
            if len(part) % size:
                raise struct.error("half a character")
            out += part.decode("utf-16-le" if wide else "latin-1", "replace")
            self._at += len(part)
            count -= len(part) // size
        return out


def packed(data: bytes) -> float:
    """A number in the four bytes of an RK."""
    (raw,) = struct.unpack("<i", data)
    if raw & 2:
        value = float(raw >> 2)
    else:
        (value,) = struct.unpack("<d", bytes(4) + struct.pack("<i", raw & ~3))
    return value / 100 if raw & 1 else value


def bool_or_error(value: int, is_error: bool) -> str:
    """What a truth value or an error prints."""
    if is_error:
        return _ERRORS.get(value, "#N/A")
    return "TRUE" if value else "FALSE"
