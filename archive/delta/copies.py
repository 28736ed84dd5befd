"""Copies of the databases of a release, which a delta writes into."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from io import FileIO
from pathlib import Path

from ..manifest import FILES
from ..release.shelf import PARTIAL
from ..release.sums import listed
from .part import NotCertain

#: Bytes that the kernel is asked to copy before somebody is asked whether they are still wanted.
_TOGETHER = 64 << 20
#: The same where they go through here.
_AT_ONCE = 1 << 20


class Copies:
    """Copies of the databases of a release, made while who asks for them does other things.

    They are begun with `with`, and what nobody put is removed at its end.

    Args:
        before: The release's folder.
        releases: The folder of the releases, where they wait; what a kill leaves of them there
            is swept as what it leaves of a release.
    """

    def __init__(self, before: Path, releases: Path) -> None:
        self._before, self._releases, self._room = before, releases, Path()
        self._ended = threading.Event()
        self._beside = ThreadPoolExecutor(1)
        self._begun: Future[None] | None = None

    def __enter__(self) -> Copies:
        if self._begun is None:
            self._begun = self._beside.submit(self._copy)
        return self

    def __exit__(self, *exception: object) -> None:
        self._ended.set()
        self._beside.shutdown()
        if self._room.name:
            shutil.rmtree(self._room, ignore_errors=True)

    def put(self, folder: Path) -> None:
        """Put the copies into a folder when they are whole.

        Args:
            folder: A folder on the disk of the releases.

        Raises:
            NotCertain: They are not as they were published.
            OSError: The disk does not take them.
        """
        if self._begun is None:
            raise RuntimeError("copies are put before they are begun")
        self._begun.result()
        for name in FILES:
            (self._room / name).rename(folder / name)

    def _copy(self) -> None:
        self._room = Path(tempfile.mkdtemp(PARTIAL, "copies-", self._releases))
        copy_proven(self._before, self._room, self._ended)


def copy_proven(before: Path, folder: Path, ended: threading.Event | None = None) -> None:
    """Copy the databases of a release, proven by its SHA256SUMS: nobody makes these rows anew.

    Args:
        before: The release's folder.
        folder: Where the copies are to be.
        ended: Tells that nobody wants them any more.

    Raises:
        NotCertain: They are not as they were published, or nobody wants them.
        OSError: The disk does not take them.
    """
    try:
        told = listed(before)
    except OSError as error:
        raise NotCertain("the release before has no SHA256SUMS") from error
    for name in FILES:
        if _copied(before / name, folder / name, ended or threading.Event()) != told.get(name):
            raise NotCertain("the release before is not as it was published")


def _copied(source: Path, to: Path, ended: threading.Event) -> str:
    """Copy a file; the digest of the copy, or of a part of it if nobody wants it any more."""
    with source.open("rb", buffering=0) as read, to.open("wb", buffering=0) as write:
        while not ended.is_set() and _some(read, write):
            pass
    digest = hashlib.sha256()
    with to.open("rb", buffering=0) as copy:
        while not ended.is_set() and (some := copy.read(_AT_ONCE)):
            digest.update(some)
    return digest.hexdigest()


def _some(read: FileIO, write: FileIO) -> int:
    """Copy some bytes from where both files are; how many, 0 at the end."""
    # The kernel copies without a way through here, and disks that can share the bytes do. What
    # it cannot is called otherwise by each disk and each sandbox: the plain copy tells the truth.
    with contextlib.suppress(OSError, AttributeError):
        done = os.copy_file_range(read.fileno(), write.fileno(), _TOGETHER)
        if done:
            return done
    some = left = memoryview(read.read(_AT_ONCE))
    while left:
        left = left[write.write(left) :]
    return len(some)


@contextlib.contextmanager
def opened(folder: Path) -> Iterator[tuple[sqlite3.Connection, sqlite3.Connection]]:
    """Both databases in a folder, to be written."""
    with (
        contextlib.closing(sqlite3.connect(folder / FILES[0])) as db,
        contextlib.closing(sqlite3.connect(folder / FILES[1])) as text,
    ):
        for each in (db, text):
            # Nobody else sees the files before they are whole; a journal would only cost time.
            each.execute("PRAGMA journal_mode = OFF")
            each.execute("PRAGMA synchronous = OFF")
        yield db, text


@contextlib.contextmanager
def attached(db: sqlite3.Connection, text: sqlite3.Connection) -> Iterator[None]:
    """text.db as `text` in queries of nianbao.db, for as long as the block lasts."""
    (path,) = (row[2] for row in text.execute("PRAGMA database_list") if row[1] == "main")
    db.execute("ATTACH DATABASE ? AS text", (path,))
    db.execute("PRAGMA text.synchronous = OFF")
    db.execute("PRAGMA text.journal_mode = OFF")
    try:
        yield
    finally:
        db.rollback()
        db.execute("DETACH DATABASE text")
