"""NFCMS, the static sibling of gkmlpt (portals.md F5): articles are `content/post_N.html`."""

from __future__ import annotations

import re

from .base import Column, Fingerprint, ListPage, ListRequest, StaticFamily, base_url, parse
from .onward import turned
from .plain import article_rows, leads_to

_ARTICLE = re.compile(r"/(?:content/)?m?post_\d+\.html$")
_MOBILE = re.compile(r"/mpost_(?=\d+\.html$)")


class Nfcms(StaticFamily):
    """A plain list; `mpost_N` is the mobile copy of `post_N`."""

    def parse_list(self, text: str, asked: ListRequest, portal: Column) -> ListPage:
        """Read a list page; a mobile copy is left out where the article itself is listed."""
        tree = parse(text)
        if tree is None:
            return ListPage(())
        base = base_url(tree, asked.url)
        rows = article_rows(tree, base, _ARTICLE)
        listed = {row.url for row in rows}
        rows = tuple(
            row
            for row in rows
            if not _MOBILE.search(row.url) or _MOBILE.sub("/post_", row.url) not in listed
        )
        return turned(tree, asked, rows)

    def detect(self, text: str, url: str) -> Fingerprint | None:
        """By `NFCMS_SITE_ID`, or by the articles' addresses."""
        signs = []
        if "NFCMS_SITE_ID" in text:
            signs.append("NFCMS_SITE_ID in a script")
        tree = parse(text)
        if tree is not None and leads_to(tree, base_url(tree, url), _ARTICLE):
            signs.append("articles are post_N.html")
        if not signs:
            return None
        return Fingerprint("nfcms", 95 if "NFCMS" in signs[0] else 70, tuple(signs))
