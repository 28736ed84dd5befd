"""A teaching subset as one ZIP that is read like a release. The same release, the same bytes."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from ..contenthash import VERSION, content_hash
from ..errors import ReleaseMissing, SelectionRefused
from ..manifest import FILES, reading
from ..panel.bundle import write_bundle
from ..panel.selection import Selection
from ..release.files import write_tables
from ..release.files.citation import write_citation
from ..release.shelf import manifest_of
from ..release.sums import write_sums
from ..replay.files import whole_file
from . import telling
from .choosing import choose
from .cutting import cut

#: Bytes of the ZIP, at most: what goes out as an attachment, and opens on any machine.
LIMIT = 2_000_000
_NO_TIME = (1980, 1, 1, 0, 0, 0)
#: What a class does with the subset lies beside it; a copy of the code without them has none.
_EXAMPLES = Path(__file__).resolve().parent.parent.parent / "examples"
#: Files of a panel that are there already, or say the same of the whole.
_OF_PANEL = ("panel.dta", "codebook.csv", "query.sql", "README.txt")


@dataclass(frozen=True, slots=True)
class Made:
    """A subset that was made.

    Attributes:
        reports: How many reports it has.
        of: How many the release has.
        agencies: How many agencies it has.
        bytes: Of the ZIP.
    """

    reports: int
    of: int
    agencies: int
    bytes: int


def write_subset(release: Path, out: Path, most: int) -> Made:
    """Write a teaching subset of a release.

    Args:
        release: The release's folder.
        out: The ZIP.
        most: How many versions of reports at most; fewer where the ZIP would not fit `LIMIT`.

    Raises:
        SelectionRefused: The release has no report, or not one agency fits.
        ReleaseMissing: It is a subset already.
        WriteFailed: The disk does not take it.
    """
    manifest = manifest_of(release)
    if "teaching" in manifest:
        raise ReleaseMissing(f"{release} is a teaching subset; give the data root of a release")
    with whole_file(out) as partial:
        room = most
        while room:
            with tempfile.TemporaryDirectory(prefix="nianbao-teaching-", dir=out.parent) as name:
                made = _write(release, manifest, Path(name), partial, room)
            if made.bytes <= LIMIT:
                return made
            room = room * 3 // 4
        raise SelectionRefused(f"no agency of {release} fits into {LIMIT} bytes")


def _write(release: Path, manifest: Mapping[str, Any], folder: Path, out: Path, most: int) -> Made:
    with reading(release / FILES[0]) as db:
        agencies = choose(db, most)
        (of,) = db.execute("SELECT count(*) FROM reports").fetchone()
        (reports,) = db.execute(
            "SELECT count(*) FROM reports WHERE agency_id IN (SELECT value FROM json_each(?))",
            (json.dumps(agencies),),
        ).fetchone()
    if not reports:
        raise SelectionRefused(f"{release} has no agency of {most} reports or fewer to choose")
    words = telling.Words(str(manifest["release"]), reports, of, len(agencies))
    cut(release, folder, agencies, words.rows())
    _beside(folder, telling.manifest(manifest, words, folder), words)
    return Made(reports, of, len(agencies), _zip(folder, out, words.name))


def _beside(folder: Path, manifest: dict[str, Any], words: telling.Words) -> None:
    """Write what lies beside the databases."""
    manifest["content_hash"] = content_hash(*(folder / name for name in FILES))
    manifest["content_hash_version"] = VERSION
    (folder / "manifest.json").write_text(
        json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", "utf-8"
    )
    write_tables(folder, manifest, folder)
    # A class opens CSV: the same rows as Parquet, and their description for machines, are
    # half as large again and in every release.
    shutil.rmtree(folder / "parquet")
    (folder / "datapackage.json").unlink()
    _panel(folder)
    write_citation(folder, manifest)
    _named(folder / "CITATION.cff", words)
    (folder / "README.txt").write_text("\ufeff" + words.readme(manifest), "utf-8", newline="\r\n")
    if _EXAMPLES.is_dir():
        shutil.copytree(
            _EXAMPLES, folder / "examples", ignore=shutil.ignore_patterns(".*", "__pycache__")
        )
    write_sums(folder)


def _panel(folder: Path) -> None:
    with tempfile.TemporaryFile() as file:
        write_bundle(folder, Selection(), file, ("dta",))
        with ZipFile(file) as archive:
            for name in _OF_PANEL:
                archive.extract(name, folder / "panel")


def _named(path: Path, words: telling.Words) -> None:
    """Say in the title of CITATION.cff that it is a subset."""
    lines = path.read_text("utf-8").splitlines(keepends=True)
    told = [
        line.rstrip()[:-1] + f'{words.title}"\n' if line.startswith("title: ") else line
        for line in lines
    ]
    path.write_text("".join(told), "utf-8")


def _zip(folder: Path, out: Path, name: str) -> int:
    with ZipFile(out, "w") as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                info = ZipInfo(f"{name}/{path.relative_to(folder).as_posix()}", _NO_TIME)
                info.create_system, info.external_attr = 3, 0o644 << 16
                info.compress_type = ZIP_DEFLATED
                archive.writestr(info, path.read_bytes(), compresslevel=9)
    return out.stat().st_size
