"""Parts merged into their data root: files move, then nothing tells that they lay elsewhere.

Only a part's WARC files are merged: they hold every row, so what was copied into the part's ledger
when it was made cannot come back. The steps, each of which may be the last before a kill:

1. what a killed shard left open is mended and closed in the part;
2. its files are linked into the root's `warc/`, each by the steps of a closing
   (`archive.manifests`);
3. the rows of all of them enter the root's ledger, in the order in which they were written; those
   that are there already change nothing, for each has its key;
4. the files leave the part, the oldest first, so what is left there is always the newest: entered
   again, it says last what counts;
5. the folder goes.

Where a folder knows no links, files move in the place of step 4, and a row may lead to a file that
has not moved yet; merging again ends that.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import shutil
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .. import manifests
from ..entering import Entering, in_order
from ..errors import ArchiveError, RootBusy, WriteFailed
from ..ledger import Ledger
from ..recovery import TORN, close, cut
from ..root import DataRoot
from ..runs import label
from ..walk import Damage
from ..warcfile import OPEN
from .part import Part, parts_folder, parts_of

log = logging.getLogger(__name__)
#: Ends the name of a file while it is copied; nobody reads such a name.
COPYING = ".merging"
#: What a folder that knows no links says.
_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EMLINK, errno.EXDEV, errno.ENOSYS)


@dataclass(slots=True)
class Merged:
    """What was merged.

    Attributes:
        files: WARC files that are the root's now.
        bytes: Their size.
        rows: Rows that entered the ledger, or stood there.
        wrong: What is not as it should be, one sentence each.
    """

    files: int = 0
    bytes: int = 0
    rows: int = 0
    wrong: list[str] = field(default_factory=list)

    def __iadd__(self, other: Merged) -> Merged:
        """Both together."""
        self.files += other.files
        self.bytes += other.bytes
        self.rows += other.rows
        self.wrong += other.wrong
        return self


def merge_parts(root: DataRoot, ledger: Ledger, *, alone: bool) -> Merged:
    """Merge every part that nobody is at work in.

    Args:
        root: The data root.
        ledger: Its ledger.
        alone: Whether the caller holds the root's crawl lock, so that nobody can be at work;
            else each part's own is taken, and a part at work is left alone.

    Raises:
        WriteFailed: The disk does not take it; what is left is merged next time.
    """
    done = Merged()
    for part in parts_of(root):
        try:
            with contextlib.nullcontext() if alone else part.lock("crawl", part.shard):
                done += merge_part(part, ledger)
        except RootBusy as error:
            log.info("%s is not merged: %s", part.path, error)
    for left in parts_folder(root).glob(".*of*"):  # of a command that was killed
        shutil.rmtree(left, ignore_errors=True)
    return done


def merge_idle(root: DataRoot) -> None:
    """Merge what earlier crawls left, before the next begins.

    Raises:
        WriteFailed: As for `merge_parts`.
    """
    if parts_of(root):
        with root.opening(), contextlib.closing(Ledger(root.ledger)) as ledger:
            merge_parts(root, ledger, alone=False)


def merge_part(part: Part, ledger: Ledger) -> Merged:
    """Merge one part; hold the lock of its shard.

    Args:
        part: The part.
        ledger: The root's ledger.

    Raises:
        WriteFailed: The disk does not take it; what is left is merged next time.
    """
    root = part.whole
    try:
        # Of a merging that was broken off: the file had moved, its manifest had not.
        manifests.complete(manifests.partials(root.warc, f"*-{label(part.shard)}-*"))
        names = _closed(part.warc)
        linked = {name for name in names if _link(part.warc / name, root.warc / name)}
        done = enter([(part.warc / name, name) for name in names], ledger)
        _remember(part.ledger, ledger)
        for name in names:
            done += Merged(1, (part.warc / name).stat().st_size)
            _leave(part.warc / name, root.warc / name, is_linked=name in linked)
        for torn in part.warc.glob(f"*{TORN}"):
            torn.rename(root.warc / torn.name)
        _remove(part)
    except OSError as error:
        raise WriteFailed(
            f"{part.path} cannot be merged ({error}); make room, then call the command again: "
            "nothing is lost"
        ) from error
    if done.files:
        log.info("%s: merged, %d WARC files, %d rows", part.path, done.files, done.rows)
    return done


def enter(files: Sequence[tuple[Path, str]], ledger: Ledger) -> Merged:
    """Enter the rows of files; what of them cannot be read is for fsck to say again.

    Args:
        files: Each as it lies on the disk, with its final name; in the order of their writing.
        ledger: Where rows are put.

    Returns:
        How many rows entered, and what did not.
    """
    entering, done = Entering(ledger), Merged()
    for path, name in files:
        if not path.stat().st_size:
            done.wrong.append(f"{name}: it is empty, and so no WARC file; merged as it is")

        def on_damage(damage: Damage, name: str = name) -> bool:
            log.error(
                "%s: %d bytes from byte %d on cannot be read: %s; merged without them",
                name, damage.length, damage.offset, damage.why,
            )  # fmt: skip
            done.wrong.append(
                f"{name}: {damage.length} bytes from byte {damage.offset} on cannot be read "
                f"({damage.why}); merged without them: archive fsck says what is missing"
            )
            return True

        with path.open("rb") as handle:
            entering.file(handle, name, on_damage=on_damage)
    done.rows = entering.end()
    if entering.left_out:
        done.wrong.append(
            f"{entering.left_out} rows were left out, as the log says: what they refer to is lost"
        )
    return done


def _closed(folder: Path) -> list[str]:
    """Names of a part's files in their order, those that a kill left open closed before."""
    manifests.complete(manifests.partials(folder, "*"))
    for path in sorted(folder.glob(f"*.warc.gz{OPEN}")):
        if cut(path):
            close(path)
    return in_order(path.name for path in folder.glob("*.warc.gz"))


