"""Tables of the release that are written as they are, for those who use no SQLite."""

from __future__ import annotations

import sqlite3
import tomllib
from collections.abc import Iterator
from pathlib import Path

from ...schema.words import COLUMNS, TABLES, TITLES
from .cells import batches
from .fields import Field, Rows, Table

_BATCH = 20_000


def plain_tables(db: sqlite3.Connection) -> Iterator[Table]:
    """The tables that the release has and that say anything."""
    with Path(__file__).with_name("plain.toml").open("rb") as handle:
        plain = tomllib.load(handle)
    for name, said in plain.items():
        has = {row[0] for row in db.execute("SELECT name FROM pragma_table_info(?)", (name,))}
        fields = tuple(
            Field(column, header, COLUMNS[name][column], *kind)
            for column, header, *kind in said["columns"]
            if column in has
        )
        if fields:
            (count,) = db.execute(f"SELECT count(*) FROM {name}").fetchone()
            yield _table(db, name, tuple(said["key"]), fields, count)


def _table(
    db: sqlite3.Connection, name: str, key: tuple[str, ...], fields: tuple[Field, ...], count: int
) -> Table:
    names = ", ".join(f'"{field.name}"' for field in fields)
    order = ", ".join(f'"{each}"' for each in key)

    def rows() -> Rows:
        yield from batches(db.execute(f'SELECT {names} FROM "{name}" ORDER BY {order}'), _BATCH)

    return Table(name, TITLES[name], TABLES[name], fields, key, rows, count)
