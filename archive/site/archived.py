"""Archived originals: a page with its banner, the bytes in their frame, the bytes to save.

| below `/cundang/<version>/<n>` | gives                                                  |
|--------------------------------|--------------------------------------------------------|
|                                | our page: what the original is, and its frame          |
| `/yuanjian`                    | an archived page, shut in; another file, to save       |
| `/yuanjian?xiazai=1`           | the bytes themselves, to save                          |
| `/ye?cell=…`                   | of the page of a PDF, the part that prints the figure, |
|                                | drawn; all of the page with `&quan=1`                  |

`?cell=<figure>` on the first two shows where the figure stands.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from datasette import Response

from archive.errors import ArchiveError, StoreUnreachable
from archive.site import (
    answers,
    changes,
    correction_words,
    deleted,
    highlight,
    originals,
    past,
    places,
    policies,
    queries,
    reporting,
    sights,
    tombstones,
    words,
)
from archive.site.answers import View, ask, missing, web_address
from archive.site.figure import Seen
from archive.site.operator import are_originals_public
from archive.site.release import RELEASES
from archive.site.sights import Asked, Sight, known, loaded
from extract.forms import columns

log = logging.getLogger(__name__)

_CACHED = "public, max-age=300"
_CLOSED = (
    "本站不公开存档原件（由运行者设定）；数值与正文仍可查看，"
    "来源一节列有原网页的地址、取得时间与校验值（SHA-256），可据以核对"
)
_DAMAGED = "存档原件此刻读不出来：存档文件缺失，或与登记的校验值（SHA-256）不一致"
_AWAY = (
    "存档原件存放在另一处存储中，此刻连接不上；原件并未丢失，请过一会儿再试。"
    "本站的数值、正文与来源信息不受影响"
)
_UNDRAWN = "这一页此刻画不出来，请下载原件查看"


async def archived(datasette: Any, request: Any) -> Response:
    """`/cundang/<version_id>/<n>`: our page around an archived original."""
    asked = await _asked(datasette, request)
    if isinstance(asked, Response):
        return asked
    sight: Sight | None = None
    status, damaged = 200, ""
    try:
        sight = await asyncio.to_thread(sights.sight_of, RELEASES[datasette], asked)
    except ArchiveError as error:
        if gone := _deleted(datasette, asked):
            return await answers.wrong(datasette, request, gone, 410)
        _report(asked, error)
        status, damaged = 503, _why(error)
    context = {
        "asked": asked,
        "source": asked.source,
        "report": asked.report.row,
        "sight": sight,
        "line": asked.slot if asked.figure else None,
        "told": correction_words,
        "damaged": damaged,
        "errors": _errors(datasette, request, asked),
        "words": words,
        "web_address": web_address,
    }
    headers = {"Content-Security-Policy": policies.FRAMING, "Cache-Control": _CACHED}
    return await answers.render(datasette, request, "archived.html", context, status, headers)


async def original(datasette: Any, request: Any) -> Response:
    """`/cundang/<version_id>/<n>/yuanjian`: the bytes, shut in or to save."""
    asked = await _asked(datasette, request)
    if isinstance(asked, Response):
        return asked
    saved = bool(request.args.get("xiazai"))
    if not saved and request.headers.get("sec-fetch-dest") == "document":
        # An archived page is not shown without our banner.
        here = datasette.urls.path(request.path.removesuffix("/yuanjian"))
        cell = f"?cell={asked.figure}" if asked.figure else ""
        return Response.redirect(here + cell, status=303)
    try:
        return await asyncio.to_thread(_bytes, datasette, asked, saved)
    except ArchiveError as error:
        if gone := _deleted(datasette, asked):
            return await answers.wrong(datasette, request, gone, 410)
        _report(asked, error)
        return await answers.wrong(datasette, request, _why(error), 503)


async def drawn(datasette: Any, request: Any) -> Response:
    """`/cundang/<version_id>/<n>/ye?cell=…`: the page of a PDF, with a box around the figure."""
    asked = await _asked(datasette, request)
    if isinstance(asked, Response):
        return asked
    try:
        whole = bool(request.args.get("quan"))
        picture = await asyncio.to_thread(sights.picture, RELEASES[datasette], asked, whole)
    except ArchiveError as error:
        if gone := _deleted(datasette, asked):
            return await answers.wrong(datasette, request, gone, 410)
        _report(asked, error)
        away = isinstance(error, StoreUnreachable)
        return await answers.wrong(datasette, request, _AWAY if away else _UNDRAWN, 503)
    if picture is None:
        return await missing(datasette, request, "没有这一页的图")
    return Response(
        picture,
        content_type="image/png",
        headers={"Cache-Control": _CACHED, "Cross-Origin-Resource-Policy": "same-origin"},
    )


_ONE = r"^/cundang/(?P<id>[^/]+)/(?P<n>[0-9]{1,4})"
ROUTES: list[tuple[str, View]] = [
    (rf"{_ONE}$", archived),
    (rf"{_ONE}/yuanjian$", original),
    (rf"{_ONE}/ye$", drawn),
]


async def _asked(datasette: Any, request: Any) -> Asked | Response:
    """What is asked for, or the page that says that the archive does not have it."""
    version_id, number = request.url_vars["id"], int(request.url_vars["n"])
    figure = request.args.get("cell") or ""
    if not are_originals_public(RELEASES[datasette].root):
        return await missing(datasette, request, _CLOSED)
    found = await ask(datasette, lambda conn: queries.report(conn, version_id))
    if found is None:
        return await _moved(datasette, request)
    if found.version["version_id"] != version_id or not 1 <= number <= len(found.sources):
        return await missing(datasette, request, "本档案没有这份原件")
    sha256 = str(found.sources[number - 1]["sha256"])
    tomb = await ask(datasette, lambda c: tombstones.of_original(c, version_id, sha256))
    if tomb is not None:
        return await tombstones.answer(datasette, request, tomb, original=True)
    if figure and figure not in columns():
        return await missing(datasette, request, "本档案没有这一项数值")
    seen = Seen(found)
    if figure and "text" in datasette.databases:
        seen = Seen(found, await ask(datasette, lambda c: places.places_of(c, version_id), "text"))
    return Asked(seen, number, found.sources[number - 1], figure)


async def _moved(datasette: Any, request: Any) -> Response:
    """Where an old id leads: to the same file, if there is but one; else to the list of them.

    Versions that became one have their sources counted anew.
    """
    new_id = await ask(datasette, lambda conn: past.moved(conn, request.url_vars["id"]))
    number = int(request.url_vars["n"])
    sources = await ask(datasette, lambda conn: queries.sources(conn, new_id)) if new_id else []
    if new_id and len(sources) == number == 1:
        rest = request.path.partition("/cundang/")[2].partition("/")[2]
        return await changes.gone(datasette, request, "cundang", "", f"/{rest}")
    return await changes.gone(datasette, request, "bg", "本档案没有这份原件", at="#laiyuan")


def _why(error: ArchiveError) -> str:
    """What readers are told of bytes that cannot be read."""
    return _AWAY if isinstance(error, StoreUnreachable) else _DAMAGED


def _report(asked: Asked, error: ArchiveError) -> None:
    log.error("archived bytes of %s/%s cannot be read: %s", asked.version_id, asked.number, error)


def _deleted(datasette: Any, asked: Asked) -> str | None:
    return deleted.sentence(RELEASES[datasette].root, str(asked.source["record_id"]))


def _errors(datasette: Any, request: Any, asked: Asked) -> reporting.Links:
    """Where 报告错误 leads for the figure, or for the version."""
    key = asked.figure if reporting.has_figures(asked.report) else ""
    return reporting.links(datasette, request, asked.seen, key)


def _bytes(datasette: Any, asked: Asked, saved: bool) -> Response:
    """The page for the frame, or bytes to save."""
    body = loaded(RELEASES[datasette], asked)
    kind = originals.kind_of(body)
    headers = {**policies.AROUND_BYTES, "Cache-Control": _CACHED, "Vary": "Sec-Fetch-Dest"}
    if not saved and originals.is_shown(kind, asked.source):
        asked = known(RELEASES[datasette], asked, body)
        shown = highlight.show(body, asked.place, asked.sought if asked.figure else "")
        headers["Content-Security-Policy"] = policies.ARCHIVED
        return Response(shown.html, headers=headers, content_type="text/html; charset=utf-8")
    plain = f"{asked.version_id}-{asked.number}"
    headers["Content-Security-Policy"] = policies.SAVED
    headers["Content-Disposition"] = originals.disposition(kind, asked.source, plain)
    return Response(body, headers=headers, content_type=kind.mime)
