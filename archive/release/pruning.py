"""Which releases are kept, and the removal of the others."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

from ..root import DataRoot
from . import departed
from .rollback import rolled_back
from .shelf import PARTIAL, before, current_name, folders, tags_of

#: Of how many months, the present one included, the last release is kept.
MONTHS = 12


def prune(root: DataRoot, now: datetime | None = None) -> list[str]:
    """Remove the releases that the rule does not keep; hold the root's `build` lock.

    Kept are the current release, the one that it replaced, the last one of each of the past
    twelve months, those that somebody rolled back from, and every tagged one.

    Args:
        root: The data root.
        now: The time from which months count.

    Returns:
        Names of what was removed.

    Raises:
        OSError: What they were cannot be noted; nothing is removed.
        ReleaseRefused: Nobody can tell what must be kept; nothing is removed.
    """
    names = [folder.name for folder in folders(root)]
    current = current_name(root)
    held = {*tags_of(root).values(), *(str(left["release"]) for left in rolled_back(root))}
    if current and (replaced := before(root, current)):
        held.add(replaced)
    keep = kept(names, current, held, now or datetime.now(UTC))
    gone = [name for name in names if name not in keep]
    departed.note(root, gone)
    for name in gone:
        remove(root.releases / name)
    return gone


def kept(names: list[str], current: str | None, held: set[str], now: datetime) -> set[str]:
    """Which of these releases the rule keeps.

    Without a current release nothing is removed: nobody knows then what is served.

    Args:
        names: All releases; names begin with `YYYYMM`.
        current: The current one.
        held: Tagged ones, ones that were rolled back from, and what the current one replaced.
        now: The time from which months count.
    """
    if current is None:
        return set(names)
    months = now.year * 12 + now.month
    last = {name[:6]: name for name in sorted(names)}
    recent = {
        name
        for month, name in last.items()
        if months - (int(month[:4]) * 12 + int(month[4:])) < MONTHS
    }
    return {current, *recent, *(held & set(names))}


def remove(folder: Path) -> None:
    """Remove a release so that a kill leaves no half of one behind under its name."""
    doomed = folder.with_name(folder.name + PARTIAL)
    folder.rename(doomed)
    shutil.rmtree(doomed)


def sweep(root: DataRoot) -> None:
    """Remove what killed builds and prunings left; hold the root's `build` lock."""
    for left in root.releases.glob(f"*{PARTIAL}"):
        shutil.rmtree(left)
