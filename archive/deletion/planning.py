"""What of a WARC file a deletion overwrites, and what the file's SHA-256 is to be then."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path

from .. import manifests
from ..errors import RecordDamaged
from ..fsck.record import CAPTURES, Checked, NoRecord, parse
from ..walk import Damage, members
from .log import Changed, Deletion, Overwritten
from .tombstone import URI, tombstone

_BLOCK = 1 << 20


def plan(path: Path, records: Collection[str], *, with_request: bool) -> Changed:
    """Find the members of some captures in a closed file that is as its manifest says.

    Args:
        path: The file.
        records: Records of captures that the ledger knows in it.
        with_request: Take the request and the metadata of each, too: they say the address,
            which may be a person's own, and by what words a list led there.

    Returns:
        What is to be overwritten; `after` is still to be computed.

    Raises:
        RecordDamaged: The file is damaged, or a record is not in it.
    """
    if not path.is_file():
        raise _unsound(path, "it is not there, or a run that was broken off has not closed it")
    found: list[Overwritten] = []
    with path.open("rb") as handle:
        for member in members(handle, path.name):
            if isinstance(member, Damage):
                raise _unsound(path, f"byte {member.offset} cannot be read: {member.why}")
            try:
                record = parse(member.data, member.offset, member.length)
            except NoRecord as error:
                raise _unsound(path, f"the record at byte {member.offset}: {error}") from error
            of = _of(record, with_request=with_request)
            if of in records:
                place = (member.offset, member.length)
                found.append(Overwritten(record.record_id, record.kind, of, *place, ""))
    missing = set(records) - {each.record_id for each in found}
    if missing:
        raise _unsound(path, f"it has no record {min(missing)}")
    with path.open("rb") as handle:
        for number, each in enumerate(found):
            handle.seek(each.offset)
            digest = hashlib.sha256(handle.read(each.length)).hexdigest()
            found[number] = replace(each, before=digest)
    before = manifests.digest(path)
    if manifests.told(path) != before:
        raise _unsound(path, "its SHA-256 is not the one of its manifest")
    return Changed(path.name, before, "", tuple(found))


def with_digest(path: Path, deletion: Deletion, changed: Changed) -> Changed:
    """The same plan with the SHA-256 that the file is to have, which is not changed here.

    Raises:
        RecordDamaged: A member is too short for what is to stand in its place.
    """
    digest, at = hashlib.sha256(), 0
    with path.open("rb") as handle:
        for offset, data in pieces(deletion, changed):
            while at < offset and (block := handle.read(min(_BLOCK, offset - at))):
                digest.update(block)
                at += len(block)
            digest.update(data)
            at = handle.seek(offset + len(data))
        while block := handle.read(_BLOCK):
            digest.update(block)
    return replace(changed, after=digest.hexdigest())


def pieces(deletion: Deletion, changed: Changed) -> Iterator[tuple[int, bytes]]:
    """What is to stand in a file, with its offset, in order: one piece may have 256 MB."""
    for each in changed.members:
        yield each.offset, tombstone(deletion, each)


def _of(record: Checked, *, with_request: bool) -> str:
    """The capture that a record is of, or ""."""
    if record.kind in CAPTURES:
        return record.record_id
    if with_request and record.kind == "request":
        return record["WARC-Concurrent-To"]
    if with_request and record.kind == "metadata" and record["WARC-Target-URI"] != URI:
        return record["WARC-Refers-To"]
    return ""


def _unsound(path: Path, why: str) -> RecordDamaged:
    return RecordDamaged(
        f"{path}: {why}; nothing was deleted: look with `python -m archive fsck`, restore the "
        "file from a backup, then delete again"
    )
