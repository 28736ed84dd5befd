"""Tables of the release that are written as they are, for those who use no SQLite."""

from __future__ import annotations

import sqlite3
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ...schema.codes import CODES, case
from ...schema.rate_words import exported
from ...schema.words import COLUMNS, TABLES, TITLES
from .cells import batches
from .details import said
from .fields import Field, Rows, Table
from .spans import WHOLE, Span

_BATCH = 20_000
#: Columns that these files say otherwise than SQLite: SQL in the place of the name.
_OTHERWISE = {
    ("changes", "cells"): "nullif(cells, '{}')",
    ("changes", "detail"): "said_in_chinese(detail)",
}
#: Words of codes that depend on more than the code; `{}` is the word of the code alone.
_WORDS = {
    ("current_findings", "status"): """CASE WHEN status = 'fail' AND "check" IN
(SELECT c."check" FROM checks c WHERE c.strength = 'informative') THEN '说明' ELSE {} END"""
}
#: In SQLite the name of a kind of agency is in `agencies` alone.
_KIND_NAME = "(SELECT a.kind_name FROM agencies a WHERE a.agency_id = reports.agency_id)"


class _Column(NamedTuple):
    """A column of the files, and the SQL that gives it."""

    field: Field
    sql: str


def plain_tables(db: sqlite3.Connection) -> Iterator[Table]:
    """The tables that the release has and that say anything."""
    db.create_function("said_in_chinese", 1, said, deterministic=True)
    with Path(__file__).with_name("plain.toml").open("rb") as handle:
        plain = tomllib.load(handle)
    for name, about in plain.items():
        has = {row[0] for row in db.execute("SELECT name FROM pragma_table_info(?)", (name,))}
        columns = tuple(_columns(name, about, has))
        if columns:
            if about.get("if_any") and not db.execute(f"SELECT 1 FROM {name} LIMIT 1").fetchone():
                continue
            yield _table(db, name, about, columns)


def _columns(name: str, about: Mapping[str, Any], has: set[str]) -> Iterator[_Column]:
    """The columns that the release has, each code followed by its word."""
    words = about.get("words", {})
    generated = exported() if about.get("rates") else ()
    for column, header, *kind in (*about["columns"], *generated):
        if column not in has:
            continue
        sql = _OTHERWISE.get((name, column), f'"{column}"')
        yield _Column(Field(column, header, COLUMNS[name][column], *kind), sql)
        if column in words:
            word, codes = words[column]
            told = Field(f"{column}_name", word, f"“{header}”的名称", "code")
            sql = _WORDS.get((name, column), "{}").format(case(f'"{column}"', CODES[codes]))
            yield _Column(told, sql)
        elif (name, column) == ("reports", "kind"):
            yield _Column(
                Field("kind_name", "机关类别", "“机关类别代码”的名称", "code"), _KIND_NAME
            )


def _table(
    db: sqlite3.Connection, name: str, about: Mapping[str, Any], columns: tuple[_Column, ...]
) -> Table:
    asked = ", ".join(column.sql for column in columns)
    key = tuple(about["key"])
    order = ", ".join(f'"{each}"' for each in key)
    fields = tuple(column.field for column in columns)
    divided_by = about.get("divided_by", "")

    def rows(span: Span = WHOLE) -> Rows:
        where, given = span.where(divided_by)
        sql = f'SELECT {asked} FROM "{name}"{where} ORDER BY {order}'
        yield from batches(db.execute(sql, given), _BATCH)

    def size() -> int:
        (count,) = db.execute(f"SELECT count(*) FROM {name}").fetchone()
        return int(count)

    return Table(
        name, TITLES[name], TABLES[name], fields, key, size, rows,
        is_divided=bool(divided_by), by_years=divided_by == "year", at_once=_BATCH,
    )  # fmt: skip
