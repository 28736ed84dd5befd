"""TRS WCM: static lists, articles named tYYYYMMDD_ID.html (portals.md F1)."""

from __future__ import annotations

import re

from .base import (
    Column,
    Fingerprint,
    ListPage,
    ListRequest,
    Row,
    StaticFamily,
    Tree,
    base_url,
    date_of,
    is_file,
    link_of,
    parse,
    row_of,
    title_of,
    unique,
)
from .look import fingerprint, look
from .paging import NAMING, static_list
from .plain import dated

#: …/202101/t20210129_8843800.html, the Guangxi form …/t123.shtml, Shanghai's t0035_123.
_ARTICLE = re.compile(r"/t\d+(?:_\d+)?(?P<wap>_wap)?\.s?html?$", re.I)
#: Of these, what is surely one: other systems have a t123.html as well.
_SURE = re.compile(r"/t\d{4}(?:\d{4})?_\d+\.s?html?$|/t\d+\.shtml$|/P0\d{8,}\.\w+$", re.I)
_CALL = re.compile(r"\bcreatePage(?:HTML)?\s*\(")


class Trs(StaticFamily):
    """Rows in list items or table rows; pages two and three are `index_1`, `index_2`."""

    params = NAMING

    def parse_list(self, text: str, asked: ListRequest, portal: Column) -> ListPage:
        """Read a list page; the first makes all the others known, so a lost one hides none.

        Where no pager says how many there are, the next page is tried until one is missing,
        empty or a repetition.
        """
        tree = parse(text)
        if tree is None:
            return ListPage(())
        rows = _rows(tree, base_url(tree, asked.url), asked.url)
        return static_list(rows, tree, asked, portal, tentative=bool(rows))

    def detect(self, text: str, url: str) -> Fingerprint | None:
        """Articles tYYYYMMDD_ID.html in rows; the pager's call; names that TRS gives."""
        seen = look(text, url)
        articles = seen.rows(lambda link: _SURE.search(link.path))
        return fingerprint(
            "trs",
            (
                (articles, 60, "{} rows lead to articles named tYYYYMMDD_ID.html"),
                (bool(_CALL.search(seen.scripts)), 20, "a pager made by createPageHTML"),
                (seen.has("//*[contains(@class, 'TRS_') or contains(@class, 'trs_')]"), 10,
                 "classes TRS_…"),
            ),
            sure=articles,
        )  # fmt: skip


def _rows(tree: Tree, base: str, url: str) -> tuple[Row, ...]:
    """Articles and files in rows; outside of rows only articles below the column."""
    folder = url.partition("?")[0].rpartition("/")[0] + "/"
    rows, mobile = [], []
    for anchor in tree.iterfind(".//a[@href]"):
        link, box = link_of(anchor, base), row_of(anchor)
        article = _ARTICLE.search(link.partition("?")[0])
        if box is None and not (article and link.startswith(folder)):
            continue
        date = dated(anchor)[1] if box is None else date_of(box)
        row = Row(link, title_of(anchor), date)
        if article and article["wap"]:
            mobile.append(row)
        elif article or is_file(link):
            rows.append(row)
    # t…_wap.html is the article of that name again; alone it is all there is.
    known = {row.url for row in rows}
    rows += [row for row in mobile if row.url.replace("_wap.", ".") not in known]
    return unique(rows)
