"""Pages that are made to cost by their square cost by their length."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from types import MappingProxyType

import pytest

from crawler.chapters import is_report
from crawler.families import FAMILIES, ListError, ListRequest
from crawler.families import base as family_base
from crawler.hubs import branches
from crawler.links import attached
from crawler.pagers import promise
from crawler.probe.tables import _region
from crawler.registry import Portal
from crawler.titles import judge
from crawler.unclaimed import unclaimed

COLUMN = "http://127.0.0.1:1/gk/"
PORTAL = Portal("a", "示例市财政局", "", "", COLUMN, "trs", ("127.0.0.1",), kind="hub")
#: Where each family's own forms are looked for, too.
ADDRESSES = MappingProxyType(
    {
        "lonsun": "http://127.0.0.1:1/public/column/1?catId=1",
        "query_list": "http://127.0.0.1:1/gk/list.aspx?id=1",
        "hanweb": "http://127.0.0.1:1/module/dataproxy.jsp",
    }
)


def _script(text: str) -> str:
    return f"<html><body><p>.pdf</p><script>{text}</script></body></html>"


def _body(text: str) -> str:
    return f"<html><body><p>.pdf</p>{text}</body></html>"


def _links(n: int, link: str, text: str = "财政局") -> str:
    return "".join(f'<a href="{link.format(i)}">{text}</a>' for i in range(n))


#: Name of a shape, what makes it in some size, and the smaller of two sizes.
SHAPES: tuple[tuple[str, Callable[[int], str], int], ...] = (
    ("title", lambda n: _body(f'<ul><li><a href="/gk/1.html">{"信息公开年" * n}</a></ul>'), 1500),
    ("comments", lambda n: _script(" /*" * n), 4000),
    ("records", lambda n: _script("<datastore>" + "<record><nextgroup><![CDATA[" * n), 700),
    ("blanks", lambda n: _script("createPage(1" + " " * n + ".jpage"), 20000),
    ("no-break", lambda n: _body(f"1/{'&nbsp;' * n}<a href='javascript:void&#9;'>2</a>"), 5000),
    ("void", lambda n: _body(f'<a href="javascript:void{"&#9;" * n}x">2</a>'), 3000),
    ("calls", lambda n: _script("createPage('x " * n + "laypage({ Pager({ count " * n), 200),
    ("lonsun", lambda n: _script('file="' + "publicInfoList" * n), 2000),
    ("less", lambda n: "<" * n, 10000),
    ("one row", lambda n: _body("<ul><li>" + _links(n, "/info/1/{}.htm")), 110),
    ("articles", lambda n: _body("<table><tr><td>" + _links(n, "t20200101_{}.html")), 110),
    ("folders", lambda n: _body("<div>" + "<b></b>" * n + _links(n, "/gk/x{}/")), 110),
    ("lists", lambda n: _body("<ul><li><a href='/a{0}0000.html'>2020年</a></ul>" * n), 110),
    ("class", lambda n: _body(f'<div class="{"x " * 20 * n}" id="{"y" * 20 * n}">'
                              + _links(n, "{}.pdf")), 110),
    ("tags", lambda n: _body("".join(f"<x{i} onclick='x'></x{i}>" for i in range(n))), 500),
    ("pager", lambda n: _body("<div>" + "<span>1/2</span>" * n), 500),
    ("arrows", lambda n: _body("<div>" + _links(n, "/gk/x{}", "&gt;")), 110),
)  # fmt: skip


def _read(text: str) -> None:
    """Everything that a page goes through."""
    for name, family in FAMILIES.items():
        url = ADDRESSES.get(name, COLUMN)
        portal = replace(PORTAL, family=name, column=url)
        with suppress(ListError):
            family.parse_list(text, ListRequest(url), portal)
        family.detect(text, url)
    branches(text, COLUMN, PORTAL, 0)
    attached(text.encode(), COLUMN)
    promise(text, COLUMN, 1, 1, lambda url: False)
    unclaimed(text, COLUMN, PORTAL, ())
    is_report(text)


def _cost(work: Callable[[], object]) -> float:
    # What earlier tests left is not walked through meanwhile: that would be their cost.
    gc.disable()
    begun = time.process_time()
    work()
    spent = time.process_time() - begun
    gc.enable()
    return spent


@pytest.mark.parametrize(("make", "n"), [shape[1:] for shape in SHAPES], ids=[s[0] for s in SHAPES])
def test_a_page_costs_by_its_length(make: Callable[[int], str], n: int) -> None:
    small, large = make(n), make(2 * n)
    once = _cost(lambda: _read(small))
    twice = _cost(lambda: _read(large))
    # What is done in a moment says nothing of its growth.
    assert twice < 0.1 or twice / once < 3.5


@pytest.mark.parametrize("words", ["信息公开年", "关于公布信息公开", "网站", "年", "（", "."])
def test_a_title_costs_no_more_than_the_longest_does(words: str) -> None:
    title = words * 30_000
    assert _cost(lambda: judge(title)) < 0.5


def test_a_site_without_a_region_costs_by_its_length() -> None:
    assert _cost(lambda: _region("示" * 20_000, "")) < 1


@pytest.mark.parametrize("link", ["/info/1/{}.htm", "t20200101_{}.html", "/gk/2024/1{}0000.html"])
def test_a_row_is_read_once_for_all_its_links(monkeypatch: pytest.MonkeyPatch, link: str) -> None:
    read: list[int] = []
    find = family_base.date_in

    def counted(text: str) -> str:
        read.append(len(text))
        return find(text)

    monkeypatch.setattr(family_base, "date_in", counted)
    text = _body("<ul><li>2024-01-02" + _links(200, link))
    _read(text)
    # Each family takes the page apart for itself, and reads its row once or twice.
    assert 0 < len(read) <= 3 * len(FAMILIES)
