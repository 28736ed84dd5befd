"""A WARC file that is being written: groups of records, one gzip member a record.

A file bears the suffix `.open` while it is written and is never appended to by another
run. What is written is at the operating system's at once, so that a killed process loses
nothing; `sync` brings it to the disk, so that a power cut loses nothing older.
The digest of its manifest is kept while it is written.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

from isal import isal_zlib

from . import manifests
from .errors import WriteFailed
from .member import LARGEST_RECORD

OPEN = ".open"
LARGEST_FILE = 1_000_000_000  # bytes; then the next file is begun
#: As small as zlib's level 6, in a tenth of its time (measured on pages of 72 KB).
_LEVEL = 2
_GZIP = 31


class WarcFile:
    """A file that is being written."""

    def __init__(self, folder: Path, name: str) -> None:
        """Create `<name>.warc.gz.open`; it must not exist.

        Raises:
            WriteFailed: It cannot be created.
        """
        self.final = folder / f"{name}.warc.gz"
        self.path = folder / f"{name}.warc.gz{OPEN}"
        try:
            self._out = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        except OSError as error:
            raise WriteFailed(f"{self.path} cannot be created: {error.strerror}") from error
        self._named(folder)
        self.size = 0
        self._digest = hashlib.sha256()
        self._torn = False

    def _named(self, folder: Path) -> None:
        """Bring the file's name to the disk: rows of the ledger will lead to it.

        Bytes that are synced are lost in a power cut all the same while the folder does not
        name their file.
        """
        try:
            manifests.sync(folder)
        except OSError as error:
            os.close(self._out)
            with contextlib.suppress(OSError):  # what failed first is told
                self.path.unlink()
            raise WriteFailed(f"{self.path} cannot be created: {error.strerror}") from error

    def write(self, records: Sequence[bytes]) -> list[tuple[int, int]]:
        """Write records as one group, all of them or none.

        Args:
            records: Records as `archive.records` makes them.

        Returns:
            (offset, length) of each record's gzip member.

        Raises:
            WriteFailed: The disk did not take them; the file is cut back to where it was.
        """
        if self._torn:
            raise WriteFailed(f"{self.path} ends in a torn record; the next run mends it")
        largest = max(map(len, records), default=0)
        if largest > LARGEST_RECORD:  # nothing would read it back
            raise WriteFailed(
                f"a record of {largest} bytes is larger than any that is read "
                f"({LARGEST_RECORD >> 20} MB); nothing was recorded"
            )
        members = [isal_zlib.compress(record, _LEVEL, _GZIP) for record in records]
        places, at = [], self.size
        for member in members:
            places.append((at, len(member)))
            at += len(member)
        whole = b"".join(members)
        data = memoryview(whole)
        try:
            while data:  # a disk that is nearly full takes a part
                data = data[os.write(self._out, data) :]
        except OSError as error:
            self._cut_back()
            raise WriteFailed(
                f"{self.path} cannot be written ({error.strerror}); nothing was recorded"
            ) from error
        self._digest.update(whole)
        self.size = at
        return places

    def _cut_back(self) -> None:
        """Cut off what was written of a group; whatever followed it could not be read."""
        self._torn = True
        with contextlib.suppress(OSError):  # the failure of the write itself is told
            os.ftruncate(self._out, self.size)
            os.lseek(self._out, self.size, os.SEEK_SET)
            self._torn = False

    def sync(self) -> None:
        """Bring what was written to the disk.

        Raises:
            WriteFailed: The disk did not take it.
        """
        try:
            os.fsync(self._out)
        except OSError as error:
            raise WriteFailed(f"{self.path} cannot be written ({error.strerror})") from error

    def leave(self) -> None:
        """Close the file under its open name: the next run mends and closes it."""
        os.close(self._out)

    def close(self) -> Path:
        """Close the file under its final name, with its manifest; an empty one is removed.

        Raises:
            WriteFailed: The disk did not take it; the next run closes the file.
        """
        try:
            if self.size and not self._torn:
                self.sync()
        finally:
            os.close(self._out)
        if self._torn:
            raise WriteFailed(f"{self.path} ends in a torn record; the next run mends it")
        if not self.size:
            self.path.unlink()
            return self.final
        manifests.close(self.path, self.final, self._digest.hexdigest())
        return self.final
