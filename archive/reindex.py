"""The ledger made again from the WARC files alone, beside the old one, which it then replaces.

Rows equal those that the runs entered, in the order in which each run wrote them; runs come in
the order in which they ended. How the rows of runs that were at work side by side, shards of
one crawl, lay between each other is in no record: whoever needs the order of two runs takes
the times. The table `plain` is empty afterwards: the next crawl looks again.

A closed file is proven by its manifest on the way. A file that a run left open is taken as far
as it is whole, then mended and closed as the next run would. The old ledger stays where something
of the archive cannot be read or is missing, for it may know more; it is replaced then only by
force.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from . import manifests
from .entering import Entering, in_order
from .errors import ArchiveError, RecordDamaged, StoreUnreachable, WriteFailed
from .ledger import SCHEMA, TABLES, Ledger
from .recovery import TORN, recover
from .replacing import count, lost, replace
from .root import DataRoot
from .walk import Damage
from .warcfile import OPEN
from .warcs import Lying, Warcs

log = logging.getLogger(__name__)
_CLOSED = ".warc.gz"


@dataclass(slots=True)
class Reindexed:
    """What came of it.

    Attributes:
        counts: Rows of each table of the new ledger.
        files: How many WARC files were read.
        wrong: What is damaged or missing, a sentence each.
        foreign: Names of files in the folder that no run of ours wrote.
        replaced: Whether the new ledger took the old one's place.
    """

    counts: Mapping[str, int] = field(default_factory=dict)
    files: int = 0
    wrong: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    replaced: bool = False


def reindex(
    root: DataRoot,
    *,
    force: bool = False,
    progress: Callable[[int, int, int], None] = lambda *_: None,
) -> Reindexed:
    """Make the ledger again.

    Args:
        root: The data root; neither a crawl nor a build may be at work in it.
        force: Replace the old ledger even if something is damaged or missing.
        progress: Called with (files read, of how many, rows entered).

    Raises:
        RootRefused: The folder is no data root.
        RootBusy: A crawl or build is at work in it, or somebody reads the ledger.
        WriteFailed: The disk does not take the new ledger; the old one stays.
    """
    root.require()
    with root.lock("crawl"), root.lock("build"), _scratch(root) as path:
        done = Reindexed()
        try:
            ledger = _empty(path)
            try:
                _enter(root.warcs, ledger, done, progress)
                _finish(ledger, root.ledger, done)
            finally:
                ledger.close()
            if done.wrong and not force and root.ledger.exists():
                return done
            replace(root.ledger, path)
            if not done.wrong:
                _mend(root)
        except (sqlite3.Error, OSError) as error:
            raise WriteFailed(
                f"{path} cannot be written ({error}); make room, then reindex again: "
                "the old ledger stays as it is"
            ) from error
        done.replaced = True
        return done


def _mend(root: DataRoot) -> None:
    """End the files of a broken run as the next run would."""
    with contextlib.closing(Ledger(root.ledger)) as ledger:
        recover(root.warc, ledger)


@contextlib.contextmanager
def _scratch(root: DataRoot) -> Iterator[Path]:
    """Where the new ledger is made; what a killed command left there goes, and what we leave."""
    path = root.ledger.with_name(f"{root.ledger.name}.new")
    try:
        _remove(path)
        yield path
    finally:
        _remove(path)


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _empty(path: Path) -> Ledger:
    """A new ledger; nothing of it must survive a crash, and its indexes are made at the end."""
    ledger = Ledger(path)
    run = ledger.db.conn.execute
    run("PRAGMA journal_mode = MEMORY")
    run("PRAGMA synchronous = OFF")
    run("PRAGMA cache_size = -65536")
    made = "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    for row in list(ledger.rows(made)):
        run(f"DROP INDEX {row['name']}")
    return ledger


def _finish(ledger: Ledger, old: Path, done: Reindexed) -> None:
    """Make the indexes, compare with the old ledger, bring all of it to the disk."""
    ledger.db.executescript(SCHEMA)
    ledger.db.conn.execute("PRAGMA journal_mode = WAL")
    done.counts = {table: count(ledger, f"SELECT count(*) FROM {table}") for table in TABLES}
    done.wrong += lost(ledger, old)


# -- the files ------------------------------------------------------------------------------


def _enter(
    warcs: Warcs, ledger: Ledger, done: Reindexed, progress: Callable[[int, int, int], None]
) -> None:
    files = _ours(warcs, done)
    entering = Entering(ledger, numbered=True)
    for number, file in enumerate(files.values()):
        progress(number, len(files), entering.entered)
        try:
            with file.open("rb") if isinstance(file, Path) else file.open() as handle:
                _file(handle, file, warcs.folder, entering, done)
        except (RecordDamaged, StoreUnreachable, OSError) as error:
            done.wrong.append(str(error))
    done.files = len(files)
    entering.end()
    for run in entering.untold:
        done.wrong.append(
            f"no record tells of run {run}: it is entered as stopped, by the names of its files; "
            "restore them from a backup"
        )
    if entering.left_out:
        done.wrong.append(f"{entering.left_out} rows could not be entered; the log names each")
    progress(len(files), len(files), entering.entered)


def _ours(warcs: Warcs, done: Reindexed) -> dict[str, Path | Lying]:
    """Files of our runs in their order; what else lies there, and what is missing, is noted."""
    folder = warcs.folder
    try:
        paths = {path.name: path for path in folder.iterdir()}
    except OSError as error:
        raise ArchiveError(f"{folder} cannot be read: {error.strerror}") from error
    finals = {name.removesuffix(OPEN): path for name, path in paths.items() if _is_warc(name)}
    lying = _elsewhere(warcs, done)
    there: dict[str, Path | Lying] = {**(lying or {}), **finals}
    ours = in_order(there)
    about = {f"{name}{end}" for name in ours for end in (manifests.SUFFIX, TORN)}
    for name in sorted(
        paths.keys() - about - {finals[name].name for name in ours if name in finals}
    ):
        of = name.removesuffix(manifests.SUFFIX)
        if of != name and in_order([of]):
            if lying is not None:  # where a place does not answer, nobody can say so
                done.wrong.append(f"{folder / of} is missing, and its manifest is there")
        elif not name.endswith(manifests.PARTIAL):
            done.foreign.append(name)
    return {name: there[name] for name in ours}


def _elsewhere(warcs: Warcs, done: Reindexed) -> Mapping[str, Lying] | None:
    """Files in other places; None where one does not answer, which is noted."""
    try:
        return warcs.others()
    except StoreUnreachable as error:
        done.wrong.append(str(error))
        return None


def _is_warc(name: str) -> bool:
    return name.removesuffix(OPEN).endswith(_CLOSED)


def _file(
    handle: BinaryIO,
    file: Path | Lying,
    folder: Path,
    entering: Entering,
    done: Reindexed,
) -> None:
    """Enter a file, and prove it by its manifest if it was closed."""
    name = file.name.removesuffix(OPEN)
    is_open = file.name != name

    def on_damage(damage: Damage) -> bool:
        if is_open and damage.is_torn:
            log.warning("%s: ends in a torn record of %d bytes", file.name, damage.length)
            return False
        done.wrong.append(
            f"{file}: {damage.length} bytes from byte {damage.offset} on cannot be read: "
            f"{damage.why}"
        )
        return True

    digesting = _Digesting(handle)
    entering.file(digesting, name, on_damage=on_damage)
    said = None if is_open else _told(file, folder)
    if said is not None and said != (digesting.digest() or _digest(file)):
        done.wrong.append(f"{file} is not what its manifest says; restore it from a backup")
    elif isinstance(file, Lying) and said is not None:
        _sign(folder / name, said)
    elif said is None and not is_open:
        log.warning("%s has no manifest: nothing proves that it is whole", file.name)


def _sign(path: Path, sha256: str) -> None:
    """Write the root's own manifest of a file that lies elsewhere and was proven, if it has none.

    With it the root says itself what a store is to give back.
    """
    if manifests.told(path) is None:
        manifests.renew(path, sha256)


def _told(file: Path | Lying, folder: Path) -> str | None:
    """What a closed file's manifest says: the root's own, else the one beside the file."""
    said = manifests.told(folder / file.name)
    return said or (file.told() if isinstance(file, Lying) else None)


def _digest(file: Path | Lying) -> str:
    """The digest of a file that was not read straight through."""
    if isinstance(file, Path):
        return manifests.digest(file)
    with file.open() as handle:
        return manifests.digest_of(handle)


class _Digesting:
    """A file whose SHA-256 is kept while it is read."""

    def __init__(self, handle: BinaryIO) -> None:
        self._handle, self._digest, self._at = handle, hashlib.sha256(), 0
        self._straight = True

    def read(self, size: int, /) -> bytes:
        data = self._handle.read(size)
        self._digest.update(data)
        self._at += len(data)
        return data

    def seek(self, offset: int, whence: int = 0, /) -> int:
        at = self._handle.seek(offset, whence)
        self._straight &= at == self._at
        return at

    def fileno(self) -> int:
        return self._handle.fileno()

    def digest(self) -> str | None:
        """The digest, or None if the file was not read straight through."""
        return self._digest.hexdigest() if self._straight else None
