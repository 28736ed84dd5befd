"""Where the WARC files of a data root lie: its own `warc/`, and other places behind it.

A place is a folder or an address that fsspec understands (`s3://bucket/nianbao/warc`). The root's
own folder comes first: files are written there alone. What is closed may be moved to another
place (`python -m archive offload`); the ledger names files, not places, so nothing else changes.
fsspec is asked for only when such an address is used: it comes with the extra `[cluster]`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from .errors import ExtraMissing, RecordDamaged
from .warcfile import OPEN


@dataclass(frozen=True, slots=True)
class Warcs:
    """The places of a root's WARC files; small, and picklable: workers of a cluster get it.

    Attributes:
        folder: The root's own `warc/`, where files are written.
        elsewhere: Folders or fsspec addresses of folders, asked in this order for a file that is
            not in `folder`.
    """

    folder: Path
    elsewhere: tuple[str, ...] = ()

    def open(self, name: str) -> BinaryIO:
        """A WARC file by its final name, closed or still open, for reading at any offset.

        Raises:
            RecordDamaged: It is in none of the places, or its place does not answer.
            ExtraMissing: Its place is an address, and fsspec is not installed.
        """
        for path in (self.folder / name, self.folder / f"{name}{OPEN}"):
            try:
                return path.open("rb")
            except FileNotFoundError:
                continue
            except OSError as error:
                raise RecordDamaged(f"{path} cannot be opened: {error.strerror}") from error
        for place in self.elsewhere:
            found = _opened(place, name)
            if found is not None:
                return found
        more = f" and in none of {', '.join(self.elsewhere)}" if self.elsewhere else ""
        raise RecordDamaged(f"{self.folder / name} is missing{more}; restore it from a backup")


def _opened(place: str, name: str) -> BinaryIO | None:
    if "://" not in place:
        path = Path(place, name)
        return path.open("rb") if path.exists() else None
    filesystem, folder = _filesystem(place)
    try:
        opened: BinaryIO = filesystem.open(f"{folder}/{name}", "rb")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise RecordDamaged(f"{place}/{name} cannot be opened: {error}") from error
    return opened


def _filesystem(place: str) -> tuple[Any, str]:
    try:
        from fsspec.core import url_to_fs
    except ImportError as error:
        raise ExtraMissing(f"WARC files lie at {place}", "fsspec") from error
    filesystem, folder = url_to_fs(place)
    return filesystem, str(folder)


def warcs_of(where: Path | Warcs) -> Warcs:
    """Places from a folder alone, as many callers name them."""
    return where if isinstance(where, Warcs) else Warcs(where)
