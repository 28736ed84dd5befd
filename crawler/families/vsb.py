"""博达 VSB: pages are numbered downwards, so only the link to the next one tells (F4)."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from .base import (
    Column,
    Fingerprint,
    ListPage,
    ListRequest,
    Row,
    StaticFamily,
    Tree,
    absolute,
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
from .onward import turned
from .turning import query_of, with_query

_INFO = re.compile(r"/info/\d+/\d+\.htm$", re.I)
#: The newer pager's link; the classic one's (`a.Next` beside `td#fanye195`).
_NEXT = (
    "//span[contains(concat(' ', normalize-space(@class), ' '), ' p_next ')]//a[@href]"
    "|//a[@href][contains(concat(' ', normalize-space(@class), ' '), ' Next ')]"
)
_TOTALS = (
    "//span[contains(concat(' ', normalize-space(@class), ' '), ' p_t ')]"
    "|//*[starts-with(@id, 'fanye')]"
)
#: Where neither is there: what says 共52条 1/11, or stands beside 下页.
_PLACES = "//*[self::td or self::div or self::span or self::p or self::li][string-length() < 120]"
_LINES = "//*[self::li or self::tr or self::p or self::dd or self::div][starts-with(@id, 'line_')]"
_OF = re.compile(r"(?<![\d/.-])(\d{1,9})\s*/\s*(\d{1,9})(?![\d/.-])")
_PAGER = re.compile(r"共\s*\d+\s*[条页]|下一?页")
#: list.jsp?a195t=11&a195p=2&a195c=15: of its list 195 the pages, this one, rows on each.
_LIST_KEY = re.compile(r"\ba(\d{1,9})_?p\s*\(|\bfanye(\d{1,9})")
_ROWS_SAID = re.compile(r"共\s*(\d{1,9})\s*条")


class Vsb(StaticFamily):
    """Follows `span.p_next a` or `a.Next`; the pager says “1/11”, and sometimes 共52条."""

    def parse_list(self, text: str, asked: ListRequest, portal: Column) -> ListPage:
        """Read a list page, which makes the next one known."""
        tree = parse(text)
        if tree is None:
            return ListPage(())
        base = base_url(tree, asked.url)
        lines = tree.xpath(_LINES)
        rows = _of_lines(lines, base) if lines else _by_address(tree, base)
        said = _said(tree)
        counted = _ROWS_SAID.search(said)
        # Where rows carry no marks, those that lead elsewhere are not known for rows.
        total = int(counted[1]) if counted and lines else None
        return ListPage(rows, _next(tree, base, asked, said), total)

    def detect(self, text: str, url: str) -> Fingerprint | None:
        """The pager's classes, /system/resource/, articles /info/N/N.htm."""
        seen = look(text, url)
        resource = "//script[contains(@src, '/system/resource/')]"
        resource += "|//link[contains(@href, '/system/resource/')]"
        tree_url = urlsplit(url).path.endswith("list.jsp") and "wbtreeid" in query_of(url)
        articles = seen.rows(lambda link: _INFO.search(link.path) or _is_news(link.url))
        has_pager = seen.has("//span[contains(@class, 'p_pages')]")
        return fingerprint(
            "vsb",
            (
                (has_pager, 40, "a pager span.p_pages"),
                (seen.has("//*[starts-with(@id, 'fanye')]"), 30, "a pager fanye…"),
                (seen.has(resource), 20, "resources below /system/resource/"),
                (articles, 30, "{} rows lead to /info/N/N.htm or a wbnewsid"),
                (tree_url, 30, "list.jsp with a wbtreeid"),
                (seen.has(_LINES), 10, "rows with ids line_…"),
            ),
            sure=articles or has_pager,
        )


def _is_news(url: str) -> bool:
    return "wbnewsid" in query_of(url)


def _is_article(url: str) -> bool:
    return bool(_INFO.search(urlsplit(url).path)) or _is_news(url) or is_file(url)


def _of_lines(lines: list[Tree], base: str) -> tuple[Row, ...]:
    """Rows that the CMS marks as such, wherever they lead: the first link of each."""
    rows = []
    for line in lines:
        links = ((link_of(anchor, base), anchor) for anchor in line.iterfind(".//a[@href]"))
        url, anchor = next(((url, anchor) for url, anchor in links if url), ("", None))
        if url:
            rows.append(Row(url, title_of(anchor), date_of(line)))
    return unique(rows)


def _by_address(tree: Tree, base: str) -> tuple[Row, ...]:
    rows = []
    for anchor in tree.iterfind(".//a[@href]"):
        url, box = link_of(anchor, base), row_of(anchor)
        if url and box is not None and _is_article(url):
            rows.append(Row(url, title_of(anchor), date_of(box)))
    return unique(rows)


def _said(tree: Tree) -> str:
    """What the pager says of pages and rows."""
    marks = [mark.text_content() for mark in tree.xpath(_TOTALS)]
    if not marks:
        texts = (box.text_content() for box in tree.xpath(_PLACES))
        marks = [text for text in texts if _PAGER.search(text)]
    return " ".join(marks)


def _next(tree: Tree, base: str, asked: ListRequest, said: str) -> tuple[ListRequest, ...]:
    number = asked.number + 1
    for anchor in tree.xpath(_NEXT):
        url = link_of(anchor, base)
        if url and url != asked.url:
            return (ListRequest(url, number=number),)
    page = turned(tree, asked, ())
    return page.next or _counted_down(tree, asked, said)


def _counted_down(tree: Tree, asked: ListRequest, said: str) -> tuple[ListRequest, ...]:
    """Of N pages the second is called N-1.

    Where the link is missing, a wrong guess is a page that failed, which is better than rows
    that nobody misses.
    """
    place = _OF.search(said)
    if not place or int(place[1]) >= int(place[2]):
        return ()
    current, last = int(place[1]), int(place[2])
    path, number = urlsplit(asked.url).path, asked.number + 1
    folder, _, name = path.rpartition("/")
    if name.endswith(".jsp"):
        url = _of_list_jsp(tree, asked, current + 1, last)
        return (ListRequest(url, number=number),) if url else ()
    stem = f"{folder}/{name.rpartition('.')[0]}" if current == 1 else folder
    return (ListRequest(absolute(asked.url, f"{stem}/{last - current}.htm"), number=number),)


def _of_list_jsp(tree: Tree, asked: ListRequest, number: int, last: int) -> str:
    """A page of list.jsp, whose fields are named after the list; "" if it has no name."""
    codes = " ".join(tree.xpath("//@onclick | //@href | //@id"))
    key = _LIST_KEY.search(codes)
    if key is None:
        return ""
    name = f"a{key[1] or key[2]}"
    url = with_query(asked.url, f"{name}t", str(last))
    return with_query(url, f"{name}p", str(number))
