"""The record that stands where a deleted one stood: of exactly as many bytes.

So every other record keeps its offset, and no other byte of the file changes. It is a record of
type `metadata`: that describes another record, which it may name as `WARC-Refers-To`, while a
`resource` would be a capture, which indexes list and a replay shows. Its target address is
`urn:nianbao:deleted`, its id that of the deleted record but for the last digit.

It is one gzip member of stored blocks, nothing in it compressed: its length is a sum, the same
bytes come of it with whatever compressor there is, and an editor shows in the file what happened.
Blanks behind the text fill the member; one byte that no blank can fill (a longer body needs a
longer Content-Length) is an empty comment of the gzip header.

A short member has room for less: without the sentence, without a body, without the id that its
own tells, and at last without a digest. The log says all of it in any case.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from ..errors import RecordDamaged
from ..records import sha1
from .log import Deletion, Overwritten

URI = "urn:nianbao:deleted"
_ID = re.compile(r"<urn:uuid:[0-9a-f-]{35}[0-9a-f]>")
#: Records of one exchange differ in the lowest bit of their ids: these differ in the next.
_BIT = 2
_STORED = 0xFFFF  # bytes of a stored block, at most
_OF_BLOCK = 5
_OF_MEMBER = 18  # gzip's header and trailer
_COMMENT = 0x10
_NOTE = (
    "The record that stood here was deleted by decision; its bytes are gone. "
    "deletions.jsonl of this archive says more."
)


@dataclass(frozen=True, slots=True)
class _Layout:
    """What a tombstone says.

    Attributes:
        fields: Its header without Content-Length.
        text: What its block begins with.
        digested: Whether the digest of its block stands in its header.
    """

    fields: tuple[str, ...]
    text: bytes
    digested: bool = False

    def head(self, block: bytes) -> bytes:
        """Its header above a block."""
        digest = (f"WARC-Block-Digest: {sha1(block)}",) if self.digested else ()
        lines = ("WARC/1.1", *self.fields, *digest, f"Content-Length: {len(block)}", "", "")
        return "\r\n".join(lines).encode()


def tombstone(deletion: Deletion, member: Overwritten) -> bytes:
    """The gzip member that takes another one's place.

    Args:
        deletion: The decision.
        member: What stood there.

    Raises:
        RecordDamaged: The other one is too short, or no record of ours.
    """
    for layout in _layouts(deletion, member):
        made = _fitted(layout, member.length)
        if made is not None:
            return made
    raise RecordDamaged(
        f"the record {member.record_id} has {member.length} bytes, and what is to stand in its "
        "place has more: no crawl or import wrote it; nothing was deleted"
    )


def id_of(record_id: str) -> str:
    """The id of the tombstone of a record; of that id, the record's.

    Raises:
        RecordDamaged: It is no id that a crawl or import gave.
    """
    if not _ID.fullmatch(record_id):
        raise RecordDamaged(f"{record_id!r:.80} is no id that this archive gave to a record")
    return f"{record_id[:-2]}{int(record_id[-2], 16) ^ _BIT:x}>"


def _layouts(deletion: Deletion, member: Overwritten) -> Iterator[_Layout]:
    """From all that there is to say to what a record must have."""
    least = (
        "WARC-Type: metadata",
        f"WARC-Record-ID: {id_of(member.record_id)}",
        f"WARC-Target-URI: {URI}",
        f"WARC-Date: {deletion.at}",
    )
    short = (*least, f"WARC-Refers-To: {member.record_id}")
    whole = (*short, "Content-Type: application/json")
    said = {
        "deleted": member.record_id,
        "kind": member.kind,
        "deletion": deletion.number,
        "at": deletion.at,
        "reason": deletion.reason,
    }
    more = {**said, "decided_by": deletion.decided_by, "note": _NOTE}
    yield _Layout(whole, _json(more), digested=True)
    yield _Layout(whole, _json({**said, "decided_by": deletion.decided_by}), digested=True)
    yield _Layout(whole, _json(said), digested=True)
    yield _Layout(short, b"", digested=True)
    yield _Layout(least, b"", digested=True)
    yield _Layout(least, b"")


def _json(said: dict[str, object]) -> bytes:
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def _fitted(layout: _Layout, length: int) -> bytes | None:
    """A member of that length, or None if the text does not fit into it."""
    blocks = max(1, -(-(length - _OF_MEMBER) // (_STORED + _OF_BLOCK)))
    room = length - _OF_MEMBER - _OF_BLOCK * blocks
    for comment in (b"", b"\0"):
        content = _content(layout, room - len(comment))
        if content is not None:
            return _member(content, blocks, comment)
    return None


def _content(layout: _Layout, size: int) -> bytes | None:
    """A record of that size, or None if there is none."""
    bare = len(layout.head(b"")) - 1 + len(b"\r\n\r\n")  # but for the digits of its length
    for digits in range(1, 12):
        body = size - bare - digits
        if body >= len(layout.text) and len(str(body)) == digits:
            block = layout.text.ljust(body)
            return layout.head(block) + block + b"\r\n\r\n"
    return None


def _member(content: bytes, blocks: int, comment: bytes) -> bytes:
    parts = [b"\x1f\x8b\x08", bytes([_COMMENT if comment else 0]), bytes(5), b"\xff", comment]
    for number in range(blocks):
        piece = content[number * _STORED : (number + 1) * _STORED]
        size = len(piece)
        last = number == blocks - 1
        parts += [bytes([last]), size.to_bytes(2, "little"), (size ^ _STORED).to_bytes(2, "little")]
        parts.append(piece)
    parts += [zlib.crc32(content).to_bytes(4, "little"), len(content).to_bytes(4, "little")]
    return b"".join(parts)
