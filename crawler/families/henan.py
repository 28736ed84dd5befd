"""The Henan platform: the national template, articles /YYYY/MM-DD/ID.html (portals.md F10)."""

from __future__ import annotations

import re

from .base import Column, Fingerprint, ListPage, ListRequest, Row, date_of, unique
from .look import Look, fingerprint, look
from .national import National
from .paging import static_list

_ARTICLE = re.compile(r"/\d{4}/\d{2}-\d{2}/\d+\.html$")


class Henan(National):
    """Reads the national template's list; without one, rows by their addresses."""

    def parse_list(self, text: str, asked: ListRequest, portal: Column) -> ListPage:
        """Read a page: most are one scroll list, some count pages (`index_2.html`)."""
        page = super().parse_list(text, asked, portal)
        if page.rows:
            return page
        seen = look(text, asked.url)
        if seen.tree is None:
            return page
        return static_list(_rows(seen), seen.tree, asked, portal)

    def detect(self, text: str, url: str) -> Fingerprint | None:
        """Rows that lead to /YYYY/MM-DD/ID.html."""
        seen = look(text, url)
        found = seen.rows(lambda link: _ARTICLE.search(link.path))
        return fingerprint(
            "henan",
            (
                (found, 70, "{} rows lead to /YYYY/MM-DD/ID.html"),
                (found and seen.has(self.LAYOUT), 25, "the national template's list"),
            ),
            sure=found,
        )


def _rows(seen: Look) -> tuple[Row, ...]:
    return unique(
        [
            Row(link.url, link.title, date_of(link.box))
            for link in seen.links
            if link.box is not None and _ARTICLE.search(link.path)
        ]
    )
