"""Panels made on request: one at a time in a process of its own, a few waiting, no more."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from archive.errors import ArchiveError
from archive.panel.selection import Selection

#: How many may wait while one is made.
WAITING = 3
#: Seconds, waiting and making, after which a panel is given up; nginx waits a little longer.
LONGEST = 110.0
#: Seconds after which somebody who found no room is to come again.
AGAIN = 30
_PROJECT = Path(__file__).resolve().parents[2]


class Busy(ArchiveError):
    """As many panels are waited for as may be."""


class Gone(ArchiveError):
    """Who asked has left."""


class NotMade(ArchiveError):
    """The panel could not be made."""


class Workshop:
    """Where the panels of one site are made."""

    def __init__(self) -> None:
        """Begin with nothing to do."""
        self._turn = asyncio.Semaphore(1)
        self.asked = 0

    async def make(
        self,
        release: Path,
        asked: Selection,
        formats: Sequence[str],
        address: str,
        left: Callable[[], Awaitable[None]],
    ) -> Path:
        """Make a panel.

        Args:
            release: The release's folder.
            asked: Which rows.
            formats: Which formats.
            address: The site's own address.
            left: Returns when who asked has left.

        Returns:
            The ZIP, alone in a folder that the caller removes.

        Raises:
            Busy: Too many wait.
            Gone: Who asked has left.
            NotMade: It takes too long, or failed.
        """
        if self.asked > WAITING:
            raise Busy("too many panels are waited for")
        self.asked += 1
        work = asyncio.create_task(self._in_turn(release, asked, formats, address))
        leaving = asyncio.ensure_future(left())
        try:
            await asyncio.wait(
                {work, leaving}, timeout=LONGEST, return_when=asyncio.FIRST_COMPLETED
            )
            if work.done():
                return work.result()
            if leaving.done():
                raise Gone("who asked has left")
            raise NotMade("it took too long")
        finally:
            self.asked -= 1
            for task in (work, leaving):
                task.cancel()
            await asyncio.gather(work, leaving, return_exceptions=True)

    async def _in_turn(
        self, release: Path, asked: Selection, formats: Sequence[str], address: str
    ) -> Path:
        async with self._turn:
            folder = Path(tempfile.mkdtemp(prefix="nianbao-panel-"))
            out = folder / "panel.zip"
            told = {
                "release": str(release),
                "selection": asked.said(),
                "formats": list(formats),
                "address": address,
                "out": str(out),
            }
            try:
                await _run(json.dumps(told))
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)
                raise
            return out


async def _run(told: str) -> None:
    """Have a process make it; ends with it, however it ends.

    Raises:
        NotMade: It failed; the message says why.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "archive.panel",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(_PROJECT)},
    )  # fmt: skip
    try:
        _, error = await process.communicate(told.encode())
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise NotMade(error.decode("utf-8", "replace").strip().rpartition("\n")[2])


_WORKSHOPS: WeakKeyDictionary[Any, Workshop] = WeakKeyDictionary()


def workshop(datasette: Any) -> Workshop:
    """The workshop of a site."""
    return _WORKSHOPS.setdefault(datasette, Workshop())
