"""The index of the chapters in `text.db`: written once, with a release."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from itertools import count
from typing import Any

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
    if not heading or _PRESCRIBED.fullmatch(fold(str(heading))):
        return str(text)
    return f"{heading}\n{text}"


def write_index(nianbao: sqlite3.Connection, text: sqlite3.Connection) -> None:
    """Index the chapters and titles of all current versions.

    Args:
        nianbao: nianbao.db, its reports written.
        text: text.db, its chapters written.
    """
    names = ("agency_id", "region_code", "kind", "scope")
    known = {
        version_id: (title, marks.of_report(dict(zip(names, said, strict=True))))
        for version_id, title, *said in nianbao.execute(_REPORTS)
    }
    first: dict[str, int] = {}

    def chapters() -> Iterator[tuple[int, str]]:
        for n, version_id, heading, said in text.execute(_CHAPTERS):
            if version_id in known:
                first[version_id] = n  # the last one given: from high to low, the highest
                yield n, f"{known[version_id][1]} {spelled(document(heading, said))}"

    def titles() -> Iterator[tuple[int, str]]:
        for version_id, n in sorted(first.items(), key=lambda each: -each[1]):
            title, marked = known[version_id]
            yield -n, f"{marked} {spelled(title)}"

    with text:
        text.execute("INSERT INTO _search(_search, rank) VALUES ('hashsize', ?)", (_GATHERED,))
        text.execute("INSERT INTO _search(_search, rank) VALUES ('automerge', 0)")
        text.executemany(_ADD, chapters())
        text.executemany(_ADD, titles())
        text.execute("INSERT INTO _search(_search) VALUES ('optimize')")
