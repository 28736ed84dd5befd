"""The Jiangxi platform: an empty list page; rows come from POST /queryList (portals.md F7)."""

from __future__ import annotations

import json
import re
from typing import Any, TypeVar
from urllib.parse import urljoin

from .base import (
    Column,
    ListError,
    ListPage,
    ListRequest,
    Row,
    StaticFamily,
    absolute,
    base_url,
    parse,
    unique,
)

_T = TypeVar("_T")
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
    data = _part(_json(text, "the answer"), "data", dict)
    # Of an empty list the sites say null.
    results = _part(data, "results", list) if data.get("results") is not None else []
    total = _total(data.get("total"))
    rows = unique([row for row in (_row(result, asked, portal) for result in results) if row])
    number = asked.number
    if not results or number * PAGE_SIZE >= total:
        return ListPage(rows, (), total)
    form = tuple(
        (name, str(number + 1) if name == "current" else value) for name, value in asked.form
    )
    following = ListRequest(asked.url, form, asked.headers, number + 1)
    return ListPage(rows, (following,), total)


def _row(result: Any, asked: ListRequest, portal: Column) -> Row | None:
    source = _part(result, "source", dict)
    urls = source.get("urls") or {}
    if isinstance(urls, str):
        urls = _json(urls, "urls")
    if not isinstance(urls, dict):
        raise ListError("/queryList: urls is no object")
    referer = dict(asked.headers).get("Referer", portal.column)
    link = _text(urls, "pc")
    address = absolute(referer, link) if link else ""
    if not address:
        return None  # `total` counts it still, so the list will be short of it
    title = _text(source, "title") or _text(source, "showTitle")
    return Row(address, title, _text(source, "pubDate")[:10])


def _json(text: str, what: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ListError(f"/queryList: {what} is no JSON ({error})") from error


def _part(whole: Any, name: str, kind: type[_T]) -> _T:
    """A value that must be there."""
    found = whole.get(name) if isinstance(whole, dict) else None
    if not isinstance(found, kind):
        raise ListError(f"/queryList: {name} is missing, or no {kind.__name__}")
    return found


def _text(whole: dict[str, Any], name: str) -> str:
    """A text or number that may be missing."""
    found = whole.get(name)
    if found is not None and not isinstance(found, (str, int, float)):
        raise ListError(f"/queryList: {name} is no text")
    return str(found or "")


def _total(said: Any) -> int:
    """How many rows the list has; some sites say it as text."""
    if not re.fullmatch(r"[0-9]{1,9}", str(said)):
        raise ListError(f"/queryList: total is missing, or no number ({str(said)[:40]})")
    return int(said)
