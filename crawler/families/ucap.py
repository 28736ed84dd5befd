"""开普 UCAP (portals.md F6): a search endpoint by channelId, or static pages name_2.shtml."""

from __future__ import annotations

import re
from types import MappingProxyType
from urllib.parse import quote, urljoin

from .answers import Json
from .base import (
    TEXT_OR_NUMBER,
    Column,
    Fingerprint,
    ListPage,
    ListRequest,
    Param,
    Row,
    StaticFamily,
    Tree,
    absolute,
    base_url,
    parse,
    unique,
)
from .look import scripts_of
from .onward import guessed, named_after, pages_said, turned
from .plain import article_rows, counted_pages, leads_to

PAGE_SIZE = 20
_ARTICLE = re.compile(r"/\d{6}/(?:[0-9a-f]{32}|c\w{1,8}_\d+|\d{6,})\.s?html$")
_PAGES = re.compile(
    r"createPageHTML\s*\(\s*['\"]page_div['\"]\s*,\s*['\"]?(\d{1,9})['\"]?\s*,\s*['\"]?\d+['\"]?"
    r"\s*,\s*['\"]([\w/.-]{1,200})['\"]\s*,\s*['\"](\w{1,9})['\"](?:\s*,\s*['\"]?(\d{1,9}))?"
)
_ENDPOINT = re.compile(r"['\"]([\w/.-]*/(?:common/search|searchList)/)")
_ANSWERING = re.compile(r"/(?:common/search|searchList)/[^/]+$")


class Ucap(StaticFamily):
    """Which of the two a page is, its own script says; comments keep stale rows of both."""

    params = MappingProxyType(
        {"channelId": Param(TEXT_OR_NUMBER, "the channel, where no meta element says it")}
    )

    def parse_list(self, text: str, asked: ListRequest, portal: Column) -> ListPage:
        """Read a list page or an answer of the endpoint."""
        if _ANSWERING.search(asked.url.split("?", 1)[0]):
            return _answer(text, asked, portal)
        tree = parse(text)
        if tree is None:
            return ListPage(())
        base = base_url(tree, asked.url)
        scripts = scripts_of(tree)
        rows, pager = article_rows(tree, base, _ARTICLE), _PAGES.search(scripts)
        endpoint = _ENDPOINT.search(scripts)
        channel = str(portal.params.get("channelId", _channel(tree)))
        if channel and not pager and (endpoint or not rows):
            return ListPage((), (_search(asked, channel, endpoint[1] if endpoint else ""),))
        if pager is None:
            page = turned(tree, asked, rows)
            if page.next or not rows:
                return page
            return guessed(named_after(tree, asked), rows, pages_said(tree, asked))
        total = int(pager[4]) if pager[4] else None
        return ListPage(rows, _pages(pager, asked, portal), total)

    def detect(self, text: str, url: str) -> Fingerprint | None:
        """By the channelId, its pager with `page_div`, its tags, or the articles' addresses."""
        tree = parse(text)
        if tree is None:
            return None
        channel, signs = _channel(tree), []
        if channel:
            signs.append("meta channelId")
        if _PAGES.search(scripts_of(tree)):
            signs.append("createPageHTML('page_div', …)")
        if re.search(r"<UCAPCONTENT|id=['\"]UCAP-CONTENT", text):
            signs.append("UCAPCONTENT")
        if signs:
            params = {"channelId": channel} if channel else {}
            return Fingerprint("ucap", 95, tuple(signs), params)
        if leads_to(tree, base_url(tree, url), _ARTICLE):
            return Fingerprint("ucap", 60, ("articles are YYYYMM/hex.shtml or /c01_N.shtml",))
        return None


def _channel(tree: Tree) -> str:
    for meta in tree.iter("meta"):
        content = str(meta.get("content") or "").strip()
        if str(meta.get("name")).lower() == "channelid" and re.fullmatch(r"\w{1,64}", content):
            return content
    return ""


def _search(asked: ListRequest, channel: str, endpoint: str) -> ListRequest:
    query = f"?_isAgg=true&_isJson=true&_pageSize={PAGE_SIZE}&_template=index&page=1"
    url = urljoin(asked.url, f"{endpoint or '/common/search/'}{quote(channel)}{query}")
    return ListRequest(url, headers=(("Referer", asked.url),))


def _pages(pager: re.Match[str], asked: ListRequest, portal: Column) -> tuple[ListRequest, ...]:
    def page(number: int) -> ListRequest:
        return ListRequest(urljoin(asked.url, f"{pager[2]}_{number}.{pager[3]}"), number=number)

    return counted_pages(int(pager[1]), 1, asked, portal, page)


def _answer(text: str, asked: ListRequest, portal: Column) -> ListPage:
    data = Json.read(text, "/common/search").part("data")
    results, total = data.parts("results"), data.count("total")
    rows = unique([row for row in (_row(result, asked) for result in results) if row])

    def page(number: int) -> ListRequest:
        url = re.sub(r"\bpage=\d+$", f"page={number}", asked.url)
        return ListRequest(url, headers=asked.headers, number=number)

    return ListPage(rows, counted_pages(total, len(results), asked, portal, page), total)


def _row(result: Json, asked: ListRequest) -> Row | None:
    link = result.text("url")
    address = absolute(dict(asked.headers).get("Referer", asked.url), link) if link else ""
    date = result.day("publishedTimeStr") if address else ""
    return Row(address, result.text("title"), date) if address else None
