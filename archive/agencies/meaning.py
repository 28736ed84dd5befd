"""What a name can mean: a place, the kind of organ, and which part of it (forms-and-rules §4.3).

Every reading of a name is found, not the first one: only a name of which all readings are
the same agency is resolved.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .gazetteer import Gazetteer, Place
from .kinds import Kind, all_kinds, kind_of, zones

_TOWN = re.compile(r"(?:人民政府)?(.{1,12}?(?:街道|镇|乡|苏木))(?:人民政府|政府|办事处|办)?")
_BRANCH = re.compile(r"(.+?[局厅])(.+?)(?:分局|支局)")
_PARTY = "管理委员会", "管委会", ""
#: An organ of a province alone; and one that separately planned cities have, too.
_PROVINCIAL = re.compile(r"(?<!办公)厅$")
_CORPS = re.compile(r"总队$")
#: 计划单列市: 大连, 宁波, 厦门, 青岛, 深圳.
_PLANNED = frozenset({"210200", "330200", "350200", "370200", "440300"})


@dataclass(frozen=True, slots=True)
class Meant:
    """One reading of a name.

    Attributes:
        place: The region.
        kind: The kind of agency.
        organ: What the name says behind the region's.
        unit: Slug of the part of the region that it is for, or "" for the whole.
        unit_name: That part as the name says it.
        bureau: Code of the region whose bureau it is a branch of, or "".
    """

    place: Place
    kind: Kind
    organ: str
    unit: str = ""
    unit_name: str = ""
    bureau: str = ""

    @property
    def agency_id(self) -> str:
        """The agency's id."""
        return "-".join(filter(None, (self.place.code, self.kind.slug, self.unit)))


@dataclass(frozen=True, slots=True)
class Said:
    """What of a name is the same at every place: the year, and the system before the region."""

    year: int | None
    system: str = ""


def meanings(gazetteer: Gazetteer, place: Place, rest: str, said: Said) -> Iterator[Meant]:
    """Readings of what follows a place's name, by full names alone.

    Args:
        gazetteer: The regions.
        place: The place that the name has named so far.
        rest: What follows.
        said: Year and system.
    """
    yield from _organs(place, rest, said)
    if not said.system:
        yield from _branches(gazetteer, place, rest, said)
    yield from within(gazetteer, place, rest, said)


def within(gazetteer: Gazetteer, place: Place, rest: str, said: Said) -> Iterator[Meant]:
    """Readings of a name that names something within a place, not the place itself."""
    if place.level == "township":
        return
    if not said.system:
        yield from _towns(gazetteer, place, rest, said)
        yield from in_zones(gazetteer, place, rest, said)
    if place.level != "county":
        for below, end in gazetteer.beginning(rest, said.year, within=place.code):
            yield from meanings(gazetteer, below, end, said)


def by_short_names(gazetteer: Gazetteer, place: Place, rest: str, said: Said) -> Iterator[Meant]:
    """Readings with the short name of a place within, right before an organ's word.

    Never before 街道, 镇, 乡 or 村: 正阳街道 is not of 正阳县.
    """
    for below, organ in gazetteer.short(rest, said.year, within=place.code):
        kind = kind_of(organ, said.system) if organ else None
        if kind is not None and fits(below, organ):
            yield Meant(below, kind, organ)


def _organs(place: Place, rest: str, said: Said) -> Iterator[Meant]:
    if place.is_zone and rest in _PARTY:
        yield Meant(place, all_kinds()["devzone"], rest)
        return
    kind = kind_of(rest, said.system)
    if place.level == "township":
        yield from _of_town(place, rest)
    elif kind is not None and fits(place, rest):
        yield Meant(place, kind, rest)
    elif rest.endswith("分局") and place.level == "county" and place.above:
        # 海淀区公安分局 is the city's, as 北京市公安局海淀分局 says.
        kind = kind_of(rest.removesuffix("分局") + "局", said.system)
        if kind is not None:
            yield Meant(place, kind, rest, bureau=place.above[-1])


def _of_town(place: Place, rest: str) -> Iterator[Meant]:
    is_subdistrict = place.name.endswith("街道") or place.kind == "街道"
    if rest in ("", "人民政府", "政府") and not is_subdistrict:
        yield Meant(place, all_kinds()["town"], rest)
    elif rest in ("", "办事处", "办") and is_subdistrict:
        yield Meant(place, all_kinds()["subdistrict"], rest)


def fits(place: Place, organ: str) -> bool:
    """Whether a place of this level can have the organ: only provinces have a 厅.

    A 总队 is a province's or a separately planned city's; other cities have a 支队 or 队.
    """
    if place.level == "province":
        return True
    if _CORPS.search(organ):
        return place.code in _PLANNED
    return not _PROVINCIAL.search(organ)


def _towns(gazetteer: Gazetteer, place: Place, rest: str, said: Said) -> Iterator[Meant]:
    match = _TOWN.fullmatch(rest)
    if match is None or place.level == "province":
        return
    counties = gazetteer.counties(place.code, said.year) if place.level == "prefecture" else ()
    for county in (place.code, *counties):
        town = gazetteer.town(match[1], county, said.year)
        if town is not None and town.name == match[1]:
            end = rest.removeprefix("人民政府")[len(match[1]) :]
            yield from _of_town(town, end)


def in_zones(gazetteer: Gazetteer, place: Place, rest: str, said: Said) -> Iterator[Meant]:
    """Zones within a place: those with a code by their names, others by words for a zone."""
    if place.short_name:  # 宜春经济技术开发区, in 宜春市
        rest = rest.removeprefix(place.short_name)
    if place.level == "province":
        return
    coded = gazetteer.zones(place.code, said.year)
    for zone, name in coded:
        if rest.startswith(name):
            yield from _organs(zone, rest[len(name) :], said)
    for word, slug in zones():
        if rest.startswith(word):
            same = [zone for zone, name in coded if (name, slug) in zones()]
            if len(same) == 1:
                yield from _organs(same[0], rest[len(word) :], said)
            elif not same:
                yield from _of_zone(place, word, slug, rest[len(word) :])
            return


def _of_zone(place: Place, word: str, slug: str, rest: str) -> Iterator[Meant]:
    if rest in _PARTY:
        yield Meant(place, all_kinds()["devzone"], word + rest, slug, word)
        return
    kind = kind_of(rest)
    if kind is not None and kind.form == "department" and fits(place, rest):
        yield Meant(place, kind, word + rest, slug, word)


def _branches(gazetteer: Gazetteer, place: Place, rest: str, said: Said) -> Iterator[Meant]:
    match = _BRANCH.fullmatch(rest)
    kind = kind_of(match[1]) if match else None
    if match is None or kind is None or kind.form != "department":
        return
    part = match[2]
    found = False
    for below, end in (
        *gazetteer.beginning(part, said.year, within=place.code),
        *gazetteer.short(f"{part}局", said.year, within=place.code),
    ):
        if end in ("", "局"):
            found = True
            yield Meant(below, kind, rest, bureau=place.code)
    for word, slug in () if found else zones():
        if part == word:
            yield Meant(place, kind, rest, slug, word, bureau=place.code)
