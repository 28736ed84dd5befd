"""The files of `warc/`: which there are, and what their manifests say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ..entering import run_of
from ..errors import RecordDamaged
from ..manifests import SUFFIX, manifest_of, told
from ..recovery import TORN
from ..warcfile import OPEN
from .kinds import Finding

_WARC = ".warc.gz"
_PARTIAL = ".partial"


@dataclass(frozen=True, slots=True)
class Warc:
    """A WARC file.

    Attributes:
        path: As it lies on the disk.
        name: Its final name, by which the ledger knows it.
        run: The run that wrote it; "" of a file that no run of ours did.
        is_open: Whether it is still written, or was left so.
    """

    path: Path
    name: str
    run: str
    is_open: bool


def listed(folder: Path) -> tuple[list[Warc], list[Path]]:
    """The WARC files of a folder, and what else is in it, in order of their names."""
    warcs, others = [], []
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        name = path.name.removesuffix(OPEN)
        if path.is_file() and name.endswith(_WARC):
            warcs.append(Warc(path, name, run_of(name) or "", path.name != name))
        else:
            others.append(path)
    return warcs, others


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
    except RecordDamaged:
        yield Finding("manifest_wrong", called, "it is not one line as sha256sum writes it")
        return
    if said is None:
        yield Finding("manifest_missing", f"warc/{warc.name}", f"there is no {called}")
    elif said != sha256:
        what = f"its SHA-256 is {sha256}, and its manifest says {said}"
        yield Finding("file_changed", f"warc/{warc.name}", what)


def _called(path: Path) -> str:
    return f"warc/{path.name}"
