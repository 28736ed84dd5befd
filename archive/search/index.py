"""The index of the chapters in `text.db`: written once, with a release."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from functools import lru_cache
from itertools import chain, count, islice
from typing import Any

from ..parallel import in_order
from . import marks
from .bigrams import spelled
from .folding import fold

#: `_search`: no text of its own and no places, only which chapters hold a token. Its tokens
#: come from Python; `ascii` divides at spaces and changes nothing else. A row is a chapter
#: (`chapters.n`), or the title of a report: its first chapter's `n`, below zero.
SQL = """
CREATE VIRTUAL TABLE _search USING fts5(
  tokens, content='', detail=none, tokenize=ascii);
"""
#: `chapters.n` is year × YEAR + place, so that the newest come first, and a year is a range.
YEAR = 10**8
#: Bytes of tokens that FTS5 gathers before it writes. With its own 1 MB and a merge of what
#: is written every now and then, an index takes half as long again.
_GATHERED = 64 << 20
#: Headings that the form prescribes: all reports have them, so that they tell nothing of one.
_PRESCRIBED = re.compile(
    "[一二三四五六]?[、,.:]?(?:总体情况|主动公开政府信息的?情况|收到和处理政府信息公开申请的?情况"
    "|(?:因?政府信息公开(?:工作)?(?:被申请|被提起)?)?行政复议[、和](?:提起)?行政诉讼的?情况"
    "|(?:政府信息公开工作)?存在的?(?:主要)?问题[及和]改进(?:情况|措施)"
    "|其他需要报告的(?:其他)?事项)[:。]?"
)
_REPORTS = """
SELECT version_id, coalesce(title, title_derived, ''), agency_id, region_code, kind, scope
FROM reports"""
_ADD = "INSERT INTO _search (rowid, tokens) VALUES (?, ?)"
#: Texts of a task.
_TOGETHER = 500
_NOTES = f"""
PRAGMA journal_mode = OFF;
PRAGMA cache_size = -{64 << 10};
CREATE TABLE known (version_id TEXT PRIMARY KEY, marked TEXT, title TEXT) WITHOUT ROWID;
CREATE TABLE places (n INTEGER PRIMARY KEY, version_id TEXT);"""
_TITLES = """
SELECT -p.n, k.marked, NULL, k.title FROM places p JOIN known k ON k.version_id = p.version_id
ORDER BY p.n DESC"""
#: A row, the marks of its report, a heading and a text.
_Document = tuple[int, str, object, object]
_CHAPTERS = "SELECT n, version_id, heading, text FROM chapters ORDER BY n"


class Numbers:
    """Numbers of chapters: from high to low the newest year first, then as they are given.

    They follow from the reports of a release alone, but change with them: `n` is no name
    for a chapter that lasts.
    """

    def __init__(self) -> None:
        """Begin a release."""
        self._places = count(YEAR - 1, -1)

    def given(self, rows: Iterable[Mapping[str, Any]], year: int) -> Iterator[dict[str, Any]]:
        """The rows of a report's chapters with their numbers."""
        for row in rows:
            yield {"n": self.next(year), **row}

    def next(self, year: int) -> int:
        """The number of the next chapter, of a report of a year."""
        return year * YEAR + next(self._places)


def document(heading: object, text: object) -> str:
    """What is searched of a chapter: its text, and its heading where that is its own.

    >>> document("二、主动公开政府信息情况", "甲"), document("七、收费", "乙").split()
    ('甲', ['七、收费', '乙'])
    """
    if not heading or _is_prescribed(str(heading)):
        return str(text)
    return f"{heading}\n{text}"


@lru_cache(maxsize=4096)  # nearly all headings of a country are the same few
def _is_prescribed(heading: str) -> bool:
    return _PRESCRIBED.fullmatch(fold(heading)) is not None


def write_index(nianbao: sqlite3.Connection, text: sqlite3.Connection, processes: int = 1) -> None:
    """Index the chapters and titles of all current versions.

    Args:
        nianbao: nianbao.db, its reports written.
        text: text.db, its chapters written.
        processes: How many take texts apart.
    """
    with closing(Writer(nianbao)) as writer:
        writer.write(text, processes)


class Writer:
    """Writes the index of a release of which it has taken notes."""

    def __init__(self, nianbao: sqlite3.Connection) -> None:
        """Note what is indexed of nianbao.db, its reports written; it is not asked again."""
        # What is known of a country's reports, and where their titles go, is not for the memory.
        self._notes = sqlite3.connect("")
        _note_reports(nianbao, self._notes)

    def close(self) -> None:
        """Forget the notes."""
        self._notes.close()

    def write(self, text: sqlite3.Connection, processes: int = 1) -> None:
        """Index the chapters of text.db, all written, and the titles of their reports."""
        with text:
            text.execute("INSERT INTO _search(_search, rank) VALUES ('hashsize', ?)", (_GATHERED,))
            text.execute("INSERT INTO _search(_search, rank) VALUES ('automerge', 0)")
            documents = chain(_chapters(text, self._notes), _titles(self._notes))
            with closing(in_order(_all_spelled, _some(documents), processes)) as made:
                text.executemany(_ADD, chain.from_iterable(made))
            text.execute("INSERT INTO _search(_search) VALUES ('optimize')")


def _note_reports(nianbao: sqlite3.Connection, notes: sqlite3.Connection) -> None:
    """Note the title of each current version, and what its report is marked with."""
    names = ("agency_id", "region_code", "kind", "scope")
    notes.executescript(_NOTES)
    notes.executemany(
        "INSERT INTO known VALUES (?, ?, ?)",
        (
            (version_id, marks.of_report(dict(zip(names, about, strict=True))), title)
            for version_id, title, *about in nianbao.execute(_REPORTS)
        ),
    )


def _chapters(text: sqlite3.Connection, notes: sqlite3.Connection) -> Iterator[_Document]:
    """The chapters of current versions in the order of their numbers.

    Those of a report follow each other, the first one last: its number is the title's.
    """
    before, version, marked = 0, "", None
    for n, version_id, heading, said in text.execute(_CHAPTERS):
        if version_id != version:
            if marked is not None:
                notes.execute("INSERT INTO places VALUES (?, ?)", (before, version))
            found = notes.execute("SELECT marked FROM known WHERE version_id = ?", (version_id,))
            (marked,) = found.fetchone() or (None,)
        if marked is not None:
            yield n, marked, heading, said
        before, version = n, version_id
    if marked is not None:
        notes.execute("INSERT INTO places VALUES (?, ?)", (before, version))


def _titles(notes: sqlite3.Connection) -> Iterator[_Document]:
    """The titles of the reports whose chapters were given, in the order of their numbers."""
    yield from notes.execute(_TITLES)


def _some(documents: Iterable[_Document]) -> Iterator[list[_Document]]:
    """Documents, some at a time."""
    waiting = iter(documents)
    while some := list(islice(waiting, _TOGETHER)):
        yield some


def _all_spelled(documents: list[_Document]) -> list[tuple[int, str]]:
    """Row and tokens of each document."""
    return [
        (n, f"{marked} {spelled(document(heading, said))}")
        for n, marked, heading, said in documents
    ]
