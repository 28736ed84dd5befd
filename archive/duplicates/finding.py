"""Rows of the table `duplicates`: which text stands in which other report, and where."""

from __future__ import annotations

import json
import sqlite3
from bisect import bisect_left
from collections.abc import Iterator, Set

from ..rows import Row
from .index import Document, Index, new_index
from .passages import Passage, shared
from .texts import Text, Texts
from .units import SHINGLE

#: Units of the shortest passage, of all passages together, and their part of the report:
#: what is less is not told.
PASSAGE, TOGETHER, SHARE = 30, 150, 0.3
#: The part of the report that another agency's must have where there are so few agencies that
#: none of their words are known to be common.
SHARE_OF_FEW = 0.5
#: Other agencies' reports that are told of one report: those that share most.
OTHERS = 3
_CURRENT = "SELECT version_id, agency_id, scope, year FROM reports ORDER BY version_id"
_OWN, _OTHER = "\x01", "\x02"  # between chapters; no passage runs across them


def duplicate_rows(db: sqlite3.Connection) -> Iterator[Row]:
    """Rows of `duplicates`, in order of version ids.

    Compared are the current versions: with the same agency's report of the year before, and
    with other agencies' of the same year or the year before. Numbers, spaces and punctuation
    do not count. Words that very many agencies use do not count either (`index.COMMON`), and
    beside other agencies no stock wording (`stock.toml`).
    Nothing is being read from `db` while a row is given out, so it may be written to.

    Args:
        db: nianbao.db with text.db attached as `text`.
    """
    texts = Texts(db)
    with new_index() as index:
        for number, row in enumerate(db.execute(_CURRENT)):
            document = Document(number, *row)
            text = texts.of(document.version)
            index.add(document, ((each, start in text.stock) for start, each in text.samples))
        index.finish()
        for document in index.documents():
            yield from _rows(texts, index, document)


def _rows(texts: Texts, index: Index, document: Document) -> Iterator[Row]:
    before = index.last_year(document)
    candidates = [("own_year", before)] if before else []
    candidates += [("other_agency", each) for each in index.of_others(document, OTHERS)]
    if not candidates:
        return
    own = texts.of(document.version)
    hashes = index.common(each for _, each in own.samples)
    common = {start for start, each in own.samples if each in hashes}
    found = []
    for kind, other in candidates:
        there = texts.of(other.version)
        is_year = kind == "own_year"
        known = common if is_year else common | own.stock
        passages = [each for each in _shared(own, there) if _is_own(each, own, known)]
        length = sum(each.length for each in passages)
        share = round(length / len(own), 3)
        least = SHARE_OF_FEW if index.is_small and not is_year else SHARE
        if length >= TOGETHER and share >= least:
            found.append((kind, share, other.version, _places(own, there, passages)))
    found.sort(key=lambda each: (each[0] == "other_agency", -each[1], each[2]))
    for kind, share, version, places in found:
        yield {
            "version_id": document.version,
            "other": version,
            "kind": kind,
            "share": share,
            "passages": places,
        }


def _shared(own: Text, there: Text) -> list[Passage]:
    return shared(own.joined(_OWN), there.joined(_OTHER), own.samples, there.places, PASSAGE)


def _is_own(passage: Passage, own: Text, common: Set[int]) -> bool:
    """Whether most sampled shingles of a passage do not begin at `common`."""
    first = bisect_left(own.samples, (passage.own,))
    last = bisect_left(own.samples, (passage.own + passage.length - SHINGLE + 1,))
    shared = sum(start in common for start, _ in own.samples[first:last])
    return last - first > 2 * shared


def _places(own: Text, there: Text, passages: list[Passage]) -> str:
    """JSON: chapter, start, end, chapter there, start there, end there of each passage."""
    rows = [
        [*own.place(each.own, each.length), *there.place(each.other, each.length)]
        for each in passages
    ]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
