"""What a table is that is written as CSV and Parquet: its columns, and how they are said."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

Rows = Iterator[Sequence[Sequence[Any]]]


@dataclass(frozen=True, slots=True)
class Field:
    """A column.

    Attributes:
        name: Its name in SQLite and Parquet.
        header: Its name in CSV, in Chinese.
        text: What it holds, in Chinese.
        kind: `text` (of others), `code` (a word or id of ours), `integer`, `number`,
            `date`, `time` (UTC) or `figures`: names of figures, a list in Parquet, headers
            joined by `；` in CSV.
        unit: Unit that the form names.
        basis: Legal basis of the line.
        forms: Forms that print it.
    """

    name: str
    header: str
    text: str
    kind: str = "text"
    unit: str | None = None
    basis: str | None = None
    forms: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table on its way into files.

    Attributes:
        name: Name of its files, without their endings.
        title: What it is, in a few words.
        text: What one row is, and what must be known before it is used.
        fields: Its columns.
        key: Columns that identify a row.
        batches: Gives the rows, many at a time: a country does not fit into memory.
        size: How many rows it will have at most; decides whether its CSV is compressed.
    """

    name: str
    title: str
    text: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    batches: Callable[[], Rows]
    size: int = 0
