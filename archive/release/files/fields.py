"""What a table is that is written as CSV and Parquet: its columns, and how they are said."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from .spans import Span

Rows = Iterator[Sequence[Sequence[Any]]]


class Column(NamedTuple):
    """A column of some rows, as Arrow has it.

    Attributes:
        typed: As it stands in Parquet; texts that are often the same may come as a dictionary.
        said: As it stands in CSV, before quoting; a null is an empty cell.
    """

    typed: Any
    said: Any


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
    """A table on its way into files; its rows come many at a time, for a country fits nowhere.

    Attributes:
        name: Name of its files, without their endings.
        title: What it is, in a few words.
        text: What one row is, and what must be known before it is used.
        fields: Its columns.
        key: Columns that identify a row.
        size: Tells how many rows it will have at most; decides whether its CSV is compressed.
        batches: Gives rows, of a span of ids if one is given.
        blocks: Gives the rows of a span as columns, in the place of `batches`.
        is_divided: Whether it grows with the reports, so that it is written in parts where
            there are many: then its key begins with the id of an agency.
        by_years: Whether a part of it is a year; else it is what agencies of a prefecture say.
        has_sheet: Whether it is there as CSV where there are many reports.
        at_once: How many of its rows are written at a time; 0 if other things decide it.
    """

    name: str
    title: str
    text: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    size: Callable[[], int]
    batches: Callable[..., Rows] = lambda: iter(())
    blocks: Callable[[Span], Iterator[list[Column]]] | None = None
    is_divided: bool = False
    by_years: bool = False
    has_sheet: bool = True
    at_once: int = 0
