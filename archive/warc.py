"""WARC/1.1 files: reading a record by its offset, or all, and finding where whole ones end.

One gzip member a record, so that each can be read by its offset alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .errors import RecordDamaged
from .member import Record, read_member
from .walk import Damage, records
from .warcfile import OPEN
from .warcs import Warcs, warcs_of

#: What a member holds beside a body, and gzip adds to one that it cannot make smaller.
_HEAD = 1 << 13
__all__ = [
    "Record",
    "damaged",
    "load_body",
    "load_transferred",
    "locate",
    "read_record",
    "read_records",
]


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


def load_body(where: Path | Warcs, capture: Mapping[str, Any]) -> bytes:
    """The decoded body of a capture that holds one, proven by its digest.

    Args:
        where: The places of the root's WARC files, or its `warc/` alone.
        capture: A row with `warc_file`, `warc_offset`, `sha256` and `url`.

    Raises:
        RecordDamaged: The record is gone, or is not what the ledger says.
        StoreUnreachable: It lies in another place, which does not answer.
    """
    record = _record_of(where, capture)
    try:
        body = record.decoded()
    except RecordDamaged:
        body = record.body  # it was stored undecoded for the same reason
    return _proven(body, capture["sha256"], capture)


def load_transferred(where: Path | Warcs, capture: Mapping[str, Any]) -> bytes:
    """The body of a capture that holds one, as it was transferred, proven by its digest.

    Args:
        where: The places of the root's WARC files, or its `warc/` alone.
        capture: A row with `warc_file`, `warc_offset`, `payload` and `url`.

    Raises:
        RecordDamaged: The record is gone, or is not what the ledger says.
    """
    return _proven(_record_of(where, capture).body, capture["payload"], capture)


def _record_of(where: Path | Warcs, capture: Mapping[str, Any]) -> Record:
    warcs = warcs_of(where)
    try:
        return _read(warcs, capture)
    except RecordDamaged:
        # A crawl at work may have closed the file, and so renamed it, in between.
        return _read(warcs, capture)


def _read(warcs: Warcs, capture: Mapping[str, Any]) -> Record:
    name, offset = capture["warc_file"], capture["warc_offset"]
    with warcs.open(name, offset, _length(capture)) as handle:
        return read_member(handle, offset, name)


def _length(capture: Mapping[str, Any]) -> int:
    """Bytes of a capture's member; no fewer, where its row (a release's) does not say it."""
    known = capture.keys()
    if "warc_length" in known:
        return int(capture["warc_length"])
    return int(capture["bytes"]) + _HEAD if "bytes" in known else 0


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
    try:
        handle = path.open("rb")
    except OSError as error:
        raise RecordDamaged(f"{path} cannot be opened: {error.strerror}") from error
    with handle:
        for record in records(handle, str(path), start):
            if isinstance(record, Damage):
                raise damaged(str(path), record)
            yield record


def damaged(name: str, damage: Damage) -> RecordDamaged:
    """The error that names a damage and says what to do."""
    return RecordDamaged(
        f"{name}: {damage.length} bytes from byte {damage.offset} on cannot be read: "
        f"{damage.why}; restore the file from a backup, or enter what can be read "
        "with `python -m archive reindex --force`"
    )
