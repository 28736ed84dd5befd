"""Tombstones written into WARC files in place, and the files' manifests after them.

What is there already is not written again, so this may be broken off at any moment and
called anew; and it brings a file to what the log says that came back from an old backup.
"""

from __future__ import annotations

import hashlib
import itertools
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from .. import manifests
from ..errors import RecordDamaged, WriteFailed
from .log import Changed, Deletion
from .planning import pieces

#: What a disk writes whole.
_SECTOR = 512
#: A gzip member's first bytes are alike in all; a record's words come after fifteen.
_HEAD = 48


def overwrite(folder: Path, log: Sequence[Deletion], file: str) -> bool:
    """Bring a file to what all deletions of the log make of it.

    Args:
        folder: The root's `warc/`.
        log: All deletions.
        file: Its name.

    Returns:
        Whether anything of it was written.

    Raises:
        RecordDamaged: The file is missing, or other bytes of it are not what they were.
        WriteFailed: The disk does not take it; call it again.
    """
    path = folder / file
    if not path.is_file():
        raise RecordDamaged(f"{path} is missing; restore it from a backup, then delete again")
    try:
        for offset, data, before in _wanted(log, file):
            _must_be_it(path, offset, data, before)
        written = [_put(path, offset, data) for offset, data, _ in _wanted(log, file)]
        if any(written):
            _sync(path)
    except OSError as error:
        raise WriteFailed(
            f"{path} cannot be written ({error.strerror}); the deletion is not ended: call "
            "archive delete again"
        ) from error
    found, after = manifests.digest(path), _after(log, file)
    if found != after:
        raise RecordDamaged(
            f"{path} has SHA-256 {found} and should have {after}: bytes that no deletion is "
            "about are not what they were; restore the file from a backup, then call archive "
            "delete again"
        )
    if _told(path) != after:
        manifests.renew(path, after)
        return True
    return any(written)


def _wanted(log: Iterable[Deletion], file: str) -> Iterator[tuple[int, bytes, str]]:
    """What is to stand in a file, with its offset, and the SHA-256 of what stood there."""
    for deletion in log:
        for changed in deletion.files:
            if changed.file == file:
                before = (member.before for member in changed.members)
                yield from (
                    (*piece, sha)
                    for piece, sha in zip(pieces(deletion, changed), before, strict=True)
                )


def _must_be_it(path: Path, offset: int, data: bytes, before: str) -> None:
    """Refuse to write over anything but the record that is to go, or what is left of it.

    Raises:
        RecordDamaged: Other bytes stand there: another file of that name, or a log that nobody
            here wrote. Nothing was written.
    """
    with path.open("rb", buffering=0) as handle:
        there = os.pread(handle.fileno(), len(data), offset)
    if hashlib.sha256(there).hexdigest() != before and not _is_begun(there, data, offset):
        raise RecordDamaged(
            f"{path} has other bytes at {offset} than the record that is to be deleted; nothing "
            "was written in it: restore the file from a backup, then call archive delete again"
        )


def _is_begun(there: bytes, data: bytes, offset: int) -> bool:
    """Whether a place has the tombstone's beginning, or some sector of it: a crash keeps those."""
    if len(there) != len(data):
        return False
    if there[:_HEAD] == data[:_HEAD]:
        return True
    cuts = [0, *range(_SECTOR - offset % _SECTOR, len(data), _SECTOR), len(data)]
    return any(there[a:b] == data[a:b] for a, b in itertools.pairwise(cuts))


def _after(log: Iterable[Deletion], file: str) -> str:
    """The SHA-256 that a file is to have."""
    return [each.after for deletion in log for each in deletion.files if each.file == file][-1]


def _put(path: Path, offset: int, data: bytes) -> bool:
    """Write some bytes in place; whether they were not there."""
    with path.open("r+b", buffering=0) as handle:
        if os.fstat(handle.fileno()).st_size < offset + len(data):
            raise RecordDamaged(f"{path} is shorter than it was; restore it from a backup")
        if os.pread(handle.fileno(), len(data), offset) == data:
            return False
        rest = memoryview(data)
        while rest:
            done = os.pwrite(handle.fileno(), rest, offset)
            rest, offset = rest[done:], offset + done
        return True


def _sync(path: Path) -> None:
    with path.open("r+b", buffering=0) as handle:
        os.fsync(handle.fileno())


def _told(path: Path) -> str | None:
    try:
        return manifests.told(path)
    except RecordDamaged:
        return None  # it is written anew


def astray(folder: Path, log: Sequence[Deletion]) -> tuple[list[Deletion], list[str]]:
    """Deletions of which a record is not gone, and files that are not as the log says.

    Only the places of tombstones and the manifests are looked at.

    Args:
        folder: The root's `warc/`.
        log: All deletions.
    """
    found, files = [], set()
    for deletion in log:
        names = [each.file for each in deletion.files if not _stands(folder, deletion, each)]
        if names:
            found.append(deletion)
            files.update(names)
    for name in {changed.file for deletion in log for changed in deletion.files}:
        if (folder / name).exists() and _told(folder / name) != _after(log, name):
            files.add(name)
    return found, sorted(files)


def _stands(folder: Path, deletion: Deletion, changed: Changed) -> bool:
    """Whether a file has all tombstones of a deletion; one that is missing holds no record."""
    try:
        with (folder / changed.file).open("rb", buffering=0) as handle:
            return all(
                os.pread(handle.fileno(), len(data), offset) == data
                for offset, data in pieces(deletion, changed)
            )
    except FileNotFoundError:
        return True
    except OSError as error:
        raise RecordDamaged(f"{folder / changed.file} cannot be read: {error.strerror}") from error
