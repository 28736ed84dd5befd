"""No known family: links that say that they are reports, and the rows of the main list."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from urllib.parse import urlsplit

from ..titles import judge
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
    row_of,
    title_of,
    unique,
)
from .onward import turned
from .plain import dated

#: Five digits or a hexadecimal id at the end of an address: of an article, in whatever form
#: a site names them (F13: /doc/2024/01/08/4153378.shtml, doc_{24 hex}.html, xxgk-show-1.html).
_ARTICLE = re.compile(r"(?:\d{5}|[0-9a-f]{24})[^/]*\.s?html?|xxgk-show-\d+\.html", re.I)
_DIRECTORY = re.compile(r"(?:/|/(?:index|list)\.(?:s?html?|jsp|php|aspx?))$", re.I)
_TURNING = re.compile(r"[\s<\[«‹]*(?:首页|尾页|末页|上一?页|下一?页|前页|后页|返回|\d{1,3})\W*")
#: Words of links whose row has the title elsewhere.
_VAGUE = re.compile(r"[\s\[【(（]*(?:查看|详情|查看详情|点击查看|更多|more|阅读全文)\W*", re.I)
_MORE = re.compile(r"\W*(?:更多|more)\W*", re.I)
#: A short title of a report: `2023年`, `高岭镇_2017年度`, `2022年年报`.
_OF_A_YEAR = re.compile(r"(?:19|20)\d{2}\s*年?(?:度|年报|报告|_)*\s*$")
_LISTS = ("ul", "ol", "table", "dl")


@dataclass(frozen=True, slots=True)
class _Link:
    """A link of a page that may be a row.

    Attributes:
        row: What it is as a row.
        block: The list that it stands in, or None.
        listed: Whether it has a date or an article's address.
        says_so: Whether its title says that it is a report.
    """

    row: Row
    block: Tree | None
    listed: bool
    says_so: bool


class Generic(StaticFamily):
    """Rows by their titles and their company; the next page by its pager."""

    def parse_list(self, text: str, asked: ListRequest, portal: Column) -> ListPage:
        """Read a page: links whose titles say so, wherever they lead, and the main list.

        In a column of annual reports the rows of the main list are candidates whatever
        their titles are: `2023年`, `高岭镇_2017年`.
        """
        tree = parse(text)
        if tree is None:
            return ListPage(())
        base = base_url(tree, asked.url)
        links = _links(tree, base, asked.url)
        main = set(_main(links, asked.url))
        rows = [link.row for link in links if link.says_so or (link.listed and link.block in main)]
        return turned(tree, asked, unique(rows))

    def detect(self, text: str, url: str) -> Fingerprint | None:
        """The fallback: titles of reports, or a list of dated links."""
        tree = parse(text)
        if tree is None:
            return None
        links = _links(tree, base_url(tree, url), url)
        reports = sum(link.says_so for link in links)
        main = set(_main(links, url))
        rows = sum(link.listed and link.block in main for link in links)
        signs = []
        if reports:
            signs.append(f"{reports} links say that they are annual reports")
        if rows:
            signs.append(f"a list of {rows} dated links")
        return Fingerprint("generic", 10 * len(signs) + 5, tuple(signs)) if signs else None


def _links(tree: Tree, base: str, asked: str) -> list[_Link]:
    found, here = [], asked.split("#", 1)[0]
    for anchor in tree.iterfind(".//a[@href]"):
        url, title = link_of(anchor, base), title_of(anchor)
        if url and url != here and title and not _TURNING.fullmatch(title):
            link = _link(anchor, url, title)
            if link is not None:
                found.append(link)
    return found


def _link(anchor: Tree, url: str, title: str) -> _Link | None:
    box, date = dated(anchor)
    around = row_of(anchor) if box is None else box
    if _VAGUE.fullmatch(title):
        if _MORE.fullmatch(title) and _DIRECTORY.search(urlsplit(url).path):
            return None
        title = _said_beside(anchor, box)
    says_so = judge(title) == "report"
    if not says_so and _DIRECTORY.search(urlsplit(url).path) and not re.search(r"\d{4}", title):
        return None  # a directory without a year is navigation
    listed = around is not None and bool(date or _is_article(url))
    block = _block(around) if listed else None
    return _Link(Row(url, title, date), block, listed, says_so)


def _is_article(url: str) -> bool:
    name = urlsplit(url).path.rpartition("/")[2]
    found = _ARTICLE.search(name[-200:])
    return found is not None and name.endswith(found[0])


def _said_beside(anchor: Tree, box: Tree | None) -> str:
    """The longest text of a row beside its vague link and its date."""
    if box is None:
        return title_of(anchor)
    texts = [" ".join(text.split()) for text in box.itertext()]
    return max((text for text in texts if date_in(text) != text), key=len, default="")


def _block(row: Tree) -> Tree:
    """The list that a row stands in: the nearest ul, ol, table or dl, or else what is around.

    Boxes that hold nothing but the row are the row's.
    """
    for box in islice(row.iterancestors(), 3):
        if box.tag in _LISTS:
            return box
    while row.getparent() is not None and len(row.getparent()) == 1:
        row = row.getparent()
    return row.getparent() if row.getparent() is not None else row


def _main(links: list[_Link], asked: str) -> list[Tree]:
    """The main list: most reports, then most rows below the column or of a year, then most rows.

    A single row is a list only if its address is below the column's. Lists of the same shape
    beside it are one with it, if all that they have are reports or years.
    """
    folder = asked.split("#", 1)[0].split("?", 1)[0].rpartition("/")[0] + "/"
    lists: dict[Tree, list[int]] = {}
    for link in links:
        if link.block is None:
            continue
        counts = lists.setdefault(link.block, [0, 0, 0, 0, 0])
        below, of_year = link.row.url.startswith(folder), _OF_A_YEAR.search(link.row.title)
        signs = (
            link.says_so, below or bool(of_year), True, below, link.says_so or bool(of_year)
        )  # fmt: skip
        lists[link.block] = [count + sign for count, sign in zip(counts, signs, strict=True)]
    best = max(lists, key=lambda block: lists[block][:4], default=None)
    if best is None:
        return []
    own, like = lists[best], _shape(best)
    kin = [
        block
        for block, counts in lists.items()
        if block is best or (own[4] and counts[4] == counts[2] and _shape(block) == like)
    ]
    return kin if len(kin) > 1 or own[2] > 1 or own[3] else []


@lru_cache(maxsize=32)
def _lists_in(around: Tree) -> int:
    return sum(each.tag in _LISTS for each in around)


def _shape(block: Tree) -> tuple[object, ...]:
    """What lists that the same template made side by side have in common."""
    around = block.getparent()
    alone = around is not None and _lists_in(around) == 1
    if not alone:
        return (block.tag, block.get("class"), around)
    # One box a list: <div class="year"><h3>2021年</h3><ul>…</ul></div>
    return (block.tag, block.get("class"), around.tag, around.get("class"), around.getparent())