def _link(path: Path, final: Path) -> bool:
    """Name a closed file in the root, too, with its manifest; False if it must move instead."""
    if final.exists():
        if not path.samefile(final) and (manifests.told(path) or "") != manifests.told(final):
            raise WriteFailed(f"{final} is there already; {path} is another file of that name")
    else:
        try:
            manifests.link(path, final)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            return False
    return True


def _leave(path: Path, final: Path, *, is_linked: bool) -> None:
    """Take a file out of its part, where its rows are entered."""
    said = None if is_linked else manifests.told(path)
    if not is_linked:
        near = _near(path, final)
        if said is None:  # nobody can say any more what it was; fsck will
            near.rename(final)
        elif near != path and manifests.digest(near) != said:
            raise WriteFailed(f"{near} is not what {path} is: a disk fails, or {path} is damaged")
        else:
            manifests.close(near, final, said)
    path.unlink(missing_ok=True)
    manifests.manifest_of(path).unlink(missing_ok=True)


def _near(path: Path, final: Path) -> Path:
    """A file on the disk of its final name: a copy, where `warc/` is on another one."""
    if path.stat().st_dev == final.parent.stat().st_dev:
        return path
    copy = final.with_name(f"{final.name}{COPYING}")
    copy.unlink(missing_ok=True)  # it may lead to another file
    shutil.copyfile(path, copy)
    with copy.open("rb") as handle:
        os.fsync(handle.fileno())
    return copy


def _remember(own: Path, ledger: Ledger) -> None:
    """Take over which bodies name no files; no WARC says it, and losing it loses time alone."""
    run = ledger.db.conn.execute
    try:
        run("ATTACH ? AS part", (f"{own.as_uri()}?mode=ro",))
        try:
            with ledger.db.conn:
                run(
                    "INSERT OR REPLACE INTO main.plain SELECT sha256, finder FROM part.plain "
                    "EXCEPT SELECT sha256, finder FROM main.plain"
                )
        finally:
            run("DETACH part")
    except (ArchiveError, sqlite3.DatabaseError) as error:
        log.info("%s cannot be read, and nothing is lost: %s", own, error)


def _remove(part: Part) -> None:
    """Remove a part's folder, unless something is in it that is not ours."""
    left = sorted(path.name for path in part.warc.glob("*") if path.suffix != manifests.SUFFIX)
    if left:
        log.warning("%s stays: %s is no file of ours", part.path, left[0])
        return
    going = part.path.with_name(f".{part.path.name}.gone")
    shutil.rmtree(going, ignore_errors=True)
    part.path.rename(going)
    shutil.rmtree(going, ignore_errors=True)
