"""One gzip member of a WARC file as the record that it holds.

The build and every crawl read single records of our own files by their offsets, hundreds
of thousands of them; a library that reads whole files of anybody's takes ten times as long.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO

from isal import isal_zlib

from .encoding import LARGEST_BODY, decode_content
from .errors import RecordDamaged
from .inflating import NOT_PACKED

#: What a record is read to, uncompressed: a member that goes on inflating is no record of ours,
#: and a bomb must not cost the memory that the sound files are read with.
LARGEST_RECORD = LARGEST_BODY
#: What is said of one that is larger.
TOO_LARGE = f"it inflates to more than {LARGEST_RECORD >> 20} MB"
#: Most members are smaller than this.
_CHUNK = 1 << 15
_GZIP = 31
_MARK = b"WARC/1."
_LATIN_1 = "latin-1"  # one character a byte, as it was transferred


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it stands in a file.

    Attributes:
        record_id: WARC-Record-ID with its angle brackets.
        kind: `response`, `request`, `revisit`, `resource`, `metadata` or `warcinfo`.
        url: Target address, or "".
        date: WARC-Date.
        status: HTTP status, or None.
        headers: HTTP headers in order, repeated ones repeated.
        body: Payload as it was transferred (content-encoding kept).
        refers_to: Record that this one is about, or "".
        offset: Where its gzip member begins in the file.
        length: Bytes of the member.
        tls: How a response came: `verified` or `unverified`, "" without TLS.
        row: What a revisit of ours says of its row in the ledger, or "".
    """

    record_id: str
    kind: str
    url: str
    date: str
    status: int | None
    headers: tuple[tuple[str, str], ...]
    body: bytes
    refers_to: str
    offset: int
    length: int
    tls: str = ""
    row: str = ""

    def header(self, name: str) -> str:
        """Value of the first HTTP header of that name, or ""."""
        return next((v for k, v in self.headers if k.lower() == name.lower()), "")

    def decoded(self) -> bytes:
        """The body without its content-encoding."""
        return decode_content(self.body, self.header("Content-Encoding"))


def read_member(handle: BinaryIO, offset: int, name: str) -> Record:
    """The record whose gzip member begins at `offset`, proven by the member's checksum.

    Args:
        handle: The file.
        offset: Where the member begins.
        name: The file's name, for errors.

    Raises:
        RecordDamaged: No whole record stands there.
    """
    data, length = inflate(handle, offset, name)
    try:
        return parse(data, offset, length)
    except ValueError as error:
        raise RecordDamaged(
            f"{name}: the record at byte {offset} cannot be read: {error}"
        ) from error


def parse(data: bytes, offset: int, length: int, *, bare: bool = False) -> Record:
    """The record that a member holds.

    Args:
        data: The member's content.
        offset: Where it begins in its file.
        length: Its bytes in the file.
        bare: Leave out the HTTP headers.

    Raises:
        ValueError: It is no record, or one that is not whole.
    """
    head, split, rest = data.partition(b"\r\n\r\n")
    if not split or not head.startswith(_MARK):
        raise ValueError("it is no WARC record")
    fields = _fields(head)
    said = fields.get("content-length", "")
    if not (said.isascii() and said.isdigit()) or len(rest) != int(said) + 4:
        raise ValueError("its length is not what it says")
    return _record(fields, rest[:-4], offset, length, bare=bare)


def inflate(handle: BinaryIO, offset: int, name: str, chunk: int = _CHUNK) -> tuple[bytes, int]:
    """A member's content, its checksum proven, and its length in the file.

    Args:
        handle: The file.
        offset: Where the member begins.
        name: The file's name, for errors.
        chunk: So much is read at once.

    Raises:
        RecordDamaged: No whole member stands there, or one that inflates to more than
            `LARGEST_RECORD`.
    """
    handle.seek(offset)
    member, parts, taken, size = isal_zlib.decompressobj(_GZIP), [], 0, 0
    try:
        while not member.eof:
            data = handle.read(chunk)
            if not data:
                raise RecordDamaged(
                    f"{name}: the record at byte {offset} is cut off"
                    if taken
                    else f"{name}: no record at byte {offset}"
                )
            taken += len(data)
            parts.append(member.decompress(data))
            size += len(parts[-1])
            if size > LARGEST_RECORD:
                raise RecordDamaged(f"{name}: the record at byte {offset}: {TOO_LARGE}")
    except NOT_PACKED as error:
        raise RecordDamaged(f"{name}: the record at byte {offset} is damaged: {error}") from error
    return b"".join(parts), taken - len(member.unused_data)


def _record(
    fields: dict[str, str], block: bytes, offset: int, length: int, *, bare: bool
) -> Record:
    kind, status, body = fields.get("warc-type", ""), None, block
    headers: tuple[tuple[str, str], ...] = ()
    if fields.get("content-type", "").startswith("application/http"):
        head, _, body = block.partition(b"\r\n\r\n")
        first, _, lines = head.decode(_LATIN_1).partition("\r\n")
        if not bare and lines:
            headers = tuple(map(_field, lines.split("\r\n")))
        code = first.split(" ", 2)[1:2]
        if kind != "request" and code and code[0].isdigit():
            status = int(code[0])
    return Record(
        record_id=fields.get("warc-record-id", ""),
        kind=kind,
        url=fields.get("warc-target-uri", ""),
        date=fields.get("warc-date", ""),
        status=status,
        headers=headers,
        body=body,
        refers_to=fields.get("warc-refers-to", ""),
        offset=offset,
        length=length,
        tls=fields.get("tls-certificate", ""),
        row=fields.get("nianbao-row", ""),
    )


def _fields(head: bytes) -> dict[str, str]:
    lines = head.decode("utf-8", "replace").split("\r\n")[1:]
    parts = [line.partition(":") for line in lines]
    return {name.lower(): value.strip(" \t") for name, _, value in parts}


def _field(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name, value.strip(" \t")
