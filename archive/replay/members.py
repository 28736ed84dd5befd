"""Gzip members of our WARC files, copied whole; their fields read without their bodies.

What leaves the archive leaves it byte for byte: a record that is compressed anew could no
longer be compared with the file that it comes from.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from isal import isal_zlib

from ..errors import RecordDamaged
from ..inflating import NOT_PACKED
from ..member import inflate, read_member
from ..warcs import Warcs, warcs_of

#: The head of most records inflates from so much.
_PIECE = 4096
_GZIP = 31
_END = b"\r\n\r\n"
#: No head of a record is larger; a revisit's holds its row of the ledger.
_LARGEST_HEAD = 1 << 20


@dataclass(frozen=True, slots=True)
class Member:
    """One member as it lies in a file.

    Attributes:
        data: Its bytes, compressed.
        fields: The WARC fields of its record, their names in small letters.
    """

    data: bytes
    fields: Mapping[str, str]


@contextlib.contextmanager
def reading(where: Path | Warcs, name: str, at: int = 0, length: int = 0) -> Iterator[BinaryIO]:
    """A file of the archive, to be read in the block.

    Args:
        where: The places of the root's WARC files, or its `warc/` alone.
        name: The file's final name; a crawl may still write it.
        at: Where reading will begin.
        length: How many bytes are wanted there, as far as that is known.

    Raises:
        RecordDamaged: It is missing or cannot be read.
        StoreUnreachable: It lies in another place, which does not answer.
    """
    try:
        with warcs_of(where).open(name, at, length) as handle:
            yield handle
    except OSError as error:
        raise RecordDamaged(f"{name} cannot be read: {error.strerror}") from error


def exactly(handle: BinaryIO, length: int) -> bytes:
    """So many bytes, in as many reads as it takes; fewer at the file's end."""
    data = handle.read(length)
    while len(data) < length:
        more = handle.read(length - len(data))
        if not more:
            break
        data += more
    return data


def fields_at(handle: BinaryIO, offset: int, name: str) -> dict[str, str]:
    """The WARC fields of the record whose member begins at `offset`, names in small letters.

    Only as much is read as its head takes: an index of a country needs no bodies.

    Raises:
        RecordDamaged: No head of a WARC record stands there.
    """
    handle.seek(offset)
    inflater, head = isal_zlib.decompressobj(_GZIP), b""
    try:
        while _END not in head and len(head) < _LARGEST_HEAD and not inflater.eof:
            data = handle.read(_PIECE)
            if not data:
                break
            head += inflater.decompress(data)
    except NOT_PACKED as error:
        raise RecordDamaged(f"{name}: the record at byte {offset} is damaged: {error}") from error
    return _fields(head, offset, name)


def _fields(content: bytes, offset: int, name: str) -> dict[str, str]:
    head, end, _ = content.partition(_END)
    if not end or not head.startswith(b"WARC/1."):
        raise RecordDamaged(f"{name}: no WARC record begins at byte {offset}")
    pairs = (line.partition(":") for line in head.decode("utf-8", "replace").split("\r\n")[1:])
    return {key.lower(): value.strip(" \t") for key, _, value in pairs}


def first(where: Path | Warcs, name: str) -> Member:
    """The member that a file of the archive begins with.

    Raises:
        RecordDamaged: The file begins with none, or cannot be read.
        StoreUnreachable: It lies in another place, which does not answer.
    """
    with reading(where, name, 0, _PIECE) as handle:
        content, length = inflate(handle, 0, name, _PIECE)
        handle.seek(0)
        return Member(exactly(handle, length), _fields(content, 0, name))


def group(where: Path | Warcs, capture: Mapping[str, Any], start: int) -> list[Member]:
    """The records of a capture, in their order; the last is the one that its row is about.

    A capture is written at once: metadata, request, and response, revisit or resource. The
    ledger knows the last; what says of itself that it belongs to it stands just before.

    Args:
        where: The places of the root's WARC files, or its `warc/` alone.
        capture: The ledger's row.
        start: A byte that begins a member at or before the group: where the capture before
            it in the file ends.

    Raises:
        RecordDamaged: The record is not there, or is not what the ledger says.
        StoreUnreachable: It lies in another place, which does not answer.
    """
    name, end = capture["warc_file"], capture["warc_offset"]
    with reading(where, name, start, end + capture["warc_length"] - start) as handle:
        found = [
            member
            for member in _between(handle, start, end, name)
            if capture["record_id"]
            in (member.fields.get("warc-refers-to"), member.fields.get("warc-concurrent-to"))
            and member.fields.get("warc-type") in ("metadata", "request")
        ]
        _prove(handle, capture, name)
        handle.seek(end)
        data = exactly(handle, capture["warc_length"])
        return [*found, Member(data, fields_at(handle, end, name))]


def _between(handle: BinaryIO, start: int, end: int, name: str) -> Iterator[Member]:
    """The members that lie between two bytes of a file."""
    while start < end:
        content, length = inflate(handle, start, name, _PIECE)
        handle.seek(start)
        yield Member(exactly(handle, length), _fields(content, start, name))
        start += length


def _prove(handle: BinaryIO, capture: Mapping[str, Any], name: str) -> None:
    """Refuse a record that is not the one the ledger means: damage must not travel."""
    offset = capture["warc_offset"]
    record = read_member(handle, offset, name)
    holds = capture["revisit_of"] is None
    if (
        record.record_id != capture["record_id"]
        or record.length != capture["warc_length"]
        or (holds and hashlib.sha256(record.body).hexdigest() != capture["payload"])
    ):
        raise RecordDamaged(
            f"{name} at byte {offset}: this is not {capture['url']} as the ledger has it; "
            "run fsck, and restore the file from a backup"
        )
