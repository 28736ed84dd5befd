"""The data root itself: made in processes, written by one, always the same."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import sqlite3
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from archive.heads import heads_version
from archive.ledger import Ledger
from archive.readings import INSERT, Readings, head_of
from archive.root import DataRoot, Registry
from extract.version import reader_version
from tests.scale.captures import COLUMNS, Rows, Run, of_region
from tests.scale.figures import ROOM, YEARS
from tests.scale.places import AGENCIES, entry_of, place, province_entry, province_portal
from tests.scale.reports import LONG_TEXTS

#: What a root says of itself; there when it is whole.
NOTE = "scale.json"
REGISTRY = Registry("scale", fiction=True)
#: How many reports of a new year one region brings.
_A_YEAR = AGENCIES
#: Regions that are made before the next are begun: what waits to be written is bounded.
_WAVE = 50
_CACHE_KB = 400_000
#: Readings whose heads are made at a time.
_HEADS = 2000


def write(
    folder: Path, reports: int, processes: int | None = None, long_texts: int = LONG_TEXTS
) -> None:
    """Write a data root of so many reports.

    Args:
        folder: Where; it must not be there.
        reports: How many.
        long_texts: How many of them have chapters as long as real ones.
        processes: How many make them; all cores if None.
    """
    root = DataRoot(folder)
    root.claim(REGISTRY)
    size = AGENCIES * YEARS
    parts = [(each, min(size, reports - each * size)) for each in range(-(-reports // size))]
    long_every = max(1, reports // long_texts)
    made = partial(_region, long_every=long_every)
    with _databases(root) as (ledger, readings):
        for run in (Run(0), Run(1)):
            _enter_run(ledger, run, [number for number, _ in parts])
        _enter(ledger, readings, made, parts, processes)
    _note(folder, reports, [], long_every)


def add(
    folder: Path, reports: int, processes: int | None = None, long_every: int | None = None
) -> None:
    """Add a crawl that found so many reports of a new year.

    Args:
        folder: The data root.
        reports: How many.
        processes: How many make them; all cores if None.
        long_every: One in so many has chapters as long as real ones; as many as of those that
            are there if None.
    """
    had = told(folder)
    run = Run(2 + len(had["more"]))
    size = AGENCIES * YEARS
    regions = -(-reports // _A_YEAR)
    year = YEARS + len(had["more"])
    if year >= ROOM:
        raise ValueError(f"{folder} has had as many crawls as it has numbers for; make it anew")
    if had["reports"] < regions * size:
        raise ValueError(
            f"{folder} has fewer than {regions} whole regions to add {reports} reports to"
        )
    parts = [(each, min(_A_YEAR, reports - each * _A_YEAR)) for each in range(regions)]
    every = long_every or had["long_every"]
    made = partial(_more, year=year, run=run.number, long_every=every)
    with _databases(DataRoot(folder)) as (ledger, readings):
        _enter_run(ledger, run, [number for number, _ in parts])
        _enter(ledger, readings, made, parts, processes)
    _note(folder, had["reports"], [*had["more"], reports], had["long_every"])


def renew(folder: Path, processes: int | None = None) -> None:
    """Let the readings be the present reader's, and their heads the present code's.

    Nothing is read again, for there is no page: the reader's version alone is another.
    """
    path = folder / "readings.db"
    Readings(path).close()  # as the present program keeps them
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE readings SET reader = ?", (reader_version(),))
        (last,) = db.execute("SELECT coalesce(max(rowid), 0) FROM readings").fetchone()
        shares = [(path, at, at + _HEADS) for at in range(0, last, _HEADS)]
        with multiprocessing.Pool(processes or os.cpu_count() or 1) as pool:
            for heads in pool.imap(_heads, shares):
                db.executemany("UPDATE readings SET head = ? WHERE rowid = ?", heads)
    note = told(folder)
    _note(folder, note["reports"], note["more"], note["long_every"])


def _heads(share: tuple[Path, int, int]) -> list[tuple[str, int]]:
    """The heads of the readings behind a row and up to another."""
    path, after, last = share
    sql = "SELECT report, rowid FROM readings WHERE rowid > ? AND rowid <= ? AND report NOT NULL"
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        return [(head_of(packed), row) for packed, row in db.execute(sql, (after, last))]


def is_present(folder: Path) -> bool:
    """Whether its readings are the present reader's, and their heads the present code's."""
    return told(folder).items() >= _versions().items()


def told(folder: Path) -> dict[str, Any]:
    """What a root says of itself."""
    found: dict[str, Any] = json.loads((folder / NOTE).read_text("utf-8"))
    return found


def _note(folder: Path, reports: int, more: list[int], long_every: int) -> None:
    said = {
        "reports": reports,
        "more": more,
        "long_every": long_every,
        **_versions(),
    }
    (folder / NOTE).write_text(json.dumps(said) + "\n", "utf-8")


def _versions() -> dict[str, str]:
    return {"reader": reader_version(), "heads": heads_version()}


def _region(part: tuple[int, int], long_every: int) -> Rows:
    return of_region(*part, long_every=long_every)


def _more(part: tuple[int, int], year: int, run: int, long_every: int) -> Rows:
    return of_region(*part, years=(year, year + 1), run=run, long_every=long_every)


@contextlib.contextmanager
def _databases(root: DataRoot) -> Iterator[tuple[sqlite3.Connection, sqlite3.Connection]]:
    """Ledger and readings, to be written without waiting for the disk."""
    Ledger(root.ledger).close()
    Readings(root.readings).close()
    with contextlib.ExitStack() as stack:
        found = []
        for path in (root.ledger, root.readings):
            db = stack.enter_context(contextlib.closing(sqlite3.connect(path)))
            db.execute("PRAGMA synchronous = OFF")
            db.execute(f"PRAGMA cache_size = -{_CACHE_KB}")
            found.append(db)
        yield found[0], found[1]
        for db in found:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _enter_run(ledger: sqlite3.Connection, run: Run, regions: Iterable[int]) -> None:
    """The run, its portals and how they ended."""
    places = [place(number) for number in regions]
    entries = {each.portal: entry_of(each) for each in places}
    for listed in sorted({each.listed for each in places if each.listed is not None}):
        entries[province_portal(listed)] = province_entry(listed)
    began, ended = (f"{run.began:%Y-%m}-{day}T00:00:00.000Z" for day in ("01", "20"))
    with ledger:
        ledger.execute(
            "INSERT INTO runs (run_id, kind, registry, software, started_at, finished_at, status) "
            "VALUES (?, 'crawl', ?, 'nianbao; written by tests.scale', ?, ?, 'complete')",
            (run.run_id, REGISTRY.name, began, ended),
        )
        for key, entry in entries.items():
            text = json.dumps(entry, ensure_ascii=False, sort_keys=True)
            ledger.execute("INSERT INTO portals VALUES (?, ?, ?)", (run.run_id, key, text))
            ledger.execute(
                "INSERT INTO outcomes "
                "VALUES (?, ?, 'complete', 'complete', '', 250, 200, 250, 0, ?)",
                (run.run_id, key, ended),
            )


def _enter(
    ledger: sqlite3.Connection,
    readings: sqlite3.Connection,
    made: Any,
    parts: list[tuple[int, int]],
    processes: int | None,
) -> None:
    count = processes or os.cpu_count() or 1
    reader, marks = reader_version(), ", ".join("?" * len(COLUMNS))
    with multiprocessing.Pool(count) as pool:
        waves = (parts[at : at + _WAVE] for at in range(0, len(parts), _WAVE))
        for rows in chain.from_iterable(pool.imap(made, wave) for wave in waves):
            with ledger:
                ledger.executemany(
                    f"INSERT INTO captures ({', '.join(COLUMNS)}) VALUES ({marks})", rows.captures
                )
                ledger.executemany("INSERT INTO issues VALUES (?, ?, ?, ?, ?, ?)", rows.issues)
            with readings:
                readings.executemany(
                    INSERT,
                    [(sha256, reader, *rest) for sha256, *rest in rows.readings],
                )
