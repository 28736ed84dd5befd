"""What machines look for: `/robots.txt`, `/sitemap.xml` with its parts, `/-/health`."""

from __future__ import annotations

import xml.etree.ElementTree as ET  # written here, nothing is parsed
from collections.abc import Iterable
from typing import Any

from datasette import Response

from archive.site.answers import View, ask, missing
from archive.site.links import absolute
from archive.site.release import RELEASES

#: Addresses of a part; the protocol allows 50,000 (sitemaps.org), a part is made at once.
PART = 10_000
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
#: Pages that are there once; each has links to what lies below it.
_ONCE = (
    "/", "/sousuo", "/diqu", "/tubiao", "/bijiao", "/fugai", "/yidian", "/biangeng", "/zidian",
    "/xiazai", "/jiekou", "/guanyu", "/gengzheng", "/baocuo", "/banci",
)  # fmt: skip
#: Agencies first, reports after them: (table, key, path), in the order of the keys.
_MANY = (("agencies", "agency_id", "/jg/"), ("_reports", "report_id", "/bg/"))

#: Statements, facets and filters have no end of addresses; the pages behind them are not
#: worth a copy elsewhere. The archived originals are the agencies' own.
_KEEP_OUT = (
    "/*?*sql=", "/*?*_facet", "/*?*_sort", "/*?*_next", "/*?*_search", "/*?*__", "/*.json",
    "/*.csv", "/nianbao/*?", "/text/*?", "/sousuo?", "/bijiao?", "/yidian?", "/xiazai?",
    "/xiazai/mianban", "/cundang/", "/bg/*/baocuo", "/*?*banci=",
)  # fmt: skip


async def robots(datasette: Any, request: Any) -> Response:
    """`/robots.txt` (RFC 9309): everything but endless questions and archived originals."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in _KEEP_OUT), ""]
    lines.append(f"Sitemap: {absolute(datasette, request, '/sitemap.xml')}")
    return Response.text("\n".join(lines) + "\n")


async def sitemap(datasette: Any, request: Any) -> Response:
    """`/sitemap.xml`: the index of the parts."""
    count = await ask(datasette, _count)
    parts = range(1, 2 + -(-count // PART))
    addresses = [absolute(datasette, request, f"/sitemap-{part}.xml") for part in parts]
    return _xml("sitemapindex", "sitemap", addresses)


async def part(datasette: Any, request: Any) -> Response:
    """`/sitemap-<n>.xml`: the first has the pages that are there once, the others `PART` each."""
    number = int(request.url_vars["number"])
    paths = list(_ONCE) if number == 1 else await ask(datasette, lambda c: _paths(c, number - 2))
    if not paths:
        return await missing(datasette, request, "没有此页")
    return _xml("urlset", "url", [absolute(datasette, request, path) for path in paths])


async def health(datasette: Any, request: Any) -> Response:
    """`/-/health`: 200 and the release, once each database has answered.

    Never cached: whoever asks wants to know of now (docs/deploy.md).
    """
    release = RELEASES[datasette]
    await ask(datasette, lambda conn: conn.execute("SELECT 1 FROM README").fetchone())
    if "text" in datasette.databases:
        await ask(datasette, lambda c: c.execute("SELECT 1 FROM chapters").fetchone(), "text")
    said = {"status": "ok", "release": release.name, "fiction": release.fiction}
    return Response.json(said, headers={"Cache-Control": "no-store"})


def _count(conn: Any) -> int:
    return sum(conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table, _, _ in _MANY)


def _paths(conn: Any, index: int) -> list[str]:
    """Paths number `index * PART` and on, over both tables one after the other."""
    skip = index * PART
    found: list[str] = []
    for table, key, path in _MANY:
        rows = conn.execute(
            f"SELECT {key} FROM {table} ORDER BY {key} LIMIT ? OFFSET ?",
            (PART - len(found), skip),
        ).fetchall()
        found += [path + str(row[0]) for row in rows]
        total = conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        skip = max(0, skip - total)
        if len(found) == PART:
            break
    return found


def _xml(root_name: str, name: str, addresses: Iterable[str]) -> Response:
    ET.register_namespace("", _SITEMAP)
    root = ET.Element(f"{{{_SITEMAP}}}{root_name}")
    for address in addresses:
        ET.SubElement(
            ET.SubElement(root, f"{{{_SITEMAP}}}{name}"), f"{{{_SITEMAP}}}loc"
        ).text = address
    body = ET.tostring(root, encoding="unicode", xml_declaration=True)
    return Response(body, content_type="application/xml; charset=utf-8")


ROUTES: list[tuple[str, View]] = [
    (r"^/robots\.txt$", robots),
    (r"^/sitemap\.xml$", sitemap),
    (r"^/sitemap-(?P<number>[1-9][0-9]{0,5})\.xml$", part),
    (r"^/-/health$", health),
]
