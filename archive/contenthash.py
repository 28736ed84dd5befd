"""The content hash of a release: what it says, without when and where it was stored.

It is the SHA-256 of a list of digests, one a line: of each table, and of each part. A part
is what the divided tables say of the agencies whose ids begin with the same two words
(`370300-finance`), so that a build which changes few agencies digests few parts again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import multiprocessing
import os
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

from isal import isal_zlib

from .manifest import reading
from .schema import CONTENT, Content

#: How the hash is made, in a manifest as `content_hash_version`; 1 where it says nothing.
VERSION = 2
#: Tables whose rows belong to one agency: their keys begin with its id, a report's or a version's.
DIVIDED = frozenset({
    "agencies", "agency_names", "reports", "versions", "sources", "figure_notes", "figures",
    "findings", "changes", "chapters", "grids", "leftovers", "facts", "duplicates", "locators",
    "details",
})  # fmt: skip
#: Parts that are digested together, which bounds memory; and how often that is one task.
_TOGETHER, _SPANS = 50, 16
#: Sorts behind every id.
_ABOVE_ALL = "\U0010ffff"
#: Bytes of a release that are worth processes of their own.
_WORTH_WORKERS = 64 << 20
_ROWS = 500
#: Memory for pages: what a country's rows share is more than SQLite's 2 MB.
_CACHE_KB = 64 << 10
_NOT_PACKED: type[Exception] = isal_zlib.error  # type: ignore[assignment]  # the stub has an instance


@dataclass(frozen=True, slots=True)
class _Table:
    """How a table is asked for.

    Attributes:
        name: Its name, or a view's that stands for a compact one.
        columns: Those that enter.
        key: Those that order its rows.
        where: Which rows enter; "" for all.
    """

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    where: str

    @property
    def title(self) -> str:
        """Its name and columns, as they stand in the list."""
        return f"{self.name}({','.join(self.columns)})"

    @property
    def sql(self) -> str:
        """The statement that asks for its rows in the order of its key."""
        return self._sql([])

    @property
    def sql_within(self) -> str:
        """The same from `:low` up to `:high`, which is none of them."""
        return self._sql([f'"{self.key[0]}" >= :low AND "{self.key[0]}" < :high'])

    def places_without(self, left_out: frozenset[str]) -> tuple[int, ...]:
        """Places of the columns that enter, but for some that are named behind the table."""
        columns = enumerate(self.columns)
        return tuple(at for at, each in columns if f"{self.name}.{each}" not in left_out)

    def _sql(self, conditions: list[str]) -> str:
        conditions = [*conditions, *([f"({self.where})"] if self.where else [])]
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        picked, order = (", ".join(f'"{c}"' for c in each) for each in (self.columns, self.key))
        return f'SELECT {picked} FROM "{self.name}"{where} ORDER BY {order}'


def content_hash(*files: Path, processes: int | None = None) -> str:
    """SHA-256 over the public content of a release.

    Left out is what `schema.CONTENT` calls volatile (ids of records, times of capture,
    places in files), so that a re-crawl that changed nothing, or a crawl that was broken
    off and continued, gives the same hash. How rows are stored does not matter: compact
    tables enter by their views, blobs unpacked.

    Args:
        files: The SQLite files of a release, always in the same order.
        processes: How many processes work on it; as many as it is worth if None.
    """
    return digests(*files, processes=processes).hash


@dataclass(frozen=True, slots=True)
class Digests:
    """What the content hash is made of.

    Attributes:
        tables: A line a table.
        parts: Digests of the parts, by name.
    """

    tables: tuple[str, ...]
    parts: Mapping[str, str]

    @property
    def text(self) -> str:
        """The list of digests."""
        lines = [*self.tables, *(f"{name} {digest}" for name, digest in sorted(self.parts.items()))]
        return "".join(f"{line}\n" for line in lines)

    @property
    def hash(self) -> str:
        """The content hash."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @classmethod
    def read(cls, text: str) -> Digests:
        """Take a list apart again."""
        lines = text.splitlines()
        count = sum("(" in line for line in lines)
        return cls(tuple(lines[:count]), dict(line.split(" ", 1) for line in lines[count:]))


def digests(*files: Path, processes: int | None = None) -> Digests:
    """What the content hash of a release is made of; see `content_hash`."""
    return Digests(tuple(tables(files)), parts(files, processes))


def tables(files: Sequence[Path]) -> list[str]:
    """A line a table: its name, its columns, and its digest if it is not divided."""
    lines = []
    for file in files:
        with reading(file) as db:
            for table in _tables(db):
                if table.name in DIVIDED:
                    lines.append(table.title)
                    continue
                digest = hashlib.sha256()
                _add(digest, db.execute(table.sql))
                lines.append(f"{table.title} {digest.hexdigest()}")
    return lines


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
    (found,) = _parts_of([(files, left_out)], spans, processes or _processes(files))
    if only is None:
        return found
    return [{name: each[name] for name in only if name in each} for each in found]


