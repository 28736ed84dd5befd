"""The files of a release beside its databases, all made from these two."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from ...manifest import FILES, reading
from ..sums import sha256_of
from . import changes, citation, dictionary, package
from .credits import by_hand, credited
from .frame import frame_table
from .page import write_page
from .plain import plain_tables
from .tidy import tidy_table
from .wide import wide_forms, wide_tables
from .writing import Written, write_table

__all__ = ["write_files", "write_tables"]


def write_files(folder: Path, manifest: dict[str, Any], before: Path | None) -> dict[str, str]:
    """Write all files of a release but its manifest and SHA256SUMS.

    Args:
        folder: The release's folder, with both databases.
        manifest: What the release says of itself.
        before: Folder of the release that it follows; None if it is the first.

    Returns:
        SHA-256 of files that were read for it, by path.

    Raises:
        OSError: The disk does not take them.
    """
    with reading(folder / FILES[0], text=folder / FILES[1]) as db:
        found = changes.sections(folder, manifest, before)
        found += by_hand(db, before)
        changes.write_changes(folder, manifest, found)
        citation.write_citation(folder, manifest, credited(db))
        written, digests = _write(folder, manifest, db, (*FILES, changes.NAME, citation.NAME))
        write_page(folder, manifest, written, found, db)
    return digests


def write_tables(release: Path, manifest: dict[str, Any], folder: Path) -> None:
    """Write a release's tables, data dictionary and datapackage.json to another folder.

    Args:
        release: The release's folder.
        manifest: Its manifest.
        folder: An empty folder.

    Raises:
        OSError: The disk does not take them.
    """
    with reading(release / FILES[0], text=release / FILES[1]) as db:
        _write(folder, manifest, db, ())


def _write(
    folder: Path, manifest: dict[str, Any], db: sqlite3.Connection, others: tuple[str, ...]
) -> tuple[list[Written], dict[str, str]]:
    """Write tables, dictionary and package; `others` are files that the package names, too."""
    tables = [*wide_tables(db, wide_forms(db)), tidy_table(db), *plain_tables(db), frame_table(db)]
    written = [write_table(folder, table) for table in tables]
    dictionary.write_dictionary(folder, written, db)
    names = [*others, dictionary.NAME, *(p for each in written for p in (each.csv, each.parquet))]
    digests = {name: sha256_of(folder / name) for name in names}
    package.write_package(folder, manifest, written, digests, credited(db))
    return written, digests
