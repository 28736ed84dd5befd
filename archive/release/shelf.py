"""The releases that lie in a data root: which there are, their tags, which one is current."""

from __future__ import annotations

import json
import logging
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import ReleaseMissing, ReleaseRefused
from ..manifest import sync, write_json
from ..root import DataRoot

log = logging.getLogger(__name__)
PARTIAL = ".partial"
_TAGS = "tags.json"
_TAG = re.compile(r"\w[\w.-]{0,63}")
_NAME = re.compile(r"\d{8}-\d{6}-[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class Shelved:
    """A release on disk.

    Attributes:
        name: Its folder's name, which begins with the UTC time at which it was built.
        built_at: The same time, ISO; "" if its manifest cannot be read.
        reports: How many reports it holds; None if its manifest cannot be read.
        tags: Names that were given to it.
        is_current: Whether it is the one that is served.
        size: Bytes of all its files.
    """

    name: str
    built_at: str
    reports: int | None
    tags: tuple[str, ...]
    is_current: bool
    size: int


def releases(root: DataRoot) -> list[Shelved]:
    """All releases of a root, oldest first."""
    tags, current = tags_of(root), current_name(root)
    return [
        Shelved(
            name=folder.name,
            built_at=str(manifest.get("built_at", "")),
            reports=manifest.get("counts", {}).get("reports"),
            tags=tuple(tag for tag, name in sorted(tags.items()) if name == folder.name),
            is_current=folder.name == current,
            size=sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()),
        )
        for folder in folders(root)
        for manifest in [manifest_of(folder)]
    ]


def folders(root: DataRoot) -> list[Path]:
    """Folders of all releases, oldest first; what a killed build left is none."""
    if not root.releases.is_dir():
        return []
    return sorted(
        path
        for path in root.releases.iterdir()
        if _NAME.fullmatch(path.name) and path.is_dir() and not path.is_symlink()
    )


def manifest_of(folder: Path) -> dict[str, Any]:
    """A release's manifest; {} where it is missing or damaged."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return manifest if isinstance(manifest, dict) else {}


def current_name(root: DataRoot) -> str | None:
    """Name of the current release, or None."""
    return root.current.resolve().name if root.current.is_dir() else None


def before(root: DataRoot, name: str) -> str | None:
    """The release that a release replaced, if it is still there; else the one built before it.

    The two differ after a rollback: what somebody went back from was built later than what
    the next release replaced.
    """
    names = [folder.name for folder in folders(root)]
    replaced = manifest_of(root.releases / name).get("before")
    if replaced in names:
        return str(replaced)
    return max((other for other in names if other < name), default=None)


def tags_of(root: DataRoot) -> dict[str, str]:
    """Tag → release.

    Raises:
        ReleaseRefused: The file is damaged; without it nobody knows what must be kept.
    """
    path = root.releases / _TAGS
    try:
        tags = json.loads(path.read_text("utf-8"))
        if not isinstance(tags, dict):
            raise ValueError("it is no object of tags")
        for name, release in tags.items():
            if not isinstance(release, str) or not _NAME.fullmatch(release):
                raise ValueError(f"tag {name} names no release, but {release!r}")
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ReleaseRefused(
            f"{path} is damaged ({error}); it says which releases are kept for ever: "
            "restore it from a backup or mend it by hand"
        ) from error
    return tags


def find(root: DataRoot, name: str) -> Path:
    """The folder of a release that is given by its name or by a tag.

    Raises:
        ReleaseMissing: There is none of that name.
    """
    folder = root.releases / tags_of(root).get(name, name)
    if name == "current" and root.current.is_dir():
        folder = root.current.resolve()
    if folder not in folders(root):
        raise ReleaseMissing(
            f"{root.releases} holds no release {name}; `python -m archive releases "
            f"--data {root.path}` lists those that are there"
        )
    return folder


def tag(root: DataRoot, release: str, name: str) -> str:
    """Give a release a name; a tagged release is never pruned.

    Returns:
        The release's own name.

    Raises:
        ReleaseMissing: There is no such release.
        ReleaseRefused: The name cannot be one, or is another release's already.
    """
    root.require()
    if not _TAG.fullmatch(name) or name == "current" or _NAME.fullmatch(name):
        raise ReleaseRefused(
            f"{name!r} cannot be a tag: letters, digits, “.”, “_” and “-”, at most 64, and not "
            "“current” nor a release's own name"
        )
    with root.lock("build"):
        folder = find(root, release)
        tags = tags_of(root)
        if tags.get(name, folder.name) != folder.name:
            raise ReleaseRefused(
                f"tag {name} is release {tags[name]} already, and somebody may have cited it; "
                "give another name"
            )
        write_json(root.releases / _TAGS, {**tags, name: folder.name})
    return folder.name


def switch(root: DataRoot, name: str) -> None:
    """Make a release the current one, in one step."""
    link = root.releases / "current.new"
    link.unlink(missing_ok=True)
    link.symlink_to(name)
    link.replace(root.current)
    try:
        sync(root.releases)
    except OSError as error:  # what was done is done
        log.warning("%s is current, but a power cut may undo that: %s", name, error)
