"""The table `duplicates` of a release that differs from another in few reports.

The index of the last build was kept. In it the texts that changed are replaced; compared again
is every document of which an answer may be another: those that share as much with a text that
came or went as makes them worth comparing, and those that have a shingle which became common,
or is so no more.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ..rows import Row
from .finding import Samples, rows_of, samples_of
from .index import LEAST, Document, Index
from .texts import Texts

_CURRENT = "SELECT version_id, agency_id, scope, year FROM reports WHERE report_id = ?"
#: An index finds the next agency at once, however many documents a shingle stands in.
_AGENCIES = """
WITH RECURSIVE found(agency, n) AS (
  SELECT min(agency), 1 FROM shingles WHERE hash = :hash
  UNION ALL
  SELECT (SELECT min(agency) FROM shingles WHERE hash = :hash AND agency > found.agency), n + 1
  FROM found WHERE agency IS NOT NULL AND n <= :many
)
SELECT count(agency) FROM found"""
_TELL = """
INSERT INTO telling SELECT hash, document, stock FROM shingles WHERE hash = :hash
AND (SELECT min(document) < max(document) FROM shingles WHERE hash = :hash)"""
_SHARING = """
SELECT b.document FROM telling b WHERE b.hash IN (SELECT hash FROM temp.asked)
AND b.document NOT IN (SELECT document FROM temp.changed)
GROUP BY b.document HAVING count(*) >= ?"""


@dataclass(slots=True)
class Renewed:
    """What is told now.

    Attributes:
        versions: Versions of which it is told; those that went are among them.
        rows: All that is told of them.
    """

    versions: set[str] = field(default_factory=set)
    rows: list[Row] = field(default_factory=list)


def renewed(
    kept: sqlite3.Connection,
    was: sqlite3.Connection,
    now: sqlite3.Connection,
    gone: Iterable[str],
    new: Iterable[str],
) -> Renewed | None:
    """Rows of all documents of which something else may be told than before.

    Args:
        kept: The index that `finding.duplicate_rows` kept of the release before; it is brought
            up to date, and whoever gave it commits.
        was: nianbao.db of the release before, text.db attached as `text`.
        now: The same of the new one, its reports and chapters written.
        gone: Reports whose text of before counts no more.
        new: Reports whose text counts now; many are both.

    Returns:
        None if so many agencies came or went that other words are common, or if it is no index
        of the release before: everything is to be compared.
    """
    many = Index(kept).many, Index(kept).is_small
    work = _Work(kept)
    try:
        affected = work.leave(_documents(was, gone), Texts(was))
    except KeyError:
        return None  # it is the index of another release
    affected |= work.enter(_documents(now, new), Texts(now))
    index = Index(kept)
    if (index.many, index.is_small) != many:
        return None
    made = Renewed(set(work.gone))
    texts = Texts(now)
    for n in sorted(affected | work.new):
        row = kept.execute("SELECT * FROM documents WHERE n = ?", (n,)).fetchone()
        if row is not None:
            document = Document(*row)
            made.versions.add(document.version)
            made.rows += rows_of(texts, index, document)
    return made


def _documents(
    db: sqlite3.Connection, reports: Iterable[str]
) -> Iterator[tuple[str, str, str, int]]:
    for report in sorted(reports):
        yield from db.execute(_CURRENT, (report,))


class _Work:
    """An index that is brought up to date."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._many = Index(db).many
        self.gone: list[str] = []
        self.new: set[int] = set()
        for table in ("asked (hash INTEGER PRIMARY KEY)", "changed (document INTEGER PRIMARY KEY)"):
            db.execute(f"CREATE TEMP TABLE {table}")

    def leave(self, documents: Iterable[tuple[str, str, str, int]], texts: Texts) -> set[int]:
        """Take documents out; the numbers of others of which something else may be told."""
        db, found = self._db, []
        for version, *_ in documents:
            sql = "SELECT n, agency FROM documents WHERE version = ?"
            known = db.execute(sql, (version,)).fetchone()
            if known is None:
                raise KeyError(version)
            n, agency = known
            found.append((n, agency, samples_of(texts, version)))
            self.gone.append(version)
        affected = self._beside((n, samples) for n, _, samples in found)
        hashes = set()
        sql = "DELETE FROM shingles WHERE hash = ? AND agency = ? AND document = ?"
        for n, agency, samples in found:
            own = {each for each, _ in samples}
            db.executemany(sql, [(each, agency, n) for each in own])
            hashes |= own
            db.execute("DELETE FROM documents WHERE n = ?", (n,))
        return affected | self._settle(hashes)

    def enter(self, documents: Iterable[tuple[str, str, str, int]], texts: Texts) -> set[int]:
        """Put documents in; the numbers of others of which something else may be told."""
        db, found, hashes = self._db, list[tuple[int, Samples]](), set[int]()
        (last,) = db.execute("SELECT coalesce(max(n), -1) FROM documents").fetchone()
        index = Index(db)
        for n, (version, agency, scope, year) in enumerate(documents, last + 1):
            samples = samples_of(texts, version)
            index.add(Document(n, version, agency, scope, year), samples)
            found.append((n, samples))
            hashes.update(each for each, _ in samples)
            self.new.add(n)
        affected = self._settle(hashes)
        return affected | self._beside(iter(found))

    def _beside(self, found: Iterator[tuple[int, Samples]]) -> set[int]:
        """Documents that share enough telling shingles with one of some."""
        db, beside = self._db, set()
        for n, samples in found:
            db.execute("DELETE FROM temp.asked")
            db.execute("DELETE FROM temp.changed")
            db.execute("INSERT INTO temp.changed VALUES (?)", (n,))
            hashes = {(each,) for each, _ in samples}
            db.executemany("INSERT INTO temp.asked VALUES (?)", sorted(hashes))
            beside |= {row[0] for row in db.execute(_SHARING, (LEAST,))}
        return beside

    def _settle(self, hashes: Iterable[int]) -> set[int]:
        """Tell again which shingles are common and which telling; documents where that turned."""
        db, turned = self._db, set()
        for each in sorted(hashes):
            asked = {"hash": each, "many": self._many}
            was = bool(db.execute("SELECT 1 FROM common WHERE hash = ?", (each,)).fetchone())
            now = db.execute(_AGENCIES, asked).fetchone()[0] >= self._many
            if was and now:
                continue
            if was != now:
                sql = "SELECT document FROM shingles WHERE hash = ?"
                turned |= {row[0] for row in db.execute(sql, (each,))}
                way = "INSERT INTO common VALUES (?)", "DELETE FROM common WHERE hash = ?"
                db.execute(way[was], (each,))
            db.execute("DELETE FROM telling WHERE hash = ?", (each,))
            if not now:
                db.execute(_TELL, asked)
        return turned
