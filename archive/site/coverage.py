"""Pages of coverage: what the archive holds of the agencies that there should be."""

from __future__ import annotations

from typing import Any

from datasette import Response
from markupsafe import Markup

from archive.schema.codes import EXISTENCE, FRAME_STATUS, LEVEL, PART
from archive.site import frame_queries, words
from archive.site.answers import View, ask, missing, render, web_address
from archive.site.kept import kept
from archive.site.numerals import share
from archive.site.templating import html

PREFIX = "/fugai"
#: What the templates of all these pages use.
_SHARED = {
    "words": words,
    "statuses": {code: words.FRAME[code] for code in FRAME_STATUS},
    "existence": EXISTENCE,
    "levels": LEVEL,
    "parts": PART,
    "share": share,
    "web_address": web_address,
    "most": frame_queries.REGIONS_SHOWN,
}


async def overview(datasette: Any, request: Any) -> Response:
    """`/fugai`: sums by year, province, kind and region."""
    # Thousands of cells, the same for everybody: to write them takes longer than to ask for them.
    content = await kept(datasette, "coverage", lambda conn: _content(datasette, conn))
    return await render(datasette, request, "coverage.html", {"content": content})


def _content(datasette: Any, conn: Any) -> Markup:
    """What the page shows of a release."""
    found = {"found": frame_queries.overview(conn), "years": frame_queries.years(conn)}
    return Markup(html(datasette, None, "_coverage_overview.html", {**_SHARED, **found}))


async def place(datasette: Any, request: Any) -> Response:
    """`/fugai/diqu/<region_code>`: each expected agency of a region, year by year."""
    code = request.url_vars["code"]
    found = await ask(datasette, lambda conn: frame_queries.place(conn, code))
    if found is None:
        return await missing(datasette, request, "没有这个行政区划")
    return await _page(datasette, request, "coverage_place.html", found=found)


async def kind(datasette: Any, request: Any) -> Response:
    """`/fugai/lei/<kind>`: one kind of agency in the known regions, year by year."""
    slug = request.url_vars["kind"]
    found = await ask(datasette, lambda conn: frame_queries.kind(conn, slug))
    if found is None:
        return await missing(datasette, request, "应有机关中没有这一类别")
    name, cells = found
    return await _page(datasette, request, "coverage_kind.html", name=name, cells=cells)


async def _page(datasette: Any, request: Any, template: str, **context: Any) -> Response:
    years = await ask(datasette, frame_queries.years)
    return await render(datasette, request, template, {**_SHARED, "years": years, **context})


ROUTES: list[tuple[str, View]] = [
    (r"^/fugai$", overview),
    (r"^/fugai/diqu/(?P<code>[^/]+)$", place),
    (r"^/fugai/lei/(?P<kind>[^/]+)$", kind),
]
