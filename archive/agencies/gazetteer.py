"""Regions as names say them: which of them a text begins with, and what a code was in a year."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..places import Region, Regions

#: No region's name is longer.
_LONGEST = 20
#: Autonomous regions without their people's names: 楚雄彝族自治州 is called 楚雄州.
_SHORTER = {"自治州": "州", "自治县": "县", "自治旗": "旗", "自治区": "自治区"}
_TOWN_DIGITS = 9
#: `Region.kind` of a development zone that statistics count as a county.
ZONE = "开发区"


@dataclass(frozen=True, slots=True)
class Place:
    """A region as an agency's.

    Attributes:
        code: Its code.
        name: Its own name.
        full: The names of those above it and its own, without blanks.
        level: As of `Region`.
        above: Codes of those above it, the highest first; () if they are not known.
        kind: As of `Region`; "" if the region is known by the registry alone.
        successor: Code of the region that took its place, or "".
        short_name: As of `Region`, or "".
    """

    code: str
    name: str
    full: str
    level: str
    above: tuple[str, ...] = ()
    kind: str = ""
    successor: str = ""
    short_name: str = ""

    @property
    def is_zone(self) -> bool:
        """Whether it is a development zone that statistics count as a county."""
        return self.kind == ZONE


class Gazetteer:
    """Names and codes of regions, made to be asked often."""

    def __init__(self, regions: Regions) -> None:
        """Index regions by name and code."""
        self._regions = regions
        self._by_name: dict[str, list[Region]] = {}
        self._by_alias: dict[str, list[Region]] = {}
        self._by_short: dict[str, list[Region]] = {}
        self._by_code: dict[str, list[Region]] = {}
        self._by_parent: dict[str, list[Region]] = {}
        self._before: dict[str, list[Region]] = {}
        self._places: dict[tuple[str, int | None, int | None], Place] = {}
        self._zones: dict[tuple[str, int | None], list[tuple[Place, str]]] = {}
        for row in regions:
            if row.level != "township":
                self._enter(row)

    def _enter(self, row: Region) -> None:
        self._by_name.setdefault(row.name, []).append(row)
        self._by_short.setdefault(row.short_name, []).append(row)
        self._by_code.setdefault(row.code, []).append(row)
        self._by_parent.setdefault(row.parent, []).append(row)
        end = _SHORTER.get(row.kind)
        if end:
            self._by_alias.setdefault(f"{row.short_name}{end}", []).append(row)
        if row.successor:
            self._before.setdefault(row.successor, []).append(row)

    def of(self, code: str, year: int | None) -> Place | None:
        """The place that a code means in a year."""
        if len(code) == _TOWN_DIGITS:
            row = self._regions.of(code, year)
        else:
            row = next((r for r in reversed(self._by_code.get(code, [])) if r.is_valid(year)), None)
        return self._place(row, year) if row else None

    def _place(self, row: Region, year: int | None) -> Place:
        key = (row.code, row.valid_from, year)
        if key not in self._places:
            self._places[key] = self._made(row, year)
        return self._places[key]

    def _made(self, row: Region, year: int | None) -> Place:
        path, code = [row], row.parent
        while code:
            rows = self._by_code.get(code, [])
            above = next(
                (r for r in reversed(rows) if r.is_valid(year)), rows[-1] if rows else None
            )
            if above is None or above in path:
                break
            path.insert(0, above)
            code = above.parent
        return Place(
            row.code,
            row.name,
            "".join(each.name for each in path),
            row.level,
            tuple(each.code for each in path[:-1]),
            row.kind,
            row.successor if row.valid_to is not None else "",
            row.short_name,
        )

    def beginning(
        self, text: str, year: int | None, within: str = ""
    ) -> Iterator[tuple[Place, str]]:
        """Places whose full name a text begins with, and what follows it.

        Args:
            text: A name.
            year: The report's year. A name that came up in the year after, in which reports
                are published, means what was there in the report's year.
            within: Only places below this code.
        """
        for size in range(2, min(len(text), _LONGEST) + 1):
            for row in self._named(text[:size], year):
                place = self._place(row, year)
                if not within or within in place.above:
                    yield place, text[size:]

    def _named(self, name: str, year: int | None) -> list[Region]:
        for index in (self._by_name, self._by_alias):
            found = index.get(name, [])
            valid = [row for row in found if row.is_valid(year)]
            if valid or not found:
                if valid:
                    return valid
                continue
            if year is not None:
                later = [row for row in found if row.is_valid(year + 1)]
                return [row for each in later if (row := self._at(each.code, year)) is not None]
        return []

    def _at(self, code: str, year: int) -> Region | None:
        """The row of a code's territory in a year."""
        rows = self._by_code.get(self.era(code, year), [])
        return next((row for row in reversed(rows) if row.is_valid(year)), None)

    def short(self, text: str, year: int | None, within: str = "") -> Iterator[tuple[Place, str]]:
        """Places whose short name a text begins with, and what follows it."""
        for size in range(2, min(len(text), _LONGEST)):
            for row in self._by_short.get(text[:size], []):
                if row.is_valid(year) and row.name != text[:size]:
                    place = self._place(row, year)
                    if not within or within in place.above:
                        yield place, text[size:]

    def zones(self, code: str, year: int | None) -> list[tuple[Place, str]]:
        """Development zones of a region with their names as people say them within it."""
        key = (code, year)
        if key not in self._zones:
            above = self.of(code, year) or self.of(code, None)
            self._zones[key] = [
                (self._place(row, year), _within(row.name, above))
                for row in self._by_parent.get(code, [])
                if row.kind == ZONE and row.is_valid(year)
            ]
        return self._zones[key]

    def counties(self, code: str, year: int | None) -> list[str]:
        """Codes of the counties of a prefecture."""
        return [row.code for row in self._by_parent.get(code, []) if row.is_valid(year)]

    def town(self, name: str, county: str, year: int | None) -> Place | None:
        """The town or subdistrict of a county with exactly this name; None if there are two."""
        row = self._regions.town(name, county, year)
        return self._place(row, year) if row else None

    def era(self, code: str, year: int | None) -> str:
        """The code that a region's territory had in a year; the given one if that is not certain.

        >>> Gazetteer(Regions(())).era("990100", 2020)
        '990100'
        """
        rows = self._by_code.get(code, [])
        if year is None or not rows or any(row.is_valid(year) for row in rows):
            return code
        before = {row.code for row in self._before.get(code, []) if row.is_valid(year)}
        after = {row.successor for row in rows if row.successor and row.valid_to is not None}
        after = {
            each for each in after if any(r.is_valid(year) for r in self._by_code.get(each, []))
        }
        found = before or after
        return found.pop() if len(found) == 1 else code


def _within(name: str, above: Place | None) -> str:
    """A zone's name without those of the regions in which it lies."""
    if above is None:
        return name
    for part in (above.name, above.short_name):
        head, found, rest = name.partition(part)
        if found and rest and len(head) <= len("内蒙古自治区"):
            return rest
    return name
