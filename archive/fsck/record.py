"""One record as it stands in a member: its header sane, its length and digests right."""

from __future__ import annotations

import hashlib
from base64 import b32encode
from dataclasses import dataclass
from functools import cached_property

from ..encoding import decode_content
from ..errors import RecordDamaged

_END = b"\r\n\r\n"
_VERSIONS = (b"WARC/1.1", b"WARC/1.0")
_NEEDED = ("warc-record-id", "warc-type", "warc-date", "content-length")
_ALGORITHMS = frozenset({"sha1", "sha256", "sha512", "md5"})
#: The records that a row of the ledger is about.
CAPTURES = frozenset({"response", "revisit", "resource"})


class NoRecord(ValueError):
    """A member holds no sane record; the message says why."""


@dataclass(slots=False)
class Checked:
    """A record: fields by their names in small letters, its block, and where it stands."""

    fields: dict[str, str]
    block: bytes
    offset: int
    length: int

    def __getitem__(self, name: str) -> str:
        return self.fields.get(name, "")

    @property
    def record_id(self) -> str:
        """WARC-Record-ID."""
        return self.fields["warc-record-id"]

    @property
    def kind(self) -> str:
        """WARC-Type."""
        return self.fields["warc-type"]

    @cached_property
    def _parts(self) -> tuple[bytes, bytes]:
        """HTTP head and payload; of other records, nothing and the block."""
        if not self["content-type"].startswith("application/http"):
            return b"", self.block
        head, _, body = self.block.partition(_END)
        return head, body

    @property
    def payload(self) -> bytes:
        """Payload as transferred."""
        return self._parts[1]

    @cached_property
    def status(self) -> int | None:
        """HTTP status, or None."""
        code = self._parts[0].split(b"\r\n", 1)[0].split(b" ", 2)[1:2]
        return int(code[0]) if code and code[0].isdigit() else None

    def decoded(self) -> bytes:
        """Payload without its content-encoding; as transferred if it does not decode."""
        head, body = self._parts
        if b"content-encoding" not in head.lower():
            return body
        lines = (line.partition(b":") for line in head.split(b"\r\n")[1:])
        values = (value for name, _, value in lines if name.lower() == b"content-encoding")
        try:
            return decode_content(body, next(values, b"").decode("latin-1").strip(" \t"))
        except RecordDamaged:
            return body  # it was stored undecoded for the same reason

    def wrong(self) -> str:
        """What its digests say is wrong, or ""."""
        said = self["warc-block-digest"]
        if said and not _is_digest(said, self.block):
            return "its block does not match its WARC-Block-Digest"
        said = self["warc-payload-digest"]
        # A revisit bears the digest of the payload that it points to.
        if said and self.kind != "revisit" and not _is_digest(said, self.payload):
            return "its payload does not match its WARC-Payload-Digest"
        return ""


def parse(content: bytes, offset: int, length: int) -> Checked:
    """The record that a member's content is.

    Raises:
        NoRecord: It is none, or not one of exactly the length that it says.
    """
    head, split, rest = content.partition(_END)
    version, *lines = head.split(b"\r\n")
    if not split or version not in _VERSIONS:
        raise NoRecord("it does not begin with WARC/1.1 and a header")
    fields: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.decode("utf-8", "replace").partition(":")
        if not colon or not name or name != name.strip():
            raise NoRecord("a line of its header is no field")
        fields[name.lower()] = value.strip(" \t")
    missing = [name for name in _NEEDED if not fields.get(name)]
    if missing:
        raise NoRecord(f"its header has no {missing[0]}")
    said = fields["content-length"]
    if not said.isdecimal() or len(rest) != int(said) + len(_END) or not rest.endswith(_END):
        raise NoRecord(f"its block is not of the {said} bytes that it says")
    return Checked(fields, rest[: -len(_END)], offset, length)


def _is_digest(said: str, data: bytes) -> bool:
    """Whether a labelled digest, base32 or hexadecimal, is that of some bytes."""
    name, _, value = said.partition(":")
    name = name.lower().replace("-", "")
    if name not in _ALGORITHMS:
        return False
    made = hashlib.new(name, data, usedforsecurity=False).digest()
    return value == b32encode(made).decode() or value.lower() == made.hex()
