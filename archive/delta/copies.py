"""Copies of the databases of a release, which a delta writes into."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import IO

from ..manifest import FILES
from ..release.sums import listed, sha256_of
from .part import NotCertain

#: Bytes that are copied before somebody is asked whether the copy is still wanted.
_TOGETHER = 64 << 20
#: The same where the kernel does not copy from one of these files to the other, and its reasons.
_AT_ONCE = 1 << 20
_CANNOT = (errno.ENOSYS, errno.EXDEV, errno.EINVAL, errno.EOPNOTSUPP)
#: Begins the name of the folder where copies wait.
_ROOM = "copies."


class Copies:
    """Copies of the databases of a release, made while who asks for them does other things.

    They are begun with `with`, if they are not yet, and what nobody put is removed at its end.

    Args:
        before: The release's folder.
        near: A folder on the disk of the releases, where they wait.
    """

    def __init__(self, before: Path, near: Path) -> None:
        self._before, self._near, self._room = before, near, Path()
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

        Raises:
            NotCertain: They are not as they were published.
            OSError: The disk does not take them.
        """
        if self._begun is None:
            raise RuntimeError("copies are put before they are begun")
        self._begun.result()
        try:
            for name in FILES:
                (self._room / name).rename(folder / name)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            # Its disk is another: what is copied there is proven there.
            copy_proven(self._before, folder)

    def _copy(self) -> None:
        clear(self._near)
        self._room = Path(tempfile.mkdtemp(prefix=_ROOM, dir=self._near))
        copy_proven(self._before, self._room, self._ended)


def clear(near: Path) -> None:
    """Remove copies that a kill left."""
    for left in near.glob(f"{_ROOM}*"):
        shutil.rmtree(left, ignore_errors=True)


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
    """Copy a file; the digest of the copy."""
    with source.open("rb") as read, to.open("wb") as write:
        left = os.fstat(read.fileno()).st_size
        # The kernel copies without a way through here, and disks that can share the bytes do.
        while not ended.is_set() and left > 0:
            done = _passed_on(read, write, min(left, _TOGETHER))
            if not done:
                break  # it became shorter
            left -= done
    return sha256_of(to) if not ended.is_set() else ""


def _passed_on(read: IO[bytes], write: IO[bytes], count: int) -> int:
    """Copy so many bytes from where both files are; how many were."""
    try:
        return os.copy_file_range(read.fileno(), write.fileno(), count)
    except OSError as error:
        if error.errno not in _CANNOT:
            raise
        return os.write(write.fileno(), os.read(read.fileno(), min(count, _AT_ONCE)))


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
