"""The files of a release for those who take all of it: names, sizes, digests, what each is."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path

from archive.release.files.words import FILES

_SUMS = "SHA256SUMS"


@dataclass(frozen=True, slots=True)
class WholeFile:
    """A file of a release.

    Attributes:
        name: Its path in the release.
        size: Bytes.
        sha256: Digest, in hex digits.
        text: What it is, in Chinese; "" if nothing says so.
    """

    name: str
    size: int
    sha256: str
    text: str

    @property
    def folder(self) -> str:
        """The folder that it is in, or ""."""
        return self.name.rpartition("/")[0]

    @property
    def is_part(self) -> bool:
        """Whether it is one of many files that are one table."""
        return self.name.count("/") > 1


@dataclass(frozen=True, slots=True)
class PartedTable:
    """A folder whose files are one table.

    Attributes:
        name: Its path in the release.
        files: How many files are in it.
        size: Bytes of all of them.
        text: What the table is, in Chinese.
    """

    name: str
    files: int
    size: int
    text: str


def parted_tables(files: Iterable[WholeFile]) -> list[PartedTable]:
    """The tables that lie in parts, of a release's files."""
    parts = (each for each in files if each.is_part)
    found = []
    for folder, some in groupby(parts, key=lambda each: each.folder):
        own = list(some)
        found.append(PartedTable(folder, len(own), sum(each.size for each in own), own[0].text))
    return found


@lru_cache(maxsize=4)
def whole_files(folder: Path) -> tuple[WholeFile, ...]:
    """The files that SHA256SUMS names and that list itself; () where there is no such list."""
    try:
        sums = (folder / _SUMS).read_bytes()
    except FileNotFoundError:
        return ()
    titles = _titles(folder)
    found = []
    for line in sums.decode("utf-8").splitlines():
        digest, _, name = line.partition("  ")
        path = folder / name
        # A release does not change; but a list that somebody else wrote must not lead out.
        if path.is_file() and path.resolve().is_relative_to(folder.resolve()):
            text = FILES.get(name) or titles.get(name, "")
            found.append(WholeFile(name, path.stat().st_size, digest, text))
    own = WholeFile(_SUMS, len(sums), hashlib.sha256(sums).hexdigest(), FILES[_SUMS])
    order = list(FILES)
    return tuple(
        sorted(
            (*found, own),
            key=lambda each: (each.folder, order.index(each.name) if each.name in order else 99,
                              each.name),
        )
    )  # fmt: skip


def _titles(folder: Path) -> dict[str, str]:
    """Titles of the tables, from datapackage.json."""
    try:
        package = json.loads((folder / "datapackage.json").read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    titles: dict[str, str] = {}
    for each in package.get("resources", ()):
        paths = each["path"] if isinstance(each["path"], list) else [each["path"]]
        titles |= dict.fromkeys(paths, each.get("title", ""))
    return titles
