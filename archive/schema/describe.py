"""The tables by which a database explains itself: `descriptions` and `examples`."""

from __future__ import annotations

import sqlite3
import tomllib
from functools import cache
from pathlib import Path

from sqlite_utils import Database

from .words import describe

DESCRIPTIONS = """
CREATE TABLE descriptions (        -- 表与列的含义
  "table"      TEXT NOT NULL,
  "column"     TEXT NOT NULL,      -- "" for the table itself
  text         TEXT NOT NULL,
  PRIMARY KEY ("table", "column")
) STRICT, WITHOUT ROWID;
"""
EXAMPLES = """
CREATE TABLE examples (            -- 可直接运行的查询
  name         TEXT PRIMARY KEY,
  sql          TEXT NOT NULL,
  text         TEXT NOT NULL
) STRICT;
"""
#: What begins with it is how the tables are stored; people read the views.
_INNER = "_"
_INNER_TEXT = "内部紧凑存储，请用不带下划线的同名视图"


def explain(database: Database, *, examples: bool) -> None:
    """Add the tables that explain a database, once all its other tables are there.

    Args:
        database: `nianbao.db` or `text.db`, all tables and views created.
        examples: Whether to add the example queries.
    """
    database.executescript(DESCRIPTIONS + (EXAMPLES if examples else ""))
    connection = database.conn
    with connection:
        connection.executemany(
            "INSERT INTO descriptions VALUES (?, ?, ?)", descriptions(connection)
        )
        if examples:
            connection.executemany(
                "INSERT INTO examples VALUES (:name, :sql, :text)", example_rows()
            )


def descriptions(connection: sqlite3.Connection) -> list[tuple[str, str, str]]:
    """One row a table and column that is there: table, column or "", what it means."""
    known = {(table, column or ""): text for table, column, text in describe()}
    there = [
        (table, column)
        for (table,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') "
            "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY 1"
        ).fetchall()
        for column in ("", *_columns(connection, table))
    ]
    inner = [(table, "", _INNER_TEXT) for table, c in there if table.startswith(_INNER) and not c]
    return [*((*each, known[each]) for each in there if each in known), *inner]


@cache
def example_rows() -> tuple[dict[str, str], ...]:
    """The example queries: name, sql, text."""
    with Path(__file__).with_name("examples.toml").open("rb") as handle:
        return tuple(
            {**each, "sql": each["sql"].strip()} for each in tomllib.load(handle)["example"]
        )


def _columns(connection: sqlite3.Connection, table: str) -> list[str]:
    rows = connection.execute("SELECT name FROM pragma_table_info(?)", (table,))
    return [name for (name,) in rows]
