"""Which releases that are kept still hold what is withheld now.

A release never changes, and a tagged one is kept for ever: what was decided after it was built
still stands in it. So it is not gone back to, and whoever must can take it away
(`release.removing`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..curation import folder_of, load_all
from ..errors import ReleaseRefused
from ..ledger import Ledger
from ..manifest import FILES, reading
from ..root import DataRoot
from ..twins import plain
from .decision import PAGE, SPAN, Withheld, Withholding
from .deleted import deletions

_TOLD = "SELECT what, reason, date, sha256, report_id FROM withheld WHERE what <> 'span'"
_SOURCES = "SELECT version_id, url, sha256 FROM sources ORDER BY version_id"
_UNREAD = "SELECT url, sha256 FROM unread"
_CUT = "SELECT version_id, sha256, reason, date FROM withheld WHERE what = 'span'"


@dataclass(frozen=True, slots=True)
class Held:
    """What a release still holds.

    Attributes:
        where: Id of the version, or `unread` for a document that is no report there.
        entry: The decision.
    """

    where: str
    entry: Withholding


def withheld_of(root: DataRoot) -> Withheld:
    """What is withheld in a data root, records resolved.

    Raises:
        CurationRefused: A decision by hand is not as it must be.
    """
    decided = load_all(folder_of(root.path), fiction=root.require().fiction).withheld
    withheld = decided.with_more(deletions(root))
    if not any(entry.record and not entry.sha256 for entry in withheld.entries):
        return withheld
    ledger = Ledger(root.ledger, read_only=True)
    try:
        return withheld.resolved(ledger.digest_of)
    finally:
        ledger.close()


def held(root: DataRoot, folder: Path, withheld: Withheld | None = None) -> list[Held]:
    """What a release still holds of the withheld, each version and decision once.

    Args:
        root: The data root; the tombstones of its current release name bodies that no
            decision does.
        folder: The release's folder.
        withheld: What is withheld; the root's decisions if None.
    """
    withheld = withheld_of(root) if withheld is None else withheld
    if not withheld.entries:
        return []
    told = _rows(root.current / FILES[0], _TOLD)
    sources, unread = (_rows(folder / FILES[0], sql) for sql in (_SOURCES, _UNREAD))
    rows = [*((v, url, sha256) for v, url, sha256 in sources),
            *(("unread", url, sha256) for url, sha256 in unread)]  # fmt: skip
    cut = set(_rows(folder / FILES[0], _CUT))
    found: dict[Held, None] = {}
    for entry in withheld.entries:
        if entry.what == SPAN:
            versions = {v for v, _, sha256 in rows if sha256 == entry.sha256 and v != "unread"}
            done = {v for v, *said in cut if said == [entry.sha256, entry.reason, entry.date]}
            names = sorted(versions - done)
        else:
            names = [
                where for where, url, sha256 in rows if _is_of(entry, told, where, url, sha256)
            ]
        found |= dict.fromkeys(Held(name, entry) for name in names)
    return list(found)


def _is_of(
    entry: Withholding, told: list[tuple[Any, ...]], where: str, url: str, sha256: str
) -> bool:
    """Whether a source is one of a decision's."""
    if sha256 == entry.sha256 or (entry.url and plain(url) == plain(entry.url)):
        return True
    if entry.what == PAGE and entry.report and where.rpartition(".v")[0] == entry.report:
        return True
    same = (entry.what, entry.reason, entry.date)
    return entry.what == PAGE and any(row[:3] == same and row[3] == sha256 for row in told)


def _rows(path: Path, sql: str) -> list[tuple[Any, ...]]:
    """Rows of a release; none where it is of before such a table."""
    try:
        with reading(path) as db:
            return [tuple(row) for row in db.execute(sql)]
    except sqlite3.OperationalError:
        return []


def require_none(root: DataRoot, folder: Path) -> None:
    """Refuse a release that holds what is withheld now.

    Raises:
        ReleaseRefused: It does.
        CurationRefused: A decision by hand is not as it must be.
    """
    found = held(root, folder)
    if found:
        more = f" and {len(found) - 1} more" if found[1:] else ""
        raise ReleaseRefused(
            f"{folder.name} still holds what was withheld since it was built "
            f"({found[0].where}: {found[0].entry.source}{more}); it is not made current. Build a "
            "new release instead; `python -m archive withheld` lists all of it"
        )


def paths(found: list[Held]) -> Iterator[str]:
    """Addresses of a site that show what a release still holds, for a proxy to refuse."""
    for version_id in sorted({each.where for each in found} - {"unread"}):
        yield f"/bg/{version_id.rpartition('.v')[0]}"
        yield f"/cundang/{version_id}"
