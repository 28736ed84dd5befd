"""Which region a code or a name means in a year, and what lies within it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Region:
    """A 行政区划 while its code, name and place were what they are.

    Attributes:
        code: Six digits, nine of a town; 99xxxx in fiction.
        name: Full name, e.g. 袁州区.
        short_name: Without its last word (袁州), or the name where nothing would be left.
        level: `province`, `prefecture`, `county` or `township`.
        kind: 省, 地级市, 市辖区, 县级市, 街道, 开发区 …
        parent: Code of the region above, or "".
        valid_from: First year of this row, or None if as long as the sources know.
        valid_to: First year in which it was no more, or None while it is.
        successor: Code of the region that took its place, or "".
        source: Which public package says so.
    """

    code: str
    name: str
    short_name: str
    level: str
    kind: str
    parent: str
    valid_from: int | None
    valid_to: int | None
    successor: str
    source: str

    def is_valid(self, year: int | None) -> bool:
        """Whether it stood in a year (any year if None)."""
        if year is None:
            return True
        begun = self.valid_from is None or self.valid_from <= year
        return begun and (self.valid_to is None or year < self.valid_to)


class Regions:
    """All regions; made once."""

    def __init__(self, rows: Iterable[Region]) -> None:
        """Index the rows."""
        self._rows = tuple(rows)

    def __iter__(self) -> Iterator[Region]:
        """All rows, in order of code and first year."""
        return iter(self._rows)

    def of(self, code: str, year: int | None = None) -> Region | None:
        """The region that a code means in a year; the latest if the year is None."""
        found = [row for row in self._rows if row.code == code and row.is_valid(year)]
        return found[-1] if found else None

    def named(self, name: str, year: int | None = None, within: str = "") -> list[Region]:
        """Regions of a full or short name in a year, those below the code `within` alone."""
        return [
            row
            for row in self._rows
            if name in (row.name, row.short_name)
            and row.is_valid(year)
            and (not within or within in (each.code for each in self.path(row.code, year)[:-1]))
        ]

    def path(self, code: str, year: int | None = None) -> tuple[Region, ...]:
        """The region with all above it, the highest first; () if the code is unknown."""
        found: list[Region] = []
        row = self.of(code, year)
        while row is not None and row not in found:
            found.insert(0, row)
            row = self.of(row.parent, year) if row.parent else None
        return tuple(found)

    def below(self, code: str, year: int | None = None) -> list[Region]:
        """The regions whose parent is this one."""
        return [row for row in self._rows if row.parent == code and row.is_valid(year)]


@cache
def regions(*, fiction: bool = False) -> Regions:
    """The country's regions; the invented ones (99xxxx) of the demo if `fiction`."""
    return Regions(())
