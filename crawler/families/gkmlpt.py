"""Guangdong's 政府信息公开平台 (portals.md F5): a tree of categories, and an API for each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import MappingProxyType
from urllib.parse import quote, urlsplit

from .answers import Json
from .base import (
    TEXT_OR_NUMBER,
    Column,
    Fingerprint,
    ListError,
    ListPage,
    ListRequest,
    Param,
    Row,
    StaticFamily,
    absolute,
    unique,
)
from .plain import counted_pages

PAGE_SIZE = 100  # what the API gives; no parameter changes it
_PLATFORM = re.compile(r"^(.*/gkmlpt)(?:/|$)")
_API = re.compile(r"/gkmlpt/api/all/\d+$")
_SID = re.compile(r"\bSID\s*:\s*['\"]?(\d+)")
_REPORTS = re.compile(r"信息公开.*(?:年度报告|年报)|^(?:年度报告|年报)")
_OTHERS = re.compile(r"网站|报表|法治|统计")


class Gkmlpt(StaticFamily):
    """`…/gkmlpt/annualreport#{catId}`: the page says SID and TREE, the API has the rows."""

    params = MappingProxyType(
        {
            "sid": Param(TEXT_OR_NUMBER, "the site's number, where the page has no `SID`"),
            "catId": Param(TEXT_OR_NUMBER, "the category, where the `TREE` has no 年度报告"),
        }
    )

    def start(self, portal: Column) -> Iterator[ListRequest]:
        """The column; its fragment is for us and no part of the request."""
        yield ListRequest(portal.column.split("#", 1)[0])

    def parse_list(self, text: str, asked: ListRequest, portal: Column) -> ListPage:
        """Read the column (which category) or an answer of the API (its rows)."""
        if _API.search(urlsplit(asked.url).path):
            return _answer(text, asked, portal)
        platform = _PLATFORM.match(asked.url.split("#", 1)[0].split("?", 1)[0])
        if platform is None:
            raise ListError("the column's address has no /gkmlpt/ in it")
        said = _SID.search(text)
        sid = str(portal.params.get("sid", said[1] if said else ""))
        if not sid:
            raise ListError("the page's _CONFIG names no SID; set params sid")
        category = str(portal.params.get("catId", "")) or _category(text, asked.url, portal.column)
        if not category:
            raise ListError("the page's TREE has no category 年度报告; set params catId")
        api = f"{platform[1]}/api/all/{quote(category)}?page=1&sid={quote(sid)}"
        return ListPage((), (ListRequest(api),))

    def detect(self, text: str, url: str) -> Fingerprint | None:
        """By `window._CONFIG` on an address below /gkmlpt/."""
        sid = _SID.search(text)
        if "/gkmlpt" not in urlsplit(url).path or not ("_CONFIG" in text and sid):
            return None
        params: dict[str, str | int] = {"sid": sid[1]}
        category = _category(text, url, url)
        if category:
            params["catId"] = category
        return Fingerprint("gkmlpt", 97, ("/gkmlpt/ in the address", "SID in _CONFIG"), params)


def _category(text: str, url: str, column: str) -> str:
    """The category's number: from the fragment if the column is this page, or the tree."""
    for address in (url, column):
        page, _, fragment = address.partition("#")
        # Of a branch of a hub the column's fragment says nothing.
        if fragment.isdecimal() and urlsplit(page).path == urlsplit(url).path:
            return fragment
    try:
        tree = Json.embedded(text, "TREE")
    except ListError:  # no JSON: then only the fragment or params can tell
        return ""
    return _in_tree(tree.value) if tree else ""


def _in_tree(tree: object) -> str:
    """The number of the first category of annual reports, those above before those below."""
    level = [tree]
    while level:
        below: list[object] = []
        for node in level:
            if isinstance(node, dict):
                name, number = str(node.get("name", "")), str(node.get("id", ""))
                if _REPORTS.search(name[:300]) and not _OTHERS.search(name) and number.isdecimal():
                    return number
                below += node.values()
            elif isinstance(node, list):
                below += node
        level = [node for node in below if isinstance(node, (dict, list))]
    return ""


def _answer(text: str, asked: ListRequest, portal: Column) -> ListPage:
    answer = Json.read(text, "/gkmlpt/api")
    articles = answer.parts("articles")
    total = answer.part("classify").count("post_count")
    rows = unique([row for row in (_row(article, asked.url) for article in articles) if row])
    # A short first page that is not all: pages are shorter there, or the count is off.
    short = len(articles) < PAGE_SIZE

    def page(number: int) -> ListRequest:
        url = re.sub(r"\bpage=\d+", f"page={number}", asked.url)
        return ListRequest(url, number=number, tentative=short)

    following = counted_pages(total, len(articles), asked, portal, page)
    return ListPage(rows, following, total)


def _row(article: Json, url: str) -> Row | None:
    link = article.text("url") or article.text("post_url")
    address = absolute(url, link) if link else ""
    if not address:
        return None
    date = article.day("display_publish_time") or article.day("created_at")
    files: dict[str, str] = {}
    for file in article.parts("attachment") if article.has("attachment") else ():
        link = file.text("url")
        if link and absolute(url, link):
            files.setdefault(absolute(url, link), file.text("name"))
    return Row(address, article.text("title"), date, tuple(files.items()))
