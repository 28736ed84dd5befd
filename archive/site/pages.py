"""Our own pages: report and agency. The home page's data too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urljoin

from datasette import Response

from archive import printed
from archive.codebook import BUILD_FLAGS
from archive.site import (
    archived,
    change_words,
    changes,
    chart,
    coverage,
    dictionary,
    facts,
    feed,
    layout,
    queries,
    words,
)
from archive.site.answers import View, ask, missing, render, web_address
from archive.site.bidi import apart
from archive.site.findings import keys_of, sections, sides
from archive.site.places import Places, places_of
from archive.site.release import Release
from extract.flags import FLAGS
from extract.forms import TABLES, columns

PREFIXES = ("/bg/", "/jg/", "/cundang/", changes.PREFIX, coverage.PREFIX, dictionary.PREFIX)


async def home_context(datasette: Any, release: Release) -> dict[str, Any]:
    """Variables of the home page, read once: a release never changes."""
    if release.home is None:
        release.home = await ask(datasette, lambda conn: queries.home(conn, release.figures))
    files = [(path.name, path.stem, path.stat().st_size) for path in release.files()]
    return {"home": release.home, "files": files, "words": words}


async def report(datasette: Any, request: Any) -> Response:
    """`/bg/<report_id>` and `/bg/<version_id>`; `?ri=2024-05-01` the version of a day."""
    story = await changes.story(datasette, request, request.url_vars["id"])
    if isinstance(story, Response):
        return story
    identity = story.identity
    found = await ask(datasette, lambda conn: queries.report(conn, identity))
    if found is None:
        return await missing(datasette, request, "本档案没有这份年报")
    version_id = str(found.version["version_id"])
    chapters: dict[str, queries.Chapter] = {}
    grids: list[list[list[str]]] = []
    leftovers: list[queries.Row] = []
    stated: list[facts.Stated] = []
    known: Places | None = None
    figures, attachments = found.figures, ()
    if "text" in datasette.databases:
        known = await ask(datasette, lambda c: places_of(c, version_id), "text")
        figures = replace(figures, printed=known.printed if known else {})
        details = await ask(datasette, lambda c: printed.details(c, version_id), "text")
        attachments = details.attachments
        chapters = await ask(datasette, lambda c: queries.chapters(c, version_id), "text")
        grids = await ask(datasette, lambda c: queries.grids(c, version_id), "text")
        leftovers = await ask(datasette, lambda c: queries.leftovers(c, version_id), "text")
        stated = await ask(datasette, lambda c: facts.stated(c, version_id), "text")
    tables = {
        table: layout.lay_out(table, _form(found.version, table), figures) for table in TABLES
    }
    context = {
        "report": found,
        "past": story.past,
        "day": story.day,
        "told": change_words,
        "tables": tables,
        "chapters": chapters,
        "grids": grids,
        "leftovers": leftovers,
        "facts": stated,
        "placed": known.by_figure if known else {},
        "read_in": known.source(found.sources) if known else None,
        "flag_words": FLAGS | BUILD_FLAGS,
        "attachments": _attachments(attachments, str(found.version["url"])),
        "findings": sections(found.findings),
        "labels": {key: slots[-1] for key, slots in columns().items()},
        "words": words,
        "web_address": web_address,
        "apart": apart,
        "keys_of": keys_of,
        "sides_of": sides,
    }
    return await render(datasette, request, "report.html", context)


async def agency(datasette: Any, request: Any) -> Response:
    """`/jg/<agency_id>`."""
    identity = request.url_vars["id"]
    found = await ask(datasette, lambda conn: queries.agency(conn, identity))
    if found is None:
        return await changes.gone(datasette, request, "jg", "本档案没有这个机关")
    context = {
        "agency": found,
        "columns": queries.YEARLY,
        "labels": {key: slots[-1] for key, slots in columns().items()},
        "chart": chart.draw(_points(found)),
        "words": words,
    }
    return await render(datasette, request, "agency.html", context)


ROUTES: list[tuple[str, View]] = [
    (r"^/bg/(?P<id>[^/]+)$", report),
    (r"^/jg/(?P<id>[^/]+)$", agency),
    *archived.ROUTES,
    *changes.ROUTES,
    *coverage.ROUTES,
    *dictionary.ROUTES,
    *feed.ROUTES,
]


def _form(version: Mapping[str, object], table: str) -> str | None:
    code = version.get(f"form_{table}")  # table four is alike in every form
    return None if code is None else str(code)


def _attachments(linked: tuple[tuple[str, str], ...], page: str) -> list[tuple[str, str]]:
    """(address, text) of the files linked from a page; addresses are kept as printed there."""
    found = []
    for address, label in linked:
        try:
            whole = urljoin(page, address)
        except ValueError:  # hostile or broken: shown, not linked
            whole = ""
        found.append((whole, label or address))
    return found


def _points(found: queries.Agency) -> dict[int, chart.Point]:
    """Numbers of the chart. Aggregates count other agencies too: they never join the line."""
    every = [each for _, reports in found.years for each in reports]
    own = [each for each in every if each.row["scope"] != "aggregate"]
    chosen = {int(str(each.row["year"])): each for each in own or every}
    points = {}
    for year, reports in found.years:
        each = chosen.get(year)
        if each is None:
            points[year] = chart.Point(None, None, "另有汇总" if reports else "未取得")
            continue
        new, processed = (
            _number(each.figures.values.get(key))
            for key in ("t3_received_new_total", "t3_processed_total_total")
        )
        word = words.report_word(str(each.row["status"])).word
        missing = "空白" if each.row["status"] == "read" else word
        missing = "旧格式" if each.row["form"] == words.LEGACY else missing
        points[year] = chart.Point(new, processed, missing)
    return points


def _number(value: object) -> float | None:
    return value if isinstance(value, (int, float)) else None
