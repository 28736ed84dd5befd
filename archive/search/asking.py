"""A question put to the index of `text.db`: chapters that hold it, the newest year first."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from . import marks
from .bigrams import asked, match, words
from .index import YEAR, document
from .snippets import Piece, snippet

#: Hits on a page.
PAGE = 20
#: So many chapters may be read for a page, and so long (seconds) may it take.
MOST_READ, LONGEST = 2_000, 1.0
#: Titles are listed up to so many: what more of them say tells nothing of one.
MOST_TITLES = 40
#: Up to so many it is counted how many chapters may hold the question.
MOST = 500
_FIND = """
SELECT c.n, c.version_id, c.chapter, c.heading, c.text
FROM _search JOIN chapters c ON c.n = _search.rowid
WHERE _search MATCH ? AND _search.rowid BETWEEN ? AND ? ORDER BY _search.rowid DESC
LIMIT ?"""
_TITLES = """
SELECT c.version_id FROM _search JOIN chapters c ON c.n = -_search.rowid
WHERE _search MATCH ? AND _search.rowid BETWEEN ? AND ? ORDER BY _search.rowid LIMIT ?"""
_COUNT = """
SELECT count(*) FROM (SELECT 1 FROM _search WHERE _search MATCH ? AND rowid BETWEEN ? AND ?
ORDER BY rowid DESC LIMIT ?)"""


@dataclass(frozen=True, slots=True)
class Question:
    """What is looked for, and where.

    Attributes:
        text: As it was typed: words with spaces between, all of which must be there.
        year: Of the reports; None for all.
        regions: Codes; reports of any of them, and of what lies in it. Empty for all.
        kind: Of the agencies; "" for all.
        scope: `own` or `aggregate`; "" for all.
        agency: Its id; "" for all.
        before: Only chapters after this one in the order of the list.
    """

    text: str
    year: int | None = None
    regions: tuple[str, ...] = ()
    kind: str = ""
    scope: str = ""
    agency: str = ""
    before: int | None = None

    @property
    def expression(self) -> str:
        """What FTS5 is asked."""
        filters = [marks.region(self.regions)] if self.regions else []
        filters += [
            mark(value)
            for mark, value in (
                (marks.kind, self.kind),
                (marks.scope, self.scope),
                (marks.agency, self.agency),
            )
            if value
        ]
        return match(self.text, *filters)

    @property
    def span(self) -> tuple[int, int]:
        """The lowest and the highest number of a chapter (`index.Numbers`)."""
        first, last = (0, 10_000) if self.year is None else (self.year, self.year + 1)
        end = last * YEAR - 1
        return first * YEAR, end if self.before is None else min(end, self.before - 1)


@dataclass(frozen=True, slots=True)
class Hit:
    """A chapter that holds the question."""

    n: int
    version_id: str
    chapter: str
    heading: str | None
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """The hits of a page.

    Attributes:
        hits: In the order of the list.
        after: Number of the last chapter that was looked at, if there may be more hits.
        is_cut: Whether the list ends early because the search took too long.
        most: No more chapters than these hold the question, from this page on; None if
            they are more than `MOST`.
        is_exact: Whether exactly so many do.
    """

    hits: tuple[Hit, ...] = ()
    after: int | None = None
    is_cut: bool = False
    most: int | None = 0
    is_exact: bool = True

    @property
    def is_whole(self) -> bool:
        """Whether there is no further hit."""
        return self.after is None and not self.is_cut


def search(conn: sqlite3.Connection, question: Question) -> Found:
    """A page of hits.

    Args:
        conn: text.db, to read.
        question: Of at least one letter, digit or Chinese character.
    """
    sought = words(question.text)
    if not sought:
        return Found()
    deadline = time.monotonic() + LONGEST
    conn.set_progress_handler(lambda: time.monotonic() > deadline, 10_000)
    try:
        return _page(conn, question, sought, deadline)
    finally:
        conn.set_progress_handler(None, 0)


def titles(conn: sqlite3.Connection, question: Question) -> list[str]:
    """Versions whose titles may hold the question; [] where they are more than a few.

    What the titles say stands in nianbao.db: verify it with `snippet`.

    Args:
        conn: text.db, to read.
        question: As for `search`.
    """
    low, high = question.span
    asked_for = (question.expression, -high, -low, MOST_TITLES + 1)
    found = [version_id for (version_id,) in conn.execute(_TITLES, asked_for)]
    return [] if len(found) > MOST_TITLES else found


def _page(
    conn: sqlite3.Connection, question: Question, sought: tuple[str, ...], deadline: float
) -> Found:
    hits: list[Hit] = []
    last, is_cut, more = None, False, False
    try:
        candidates = enumerate(_candidates(conn, question), 1)
        for read, (n, version_id, chapter, heading, text) in candidates:
            pieces = snippet(document(heading, text), sought)
            if pieces:
                if len(hits) == PAGE:
                    more = True
                    break
                hits.append(Hit(n, version_id, chapter, heading, tuple(pieces)))
            last = n
            if read >= MOST_READ or time.monotonic() > deadline:
                is_cut = more = True
                break
        most = _at_most(conn, question, hits, more=more)
    except sqlite3.OperationalError as error:
        if "interrupted" not in str(error):
            raise
        is_cut, most = True, None
    is_exact = not more or all(asked(word) == (word,) for word in sought)
    return Found(tuple(hits), last if more or is_cut else None, is_cut, most, is_exact)


def _candidates(conn: sqlite3.Connection, question: Question) -> Iterator[tuple[Any, ...]]:
    """Chapters that hold the question's pairs: first a page of them, then more at a time."""
    low, high = question.span
    expression, limit = question.expression, PAGE + 1
    while True:
        rows = conn.execute(_FIND, (expression, low, high, limit)).fetchall()
        yield from rows
        if len(rows) < limit:
            return
        high, limit = rows[-1][0] - 1, limit * 4


def _at_most(
    conn: sqlite3.Connection, question: Question, hits: list[Hit], *, more: bool
) -> int | None:
    if not more:
        return len(hits)
    row = conn.execute(_COUNT, (question.expression, *question.span, MOST + 1)).fetchone()
    return None if row[0] > MOST else int(row[0])
