"""`offload`: closed WARC files to another place, each proven there before it is left here.

Whatever is killed in between, a file is here, or proven there, or both; called again, it goes on
with what is not there. A file counts as there when one of its size lies beside a manifest that
says the digest of ours, for a manifest is sent when its file was read back. Before a file is
removed here it is read back once more, in the very call that removes it.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path

import click

from .. import disk, manifests
from ..deletion.log import entries, leads
from ..elsewhere.mark import require_marked
from ..elsewhere.place import Place, is_address, place_of
from ..elsewhere.remembered import checked, remember
from ..errors import RecordDamaged, WriteFailed
from ..root import DataRoot
from ..warcfile import OPEN
from .moving import (
    LOCK,
    manifest_at,
    proven,
    put_manifest,
    require_apart,
    require_own,
    require_unshared,
)


@dataclass(slots=True)
class Sent:
    """What an offload did.

    Attributes:
        sent: How many files were sent, and read back.
        size: How many bytes these have.
        present: How many were there already.
        proven: How many of these were read back, too.
        removed: How many lie there alone now.
        left_open: WARC files that are still written, or that a killed run left.
        wrong: What is not as it should be, one sentence each.
    """

    sent: int = 0
    size: int = 0
    present: int = 0
    proven: int = 0
    removed: int = 0
    left_open: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def offload(root: DataRoot, address: str, *, remove: bool = False, verify: bool = False) -> Sent:
    """Copy closed WARC files and their manifests to another place, which the root remembers.

    Args:
        root: The data root; a crawl, a build and a site may be at work in it.
        address: A folder, or an address of one that fsspec understands.
        remove: Remove what was proven there from the root's own folder; manifests stay.
        verify: Read back all that is there, too, also what lies there alone.

    Returns:
        What was sent, and what is wrong here or there; such a file is not removed.

    Raises:
        RootRefused: The root is none, the address holds files that it does not know or another
            registry's, or a password.
        RootBusy: Another offload, a recall or a deletion is at work.
        StoreUnreachable: The place is away or does not answer; what was sent is kept.
        ExtraMissing: It is an address, and fsspec is not installed.
        WriteFailed: It gives back other bytes than it was given.
    """
    registry = root.require()
    address = address if is_address(address) else str(Path(address).absolute())
    address = checked(address).rstrip("/")
    require_apart(root, address)
    with root.lock(LOCK):
        place = place_of(address)
        files = place.files()
        require_own(root, place, registry, files)
        require_unshared(root, place, files)
        remember(root.path, address)
        work = _Sending(root, place, files, remove=remove, verify=verify)
        work.all()
        if verify:
            work.others()
        return work.done


class _Sending:
    """One offload at work."""

    def __init__(
        self, root: DataRoot, place: Place, files: dict[str, int], *, remove: bool, verify: bool
    ) -> None:
        self._root, self._place, self._files = root, place, files
        self._remove, self._verify = remove, verify
        self._log = entries(root.path)
        self.done = Sent()

    def all(self) -> None:
        """Every closed file of the root's own folder."""
        folder = self._root.warc
        paths = sorted(folder.glob("*.warc.gz"))
        self.done.left_open = sorted(
            path.name.removesuffix(OPEN) for path in folder.glob(f"*{OPEN}")
        )
        sizes = [path.stat().st_size for path in paths]
        with click.progressbar(length=sum(sizes), label="offload", file=sys.stderr) as bar:
            for path, size in zip(paths, sizes, strict=True):
                try:
                    self._file(path, size)
                except RecordDamaged as error:
                    self.done.wrong.append(f"{error}; it stays here")
                bar.update(size)

    def _file(self, path: Path, size: int) -> None:
        expected = manifests.told(path)
        if expected is None:
            raise RecordDamaged(f"{path} has no manifest: nothing says what it is to be")
        is_proven = self._has(path, size, expected)
        if is_proven is None:
            self._send(path, size, expected)
            is_proven = True
        else:
            self.done.present += 1
            self.done.proven += is_proven
        if self._remove and is_proven:
            # What was read back may lie under the mount point of a disk that went meanwhile.
            require_marked(self._place, self._root.path)
            self._leave(path)

    def _has(self, path: Path, size: int, expected: str) -> bool | None:
        """Whether the place has a file: None if not, True if it was read back now."""
        name = path.name
        said = manifest_at(self._place, name) if name in self._files else None
        if said not in (None, expected) and not leads(self._log, name, said, expected):
            raise RecordDamaged(
                f"{self._place.address}/{name} is another file than {path}, as its manifest says, "
                "and such a file never changes; find out which is right (archive fsck), and move "
                "the other away"
            )
        if said != expected or self._files[name] != size:
            return None
        if not (self._remove or self._verify):
            return False
        if proven(self._place, name, expected):
            return True
        self.done.wrong.append(
            f"{self._place.address}/{name} was damaged: what it gave back has not the SHA-256 of "
            "its manifest; it is sent again"
        )
        return None

    def _send(self, path: Path, size: int, expected: str) -> None:
        """Send a file that is whole, read it back, and say there that it is proven."""
        if manifests.digest(path) != expected:
            raise RecordDamaged(
                f"{path} is not what its manifest says; restore it from a backup (archive fsck)"
            )
        try:
            self._place.send(path, path.name)
        except FileNotFoundError as error:
            raise RecordDamaged(f"{path} cannot be sent: {error}") from error
        if not proven(self._place, path.name, expected):
            raise WriteFailed(
                f"{self._place.address}/{path.name} reads back otherwise than it was sent; the "
                "store is failing, or somebody writes there; call this again, or take another"
            )
        put_manifest(self._place, path.name, expected)
        self.done.sent += 1
        self.done.size += size

    def _leave(self, path: Path) -> None:
        """Remove a file here; its manifest stays, and says what the place must give back."""
        try:
            path.unlink()
            disk.sync(path.parent)
        except OSError as error:
            raise WriteFailed(f"{path} cannot be removed ({error.strerror})") from error
        self.done.removed += 1

    def others(self) -> None:
        """Read back what lies there alone."""
        here = {path.name for path in self._root.warc.glob("*.warc.gz")}
        for name in sorted(self._files):
            if not name.endswith(".warc.gz") or name in here:
                continue
            expected = manifests.told(self._root.warc / name) or manifest_at(self._place, name)
            if expected is not None and proven(self._place, name, expected):
                self.done.present += 1
                self.done.proven += 1
                continue
            why = "has no manifest, here or there" if expected is None else "is damaged"
            self.done.wrong.append(
                f"{self._place.address}/{name} {why}, and the root has it no more; restore it "
                "from a backup"
            )
