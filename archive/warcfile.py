"""A WARC file that is being written: groups of records, one gzip member a record.

A file bears the suffix `.open` while it is written and is never appended to by another
run. What is written is at the operating system's at once, so that a killed process loses
nothing; `sync` brings it to the disk, so that a power cut loses nothing older.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from isal import isal_zlib

from .errors import WriteFailed

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
        self.size = 0

    def write(self, records: Sequence[bytes]) -> list[tuple[int, int]]:
        """Write records as one group, all of them or none.

        Args:
            records: Records as `archive.records` makes them.

        Returns:
            (offset, length) of each record's gzip member.

        Raises:
            WriteFailed: The disk did not take them; the file is cut back to where it was.
        """
        members = [isal_zlib.compress(record, _LEVEL, _GZIP) for record in records]
        places, at = [], self.size
        for member in members:
            places.append((at, len(member)))
            at += len(member)
        data = memoryview(b"".join(members))
        try:
            while data:  # a disk that is nearly full takes a part
                data = data[os.write(self._out, data) :]
        except OSError as error:
            os.ftruncate(self._out, self.size)
            os.lseek(self._out, self.size, os.SEEK_SET)
            raise WriteFailed(
                f"{self.path} cannot be written ({error.strerror}); nothing was recorded"
            ) from error
        self.size = at
        return places

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
        """Close the file under its final name; an empty one is removed."""
        os.close(self._out)
        if not self.size:
            self.path.unlink()
            return self.final
        self.path.rename(self.final)
        return self.final
