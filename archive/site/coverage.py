"""Pages of coverage: what the archive holds of the agencies that there should be."""

from __future__ import annotations

from typing import Any

from datasette import Response

from archive.schema.codes import EXISTENCE, FRAME_STATUS, LEVEL, PART
from archive.site import frame_queries, words
from archive.site.answers import View, ask, missing, render, web_address
from archive.site.release import RELEASES

PREFIX = "/fugai"


async def overview(datasette: Any, request: Any) -> Response:
    """`/fugai`: sums by year, province, kind and region."""
    release = RELEASES[datasette]
    if release.coverage is None:
        release.coverage = await ask(datasette, frame_queries.overview)
    return await _page(datasette, request, "coverage.html", found=release.coverage)


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
    shared = {
        "years": years,
        "words": words,
        "statuses": {code: words.FRAME[code] for code in FRAME_STATUS},
        "existence": EXISTENCE,
        "levels": LEVEL,
        "parts": PART,
        "share": share,
        "web_address": web_address,
        "most": frame_queries.REGIONS_SHOWN,
    }
    return await render(datasette, request, template, {**shared, **context})


def share(part: int, whole: int) -> str:
    """A share as it is printed beside its n; none of nothing. Few are not called none.

    >>> share(1, 3), share(0, 5), share(1, 40000), share(39999, 40000), share(0, 0)
    ('33.3%', '0%', '不足 0.1%', '99.9% 以上', '—')
    """
    if not whole:
        return "—"
    if part in (0, whole):
        return "0%" if not part else "100%"
    rounded = f"{100 * part / whole:.1f}"
    return {"0.0": "不足 0.1%", "100.0": "99.9% 以上"}.get(rounded, f"{rounded}%")


ROUTES: list[tuple[str, View]] = [
    (r"^/fugai$", overview),
    (r"^/fugai/diqu/(?P<code>[^/]+)$", place),
    (r"^/fugai/lei/(?P<kind>[^/]+)$", kind),
]
