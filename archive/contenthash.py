"""The content hash of a release: what it says, without when and where it was stored."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zlib
from pathlib import Path

from .schema import PASSING, VOLATILE


def content_hash(*files: Path) -> str:
    """SHA-256 over all rows of all tables in key order.

    Left out are the columns in `schema.VOLATILE` (ids of records, times of capture,
    places in files), so that a re-crawl that changed nothing, or a crawl that was
    broken off and continued, gives the same hash.

    Args:
        files: The SQLite files of a release, always in the same order.
    """
    digest = hashlib.sha256()
    for file in files:
        with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as db:
            for table in _tables(db):
                _add_table(digest, db, table)
        db.close()
    return digest.hexdigest()


def _tables(db: sqlite3.Connection) -> list[str]:
    rows = db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    return [row[0] for row in rows if not row[0].startswith("sqlite_")]


def _add_table(digest: hashlib._Hash, db: sqlite3.Connection, table: str) -> None:
    info = db.execute(f'SELECT name, pk FROM pragma_table_info("{table}")').fetchall()
    kept = [name for name, _ in info if name not in VOLATILE.get(table, frozenset())]
    keys = [name for name, pk in sorted(info, key=lambda column: column[1]) if pk]
    names = ", ".join(f'"{name}"' for name in kept)
    order = ", ".join(f'"{name}"' for name in keys)
    digest.update(f"{table}({names})".encode())
    where = f"WHERE NOT ({PASSING[table]})" if table in PASSING else ""
    for row in db.execute(f'SELECT {names} FROM "{table}" {where} ORDER BY {order}'):
        values = [_plain(value) for value in row]
        digest.update(json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode())


def _plain(value: object) -> object:
    """A blob is compressed JSON: what counts is what it says, not how it was packed."""
    return zlib.decompress(value).decode() if isinstance(value, bytes) else value
