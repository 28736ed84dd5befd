"""The WARC files of a root: which there are, in `warc/` and elsewhere, and what manifests say."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ..entering import run_of
from ..errors import RecordDamaged
from ..manifests import SUFFIX, manifest_of, told
from ..member import Record, read_member
from ..recovery import TORN
from ..warc import read_record
from ..warcfile import OPEN
from ..warcs import Lying, Warcs
from .digesting import DigestingFile
from .kinds import Finding

_WARC = ".warc.gz"
_PARTIAL = ".partial"


@dataclass(frozen=True, slots=True)
class Warc:
    """A WARC file.

    Attributes:
        path: As it lies on the disk; one that lies elsewhere, as it would.
        name: Its final name, by which the ledger knows it.
        run: The run that wrote it; "" of a file that no run of ours did.
        is_open: Whether it is still written, or was left so.
        lying: Where it lies, if that is another place than the root's own folder.
    """

    path: Path
    name: str
    run: str
    is_open: bool
    lying: Lying | None = None

    @property
    def at(self) -> str:
        """Where it lies, to be said after what is wrong with it; "" in the root itself."""
        return f" (at {self.lying.address})" if self.lying else ""

    @property
    def size(self) -> int:
        """Bytes of the file, which may have been renamed meanwhile."""
        if self.lying:
            return self.lying.size
        try:
            return self.path.stat().st_size
        except FileNotFoundError:
            return 0

    def opened(self) -> DigestingFile:
        """The file, to be read from its beginning.

        Raises:
            OSError, RecordDamaged: It cannot be opened.
            StoreUnreachable: It lies in another place, which does not answer.
        """
        if self.lying:
            return DigestingFile(self.lying.open())
        for path in (self.path, self.path.with_name(self.name)):
            # A crawl at work may have closed the file, and so renamed it, meanwhile.
            with contextlib.suppress(FileNotFoundError):
                return DigestingFile(path)
        # It may have been moved to another place meanwhile.
        moved = Warcs(self.path.parent).others().get(self.name)
        if moved is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(self.path))
        return DigestingFile(moved.open())

    def record(self, offset: int) -> Record:
        """The record that begins at a byte.

        Raises:
            RecordDamaged: No whole record stands there.
            StoreUnreachable: The file lies in another place, which does not answer.
        """
        if self.lying:
            with Warcs(self.path.parent, (self.lying.address,)).open(self.name, offset) as handle:
                return read_member(handle, offset, self.name)
        return read_record(self.path, offset)


def listed(places: Warcs) -> tuple[list[Warc], list[Path]]:
    """The WARC files of a root, and what else is in its folder, in order of their names.

    Raises:
        StoreUnreachable: Another place of the root does not answer.
    """
    warcs, others, folder = [], [], places.folder
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        name = path.name.removesuffix(OPEN)
        if path.is_file() and name.endswith(_WARC):
            warcs.append(Warc(path, name, run_of(name) or "", path.name != name))
        else:
            others.append(path)
    for name, lying in places.others().items():
        warcs.append(Warc(folder / name, name, run_of(name) or "", False, lying))
    return sorted(warcs, key=lambda warc: warc.path), others


def beside(others: Iterable[Path], at_work: bool) -> tuple[set[str], list[Finding]]:
    """What lies in the folder beside WARC files.

    Args:
        others: Its paths.
        at_work: Whether a crawl writes there, which has files of passing names.

    Returns:
        Names of WARC files that a manifest tells of and that are not there; and findings.
    """
    lost, findings = set(), []
    for path in others:
        called = path.name.removesuffix(_PARTIAL)
        name = called.removesuffix(SUFFIX)
        if called.endswith(_WARC + TORN) and path.is_file():
            what = f"{path.stat().st_size} bytes that followed a hole in a file, cut off it"
            findings.append(Finding("file_torn", _called(path), what))
        elif not called.endswith(_WARC + SUFFIX) or not path.is_file():
            what = "the archive knows no such file"
            findings.append(Finding("file_foreign", _called(path), what))
        elif path.name != called:
            if not at_work:
                what = "the file's closing was broken off"
                findings.append(Finding("file_unfinished", _called(path), what))
        elif not path.with_name(name).exists():
            lost.add(name)
    return lost, findings


def against_manifest(warc: Warc, sha256: str) -> Iterator[Finding]:
    """Compare a closed file's digest with its manifest, which is read only now.

    A crawl at work may have closed the file a moment ago: the manifest follows.
    """
    path = warc.path.with_name(warc.name)
    called = f"warc/{manifest_of(path).name}"
    try:
        said = told(path)
        beside = warc.lying.told() if warc.lying else said
    except RecordDamaged:
        yield Finding(
            "manifest_wrong", called, f"it is not one line as sha256sum writes it{warc.at}"
        )
        return
    if beside is None:
        yield Finding("manifest_missing", f"warc/{warc.name}", f"there is no {called}{warc.at}")
    elif said is not None and beside != said:
        what = f"the one beside the file says {beside}, the root's own says {said}{warc.at}"
        yield Finding("manifest_wrong", called, what)
    expected = said or beside
    if expected not in (None, sha256):
        what = f"its SHA-256 is {sha256}, and its manifest says {expected}{warc.at}"
        yield Finding("file_changed", f"warc/{warc.name}", what)


def _called(path: Path) -> str:
    return f"warc/{path.name}"
