"""A file that keeps the digest of its bytes while somebody else reads them."""

from __future__ import annotations

import hashlib
import io
import os
from pathlib import Path

_BLOCK = 1 << 20


class DigestingFile(io.BufferedReader):
    """A file whose every byte enters a SHA-256 once, in order, whatever is sought and read.

    Attributes:
        size: Bytes that entered it so far.
    """

    def __init__(self, path: Path) -> None:
        """Open a file for reading.

        Raises:
            OSError: It cannot be opened.
        """
        super().__init__(io.FileIO(path))
        self._digest, self._at, self.size = hashlib.sha256(), 0, 0

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """As of any file."""
        self._at = super().seek(offset, whence)
        return self._at

    def read(self, size: int | None = -1, /) -> bytes:
        """As of any file."""
        while self.size < self._at:  # what was leapt over comes first
            self._enter(os.pread(self.fileno(), min(_BLOCK, self._at - self.size), self.size))
        data = super().read(size)
        self._at += len(data)
        new = self._at - self.size
        if new > 0:
            self._enter(data if new == len(data) else data[-new:])
        return data

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
