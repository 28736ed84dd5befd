"""The release that a site shows: where it lies and what its manifest says."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from archive.errors import ReleaseMissing
from archive.manifest import require_schema, schema_version

FILES = ("nianbao.db", "text.db")


@dataclass(frozen=True, slots=True)
class Release:
    """A release folder, resolved, so that a later switch of `current` changes nothing here.

    Attributes:
        root: The data root; its `warc/` holds the archived bytes.
        folder: The release's own folder.
        manifest: Contents of `manifest.json`; {} if there is none.
    """

    root: Path
    folder: Path
    manifest: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The release's id."""
        return str(self.manifest.get("release") or self.folder.name)

    @property
    def fiction(self) -> bool:
        """Whether the data are invented; they are then shown with a banner."""
        return bool(self.manifest.get("fiction"))

    @property
    def figures(self) -> int | None:
        """How many figures the release has, if its manifest says so."""
        count = (self.manifest.get("counts") or {}).get("figures")
        return count if isinstance(count, int) else None

    def files(self) -> list[Path]:
        """The databases that are there; `text.db` may be missing."""
        return [self.folder / name for name in FILES if (self.folder / name).is_file()]


def current(root: Path) -> Release:
    """The newest release of a data root.

    Raises:
        ReleaseMissing: There is no release, it has no database, or one of other tables.
    """
    if not root.is_dir():
        raise ReleaseMissing(f"there is no folder {root}; name the data root (--data, DATA=)")
    folder = (root / "releases" / "current").resolve()
    if not (folder / FILES[0]).is_file():
        raise ReleaseMissing(f"no release in {root}: run `make build DATA={root}` first")
    try:
        manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    except FileNotFoundError:
        manifest = {}
    require_schema(folder)
    return Release(root.resolve(), folder, manifest)


def is_current(root: Path, folder: Path) -> bool:
    """Whether a release is still the one to show: no other that this program reads is current."""
    now = (root / "releases" / "current").resolve()
    if now == folder or not (now / FILES[0]).is_file():
        return True
    return schema_version(now) != schema_version(folder)


#: Releases by Datasette object. Datasette's own plugin configuration would show the
#: paths at /-/metadata, and hooks are global: several sites may run in one process.
RELEASES: WeakKeyDictionary[Any, Release] = WeakKeyDictionary()
