"""Where else the bytes of a deleted record may be: releases, and what only a person can clear."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from ..errors import RootRefused
from ..manifest import FILES, reading
from ..recovery import TORN
from ..release.shelf import current_name, folders, tags_of
from ..root import DataRoot


@dataclass(frozen=True, slots=True)
class Holding:
    """A release that was made from a deleted record, or of which nobody can tell.

    Attributes:
        name: Its folder's name.
        versions: Versions that it has from there; None where it cannot be read.
        is_current: Whether it is the one that is served.
        tags: Its tags.
    """

    name: str
    versions: tuple[str, ...] | None
    is_current: bool
    tags: tuple[str, ...]


def holding(root: DataRoot, records: Collection[str]) -> list[Holding]:
    """Releases of a root that hold what was read in some records, oldest first.

    Raises:
        ReleaseRefused: `tags.json` is damaged.
    """
    tags, current = tags_of(root), current_name(root)
    found = []
    for folder in folders(root):
        versions = _versions(folder, records)
        if versions is None or versions:
            named = tuple(tag for tag, name in sorted(tags.items()) if name == folder.name)
            found.append(Holding(folder.name, versions, folder.name == current, named))
    return found


def _versions(folder: Path, records: Collection[str]) -> tuple[str, ...] | None:
    """Versions of a release that have one of these records for a source."""
    try:
        with reading(folder / FILES[0]) as db:
            rows = db.execute("SELECT record_id, version_id FROM sources")
            return tuple(sorted({version for record, version in rows if record in records}))
    except (sqlite3.DatabaseError, OSError):
        return None


def reports_of(root: DataRoot, records: Collection[str]) -> dict[str, set[str]]:
    """Reports that the current release has from some records, by record."""
    found: dict[str, set[str]] = {}
    if not (root.current / FILES[0]).is_file():
        return found
    with contextlib.suppress(sqlite3.DatabaseError), reading(root.current / FILES[0]) as db:
        rows = db.execute(
            "SELECT s.record_id, v.report_id FROM sources s JOIN versions v USING (version_id)"
        )
        for record, report in rows:
            if record in records:
                found.setdefault(record, set()).add(report)
    return found


def torn(root: DataRoot) -> list[Path]:
    """Files that hold what was cut off others behind a hole: nothing looks into them."""
    return sorted(root.warc.glob(f"*{TORN}"))


def require_home(root: DataRoot, name: str) -> None:
    """Refuse to delete in a WARC file that lies in another place: its bytes would stay there.

    Args:
        root: The data root.
        name: The file's name.

    Raises:
        RootRefused: It lies there, whether or not the root has it, too.
        StoreUnreachable: A place does not answer.
    """
    places = root.warcs.copies(name)
    if places:
        raise RootRefused(
            f"{name} lies at {', '.join(places)}, where a deletion does not reach; bring it home "
            f"first: python -m archive recall --data {root.path} --file {name} --remove. Older "
            "versions that the store itself keeps are to be removed there"
        )
