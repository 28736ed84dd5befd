"""Pages of what changed: between two versions, on a day, in all reports."""

from __future__ import annotations

import asyncio
import datetime as dt
import sqlite3
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from datasette import Response

from archive import printed
from archive.site import change_words, past, queries, textdiff, tombstones, words
from archive.site.answers import View, ask, missing, render, web_address, wrong
from archive.site.past import Day, Past
from extract.forms import columns

#: `/biangeng` and the feed beside it.
PREFIX = "/biangeng"


@dataclass(frozen=True, slots=True)
class Story:
    """What to show (a report or a version), the report's past, the day that was asked for."""

    identity: str
    past: Past
    day: Day | None = None


async def between(datasette: Any, request: Any) -> Response:
    """`/bg/<id>/bian`: what changed to a version, from the one before or `?cong=<version>`."""
    identity = request.url_vars["id"]
    found = await ask(datasette, lambda conn: queries.report(conn, identity))
    if found is None:
        return await gone(datasette, request, "bg", "本档案没有这份年报", "/bian")
    version_id, report_id = str(found.version["version_id"]), str(found.row["report_id"])
    current = str(found.row["version_id"])
    told = await ask(datasette, lambda conn: past.past(conn, report_id, current))
    old_id = request.args.get("cong") or _before(told, version_id)
    known = {str(version["version_id"]) for version in told.versions}
    if old_id is not None and old_id not in known:
        asked = str(old_id)
        old_id = await ask(datasette, lambda conn: past.moved(conn, asked))
        if old_id not in known:
            return await missing(datasette, request, "这份年报没有这个版本")
    pair = [c for c in told.changes if c.compared == (old_id, version_id)]
    cells = dict(pair[-1].cells) if pair else {}
    text: list[textdiff.ChapterDiff] = []
    if old_id is not None and old_id != version_id:
        if not pair:
            said = [await _printed(datasette, each) for each in (old_id, version_id)]
            cells = {key: (said[0].get(key), said[1].get(key)) for key in columns()}
            cells = {key: pair for key, pair in cells.items() if pair[0] != pair[1]}
        if "text" in datasette.databases:
            old = await ask(datasette, lambda conn: past.texts(conn, old_id), "text")
            new = await ask(datasette, lambda conn: past.texts(conn, version_id), "text")
            text = await asyncio.to_thread(textdiff.chapters, old, new)
    context = {
        "report": found,
        "past": told,
        "old_id": old_id,
        "new_id": version_id,
        "pair": pair,
        "cells": cells,
        "text": text,
        "title": _titles(told, old_id, version_id),
        "own": [c for c in told.changes if _is_own(c, version_id)],
        "numbers": {str(v["version_id"]): v["number"] for v in told.versions},
        "labels": {key: slots[-1] for key, slots in columns().items()},
        "words": words,
        "told": change_words,
        "web_address": web_address,
    }
    return await render(datasette, request, "bian.html", context)


