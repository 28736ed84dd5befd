"""Lines in the order of their bytes, more of them than fit into memory."""

from __future__ import annotations

import contextlib
import heapq
import tempfile
from collections.abc import Iterator
from typing import IO

from ..errors import WriteFailed

#: Lines that are sorted in memory; a line of an index has some 350 bytes.
AT_ONCE = 200_000


class Sorter:
    """Takes lines in any order and gives them sorted; runs of them wait in unnamed files.

    The files lie where `TMPDIR` says, and are gone with this object's block.
    """

    def __init__(self, at_once: int = AT_ONCE) -> None:
        """Hold at most `at_once` lines in memory."""
        self._at_once = at_once
        self._lines: list[bytes] = []
        self._runs: list[IO[bytes]] = []
        self._open = contextlib.ExitStack()

    def __enter__(self) -> Sorter:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def add(self, line: bytes) -> None:
        """Add a line; it ends with a line break.

        Raises:
            WriteFailed: There is no room for the lines that wait.
        """
        self._lines.append(line)
        if len(self._lines) >= self._at_once:
            try:
                self._put_aside()
            except OSError as error:
                raise WriteFailed(
                    f"{tempfile.gettempdir()} has no room for sorting ({error.strerror}); "
                    "set TMPDIR to a folder that has"
                ) from error

    def _put_aside(self) -> None:
        run = self._open.enter_context(tempfile.TemporaryFile())  # noqa: SIM115  # the stack closes it
        run.writelines(sorted(self._lines))
        run.flush()
        self._runs.append(run)
        self._lines.clear()

    def __iter__(self) -> Iterator[bytes]:
        for run in self._runs:
            run.seek(0)
        return heapq.merge(*self._runs, sorted(self._lines))
