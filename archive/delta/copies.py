"""Copies of the databases of a release, which a delta writes into."""

from __future__ import annotations

import concurrent.futures
import contextlib
import errno
import hashlib
import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from ..manifest import FILES
from ..release.sums import listed
from .part import NotCertain

#: Bytes that are written while the digest of as many goes on.
_TOGETHER = 8 << 20
#: Begins the name of the folder where copies wait.
_ROOM = "copies."


@contextlib.contextmanager
def copying(before: Path, near: Path) -> Iterator[Callable[[Path], None]]:
    """Copy the databases of a release while the block does other things.

    Args:
        before: The release's folder.
        near: A folder on the disk of the releases, where they wait.

    Yields:
        Puts the copies into a folder when they are whole; raises what `copy_proven` does.
    """
    ended = threading.Event()

    def copied() -> Path:
        clear(near)
        room = Path(tempfile.mkdtemp(prefix=_ROOM, dir=near))
        rooms.append(room)
        copy_proven(before, room, ended)
        return room

    def put(folder: Path) -> None:
        room = begun.result()
        try:
            for name in FILES:
                (room / name).rename(folder / name)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            copy_proven(before, folder)  # its disk is another: what is copied there is proven there

    rooms: list[Path] = []
    with ThreadPoolExecutor(1) as beside:
        begun = beside.submit(copied)
        try:
            yield put
        finally:
            ended.set()
            concurrent.futures.wait([begun])
            for room in rooms:
                shutil.rmtree(room, ignore_errors=True)


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
    """Copy a file; the digest of the very bytes that were written."""
    digest = hashlib.sha256()
    with source.open("rb") as read, to.open("wb") as write, ThreadPoolExecutor(1) as beside:
        waiting: Future[object] = beside.submit(int)
        while not ended.is_set() and (some := read.read(_TOGETHER)):
            waiting.result()
            waiting = beside.submit(digest.update, some)
            write.write(some)
        waiting.result()
    return digest.hexdigest()


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
