"""The files of `warc/`: which there are, and what their manifests say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ..warcfile import OPEN
from .kinds import Finding

MANIFEST = ".sha256"
_WARC = ".warc.gz"
_NAME = re.compile(r"(?P<run>.+)-\d{17}-\d{5}\.warc\.gz")
_LINE = re.compile(r"(?P<digest>[0-9a-f]{64})  (?P<name>[^\n]+)\n")


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
            ours = _NAME.fullmatch(name)
            warcs.append(Warc(path, name, ours["run"] if ours else "", path.name != name))
        else:
            others.append(path)
    return warcs, others


def run_of(name: str) -> str:
    """The run that wrote a file of this name; "" of a name that no run gives."""
    ours = _NAME.fullmatch(name)
    return ours["run"] if ours else ""


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
        name = path.name.removesuffix(MANIFEST)
        if path.name.endswith(_WARC + MANIFEST) and path.is_file():
            if not path.with_name(name).exists():
                lost.add(name)
        elif not (at_work and path.suffix in (".tmp", ".partial")):
            findings.append(
                Finding("file_foreign", _called(path), "the archive knows no such file")
            )
    return lost, findings


def against_manifest(warc: Warc, sha256: str) -> Iterator[Finding]:
    """Compare a closed file's digest with its manifest, which is read only now.

    A crawl at work may have closed the file a moment ago: the manifest follows.
    """
    path = warc.path.with_name(warc.name + MANIFEST)
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        yield Finding("manifest_missing", _called(warc.path), f"it has no manifest {path.name}")
        return
    except (OSError, UnicodeDecodeError) as error:
        yield Finding("manifest_wrong", _called(path), f"it cannot be read ({error})")
        return
    line = _LINE.fullmatch(text)
    if line is None:
        yield Finding("manifest_wrong", _called(path), "it is no line as sha256sum writes it")
    elif line["name"] != warc.name:
        yield Finding("manifest_wrong", _called(path), f"it is about {line['name']}")
    elif line["digest"] != sha256:
        what = f"its SHA-256 is {sha256}, and its manifest says {line['digest']}"
        yield Finding("file_changed", _called(warc.path), what)


def _called(path: Path) -> str:
    return f"warc/{path.name}"
