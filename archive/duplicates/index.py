"""Which reports have sampled shingles in common: a temporary database, not memory."""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, repeat
from pathlib import Path
from typing import NamedTuple

#: Shingles that reports of so many agencies have are nobody's own words: where there are few
#: agencies, of a quarter of them, but of eight at least.
COMMON, COMMON_LEAST, COMMON_PART = 50, 8, 4
#: Shared sampled shingles that make two reports worth comparing.
LEAST = 4
_TABLES = """
CREATE TABLE documents (
  n INTEGER PRIMARY KEY, version TEXT, agency TEXT, scope TEXT, year INTEGER
);
CREATE TABLE shingles (hash INTEGER, document INTEGER, agency TEXT, stock INTEGER);
"""
_INDEXES = """
CREATE INDEX by_hash ON shingles (hash, agency, document);
CREATE TABLE common AS
  SELECT hash FROM shingles GROUP BY hash HAVING count(DISTINCT agency) >= {many};
CREATE UNIQUE INDEX common_hash ON common (hash);
CREATE TABLE telling AS
  SELECT hash, document, stock FROM shingles
  WHERE hash IN (SELECT hash FROM shingles GROUP BY hash HAVING min(document) < max(document))
    AND hash NOT IN (SELECT hash FROM common);
{dropped}
CREATE INDEX telling_hash ON telling (hash, document);
CREATE INDEX telling_document ON telling (document, hash, stock);
CREATE INDEX document_agency ON documents (agency, scope, year);
CREATE INDEX document_version ON documents (version);
"""
_SHARING = """
SELECT * FROM documents WHERE n > ?
AND EXISTS (SELECT 1 FROM telling t WHERE t.document = documents.n) ORDER BY n LIMIT 500"""


@dataclass(frozen=True, slots=True)
class Document:
    """A report's current version."""

    n: int
    version: str
    agency: str
    scope: str
    year: int


class Sampled(NamedTuple):  # to send one as a dataclass takes twice as long
    """What the index holds of one document, small on its way from another process.

    Attributes:
        row: The document's.
        hashes: Of its samples, each once and in order.
        stock: For each hash 1 if it is stock wording, else 0.
    """

    row: tuple[int, str, str, str, int]
    hashes: array[int]
    stock: bytes

    @classmethod
    def of(cls, document: Document, samples: Iterable[tuple[int, bool]]) -> Sampled:
        """Take a document with the hashes of its samples, and whether each is stock wording."""
        found = sorted(dict(samples).items())
        hashes = array("q", [each for each, _ in found])
        d = document
        row = (d.n, d.version, d.agency, d.scope, d.year)
        return cls(row, hashes, bytes([is_stock for _, is_stock in found]))

    @property
    def rows(self) -> Iterator[tuple[int, int, str, int]]:
        """The rows of its shingles."""
        n, _, agency, *_ = self.row
        return zip(self.hashes, repeat(n), repeat(agency), self.stock, strict=False)


class Index:
    """Documents and their sampled shingles. Add all, then `finish`, then ask."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Ask a database that `new_index` or `opened_index` made."""
        self._db = connection

    def add(self, document: Document, samples: Iterable[tuple[int, bool]]) -> None:
        """Add a document with the hashes of its samples, and whether each is stock wording."""
        self.take([Sampled.of(document, samples)])

    def take(self, some: Iterable[Sampled]) -> None:
        """Add several documents."""
        some = list(some)
        self._db.executemany(
            "INSERT INTO documents VALUES (?, ?, ?, ?, ?)", [each.row for each in some]
        )
        rows = chain.from_iterable(each.rows for each in some)
        self._db.executemany("INSERT INTO shingles VALUES (?, ?, ?, ?)", rows)

    def finish(self, *, is_kept: bool = False) -> None:
        """Tell common shingles from telling ones.

        Args:
            is_kept: Whether shingles of one document alone, and common ones, are kept for
                `renewing`; they are dropped else.
        """
        self._db.commit()
        dropped = "" if is_kept else "DROP TABLE shingles;"
        self._db.executescript(_INDEXES.format(many=self.many, dropped=dropped))

    @property
    def many(self) -> int:
        """So many agencies make a shingle common."""
        return max(COMMON_LEAST, min(COMMON, self._agencies // COMMON_PART))

    @cached_property
    def _agencies(self) -> int:
        sql = "SELECT count(DISTINCT agency) FROM documents"
        return int(self._db.execute(sql).fetchone()[0])

    @property
    def is_small(self) -> bool:
        """Whether there are too few agencies for any words to be common."""
        return self._agencies < COMMON_LEAST

    def documents(self) -> Iterator[Document]:
        """The documents that share anything, in the order in which they were added."""
        n = -1
        while rows := self._db.execute(_SHARING, (n,)).fetchall():
            yield from (Document(*row) for row in rows)
            n = rows[-1][0]

    def common(self, hashes: Iterable[int]) -> set[int]:
        """Those of the hashes that are common."""
        asked = sorted(set(hashes))
        found: set[int] = set()
        for start in range(0, len(asked), 500):
            part = asked[start : start + 500]
            marks = ", ".join("?" * len(part))
            rows = self._db.execute(f"SELECT hash FROM common WHERE hash IN ({marks})", part)
            found.update(each for (each,) in rows)
        return found

    def last_year(self, document: Document) -> Document | None:
        """The same agency's report of the year before, if it shares enough."""
        rows = self._db.execute(
            "SELECT d.* FROM documents d WHERE d.agency = ? AND d.scope = ? AND d.year = ? AND ("
            "  SELECT count(*) FROM telling a JOIN telling b ON b.hash = a.hash"
            "  WHERE a.document = ? AND b.document = d.n) >= ?",
            (document.agency, document.scope, document.year - 1, document.n, LEAST),
        ).fetchall()
        return Document(*rows[0]) if rows else None

    def of_others(self, document: Document, most: int) -> list[Document]:
        """Other agencies' reports of the same year or the year before that share most.

        Stock wording does not count.

        Args:
            document: Whose shingles are looked for.
            most: How many are given, those that share most first.
        """
        rows = self._db.execute(
            # Counted first: to look up a document for each shingle takes most of the time.
            "SELECT d.* FROM (SELECT b.document, count(*) AS shared"
            "  FROM telling a JOIN telling b ON b.hash = a.hash"
            "  WHERE a.document = ? AND NOT a.stock GROUP BY b.document HAVING shared >= ?) found"
            "  JOIN documents d ON d.n = found.document "
            "WHERE d.agency <> ? AND d.year IN (?, ?) "
            "ORDER BY found.shared DESC, d.version LIMIT ?",
            (document.n, LEAST, document.agency, document.year, document.year - 1, most),
        ).fetchall()
        return [Document(*row) for row in rows]


def opened_index(path: Path) -> Index:
    """The index that another process made and finished in a file; only to be asked."""
    return Index(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True))


@contextmanager
def new_index(path: Path | None = None) -> Iterator[Index]:
    """An index in a new file, or in a temporary one that is gone at the end."""
    with closing(sqlite3.connect(path or "")) as connection:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.executescript(_TABLES)
        yield Index(connection)
