"""WARC/1.1 files: reading a record by its offset, or all, and finding where whole ones end.

One gzip member a record, so that each can be read by its offset alone.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from warcio.archiveiterator import ArchiveIterator

from .errors import RecordDamaged
from .member import Record, read_member
from .warcfile import OPEN

__all__ = [
    "Record",
    "load_body",
    "load_transferred",
    "locate",
    "read_record",
    "read_records",
    "whole_members",
]
_CHUNK = 1 << 16


def locate(folder: Path, name: str) -> Path:
    """The file of that name, closed or still open.

    Raises:
        RecordDamaged: There is none.
    """
    for path in (folder / name, folder / f"{name}{OPEN}"):
        if path.exists():
            return path
    raise RecordDamaged(f"{folder / name} is missing; restore it from a backup")


def read_record(path: Path, offset: int) -> Record:
    """Read the record whose gzip member begins at `offset`.

    Raises:
        RecordDamaged: No whole record stands there.
    """
    try:
        handle = path.open("rb")
    except OSError as error:
        raise RecordDamaged(f"{path} cannot be opened: {error.strerror}") from error
    with handle:
        return read_member(handle, offset, str(path))


def load_body(folder: Path, capture: Mapping[str, Any]) -> bytes:
    """The decoded body of a capture that holds one, proven by its digest.

    Args:
        folder: The data root's `warc/`.
        capture: A row with `warc_file`, `warc_offset`, `sha256` and `url`.

    Raises:
        RecordDamaged: The record is gone, or is not what the ledger says.
    """
    record = _record_of(folder, capture)
    try:
        body = record.decoded()
    except RecordDamaged:
        body = record.body  # it was stored undecoded for the same reason
    return _proven(body, capture["sha256"], capture)


def load_transferred(folder: Path, capture: Mapping[str, Any]) -> bytes:
    """The body of a capture that holds one, as it was transferred, proven by its digest.

    Args:
        folder: The data root's `warc/`.
        capture: A row with `warc_file`, `warc_offset`, `payload` and `url`.

    Raises:
        RecordDamaged: The record is gone, or is not what the ledger says.
    """
    return _proven(_record_of(folder, capture).body, capture["payload"], capture)


def _record_of(folder: Path, capture: Mapping[str, Any]) -> Record:
    name, offset = capture["warc_file"], capture["warc_offset"]
    try:
        return read_record(locate(folder, name), offset)
    except RecordDamaged:
        # A crawl at work may have closed the file, and so renamed it, in between.
        return read_record(locate(folder, name), offset)


def _proven(body: bytes, sha256: str, capture: Mapping[str, Any]) -> bytes:
    if hashlib.sha256(body).hexdigest() != sha256:
        raise RecordDamaged(
            f"{capture['warc_file']} at byte {capture['warc_offset']}: the body of "
            f"{capture['url']} does not match its SHA-256; restore the file from a backup"
        )
    return body


def read_records(path: Path, start: int = 0) -> Iterator[Record]:
    """All records of a file from byte `start` on.

    Raises:
        RecordDamaged: A record cannot be read.
    """
    with path.open("rb") as handle:
        handle.seek(start)
        yield from _records(handle, str(path))


def _records(handle: BinaryIO, name: str) -> Iterator[Record]:
    archive = ArchiveIterator(handle, check_digests="raise")
    while True:
        try:
            record = _record(archive, next(archive))
        except StopIteration:
            return
        except Exception as error:
            # warcio raises many kinds for one thing: these bytes are no whole record.
            said = str(error).split("\n", 1)[0][:100].encode("ascii", "replace").decode()
            raise RecordDamaged(f"{name}: a record cannot be read: {said}") from error
        yield record


def _record(archive: Any, raw: Any) -> Record:
    body = raw.raw_stream.read()
    http, fields = raw.http_headers, raw.rec_headers
    code = http.get_statuscode() if http and raw.rec_type != "request" else None
    return Record(
        record_id=fields.get_header("WARC-Record-ID") or "",
        kind=raw.rec_type,
        url=fields.get_header("WARC-Target-URI") or "",
        date=fields.get_header("WARC-Date") or "",
        status=int(code) if code and code.isdigit() else None,
        headers=tuple(http.headers) if http else (),
        body=body,
        refers_to=fields.get_header("WARC-Refers-To") or "",
        offset=archive.get_record_offset(),
        length=archive.get_record_length(),
        tls=fields.get_header("TLS-Certificate") or "",
        row=fields.get_header("Nianbao-Row") or "",
    )


def whole_members(path: Path, start: int = 0) -> int:
    """Where the last whole gzip member of a file ends.

    Args:
        path: A WARC file, maybe torn by a crash.
        start: Byte known to begin a member.

    Returns:
        The offset after the last member that is complete, its checksum right.
    """
    good = start
    with path.open("rb") as handle:
        handle.seek(start)
        member = zlib.decompressobj(31)
        consumed = start
        data = handle.read(_CHUNK)
        while data:
            try:
                member.decompress(data)
            except zlib.error:
                break
            if member.eof:
                consumed += len(data) - len(member.unused_data)
                good = consumed
                data = member.unused_data or handle.read(_CHUNK)
                member = zlib.decompressobj(31)
            else:
                consumed += len(data)
                data = handle.read(_CHUNK)
    return good
