"""How to cite a version and each of its figures: `/bg/<id>/yinyong`.

The page shows the version's tables again, and each cell leads to the citation of its figure,
so that no script is needed to cite one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from datasette import Response

from archive.citation import ANCHOR, Citation, of_figure, of_report
from archive.site import changes, correction_words, queries, reporting, words
from archive.site import figure as one
from archive.site.answers import View, ask, missing, render
from archive.site.as_of import AsOf, as_of
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
    figures = seen.figures  # made anew each time it is asked for
    asked, then = request.args.get("banci") or "", None
    if asked:
        then = await as_of(datasette, seen, key, asked)
        if then is None:
            return await missing(datasette, request, "没有这一版次")
    context = {
        "report": found,
        "slot": one.slot_of(key) if key else None,
        "key": key,
        "said": seen.printed(key).said if key else "",
        "then": then,
        "release": RELEASES[datasette],
        "cited": version(datasette, request, found, seen.read_in, then),
        "figure": of_one(datasette, request, seen, key) if key else None,
        "figure_then": of_one(datasette, request, seen, key, then) if key and then else None,
        "tables": reporting.tables(seen) if reporting.has_figures(found) else {},
        "cited_figures": [key for key in columns() if figures.has(key)],
        "errors": reporting.links(datasette, request, seen, key),
        "told": correction_words,
        "words": words,
    }
    return await render(datasette, request, "citing.html", context)


def version(
    datasette: Any,
    request: Any,
    found: queries.Report,
    read_in: int | None = None,
    then: AsOf | None = None,
) -> Citation:
    """The citation of a version at its permanent address.

    Args:
        datasette: The site.
        request: What was asked; its host is that of the address.
        found: The report.
        read_in: Which of its sources holds the figures, counted from 1; None: the first.
        then: A release that has it, too, and as of which it is cited.
    """
    address = _address(datasette, request, str(found.version["version_id"]))
    manifest = then.manifest if then and then.then else RELEASES[datasette].manifest
    return of_report(manifest, _described(found, read_in), address)


def of_one(
    datasette: Any, request: Any, seen: one.Seen, key: str, then: AsOf | None = None
) -> Citation | None:
    """The citation of one figure, with what the report prints.

    Args:
        datasette: The site.
        request: What was asked; its host is that of the address.
        seen: The version.
        key: The figure.
        then: A release as of which it is cited; the one that is shown if None.

    Returns:
        None where that release has no such version, or cannot be asked.
    """
    if then is not None and then.then is None:
        return None
    printed = seen.printed(key)
    manifest: Mapping[str, Any] = RELEASES[datasette].manifest
    address = _address(datasette, request, seen.version_id)
    if then is not None and then.then is not None:
        printed, manifest = then.then.printed, then.manifest
        address += f"/yinyong?{urlencode({'cell': key, 'banci': then.name})}"
    return of_figure(
        manifest,
        _described(seen.report, seen.read_in),
        one.label_of(key),
        printed.text,
        printed.state,
        f"{address}#{ANCHOR}{key}",
        by_hand=printed.by_hand,
    )


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
