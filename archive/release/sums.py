"""SHA256SUMS of a release: written once, checked before anybody goes back to it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ..errors import ReleaseDamaged
from .steps import step

SUMS = "SHA256SUMS"
#: Bytes that are worth being read by more than one thread.
_WORTH_THREADS = 64 << 20
#: What may be wrong with a file.
MISSING, DIFFERS, UNLISTED = "is missing", "differs", "is not listed"


def sha256_of(path: Path) -> str:
    """Hex SHA-256 of a file."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def digests_of(folder: Path, names: Sequence[str]) -> dict[str, str]:
    """Path within the folder → SHA-256; large files are read side by side.

    Args:
        folder: The release's folder.
        names: Paths of files in it.
    """
    paths = [folder / name for name in names]
    if sum(path.stat().st_size for path in paths) < _WORTH_THREADS:
        return dict(zip(names, map(sha256_of, paths), strict=True))
    # Threads are enough: the digest is made without Python's lock.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(names, pool.map(sha256_of, paths), strict=True))


def digests(folder: Path, known: Mapping[str, str] | None = None) -> dict[str, str]:
    """Path within the folder → SHA-256 of all its files but SHA256SUMS.

    Args:
        folder: The release's folder.
        known: Digests that were computed already; these files are not read again.
    """
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
    names = [name for path in paths if (name := path.relative_to(folder).as_posix()) != SUMS]
    told = known or {}
    made = digests_of(folder, [name for name in names if not told.get(name)])
    return {name: told.get(name) or made[name] for name in names}


def write_sums(folder: Path, known: Mapping[str, str] | None = None) -> None:
    """Write SHA256SUMS as `sha256sum -c` reads it."""
    with step("sums"):
        lines = [f"{digest}  {name}\n" for name, digest in digests(folder, known).items()]
    (folder / SUMS).write_text("".join(lines), "utf-8")


def listed(folder: Path) -> dict[str, str]:
    """Path → SHA-256 of the files of a release, as its SHA256SUMS says.

    Raises:
        FileNotFoundError: There is no SHA256SUMS.
    """
    # Names may hold what `splitlines` and text mode take for the end of a line.
    *lines, rest = (folder / SUMS).read_bytes().decode("utf-8", "replace").split("\n")
    lines += filter(None, [rest])
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines)}


def verify(folder: Path) -> None:
    """Check every file of a release against its SHA256SUMS.

    Raises:
        ReleaseDamaged: A file is missing, differs, or is not in the list.
    """
    try:
        wrong = [f"{name} {what}" for name, what in differences(folder)]
    except (FileNotFoundError, NotADirectoryError):
        raise ReleaseDamaged(
            f"{folder} has no {SUMS}, so nobody can tell whether it is whole; choose another "
            "release (`python -m archive releases` lists them)"
        ) from None
    if wrong:
        raise ReleaseDamaged(
            f"{folder} is not as it was published ({', '.join(wrong[:5])}"
            f"{' …' if len(wrong) > 5 else ''}); it is left alone: restore it from a backup, "
            "or choose another release"
        )


def differences(folder: Path) -> list[tuple[str, str]]:
    """Files of a release that are not as SHA256SUMS says, each with what is wrong with it.

    Raises:
        FileNotFoundError: There is no SHA256SUMS.
    """
    told = listed(folder)
    there = digests(folder)
    return [
        (name, _what(told.get(name), there.get(name)))
        for name in sorted({*told, *there})
        if told.get(name) != there.get(name)
    ]


def _what(told: str | None, found: str | None) -> str:
    if found is None:
        return MISSING
    return UNLISTED if told is None else DIFFERS
