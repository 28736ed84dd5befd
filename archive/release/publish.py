"""Publishing a release: its folder written, checked, renamed and made current, or refused."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from extract.version import reader_version

from ..contenthash import content_hash
from ..histories import Gathered
from ..manifest import FILES, current_manifest, is_whole, write_json
from ..readings import Reading
from ..root import DataRoot, Registry
from .checks import check, schema_digest
from .databases import write_databases
from .history import past

_PARTIAL = ".partial"


def write_release(
    root: DataRoot, registry: Registry, gathered: Gathered, read: Callable[[str], Reading]
) -> bool:
    """Write a release and make it current, unless it says nothing new.

    The folder bears another name until it is complete, checked and on the disk; then
    it is renamed and `current` is switched, each in one step. A kill at any moment
    leaves the old release current and whole.

    Args:
        root: The data root; hold its `build` lock.
        registry: What the root belongs to.
        gathered: The reports.
        read: Gives what the body of a digest says.

    Returns:
        Whether there is a new current release.

    Raises:
        ReleaseRefused: The new files did not pass their checks; the old release stays.
    """
    for left in root.releases.glob(f"*{_PARTIAL}"):
        shutil.rmtree(left)
    built = datetime.now(UTC)
    folder = root.releases / f"{built:%Y%m%d-%H%M%S-%f}{_PARTIAL}"
    folder.mkdir()
    told = past(root, gathered, read, built)  # numbers the versions
    counts = write_databases(folder, registry, gathered, read, told)
    before = current_manifest(root) if is_whole(root) else {}
    check(folder, gathered, counts, before)
    identity = {
        "content_hash": content_hash(*(folder / name for name in FILES)),
        "schema": schema_digest(folder),
    }
    if all(before.get(name) == digest for name, digest in identity.items()):
        shutil.rmtree(folder)
        return False
    manifest = {
        "release": f"{built:%Y%m%d-%H%M%S}-{identity['content_hash'][:8]}",
        **identity,
        "built_at": built.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "reader": reader_version(),
        "registry": registry.name,
        "fiction": registry.fiction,
        "counts": counts,
    }
    write_json(folder / "manifest.json", manifest)
    told.register.enter(gathered, str(manifest["release"]))
    _publish(root, folder, manifest)
    return True


def _publish(root: DataRoot, folder: Path, manifest: dict[str, Any]) -> None:
    """Make a complete folder the current release."""
    for path in sorted(folder.iterdir()):
        _sync(path)
    _sync(folder)
    final = _left_over(root, manifest)
    if final is None:
        final = root.releases / str(manifest["release"])
        shutil.rmtree(final, ignore_errors=True)  # the same second, the same content
        folder.rename(final)
    else:
        shutil.rmtree(folder)
    link = root.releases / "current.new"
    link.unlink(missing_ok=True)
    link.symlink_to(final.name)
    link.replace(root.current)
    _sync(root.releases)


def _left_over(root: DataRoot, manifest: dict[str, Any]) -> Path | None:
    """A release of the same content that a kill left behind, renamed but not current."""
    for path in sorted(root.releases.glob("*/manifest.json")):
        whole = all((path.parent / name).is_file() for name in FILES)
        if path.parent.is_symlink() or path.parent.suffix == _PARTIAL or not whole:
            continue
        found = json.loads(path.read_text("utf-8"))
        if all(found.get(name) == manifest[name] for name in ("content_hash", "schema")):
            return path.parent
    return None


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
