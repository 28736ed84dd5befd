"""Files copied, compressed or zipped, compared on the way; the same files, the same bytes."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, cast
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from ..errors import ReleaseDamaged

_BLOCK = 1 << 20
_NO_TIME = (1980, 1, 1, 0, 0, 0)
#: From here on a ZIP needs its larger form.
_LARGE = 2**31 - 1
#: What is compressed already.
_PACKED = (".gz", ".parquet")


def copy(source: Path, to: Path, expected: str) -> None:
    """Copy a file of a release.

    Raises:
        ReleaseDamaged: It is not what its list of digests says.
        OSError: The disk does not take it.
    """
    with to.open("wb") as out:
        _pour(source, out, expected)


def compress(source: Path, to: Path, expected: str) -> None:
    """Compress a file of a release with gzip, without a name and a time.

    Raises:
        ReleaseDamaged: It is not what its list of digests says.
        OSError: The disk does not take it.
    """
    with to.open("wb") as raw, gzip.GzipFile("", "wb", 6, raw, mtime=0) as out:
        _pour(source, cast("IO[bytes]", out), expected)


def zip_files(
    folder: Path,
    names: Sequence[str],
    to: Path,
    digests: Mapping[str, str],
    more: Mapping[str, str],
) -> None:
    """Zip files of a release under the paths that they have there.

    Args:
        folder: The release's folder.
        names: Their paths.
        to: The ZIP.
        digests: Path → SHA-256, as the release lists it.
        more: Texts that are to be in it, too, by their paths.

    Raises:
        ReleaseDamaged: A file is not what its list of digests says.
        OSError: The disk does not take it.
    """
    with ZipFile(to, "w") as archive:
        for name in names:
            path = folder / name
            info = _entry(name, ZIP_STORED if path.suffix in _PACKED else ZIP_DEFLATED)
            is_large = path.stat().st_size > _LARGE
            with archive.open(info, "w", force_zip64=is_large) as out:
                _pour(path, out, digests[name])
        for name, text in sorted(more.items()):
            archive.writestr(_entry(name, ZIP_DEFLATED), text.encode())


def _entry(name: str, method: int) -> ZipInfo:
    info = ZipInfo(name, _NO_TIME)
    info.create_system, info.external_attr, info.compress_type = 3, 0o644 << 16, method
    return info


def _pour(source: Path, out: IO[bytes], expected: str) -> None:
    digest = hashlib.sha256()
    with source.open("rb") as handle:
        while block := handle.read(_BLOCK):
            digest.update(block)
            out.write(block)
    if digest.hexdigest() != expected:
        raise ReleaseDamaged(f"{source} changed while it was copied; nothing was deposited")
