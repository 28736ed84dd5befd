"""Who a report is by: a printed name tied to region and kind, by hand or by rule, or not at all.

The order (forms-and-rules §4.3): what people decided; the portal's home region, the only
agency of its column; full names, from the left; short names, only right before an organ's
word. Whatever has two meanings is unresolved: nothing is guessed. 长沙教育局 at the home of
长沙市 is the city's or that of 长沙县 below; only the registry's agency of the column tells.

An agency's id is made of the region's code in the report's year: a county that became a
district has one agency before and another since, tied by `successor_id`. An agency that was
only renamed, or merged under its first name, keeps its id: its kind is the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache

from extract.labels import flat
from extract.scope import scope_of_name

from ..decisions import NONE, Decision, Decisions
from ..places import Regions, regions
from .agency import UNRESOLVED, Agency
from .gazetteer import Gazetteer, Place
from .home import Home, home_of, level_of
from .kinds import Ministry, all_kinds, kind_of, ministries, systems
from .making import agency_of, ministry_of
from .meaning import Meant, Said, by_short_names, fits, in_zones, meanings, within

_STATE = "中华人民共和国"
#: What is longer is no name, and is not taken apart: that costs the square of its length.
LONGEST_NAME = 100
#: Levels of regions that each bear a name of their own.
_WIDE = ("province", "prefecture")
#: Districts' names that other quarters of many cities bear, too.
_COMMON = frozenset({"滨海新区", "城区", "郊区", "矿区", "新区"})


class Resolver:
    """Ties printed names to agencies."""

    def __init__(self, places: Regions, decisions: Decisions = NONE) -> None:
        """Go by these regions, and by what people decided."""
        self.gazetteer = Gazetteer(places)
        self.decisions = decisions

    def resolve(
        self,
        printed: str,
        portal: str,
        entry: Mapping[str, object],
        scope: str | None = None,
        year: int | None = None,
    ) -> Agency:
        """Tie a printed name to region and kind.

        Args:
            printed: The agency's name as the report prints it.
            portal: Registry key of the portal, or `import`.
            entry: The portal's registry entry; its `region` and `region_name` are the
                home region, its `agency` the only agency of the column, or "".
            scope: What the report's own words say. They count where nothing settles the
                agency; None leaves it to the name.
            year: The report's year, whose codes count; None for the latest.

        Returns:
            The agency; unresolved where the name has no meaning, or several.
        """
        name = flat(printed)
        decided = self.decisions.of(name, portal)
        if decided is not None:
            return self._decided(decided, name, portal, scope, year)
        found = self._meant(name, entry, year)
        if isinstance(found, Ministry):
            return self._finished(ministry_of(found, name, scope))
        if found is None:
            return unresolved(name, portal, scope)
        own = flat(str(entry.get("agency", "")))
        if own and own != name:
            told = self._meant(own, entry, year)
            if isinstance(told, Meant) and _is_same(told, found):
                name = own
        return self._finished(agency_of(found, name, scope, self.gazetteer))

    def _decided(
        self, decided: Decision, name: str, portal: str, scope: str | None, year: int | None
    ) -> Agency:
        if not decided.kind:
            return unresolved(name, portal, scope)
        place = self.gazetteer.of(decided.region, year) or self.gazetteer.of(decided.region, None)
        if place is None:
            parts = decided.region_name.split()
            if not parts:  # a real region where all are invented: nothing is made of digits
                return unresolved(name, portal, scope)
            place = Place(decided.region, parts[-1], "".join(parts), level_of(decided.region))
        organ = name.rpartition(place.name)[2]
        meant = Meant(place, all_kinds()[decided.kind], organ, decided.unit)
        return self._finished(agency_of(meant, name, scope, self.gazetteer))

    def _finished(self, agency: Agency) -> Agency:
        """The agency with the successor that was decided by hand, if one was."""
        after = self.decisions.successor_of(agency.agency_id)
        return replace(agency, successor_id=after) if after else agency

    def _meant(
        self, name: str, entry: Mapping[str, object], year: int | None
    ) -> Meant | Ministry | None:
        if len(name) > LONGEST_NAME:
            return None
        home = home_of(entry, self.gazetteer, year)
        if home is None and (ministry := ministries().get(name.removeprefix(_STATE))):
            return ministry
        own = flat(str(entry.get("agency", "")))
        if own != name and own.endswith(name) and kind_of(name):
            name = own  # the column's only agency, without its region's name
        system = next((each for each in systems() if name.startswith(each)), "")
        for said, text in ((Said(year, system), name.removeprefix(system)), (Said(year), name)):
            for way in self._ways(text, home, said):
                found = {meant.agency_id: meant for meant in way()}
                if len(found) > 1 and own and own != name:
                    # Of several meanings the column's only agency settles it, if it is one.
                    told = self._meant(own, entry, year)
                    return found.get(told.agency_id) if isinstance(told, Meant) else None
                if found:
                    return found.popitem()[1] if len(found) == 1 else None
        return None

    def _ways(
        self, text: str, home: Home | None, said: Said
    ) -> Iterator[Callable[[], Iterable[Meant]]]:
        """Ways to read a name, the surest first; the next counts where one finds nothing."""
        if home is not None:
            yield lambda: self._at_home(text, home, said)
        yield lambda: self._by_full_names(text, home, said)
        if home is not None:
            yield lambda: self._alone(text, home, said)
            yield lambda: self._by_short_names_at_home(text, home, said)
        yield lambda: self._by_short_names(text, said)

    def _at_home(self, text: str, home: Home, said: Said) -> Iterator[Meant]:
        for prefix in home.names():
            if text.startswith(prefix):
                rest = text[len(prefix) :]
                yield from meanings(self.gazetteer, home.place, rest, said)
                yield from by_short_names(self.gazetteer, home.place, rest, said)
        yield from within(self.gazetteer, home.place, text, said)

    def _by_full_names(self, text: str, home: Home | None, said: Said) -> Iterator[Meant]:
        for place, rest in self.gazetteer.beginning(text, said.year):
            if _is_certain(place, home):
                yield from meanings(self.gazetteer, place, rest, said)
                yield from by_short_names(self.gazetteer, place, rest, said)

    def _alone(self, text: str, home: Home, said: Said) -> Iterator[Meant]:
        for word in home.alone():
            if text.startswith(word) and text != word:
                yield from meanings(self.gazetteer, home.place, text[len(word) :], said)

    def _by_short_names_at_home(self, text: str, home: Home, said: Said) -> Iterator[Meant]:
        """The home's own short name and those of places below it, none before the other."""
        yield from by_short_names(self.gazetteer, home.place, text, said)
        short = home.place.short_name
        if short and text.startswith(short):
            rest = text[len(short) :]
            kind = kind_of(rest, said.system)
            if rest and kind is not None and fits(home.place, rest):
                yield Meant(home.place, kind, rest)

    def _by_short_names(self, text: str, said: Said) -> Iterator[Meant]:
        for place, organ in self.gazetteer.short(text, said.year):
            kind = kind_of(organ, said.system)
            # A customs office is rarely its county's: 黄埔海关 is no office of 黄埔区.
            is_known = place.level in _WIDE or bool(said.system and kind and not kind.is_apart)
            if is_known and organ and kind is not None and fits(place, organ):
                yield Meant(place, kind, organ)
            if place.level == "prefecture" and not said.system:
                yield from in_zones(self.gazetteer, place, organ, said)


