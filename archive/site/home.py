"""The home page: what the archive holds, drawn once for a release."""

from __future__ import annotations

from typing import Any

from datasette import Response

from archive.citation import of_release
from archive.site import change_words, heat, home_queries, words
from archive.site.answers import View, render
from archive.site.kept import kept
from archive.site.links import query_path, release_address
from archive.site.release import RELEASES


async def home(datasette: Any, request: Any) -> Response:
    """`/`: asked once of a release, for a release never changes."""
    release = RELEASES[datasette]
    found = await kept(datasette, "home", lambda conn: home_queries.home(conn, release.figures))
    address = release_address(datasette, request)
    context = {
        "home": found,
        "files": [(path.name, path.stem, path.stat().st_size) for path in release.files()],
        "words": words,
        "told": change_words,
        "shades": heat.MEANINGS,
        "cited": of_release(release.manifest, address),
        "heat_query": query_path(datasette, found.heat_sql, {}),
    }
    return await render(datasette, request, "index.html", context)


# In the place of Datasette's own index, which counts the rows of every table for each visitor.
ROUTES: list[tuple[str, View]] = [(r"^/$", home)]
