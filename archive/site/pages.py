"""The addresses of our own pages: one module a page, each with its `ROUTES`."""

from __future__ import annotations

import re

from archive.site import (
    about,
    agency,
    archived,
    changes,
    charts,
    citing,
    compare,
    corrections_page,
    coverage,
    dictionary,
    downloads,
    feed,
    findings_page,
    home,
    interface,
    json_agencies,
    json_reports,
    law,
    query_csv,
    regions,
    releases_page,
    report,
    reporting,
    robots,
    search,
)
from archive.site.answers import View

MODULES = (
    json_agencies,  # before those of pages: `<id>.json` is no id
    json_reports,
    about,
    agency,
    archived,
    changes,
    charts,
    citing,
    compare,
    corrections_page,
    coverage,
    dictionary,
    downloads,
    feed,
    findings_page,
    home,
    interface,
    law,
    query_csv,
    regions,
    releases_page,
    report,
    reporting,
    robots,
    search,
)
ROUTES: list[tuple[str, View]] = [route for module in MODULES for route in module.ROUTES]
_UNNAMED = [re.sub(r"\?P<\w+>", "?:", pattern) for pattern, _ in ROUTES]
_OURS = re.compile("|".join(f"(?:{pattern})" for pattern in _UNNAMED))


def is_ours(path: str) -> bool:
    """Whether a page of ours answers at a path, not one of Datasette's."""
    return _OURS.match(path) is not None
