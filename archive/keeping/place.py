"""The folder that holds a backup: what it is, what is in it, and how it changes in one step.

A file that never changes (a WARC, a release) is copied under its name at once. A file that
does change (`ids.jsonl`, tags, registry, curation) is staged under the suffix `NEXT`; then
`SHA256SUMS` is replaced, and then the staged files get their names. A kill in between leaves
staged files that the new list names, and they count as those files.

List and note (`BACKUP.json`) vouch for each other: a list that was cut would otherwise be
the list of a smaller archive.
"""

from __future__ import annotations

import contextlib
import fcntl
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .. import disk
from ..errors import RecordDamaged, RootBusy, RootRefused
from ..root import Registry
from ..warcs import Lying
from . import note as notes
from .copying import PARTIAL, copy, refused, write
from .names import no_links
from .note import NOTE
from .sums import SUMS, listed, manifest_of, read_sums, sha256_of, size_of

NEXT = ".backup-next"
_LOCK = "backup.lock"
#: What a new disk has by itself.
_OF_A_DISK = {"lost+found", _LOCK}


class Place:
    """A backup folder. `opened` for writing; a restore reads it as it is."""

    def __init__(self, path: Path) -> None:
        """Look at a folder.

        Raises:
            RecordDamaged: Its list of digests is damaged.
        """
        self.path = path.absolute()
        self.sums: dict[str, str] = {}
        try:
            no_links(self.path, SUMS)
            self.sums = read_sums(self.path / SUMS)
        except RecordDamaged as error:
            raise self._unsound(str(error)) from error
        self._staged: list[Path] = []
        #: Files that `damaged` found: they are copied again.
        self._rotten: set[str] = set()

    # -- what it is ---------------------------------------------------------------------

    def note(self) -> dict[str, Any] | None:
        """What the last backup said of itself; None if there never was one.

        Raises:
            RootRefused: It is of a later version of this program, or damaged.
            RecordDamaged: Note and list are not of one another: one is cut, changed or lost.
        """
        path = self.find(NOTE)
        note = notes.read(path)
        if note is None and not self.sums:
            return None
        if note is None:
            raise self._unsound(f"{path} is lost")
        why = notes.differs(note, self.sums)
        if why:
            raise self._unsound(f"{self.path / SUMS}: {why}")
        if self.sums and self.sums.get(NOTE) != sha256_of(path):
            raise self._unsound(f"{path}: its SHA-256 is not the one in {SUMS}")
        return note

    def unlisted(self) -> list[str]:
        """Files of `warc/` that the list does not name: a backup was broken off after them."""
        return sorted(
            name
            for path in (self.path / "warc").glob("*")
            if (name := f"warc/{path.name}") not in self.sums and not name.endswith((PARTIAL, NEXT))
        )

    def _unsound(self, why: str) -> RecordDamaged:
        more = self.unlisted() if self.sums else []
        also = f" (it lacks {len(more)} files of warc/: {_some(more)})" if more else ""
        return RecordDamaged(
            f"{why}{also}. The backup is damaged and left as it is: back up into another "
            "folder; if the data root is lost, restore from another backup, or copy this one's "
            "files by hand into a new folder, call archive reindex, then archive fsck, which "
            "checks warc/ by the manifests in it"
        )

    def find(self, name: str) -> Path:
        """Where a file is: under its name, or still staged by a backup that was broken off.

        Raises:
            RecordDamaged: It is a symbolic link, or lies behind one.
        """
        path, staged = self.path / name, self._next(name)
        no_links(self.path, name)
        no_links(self.path, f"{name}{NEXT}")
        if staged.is_file() and self.sums.get(name) == sha256_of(staged):
            return staged
        return path

    def _next(self, name: str) -> Path:
        return self.path / f"{name}{NEXT}"

    # -- writing into it ----------------------------------------------------------------

    @contextlib.contextmanager
    def opened(self, registry: Registry) -> Iterator[dict[str, Any]]:
        """Hold the folder for a backup of a root of this registry; gives the last note.

        Raises:
            RootRefused: It is missing, another registry's, or holds something else.
            RootBusy: Another backup is at work in it.
            WriteFailed: It cannot be written.
        """
        if not self.path.is_dir():
            raise RootRefused(
                f"{self.path} is no folder: mount its disk, or make the folder if this is "
                "the first backup into it"
            )
        with self._held():
            note = self.note()
            if note is None:
                note = self._begun(registry)
            known = Registry(note["registry"], note["fiction"])
            if known != registry:
                raise RootRefused(
                    f"{self.path} holds a backup of registry “{known.name}”, not of "
                    f"“{registry.name}”; give another DEST= folder, so that the two never mix"
                )
            self._settle()
            yield note

    @contextlib.contextmanager
    def _held(self) -> Iterator[None]:
        try:
            handle = (self.path / _LOCK).open("a")
        except OSError as error:
            raise refused(self.path / _LOCK, error) from error
        with handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise RootBusy(f"another backup is at work in {self.path}; wait for it") from None
            yield

    def _begun(self, registry: Registry) -> dict[str, Any]:
        other = sorted({path.name for path in self.path.iterdir()} - _OF_A_DISK)
        if other:
            raise RootRefused(
                f"{self.path} holds {other[0]} and no backup; give a folder of its own"
            )
        write(self.path / NOTE, notes.first(registry))
        return {"registry": registry.name, "fiction": registry.fiction}

    def _settle(self) -> None:
        """End what a backup that was broken off had begun."""
        for path in sorted(self.path.rglob(f"*{NEXT}")):
            name = path.relative_to(self.path).as_posix().removesuffix(NEXT)
            if self.find(name) == path:
                path.replace(self.path / name)
            else:
                path.unlink()
        for path in sorted(self.path.rglob(f"*{PARTIAL}")):
            path.unlink()

    def keep(self, name: str, source: Path | Lying, expected: str | None) -> bool:
        """Have a file that never changes.

        Args:
            name: Its name here.
            source: The file, which may lie in another place of the root.
            expected: Its SHA-256 where that is known, else it is read for it.

        Returns:
            Whether it was copied; else it was here.

        Raises:
            RecordDamaged: The source is damaged, or other bytes are here under its name.
            WriteFailed: It cannot be written.
        """
        target = self.path / name
        no_links(self.path, name)
        if target.is_file():
            known = self.digest_of(name)
            expected = expected or sha256_of(source)
            if known != expected:
                raise RecordDamaged(
                    f"{target} holds other bytes than {source}, and such a file never changes; "
                    "find out which is right (archive fsck), and move the other away"
                )
            if name not in self._rotten and target.stat().st_size == size_of(source):
                self.sums[name] = expected
                return False
        self.sums[name] = copy(source, target, expected)
        return True

    def digest_of(self, name: str) -> str | None:
        """SHA-256 that a WARC file has here; None where it is not here.

        Raises:
            RecordDamaged: Its manifest is damaged, or it cannot be read.
        """
        path = self.path / name
        if not path.is_file():
            return None
        return self.sums.get(name) or manifest_of(path) or sha256_of(path)

    def stage(self, name: str, source: Path | Lying, expected: str | None = None) -> bool:
        """Have a file that may have changed, once `commit` is called.

        Args:
            name: Its name here.
            source: The file.
            expected: Its SHA-256 where that is known.

        Returns:
            Whether it was copied; else it was here as it is.

        Raises:
            RecordDamaged: It cannot be read, or a symbolic link is here under its name.
            WriteFailed: It cannot be written.
        """
        no_links(self.path, name)
        no_links(self.path, f"{name}{NEXT}")
        same = (expected or sha256_of(source)) == self.sums.get(name) and name not in self._rotten
        if same and (self.path / name).is_file():
            return False
        self.sums[name] = copy(source, self._next(name), expected)
        self._staged.append(self._next(name))
        return True

    def commit(self, note: dict[str, Any], dropped: set[str]) -> None:
        """Make the staged files and the new list what the folder says, in one step.

        Args:
            note: What the backup says of itself.
            dropped: Folders of releases that are not kept any more.

        Raises:
            WriteFailed: The disk does not take it; the last backup stays as it was.
        """
        for name in [name for name in self.sums if name.startswith(tuple(dropped))]:
            del self.sums[name]
        write(self._next(NOTE), notes.ended(note, self.sums))
        self._staged.append(self._next(NOTE))
        self.sums[NOTE] = sha256_of(self._next(NOTE))
        write(self.path / SUMS, listed(self.sums))
        try:
            for path in self._staged:
                path.replace(path.with_name(path.name.removesuffix(NEXT)))
            for folder in {path.parent for path in self._staged}:
                disk.sync(folder)
            for name in dropped:
                shutil.rmtree(self.path / name)
        except OSError as error:
            raise refused(self.path, error) from error

    # -- proving it ---------------------------------------------------------------------

    def has_release(self, name: str) -> bool:
        """Whether the list names files of a release."""
        return any(each.startswith(f"releases/{name}/") for each in self.sums)

    def is_rotten(self, name: str) -> bool:
        """Whether `damaged` has found the file to be so."""
        return name in self._rotten

    def damaged(self) -> Iterator[str]:
        """Read every listed file, and say which are not what the list says."""
        for name, digest in sorted(self.sums.items()):
            try:
                found = sha256_of(self.find(name))
            except RecordDamaged as error:
                found, said = "", str(error)
            else:
                said = f"{self.path / name} is damaged: its SHA-256 is not the one in {SUMS}"
            if found != digest:
                self._rotten.add(name)
                yield said


def _some(names: list[str]) -> str:
    return ", ".join(repr(name) for name in names[:5]) + (" …" if len(names) > 5 else "")
