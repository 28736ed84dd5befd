"""Our own pages: report, archived bytes, agency. The home page's data too."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from datasette import Response

from archive import printed
from archive.codebook import BUILD_FLAGS
from archive.errors import ArchiveError
from archive.site import chart, layout, queries, words
from archive.site.release import RELEASES, Release
from archive.warc import load_body
from extract.flags import FLAGS
from extract.forms import TABLES, columns

PREFIXES = ("/bg/", "/jg/", "/cundang/")

log = logging.getLogger(__name__)


async def home_context(datasette: Any, release: Release) -> dict[str, Any]:
    """Variables of the home page, read once: a release never changes."""
    if release.home is None:
        release.home = await _ask(datasette, lambda conn: queries.home(conn, release.figures))
    files = [(path.name, path.stem, path.stat().st_size) for path in release.files()]
    return {"home": release.home, "files": files, "words": words}


async def report(datasette: Any, request: Any) -> Response:
    """`/bg/<report_id>` and `/bg/<version_id>`."""
    identity = request.url_vars["id"]
    found = await _ask(datasette, lambda conn: queries.report(conn, identity))
    if found is None:
        return await _missing(datasette, request, "本档案没有这份年报")
    version_id = str(found.version["version_id"])
    chapters: dict[str, queries.Chapter] = {}
    grids: list[list[list[str]]] = []
    leftovers: list[queries.Row] = []
    figures, attachments = found.figures, ()
    if "text" in datasette.databases:
        places = await _ask(datasette, lambda c: printed.places(c, version_id), "text")
        figures = replace(figures, printed=_printed(places))
        details = await _ask(datasette, lambda c: printed.details(c, version_id), "text")
        attachments = details.attachments
        chapters = await _ask(datasette, lambda c: queries.chapters(c, version_id), "text")
        grids = await _ask(datasette, lambda c: queries.grids(c, version_id), "text")
        leftovers = await _ask(datasette, lambda c: queries.leftovers(c, version_id), "text")
    tables = {
        table: layout.lay_out(table, _form(found.version, table), figures) for table in TABLES
    }
    context = {
        "report": found,
        "tables": tables,
        "chapters": chapters,
        "grids": grids,
        "leftovers": leftovers,
        "flag_words": FLAGS | BUILD_FLAGS,
        "attachments": _attachments(attachments, str(found.version["url"])),
        "findings": _grouped(found.findings),
        "labels": {key: slots[-1] for key, slots in columns().items()},
        "words": words,
        "web_address": web_address,
        "keys_of": lambda row: json.loads(row["figures"]),
    }
    return await _render(datasette, request, "report.html", context)


async def agency(datasette: Any, request: Any) -> Response:
    """`/jg/<agency_id>`."""
    identity = request.url_vars["id"]
    found = await _ask(datasette, lambda conn: queries.agency(conn, identity))
    if found is None:
        return await _missing(datasette, request, "本档案没有这个机关")
    context = {
        "agency": found,
        "columns": queries.YEARLY,
        "labels": {key: slots[-1] for key, slots in columns().items()},
        "chart": chart.draw(_points(found)),
        "words": words,
    }
    return await _render(datasette, request, "agency.html", context)


async def archived(datasette: Any, request: Any) -> Response:
    """`/cundang/<version_id>/<n>`: the archived bytes, never shown as a page."""
    version_id, number = request.url_vars["id"], int(request.url_vars["n"])
    found = await _ask(datasette, lambda conn: queries.sources(conn, version_id))
    if not 1 <= number <= len(found):
        return await _missing(datasette, request, "本档案没有这份原件")
    source = found[number - 1]
    try:
        body = await asyncio.to_thread(load_body, RELEASES[datasette].root / "warc", source)
    except ArchiveError as error:
        log.error("archived bytes of %s/%s cannot be read: %s", version_id, number, error)
        message = "存档原件此刻读不出来：存档文件缺失，或与登记的校验值（SHA-256）不一致。"
        return await _wrong(datasette, request, message, 500)
    filename = f"{version_id}-{number}{_suffix(source)}"
    headers = {
        "Content-Disposition": f'attachment; filename="{_safe(filename)}"',
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return Response(body, headers=headers, content_type="application/octet-stream")


View = Callable[..., Awaitable[Response]]
ROUTES: list[tuple[str, View]] = [
    (r"^/bg/(?P<id>[^/]+)$", report),
    (r"^/jg/(?P<id>[^/]+)$", agency),
    (r"^/cundang/(?P<id>[^/]+)/(?P<n>[0-9]{1,4})$", archived),
]


async def _ask(datasette: Any, ask: Callable[[Any], Any], database: str = "nianbao") -> Any:
    return await datasette.get_database(database).execute_fn(ask)


async def _render(
    datasette: Any, request: Any, template: str, context: dict[str, Any], status: int = 200
) -> Response:
    html = await datasette.render_template(template, context, request=request)
    return Response.html(html, status=status)


async def _wrong(datasette: Any, request: Any, message: str, status: int) -> Response:
    context = {"message": message, "status": status}
    return await _render(datasette, request, "wrong.html", context, status)


async def _missing(datasette: Any, request: Any, message: str) -> Response:
    return await _wrong(datasette, request, message, 404)


def _form(version: Mapping[str, object], table: str) -> str | None:
    code = version.get(f"form_{table}")  # table four is alike in every form
    return None if code is None else str(code)


def _grouped(findings: tuple[queries.Row, ...]) -> dict[str, list[queries.Row]]:
    """Findings by status, in the order of the words; other statuses last."""
    order = [*words.FINDING, *(str(row["status"]) for row in findings)]
    grouped = {s: [row for row in findings if row["status"] == s] for s in dict.fromkeys(order)}
    return {status: each for status, each in grouped.items() if each}


def _printed(places: Mapping[str, printed.Place]) -> dict[str, str]:
    """Printed texts that are not written as the number is."""
    return {key: each.printed for key, each in places.items() if each.printed is not None}


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


def web_address(text: object) -> str | None:
    """The address if it may become a link (http or https), else None."""
    try:
        parts = urlsplit(str(text).strip())
    except ValueError:
        return None
    return str(text).strip() if parts.scheme in ("http", "https") and parts.netloc else None


def _points(found: queries.Agency) -> dict[int, chart.Point]:
    """Numbers of the chart. Aggregates count other agencies too: they never join the line."""
    every = [each for _, reports in found.years for each in reports]
    own = [each for each in every if each.row["scope"] != "aggregate"]
    chosen = {int(str(each.row["year"])): each for each in own or every}
    points = {}
    for year, reports in found.years:
        each = chosen.get(year)
        if each is None:
            points[year] = chart.Point(None, None, "另有汇总" if reports else "未取得")
            continue
        new, processed = (
            _number(each.figures.values.get(key))
            for key in ("t3_received_new_total", "t3_processed_total_total")
        )
        word = words.report_word(str(each.row["status"])).word
        missing = "空白" if each.row["status"] == "read" else word
        missing = "旧格式" if each.row["form"] == words.LEGACY else missing
        points[year] = chart.Point(new, processed, missing)
    return points


def _number(value: object) -> float | None:
    return value if isinstance(value, (int, float)) else None


def _suffix(source: Mapping[str, object]) -> str:
    suffix = Path(urlsplit(str(source["url"])).path).suffix.lower()
    if re.fullmatch(r"\.[a-z0-9]{1,5}", suffix):
        return suffix
    return ".html" if "html" in str(source["content_type"]) else ".bin"


def _safe(filename: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]", "_", filename)
