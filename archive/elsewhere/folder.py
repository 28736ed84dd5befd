"""A folder of another disk of this machine, or of one that is mounted."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from .. import disk
from ..errors import StoreUnreachable

_PARTIAL = ".partial"
_CHUNK = 1 << 20


class FolderPlace:
    """A folder. See `place.Place`."""

    def __init__(self, address: str) -> None:
        """Name a folder; a missing one is never made, for its disk may be missing."""
        self.address = address
        self._folder = Path(address)

    def files(self) -> dict[str, int]:
        """Names of all files, and their sizes."""
        with self._errors_named(""):
            if not self._folder.is_dir():
                raise StoreUnreachable(
                    f"{self._folder}, where WARC files lie, is no folder; mount its disk, then "
                    "call this again"
                )
            entries = [entry for entry in os.scandir(self._folder) if entry.is_file()]
            return {entry.name: entry.stat().st_size for entry in entries}

    def open(self, name: str, at: int = 0, length: int = 0, *, ahead: bool = False) -> BinaryIO:
        """A file for reading."""
        del length, ahead
        with self._errors_named(name):
            handle = (self._folder / name).open("rb")
            handle.seek(at)
            return handle

    def small(self, name: str) -> bytes:
        """All bytes of a small file."""
        with self._errors_named(name):
            return (self._folder / name).read_bytes()

    def send(self, source: Path, name: str) -> None:
        """Write a file there: under a passing name, then on the disk, then under its own."""
        with source.open("rb") as read:
            self._write(name, iter(lambda: read.read(_CHUNK), b""))

    def put(self, name: str, data: bytes) -> None:
        """Write a small file there."""
        self._write(name, [data])

    def remove(self, name: str) -> None:
        """Remove a file there."""
        with self._errors_named(name):
            (self._folder / name).unlink()
            disk.sync(self._folder)

    def _write(self, name: str, chunks: Iterator[bytes] | list[bytes]) -> None:
        partial = self._folder / f"{name}{_PARTIAL}"
        with self._errors_named(name):
            # Whoever may write there may have led that name to another file.
            partial.unlink(missing_ok=True)
            with self._made(partial) as out:
                out.writelines(chunks)
                out.flush()
                os.fsync(out.fileno())
            partial.replace(self._folder / name)
            disk.sync(self._folder)

    def _made(self, path: Path) -> BinaryIO:
        try:
            return path.open("xb")
        except FileNotFoundError:
            if not self._folder.is_dir():
                raise
            raise StoreUnreachable(
                f"{path} cannot be written; see that this is a folder in which files can be made"
            ) from None

    @contextlib.contextmanager
    def _errors_named(self, name: str) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError:
            if name and not self._folder.is_dir():
                raise StoreUnreachable(
                    f"{self._folder / name}: its folder is not there; mount its disk"
                ) from None
            raise
        except OSError as error:
            raise StoreUnreachable(
                f"{self._folder / name} does not answer: {error.strerror}; look at its disk"
            ) from error
