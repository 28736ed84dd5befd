"""Files and folders that bear their names only when they are whole and on the disk."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from ..errors import WriteFailed


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A name to write a file under; after the block the file has its own.

    Raises:
        WriteFailed: The disk did not take it; there is no file, or the old one.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with _said(path):
            yield partial
            _sync(partial)
            partial.replace(path)
            _sync(path.parent)
    finally:
        partial.unlink(missing_ok=True)


@contextlib.contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """A new folder to write files into; after the block it has its name.

    Raises:
        WriteFailed: The disk did not take it; there is no folder.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with _said(path):
            partial.mkdir()
            yield partial
            for file in sorted(partial.iterdir()):
                _sync(file)
            _sync(partial)
            partial.rename(path)
            _sync(path.parent)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


@contextlib.contextmanager
def _said(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, WriteFailed) as error:
        # A file of a folder has failed under the folder's passing name.
        cause = error.__cause__ if isinstance(error, WriteFailed) else error
        why = cause.strerror if isinstance(cause, OSError) else error
        raise WriteFailed(f"{path} cannot be written ({why}); it is as it was") from error


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
