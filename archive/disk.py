"""What makes a file's name last: a folder's entries are brought to the disk, too."""

from __future__ import annotations

import os
from pathlib import Path


def sync(path: Path) -> None:
    """Bring a folder's entries (or a file's bytes) to the disk; a power cut keeps them then.

    Raises:
        OSError: It cannot be opened, or the disk does not take it.
    """
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(path: Path) -> None:
    """Make a folder and those above it that are missing, so that they last.

    Raises:
        OSError: The disk does not take it, or a file of that name is there.
    """
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    path.mkdir(parents=True, exist_ok=True)
    for folder in missing:
        sync(folder.parent)


def write(path: Path, text: str, partial: Path) -> None:
    """Write a small file in one step, so that it lasts.

    Args:
        path: The file; a power cut leaves the old one or the new one.
        text: What it is to hold.
        partial: What it is called meanwhile, in the same folder.

    Raises:
        OSError: The disk does not take it.
    """
    with partial.open("w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    partial.replace(path)
    sync(path.parent)
