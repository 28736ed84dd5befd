"""A 行政机关 as far as it is known."""

from __future__ import annotations

from dataclasses import dataclass

#: Begins the ids of agencies that are not tied to a region and kind yet.
UNRESOLVED = "u-"


@dataclass(frozen=True, slots=True)
class Agency:
    """A 行政机关 as far as it is known.

    Attributes:
        agency_id: `<region code>-<kind>`, with `-<unit>` for a part of it that has no code of
            its own (a development zone); `cn-…` of the State; `u-` and 12 hex digits while
            unresolved.
        name: The printed name, or the registry's where it settles the agency.
        region_code: The region's code in the report's year; None while unresolved, and for
            agencies of the State.
        region_name: The region with those above it, without blanks.
        scope: `aggregate` for a government's own report on its whole territory,
            `own` for a single body, else `unknown`.
        short_name: As people of the place say it: 区财政局.
        level: `country`, `province`, `prefecture`, `county` or `township`.
        org_form: `government`, `office`, `department`, `branch`, `devzone` or `institution`.
        is_vertical: Whether it answers to its own system alone (tax, customs).
        parent_id: The agency above it, whether or not the archive has a report of it.
        successor_id: The agency that took over from it.
        place: The region's own name, to tell full names from short ones.
        organ: What follows the region's name, to tell renamed agencies.
    """

    agency_id: str
    name: str
    region_code: str | None
    region_name: str | None
    kind: str | None
    kind_name: str | None
    scope: str
    short_name: str | None = None
    level: str | None = None
    org_form: str | None = None
    is_vertical: bool | None = None
    parent_id: str | None = None
    successor_id: str | None = None
    place: str = ""
    organ: str = ""

    @property
    def resolved(self) -> bool:
        """Whether it is certain who it is."""
        return not self.agency_id.startswith(UNRESOLVED)

    def report_id(self, year: int) -> str:
        """The report's permanent id."""
        return f"{self.agency_id}-{year}" + ("-agg" if self.scope == "aggregate" else "")
