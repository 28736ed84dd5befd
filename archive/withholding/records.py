"""Which records of the archive are withheld: what replay and exports leave out."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..curation import folder_of, load_all
from ..ledger import Ledger
from ..manifest import FILES, is_whole, reading
from ..register import given_ids
from ..root import DataRoot
from ..twins import plain
from .decision import PAGE
from .deleted import deletions

#: Roles whose captures are pages of their own; a column may show one report after the other.
_OWN = ("article", "attachment", "import")


@dataclass(frozen=True, slots=True)
class Concealed:
    """What tells withheld captures from others.

    Attributes:
        bodies: SHA-256 of bodies; also of those of which only a span is withheld.
        pages: Addresses, as twins share them, of which all is withheld.
        own: Addresses at which withheld reports stood: nothing that they gave since is
            passed on before a build has looked at it.
    """

    bodies: frozenset[str] = frozenset()
    pages: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()

    def hides(self, capture: Mapping[str, Any]) -> bool:
        """Whether a capture, a row of the ledger, is left out."""
        if capture["sha256"] in self.bodies:
            return True
        places = {plain(str(capture["url"])), plain(str(capture["parent"]))} - {""}
        if not places.isdisjoint(self.pages):
            return True
        return capture["role"] in _OWN and not places.isdisjoint(self.own)


def concealed(root: DataRoot, ledger: Ledger) -> Concealed:
    """What is withheld in a data root by its decisions of today and by its release.

    Args:
        root: The data root.
        ledger: Its ledger.

    Raises:
        CurationRefused: A decision by hand is not as it must be; nothing is passed on then.
    """
    fiction = root.require().fiction
    withheld = load_all(folder_of(root.path), fiction=fiction).withheld
    withheld = withheld.with_more(deletions(root)).resolved(ledger.digest_of)
    if not withheld.entries:
        return Concealed()
    told = _told(root)
    reports = {entry.report for entry in withheld.entries if entry.what == PAGE and entry.report}
    of_reports = {sha256 for report, sha256 in told if report in reports}
    bodies = {entry.sha256 for entry in withheld.entries if entry.sha256} | {s for _, s in told}
    own: set[str] = set()
    if reports:
        given = [each for each in given_ids(root) if each.report in reports]
        own |= {plain(each.url) for each in given}
        bodies |= {each.sha256 for each in given}
        for sha256 in sorted(of_reports):
            rows = ledger.rows("SELECT DISTINCT url, role FROM captures WHERE sha256 = ?", sha256)
            own |= {plain(row["url"]) for row in rows if row["role"] in _OWN}
    pages = {plain(entry.url) for entry in withheld.entries if entry.url}
    return Concealed(frozenset(bodies), frozenset(pages), frozenset(own))


def _told(root: DataRoot) -> list[tuple[str, str]]:
    """Report and body of the tombstones of the current release."""
    if not is_whole(root):
        return []
    try:
        with reading(root.current / FILES[0]) as db:
            rows = db.execute("SELECT report_id, sha256 FROM withheld WHERE sha256 IS NOT NULL")
            return [(report or "", sha256) for report, sha256 in rows]
    except sqlite3.OperationalError:  # a release of before there were tombstones
        return []
