"""Writing down what a build came to, for the next one (`kept.py`)."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from ..division import Part as Gathered
from ..ids import agency_of
from ..manifest import write_json
from ..register import FILE as REGISTER
from ..release.contents import Contents
from ..release.sums import SUMS, digests_of, sha256_of
from ..root import DataRoot
from .kept import INDEXES, SCHEMA
from .note import FORMAT, INDEX, NEW_INDEX, NOTE, PARTS, register_digest
from .part import NotCertain


def keep(
    root: DataRoot,
    by: str,
    portals: Mapping[str, bytes],
    parts: Collection[Gathered],
    reports: Iterable[tuple[str, int, bytes]],
    contents: Contents,
    gone: Collection[int] | None = None,
    patches: int = 0,
    *,
    last: int,
) -> None:
    """Keep what a build came to; its release is current, and its index of texts written.

    Args:
        root: The data root; hold its `build` lock.
        by: Tells the program and the decisions by which it was made.
        portals: Portal → digest of what the ledger says of it, of all portals.
        parts: The parts that were gathered.
        reports: Their reports: id, number of the part, digest.
        contents: What the parts of the release are known by.
        gone: Parts that were kept, in whose place these come; None if all were gathered.
        patches: How many releases were patched since all was built.
        last: Row of the last capture that the release knows.

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
            db.executescript(SCHEMA)
        with db:
            _leave(db, gone or ())
            _enter(db, portals, parts, reports)
            db.execute("DELETE FROM contents")
            rows = [
                (name, said, contents.files[name], contents.counts[name], contents.findings[name])
                for name, said in sorted(contents.said.items())
            ]
            db.executemany("INSERT INTO contents VALUES (?, ?, ?, ?, ?)", rows)
        db.executescript(INDEXES)
    note = {
        "format": FORMAT,
        "by": by,
        "release": root.current.resolve().name,
        "patches": patches,
        "last": last,
        "sums": sha256_of(root.current.resolve() / SUMS),
        "register": register_digest(root.path / REGISTER),
        "sha256": digests_of(root.derived, (PARTS, INDEX)),
    }
    write_json(root.derived / NOTE, note)


@contextlib.contextmanager
def changing_index(root: DataRoot) -> Iterator[sqlite3.Connection]:
    """What the current release was compared by, to be changed: whoever asks for it commits.

    Args:
        root: The data root; hold its `build` lock.

    Raises:
        NotCertain: It is none.
    """
    with contextlib.closing(sqlite3.connect(root.derived / INDEX)) as db:
        try:
            for table in ("documents", "shingles", "common", "telling"):
                db.execute(f"SELECT 1 FROM {table} LIMIT 1")
        except sqlite3.DatabaseError as error:  # somebody wrote it, and its digest, too
            raise NotCertain("what was kept is damaged") from error
        # Rolled back if the release is refused; what a kill leaves has another SHA-256, and no
        # journal that would be played into the next file of this name.
        db.execute("PRAGMA journal_mode = MEMORY")
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

    def entered() -> Iterator[tuple[str, int, bytes]]:
        for report_id, part, digest in reports:
            agencies.add((agency_of(report_id), number[part]))
            yield report_id, number[part], digest

    db.executemany("INSERT INTO reports VALUES (?, ?, ?)", entered())
    db.executemany("INSERT INTO agencies VALUES (?, ?)", sorted(agencies))
    db.execute("DELETE FROM portals")
    db.executemany(
        "INSERT INTO portals VALUES (?, ?, ?)",
        [(portal, of_portal[portal], said) for portal, said in sorted(portals.items())],
    )


def named(part: Gathered) -> set[str]:
    """Agencies that a part names in reports or registry entries."""
    return {key[0] for key in part.printed} | {key[0] for key in part.registered}
