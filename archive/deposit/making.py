"""A deposit, made in one step: files for the record, metadata for its form, a report of sizes."""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import disk
from ..elsewhere.place import is_address
from ..errors import WriteFailed
from ..release.files.citation import NAME as CITATION
from ..release.sums import SUMS
from ..root import DataRoot
from . import describing, papers, sizes
from .datacite import datacite
from .dataverse import dataverse
from .facts import Facts, facts_of
from .originals import write_originals
from .parts import Part, part, write_data
from .zenodo import zenodo

#: Where in a deposit what is for the record, and what its form is filled in with.
FILES, METADATA = "files", "metadata"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a deposit is to hold.

    Attributes:
        text: text.db, with texts and places.
        originals: The archived pages, unmasked.
    """

    text: bool = True
    originals: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """A deposit that was made.

    Attributes:
        facts: What it says of its release.
        parts: Its files.
    """

    facts: Facts
    parts: tuple[Part, ...]


def write_deposit(root: DataRoot, release: Path, out: Path, wanted: Wanted | None = None) -> Made:
    """Write a deposit. The same release, operator, DOIs and wishes: the same bytes.

    Args:
        root: The data root.
        release: The release's folder, as `choosing.choose` gives it.
        out: A folder that is not there yet, or empty; it comes into being all at once.
        wanted: What it is to hold.

    Raises:
        WriteFailed: The folder is not empty or lies among releases or records, or the disk does
            not take it.
        ReleaseDamaged: The release changed meanwhile.
        RecordDamaged: A record is not what the ledger says.
    """
    wanted = wanted or Wanted()
    _require_free(root, out)
    with _whole(out) as partial:
        for name in (FILES, METADATA):
            (partial / name).mkdir()
        facts = facts_of(root, release)
        parts = _write_files(root, release, facts, partial / FILES, wanted)
        _write(partial / METADATA / "datacite.json", datacite(facts, parts))
        _write(partial / METADATA / "zenodo.json", zenodo(facts))
        _write(partial / METADATA / "dataverse.json", dataverse(facts))
        report = sizes.sizes(facts, parts, has_originals=wanted.originals, has_text=wanted.text)
        (partial / sizes.NAME).write_text(report, "utf-8")
    return Made(facts, tuple(parts))


def _write_files(
    root: DataRoot, release: Path, facts: Facts, to: Path, wanted: Wanted
) -> list[Part]:
    parts = list(write_data(release, to, with_text=wanted.text))
    if wanted.originals:
        parts += write_originals(root, release, facts.manifest, to)
    texts = {
        papers.README: papers.readme(facts, parts, has_originals=wanted.originals),
        papers.LICENSE: papers.license_text(facts),
        CITATION: papers.citation(facts, release),
    }
    said = {
        papers.README: ("说明：先看这里", "read this first"),
        papers.LICENSE: ("许可", "licence"),
        CITATION: ("引用信息", "citation for programs"),
    }
    for name, text in texts.items():
        (to / name).write_text(text, "utf-8")
        parts.append(part(to, name, *said[name]))
    for name, describe, what in (
        (describing.PACKAGE, describing.package, "Frictionless Data Package"),
        (describing.CRATE, describing.crate, "RO-Crate 1.1"),
    ):
        _write(to / name, describe(facts, parts))
        parts.append(part(to, name, f"机器可读说明（{what}）", f"for machines ({what})"))
    parts.sort(key=lambda each: each.name)
    lines = [f"{each.sha256}  {each.name}\n" for each in parts]
    (to / SUMS).write_text("".join(lines), "utf-8")
    return [*parts, part(to, SUMS, "各文件的 SHA-256", "SHA-256 of the files")]


def _write(path: Path, content: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _require_free(root: DataRoot, out: Path) -> None:
    where = out.resolve()
    for taken in (root.releases, root.warc, *_folders(root)):
        if taken.resolve() in (where, *where.parents):
            raise WriteFailed(f"{out} lies in {taken}, which is the archive's own; give another")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise WriteFailed(f"{out} is there and not empty; give a new folder")


def _folders(root: DataRoot) -> list[Path]:
    """Folders of other disks where WARC files of the root lie."""
    return [Path(place) for place in root.warcs.elsewhere if not is_address(place)]


@contextlib.contextmanager
def _whole(out: Path) -> Iterator[Path]:
    """A new folder to write into; after the block it has its name, and is on the disk."""
    partial = out.with_name(out.name + ".partial")
    try:
        shutil.rmtree(partial, ignore_errors=True)
        disk.make_folder(partial)
        yield partial
        for path in sorted(partial.rglob("*")):
            disk.sync(path)
        partial.replace(out)
        disk.sync(out.parent)
    except OSError as error:
        raise WriteFailed(
            f"{out} cannot be written ({error.strerror}); make room, or give another folder"
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
