"""Releases at their permanent addresses: `/banci`, `/banci/<name>`, `/banci/<name>.json`.

One that is gone answers 410 with what is known of it. Files are given of the release that is
shown alone: what was withheld since would still stand in those of before.
"""

from __future__ import annotations

import asyncio
import logging
import re
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from datasette import Response

from archive.citation import Citation, of_release
from archive.errors import ReleaseRefused
from archive.release.departed import Departed
from archive.release.dois import doi_of
from archive.root import DataRoot
from archive.site.answers import View, missing, render
from archive.site.json_answers import Site
from archive.site.links import absolute, release_path
from archive.site.release import RELEASES
from archive.site.shelf import OnShelf, named, on_shelf
from archive.site.whole import whole_files

log = logging.getLogger(__name__)
PREFIX = "/banci"
_NAME = re.compile(r"\d{8}-\d{6}-[0-9a-f]{8}", re.ASCII)
#: How much a release holds, in words; what else its manifest counts is told by its JSON.
COUNTS = {"reports": "年报", "versions": "版本", "agencies": "机关", "figures": "数值"}
_UNKNOWN = "没有这一版次：名称有误，或从未发布"


async def listing(datasette: Any, request: Any) -> Response:
    """`/banci`: the releases on the shelf."""
    found = await asyncio.to_thread(on_shelf, RELEASES[datasette])
    context = {"releases": found, "counts": COUNTS}
    return await render(datasette, request, "releases.html", context)


async def one(datasette: Any, request: Any) -> Response:
    """`/banci/<name>`; a tag leads to its release."""
    name, shown = unquote(request.url_vars["name"]), RELEASES[datasette]  # a tag's any letters
    found = await asyncio.to_thread(named, shown, name)
    if found is None:
        return await missing(datasette, request, _unknown(name))
    if found.name != name:  # the name of a tag: not for ever, as an id's is
        path = datasette.urls.path(release_path(found.name))
        return Response("", status=302, headers={"Location": path})
    is_kept = isinstance(found, OnShelf)
    doi = await asyncio.to_thread(_doi, shown.root, found.name)
    context = {
        "found": found,
        "kept": is_kept,
        "shown": shown,
        "cited": _cited(datasette, request, found, doi) if isinstance(found, OnShelf) else None,
        "doi": doi,
        "files": await _files(found),
        "counts": COUNTS,
        "before": str(found.manifest.get("before") or "") if isinstance(found, OnShelf) else "",
    }
    return await render(datasette, request, "release.html", context, 200 if is_kept else 410)


async def program(datasette: Any, request: Any) -> Response:
    """`/banci/<name>.json`: its manifest, its tags, how to cite it."""
    name, site = request.url_vars["name"], Site(datasette, request)
    found = await asyncio.to_thread(named, site.release, name)
    if found is None or found.name != name:
        return Response.json({"ok": False, "status": 404, "error": _unknown(name)}, status=404)
    doi = await asyncio.to_thread(_doi, site.release.root, name)
    if isinstance(found, Departed):
        known = {"release": found.name, "built_at": found.built_at,
                 "content_hash": found.content_hash, "reports": found.reports,
                 "replaced_by": found.replaced_by, "doi": doi or None}  # fmt: skip
        told = {"ok": False, "status": 410, "error": "这一版次已不在本站", **known}
        return Response.json(told, status=410)
    cited = _cited(datasette, request, found, doi)
    body = {
        **found.manifest,
        "release": found.name,
        "tags": list(found.tags),
        "doi": doi or None,
        "is_shown": found.is_shown,
        "address": site.absolute(release_path(found.name)),
        "citation": {"gbt7714": cited.gbt, "bibtex": cited.bibtex},
    }
    return site.answer(body)


def _cited(datasette: Any, request: Any, found: OnShelf, doi: str) -> Citation:
    manifest = {**found.manifest, "release": found.name}
    address = absolute(datasette, request, release_path(found.name))
    return of_release(manifest, address, doi=doi)


def _doi(root: Path, name: str) -> str:
    """The DOI of a release; none where the file that has them is damaged."""
    try:
        return doi_of(DataRoot(root), name)
    except ReleaseRefused as error:
        log.warning("no page names a DOI: %s", error)
        return ""


async def _files(found: OnShelf | Departed) -> Any:
    if not isinstance(found, OnShelf):
        return ()
    return await asyncio.to_thread(partial(whole_files, found.folder))


def _unknown(name: str) -> str:
    if _NAME.fullmatch(name):
        return "本站没有这一版次的记录：名称有误，或发布它的是另一处"
    return _UNKNOWN


ROUTES: list[tuple[str, View]] = [
    (rf"^{PREFIX}$", listing),
    (rf"^{PREFIX}/(?P<name>\d{{8}}-\d{{6}}-[0-9a-f]{{8}})\.json$", program),
    (rf"^{PREFIX}/(?P<name>[^/]+)$", one),
]
