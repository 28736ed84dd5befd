"""The releases of the data root that a site may tell of: those on the shelf, and those that were.

A name in an address is looked up in the shelf's own list, and never becomes a path.
"""

from __future__ import annotations

import contextlib
import sqlite3
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from archive.errors import ReleaseRefused
from archive.manifest import FILES
from archive.masking import masked
from archive.release import shelf
from archive.release.departed import Departed, departed
from archive.root import DataRoot
from archive.site.cells import Figures, Note
from archive.site.figure import Printed, printed_of
from archive.site.places import places_of
from archive.site.queries import note_of, rows
from archive.site.release import Release
from extract.forms import columns


@dataclass(frozen=True, slots=True)
class OnShelf:
    """A release on the shelf.

    Attributes:
        name: Its name.
        folder: Where it lies.
        manifest: What it says of itself; {} if that cannot be read.
        tags: Names that were given to it for ever.
        is_shown: Whether it is the one that the site shows.
    """

    name: str
    folder: Path
    manifest: Mapping[str, Any] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    is_shown: bool = False

    @property
    def built_at(self) -> str:
        """When it was built, or ""."""
        return str(self.manifest.get("built_at") or "")

    @property
    def counts(self) -> Mapping[str, Any]:
        """How much it holds."""
        found = self.manifest.get("counts")
        return found if isinstance(found, dict) else {}


@dataclass(frozen=True, slots=True)
class Then:
    """A figure as a release has it.

    Attributes:
        version_id: The id that its version has there.
        printed: What the report prints.
    """

    version_id: str
    printed: Printed


class Unreadable(Exception):
    """A release on the shelf whose tables this program cannot ask."""


def on_shelf(shown: Release) -> list[OnShelf]:
    """The releases, newest first; the one that is shown is there whatever its folder is called."""
    root = DataRoot(shown.root)
    tags = _tags(root)
    found = {folder.name: folder for folder in shelf.folders(root)}
    found |= {shown.folder.name: shown.folder}
    return [
        OnShelf(
            name=shown.name if folder == shown.folder else name,
            folder=folder,
            manifest=shown.manifest if folder == shown.folder else shelf.manifest_of(folder),
            tags=tuple(sorted(tag for tag, of in tags.items() if of == name)),
            is_shown=folder == shown.folder,
        )
        for name, folder in sorted(found.items(), reverse=True)
    ]


def named(shown: Release, name: str) -> OnShelf | Departed | None:
    """The release of a name or a tag; None if nothing proves that there was one."""
    for each in on_shelf(shown):
        if name == each.name or name in each.tags:
            return each
    root = DataRoot(shown.root)
    return departed(root, _tags(root).get(name, name))


def figure_then(folder: Path, ids: list[str], key: str) -> Then | None:
    """A figure as a release has it; None if it has no such version.

    Args:
        folder: The release's folder, from the shelf.
        ids: The version's id, and those that lead to it.
        key: The figure; "" asks for the version alone.

    Raises:
        Unreadable: The release cannot be asked.
    """
    try:
        with _opened(folder / FILES[0]) as db:
            version_id = next(filter(None, (_known(db, each) for each in ids)), None)
            if version_id is None:
                return None
            if not key:
                return Then(version_id, Printed("", ""))
            figures = _figure(db, version_id, key)
        said = dict(figures.printed)
        if (folder / FILES[1]).is_file():
            with _opened(folder / FILES[1]) as db:
                places = places_of(db, version_id)
                said = {key: places.printed[key]} if places and key in places.printed else {}
    except (sqlite3.Error, zlib.error, ValueError) as error:
        raise Unreadable(f"{folder} cannot be asked: {error}") from error
    printed = printed_of(Figures(figures.values, figures.notes, {}, said), key)
    return Then(version_id, replace(printed, text=masked(printed.text)))


def _figure(db: sqlite3.Connection, version_id: str, key: str) -> Figures:
    """One figure and its note."""
    if key not in columns():
        raise ValueError(f"there is no figure {key}")
    found = rows(db, f'SELECT "{key}" AS value FROM figures WHERE version_id = ?', version_id)
    sql = "SELECT * FROM figure_notes WHERE version_id = ? AND figure = ?"
    noted = rows(db, sql, version_id, key)
    notes: dict[str, Note] = {key: note_of(noted[0])} if noted else {}
    value = found[0]["value"] if found else None
    values = {key: value} if isinstance(value, (int, float, str)) else {}
    return Figures(values, notes, {})


def _known(db: sqlite3.Connection, version_id: str) -> str | None:
    found = rows(db, "SELECT version_id FROM versions WHERE version_id = ?", version_id)
    return version_id if found else None


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    """A file of a release, which nobody changes: no lock, no journal, nothing written."""
    address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    with contextlib.closing(sqlite3.connect(address, uri=True)) as db:
        db.execute("PRAGMA query_only = 1")
        yield db


def _tags(root: DataRoot) -> dict[str, str]:
    """Tag → release; none where their file is damaged, which `archive releases` says."""
    try:
        return shelf.tags_of(root)
    except ReleaseRefused:
        return {}
