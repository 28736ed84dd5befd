"""All records of a WARC file in one pass, and what of it cannot be read.

Nothing is looked up: a file is read from its beginning to its end, each member is inflated
once, and its own checksum proves it. What is damaged is named and passed over.
"""

from __future__ import annotations

import io
import mmap
from collections.abc import Container, Iterator
from dataclasses import dataclass
from typing import Protocol

from isal import isal_zlib

from .errors import RecordDamaged
from .inflating import NOT_PACKED
from .member import LARGEST_RECORD, TOO_LARGE, Record, parse

_BLOCK = 1 << 20
#: Most members are smaller; what follows a member in its piece is copied.
_PIECE = 1 << 13
_GZIP = 31
#: How a gzip member begins that is deflated, as all are; and what is in ours.
_MAGIC = b"\x1f\x8b\x08"
_MARK = b"WARC/1."
_TYPE = b"WARC-Type: "


class Readable(Protocol):
    """What is needed of a file."""

    def read(self, size: int, /) -> bytes:
        """The next bytes."""

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Go to a byte."""

    def fileno(self) -> int:
        """The file's descriptor."""


@dataclass(frozen=True, slots=True)
class Member:
    """One gzip member: where it lies, and what it holds."""

    offset: int
    length: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Damage:
    """Bytes of a file that hold nothing that can be read.

    Attributes:
        offset: Where they begin.
        length: How many they are.
        why: What is wrong with them.
        at_end: Whether they are the file's last.
        too_large: Whether nothing but their size is known to be wrong.
    """

    offset: int
    length: int
    why: str
    at_end: bool = False
    too_large: bool = False

    @property
    def is_torn(self) -> bool:
        """Whether it is what a crash leaves: the beginning of a record at the file's end."""
        return self.at_end and not self.too_large


def records(
    handle: Readable,
    name: str,
    start: int = 0,
    *,
    passed_over: Container[str] = (),
    bare: bool = False,
) -> Iterator[Record | Damage]:
    """The records of a file in order, and its damages among them.

    Args:
        handle: The file, with a descriptor of its own.
        name: Its name, for errors.
        start: A byte that begins a member.
        passed_over: Kinds of records that are not wanted, e.g. `request`.
        bare: Leave out their HTTP headers.

    Raises:
        RecordDamaged: The disk does not give the file back.
    """
    for member in members(handle, name, start):
        if isinstance(member, Damage):
            yield member
        elif not passed_over or _kind(member.data) not in passed_over:
            try:
                yield parse(member.data, member.offset, member.length, bare=bare)
            except ValueError as error:
                yield Damage(member.offset, member.length, str(error))


def members(handle: Readable, name: str, start: int = 0) -> Iterator[Member | Damage]:
    """The gzip members of a file in order, and its damages among them.

    Args:
        handle: The file, with a descriptor of its own.
        name: Its name, for errors.
        start: A byte that begins a member.

    Raises:
        RecordDamaged: The disk does not give the file back.
    """
    try:
        reader = _Reader(handle, start)
        while (found := reader.member()) is not None:
            yield found
            if isinstance(found, Damage) and not found.at_end:
                reader = _Reader(handle, found.offset + found.length)
            elif isinstance(found, Damage):
                return
    except OSError as error:
        raise RecordDamaged(f"{name} cannot be read: {error.strerror}") from error


class _Reader:
    """A file read in blocks, from the beginning of a member on."""

    def __init__(self, handle: Readable, start: int) -> None:
        self._handle, self._offset = handle, start
        self._block, self._at = b"", 0
        handle.seek(start)

    def member(self) -> Member | Damage | None:
        """The next member, or the damage in its place; None at the end."""
        inflating, parts, why = isal_zlib.decompressobj(_GZIP), [], "it is cut off"
        taken = size = 0
        try:
            while not inflating.eof and (piece := self._piece()):
                taken += len(piece)
                parts.append(inflating.decompress(piece))
                size += len(parts[-1])
                if size > LARGEST_RECORD:
                    return self._damage(TOO_LARGE, too_large=True)
        except NOT_PACKED as error:
            why = str(error)
        if inflating.eof:
            unused = len(inflating.unused_data)
            self._at -= unused
            offset, length = self._offset, taken - unused
            self._offset += length
            return Member(offset, length, parts[0] if len(parts) == 1 else b"".join(parts))
        return self._damage(why) if taken else None

    def _piece(self) -> bytes:
        if self._at == len(self._block):
            self._block, self._at = self._handle.read(_BLOCK), 0
        piece = self._block[self._at : self._at + _PIECE]
        self._at += len(piece)
        return piece

    def _damage(self, why: str, *, too_large: bool = False) -> Damage:
        """What lies between here and the next member that begins a record."""
        size = self._handle.seek(0, 2)
        follows = _next_record(self._handle, self._offset + 1)
        end = size if follows is None else follows
        return Damage(self._offset, end - self._offset, why, follows is None, too_large)


def _next_record(handle: Readable, start: int) -> int | None:
    """Where the next member begins whose first bytes are those of a record, or None."""
    try:
        descriptor = handle.fileno()
    except io.UnsupportedOperation:  # it lies at an address, and is fetched in blocks
        return _next_fetched(handle, start)
    with mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ) as data:
        at = data.find(_MAGIC, start)
        while at >= 0:
            if _begins_record(data[at : at + _PIECE]):
                return at
            at = data.find(_MAGIC, at + 1)
    return None


def _next_fetched(handle: Readable, start: int) -> int | None:
    """The same of a file that cannot be mapped; no more than two blocks are held."""
    handle.seek(start)
    begin, data, more = start, b"", True
    while more or data:
        while more and len(data) < _BLOCK:
            piece = handle.read(_BLOCK)
            more, data = bool(piece), data + piece
        at = data.find(_MAGIC)
        # Near the end of what is held a member is looked at once its beginning is whole.
        while at >= 0 and (len(data) - at >= _PIECE or not more):
            if _begins_record(data[at : at + _PIECE]):
                return begin + at
            at = data.find(_MAGIC, at + 1)
        kept = len(data) if not more else max(len(data) - _PIECE, 1)
        begin, data = begin + kept, data[kept:]
    return None


def _begins_record(data: bytes) -> bool:
    try:
        head: bytes = isal_zlib.decompressobj(_GZIP).decompress(data, 64)
    except NOT_PACKED:
        return False
    return head.startswith(_MARK)


def _kind(data: bytes) -> str:
    """A record's kind if its second line tells it, as that of ours does; else ""."""
    begin = data.find(b"\n", 0, 32) + 1
    if not begin or not data.startswith(_TYPE, begin):
        return ""
    return data[begin + len(_TYPE) : data.find(b"\r", begin)].decode("latin-1")
