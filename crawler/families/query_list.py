"""ASPX, JSP and PHP lists: the number of the page stands in the query (portals.md F9)."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from ..titles import judge
from .base import (
    MOST_LIST_PAGES,
    Column,
    Fingerprint,
    ListPage,
    ListRequest,
    Row,
    StaticFamily,
    date_of,
    is_file,
    unique,
)
from .look import Link, fingerprint, look
from .onward import turned
from .turning import TURNING, has_pager, page_param, query_pages

_SCRIPT = re.compile(r"\.(?:aspx?|jsp|php|do)$", re.I)
#: Addresses of this form belong to families of their own.
_OTHERS = re.compile(r"/(?:list|content)\.jsp$|/module/|/col/col\d+/", re.I)


class QueryList(StaticFamily):
    """Rows that have a date, or a title that says so; pages by the links of the pager."""

    params = TURNING

    def parse_list(self, text: str, asked: ListRequest, portal: Column) -> ListPage:
        """Read a page of the list."""
        seen = look(text, asked.url)
        rows = [row for row in (_row(link, asked) for link in seen.links) if row]
        following = query_pages(seen, asked, portal)
        if following or seen.tree is None or has_pager(seen, asked, portal):
            return ListPage(unique(rows), following)
        return turned(seen.tree, asked, unique(rows))

    def detect(self, text: str, url: str) -> Fingerprint | None:
        """A script's address, a pager that counts in the query, dated rows."""
        path = urlsplit(url).path
        if not _SCRIPT.search(path) or _OTHERS.search(path):
            return None
        seen, asked = look(text, url), ListRequest(url)
        dated = sum(_row(link, asked) is not None for link in seen.links)
        name = page_param(seen, asked, _Untold(url))
        params: dict[str, str | int] = {"page_param": name} if name else {}
        return fingerprint(
            "query_list",
            (
                (True, 30, f"the column is {path.rpartition('/')[2]} with a query"),
                (dated, 20, "{} rows have a date"),
                (bool(name), 25, f"the pager counts pages in {name}="),
            ),
            sure=bool(dated),
            params=params,
        )


class _Untold:
    """A column of which the registry says nothing."""

    def __init__(self, column: str) -> None:
        self.column = column
        self.hosts: tuple[str, ...] = ()
        self.max_pages = MOST_LIST_PAGES
        self.params: dict[str, str | int] = {}


def _row(link: Link, asked: ListRequest) -> Row | None:
    if link.box is None or link.url == asked.url:
        return None
    date = date_of(link.box)
    said = judge(link.title) == "report"
    if not date and not said and not is_file(link.url):
        return None  # a menu
    return Row(link.url, link.title, date)