def parts_of_both(
    one: tuple[Sequence[Path], Sequence[frozenset[str]]],
    other: tuple[Sequence[Path], Sequence[frozenset[str]]],
    processes: int,
    only: Sequence[str],
) -> list[list[dict[str, str]]]:
    """What `parts_without` gives of two releases, worked out side by side.

    Args:
        one: The files of a release, and what is left out.
        other: Of another.
        processes: How many processes work on both.
        only: Names of parts.
    """
    found = _parts_of([one, other], _spans_of_parts(only), processes)
    return [[{name: each[name] for name in only if name in each} for each in of] for of in found]


def _spans_of_parts(names: Iterable[str]) -> list[tuple[str, str]]:
    # “.” comes right behind “-”, which ends the name of a part in an id.
    return [(part, f"{part}.") for part in sorted(set(names))]


def _parts_of(
    releases: Sequence[tuple[Sequence[Path], Sequence[frozenset[str]]]],
    spans: Sequence[tuple[str, str]],
    processes: int,
) -> list[list[dict[str, str]]]:
    """For each of some releases, and each of what is left out, the digests of parts."""
    shares: list[_Task] = [
        (tuple(files), tuple(left_out), list(spans[i : i + _SPANS]))
        for files, left_out in releases
        for i in range(0, len(spans), _SPANS)
    ]
    found: list[list[dict[str, str]]] = [[{} for _ in left_out] for _, left_out in releases]
    of_each = len(shares) // len(releases)
    made = _worked(shares, min(processes, len(shares)))
    for at, several in enumerate(made):
        for each, some in zip(found[at // of_each], several, strict=True):
            each |= some
    return found


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
Asked = list[tuple[sqlite3.Connection, _Table]]
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
        yield [(db, table) for db in opened for table in _tables(db) if table.name in DIVIDED]


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
    table: _Table,
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
        said = f"{table.name}{_encoded(some)}".encode()
        for digests in begun:
            digests.setdefault(part, hashlib.sha256()).update(said)


def _add(digest: hashlib._Hash, rows: sqlite3.Cursor) -> None:
    """Add all rows of a table, as they would be encoded at once."""
    begun = False
    while some := rows.fetchmany(_ROWS):
        digest.update(f"{',' if begun else '['}{_encoded(some)[1:-1]}".encode())
        begun = True
    digest.update(b"]" if begun else b"[]")


def _tables(db: sqlite3.Connection) -> list[_Table]:
    """Tables that people read, and the views that stand for compact ones."""
    rows = db.execute(
        "SELECT name, type FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY name"
    ).fetchall()
    return [
        _table(db, name, CONTENT.get(name, Content()))
        for name, kind in rows
        if name in CONTENT or (kind == "table" and not name.startswith(("_", "sqlite_")))
    ]


def _table(db: sqlite3.Connection, name: str, content: Content) -> _Table:
    info = db.execute(f'SELECT name, pk FROM pragma_table_info("{name}")').fetchall()
    primary = (column for column, pk in sorted(info, key=lambda each: each[1]) if pk)
    columns = tuple(column for column, _ in info if column not in content.volatile)
    return _Table(name, columns, content.key or tuple(primary), content.where)


def _unpacked(value: object) -> object:
    """A blob is compressed JSON: what counts is what it says, not how it was packed."""
    if not isinstance(value, bytes):
        raise TypeError(f"{type(value).__name__} in a release")
    return _said_by(value)


@lru_cache(maxsize=1024)  # pages of one template have all their figures in the same places
def _said_by(value: bytes) -> str:
    """SHA-256 of what a blob says."""
    try:
        said = isal_zlib.decompress(value)  # a twentieth of the hash's time less than zlib
    except _NOT_PACKED:
        said = zlib.decompress(value)  # whose error those who ask know
    return hashlib.sha256(said).hexdigest()


_encoded = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), check_circular=False, default=_unpacked
).encode


# -- as it was before it had parts ------------------------------------------------------


def hash_like(manifest: Mapping[str, Any], *files: Path) -> str:
    """The content hash of a release, made as that of a manifest was.

    Args:
        manifest: Of this release, or of another that it is compared with.
        files: The release's files.
    """
    if manifest.get("content_hash_version", 1) == VERSION:
        return content_hash(*files)
    digest = hashlib.sha256()
    for file in files:
        with reading(file) as db:
            for table in _tables(db):
                _add_whole(digest, table, db.execute(table.sql))
    return digest.hexdigest()


def _add_whole(digest: hashlib._Hash, table: _Table, rows: Iterable[tuple[Any, ...]]) -> None:
    columns = ", ".join(f'"{column}"' for column in table.columns)
    digest.update(f"{table.name}({columns})".encode())
    encode = json.JSONEncoder(
        ensure_ascii=False, separators=(",", ":"), check_circular=False, default=_in_words
    ).encode
    for row in rows:
        digest.update(encode(row).encode())


def _in_words(value: object) -> object:
    if not isinstance(value, bytes):
        raise TypeError(f"{type(value).__name__} in a release")
    return zlib.decompress(value).decode()
