"""One record as it stands in a member: its header sane, its length and digests right."""

from __future__ import annotations

import hashlib
from base64 import b32encode
from collections.abc import Callable

from ..encoding import decode_content
from ..errors import RecordDamaged

_END = b"\r\n\r\n"
_VERSIONS = ("WARC/1.1", "WARC/1.0")
_NEEDED = frozenset({"WARC-Record-ID", "WARC-Type", "WARC-Date", "Content-Length"})
_STANDARD = {
    name.lower(): name
    for name in (
        *_NEEDED, "Content-Type", "WARC-Block-Digest", "WARC-Payload-Digest", "WARC-Target-URI",
        "WARC-Refers-To", "WARC-Filename", "TLS-Certificate", "Nianbao-Row",
    )
}  # fmt: skip
_HTTP = "application/http"
_HASHES: dict[str, Callable[[bytes], hashlib._Hash]] = {
    "sha1": lambda data: hashlib.sha1(data, usedforsecurity=False),
    "md5": lambda data: hashlib.md5(data, usedforsecurity=False),
    "sha256": hashlib.sha256,
    "sha512": hashlib.sha512,
}
#: From the letters of base32 to those in which Python reads numbers of that base.
_LETTERS, _DIGITS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", b"0123456789abcdefghijklmnopqrstuv"
_OTHERS = bytes(set(range(256)) - set(_LETTERS))
_TO_DIGITS = bytes.maketrans(_LETTERS + _OTHERS, _DIGITS + b"!" * len(_OTHERS))
_SHA1_BASE32 = 32  # characters of a SHA-1 in base32, which needs no padding
#: The records that a row of the ledger is about.
CAPTURES = frozenset({"response", "revisit", "resource"})


class NoRecord(ValueError):
    """A member holds no sane record; the message says why."""


class Checked:
    """A record: fields by their names as the standard writes them, its block, and where it stands.

    Attributes:
        fields: Its header.
        record_id: WARC-Record-ID.
        kind: WARC-Type.
        block: Its block.
        head: HTTP head of its block, or nothing.
        payload: Payload as transferred; of a record without HTTP its block.
        offset: Where its member begins.
        length: Bytes of the member.
    """

    __slots__ = ("block", "fields", "head", "kind", "length", "offset", "payload", "record_id")

    def __init__(self, fields: dict[str, str], block: bytes, offset: int, length: int) -> None:
        self.fields, self.block, self.offset, self.length = fields, block, offset, length
        self.record_id, self.kind = fields["WARC-Record-ID"], fields["WARC-Type"]
        self.head, self.payload = b"", block
        if fields.get("Content-Type", "").startswith(_HTTP):
            self.head, _, self.payload = block.partition(_END)

    def __getitem__(self, name: str) -> str:
        return self.fields.get(name, "")

    def status(self) -> int | None:
        """HTTP status, or None."""
        code = self.head.partition(b"\r\n")[0].split(b" ", 2)[1:2]
        return int(code[0]) if code and code[0].isdigit() else None

    def decoded(self) -> bytes:
        """Payload without its content-encoding; as transferred if it does not decode."""
        if b"content-encoding" not in self.head.lower():
            return self.payload
        lines = (line.partition(b":") for line in self.head.split(b"\r\n")[1:])
        values = (value for name, _, value in lines if name.lower() == b"content-encoding")
        try:
            return decode_content(self.payload, next(values, b"").decode("latin-1").strip(" \t"))
        except RecordDamaged:
            return self.payload  # it was stored undecoded for the same reason

    def wrong(self) -> str:
        """What its digests say is wrong, or ""."""
        said = self.fields.get("WARC-Block-Digest")
        if said and not _is_digest(said, self.block):
            return "its block does not match its WARC-Block-Digest"
        of_payload = self.fields.get("WARC-Payload-Digest")
        # A revisit bears the digest of the payload that it points to.
        if not of_payload or self.kind == "revisit":
            return ""
        if of_payload == said and self.payload is self.block:
            return ""
        if not _is_digest(of_payload, self.payload):
            return "its payload does not match its WARC-Payload-Digest"
        return ""


def parse(content: bytes, offset: int, length: int) -> Checked:
    """The record that a member's content is.

    Raises:
        NoRecord: It is none, or not one of exactly the length that it says.
    """
    end = content.find(_END)
    version, *lines = content[: max(end, 0)].decode("utf-8", "replace").split("\r\n")
    if version not in _VERSIONS:
        raise NoRecord("it does not begin with WARC/1.1 and a header")
    fields = _fields(lines)
    said = fields["Content-Length"]
    block = content[end + len(_END) : -len(_END)]
    if not said.isdecimal() or len(block) != int(said) or not content.endswith(_END, end + 4):
        raise NoRecord(f"its block is not of the {said} bytes that it says")
    return Checked(fields, block, offset, length)


def _fields(lines: list[str]) -> dict[str, str]:
    """Fields of a header by their names as the standard writes them.

    Raises:
        NoRecord: A line is none, or a field is missing that no record can do without.
    """
    try:  # as records of ours are written
        fields = dict([line.split(": ", 1) for line in lines])
    except ValueError:
        fields = {}
    if fields.keys() >= _NEEDED:
        return fields
    split = [line.partition(":") for line in lines]
    if not all(colon for _, colon, _ in split):
        raise NoRecord("a line of its header is no field")
    fields = {_STANDARD.get(name.lower(), name): value.strip(" \t") for name, _, value in split}
    missing = sorted(_NEEDED - fields.keys())
    if missing:
        raise NoRecord(f"its header has no {missing[0]}")
    return fields


def _is_digest(said: str, data: bytes) -> bool:
    """Whether a labelled digest, base32 or hexadecimal, is that of some bytes."""
    name, _, value = said.partition(":")
    make = _HASHES.get(name.lower().replace("-", ""))
    if make is None:
        return False
    made = make(data)
    if name == "sha1" and len(value) == _SHA1_BASE32:
        try:  # as records are written; encoded by Python, base32 takes ten times as long
            number = int(value.encode("latin-1").translate(_TO_DIGITS), 32)
        except ValueError:
            return False
        return number == int.from_bytes(made.digest(), "big")
    return value == b32encode(made.digest()).decode() or value.lower() == made.hexdigest()
