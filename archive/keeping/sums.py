"""SHA-256 of files, and the lists of them that `sha256sum -c` checks."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from .. import manifests
from ..errors import RecordDamaged
from ..warcs import Lying
from .names import why_not

SUMS = "SHA256SUMS"
#: Beside a closed WARC file: one line as `sha256sum` writes it.
MANIFEST = ".sha256"
_LINE = re.compile(r"(?P<digest>[0-9a-f]{64}) [ *](?P<name>.+)")
CHUNK = 1 << 20


def read_sums(path: Path) -> dict[str, str]:
    """Name → digest of a list; empty where there is none.

    Raises:
        RecordDamaged: It cannot be read, it is cut, or a line of it is none.
    """
    try:
        text = path.read_bytes().decode("utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise RecordDamaged(f"{path} cannot be read: {error}") from error
    # Names may hold what `splitlines` takes for the end of a line.
    *lines, rest = text.split("\n")
    if rest:
        raise RecordDamaged(f"{path} is damaged: its last line is cut")
    found: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        match = _LINE.fullmatch(line)
        if match is None:
            raise RecordDamaged(f"{path} is damaged: line {number} is no SHA-256 and name")
        name = match["name"]
        why = why_not(name) or ("is listed twice" if name in found else None)
        if why:
            raise RecordDamaged(f"{path} is damaged: line {number}: {name!r} {why}")
        found[name] = match["digest"]
    return found


def listed(sums: Mapping[str, str]) -> str:
    """The list as text, in order of names."""
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(sums.items()))


def manifest_of(path: Path) -> str | None:
    """The digest that the manifest beside a WARC file gives it, or None without one.

    Raises:
        RecordDamaged: The manifest is none, or is another file's.
    """
    beside = path.with_name(f"{path.name}{MANIFEST}")
    if not beside.exists():
        return None
    sums = read_sums(beside)
    if list(sums) != [path.name]:
        raise RecordDamaged(f"{beside} is damaged: it does not name {path.name} alone")
    return sums[path.name]


def sha256_of(path: Path | Lying) -> str:
    """Digest of a file as it is on the disk, or in another place of a root.

    Raises:
        RecordDamaged: It cannot be read.
        StoreUnreachable: Its place does not answer.
    """
    if isinstance(path, Lying):
        with path.open() as handle:
            return manifests.digest_of(handle)
    try:
        with path.open("rb") as handle:
            return digest_of(handle)
    except OSError as error:
        raise RecordDamaged(f"{path} cannot be read: {error.strerror}") from error


def size_of(path: Path | Lying) -> int:
    """Size of a file.

    Raises:
        RecordDamaged: It cannot be read.
    """
    if isinstance(path, Lying):
        return path.size
    try:
        return path.stat().st_size
    except OSError as error:
        raise RecordDamaged(f"{path} cannot be read: {error.strerror}") from error


def digest_of(handle: BinaryIO) -> str:
    """Digest of what is left of an open file, read past the system's cache where it can be."""
    os.posix_fadvise(handle.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    digest = hashlib.sha256()
    while chunk := handle.read(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()
