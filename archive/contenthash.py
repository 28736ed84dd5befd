"""The content hash of a release: what it says, without when and where it was stored.

It is the SHA-256 of a list of digests, one a line: of each table, and of each part. A part
is what the divided tables say of the agencies whose ids begin with the same two words
(`370300-finance`), so that a build which changes few agencies digests few parts again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .contentparts import parts
from .contenttables import AskedTable, tables, tables_of
from .inflating import inflated
from .manifest import reading

#: How the hash is made, in a manifest as `content_hash_version`; 1 where it says nothing.
VERSION = 2


def content_hash(*files: Path, processes: int | None = None) -> str:
    """SHA-256 over the public content of a release.

    Left out is what `schema.CONTENT` calls volatile (ids of records, times of capture,
    places in files), so that a re-crawl that changed nothing, or a crawl that was broken
    off and continued, gives the same hash. How rows are stored does not matter: compact
    tables enter by their views, blobs unpacked.

    Args:
        files: The SQLite files of a release, always in the same order.
        processes: How many processes work on it; as many as it is worth if None.
    """
    return digests(*files, processes=processes).hash


@dataclass(frozen=True, slots=True)
class Digests:
    """What the content hash is made of.

    Attributes:
        tables: A line a table.
        parts: Digests of the parts, by name.
    """

    tables: tuple[str, ...]
    parts: Mapping[str, str]

    @property
    def text(self) -> str:
        """The list of digests."""
        lines = [*self.tables, *(f"{name} {digest}" for name, digest in sorted(self.parts.items()))]
        return "".join(f"{line}\n" for line in lines)

    @property
    def hash(self) -> str:
        """The content hash."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @classmethod
    def read(cls, text: str) -> Digests:
        """Take a list apart again."""
        lines = text.splitlines()
        count = sum("(" in line for line in lines)
        return cls(tuple(lines[:count]), dict(line.split(" ", 1) for line in lines[count:]))


def digests(*files: Path, processes: int | None = None) -> Digests:
    """What the content hash of a release is made of; see `content_hash`."""
    return Digests(tuple(tables(files)), parts(files, processes))


# -- as it was before it had parts ------------------------------------------------------


def hash_like(manifest: Mapping[str, Any], *files: Path) -> str:
    """The content hash of a release, made as that of a manifest was.

    Args:
        manifest: Of this release, or of another that it is compared with.
        files: The release's files.
    """
    if manifest.get("content_hash_version", 1) == VERSION:
        return content_hash(*files)
    digest = hashlib.sha256()
    for file in files:
        with reading(file) as db:
            for table in tables_of(db):
                _add_whole(digest, table, db.execute(table.sql))
    return digest.hexdigest()


def _add_whole(digest: hashlib._Hash, table: AskedTable, rows: Iterable[tuple[Any, ...]]) -> None:
    columns = ", ".join(f'"{column}"' for column in table.columns)
    digest.update(f"{table.name}({columns})".encode())
    encode = json.JSONEncoder(
        ensure_ascii=False, separators=(",", ":"), check_circular=False, default=_in_words
    ).encode
    for row in rows:
        digest.update(encode(row).encode())


def _in_words(value: object) -> object:
    if not isinstance(value, bytes):
        raise TypeError(f"{type(value).__name__} in a release")
    return inflated(value).decode()
