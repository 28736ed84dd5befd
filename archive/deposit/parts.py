"""The files of a deposit, flat: a repository's record has no folders."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..manifest import FILES
from ..release.files.words import FILES as SAID
from ..release.sums import SUMS, sha256_of
from . import packing

#: A text.db beyond this is compressed, to a fifth or so: it is downloaded more often than it is
#: opened. nianbao.db never is: it has 1 KB a report, and should open right from the record.
LARGE = 100_000_000
_SQLITE, _ZIP = "application/vnd.sqlite3", "application/zip"
_MEDIA = {
    ".db": _SQLITE,
    ".gz": "application/gzip",
    ".zip": _ZIP,
    ".csv": "text/csv",
    ".md": "text/markdown",
    ".html": "text/html",
    ".json": "application/json",
    ".cff": "application/yaml",
    ".wacz": "application/wacz",
    "": "text/plain",
}
_AS_THEY_ARE = (
    FILES[0],
    "dictionary.csv",
    "parts.json",
    "CHANGES.md",
    "index.html",
    "manifest.json",
)
#: Release's folder → the ZIP of its files, and what it is.
_TABLES = {
    "csv": (
        "tables-csv.zip",
        "CSV（UTF-8，Excel 可直接打开）",
        "all tables as CSV (UTF-8 with BOM)",
    ),
    "parquet": ("tables-parquet.zip", "Parquet：同样的表", "the same tables as Parquet"),
}
_ENGLISH = {
    "nianbao.db": "SQLite: reports, versions, figures, findings, sources, coverage, codebook",
    "text.db": "SQLite: texts of the chapters, raw legacy tables, place of each figure",
    "dictionary.csv": "data dictionary: each column of each file",
    "parts.json": "parts that large tables lie in: bounds, rows, digests",
    "CHANGES.md": "what changed since the release before",
    "index.html": "methods, dictionary, coverage, licence; needs no network",
    "manifest.json": "name, content hash and totals of the release",
}


@dataclass(frozen=True, slots=True)
class Part:
    """A file of a deposit.

    Attributes:
        name: Its name.
        text: What it is, in Chinese.
        text_en: The same in English.
        size: Bytes.
        sha256: Its digest.
        unpacked: Bytes of what is in it, if it is compressed; else its own.
    """

    name: str
    text: str
    text_en: str
    size: int
    sha256: str
    unpacked: int

    @property
    def media(self) -> str:
        """Its media type."""
        return _MEDIA[Path(self.name).suffix]


def part(folder: Path, name: str, text: str, text_en: str, unpacked: int | None = None) -> Part:
    """Describe a file that was written."""
    size = (folder / name).stat().st_size
    whole = size if unpacked is None else unpacked
    return Part(name, text, text_en, size, sha256_of(folder / name), whole)


def write_data(
    release: Path, to: Path, *, with_text: bool = True, large: int = LARGE
) -> Iterator[Part]:
    """Write databases and tables of a release.

    Args:
        release: The release's folder, verified.
        to: The folder of the deposit's files.
        with_text: Whether text.db goes with them.
        large: A text.db of more bytes is compressed.

    Raises:
        ReleaseDamaged: A file is not what it was a moment ago.
        OSError: The disk does not take it.
    """
    digests = listed(release)
    for name in (name for name in _AS_THEY_ARE if name in digests):
        packing.copy(release / name, to / name, digests[name])
        yield part(to, name, SAID[name], _ENGLISH[name])
    if with_text:
        yield _text(release, to, digests, large)
    unpacked = dict(digests)
    for folder, (name, text, text_en) in _TABLES.items():
        inside = sorted(path for path in digests if path.startswith(f"{folder}/"))
        more = _package(release, folder, inside)
        packing.zip_files(release, inside, to / name, digests, more)
        size = sum((release / path).stat().st_size for path in inside)
        size += sum(len(each.encode()) for each in more.values())
        yield part(to, name, text, text_en, size)
    kept = {*_AS_THEY_ARE, *(path for path in unpacked if "/" in path)}
    kept |= {FILES[1]} if with_text else set()
    lines = [f"{digest}  {path}\n" for path, digest in digests.items() if path in kept]
    (to / UNPACKED).write_text("".join(lines), "utf-8")
    yield part(
        to, UNPACKED, "解压后各文件的 SHA-256，与发布所列相同",
        "SHA-256 of the files after unpacking, as the release lists them",
    )  # fmt: skip


#: Digests of what is in the ZIPs and in text.db.gz.
UNPACKED = "SHA256SUMS-unpacked"


def listed(release: Path) -> dict[str, str]:
    """Path → SHA-256, as a release that was verified lists it."""
    lines = (release / SUMS).read_text("utf-8").splitlines()
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines)}


def _text(release: Path, to: Path, digests: Mapping[str, str], large: int) -> Part:
    name = FILES[1]
    size = (release / name).stat().st_size
    text, text_en = SAID[name], _ENGLISH[name]
    if size <= large:
        packing.copy(release / name, to / name, digests[name])
        return part(to, name, text, text_en)
    packing.compress(release / name, to / f"{name}.gz", digests[name])
    return part(to, f"{name}.gz", f"{text}（gzip，先解压）", f"{text_en} (gzip)", size)


def _within(path: str | list[str], folder: str) -> str | list[str]:
    """A path, or those of a table's parts, as they are in a folder."""
    if isinstance(path, str):
        return path.removeprefix(f"{folder}/")
    return [each.removeprefix(f"{folder}/") for each in path]


def _package(release: Path, folder: str, inside: Sequence[str]) -> dict[str, str]:
    """datapackage.json of the tables in a ZIP, its paths as they are after unpacking."""
    try:
        package: dict[str, Any] = json.loads((release / "datapackage.json").read_text("utf-8"))
    except FileNotFoundError:
        return {}
    known = set(inside)
    package["resources"] = [
        {**each, "path": _within(each["path"], folder)}
        for each in package["resources"]
        if not known.isdisjoint([each["path"]] if isinstance(each["path"], str) else each["path"])
    ]
    for each in package["resources"]:
        for own in each.get("parts", ()):
            own["path"] = _within(own["path"], folder)
    text = json.dumps(package, ensure_ascii=False, indent=1)
    return {f"{folder}/datapackage.json": f"{text}\n"}
