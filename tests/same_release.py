"""`python -m tests.same_release A B`: whether two releases say the same, and where they do not.

Each public table and view of both files is compared row by row, blobs unpacked, in the order of
all their columns; of text.db its search index, too, and whether the files are the same bytes.
"""

from __future__ import annotations

import sqlite3
import sys
import zlib
from collections.abc import Iterator
from contextlib import closing
from itertools import zip_longest
from pathlib import Path

from archive.contenthash import content_hash
from archive.manifest import FILES

Row = tuple[object, ...]


def main(arguments: list[str]) -> int:
    """Compare; returns how many tables differ."""
    one, other = map(Path, arguments)
    differing = 0
    for file in FILES:
        for table in _tables(one / file):
            pairs = zip_longest(_rows(one / file, table), _rows(other / file, table))
            first = next((pair for pair in pairs if pair[0] != pair[1]), None)
            if first is not None:
                differing += 1
                print(f"{file} {table}: {first[0]!r:.300} and {first[1]!r:.300}")
        same = (one / file).read_bytes() == (other / file).read_bytes()
        print(f"{file}: {'the same bytes' if same else 'not the same bytes'}")
    hashes = [content_hash(*(folder / file for file in FILES)) for folder in (one, other)]
    print(f"content hash {hashes[0][:12]} and {hashes[1][:12]}; {differing} tables differ")
    return differing + (hashes[0] != hashes[1])


def _tables(file: Path) -> list[str]:
    """Public tables and views, and what the search index is stored in."""
    sql = (
        "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') "
        "AND name NOT LIKE 'sqlite_%' AND (name NOT LIKE '\\_%' ESCAPE '\\' "
        "OR name LIKE '\\_search\\_%' ESCAPE '\\') ORDER BY name"
    )
    with closing(sqlite3.connect(file)) as db:
        return [name for (name,) in db.execute(sql)]


def _rows(file: Path, table: str) -> Iterator[Row]:
    with closing(sqlite3.connect(file)) as db:
        width = len(db.execute(f'SELECT * FROM "{table}" LIMIT 0').description)
        order = ", ".join(str(number + 1) for number in range(min(width, 12)))
        for row in db.execute(f'SELECT * FROM "{table}" ORDER BY {order}'):
            yield tuple(map(_unpacked, row))


def _unpacked(value: object) -> object:
    packed = isinstance(value, bytes) and value[:1] == b"\x78"
    return zlib.decompress(value) if packed and isinstance(value, bytes) else value


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
