"""Hanweb jpaas: the page names its list, which comes as HTML inside JSON (portals.md F3)."""

from __future__ import annotations

import json
import re
from types import MappingProxyType
from urllib.parse import urlencode, urlsplit

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
    Tree,
    absolute,
    base_url,
    date_of,
    link_of,
    parse,
    row_of,
    title_of,
    unique,
)
from .look import fingerprint, look
from .turning import query_of, with_query

PAGE_SIZE = 15  # what the sites' own script asks for
_UNIT = "/jpaas-publish-server/front/page/build/unit"
_FIELD = re.compile(r"""['"](\w+)['"]\s*:\s*['"]([^'"]*)['"]""")
#: Of several units of a page (menus, banners, lists) those that are called after what is
#: looked for; else those that are called a list; else all.
_REPORTS = re.compile(r"年报|年度报告")
_LISTS = re.compile(r"信息公开|列表|分页|list", re.I)
_NEEDED = ("webId", "pageId", "tplSetId")
_PAGER = "//*[contains(concat(' ', normalize-space(@class), ' '), ' pagination ')]"


class Jpaas(StaticFamily):
    """Reads `queryData` of the page, then turns the pages of the endpoint."""

    params = MappingProxyType(
        {
            "tagId": Param(TEXT_OR_NUMBER, "which list of a page with several is the column's"),
            "page_size": Param((int,), f"rows to ask for at once; {PAGE_SIZE} if left out"),
        }
    )

    def parse_list(self, text: str, asked: ListRequest, portal: Column) -> ListPage:
        """Read the column (what its list is called) or an answer of the endpoint."""
        if urlsplit(asked.url).path.endswith(_UNIT):
            return _answer(text, asked, portal)
        return _column(text, asked, portal)

    def detect(self, text: str, url: str) -> Fingerprint | None:
        """`queryData` with a webId, beside the address of the endpoint."""
        seen = look(text, url)
        found = _units(seen.tree, seen.base) if seen.tree is not None else []
        endpoint = "jpaas-publish-server" in seen.scripts or any(_UNIT in at for at, _ in found)
        return fingerprint(
            "jpaas",
            (
                (len(found), 70, "{} lists named by queryData"),
                (endpoint, 25, "an endpoint of jpaas-publish-server"),
            ),
            sure=len(found),
        )


def _units(tree: Tree, base: str) -> list[tuple[str, dict[str, str]]]:
    """Address of the endpoint and its fields, of every list of the page."""
    found = []
    for box in tree.xpath("//*[@querydata]"):  # the parser writes names in lower case
        fields = dict(_FIELD.findall(box.get("querydata")))
        url = absolute(base, str(box.get("url") or f"/api-gateway{_UNIT}"))
        if url and all(fields.get(name) for name in _NEEDED):
            found.append((url, fields))
    return found


def _called(
    found: list[tuple[str, dict[str, str]]], words: re.Pattern[str]
) -> list[tuple[str, dict[str, str]]]:
    return [each for each in found if words.search(each[1].get("tagId", ""))]


def _column(text: str, asked: ListRequest, portal: Column) -> ListPage:
    tree = parse(text)
    found = _units(tree, base_url(tree, asked.url)) if tree is not None else []
    told = portal.params.get("tagId")
    if told is not None:
        found = [each for each in found if each[1].get("tagId") == str(told)]
    else:
        found = _called(found, _REPORTS) or _called(found, _LISTS) or found
    if not found:
        raise ListError(f"the page names no list by queryData (tagId {told or 'any'})")
    size = _whole(str(portal.params.get("page_size", ""))) or PAGE_SIZE
    # Without a Referer some sites answer 403.
    headers = (("X-Requested-With", "XMLHttpRequest"), ("Referer", asked.url))
    requests = [
        ListRequest(
            f"{url}{'&' if '?' in url else '?'}{urlencode(_query(fields, 1, size))}", (), headers
        )
        for url, fields in found
    ]
    return ListPage((), tuple(dict.fromkeys(requests)))


def _query(fields: dict[str, str], page: int, size: int) -> dict[str, str]:
    kinds = {"parseType": "bulidstatic", "pageType": "column"}  # so the sites spell it
    return {**kinds, **fields, "paramJson": _param(page, size)}


def _param(page: int, size: int) -> str:
    return json.dumps({"pageNo": page, "pageSize": size}, separators=(",", ":"))


def _answer(text: str, asked: ListRequest, portal: Column) -> ListPage:
    tree = parse(_html(text))
    if tree is None:
        return ListPage(())
    base = dict(asked.headers).get("Referer", asked.url)
    pager = next(iter(tree.xpath(_PAGER)), None)
    size, total = _numbers(pager)
    links = set(pager.iter("a")) if pager is not None else set()
    rows = []
    for anchor in tree.iter("a"):
        url, box = link_of(anchor, base), row_of(anchor)
        if url and anchor not in links:
            date = date_of(box) if box is not None else ""
            rows.append(Row(url, title_of(anchor), date))
    if not total:
        return ListPage(unique(rows), _untold(asked, len(rows)))
    last = -(-total // size) if size and asked.number == 1 else 0
    following = tuple(
        ListRequest(_page(asked.url, number, size), (), asked.headers, number)
        for number in range(2, min(last, portal.max_pages + 1) + 1)
    )
    return ListPage(unique(rows), following, total)


def _untold(asked: ListRequest, count: int) -> tuple[ListRequest, ...]:
    """The next page of a list that does not say how long it is: after a full one there may be."""
    param = re.search(r'"pageSize":(\d{1,9})', query_of(asked.url).get("paramJson", ""))
    if not param or count < int(param[1]):
        return ()
    number, size = asked.number + 1, int(param[1])
    url = _page(asked.url, number, size)
    return (ListRequest(url, (), asked.headers, number, tentative=True),)


def _page(url: str, number: int, size: int) -> str:
    return with_query(url, "paramJson", urlencode({"": _param(number, size)})[1:])


def _html(text: str) -> str:
    answer = Json.read(text, f"the answer of {_UNIT}")
    data = answer.part("data") if answer.has("data") else answer
    if not isinstance(data.value, dict) or not isinstance(data.value.get("html"), str):
        said = answer.text("message")
        raise ListError(f"the answer of {_UNIT} has no data.html {said[:60]}".rstrip())
    return str(data.value["html"])


def _numbers(pager: Tree | None) -> tuple[int, int]:
    """Rows on a page and in all, as the pager says; 0 for what it does not say."""
    said = [str(pager.get(name) or "") if pager is not None else "" for name in ("rows", "count")]
    return _whole(said[0]) or PAGE_SIZE, _whole(said[1])


def _whole(text: str) -> int:
    """What digits say, cut to nine of them; 0 for what is no number."""
    return int(text[:9]) if text.isdecimal() else 0
