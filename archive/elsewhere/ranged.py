"""A file that is fetched in ranges: one for a record of known length, or block after block."""

from __future__ import annotations

import io
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

#: What is fetched where nobody knows how much is wanted; more each time that it was too little.
_FIRST = 1 << 16
#: The largest range; also a block of a file that is read from its beginning to its end.
BLOCK = 8 << 20


class Ranged(io.RawIOBase):
    """A file of which ranges are fetched as they are read.

    `read` gives what has been fetched, and fetches only when nothing of that is left: whoever
    asks for 32 KB at the end of a record must not fetch what follows it.
    """

    def __init__(
        self,
        fetch: Callable[[int, int], bytes],
        size: Callable[[], int],
        at: int = 0,
        length: int = 0,
        *,
        ahead: bool = False,
    ) -> None:
        """Fetch the first range.

        Args:
            fetch: Gives the bytes from one place to another; fewer at the file's end.
            size: Gives the file's size.
            at: Where reading begins.
            length: How many bytes are wanted there, or 0.
            ahead: Whether all will be read in order: the next block is fetched meanwhile.
        """
        super().__init__()
        self._fetch, self._size = fetch, size
        self._next = BLOCK if ahead else min(length or _FIRST, BLOCK)
        self._begin, self._data, self._at = at, b"", at
        #: The file's end, once a range has come back short.
        self._end: int | None = None
        self._pool = ThreadPoolExecutor(1) if ahead else None
        self._coming: tuple[int, Future[bytes]] | None = None
        try:
            self._fill()
        except BaseException:
            self.close()
            raise

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """As of any file; nothing is fetched but the size, where the end is asked for."""
        base = (0, self._at)[whence] if whence < 2 else self._size()
        self._at = base + offset
        return self._at

    def tell(self) -> int:
        """Where the next byte is read."""
        return self._at

    def read(self, size: int | None = -1, /) -> bytes:
        """Up to `size` bytes, of one range; b"" at the end."""
        if size is None or size < 0:
            return self.readall()
        if not self._begin <= self._at < self._begin + len(self._data):
            self._fill()
        start = self._at - self._begin
        found = self._data[start : start + size]
        self._at += len(found)
        return found

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """As `read`, into a buffer."""
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def pread(self, size: int, offset: int) -> bytes:
        """Bytes of another place; where reading goes on does not change."""
        return self._fetch(offset, offset + size)

    def close(self) -> None:
        """Let go of what is still being fetched."""
        if not self.closed and self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
        super().close()

    def _fill(self) -> None:
        """Fetch a range in which the next byte lies."""
        if self._end is not None and self._at >= self._end:
            self._begin, self._data = self._at, b""
            return
        coming, self._coming = self._coming, None
        if coming is not None and coming[0] <= self._at < coming[0] + BLOCK:
            begin, wanted, data = coming[0], BLOCK, coming[1].result()
        else:
            begin, wanted = self._at, self._next
            data = self._fetch(begin, begin + wanted)
        self._begin, self._data = begin, data
        if len(data) < wanted:
            self._end = begin + len(data)
        elif self._pool is not None:
            after = begin + wanted
            self._coming = after, self._pool.submit(self._fetch, after, after + BLOCK)
        self._next = BLOCK if self._pool else min(max(2 * wanted, _FIRST), BLOCK)
