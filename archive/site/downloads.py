"""The page of downloads, `/xiazai`: panels made to order, and the release's own files.

| address                     | what                                                       |
|-----------------------------|------------------------------------------------------------|
| `/xiazai`                   | the form; filled in, how large the panel will be           |
| `/xiazai/mianban.zip?…`     | the panel                                                  |
| `/xiazai/wenjian/<path>`    | a file of the release, one of its SHA256SUMS               |
"""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import Any

from datasette import Response

from archive.panel import telling
from archive.panel.bundle import estimate
from archive.panel.frame import Size, size
from archive.panel.selection import SCOPES
from archive.site.answers import View, ask, missing, render, wrong
from archive.site.kept import kept
from archive.site.links import absolute, release_address
from archive.site.making import AGAIN, Busy, Gone, NotMade, workshop
from archive.site.panel_form import Choices, Form, Unclear, choices, filled, form
from archive.site.release import RELEASES, Release
from archive.site.saving import Saved, saved
from archive.site.whole import parted_tables, whole_files

#: Rows of the largest panel that is made while somebody waits: see docs/panel.md.
LARGEST = 30_000
_FORMAT_WORDS = {
    "csv": "CSV（Excel 可打开）",
    "dta": "Stata（.dta，14 及以上）",
    "parquet": "Parquet（R、Python）",
}


async def page(datasette: Any, request: Any) -> Response:
    """`/xiazai`."""
    release = RELEASES[datasette]
    found: Choices = await kept(datasette, "panel choices", choices)
    asked, large, unclear = None, None, ""
    if request.query_string:
        try:
            asked, large = await ask(datasette, lambda conn: _size(conn, request.args, found))
        except Unclear as error:
            unclear = str(error)
    files = whole_files(release.folder)
    context = {
        "found": found,
        "asked": asked,
        "size": large,
        "unclear": unclear,
        "filled": filled(request.args, found),
        "scopes": SCOPES,
        "formats": _FORMAT_WORDS,
        "largest": LARGEST,
        "bytes": estimate(large.rows, asked.formats) if asked and large else 0,
        "files": [each for each in files if not each.is_part],
        "parted": parted_tables(files),
        "cited": telling.cite(release.manifest, release_address(datasette, request)),
        "release": release,
        "csv_mb": datasette.setting("max_csv_mb"),
        "csv_seconds": f"{datasette.setting('sql_time_limit_ms') / 1000:g}",
    }
    return await render(datasette, request, "downloads.html", context, 400 if unclear else 200)


async def panel(datasette: Any, request: Any, receive: Any) -> Response | Saved:
    """`/xiazai/mianban.zip`: made while the visitor waits."""
    release = RELEASES[datasette]
    found: Choices = await kept(datasette, "panel choices", choices)
    try:
        asked, large = await ask(datasette, lambda conn: _size(conn, request.args, found))
    except Unclear as error:
        return await wrong(datasette, request, str(error), 400)
    if not large.rows:
        return await missing(datasette, request, "这一选择没有机关，没有可下载的行")
    if large.rows > LARGEST:
        message = (
            f"这一选择有 {large.rows:,} 行，超过在线生成的上限 {LARGEST:,} 行；请缩小选择，"
            "或下载发布文件，或在自己的机器上运行 python -m archive panel（见 /xiazai）"
        )
        return await wrong(datasette, request, message, 413)
    return await _made(datasette, request, receive, (release, asked))


async def _made(
    datasette: Any, request: Any, receive: Any, what: tuple[Release, Form]
) -> Response | Saved:
    release, asked = what
    address = absolute(datasette, request, "/")
    told = "\n".join(
        (release.name, str(release.manifest.get("content_hash")), asked.query, address)
    )
    etag = hashlib.sha256(told.encode()).hexdigest()
    if f'"{etag}"' in request.headers.get("if-none-match", ""):
        return Saved(None, 0, 0, 304, {"etag": f'"{etag}"'})

    async def left() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    try:
        made: Path = await workshop(datasette).make(
            release.folder, asked.selection, asked.formats, address, left
        )
    except (Busy, NotMade) as error:
        message = (
            "正在生成的面板已满，请稍后再试"
            if isinstance(error, Busy)
            else "这一面板未能生成，请稍后再试，或缩小选择"
        )
        response = await wrong(datasette, request, message, 503)
        response.headers |= {"Retry-After": str(AGAIN), "Cache-Control": "no-store"}
        return response
    except Gone:
        return Saved(None, 0, 0, 499, {})
    name = f"nianbao-{release.name}-{etag[:8]}.zip"
    return saved(request, made, name, etag, lambda: shutil.rmtree(made.parent, ignore_errors=True))


async def file(datasette: Any, request: Any) -> Response | Saved:
    """`/xiazai/wenjian/<path>`: a file that the release's SHA256SUMS names, and no other."""
    folder = RELEASES[datasette].folder
    known = {each.name: each for each in whole_files(folder)}
    asked = known.get(request.url_vars["path"])
    if asked is None:
        return await missing(datasette, request, "发布中没有这个文件")
    return saved(request, folder / asked.name, Path(asked.name).name, asked.sha256)


def _size(conn: Any, args: Any, found: Choices) -> tuple[Form, Size]:
    asked = form(conn, args, found)
    return asked, size(conn, asked.selection)


ROUTES: list[tuple[str, View]] = [
    (r"^/xiazai$", page),
    (r"^/xiazai/mianban\.zip$", panel),
    (r"^/xiazai/wenjian/(?P<path>.+)$", file),
]
