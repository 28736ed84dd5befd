"""A WARC file read once from end to end: its digest, and each gzip member's content."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from isal import isal_zlib

_CHUNK = 1 << 20
#: Most members are as small; what lies behind one's end is copied, so little is given at once.
_FIRST, _MOST = 1 << 11, 1 << 17
_GZIP = 31
_MAGIC = b"\x1f\x8b\x08"
_MARK = b"WARC/"
_NOT_GZIP: type[Exception] = isal_zlib.error  # type: ignore[assignment]  # says its stub


@dataclass(frozen=True, slots=True)
class Member:
    """A whole gzip member, its checksum right: where it begins, its bytes, its content."""

    offset: int
    length: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Gap:
    """Bytes that are no whole member: where they begin and end, and what is wrong with them."""

    offset: int
    end: int
    why: str
    is_tail: bool


class Members:
    """Members and gaps of a file in order; `sha256` and `size` are of all bytes once read."""

    def __init__(self, handle: BinaryIO) -> None:
        self._handle, self._digest = handle, hashlib.sha256()
        self.size = 0
        self._data, self._pos, self._base = b"", 0, 0

    @property
    def sha256(self) -> str:
        """Digest of what was read."""
        return self._digest.hexdigest()

    def __iter__(self) -> Iterator[Member | Gap]:
        """Read to the end.

        Raises:
            OSError: The disk does not give it.
        """
        while self._fill():
            start = self._base + self._pos
            try:
                content = self._inflate()
            except _NOT_GZIP as error:
                yield self._gap(start, f"the gzip member is damaged ({error})")
                continue
            if content is None:
                yield self._gap(start, "the gzip member is cut off")
            else:
                yield Member(start, self._base + self._pos - start, content)

    def _fill(self) -> bool:
        """Have bytes to read from; False at the end."""
        if self._pos < len(self._data):
            return True
        self._base += len(self._data)
        self._data, self._pos = self._handle.read(_CHUNK), 0
        end = self._base + len(self._data)
        if end > self.size:  # what a gap made to be read again is digested once
            new = end - self.size
            self._digest.update(self._data if new == len(self._data) else self._data[-new:])
            self.size = end
        return bool(self._data)

    def _inflate(self) -> bytes | None:
        """Content of the member that begins here; None if the file ends in it."""
        inflater, parts, window = isal_zlib.decompressobj(_GZIP), [], _FIRST
        while self._fill():
            piece = self._data[self._pos : self._pos + window]
            parts.append(inflater.decompress(piece))
            if inflater.eof:
                self._pos += len(piece) - len(inflater.unused_data)
                return parts[0] if len(parts) == 1 else b"".join(parts)
            self._pos += len(piece)
            window = min(window * 4, _MOST)
        return None

    def _gap(self, start: int, why: str) -> Gap:
        """Go to the next member that begins a record, or to the end."""
        at = start + 1
        self._seek(at)
        kept = b""
        while self._fill():
            data = kept + self._data[self._pos :]
            base = self._base + self._pos - len(kept)
            found = data.find(_MAGIC)
            while found >= 0:
                if self._begins(base + found):
                    self._seek(base + found)
                    return Gap(start, base + found, why, is_tail=False)
                found = data.find(_MAGIC, found + 1)
            kept = data[-len(_MAGIC) + 1 :]
            self._pos = len(self._data)
        return Gap(start, self.size, why, is_tail=True)

    def _begins(self, offset: int) -> bool:
        """Whether a record's member begins there."""
        place = self._handle.tell()
        self._handle.seek(offset)
        data = self._handle.read(_FIRST)
        self._handle.seek(place)
        try:
            head: bytes = isal_zlib.decompressobj(_GZIP).decompress(data, len(_MARK))
        except _NOT_GZIP:
            return False
        return head == _MARK

    def _seek(self, offset: int) -> None:
        self._handle.seek(offset)
        self._data, self._pos, self._base = b"", 0, offset
