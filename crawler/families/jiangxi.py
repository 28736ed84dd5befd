"""The Jiangxi platform: an empty list page; rows come from POST /queryList (portals.md F7)."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urljoin

from .base import (
    Column,
    ListError,
    ListPage,
    ListRequest,
    Row,
    StaticFamily,
    base_url,
    parse,
    unique,
)

PAGE_SIZE = 15  # what the sites' own script asks for
_SITE = re.compile(r"""webSiteCode\s*:\s*\[?\s*['"]([^'"]+)['"]""")
_CHANNEL = re.compile(r"""channelCode\s*:\s*\[?\s*['"]([^'"]+)['"]""")


class Jiangxi(StaticFamily):
    """Reads the codes from the page's script, then turns the pages of the search endpoint."""

    def parse_list(self, text: str, asked: ListRequest, portal: Column) -> ListPage:
        """Read the list page (its codes) or an answer of the endpoint (its rows)."""
        return _answer(text, asked, portal) if asked.form else _page(text, asked, portal)


def _page(text: str, asked: ListRequest, portal: Column) -> ListPage:
    site, channel = _SITE.search(text), _CHANNEL.search(text)
    codes = (
        str(portal.params.get("webSiteCode", site[1] if site else "")),
        str(portal.params.get("channelCode", channel[1] if channel else "")),
    )
    if not all(codes):
        raise ListError("the page names no webSiteCode and channelCode")
    form = (
        ("current", "1"),
        ("pageSize", str(PAGE_SIZE)),
        ("webSiteCode[]", codes[0]),
        ("channelCode[]", codes[1]),
        ("sort", "sortNum"),
        ("order", "desc"),
    )
    tree = parse(text)
    # The script posts to the site's root, whatever <base href> says; rows obey the base.
    base = asked.url if tree is None else base_url(tree, asked.url)
    headers = (
        ("X-Requested-With", "XMLHttpRequest"),
        ("Referer", asked.url),
        ("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8"),
    )
    return ListPage((), (ListRequest(urljoin(base, "/queryList"), form, headers),))


def _answer(text: str, asked: ListRequest, portal: Column) -> ListPage:
    try:
        data = json.loads(text)["data"]
        results = data["results"] or []
        rows = unique([row for row in (_row(result, asked, portal) for result in results) if row])
        total = int(data["total"])
    except (ValueError, KeyError, TypeError) as error:
        raise ListError(f"the answer of /queryList is not as expected: {error!r}") from error
    number = asked.number
    if not results or number * PAGE_SIZE >= total:
        return ListPage(rows, (), total)
    form = tuple(
        (name, str(number + 1) if name == "current" else value) for name, value in asked.form
    )
    following = ListRequest(asked.url, form, asked.headers, number + 1)
    return ListPage(rows, (following,), total)


def _row(result: Any, asked: ListRequest, portal: Column) -> Row | None:
    source = result["source"]
    urls = source.get("urls") or "{}"
    address = (json.loads(urls) if isinstance(urls, str) else urls).get("pc") or ""
    title = str(source.get("title") or source.get("showTitle") or "")
    if not address:
        return None
    referer = dict(asked.headers).get("Referer", portal.column)
    return Row(urljoin(referer, address), title, str(source.get("pubDate") or "")[:10])
