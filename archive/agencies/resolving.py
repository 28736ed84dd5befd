"""Who a report is by: region and kind from the registry and the printed name.

Exact names only. What is not certain gets an id of its own (`u-…`) and `resolved`
false; the issue on meaning adds regions, aliases and decisions by hand.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from extract.labels import flat
from extract.scope import scope_of_name

_TOWN_CODE = 9  # digits of a town's or subdistrict's code; a county's has six


@dataclass(frozen=True, slots=True)
class Agency:
    """A 行政机关 as far as it is known.

    Attributes:
        agency_id: `<region code>-<kind>`, or `u-` and 12 hex digits while unresolved.
        name: The printed name, or the registry's where it settles the agency.
        scope: `aggregate` for a government's own report on its whole territory,
            `own` for a single body, else `unknown`.
    """

    agency_id: str
    name: str
    region_code: str | None
    region_name: str | None
    kind: str | None
    kind_name: str | None
    scope: str

    @property
    def resolved(self) -> bool:
        """Whether region and kind are certain."""
        return self.region_code is not None

    def report_id(self, year: int) -> str:
        """The report's permanent id."""
        return f"{self.agency_id}-{year}" + ("-agg" if self.scope == "aggregate" else "")


@cache
def kinds() -> dict[str, str]:
    """Kind slug → Chinese name."""
    return {slug: str(entry["name"]) for slug, entry in _kinds_file().items()}


@cache
def _kind_by_name() -> dict[str, str]:
    return {name: slug for slug, entry in _kinds_file().items() for name in entry["names"]}


@cache
def _kinds_file() -> dict[str, dict[str, Any]]:
    return tomllib.loads((Path(__file__).parent / "kinds.toml").read_text("utf-8"))


def resolve(
    printed: str, portal: str, entry: Mapping[str, object], scope: str | None = None
) -> Agency:
    """Tie a printed name to region and kind.

    Args:
        printed: The agency's name as the report prints it.
        portal: Registry key of the portal, or `import`.
        entry: The portal's registry entry; its `region` and `region_name` are the
            home region, its `agency` the only agency of the column, or "".
        scope: What the report's own words say. They count where the registry does not
            settle the agency; None leaves it to the name.

    Returns:
        The agency; unresolved where the name is not exactly one of the home region.
    """
    name = flat(printed)
    region, region_name = str(entry.get("region", "")), str(entry.get("region_name", ""))
    rest = _after_region(name, region_name) if region and region_name else None
    kind = _kind(rest, region) if rest is not None else None
    if kind is None:
        digest = hashlib.sha256(f"{portal}{name}".encode()).hexdigest()[:12]
        said = scope or scope_of_name(name)
        return Agency(f"u-{digest}", name, None, None, None, None, said)
    own = flat(str(entry.get("agency", "")))
    if own and _after_region(own, region_name) == rest:
        name = own
    place = "".join(region_name.split())
    settled = "aggregate" if kind == "government" else "own"
    return Agency(f"{region}-{kind}", name, region, place, kind, kinds()[kind], settled)


def _after_region(name: str, region_name: str) -> str | None:
    """What follows the region's own name; the regions above it may stand before it.

    The parts of `region_name` are separated by blanks: 江西省 景德镇市 cannot be told
    apart by its letters.
    """
    parts = region_name.split()
    for i in range(len(parts)):
        prefix = "".join(parts[i:])
        if name.startswith(prefix):
            return name[len(prefix) :]
    return None


def _kind(rest: str, region: str) -> str | None:
    if len(region) == _TOWN_CODE:
        if rest in ("", "人民政府"):
            return "town"
        return "subdistrict" if rest == "办事处" else None
    return _kind_by_name().get(rest)
