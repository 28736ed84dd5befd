"""The current release: its files whole and unchanged, each version with a source."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..contenthash import hash_like
from ..manifest import FILES, reading
from ..register import FILE as IDS
from ..release.sums import MISSING, SUMS, differences
from ..root import DataRoot, Registry
from .kinds import Finding
from .rows import Source


@dataclass(slots=True)
class Release:
    """What the current release is like.

    Attributes:
        findings: What is wrong with its files.
        versions: Ids of its versions.
        sources: What it says of places in WARC files: by file, by offset.
    """

    findings: list[Finding] = field(default_factory=list)
    versions: set[str] = field(default_factory=set)
    sources: dict[str, dict[int, list[Source]]] = field(default_factory=dict)


def examine_release(root: DataRoot, registry: Registry | None) -> Release:
    """Look at the current release, if there is one.

    Args:
        root: The data root.
        registry: What it belongs to, if that can be told.
    """
    release = Release()
    if not root.current.is_symlink() and not root.current.exists():
        why = _was_published(root)
        if why and not root.current.is_symlink():  # a first build may have switched meanwhile
            release.findings.append(_incomplete("releases/current", why))
        return release
    folder = root.current.resolve()  # a build may switch meanwhile
    called = f"releases/{folder.name}"
    missing = [name for name in (*FILES, "manifest.json") if not (folder / name).is_file()]
    if missing:
        release.findings += [_incomplete(f"{called}/{name}", "it is not there") for name in missing]
        return release
    release.findings += against_sums(folder, called)
    release.findings += _others(root, folder)
    try:
        release.findings += _against_manifest(folder, called, registry)
        _look(folder, called, release)
    except (sqlite3.DatabaseError, zlib.error, OSError, ValueError, KeyError, TypeError) as error:
        what = f"it cannot be read ({type(error).__name__}: {error})"
        release.findings.append(_changed(called, what))
    return release


def _was_published(root: DataRoot) -> str | None:
    """What tells that there should be a current release, or None if nothing does."""
    if any(root.releases.glob("*/manifest.json")):
        return "no release is current"
    ids = root.path / IDS
    if ids.is_file():
        with ids.open("rb") as lines:
            if any(line.endswith(b"\n") for line in lines):  # a torn one was never published
                return f"{IDS} tells of releases that were published, and none is there"
    return None


def against_sums(folder: Path, called: str) -> Iterator[Finding]:
    """Compare the files of a release with its SHA256SUMS.

    Args:
        folder: The release's folder.
        called: What it is called in the data root.
    """
    try:
        found = differences(folder)
    except FileNotFoundError as error:
        if error.filename != str(folder / SUMS):
            raise  # a file went while it was read
        yield _incomplete(f"{called}/{SUMS}", "it is not there")
        return
    for name, what in found:
        if what == MISSING:
            yield _incomplete(f"{called}/{name}", f"it is in {SUMS} and not there")
        else:
            yield _changed(f"{called}/{name}", f"its SHA-256 is not the one in {SUMS}")


def _others(root: DataRoot, current: Path) -> Iterator[Finding]:
    """Compare the releases that are kept beside the current one, too."""
    for manifest in sorted(root.releases.glob("*/manifest.json")):
        folder = manifest.parent
        if not (folder.is_symlink() or folder.suffix == ".partial" or folder == current):
            try:
                yield from list(against_sums(folder, f"releases/{folder.name}"))
            except FileNotFoundError:
                if manifest.exists():
                    raise
                continue  # it was pruned meanwhile


def _against_manifest(folder: Path, called: str, registry: Registry | None) -> Iterator[Finding]:
    manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text("utf-8"))
    if manifest["release"] != folder.name:
        yield _changed(f"{called}/manifest.json", f"it is about release {manifest['release']}")
    if registry and registry != Registry(manifest["registry"], manifest["fiction"]):
        what = f"it is of registry {manifest['registry']}, and root.json says {registry.name}"
        yield _changed(f"{called}/manifest.json", what)
    for name in FILES:
        with reading(folder / name) as db:
            verdict = [row[0] for row in db.execute("PRAGMA integrity_check(5)")]
            broken = db.execute("PRAGMA foreign_key_check").fetchall()
        if verdict != ["ok"] or broken:
            what = f"{'; '.join(verdict)}; {len(broken)} broken references"
            yield _changed(f"{called}/{name}", what)
    found = hash_like(manifest, *(folder / name for name in FILES))
    if found != manifest["content_hash"]:
        yield _changed(called, "its content hash is not the one of its manifest")


def _look(folder: Path, called: str, release: Release) -> None:
    """Take in the sources of versions, and name versions that have none."""
    with reading(folder / FILES[0]) as db:
        release.versions = {row[0] for row in db.execute("SELECT version_id FROM versions")}
        without = db.execute(
            "SELECT version_id FROM versions UNION SELECT version_id FROM figures "
            "EXCEPT SELECT version_id FROM sources"
        ).fetchall()
        rows = db.execute(
            "SELECT version_id, record_id, sha256, warc_file, warc_offset FROM sources"
        )
        for version, record_id, sha256, name, offset in rows:
            places = release.sources.setdefault(name, {})
            places.setdefault(offset, []).append(Source(version, record_id, sha256))
    for (version,) in without:
        what = f"version {version} has no source"
        release.findings.append(_changed(f"{called}/{FILES[0]}", what))


def _incomplete(file: str, what: str) -> Finding:
    return Finding("release_incomplete", file, what)


def _changed(file: str, what: str) -> Finding:
    return Finding("release_changed", file, what)
