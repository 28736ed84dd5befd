"""What a statement may do on a connection of the site: read, and nothing of the process itself.

The databases are opened read-only; this holds what a `SELECT` alone can do. SQLite asks before
each action of a statement that it prepares (https://www.sqlite.org/c3ref/c_alter_table.html).
"""

from __future__ import annotations

import sqlite3

#: Actions of a statement that reads. No other begins: `ATTACH`, a temporary table, a savepoint.
_READS = frozenset(
    (
        sqlite3.SQLITE_SELECT,
        sqlite3.SQLITE_READ,
        sqlite3.SQLITE_FUNCTION,
        sqlite3.SQLITE_RECURSIVE,
        sqlite3.SQLITE_PRAGMA,
    )
)
#: Functions that reach into the process. `fts3_tokenizer` takes an address in its memory for a
#: table of functions, and calls what stands there: whoever may call it may run anything.
_INNER = frozenset(
    (
        "fts3_tokenizer", "load_extension", "sqlite_log", "fts5", "matchinfo", "offsets",
        "optimize", "rtreecheck", "rtreedepth", "rtreenode", "edit", "readfile", "writefile",
    )
)  # fmt: skip
#: Tables that SQLite makes up: of what other visitors are asking, and of its tokenizers.
_TABLES = frozenset(("sqlite_stmt", "fts3tokenize", "fts4aux", "bytecode", "tables_used"))


def limit(conn: sqlite3.Connection) -> None:
    """Let a connection read what the release holds, and no more."""
    conn.set_authorizer(_authorize)


def _authorize(action: int, name: str | None, more: str | None, *_: object) -> int:
    # As SQLite opens a virtual table; a statement may never change `sqlite_master`.
    is_opening = action == sqlite3.SQLITE_UPDATE and name == "sqlite_master"
    if action not in _READS and not is_opening:
        return sqlite3.SQLITE_DENY
    # The list of attached databases holds absolute paths; an ignored pragma has no rows.
    if action == sqlite3.SQLITE_PRAGMA and name == "database_list":
        return sqlite3.SQLITE_IGNORE
    is_table = action == sqlite3.SQLITE_READ and name in _TABLES
    is_function = action == sqlite3.SQLITE_FUNCTION and more in _INNER
    return sqlite3.SQLITE_DENY if is_table or is_function else sqlite3.SQLITE_OK
