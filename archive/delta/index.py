"""The index of chapters, with those of reports that were added to it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

from ..search import marks
from ..search.bigrams import spelled
from ..search.index import document

_ADD = "INSERT INTO _search (rowid, tokens) VALUES (?, ?)"
_DELETE = "INSERT INTO _search (_search, rowid, tokens) VALUES ('delete', ?, ?)"
_MARKED = """SELECT version_id, coalesce(title, title_derived, ''), agency_id, region_code, kind,
scope FROM reports WHERE report_id = ?"""
_CHAPTERS = "SELECT n, heading, text FROM chapters WHERE version_id = ? ORDER BY n"
#: Reports whose tokens are in memory at once.
_TOGETHER = 500


def add_to_index(
    nianbao: sqlite3.Connection, text: sqlite3.Connection, reports: Iterable[str]
) -> None:
    """Index the chapters and titles of reports that were written.

    Args:
        nianbao: nianbao.db, the reports in it.
        text: text.db, their chapters in it.
        reports: Their ids.
    """
    _put(_ADD, nianbao, text, reports)


def forget(nianbao: sqlite3.Connection, text: sqlite3.Connection, reports: Iterable[str]) -> None:
    """Take reports that are to be removed out of the index, which has no text of its own.

    Args:
        nianbao: nianbao.db, the reports still in it.
        text: text.db, their chapters still in it.
        reports: Their ids.
    """
    _put(_DELETE, nianbao, text, reports)


def _put(
    sql: str, nianbao: sqlite3.Connection, text: sqlite3.Connection, reports: Iterable[str]
) -> None:
    every = sorted(reports)
    with text:
        for start in range(0, len(every), _TOGETHER):
            some = every[start : start + _TOGETHER]
            # FTS5 ends a segment, and soon merges segments, wherever numbers do not rise.
            text.executemany(sql, sorted(_documents(nianbao, text, some)))


def _documents(
    nianbao: sqlite3.Connection, text: sqlite3.Connection, reports: Iterable[str]
) -> Iterator[tuple[int, str]]:
    """Numbers and tokens of the chapters and titles of reports."""
    names = ("agency_id", "region_code", "kind", "scope")
    for report_id in reports:
        for version_id, title, *said in nianbao.execute(_MARKED, (report_id,)):
            marked = marks.of_report(dict(zip(names, said, strict=True)))
            rows = text.execute(_CHAPTERS, (version_id,)).fetchall()
            for n, heading, words in rows:
                yield n, f"{marked} {spelled(document(heading, words))}"
            if rows:  # the title stands with the first chapter, the highest number
                yield -rows[-1][0], f"{marked} {spelled(title)}"
