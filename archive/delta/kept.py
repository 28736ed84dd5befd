"""What the last build of a large ledger came to: kept, so that the next gathers little anew.

It is derived: whatever is wrong with it, everything is built, and it is written anew. It is
believed if its SHA-256 is the one that was noted beside it, and if it is of the release that is
current, made by this very program by the same decisions.
"""

from __future__ import annotations

import contextlib
import sqlite3
from array import array
from collections.abc import Collection, Iterable, Iterator
from functools import cached_property

from ..contenthash import Digests
from ..contenttables import tables
from ..division.keys import Keys
from ..manifest import FILES, current_manifest
from ..release.contents import Contents
from ..root import DataRoot
from .note import PARTS, believed
from .part import NotCertain

#: How `PARTS` looks; SQLite sees to it that nothing else stands in it.
SCHEMA = """
CREATE TABLE parts (
  n INTEGER PRIMARY KEY,
  given BLOB NOT NULL,
  asked BLOB NOT NULL
) STRICT;
CREATE TABLE portals (
  portal TEXT PRIMARY KEY, part INTEGER NOT NULL, said BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE agencies (
  agency_id TEXT NOT NULL, part INTEGER NOT NULL, PRIMARY KEY (agency_id, part)
) STRICT, WITHOUT ROWID;
CREATE TABLE reports (
  report_id TEXT PRIMARY KEY, part INTEGER NOT NULL, digest BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE contents (
  name TEXT PRIMARY KEY, said TEXT NOT NULL, files TEXT NOT NULL, counts TEXT NOT NULL,
  findings TEXT NOT NULL
) STRICT, WITHOUT ROWID;
"""
INDEXES = """
CREATE INDEX IF NOT EXISTS agencies_part ON agencies (part);
CREATE INDEX IF NOT EXISTS reports_part ON reports (part);
"""


class Kept:
    """What was kept, to be asked."""

    def __init__(self, db: sqlite3.Connection, patches: int = 0) -> None:
        """Ask a database that `keep` wrote; so often it was patched since all was built."""
        self._db = db
        self.patches = patches
        #: Portal → digest of what the ledger said of it, and the part that it is in.
        self.said: dict[str, bytes] = {}
        self.part_of: dict[str, int] = {}
        for portal, part, said in db.execute("SELECT portal, part, said FROM portals"):
            self.said[portal], self.part_of[portal] = said, part

    def portals(self, parts: Collection[int]) -> set[str]:
        """The portals of some parts."""
        return {portal for portal, part in self.part_of.items() if part in parts}

    def agencies(self, parts: Iterable[int]) -> set[str]:
        """The agencies of some parts."""
        sql = "SELECT agency_id FROM agencies WHERE part = ?"
        return {row[0] for part in parts for row in self._db.execute(sql, (part,))}

    def with_agencies(self, agencies: Iterable[str]) -> set[int]:
        """Parts that have to do with some agencies."""
        sql = "SELECT part FROM agencies WHERE agency_id = ?"
        return {row[0] for agency in agencies for row in self._db.execute(sql, (agency,))}

    def with_keys(self, keys: Iterable[Keys], but: Collection[int]) -> set[int]:
        """Parts that share a key with others, as `division.joined` joins them.

        Args:
            keys: Of the others.
            but: Parts that are not asked for.
        """
        given: set[int] = set()
        asked: set[int] = set()
        for each in keys:
            given.update(each.given)
            asked.update(each.asked)
        found = set()
        for part, *packed in self._db.execute("SELECT n, given, asked FROM parts"):
            if part in but:
                continue
            own, theirs = (array("Q", each) for each in packed)
            if not (given.isdisjoint(own) and asked.isdisjoint(own) and given.isdisjoint(theirs)):
                found.add(part)
        return found

    def reports(self, parts: Iterable[int]) -> dict[str, bytes]:
        """The reports of some parts, with the digest of each."""
        sql = "SELECT report_id, digest FROM reports WHERE part = ?"
        return {row[0]: row[1] for part in parts for row in self._db.execute(sql, (part,))}

    def count(self) -> int:
        """How many reports there are in all parts."""
        return int(self._db.execute("SELECT count(*) FROM reports").fetchone()[0])

    def ids(self) -> Iterator[tuple[str, int]]:
        """All reports, each with its part."""
        yield from self._db.execute("SELECT report_id, part FROM reports")

    @cached_property
    def contents(self) -> Contents:
        """What the parts of the release are known by."""
        columns: tuple[dict[str, str], ...] = ({}, {}, {}, {})
        for name, *digests in self._db.execute(
            "SELECT name, said, files, counts, findings FROM contents"
        ):
            for column, digest in zip(columns, digests, strict=True):
                column[name] = digest
        said, files, counts, findings = columns
        return Contents(said, files, counts, findings)


@contextlib.contextmanager
def opened(root: DataRoot, by: str) -> Iterator[Kept]:
    """What was kept of the current release.

    Args:
        root: The data root; hold its `build` lock.
        by: Tells the program and the decisions that are at work now.

    Raises:
        NotCertain: Nothing was, or it is not to be believed.
    """
    note = believed(root, by)
    address = f"{(root.derived / PARTS).absolute().as_uri()}?mode=ro"
    with contextlib.closing(sqlite3.connect(address, uri=True)) as db:
        try:
            _require_own_schema(db)
            kept = Kept(db, note["patches"])
            _require_of_release(root, kept)
        except sqlite3.DatabaseError as error:  # somebody wrote it, and its digest, too
            raise NotCertain("what was kept is damaged") from error
        yield kept


def _require_own_schema(db: sqlite3.Connection) -> None:
    """Refuse a database that is not as `keep` writes it."""
    asked = "SELECT type, name, sql FROM sqlite_master ORDER BY type, name"
    with contextlib.closing(sqlite3.connect(":memory:")) as own:
        own.executescript(SCHEMA + INDEXES)
        if own.execute(asked).fetchall() != db.execute(asked).fetchall():
            raise NotCertain("what was kept is not as this program keeps it")
    cut = "SELECT 1 FROM parts WHERE length(given) % 8 OR length(asked) % 8"
    if db.execute("PRAGMA quick_check").fetchone()[0] != "ok" or db.execute(cut).fetchone():
        raise NotCertain("what was kept is damaged")


def _require_of_release(root: DataRoot, kept: Kept) -> None:
    """Refuse what does not come to the content of the current release."""
    folder, manifest = root.current.resolve(), current_manifest(root)
    own = Digests(tuple(tables([folder / name for name in FILES])), kept.contents.said)
    counted = manifest.get("counts", {}).get("reports")
    if own.hash != manifest.get("content_hash") or kept.count() != counted:
        raise NotCertain("what was kept does not come to what the release before says")
