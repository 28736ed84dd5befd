"""One flipped byte anywhere in an archive is found: two hundred places, and cuts."""

from __future__ import annotations

import random
import sqlite3
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from archive.fsck import fsck
from archive.ledger import TABLES
from archive.root import DataRoot
from tests.damage import flip, manifest, members, sign, small_archive, warcs

_FLIPS = 200
_OTHERS = 60
_SEED = 5
#: Bytes of a gzip header that no checksum covers: flags that nobody heeds, time, system.
_IDLE = range(3, 10)
_Place = tuple[Path, int]


def prove() -> bool:
    """Flip bytes of closed files, manifests, the ledger and the release, and cut files.

    Returns:
        Whether each was found that changes anything, and what is whole is called sound.
    """
    dice = random.Random(_SEED)
    with tempfile.TemporaryDirectory() as name:
        root = small_archive(Path(name) / "root")
        files = warcs(root)
        release = [path for path in sorted(root.current.resolve().rglob("*")) if path.is_file()]
        good = _sound(root, "before")
        good &= _flipped(root, "closed files", _places(dice, files, _FLIPS))
        good &= _flipped(root, "manifests", _places(dice, list(map(manifest, files)), _OTHERS))
        good &= _flipped(root, "files of the release", _places(dice, release, _OTHERS))
        good &= _behind_manifests(root, _places(dice, files, _FLIPS))
        good &= _cut(root, _places(dice, files, _OTHERS))
        good &= _ledger(root, dice.sample(_filled(root.ledger), _FLIPS))
        return good & _sound(root, "after")


def _places(dice: random.Random, paths: Sequence[Path], number: int) -> list[_Place]:
    """Bytes at random: each file at least once, else as its size wants it."""
    sizes = [path.stat().st_size for path in paths]
    chosen = [*paths, *dice.choices(paths, sizes, k=max(number - len(paths), 0))]
    return [(path, dice.randrange(path.stat().st_size)) for path in chosen[:number]]


def _sound(root: DataRoot, when: str) -> bool:
    verdict = fsck(root, 2)
    print(f"  {when}: {verdict}")
    return not verdict.wrong


def _found(root: DataRoot) -> bool:
    return fsck(root, 1).wrong > 0


def _flipped(root: DataRoot, what: str, places: Sequence[_Place]) -> bool:
    """Flip one bit at each place, look, and put it back."""
    missed = [place for place in places if not _with(place, lambda: _found(root))]
    return _told(f"flips in {what}", len(places), missed)


def _with(place: _Place, look: Callable[[], bool]) -> bool:
    path, position = place
    whole = path.read_bytes()
    flip(path, position, 1 << position % 8)
    found = look()
    path.write_bytes(whole)
    return found


def _behind_manifests(root: DataRoot, places: Sequence[_Place]) -> bool:
    """The same with manifests that were made to match: what is in the records must tell."""
    idle = {path: _idle(path) for path in warcs(root)}
    covered = [(path, position) for path, position in places if position not in idle[path]]

    def look(path: Path) -> bool:
        sign(path)
        return _found(root)

    missed = [place for place in covered if not _with(place, lambda p=place[0]: look(p))]  # type: ignore[misc]
    for path in warcs(root):
        sign(path)
    left = len(places) - len(covered)
    what = f"flips behind a manifest made to match ({left} more are in idle bytes of gzip headers)"
    return _told(what, len(covered), missed)


def _idle(path: Path) -> set[int]:
    at, idle = 0, set()
    for member in members(path):
        idle |= {at + place for place in _IDLE}
        at += len(member)
    return idle


def _cut(root: DataRoot, places: Sequence[_Place]) -> bool:
    """Cut files off, with and without a manifest that was made to match."""
    missed = []
    for number, (path, position) in enumerate(places):
        whole = path.read_bytes()
        path.write_bytes(whole[:position])
        if number % 2:
            sign(path)
        if not _found(root):
            missed.append((path, position))
        path.write_bytes(whole)
        sign(path)
    return _told("cuts", len(places), missed)


def _filled(path: Path) -> list[_Place]:
    """Bytes of a file that are not zero: most of a small database is empty."""
    return [(path, position) for position, byte in enumerate(path.read_bytes()) if byte]


def _ledger(root: DataRoot, places: Sequence[_Place]) -> bool:
    """Flips in the ledger: found, or in bytes that hold nothing of any row."""
    before, harmless, missed = _rows(root.ledger), 0, []
    for place in places:

        def look() -> bool:
            nonlocal harmless
            if _found(root):
                return True
            same = _rows(root.ledger) == before
            harmless += same
            return same

        if not _with(place, look):
            missed.append(place)
    return _told(f"flips in the ledger ({harmless} in bytes of no row)", len(places), missed)


def _rows(path: Path) -> list[list[tuple[object, ...]]]:
    db = sqlite3.connect(path)
    try:
        return [db.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall() for table in TABLES]
    finally:
        db.close()


def _told(what: str, number: int, missed: Sequence[_Place]) -> bool:
    print(f"  {what}: {number - len(missed)} of {number} found", flush=True)
    for path, position in missed:
        print(f"    MISSED {path.name} byte {position}")
    return not missed
