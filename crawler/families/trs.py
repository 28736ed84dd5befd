"""TRS WCM: static lists, articles named tYYYYMMDD_ID.html (portals.md F1)."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from .base import (
    Column,
    ListPage,
    ListRequest,
    Row,
    StaticFamily,
    Tree,
    base_url,
    date_in,
    is_file,
    link_of,
    parse,
    row_of,
    title_of,
    unique,
)

#: …/202101/t20210129_8843800.html, the Guangxi form …/t123.shtml, Shanghai's t0035_123;
#: a …_wap.html is the same article again.
_ARTICLE = re.compile(r"/(?:t\d{8}_\d+|t\d+|t\d{4}_\d+)\.s?html?$", re.I)
_PAGES = re.compile(
    r"createPage(?:HTML)?\s*\(\s*(?:['\"][^'\"]*['\"]\s*,\s*)?(\w+)\s*,\s*(\w+)\s*,"
    r"\s*['\"](\w+)['\"]\s*,\s*['\"](\w+)['\"]"
)
_COUNT = re.compile(
    r"\b(?:countPage|pageCount|totalPage|maxPage)\s*[=:]\s*(?:parseInt\()?['\"]?(\d+)"
)


class Trs(StaticFamily):
    """Rows in list items or table rows; pages two and three are `index_1`, `index_2`."""

    def parse_list(self, text: str, asked: ListRequest, portal: Column) -> ListPage:
        """Read a list page; the first makes all the others known, so a lost one hides none."""
        tree = parse(text)
        if tree is None:
            return ListPage(())
        rows = _rows(tree, base_url(tree, asked.url))
        return ListPage(rows, pages(tree, asked, portal))


def _rows(tree: Tree, base: str) -> tuple[Row, ...]:
    rows = []
    for anchor in tree.iterfind(".//a[@href]"):
        url, box = link_of(anchor, base), row_of(anchor)
        if box is not None and url and (_ARTICLE.search(urlsplit(url).path) or is_file(url)):
            rows.append(Row(url, title_of(anchor), date_in(box.text_content())))
    return unique(rows)


def pages(tree: Tree, asked: ListRequest, portal: Column) -> tuple[ListRequest, ...]:
    """The pages of a static list after its first, as many as its pager says.

    Args:
        tree: The page without its comments, which may hold an old pager.
        asked: What was asked for.
        portal: Its params may say `page_start = 1` for lists whose second page is index_2,
            and `page_name = "{page}.html"` for lists of other names.

    Returns:
        The requests for pages 2 and up, none if this page is not the first. Of a claim
        beyond the portal's `max_pages` one request more than these: the spider then says
        that there are too many.
    """
    scripts = "\n".join(script.text or "" for script in tree.iter("script"))
    call, count = _PAGES.search(scripts), _COUNT.search(scripts)
    said = call[1] if call and call[1].isdecimal() else count[1] if count else ""
    if not said or asked.number > 1:
        return ()
    last = min(_number(said), portal.max_pages + 1)
    # The first page calls itself 0, or 1 where page two is index_2 (Shanxi, Panzhihua).
    first = _number(call[2]) if call and call[2].isdecimal() else 0
    start = int(portal.params.get("page_start", first))
    stem, suffix = (call[3], call[4]) if call else ("index", "html")
    name = str(portal.params.get("page_name", f"{stem}_{{page}}.{suffix}"))
    return tuple(
        ListRequest(
            urljoin(asked.url, name.replace("{page}", str(number - 1 + start))), number=number
        )
        for number in range(2, last + 1)
    )


def _number(said: str) -> int:
    """What digits say, cut to nine of them: `int` refuses some thousands."""
    return int(said[:9])
