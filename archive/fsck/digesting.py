"""A file that keeps the digest of its bytes while somebody else reads them."""

from __future__ import annotations

import hashlib
import io
import os
from pathlib import Path
from typing import BinaryIO, cast

from ..elsewhere.ranged import Ranged

_BLOCK = 1 << 20


class DigestingFile(io.BufferedReader):
    """A file whose every byte enters a SHA-256 once, in order, whatever is sought and read.

    Attributes:
        size: Bytes that entered it so far.
    """

    def __init__(self, file: Path | BinaryIO) -> None:
        """Open a file for reading.

        Args:
            file: Its path; or a file that was opened in another place.

        Raises:
            OSError: It cannot be opened.
        """
        raw = io.FileIO(file) if isinstance(file, Path) else cast("io.RawIOBase", file)
        super().__init__(raw)
        self._ranged = raw if isinstance(raw, Ranged) else None
        self._digest, self._at, self.size = hashlib.sha256(), 0, 0

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """As of any file."""
        self._at = super().seek(offset, whence)
        return self._at

    def read(self, size: int | None = -1, /) -> bytes:
        """As of any file."""
        while self.size < self._at:  # what was leapt over comes first
            self._enter(self._leapt_over(min(_BLOCK, self._at - self.size)))
        data = super().read(size)
        self._at += len(data)
        new = self._at - self.size
        if new > 0:
            self._enter(data if new == len(data) else data[-new:])
        return data

    def _leapt_over(self, size: int) -> bytes:
        if self._ranged is not None:
            return self._ranged.pread(size, self.size)
        return os.pread(self.fileno(), size, self.size)

    def sha256(self) -> str:
        """Digest of the whole file; what nobody read is read now.

        Raises:
            OSError: The disk does not give it.
        """
        self.seek(self.size)
        while self.read(_BLOCK):
            pass
        return self._digest.hexdigest()

    def _enter(self, data: bytes) -> None:
        if not data:
            raise OSError(0, "it became shorter while it was read")
        self._digest.update(data)
        self.size += len(data)
