"""The chapters of a report as they are compared."""

from __future__ import annotations

import sqlite3
from array import array
from bisect import bisect_right
from collections import OrderedDict, defaultdict
from collections.abc import Sequence
from functools import cached_property
from itertools import chain
from pathlib import Path

from .stock import stock
from .units import SHINGLE, samples, spans, units

#: Characters of the texts that are kept, some 40 bytes each with what is noted of them; what
#: is compared lies close together by its ids.
_KEPT = 2_000_000
#: Of a shingle that a text repeats, no more places are tried.
_PLACES = 8


class Text:
    """One report's chapters, taken one after another with a sign between."""

    def __init__(self, chapters: Sequence[tuple[str, str]]) -> None:
        """Take the name and the text of each chapter."""
        self._chapters = chapters
        self._parts = [units(text) for _, text in chapters]
        #: Chapter's number → start, end, start, end … of its units: of three million of them
        #: pairs would fill 300 MB.
        self._spans: dict[int, array[int]] = {}
        self.characters = sum(len(text) for _, text in chapters)
        self._starts = [0]
        for part in self._parts:
            self._starts.append(self._starts[-1] + len(part) + 1)

    def __len__(self) -> int:
        """Units of all chapters."""
        return sum(map(len, self._parts))

    def joined(self, between: str) -> str:
        """All chapters in units."""
        return between.join(self._parts)

    @cached_property
    def samples(self) -> list[tuple[int, int]]:
        """Sampled shingles, none across chapters: (where it begins in all, its hash)."""
        return [
            (begun + start, each)
            for begun, part in zip(self._starts, self._parts, strict=False)
            for start, each in samples(part)
        ]

    @cached_property
    def stock(self) -> frozenset[int]:
        """Where those samples begin of which at least half is stock wording."""
        marked = stock(self.joined("\0"))
        return frozenset(
            start
            for start, _ in self.samples
            if 2 * sum(marked[start : start + SHINGLE]) >= SHINGLE
        )

    @cached_property
    def places(self) -> dict[int, list[int]]:
        """Hash of a sample → where it begins, the first few places."""
        found: dict[int, list[int]] = defaultdict(list)
        for start, each in self.samples:
            if len(found[each]) < _PLACES:
                found[each].append(start)
        return dict(found)

    def place(self, start: int, length: int) -> tuple[str, int, int]:
        """Chapter, start and end of some units, without what stands before and after them."""
        number = bisect_right(self._starts, start) - 1
        name, text = self._chapters[number]
        if number not in self._spans:
            self._spans[number] = array("I", chain.from_iterable(spans(text)))
        at = start - self._starts[number]
        places = self._spans[number]
        return name, places[2 * at], places[2 * (at + length) - 1]


def attached(file: str) -> sqlite3.Connection:
    """A connection that reads the file of text.db as `text`."""
    db = sqlite3.connect(":memory:", uri=True)
    db.execute("ATTACH DATABASE ? AS text", (f"{Path(file).absolute().as_uri()}?mode=ro",))
    return db


class Texts:
    """Texts by version, the latest ones kept: as many as their characters allow."""

    def __init__(self, db: sqlite3.Connection) -> None:
        """Read from text.db, attached to `db` as `text`."""
        self._db = db
        self._kept: OrderedDict[str, Text] = OrderedDict()
        self._characters = 0

    def of(self, version: str) -> Text:
        """The text of a version."""
        text = self._kept.pop(version, None)
        if text is None:
            rows = self._db.execute(
                "SELECT chapter, text FROM text.chapters WHERE version_id = ? AND text <> '' "
                "ORDER BY position, chapter",
                (version,),
            )
            text = Text(rows.fetchall())
            self._characters += text.characters
        self._kept[version] = text
        while self._characters > _KEPT and self._kept:
            self._characters -= self._kept.popitem(last=False)[1].characters
        return text
