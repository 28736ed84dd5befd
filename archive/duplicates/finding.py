"""Rows of the table `duplicates`: which text stands in which other report, and where."""

from __future__ import annotations

import json
import sqlite3
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from ..rows import Row
from .index import Document, Index, new_index
from .passages import Passage, shared
from .units import SHINGLE, samples, spans, units

#: Units of the shortest passage, of all passages together, and their part of the report:
#: what is less is not told.
PASSAGE, TOGETHER, SHARE = 30, 150, 0.3
#: Other agencies' reports that are told of one report: those that share most.
OTHERS = 3
_CURRENT = "SELECT version_id, agency_id, scope, year FROM reports ORDER BY version_id"
_OWN, _OTHER = "\x01", "\x02"  # between chapters; no passage runs across them


@dataclass(frozen=True, slots=True)
class _Text:
    """A report's chapters: (name, text), and all in units, one after another."""

    chapters: tuple[tuple[str, str], ...]
    parts: tuple[str, ...]

    def joined(self, between: str) -> str:
        return between.join(self.parts)

    def __len__(self) -> int:
        return sum(map(len, self.parts))


def duplicate_rows(db: sqlite3.Connection) -> Iterator[Row]:
    """Rows of `duplicates`, in order of version ids.

    Compared are the current versions: with the same agency's report of the year before, and
    with other agencies' of the same year or the year before. Numbers, spaces and punctuation
    do not count. Words that very many agencies use do not count either (`index.COMMON`).
    Nothing is being read from `db` while a row is given out, so it may be written to.

    Args:
        db: nianbao.db with text.db attached as `text`.
    """
    with new_index() as index:
        for number, (version, agency, scope, year) in enumerate(db.execute(_CURRENT)):
            hashes = (each for part in _text(db, version).parts for _, each in samples(part))
            index.add(Document(number, version, agency, scope, year), hashes)
        index.finish()
        for document in index.documents():
            yield from _rows(db, index, document)


def _text(db: sqlite3.Connection, version: str) -> _Text:
    rows = db.execute(
        "SELECT chapter, text FROM text.chapters WHERE version_id = ? AND text <> '' "
        "ORDER BY position, chapter",
        (version,),
    ).fetchall()
    return _Text(tuple(rows), tuple(units(text) for _, text in rows))


def _rows(db: sqlite3.Connection, index: Index, document: Document) -> Iterator[Row]:
    before = index.last_year(document)
    candidates = [("own_year", before)] if before else []
    candidates += [("other_agency", each) for each in index.of_others(document, 2 * OTHERS)]
    if not candidates:
        return
    own = _text(db, document.version)
    sampled = list(samples(own.joined(_OWN)))
    common = index.common(each for _, each in sampled)
    found = []
    for kind, other in candidates:
        there = _text(db, other.version)
        passages = [
            each
            for each in shared(own.joined(_OWN), there.joined(_OTHER), PASSAGE)
            if _is_own(each, sampled, common)
        ]
        length = sum(each.length for each in passages)
        share = round(length / len(own), 3)
        if length >= TOGETHER and share >= SHARE:
            found.append((kind, share, other.version, _places(own, there, passages)))
    found.sort(key=lambda each: (each[0] == "other_agency", -each[1], each[2]))
    others = 0
    for kind, share, version, places in found:
        others += kind == "other_agency"
        if others <= OTHERS:
            yield {
                "version_id": document.version,
                "other": version,
                "kind": kind,
                "share": share,
                "passages": json.dumps(places, ensure_ascii=False, separators=(",", ":")),
            }


def _is_own(passage: Passage, sampled: list[tuple[int, int]], common: set[int]) -> bool:
    """Whether most sampled shingles of a passage are not common; a passage without any is not."""
    end = passage.own + passage.length
    inside = [each for start, each in sampled if passage.own <= start <= end - SHINGLE]
    return len(inside) > 2 * sum(each in common for each in inside)


def _places(own: _Text, there: _Text, passages: list[Passage]) -> list[list[str | int]]:
    """[chapter, start, end, chapter there, start there, end there] of each passage."""
    here, other = _Offsets(own), _Offsets(there)
    found: list[list[str | int]] = []
    for each in passages:
        chapter, start, end = here.of(each.own, each.length)
        chapter_there, start_there, end_there = other.of(each.other, each.length)
        found.append([chapter, start, end, chapter_there, start_there, end_there])
    return found


class _Offsets:
    """From units of all chapters to places in the text of one."""

    def __init__(self, text: _Text) -> None:
        self._text = text
        self._starts = [0]
        for part in text.parts:
            self._starts.append(self._starts[-1] + len(part) + 1)
        self._spans: dict[int, list[tuple[int, int]]] = {}

    def of(self, start: int, length: int) -> tuple[str, int, int]:
        """Chapter, start and end of some units, without what stands before and after them."""
        number = bisect_right(self._starts, start) - 1
        name, text = self._text.chapters[number]
        if number not in self._spans:
            self._spans[number] = spans(text)
        at = start - self._starts[number]
        first, last = self._spans[number][at], self._spans[number][at + length - 1]
        return name, first[0], last[1]
