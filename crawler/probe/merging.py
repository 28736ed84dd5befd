"""Several pages, one column: previews, years, and addresses that differ in nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from .columns import Reading
from .ranking import YEAR
from .survey import Found

_INDEX = re.compile(r"/(?:index|default)\.(?:s?html?|jsp|aspx?|php)$", re.I)


def same(url: str) -> str:
    """An address without what does not tell it from another."""
    parts = urlsplit(url)
    host = (parts.netloc or "").lower().removeprefix("www.")
    return f"{host}{_INDEX.sub('/', parts.path) or '/'}?{parts.query}#{parts.fragment}"


def merged(columns: list[Found]) -> list[Found]:
    """Columns without those that say the same again; years of a column become the column."""
    return _without_previews(list(_hubs(columns)))


def _without_previews(columns: list[Found]) -> list[Found]:
    """A page that shows the newest rows of a column is not another column."""
    rows = [frozenset(row.url for row in found.reading.rows) for found in columns]
    kept = []
    for place, found in enumerate(columns):
        mine = frozenset(row.url for row in found.reading.reports or found.reading.dated)
        others = (
            at
            for at, other in enumerate(rows)
            if at != place and mine and mine <= other and (mine == other or not found.reading.named)
        )
        if not any(_rank_of(columns[at], at) < _rank_of(found, place) for at in others):
            kept.append(found)
    return kept


def _rank_of(found: Found, place: int) -> tuple[bool, int, int]:
    """Named pages before others, more pages before fewer, then the first seen."""
    return (not found.reading.named, -found.reading.pages, place)


def _hubs(columns: list[Found]) -> Iterator[Found]:
    """The years below a column are found by its own crawl: they need no tables."""
    by_url = {same(found.trail[-1].url): found for found in columns}
    parents: dict[str, list[Found]] = {}
    for found in columns:
        last, before = found.trail[-1], found.trail[-2] if len(found.trail) > 1 else None
        if last.role == YEAR and before is not None:
            parents.setdefault(before.url, []).append(found)
        else:
            yield found
    for url, years in parents.items():
        if same(url) in by_url and by_url[same(url)].trail[-1].role != YEAR:
            continue
        below = all(year.trail[-1].url.startswith(url.rpartition("/")[0] + "/") for year in years)
        first = years[0].reading
        rows = tuple(row for year in years for row in year.reading.rows)
        reading = Reading(
            url, "list", first.family, first.fingerprint, first.others, rows, len(years),
            None, named=True, share=first.share, meta=first.meta,
        )  # fmt: skip
        yield Found(reading, years[0].trail[:-1], "list" if below else "hub")
