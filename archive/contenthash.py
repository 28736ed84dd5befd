"""The content hash of a release: what it says, without when and where it was stored."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zlib
from pathlib import Path

from .manifest import reading
from .schema import CONTENT, Content


def content_hash(*files: Path) -> str:
    """SHA-256 over the public content of a release: its rows in key order.

    Left out is what `schema.CONTENT` calls volatile (ids of records, times of capture,
    places in files), so that a re-crawl that changed nothing, or a crawl that was broken
    off and continued, gives the same hash. How rows are stored does not matter: compact
    tables enter by their views, blobs unpacked.

    Args:
        files: The SQLite files of a release, always in the same order.
    """
    digest = hashlib.sha256()
    for file in files:
        with reading(file) as db:
            for name in _hashed(db):
                _add(digest, db, name, CONTENT.get(name, Content()))
    return digest.hexdigest()


def _hashed(db: sqlite3.Connection) -> list[str]:
    """Tables that people read, and the views that stand for compact ones."""
    rows = db.execute(
        "SELECT name, type FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY name"
    )
    return [
        name
        for name, kind in rows
        if name in CONTENT or (kind == "table" and not name.startswith(("_", "sqlite_")))
    ]


def _add(digest: hashlib._Hash, db: sqlite3.Connection, name: str, content: Content) -> None:
    info = db.execute(f'SELECT name, pk FROM pragma_table_info("{name}")').fetchall()
    kept = ", ".join(f'"{column}"' for column, _ in info if column not in content.volatile)
    key = content.key or tuple(
        column for column, pk in sorted(info, key=lambda each: each[1]) if pk
    )
    order = ", ".join(f'"{column}"' for column in key)
    where = f" WHERE {content.where}" if content.where else ""
    digest.update(f"{name}({kept})".encode())
    encode = json.JSONEncoder(
        ensure_ascii=False, separators=(",", ":"), check_circular=False, default=_unpacked
    ).encode
    for row in db.execute(f'SELECT {kept} FROM "{name}"{where} ORDER BY {order}'):
        digest.update(encode(row).encode())


def _unpacked(value: object) -> object:
    """A blob is compressed JSON: what counts is what it says, not how it was packed."""
    if not isinstance(value, bytes):
        raise TypeError(f"{type(value).__name__} in a release")
    return zlib.decompress(value).decode()
