"""An agency's page: all its years side by side."""

from __future__ import annotations

from typing import Any

from datasette import Response

from archive.site import changes, chart, queries, words
from archive.site.answers import View, ask, render
from extract.forms import columns


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


ROUTES: list[tuple[str, View]] = [(r"^/jg/(?P<id>[^/]+)$", agency)]
