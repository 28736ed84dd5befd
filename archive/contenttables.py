"""The tables of a release as its content hash asks for them, and how rows are written for it."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from .inflating import inflated
from .manifest import reading
from .schema import CONTENT, Content

#: Tables whose rows belong to one agency: their keys begin with its id, a report's or a version's.
DIVIDED = frozenset({
    "agencies", "agency_names", "reports", "versions", "sources", "figure_notes", "figures",
    "findings", "changes", "chapters", "grids", "leftovers", "facts", "duplicates", "locators",
    "details",
})  # fmt: skip
_ROWS = 500


@dataclass(frozen=True, slots=True)
class AskedTable:
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


def tables(files: Sequence[Path]) -> list[str]:
    """A line a table: its name, its columns, and its digest if it is not divided."""
    lines = []
    for file in files:
        with reading(file) as db:
            for table in tables_of(db):
                if table.name in DIVIDED:
                    lines.append(table.title)
                    continue
                digest = hashlib.sha256()
                add_rows(digest, db.execute(table.sql))
                lines.append(f"{table.title} {digest.hexdigest()}")
    return lines


def add_rows(digest: hashlib._Hash, rows: sqlite3.Cursor) -> None:
    """Add all rows of a table, as they would be encoded at once."""
    begun = False
    while some := rows.fetchmany(_ROWS):
        digest.update(f"{',' if begun else '['}{encoded(some)[1:-1]}".encode())
        begun = True
    digest.update(b"]" if begun else b"[]")


def tables_of(db: sqlite3.Connection) -> list[AskedTable]:
    """Tables that people read, and the views that stand for compact ones."""
    rows = db.execute(
        "SELECT name, type FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY name"
    ).fetchall()
    return [
        _table(db, name, CONTENT.get(name, Content()))
        for name, kind in rows
        if name in CONTENT or (kind == "table" and not name.startswith(("_", "sqlite_")))
    ]


def _table(db: sqlite3.Connection, name: str, content: Content) -> AskedTable:
    info = db.execute(f'SELECT name, pk FROM pragma_table_info("{name}")').fetchall()
    primary = (column for column, pk in sorted(info, key=lambda each: each[1]) if pk)
    columns = tuple(column for column, _ in info if column not in content.volatile)
    return AskedTable(name, columns, content.key or tuple(primary), content.where)


def _unpacked(value: object) -> object:
    """A blob is compressed JSON: what counts is what it says, not how it was packed."""
    if not isinstance(value, bytes):
        raise TypeError(f"{type(value).__name__} in a release")
    return _said_by(value)


@lru_cache(maxsize=1024)  # pages of one template have all their figures in the same places
def _said_by(value: bytes) -> str:
    """SHA-256 of what a blob says."""
    return hashlib.sha256(inflated(value)).hexdigest()


encoded = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), check_circular=False, default=_unpacked
).encode
