"""Under which names an agency's reports were found, are registered, or were decided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..decisions import EVERYWHERE, NONE, Decision, Decisions
from .agency import Agency

ALIAS, FORMER = "alias", "former"
Row = Mapping[str, Any]
#: Agency, name and portal.
Key = tuple[str, str, str]


@dataclass(slots=True)
class Use:
    """A name's use at a portal: what it calls the organ, and the years of its reports."""

    organ: str
    first: int
    last: int


@dataclass(slots=True)
class Names:
    """Names of all agencies as they come up."""

    printed: dict[Key, Use] = field(default_factory=dict)
    #: Agency and portal → the name in the registry.
    registered: dict[tuple[str, str], str] = field(default_factory=dict)
    decisions: Decisions = NONE

    def add(self, agency: Agency, name: str, portal: str, year: int) -> None:
        """Note that a report of a year bears a name."""
        key = (agency.agency_id, name, portal)
        use = self.printed.setdefault(key, Use(agency.organ, year, year))
        use.first, use.last = min(use.first, year), max(use.last, year)

    def rows(self, agencies: Iterable[Row]) -> Iterator[Row]:
        """Rows of `agency_names`: only what the name in `agencies` does not say already.

        Args:
            agencies: Rows of `agencies`.
        """
        named = {str(row["agency_id"]): str(row["name"]) for row in agencies}
        uses: dict[str, list[tuple[Key, Use]]] = {}
        for key, use in self.printed.items():
            uses.setdefault(key[0], []).append((key, use))
        found: dict[Key, Row] = {}
        for agency_id, name in named.items():
            of_agency = uses.get(agency_id, [])
            if any(key[1] != name for key, _ in of_agency):
                found.update(_printed(of_agency, name))
        for (agency_id, portal), name in self.registered.items():
            if agency_id in named and named[agency_id] != name:
                key = (agency_id, name, portal)
                found.setdefault(key, _row(key, "registry", ALIAS))
        for decision in self.decisions.names.values():
            if decision.agency_id in named:
                key, row = self._decided(decision)
                found[key] = row
        for key in sorted(found):
            yield found[key]

    def _decided(self, decision: Decision) -> tuple[Key, Row]:
        portal = "" if decision.portal == EVERYWHERE else decision.portal
        uses = [
            use
            for (agency_id, name, where), use in self.printed.items()
            if (agency_id, name) == (decision.agency_id, decision.name) and portal in ("", where)
        ]
        use = Use("", min(u.first for u in uses), max(u.last for u in uses)) if uses else None
        key = (decision.agency_id, decision.name, portal)
        return key, _row(key, "curation", decision.relation, use, decision.reason)


def _printed(uses: Iterable[tuple[Key, Use]], name: str) -> Iterator[tuple[Key, Row]]:
    """An agency's other names: a former one if it called itself otherwise ever since."""
    found = list(uses)
    now = {use.organ for key, use in found if key[1] == name}
    since = min((use.first for _, use in found if use.organ in now), default=0)
    for key, use in found:
        if key[1] != name:
            is_former = use.organ not in now and use.last < since
            yield key, _row(key, "printed", FORMER if is_former else ALIAS, use)


def _row(
    key: Key, source: str, relation: str, use: Use | None = None, reason: str | None = None
) -> Row:
    agency_id, name, portal = key
    return {
        "agency_id": agency_id,
        "name": name,
        "portal": portal,
        "source": source,
        "relation": relation,
        "first_year": use.first if use else None,
        "last_year": use.last if use else None,
        "reason": reason,
    }
