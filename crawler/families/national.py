"""The national template of 政府信息公开 platforms: one scroll list (portals.md §0.7, F10)."""

from __future__ import annotations

from typing import ClassVar

from .base import (
    Column,
    Fingerprint,
    ListPage,
    ListRequest,
    Row,
    StaticFamily,
    Tree,
    base_url,
    date_in,
    link_of,
    parse,
    title_of,
    unique,
)
from .look import fingerprint, look
from .onward import has_pager_script
from .paging import NAMING, static_list

#: A `div` that has a class: XPath 1.0 has no word for `~=`.
_DIV = "//div[contains(concat(' ', normalize-space(@class), ' '), ' {} ')]"
_SCROLL, _LIST, _ITEM = _DIV.format("scroll_main"), _DIV.format("zfxxgk_zdgkc"), "//ul//li"
_ITEMS = (_SCROLL + _LIST + _ITEM, _LIST + _ITEM, _SCROLL + _ITEM)


class National(StaticFamily):
    """`div.scroll_main div.zfxxgk_zdgkc ul li > a[title]`, the date in `b` or `span`."""

    params = NAMING

    #: XPath of the template's list.
    LAYOUT: ClassVar[str] = f"{_LIST}{_ITEM}//a"

    def parse_list(self, text: str, asked: ListRequest, portal: Column) -> ListPage:
        """Read the column; most have one page, some count pages as TRS or others do."""
        tree = parse(text)
        if tree is None:
            return ListPage(())
        base = base_url(tree, asked.url)
        items: list[Tree] = next((found for found in map(tree.xpath, _ITEMS) if found), [])
        rows = []
        for item in items:
            dates = [mark.text_content() for mark in item.iter("b", "span", "i", "em")]
            for anchor in item.iterfind(".//a[@href]"):
                url = link_of(anchor, base)
                if url:
                    rows.append(Row(url, title_of(anchor), date_in(" ".join(dates))))
        # The template names no pager; a script that is called like one may be TRS's.
        tentative = bool(rows) and has_pager_script(tree)
        return static_list(unique(rows), tree, asked, portal, tentative=tentative)

    def detect(self, text: str, url: str) -> Fingerprint | None:
        """The template's list; families that only wear it have surer signs of their own."""
        seen = look(text, url)
        has_list = seen.has(self.LAYOUT)
        return fingerprint(
            "national",
            (
                (has_list, 50, "a list div.zfxxgk_zdgkc"),
                (seen.has(f"{_SCROLL}//li//a"), 10, "in a div.scroll_main"),
                (seen.has(_DIV.format("scroll_tit")), 5, "below a div.scroll_tit"),
            ),
            sure=has_list,
        )
