"""How to cite a version and each of its figures: `/bg/<id>/yinyong`.

The page shows the version's tables again, and each cell leads to the citation of its figure,
so that no script is needed to cite one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from datasette import Response

from archive.citation import ANCHOR, Citation, of_figure, of_report
from archive.site import changes, correction_words, queries, reporting, words
from archive.site import figure as one
from archive.site.answers import View, ask, missing, render
from archive.site.links import absolute
from archive.site.release import RELEASES
from extract.forms import columns


async def citing(datasette: Any, request: Any) -> Response:
    """`/bg/<id>/yinyong`, and `?cell=<figure>` for one figure."""
    identity, key = request.url_vars["id"], request.args.get("cell") or ""
    found = await ask(datasette, lambda conn: queries.report(conn, identity))
    if found is None:
        return await changes.gone(datasette, request, "bg", "本档案没有这份年报", "/yinyong")
    if key and key not in columns():
        return await missing(datasette, request, "没有这个数值")
    seen = await one.seen(datasette, found)
    context = {
        "report": found,
        "slot": one.slot_of(key) if key else None,
        "key": key,
        "cited": version(datasette, request, found, seen.read_in),
        "figure": of_one(datasette, request, seen, key) if key else None,
        "tables": reporting.tables(seen) if reporting.has_figures(found) else {},
        "cited_figures": [key for key in columns() if seen.figures.has(key)],
        "errors": reporting.links(datasette, request, seen, key),
        "told": correction_words,
        "words": words,
    }
    return await render(datasette, request, "citing.html", context)


def version(
    datasette: Any, request: Any, found: queries.Report, read_in: int | None = None
) -> Citation:
    """The citation of a version at its permanent address.

    Args:
        datasette: The site.
        request: What was asked; its host is that of the address.
        found: The report.
        read_in: Which of its sources holds the figures, counted from 1; None: the first.
    """
    address = _address(datasette, request, str(found.version["version_id"]))
    return of_report(RELEASES[datasette].manifest, _described(found, read_in), address)


def of_one(datasette: Any, request: Any, seen: one.Seen, key: str) -> Citation:
    """The citation of one figure, with what the report prints."""
    address = _address(datasette, request, seen.version_id) + f"#{ANCHOR}{key}"
    described = _described(seen.report, seen.read_in)
    manifest = RELEASES[datasette].manifest
    return of_figure(manifest, described, one.label_of(key), *seen.printed(key), address)


def _address(datasette: Any, request: Any, version_id: str) -> str:
    return absolute(datasette, request, f"/bg/{quote(version_id, safe='')}")


def _described(found: queries.Report, read_in: int | None) -> Mapping[str, object]:
    """What a citation says of a version and of the source that it was read from."""
    sources: Sequence[Mapping[str, object]] = found.sources
    source = sources[(read_in or 1) - 1] if sources else {}
    return {
        "title": found.version["title"],
        "title_derived": found.version["title_derived"],
        "agency": found.row["agency"],
        "year": found.row["year"],
        "version_id": found.version["version_id"],
        "published": found.version["published"],
        "url": source.get("url") or found.version["url"],
        "captured_at": source.get("captured_at"),
        "sha256": source.get("sha256"),
    }


ROUTES: list[tuple[str, View]] = [(r"^/bg/(?P<id>[^/]+)/yinyong$", citing)]
