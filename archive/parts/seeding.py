"""A new part of a data root, with what a shard needs to know of earlier crawls.

A polite crawl knows what it had: validators for conditional requests, bodies that have not changed,
articles that are not due, pages that are gone, answers that were not what was asked for and are
no reason to wait. All of it stands in the root's ledger, which nobody
on another machine may open. So the rows of the shard's portals are copied, by SQL and without
indexes first. What is copied is never given back: merging goes by the part's WARC files, which hold
none of it.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Collection
from pathlib import Path

from .. import disk
from ..errors import WriteFailed
from ..ledger import SCHEMA, Ledger
from ..root import DataRoot
from .part import Part, parts_folder

#: Tables of which a shard needs the rows of its portals. What lies under a key that no registry
#: has any more is every shard's: its addresses may be another portal's now.
_OF_PORTALS = ("captures", "outcomes", "portals", "issues")
_WHOLE = ("runs", "plain")
_INDEXES = "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"


def make_part(
    root: DataRoot, shard: str, crawl: str, *, portals: Collection[str],
    others: Collection[str], registry: str,
) -> Part:  # fmt: skip
    """Make a part for a shard that is about to be crawled.

    Args:
        root: The data root, whose ledger is whole; nobody is at work on the shard.
        shard: The shard, e.g. `1/2`; its part must not be there.
        crawl: The crawl that its run will be of.
        portals: Keys of the shard's portals.
        others: Keys of all other portals: their rows are not needed.
        registry: Text of the registry.

    Raises:
        WriteFailed: The disk does not take it.
    """
    part, owner = Part(root, shard), root.require()
    making = Part(root, shard, f".{part.path.name}.new")
    try:
        shutil.rmtree(making.path, ignore_errors=True)  # of a command that was killed
        making.path.mkdir(parents=True)
        making.claim(owner)
        making.registry_file.write_text(registry, "utf-8")
        continues = _seed(making.ledger, root.ledger, shard, others, portals)
        making.plan(crawl, continues)
        disk.sync(making.path)
        making.path.rename(part.path)
        disk.sync(parts_folder(root))
    except (OSError, sqlite3.Error) as error:
        raise WriteFailed(
            f"{part.path} cannot be made ({error}); make room, or let this user write there"
        ) from error
    return part


def _seed(
    path: Path, known: Path, shard: str, others: Collection[str], portals: Collection[str]
) -> str:
    """Copy the rows that a shard needs; the broken run that it will continue, or ""."""
    ledger = Ledger(path, wal=False)
    run = ledger.db.conn.execute
    try:
        run("PRAGMA synchronous = OFF")  # it is synced as a file; until then it is nobody's
        for row in list(ledger.rows(_INDEXES)):
            run(f"DROP INDEX {row['name']}")
        run("ATTACH ? AS known", (f"{known.as_uri()}?mode=ro",))
        run("CREATE TEMP TABLE others (portal TEXT PRIMARY KEY) WITHOUT ROWID")
        with ledger.db.conn:
            ledger.db.conn.executemany("INSERT INTO others VALUES (?)", [(key,) for key in others])
            for table in (*_WHOLE, *_OF_PORTALS):
                _copy(ledger, table)
        run("DETACH known")
        ledger.db.executescript(SCHEMA)  # the indexes
        broken = ledger.unfinished_run(shard)
        # A broken run of other portals is ended by the next, and not continued.
        if broken is None or not ledger.portals_of(broken["run_id"]) <= set(portals):
            return ""
        return str(broken["run_id"])
    finally:
        ledger.close()
        disk.sync(path)


def _copy(ledger: Ledger, table: str) -> None:
    names = ", ".join(row["name"] for row in ledger.rows(f"PRAGMA main.table_info({table})"))
    few = " WHERE portal NOT IN (SELECT portal FROM others)" if table in _OF_PORTALS else ""
    # In their order: of two captures of one time the later row is the later one.
    order = "" if table == "plain" else " ORDER BY rowid"
    ledger.db.conn.execute(
        f"INSERT INTO main.{table} ({names}) SELECT {names} FROM known.{table}{few}{order}"
    )
