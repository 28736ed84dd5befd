"""Regions, portals and agencies of the country: who reports, and in which column."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from archive.agencies.kinds import all_kinds, kind_of
from archive.places import regions
from crawler.registry import Portal

PROVINCE = "示例省"
#: Agencies of a region; its government's report is on all of them.
AGENCIES = 40
GOVERNMENT = AGENCIES - 1
#: One region in so many is one that the archive's own list of regions knows.
_KNOWN_EVERY = 20
#: Known counties whose governments' reports a column of the province lists, too.
LISTED_TOGETHER = 5
_COUNTIES = 59
_STEMS, _SIDES = "甲乙丙丁戊己庚辛壬癸", "东西南北中上下前后左右"
#: Cities whose codes the archive's list of fictional regions leaves free.
_FREE_CITIES = tuple(each for each in range(3, 100) if each not in range(20, 25))


@dataclass(frozen=True, slots=True)
class Place:
    """A region with a portal of its own.

    Attributes:
        number: Its number in the country.
        code: Its code.
        path: Its name and those above it.
        listed: Number of the provincial column that lists its government, too, or None.
    """

    number: int
    code: str
    path: tuple[str, ...]
    listed: int | None = None

    @property
    def name(self) -> str:
        """Its name."""
        return self.path[-1]

    @property
    def portal(self) -> str:
        """Key of its portal."""
        return f"quyu-{self.number:05d}"

    @property
    def host(self) -> str:
        """Host of its portal."""
        return f"www.quyu{self.number:05d}.example.org"


@dataclass(frozen=True)
class Organ:
    """One of the agencies that every region has."""

    number: int
    kind: str
    words: str

    @cached_property
    def column(self) -> str:
        """Folder of its reports."""
        return self.kind.replace("_", "")


@cache
def place(number: int) -> Place:
    """A region by its number.

    Raises:
        ValueError: The country has no room for it.
    """
    turn, rest = divmod(number, _KNOWN_EVERY)
    known = _known()
    if rest == 0 and turn < len(known):
        code, path = known[turn]
        return Place(number, code, path, turn // LISTED_TOGETHER)
    own = number - min(turn + 1, len(known))
    city, county = divmod(own, _COUNTIES + 1)
    if city >= len(_FREE_CITIES):
        raise ValueError(f"there are codes for {len(_FREE_CITIES)} fictional cities, not for more")
    first = f"{_STEMS[city % 10]}{_SIDES[city // 10]}市"
    code = f"99{_FREE_CITIES[city]:02d}"
    if county == 0:
        return Place(number, f"{code}00", (PROVINCE, first))
    name = f"{_SIDES[county % 11]}{_STEMS[(county // 11 + city) % 10]}县"
    return Place(number, f"{code}{20 + county:02d}", (PROVINCE, first, name))


@cache
def _known() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Counties of the archive's own list of fictional regions: code, and names from above."""
    found = regions(fiction=True)
    return tuple(
        (row.code, tuple(each.name for each in found.path(row.code)))
        for row in found
        if row.level == "county" and row.parent in ("992000", "992100", "992200", "992300")
    )


@cache
def organs() -> tuple[Organ, ...]:
    """Agencies that every region has, departments first, its government last."""
    found = []
    for slug, kind in sorted(all_kinds().items()):
        words = f"{kind.name}局"
        plain = kind.form == "department" and not (kind.needs_system or kind.successor)
        meant = kind_of(words)
        if plain and not kind.is_apart and meant and meant.slug == slug:
            found.append((slug, words))
    chosen = [*found[: AGENCIES - 1], ("government", "人民政府")]
    return tuple(Organ(number, *each) for number, each in enumerate(chosen))


def entry_of(each: Place) -> dict[str, Any]:
    """The registry entry of a region's portal."""
    return Portal(
        key=each.portal,
        agency="",
        region=each.code,
        region_name=" ".join(each.path),
        column=f"http://{each.host}/zwgk/fdzdgknr/zfxxgknb/",
        family="trs",
        hosts=(each.host,),
        expect_reports=200,
        why="fictional column of a region's agencies",
        confidence="verified",
        kind="hub",
    ).entry()


def province_portal(number: int) -> str:
    """Key of a column of the province."""
    return f"sheng-{number:03d}"


def province_host(number: int) -> str:
    """Host of a column of the province."""
    return f"www.sheng{number:03d}.example.org"


def province_entry(number: int) -> dict[str, Any]:
    """The registry entry of a column of the province, which lists governments of counties."""
    host = province_host(number)
    return Portal(
        key=province_portal(number),
        agency="",
        region="990000",
        region_name=PROVINCE,
        column=f"http://{host}/zfxxgknb/sxzf/",
        family="hanweb",
        hosts=(host,),
        expect_reports=20,
        why="fictional column of governments of several counties",
    ).entry()
