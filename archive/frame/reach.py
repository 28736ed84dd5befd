"""How far the archive got with the columns in which an agency's reports would be listed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from ..agencies import Agency

Row = Mapping[str, Any]
#: Status of a cell without a report, by how the crawl of its column ended (codebook.OUTCOMES),
#: from the one that got furthest to the one that did not begin.
_STATUS: Mapping[str, tuple[str, ...]] = {
    "not_found": ("complete", "fewer", "empty"),
    "incomplete": ("incomplete", "window", "stopped"),
    "blocked": ("wall", "js_shell", "tls", "dns", "timeout", "unreachable", "too_large"),
    "robots": ("robots_denied", "robots_unreachable"),
    "column_not_found": ("not_found", "off_host", "wrong_type"),
}
_STATUS_OF = {outcome: status for status, all_ in _STATUS.items() for outcome in all_}
_ORDER = {status: place for place, status in enumerate(_STATUS)}
#: Outcomes of a crawl that saw the column: the first of them is our first look.
REACHED = (*_STATUS["not_found"], *_STATUS["incomplete"])


class _Column(NamedTuple):
    """A portal's column, as far as it was read; sorts by how far."""

    order: int
    status: str
    how: str


def column_status(outcome: str | None) -> str:
    """The status that a column's latest outcome gives to a cell without a report.

    Without an outcome, or with one that is not known here, it was not read to its end.
    """
    return _STATUS_OF.get(outcome or "", "incomplete")


def portal_rows(
    entries: Mapping[str, Row],
    outcomes: Mapping[str, Row],
    first_looks: Mapping[str, str],
    resolve: Callable[..., Agency],
) -> list[dict[str, Any]]:
    """Rows of the table `portals`.

    Args:
        entries: Portal → its newest registry entry.
        outcomes: Portal → how its latest crawl ended.
        first_looks: Portal → when its column was first seen.
        resolve: Tells whose a printed name is, as it does of reports (`Resolver.resolve`).
    """
    rows = []
    for portal, entry in sorted(entries.items()):
        agency, outcome = str(entry.get("agency") or ""), outcomes.get(portal, {})
        settled = resolve(agency, portal, entry) if agency else None
        rows.append(
            {
                "portal": portal,
                "agency": agency or None,
                "agency_id": settled.agency_id if settled and settled.resolved else None,
                "region_code": entry.get("region") or None,
                "family": entry.get("family"),
                "column_url": entry.get("column"),
                "confidence": entry.get("confidence"),
                "status": entry.get("status"),
                "outcome": outcome.get("outcome"),
                "detail": outcome.get("detail"),
                "first_look": first_looks.get(portal),
            }
        )
    return rows


def reach_rows(portals: Iterable[Row], seen: Iterable[tuple[str, str]]) -> Iterator[dict[str, Any]]:
    """Rows of `_reach`: what the columns tell of a region, or of an agency that has others.

    Reports of an agency may be listed in the columns of its region that name no single
    agency, in those of its own, and in those where its reports were found. Of several, the
    one that was read furthest counts: that is how thoroughly the archive has looked.

    Args:
        portals: Rows of the table `portals`.
        seen: Agency ids, and portals in which their reports were found.
    """
    by_key = {str(row["portal"]): row for row in portals}
    places: dict[str, set[str]] = {}
    for key, row in by_key.items():
        place = row["agency_id"] if row["agency"] else row["region_code"]
        if place:
            places.setdefault(str(place), set()).add(key)
    regions = {place: keys for place, keys in places.items() if "-" not in place}
    for agency_id, key in seen:
        if key in by_key and key not in regions.get(_region(agency_id), ()):
            places.setdefault(agency_id, set()).add(key)
    for place, keys in sorted(places.items()):
        yield _reach(place, [by_key[key] for key in keys | regions.get(_region(place), set())])


def _region(place: str) -> str:
    return place.partition("-")[0]


def _reach(place: str, portals: list[Row]) -> dict[str, Any]:
    columns = [_column(row["outcome"]) for row in portals]
    best = min(columns)
    looks = [str(row["first_look"]) for row in portals if row["first_look"]]
    return {
        "place": place,
        "status": best.status,
        "how": best.how,
        "portals": len(portals),
        "first_look": min(looks, default=None),
    }


def _column(outcome: str | None) -> _Column:
    status = column_status(outcome)
    return _Column(_ORDER[status], status, outcome or "no_outcome")
