"""A report's page: its tables as the form prints them, its text, sources and versions."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urljoin

from datasette import Response

from archive import printed
from archive.codebook import BUILD_FIGURE_FLAGS, BUILD_FLAGS
from archive.site import (
    change_words,
    changes,
    citing,
    correction_words,
    facts,
    layout,
    queries,
    tombstones,
    words,
)
from archive.site.answers import View, ask, missing, render, web_address
from archive.site.bidi import apart
from archive.site.findings import keys_of, sections, sides
from archive.site.operator import are_originals_public
from archive.site.places import Places, places_of
from archive.site.release import RELEASES
from extract.flags import FLAGS
from extract.forms import TABLES, columns


@dataclass(frozen=True, slots=True)
class _Texts:
    """What the file of texts holds of a version; a release may come without that file."""

    places: Places | None = None
    attachments: tuple[tuple[str, str], ...] = ()
    chapters: Mapping[str, queries.Chapter] = field(default_factory=dict)
    grids: Sequence[list[list[str]]] = ()
    leftovers: Sequence[queries.Row] = ()
    stated: Sequence[facts.Stated] = ()


async def report(datasette: Any, request: Any) -> Response:
    """`/bg/<report_id>` and `/bg/<version_id>`; `?ri=2024-05-01` the version of a day."""
    story = await changes.story(datasette, request, request.url_vars["id"])
    if isinstance(story, Response):
        return story
    identity = story.identity
    asked = await ask(datasette, lambda conn: tombstones.with_tomb(conn, identity))
    if asked is None:
        return await missing(datasette, request, "本档案没有这份年报")
    found, tomb = asked
    version_id = str(found.version["version_id"])
    said = _Texts()
    if "text" in datasette.databases:
        said = await ask(datasette, lambda conn: _texts(conn, version_id), "text")
    known = said.places
    figures = replace(found.figures, printed=known.printed if known else {})
    tables = {
        table: layout.lay_out(table, layout.form_of(found.version, table), figures)
        for table in TABLES
    }
    read_in = known.source(found.sources) if known else None
    context = {
        "report": found,
        "past": story.past,
        "day": story.day,
        "told": change_words,
        "tables": tables,
        "chapters": said.chapters,
        "grids": said.grids,
        "leftovers": said.leftovers,
        "facts": said.stated,
        "placed": known.by_figure if known else {},
        "read_in": read_in,
        "closed": _closed(datasette, tomb),
        "cited": citing.version(datasette, request, found, read_in),
        "flag_words": FLAGS | BUILD_FLAGS | BUILD_FIGURE_FLAGS,
        "attachments": _attachments(said.attachments, str(found.version["url"])),
        "findings": sections(found.findings),
        "labels": {key: slots[-1] for key, slots in columns().items()},
        "told_by_hand": correction_words,
        "words": words,
        "web_address": web_address,
        "apart": apart,
        "keys_of": keys_of,
        "sides_of": sides,
    }
    return await render(datasette, request, "report.html", context)


def _closed(datasette: Any, tomb: tombstones.Tomb | None) -> str:
    """Why no archived original of a version is shown; "" where they are."""
    if not are_originals_public(RELEASES[datasette].root):
        return "本站不公开存档原件"
    return "原件载有已隐去的文字，不再展示" if tomb else ""


def _texts(conn: sqlite3.Connection, version_id: str) -> _Texts:
    return _Texts(
        places=places_of(conn, version_id),
        attachments=printed.details(conn, version_id).attachments,
        chapters=queries.chapters(conn, version_id),
        grids=queries.grids(conn, version_id),
        leftovers=queries.leftovers(conn, version_id),
        stated=facts.stated(conn, version_id),
    )


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


ROUTES: list[tuple[str, View]] = [(r"^/bg/(?P<id>[^/]+)$", report)]
