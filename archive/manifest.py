"""What the current release says of itself, and what it was made from."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .errors import ReleaseDamaged, ReleaseMissing
from .root import DataRoot
from .schema import SCHEMA_VERSION

log = logging.getLogger(__name__)

#: The SQLite files of a release, in the order in which they are hashed.
FILES = ("nianbao.db", "text.db")
_USER_VERSION = 60  # where SQLite's file format keeps it
_INPUTS = "inputs.json"


@contextlib.contextmanager
def reading(path: Path, **attached: Path) -> Iterator[sqlite3.Connection]:
    """A SQLite file of a release, opened so that nothing can change it.

    Args:
        path: The file.
        attached: More files, by the names under which they are attached.
    """
    with contextlib.closing(sqlite3.connect(_address(path), uri=True)) as db:
        for name, other in attached.items():
            db.execute(f"ATTACH ? AS {name}", (_address(other),))
        yield db


def tidy(db: sqlite3.Connection) -> None:
    """Leave a database that is written without gaps, and with what SQLite plans by."""
    db.execute("ANALYZE")
    db.execute("VACUUM")


def _address(path: Path) -> str:
    """A file's address for SQLite; “#”, “?” and “%” may be in a path."""
    return f"{path.absolute().as_uri()}?mode=ro"


def current_manifest(root: DataRoot) -> dict[str, Any]:
    """The manifest of the current release; empty if there is none.

    Raises:
        ReleaseDamaged: It cannot be read.
    """
    path = root.current / "manifest.json"
    try:
        manifest = json.loads(path.read_text("utf-8"))
        if not isinstance(manifest, dict):
            raise ValueError("it is no object")
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise ReleaseDamaged(
            f"{path.resolve()} is damaged ({error}); restore that release from a backup, or move "
            "its folder away and build again"
        ) from error
    return manifest


def current_hash(root: DataRoot) -> str | None:
    """Content hash of the current release, or None."""
    return current_manifest(root).get("content_hash")


def require_release(root: DataRoot) -> Path:
    """Folder of the current release.

    Raises:
        ReleaseMissing: There is none, or its files are gone.
    """
    if not root.path.is_dir():
        raise ReleaseMissing(f"there is no folder {root.path}; name the data root (--data, DATA=)")
    if not is_whole(root):
        raise ReleaseMissing(
            f"{root.path} has no release yet; run `make build DATA={root.path}` first"
        )
    return root.current.resolve()


def is_whole(root: DataRoot) -> bool:
    """Whether every file of the current release is there."""
    return all((root.current / name).is_file() for name in (*FILES, "manifest.json"))


def require_schema(folder: Path) -> None:
    """Refuse a release whose tables this program does not know.

    A program that was brought up to date reads no release of before, until it has built one.

    Args:
        folder: The release's folder.

    Raises:
        ReleaseMissing: Its tables are of another version; the message says what to do.
    """
    version = schema_version(folder)
    if version != SCHEMA_VERSION:
        raise ReleaseMissing(
            f"{folder} has tables of version {version}, and this program reads version "
            f"{SCHEMA_VERSION}: run `make build` for this data root first, or use the program "
            "that made it"
        )


def schema_version(folder: Path) -> int:
    """The version of a release's tables, as the header of its nianbao.db has it."""
    with (folder / FILES[0]).open("rb") as handle:
        handle.seek(_USER_VERSION)
        return int.from_bytes(handle.read(4), "big")


def known_inputs(root: DataRoot) -> str | None:
    """Digest of the inputs that the current release says all of, or None."""
    try:
        note = json.loads((root.releases / _INPUTS).read_text("utf-8"))
        return note["inputs"] if note["release"] == root.current.resolve().name else None
    except (OSError, ValueError, KeyError, TypeError):
        return None  # the next build finds out what they are


def note_inputs(root: DataRoot, inputs: str | None) -> None:
    """Keep which inputs the current release says all of; the release itself never changes.

    It only saves the next build work, so a disk that does not take it breaks nothing.
    """
    note = {"release": root.current.resolve().name, "inputs": inputs}
    try:
        write_json(root.releases / _INPUTS, note)
    except OSError as error:
        log.warning("%s was not written: %s", root.releases / _INPUTS, error)


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write a file in one step, so that a power cut leaves the old one or the new one."""
    partial = path.with_suffix(".tmp")
    partial.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8")
    sync(partial)
    partial.replace(path)
    sync(path.parent)


def sync(path: Path) -> None:
    """Bring a file or a folder's entries to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
