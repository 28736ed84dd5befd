"""Which kind of agency a word behind a region's name means: `kinds.toml` read."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent
#: What stands between two parts of a merged agency's name, and says nothing.
_AND = re.compile(r"[和与及、]")
_PLATE = re.compile(r"\(([^()]+)\)$")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of agency.

    Attributes:
        slug: As in ids.
        name: Chinese name.
        form: `org_form` of its agencies.
        is_vertical: Whether its system is no part of the local aggregate.
        head: Id of the agency of the State at the head of its system, or "".
        systems: Names of the system that may stand before the region's name.
        needs_system: Whether one of them must.
        successor: Slug of the kind that took over everywhere, or "".
        is_apart: Whether its offices' districts are none of the regions, so that a region does
            not tell what is above one.
        is_city_s: Whether a county's is a branch of its city's bureau, however it is called.
    """

    slug: str
    name: str
    form: str
    is_vertical: bool
    head: str
    systems: tuple[str, ...]
    needs_system: bool
    successor: str
    is_apart: bool = False
    is_city_s: bool = False


@cache
def kinds() -> dict[str, str]:
    """Kind slug → Chinese name."""
    return {slug: kind.name for slug, kind in all_kinds().items()}


@cache
def all_kinds() -> dict[str, Kind]:
    """Kinds by slug."""
    return {
        slug: Kind(
            slug,
            table["name"],
            table.get("form", "department"),
            table.get("vertical", False),
            table.get("head", ""),
            tuple(table.get("systems", ())),
            table.get("needs_system", False),
            table.get("successor", ""),
            table.get("apart", False),
            table.get("city_s", False),
        )
        for slug, table in _tables().items()
    }


def kind_of(organ: str, system: str = "") -> Kind | None:
    """The kind that the whole of an organ's name means, or None.

    Args:
        organ: What follows the region's name.
        system: The name of a vertical system that stands before the region's.

    >>> kind_of("教育和体育局").slug, kind_of("财政局国库支付中心")
    ('education', None)
    >>> kind_of("发展和改革局(粮食和物资储备局)").slug
    'dev_reform'
    """
    slug = _slug(organ) if organ or not system else None
    kind = all_kinds()[slug] if slug is not None else None
    if kind is None:
        return None
    if system:
        return kind if system in kind.systems else None
    return None if kind.needs_system else kind


@cache
def systems() -> tuple[str, ...]:
    """Names of vertical systems that may stand before a region's, longest first."""
    found = {name for kind in all_kinds().values() for name in kind.systems}
    return tuple(sorted(found, key=lambda name: (-len(name), name)))


@lru_cache(maxsize=65_536)
def _slug(organ: str) -> str | None:
    plate = _PLATE.search(organ)
    names = _by_name()
    if organ in names:
        return names[organ]
    if plate and _slug(plate[1]) and plate.start():
        return _slug(organ[: plate.start()])
    for end in _ends():
        if organ.endswith(end) and len(organ) > len(end):
            slug = _by_stems(_AND.sub("", organ.removesuffix(end)))
            if slug:
                return slug
    return None


def _by_stems(text: str) -> str | None:
    """The kind of the first stem, if the text is nothing but stems."""
    stems = _stems()
    longest = max(map(len, stems))
    # From the end: how the rest of the text begins, None where it is not all stems.
    first: list[str | None] = [""] + [None] * len(text)
    for start in range(len(text) - 1, -1, -1):
        rest = len(text) - start
        for size in range(min(rest, longest), 0, -1):
            word = text[start : start + size]
            if word in stems and first[rest - size] is not None:
                first[rest] = stems[word]
                break
    return first[len(text)] or None


@cache
def _ends() -> tuple[str, ...]:
    return tuple(sorted(_file()["ends"], key=len, reverse=True))


@cache
def _stems() -> dict[str, str]:
    return {stem: slug for slug, table in _tables().items() for stem in table.get("stems", ())}


@cache
def _by_name() -> dict[str, str]:
    return {name: slug for slug, table in _tables().items() for name in table.get("names", ())}


def _tables() -> Mapping[str, dict[str, Any]]:
    return {slug: table for slug, table in _file().items() if isinstance(table, dict)}


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads((_HERE / "kinds.toml").read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class Ministry:
    """An agency of the State: its id, its names (the present one first), who took over."""

    agency_id: str
    names: tuple[str, ...]
    successor: str | None


@cache
def ministries() -> dict[str, Ministry]:
    """Agencies of the State by their exact names."""
    tables = tomllib.loads((_HERE / "national.toml").read_text("utf-8"))
    found = [
        Ministry(agency_id, tuple(table["names"]), table.get("successor"))
        for agency_id, table in tables.items()
    ]
    return {name: each for each in found for name in each.names}


@cache
def zones() -> tuple[tuple[str, str], ...]:
    """Words for development zones without a name of their own, and their slugs; longest first."""
    table: dict[str, list[str]] = tomllib.loads((_HERE / "zones.toml").read_text("utf-8"))["zones"]
    found = [(word, slug) for slug, words in table.items() for word in words]
    return tuple(sorted(found, key=lambda pair: (-len(pair[0]), pair[0])))
