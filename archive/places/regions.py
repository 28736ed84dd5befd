"""Which region a code or a name means in a year, and what lies within it."""

from __future__ import annotations

import csv
import gzip
import io
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Region:
    """A 行政区划 while its code, name and place were what they are.

    Attributes:
        code: Six digits, nine of a town; 99xxxx in fiction.
        name: Full name, e.g. 袁州区.
        short_name: Without its last word (袁州), or the name where one sign would be left.
        level: `province`, `prefecture`, `county` or `township`.
        kind: 省, 地级市, 市辖区, 县级市, 街道, 开发区 …
        parent: Code of the region above, or "".
        valid_from: First year of this row, or None if as long as the sources know.
        valid_to: First year in which it was no more, or None while it is.
        successor: Code of the region that took its place (its own if only the name changed),
            or "" while it is, or if it was divided.
        source: Which public package says so: see NOTICE.md.
        code_2020: Code of its territory at the boundaries of 2020, or "" if that was
            not one region.
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
    code_2020: str = ""

    def is_valid(self, year: int | None) -> bool:
        """Whether it stood at the end of a year (any year if None)."""
        if year is None:
            return True
        begun = self.valid_from is None or self.valid_from <= year
        return begun and (self.valid_to is None or year < self.valid_to)


class _Index:
    """Rows by code, by full and short name, and by the code above."""

    def __init__(self, rows: Iterable[Region]) -> None:
        self.rows = tuple(rows)
        self.by_code: dict[str, list[Region]] = defaultdict(list)
        self.by_name: dict[str, list[Region]] = defaultdict(list)
        self.by_parent: dict[str, list[Region]] = defaultdict(list)
        for row in self.rows:
            self.by_code[row.code].append(row)
            self.by_parent[row.parent].append(row)
            for name in {row.name, row.short_name}:
                self.by_name[name].append(row)


class Regions:
    """All regions; made once. Towns are read when one of them is first asked for."""

    def __init__(
        self, rows: Iterable[Region], towns: Callable[[], Iterable[Region]] = tuple
    ) -> None:
        """Index the rows of county and above; `towns` reads the others."""
        self._above = _Index(rows)
        self._read_towns = towns

    @cached_property
    def _towns(self) -> _Index:
        return _Index(self._read_towns())

    def _index(self, code: str) -> _Index:
        return self._towns if len(code) > 6 else self._above

    def __iter__(self) -> Iterator[Region]:
        """All rows of county and above, in order of code and first year."""
        return iter(self._above.rows)

    def of(self, code: str, year: int | None = None) -> Region | None:
        """The region that a code means in a year; the latest if the year is None."""
        found = [row for row in self._index(code).by_code.get(code, ()) if row.is_valid(year)]
        return found[-1] if found else None

    def spans(self, code: str) -> tuple[Region, ...]:
        """All rows of a code, the earliest first."""
        return tuple(self._index(code).by_code.get(code, ()))

    def named(self, name: str, year: int | None = None, within: str = "") -> list[Region]:
        """Counties and above of a full or short name in a year.

        Args:
            name: 袁州区 or 袁州.
            year: The year; any if None.
            within: If given, those below this code alone.
        """
        return [
            row
            for row in self._above.by_name.get(name, ())
            if row.is_valid(year)
            and (not within or within in (each.code for each in self.path(row.code, year)[:-1]))
        ]

    def path(self, code: str, year: int | None = None) -> tuple[Region, ...]:
        """The region with all above it, the highest first; () if the code is unknown.

        A region above that the year did not have yet is named as it was later: the towns of
        former counties are known under the codes of their successors alone.
        """
        found: list[Region] = []
        row = self.of(code, year)
        while row is not None:
            found.insert(0, row)
            row = (self.of(row.parent, year) or self.of(row.parent)) if row.parent else None
        return tuple(found)

    def below(self, code: str, year: int | None = None) -> list[Region]:
        """The regions whose parent is this one; of a county, its towns."""
        rows = self._above.by_parent.get(code) or self._towns.by_parent.get(code, [])
        return [row for row in rows if row.is_valid(year)]

    def town(self, name: str, county_code: str, year: int | None = None) -> Region | None:
        """The town of a full or short name in one county, or in a city without districts.

        Args:
            name: 正阳街道; 正阳 if only one town there is called so.
            county_code: Code of the county; one that was renamed or merged has the towns of
                its successor.
            year: The year; a town known to have stood in it goes before others of the name.

        Returns:
            The town, or None if there is none, or several.
        """
        rows = [row for row in self._towns.by_name.get(name, ()) if row.parent == county_code]
        rows = [row for row in rows if row.name == name] or rows
        rows = [row for row in rows if row.is_valid(year)] or rows
        if rows:
            return rows[-1] if len({row.code for row in rows}) == 1 else None
        county = self.of(county_code, year) or self.of(county_code)
        after = county.successor if county else ""
        return self.town(name, after, year) if after and after != county_code else None


def _read(text: Iterable[str]) -> Iterator[Region]:
    rows = csv.reader(text)
    next(rows)
    for code, name, short, level, kind, parent, since, to, successor, base, source in rows:
        first, last = int(since) if since else None, int(to) if to else None
        yield Region(
            code, name, short, level, kind, parent, first, last, successor, source, base
        )  # fmt: skip


def _towns_of_the_country() -> list[Region]:
    packed = gzip.decompress((_HERE / "towns.csv.gz").read_bytes())
    return list(_read(io.StringIO(packed.decode("utf-8"))))


@cache
def regions(*, fiction: bool = False) -> Regions:
    """The country's regions; the invented ones (99xxxx) of the demo if `fiction`."""
    if not fiction:
        with (_HERE / "regions.csv").open(encoding="utf-8", newline="") as file:
            return Regions(_read(file), _towns_of_the_country)
    with (_HERE / "fiction.csv").open(encoding="utf-8", newline="") as file:
        rows = list(_read(file))
    towns = [row for row in rows if row.level == "township"]
    return Regions((row for row in rows if row.level != "township"), lambda: towns)
