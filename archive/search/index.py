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
#: come from Python; `ascii` divides at spaces and changes nothing else.
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
_REPORTS = "SELECT version_id, agency_id, region_code, kind, scope FROM reports"
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
            yield {"n": year * YEAR + next(self._places), **row}


def document(heading: object, text: object) -> str:
    """What is searched of a chapter: its text, and its heading where that is its own.

    >>> document("二、主动公开政府信息情况", "甲"), document("七、收费", "乙").split()
    ('甲', ['七、收费', '乙'])
    """
    if not heading or _PRESCRIBED.fullmatch(fold(str(heading))):
        return str(text)
    return f"{heading}\n{text}"


def write_index(nianbao: sqlite3.Connection, text: sqlite3.Connection) -> None:
    """Index the chapters of all current versions.

    Args:
        nianbao: nianbao.db, its reports written.
        text: text.db, its chapters written.
    """
    names = ("agency_id", "region_code", "kind", "scope")
    known = {
        version_id: marks.of_report(dict(zip(names, said, strict=True)))
        for version_id, *said in nianbao.execute(_REPORTS)
    }
    with text:
        text.execute("INSERT INTO _search(_search, rank) VALUES ('hashsize', ?)", (_GATHERED,))
        text.execute("INSERT INTO _search(_search, rank) VALUES ('automerge', 0)")
        text.executemany(
            "INSERT INTO _search (rowid, tokens) VALUES (?, ?)",
            (
                (n, f"{known[version_id]} {spelled(document(heading, said))}")
                for n, version_id, heading, said in text.execute(_CHAPTERS)
                if version_id in known
            ),
        )
        text.execute("INSERT INTO _search(_search) VALUES ('optimize')")
