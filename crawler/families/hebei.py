"""Hebei's platform (portals.md F12): everything is a UUID, lists are blocks of HTML."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from .base import (
    Column,
    Fingerprint,
    ListPage,
    ListRequest,
    Row,
    StaticFamily,
    Tree,
    base_url,
    parse,
)
from .look import scripts_of
from .plain import article_rows, counted_pages, leads_to, next_page

_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_BLOCK = re.compile(rf"/columns/({_UUID})/templates/{_UUID}/blocks/{_UUID}", re.I)
_COLUMN = re.compile(rf"/columns/({_UUID})(?:/|$)", re.I)
_ARTICLE = re.compile(rf"/columns/{_UUID}/\d{{6}}/\d{{2}}/{_UUID}\.html$", re.I)
_COUNT = re.compile(r"\b(?:pageCount|totalPages?)['\"]?\s*[:=]\s*['\"]?(\d{1,9})")
#: A column has a block or two of its own; a page with more is no column.
_MOST_BLOCKS = 4


class Hebei(StaticFamily):
    """`/columns/<uuid>/index.html` names its blocks; each is read page by page."""

    def parse_list(self, text: str, asked: ListRequest, portal: Column) -> ListPage:
        """Read the column (its blocks, or rows if it names none) or a page of a block."""
        tree = parse(text)
        if tree is None:
            return ListPage(())
        base = base_url(tree, asked.url)
        rows = article_rows(tree, base, _ARTICLE)
        if _BLOCK.search(asked.url):
            return ListPage(rows, _following(tree, rows, asked, portal))
        blocks = _blocks(text, asked.url)
        if not blocks:
            return ListPage(rows, next_page(tree, base, asked))
        headers = (("Referer", asked.url),)
        return ListPage(
            (),
            tuple(
                ListRequest(urljoin(asked.url, f"{block}?page=1&fix=0"), headers=headers)
                for block in blocks
            ),
        )

    def detect(self, text: str, url: str) -> Fingerprint | None:
        """By a block's address, or a column and articles of UUIDs."""
        if _BLOCK.search(text):
            return Fingerprint("hebei", 95, ("a list is /columns/…/templates/…/blocks/…",))
        tree = parse(text)
        if tree is None or not _COLUMN.search(urlsplit(url).path):
            return None
        if leads_to(tree, base_url(tree, url), _ARTICLE):
            return Fingerprint("hebei", 90, ("column and articles are /columns/<uuid>/…",))
        return None


def _blocks(text: str, url: str) -> list[str]:
    """Paths of the blocks of this column, without those of other columns beside it."""
    column = _COLUMN.search(urlsplit(url).path)
    found = list(dict.fromkeys(match[0] for match in _BLOCK.finditer(text)))
    own = [path for path in found if column and column[1] in path]
    return (own or found)[:_MOST_BLOCKS]


def _following(
    tree: Tree, rows: tuple[Row, ...], asked: ListRequest, portal: Column
) -> tuple[ListRequest, ...]:
    if not rows:
        return ()

    def page(number: int, *, tentative: bool = False) -> ListRequest:
        url = re.sub(r"\bpage=\d+", f"page={number}", asked.url)
        return ListRequest(url, headers=asked.headers, number=number, tentative=tentative)

    count = _COUNT.search(scripts_of(tree))
    if count:
        return counted_pages(int(count[1]), 1, asked, portal, page)
    return (page(asked.number + 1, tentative=True),)
