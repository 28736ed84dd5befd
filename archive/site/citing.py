"""How to cite a version and each of its figures: `/bg/<id>/yinyong`.

The page shows the version's tables again, and each cell leads to the citation of its figure,
so that no script is needed to cite one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from datasette import Response

from archive.citation import ANCHOR, Citation, of_figure, of_report
from archive.site import changes, layout, queries, words
from archive.site.answers import View, ask, missing, render
from archive.site.cells import Figures, plain
from archive.site.links import absolute
from archive.site.places import Places, places_of
from archive.site.release import RELEASES
from extract.forms import TABLES, columns


async def citing(datasette: Any, request: Any) -> Response:
    """`/bg/<id>/yinyong`, and `?cell=<figure>` for one figure."""
    identity, key = request.url_vars["id"], request.args.get("cell") or ""
    found = await ask(datasette, lambda conn: queries.report(conn, identity))
    if found is None:
        return await changes.gone(datasette, request, "bg", "本档案没有这份年报", "/yinyong")
    if key and key not in columns():
        return await missing(datasette, request, "没有这个数值")
    version_id = str(found.version["version_id"])
    known: Places | None = None
    if "text" in datasette.databases:
        known = await ask(datasette, lambda conn: places_of(conn, version_id), "text")
    figures = replace(found.figures, printed=known.printed if known else {}, marks={})
    read_in = known.source(found.sources) if known else None
    slot = columns()[key][-1] if key else None
    context = {
        "report": found,
        "slot": slot,
        "key": key,
        "cited": version(datasette, request, found, read_in),
        "figure": slot and of_one(datasette, request, found, read_in, figures, key),
        "tables": {
            table: layout.lay_out(table, form_of(found.version, table), figures)
            for table in TABLES
            if found.version["status"] == "read" and found.version["form"] != words.LEGACY
        },
        "all_figures": columns(),
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


def of_one(
    datasette: Any,
    request: Any,
    found: queries.Report,
    read_in: int | None,
    figures: Figures,
    key: str,
) -> Citation:
    """The citation of one figure, with what the report prints."""
    slot = columns()[key][-1]
    cell, note = figures.cell(slot), figures.notes.get(key)
    printed = figures.printed.get(key) or plain(figures.values.get(key))
    if note is not None and note.printed is not None:
        printed = note.printed
    if note is not None and note.unit and note.unit not in printed:
        printed = f"{printed} {note.unit}".strip()
    elif note is not None and not note.unit and cell.unit:
        printed = f"{printed}（{cell.unit}）"  # an amount without a unit is told to be one
    address = _address(datasette, request, str(found.version["version_id"])) + f"#{ANCHOR}{key}"
    return of_figure(
        RELEASES[datasette].manifest,
        _described(found, read_in),
        f"{slot.line.name} · {slot.measure.label}",
        printed,
        cell.state,
        address,
    )


def form_of(found: Mapping[str, object], table: str) -> str | None:
    """The form that a version's table follows."""
    code = found.get(f"form_{table}")  # table four is alike in every form
    return None if code is None else str(code)


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
