"""The folder that holds a backup: what it is, what is in it, and how it changes in one step.

A file that never changes (a WARC, a release) is copied under its name at once. A file that
does change (`ids.jsonl`, tags, registry, curation) is staged under the suffix `NEXT`; then
`SHA256SUMS` is replaced, and then the staged files get their names. A kill in between leaves
staged files that the new list names, and they count as those files.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..errors import RecordDamaged, RootBusy, RootRefused
from ..root import Registry
from .copying import PARTIAL, copy, refused, write
from .sums import SUMS, listed, manifest_of, read_sums, sha256_of, size_of

NOTE = "BACKUP.json"
NEXT = ".backup-next"
_LOCK = "backup.lock"
_FORMAT = 1
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
        self.sums = read_sums(self.path / SUMS)
        self._staged: list[Path] = []
        #: Files that `damaged` found: they are copied again.
        self._rotten: set[str] = set()

    # -- what it is ---------------------------------------------------------------------

    def note(self) -> dict[str, Any] | None:
        """What the last backup said of itself; None if there never was one.

        Raises:
            RootRefused: It is of a later version of this program, or damaged.
        """
        path = self.find(NOTE)
        try:
            note: dict[str, Any] = json.loads(path.read_text("utf-8"))
            if note["format"] != _FORMAT:
                raise RootRefused(
                    f"{path} is of format {note['format']}, which this version does not know"
                )
            Registry(note["registry"], note["fiction"])
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise RootRefused(f"{path} cannot be read: {error.strerror}") from error
        except (ValueError, KeyError, TypeError) as error:
            raise RootRefused(f"{path} is damaged ({error!r}); take another backup") from error
        return note

    def find(self, name: str) -> Path:
        """Where a file is: under its name, or still staged by a backup that was broken off."""
        path, staged = self.path / name, self._next(name)
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
        note = {"format": _FORMAT, "registry": registry.name, "fiction": registry.fiction}
        write(self.path / NOTE, json.dumps(note) + "\n")
        return note

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

    def keep(self, name: str, source: Path, expected: str | None) -> bool:
        """Have a file that never changes.

        Args:
            name: Its name here.
            source: The file.
            expected: Its SHA-256 where that is known, else it is read for it.

        Returns:
            Whether it was copied; else it was here.

        Raises:
            RecordDamaged: The source is damaged, or other bytes are here under its name.
            WriteFailed: It cannot be written.
        """
        target = self.path / name
        if target.is_file():
            known = self.sums.get(name) or manifest_of(target) or sha256_of(target)
            expected = expected or sha256_of(source)
            if known != expected:
                raise RecordDamaged(
                    f"{target} holds other bytes than {source}, and such a file never changes; "
                    "find out which is right (archive fsck), and move the other away"
                )
            if name not in self._rotten and target.stat().st_size == size_of(source):
                self.sums[name] = known
                return False
        self.sums[name] = copy(source, target, expected)
        return True

    def stage(self, name: str, source: Path) -> None:
        """Have a file that may have changed, once `commit` is called.

        Raises:
            RecordDamaged: It cannot be read.
            WriteFailed: It cannot be written.
        """
        same = sha256_of(source) == self.sums.get(name) and name not in self._rotten
        if same and (self.path / name).is_file():
            return
        self.sums[name] = copy(source, self._next(name))
        self._staged.append(self._next(name))

    def commit(self, note: dict[str, Any], dropped: set[str]) -> None:
        """Make the staged files and the new list what the folder says, in one step.

        Args:
            note: What the backup says of itself.
            dropped: Folders of releases that are not kept any more.

        Raises:
            WriteFailed: The disk does not take it; the last backup stays as it was.
        """
        text = json.dumps({"format": _FORMAT, **note}, ensure_ascii=False, indent=1) + "\n"
        write(self._next(NOTE), text)
        self._staged.append(self._next(NOTE))
        self.sums[NOTE] = sha256_of(self._next(NOTE))
        for name in [name for name in self.sums if name.startswith(tuple(dropped))]:
            del self.sums[name]
        write(self.path / SUMS, listed(self.sums))
        try:
            for path in self._staged:
                path.replace(path.with_name(path.name.removesuffix(NEXT)))
            for folder in dropped:
                shutil.rmtree(self.path / folder)
        except OSError as error:
            raise refused(self.path, error) from error

    # -- proving it ---------------------------------------------------------------------

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
