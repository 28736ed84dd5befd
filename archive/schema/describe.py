"""The tables by which a database explains itself: `descriptions` and `examples`."""

from __future__ import annotations

import sqlite3
import tomllib
from collections.abc import Iterator
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
  theme        TEXT NOT NULL,
  sql          TEXT NOT NULL,
  text         TEXT NOT NULL
) STRICT;
"""
#: How the examples that begin with an ATTACH are run; added to their texts.
HOW_TO_ATTACH = (
    "查询 text.db 的各例有两句，先 ATTACH 后查询，须先进入（cd）发布文件夹，再以 "
    "sqlite3 -readonly nianbao.db 打开；在别处运行会报 unable to open database，不会另建文件。"
    "Python 的 execute 每次只接受一句：以 uri=True 连接，先执行 ATTACH，再执行查询。"
)
#: The same in Python, for a release's folder as the current one.
IN_PYTHON = """\
import sqlite3
db = sqlite3.connect("file:nianbao.db?mode=ro", uri=True)
db.execute("ATTACH DATABASE 'file:text.db?mode=ro' AS text")
rows = db.execute("SELECT count(*) FROM text.chapters").fetchall()"""
#: Begins the examples that ask text.db, too.
ATTACH = "ATTACH"
#: Files of the folder examples/, in the order in which people read them.
THEMES = ("requests", "outcomes", "disputes", "disclosure", "checks", "coverage", "prose")
#: What begins with it is how the tables are stored; people read the views.
_INNER = "_"
_INNER_TEXT = "内部紧凑存储，请用不带下划线的同名视图"
#: But for the index of the chapters (`archive.search`), which is asked by its name.
_INDEX = "_search"
_INDEX_TEXT = "_search 的内部存储"


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
                "INSERT INTO examples VALUES (:name, :theme, :sql, :text)", example_rows()
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
    inner = [
        (table, "", _INDEX_TEXT if table.startswith(_INDEX) else _INNER_TEXT)
        for table, c in there
        if table.startswith(_INNER) and not c and (table, c) not in known
    ]
    return [*((*each, known[each]) for each in there if each in known), *inner]


@cache
def example_rows() -> tuple[dict[str, str], ...]:
    """The example queries, theme by theme: name, theme, sql, text.

    The text says how a query of text.db is run.
    """
    return tuple(row for theme in THEMES for row in _of_theme(theme))


def _of_theme(theme: str) -> Iterator[dict[str, str]]:
    with (Path(__file__).parent / "examples" / f"{theme}.toml").open("rb") as handle:
        told = tomllib.load(handle)
    for said in told["example"]:
        sql = said["sql"].strip()
        how = HOW_TO_ATTACH if sql.startswith(ATTACH) else ""
        yield {
            "name": said["name"],
            "theme": told["title"],
            "sql": sql,
            "text": said["text"] + how,
        }


def _columns(connection: sqlite3.Connection, table: str) -> list[str]:
    rows = connection.execute("SELECT name FROM pragma_table_info(?)", (table,))
    return [name for (name,) in rows]
