"""The manifest of a closed WARC file: its SHA-256, as `sha256sum` writes and checks it.

`warc/<name>.warc.gz.sha256` is one line, `<hex>  <name>.warc.gz`. The digest is kept while
the file is written, so it is that of the bytes that were meant, not of those that a disk gives
back. A closed file never changes but by a deletion that is logged (`archive.deletion`), which
renews its manifest. A file is closed in four steps, each on the disk before the next:

1. the manifest under a name that nobody reads, `<name>.warc.gz.sha256.partial`;
2. `<name>.warc.gz.open` becomes `<name>.warc.gz`;
3. the partial manifest becomes the manifest;
4. the folder.

So a crash leaves either an `.open` file, which the next run mends (`archive.recovery`; it
digests what it found whole), or a closed file beside a partial manifest, whose closing
`complete` ends. It never leaves a closed file with neither: such a file has lost its manifest
in another way, nobody can say any more what it was, and so nothing here makes it a new one:
that is for fsck to say, and for a person to restore.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from . import disk
from .errors import RecordDamaged, WriteFailed

SUFFIX = ".sha256"
PARTIAL = ".partial"
_BLOCK = 1 << 20
_LINE = re.compile(r"([0-9a-f]{64}) [ *]([^\n]+)\n")


def manifest_of(path: Path) -> Path:
    """Where the manifest of a WARC file stands."""
    return path.with_name(path.name + SUFFIX)


def told(path: Path) -> str | None:
    """The SHA-256 that a WARC file's manifest says, or None if it has no manifest.

    Args:
        path: The WARC file; it need not be there.

    Raises:
        RecordDamaged: The manifest is not as `close` writes it, or of another file.
    """
    manifest = manifest_of(path)
    try:
        data = manifest.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise RecordDamaged(f"{manifest} cannot be read: {error.strerror}") from error
    return parse(data, path.name, str(manifest))


def parse(data: bytes, name: str, called: str) -> str:
    """The SHA-256 that a manifest says.

    Args:
        data: The manifest's bytes.
        name: Its file's name.
        called: What the manifest is called, for errors.

    Raises:
        RecordDamaged: It is not as `close` writes it, or of another file.
    """
    found = _LINE.fullmatch(data.decode("utf-8", "replace"))
    if found is None or found[2] != name:
        raise RecordDamaged(
            f"{called} is not one line “<SHA-256>  {name}”; restore it from a backup"
        )
    return found[1]


def digest(path: Path) -> str:
    """SHA-256 of a file as it lies on the disk.

    Raises:
        RecordDamaged: It cannot be read.
    """
    try:
        with path.open("rb") as handle:
            return hashlib.file_digest(handle, "sha256").hexdigest()
    except OSError as error:
        raise RecordDamaged(f"{path} cannot be read: {error.strerror}") from error


def digest_of(handle: BinaryIO) -> str:
    """SHA-256 of what is left of an open file, wherever it lies."""
    found = hashlib.sha256()
    while data := handle.read(_BLOCK):
        found.update(data)
    return found.hexdigest()


def close(path: Path, final: Path, sha256: str) -> None:
    """Give a file whose last byte is on the disk its final name and its manifest.

    Args:
        path: The file under its open name.
        final: Its final name, in the same folder.
        sha256: Its digest.

    Raises:
        WriteFailed: The disk did not take it; the next run closes the file.
    """
    manifest = manifest_of(final)
    partial = manifest.with_name(manifest.name + PARTIAL)
    try:
        with partial.open("w", encoding="utf-8") as handle:
            handle.write(f"{sha256}  {final.name}\n")
            handle.flush()
            os.fsync(handle.fileno())
        sync(final.parent)
        path.rename(final)
        partial.rename(manifest)
        sync(final.parent)
    except OSError as error:
        raise WriteFailed(
            f"{path} cannot be closed ({error.strerror}); the next run closes it"
        ) from error


def link(path: Path, final: Path) -> None:
    """Name a closed file in another folder, too, by the steps of a closing.

    Args:
        path: The file; what its manifest says is said there. Without one there is none there.
        final: Its name in the other folder.

    Raises:
        OSError: The folder knows no links, or the disk did not take it.
        RecordDamaged: The manifest is not as `close` writes it.
    """
    said, manifest = told(path), manifest_of(final)
    partial = manifest.with_name(manifest.name + PARTIAL)
    if said is not None:
        with partial.open("w", encoding="utf-8") as handle:
            handle.write(f"{said}  {final.name}\n")
            handle.flush()
            os.fsync(handle.fileno())
        sync(final.parent)
    final.hardlink_to(path)
    if said is not None:
        partial.rename(manifest)
    sync(final.parent)


def complete(partials: Iterable[Path]) -> list[str]:
    """End closings that were broken off after the file had its final name.

    Args:
        partials: Partial manifests of files that nobody is at work on.

    Returns:
        Names of the WARC files that have their manifest now.

    Raises:
        WriteFailed: The disk did not take it.
    """
    done = []
    for partial in partials:
        manifest = partial.with_name(partial.name.removesuffix(PARTIAL))
        final = manifest.with_name(manifest.name.removesuffix(SUFFIX))
        if not final.exists():
            continue  # it is open still: its closing is begun anew
        try:
            partial.rename(manifest)
            sync(final.parent)
        except OSError as error:
            raise WriteFailed(f"{manifest} cannot be written ({error.strerror})") from error
        done.append(final.name)
    return done


def renew(final: Path, sha256: str) -> None:
    """Give a closed file another manifest, for a deletion that is logged changed it.

    The steps are those of a closing, so that `complete` ends this one, too.

    Raises:
        WriteFailed: The disk did not take it.
    """
    manifest = manifest_of(final)
    partial = manifest.with_name(manifest.name + PARTIAL)
    try:
        disk.write(manifest, f"{sha256}  {final.name}\n", partial)
    except OSError as error:
        raise WriteFailed(f"{manifest} cannot be written ({error.strerror})") from error


def partials(folder: Path, whose: str) -> list[Path]:
    """Partial manifests in a folder, of files whose names a pattern describes."""
    return sorted(folder.glob(f"{whose}.warc.gz{SUFFIX}{PARTIAL}"))


def sync(folder: Path) -> None:
    """Bring to the disk what a folder names."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
