"""Copies of records into WARC files of an export: whole members, none of them touched."""

from __future__ import annotations

import hashlib
import io
import uuid
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from isal import isal_zlib

from ..records import own_version, sha1
from ..warcfile import LARGEST_FILE
from ..warcs import Warcs
from .cdxj import digest_of, is_replayed, line
from .members import Member, first, group

_STANDARD = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"
_LEVEL, _GZIP = 2, 31


@dataclass(frozen=True, slots=True)
class Resource:
    """A file of a WACZ: its path in it, its SHA-256 and its size."""

    path: str
    sha256: str
    size: int


class Written:
    """A file of a ZIP that is being written, its digest kept meanwhile."""

    def __init__(self, path: str, out: IO[bytes]) -> None:
        """Write into `out` what is to be `path` in the ZIP."""
        self.path, self.size = path, 0
        self._out, self._digest = out, hashlib.sha256()

    def write(self, data: bytes) -> int:
        """Write some bytes; where they begin."""
        begins, self.size = self.size, self.size + len(data)
        self._out.write(data)
        self._digest.update(data)
        return begins

    @property
    def resource(self) -> Resource:
        """What the package says of the file."""
        return Resource(self.path, self._digest.hexdigest(), self.size)


def entry(path: str, *, stored: bool) -> zipfile.ZipInfo:
    """The head of a file in a ZIP; its date is always the same, so that its bytes are."""
    info = zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0))
    info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    return info


@dataclass(slots=True)
class Copies:
    """What was copied.

    Attributes:
        files: The WARC files.
        lines: Lines of the index, unsorted.
        targets: Address and time that each record in the index says, by record id.
        posted: Answers to POST: copied, but in no index.
    """

    files: list[Resource] = field(default_factory=list)
    lines: list[bytes] = field(default_factory=list)
    targets: dict[str, tuple[str, str]] = field(default_factory=dict)
    posted: int = 0


def copy(
    package: zipfile.ZipFile,
    where: Path | Warcs,
    captures: Iterable[Mapping[str, Any]],
    starts: Mapping[str, int],
    about: Mapping[str, str],
) -> Copies:
    """Copy captures into `archive/` of a ZIP, in files of at most 1 GB.

    Before the records of each file stands that file's own warcinfo, which says what wrote
    them; each new file begins with one of its own.

    Args:
        package: The ZIP.
        where: The places of the root's WARC files, or its `warc/` alone.
        captures: Rows of the ledger in the order of the archive.
        starts: Where the capture before each ends, by record.
        about: What the new files' warcinfo says: `date`, `isPartOf`, `description`.

    Raises:
        RecordDamaged: A record is not what the ledger says; nothing damaged is passed on.
        StoreUnreachable: A record lies in another place, which does not answer.
    """
    copies, waiting = Copies(), iter(captures)
    capture = next(waiting, None)
    while capture is not None:
        name = f"nianbao-{len(copies.files) + 1:05d}.warc.gz"
        with package.open(entry(f"archive/{name}", stored=True), "w") as out:
            file = Written(f"archive/{name}", out)
            file.write(_warcinfo(name, about))
            source = ""
            while capture is not None and file.size < LARGEST_FILE:
                if capture["warc_file"] != source:
                    source = capture["warc_file"]
                    _copy_all(file, _origin(where, source))
                members = group(where, capture, starts[capture["record_id"]])
                _note(copies, capture, members[-1], (name, *_copy_all(file, members)))
                capture = next(waiting, None)
        copies.files.append(file.resource)
    return copies


def _copy_all(file: Written, members: Iterable[Member]) -> tuple[int, int]:
    """Copy members; offset and length of the last."""
    place = (0, 0)
    for member in members:
        place = (file.write(member.data), len(member.data))
    return place


def _origin(where: Path | Warcs, name: str) -> Iterator[Member]:
    """The warcinfo of a file of the archive, if it begins with one."""
    member = first(where, name)
    if member.fields.get("warc-type") == "warcinfo":
        yield member


def _note(
    copies: Copies, capture: Mapping[str, Any], record: Member, place: tuple[str, int, int]
) -> None:
    fields = record.fields
    if is_replayed(capture):
        copies.targets[capture["record_id"]] = (fields["warc-target-uri"], fields["warc-date"])
        digest = digest_of(fields, io.BytesIO(record.data), 0, place[0])
        copies.lines.append(line(fields, capture, digest, place))
    elif capture["status"] != 304:
        copies.posted += 1


def _warcinfo(name: str, about: Mapping[str, str]) -> bytes:
    """The record that begins a new file. The same export has the same, and so the same bytes."""
    said = {
        "software": f"nianbao {own_version()}",
        "format": "WARC File Format 1.1",
        "conformsTo": _STANDARD,
        "isPartOf": about["isPartOf"],
        "description": about["description"],
    }
    block = "".join(f"{key}: {value}\r\n" for key, value in said.items()).encode()
    identity = uuid.uuid5(uuid.NAMESPACE_URL, f"{name} {about['date']} {block.decode()}")
    head = (
        "WARC/1.1\r\nWARC-Type: warcinfo\r\n"
        f"WARC-Record-ID: <urn:uuid:{identity}>\r\nWARC-Date: {about['date']}\r\n"
        f"WARC-Filename: {name}\r\nWARC-Block-Digest: {sha1(block)}\r\n"
        f"Content-Type: application/warc-fields\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    record = b"".join((head.encode(), block, b"\r\n\r\n"))
    compressed: bytes = isal_zlib.compress(record, _LEVEL, _GZIP)
    return compressed