async def listing(datasette: Any, request: Any) -> Response:
    """`/biangeng?ye=N`: changes of agencies' pages, newest first."""
    asked = request.args.get("ye") or "1"
    number = int(asked) if asked.isdecimal() and len(asked) < 7 else 0
    total = await ask(datasette, past.count)
    pages = max(1, -(-total // past.ON_A_PAGE))
    if not 1 <= number <= pages:
        return await missing(datasette, request, "变更列表没有这一页")
    offset = (number - 1) * past.ON_A_PAGE
    found = await ask(datasette, lambda conn: past.latest(conn, past.ON_A_PAGE, offset))
    context = {
        "changes": found,
        "total": total,
        "page": number,
        "pages": pages,
        "words": words,
        "told": change_words,
        "web_address": web_address,
    }
    return await render(datasette, request, "changes.html", context)


async def story(datasette: Any, request: Any, identity: str) -> Story | Response:
    """The version to show at `/bg/<id>`, with its past; or the answer, where there is none.

    `?ri=2024-05-01` asks for the version that stood on a day.
    """
    told: Past | None = await ask(datasette, lambda conn: _past_of(conn, identity))
    if told is None:
        return await gone(datasette, request, "bg", "本档案没有这份年报")
    asked = request.args.get("ri")
    if not asked:
        return Story(identity, told)
    try:
        day = dt.date.fromisoformat(asked).isoformat()
    except ValueError:
        return await wrong(datasette, request, "日期请写作 2024-05-01 的样子", 400)
    stood = await ask(datasette, lambda conn: past.on_day(conn, told, day))
    if stood.version_id is None:
        message = (
            f"本档案于 {stood.first_seen[:10]} 首次取得这份年报，"
            f"{day} 的情形无从得知（不表示当时尚未公布）"
        )
        return await missing(datasette, request, message)
    return Story(stood.version_id, told, stood)


def _without_stop(identity: str) -> str | None:
    """An id copied from a citation together with the stop behind it; None if there is none."""
    bare = identity.rstrip(".,;，。；、）")
    return bare if bare and bare != identity else None


async def gone(
    datasette: Any, request: Any, prefix: str, message: str, rest: str = "", at: str = ""
) -> Response:
    """An id that a release does not have: it leads to another, is withheld, or is nobody's.

    Args:
        datasette: The site.
        request: What was asked; its parameters are kept.
        prefix: What the id stands behind, `bg`.
        message: What is said where it leads nowhere.
        rest: What stands behind the id.
        at: A place in the page, `#laiyuan`.
    """
    identity = request.url_vars["id"]
    new_id = await ask(datasette, lambda conn: past.moved(conn, identity))
    new_id = new_id or _without_stop(identity)
    if new_id is None:
        tomb = await tombstones.at(datasette, identity)
        if tomb is not None:
            return await tombstones.answer(datasette, request, tomb)
        return await missing(datasette, request, message)
    query = f"?{request.query_string}" if request.query_string else ""
    path = datasette.urls.path(f"/{prefix}/{quote(new_id, safe='')}{rest}")
    return Response("", status=308, headers={"Location": f"{path}{query}{at}"})


ROUTES: list[tuple[str, View]] = [
    (r"^/bg/(?P<id>[^/]+)/bian$", between),
    (r"^/biangeng$", listing),
]


def _past_of(conn: sqlite3.Connection, identity: str) -> Past | None:
    """The past of the report that an id names, itself or by a version."""
    sql = "SELECT report_id, version_id FROM reports WHERE report_id = ?"
    found = queries.rows(conn, sql, identity)
    if not found:
        version = "SELECT report_id FROM versions WHERE version_id = ?"
        known = queries.rows(conn, version, identity)
        found = queries.rows(conn, sql, known[0]["report_id"]) if known else []
    if not found:
        return None
    return past.past(conn, str(found[0]["report_id"]), str(found[0]["version_id"]))


def _before(told: Past, version_id: str) -> str | None:
    """The version that a version is compared with: the one that it took the place of last."""
    pairs = [c.compared for c in told.changes if c.compared and c.compared[1] == version_id]
    return pairs[-1][0] if pairs else None


def _titles(told: Past, old_id: str | None, new_id: str) -> list[textdiff.Piece]:
    """Both titles in one, where they differ."""
    titles = {version["version_id"]: str(version["title"] or "") for version in told.versions}
    old, new = titles.get(old_id or new_id, ""), titles[new_id]
    return list(textdiff.pieces(old, new)) if old != new else []


def _is_own(change: past.Change, version_id: str) -> bool:
    """Whether a change is our own, in reading the bytes of a version."""
    return change.row["cause"] in ("reader", "curation") and change.row["to_version"] == version_id


async def _printed(datasette: Any, version_id: str) -> dict[str, str]:
    """Figures of a version as they are printed."""
    said: dict[str, str] = await ask(datasette, lambda conn: past.printed(conn, version_id))
    if "text" in datasette.databases:
        found = await ask(datasette, lambda conn: printed.places(conn, version_id), "text")
        said |= {key: where.printed for key, where in found.items() if where.printed is not None}
    return said
