"""WARC/1.1 files: writing groups of records, reading one back, mending a torn tail.

One gzip member a record, so that each can be read by its offset alone. A file bears
the suffix `.open` while it is written and is never appended to by another run.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from .encoding import decode_content
from .errors import RecordDamaged, WriteFailed

OPEN = ".open"
LARGEST_FILE = 1_000_000_000  # bytes; then the next file is begun
_CHUNK = 1 << 16


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

    def header(self, name: str) -> str:
        """Value of the first HTTP header of that name, or ""."""
        return next((v for k, v in self.headers if k.lower() == name.lower()), "")

    def decoded(self) -> bytes:
        """The body without its content-encoding."""
        return decode_content(self.body, self.header("Content-Encoding"))


class WarcFile:
    """A file that is being written."""

    def __init__(self, folder: Path, name: str) -> None:
        """Create `<name>.warc.gz.open`; it must not exist.

        Raises:
            WriteFailed: It cannot be created.
        """
        self.final = folder / f"{name}.warc.gz"
        self.path = folder / f"{name}.warc.gz{OPEN}"
        try:
            self._out: BinaryIO = self.path.open("xb")
        except OSError as error:
            raise WriteFailed(f"{self.path} cannot be created: {error.strerror}") from error
        self.size = 0

    def write(self, records: Sequence[Any]) -> list[tuple[int, int]]:
        """Write records as one group, flushed to the disk before this returns.

        Args:
            records: warcio records.

        Returns:
            (offset, length) of each record's gzip member.

        Raises:
            WriteFailed: The disk did not take them; the file is cut back to where it was.
        """
        places, data = [], bytearray()
        for record in records:
            buffer = io.BytesIO()
            WARCWriter(buffer, gzip=True, warc_version="1.1").write_record(record)
            places.append((self.size + len(data), buffer.tell()))
            data += buffer.getvalue()
        try:
            self._out.write(data)
            self._out.flush()
            os.fsync(self._out.fileno())
        except OSError as error:
            self._cut_back()
            raise WriteFailed(
                f"{self.path} cannot be written ({error.strerror}); nothing was recorded"
            ) from error
        self.size += len(data)
        return places

    def _cut_back(self) -> None:
        # A buffered writer keeps what it could not write and would try again at the
        # next flush, so the handle is replaced and the file ends at the last group.
        raw = os.open(self.path, os.O_WRONLY)
        try:
            os.ftruncate(raw, self.size)
        finally:
            os.close(raw)
        with contextlib.suppress(OSError):  # the same bytes refused again, cut off already
            self._out.close()
        os.truncate(self.path, self.size)
        self._out = self.path.open("ab")

    def leave(self) -> None:
        """Close the file under its open name: the next run mends and closes it."""
        self._out.close()

    def close(self) -> Path:
        """Close the file under its final name; an empty one is removed."""
        self._out.close()
        if not self.size:
            self.path.unlink()
            return self.final
        self.path.rename(self.final)
        return self.final


def writer() -> WARCWriter:
    """A warcio writer to build records with; what it would write goes nowhere."""
    return WARCWriter(io.BytesIO(), gzip=True, warc_version="1.1")


class _ExactHeaders(StatusAndHeaders):  # type: ignore[misc]  # warcio ships no types
    """Headers byte for byte; warcio would percent-encode what is not ASCII.

    Names and values are Latin-1 strings, one character a byte as it was transferred.
    """

    def to_ascii_bytes(self, header_filter: Any = None) -> bytes:
        return str(self.to_str(header_filter)).encode("latin-1") + b"\r\n"


def http_headers(first: str, headers: Sequence[tuple[str, str]], protocol: str) -> StatusAndHeaders:
    """HTTP headers for a record: the status line (or request line) and the fields."""
    return _ExactHeaders(first, list(headers), protocol=protocol)


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
        _check_member(handle, offset, str(path))
        handle.seek(offset)
        for record in _records(handle, str(path)):
            return record
    raise RecordDamaged(f"{path}: no record at byte {offset}")


def load_body(folder: Path, capture: Mapping[str, Any]) -> bytes:
    """The decoded body of a capture that holds one, proven by its digest.

    Args:
        folder: The data root's `warc/`.
        capture: A row with `warc_file`, `warc_offset`, `sha256` and `url`.

    Raises:
        RecordDamaged: The record is gone, or is not what the ledger says.
    """
    name, offset = capture["warc_file"], capture["warc_offset"]
    try:
        record = read_record(locate(folder, name), offset)
    except RecordDamaged:
        # A crawl at work may have closed the file, and so renamed it, in between.
        record = read_record(locate(folder, name), offset)
    try:
        body = record.decoded()
    except RecordDamaged:
        body = record.body  # it was stored undecoded for the same reason
    if hashlib.sha256(body).hexdigest() != capture["sha256"]:
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


def _check_member(handle: BinaryIO, offset: int, name: str) -> None:
    """Prove a gzip member by its checksum: WARC digests cover bodies, not a record's headers.

    Raises:
        RecordDamaged: The member is not whole.
    """
    handle.seek(offset)
    member = zlib.decompressobj(31)
    try:
        while not member.eof:
            data = handle.read(_CHUNK)
            if not data:
                raise RecordDamaged(f"{name}: the record at byte {offset} is cut off")
            member.decompress(data)
    except zlib.error as error:
        raise RecordDamaged(f"{name}: the record at byte {offset} is damaged: {error}") from error


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
