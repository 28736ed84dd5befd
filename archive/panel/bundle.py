"""A panel as one ZIP: its data, codebook, statement, citation. The same asked, the same bytes."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from ..errors import SelectionRefused
from ..manifest import FILES, reading
from ..release.shelf import manifest_of
from ..release.sums import sha256_of
from . import telling
from .codebook import write_codebook
from .formats import FORMATS
from .frame import Size, require_rows
from .rows import batches
from .selection import Selection
from .spool import Spool
from .statement import statement

#: Bytes in the ZIP of each format: of its heading, and of a row, both rounded up from
#: measures of the demo and of a synthetic country.
_HEADING = {"csv": 5_000, "dta": 15_000, "parquet": 350_000}
_ROW = {"csv": 150, "dta": 150, "parquet": 180}
#: Bytes of the other files.
_BESIDES = 30_000
_NO_TIME = (1980, 1, 1, 0, 0, 0)
#: Deflate's own middle: twice as fast as the default level for a tenth more bytes.
_LEVEL = 4


@dataclass(frozen=True, slots=True)
class Bundle:
    """A panel that was made.

    Attributes:
        size: How many rows it has.
        bytes: Of the ZIP.
        files: Its files, in their order.
    """

    size: Size
    bytes: int
    files: tuple[str, ...]


def write_bundle(
    release: Path,
    asked: Selection,
    out: BinaryIO,
    formats: Sequence[str] = tuple(FORMATS),
    *,
    address: str = "",
    within: Path | None = None,
) -> Bundle:
    """Write a panel as a ZIP.

    Args:
        release: Folder of the release.
        asked: Which rows.
        out: Where the ZIP goes.
        formats: Which of `csv`, `dta`, `parquet`.
        address: Where the release was found, for its citation.
        within: Folder for the files on their way; default: the system's.

    Raises:
        SelectionRefused: The release has no such rows, or there is no such format.
        OSError: The disk does not take it.
    """
    unknown = [name for name in formats if name not in FORMATS]
    if unknown or not formats:
        raise SelectionRefused(f"no format {unknown}; there are {', '.join(FORMATS)}")
    manifest = manifest_of(release)
    with tempfile.TemporaryDirectory(prefix="nianbao-panel-", dir=within) as name:
        folder = Path(name)
        with reading(release / FILES[0]) as db:
            found = _write(db, asked, formats, folder, (manifest, address))
        names = _names(formats)
        with ZipFile(out, "w") as archive:
            for each in names:
                _put(archive, folder / each)
        return Bundle(found, out.tell(), names)


def estimate(rows: int, formats: Sequence[str]) -> int:
    """About how many bytes the ZIP of a panel will have."""
    return _BESIDES + sum(_HEADING[name] + rows * _ROW[name] for name in formats)


def _names(formats: Sequence[str]) -> tuple[str, ...]:
    data = tuple(f"panel.{name}" for name in FORMATS if name in formats)
    return ("README.txt", *data, *_OTHERS)


_OTHERS = ("codebook.csv", "query.sql", "selection.json", "CITATION.txt")


def _write(
    db: sqlite3.Connection,
    asked: Selection,
    formats: Sequence[str],
    folder: Path,
    of: tuple[dict[str, Any], str],
) -> Size:
    """Write all files into a folder; `of` is the release's manifest and address."""
    found, manifest = require_rows(db, asked), of[0]
    spool = Spool(folder / "rows")
    spool.fill(batches(db, asked))
    about = telling.about(asked, found, *of)
    for name in FORMATS:
        if name in formats:
            FORMATS[name](folder / f"panel.{name}", spool, about)
    write_codebook(folder / "codebook.csv", spool)
    texts = {
        "query.sql": statement(asked, str(manifest.get("release", ""))),
        "selection.json": telling.selection_json(asked, found, manifest),
        "CITATION.txt": f"{telling.cite(*of).gbt}\n\n{telling.cite(*of).bibtex}\n",
    }
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    digests = {name: sha256_of(folder / name) for name in _names(formats)[1:]}
    readme = telling.readme(asked, found, manifest, digests, of[1])
    # Editors of Windows take a text without the mark for one in the system's own code.
    (folder / "README.txt").write_text("\ufeff" + readme, "utf-8", newline="\r\n")
    return found


def _put(archive: ZipFile, path: Path) -> None:
    """Put a file in under its name, without a time."""
    info = ZipInfo(path.name, _NO_TIME)
    info.create_system, info.external_attr = 3, 0o644 << 16
    # Parquet is compressed already.
    info.compress_type = ZIP_STORED if path.suffix == ".parquet" else ZIP_DEFLATED
    info._compresslevel = _LEVEL  # type: ignore[attr-defined]  # `open` has no argument for it
    info.file_size = path.stat().st_size
    with path.open("rb") as source, archive.open(info, "w") as target:
        shutil.copyfileobj(source, target, 1 << 20)
