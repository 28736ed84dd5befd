"""`restore`: a data root made again from a backup, each file proven by its SHA-256.

While it is at work, and after it was broken off, the root bears a mark that keeps crawls
and builds away from half an archive. Then the ledger is made again from the WARCs.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from .. import disk
from ..errors import RecordDamaged, RootRefused
from ..reindex import reindex
from ..root import DataRoot, Registry
from .copying import copy, refused
from .names import is_of_a_root
from .note import NOTE
from .place import Place
from .sums import SUMS, sha256_of

#: Where a restored root keeps the files that belong into the project's folder.
PROJECT_FILES = "restored"
_MARK = "root.json"


@dataclass(slots=True)
class Restored:
    """What a restore did.

    Attributes:
        files: How many files of the backup are in the root now.
        registry: What the root belongs to.
        project: Registry and curation, which belong into the project's folder.
        damaged: What the backup has lost, one sentence each; left out.
        captures: How many captures the ledger has.
        wrong: What is damaged or missing in the WARCs, one sentence each.
        current: The current release as it was, or None.
    """

    files: int = 0
    registry: str = ""
    project: list[Path] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    captures: int = 0
    wrong: list[str] = field(default_factory=list)
    current: str | None = None


def restore(root: DataRoot, source: Path, *, without_damaged: bool = False) -> Restored:
    """Make a data root again from a backup.

    Args:
        root: Where to: a folder that is missing or empty, or one that a restore which was
            broken off has left; what is there already is not copied again.
        source: The backup's folder; it is only read.
        without_damaged: Leave out what is damaged in the backup, and end all the same.

    Raises:
        RootRefused: The root holds something, or the source is no backup.
        RootBusy: Another restore is at work in it.
        RecordDamaged: A file of the backup is missing or damaged, and was not to be left out.
        WriteFailed: The disk takes no more; call it again when there is room.
    """
    place = Place(source)
    note = place.note()
    if note is None or not place.sums:
        raise RootRefused(f"{source} holds no backup that was ended; give the folder of one")
    names = list(_wanted(place, set(note["state"])))
    with root.restoring(Registry(note["registry"], note["fiction"])):
        own = bool(note.get("own_curation"))
        _nothing_else(root, [_target(root, name, own=own) for name in names])
        made = Restored(registry=note["registry"], damaged=list(_missing(place, note)))
        _files(root, place, {name: _target(root, name, own=own) for name in names}, made)
        if made.damaged and not without_damaged:
            raise RecordDamaged(
                f"{source} is damaged: {'; '.join(made.damaged)}. Nothing of {root.path} is to "
                "be used yet: restore from another backup, or call this again with "
                "--without-damaged to leave these files out"
            )
        made.current = _switch(root, note["current"])
    # A kill here leaves a root without a ledger, which the next crawl or build makes again.
    found = reindex(root, force=True)
    made.captures, made.wrong = found.counts["captures"], [*found.wrong, *_left_out(place)]
    return made


def _wanted(place: Place, state: set[str]) -> Iterator[str]:
    """Names of all files that the backup holds; of registry and curation the last state's.

    Raises:
        RecordDamaged: The list names what no backup holds.
    """
    for name in sorted({*place.sums} - {NOTE}):
        if not is_of_a_root(name):
            raise RecordDamaged(
                f"{place.path / SUMS} is damaged: {name!r} belongs to no data root; nothing was "
                "restored"
            )
        if name != _MARK and (name in state or not name.startswith(("registry/", "curation/"))):
            yield name


def _missing(place: Place, note: dict[str, Any]) -> Iterator[str]:
    """What the note says that the backup has, and its list lacks."""
    for name in note["state"]:
        if name not in place.sums:
            yield f"{place.path / name} is in {NOTE} and not in {SUMS}"
    for name in dict.fromkeys([*note["tagged"], note["current"]]):
        if name is not None and not place.has_release(name):
            yield f"{place.path / 'releases' / name} is in {NOTE} and not in {SUMS}"


def _left_out(place: Place) -> Iterator[str]:
    """Evidence of a backup that was broken off: whole, but nothing refers to it yet."""
    for name in place.unlisted():
        yield (
            f"{str(place.path / name)!r} is not in {SUMS} and was left out: a backup was broken "
            "off; call it again, or, if its data root is lost, copy the file by hand and call "
            "archive reindex"
        )


def _target(root: DataRoot, name: str, *, own: bool) -> Path:
    """Where a file goes; decisions that were the root's own must hold there again at once."""
    of_project = name.startswith("registry/" if own else ("registry/", "curation/"))
    return root.path / PROJECT_FILES / name if of_project else root.path / name


def _nothing_else(root: DataRoot, targets: list[Path]) -> None:
    """A restore that goes on must not mix two backups."""
    ours = set(targets)
    for path in sorted((*root.warc.glob("*"), *root.releases.glob("*/*"))):
        if path.is_file() and path not in ours and not path.parent.is_symlink():
            raise RootRefused(
                f"{path} is none of this backup's files; restore into an empty folder"
            )


def _files(root: DataRoot, place: Place, targets: dict[str, Path], made: Restored) -> None:
    with click.progressbar(list(targets), label="restore", file=sys.stderr) as bar:
        for name in bar:
            target, expected = targets[name], place.sums[name]
            if not (target.is_file() and sha256_of(target) == expected):
                try:
                    copy(place.find(name), target, expected)
                except RecordDamaged as error:
                    made.damaged.append(str(error))
                    continue
            made.files += 1
            if target.is_relative_to(root.path / PROJECT_FILES):
                made.project.append(target)


def _switch(root: DataRoot, name: str | None) -> str | None:
    """Make the release current that was."""
    if name is None or not (root.releases / name / "manifest.json").is_file():
        return None
    try:
        root.current.unlink(missing_ok=True)
        root.current.symlink_to(name)
        disk.sync(root.releases)
    except OSError as error:
        raise refused(root.current, error) from error
    return name
