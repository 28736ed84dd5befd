"""The table `duplicates` of a release that differs from another in few reports.

The index of the last build was kept. In it the texts that changed are replaced; compared again
is every document of which an answer may be another: those that share as much with a text that
came or went as makes them worth comparing, and those that have a shingle which became common,
or is so no more.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ..rows import Row
from .finding import rows_of, samples_of
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
_SEVERAL = "SELECT count(*) FROM (SELECT DISTINCT document FROM {} WHERE hash = ? LIMIT 2)"
_TELL = "INSERT INTO telling SELECT hash, document, stock FROM shingles WHERE hash = ?"
_TELL_OF = f"{_TELL} AND agency = ? AND document = ?"
#: A document is compared with others of its year and the year before, and with its own agency's
#: of the year before: only of what comes after may a text be told otherwise.
_SHARING = """
SELECT d.n FROM telling b JOIN documents d ON d.n = b.document
WHERE b.hash IN (SELECT hash FROM temp.asked)
AND (d.year = :year + 1 OR (d.year = :year AND d.agency <> :agency))
GROUP BY d.n HAVING count(*) >= :least"""


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


@dataclass(frozen=True, slots=True)
class _Changed:
    """A document that came or went, and the hashes of its samples."""

    n: int
    agency: str
    year: int
    hashes: frozenset[int]


class _Work:
    """An index that is brought up to date."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._many = Index(db).many
        self.gone: list[str] = []
        self.new: set[int] = set()
        db.execute("CREATE TEMP TABLE asked (hash INTEGER PRIMARY KEY)")

    def leave(self, documents: Iterable[tuple[str, str, str, int]], texts: Texts) -> set[int]:
        """Take documents out; the numbers of others of which something else may be told."""
        db, found = self._db, []
        for version, *_ in documents:
            sql = "SELECT n, agency, year FROM documents WHERE version = ?"
            known = db.execute(sql, (version,)).fetchone()
            if known is None:
                raise KeyError(version)
            hashes = frozenset(each for each, _ in samples_of(texts, version))
            n, agency, year = known
            found.append(_Changed(n, agency, year, hashes))
            self.gone.append(version)
        affected = self._beside(found)
        sql = "DELETE FROM shingles WHERE hash = ? AND agency = ? AND document = ?"
        for one in found:
            db.executemany(sql, [(each, one.agency, one.n) for each in sorted(one.hashes)])
            db.execute("DELETE FROM documents WHERE n = ?", (one.n,))
        return affected | self._settle(found)

    def enter(self, documents: Iterable[tuple[str, str, str, int]], texts: Texts) -> set[int]:
        """Put documents in; the numbers of others of which something else may be told."""
        db, found = self._db, []
        (last,) = db.execute("SELECT coalesce(max(n), -1) FROM documents").fetchone()
        index = Index(db)
        for n, (version, agency, scope, year) in enumerate(documents, last + 1):
            samples = samples_of(texts, version)
            index.add(Document(n, version, agency, scope, year), samples)
            found.append(_Changed(n, agency, year, frozenset(each for each, _ in samples)))
            self.new.add(n)
        affected = self._settle(found)
        return affected | self._beside(found)

    def _beside(self, found: Iterable[_Changed]) -> set[int]:
        """Documents that are compared with one of some, sharing enough telling shingles."""
        db, beside = self._db, set()
        for one in found:
            db.execute("DELETE FROM temp.asked")
            hashes = [(each,) for each in sorted(one.hashes)]
            db.executemany("INSERT INTO temp.asked VALUES (?)", hashes)
            asked = {"year": one.year, "agency": one.agency, "least": LEAST}
            beside |= {row[0] for row in db.execute(_SHARING, asked)}
        return beside

    def _settle(self, found: Iterable[_Changed]) -> set[int]:
        """Tell again which shingles are common and which telling; documents where that turned."""
        db, turned = self._db, set()
        changed: dict[int, list[_Changed]] = defaultdict(list)
        for one in found:
            for each in one.hashes:
                changed[each].append(one)
        for each in sorted(changed):
            was = bool(db.execute("SELECT 1 FROM common WHERE hash = ?", (each,)).fetchone())
            asked = {"hash": each, "many": self._many}
            now = db.execute(_AGENCIES, asked).fetchone()[0] >= self._many
            if was != now:
                sql = "SELECT document FROM shingles WHERE hash = ?"
                turned |= {row[0] for row in db.execute(sql, (each,))}
                way = "INSERT INTO common VALUES (?)", "DELETE FROM common WHERE hash = ?"
                db.execute(way[was], (each,))
                db.execute("DELETE FROM telling WHERE hash = ?", (each,))
            if not now:
                self._tell(each, changed[each])
        return turned

    def _tell(self, each: int, changed: Iterable[_Changed]) -> None:
        """Let a shingle that is not common tell of the documents that have it, if they are two."""
        db = self._db
        sql = "DELETE FROM telling WHERE hash = ? AND document = ?"
        db.executemany(sql, [(each, one.n) for one in changed])
        if self._count("shingles", each) < 2:
            db.execute("DELETE FROM telling WHERE hash = ?", (each,))
        elif self._count("telling", each):
            db.executemany(_TELL_OF, [(each, one.agency, one.n) for one in changed])
        else:
            db.execute(_TELL, (each,))

    def _count(self, table: str, each: int) -> int:
        """How many documents have a shingle, counted up to two."""
        (count,) = self._db.execute(_SEVERAL.format(table), (each,)).fetchone()
        return int(count)
