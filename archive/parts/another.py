"""Another root's captures taken into this one: a shard that was crawled on another machine.

That machine crawled `--shard 1/2` into a root of its own, which was copied here, by rsync say. Its
closed WARC files are copied, each proven by its manifest on the way, and their rows entered; the
other root stays as it is. What is here already is passed over, so the command may be called again
and again while both grow. Nothing of it is believed unseen: see `plain`.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
from pathlib import Path

from .. import manifests
from ..deletion.log import FILE as DELETIONS
from ..deletion.log import entries, leads
from ..elsewhere.mark import MARK
from ..entering import in_order, run_of
from ..errors import RecordDamaged, RootRefused, WriteFailed
from ..ledger import Ledger
from ..recovery import TORN, recover
from ..root import DataRoot
from ..warcfile import OPEN
from . import plain
from .merging import COPYING, Merged, enter, merge_parts
from .part import parts_of

log = logging.getLogger(__name__)
_BLOCK = 1 << 20


def merge_root(root: DataRoot, other: DataRoot | None) -> tuple[Merged, list[str]]:
    """Merge the parts of a root, and what another root has more.

    Args:
        root: The root that grows; it may be new.
        other: The other root, or None for the parts alone.

    Returns:
        What was merged, with what is wrong; and a line for each run that waits for its end, and
        for files that no run wrote.

    Raises:
        RootRefused: The other root is another registry's, is this one, was deleted from, or has
            parts that are not merged.
        RootBusy: Somebody is at work in one of the two.
        RecordDamaged: A file is not what its manifest says, has none, is missing, or is none.
        WriteFailed: The disk does not take it; call again: nothing is lost.
    """
    if other is not None:
        _require(root, other)
        root.claim(other.require())
    root.require()
    with contextlib.ExitStack() as held:
        held.enter_context(root.lock("crawl"))
        if other is not None:
            held.enter_context(other.lock("crawl"))
        ledger = held.enter_context(contextlib.closing(Ledger(root.ledger)))
        recover(root.warc, ledger)
        done = merge_parts(root, ledger, alone=True)
        if other is None:
            return done, []
        try:
            more, waiting = _merge(root, other, ledger)
        except OSError as error:
            raise WriteFailed(
                f"{root.warc} does not take the files of {other.warc} ({error}); make room, then "
                "merge again: nothing is lost"
            ) from error
        done += more
        return done, waiting


def _require(root: DataRoot, other: DataRoot) -> None:
    """See that another root can be merged."""
    if other.path.resolve() == root.path.resolve():
        raise RootRefused(f"{other.path} is this root itself; --from names another one")
    # Its locks are written, and so must not lead to another file.
    for path in (other.path / MARK, *sorted(other.path.glob("*.lock"))):
        plain.require_plain(path)
    plain.small(other.path / MARK)  # bounded, before it is read whole
    other.require()
    if not other.warc.is_dir():
        raise RootRefused(f"{other.warc} is no folder; copy the other root again, all of it")
    if parts_of(other):
        raise RootRefused(
            f"{other.path} has parts of a crawl in shards that are not merged: call "
            f"python -m archive merge --data {other.path} first"
        )
    if os.path.lexists(other.path / DELETIONS):
        raise RootRefused(
            f"from {other.path} something was deleted, which this root would not know; merge "
            "first, delete here then"
        )


def _merge(root: DataRoot, other: DataRoot, ledger: Ledger) -> tuple[Merged, list[str]]:
    for left in root.warc.glob(f"*{COPYING}"):  # of a command that was killed
        left.unlink()
    _require_all(root, other)
    new, waiting = _new(root, other)
    wrong = _differing(root, other)
    copied = [(_copied(other.warc / name, root.warc), name) for name in new]
    manifests.sync(root.warc)
    done = enter([(path, name) for (path, _), name in copied], ledger)
    done.wrong += wrong
    for (path, sha256), name in copied:
        done += Merged(1, path.stat().st_size)
        manifests.close(path, root.warc / name, sha256)
    return done, waiting


def _require_all(root: DataRoot, other: DataRoot) -> None:
    """See that every file is there of which there is a manifest."""
    for manifest in sorted(other.warc.glob(f"*.warc.gz{manifests.SUFFIX}")):
        name = manifest.name.removesuffix(manifests.SUFFIX)
        if not os.path.lexists(other.warc / name) and not _is_here(root, name):
            raise RecordDamaged(
                f"{other.warc / name} is missing, and its manifest is there: copy it, or bring it "
                f"home (python -m archive recall --data {other.path}), then merge again"
            )


def _new(root: DataRoot, other: DataRoot) -> tuple[list[str], list[str]]:
    """Names of files that are not here, in their order; what waits, a line each."""
    open_ones = [path.name.removesuffix(OPEN) for path in other.warc.glob(f"*.warc.gz{OPEN}")]
    runs = {run_of(name) for name in open_ones}
    names = in_order(path.name for path in other.warc.glob("*.warc.gz"))
    new = [name for name in names if not _is_here(root, name) and run_of(name) not in runs]
    waiting = [
        f"run {run} waits: it was broken off, or is not copied whole; crawl it to its end there, "
        "copy the root again, merge again"
        for run in sorted(filter(None, runs))
    ]
    strange = sorted(path.name for path in other.warc.iterdir() if not _is_of_a_run(path.name))
    if strange:
        waiting.append(
            f"{other.warc}: {len(strange)} files are passed over, for no run writes such a name "
            f"({strange[0]!r} …); give those that are this archive's their own names again"
        )
    return new, waiting


def _is_of_a_run(name: str) -> bool:
    """Whether a run of ours writes a file of this name, or leaves one beside its file."""
    for suffix in (manifests.PARTIAL, manifests.SUFFIX, OPEN, TORN, COPYING):
        name = name.removesuffix(suffix)
    return run_of(name) is not None


def _differing(root: DataRoot, other: DataRoot) -> list[str]:
    """Files that both roots have, and that are not the same: one of the two is not sound."""
    log, wrong = entries(root.path), []
    for name in in_order(path.name for path in other.warc.glob("*.warc.gz")):
        if not _is_here(root, name):
            continue
        here, there = root.warc / name, other.warc / name
        try:
            said, own = _told(there), manifests.told(here)
        except RecordDamaged as error:
            wrong.append(str(error))
            continue
        if None in (said, own) or said == own or leads(log, name, str(said), str(own)):
            continue
        wrong.append(
            f"{there} is another file than {here}, as their manifests say, and such a file never "
            "changes; it was not merged. Find out which is right (archive fsck in both roots); if "
            f"it is the other root's, move {here} and its manifest away, then merge again"
        )
    return wrong


def _told(path: Path) -> str | None:
    """The SHA-256 that the manifest of a file of the other root says; None without one."""
    manifest = manifests.manifest_of(path)
    data = plain.small(manifest)
    return None if data is None else manifests.parse(data, path.name, str(manifest))


def _is_here(root: DataRoot, name: str) -> bool:
    """Whether the root has a file, here or at another place: its manifest stays here then."""
    path = root.warc / name
    return path.exists() or manifests.manifest_of(path).exists()


def _copied(path: Path, folder: Path) -> tuple[Path, str]:
    """Copy a file, proven by its manifest; the copy under its passing name, and the digest."""
    said = _told(path)
    if said is None:
        raise RecordDamaged(
            f"{path} has no manifest, so nothing proves it; copy the other root again, "
            "manifests and all"
        )
    copy, digest = folder / f"{path.name}{COPYING}", hashlib.sha256()
    with plain.opened(path) as source, copy.open("xb") as target:
        while block := source.read(_BLOCK):
            digest.update(block)
            target.write(block)
        target.flush()
        os.fsync(target.fileno())
    if digest.hexdigest() != said:
        copy.unlink()
        raise RecordDamaged(
            f"{path} is not what its manifest says; copy it again from where it was crawled"
        )
    return copy, said
