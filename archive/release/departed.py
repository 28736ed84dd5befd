"""Releases that are not on the shelf any more: what is still known of them.

A release that somebody cited may be pruned. What it was is noted before it goes, beside the
releases; older notes are in `ids.jsonl`, which names the release that gave an id first, and in
the manifest of the release that replaced it.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..manifest import sync
from ..register import FILE as IDS
from ..root import DataRoot
from .shelf import folders, manifest_of

#: A line a release, appended before it is removed.
NOTE = "departed.jsonl"
_NAME = re.compile(r"(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)-([0-9a-f]{8})")
_NAMED = re.compile(rb'"release": ?"(\d{8}-\d{6}-[0-9a-f]{8})"')


@dataclass(frozen=True, slots=True)
class Departed:
    """A release that was here.

    Attributes:
        name: Its name.
        built_at: When it was built; its name says it, if nothing else does.
        content_hash: Its content hash, or the first eight digits, which are in its name.
        reports: How many reports it held, if that is known.
        first_ids: Of how many versions it gave the id first, if any is known.
        replaced_by: The release on the shelf that replaced it, if there is one.
    """

    name: str
    built_at: str
    content_hash: str
    reports: int | None = None
    first_ids: int | None = None
    replaced_by: str | None = None


def note(root: DataRoot, names: list[str]) -> None:
    """Note what releases are, before they are removed.

    Raises:
        OSError: The disk does not take it; nothing should be removed then.
    """
    if not names:
        return
    path = root.releases / NOTE
    is_torn = path.exists() and not path.read_bytes().endswith(b"\n")
    with path.open("a", encoding="utf-8") as stream:
        stream.write("\n" if is_torn else "")
        for name in names:
            manifest = manifest_of(root.releases / name)
            row = {
                "release": name,
                "built_at": manifest.get("built_at"),
                "content_hash": manifest.get("content_hash"),
                "reports": (manifest.get("counts") or {}).get("reports"),
            }
            stream.write(json.dumps(row) + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    sync(root.releases)


def departed(root: DataRoot, name: str) -> Departed | None:
    """What is known of a release that is not on the shelf; None if nothing proves it was."""
    told = _NAME.fullmatch(name)
    if told is None:
        return None
    replaced_by = next((new for new, old in _replaced(root) if old == name), None)
    given = _given(root.path / IDS).get(name)
    noted = next((row for row in _noted(root.releases / NOTE) if row.get("release") == name), None)
    if noted is None and given is None and replaced_by is None:
        return None
    year, month, day, hour, minute, second, digest = told.groups()
    at = f"{year}-{month}-{day}T{hour}:{minute}:{second}Z"
    known = Departed(name, at, digest, first_ids=given, replaced_by=replaced_by)
    if noted is None:
        return known
    reports = noted.get("reports")
    return replace(
        known,
        built_at=str(noted.get("built_at") or at),
        content_hash=str(noted.get("content_hash") or digest),
        reports=reports if isinstance(reports, int) else None,
    )


def _replaced(root: DataRoot) -> Iterator[tuple[str, object]]:
    """Each release on the shelf, and which one it replaced."""
    for folder in folders(root):
        yield folder.name, manifest_of(folder).get("before")


def _noted(path: Path) -> Iterator[dict[str, Any]]:
    """The notes; a line that a crash tore is none."""
    try:
        lines = path.read_text("utf-8", errors="replace").splitlines()
    except OSError:
        return
    for line in lines:
        try:
            row = json.loads(line)
        except ValueError:
            continue
        if isinstance(row, dict):
            yield row


def _given(path: Path) -> dict[str, int]:
    """Release → of how many versions it gave the id first."""
    try:
        state = path.stat()
    except OSError:
        return {}
    return _counted(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=4)  # a line a version of the archive: read once until it grows
def _counted(path: Path, _changed: int, _size: int) -> dict[str, int]:
    counts: dict[str, int] = {}
    try:
        with path.open("rb") as stream:
            for line in stream:
                found = _NAMED.search(line)
                if found:
                    name = found[1].decode()
                    counts[name] = counts.get(name, 0) + 1
    except OSError:
        return {}
    return counts
