"""epoint 新点 (portals.md F11): directories of category digits, articles YYYYMMDD/<uuid>.html.

Its pages after the first were not seen in the wild, so this reads the pager if there is
one, and else asks for `2.html`, `3.html` … as long as they bring rows.
"""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from .base import Column, Fingerprint, ListPage, ListRequest, StaticFamily, base_url, parse
from .onward import guessed, pages_said, turned
from .plain import article_rows, leads_to

_UUID = r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}"
_ARTICLE = re.compile(rf"/\d{{8}}/{_UUID}\.html$", re.I)
_CATEGORY = re.compile(r"/\d{6}/(?:\d{9}/)?")


class Epoint(StaticFamily):
    """`/zwgk/002005/002005002/…`, then `2.html`."""

    def parse_list(self, text: str, asked: ListRequest, portal: Column) -> ListPage:
        """Read a list page."""
        tree = parse(text)
        if tree is None:
            return ListPage(())
        base = base_url(tree, asked.url)
        rows = article_rows(tree, base, _ARTICLE)
        page = turned(tree, asked, rows)
        said = pages_said(tree, asked)
        if not rows or page.next or 0 < said <= asked.number:
            return page
        number = asked.number + 1
        url = urljoin(asked.url, f"{number}.html")
        return guessed((ListRequest(url, number=number, tentative=True),), rows, said)

    def detect(self, text: str, url: str) -> Fingerprint | None:
        """By the articles' addresses, the category digits and the classes ewb-…."""
        tree, signs = parse(text), []
        if tree is None:
            return None
        if leads_to(tree, base_url(tree, url), _ARTICLE):
            signs.append("articles are YYYYMMDD/uuid.html")
        if _CATEGORY.search(urlsplit(url).path):
            signs.append("directories of category digits")
        if re.search(r"class=['\"][^'\"]{0,200}\bewb-", text):
            signs.append("classes ewb-…")
        score = {0: 0, 1: 50, 2: 90, 3: 95}[len(signs)]
        if score == 50 and signs[0].startswith("directories"):
            return None  # digits alone are anybody's
        return Fingerprint("epoint", score, tuple(signs)) if score else None
