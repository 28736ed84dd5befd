"""Where the figures of a version stand in its original, and in which words that is said."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import ascii_uppercase

from archive.printed import unpack_places
from extract.locators import of_place

_CELL = re.compile(r"t(\d+)r(\d+)c(\d+)$")
_PARAGRAPH = re.compile(r"p(\d+)(?:[cw]\d+)?$")


@dataclass(frozen=True, slots=True)
class Places:
    """Places of a version's figures.

    Attributes:
        sha256: Of the body in which they stand.
        by_figure: Figure → place.
        printed: Printed texts of plain numbers that are not written as the number is.
    """

    sha256: str
    by_figure: Mapping[str, str]
    printed: Mapping[str, str]

    def source(self, sources: Sequence[Mapping[str, object]]) -> int | None:
        """Which of the version's sources has those bytes, counted from 1."""
        for number, source in enumerate(sources, 1):
            if source["sha256"] == self.sha256:
                return number
        return None


def places_of(conn: sqlite3.Connection, version_id: str) -> Places | None:
    """The places of a version's figures, or None if none was read."""
    sql = "SELECT sha256, places FROM locators WHERE version_id = ?"
    row = conn.execute(sql, (version_id,)).fetchone()
    if row is None:
        return None
    found = unpack_places(row[1])
    return Places(
        row[0],
        {key: each.place for key, each in found.items() if each.place},
        {key: each.printed for key, each in found.items() if each.printed is not None},
    )


def in_words(place: str, form: str) -> str:
    """A place in Chinese words, for who opens the document himself.

    Args:
        place: As the reader wrote it.
        form: The document's format, as `versions.format` names it.
    """
    found = of_place(place)
    inside = place.rpartition("!")[2]
    words = f"压缩包内的文件“{found.member}”，" if found.member else ""
    if found.page is not None:
        return f"{words}第 {found.page} 页"
    cell, paragraph = _CELL.fullmatch(inside), _PARAGRAPH.fullmatch(inside)
    if cell and form == "sheet":
        return f"{words}第 {cell[1]} 张工作表 {_letters(int(cell[3]))}{cell[2]} 格"
    if cell:
        return f"{words}第 {cell[1]} 张表格第 {cell[2]} 行第 {cell[3]} 格"
    if found.line is not None and form == "text":
        return f"{words}第 {found.line} 行"
    return f"{words}第 {paragraph[1]} 段" if paragraph else f"{words}位置代号 {inside}"


def _letters(column: int) -> str:
    """The letters of a sheet's column, counted from 1."""
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = ascii_uppercase[rest] + letters
    return letters
