"""An agency from what its name was found to mean: id, names, level, what is above it."""

from __future__ import annotations

from extract.scope import scope_of_name

from .agency import Agency
from .gazetteer import Gazetteer
from .home import level_of
from .kinds import Ministry, all_kinds
from .meaning import Meant

#: Ends of regions' names that people say instead of the whole: 区财政局.
_ENDS = ("自治区", *"省市区县旗盟州")
#: Whose reports may be on a territory or on one body: their own words settle it.
_BOTH = "devzone"


def agency_of(meant: Meant, name: str, scope: str | None, gazetteer: Gazetteer) -> Agency:
    """The agency that a name was found to mean.

    Args:
        meant: Its place, kind and part.
        name: Its name as it is to be shown.
        scope: What the report's own words say.
        gazetteer: The regions.
    """
    place, kind = meant.place, meant.kind
    bureau = meant.bureau or _city_of(meant)
    form = "branch" if bureau else kind.form
    return Agency(
        meant.agency_id,
        name,
        place.code,
        place.full,
        kind.slug,
        kind.name,
        _scope(kind.slug, scope or scope_of_name(name)),
        short_name(meant),
        place.level,
        form,
        kind.is_vertical,
        _parent(meant, bureau),
        _successor(meant, gazetteer),
        place.name,
        meant.organ,
    )


def ministry_of(ministry: Ministry, name: str, scope: str | None) -> Agency:
    """The agency of the State that a name means."""
    kind = all_kinds()["ministry"]
    return Agency(
        ministry.agency_id,
        name,
        None,
        None,
        kind.slug,
        kind.name,
        "aggregate" if scope == "aggregate" else "own",
        min(ministry.names, key=len),
        "country",
        kind.form,
        False,
        None,
        ministry.successor,
        "",
        name,
    )


def _scope(kind: str, said: str) -> str:
    if kind == "government":
        return "aggregate"
    return said if kind == _BOTH else "own"


def short_name(meant: Meant) -> str:
    """What people of the place call it.

    >>> place = Place("990102", "示例区", "示例省示例市示例区", "county")
    >>> short_name(Meant(place, all_kinds()["finance"], "财政局"))
    '区财政局'
    """
    if meant.place.level == "township":
        return meant.place.name
    if meant.bureau or meant.unit:
        return meant.organ
    end = next((end for end in _ENDS if meant.place.name.endswith(end)), meant.place.name)
    if meant.place.is_zone:
        end = meant.place.name
    organ = meant.organ
    if meant.kind.slug == "government":
        organ = "政府"
    elif meant.kind.slug == "devzone":
        organ = "管委会"
    return f"{end}{organ.removeprefix('人民') if organ.startswith('人民政府') else organ}"


def _city_of(meant: Meant) -> str:
    """Code of the city whose bureau the agency is a branch of by its kind's rule, or ""."""
    place = meant.place
    is_below = place.level == "county" and not place.is_zone and place.above
    if not (is_below and meant.kind.is_city_s) or meant.unit:
        return ""
    return place.above[-1] if level_of(place.above[-1]) == "prefecture" else ""


def _parent(meant: Meant, bureau: str) -> str | None:
    """The agency above: bureau of a branch, head of a system, government, devzone."""
    place, slug = meant.place, meant.kind.slug
    if bureau:
        return f"{bureau}-{slug}"
    above = place.above[-1] if place.above else None
    if meant.kind.is_apart:
        return meant.kind.head if place.level == "province" else None
    if meant.kind.is_vertical:
        if above is None and place.level != "province":
            return None  # a region that is known by the registry alone
        return f"{above}-{slug}" if above else meant.kind.head or None
    if slug == "devzone" or slug in ("government", "town", "subdistrict"):
        own = place.code if meant.unit else above
        return f"{own}-government" if own else None
    if meant.unit:
        return f"{place.code}-devzone-{meant.unit}"
    return f"{place.code}-{'devzone' if place.is_zone else 'government'}"


def _successor(meant: Meant, gazetteer: Gazetteer) -> str | None:
    """Who took over: everywhere by a reform, or since the region has another code."""
    if meant.kind.successor:
        return f"{meant.place.code}-{meant.kind.successor}"
    after = gazetteer.of(meant.place.successor, None) if meant.place.successor else None
    if after is None or after.code == meant.place.code or meant.unit:
        return None
    slug = meant.kind.slug
    if after.level == "township":
        slug = "subdistrict" if after.name.endswith("街道") else "town"
    return f"{after.code}-{slug}"
