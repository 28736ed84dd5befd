"""Parts of the content hash: what the divided tables say of a few agencies, digested apart.

Digests of parts are worked out by several processes, for all parts or for some.
"""

from __future__ import annotations

import contextlib
import hashlib
import multiprocessing
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

from .contenttables import DIVIDED, AskedTable, encoded, tables_of
from .manifest import reading

#: Parts that are digested together, which bounds memory; and how often that is one task.
_TOGETHER, _SPANS = 50, 16
#: Sorts behind every id.
_ABOVE_ALL = "\U0010ffff"
#: Bytes of a release that are worth processes of their own.
_WORTH_WORKERS = 64 << 20
#: Memory for pages: what a country's rows share is more than SQLite's 2 MB.
_CACHE_KB = 64 << 10


def parts(
    files: Sequence[Path], processes: int | None = None, only: Sequence[str] | None = None
) -> dict[str, str]:
    """Digests of the parts of a release, by their names.

    Args:
        files: Its SQLite files.
        processes: How many processes work on it; as many as it is worth if None.
        only: Names of parts; all that there are if None. Those that hold nothing are left out.
    """
    (found,) = parts_without((_NO_TABLES,), files, processes, only)
    return found


def parts_without(
    left_out: Sequence[frozenset[str]],
    files: Sequence[Path],
    processes: int | None = None,
    only: Sequence[str] | None = None,
) -> list[dict[str, str]]:
    """What `parts` gives, as it would be without some tables.

    Args:
        left_out: Names of divided tables, and of columns of them (`reports.failed`), several
            sets of them.
        files: As of `parts`.
        processes: Likewise.
        only: Likewise.

    Returns:
        Digests of the parts for each of the sets.
    """
    spans = spans_of(files[0]) if only is None else _spans_of_parts(only)
    shares: list[_Task] = [
        (tuple(files), tuple(left_out), list(spans[i : i + _SPANS]))
        for i in range(0, len(spans), _SPANS)
    ]
    found: list[dict[str, str]] = [{} for _ in left_out]
    for several in _worked(shares, min(processes or _processes(files), len(shares))):
        for each, some in zip(found, several, strict=True):
            each |= some
    if only is None:
        return found
    return [{name: each[name] for name in only if name in each} for each in found]


def _spans_of_parts(names: Iterable[str]) -> list[tuple[str, str]]:
    """From where to where the parts lie; of a region's, what lies between them is digested, too.

    To ask sixteen tables for one agency takes longer than to digest some of its neighbours.
    """
    regions: dict[str, list[str]] = {}
    for name in sorted(set(names)):
        region, found, _ = name.partition("-")
        # Unresolved agencies have no region: those of the whole country begin alike.
        regions.setdefault(region if found and region.isdigit() else name, []).append(name)
    # “.” comes right behind “-”, which ends the name of a part in an id.
    return sorted((each[0], f"{each[-1]}.") for each in regions.values())


@lru_cache(maxsize=1024)  # rows of one version come one after the other
def part_of(identity: str) -> str:
    """The part to which an agency, a report, a version or a change belongs, by its id.

    >>> part_of("370300-finance"), part_of("370300-finance-gaoxin-2020-agg.v1")
    ('370300-finance', '370300-finance')
    """
    return "-".join(identity.split("-", 2)[:2])


def spans_of(first: Path) -> list[tuple[str, str]]:
    """From where to where parts are digested together, some at a time."""
    return list(pairwise(["", *_names(first)[_TOGETHER::_TOGETHER], _ABOVE_ALL]))


def _names(first: Path) -> list[str]:
    """Names of the parts that agencies have, in order; what else there is lies between them."""
    with reading(first) as db:
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'agencies'").fetchone():
            return []
        return sorted({part_of(name) for (name,) in db.execute("SELECT agency_id FROM agencies")})


def _processes(files: Sequence[Path]) -> int:
    size = sum(file.stat().st_size for file in files)
    return os.cpu_count() or 1 if size >= _WORTH_WORKERS else 1


#: Tables, each with the connection by which it is asked.
Asked = list[tuple[sqlite3.Connection, AskedTable]]
#: Digests that are begun, by the names of parts, and the tables that do not enter them.
Begun = tuple[dict[str, "hashlib._Hash"], frozenset[str]]
_NO_TABLES: frozenset[str] = frozenset()
_Task = tuple[tuple[Path, ...], tuple[frozenset[str], ...], list[tuple[str, str]]]


def _worked(shares: Sequence[_Task], processes: int) -> Iterator[list[dict[str, str]]]:
    if processes < 2:
        yield from map(_digested, shares)
        return
    context = multiprocessing.get_context("spawn")  # who calls may hold SQLite connections
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        yield from pool.map(_digested, shares)


def _digested(task: _Task) -> list[dict[str, str]]:
    """Digests of all parts within some spans of ids."""
    files, left_out, spans = task
    found: list[dict[str, str]] = [{} for _ in left_out]
    with asking(files) as asked:
        for span in spans:
            begun: list[Begun] = [({}, tables) for tables in left_out]
            add_span(begun, asked, span)
            for each, (digests, _) in zip(found, begun, strict=True):
                each |= {name: digest.hexdigest() for name, digest in digests.items()}
    return found


@contextlib.contextmanager
def asking(files: Sequence[Path]) -> Iterator[Asked]:
    """The divided tables of some files, opened to be asked."""
    with contextlib.ExitStack() as stack:
        opened = [stack.enter_context(reading(file)) for file in files]
        for db in opened:
            db.execute(f"PRAGMA cache_size = {-_CACHE_KB}")
        yield [(db, table) for db in opened for table in tables_of(db) if table.name in DIVIDED]


def add_span(begun: Sequence[Begun], asked: Asked, span: tuple[str, str]) -> None:
    """Add the rows of all parts within a span of ids to their digests, table by table."""
    low, high = span
    for db, table in asked:
        by_columns: dict[tuple[int, ...], list[dict[str, hashlib._Hash]]] = {}
        for digests, left_out in begun:
            if table.name not in left_out:
                by_columns.setdefault(table.places_without(left_out), []).append(digests)
        rows: Iterable[tuple[Any, ...]] = db.execute(table.sql_within, {"low": low, "high": high})
        if len(by_columns) > 1:
            rows = list(rows)
        for places, some in by_columns.items():
            _add_parts(some, table, rows, places)


def _add_parts(
    begun: Sequence[dict[str, hashlib._Hash]],
    table: AskedTable,
    rows: Iterable[tuple[Any, ...]],
    places: tuple[int, ...],
) -> None:
    """Add the rows of a divided table, in the order of its key, to those of their parts.

    `places` are those of the columns that are added.
    """
    first = table.columns.index(table.key[0])
    for part, found in groupby(rows, key=lambda row: part_of(row[first])):
        some: list[tuple[Any, ...]] = list(found)
        if len(places) < len(table.columns):
            some = [tuple([row[place] for place in places]) for row in some]
        said = f"{table.name}{encoded(some)}".encode()
        for digests in begun:
            digests.setdefault(part, hashlib.sha256()).update(said)
