"""A release as CSV (UTF-8 with byte-order mark, for Excel) and Parquet."""

from __future__ import annotations

import contextlib
import csv
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from .errors import RootRefused
from .manifest import FILES, require_release
from .root import DataRoot

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_FOLDER = "export"
#: Compressed for programs; they mean nothing in a spreadsheet.
_FOR_PROGRAMS = ("locators", "details")


def export(root: DataRoot) -> list[Path]:
    """Write every table of the current release as CSV and Parquet.

    The files go to `export/<release>/` in the data root; a folder of the same release
    is written anew.

    Returns:
        The files, sorted by name.

    Raises:
        ReleaseMissing: There is no release yet.
        RootRefused: The data root cannot be written.
    """
    release = require_release(root)
    target = root.path / _FOLDER / release.name
    partial = target.with_name(target.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        partial.mkdir(parents=True)
    except OSError as error:
        raise RootRefused(f"{partial} cannot be written: {error.strerror}") from error
    for name in FILES:
        with contextlib.closing(sqlite3.connect(f"file:{release / name}?mode=ro", uri=True)) as db:
            for table in _tables(db):
                _write_table(db, table, partial)
    shutil.rmtree(target, ignore_errors=True)
    partial.rename(target)
    return sorted(target.iterdir())


def _tables(db: sqlite3.Connection) -> list[str]:
    rows = db.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
    return [name for (name,) in rows if not name.startswith(("sqlite_", "_", *_FOR_PROGRAMS))]


def _write_table(db: sqlite3.Connection, table: str, folder: Path) -> None:
    cursor = db.execute(f'SELECT * FROM "{table}"')
    names = [column[0] for column in cursor.description]
    rows = cursor.fetchall()
    with (folder / f"{table}.csv").open("w", encoding="utf-8-sig", newline="") as handle:
        out = csv.writer(handle)
        out.writerow(names)
        out.writerows([_cell(value) for value in row] for row in rows)
    columns = {name: _array(list(values)) for name, values in _columns(names, rows)}
    pq.write_table(pa.table(columns), folder / f"{table}.parquet")


def _columns(
    names: Sequence[str], rows: Sequence[Sequence[Any]]
) -> Iterator[tuple[str, Sequence[Any]]]:
    for i, name in enumerate(names):
        yield name, [row[i] for row in rows]


def _cell(value: object) -> object:
    """A printed text must not become a formula when a spreadsheet opens the file."""
    if isinstance(value, str) and value.startswith(_FORMULA) and not _is_number(value):
        return "'" + value
    return value


def _is_number(text: str) -> bool:
    try:
        Decimal(text)
    except ArithmeticError:
        return False
    return True


def _array(values: list[Any]) -> pa.Array:
    """A Parquet column; one that mixes whole and decimal numbers is decimal."""
    kinds = {type(value) for value in values if value is not None}
    if kinds == {int, float}:
        return pa.array([None if v is None else float(v) for v in values], pa.float64())
    if len(kinds) > 1:
        return pa.array([None if v is None else str(v) for v in values], pa.string())
    return pa.array(values)
