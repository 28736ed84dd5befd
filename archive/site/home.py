"""The home page: what the archive holds, drawn once for a release."""

from __future__ import annotations

from typing import Any

from datasette import Response

from archive.citation import of_release
from archive.site import change_words, heat, home_queries, words
from archive.site.answers import View, ask, render
from archive.site.links import query_path
from archive.site.release import RELEASES, Release


async def home(datasette: Any, request: Any) -> Response:
    """`/`: an address of ours, for Datasette's own page there counts every table first."""
    said = await context(datasette, RELEASES[datasette], request)
    return await render(datasette, request, "index.html", said)


async def context(datasette: Any, release: Release, request: Any = None) -> dict[str, Any]:
    """Variables of the home page, read once: a release never changes."""
    if release.home is None:
        release.home = await ask(datasette, lambda conn: home_queries.home(conn, release.figures))
    path = datasette.urls.path("/")
    address = datasette.absolute_url(request, path) if request else path
    return {
        "home": release.home,
        "files": [(path.name, path.stem, path.stat().st_size) for path in release.files()],
        "words": words,
        "told": change_words,
        "shades": heat.MEANINGS,
        "cited": of_release(release.manifest, str(address)),
        "heat_query": query_path(datasette, release.home.heat_sql, {}),
    }


ROUTES: list[tuple[str, View]] = [(r"^/$", home)]
