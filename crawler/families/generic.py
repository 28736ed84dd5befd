"""No known family: every link of the column whose title says that it is a report."""

from __future__ import annotations

import re

from ..titles import judge
from .base import (
    Column,
    ListPage,
    ListRequest,
    Row,
    StaticFamily,
    base_url,
    date_in,
    link_of,
    parse,
    row_of,
    title_of,
    unique,
)

_NEXT = re.compile(r"^(?:下一页|下页|后一页|下一頁|next)\s*[>»›]*$", re.I)


class Generic(StaticFamily):
    """Links by their titles; the next page by the word 下一页."""

    def parse_list(self, text: str, asked: ListRequest, portal: Column) -> ListPage:
        """Read a page: only links whose titles say so, wherever they lead."""
        tree = parse(text)
        if tree is None:
            return ListPage(())
        base = base_url(tree, asked.url)
        rows, following = [], []
        for anchor in tree.iterfind(".//a[@href]"):
            url = link_of(anchor, base)
            if not url or url == asked.url:
                continue
            if _NEXT.match(anchor.text_content().strip()):
                following.append(ListRequest(url, number=asked.number + 1))
            elif judge(title_of(anchor)) == "report":
                box = row_of(anchor)
                date = date_in(box.text_content()) if box is not None else ""
                rows.append(Row(url, title_of(anchor), date))
        return ListPage(unique(rows), tuple(following[:1]))
