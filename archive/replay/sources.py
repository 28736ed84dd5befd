"""Which documents of the current release an export is about."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..deletion.log import FILE as DELETIONS
from ..deletion.log import deleted
from ..errors import DatabaseDamaged, SelectionRefused
from ..manifest import FILES, require_release
from ..root import DataRoot

_COLUMNS = (
    "SELECT s.version_id, v.report_id, r.agency, r.year, coalesce(v.title, v.title_derived) "
    "AS title, s.url, s.sha256, s.record_id, s.captured_at, s.portal, s.role, s.listing "
    "FROM sources s JOIN versions v USING (version_id) JOIN reports r USING (report_id) "
)
_ORDER = " ORDER BY s.version_id, s.captured_at, s.url, s.sha256"
#: Names that an error lists.
_MOST = 20


@dataclass(frozen=True, slots=True)
class Source:
    """One document behind a version: a row of the release's `sources`, and whose it is."""

    version_id: str
    report_id: str
    agency: str
    year: int
    title: str | None
    url: str
    sha256: str
    record_id: str
    captured_at: str
    portal: str
    role: str
    listing: str | None


def release_of(root: DataRoot) -> tuple[Path, dict[str, Any]]:
    """Folder and manifest of the current release; a build may switch to another meanwhile.

    Raises:
        RootRefused: The folder is no data root.
        ReleaseMissing: It has no release.
    """
    root.require()
    folder = require_release(root)
    manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text("utf-8"))
    return folder, manifest


@contextlib.contextmanager
def open_release(folder: Path) -> Iterator[sqlite3.Connection]:
    """Both databases of a release, to read alone; `text.db` bears the name `text`.

    Raises:
        DatabaseDamaged: A query of the block cannot be answered by them.
    """
    # A release never changes, and its folder may be one that nobody can write into.
    paths = [f"{(folder / name).absolute().as_uri()}?mode=ro&immutable=1" for name in FILES]
    with contextlib.closing(sqlite3.connect(paths[0], uri=True)) as db:
        try:
            db.execute("ATTACH ? AS text", (paths[1],))
            yield db
        except sqlite3.DatabaseError as error:
            raise DatabaseDamaged(
                f"{folder} cannot be read ({error}): it is damaged, or another version of "
                "nianbao built it; `make build` makes a release anew"
            ) from error


def of_portal(db: sqlite3.Connection, portal: str, year: int) -> list[Source]:
    """The documents that a portal gave for the reports of a year, superseded versions too.

    Raises:
        SelectionRefused: The release has none; the message names what it has.
    """
    found = _sources(db, "WHERE s.portal = ? AND r.year = ?", portal, year)
    if found:
        return found
    years = _years(db, portal)
    if years:
        raise SelectionRefused(
            f"portal {portal} gave no report of {year}; it gave reports of "
            f"{', '.join(map(str, years))}"
        )
    known = [row[0] for row in db.execute("SELECT DISTINCT portal FROM sources ORDER BY portal")]
    more = f" and {len(known) - _MOST} more" if len(known) > _MOST else ""
    raise SelectionRefused(
        f"no portal {portal} gave a report of this release; portals that did: "
        f"{', '.join(known[:_MOST]) or 'none'}{more}"
    )


def still_here(root: DataRoot, found: Iterable[Source]) -> list[Source]:
    """Those documents that were not deleted by decision since the release was built.

    Raises:
        SelectionRefused: All of them were.
        RecordDamaged: The log of deletions cannot be read.
    """
    gone = deleted(root.path)
    left = [source for source in found if source.record_id not in gone]
    if gone and not left:
        raise SelectionRefused(f"{root.path / DELETIONS}: what is asked for was deleted")
    return left


def _years(db: sqlite3.Connection, portal: str) -> list[int]:
    sql = (
        "SELECT DISTINCT r.year FROM sources s JOIN versions v USING (version_id) "
        "JOIN reports r USING (report_id) WHERE s.portal = ? ORDER BY r.year"
    )
    return [row[0] for row in db.execute(sql, (portal,))]


def of_versions(db: sqlite3.Connection, versions: Iterable[str]) -> list[Source]:
    """The documents behind versions, whichever portal gave them."""
    return [
        source
        for version in sorted(set(versions))
        for source in _sources(db, "WHERE s.version_id = ?", version)
    ]


def _sources(db: sqlite3.Connection, where: str, *parameters: object) -> list[Source]:
    return [Source(*row) for row in db.execute(f"{_COLUMNS}{where}{_ORDER}", parameters)]
