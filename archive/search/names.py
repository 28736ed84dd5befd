"""Agencies by their names: printed, short, former and other ones, any part of them."""

from __future__ import annotations

import sqlite3
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from archive.places.codes import stem

from .bigrams import words
from .folding import fold

#: So many agencies are looked at; more are said to be more.
MOST_AGENCIES = 200
_NAMES = """
SELECT a.agency_id, a.name, a.region_name, a.region_code, a.kind, a.reports, '' AS other
FROM agencies a WHERE a.reports > 0
UNION ALL
SELECT a.agency_id, a.name, a.region_name, a.region_code, a.kind, a.reports, a.short_name
FROM agencies a WHERE a.reports > 0 AND a.short_name IS NOT NULL AND a.short_name <> a.name
UNION ALL
SELECT a.agency_id, a.name, a.region_name, a.region_code, a.kind, a.reports, n.name
FROM agency_names n JOIN agencies a USING (agency_id) WHERE a.reports > 0 AND n.name <> a.name
ORDER BY 1"""
_END = "\n"
#: So many agencies of one name are proposed.
_SAME = 3


@dataclass(frozen=True, slots=True)
class Named:
    """An agency that has reports, by one of its names.

    Attributes:
        other: The name by which it was found, if that is not `name`.
    """

    agency_id: str
    name: str
    region: str | None
    region_code: str | None
    kind: str | None
    reports: int
    other: str


class Names:
    """All names of a release in one text, a line a name.

    Finding a word in it takes under a millisecond where a table would be read row by row.
    """

    def __init__(self, conn: sqlite3.Connection) -> None:
        """Read the names from nianbao.db."""
        known: dict[object, Any] = {}  # a country's names say the same words again and again
        self._rows = [
            Named(*(known.setdefault(value, value) for value in row))
            for row in conn.execute(_NAMES)
        ]
        lines = [fold(f"{row.region or ''} {row.other or row.name}") for row in self._rows]
        self._text = _END + _END.join(lines) + _END
        self._starts = [1]
        for line in lines:
            self._starts.append(self._starts[-1] + len(line) + 1)

    def find(
        self, question: str, *, regions: tuple[str, ...] = (), kind: str = ""
    ) -> tuple[list[Named], bool]:
        """Agencies of whose name all words of a question are part, and whether these are all.

        A line begins with the agency's region: 袁州 财政 finds the bureau of that district.

        Args:
            question: As somebody typed it.
            regions: Codes; only agencies of these, and of what lies in them.
            kind: Only agencies of this kind; "" for all.
        """
        stems = tuple(map(stem, regions))
        sought = sorted(words(question), key=len, reverse=True)
        if not sought:
            return [], True
        found: dict[str, Named] = {}
        for row in self._with(sought):
            if kind not in ("", row.kind):
                continue
            if stems and not str(row.region_code or "").startswith(stems):
                continue
            if len(found) >= MOST_AGENCIES and row.agency_id not in found:
                return self._ranked(found, sought), False
            found.setdefault(row.agency_id, row)
        return self._ranked(found, sought), True

    def within(self, question: str) -> list[tuple[Named, str]]:
        """Agencies that one word of a question names in full, and the other words.

        示例区财政局 收费 may mean: 收费 in what that bureau wrote.
        """
        said = question.split()
        found = []
        for place, word in enumerate(said):
            rest = " ".join(said[:place] + said[place + 1 :])
            for row in self.find(word)[0][:_SAME] if words(rest) else ():
                if (fold(word),) == words(row.other or row.name):
                    found.append((row, rest))
        return found

    def _with(self, sought: list[str]) -> Iterator[Named]:
        """Names that hold all words, in order."""
        first, *others = sought
        place = self._text.find(first)
        while place >= 0:
            number = bisect_right(self._starts, place) - 1
            end = self._starts[number + 1]
            line = self._text[self._starts[number] : end]
            if all(word in line for word in others):
                yield self._rows[number]
            place = self._text.find(first, end)

    def _ranked(self, found: dict[str, Named], sought: list[str]) -> list[Named]:
        """Those of the question's own name first, then governments, then the shortest names."""

        def rank(row: Named) -> tuple[bool, bool, int, str]:
            said = fold(row.other or row.name)
            is_named = any(said == word for word in sought)
            return not is_named, bool(row.other), len(said), row.agency_id

        return sorted(found.values(), key=rank)
