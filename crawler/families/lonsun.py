"""Lonsun 龙讯 (portals.md F8): a column's rows come as fragments of HTML from one endpoint."""

from __future__ import annotations

import re
from types import MappingProxyType
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

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
    Tree,
    base_url,
    parse,
)
from .plain import article_rows, counted_pages

PAGE_SIZE = 15
_COLUMN = re.compile(r"^(.*)/public/column/(\d+)/?$")
_ENDPOINT = "/site/label/8888"
_ARTICLE = re.compile(r"/public/\d+/\d+\.html$")
_COUNT = re.compile(r"\bpageCount['\"]?\s*[:=]\s*['\"]?(\d{1,9})")
_FILE = re.compile(
    r"['\"]?\bfile['\"]?\s*[:=]\s*['\"]([\w/.-]{0,200}publicInfoList[\w.-]{0,200})['\"]"
)
_USUAL_FILE = "/xxgk/publicInfoList_newest2020"
_EMPTY = "暂无相关信息"


class Lonsun(StaticFamily):
    """`/public/column/{organId}?type=4&catId=…&action=list` and its label 8888."""

    params = MappingProxyType(
        {"siteId": Param(TEXT_OR_NUMBER, "the site's number, where no meta element says it")}
    )

    def parse_list(self, text: str, asked: ListRequest, portal: Column) -> ListPage:
        """Read the column, which may have its first rows with it, or a fragment."""
        tree = parse(text)
        if urlsplit(asked.url).path.endswith(_ENDPOINT):
            return _fragment(tree, text, asked, portal)
        if tree is None:
            raise ListError("the column is an empty page")
        first = _first(tree, text, asked.url, portal)
        rows, count = _rows(tree, asked.url), _COUNT.search(text)
        if not rows or not count:
            # Rows without their number may be any; the first fragment has both.
            return ListPage((), (first,))
        return ListPage(rows, _following(int(count[1]), asked, portal, first))

    def detect(self, text: str, url: str) -> Fingerprint | None:
        """By the label of its lists, or the column's address with a meta SiteId."""
        tree = parse(text)
        if tree is None:
            return None
        column, site, signs = _COLUMN.match(urlsplit(url).path), _site(tree), []
        if "publicInfoList" in text:
            signs.append("labelName publicInfoList")
        if column and site:
            signs.append("/public/column/N with a meta SiteId")
        if not signs:
            return None
        return Fingerprint("lonsun", 95, tuple(signs), {"siteId": site} if site else {})


def _site(tree: Tree) -> str:
    for meta in tree.iter("meta"):
        content = str(meta.get("content") or "").strip()
        if str(meta.get("name")).lower() == "siteid" and re.fullmatch(r"[0-9]{1,20}", content):
            return content
    return ""


def _rows(tree: Tree | None, url: str) -> tuple[Row, ...]:
    return () if tree is None else article_rows(tree, base_url(tree, url), _ARTICLE)


def _first(tree: Tree, text: str, url: str, portal: Column) -> ListRequest:
    """The request of the first fragment."""
    address = urlsplit(url)
    column, asked = _COLUMN.match(address.path), dict(parse_qsl(address.query))
    site = str(portal.params.get("siteId", _site(tree)))
    category = asked.get("catId", "")
    if column is None or not category:
        raise ListError("the column's address is not /public/column/{organId}?catId=…")
    if not site:
        raise ListError("the page has no meta SiteId; set params siteId")
    file = _FILE.search(text)
    fields = {
        "IsAjax": "1", "dataType": "html", "labelName": "publicInfoList", "siteId": site,
        "pageSize": str(PAGE_SIZE), "pageIndex": "1", "action": "list", "isDate": "true",
        "dateFormat": "yyyy-MM-dd", "length": "50", "organId": column[2],
        "type": asked.get("type", "4"), "catId": category, "result": _EMPTY,
        "file": file[1] if file else _USUAL_FILE,
    }  # fmt: skip
    # A site below a path has its labels there too.
    path = column[1] + _ENDPOINT
    target = urlunsplit((address.scheme, address.netloc, path, urlencode(fields), ""))
    return ListRequest(target, headers=(("Referer", url), ("X-Requested-With", "XMLHttpRequest")))


def _fragment(tree: Tree | None, text: str, asked: ListRequest, portal: Column) -> ListPage:
    rows, count = _rows(tree, asked.url), _COUNT.search(text)
    if not rows:
        if _EMPTY in text or not text.strip():
            return ListPage(())
        raise ListError(f"the fragment has neither rows nor “{_EMPTY}”")
    if count:
        return ListPage(rows, _following(int(count[1]), asked, portal, asked))
    # Nobody says how many pages there are: go on while there are rows.
    return ListPage(rows, (_turned(asked, asked.number + 1, tentative=True),))


def _following(
    count: int, asked: ListRequest, portal: Column, like: ListRequest
) -> tuple[ListRequest, ...]:
    return counted_pages(count, 1, asked, portal, lambda number: _turned(like, number))


def _turned(like: ListRequest, number: int, *, tentative: bool = False) -> ListRequest:
    url = re.sub(r"\bpageIndex=\d+", f"pageIndex={number}", like.url)
    return ListRequest(url, headers=like.headers, number=number, tentative=tentative)
