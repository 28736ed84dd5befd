"""What the last build of a large ledger came to: kept, so that the next gathers little anew.

It is derived: whatever is wrong with it, everything is built, and it is written anew. It is
believed if its SHA-256 is the one that was noted beside it, and if it is of the release that is
current, made by this very program by the same decisions.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import sqlite3
from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ..division import Part as Gathered
from ..division.keys import Keys
from ..ids import agency_of
from ..manifest import write_json
from ..register import FILE as REGISTER
from ..release.sums import digests_of
from ..root import DataRoot
from .part import NotCertain

#: Its files in `derived/` of the data root: what is kept, and what is noted of it.
PARTS, NOTE = "parts.db", "parts.json"
#: By what texts were compared (`duplicates.renewing`), and the same while a release is written.
INDEX, NEW_INDEX = "shingles.db", "shingles.new"
_FORMAT = 1
_SCHEMA = """
CREATE TABLE parts (n INTEGER PRIMARY KEY, given BLOB, asked BLOB);
CREATE TABLE portals (portal TEXT PRIMARY KEY, part INTEGER, said BLOB) WITHOUT ROWID;
CREATE TABLE agencies (agency_id TEXT, part INTEGER, PRIMARY KEY (agency_id, part)) WITHOUT ROWID;
CREATE TABLE reports (report_id TEXT PRIMARY KEY, part INTEGER, digest BLOB) WITHOUT ROWID;
CREATE TABLE contents (name TEXT PRIMARY KEY, digest TEXT) WITHOUT ROWID;
"""
_INDEXES = """
CREATE INDEX IF NOT EXISTS agencies_part ON agencies (part);
CREATE INDEX IF NOT EXISTS reports_part ON reports (part);
"""


class Kept:
    """What was kept, to be asked."""

    def __init__(self, db: sqlite3.Connection) -> None:
        """Ask a database that `keep` wrote."""
        self._db = db
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

    def contents(self) -> dict[str, str]:
        """Digests of the parts of the release, as its content hash has them."""
        return dict(self._db.execute("SELECT name, digest FROM contents"))


@contextlib.contextmanager
def opened(root: DataRoot, by: str) -> Iterator[Kept]:
    """What was kept of the current release.

    Args:
        root: The data root; hold its `build` lock.
        by: Tells the program and the decisions that are at work now.

    Raises:
        NotCertain: Nothing was, or it is not to be believed.
    """
    try:
        note = json.loads((root.derived / NOTE).read_text("utf-8"))
        wanted = {"format": _FORMAT, "by": by, "release": root.current.resolve().name}
        for name, value in wanted.items():
            if note[name] != value:
                raise NotCertain(f"what was kept is of another {_WORDS[name]}")
        if digests_of(root.derived, (PARTS, INDEX)) != note["sha256"]:
            raise NotCertain("what was kept is damaged")
        if _register(root.path / REGISTER, note["register"]["size"]) != note["register"]:
            raise NotCertain("ids.jsonl is another than it was")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NotCertain("nothing was kept of the release before") from error
    address = f"{(root.derived / PARTS).absolute().as_uri()}?mode=ro"
    with contextlib.closing(sqlite3.connect(address, uri=True)) as db:
        yield Kept(db)


_WORDS = {
    "format": "kind",
    "by": "program, reader or decision by hand",
    "release": "release",
}


def keep(
    root: DataRoot,
    by: str,
    portals: Mapping[str, bytes],
    parts: Collection[Gathered],
    reports: Iterable[tuple[str, int, bytes]],
    contents: Mapping[str, str],
    gone: Collection[int] | None = None,
) -> None:
    """Keep what a build came to; its release is current, and its index of texts written.

    Args:
        root: The data root; hold its `build` lock.
        by: Tells the program and the decisions by which it was made.
        portals: Portal → digest of what the ledger says of it, of all portals.
        parts: The parts that were gathered.
        reports: Their reports: id, number of the part, digest.
        contents: Digests of the parts of the release, as its content hash has them.
        gone: Parts that were kept, in whose place these come; None if all were gathered.

    Raises:
        OSError: The disk does not take it.
        sqlite3.DatabaseError: Likewise.
    """
    root.derived.mkdir(exist_ok=True)
    drop(root)
    path = root.derived / PARTS
    if gone is None:
        path.unlink(missing_ok=True)
        (root.derived / NEW_INDEX).replace(root.derived / INDEX)
    with contextlib.closing(sqlite3.connect(path)) as db:
        # Without its note it counts for nothing, so a journal would only cost time.
        db.execute("PRAGMA journal_mode = OFF")
        db.execute("PRAGMA synchronous = OFF")
        if gone is None:
            db.executescript(_SCHEMA)
        with db:
            _leave(db, gone or ())
            _enter(db, portals, parts, reports)
            db.execute("DELETE FROM contents")
            db.executemany("INSERT INTO contents VALUES (?, ?)", sorted(contents.items()))
        db.executescript(_INDEXES)
    note = {
        "format": _FORMAT,
        "by": by,
        "release": root.current.resolve().name,
        "register": _register(root.path / REGISTER),
        "sha256": digests_of(root.derived, (PARTS, INDEX)),
    }
    write_json(root.derived / NOTE, note)


@contextlib.contextmanager
def changing_index(root: DataRoot) -> Iterator[sqlite3.Connection]:
    """What the current release was compared by, to be changed: whoever asks for it commits."""
    with contextlib.closing(sqlite3.connect(root.derived / INDEX)) as db:
        db.execute("PRAGMA synchronous = OFF")
        yield db


def new_index(root: DataRoot) -> Path:
    """Where a build writes what it compares texts by.

    Raises:
        OSError: The disk does not take it.
    """
    root.derived.mkdir(exist_ok=True)
    path = root.derived / NEW_INDEX
    path.unlink(missing_ok=True)
    return path


def drop(root: DataRoot) -> None:
    """Let nobody believe what was kept."""
    (root.derived / NOTE).unlink(missing_ok=True)


def _leave(db: sqlite3.Connection, gone: Collection[int]) -> None:
    for table in ("reports", "agencies", "parts"):
        column = "n" if table == "parts" else "part"
        db.executemany(f"DELETE FROM {table} WHERE {column} = ?", [(each,) for each in gone])


def _enter(
    db: sqlite3.Connection,
    portals: Mapping[str, bytes],
    parts: Collection[Gathered],
    reports: Iterable[tuple[str, int, bytes]],
) -> None:
    (last,) = db.execute("SELECT coalesce(max(n), 0) FROM parts").fetchone()
    number = {each.number: last + at for at, each in enumerate(parts, 1)}
    of_portal = dict(db.execute("SELECT portal, part FROM portals"))
    agencies: set[tuple[str, int]] = set()
    for each in parts:
        own = number[each.number]
        keys = (each.keys.given.tobytes(), each.keys.asked.tobytes())
        db.execute("INSERT INTO parts VALUES (?, ?, ?)", (own, *keys))
        of_portal |= dict.fromkeys(each.portals, own)
        agencies |= {(agency, own) for agency in named(each)}
    rows = []
    for report_id, part, digest in reports:
        agencies.add((agency_of(report_id), number[part]))
        rows.append((report_id, number[part], digest))
    db.executemany("INSERT INTO reports VALUES (?, ?, ?)", rows)
    db.executemany("INSERT INTO agencies VALUES (?, ?)", sorted(agencies))
    db.execute("DELETE FROM portals")
    db.executemany(
        "INSERT INTO portals VALUES (?, ?, ?)",
        [(portal, of_portal[portal], said) for portal, said in sorted(portals.items())],
    )


def named(part: Gathered) -> set[str]:
    """Agencies that a part names in reports or registry entries."""
    return {key[0] for key in part.printed} | {key[0] for key in part.registered}


def _register(path: Path, size: int | None = None) -> dict[str, Any]:
    """Size and digest of the register, or of its beginning: lines are only ever added."""
    digest, left = hashlib.sha256(), path.stat().st_size if size is None else size
    done = 0
    with path.open("rb") as stream:
        while left > done and (some := stream.read(min(1 << 20, left - done))):
            digest.update(some)
            done += len(some)
    return {"size": done, "sha256": digest.hexdigest()}
