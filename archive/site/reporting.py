"""报告错误: a message about a figure, prepared to be sent or copied.

| address                   | what                                                     |
|---------------------------|----------------------------------------------------------|
| `/bg/<id>/baocuo?cell=…`  | the message about a figure; without `cell` about a version |
| `/baocuo`                 | what helps, and where to send it                         |
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from datasette import Response

from archive.citation import ANCHOR
from archive.site import cells, changes, figure, layout, queries, words
from archive.site.answers import View, ask, missing, render, web_address
from archive.site.channels import Channel
from archive.site.links import absolute
from archive.site.messages import Message
from archive.site.operator import errors_to, operator
from archive.site.release import RELEASES
from extract.forms import TABLES, columns

PREFIX = "/baocuo"


@dataclass(frozen=True, slots=True)
class Links:
    """Where 报告错误 leads.

    Attributes:
        page: Our page with the message, a path.
        direct: The mail or the tracker's form, the message in it; "" where none is named.
        channel: That place.
    """

    page: str
    direct: str = ""
    channel: Channel | None = None


async def reporting(datasette: Any, request: Any) -> Response:
    """`/bg/<id>/baocuo` and `?cell=<figure>`."""
    identity, key = request.url_vars["id"], request.args.get("cell") or ""
    found = await ask(datasette, lambda conn: queries.report(conn, identity))
    if found is None:
        return await changes.gone(datasette, request, "bg", "本档案没有这份年报", PREFIX)
    if key and (key not in columns() or not has_figures(found)):
        return await missing(datasette, request, "没有这个数值")
    seen = await figure.seen(datasette, found)
    context = {
        "report": found,
        "key": key,
        "label": figure.label_of(key) if key else "",
        "said": seen.printed(key).said if key else "",
        "message": message(datasette, request, seen, key),
        "links": links(datasette, request, seen, key),
        "read_in": seen.read_in or 1,
        "tables": {} if key or not has_figures(found) else tables(seen),
        "all_figures": columns(),
        "words": words,
        "operator": operator(RELEASES[datasette].root),
        "web_address": web_address,
    }
    return await render(datasette, request, "reporting.html", context)


async def explained(datasette: Any, request: Any) -> Response:
    """`/baocuo`."""
    root = RELEASES[datasette].root
    context = {
        "report": None,
        "links": Links(PREFIX, channel=errors_to(root)),
        "operator": operator(root),
        "web_address": web_address,
    }
    return await render(datasette, request, "reporting.html", context)


def has_figures(found: queries.Report) -> bool:
    """Whether a version has figures of its own."""
    return found.version["status"] == "read" and found.version["form"] != words.LEGACY


def tables(seen: figure.Seen) -> dict[str, cells.Table | None]:
    """The version's tables, laid out as it prints them."""
    version = seen.report.version
    return {table: layout.lay_out(table, layout.form_of(version, table), seen.figures)
            for table in TABLES}  # fmt: skip


def links(datasette: Any, request: Any, seen: figure.Seen, key: str = "") -> Links:
    """Where 报告错误 leads for a figure, or for a version as a whole."""
    page = datasette.urls.path(_page(seen.version_id, key))
    told = errors_to(RELEASES[datasette].root)
    if told is None:
        return Links(page)
    made = message(datasette, request, seen, key)
    return Links(page, told.link(made.title, made.bodies), told)


def message(datasette: Any, request: Any, seen: figure.Seen, key: str = "") -> Message:
    """The message about a figure, or about a version as a whole."""
    row, source = seen.report.row, seen.source

    def at(path: str) -> str:
        return absolute(datasette, request, path)

    cell = f"?cell={key}" if key else ""
    version = quote(seen.version_id, safe="")
    return Message(
        report=str(row["report_id"]),
        version=seen.version_id,
        release=RELEASES[datasette].name,
        agency=str(row["agency"] or ""),
        year=int(str(row["year"])),
        sha256=str(source.get("sha256") or ""),
        url=str(source.get("url") or seen.report.version["url"] or ""),
        address=at(f"/bg/{version}{f'#{ANCHOR}{key}' if key else ''}"),
        archived=at(f"/cundang/{version}/{seen.read_in or 1}{cell}") if source else "",
        page=at(_page(seen.version_id, key)),
        figure=key,
        label=figure.label_of(key) if key else "",
        said=seen.printed(key).said if key else "",
    )


def _page(version_id: str, key: str) -> str:
    cell = f"?cell={quote(key, safe='')}" if key else ""
    return f"/bg/{quote(version_id, safe='')}{PREFIX}{cell}"


ROUTES: list[tuple[str, View]] = [
    (rf"^/bg/(?P<id>[^/]+){PREFIX}$", reporting),
    (rf"^{PREFIX}$", explained),
]