def resolve(
    printed: str,
    portal: str,
    entry: Mapping[str, object],
    scope: str | None = None,
    year: int | None = None,
) -> Agency:
    """As `Resolver.resolve`, without decisions, by the regions that the entry's code is of."""
    fiction = str(entry.get("region", "")).startswith("99")
    return _resolver(fiction).resolve(printed, portal, entry, scope, year)


@cache
def _resolver(fiction: bool) -> Resolver:
    return Resolver(regions(fiction=fiction))


def _is_certain(place: Place, home: Home | None) -> bool:
    """Whether a full name with nothing before it means this place, which no other is called.

    Cities call new quarters as districts elsewhere are called (滨海新区): from a portal that
    has a home, a county elsewhere must come after its city's name.
    """
    if place.level in _WIDE:
        return True
    if home is not None:
        return place.code in (home.place.code, *home.place.above)
    return place.name not in _COMMON


def _is_same(one: Meant, other: Meant) -> bool:
    return (one.agency_id, one.organ) == (other.agency_id, other.organ)


def unresolved(name: str, portal: str, scope: str | None) -> Agency:
    """An agency of which only the printed name is known."""
    digest = hashlib.sha256(f"{portal}{name}".encode()).hexdigest()[:12]
    said = scope or scope_of_name(name)
    return Agency(f"{UNRESOLVED}{digest}", name, None, None, None, None, said)
