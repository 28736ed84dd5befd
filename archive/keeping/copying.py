"""One file from disk to disk: it gets its name when what was read back is what was read."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from .. import disk
from ..errors import RecordDamaged, WriteFailed
from ..warcs import Lying
from .sums import CHUNK, digest_of

#: Ends the names of files that are not whole yet.
PARTIAL = ".backup-partial"


def copy(source: Path | Lying, target: Path, expected: str | None = None) -> str:
    """Copy a file; under its name there is never a part of it.

    Args:
        source: The file, here or in another place of the root.
        target: Where to; folders above it are made.
        expected: Its SHA-256, if that is known.

    Returns:
        The SHA-256 of what was read back from the target.

    Raises:
        RecordDamaged: The source cannot be read, or is not what was expected.
        WriteFailed: The target takes nothing more, or gives back other bytes.
        StoreUnreachable: The source lies in another place, which does not answer.
    """
    partial = target.with_name(f"{target.name}{PARTIAL}")
    try:
        read = _write(source, partial)
        if expected is not None and read != expected:
            raise RecordDamaged(
                f"{source} is damaged: its SHA-256 is {read} and should be {expected}"
            )
        with partial.open("rb") as handle:
            if digest_of(handle) != read:
                raise WriteFailed(
                    f"{target} reads back otherwise than it was written; its disk is failing: "
                    "take another"
                )
        partial.replace(target)
        disk.sync(target.parent)
    except OSError as error:
        raise refused(target, error) from error
    finally:
        partial.unlink(missing_ok=True)
    return read


def write(target: Path, text: str) -> None:
    """Write a small file in one step, brought to the disk.

    Raises:
        WriteFailed: The disk does not take it.
    """
    try:
        disk.make_folder(target.parent)
        disk.write(target, text, target.with_name(f"{target.name}{PARTIAL}"))
    except OSError as error:
        raise refused(target, error) from error


def refused(target: Path, error: OSError) -> WriteFailed:
    """What to say of a disk that does not take a file."""
    return WriteFailed(
        f"{target} cannot be written ({error.strerror}); make room or take another disk, "
        "then begin again: what is there already is kept"
    )


def _write(source: Path | Lying, partial: Path) -> str:
    """Write what a file holds, and bring it to the disk; returns the digest of what was read."""
    digest = hashlib.sha256()
    try:
        opened = source.open("rb") if isinstance(source, Path) else source.open()
    except OSError as error:
        raise RecordDamaged(f"{source} cannot be read: {error.strerror}") from error
    with opened:
        disk.make_folder(partial.parent)
        partial.unlink(missing_ok=True)  # it may lead to another file
        with partial.open("xb") as out:
            for chunk in _chunks(opened, source):
                digest.update(chunk)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
    return digest.hexdigest()


def _chunks(handle: BinaryIO, source: Path | Lying) -> Iterator[bytes]:
    while True:
        try:
            chunk = handle.read(CHUNK)
        except OSError as error:
            raise RecordDamaged(f"{source} cannot be read: {error.strerror}") from error
        if not chunk:
            return
        yield chunk
