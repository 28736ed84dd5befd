"""`recall`: WARC files brought home from another place, each proven before it has its name."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Collection
from dataclasses import dataclass, field

import click

from .. import manifests
from ..elsewhere.mark import MARK, away
from ..elsewhere.place import Place, place_of
from ..elsewhere.remembered import forget, remembered
from ..errors import RecordDamaged, SelectionRefused, WriteFailed
from ..root import DataRoot
from ..warcs import Lying
from .moving import LOCK, is_known

_BLOCK = 1 << 20
#: What comes, until all of it is here; not in `warc/`, where it would be a file that nobody knows.
_PARTIAL = "recalled.partial"


@dataclass(slots=True)
class Recalled:
    """What a recall did.

    Attributes:
        brought: How many files are here now that were not.
        size: How many bytes these have.
        removed: How many files were removed where they lay.
        wrong: What is not as it should be, one sentence each.
    """

    brought: int = 0
    size: int = 0
    removed: int = 0
    wrong: list[str] = field(default_factory=list)


def recall(root: DataRoot, names: Collection[str] = (), *, remove: bool = False) -> Recalled:
    """Bring WARC files home.

    Args:
        root: The data root; a crawl, a build and a site may be at work in it.
        names: Files to bring; all that lie elsewhere if there are none.
        remove: Remove them where they lay, once they are proven here; a place that holds no
            more is forgotten.

    Raises:
        RootRefused: The folder is no data root.
        RootBusy: An offload, another recall or a deletion is at work.
        SelectionRefused: No place has a file that is asked for.
        StoreUnreachable: A place is away or does not answer; what came is kept.
        WriteFailed: The root's disk does not take them.
    """
    root.require()
    done = Recalled()
    with root.lock(LOCK):
        lying = root.warcs.others()
        _require_known(root, names, lying)
        wanted = [each for name, each in sorted(lying.items()) if not names or name in names]
        strange = {each.name for each in wanted if not is_known(root, each.name)}
        total = sum(each.size for each in wanted)
        with click.progressbar(length=total, label="recall", file=sys.stderr) as bar:
            for each in wanted:
                try:
                    _bring(root, each)
                    done.brought += 1
                    done.size += each.size
                except RecordDamaged as error:
                    done.wrong.append(str(error))
                bar.update(each.size)
        if remove:
            for address in remembered(root.path):
                _remove(root, place_of(address), names, strange, done)
    return done


def _require_known(root: DataRoot, names: Collection[str], lying: Collection[str]) -> None:
    for name in names:
        if name not in lying and not (root.warc / name).is_file():
            places = ", ".join(remembered(root.path)) or "none"
            raise SelectionRefused(
                f"no place of {root.path} has a WARC file {name} (places: {places})"
            )


def _bring(root: DataRoot, lying: Lying) -> None:
    expected = manifests.told(root.warc / lying.name) or lying.told()
    if expected is None:
        raise RecordDamaged(f"{lying} has no manifest, here or there: nothing proves it")
    partial, digest = root.path / _PARTIAL, hashlib.sha256()
    try:
        partial.unlink(missing_ok=True)  # of a command that was killed
        with lying.open() as source, partial.open("xb") as out:
            while data := source.read(_BLOCK):
                digest.update(data)
                out.write(data)
            out.flush()
            os.fsync(out.fileno())
        if digest.hexdigest() != expected:
            raise RecordDamaged(
                f"{lying} is damaged: its SHA-256 is {digest.hexdigest()} and should be "
                f"{expected}; restore it from a backup"
            )
        manifests.close(partial, root.warc / lying.name, expected)
    except OSError as error:
        raise WriteFailed(
            f"{partial} cannot be written ({error.strerror}); make room, then call this again"
        ) from error
    finally:
        partial.unlink(missing_ok=True)


def _remove(
    root: DataRoot,
    place: Place,
    names: Collection[str],
    strange: Collection[str],
    done: Recalled,
) -> None:
    """Remove at a place what is proven here, and forget a place that holds nothing more.

    `strange` are files of which the root knew nothing before: they may be another root's.
    """
    files = place.files()
    if MARK not in files:  # its disk went while the files came home
        raise away(place, root.path)
    warcs = {name for name in files if name.endswith(".warc.gz")}
    for name in sorted(warcs):
        if names and name not in names:
            continue
        path = root.warc / name
        if name in strange:
            done.wrong.append(
                f"{place.address}/{name} stays: this root had no manifest of it, so it may be "
                "another root's; call recall --remove again if it is this one's"
            )
            continue
        expected = manifests.told(path)
        if expected is None or not path.is_file() or manifests.digest(path) != expected:
            done.wrong.append(f"{place.address}/{name} stays: {path} is not there, or not sound")
            continue
        place.remove(name)
        if f"{name}{manifests.SUFFIX}" in files:
            place.remove(f"{name}{manifests.SUFFIX}")
        warcs.discard(name)
        done.removed += 1
    if not warcs:
        # In this order: a remembered place without its mark is one that is away.
        forget(root.path, place.address)
        place.remove(MARK)
