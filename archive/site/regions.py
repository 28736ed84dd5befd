"""Regions: a tile map of provinces and what lies below them, `/diqu` and `/diqu/<code>`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from datasette import Response

from archive.schema.codes import LEVEL
from archive.schema.indicators import breaks, components, indicators
from archive.site import region_queries, tiles, words
from archive.site.answers import View, ask, missing, render
from archive.site.kept import kept
from archive.site.links import query_links, query_path
from archive.site.numerals import share
from archive.site.pooling import known_levels, rate, usual_level
from archive.site.queries import Row, told
from archive.site.region_queries import RATES

PREFIX = "/diqu"
REPORTS, COVERAGE = "nianbao", "fugai"
#: What the map can show: code → name.
MEASURES = {
    REPORTS: "收有的年报份数",
    COVERAGE: "应有机关中已读取的比例",
    **{code: indicators()[code].title for code in RATES},
}


@dataclass(frozen=True, slots=True)
class Province:
    """A province in a year: what is held of it, what should be, and its rates."""

    head: Row
    held: Row | None
    expected: Row | None


async def overview(datasette: Any, request: Any) -> Response:
    """`/diqu?kan=fugai&nian=2023&cengji=county`."""
    levels = await kept(datasette, "levels", known_levels)
    years = await kept(datasette, "region years", region_queries.years)
    measure = request.args.get("kan") or ""
    measure = measure if measure in MEASURES else REPORTS
    level = request.args.get("cengji") or ""
    level = level if level in LEVEL else usual_level(levels)
    year = _year(request.args.get("nian") or "", years)
    held = region_queries.sums_by_province(year, level)
    expected = region_queries.coverage_by_province(year)
    found = await kept(
        datasette, ("provinces", year, level), lambda c: _provinces(c, held, expected)
    )
    context = {
        "map": _map(found, measure),
        "provinces": found,
        "measure": measure,
        "measures": MEASURES,
        "year": year,
        "years": years,
        "level": level,
        "levels": [code for code, _ in levels if code in LEVEL],
        "page": query_path(datasette, *held),
        "coverage_page": query_path(datasette, *expected),
        "outside": tiles.OUTSIDE,
    }
    return await render(datasette, request, "regions.html", context | _SHARED)


async def place(datasette: Any, request: Any) -> Response:
    """`/diqu/<region_code>`: its own agencies and figures, and the regions below it."""
    code = request.url_vars["code"]
    found = await ask(datasette, lambda conn: region_queries.place(conn, code))
    if found is None:
        return await missing(datasette, request, "没有这个行政区划")
    context = {
        "place": found,
        **query_links(datasette, *region_queries.pooled(code)),
        "most": region_queries.AGENCIES_SHOWN,
        "pooled": list(_with_breaks(found.pooled)),
        "breaks": breaks(),
    }
    return await render(datasette, request, "region.html", context | _SHARED)


ROUTES: list[tuple[str, View]] = [
    (rf"^{PREFIX}$", overview),
    (rf"^{PREFIX}/(?P<code>[^/]+)$", place),
]
_SHARED: dict[str, Any] = {
    "level_words": LEVEL,
    "words": words,
    "share": share,
    "rate": rate,
    "rates": {code: indicators()[code] for code in RATES},
    "components": components(),
}


def _with_breaks(pooled: Sequence[Row]) -> Iterator[tuple[Row, str]]:
    """Rows of sums, each with what breaks its series since the row before it, or ""."""
    before: Row | None = None
    for row in pooled:
        names = ("scope", "level", "is_vertical")
        goes_on = before is not None and all(before[name] == row[name] for name in names)
        since = int(str(before["year"])) if goes_on and before else int(str(row["year"]))
        found = [each.title for each in breaks() if since < each.year <= int(str(row["year"]))]
        yield row, "；".join(found)
        before = row


def _year(asked: str, years: list[tuple[int, int]]) -> int:
    """The year asked for, else the latest of those with the most reports."""
    if asked.isdecimal() and int(asked) in {year for year, _ in years}:
        return int(asked)
    return max(years, key=lambda each: (each[1], each[0]))[0] if years else 0


def _provinces(conn: Any, held: Any, expected: Any) -> tuple[Province, ...]:
    by_held = {row["province_code"]: row for row in told(conn, held)}
    by_expected = {row["province_code"]: row for row in told(conn, expected)}
    return tuple(
        Province(head, by_held.get(head["region_code"]), by_expected.get(head["region_code"]))
        for head in region_queries.provinces(conn)
    )


def _map(found: tuple[Province, ...], measure: str) -> tiles.Map:
    said = [_told(each, measure) for each in found]
    values = [each.value for each in said if each.value is not None]
    return tiles.lay_out(said, max(values, default=0) if measure == REPORTS else 1.0)


def _told(each: Province, measure: str) -> tiles.Told:
    """What a province's tile says: the number, and of how many."""
    code, name = str(each.head["region_code"]), str(each.head["short_name"])
    number, note, value = "", "", None
    if measure == REPORTS:
        count = int(str(each.held["reports"])) if each.held else 0
        number, note, value = f"{count:,}", "份", float(count)
    elif measure == COVERAGE and each.expected:
        read, cells = (int(str(each.expected[name])) for name in ("read", "cells"))
        number, note = share(read, cells), f"{read:,}/{cells:,}"
        value = read / cells if cells else None
    elif measure in RATES and each.held:
        value = rate(each.held, measure)
        if value is not None:
            ends = (each.held[f"{measure}_{end}"] for end in ("above", "below"))
            number = share(*(float(str(end)) for end in ends))
        note = f"n={each.held[f'{measure}_n']}"
    return tiles.Told(code, name, number, note, value)
