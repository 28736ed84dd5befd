"""The files of a release beside its databases, all made from these two."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from ...manifest import FILES, reading
from ..contents import Contents
from ..looking import Early
from ..steps import step
from ..sums import digests_of
from . import changes, citation, dictionary, package, partlist
from .credits import by_hand, credited
from .divided import Sources, is_large, write_divided
from .forms import Wide, wide_forms, wide_forms_upon
from .page import summary_of, write_page
from .pieces import tables_of
from .writing import Written, write_table

__all__ = ["write_files", "write_tables"]


def write_files(
    folder: Path,
    manifest: dict[str, Any],
    before: Path | None,
    contents: Contents | None = None,
    processes: int | None = None,
    early: Early | None = None,
) -> dict[str, str]:
    """Write all files of a release but its manifest and SHA256SUMS.

    Args:
        folder: The release's folder, with both databases.
        manifest: What the release says of itself.
        before: Folder of the release that it follows; None if it is the first.
        contents: By what the parts of the release are known: files of a large one that were
            made from the same in the one before are taken over.
        processes: How many processes write those of a large release; as many as there are cores
            if None.
        early: What was found out of the databases while they were written.

    Returns:
        SHA-256 of files that were read for it, by path.

    Raises:
        OSError: The disk does not take them.
    """
    with (
        reading(folder / FILES[0], text=folder / FILES[1]) as db,
        ThreadPoolExecutor(1) as beside,
    ):
        # Of a country, SQLite counts its forms while it looks for what changed.
        upon = contents.upon if contents else None
        written = upon.reports if upon else None
        forms = beside.submit(_forms, folder, before, written)
        summary = beside.submit(summary_of, folder)  # asked while the tables are written
        with step("changes"):
            found = changes.sections(folder, manifest, before, written)
            found += by_hand(db, before)
        changes.write_changes(folder, manifest, found)
        citation.write_citation(folder, manifest, credited(db))
        others = (*FILES, changes.NAME, citation.NAME)
        made = Sources(folder, before, contents, processes)
        with step("files"):
            tables, digests = _write(folder, manifest, db, others, made, forms.result(), early)
        write_page(folder, manifest, tables, found, summary.result(), db)
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
        _write(folder, manifest, db, (), Sources(release), wide_forms(db))


def _forms(release: Path, before: Path | None, written: Collection[str] | None) -> list[Wide]:
    with reading(release / FILES[0], text=release / FILES[1]) as db:
        if before and written is not None:
            return wide_forms_upon(db, before, written) or wide_forms(db)
        return wide_forms(db)


def _write(
    folder: Path,
    manifest: dict[str, Any],
    db: sqlite3.Connection,
    others: tuple[str, ...],
    made: Sources,
    forms: list[Wide],
    early: Early | None = None,
) -> tuple[list[Written], dict[str, str]]:
    """Write tables, dictionary and package; `others` are files that the package names, too."""
    # While tables are written, the others are read.
    with ThreadPoolExecutor(1) as beside:
        known = beside.submit(_digests, folder, others, early)
        if is_large(db):
            written, digests = write_divided(folder, db, forms, made)
            others = (*others, partlist.NAME)
        else:
            written = [write_table(folder, table) for table in tables_of(db, forms)]
            digests = {}
        digests |= known.result()
    dictionary.write_dictionary(folder, written, db)
    names = [*others, dictionary.NAME, *(path for each in written for path in each.files)]
    digests |= digests_of(folder, [name for name in names if name not in digests])
    digests = {name: digests[name] for name in names}
    package.write_package(folder, manifest, written, digests, credited(db))
    return written, digests


def _digests(folder: Path, names: Collection[str], early: Early | None) -> dict[str, str]:
    """SHA-256 of files, of which some may be known."""
    told = {name: early.digest(folder / name) if early else None for name in names}
    known = {name: digest for name, digest in told.items() if digest}
    return known | digests_of(folder, [name for name in names if name not in known])
