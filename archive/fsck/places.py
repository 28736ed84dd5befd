"""All records of all files together: ids given twice, revisits of what is not there."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from ..errors import WriteFailed
from .examine import PLACE, Examined, digest_of
from .kinds import Finding

_TABLES = """
PRAGMA journal_mode = OFF;
PRAGMA cache_size = -65536;
CREATE TABLE places (file INTEGER, id BLOB, at INTEGER, payload BLOB);
CREATE TABLE referred (file INTEGER, id BLOB, at INTEGER, payload BLOB);
"""
_DOUBLED = """
WITH doubled AS (SELECT id FROM places GROUP BY id HAVING count(*) > 1)
SELECT b.file, a.file, count(*), min(b.at), min(a.at)
FROM doubled JOIN places a USING (id) JOIN places b USING (id)
WHERE a.rowid < b.rowid GROUP BY b.file, a.file ORDER BY b.file, a.file
"""
_WITHOUT = """
SELECT file, at, id FROM referred WHERE id NOT IN (SELECT id FROM places) ORDER BY file, at
"""
_OTHER = """
SELECT r.file, r.at FROM referred r JOIN places p ON p.id = r.id
WHERE r.payload <> zeroblob(8) AND p.payload <> zeroblob(8) AND r.payload <> p.payload
ORDER BY r.file, r.at
"""


class Places:
    """Where every record stands, in a temporary database: an archive has millions."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("")
        self._db.executescript(_TABLES)
        self._files: list[Examined] = []

    def add(self, examined: Examined) -> None:
        """Take in the records of a file; files come in the order of their numbers.

        Raises:
            WriteFailed: The folder for temporary files is full.
        """
        self._files.append(examined)
        tables = (("places", examined.places), ("referred", examined.referred))
        try:
            for table, packed in tables:
                rows = PLACE.iter_unpack(packed)
                self._db.executemany(f"INSERT INTO {table} VALUES (?, ?, ?, ?)", rows)
        except sqlite3.OperationalError as error:
            raise WriteFailed(
                f"the folder for temporary files takes nothing more ({error}); "
                "make room there, or name another in SQLITE_TMPDIR"
            ) from error
        examined.places.clear()
        examined.referred.clear()

    def findings(self, at_work: bool, deleted: frozenset[str]) -> Iterator[Finding]:
        """What is wrong between records.

        Args:
            at_work: Whether a crawl writes: what a revisit in an open file refers to may have
                been written after its own file was read.
            deleted: Ids of records that a documented deletion took out.
        """
        self._db.execute("CREATE INDEX places_id ON places(id)")
        yield from self._doubled()
        excused = set(map(digest_of, deleted))
        for number, at, record in self._db.execute(_WITHOUT).fetchall():
            ahead = at_work and self._files[number].warc.is_open
            if not ahead and record not in excused:
                what = "the record that this revisit refers to is nowhere"
                yield self._finding("holder_lost", number, at, what)
        for number, at in self._db.execute(_OTHER).fetchall():
            what = "its WARC-Payload-Digest is not that of the record that it refers to"
            yield self._finding("record_wrong", number, at, what)

    def _doubled(self) -> Iterator[Finding]:
        for number, other, count, at, other_at in self._db.execute(_DOUBLED).fetchall():
            file, first = self._files[number], self._files[other]
            if number != other and file.sha256 == first.sha256:
                what = f"it is warc/{first.warc.path.name} byte for byte"
                yield Finding("file_doubled", f"warc/{file.warc.path.name}", what)
                continue
            where = "the same file" if number == other else f"warc/{first.warc.path.name}"
            what = f"{count} records bear ids that stand in {where} too, from byte {other_at} on"
            yield self._finding("record_doubled", number, at, what)

    def _finding(self, kind: str, number: int, at: int, what: str) -> Finding:
        return Finding(kind, f"warc/{self._files[number].warc.name}", what, f"byte {at}")

    def close(self) -> None:
        """Forget everything."""
        self._db.close()
