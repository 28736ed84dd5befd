"""Rows of the table `duplicates`: which text stands in which other report, and where."""

from __future__ import annotations

import json
import sqlite3
import tempfile
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Set
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

from ..parallel import in_order
from ..rows import Row
from .index import Document, Index, Sampled, new_index, opened_index
from .passages import Passage, shared
from .texts import Text, Texts, attached
from .units import SHINGLE

#: Units of the shortest passage, of all passages together, and their part of the report:
#: what is less is not told.
PASSAGE, TOGETHER, SHARE = 30, 150, 0.3
#: The part of the report that another agency's must have where there are so few agencies that
#: none of their words are known to be common.
SHARE_OF_FEW = 0.5
#: Other agencies' reports that are told of one report: those that share most.
OTHERS = 3
_COLUMNS = ("version_id", "other", "kind", "share", "passages")
#: Documents of a task.
_TOGETHER = 200
#: Hash of each sample, and whether it is stock wording.
Samples = list[tuple[int, bool]]
_CURRENT = "SELECT version_id, agency_id, scope, year FROM reports ORDER BY version_id"
_OWN, _OTHER = "\x01", "\x02"  # between chapters; no passage runs across them


def duplicate_rows(
    db: sqlite3.Connection, processes: int = 1, to_keep: Path | None = None
) -> Iterator[Row]:
    """Rows of `duplicates`, in order of version ids.

    Compared are the current versions: with the same agency's report of the year before, and
    with other agencies' of the same year or the year before. Numbers, spaces and punctuation
    do not count. Words that very many agencies use do not count either (`index.COMMON`), and
    beside other agencies no stock wording (`stock.toml`).
    Nothing is being read from `db` while a row is given out, so it may be written to.

    Args:
        db: nianbao.db with text.db attached as `text`; nothing waits to be committed.
        processes: How many sample and compare; they read the file of text.db.
        to_keep: A new file that keeps the index, for `renewing`; None for none.
    """
    documents = (Document(n, *row) for n, row in enumerate(db.execute(_CURRENT)))
    where = _file_of(db)
    if processes < 2 or not where:
        with new_index(to_keep) as index:
            _fill(index, map(_Sampling(db), _some(documents)), is_kept=to_keep is not None)
            for found in map(_Comparing(db, index), _some(index.documents())):
                yield from found
        return
    with (
        tempfile.TemporaryDirectory(prefix="duplicates-", dir=Path(where).parent) as folder,
        closing(sqlite3.connect("")) as kept,
    ):
        kept.execute(f"CREATE TABLE rows ({', '.join(_COLUMNS)})")
        path = to_keep or Path(folder, "index.db")
        with (
            new_index(path) as index,
            closing(in_order(_Sampling(where), _some(documents), processes)) as sampled,
        ):
            _fill(index, sampled, is_kept=to_keep is not None)
            told = _some(index.documents())
            # While they compare, nobody writes to the file that they read.
            with closing(in_order(_Comparing(where, path), told, processes)) as compared:
                rows = (tuple(row.values()) for some in compared for row in some)
                kept.executemany("INSERT INTO rows VALUES (?, ?, ?, ?, ?)", rows)
        for row in kept.execute("SELECT * FROM rows ORDER BY rowid"):
            yield dict(zip(_COLUMNS, row, strict=True))


def _file_of(db: sqlite3.Connection) -> str:
    """The file of text.db; "" if it is in memory."""
    return {str(name): str(file) for _, name, file in db.execute("PRAGMA database_list")}["text"]


def _some(documents: Iterable[Document]) -> Iterator[list[Document]]:
    """Documents, some at a time."""
    waiting = iter(documents)
    while some := list(islice(waiting, _TOGETHER)):
        yield some


def _fill(index: Index, sampled: Iterable[Iterable[Sampled]], *, is_kept: bool) -> None:
    for some in sampled:
        index.take(some)
    index.finish(is_kept=is_kept)


class _Texts:
    """Who asks for texts: by a connection, or in another process by one of its own."""

    def __init__(self, source: sqlite3.Connection | str) -> None:
        self._source = source
        self._opened: Texts | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_opened": None}

    @property
    def _texts(self) -> Texts:
        if self._opened is None:
            db = self._source
            self._opened = Texts(attached(db) if isinstance(db, str) else db)
        return self._opened


class _Sampling(_Texts):
    """Samples texts."""

    def __call__(self, documents: list[Document]) -> list[Sampled]:
        return [Sampled.of(each, samples_of(self._texts, each.version)) for each in documents]


def samples_of(texts: Texts, version: str) -> Samples:
    """The samples of a version's text."""
    text = texts.of(version)
    return [(each, start in text.stock) for start, each in text.samples]


class _Comparing(_Texts):
    """Compares documents with those that the index names."""

    def __init__(self, source: sqlite3.Connection | str, index: Index | Path) -> None:
        super().__init__(source)
        self._index = index

    def __call__(self, documents: list[Document]) -> list[Row]:
        if isinstance(self._index, Path):
            self._index = opened_index(self._index)
        index = self._index
        return [row for each in documents for row in rows_of(self._texts, index, each)]


def rows_of(texts: Texts, index: Index, document: Document) -> Iterator[Row]:
    """Rows of one document, those of its own year before first."""
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
